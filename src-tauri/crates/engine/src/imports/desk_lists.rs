//! Whole lists of a service desk that names none itself: services, people, groups, who is in them, and what they serve
//! (behaviour/carousel 4).
//!
//! A file is one list, and it is read and judged whole before anything is written, in one transaction. What a whole file does not
//! name is gone, or is a binding no more; of a file with rows that were not taken nothing is known to be gone. Switches, days away and
//! turns stay unless the file says them. Deliberately not here: what the cells of a row mean (`carousel`), and what differs (the
//! domain's).

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    path::Path,
};

use pult_domain::{
    EmployeeId, GroupId, NoticeChange, ServiceId,
    areas::carousel::{Catalogue, Change, Difference, Group, List, rule::IMPORT_NOTICE},
};
use pult_store::{
    Connection, StoreError,
    carousel::{self as store, EmployeeImport, ServiceImport},
    imports::{Advance, RejectedRow},
    notices,
};

use super::{
    Desk, ImportError, ImportKind, Order, carousel,
    cells::Cells,
    file, rows,
    way::{Taken, Whole},
};

/// Rows of one file at most, so that they fit into memory and one transaction.
const ROWS: u64 = 50_000;
/// How much of each row is held in case it is not taken, characters.
const TEXT: usize = 500;

/// A row of one of the lists.
enum Row {
    Service(ServiceImport),
    Employee(EmployeeImport),
    Group(GroupId, Group),
    Member(GroupId, EmployeeId),
    Binding(ServiceId, GroupId),
}

/// What a row is known by within its list.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    One(i64),
    Pair(i64, i64),
}

/// A file read and checked cell by cell.
struct ListFile {
    /// Rows whose cells are of their form, each as it would be handed back.
    rows: Vec<(Row, RejectedRow)>,
    /// The others.
    wrong: Vec<RejectedRow>,
    inspected: file::Inspected,
}

/// Columns without which a table is not of this kind.
fn needs(kind: ImportKind) -> &'static [&'static str] {
    match kind {
        ImportKind::CarouselMembers => &["USERGROUPID", "USERID"],
        ImportKind::CarouselBindings => &["SERVICE_ID", "USERGROUP_ID"],
        _ => carousel::NAMED,
    }
}

/// Whether a list without anything in it is taken for a file that was not written: of bindings it is a list.
fn must_name_something(kind: ImportKind) -> bool {
    !matches!(kind, ImportKind::CarouselMembers | ImportKind::CarouselBindings)
}

impl Row {
    fn read(kind: ImportKind, cells: &Cells<'_>) -> Result<Self, String> {
        match kind {
            ImportKind::CarouselServices => carousel::service(cells).map(Self::Service),
            ImportKind::CarouselGroups => carousel::group(cells).map(|(id, group)| Self::Group(id, group)),
            ImportKind::CarouselMembers => carousel::member(cells).map(|(group, person)| Self::Member(group, person)),
            ImportKind::CarouselBindings => {
                carousel::binding(cells).map(|(service, group)| Self::Binding(service, group))
            }
            _ => carousel::employee(cells).map(Self::Employee),
        }
    }

    fn key(&self) -> Key {
        match self {
            Self::Service(row) => Key::One(row.id.0),
            Self::Employee(row) => Key::One(row.id.0),
            Self::Group(id, _) => Key::One(id.0),
            Self::Member(group, person) => Key::Pair(group.0, person.0),
            Self::Binding(service, group) => Key::Pair(service.0, group.0),
        }
    }

    /// Whether what the row binds is there.
    fn check(&self, known: &Catalogue) -> Result<(), String> {
        let there = |column: &str, what: &str, there: bool| match there {
            true => Ok(()),
            false => Err(format!("{column}: no {what} has this number; import the {what}s first")),
        };
        match self {
            Self::Service(_) | Self::Employee(_) | Self::Group(..) => Ok(()),
            Self::Member(group, person) => {
                there("USERGROUPID", "group", known.groups.contains_key(group))?;
                there("USERID", "employee", known.people.contains_key(person))
            }
            Self::Binding(service, group) => {
                there("SERVICE_ID", "service", known.services.contains_key(service))?;
                there("USERGROUP_ID", "group", known.groups.contains_key(group))
            }
        }
    }
}

/// Reads a file that is to be written.
pub(super) async fn load(desk: &Desk, order: &Order) -> Result<Whole, ImportError> {
    let (path, kind, now) = (order.path.clone(), order.kind, desk.clock.now());
    let file = tokio::task::spawn_blocking(move || load_now(&path, kind)).await.map_err(|_| ImportError::Lost)??;
    let inspected = file.inspected.clone();
    Ok(Whole { inspected, write: Box::new(move |c, _| take_in(c, kind, file, now)) })
}

fn load_now(path: &Path, kind: ImportKind) -> Result<ListFile, ImportError> {
    let inspected = file::inspect(path, needs(kind))?;
    if inspected.total > ROWS {
        return Err(ImportError::TooManyRows(ROWS));
    }
    if inspected.total == 0 && must_name_something(kind) {
        let reason = "the file names nothing, which looks like a failure: nothing was changed".to_owned();
        return Err(ImportError::Form { line: 1, reason });
    }
    let mut file = ListFile { rows: vec![], wrong: vec![], inspected };
    let mut seen: HashMap<Key, u64> = HashMap::new();
    let mut rows = rows::open(path, file.inspected.form.clone())?;
    while let Some(raw) = rows.next()? {
        let read = raw.cells().and_then(|cells| Row::read(kind, &cells)).and_then(|row| {
            match seen.insert(row.key(), raw.row) {
                Some(before) => Err(format!("also in row {before}")),
                None => Ok(row),
            }
        });
        let mut rejected = raw.reject(String::new());
        rejected.text = rejected.text.chars().take(TEXT).collect();
        match read {
            Ok(row) => file.rows.push((row, rejected)),
            Err(reason) => file.wrong.push(RejectedRow { reason, ..rejected }),
        }
    }
    Ok(file)
}

/// Writes a list, and says what it came to.
fn take_in(
    connection: &Connection,
    kind: ImportKind,
    file: ListFile,
    now: pult_domain::Instant,
) -> Result<Taken, StoreError> {
    let known = store::catalogue(connection)?;
    let (mut rejected, mut taken) = (file.wrong, Vec::with_capacity(file.rows.len()));
    for (row, text) in file.rows {
        match row.check(&known) {
            Ok(()) => taken.push(row),
            Err(reason) => rejected.push(RejectedRow { reason, ..text }),
        }
    }
    rejected.sort_by_key(|row| row.row);
    let read = known.with(list_of(kind, &taken), rejected.is_empty());
    let difference = known.difference(&read);
    let imported = difference.counts(&known, now);
    let of_kind = [imported.services, imported.people, imported.groups, imported.bindings];
    let added: u64 = of_kind.iter().map(|counts| u64::from(counts.inserted)).sum();
    let removed = gone(&difference, &known);
    if !difference.is_empty() {
        store::apply(connection, &Change::Import { difference: Box::new(difference), at: now })?;
    }
    for row in &taken {
        match row {
            Row::Service(row) => store::settle_service(connection, row)?,
            Row::Employee(row) => store::settle_employee(connection, row)?,
            Row::Group(..) | Row::Member(..) | Row::Binding(..) => {}
        }
    }
    store::apply(connection, &Change::ImportEnded { imported })?;
    // It may stand since the service desk was still asked for its lists.
    notices::apply(connection, &NoticeChange::Clear { key: IMPORT_NOTICE.to_owned() }, None, now)?;
    let changed = (taken.len() as u64).saturating_sub(added);
    Ok(Taken { advance: Advance { rows: file.inspected.total, added, changed, rejected }, removed })
}

/// The names of what is there no more; of a membership and of a binding, both names.
fn gone(difference: &Difference, known: &Catalogue) -> Vec<String> {
    let service = |id: &ServiceId| known.services.get(id).map_or_else(|| id.0.to_string(), |known| known.name.clone());
    let person = |id: &EmployeeId| known.people.get(id).map_or_else(|| id.0.to_string(), |known| known.name.clone());
    let group = |id: &GroupId| known.groups.get(id).map_or_else(|| id.0.to_string(), |known| known.name.clone());
    let Difference { services_gone, people_gone, groups_gone, memberships, bindings, .. } = difference;
    let members = memberships.1.iter().map(|(g, p)| format!("{} · {}", group(g), person(p)));
    let bound = bindings.1.iter().map(|(s, g)| format!("{} · {}", service(s), group(g)));
    let things = services_gone.iter().map(service).chain(people_gone.iter().map(person));
    things.chain(groups_gone.iter().map(group)).chain(members).chain(bound).collect()
}

fn list_of(kind: ImportKind, rows: &[Row]) -> List {
    fn each<T, C: FromIterator<T>>(rows: &[Row], of: impl Fn(&Row) -> Option<T>) -> C {
        rows.iter().filter_map(of).collect()
    }
    match kind {
        ImportKind::CarouselServices => List::Services(each(rows, |row| match row {
            Row::Service(row) => Some((row.id, row.offering.clone())),
            _ => None,
        })),
        ImportKind::CarouselGroups => List::Groups(each::<_, BTreeMap<_, _>>(rows, |row| match row {
            Row::Group(id, group) => Some((*id, group.clone())),
            _ => None,
        })),
        ImportKind::CarouselMembers => List::Memberships(each(rows, |row| match row {
            Row::Member(group, person) => Some((*group, *person)),
            _ => None,
        })),
        ImportKind::CarouselBindings => List::Bindings(each(rows, |row| match row {
            Row::Binding(service, group) => Some((*service, *group)),
            _ => None,
        })),
        _ => List::People(each(rows, |row| match row {
            Row::Employee(row) => Some((row.id, row.employee.clone())),
            _ => None,
        })),
    }
}

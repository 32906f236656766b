use std::collections::BTreeMap;

use pult_domain::{
    DocumentId, Instant, RecordId,
    areas::erp::{
        Change, Chosen, Considered, Document, Fact, FileRef, KeptFile, Line, Load, NewTask, Part, Reason, Reserved,
        Stage, State, Survey, Surveyed, TaskFields, TaskState, TaskText, Trouble,
    },
};
use rusqlite::Connection;

use super::*;
use crate::migrations::in_memory;

pub(super) const ID: DocumentId = DocumentId(1);

pub(super) fn at(second: i64) -> Instant {
    Instant::from_second(1_790_000_000 + second).unwrap()
}

pub(super) fn line(name: &str) -> Line {
    Line {
        key: format!("8f0c:{name}"),
        name: name.to_owned(),
        title: None,
        description: None,
        planned_minutes: Some(240),
        deadline: None,
        items: vec![],
    }
}

pub(super) fn document(guid: &str, lines: &[&str], files: &[&str]) -> Document {
    let file = |name: &&str| FileRef { name: format!("{name}.pdf"), sha256: (*name).to_owned(), size: 4 };
    Document {
        guid: guid.to_owned(),
        number: "00-000123".to_owned(),
        date: Some("16.12.2024 10:15:00".to_owned()),
        title: Some("Заказ покупателя 123".to_owned()),
        description: None,
        author: Some("m.orlova@example.com".to_owned()),
        deadline: None,
        lines: lines.iter().map(|name| line(name)).collect(),
        files: files.iter().map(file).collect(),
    }
}

pub(super) fn chosen(name: &str, responsible: i64) -> Box<Chosen> {
    let text = TaskText { words: vec![], items: vec![], number: "00-000123".to_owned(), date: None };
    let fields = TaskFields { title: format!("00-000123: {name}"), text, deadline: Some(at(7)), project: Some(7) };
    let key = line(name).key;
    let planned = Some((at(1), at(2)));
    Box::new(Chosen {
        name: name.to_owned(),
        department: 2,
        order: NewTask { key, fields, responsible, author: None, planned, estimate_s: Some(14_400) },
        considered: vec![Considered {
            id: responsible,
            name: "Орлова Мария".to_owned(),
            chosen: true,
            reason: Reason::Least,
            load_s: Some(0),
            open: Some(0),
            reserved: 0,
            last_given: None,
        }],
    })
}

pub(super) fn all(connection: &Connection, changes: &[Change]) {
    for change in changes {
        apply(connection, change).unwrap();
    }
}

fn begin(connection: &Connection, id: i64, guid: &str) {
    let document = Box::new(document(guid, &["Швейный цех", "Раскрой"], &["aa", "bb"]));
    all(connection, &[Change::Begin { id: DocumentId(id), document, record: RecordId(9), at: at(0) }]);
}

fn give(connection: &Connection, id: i64, name: &str, responsible: i64, second: i64) {
    let change = Change::Choose { id: DocumentId(id), chosen: chosen(name, responsible), at: at(second) };
    all(connection, &[change]);
}

fn created(connection: &Connection, id: i64, name: &str, task: i64, second: i64) {
    let (key, state) = (line(name).key, TaskState::Created);
    all(connection, &[Change::Task { id: DocumentId(id), key, state, task: Some(task), detail: None, at: at(second) }]);
}

fn surveyed(people: &[i64], began: Instant) -> Fact {
    let load = || Load::Known { remaining_s: Some(0), unestimated: 0, open: 0, tasks: vec![] };
    let person = |id: &i64| Surveyed { id: *id, active: true, absent: false, load: load() };
    let survey = Survey { began, author: None, people: people.iter().map(person).collect() };
    Fact::Surveyed { document: ID, survey: Box::new(survey) }
}

#[test]
fn a_document_is_found_by_the_senders_id_and_by_ours() {
    let connection = in_memory().unwrap();
    begin(&connection, 1, "8f0c");
    let again = Fact::Requested { document: Box::new(document("8f0c", &["Раскрой"], &[])) };
    let known = load_known(&connection, &again, RecordId(12)).unwrap();
    assert_eq!((known.next, known.record), (DocumentId(2), RecordId(12)));
    let found = known.document.unwrap();
    assert_eq!((found.id, found.record, found.state, found.stage), (ID, RecordId(9), State::Received, None));
    assert_eq!(found.document, document("8f0c", &["Швейный цех", "Раскрой"], &["aa", "bb"]));
    let other = Fact::Requested { document: Box::new(document("77aa", &["Раскрой"], &[])) };
    assert_eq!(load_known(&connection, &other, RecordId(12)).unwrap().document, None);
    let due = Fact::Due { document: ID };
    assert_eq!(load_known(&connection, &due, RecordId(0)).unwrap().document.unwrap().id, ID);
}

#[test]
fn the_numbers_of_forgotten_documents_are_not_used_again() {
    let connection = in_memory().unwrap();
    begin(&connection, 1, "8f0c");
    all(&connection, &[Change::Settle { id: ID, state: State::Done, trouble: None, at: at(5) }]);
    assert_eq!(forget(&connection, at(6), 100).unwrap(), 1);
    let due = Fact::Due { document: ID };
    assert_eq!(load_known(&connection, &due, RecordId(0)).unwrap().next, DocumentId(2));
}

#[test]
fn only_news_of_the_directory_brings_the_documents_that_wait_for_it() {
    let connection = in_memory().unwrap();
    for (id, guid) in [(1, "a"), (2, "b"), (3, "c")] {
        begin(&connection, id, guid);
    }
    for id in [3, 1] {
        all(&connection, &[Change::Stage { id: DocumentId(id), stage: Stage::Directory, at: at(1) }]);
    }
    let read = Fact::DirectoryRead { reading: Box::default() };
    let waiting = load_known(&connection, &read, RecordId(0)).unwrap().waiting;
    assert_eq!(waiting.iter().map(|kept| kept.id.0).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(load_known(&connection, &Fact::Due { document: ID }, RecordId(0)).unwrap().waiting, []);
}

#[test]
fn what_is_known_of_the_house_is_kept_part_by_part_and_forgotten_whole() {
    let connection = in_memory().unwrap();
    let people = serde_json::json!([{ "id": 41, "name": "Орлова Мария", "departments": [2] }]);
    let remember = |part, payload| Change::Remember { part, payload, at: at(3) };
    all(
        &connection,
        &[
            remember(Part::People, people),
            remember(Part::Schedule, serde_json::json!({ "another": "version" })),
            Change::Reading { since: Some(at(4)), failed: Some(at(2)) },
        ],
    );
    let known = directory(&connection).unwrap();
    let people = known.people.unwrap();
    assert_eq!((people.at, people.value[0].name.as_str()), (at(3), "Орлова Мария"));
    assert_eq!((known.departments, known.projects), (None, None));
    assert_eq!(known.schedule, None, "what cannot be understood is read anew");
    assert_eq!((known.reading, known.failed), (Some(at(4)), Some(at(2))));
    all(&connection, &[Change::Reading { since: None, failed: None }]);
    let known = directory(&connection).unwrap();
    assert_eq!((known.reading, known.failed, known.people.is_some()), (None, None, true));
    all(&connection, &[Change::ForgetDirectory]);
    assert_eq!(directory(&connection).unwrap(), Default::default());
}

#[test]
fn a_survey_is_told_of_tasks_it_may_not_show_and_of_whose_turn_it_was() {
    let connection = in_memory().unwrap();
    begin(&connection, 1, "a");
    begin(&connection, 2, "b");
    give(&connection, 1, "Швейный цех", 41, 10);
    give(&connection, 1, "Раскрой", 42, 10);
    give(&connection, 2, "Швейный цех", 43, 40);
    created(&connection, 1, "Швейный цех", 8017, 20);
    created(&connection, 1, "Раскрой", 8018, 30);
    let known = load_known(&connection, &surveyed(&[41, 42, 44], at(30)), RecordId(0)).unwrap();
    let mut reserved = known.reserved;
    reserved.sort_by_key(|task| task.responsible);
    let task = |responsible, task| Reserved { responsible, task, estimate_s: Some(14_400) };
    assert_eq!(reserved, [task(42, Some(8018)), task(43, None)], "one before it began, one after, one on its way");
    assert_eq!(known.last_given, BTreeMap::from([(41, at(10)), (42, at(10))]));
    let known = load_known(&connection, &Fact::Due { document: ID }, RecordId(0)).unwrap();
    assert_eq!((known.reserved, known.last_given), (vec![], BTreeMap::new()));
}

#[test]
fn a_task_the_portal_refused_is_nobodys_turn() {
    let connection = in_memory().unwrap();
    begin(&connection, 1, "a");
    give(&connection, 1, "Раскрой", 41, 10);
    let (key, state) = (line("Раскрой").key, TaskState::Refused);
    let detail = Some("user not found".to_owned());
    all(&connection, &[Change::Task { id: ID, key, state, task: None, detail: detail.clone(), at: at(11) }]);
    let known = load_known(&connection, &surveyed(&[41], at(5)), RecordId(0)).unwrap();
    assert_eq!((known.reserved, known.last_given), (vec![], BTreeMap::new()));
    let task = kept(&connection, ID).unwrap().unwrap().tasks.remove(0);
    assert_eq!((task.state, task.order, task.detail), (TaskState::Refused, None, detail));
}

#[test]
fn a_document_begun_anew_keeps_what_is_on_the_portal_and_nothing_else() {
    let connection = in_memory().unwrap();
    begin(&connection, 1, "8f0c");
    give(&connection, 1, "Швейный цех", 41, 10);
    give(&connection, 1, "Раскрой", 42, 10);
    created(&connection, 1, "Швейный цех", 8017, 20);
    let newer = Box::new(document("8f0c", &["Раскрой"], &["cc"]));
    let trouble = Trouble::UpdateRefused { detail: "disk is full".to_owned() };
    all(
        &connection,
        &[
            Change::File { id: ID, sha256: "aa".to_owned(), file: Some(301) },
            Change::File { id: ID, sha256: "bb".to_owned(), file: None },
            Change::Attached { id: ID, key: line("Швейный цех").key, files: vec![301, 302] },
            Change::Attached { id: ID, key: line("Швейный цех").key, files: vec![300] },
            Change::Queue { id: ID, document: newer.clone(), record: RecordId(15) },
            Change::Trouble { id: ID, trouble: trouble.clone() },
        ],
    );
    let before = kept(&connection, ID).unwrap().unwrap();
    assert_eq!(before.queued, Some(((*newer).clone(), RecordId(15))));
    assert_eq!((before.tasks.len(), before.files.len(), before.trouble.as_ref()), (2, 2, Some(&trouble)));
    assert_eq!(before.tasks[0].files, [301, 302, 300]);
    assert!(before.tasks[1].order.is_some());
    all(
        &connection,
        &[
            Change::Settle { id: ID, state: State::UpdateFailed, trouble: before.trouble, at: at(30) },
            Change::Again { id: ID, document: newer.clone(), record: RecordId(15), tries: 2, at: at(40) },
        ],
    );
    let after = kept(&connection, ID).unwrap().unwrap();
    assert_eq!((after.state, after.stage, after.trouble, after.queued), (State::Received, None, None, None));
    assert_eq!((after.document, after.record, after.tries), (*newer, RecordId(15), 2));
    assert_eq!(after.tasks.len(), 1);
    assert_eq!((after.tasks[0].state, after.tasks[0].task), (TaskState::Stale, Some(8017)));
    assert_eq!(after.tasks[0].files, [301, 302, 300]);
    assert_eq!(after.files, [KeptFile { sha256: "aa".to_owned(), file: Some(301) }]);
}

#[test]
fn settled_documents_are_forgotten_with_their_tasks_and_files_and_others_never() {
    let connection = in_memory().unwrap();
    for (id, guid) in [(1, "a"), (2, "b")] {
        begin(&connection, id, guid);
        give(&connection, id, "Раскрой", 41, 10);
        all(&connection, &[Change::File { id: DocumentId(id), sha256: "aa".to_owned(), file: Some(301) }]);
    }
    all(&connection, &[Change::Settle { id: ID, state: State::Done, trouble: None, at: at(90) }]);
    assert_eq!(forget(&connection, at(90), 100).unwrap(), 0);
    assert_eq!(forget(&connection, at(91), 100).unwrap(), 1);
    let left = |table: &str| -> Vec<i64> {
        let sql = format!("SELECT document_id FROM {table}");
        connection.prepare(&sql).unwrap().query_map([], |r| r.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    assert_eq!((left("erp_task"), left("erp_file")), (vec![2], vec![2]));
    assert_eq!(kept(&connection, ID).unwrap(), None);
    assert!(kept(&connection, DocumentId(2)).unwrap().is_some());
}

#[test]
fn pages_go_from_the_newest_and_join() {
    let connection = in_memory().unwrap();
    for (id, guid) in [(1, "a"), (2, "b"), (3, "c")] {
        begin(&connection, id, guid);
    }
    let settled = Change::Settle { id: DocumentId(2), state: State::Error, trouble: None, at: at(5) };
    all(&connection, &[settled]);
    let ids = |page: &Page| page.rows.iter().map(|row| row.id.0).collect::<Vec<_>>();
    let everything = Filter::default();
    let first = page(&connection, &everything, None, 2).unwrap();
    let second = page(&connection, &everything, first.next, 2).unwrap();
    assert_eq!((ids(&first), ids(&second), second.next), (vec![3, 2], vec![1], None));
    let failed = Filter { state: Some(State::Error), number: None };
    assert_eq!(ids(&page(&connection, &failed, None, 10).unwrap()), [2]);
    let number = |number: &str| Filter { state: Some(State::Received), number: Some(number.to_owned()) };
    assert_eq!(ids(&page(&connection, &number("00-000123"), None, 10).unwrap()), [3, 1]);
    assert_eq!(ids(&page(&connection, &number("00-000124"), None, 10).unwrap()), Vec::<i64>::new());
    assert_eq!(counts(&connection).unwrap(), Counts { received: 2, error: 1, ..Counts::default() });
}

#[test]
fn a_row_says_how_far_a_document_has_come() {
    let connection = in_memory().unwrap();
    begin(&connection, 1, "8f0c");
    give(&connection, 1, "Швейный цех", 41, 10);
    give(&connection, 1, "Раскрой", 42, 10);
    created(&connection, 1, "Швейный цех", 8017, 20);
    let trouble = Trouble::UpdateRefused { detail: "disk is full".to_owned() };
    all(
        &connection,
        &[
            Change::Stage { id: ID, stage: Stage::Files, at: at(21) },
            Change::Trouble { id: ID, trouble: trouble.clone() },
            Change::Queue { id: ID, document: Box::new(document("8f0c", &[], &[])), record: RecordId(15) },
        ],
    );
    let [row] = by_ids(&connection, &[DocumentId(7), ID]).unwrap().try_into().unwrap();
    assert_eq!((row.lines, row.tasks, row.files, row.queued), (2, 1, 2, true));
    assert_eq!((row.number.as_str(), row.title.as_deref()), ("00-000123", Some("Заказ покупателя 123")));
    assert_eq!(
        (row.date.as_deref(), row.author.as_deref()),
        (Some("16.12.2024 10:15:00"), Some("m.orlova@example.com"))
    );
    assert_eq!((row.state, row.stage, row.trouble), (State::Received, Some(Stage::Files), Some(trouble)));
    let times = (row.received_at, row.updated_at, row.ended_at);
    assert_eq!(times, (at(0).as_millisecond(), at(21).as_millisecond(), None));
}

#[test]
fn a_detail_has_every_line_with_whoever_was_chosen_and_why() {
    let connection = in_memory().unwrap();
    begin(&connection, 1, "8f0c");
    give(&connection, 1, "Швейный цех", 41, 10);
    created(&connection, 1, "Швейный цех", 8017, 20);
    let newer = Box::new(document("8f0c", &["Раскрой"], &["aa", "bb", "cc"]));
    let record = RecordId(15);
    all(
        &connection,
        &[
            Change::Attached { id: ID, key: line("Швейный цех").key, files: vec![301] },
            Change::Again { id: ID, document: newer, record, tries: 0, at: at(40) },
            Change::File { id: ID, sha256: "aa".to_owned(), file: Some(301) },
            Change::File { id: ID, sha256: "bb".to_owned(), file: None },
        ],
    );
    let found = detail(&connection, ID).unwrap();
    let files: Vec<_> = found.files.iter().map(|file| (file.name.as_str(), file.file, file.failed)).collect();
    assert_eq!(files, [("aa.pdf", Some(301), false), ("bb.pdf", None, true), ("cc.pdf", None, false)]);
    let [wanted, earlier] = found.lines.try_into().unwrap();
    assert_eq!((wanted.name.as_str(), wanted.present, wanted.task), ("Раскрой", true, None));
    assert_eq!((earlier.name.as_str(), earlier.present), ("Швейный цех", false));
    let task = earlier.task.unwrap();
    assert_eq!((task.state, task.task, task.files), (TaskState::Stale, Some(8017), 1));
    assert_eq!((task.responsible, task.responsible_name.as_str()), (41, "Орлова Мария"));
    assert_eq!((task.considered.len(), task.considered[0].reason), (1, Reason::Least));
    assert_eq!((task.given_at, task.created_at), (at(10).as_millisecond(), Some(at(20).as_millisecond())));
    assert_eq!(detail(&connection, DocumentId(7)).unwrap_err(), crate::StoreError::NotFound("document"));
}

#[test]
fn a_document_that_names_somebody_who_is_forgotten_keeps_its_number_and_its_departments() {
    use crate::erase::{Emptied, Place, empty, traces};
    let connection = in_memory().unwrap();
    let mut named = document("8f0c", &["Кухни"], &["plan"]);
    named.lines[0].description = Some("Звонить +370 600 11122".to_owned());
    let record = RecordId(1);
    apply(&connection, &Change::Begin { id: ID, document: Box::new(named), record, at: at(0) }).unwrap();
    let text = || traces(&connection, Place::Documents, None, 10).unwrap().remove(0).text;
    let forget = || empty(&connection, Place::Documents, (ID.0, 0), "m.orlova@example.com", at(1)).unwrap();
    assert!(text().contains("m.orlova@example.com") && text().contains("600 11122"));
    assert_eq!(forget(), Emptied::UnderWay, "it is being worked on");
    apply(&connection, &Change::Settle { id: ID, state: State::Done, trouble: None, at: at(1) }).unwrap();
    assert_eq!(forget(), Emptied::Yes);
    for words in ["m.orlova", "600 11122", "Заказ покупателя", "plan.pdf"] {
        assert!(!text().contains(words), "{words}: {}", text());
    }
    assert!(text().contains("00-000123") && text().contains("Кухни"));
    assert_eq!(detail(&connection, ID).unwrap().row.number, "00-000123", "what is left of it is shown");
}

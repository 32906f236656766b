//! The staff file: checked whole, shown first, written in one transaction (contracts/erp_auth 4).
//!
//! At most 50,000 rows, so that they fit into memory and one transaction. Deliberately not here: which rows contradict each
//! other or an account (the store's), and passwords, which a file never brings.

use std::path::PathBuf;

use pult_store::{
    Connection, Store,
    imports::{Advance, ImportId, RejectedRow},
    staff::{self, StaffOutcome, StaffRow},
};
use serde_json::json;

use super::{
    Desk, ImportError, Order,
    cells::Cells,
    dates, file,
    file::Form,
    rows,
    way::{Taken, Whole},
};
use crate::auth::accounts;

/// Rows of one file at most.
const ROWS: u64 = 50_000;
/// Columns without which it is no staff file.
const NEEDS: &[&str] = &["login", "full_name", "email"];
/// What the register writes where an account is to be blocked.
const BLOCKED: &str = "Заблокированный сотрудник";
/// How much of each row is held in case it is not taken, characters.
const TEXT: usize = 500;

/// A staff file read and checked cell by cell.
struct StaffFile {
    rows: Vec<StaffRow>,
    /// Rows whose cells are not of their form.
    wrong: Vec<RejectedRow>,
    /// Where the others stand and how they read, for those the accounts contradict.
    texts: Vec<RejectedRow>,
    inspected: file::Inspected,
}

/// What a file would come to.
pub(super) async fn preview(store: &Store, path: PathBuf) -> Result<StaffOutcome, ImportError> {
    let file = read_whole(path).await?;
    let mut outcome = store.read(move |c| staff::preview(c, &file.rows).map(|o| (o, file.wrong))).await?;
    let wrong = outcome.1.drain(..).map(|w| (w.row, w.reason));
    outcome.0.rejected.extend(wrong);
    outcome.0.rejected.sort();
    Ok(outcome.0)
}

/// Reads a file that is to be written.
pub(super) async fn load(desk: &Desk, order: &Order) -> Result<Whole, ImportError> {
    let (mut file, now, actor) = (read_whole(order.path.clone()).await?, desk.clock.now(), order.actor.clone());
    let (inspected, total) = (file.inspected.clone(), file.inspected.total);
    let write = move |c: &Connection, id: ImportId| {
        let (outcome, doors) = staff::apply(c, &file.rows, now)?;
        for (person, blocked) in doors {
            let action = if blocked { "person.block" } else { "person.unblock" };
            actor.note(c, action, &person.object(), json!({ "by": "staff", "import": id }), now)?;
        }
        let mut rejected = std::mem::take(&mut file.wrong);
        for (row, reason) in outcome.rejected {
            let text = file.texts.binary_search_by_key(&row, |t| t.row).ok().and_then(|at| file.texts.get(at));
            rejected.extend(text.map(|t| RejectedRow { reason, ..t.clone() }));
        }
        rejected.sort_by_key(|r| r.row);
        let (added, changed) = (outcome.added.into(), outcome.changed.into());
        // Whom a file does not name stays as they are.
        Ok(Taken { advance: Advance { rows: total, added, changed, rejected }, removed: vec![] })
    };
    Ok(Whole { inspected, write: Box::new(write) })
}

async fn read_whole(path: PathBuf) -> Result<StaffFile, ImportError> {
    tokio::task::spawn_blocking(move || load_now(&path)).await.map_err(|_| ImportError::Lost)?
}

fn load_now(path: &std::path::Path) -> Result<StaffFile, ImportError> {
    // The header alone, before anything is read further.
    match file::form(path)? {
        Form::Json => return Err(ImportError::Form { line: 1, reason: "a staff file is a CSV table".to_owned() }),
        Form::Csv { header, .. } => {
            if let Some(name) = header.names.iter().find(|name| is_password(name)) {
                return Err(ImportError::Passwords(name.clone()));
            }
        }
    }
    let inspected = file::inspect(path, NEEDS)?;
    if inspected.total > ROWS {
        return Err(ImportError::TooManyRows(ROWS));
    }
    let mut file = StaffFile { rows: vec![], wrong: vec![], texts: vec![], inspected };
    let mut rows = rows::open(path, file.inspected.form.clone())?;
    while let Some(raw) = rows.next()? {
        let read = raw.cells().and_then(|cells| read(raw.row, &cells));
        let mut rejected = raw.reject(String::new());
        rejected.text = rejected.text.chars().take(TEXT).collect();
        match read {
            Ok(row) => {
                file.rows.push(row);
                file.texts.push(rejected);
            }
            Err(reason) => file.wrong.push(RejectedRow { reason, ..rejected }),
        }
    }
    Ok(file)
}

/// Whether a column is named like one of passwords.
fn is_password(name: &str) -> bool {
    let name = name.to_lowercase();
    ["password", "passwd", "pwd", "парол"].iter().any(|part| name.contains(part))
}

/// Checks a row's cells.
fn read(row: u64, cells: &Cells<'_>) -> Result<StaffRow, String> {
    let text = |column: &str| -> Result<Option<Option<String>>, String> {
        let cell = cells.cell(column)?;
        if cell.as_ref().is_some_and(|c| c.chars().count() > accounts::TEXT) {
            return Err(format!("{column}: longer than {} characters", accounts::TEXT));
        }
        Ok(cell.map(|c| Some(c).filter(|c| !c.is_empty())))
    };
    let login = cells.required("login")?;
    if login.chars().count() > accounts::LOGIN || login.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(format!("login: up to {} characters without spaces", accounts::LOGIN));
    }
    let full_name = cells.required("full_name")?.to_uppercase();
    if full_name.chars().count() > accounts::TEXT {
        return Err(format!("full_name: longer than {} characters", accounts::TEXT));
    }
    let email = cells.required("email")?;
    if email.chars().count() > accounts::EMAIL || !accounts::is_address(&email) {
        return Err(format!("email: not an address of up to {} characters", accounts::EMAIL));
    }
    let flag = |column: &str| match cells.cell(column)?.as_deref() {
        None => Ok(None),
        Some("") => Ok(Some(None)),
        Some("1") => Ok(Some(Some(true))),
        Some("0") => Ok(Some(Some(false))),
        Some(_) => Err(format!("{column}: 0 or 1")),
    };
    let vpn = flag("vpn")?;
    let duplicates = flag("vacuum_im_notifications")?.flatten();
    let vpn_end_date = match cells.cell("vpn_end_date")?.as_deref() {
        None => None,
        Some("") => Some(None),
        Some(day) => Some(Some(dates::day("vpn_end_date", day)?.to_string())),
    };
    let blocked = cells.cell("auth_period_type")?.map(|period| period.is_empty() || period == BLOCKED);
    Ok(StaffRow {
        row,
        login,
        full_name,
        email,
        office: text("office")?,
        department: text("department")?,
        position: text("position")?,
        phone: text("phone")?,
        vpn,
        vpn_end_date,
        duplicates,
        blocked,
    })
}

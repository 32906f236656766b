//! A file of a table that is whole on the page: the live floor, the network, people. What is in it comes from the page itself, so
//! nobody gets more in the file than they see.
//!
//! Deliberately not here: lists that grow, which are read to their end by the engine (the rest of `lists`).

use jiff::tz::TimeZone;
use serde::Deserialize;
use ts_rs::TS;

use super::{MOST, Written, file, zone};
use crate::{
    Engine,
    api::{File, calls::Format},
    auth::Actor,
    error::{ApiError, ErrorCode},
    export::{Cell, ExportError, Table},
};

/// Columns of a table at most.
const COLUMNS: usize = 64;
/// The longest name of a table, characters.
const NAME: usize = 64;

/// A file of a table as it is on the page, at most 200,000 rows.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ShownTable {
    /// What the file is called, before its date: letters, digits, dots and hyphens.
    pub name: String,
    /// What stands above the columns, 1 to 64.
    pub columns: Vec<String>,
    /// The rows, each with a cell a column.
    pub rows: Vec<Vec<ShownCell>>,
    /// As what.
    pub format: Format,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Deserialize, TS)]
#[serde(untagged)]
pub enum ShownCell {
    /// An instant.
    Time {
        /// Milliseconds UTC.
        #[ts(type = "number")]
        at: i64,
    },
    /// A number.
    Number(f64),
    /// A text, never a formula.
    Text(String),
    /// Nothing.
    Nothing(()),
}

impl ShownCell {
    fn cell(self, zone: &TimeZone) -> Cell {
        match self {
            Self::Time { at } => Cell::time(Some(at), zone),
            // Whole as far as a double tells whole numbers apart.
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => Cell::Whole(number as i64),
            Self::Number(number) => Cell::Decimal(number),
            Self::Text(text) => Cell::text(Some(&text)),
            Self::Nothing(()) => Cell::Empty,
        }
    }
}

pub(in crate::api) async fn shown(engine: &Engine, _: &Actor, request: ShownTable) -> Result<File, ApiError> {
    let ShownTable { name, columns, rows, format } = request;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if name.is_empty() || name.len() > NAME || !name.chars().all(plain) {
        return Err(ApiError::field("name", "1 to 64 letters, digits, dots and hyphens"));
    }
    if columns.is_empty() || columns.len() > COLUMNS {
        return Err(ApiError::field("columns", format!("1 to {COLUMNS}")));
    }
    if rows.len() > MOST || rows.iter().any(|row| row.len() != columns.len()) {
        return Err(ApiError::field("rows", format!("at most {MOST}, each with a cell a column")));
    }
    let zone = zone(engine);
    let bytes = tokio::task::spawn_blocking(move || written(format, &columns, rows, &zone)).await;
    let bytes = bytes.map_err(|_| ApiError::new(ErrorCode::Internal, "the table was not written"))?;
    let bytes = bytes.map_err(|error| {
        tracing::error!(%error, "a table could not be written");
        ApiError::new(ErrorCode::Internal, "the table was not written")
    })?;
    Ok(file(engine, &name, format, &Written { bytes, cut: false }))
}

fn written(
    format: Format,
    columns: &[String],
    rows: Vec<Vec<ShownCell>>,
    zone: &TimeZone,
) -> Result<Vec<u8>, ExportError> {
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut table = Table::new(format, &columns)?;
    for row in rows {
        table.push(row.into_iter().map(|cell| cell.cell(zone)).collect());
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_a_page_become_cells_of_a_file_and_a_formula_stays_a_text() {
        let row = r#"[{"at": 1767225600000}, 3, 2.5, "=1+1", "Иванова", null]"#;
        let row: Vec<ShownCell> = serde_json::from_str(row).unwrap();
        let columns: Vec<String> = ["Когда", "Сколько", "Доля", "Что", "Кто", "Нет"].map(str::to_owned).into();
        let text = written(Format::Csv, &columns, vec![row.clone()], &TimeZone::UTC).unwrap();
        let want = "\u{feff}Когда;Сколько;Доля;Что;Кто;Нет\r\n01.01.2026 00:00:00;3;2,5;'=1+1;Иванова;\r\n";
        assert_eq!(String::from_utf8(text).unwrap(), want);
        assert!(written(Format::Xlsx, &columns, vec![row], &TimeZone::UTC).unwrap().starts_with(b"PK"));
    }
}

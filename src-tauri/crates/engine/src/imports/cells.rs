//! The cells of one row, whichever form its file has.
//!
//! Deliberately not here: what a column means.

use csv::StringRecord;
use serde_json::{Map, Value};

use super::file::Header;

/// A row's cells by the names of their columns; capitals in names do not matter.
pub(super) enum Cells<'r> {
    /// Of a table.
    Csv {
        /// The columns.
        header: &'r Header,
        /// The cells.
        record: StringRecord,
    },
    /// Of an object.
    Json(Map<String, Value>),
}

impl Cells<'_> {
    /// The text of a cell without its margins: `None` where there is no such column, empty where nothing is in it. Numbers and
    /// yes-or-no of an object are their text.
    pub(super) fn cell(&self, column: &str) -> Result<Option<String>, String> {
        match self {
            Self::Csv { header, record } => {
                Ok(header.find(column).and_then(|at| record.get(at)).map(|text| text.trim().to_owned()))
            }
            Self::Json(object) => {
                let value = object.get(column).or_else(|| {
                    let column = column.to_lowercase();
                    object.iter().find(|(name, _)| name.to_lowercase() == column).map(|(_, value)| value)
                });
                match value {
                    None => Ok(None),
                    Some(Value::Null) => Ok(Some(String::new())),
                    Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
                    Some(Value::Number(number)) => Ok(Some(number.to_string())),
                    Some(Value::Bool(yes)) => Ok(Some(yes.to_string())),
                    Some(Value::Array(_) | Value::Object(_)) => Err(format!("{column}: not a single value")),
                }
            }
        }
    }

    /// What a cell says; nothing where it is empty or absent.
    pub(super) fn said(&self, column: &str) -> Result<Option<String>, String> {
        Ok(self.cell(column)?.filter(|text| !text.is_empty()))
    }

    /// What a cell says that must say something.
    pub(super) fn required(&self, column: &str) -> Result<String, String> {
        self.said(column)?.ok_or_else(|| format!("{column}: required"))
    }

    /// A whole number that must be there.
    pub(super) fn whole(&self, column: &str) -> Result<i64, String> {
        whole(column, &self.required(column)?)
    }
}

/// A text as a whole number. Databases that know only one kind of number write `17.0` or `17,0` for 17.
pub(super) fn whole(column: &str, text: &str) -> Result<i64, String> {
    let digits = match text.split_once(['.', ',']) {
        Some((whole, rest)) if !rest.is_empty() && rest.bytes().all(|b| b == b'0') => whole,
        _ => text,
    };
    digits.parse().map_err(|_| format!("{column}: not a whole number"))
}

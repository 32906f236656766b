//! Columns whose text means something: words of a list, and JSON.
//!
//! Deliberately not here: numbers and instants (`rusqlite` and the crate's root).

use rusqlite::{Row, types::Type};
use serde::de::DeserializeOwned;

/// A column that holds one of a list's words.
pub(crate) fn word<T: std::str::FromStr>(r: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    Ok(r.get::<_, Option<String>>(column)?.and_then(|word| word.parse().ok()))
}

/// A column of JSON that may be empty. Nothing of what is kept may be lost unseen, so JSON that cannot be understood is an error.
pub(crate) fn json<T: DeserializeOwned>(r: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = r.get(column)?;
    text.map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(e)))
}

/// A column of JSON that is always there.
pub(crate) fn needed<T: DeserializeOwned>(r: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    json(r, column)?.ok_or_else(|| rusqlite::Error::InvalidColumnType(column, String::new(), Type::Null))
}

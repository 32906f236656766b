//! One row, or all rows, of a statement that is prepared once.
//!
//! Deliberately not here: what is asked (the modules of each part).

use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::StoreError;

/// The first row, if there is one.
pub(crate) fn one<T>(
    connection: &Connection,
    statement: &str,
    values: impl Params,
    of: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, StoreError> {
    Ok(connection.prepare_cached(statement)?.query_row(values, of).optional()?)
}

/// All rows, in their order.
pub(crate) fn many<T>(
    connection: &Connection,
    statement: &str,
    values: impl Params,
    of: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(statement)?;
    Ok(statement.query_map(values, of)?.collect::<rusqlite::Result<_>>()?)
}

//! Brings a database to the schema this program knows; the scripts are the files of `migrations/`.
//!
//! Deliberately not here: going back. A newer database is refused.

use rusqlite::Connection;
use rusqlite_migration::{M, MigrationDefinitionError, Migrations};

use crate::OpenError;

const SCRIPTS: &[&str] = &[
    include_str!("../../../../migrations/0001_engine.sql"),
    include_str!("../../../../migrations/0002_calls.sql"),
    include_str!("../../../../migrations/0003_notices.sql"),
    include_str!("../../../../migrations/0004_floor.sql"),
    include_str!("../../../../migrations/0005_network.sql"),
    include_str!("../../../../migrations/0006_ratings.sql"),
    include_str!("../../../../migrations/0007_erp.sql"),
    include_str!("../../../../migrations/0008_carousel.sql"),
    include_str!("../../../../migrations/0009_chat_link.sql"),
    include_str!("../../../../migrations/0010_tickets.sql"),
    include_str!("../../../../migrations/0011_inbox.sql"),
    include_str!("../../../../migrations/0012_staff_check.sql"),
    include_str!("../../../../migrations/0013_incidents.sql"),
    include_str!("../../../../migrations/0014_messages.sql"),
    include_str!("../../../../migrations/0015_cases.sql"),
    include_str!("../../../../migrations/0016_ticket_changes.sql"),
    include_str!("../../../../migrations/0017_floor_past.sql"),
    include_str!("../../../../migrations/0018_chat_people.sql"),
    include_str!("../../../../migrations/0019_found.sql"),
    include_str!("../../../../migrations/0020_subjects_owed.sql"),
];

/// Runs what is missing, each script in a transaction of its own.
///
/// # Errors
/// When the database is newer than this program, or a script fails.
pub fn run(connection: &mut Connection) -> Result<(), OpenError> {
    let migrations = Migrations::new(SCRIPTS.iter().map(|sql| M::up(sql)).collect());
    migrations.to_latest(connection).map_err(|e| match e {
        rusqlite_migration::Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
            let found = connection.query_row("PRAGMA user_version", [], |r| r.get::<_, i64>(0)).unwrap_or_default();
            OpenError::Newer { found: usize::try_from(found).unwrap_or_default(), known: SCRIPTS.len() }
        }
        other => OpenError::Migration(other.to_string()),
    })
}

/// How many scripts this program knows: the schema's version.
#[must_use]
pub fn known() -> usize {
    SCRIPTS.len()
}

/// A database in memory with the current schema, for tests of this and other crates.
///
/// # Errors
/// As [`run`].
pub fn in_memory() -> Result<Connection, OpenError> {
    let mut connection = Connection::open_in_memory().map_err(|e| OpenError::Migration(e.to_string()))?;
    run(&mut connection)?;
    Ok(connection)
}

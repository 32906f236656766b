//! A few read connections. A reader sees one consistent state and never holds the writer up.
//!
//! Deliberately not here: queries.

use std::{
    path::Path,
    sync::{Condvar, Mutex, PoisonError},
};

use rusqlite::{Connection, OpenFlags};

use crate::{OpenError, StoreError};

pub(crate) struct Readers {
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
}

impl Readers {
    pub(crate) fn open(file: &Path, count: usize) -> Result<Self, OpenError> {
        let open = || -> rusqlite::Result<Connection> {
            let connection =
                Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
            connection.execute_batch(
                "PRAGMA query_only = ON; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;",
            )?;
            connection.set_prepared_statement_cache_capacity(128);
            Ok(connection)
        };
        let idle = (0..count)
            .map(|_| open())
            .collect::<Result<_, _>>()
            .map_err(|e| OpenError::Migration(format!("opening a read connection: {e}")))?;
        Ok(Self { idle: Mutex::new(idle), returned: Condvar::new() })
    }

    /// Waits for a connection and lends it, inside a read transaction so that all of `ask` sees one state.
    pub(crate) fn with<T>(&self, ask: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let connection = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                match idle.pop() {
                    Some(connection) => break connection,
                    None => idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner),
                }
            }
        };
        let lent = Lent { readers: self, connection: Some(connection) };
        let connection = lent.connection();
        let transaction = connection.unchecked_transaction()?;
        ask(&transaction)
    }
}

/// Gives the connection back even when the question panics.
struct Lent<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl Lent<'_> {
    fn connection(&self) -> &Connection {
        match &self.connection {
            Some(connection) => connection,
            None => unreachable!("a lent connection is taken back only on drop"),
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            self.readers.returned.notify_one();
        }
    }
}

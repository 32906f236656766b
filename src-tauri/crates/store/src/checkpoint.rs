//! Brings committed pages from the write-ahead log into the database while the writer goes on: by itself it would stop for as long
//! as the disk takes for thousands of pages, and everybody who waits for a commit with it.
//!
//! Deliberately not here: what is written, and when it counts as safe (a commit is, once its log is on the disk).

use std::{
    cell::Cell,
    ffi::c_int,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::JoinHandle,
};

use rusqlite::{Connection, hooks::Wal};

/// Pages of the log after which the next part of it is brought over.
const PART: usize = 2_000;
/// Pages of the log after which the writer itself finishes the rest, so that the log begins anew: 64 MiB.
const MOST: usize = 16_384;

thread_local! {
    /// Pages in the log after the last commit of this thread.
    static PAGES: Cell<usize> = const { Cell::new(0) };
}

/// The writer's side.
pub(crate) struct Checkpoints {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    next: usize,
}

impl Checkpoints {
    /// Begins for the connection that writes, on its thread, with another connection to do the work.
    pub(crate) fn start(writer: &Connection, own: Connection) -> Self {
        writer.wal_hook(Some(count));
        let (wake, woken) = sync_channel(1);
        let thread = std::thread::Builder::new().name("store-checkpoint".to_owned()).spawn(move || work(&own, &woken));
        if let Err(error) = &thread {
            tracing::error!(%error, "the checkpoint thread could not be started: the writer does its work");
        }
        Self { wake: Some(wake), thread: thread.ok(), next: PART }
    }

    /// The writer has committed.
    pub(crate) fn committed(&mut self, writer: &Connection) {
        let pages = PAGES.get();
        if pages >= MOST {
            checkpoint(writer);
        }
        // The log began anew.
        self.next = self.next.min(pages.next_multiple_of(PART).max(PART));
        if pages >= self.next
            && let Some(wake) = &self.wake
        {
            self.next = pages + PART;
            // It is at work already when this cannot be sent, and finds these pages as well.
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the checkpoint thread ended in a panic");
        }
    }
}

fn count(_: &Wal, pages: c_int) -> rusqlite::Result<()> {
    PAGES.set(usize::try_from(pages).unwrap_or_default());
    Ok(())
}

fn work(connection: &Connection, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        checkpoint(connection);
    }
}

fn checkpoint(connection: &Connection) {
    // Passive: it waits for nobody, and what a reader still needs stays in the log until the next time.
    if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
        tracing::warn!(%error, "the write-ahead log could not be brought into the database and grows meanwhile");
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_brought_over_and_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.db");
        let open = || {
            let connection = Connection::open(&file).unwrap();
            connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0").unwrap();
            connection
        };
        let writer = open();
        writer.execute_batch("CREATE TABLE t (x BLOB)").unwrap();
        let mut checkpoints = Checkpoints::start(&writer, open());
        for _ in 0..60 {
            writer.execute("INSERT INTO t VALUES (zeroblob(4096 * 500))", []).unwrap();
            checkpoints.committed(&writer);
            // While the other thread is at work the writer's own attempt comes to nothing, and is repeated at the next commit.
            assert!(PAGES.get() < 2 * MOST, "{} pages", PAGES.get());
        }
        drop(checkpoints);
        let busy: i64 = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get(0)).unwrap();
        assert_eq!(busy, 0);
        assert_eq!(writer.query_row("SELECT count(*) FROM t", [], |r| r.get::<_, i64>(0)).unwrap(), 60);
    }
}

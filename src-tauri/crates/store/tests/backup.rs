//! Copies of a database that is being written.
//!
//! Deliberately not here: when copies are made, and how a failed one is told (stories).

#![allow(clippy::unwrap_used, reason = "a test's own helpers stop the test")]

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use pult_store::{FILE, Store, StoreError, backup};
use rusqlite::Connection;
use tokio::sync::watch;

/// Rows of 64 KiB that the copied database begins with: several steps of a copy.
const ROWS: i64 = 2000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_ends_though_the_engine_never_stops_writing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store
        .write(|c| {
            c.execute_batch("CREATE TABLE mark (id INTEGER PRIMARY KEY, filler BLOB)")?;
            let filler = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) INSERT INTO mark SELECT i, randomblob(65536) FROM n";
            c.execute(filler, [ROWS])?;
            Ok(())
        })
        .await
        .unwrap();

    let done = Arc::new(AtomicBool::new(false));
    let (written, mut writes) = watch::channel(0);
    let writing = tokio::spawn({
        let (store, done) = (store.clone(), done.clone());
        async move {
            while !done.load(Ordering::Relaxed) {
                store.write(|c| Ok(c.execute("INSERT INTO mark (filler) VALUES (x'00')", [])?)).await?;
                written.send_modify(|all| *all += 1);
            }
            Ok::<_, StoreError>(())
        }
    });
    // Once the large write has left the log for the database, writes come one after another.
    writes.wait_for(|all| *all > 500).await.unwrap();
    let (data, into) = (folder.path().to_owned(), folder.path().join("backups"));
    let now = "2026-03-10T08:00:00Z".parse().unwrap();
    let made = tokio::task::spawn_blocking(move || backup::make(&data, &into, now, || false)).await.unwrap();
    done.store(true, Ordering::Relaxed);
    writing.await.unwrap().unwrap();

    let rows = |path: &std::path::Path| -> i64 {
        let connection = Connection::open(path).unwrap();
        connection.query_row("SELECT max(id) FROM mark", [], |row| row.get(0)).unwrap()
    };
    let (copied, all) = (rows(&made.unwrap().join(FILE)), rows(&folder.path().join(FILE)));
    assert!((ROWS..=all).contains(&copied), "{copied} of {all}");
}

#[test]
fn a_copy_is_given_up_when_asked_and_what_a_hard_end_left_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let (data, into) = (folder.path().join("data"), folder.path().join("backups"));
    let store = Store::open(&data).unwrap();
    let names = || -> Vec<String> {
        let entries = std::fs::read_dir(&into).unwrap().map(|entry| entry.unwrap().file_name());
        entries.map(|name| name.to_string_lossy().into_owned()).collect()
    };
    // A copy of one step is given up where it is checked.
    let given_up = backup::make(&data, &into, "2026-03-10T08:00:00Z".parse().unwrap(), || true);
    assert!(matches!(given_up, Err(StoreError::Closed)), "{given_up:?}");
    assert_eq!(names(), Vec::<String>::new());

    std::fs::create_dir_all(into.join("pult-20260310T080000000Z.part/blobs")).unwrap();
    std::fs::create_dir(into.join("of-somebody-else.part")).unwrap();
    let made = backup::make(&data, &into, "2026-03-10T09:00:00Z".parse().unwrap(), || false).unwrap();
    backup::remove_unfinished(&into).unwrap();
    let mut left = names();
    left.sort();
    assert_eq!(left, ["of-somebody-else.part", "pult-20260310T090000000Z"]);
    assert_eq!(backup::newest(&into), Some(made));
    drop(store);
}

//! A database of any earlier schema is brought up to date at the start; one of a later schema is left alone.
//!
//! Deliberately not here: what each migration does.

use std::{fs, path::Path};

use rusqlite::Connection;

use crate::{
    house::House,
    senders::{feed, row},
};

fn scripts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|kind| kind == "sql"));
    names.sort();
    names.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[tokio::test]
async fn every_earlier_schema_is_brought_up_to_date() {
    let scripts = scripts();
    for known in 1..=scripts.len() {
        let house = House::usual();
        let database = Connection::open(house.data().join(pult_store::FILE)).unwrap();
        for script in &scripts[..known] {
            database.execute_batch(script).unwrap();
        }
        database.pragma_update(None, "user_version", i64::try_from(known).unwrap()).unwrap();
        let mark = "INSERT INTO connection (integration, cursor) VALUES ('call_feed', 'kept')";
        database.execute(mark, []).unwrap();
        drop(database);
        let (pultd, chief) = house.open().await;
        feed(&pultd.at_hooks(), &[row("m-1", "2026-03-10 10:00:00", "+74950001111")]).await;
        assert_eq!(chief.calls().await.len(), 1, "schema {known}");
        assert!(pultd.stop().await.success());
        let database = Connection::open(house.data().join(pult_store::FILE)).unwrap();
        let cursor: String = database
            .query_row("SELECT cursor FROM connection WHERE integration = 'call_feed'", [], |r| r.get(0))
            .unwrap();
        let version: i64 = database.query_row("PRAGMA user_version", [], |r| r.get(0)).unwrap();
        assert_eq!((cursor.as_str(), version), ("kept", i64::try_from(scripts.len()).unwrap()));
    }
}

#[tokio::test]
async fn a_later_schema_is_refused_and_left_alone() {
    let house = House::usual();
    house.person("chief", "admin").await;
    let path = house.data().join(pult_store::FILE);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let ended = house.try_serve(&[]).await.err().unwrap();
    assert_eq!(ended.status.code(), Some(5), "{}", ended.text);
    assert!(ended.text.contains("newer version") && ended.text.contains("99"), "{}", ended.text);
    let version: i64 = Connection::open(&path).unwrap().query_row("PRAGMA user_version", [], |r| r.get(0)).unwrap();
    assert_eq!(version, 99);
}

//! A data folder that cannot be used is refused with what to do about it: damaged, taken, or written by a newer Pult.
//!
//! Deliberately not here: migrations of single tables (the store's).

use std::{
    fs::OpenOptions,
    io::{Seek as _, SeekFrom, Write as _},
};

use serde_json::{Value, json};

use crate::{
    caller::Caller,
    house::{House, Setup},
    senders::{feed, ring, row},
};

#[tokio::test]
async fn a_damaged_database_is_refused_and_the_command_it_names_restores_it() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    ring(&pultd.at_hooks(), "newcall", "+37060011122", "o.belova").await;
    chief.until_settled().await;
    let backup = house.must(&["backup"], "").await;
    // What came after the backup is what a restore costs.
    feed(&pultd.at_hooks(), &[row("m-1", "2026-03-10 10:00:00", "+74950001111")]).await;
    assert_eq!(chief.calls().await.len(), 2);
    assert!(pultd.stop().await.success());

    let mut file = OpenOptions::new().write(true).open(house.data().join(pult_store::FILE)).unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    for page in 1..pages {
        file.seek(SeekFrom::Start(page * 4096)).unwrap();
        file.write_all(&[0xa5; 512]).unwrap();
    }
    drop(file);
    let ended = house.try_serve(&[]).await.err().unwrap();
    assert_eq!(ended.status.code(), Some(5), "{}", ended.text);
    assert!(ended.text.contains("damaged"), "{}", ended.text);
    let named = ended.text.split(" restore ").nth(1).expect("no command is named").split_whitespace().next().unwrap();
    assert_eq!(named, backup.trim());

    house.must(&["restore", named], "").await;
    let pultd = house.serve().await;
    let chief = pultd.signed_in("chief").await;
    let calls = chief.calls().await;
    assert_eq!((calls.len(), &calls[0]["phone"]), (1, &json!("37060011122")));
    assert!(house.data().read_dir().unwrap().flatten().any(|f| f.file_name().to_string_lossy().contains(".before-")));
}

/// A database beyond what is read whole at the start.
const LARGE: i64 = 36 << 20;

#[tokio::test]
async fn damage_in_a_large_database_is_found_while_it_works_and_people_are_told_how_to_restore() {
    let house = House::usual();
    house.person("chief", "admin").await;
    let backup = house.must(&["backup"], "").await;
    let path = house.data().join(pult_store::FILE);
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute_batch("CREATE TABLE ballast (body BLOB NOT NULL)").unwrap();
    database.execute("INSERT INTO ballast SELECT randomblob(?1) FROM json_each('[1,2,3,4]')", [LARGE / 4]).unwrap();
    database.pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
    drop(database);
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    for page in pages / 2..pages * 3 / 4 {
        file.seek(SeekFrom::Start(page * 4096)).unwrap();
        file.write_all(&[0xa5; 512]).unwrap();
    }
    drop(file);

    let pultd = house.serve().await;
    let chief = pultd.signed_in("chief").await;
    let damaged = chief.until(async || notice(&chief, "database.damaged").await).await;
    assert_eq!(damaged["values"]["command"], house.typed(&format!("restore {}", backup.trim())), "{damaged}");
    assert_eq!(chief.give("backup.make", json!({})).await.status, 500, "a damaged copy is no backup");
    assert!(pultd.stop().await.success());

    house.must(&["restore", backup.trim()], "").await;
    let pultd = house.serve().await;
    let chief = pultd.signed_in("chief").await;
    assert_eq!(chief.give("backup.make", json!({})).await.status, 200);
    assert_eq!(notice(&chief, "database.damaged").await, None);
}

#[tokio::test]
async fn a_backup_that_cannot_be_made_is_told_until_one_is() {
    let folder = tempfile::tempdir().unwrap();
    let backups = folder.path().join("backups");
    std::fs::write(&backups, "no folder").unwrap();
    let house = Setup::new().and(&format!("[storage.backup]\ndir = {backups:?}\nkeep = 2\n")).build();
    let (_pultd, chief) = house.open().await;
    chief.until(async || notice(&chief, "backup.failed").await).await;
    std::fs::remove_file(&backups).unwrap();
    let mut names = vec![];
    for _ in 0..3 {
        let made = chief.must("backup.make", json!({})).await;
        names.push(made["backups"][0]["name"].as_str().unwrap().to_owned());
        let newest = backups.join(&names[names.len() - 1]);
        assert_eq!(made["restore"], house.typed(&format!("restore {}", newest.display())));
    }
    assert_eq!(notice(&chief, "backup.failed").await, None, "it was told until one was made");
    // Only as many as are to be kept, the newest.
    let mut left: Vec<_> = backups.read_dir().unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, names[1..]);
}

/// The notice of this code that stands.
async fn notice(chief: &Caller, code: &str) -> Option<Value> {
    let all = chief.must("notices.list", json!({ "which": "standing", "limit": 100 })).await;
    all["rows"].as_array().unwrap().iter().find(|row| row["code"] == code).cloned()
}

#[tokio::test]
async fn a_second_engine_on_the_same_data_is_refused() {
    let house = House::usual();
    let pultd = house.serve().await;
    let ended = house.try_serve(&[]).await.err().unwrap();
    assert_eq!(ended.status.code(), Some(5), "{}", ended.text);
    assert!(ended.text.contains("another engine"), "{}", ended.text);
    assert_eq!(pultd.at_console().get("/readyz").await.status, 200, "the first one goes on");
    pultd.kill().await;
    house.serve().await;
}

#[tokio::test]
async fn a_backup_that_is_damaged_is_not_put_in_the_place_of_anything() {
    let house = House::usual();
    house.person("chief", "admin").await;
    let backup = house.must(&["backup"], "").await;
    let file = std::path::Path::new(backup.trim()).join(pult_store::FILE);
    std::fs::write(&file, b"not a database, but long enough to be looked at").unwrap();
    let refused = house.run(&["restore", backup.trim()]).await;
    assert_eq!(refused.status.code(), Some(5), "{}", String::from_utf8_lossy(&refused.stderr));
    let pultd = house.serve().await;
    pultd.signed_in("chief").await;
}

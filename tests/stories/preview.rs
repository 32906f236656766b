//! `pultd preview` shows what a request would lead to and writes nothing, whatever the request.
//!
//! Deliberately not here: what it shows of each sample (the command line's own tests).

use std::{fs, path::Path};

use rusqlite::Connection;
use serde_json::Value;

use crate::house::{House, import_phones};

/// Every row of every table, as text.
fn everything(house: &House) -> Vec<String> {
    let database = Connection::open(house.data().join(pult_store::FILE)).unwrap();
    let tables: Vec<String> = database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .unwrap()
        .query_map([], |r| r.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut rows = vec![];
    for table in tables {
        let mut statement = database.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let columns = statement.column_count();
        let mut found = statement.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let values: Vec<_> = (0..columns).map(|c| format!("{:?}", row.get_ref(c).unwrap())).collect();
            rows.push(format!("{table}: {}", values.join(", ")));
        }
    }
    rows
}

#[tokio::test]
async fn a_preview_of_every_sample_writes_nothing() {
    let house = House::usual();
    import_phones(&house).await;
    house.person("chief", "admin").await;
    let before = everything(&house);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut verdicts = vec![];
    for running in [false, true] {
        let pultd = if running { Some(house.serve().await) } else { None };
        for integration in ["telephony", "call_feed"] {
            for entry in fs::read_dir(fixtures.join(integration)).unwrap() {
                let file = entry.unwrap().path();
                if file.extension().is_none_or(|kind| kind != "json") {
                    continue;
                }
                let printed = house.must(&["preview", integration, file.to_str().unwrap()], "").await;
                let shown: Value = serde_json::from_str(&printed).unwrap();
                verdicts.push(shown["verdict"].as_str().unwrap().to_owned());
            }
        }
        if let Some(pultd) = pultd {
            assert!(pultd.stop().await.success());
        }
    }
    for verdict in ["accepted", "rejected", "not_understood"] {
        assert!(verdicts.iter().any(|v| v == verdict), "{verdicts:?}");
    }
    assert_eq!(everything(&house), before);
}

//! `pultd preview` shows what a request would lead to and writes nothing, whatever the request.
//!
//! Deliberately not here: what it shows of each sample (the command line's own tests).

use std::{collections::BTreeMap, fs, path::Path};

use pult_engine::config::{Config, Kind};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::house::{House, Setup, import_phones};

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

/// Vendors whose samples are looked at, by their folders; with the secret that samples prove themselves by without naming it, and the
/// address they come to where there are several.
const VENDORS: [(&str, Option<&str>, Option<&str>); 7] = [
    ("intradesk", None, None),
    ("pachca", None, None),
    ("tracker", None, None),
    ("bitrix24", Some("APP_TOKEN"), None),
    ("okdesk", Some("key-of-the-hook"), Some("/hooks/okdesk?key=key-of-the-hook")),
    ("redmine", None, None),
    ("erp", None, None),
];

/// The settings of an integration that is switched on, with the values its declaration shows as an example.
fn section(integration: &str) -> String {
    let prefix = format!("integrations.{integration}.");
    let mut text = format!("[integrations.{integration}]\n");
    for field in Config::describe() {
        let Some(name) = field.path.strip_prefix(&prefix) else { continue };
        let value = match (name, field.kind, field.sample) {
            ("enabled", ..) => "true",
            // A file of the example is not there.
            (_, Kind::Path, _) | (.., None) => continue,
            (.., Some(sample)) => sample,
        };
        text.push_str(&format!("{name} = {value}\n"));
    }
    text
}

#[tokio::test]
async fn every_sample_of_every_vendor_is_judged_and_understood_and_changes_nothing() {
    let sections: String = VENDORS.iter().map(|(vendor, ..)| section(vendor)).collect();
    let house = Setup::new().and(&sections).and("[areas.ratings]\nenabled = true\n").build();
    house.person("chief", "admin").await;
    let before = everything(&house);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut seen = BTreeMap::new();
    for (vendor, secret, path) in VENDORS {
        let key = house.folder().join(format!("{vendor}.key"));
        fs::write(&key, secret.unwrap_or_default()).unwrap();
        for entry in fs::read_dir(fixtures.join(vendor)).unwrap() {
            let file = entry.unwrap().path();
            let name = format!("{vendor}/{}", file.file_stem().unwrap().to_str().unwrap());
            let mut words = vec!["preview", vendor, file.to_str().unwrap()];
            if secret.is_some() {
                words.extend(["--secret-file", key.to_str().unwrap()]);
            }
            if let Some(path) = path {
                words.extend(["--path", path]);
            }
            let shown = house.must(&words, "").await;
            let shown: Value = serde_json::from_str(&shown).unwrap();
            let each = |list: &str, word: &dyn Fn(&Value) -> Value| -> Vec<Value> {
                shown[list].as_array().into_iter().flatten().map(word).collect()
            };
            // A call of ours is outgoing: it says so and nothing else.
            let facts = each("facts", &|fact| fact["fact"]["area"].clone());
            let effects = each("effects", &|effect| effect["kind"].clone());
            let told = match shown["verdict"].as_str().unwrap() {
                "outgoing" => continue,
                verdict => json!({ "verdict": verdict, "facts": facts, "effects": effects }),
            };
            seen.insert(name, told);
        }
    }
    assert_eq!(everything(&house), before);
    insta::assert_json_snapshot!(seen);
}

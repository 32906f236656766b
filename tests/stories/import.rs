//! `pultd import`: a file of a previous system goes in whole, however often it is begun, and what was not taken is written down.
//!
//! Deliberately not here: what single cells mean (the engine's tests).

use std::{fs, path::PathBuf, process::Stdio};

use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::house::{House, PATIENCE, Setup};

const ROWS: usize = 20_000;

/// The journal of a previous system: every thousandth row is wrong.
fn journal(house: &House) -> PathBuf {
    let mut text = "CALL_INFO_ID;TIME_BEGIN;TIME_END;AGENCY_ID;PHONE_NUMBER;CURRATOR;THEME\n".to_owned();
    for n in 1..=ROWS {
        let begin = if n % 1_000 == 0 { "some day" } else { "2025-03-10 10:00:00" };
        text.push_str(&format!("{n};{begin};2025-03-10 10:05:00;90;3706{n:07};o.belova;Оплата\n"));
    }
    let file = house.folder().join("T_CALL_INFO.csv");
    fs::write(&file, text).unwrap();
    file
}

fn count(house: &House) -> usize {
    let database = Connection::open(house.data().join(pult_store::FILE)).unwrap();
    database.query_row("SELECT count(*) FROM calls", [], |r| r.get::<_, i64>(0)).unwrap().try_into().unwrap()
}

/// Lines and reasons of the rows that were not taken.
fn rejected(file: &std::path::Path) -> Vec<(usize, String)> {
    let bytes = fs::read(file).unwrap();
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut rows = csv::ReaderBuilder::new().delimiter(b';').from_reader(text);
    rows.records().map(Result::unwrap).map(|row| (row[0].parse().unwrap(), row[1].to_owned())).collect()
}

#[tokio::test]
async fn an_import_that_was_killed_goes_on_where_it_was() {
    let house = Setup::new().build();
    let file = journal(&house);
    let words = ["import", "history", file.to_str().unwrap(), "--json"];
    // At rest, so that the command is the engine, and its end at this very instant is the engine's.
    let mut command = house.command(&words);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let first = async {
        loop {
            let line = said.next_line().await.unwrap().expect("it says how far it is");
            if line.contains("rows") && !line.starts_with("0 ") {
                return line;
            }
        }
    };
    let line = tokio::time::timeout(PATIENCE, first).await.expect("it never got anywhere");
    child.kill().await.unwrap();
    let before = count(&house);
    assert!((1..ROWS).contains(&before), "{before} after {line:?}: it was killed on its way");

    let (pultd, chief) = house.open().await;
    let row: Value = serde_json::from_str(&house.must(&words, "").await).unwrap();
    assert_eq!((&row["state"], &row["done"], &row["rejected"]), (&json!("done"), &json!(ROWS), &json!(ROWS / 1_000)));
    assert_eq!((&row["added"], &row["changed"]), (&json!(ROWS - ROWS / 1_000), &json!(0)), "no row went in twice");
    assert_eq!(count(&house), ROWS - ROWS / 1_000);
    let bad = rejected(&house.folder().join("T_CALL_INFO.csv.rejected.csv"));
    let lines: Vec<_> = bad.iter().map(|(line, _)| *line).collect();
    assert_eq!(
        lines,
        (1..=ROWS / 1_000).map(|n| n * 1_000 + 1).collect::<Vec<_>>(),
        "those of before the end among them"
    );
    assert!(bad.iter().all(|(_, reason)| reason.contains("TIME_BEGIN")), "{bad:?}");
    assert_eq!(chief.must("imports.list", json!({})).await["rows"].as_array().map(Vec::len), Some(1), "one import");
    assert!(pultd.stop().await.success());
}

#[tokio::test]
async fn a_finished_file_given_again_adds_nothing() {
    let house = House::usual();
    let file = house.folder().join("phones.csv");
    fs::write(&file, "AGENCY_ID,AGENCY_PHONE\n4711,+37060011122\n,7\n4712,370 600 11123\n").unwrap();
    let words = ["import", "agency-phones", file.to_str().unwrap(), "--json", "--rejected"];
    let to = house.folder().join("bad.csv");
    let words = [&words[..], &[to.to_str().unwrap()]].concat();
    for (running, added, changed) in [(false, 2, 0), (true, 0, 2)] {
        let pultd = if running { Some(house.serve().await) } else { None };
        let row: Value = serde_json::from_str(&house.must(&words, "").await).unwrap();
        let counts = ["added", "changed", "rejected"].map(|name| row[name].as_u64().unwrap());
        assert_eq!(counts, [added, changed, 1], "{row}");
        assert_eq!(rejected(&to).iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3]);
        if let Some(pultd) = pultd {
            assert!(pultd.stop().await.success());
        }
    }
}

#[tokio::test]
async fn a_dry_run_says_what_the_import_then_does() {
    let house = House::usual();
    let file = house.folder().join("calls.csv");
    let text = "CALL_INFO_ID;TIME_BEGIN\n1;2025-03-10 10:00:00\n2;some day\n3;2025-03-10 11:00:00\n";
    fs::write(&file, text).unwrap();
    let words = ["import", "history", file.to_str().unwrap(), "--json"];
    let dry = [&words[..], &["--dry-run"]].concat();
    for (running, added, changed) in [(false, 2, 0), (true, 0, 2)] {
        let pultd = if running { Some(house.serve().await) } else { None };
        let checked: Value = serde_json::from_str(&house.must(&dry, "").await).unwrap();
        let counts = ["rows", "added", "changed", "removed", "rejected"].map(|name| checked[name].as_u64().unwrap());
        assert_eq!(counts, [3, added, changed, 0, 1], "{checked}");
        assert_eq!(checked["rejections"][0]["line"], json!(3));
        let said = house.run(&[&words[..3], &["--dry-run"]].concat()).await;
        let said = String::from_utf8([said.stdout, said.stderr].concat()).unwrap();
        assert!(said.contains("line 3: TIME_BEGIN") && said.contains("nothing was written"), "{said}");
        assert_eq!(count(&house), if running { 2 } else { 0 }, "nothing was written");
        assert!(!house.folder().join("calls.csv.rejected.csv").exists() || running);
        let row: Value = serde_json::from_str(&house.must(&words, "").await).unwrap();
        assert_eq!(
            ["added", "changed", "rejected"].map(|name| row[name].as_u64().unwrap()),
            [added, changed, 1],
            "{row}"
        );
        if let Some(pultd) = pultd {
            assert!(pultd.stop().await.success());
        }
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_taken_in_says_why() {
    let house = House::usual();
    for (kind, text, words) in [
        ("agency-phones", "AGENCY_ID,NUMBER\n1,2\n", "AGENCY_PHONE"),
        ("staff", "login;full_name;email;password\na;b;c;d\n", "passwords"),
        ("history", "", "empty"),
    ] {
        let file = house.folder().join(format!("{kind}.csv"));
        fs::write(&file, text).unwrap();
        let output = house.run(&["import", kind, file.to_str().unwrap()]).await;
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.contains(words)), (Some(1), true), "{kind}: {said}");
    }
    let absent = house.run(&["import", "history", "/nonexistent/file.csv"]).await;
    assert_eq!(absent.status.code(), Some(1));
}

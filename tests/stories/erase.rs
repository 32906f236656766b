//! A person who asks to be forgotten: the number is in no file of the data folder afterwards, and what is beyond reach is said.
//!
//! Deliberately not here: emptying single rows (the store's tests).

use std::{fs, path::PathBuf};

use pult_simulators::{
    agencies::fault::{Fault, Page},
    catalogue::agencies,
};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    house::{Gatehouse, House, Setup, import_phones},
    senders::{feed, ring, row},
};

/// Whoever asks, as digits.
const THEIRS: &str = "37060077188";
/// Somebody else.
const OTHERS: &str = "37060077199";

/// Files of the data folder, and the log, that hold the number: as digits, grouped, or backwards as an index keeps it.
fn holding(house: &House, number: &str) -> Vec<PathBuf> {
    let spellings = [
        number.to_owned(),
        format!("{} {} {}", &number[..3], &number[3..6], &number[6..]),
        number.chars().rev().collect(),
    ];
    let mut files = house.files();
    files.retain(|file| file.starts_with(house.data()) || *file == house.log());
    files.retain(|file| {
        let bytes = fs::read(file).unwrap();
        spellings.iter().any(|number| bytes.windows(number.len()).any(|w| w == number.as_bytes()))
    });
    files
}

async fn erase(house: &House, words: &[&str]) -> (Value, String) {
    let output = house.run(&[&["erase", "--json", "--phone"][..], words].concat()).await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    (serde_json::from_slice(&output.stdout).unwrap(), said)
}

#[tokio::test]
async fn a_forgotten_number_is_in_no_file_any_more() {
    let house = Setup::new().unhurried().build();
    let (pultd, chief) = house.open().await;
    let hooks = pultd.at_hooks();
    for number in [THEIRS, OTHERS] {
        for kind in ["newcall", "endcall"] {
            ring(&hooks, kind, &format!("+{number}"), "o.belova").await;
        }
    }
    let day = "2026-03-10 10:00:00";
    let mut rows: Vec<Value> = (0..450).map(|n| row(&format!("m-{n}"), day, OTHERS)).collect();
    rows.iter_mut().for_each(|row| row["telephone"]["comment"] = json!("x".repeat(150)));
    rows.push(row("m-theirs", day, "+370 600 77188"));
    rows.push(json!({ "source_id": "m-bad", "calls": { "datetime": "x" }, "telephone": { "number": THEIRS } }));
    assert!(json!(rows).to_string().len() > 64 << 10, "such a body is a file of its own");
    assert_eq!(feed(&hooks, &rows).await.status, 200);
    let file = house.folder().join("phones.csv");
    fs::write(&file, format!("AGENCY_ID,AGENCY_PHONE\n,{THEIRS}\n")).unwrap();
    house.must(&["import", "agency-phones", file.to_str().unwrap()], "").await;
    chief.until_settled().await;
    house.must(&["replay", "1"], "").await;
    chief.until_settled().await;
    house.must(&["backup"], "").await;
    assert!(holding(&house, THEIRS).len() >= 4, "database, log of writes, body, backup: {:?}", holding(&house, THEIRS));

    let (done, said) = erase(&house, &["+370 600 77188"]).await;
    assert_eq!((&done["calls"], &done["import_rows"]), (&json!(2), &json!(1)), "{done}");
    assert!(done["records"].as_u64() >= Some(4) && done["entries"].as_u64() >= Some(3), "{done}");
    assert_eq!(done["rebuilt"], "yes", "{done}");
    let older = done["backups"]["older"].as_u64().unwrap();
    assert!(older >= 1, "{done}");
    assert!(said.contains("--backups") && said.contains("Not reached from here"), "{said}");
    let left = holding(&house, THEIRS);
    assert!(left.iter().all(|file| file.starts_with(house.data().join("backups"))), "{left:?}");

    let (done, _) = erase(&house, &[THEIRS, "--backups"]).await;
    assert_eq!((&done["calls"], &done["backups"]["removed"]), (&json!(0), &json!(older)), "{done}");
    assert_eq!(holding(&house, THEIRS), Vec::<PathBuf>::new());
    assert!(!holding(&house, OTHERS).is_empty(), "nobody else is forgotten");
    assert_eq!(fs::read_dir(house.data().join("backups")).unwrap().count(), 1, "a fresh backup is there");
    assert_eq!(chief.calls().await.len(), 2 + 451, "the calls stay as numbers");

    // The engine works on with the rewritten file, and a repeat of what was forgotten is still known for one.
    let again = feed(&hooks, &[row("m-theirs", day, OTHERS)]).await.json();
    assert_eq!((&again["accepted"], &again["updated"]), (&json!(0), &json!(1)));
    assert!(pultd.stop().await.success());
    assert_eq!(holding(&house, THEIRS), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn what_is_being_asked_about_an_agencys_number_is_forgotten_when_it_has_been_answered() {
    let gatehouse = Gatehouse::open().await;
    let house = Setup::new().agencies(&gatehouse).build();
    import_phones(&house).await;
    let (pultd, chief) = house.open().await;
    let known = agencies().swap_remove(4);
    let digits: String = known.contacts[0].phone.chars().filter(char::is_ascii_digit).collect();
    gatehouse.gate.set_fault(Fault::Stall, Page::View, None);
    ring(&pultd.at_hooks(), "newcall", &format!("+{digits}"), "o.belova").await;
    let effect = async |state: &str| {
        let look = async || {
            let effects = chief.must("deliveries.effects", json!({ "filter": {}, "limit": 10 })).await;
            (effects["rows"][0]["state"] == state).then_some(())
        };
        chief.until(look).await;
    };
    effect("in_flight").await;
    let (done, said) = erase(&house, &[&digits]).await;
    assert_eq!((&done["calls"], &done["under_way"]), (&json!(1), &json!(1)), "{done}");
    assert!(said.contains("again in a minute"), "{said}");
    // A restart asks anew, and this time is answered.
    gatehouse.gate.heal();
    assert!(pultd.stop().await.success());
    let pultd = house.serve().await;
    let chief = pultd.signed_in("chief").await;
    chief.until_settled().await;
    assert!(pultd.stop().await.success());

    let (done, said) = erase(&house, &[&digits]).await;
    assert_eq!((&done["under_way"], &done["rebuilt"]), (&json!(0), &json!("yes")), "{done}");
    assert!(done["deliveries"].as_u64() >= Some(1) && done["kept"].as_u64() >= Some(1), "{done}");
    assert!(said.contains("of agencies or accounts"), "{said}");
    // The agency's own row is what is left of it.
    let database = Connection::open(house.data().join(pult_store::FILE)).unwrap();
    assert!(database.execute("DELETE FROM agency_phone WHERE digits = ?1", [&digits]).unwrap() > 0);
    database.execute_batch("VACUUM").unwrap();
    drop(database);
    let mut left = holding(&house, &digits);
    left.retain(|file| !file.starts_with(house.data().join("backups")));
    assert_eq!(left, Vec::<PathBuf>::new());
}

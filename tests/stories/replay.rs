//! `pultd replay`: a record is run again, for show or in earnest, and nothing that was done is done twice.
//!
//! Deliberately not here: the console's own buttons, which give the same commands.

use pult_simulators::catalogue::agencies;
use serde_json::{Value, json};

use crate::{
    caller::Caller,
    house::{Gatehouse, House, Setup, import_phones},
    senders::ring,
};

async fn effects(chief: &Caller) -> Vec<Value> {
    let page = chief.must("deliveries.effects", json!({ "filter": {}, "limit": 50 })).await;
    page["rows"].as_array().unwrap().clone()
}

async fn records(chief: &Caller) -> Vec<Value> {
    let page = chief.must("deliveries.records", json!({ "filter": {}, "limit": 50 })).await;
    page["rows"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_was_done_is_not_done_twice() {
    let gatehouse = Gatehouse::open().await;
    let house = Setup::new().agencies(&gatehouse).build();
    import_phones(&house).await;
    let (pultd, chief) = house.open().await;
    ring(&pultd.at_hooks(), "newcall", &agencies()[4].contacts[0].phone, "o.belova").await;
    chief.until_settled().await;
    let views = gatehouse.gate.journal().views;
    assert_eq!((chief.calls().await.len(), effects(&chief).await.len(), views), (1, 1, 1));

    let new = house.must(&["replay", "1"], "").await;
    assert_eq!(new.trim(), "2", "the number of the new record");
    chief.until(async || records(&chief).await.iter().all(|row| row["state"] != "waiting").then_some(())).await;
    chief.until_settled().await;
    let rows = records(&chief).await;
    assert_eq!((rows.len(), &rows[0]["replay_of"], &rows[0]["kind"]), (2, &json!(1), &json!("replay")));
    assert_eq!((chief.calls().await.len(), effects(&chief).await.len()), (1, 1));
    assert_eq!(gatehouse.gate.journal().views, views, "its effects keep their keys");
    assert!(pultd.stop().await.success());

    // At rest it is written down and runs at the next start.
    let output = house.run(&["replay", "1"]).await;
    assert!(String::from_utf8(output.stderr).unwrap().contains("at the next start"));
    let pultd = house.serve().await;
    let chief = pultd.signed_in("chief").await;
    chief.until(async || records(&chief).await.iter().all(|row| row["state"] != "waiting").then_some(())).await;
    assert_eq!((records(&chief).await.len(), chief.calls().await.len(), effects(&chief).await.len()), (3, 1, 1));
    assert_eq!(gatehouse.gate.journal().views, views);
    assert!(pultd.stop().await.success());
}

#[tokio::test]
async fn a_preview_shows_then_and_now_and_changes_nothing() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    ring(&pultd.at_hooks(), "newcall", &agencies()[4].contacts[0].phone, "o.belova").await;
    chief.until_settled().await;
    assert!(pultd.stop().await.success());
    import_phones(&house).await;
    for running in [false, true] {
        let pultd = if running { Some(house.serve().await) } else { None };
        let preview: Value = serde_json::from_str(&house.must(&["replay", "1", "--preview"], "").await).unwrap();
        let rule = |course: &str| preview[course]["steps"][0]["explanation"]["rule"].as_str().unwrap().to_owned();
        assert_eq!(rule("then"), "call_started.unknown_number", "{preview}");
        assert_eq!(rule("now"), "call_started.again", "the call is there already: {preview}");
        if let Some(pultd) = pultd {
            let chief = pultd.signed_in("chief").await;
            assert_eq!((records(&chief).await.len(), chief.calls().await.len()), (1, 1));
            assert!(pultd.stop().await.success());
        }
    }
}

#[tokio::test]
async fn a_record_that_is_not_there_or_was_erased_cannot_be_run_again() {
    let house = House::usual();
    let (pultd, chief) = house.open().await;
    ring(&pultd.at_hooks(), "newcall", "+37060011122", "o.belova").await;
    chief.until_settled().await;
    chief.must("deliveries.erase", json!({ "id": 1 })).await;
    for (words, text) in [
        (&["replay", "1"][..], "the body was erased"),
        (&["replay", "99"], "no such record"),
        (&["replay", "99", "--preview"], "no such record"),
    ] {
        let output = house.run(words).await;
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.contains(text)), (Some(1), true), "{words:?}: {said}");
    }
    assert!(pultd.stop().await.success());
}

use proptest::prelude::*;
use pult_domain::{Answer, RecordId};
use serde_json::{Value, json};

use super::*;
use crate::{
    HttpAnswer, Outcome, ParseError, RejectedRow,
    samples::{folder as fixtures, samples, secrets},
};

fn feed(secret: &str) -> CallFeed {
    let settings = Settings { enabled: true, ..Settings::default() };
    CallFeed::new(settings, secrets("cc.api_key", secret)).unwrap()
}

fn record(content_type: &str, body: impl Into<bytes::Bytes>) -> StoredRequest {
    StoredRequest {
        route: "batch".to_owned(),
        method: String::new(),
        path: String::new(),
        query: vec![],
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: body.into(),
    }
}

fn parse(content_type: &str, body: impl Into<bytes::Bytes>) -> Result<Parsed, ParseError> {
    feed("k").parse(&record(content_type, body), Instant::UNIX_EPOCH)
}

fn answer(outcome: &Outcome) -> (u16, Value) {
    match crate::Webhook::answer(&feed("k"), &record("", ""), outcome) {
        HttpAnswer::Json { status, body } => (status, body),
        other => panic!("{other:?}"),
    }
}

#[test]
fn samples_mean_what_their_snapshots_say() {
    for sample in samples(NAME) {
        insta::assert_json_snapshot!(sample.sample.as_str(), sample.take_in(&feed(&sample.secret)));
    }
}

#[test]
fn files_mean_what_their_snapshots_say() {
    for file in ["table.csv", "semicolons.csv", "twice.csv"] {
        let body = std::fs::read(fixtures(NAME).join("files").join(file)).unwrap();
        let parsed = parse("text/csv", body).unwrap();
        insta::assert_json_snapshot!(file, json!({"facts": parsed.facts, "rejected": parsed.rejected}));
    }
}

fn rows(count: usize) -> Vec<u8> {
    let row = json!({"source_id": "1", "calls": {"datetime": "2026-09-21T11:00:00Z"}});
    json!({"calls": vec![row; count]}).to_string().into_bytes()
}

#[test]
fn five_hundred_rows_are_a_batch_and_one_more_is_413() {
    assert_eq!(parse("application/json", rows(500)).unwrap().facts.len(), 500);
    let error = parse("application/json", rows(501)).unwrap_err();
    assert_eq!(answer(&Outcome::NotUnderstood { record: RecordId(1), error }).0, 413);
    let table = format!("source_id,datetime\n{}", "1,2026-09-21 14:00:00\n".repeat(501));
    assert_eq!(parse("text/csv", table).unwrap_err().field, wire::TOO_MANY);
}

#[test]
fn every_outcome_has_its_answer() {
    let id = RecordId(1);
    let rejected = vec![RejectedRow { index: 3, error: "calls.result: 0 to 6".to_owned() }];
    let counted = |accepted, updated| Answer::Counted { accepted, updated };
    let decided = Outcome::Decided {
        record: id,
        answers: vec![counted(1, 0), counted(0, 1), counted(0, 1)],
        rejected,
        effects: vec![],
    };
    let want = json!({"success": true, "accepted": 1, "updated": 2,
        "rejected": [{"index": 3, "error": "calls.result: 0 to 6"}]});
    assert_eq!(answer(&decided), (200, want));
    for (body, status) in [("", 400), ("[1]", 400), ("{\"calls\":{}}", 400), ("\u{0}", 400), ("{\"calls\":[]}}", 400)] {
        let error = parse("application/json", body).unwrap_err();
        let (got, body) = answer(&Outcome::NotUnderstood { record: id, error });
        assert_eq!((got, &body["success"]), (status, &json!(false)));
    }
    assert_eq!(answer(&Outcome::Committed { record: id }).0, 503);
    assert_eq!(answer(&Outcome::NotRecorded).0, 503);
}

#[test]
fn a_feed_without_a_key_or_switched_off_lets_nobody_in() {
    for (enabled, secret) in [(true, ""), (false, "k")] {
        let feed = CallFeed::new(Settings { enabled, ..Settings::default() }, secrets("cc.api_key", secret)).unwrap();
        for sample in samples(NAME) {
            let rejection = sample.request(&feed).accept(&feed, sample.now()).unwrap_err();
            assert_eq!(rejection, crate::Rejection::NotSetUp);
        }
    }
}

#[test]
fn the_same_row_means_the_same_however_it_is_written() {
    let fact = |content_type, body: &str| parse(content_type, body.to_owned()).unwrap().facts[0].clone();
    let json = fact(
        "application/json",
        r#"{"calls":[{"source_id":"1","calls":{"datetime":"2026-09-21T11:00:00Z","result":1}}]}"#,
    );
    let spaced =
        r#"{"calls":[{ "calls":{"result":1,"datetime":"2026-09-21 14:00:00"}, "telephone":null, "source_id":"1"}]}"#;
    assert_eq!(json, fact("application/json", spaced));
    assert_eq!(json, fact("text/csv", "source_id,datetime,result\n1,2026-09-21 14:00:00,1\n"));
    assert_ne!(json, fact("text/csv", "source_id,datetime,result\n1,2026-09-21 14:00:00,2\n"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        text in "(source_id|calls|datetime|telephone|number|tel_1_id|[,;\\.\n\"{}\\[\\]:]|[0-9]|\\PC){0,80}",
    ) {
        for content_type in ["application/json", "text/csv"] {
            let _ = parse(content_type, bytes.clone());
            let _ = parse(content_type, text.clone());
        }
    }

    #[test]
    fn no_row_makes_it_panic_or_stops_its_neighbour(
        field in "calls|cards|telephone|operators|privat_processing|calls_result|agentstvo|source_id|\\PC{0,5}",
        name in "id|datetime|number|telephone_id|tel_1_id|hidden|time_zone|region|\\PC{0,5}",
        value in prop_oneof![
            Just(json!(null)), any::<bool>().prop_map(|v| json!(v)), any::<i64>().prop_map(|v| json!(v)),
            any::<f64>().prop_map(|v| json!(v)), "\\PC{0,10}".prop_map(|v| json!(v)), Just(json!({})), Just(json!([[]])),
        ],
    ) {
        let good = json!({"source_id": "good", "calls": {"datetime": "2026-09-21T11:00:00Z"}});
        let mut odd = good.clone();
        odd[field.as_str()] = json!({name: value});
        let parsed = parse("application/json", json!({"calls": [odd, good]}).to_string()).unwrap();
        prop_assert_eq!(parsed.facts.len() + parsed.rejected.len(), 2);
        prop_assert!(parsed.rejected.iter().all(|row| row.index == 0));
    }
}

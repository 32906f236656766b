//! The "Check" button.

use super::{
    server::{Line, Vendor, good, line},
    *,
};

fn myself(licensed: bool) -> Line {
    good(json!({"uid": 8_000_000_000_000_077_i64, "login": "desk-robot", "hasLicense": licensed}))
}

fn queue() -> Line {
    good(json!({"id": 29, "key": "DESK", "name": "Служба поддержки"}))
}

async fn steps(script: Vec<Line>, change: impl FnOnce(&mut Settings)) -> Vec<(&'static str, bool, String)> {
    let (_, tracker) = Vendor::with_settings(script, secrets(), change).await;
    tracker.check().await.into_iter().map(|step| (step.step, step.ok, step.detail)).collect()
}

/// The steps that do not work.
fn bad(steps: &[(&'static str, bool, String)]) -> Vec<String> {
    steps
        .iter()
        .filter(|(step, ok, _)| !ok && *step != "tls")
        .map(|(step, _, detail)| format!("{step}: {detail}"))
        .collect()
}

#[tokio::test]
async fn a_queue_that_is_ready_passes_every_step() {
    let found = steps(vec![myself(true), queue(), good(local_fields(&ALL))], |settings| {
        settings.queue_id = "29".to_owned();
    })
    .await;
    assert!(bad(&found).is_empty(), "{found:?}");
    let names: Vec<_> = found.iter().map(|(step, ..)| *step).collect();
    let fields = ["local_field"; 7];
    assert_eq!(
        names,
        [&["tls", "organization", "sign_in", "license", "queue"][..], &fields, &["webhook_key"]].concat()
    );
    assert_eq!(found[2].2, "desk-robot (8000000000000077)");
    assert_eq!(found[4].2, "DESK: Служба поддержки (id 29)");
}

#[tokio::test]
async fn every_lack_is_told_by_its_own_step() {
    let lacking = local_fields(&["pachcaUserId", "pachcaMessageId", "pachcaChatId", "name"]);
    let found =
        steps(vec![myself(false), queue(), good(lacking)], |settings| settings.queue_id = "30".to_owned()).await;
    let want = [
        "license: the account has no licence: it can only read",
        "queue: DESK has the id 29, and the settings say 30",
        "local_field: the queue DESK has no local field «department»: add it to the queue in the tracker",
    ];
    assert_eq!(bad(&found), want);
    let spare: Vec<_> = found.iter().filter(|(.., detail)| detail.contains("the queue has none")).collect();
    assert_eq!(spare.len(), 2);
}

#[tokio::test]
async fn what_cannot_be_gone_on_with_ends_the_check() {
    let nowhere = steps(vec![], |settings| settings.org_id = String::new()).await;
    assert_eq!(bad(&nowhere), ["organization: No TRACKER_ORG_ID or TRACKER_CLOUD_ORG_ID configured"]);
    let stranger = steps(vec![line(401, "Unauthorized")], |_| {}).await;
    assert_eq!(bad(&stranger), ["sign_in: credentials refused: HTTP 401"]);
    let lost = steps(vec![myself(true), line(404, "{}")], |_| {}).await;
    assert_eq!(bad(&lost), ["queue: DESK: refused: HTTP 404"]);
    let (_, tracker) = Vendor::with_settings([], BTreeMap::new(), |_| {}).await;
    let without = tracker.check().await;
    let key = without.iter().find(|step| step.step == "webhook_key").unwrap();
    assert!(!key.ok);
}

#[tokio::test]
async fn a_check_reads_what_became_of_the_triggers_calls() {
    let call = |minute: u8, response: Value, error: Value| {
        json!({"startTime": format!("2026-11-20T09:{minute:02}:02.347+0000"), "duration": 40, "triggerId": 3,
               "issueId": "64aa", "response": response, "error": error})
    };
    let taken = |minute| call(minute, json!({"status": 200, "body": "ok"}), Value::Null);
    let turned_away = |minute| call(minute, json!({"status": 401, "body": "{}"}), Value::Null);
    for (log, ok, detail) in [
        (good(json!([])), true, "trigger 3: it has sent nothing lately"),
        (good(json!([taken(1), taken(2)])), true, "trigger 3: the last 2 calls were taken"),
        // Whatever the order they are told in.
        (
            good(json!([turned_away(1), taken(2), turned_away(0)])),
            true,
            "trigger 3: 2 of the last 3 calls were not taken, the newest was",
        ),
        (
            good(json!([taken(1), turned_away(2)])),
            false,
            "trigger 3: 1 of the last 2 calls were not taken, the newest neither (2026-11-20T09:02:02Z): HTTP 401",
        ),
        (
            good(json!([call(2, Value::Null, json!("timeout")), taken(1)])),
            false,
            "trigger 3: 1 of the last 2 calls were not taken, the newest neither (2026-11-20T09:02:02Z): timeout",
        ),
        (
            good(json!([call(2, Value::Null, Value::Null)])),
            false,
            "trigger 3: 1 of the last 1 calls were not taken, the newest neither (2026-11-20T09:02:02Z): no answer",
        ),
        (line(404, "{}"), false, "trigger 3: refused: HTTP 404"),
        (good(json!({})), false, "trigger 3: the answer is not a log of calls"),
    ] {
        let script = vec![myself(true), queue(), good(local_fields(&ALL)), log];
        let found = steps(script, |settings| settings.trigger_ids = vec![3]).await;
        let told = found.iter().find(|(step, ..)| *step == "trigger_log").unwrap();
        assert_eq!((told.1, told.2.as_str()), (ok, detail));
    }
}

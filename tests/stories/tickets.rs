//! Tickets people work on by hand: what is news reaches whom it concerns, once; what they want is made, or said to be not made.
//!
//! Deliberately not here: the tracker's own behaviour (the simulator's tests) and screens.

use pult_simulators::{
    redmine::{switches::SwitchOrder, world::tables::Right},
    service::fault::Fault,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    caller::{Caller, look_until},
    tickets_house::{AGENT, DEVELOPER, Desk, IN_PROGRESS, NEW, REPORTER, key, make, notices},
};

fn wanted(id: u64, wanted: Value, seen: Value) -> Value {
    json!({ "id": id, "wanted": wanted, "seen": seen })
}

fn codes(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_change_of_status_with_a_comment_is_one_notice_for_whom_it_concerns() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Нет звука")).await;
    let id = 1;
    desk.known(id).await;
    let (vera, anna, boris) =
        (desk.pultd.signed_in("vera").await, desk.pultd.signed_in("anna").await, desk.pultd.signed_in("boris").await);
    let fields = json!({ "status_id": IN_PROGRESS, "notes": "Смотрю <b>кабель</b>" });
    desk.redmine().update("agent1", id, &fields).unwrap();
    let [notice] = desk.notices(&boris, id, 1).await.try_into().unwrap();
    assert_eq!(notice["code"], "tickets.entry");
    let values = &notice["values"];
    assert_eq!((values["old_status"].as_str(), values["new_status"].as_str()), (Some("New"), Some("In Progress")));
    assert_eq!(values["comment"], "Смотрю <b>кабель</b>");
    // The agent did it, and the manager has nothing to do with it.
    assert!(notices(&anna, id).await.is_empty() && notices(&vera, id).await.is_empty());
    let foreign = anna.give("notices.mark", json!({ "ids": [notice["id"]], "read": true })).await;
    assert!(foreign.status == 404 || foreign.json()["ids"].as_array().is_some_and(Vec::is_empty), "{}", foreign.text());
    boris.must("notices.mark", json!({ "ids": [notice["id"]], "read": true })).await;

    // Given to somebody else: whoever had it hears of it.
    desk.redmine().assign("sup1", id, Some("sup1")).unwrap();
    let told = desk.notices(&anna, id, 1).await;
    assert_eq!(told[0]["values"]["assigned"], true);
    assert_eq!(told[0]["why"], "was_assignee");
}

#[tokio::test]
async fn what_was_there_before_is_no_news_and_new_tickets_are() {
    let desk = Desk::with("admin", |redmine| {
        make(redmine, "Старая");
        redmine.comment("agent1", 1, "Давно", false).unwrap();
    })
    .await;
    let anna = desk.pultd.signed_in("anna").await;
    desk.known(1).await;
    let new = desk.make("Новая");
    let told = desk.notices(&anna, new, 1).await;
    assert_eq!(codes(&told), ["tickets.created"]);
    assert!(notices(&anna, 1).await.is_empty());
    let page = anna.must("tickets.page", json!({ "filter": { "whose": "assigned" }, "limit": 10 })).await;
    assert_eq!(page["rows"].as_array().unwrap().len(), 2);
    let found =
        anna.must("tickets.page", json!({ "filter": { "whose": "assigned", "search": "нова" }, "limit": 10 })).await;
    assert_eq!(found["rows"][0]["id"], new);
}

#[tokio::test]
async fn a_private_comment_is_told_of_without_its_words_and_read_with_a_key_of_ones_own() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Жалоба")).await;
    desk.known(1).await;
    let (anna, boris) = (desk.pultd.signed_in("anna").await, desk.pultd.signed_in("boris").await);
    desk.redmine().comment("sup1", 1, "Позвоните ей сначала", true).unwrap();
    let [notice] = desk.notices(&anna, 1, 1).await.try_into().unwrap();
    assert_eq!((notice["values"]["private"].as_bool(), notice["values"]["comment"].as_str()), (Some(true), None));

    let last = |ticket: &Value| ticket["entries"].as_array().unwrap().last().unwrap().clone();
    let shown = last(&anna.must("tickets.detail", json!({ "id": 1 })).await);
    assert_eq!((shown["hidden"].as_bool(), shown["notes"].as_str()), (Some(true), None));
    anna.must("tickets.connect", json!({ "key": key("agent1") })).await;
    anna.must("tickets.open", json!({ "id": 1 })).await;
    let words = anna
        .until(async || {
            let entry = last(&anna.must("tickets.detail", json!({ "id": 1 })).await);
            entry["notes"].as_str().map(str::to_owned)
        })
        .await;
    assert_eq!(words, "Позвоните ей сначала");
    boris.must("tickets.connect", json!({ "key": key("rep1") })).await;
    boris.must("tickets.open", json!({ "id": 1 })).await;
    desk.chief.until_settled().await;
    let entries = boris.must("tickets.detail", json!({ "id": 1 })).await;
    assert_eq!(last(&entries)["notes"], Value::Null, "the reporter has no right to it");
    // Nowhere else: neither in what came in, nor in what was decided, said to the tracker or told.
    desk.chief.until_settled().await;
    for file in desk.house.files().into_iter().filter(|file| file.extension().is_some_and(|end| end == "log")) {
        assert!(!std::fs::read_to_string(file).unwrap_or_default().contains("Позвоните"));
    }
    let records = desk.chief.must("deliveries.records", json!({ "filter": {}, "limit": 100 })).await;
    for record in records["rows"].as_array().unwrap() {
        let whole = desk.chief.must("deliveries.record", json!({ "id": record["id"] })).await;
        assert!(!whole.to_string().contains("Позвоните"), "{whole}");
    }
    let effects = desk.chief.must("deliveries.effects", json!({ "filter": {}, "limit": 100 })).await;
    for effect in effects["rows"].as_array().unwrap() {
        let whole = desk.chief.must("deliveries.effect", json!({ "id": effect["id"] })).await;
        assert!(!whole.to_string().contains("Позвоните"), "{whole}");
    }
}

#[tokio::test]
async fn a_private_comment_with_a_new_status_is_told_as_both_and_only_the_status_in_words() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Жалоба")).await;
    desk.known(1).await;
    let anna = desk.pultd.signed_in("anna").await;
    let both = json!({ "status_id": IN_PROGRESS, "notes": "Позвоните ей сначала", "private_notes": true });
    assert_eq!(desk.redmine().update("sup1", 1, &both).unwrap().len(), 2, "two entries of the journal");
    let told = desk.notices(&anna, 1, 2).await;
    let private = |notice: &Value| notice["values"]["private"].as_bool().unwrap();
    let (words, status): (Vec<_>, Vec<_>) = told.iter().partition(|notice| private(notice));
    assert_eq!((words.len(), status.len()), (1, 1), "{told:?}");
    assert_eq!((words[0]["values"]["comment"].as_str(), words[0]["values"]["commented"].as_bool()), (None, Some(true)));
    assert_eq!(status[0]["values"]["commented"].as_bool(), Some(false), "{status:?}");
    assert_eq!(desk.known(1).await["status"]["id"], IN_PROGRESS);
}

#[tokio::test]
async fn what_somebody_wants_is_made_in_one_call_and_confirmed() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Нет звука")).await;
    desk.known(1).await;
    let vera = desk.pultd.signed_in("vera").await;
    let mut request = wanted(1, json!({ "status": IN_PROGRESS }), json!({ "status": NEW, "assignee": AGENT }));
    request["note"] = "Беру себе".into();
    let made = desk.change(&vera, request).await;
    assert_eq!((made["state"].as_str(), made["trouble"].as_object()), (Some("done"), None), "{made}");
    let ticket = desk.redmine().issue(1).unwrap();
    assert_eq!(ticket.status, IN_PROGRESS.unsigned_abs());
    let journals = desk.redmine().journals(1);
    assert_eq!(journals.len(), 1);
    let words = journals[0].notes.clone().unwrap_or_default();
    assert!(words.starts_with("ВЕРА СМЕННАЯ: Беру себе") && words.contains("[pult "), "{words}");
    // The manager's own act is no news to her; the agent hears of it, by her name.
    let anna = desk.pultd.signed_in("anna").await;
    let [notice] = desk.notices(&anna, 1, 1).await.try_into().unwrap();
    assert_eq!(notice["values"]["by"], "ВЕРА СМЕННАЯ");
    assert!(notices(&vera, 1).await.is_empty());
    let again = vera.give("tickets.change", wanted(1, json!({ "status": 2 }), json!({ "status": 2 }))).await;
    assert_eq!(again.status, 409, "it is so already: {}", again.text());
}

/// It fails when a change is written over somebody else's, whether we see theirs first or only the tracker does, and when what the tracker
/// refused is asked for again.
#[tokio::test]
async fn what_somebody_else_changed_meanwhile_is_a_conflict_and_not_overwritten() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Нет звука")).await;
    desk.known(1).await;
    let vera = desk.pultd.signed_in("vera").await;
    desk.redmine().set_status("agent1", 1, 3).unwrap();
    let journals = desk.redmine().journals(1).len();
    let refused = desk.change(&vera, wanted(1, json!({ "status": IN_PROGRESS }), json!({ "status": NEW }))).await;
    assert_eq!((refused["state"].as_str(), &refused["trouble"]["fields"]), (Some("conflict"), &json!(["status"])));
    assert_eq!((desk.redmine().issue(1).unwrap().status, desk.redmine().journals(1).len()), (3, journals));
    // Between our look and our word: the tracker refuses without a word, which is no trouble of ours, and it is not tried again.
    let overtaken = Fault::Refuse { status: 422, body: json!({ "errors": [] }), retry_after: None };
    desk.break_tracker(overtaken, "issue_update", 1);
    let refused = desk.change(&vera, wanted(1, json!({ "status": IN_PROGRESS }), json!({ "status": 3 }))).await;
    assert_eq!((refused["state"].as_str(), &refused["trouble"]["fields"]), (Some("conflict"), &json!(["status"])));
    assert_eq!((desk.redmine().issue(1).unwrap().status, desk.redmine().journal.count("issue_update")), (3, 1));
}

#[tokio::test]
async fn a_note_of_ones_own_is_rewritten_and_taken_away_and_nobody_elses_is() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Нет звука")).await;
    desk.known(1).await;
    let (vera, anna) = (desk.pultd.signed_in("vera").await, desk.pultd.signed_in("anna").await);
    anna.must("tickets.connect", json!({ "key": key("agent1") })).await;
    desk.change(&anna, json!({ "id": 1, "note": "Смотрю" })).await;
    desk.redmine().comment("sup1", 1, "Жду", false).unwrap();
    let entries = async || anna.must("tickets.detail", json!({ "id": 1 })).await["entries"].clone();
    let both = anna.until(async || Some(entries().await).filter(|all| all.as_array().unwrap().len() == 2)).await;
    let (own, foreign) = (&both[0], &both[1]);
    let request =
        |entry: &Value, seen: &str, text: &str| json!({ "id": 1, "entry": entry["id"], "seen": seen, "text": text });
    // Neither what somebody else said, nor what the engine's account said for somebody.
    assert_eq!(anna.give("tickets.edit_note", request(foreign, "Жду", "Моё")).await.status, 403);
    assert_eq!(vera.give("tickets.edit_note", request(own, "Смотрю", "Чужое")).await.status, 403);

    // The tracker has the last word on who may rewrite their own.
    let asked = anna.must("tickets.edit_note", request(own, "Смотрю", "Починил")).await;
    let refused = desk.outcome(&anna, &asked["id"]).await;
    assert_eq!((refused["state"].as_str(), &refused["trouble"]["trouble"]), (Some("failed"), &json!("rights")));
    desk.redmine().allow(DEVELOPER, Right::EditOwnIssueNotes, true);

    // Until the tracker has it, it is on its way, and what is shown is what stands there.
    desk.break_tracker(Fault::DropAfterCommit, "journal_update", 1);
    let asked = anna.must("tickets.edit_note", request(own, "Смотрю", "Починил")).await;
    assert_eq!((asked["state"].as_str(), asked["act"].as_str()), (Some("sending"), Some("edit_note")));
    let made = desk.outcome(&anna, &asked["id"]).await;
    assert_eq!((made["state"].as_str(), &made["trouble"]), (Some("done"), &Value::Null), "{made}");
    let words = |id: &Value| {
        let all = desk.redmine().journals(1);
        all.into_iter().find(|journal| json!(journal.id) == *id).and_then(|journal| journal.notes)
    };
    assert!(words(&own["id"]).is_some_and(|words| words.starts_with("Починил") && words.contains("[pult ")));
    assert!(entries().await[0]["notes"].as_str().unwrap().starts_with("Починил"), "it is shown at once");

    // Somebody with more rights changed it there meanwhile: what they wrote stays.
    desk.redmine().edit_note("admin", own["id"].as_u64().unwrap(), "Исправлено начальником").unwrap();
    for (command, request) in [
        ("tickets.edit_note", request(own, "Починил", "Ещё раз")),
        ("tickets.delete_note", json!({ "id": 1, "entry": own["id"], "seen": "Починил" })),
    ] {
        let asked = anna.must(command, request).await;
        let refused = desk.outcome(&anna, &asked["id"]).await;
        assert_eq!((refused["state"].as_str(), &refused["trouble"]["fields"]), (Some("conflict"), &json!(["note"])));
    }
    assert_eq!(words(&own["id"]).as_deref(), Some("Исправлено начальником"));
    assert_eq!(entries().await[0]["notes"], "Исправлено начальником", "both are there to be compared");

    let asked = anna
        .must("tickets.delete_note", json!({ "id": 1, "entry": own["id"], "seen": "Исправлено начальником" }))
        .await;
    let made = desk.outcome(&anna, &asked["id"]).await;
    assert_eq!(made["state"], "done", "{made}");
    assert_eq!((words(&own["id"]), entries().await.as_array().unwrap().len()), (None, 1));
}

#[tokio::test]
async fn whoever_watches_a_ticket_is_told_of_it_until_they_stop() {
    let desk = Desk::with("admin", |redmine| {
        redmine.allow(DEVELOPER, Right::AddIssueWatchers, true);
        make(redmine, "Нет звука");
    })
    .await;
    desk.known(1).await;
    let (vera, anna) = (desk.pultd.signed_in("vera").await, desk.pultd.signed_in("anna").await);
    let watchers = async || vera.must("tickets.detail", json!({ "id": 1 })).await["watchers"].clone();
    assert_eq!(watchers().await, json!([]));
    let watch = async |caller: &Caller, on: bool| {
        let asked = caller.must("tickets.watch", json!({ "id": 1, "on": on })).await;
        desk.outcome(caller, &asked["id"]).await
    };
    // Without a key of hers the engine's account does it, and she hears of what she has nothing else to do with.
    assert_eq!(watch(&vera, true).await["state"], "done");
    assert_eq!(desk.redmine().issue(1).unwrap().watchers.len(), 1);
    assert_eq!(watchers().await.as_array().unwrap().len(), 1);
    desk.redmine().comment("agent1", 1, "Смотрю", false).unwrap();
    let told = desk.notices(&vera, 1, 1).await;
    assert_eq!(told[0]["why"], "watcher");

    // With a key of their own the tracker judges, also where it does not show who watches.
    anna.must("tickets.connect", json!({ "key": key("agent1") })).await;
    assert_eq!(watch(&anna, true).await["state"], "done");
    assert_eq!(desk.redmine().issue(1).unwrap().watchers.len(), 2);
    let refused = watch(&anna, false).await;
    assert_eq!((refused["state"].as_str(), &refused["trouble"]["trouble"]), (Some("failed"), &json!("rights")));

    assert_eq!(watch(&vera, false).await["state"], "done");
    assert_eq!(desk.redmine().issue(1).unwrap().watchers.into_iter().collect::<Vec<_>>(), [AGENT.unsigned_abs()]);
    desk.redmine().comment("rep1", 1, "И как?", false).unwrap();
    desk.notices(&anna, 1, 1).await;
    assert_eq!(notices(&vera, 1).await.len(), 1, "she hears no more of it");
}

/// A change whose note was written and whose status the workflow of a role forbids.
async fn partly(account: &str, role: u64) -> (Desk, Caller, Value) {
    let desk = Desk::with(account, |redmine| {
        make(redmine, "Нет звука");
        redmine.allow_way(role, 1, 3, false);
    })
    .await;
    desk.known(1).await;
    let vera = desk.pultd.signed_in("vera").await;
    let mut request = wanted(1, json!({ "status": 3 }), json!({ "status": NEW }));
    request["note"] = "Проверьте".into();
    let made = desk.change(&vera, request).await;
    (desk, vera, made)
}

#[tokio::test]
async fn a_status_the_workflow_forbids_is_told_and_the_note_is_written_once() {
    let (desk, vera, made) = partly("rep1", REPORTER).await;
    assert_eq!((made["state"].as_str(), &made["trouble"]["parts"]), (Some("partly"), &json!(["status"])), "{made}");
    assert_eq!(desk.redmine().journals(1).len(), 1);
    let told = desk.notices(&vera, 1, 1).await;
    assert_eq!(codes(&told), ["tickets.not_changed"]);
}

#[tokio::test]
async fn what_was_not_made_is_kept_by_the_engine_and_sent_again_as_it_was_asked() {
    let (desk, _, made) = partly("agent1", DEVELOPER).await;
    assert_eq!(made["state"], "partly", "{made}");
    let boris = desk.pultd.signed_in("boris").await;
    let again = json!({ "id": made["id"], "seen": { "status": NEW } });
    assert_eq!(boris.give("tickets.again", again.clone()).await.status, 404, "it is not his");
    // Neither a page nor a process remembers it.
    let Desk { tracker, house, pultd, chief } = desk;
    pultd.kill().await;
    tracker.redmine().allow_way(DEVELOPER, 1, 3, true);
    let desk = Desk { pultd: house.serve().await, tracker, house, chief };
    let vera = desk.pultd.signed_in("vera").await;
    let changes = async || vera.must("tickets.detail", json!({ "id": 1 })).await["changes"].clone();
    assert_eq!((&changes().await[0]["id"], &changes().await[0]["state"]), (&made["id"], &json!("partly")));
    let asked = vera.must("tickets.again", again.clone()).await;
    let made = desk.outcome(&vera, &asked["id"]).await;
    assert_eq!((made["state"].as_str(), desk.redmine().issue(1).unwrap().status), (Some("done"), 3), "{made}");
    let notes =
        desk.redmine().journals(1).into_iter().filter(|j| j.notes.as_deref().is_some_and(|n| n.contains("Проверьте")));
    assert_eq!(notes.count(), 1, "only what was left is asked for");
    assert_eq!(changes().await.as_array().unwrap().len(), 1, "the new one took its place");
    assert_eq!(vera.give("tickets.again", json!({ "id": made["id"] })).await.status, 409, "it is made");
}

#[tokio::test]
async fn a_lost_answer_and_a_killed_engine_make_one_note_and_one_ticket() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Нет звука")).await;
    desk.known(1).await;
    let vera = desk.pultd.signed_in("vera").await;
    desk.break_tracker(Fault::DropAfterCommit, "issue_update", 1);
    let mut request = wanted(1, json!({}), json!({}));
    request["note"] = "Один раз".into();
    let made = desk.change(&vera, request).await;
    assert_eq!(made["state"], "done", "{made}");
    assert_eq!(desk.redmine().journals(1).len(), 1);

    desk.break_tracker(Fault::StallAfterCommit, "issue_create", 1);
    let new = json!({ "project": 1, "subject": "Принтер", "description": "Второй этаж" });
    let asked = vera.must("tickets.create", new).await;
    look_until(|| (desk.redmine().issues().len() == 2).then_some(())).await;
    desk.pultd.kill().await;
    let pultd = desk.house.serve().await;
    let vera = pultd.signed_in("vera").await;
    let made = vera
        .until(async || {
            let change = vera.must("tickets.change_state", json!({ "id": asked["id"] })).await;
            (change["state"] != "sending").then_some(change)
        })
        .await;
    assert_eq!((made["state"].as_str(), made["ticket"].as_u64()), (Some("done"), Some(2)), "{made}");
    let tickets = desk.tracker.redmine().issues();
    assert_eq!(tickets.len(), 2);
    let description = tickets[1].description.as_deref().unwrap_or_default();
    assert!(description.contains("ВЕРА СМЕННАЯ"), "signed: {description}");
}

#[tokio::test]
async fn files_go_both_ways() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Нет звука")).await;
    desk.known(1).await;
    let vera = desk.pultd.signed_in("vera").await;
    let file = json!({ "name": "фото.png", "content_type": "image/png", "content_base64": "0L/RgNC40LLQtdGC" });
    let brought = vera.must("tickets.upload", file).await;
    let boris = desk.pultd.signed_in("boris").await;
    let theirs = json!({ "id": 1, "note": "Чужой файл", "files": [brought["sha256"]] });
    assert_eq!(boris.give("tickets.change", theirs).await.status, 400, "nobody attaches another's file");
    let made = desk.change(&vera, json!({ "id": 1, "note": "Снимок", "files": [brought["sha256"]] })).await;
    assert_eq!(made["state"], "done", "{made}");
    let ticket = vera.must("tickets.detail", json!({ "id": 1 })).await;
    assert_eq!(ticket["attachments"][0]["name"], "фото.png");
    let fetched = boris.must("tickets.attachment", json!({ "id": ticket["attachments"][0]["id"] })).await;
    assert_eq!(fetched["content_base64"], "0L/RgNC40LLQtdGC");
    for name in ["../etc/passwd", "a/b.png", ""] {
        let bad = json!({ "name": name, "content_type": "image/png", "content_base64": "0L8=" });
        assert_eq!(vera.give("tickets.upload", bad).await.status, 400, "{name}");
    }
}

#[tokio::test]
async fn a_viewer_sees_what_is_theirs_and_nothing_else() {
    let desk = Desk::with("admin", |redmine| {
        make(redmine, "Чужая");
    })
    .await;
    desk.known(1).await;
    desk.redmine().update("sup1", 1, &json!({ "assigned_to_id": 5 })).unwrap();
    let anna = desk.pultd.signed_in("anna").await;
    desk.notices(&anna, 1, 1).await;
    for command in ["tickets.detail", "tickets.open"] {
        assert_eq!(anna.give(command, json!({ "id": 1 })).await.status, 404, "{command}");
    }
    assert_eq!(anna.give("tickets.change", json!({ "id": 1, "note": "Можно?" })).await.status, 404);
    let all = anna.must("tickets.page", json!({ "filter": { "whose": "all" }, "limit": 10 })).await;
    assert_eq!(all["rows"], json!([]));
    assert_eq!(anna.give("reports.tickets", json!({ "report": { "project": 1 }, "limit": 10 })).await.status, 403);
    // The reporter wrote it, and may comment on it; its fields want a key of one's own.
    let boris = desk.pultd.signed_in("boris").await;
    let fields = wanted(1, json!({ "status": IN_PROGRESS }), json!({ "status": NEW }));
    assert_eq!(boris.give("tickets.change", fields).await.status, 403);
    let made = desk.change(&boris, json!({ "id": 1, "note": "Есть новости?" })).await;
    assert_eq!(made["state"], "done", "{made}");
}

#[tokio::test]
async fn a_tracker_that_refuses_everything_stops_the_looking_and_goes_on_where_it_was() {
    let desk = Desk::with("admin", |redmine| _ = make(redmine, "Нет звука")).await;
    desk.known(1).await;
    let anna = desk.pultd.signed_in("anna").await;
    desk.redmine().switch(&SwitchOrder { rest: Some(false), ..SwitchOrder::default() });
    let asked = desk.redmine().journal.count("issues");
    look_until(|| (desk.redmine().journal.count("issues") > asked + 1).then_some(())).await;
    desk.redmine().comment("sup1", 1, "Пока никто не смотрел", false).unwrap();
    desk.redmine().switch(&SwitchOrder { rest: Some(true), ..SwitchOrder::default() });
    let told = desk.notices(&anna, 1, 1).await;
    assert_eq!(told[0]["values"]["comment"], "Пока никто не смотрел");
}

#[tokio::test]
async fn the_previous_system_s_addresses_show_and_change_the_same_tickets() {
    let desk = Desk::with("admin", |redmine| {
        make(redmine, "Нет звука");
        make(redmine, "Не печатает касса");
    })
    .await;
    desk.known(2).await;
    let (anna, boris) = (desk.pultd.signed_in("anna").await, desk.pultd.signed_in("boris").await);
    let got = async |caller: &Caller, path: &str| {
        let answer = caller.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    };
    let ids = |rows: &Value| rows.as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()).collect::<Vec<_>>();
    // The reporter's requests are the agent's tasks.
    let mut own = ids(&got(&boris, "/get-my-issues").await["issues"]);
    own.sort_unstable();
    assert_eq!(own, [1, 2]);
    assert_eq!(ids(&got(&boris, "/get-my-issues-overview?search=%D0%BA%D0%B0%D1%81%D1%81%D0%B0").await["issues"]), [2]);
    assert_eq!(got(&boris, "/get-my-issues-summary").await["status_counts"][0]["count"], 2);
    let table = "/get-my-issues-datatable?draw=3&start=1&length=1&order[0][column]=0&order[0][dir]=asc";
    let page = got(&boris, table).await;
    assert_eq!((ids(&page["data"]), &page["draw"], &page["recordsFiltered"]), (vec![2], &json!(3), &json!(2)));
    assert_eq!(got(&anna, "/get-my-issues").await["issues"], json!([]));
    let tasks = got(&anna, "/tasks/get-my-tasks-paginated?length=25").await;
    assert_eq!((ids(&tasks["data"]).len(), tasks["success"].as_bool()), (2, Some(true)));
    assert_eq!(got(&boris, "/tasks/get-my-tasks-paginated").await["data"], json!([]));
    let leads = boris.get("/my-issues/1").await;
    assert_eq!((leads.status, leads.header("location")), (303, "/ui/#/tickets?open=ticket:1"));

    // What is asked is made at the tracker before the answer, with an account that may.
    anna.must("tickets.connect", json!({ "key": key("agent1") })).await;
    let put = async |what: &str, body: Value| {
        let request = anna.request(Method::PUT, &format!("/tasks/api/task/1/{what}")).json(&body);
        let answer = anna.send(request).await;
        (answer.status, answer.json())
    };
    let (status, made) = put("status", json!({ "status_id": IN_PROGRESS, "comment": "Смотрю" })).await;
    assert_eq!(
        (status, &made["success"], &made["old_status_id"], &made["new_status_name"]),
        (200, &json!(true), &json!(NEW), &json!("In Progress"))
    );
    assert_eq!(desk.redmine().issue(1).unwrap().status, IN_PROGRESS.unsigned_abs());
    let (status, same) = put("status", json!({ "status_id": IN_PROGRESS })).await;
    assert_eq!((status, same["error"].as_str()), (400, Some("Новый статус совпадает с текущим")));
    let commented = anna.post("/tasks/api/task/1/comment", &json!({ "comment": "Готово" })).await;
    assert_eq!((commented.status, desk.redmine().journals(1).len()), (200, 2));
    assert_eq!(anna.post("/tasks/api/task/1/comment", &json!({ "comment": " " })).await.status, 400);
    let task = got(&anna, "/tasks/api/task/1").await;
    assert_eq!(task["task"]["journals"][0]["notes"].as_str().map(|notes| notes.starts_with("Готово")), Some(true));
    desk.redmine().allow(DEVELOPER, Right::EditOwnIssueNotes, true);
    // A comment of one's own is rewritten and taken away by its number, and nobody else's is.
    let own = task["task"]["journals"][0]["id"].clone();
    let foreign = desk.redmine().comment("sup1", 1, "Не ваше", false).unwrap()[0];
    anna.until(async || {
        let task = got(&anna, "/tasks/api/task/1").await;
        (task["task"]["journals"][0]["id"] == json!(foreign)).then_some(())
    })
    .await;
    let edit = async |journal: &Value, body: Value| {
        let path = format!("/tasks/api/task/1/comment/{journal}/edit");
        anna.send(anna.request(Method::PUT, &path).json(&body)).await.status
    };
    assert_eq!(edit(&own, json!({ "comment": " " })).await, 400);
    assert_eq!(edit(&json!(foreign), json!({ "comment": "Моё" })).await, 403);
    assert_eq!(edit(&json!(9_999), json!({ "comment": "Моё" })).await, 404);
    assert_eq!(edit(&own, json!({ "comment": "Готово, проверьте" })).await, 200);
    let notes = || desk.redmine().journals(1).into_iter().filter_map(|journal| journal.notes).collect::<Vec<_>>();
    assert!(
        notes().iter().any(|notes| notes.starts_with("Готово, проверьте") && notes.contains("[pult ")),
        "{:?}",
        notes()
    );
    let gone = anna.send(anna.request(Method::DELETE, &format!("/tasks/api/task/1/comment/{own}/delete"))).await;
    assert_eq!(
        (gone.status, gone.json()["message"].as_str().map(str::to_owned)),
        (200, Some("Комментарий удалён".to_owned()))
    );
    assert!(!notes().iter().any(|notes| notes.contains("Готово")), "{:?}", notes());
    let unknown =
        anna.send(anna.request(Method::PUT, "/tasks/api/task/9/status").json(&json!({ "status_id": 2 }))).await;
    assert_eq!(unknown.status, 404);
}

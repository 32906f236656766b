//! Changes of tickets: what is asked, what is believed, and what is found out when an answer was lost.

use pult_domain::{
    TicketChangeId,
    areas::tickets::{ChangeTicket, Note, Wanted},
};

use super::{
    server::{Line, Vendor, complaint, good, line, lost, myself, perform, shown},
    *,
};
use crate::Delivery;

fn status(status: i64) -> Wanted {
    Wanted { status: Some(status), ..Wanted::default() }
}

/// A change from the status 1 to 2.
fn change(note: Option<&str>, account: Option<i64>) -> ChangeTicket {
    ChangeTicket {
        change: TicketChangeId(12),
        ticket: TicketId(41),
        account,
        by: "Анна Смирнова".to_owned(),
        wanted: status(2),
        seen: status(1),
        note: note.map(|text| Note { text: text.to_owned(), private: false }),
        files: vec![],
        mark: MARK.to_owned(),
    }
}

fn effect(change: &ChangeTicket) -> Effect {
    Effect::ChangeTicket(Box::new(change.clone()))
}

fn before() -> Line {
    shown(issue(41, json!({"journals": [journal(900, ME, "old", json!([]))]})))
}

/// The ticket after a change: with entries besides the old one, and fields.
fn after(journals: Vec<Value>, more: Value) -> Line {
    let journals: Vec<Value> = [journal(900, ME, "old", json!([]))].into_iter().chain(journals).collect();
    let mut there = issue(41, json!({"journals": journals}));
    for (name, value) in more.as_object().unwrap() {
        there[name] = value.clone();
    }
    shown(there)
}

/// An account and its roles in a project.
fn roles(project: i64, ids: &[i64]) -> Line {
    let roles: Vec<Value> = ids.iter().map(|id| json!({"id": id, "name": "Role"})).collect();
    let member = json!({"id": 1, "project": {"id": project, "name": "Desk"}, "roles": roles});
    good(json!({"user": {"id": PERSON, "login": "anna", "admin": false, "memberships": [member]}}))
        .to("GET /users/current.json?include=memberships")
}

fn role(id: i64, permissions: &[&str]) -> Line {
    let to = if id == 4 { "GET /roles/4.json" } else { "GET /roles/5.json" };
    good(json!({"role": {"id": id, "name": "Role", "permissions": permissions}})).to(to)
}

fn in_progress() -> Value {
    json!({"status": {"id": 2, "name": "In Progress"}})
}

fn to_two() -> Value {
    json!([change_of("status_id", json!("1"), json!("2"))])
}

fn saved() -> Line {
    line(204, "")
}

/// What was said in the one PUT.
fn put(vendor: &Vendor) -> Value {
    let number = vendor.lines().iter().position(|line| line.starts_with("PUT ")).unwrap();
    vendor.asked(number).json()["issue"].clone()
}

#[tokio::test]
async fn a_note_and_a_status_are_written_in_one_call_and_read_again() {
    let noted = journal(901, ME, &format!("Анна Смирнова: Смотрю\n\n{MARK}"), to_two());
    let foreign = journal(902, 5, "beside", json!([]));
    let (vendor, tracker) =
        Vendor::with([myself(), before(), saved(), after(vec![noted, foreign], in_progress())]).await;
    let outcome = perform(&tracker, &effect(&change(Some("Смотрю"), None))).await;
    let tickets::Fact::Changed { change, ticket, entries, left } = fact(outcome) else { panic!() };
    assert_eq!((change.0, ticket.card.status.id, entries, left.len()), (12, 2, vec![901], 0));
    let include = "GET /issues/41.json?include=journals,watchers,attachments,children,allowed_statuses";
    assert_eq!(vendor.lines(), ["GET /users/current.json", include, "PUT /issues/41.json", include]);
    assert_eq!(put(&vendor), json!({"status_id": 2, "notes": format!("Анна Смирнова: Смотрю\n\n{MARK}")}));
    assert_eq!(vendor.asked(2).header("content-type"), "application/json");
    assert_eq!(vendor.asked(2).header("x-redmine-api-key"), SECRET);
}

#[tokio::test]
async fn who_wants_it_is_named_only_where_the_account_does_not_tell() {
    let private = |mut change: ChangeTicket| {
        change.note.as_mut().unwrap().private = true;
        change
    };
    for (change, want, key) in [
        (change(None, None), json!({"status_id": 2, "notes": format!("Анна Смирнова\n\n{MARK}")}), SECRET),
        (change(None, Some(PERSON)), json!({"status_id": 2}), PERSON_KEY),
        (change(Some("Да"), Some(PERSON)), json!({"status_id": 2, "notes": format!("Да\n\n{MARK}")}), PERSON_KEY),
        (
            private(change(Some("Да"), Some(PERSON))),
            json!({"status_id": 2, "notes": format!("Да\n\n{MARK}"), "private_notes": true}),
            PERSON_KEY,
        ),
    ] {
        let (vendor, tracker) = Vendor::with([]).await;
        if change.account.is_none() {
            vendor.go_on([myself()]);
        }
        if change.note.as_ref().is_some_and(|note| note.private) {
            vendor.go_on([roles(1, &[4]), role(4, &["view_issues", "set_notes_private"])]);
        }
        vendor.go_on([before(), saved(), after(vec![], in_progress())]);
        let outcome = perform(&tracker, &effect(&change)).await;
        assert_eq!(word(&outcome), "ticket_changed");
        assert_eq!(put(&vendor), want);
        assert_eq!(vendor.asked(vendor.lines().len() - 1).header("x-redmine-api-key"), key);
    }
}

#[tokio::test]
async fn a_private_note_is_written_only_where_the_tracker_would_keep_it_private() {
    let words = Note { text: "Между нами".to_owned(), private: true };
    for (lines, written) in [
        (vec![good(json!({"user": {"id": PERSON, "login": "anna", "admin": true}}))], true),
        (vec![roles(1, &[4, 5]), role(4, &["view_issues"]), role(5, &["set_notes_private"])], true),
        (vec![roles(1, &[4]), role(4, &["view_issues", "view_private_notes"])], false),
        // The right in another project is none here.
        (vec![roles(2, &[5])], false),
        (vec![good(json!({"user": {"id": PERSON, "login": "anna"}}))], false),
    ] {
        let change = ChangeTicket { note: Some(words.clone()), ..change(None, Some(PERSON)) };
        let (vendor, tracker) = Vendor::with([before()]).await;
        vendor.go_on(lines);
        if written {
            vendor.go_on([saved(), after(vec![], in_progress())]);
        }
        let outcome = perform(&tracker, &effect(&change)).await;
        assert_eq!(vendor.lines().iter().any(|line| line.starts_with("PUT")), written);
        assert!(vendor.is_done());
        match outcome {
            Ok(_) => assert!(written),
            Err(CallError::Refused { why, .. }) => assert_eq!((why, written), (Failure::Rights, false)),
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn nobody_is_an_empty_text_and_what_is_so_already_is_not_asked_again() {
    let has = json!({"assigned_to": {"id": 6, "name": "Pavel Line"}, "status": {"id": 2, "name": "In Progress"}});
    let wanted = Wanted { status: Some(2), priority: Some(3), assignee: Some(0) };
    let seen = Wanted { status: Some(1), priority: Some(2), assignee: Some(6) };
    let change = ChangeTicket { wanted, seen, ..change(None, Some(PERSON)) };
    let (vendor, tracker) =
        Vendor::with([after(vec![], has), saved(), after(vec![], json!({"priority": {"id": 3, "name": "High"}}))])
            .await;
    let tickets::Fact::Changed { left, .. } = fact(perform(&tracker, &effect(&change)).await) else { panic!() };
    assert_eq!(put(&vendor), json!({"priority_id": 3, "assigned_to_id": ""}));
    // The status went back meanwhile, and no entry of ours shows that it was there.
    assert_eq!(left, ["status"]);
    let nothing = ChangeTicket { wanted: status(1), ..change };
    let (vendor, tracker) = Vendor::with([before()]).await;
    assert_eq!(word(&perform(&tracker, &effect(&nothing)).await), "ticket_changed");
    assert_eq!(vendor.lines().len(), 1);
}

#[tokio::test]
async fn what_the_tracker_dropped_without_a_word_is_told_and_not_repeated() {
    let noted = journal(901, ME, &format!("Анна Смирнова: Смотрю\n\n{MARK}"), json!([]));
    for (journals, more, want) in [
        (vec![noted.clone()], json!({}), vec!["status"]),
        (vec![], in_progress(), vec!["note"]),
        (vec![], json!({}), vec!["status", "note"]),
        // It was set, and somebody set another after it.
        (
            vec![journal(901, ME, &format!("x\n\n{MARK}"), to_two())],
            json!({"status": {"id": 3, "name": "Resolved"}}),
            vec![],
        ),
        // A private note and a change of fields are two entries.
        (
            vec![journal(901, ME, "", to_two()), journal(902, ME, &format!("x\n\n{MARK}"), json!([]))],
            in_progress(),
            vec![],
        ),
    ] {
        let (vendor, tracker) = Vendor::with([myself(), before(), saved(), after(journals.clone(), more)]).await;
        let outcome = perform(&tracker, &effect(&change(Some("Смотрю"), None))).await;
        let tickets::Fact::Changed { left, entries, .. } = fact(outcome) else { panic!() };
        assert_eq!(left, want);
        assert_eq!(entries.len(), journals.len());
        assert_eq!(vendor.lines().iter().filter(|line| line.starts_with("PUT")).count(), 1);
    }
}

#[tokio::test]
async fn what_somebody_else_changed_meanwhile_is_not_overwritten() {
    let elsewhere = json!({"status": {"id": 4, "name": "Feedback"}, "assigned_to": {"id": 5, "name": "Vera"}});
    let wanted = Wanted { assignee: Some(6), ..status(2) };
    let change = ChangeTicket { wanted, ..change(Some("Смотрю"), Some(PERSON)) };
    let (vendor, tracker) = Vendor::with([after(vec![], elsewhere.clone())]).await;
    let tickets::Fact::Conflict { fields, ticket, .. } = fact(perform(&tracker, &effect(&change)).await) else {
        panic!()
    };
    assert_eq!((fields, ticket.card.status.id), (vec!["status".to_owned(), "assignee".to_owned()], 4));
    assert_eq!(vendor.lines().len(), 1);
    // Somebody was quicker between our look and our call.
    for (now, want) in [(after(vec![], elsewhere), vec!["status", "assignee"]), (before(), vec!["status", "assignee"])]
    {
        let (_, tracker) = Vendor::with([before(), complaint(&[]), now]).await;
        let tickets::Fact::Conflict { fields, .. } = fact(perform(&tracker, &effect(&change)).await) else { panic!() };
        assert_eq!(fields, want);
    }
}

#[tokio::test]
async fn files_go_first_and_those_that_do_not_go_are_named() {
    let files = vec![
        upload("a:1.txt", "aa"),
        Upload { size: 21 * 1024 * 1024, ..upload("big.iso", "bb") },
        upload("gone.txt", "gone"),
        upload("refused.txt", "dd"),
    ];
    let change = ChangeTicket { files, ..change(Some("Вот"), Some(PERSON)) };
    let token = |token: &str| line(201, json!({"upload": {"id": 7, "token": token}}).to_string());
    let there = json!({"attachments": [{"id": 7, "filename": "a_1.txt", "filesize": 2, "created_on": "2026-11-20T09:59:00Z"}], "status": {"id": 2, "name": "x"}});
    let noted = journal(901, PERSON, &format!("Вот\n\n{MARK}"), json!([]));
    let (vendor, tracker) =
        Vendor::with([before(), token("7.a"), line(413, "<html>too large</html>"), saved(), after(vec![noted], there)])
            .await;
    let tickets::Fact::Changed { left, .. } = fact(perform(&tracker, &effect(&change)).await) else { panic!() };
    assert_eq!(left, ["big.iso", "gone.txt", "refused.txt"]);
    assert_eq!(vendor.lines()[1], "POST /uploads.json?filename=a_1.txt");
    assert_eq!(
        (vendor.asked(1).header("content-type"), vendor.asked(1).body.as_str()),
        ("application/octet-stream", "aa")
    );
    let said = put(&vendor);
    assert_eq!(said["uploads"], json!([{"token": "7.a", "filename": "a_1.txt", "content_type": "text/plain"}]));
    let lines = "Вот\n\nФайл «big.iso» не приложен.\nФайл «gone.txt» не приложен.\nФайл «refused.txt» не приложен.\n\n[pult 7f3a-12]";
    assert_eq!(said["notes"], lines);
    let locked = ChangeTicket { files: vec![upload("l.txt", "locked")], ..change };
    let (_, tracker) = Vendor::with([before()]).await;
    assert_eq!(word(&perform(&tracker, &effect(&locked)).await), "retry None");
}

#[tokio::test]
async fn a_refused_change_takes_its_files_with_it_and_they_are_sent_once_more() {
    let change =
        ChangeTicket { files: vec![upload("a.txt", "aa")], wanted: Wanted::default(), ..change(None, Some(PERSON)) };
    let token = |token: &str| line(201, json!({"upload": {"token": token}}).to_string());
    let used = || complaint(&["1 file(s) could not be saved."]);
    let there =
        json!({"attachments": [{"id": 7, "filename": "a.txt", "filesize": 2, "created_on": "2026-11-20T09:59:00Z"}]});
    let (vendor, tracker) =
        Vendor::with([before(), token("1"), used(), token("2"), saved(), after(vec![], there.clone())]).await;
    let tickets::Fact::Changed { left, .. } = fact(perform(&tracker, &effect(&change)).await) else { panic!() };
    assert!(left.is_empty());
    assert_eq!(vendor.asked(4).json()["issue"]["uploads"][0]["token"], "2");
    let (vendor, tracker) = Vendor::with([before(), token("1"), used(), token("2"), used()]).await;
    let outcome = perform(&tracker, &effect(&change)).await;
    assert_eq!(word(&outcome), "refused refused: 1 file(s) could not be saved.");
    assert!(vendor.is_done());
    // A file that is there after all was taken.
    for (more, want) in [(there, "done ticket_changed"), (json!({}), "not done")] {
        let (_, tracker) = Vendor::with([after(vec![], more)]).await;
        assert_eq!(settled(tracker.settle(&effect(&change), &key()).await), want);
    }
}

#[tokio::test]
async fn every_answer_says_what_became_of_the_change() {
    for (answer, want) in [
        (line(500, ""), "unknown"),
        (line(502, "<html>"), "unknown"),
        (line(503, ""), "unknown"),
        (lost(), "unknown"),
        (line(429, "").with("retry-after", "5"), "retry Some(5s)"),
        (complaint(&["Assignee is invalid"]), "refused refused: Assignee is invalid"),
        (line(404, " "), "refused does_not_exist: HTTP 404"),
        (line(401, " "), "refused rights: the key of the account 6 was refused: HTTP 401"),
        (line(200, " "), "ticket_changed"),
    ] {
        let (_, tracker) = Vendor::with([before(), answer, after(vec![], in_progress())]).await;
        assert_eq!(word(&perform(&tracker, &effect(&change(None, Some(PERSON)))).await), want);
    }
    // It was made: that it cannot be read now makes it no less so.
    let (_, tracker) = Vendor::with([before(), saved(), line(502, "")]).await;
    assert_eq!(word(&perform(&tracker, &effect(&change(None, Some(PERSON)))).await), "unknown");
    // Whoever gave it away may not see it any more.
    let (_, tracker) = Vendor::with([before(), saved(), line(404, " ")]).await;
    assert_eq!(word(&perform(&tracker, &effect(&change(None, Some(PERSON)))).await), "ticket_changed");
    // Nothing was written where it could not be read before.
    let (vendor, tracker) = Vendor::with([line(502, "")]).await;
    assert_eq!(word(&perform(&tracker, &effect(&change(None, Some(PERSON)))).await), "unreachable");
    assert_eq!(vendor.lines().len(), 1);
}

#[tokio::test]
async fn a_note_of_which_nobody_knows_is_looked_for_and_never_written_twice() {
    let noted = || journal(901, ME, &format!("Анна Смирнова: Смотрю\r\n\r\n{MARK}"), to_two());
    let foreign = || journal(901, 5, &format!("Анна Смирнова: Смотрю\n\n{MARK}"), to_two());
    let with_note = effect(&change(Some("Смотрю"), None));
    let without = effect(&change(None, Some(PERSON)));
    for (effect, journals, more, want) in [
        (&with_note, vec![noted()], in_progress(), "done ticket_changed"),
        (&with_note, vec![noted()], json!({}), "done ticket_changed"),
        (&with_note, vec![foreign()], in_progress(), "not done"),
        (&with_note, vec![], in_progress(), "not done"),
        (&without, vec![], in_progress(), "done ticket_changed"),
        (&without, vec![], json!({}), "not done"),
    ] {
        let (vendor, tracker) = Vendor::with([]).await;
        if std::ptr::eq(effect, &with_note) {
            vendor.go_on([myself()]);
        }
        vendor.go_on([after(journals, more)]);
        assert_eq!(settled(tracker.settle(effect, &key()).await), want);
    }
    let (_, tracker) = Vendor::with([myself(), line(502, "")]).await;
    assert_eq!(settled(tracker.settle(&with_note, &key()).await), "unreachable");
    // Nor when it is to be made again without having been settled.
    let (vendor, tracker) = Vendor::with([myself(), after(vec![noted()], in_progress())]).await;
    assert_eq!(word(&perform(&tracker, &with_note).await), "ticket_changed");
    assert_eq!(vendor.lines().len(), 2);
}

#[tokio::test]
async fn a_ticket_is_read_with_the_account_that_is_named() {
    let from = Some(now());
    let read = |account| Effect::ReadTicket { ticket: TicketId(41), account, from };
    let (_, tracker) = Vendor::with([before()]).await;
    let tickets::Fact::Read { in_scope: true, from: told, many: false, .. } =
        fact(perform(&tracker, &read(None)).await)
    else {
        panic!()
    };
    assert_eq!(told, from);
    let projects = good(
        json!({"projects": [{"id": 1, "identifier": "desk"}, {"id": 2, "identifier": "two"}], "total_count": 2, "limit": 100}),
    );
    let (_, tracker) =
        Vendor::with_settings([before(), projects], secrets(), |settings| settings.projects = vec!["two".to_owned()])
            .await;
    let outcome = fact(perform(&tracker, &read(None)).await);
    assert!(matches!(outcome, tickets::Fact::Read { in_scope: false, .. }));
    let (vendor, tracker) = Vendor::with([before()]).await;
    let outcome = fact(perform(&tracker, &read(Some(PERSON))).await);
    assert!(matches!(outcome, tickets::Fact::Seen { account: PERSON, .. }));
    assert_eq!(vendor.asked(0).header("x-redmine-api-key"), PERSON_KEY);
    for (answer, want) in [
        (line(404, " "), "refused does_not_exist: HTTP 404"),
        (good(json!({"issue": {"id": 41}})), "unreachable"),
        (shown(issue(42, json!({}))), "unreachable"),
    ] {
        let (_, tracker) = Vendor::with([answer]).await;
        assert_eq!(word(&perform(&tracker, &read(None)).await), want);
        assert_eq!(settled(tracker.settle(&read(None), &key()).await), "not done");
    }
}

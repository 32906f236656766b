//! Giving a ticket to somebody in the cloud.

use serde_json::{Value, json};

use super::{
    samples::{answered, sent},
    server::{Line, Vendor, good, line},
    *,
};

const READ: &str = "GET /tasklist/odata/tasks";
const WRITE: &str = "PUT /changes/tasks";
const EMPLOYEE: &str = "GET /settings/odata/Employees";
const SERVING: &str = "GET /settings/api/serviceusers/54001";

fn ticket(executor: Value) -> Line {
    good(json!({"value": [{"id": 4_450_000, "tasknumber": 170_900, "service": 54_001, "executor": executor}]}))
}

fn free() -> Line {
    ticket(Value::Null)
}

fn ours() -> Line {
    ticket(json!(PERSON.0))
}

fn others() -> Line {
    ticket(json!({"userid": OTHER.0}))
}

fn gone() -> Line {
    good(json!({"value": []}))
}

fn ok() -> Line {
    answered("assign_executor_ok")
}

fn html() -> Line {
    line(503, "<html>Service Unavailable</html>")
}

#[tokio::test]
async fn a_ticket_is_read_given_and_read_again() {
    let (vendor, intradesk) = Vendor::cloud([free(), ok(), answered("task_by_number")]).await;
    let attempt = intradesk.perform(&give(), &key()).await;
    assert_eq!(fact(attempt.outcome), carousel::Fact::Assigned { assignment: ASSIGNMENT });
    assert_eq!(vendor.lines(), [READ, WRITE, READ]);
    let asked = vendor.asked();
    assert_eq!(asked[0].query["$filter"], "tasknumber eq 170900");
    assert_eq!(asked[1].body, r#"{"number":170900,"blocks":{"executor":"{\"value\":{\"userid\":583001}}"}}"#);
    assert_eq!(serde_json::from_str::<Value>(&asked[1].body).unwrap(), sent("assign_executor_ok"));
    assert_eq!(asked[1].header("content-type"), "application/json");
}

#[tokio::test]
async fn every_answer_says_what_became_of_the_ticket() {
    let put = |status: u16, body: Value| line(status, body.to_string());
    let table: Vec<(Vec<Line>, &str)> = vec![
        // Before the change.
        (vec![ours()], "ticket_assigned"),
        (vec![others()], "taken by Some((583002))"),
        (vec![ticket(json!("Лаптева"))], "taken by None"),
        (vec![gone()], "ticket_gone"),
        (vec![good(json!({"value": [{"tasknumber": 170_901, "executor": null}]}))], "unreachable"),
        (vec![line(403, "")], "refused rights"),
        (vec![line(404, "")], "refused does_not_exist"),
        (vec![answered("err_429")], "retry Some(2s)"),
        (vec![html()], "unreachable"),
        (vec![line(200, "busy")], "unreachable"),
        (vec![line(200, "").breaks()], "unreachable"),
        (vec![answered("tasks_bad_filter")], "refused refused"),
        // Its answer.
        (vec![free(), ok(), ours()], "ticket_assigned"),
        (vec![free(), answered("assign_executor_with_group"), ours()], "ticket_assigned"),
        (vec![free(), line(204, ""), ours()], "ticket_assigned"),
        (vec![free(), line(200, "taken"), ours()], "ticket_assigned"),
        (vec![free(), answered("err_403")], "refused rights"),
        (vec![free(), answered("err_404_task")], "ticket_gone"),
        (vec![free(), answered("err_429")], "retry Some(2s)"),
        (vec![free(), line(429, "")], "retry None"),
        (vec![free(), line(503, "").with("retry-after", "7")], "retry Some(7s)"),
        (vec![free(), put(409, json!({})), ours()], "ticket_assigned"),
        (vec![free(), put(409, json!({})), others()], "taken by Some((583002))"),
        (vec![free(), put(409, json!({"message": "занято"})), free()], "refused state"),
        (vec![free(), line(200, "").breaks()], "unknown"),
        // What the ticket shows then.
        (vec![free(), ok(), others()], "taken by Some((583002))"),
        (vec![free(), ok(), free()], "retry None"),
        (vec![free(), ok(), gone()], "ticket_gone"),
        (vec![free(), ok(), html()], "unknown"),
        (vec![free(), ok(), line(403, "")], "unknown"),
        (vec![free(), ok(), answered("err_429")], "unknown"),
        // The vendor failed, and is there.
        (vec![free(), html(), ours()], "ticket_assigned"),
        (vec![free(), html(), others()], "taken by Some((583002))"),
        (vec![free(), html(), free()], "retry None"),
        (vec![free(), put(500, json!({"isSuccess": false})), free()], "retry None"),
        (vec![free(), line(200, "<html>sign in</html>"), free()], "retry None"),
        (vec![free(), line(302, ""), free()], "retry None"),
        (vec![free(), html(), gone()], "ticket_gone"),
        // Or is not.
        (vec![free(), html(), html()], "unreachable"),
        (vec![free(), html(), line(200, "busy")], "unreachable"),
        (vec![free(), html(), line(403, "")], "unreachable"),
        (vec![free(), html(), answered("err_429")], "retry Some(2s)"),
    ];
    for (script, want) in table {
        let (shown, count) = (format!("{script:?}"), script.len());
        let (vendor, intradesk) = Vendor::cloud(script).await;
        let attempt = intradesk.perform(&give(), &key()).await;
        assert_eq!((word(&attempt.outcome).as_str(), vendor.lines().len()), (want, count), "{shown}");
        assert_eq!(attempt.exchanges.len(), count + 1, "{shown}");
    }
}

#[tokio::test]
async fn one_who_is_to_be_replaced_may_have_the_ticket_alone() {
    let both = || ticket(json!([OTHER.0, 583_003]));
    let table: Vec<(Vec<Line>, &str)> = vec![
        (vec![others(), ok(), ours()], "ticket_assigned"),
        (vec![free(), ok(), ours()], "ticket_assigned"),
        (vec![ours()], "ticket_assigned"),
        (vec![ticket(json!(583_003))], "taken by Some((583003))"),
        (vec![both()], "taken by Some((583002))"),
        (vec![others(), ok(), others()], "retry None"),
        (vec![others(), html(), others()], "retry None"),
    ];
    for (script, want) in table {
        let (vendor, intradesk) = Vendor::cloud(script.clone()).await;
        let outcome = intradesk.perform(&give_instead_of(OTHER), &key()).await.outcome;
        assert_eq!((word(&outcome).as_str(), vendor.lines().len()), (want, script.len()), "{script:?}");
    }
}

fn employee(change: impl FnOnce(&mut Value)) -> Line {
    let mut row = json!({"id": PERSON.0, "name": "Жуков Павел", "type": 10, "isArchived": false,
        "groups": [{"id": 430_001, "userGroupId": 176_001, "userId": PERSON.0}]});
    change(&mut row);
    good(json!({ "value": [row] }))
}

fn serving(groups: Value) -> Line {
    good(json!({ "employeesUserGroups": groups }))
}

#[tokio::test]
async fn a_refusal_concerns_the_person_only_where_that_can_be_seen() {
    let refused = || answered("assign_executor_rejected_200");
    let ours = || serving(json!([{"id": 176_001, "name": "Первая линия"}]));
    let theirs = || serving(json!([{"id": 176_002, "name": "Инженеры"}]));
    let (person, ticket) = ("person refused: Исполнитель недоступен в сервисе", "refused refused");
    let table: Vec<(Vec<Line>, &str)> = vec![
        (vec![employee(|_| ()), ours()], ticket),
        (vec![employee(|_| ()), theirs()], person),
        (vec![employee(|row| row["groups"] = Value::Null), ours()], person),
        // No group serves it: that says nothing of this person.
        (vec![employee(|_| ()), serving(json!(null))], ticket),
        (vec![employee(|_| ()), serving(json!([]))], ticket),
        (vec![employee(|row| row["isArchived"] = json!(true))], person),
        (vec![employee(|row| row["isBlocked"] = json!(true))], person),
        (vec![employee(|row| row["type"] = json!(20))], person),
        (vec![good(json!({"value": []}))], person),
        // Evidence that cannot be read.
        (vec![employee(|row| row["id"] = json!(7))], ticket),
        (vec![html()], ticket),
        (vec![line(403, "")], ticket),
        (vec![line(429, "")], ticket),
        (vec![employee(|_| ()), html()], ticket),
        (vec![employee(|_| ()), good(json!({}))], ticket),
    ];
    for (evidence, want) in table {
        let (shown, count) = (format!("{evidence:?}"), evidence.len());
        let (vendor, intradesk) = Vendor::cloud([free(), refused()].into_iter().chain(evidence)).await;
        let outcome = intradesk.perform(&give(), &key()).await.outcome;
        assert_eq!(word(&outcome), want, "{shown}");
        if let Err(CallError::Refused { reason, .. }) = &outcome {
            assert_eq!(reason, "Исполнитель недоступен в сервисе");
        }
        assert_eq!(vendor.lines()[2..], [EMPLOYEE, SERVING][..count], "{shown}");
        assert_eq!(vendor.asked()[2].query["$filter"], "id eq 583001");
    }
}

#[tokio::test]
async fn a_refusal_by_status_is_looked_into_as_well() {
    for status in [400, 422] {
        let answer = line(status, json!({"isSuccess": false, "message": "no", "errorType": 20}).to_string());
        let archived = employee(|row| row["isArchived"] = json!(true));
        let (_, intradesk) = Vendor::cloud([free(), answer, archived]).await;
        assert_eq!(word(&intradesk.perform(&give(), &key()).await.outcome), "person refused: no");
    }
}

#[tokio::test]
async fn an_outcome_in_doubt_is_settled_by_reading_the_ticket() {
    let table: Vec<(Line, &str)> = vec![
        (ours(), "done ticket_assigned"),
        (others(), "done taken by Some((583002))"),
        (gone(), "done ticket_gone"),
        (free(), "not done"),
        (html(), "unreachable"),
        (line(403, ""), "refused rights"),
        (line(429, ""), "retry None"),
    ];
    for (answer, want) in table {
        let (vendor, intradesk) = Vendor::cloud([answer]).await;
        assert_eq!(settled(intradesk.settle(&give(), &key()).await), want);
        assert_eq!(vendor.lines(), [READ]);
    }
    let (vendor, intradesk) = Vendor::cloud([]).await;
    assert_eq!(intradesk.settle(&Effect::ReadCatalogue {}, &key()).await, Settled::NotDone);
    assert!(vendor.lines().is_empty());
}

#[tokio::test]
async fn a_change_that_was_made_and_not_told_is_not_made_twice() {
    let (vendor, intradesk) = Vendor::cloud([free(), line(200, "{\"isSucc").breaks(), ours()]).await;
    assert_eq!(word(&intradesk.perform(&give(), &key()).await.outcome), "unknown");
    assert_eq!(settled(intradesk.settle(&give(), &key()).await), "done ticket_assigned");
    assert_eq!(vendor.lines(), [READ, WRITE, READ]);
}

#[tokio::test]
async fn a_closed_port_was_not_reached() {
    crate::transport::http::tests::provider();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let settings =
        Settings { login_base: Some(base.clone()), api_base: Some(base), ..Settings::new("x", by_password()) };
    let intradesk = Intradesk::new(settings, credentials(), Arc::new(start)).unwrap();
    for effect in [give(), look(), Effect::ReadCatalogue {}] {
        assert_eq!(word(&intradesk.perform(&effect, &key()).await.outcome), "unreachable");
    }
}

#[tokio::test]
async fn other_effects_are_not_ours() {
    let (vendor, intradesk) = Vendor::cloud([]).await;
    for kind in ["find_person", "set_rating", "create_tasks"] {
        let effect = Effect::example(kind).unwrap();
        assert!(!intradesk.kinds().contains(&kind));
        assert_eq!(word(&intradesk.perform(&effect, &key()).await.outcome), "refused unsupported");
        assert_eq!(intradesk.settle(&effect, &key()).await, Settled::NotDone);
    }
    assert!(vendor.journal().asked.is_empty());
    for method in intradesk.methods() {
        assert!(intradesk.kinds().contains(&method.kind));
    }
    assert_eq!(intradesk.terms().concurrency, 4);
    let usual = Intradesk::new(Settings::new("x", Auth::ApiKey), credentials(), Arc::new(start)).unwrap();
    let limits = usual.limits(&look());
    assert_eq!((limits.len(), limits[0].per_second_milli, limits[0].burst), (1, 5000, 5));
}

//! New tickets, each once.

use pult_domain::{TicketChangeId, areas::tickets::NewTicket};

use super::{
    server::{Line, Vendor, complaint, good, line, lost, perform, shown},
    *,
};
use crate::Delivery;

fn new() -> NewTicket {
    NewTicket {
        change: TicketChangeId(12),
        account: Some(PERSON),
        project: 1,
        tracker: Some(3),
        priority: None,
        assignee: Some(6),
        subject: "Не печатает\nпринтер".to_owned(),
        description: "Второй этаж".to_owned(),
        email: Some("client@example.com".to_owned()),
        files: vec![],
        mark: MARK.to_owned(),
    }
}

fn effect(new: &NewTicket) -> Effect {
    Effect::CreateTicket(Box::new(new.clone()))
}

fn there(id: i64) -> Value {
    issue(id, json!({"description": format!("Второй этаж\r\n\r\n{MARK}")}))
}

fn made() -> Line {
    line(201, json!({ "issue": there(44) }).to_string())
}

#[tokio::test]
async fn a_ticket_is_created_with_a_line_by_which_it_is_found_again() {
    let (vendor, tracker) = Vendor::with([made(), shown(there(44))]).await;
    let tickets::Fact::Created { change, ticket, left } = fact(perform(&tracker, &effect(&new())).await) else {
        panic!()
    };
    assert_eq!((change.0, ticket.card.id, left.len()), (12, TicketId(44), 0));
    let want = json!({
        "project_id": 1,
        "tracker_id": 3,
        "assigned_to_id": 6,
        "subject": "Не печатает принтер",
        "description": format!("Второй этаж\n\n{MARK}"),
        "easy_email_to": "client@example.com",
    });
    assert_eq!(vendor.asked(0).json()["issue"], want);
    let (vendor, tracker) =
        Vendor::with_settings([made(), shown(there(44))], secrets(), |settings| settings.easy = Easy::Off).await;
    perform(&tracker, &effect(&new())).await.unwrap();
    assert_eq!(vendor.asked(0).json()["issue"]["easy_email_to"], Value::Null);
}

#[tokio::test]
async fn every_answer_says_what_became_of_the_ticket() {
    for (answers, want) in [
        (vec![made(), line(502, "")], "ticket_created"),
        (vec![complaint(&["Subject cannot be blank"])], "refused refused: Subject cannot be blank"),
        (vec![line(201, "{}")], "unknown"),
        (vec![line(200, "<html>busy</html>")], "unknown"),
        (vec![line(500, "")], "unknown"),
        (vec![lost()], "unknown"),
        (vec![line(429, "")], "retry None"),
    ] {
        let (_, tracker) = Vendor::with(answers).await;
        assert_eq!(word(&perform(&tracker, &effect(&new())).await), want);
    }
}

#[tokio::test]
async fn files_that_are_refused_with_a_ticket_are_sent_once_more() {
    let files = vec![upload("a.txt", "aa"), upload("gone.txt", "gone")];
    let new = NewTicket { files, ..new() };
    let token = |token: &str| line(201, json!({"upload": {"token": token}}).to_string());
    let used = complaint(&["1 file(s) could not be saved."]);
    let (vendor, tracker) = Vendor::with([token("1"), used, token("2"), made(), shown(there(44))]).await;
    let tickets::Fact::Created { left, .. } = fact(perform(&tracker, &effect(&new)).await) else { panic!() };
    // The one that was taken is not there, whatever the tracker said.
    assert_eq!(left, ["gone.txt", "a.txt"]);
    let issue = vendor.asked(3).json()["issue"].clone();
    assert_eq!(issue["uploads"][0]["token"], "2");
    assert_eq!(issue["description"], format!("Второй этаж\n\nФайл «gone.txt» не приложен.\n\n{MARK}"));
}

#[tokio::test]
async fn a_ticket_of_which_nobody_knows_is_looked_for_by_its_title_and_then_among_our_own() {
    let probe = || good(json!({"issues": [], "total_count": 0, "limit": 1}));
    let page = |rows: Vec<Value>| good(json!({"total_count": rows.len(), "issues": rows, "limit": 100}));
    let quoted = || issue(45, json!({"description": format!("> {MARK}\n\nand more")}));
    for (pages, want) in [
        (vec![page(vec![quoted(), there(44)]), shown(there(44))], "done ticket_created"),
        (vec![page(vec![there(44)]), line(502, "")], "done ticket_created"),
        (vec![page(vec![]), page(vec![there(44)]), shown(there(44))], "done ticket_created"),
        (vec![page(vec![quoted()]), page(vec![])], "not done"),
        (vec![line(502, "")], "unreachable"),
    ] {
        let (vendor, tracker) = Vendor::with([probe()].into_iter().chain(pages)).await;
        assert_eq!(settled(tracker.settle(&effect(&new()), &key()).await), want);
        let lines = vendor.lines();
        assert_eq!(lines[1], "GET /issues.json?status_id=*&subject=~Не печатает принтер&sort=id:desc&limit=100");
        assert!(
            lines.get(2).is_none_or(|line| line.contains("author_id=me") || line.starts_with("GET /issues/44.json"))
        );
    }
}

//! What each sample of the contract means.

use serde::Deserialize;

use super::{errors::answer, *};
use crate::{Asked, Delivery, Webhook, redmine, samples::folder, transport::mask::Mask};
use trouble::{Intent, judge};

#[derive(Deserialize)]
struct Sample {
    sample: String,
    delivery: Option<Told>,
    expected: Option<Expected>,
    request: Option<Request>,
    response: Option<Response>,
}

#[derive(Deserialize)]
struct Told {
    headers: BTreeMap<String, String>,
    raw_body: String,
}

#[derive(Deserialize)]
struct Expected {
    http_status: u16,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    path: String,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Value,
}

fn samples() -> Vec<Sample> {
    let mut files: Vec<_> = std::fs::read_dir(folder(NAME)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()).collect()
}

/// What becomes of a call of the tracker's.
fn taken_in(tracker: &Redmine, told: &Told, expected: &Expected) -> Value {
    let headers: Vec<_> = told.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let verified = hooks::request(tracker, &headers, told.raw_body.as_bytes()).accept(tracker, now()).unwrap();
    assert_eq!(expected.http_status, 200);
    let mut stored = tracker.redact(&verified);
    // As it is once the first look is done.
    stored.query = vec![("from".to_owned(), "2026-11-20T09:13:20Z".to_owned())];
    json!({"order": tracker.order_of(&stored), "stored": stored, "meaning": tracker.parse(&stored, now()).unwrap().facts})
}

/// The method of ours that a sample is an answer to, and an effect it may have been asked for.
fn asked(request: &Request) -> Option<(&'static str, Effect)> {
    let example = |kind| Effect::example(kind).unwrap();
    let path: Vec<_> = request.path.trim_matches('/').split('/').collect();
    Some(match (request.method.as_str(), path.as_slice()) {
        ("GET", ["users", "current.json"]) => ("GET users/current", example("read_ticket_lists")),
        ("GET", ["issue_statuses.json"]) => ("GET issue_statuses", example("read_ticket_lists")),
        ("GET", ["enumerations", _]) => ("GET enumerations/issue_priorities", example("read_ticket_lists")),
        ("GET", ["projects", _, "memberships.json"]) => ("GET projects/{id}/memberships", example("read_ticket_lists")),
        ("GET", ["issues.json"]) => {
            ("GET issues", Effect::LookForTickets { tickets: [40, 41, 42, 43].map(TicketId).to_vec() })
        }
        ("GET", ["issues", name]) => {
            let ticket = TicketId(name.trim_end_matches(".json").parse().unwrap());
            ("GET issues/{id}", Effect::ReadTicket { ticket, account: None, from: None })
        }
        ("PUT", ["issues", _]) => ("PUT issues/{id}", example("change_ticket")),
        ("POST", ["issues.json"]) => ("POST issues", example("create_ticket")),
        ("POST", ["uploads.json"]) => ("POST uploads", example("change_ticket")),
        _ => return None,
    })
}

/// What an answer is taken to say.
fn heard(tracker: &Redmine, request: &Request, response: &Response) -> String {
    let headers: Vec<_> = response.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let body = match &response.body {
        Value::Null => " ".to_owned(),
        Value::String(text) => text.clone(),
        body => body.to_string(),
    };
    let answer = answer(response.status, &headers, &body);
    let Some((method, effect)) = asked(request) else {
        return format!("not called: {:#?}", judge(&answer, Intent::Reading, &Mask::default()).map(|_| ()));
    };
    let key = key();
    let asked = Asked { method, effect: &effect, key: &key, at: now() };
    format!("{:#?}", tracker.understand(&asked, &answer))
}

#[test]
fn samples_mean_what_their_snapshots_say() {
    let tracker = tracker();
    let samples = samples();
    assert_eq!(samples.len(), 26);
    for sample in samples {
        match (&sample.delivery, &sample.expected, &sample.request, &sample.response) {
            (Some(told), Some(expected), ..) => {
                insta::assert_json_snapshot!(sample.sample.as_str(), taken_in(&tracker, told, expected));
            }
            (_, _, Some(request), Some(response)) => {
                insta::assert_snapshot!(sample.sample.as_str(), heard(&tracker, request, response));
            }
            _ => panic!("{} is of a new kind: say what it means", sample.sample),
        }
    }
}

fn body(name: &str) -> Value {
    let text = crate::samples::text(NAME, &format!("{name}.json"));
    serde_json::from_str::<Value>(&text).unwrap()["response"]["body"].clone()
}

#[test]
fn a_page_is_listed_and_members_are_people_and_groups() {
    let tracker = tracker();
    let page = records::page(body("issues_window")["issues"].as_array().unwrap().clone());
    let facts = tracker.parse(&page, now()).unwrap().facts;
    let [Observed { fact: Fact::Tickets(tickets::Fact::Listed { cards }), .. }] = facts.as_slice() else {
        panic!("{facts:?}")
    };
    assert_eq!(cards.iter().map(|card| card.id.0).collect::<Vec<_>>(), [40, 41, 42]);
    let memberships = body("memberships");
    let members = redmine::lists::members(memberships["memberships"].as_array().unwrap().iter());
    let members: Vec<_> = members.iter().map(|member| (member.id, member.name.as_str())).collect();
    assert_eq!(members, [(9, "Line 1"), (5, "Vera Shift")]);
}

#[test]
fn every_field_of_a_history_is_known_for_what_it_is() {
    use pult_domain::areas::tickets::Part;
    for (property, name, want) in [
        ("attr", "status_id", Part::Status),
        ("attr", "assigned_to_id", Part::Assignee),
        ("attr", "priority_id", Part::Priority),
        ("attr", "done_ratio", Part::DoneRatio),
        ("attr", "subject", Part::Subject),
        ("attr", "description", Part::Description),
        ("attr", "project_id", Part::Project),
        ("attr", "tracker_id", Part::Tracker),
        ("attr", "parent_id", Part::Relative),
        ("attr", "child_id", Part::Relative),
        ("attr", "due_date", Part::DueDate),
        ("attr", "easy_email_to", Part::Other),
        ("cf", "7", Part::Custom),
        ("attachment", "12", Part::Attachment),
        ("relation", "blocks", Part::Relation),
        ("new_kind", "status_id", Part::Other),
    ] {
        let detail = json!({"property": property, "name": name, "old_value": "a", "new_value": null});
        let there = issue(1, json!({"journals": [journal(1, 5, "", json!([detail]))]}));
        let ticket = wire::ticket(&there).unwrap();
        let [found] = ticket.entries[0].details.as_slice() else { panic!() };
        assert_eq!((found.part, found.name.as_str(), found.new.as_deref()), (want, name, None));
        // What a description was is not kept.
        assert_eq!(found.old.is_none(), want == Part::Description);
    }
}

#[test]
fn a_ticket_without_an_end_is_bounded() {
    let long = "я".repeat(100_000);
    let journals: Vec<Value> =
        (1..=700).rev().map(|id| journal(id, 5, if id == 700 { &long } else { "x" }, json!([]))).collect();
    let many: Vec<Value> = (0..2000).map(|id| json!({"id": id, "name": "n", "value": ["a", "b"]})).collect();
    let emails = "Vera <Vera@Example.com>, b@example.com; vera@example.com, nobody@ @x";
    let there = issue(
        1,
        json!({
            "description": long, "journals": journals, "custom_fields": many, "watchers": many, "done_ratio": 900,
            "easy_email_to": emails, "subject": "с".repeat(400),
        }),
    );
    let kept = wire::bounded(there.clone());
    assert!(kept.to_string().len() < 600_000, "{}", kept.to_string().len());
    for there in [&there, &kept] {
        let ticket: Ticket = wire::ticket(there).unwrap();
        assert_eq!((ticket.card.description.len(), ticket.card.subject.chars().count()), (65_536, 255));
        assert_eq!((ticket.entries.len(), ticket.entries[0].id, ticket.entries[499].id), (500, 201, 700));
        assert_eq!(ticket.entries[499].notes.as_ref().unwrap().len(), 65_536);
        assert_eq!((ticket.card.custom.len(), ticket.watchers.len(), ticket.card.done_ratio), (500, 500, 100));
        assert_eq!(ticket.card.custom[0], ("n".to_owned(), "a, b".to_owned()));
        assert_eq!(ticket.card.emails, ["b@example.com", "vera@example.com"]);
        assert_eq!(ticket.allowed, None);
    }
}

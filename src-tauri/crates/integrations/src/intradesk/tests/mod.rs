//! The samples, and what is asked of a small service desk of ours.

mod assigning;
mod catalogue;
mod checks;
mod classic;
mod listing;
mod samples;
mod secrets;
mod server;
mod tokens;
mod words;

use std::sync::{
    Mutex,
    atomic::{AtomicI64, Ordering},
};

use pult_domain::{
    AssignmentId, Effect, EffectKey, EmployeeId, Fact, FactKey, Observed, ServiceId, TicketNumber, areas::carousel,
};

use super::*;
use crate::{CallError, Settled, samples::Secrets};

const LOGIN: &str = "bot@tenant.example";
const SECRET_PASSWORD: &str = "pa&ss wörd-1";
const SECRET_KEY: &str = "ke/y+1=of ours";
const SERVICE: ServiceId = ServiceId(54_001);
const TICKET: TicketNumber = TicketNumber(170_900);
const PERSON: EmployeeId = EmployeeId(583_001);
const OTHER: EmployeeId = EmployeeId(583_002);
const ASSIGNMENT: AssignmentId = AssignmentId(1);

fn start() -> Instant {
    "2026-10-28T12:00:00Z".parse().unwrap()
}

fn key() -> EffectKey {
    EffectKey::from("carousel/pass/assign_ticket/0")
}

fn look() -> Effect {
    Effect::ListUnassigned { service: SERVICE, oldest_first: true }
}

fn give() -> Effect {
    Effect::example("assign_ticket").unwrap()
}

fn give_instead_of(instead_of: EmployeeId) -> Effect {
    let Effect::AssignTicket { assignment, service, ticket, person, since, .. } = give() else { panic!() };
    Effect::AssignTicket { assignment, service, ticket, person, since, instead_of: Some(instead_of) }
}

/// The one fact of a receipt.
fn fact(outcome: Result<Vec<Observed>, CallError>) -> carousel::Fact {
    let facts = outcome.unwrap();
    let [Observed { key: of, fact: Fact::Carousel(fact), .. }] = facts.as_slice() else { panic!("{facts:?}") };
    assert_eq!(*of, FactKey(key().0));
    fact.clone()
}

fn listing(outcome: Result<Vec<Observed>, CallError>) -> carousel::Listing {
    let carousel::Fact::Listed { service: SERVICE, listing } = fact(outcome) else { panic!() };
    listing
}

/// An outcome in a few words.
fn word(outcome: &Result<Vec<Observed>, CallError>) -> String {
    match outcome {
        Ok(facts) => match facts.as_slice() {
            [] => "a step".to_owned(),
            [Observed { fact: Fact::Carousel(fact), .. }] => match fact {
                carousel::Fact::Taken { by, .. } => format!("taken by {by:?}").replace("EmployeeId", ""),
                carousel::Fact::PersonRefused { detail, .. } => format!("person refused: {detail}"),
                carousel::Fact::Listed { listing, .. } => {
                    format!("{} listed{}", listing.tickets.len(), if listing.cut { ", cut" } else { "" })
                }
                other => other.kind().to_owned(),
            },
            other => format!("{other:?}"),
        },
        Err(CallError::Refused { why, .. }) => format!("refused {}", why.as_ref()),
        Err(CallError::Unauthorized { .. }) => "unauthorized".to_owned(),
        Err(CallError::Unreachable { .. }) => "unreachable".to_owned(),
        Err(CallError::OutcomeUnknown { .. }) => "unknown".to_owned(),
        Err(CallError::Retry { after, .. }) => format!("retry {after:?}"),
        Err(CallError::Locked { .. }) => "locked".to_owned(),
    }
}

fn settled(settled: Settled) -> String {
    match settled {
        Settled::Done(facts) => format!("done {}", word(&Ok(facts))),
        Settled::NotDone => "not done".to_owned(),
        Settled::NotYet { .. } => "not yet".to_owned(),
        Settled::Unknown(error) => word(&Err(error)),
    }
}

fn credentials() -> Arc<Secrets> {
    let secrets = [(PASSWORD, SECRET_PASSWORD), (API_KEY, SECRET_KEY)];
    Arc::new(Secrets(secrets.map(|(name, value)| (name.to_owned(), value.to_owned())).into()))
}

fn by_password() -> Auth {
    Auth::Password { login: LOGIN.to_owned() }
}

#[test]
fn settings_name_only_what_differs_from_the_usual() {
    let text = r#"{"enabled": true, "tenant": "company", "auth": {"password": {"login": "bot@tenant.example"}}}"#;
    assert_eq!(serde_json::from_str::<Settings>(text).unwrap(), Settings::new("company", by_password()));
    let text = r#"{"enabled": true, "auth": "api_key"}"#;
    assert_eq!(serde_json::from_str::<Settings>(text).unwrap(), Settings::new("", Auth::ApiKey));
    assert!(serde_json::from_str::<Settings>(r#"{"auth": "api_key", "key": "x"}"#).is_err());
}

#[test]
fn a_tenant_is_named_shortly_or_by_its_host() {
    for (given, host) in [("company", "company.intradesk.ru"), (" desk.example.com ", "desk.example.com")] {
        assert_eq!(Settings::new(given, Auth::ApiKey).tenant_host(), host);
    }
}

#[test]
fn settings_that_cannot_work_are_refused_at_once() {
    crate::transport::http::tests::provider();
    let url = |text: &str| Some(text.parse::<Url>().unwrap());
    let cloud = || Settings::new("company", by_password());
    let classic = || Settings::classic("http://desk.example.com/".parse().unwrap(), "bot");
    let table = [
        (cloud(), true),
        (Settings { tenant: " ".to_owned(), ..cloud() }, false),
        (Settings { auth: Auth::Password { login: String::new() }, ..cloud() }, false),
        (Settings { auth: Auth::ApiKey, tenant: String::new(), ..cloud() }, true),
        (Settings { api_base: url("http://gw.example.com/"), ..cloud() }, false),
        (Settings { login_base: url("http://login.example.com/"), ..cloud() }, false),
        (Settings { api_base: url("ftp://localhost/"), ..cloud() }, false),
        (Settings { api_base: url("http://localhost:8080/"), login_base: url("http://[::1]/"), ..cloud() }, true),
        (classic(), true),
        (Settings { base: None, ..classic() }, false),
        (Settings { base: url("ftp://desk.example.com/"), ..classic() }, false),
        (Settings { auth: Auth::ApiKey, ..classic() }, false),
        (Settings { zone: "Europe/Moscow".to_owned(), ..classic() }, true),
        (Settings { zone: "Nowhere".to_owned(), ..classic() }, false),
    ];
    for (settings, good) in table {
        let shown = format!("{settings:?}");
        assert_eq!(Intradesk::new(settings, credentials(), Arc::new(start)).is_ok(), good, "{shown}");
    }
}

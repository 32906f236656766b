//! The XML gate: every refusal and every fault, through its router where time is concerned and over a real connection
//! where the connection is. Timers run on tokio's paused time.

#![allow(clippy::unwrap_used)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use jiff::Timestamp;
use pult_simulators::{
    agencies::{
        Gate, Root, Settings,
        fault::{Fault, Page},
        journal::Outcome,
        routes::{router, serve},
    },
    catalogue,
    clock::Clock,
    secret::Secret,
};
use roxmltree::Document;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

const LOGIN: &str = "/xmlgate/auth_data.jsp?j_login_request=1&j_login=desk&j_passwd=pa%26ss";
const FIRST: u32 = 10_400;

fn settings() -> Settings {
    Settings::new("desk", Secret::new("pa&ss"))
}

fn pages(gate: &Gate) -> Router {
    router(gate.clone(), CancellationToken::new())
}

async fn get(pages: &Router, uri: &str) -> (StatusCode, String) {
    let response = pages.clone().oneshot(Request::get(uri).body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

fn text_of(xml: &str, element: &str) -> Option<String> {
    let document = Document::parse(xml).unwrap();
    document.descendants().find(|node| node.has_tag_name(element)).map(|node| node.text().unwrap_or_default().into())
}

async fn session(pages: &Router) -> String {
    text_of(&get(pages, LOGIN).await.1, "sessionId").unwrap()
}

async fn refused(pages: &Router, uri: &str) -> (StatusCode, String) {
    let (status, xml) = get(pages, uri).await;
    assert_eq!(Document::parse(&xml).unwrap().root_element().tag_name().name(), "error");
    (status, text_of(&xml, "code").unwrap())
}

fn view(id: impl std::fmt::Display, session: &str) -> String {
    format!("/xmlgate/agency/view?agencyId={id}&aid={session}")
}

#[tokio::test]
async fn a_card_holds_every_path_of_the_contract() {
    let pages = pages(&Gate::new(settings()));
    let session = session(&pages).await;
    let (status, xml) = get(&pages, &view(FIRST + 37, &session)).await;
    assert_eq!(status, StatusCode::OK);
    let agency = &catalogue::agencies()[1];
    for (path, expected) in [
        ("name", agency.name.as_str()),
        ("nameEng", "Northern Coast"),
        ("city", agency.city),
        ("percent", agency.percent),
        ("frontOffice", "Вильнюс"),
        ("contract", "true"),
        ("sentTourists", "53"),
        ("fullName", agency.curator.as_str()),
        ("blackList", "false"),
        ("value", agency.contacts[0].phone.as_str()),
        ("person", agency.contacts[0].person.as_str()),
        ("description", "Бронирование"),
        ("manager", agency.managers[0].as_str()),
    ] {
        assert_eq!(text_of(&xml, path).as_deref(), Some(expected), "{path}");
    }
    assert_eq!(text_of(&xml, "boss"), agency.boss);
}

#[tokio::test]
async fn the_agency_may_stand_one_level_down() {
    let gate = Gate::new(Settings { root: Root::Wrapped, ..settings() });
    let pages = pages(&gate);
    let session = session(&pages).await;
    let root = async |session: &str| {
        let xml = get(&pages, &view(FIRST, session)).await.1;
        Document::parse(&xml).unwrap().root_element().tag_name().name().to_owned()
    };
    assert_eq!(root(&session).await, "response");
    gate.set_root(Root::Bare);
    assert_eq!(root(&session).await, "agency");
}

#[tokio::test]
async fn wrong_credentials_are_refused_with_200() {
    let pages = pages(&Gate::new(settings()));
    for (login, password) in [("desk", "pass"), ("other", "pa%26ss"), ("DESK", "pa%26ss")] {
        let uri = format!("/xmlgate/auth_data.jsp?j_login_request=1&j_login={login}&j_passwd={password}");
        assert_eq!(refused(&pages, &uri).await, (StatusCode::OK, "LOGIN_FAILED".into()));
    }
}

#[tokio::test]
async fn a_missing_or_bad_parameter_is_refused_with_400() {
    let pages = pages(&Gate::new(settings()));
    let session = session(&pages).await;
    for (uri, code) in [
        ("/xmlgate/auth_data.jsp?j_login=desk&j_passwd=pa%26ss".to_owned(), "PARAMETER_MISSING"),
        ("/xmlgate/auth_data.jsp?j_login_request=1&j_passwd=pa%26ss".to_owned(), "PARAMETER_MISSING"),
        ("/xmlgate/auth_data.jsp?j_login_request=1&j_login=desk&j_passwd=".to_owned(), "PARAMETER_MISSING"),
        ("/xmlgate/auth_data.jsp?j_login_request=yes&j_login=desk&j_passwd=pa%26ss".to_owned(), "PARAMETER_BAD"),
        (format!("/xmlgate/agency/view?aid={session}"), "PARAMETER_MISSING"),
        (format!("/xmlgate/agency/view?agencyId={FIRST}"), "PARAMETER_MISSING"),
        (view("abc", &session), "PARAMETER_BAD"),
    ] {
        assert_eq!(refused(&pages, &uri).await, (StatusCode::BAD_REQUEST, code.into()), "{uri}");
    }
}

#[tokio::test]
async fn sessions_age_and_are_forgotten() {
    let now = Arc::new(AtomicI64::new(1_790_000_000));
    let hands = Arc::clone(&now);
    let clock: Clock = Arc::new(move || Timestamp::from_second(hands.load(Ordering::SeqCst)).unwrap());
    let gate = Gate::new(Settings { clock, session_life: Duration::from_secs(600), ..settings() });
    let pages = pages(&gate);
    let invalid = (StatusCode::OK, "SESSION_INVALID".to_owned());
    assert_eq!(refused(&pages, &view(FIRST, "nobody")).await, invalid);

    let first = session(&pages).await;
    now.fetch_add(599, Ordering::SeqCst);
    assert!(get(&pages, &view(FIRST, &first)).await.1.contains("<name>"));
    now.fetch_add(1, Ordering::SeqCst);
    assert_eq!(refused(&pages, &view(FIRST, &first)).await, invalid);

    let second = session(&pages).await;
    gate.expire_sessions();
    assert_eq!(refused(&pages, &view(FIRST, &second)).await, invalid);
}

#[tokio::test]
async fn an_unknown_agency_and_page_and_method_are_refused() {
    let pages = pages(&Gate::new(settings()));
    let session = session(&pages).await;
    assert_eq!(refused(&pages, &view(1, &session)).await, (StatusCode::OK, "AGENCY_NOT_FOUND".into()));
    assert_eq!(get(&pages, "/xmlgate/agency/list").await.0, StatusCode::NOT_FOUND);
    let post = Request::post(LOGIN).body(Body::empty()).unwrap();
    assert_eq!(pages.oneshot(post).await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_journal_counts_and_keeps_no_secret() {
    let gate = Gate::new(settings());
    let pages = pages(&gate);
    let session = session(&pages).await;
    get(&pages, "/xmlgate/auth_data.jsp?j_login_request=1&j_login=desk&j_passwd=guess").await;
    get(&pages, &view(FIRST, &session)).await;
    get(&pages, &view(1, &session)).await;
    let journal = gate.journal();
    assert_eq!((journal.logins, journal.views), (2, 2));
    let outcomes: Vec<_> = journal.entries.iter().map(|entry| entry.outcome).collect();
    assert_eq!(
        outcomes,
        [Outcome::Answered, Outcome::Refused("LOGIN_FAILED"), Outcome::Answered, Outcome::Refused("AGENCY_NOT_FOUND")]
    );
    let told = get(&pages, "/_sim/journal").await.1;
    assert!(told.contains("\"agency_id\":10400"));
    for secret in ["pa&ss", "guess", "desk", &session] {
        assert!(!told.contains(secret), "{secret} is in the journal");
    }
}

#[tokio::test]
async fn a_fault_is_switched_over_http() {
    let pages = pages(&Gate::new(settings()));
    let order = async |json: &'static str| {
        let request =
            Request::post("/_sim/fault").header(header::CONTENT_TYPE, "application/json").body(Body::from(json));
        pages.clone().oneshot(request.unwrap()).await.unwrap().status()
    };
    assert_eq!(order(r#"{"fault":{"kind":"server_error"},"page":"login","times":1}"#).await, StatusCode::NO_CONTENT);
    assert_eq!(get(&pages, LOGIN).await.0, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(get(&pages, LOGIN).await.0, StatusCode::OK);
    assert_eq!(order(r#"{"fault":{"kind":"delay","ms":5},"pages":"login"}"#).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(order(r#"{"fault":{"kind":"not_xml"}}"#).await, StatusCode::NO_CONTENT);
    assert!(Document::parse(&get(&pages, LOGIN).await.1).is_err());
    assert_eq!(order(r#"{"fault":{"kind":"web_page"}}"#).await, StatusCode::NO_CONTENT);
    assert!(get(&pages, LOGIN).await.1.starts_with("<!DOCTYPE html>"));
    assert_eq!(order(r#"{"fault":{"kind":"busy","after_s":7}}"#).await, StatusCode::NO_CONTENT);
    let busy = pages.clone().oneshot(Request::get(LOGIN).body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!((busy.status().as_u16(), busy.headers()[header::RETRY_AFTER].as_bytes()), (429, &b"7"[..]));
    assert_eq!(order(r#"{"fault":null}"#).await, StatusCode::NO_CONTENT);
    assert!(text_of(&get(&pages, LOGIN).await.1, "sessionId").is_some());
}

#[tokio::test]
async fn refused_sessions_and_unknown_agencies_on_demand() {
    let gate = Gate::new(settings());
    let pages = pages(&gate);
    gate.set_fault(Fault::SessionRefused, Page::Any, None);
    let session = session(&pages).await;
    assert_eq!(refused(&pages, &view(FIRST, &session)).await.1, "SESSION_INVALID");
    gate.set_fault(Fault::AgencyUnknown, Page::Any, None);
    assert_eq!(refused(&pages, &view(FIRST, &session)).await.1, "AGENCY_NOT_FOUND");
    gate.heal();
    assert!(get(&pages, &view(FIRST, &session)).await.1.contains("<name>"));
}

#[tokio::test]
async fn broken_documents_on_demand() {
    let gate = Gate::new(settings());
    let pages = pages(&gate);
    let session = session(&pages).await;
    gate.set_fault(Fault::EntityBomb, Page::View, None);
    assert!(get(&pages, &view(FIRST, &session)).await.1.contains("<!ENTITY"));
    gate.set_fault(Fault::Oversized, Page::View, None);
    let large = get(&pages, &view(FIRST, &session)).await.1;
    assert!(large.len() > 1 << 20);
    assert!(text_of(&large, "name").is_some(), "only the size is wrong with it");
}

#[tokio::test(start_paused = true)]
async fn a_delay_is_as_long_as_told() {
    let gate = Gate::new(settings());
    gate.set_fault(Fault::Delay { ms: 1_500 }, Page::Login, None);
    let before = Instant::now();
    assert!(text_of(&get(&pages(&gate), LOGIN).await.1, "sessionId").is_some());
    assert_eq!(before.elapsed(), Duration::from_millis(1_500));
}

#[tokio::test(start_paused = true)]
async fn a_drip_takes_its_time_for_every_byte() {
    let gate = Gate::new(settings());
    gate.set_fault(Fault::Drip { ms: 100 }, Page::Login, None);
    let before = Instant::now();
    let text = get(&pages(&gate), LOGIN).await.1;
    assert!(text_of(&text, "sessionId").is_some());
    assert_eq!(before.elapsed(), Duration::from_millis(100) * text.len() as u32);
}

#[tokio::test(start_paused = true)]
async fn a_stall_lasts_until_the_gate_closes() {
    let gate = Gate::new(settings());
    gate.set_fault(Fault::Stall, Page::Any, None);
    let stop = CancellationToken::new();
    let request = Request::get(LOGIN).body(Body::empty()).unwrap();
    let mut answer = std::pin::pin!(router(gate.clone(), stop.clone()).oneshot(request));
    assert!(tokio::time::timeout(Duration::from_secs(86_400), &mut answer).await.is_err());
    stop.cancel();
    assert_eq!(answer.await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(gate.journal().entries[0].outcome, Outcome::Faulted);
}

/// Sends one login over a real connection and gives all that came back, or how the connection died.
async fn over_the_wire(fault: Fault) -> std::io::Result<String> {
    let gate = Gate::new(settings());
    gate.set_fault(fault, Page::Any, None);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let server = tokio::spawn(serve(listener, gate, stop.clone()));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {LOGIN} HTTP/1.1\r\nHost: gate.example.com\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer).await;
    stop.cancel();
    server.await.unwrap().unwrap();
    end.map(|_| String::from_utf8(answer).unwrap())
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    let end = over_the_wire(Fault::Reset).await;
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn half_an_answer_announces_the_whole() {
    let answer = over_the_wire(Fault::HalfAnswer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    assert_eq!(body.len(), length.unwrap().parse::<usize>().unwrap() / 2);
    assert!(body.starts_with("<?xml"));
}

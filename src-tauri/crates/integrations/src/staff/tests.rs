//! What is asked of a small register of ours, and what its answers mean.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Mutex,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Response, StatusCode, Uri},
    routing::any,
};
use futures_util::{StreamExt, future::join_all, stream};
use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::*;
use crate::{
    samples::Secrets,
    transport::http::tests::{provider, serve},
    verifier::{Silence, Unavailable},
};

const SECRET: &str = "register-token";
const PASSWORD: &str = "пароль \"с кавычками\"";

/// What the register is to answer.
#[derive(Clone, Default)]
struct Script {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    never: bool,
    /// The connection breaks off after the body.
    cut: bool,
}

fn status(status: u16) -> Script {
    Script { status, body: "{}".to_owned(), ..Script::default() }
}

fn says(body: impl Into<String>) -> Script {
    Script { status: 200, body: body.into(), ..Script::default() }
}

fn member() -> Value {
    json!({
        "login": "VERA.S", "full_name": "Серова Вера", "email": "vera@example.com", "office": null,
        "auth_period_type": "Постоянный",
    })
}

#[derive(Clone, Default)]
struct Register {
    script: Arc<Mutex<VecDeque<Script>>>,
    asked: Arc<Mutex<Vec<(String, HeaderMap, Bytes)>>>,
    second: Arc<AtomicI64>,
}

impl Register {
    async fn with(script: impl IntoIterator<Item = Script>) -> (Self, Staff) {
        Self::at("", script).await
    }

    async fn at(path: &str, script: impl IntoIterator<Item = Script>) -> (Self, Staff) {
        provider();
        let register = Self::default();
        register.go_on(script);
        let base = serve(Router::new().fallback(any(answer)).with_state(register.clone())).await;
        let staff = Staff::new(Settings::new(base.join(path).unwrap()), secrets(SECRET), register.clock()).unwrap();
        (register, staff)
    }

    fn clock(&self) -> Clock {
        let second = Arc::clone(&self.second);
        Arc::new(move || Instant::from_second(1_800_000_000 + second.load(Ordering::SeqCst)).unwrap())
    }

    fn go_on(&self, script: impl IntoIterator<Item = Script>) {
        self.script.lock().unwrap().extend(script);
    }

    fn turn(&self, second: i64) {
        self.second.store(second, Ordering::SeqCst);
    }

    fn calls(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

async fn answer(State(register): State<Register>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response<Body> {
    register.asked.lock().unwrap().push((uri.to_string(), headers, body));
    let script = register.script.lock().unwrap().pop_front().unwrap_or(status(418));
    if script.never {
        std::future::pending::<()>().await;
    }
    let mut response = Response::builder().status(script.status);
    for (name, value) in script.headers {
        response = response.header(name, value);
    }
    let body = match script.cut {
        false => Body::from(script.body),
        true => {
            let first = stream::once(async { Ok(Bytes::from(script.body)) });
            let end = stream::once(async {
                // The server sends what it has when it has to wait for more.
                tokio::task::yield_now().await;
                Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe))
            });
            Body::from_stream(first.chain(end))
        }
    };
    response.body(body).unwrap()
}

fn secrets(token: &str) -> Arc<Secrets> {
    Arc::new(Secrets(BTreeMap::from([(TOKEN.to_owned(), token.to_owned())])))
}

async fn ask(staff: &Staff) -> Result<Verified, Unavailable> {
    let said = staff.verify(" vera.s ", PASSWORD).await;
    let text = format!("{said:?}");
    for secret in [SECRET, "кавычками", "tulip"] {
        assert!(!text.contains(secret), "{text}");
    }
    said
}

#[tokio::test]
async fn the_question_goes_as_the_contract_has_it() {
    for path in ["", "erp/auth", "erp/auth/", "erp/auth?x=1#y"] {
        let (register, staff) = Register::at(path, [says(member().to_string())]).await;
        let Ok(Verified::Right(member)) = ask(&staff).await else { panic!("{path}") };
        assert_eq!((member.login.as_str(), member.email.as_str(), member.office), ("VERA.S", "vera@example.com", None));
        let asked = register.asked.lock().unwrap();
        let [(uri, headers, body)] = asked.as_slice() else { panic!("{path}") };
        let place = if path.is_empty() { "/verify" } else { "/erp/auth/verify" };
        assert_eq!(uri, place);
        assert_eq!(headers["authorization"], format!("Bearer {SECRET}"));
        assert_eq!(headers["content-type"], "application/json; charset=utf-8");
        let body: Value = serde_json::from_slice(body).unwrap();
        assert_eq!(
            body,
            json!({ "login": "vera.s", "password": PASSWORD }),
            "the login trimmed, the password as typed"
        );
    }
}

#[tokio::test]
async fn every_answer_is_a_word_about_the_password_or_none() {
    use Silence::{Answer, Away, Setup, Token};
    let blocked = json!({"login": "vera.s", "auth_period_type": "Заблокированный сотрудник"});
    let mut foreign = member();
    foreign["login"] = json!("tulip");
    let mut lacking = member();
    lacking.as_object_mut().unwrap().remove("email");
    let moved = Script { headers: vec![("location", "/elsewhere".to_owned())], ..status(302) };
    let cut = Script { cut: true, ..says("{\"login\":") };
    let refused_cut = Script { cut: true, ..status(401) };
    let page = Script { body: "<!DOCTYPE html><p>tulip".to_owned(), ..status(404) };
    let rows: Vec<(Script, Result<Verified, (Silence, bool)>)> = vec![
        (status(401), Ok(Verified::Wrong)),
        (Script { body: "<html>tulip".to_owned(), ..status(401) }, Ok(Verified::Wrong)),
        (refused_cut, Ok(Verified::Wrong)),
        (status(423), Ok(Verified::Blocked)),
        (says(blocked.to_string()), Ok(Verified::Blocked)),
        (status(403), Err((Token, true))),
        (status(404), Err((Setup, true))),
        (page, Err((Setup, true))),
        (status(405), Err((Setup, true))),
        (status(415), Err((Setup, true))),
        (status(400), Err((Setup, true))),
        (status(429), Err((Away, false))),
        (status(500), Err((Away, false))),
        (Script { headers: vec![("retry-after", "600".to_owned())], ..status(503) }, Err((Away, false))),
        (cut, Err((Away, false))),
        (moved, Err((Answer, true))),
        (status(204), Err((Answer, true))),
        (says("<html><body>tulip</body></html>"), Err((Answer, true))),
        (says("tulip"), Err((Answer, true))),
        (says(foreign.to_string()), Err((Answer, true))),
        (says(lacking.to_string()), Err((Answer, true))),
        (says(format!("{}{}", member(), " ".repeat(MAX_ANSWER))), Err((Answer, true))),
    ];
    for (n, (script, want)) in rows.into_iter().enumerate() {
        let (register, staff) = Register::with([script]).await;
        let said = ask(&staff).await;
        assert_eq!(said.map_err(|error| (error.silence, error.lasting)), want, "row {n}");
        assert_eq!(register.calls(), 1, "row {n}: asked once, whatever it says");
    }
}

#[tokio::test(start_paused = true)]
async fn a_register_that_never_answers_is_left_in_time() {
    let (_, staff) = Register::with([Script { never: true, ..status(200) }]).await;
    let began = tokio::time::Instant::now();
    assert_eq!(ask(&staff).await.unwrap_err().silence, Silence::Away);
    assert!(began.elapsed() <= TOTAL + Duration::from_millis(10), "{:?}", began.elapsed());
}

#[tokio::test]
async fn nobody_listening_is_away_and_a_token_that_is_not_set_is_not_tried_without() {
    provider();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let staff = Staff::new(Settings::new(base), secrets(SECRET), Register::default().clock()).unwrap();
    let silence = ask(&staff).await.unwrap_err();
    assert_eq!((silence.silence, silence.lasting), (Silence::Away, false));
    for token in ["", "two\nlines"] {
        let (register, staff) = Register::with([]).await;
        let base = staff.verify.join("/").unwrap();
        let staff = Staff::new(Settings::new(base), secrets(token), register.clock()).unwrap();
        let silence = ask(&staff).await.unwrap_err();
        assert_eq!((silence.silence, silence.lasting, register.calls()), (Silence::Token, true, 0));
        assert!(silence.detail.contains(TOKEN), "{silence}");
    }
}

#[tokio::test]
async fn what_nobody_can_have_is_not_asked_about() {
    let (register, staff) = Register::with([]).await;
    for (login, password) in
        [("", "x"), ("  ", "x"), ("vera", ""), (&*"я".repeat(65), "x"), ("vera", &*"я".repeat(257))]
    {
        assert_eq!(staff.verify(login, password).await.unwrap_err().silence, Silence::NotAsked);
    }
    assert_eq!(register.calls(), 0);
    register.go_on([status(401)]);
    assert_eq!(staff.verify(&"я".repeat(64), &"я".repeat(256)).await, Ok(Verified::Wrong));
}

#[tokio::test]
async fn after_three_failures_in_a_row_it_is_left_alone_for_half_a_minute() {
    let (register, staff) = Register::with([status(500), status(502), status(401)]).await;
    for _ in 0..3 {
        let _ = ask(&staff).await;
    }
    register.go_on([status(500), says("tulip"), status(503)]);
    let lasting = [ask(&staff).await, ask(&staff).await, ask(&staff).await].map(|said| said.unwrap_err().lasting);
    assert_eq!((lasting, register.calls()), ([false, true, true], 6), "the answer between begins the count anew");
    register.turn(29);
    assert_eq!(ask(&staff).await.unwrap_err().silence, Silence::NotAsked);
    assert_eq!(register.calls(), 6);
    register.turn(30);
    register.go_on([says(member().to_string())]);
    assert!(ask(&staff).await.is_ok());
}

#[tokio::test]
async fn its_wish_to_be_left_alone_is_met_by_the_button_too() {
    for (asked, seconds) in [(Some("7"), 7), (None, 30)] {
        let headers = asked.map(|asked| ("retry-after", asked.to_owned())).into_iter().collect();
        let (register, staff) = Register::with([Script { headers, ..status(429) }]).await;
        assert_eq!(ask(&staff).await.unwrap_err().silence, Silence::Away);
        register.turn(seconds - 1);
        assert_eq!(ask(&staff).await.unwrap_err().silence, Silence::NotAsked);
        assert!(!staff.check().await[1].ok);
        assert_eq!(register.calls(), 1);
        register.turn(seconds);
        register.go_on([status(401)]);
        assert_eq!(ask(&staff).await, Ok(Verified::Wrong));
    }
}

#[tokio::test]
async fn four_are_asked_about_at_once() {
    provider();
    #[derive(Clone)]
    struct Crowd(Arc<Barrier>, Arc<AtomicUsize>, Arc<AtomicUsize>);
    let handler = |State(Crowd(four, inside, most)): State<Crowd>| async move {
        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        four.wait().await;
        inside.fetch_sub(1, Ordering::SeqCst);
        StatusCode::UNAUTHORIZED
    };
    let crowd = Crowd(Arc::new(Barrier::new(4)), Arc::default(), Arc::default());
    let base = serve(Router::new().fallback(any(handler)).with_state(crowd.clone())).await;
    let staff = Staff::new(Settings::new(base), secrets(SECRET), Register::default().clock()).unwrap();
    let answers = join_all((0..12).map(|_| ask(&staff))).await;
    assert!(answers.iter().all(|answer| *answer == Ok(Verified::Wrong)), "{answers:?}");
    assert_eq!(crowd.2.load(Ordering::SeqCst), AT_ONCE);
}

#[tokio::test]
async fn the_check_asks_about_nobody_and_goes_through_a_pause_of_ours() {
    let (register, staff) = Register::with([status(500), status(500), status(500), status(401)]).await;
    for _ in 0..3 {
        let _ = ask(&staff).await;
    }
    let steps = staff.check().await;
    assert_eq!((steps[1].step, steps[1].ok), ("verify", true), "{steps:?}");
    register.go_on([status(401), status(403), says(member().to_string())]);
    assert!(ask(&staff).await.is_ok(), "what the check found ends the pause");
    assert!(!staff.check().await[1].ok, "a token that is not known");
    assert!(!staff.check().await[1].ok, "an answer about somebody else");
    let asked = register.asked.lock().unwrap();
    let logins: Vec<String> = [3, 5, 6]
        .map(|n| serde_json::from_slice::<Value>(&asked[n].2).unwrap()["login"].as_str().unwrap().to_owned())
        .into();
    assert!(logins.iter().all(|login| login.starts_with("pult-check-")), "{logins:?}");
    assert!(logins[0] != logins[1] && logins[1] != logins[2], "the same login again could be locked");
}

#[test]
fn an_address_at_which_passwords_could_be_overheard_is_refused() {
    provider();
    for (base, good) in [
        ("https://erp.example.com/auth", true),
        ("http://localhost:1/", true),
        ("http://[::1]:1/", true),
        ("http://erp.example.com/", false),
    ] {
        let settings = Settings::new(base.parse().unwrap());
        assert_eq!(Staff::new(settings, secrets(SECRET), Register::default().clock()).is_ok(), good, "{base}");
    }
}

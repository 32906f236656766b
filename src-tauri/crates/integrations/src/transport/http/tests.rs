use std::{convert::Infallible, sync::Once};

use axum::{
    Router,
    body::Body,
    http::{Response, StatusCode},
    routing::any,
};

use super::*;

/// Chooses the cryptography once for the tests of this process.
pub(crate) fn provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| rustls::crypto::ring::default_provider().install_default().unwrap());
}

/// Serves `router` on a free port of this machine for as long as the test runs.
pub(crate) async fn serve(router: Router) -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/").parse().unwrap()
}

fn client(total: Duration) -> Client {
    provider();
    Client::new(&Options { connect: total, total, max_body: 1000, ca: None }).unwrap()
}

async fn ask(method: Method, answer: fn() -> Response<Body>) -> Said {
    let url = serve(Router::new().fallback(any(move || async move { answer() }))).await;
    let client = client(Duration::from_secs(5));
    let request = client.request(method, url).build().unwrap();
    client.send(request, &Mask::default()).await
}

fn answer(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap());
    }
    response
}

fn retry(seconds: Option<u64>) -> Result<u16, CallError> {
    Err(CallError::Retry { after: seconds.map(Duration::from_secs), detail: String::new() })
}

fn unreachable() -> Result<u16, CallError> {
    Err(CallError::Unreachable { detail: String::new() })
}

/// The outcome without its words.
fn bare(outcome: Result<Answer, CallError>) -> Result<u16, CallError> {
    outcome.map(|answer| answer.status.as_u16()).map_err(|error| match error {
        CallError::Retry { after, .. } => CallError::Retry { after, detail: String::new() },
        CallError::Unreachable { .. } => CallError::Unreachable { detail: String::new() },
        CallError::OutcomeUnknown { .. } => CallError::OutcomeUnknown { detail: String::new() },
        other => other,
    })
}

#[tokio::test]
async fn a_status_says_what_to_do_next() {
    const DATE: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    let table: [(fn() -> Response<Body>, Result<u16, CallError>); 16] = [
        (|| answer(200, &[], "ok"), Ok(200)),
        (|| answer(404, &[], "{}"), Ok(404)),
        (|| answer(401, &[], "<html>sign in</html>"), Ok(401)),
        (|| answer(403, &[], "<html>no</html>"), Ok(403)),
        (|| answer(429, &[("retry-after", "7")], ""), retry(Some(7))),
        (|| answer(429, &[], "<html>"), retry(None)),
        (|| answer(429, &[("retry-after", "soon")], ""), retry(None)),
        (|| answer(429, &[("retry-after", "99999999999999999999999")], ""), retry(Some(86_400))),
        (|| answer(503, &[("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT"), DATE], ""), retry(Some(60))),
        (|| answer(503, &[("retry-after", "Sun, 06 Nov 1994 08:48:37 GMT"), DATE], ""), retry(Some(0))),
        (|| answer(503, &[], ""), unreachable()),
        (|| answer(500, &[], "{}"), unreachable()),
        (|| answer(502, &[("retry-after", "7")], "{}"), unreachable()),
        (|| answer(302, &[("location", "/elsewhere")], ""), unreachable()),
        (|| answer(200, &[], "\n <!DOCTYPE HTML><p>"), unreachable()),
        (|| answer(404, &[], "<HTML>"), unreachable()),
    ];
    for (index, (answer, want)) in table.into_iter().enumerate() {
        assert_eq!(bare(ask(Method::GET, answer).await.outcome), want, "row {index}");
    }
}

#[tokio::test]
async fn an_answer_over_the_bound_is_cut_off() {
    // Endless: only the bound ends it.
    let endless: fn() -> Response<Body> = || {
        let chunks = futures_util::stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 100])));
        Response::new(Body::from_stream(chunks))
    };
    let said = ask(Method::GET, endless).await;
    assert!(matches!(said.outcome, Err(CallError::Refused { why: Failure::Refused, .. })), "{said:?}");
    assert!(matches!(ask(Method::POST, endless).await.outcome, Err(CallError::OutcomeUnknown { .. })));
}

#[tokio::test]
async fn an_answer_that_never_ends_is_cut_off_in_time() {
    let stalled = || async {
        let first = futures_util::stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b"x")) });
        let rest = futures_util::stream::pending();
        Response::new(Body::from_stream(futures_util::StreamExt::chain(first, rest)))
    };
    let url = serve(Router::new().fallback(any(stalled))).await;
    let client = client(Duration::from_millis(200));
    for (method, want) in
        [(Method::GET, unreachable()), (Method::POST, Err(CallError::OutcomeUnknown { detail: String::new() }))]
    {
        let request = client.request(method, url.clone()).build().unwrap();
        assert_eq!(bare(client.send(request, &Mask::default()).await.outcome), want);
    }
}

#[tokio::test]
async fn a_closed_port_was_not_reached_even_by_a_writing_and_its_address_is_not_told() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}/?p=hush", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let client = client(Duration::from_secs(5));
    let said = client.send(client.request(Method::POST, url).build().unwrap(), &Mask::new(["hush"])).await;
    let Err(CallError::Unreachable { detail }) = &said.outcome else { panic!("{said:?}") };
    assert!(!detail.contains("hush") && !detail.contains("127.0.0.1"), "{detail}");
    assert_eq!(said.exchange.status, None);
}

#[tokio::test]
async fn an_exchange_is_kept_without_secrets() {
    let echo = |request: axum::extract::Request| async move {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 1000).await.unwrap();
        let said = format!("{} {}", parts.uri, String::from_utf8_lossy(&body));
        ([("set-cookie", "sid=of-the-server")], said)
    };
    let mut url = serve(Router::new().fallback(any(echo))).await;
    url.query_pairs_mut().append_pair("p", "h u&sh");
    let client = client(Duration::from_secs(5));
    let request = client.request(Method::POST, url).bearer_auth("token-of-ours").body("p=h u&sh").build().unwrap();
    let Said { exchange, outcome, .. } = client.send(request, &Mask::new(["h u&sh"])).await;
    assert!(String::from_utf8_lossy(&outcome.unwrap().body).contains("h u&sh"), "the caller gets the whole answer");
    let kept = format!("{}{}", exchange.request, exchange.response);
    for secret in ["h u&sh", "h+u%26sh", "token-of-ours", "of-the-server"] {
        assert!(!kept.contains(secret), "{kept}");
    }
    assert!(exchange.request.starts_with("POST http://") && exchange.request.contains("p=***"), "{kept}");
    assert!(exchange.response.starts_with("200 OK\n"));
    assert_eq!(exchange.status, Some(200));
}

#[test]
fn what_is_kept_is_bounded_at_a_whole_character() {
    let kept = show("x", &HeaderMap::new(), "й".repeat(KEPT).as_bytes(), &Mask::default());
    assert!(kept.len() <= KEPT && kept.len() > KEPT - 2);
}

#[test]
fn certificates_that_are_none_are_refused() {
    provider();
    let seconds = Duration::from_secs(1);
    let ca = Some(b"not a certificate".to_vec());
    let made = Client::new(&Options { connect: seconds, total: seconds, max_body: 1, ca });
    assert!(matches!(made, Err(SetupError::Ca(_))), "{made:?}");
}

#[tokio::test]
async fn an_answer_that_is_not_worth_reading_is_there_for_whoever_reads_it_all_the_same() {
    let said = ask(Method::POST, || answer(503, &[], r#"{"error":"busy"}"#)).await;
    assert!(matches!(said.outcome, Err(CallError::Unreachable { .. })));
    assert_eq!(said.whole.unwrap().body, r#"{"error":"busy"}"#);
    let half = ask(Method::POST, || answer(503, &[("content-length", "10")], "half")).await;
    assert!(half.whole.is_none(), "{:?}", half.exchange);
}

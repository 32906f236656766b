//! The gate over HTTP, and the simulator's own pages beside it:
//!
//! * `GET /xmlgate/auth_data.jsp`, `GET /xmlgate/agency/view`: the gate.
//! * `POST /_sim/fault`: `{"fault":{"kind":"delay","ms":300},"page":"view","times":2}`; `page` defaults to `any`,
//!   without `times` the fault stays, and `{"fault":null}` heals. Answers 204.
//! * `POST /_sim/expire` forgets all sessions (204). `GET /_sim/journal` is the [`Journal`](super::journal::Journal).
//!
//! No request line is logged: the query of a login holds the password.

use std::{collections::HashMap, future::pending, io, time::Duration};

use axum::{
    Extension, Json, Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, DefaultBodyLimit, Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    Gate, Refusal,
    fault::{Fault, Page},
    journal::Outcome,
    xml,
};
use crate::line::{Line, Lines};

/// Path of the gate; an address for Pult's settings is `http://<listener>` + this.
pub const BASE: &str = "/xmlgate";

/// One byte more than the largest answer the contract allows.
const TOO_LARGE: usize = (1 << 20) + 1;

#[derive(Clone)]
struct Shared {
    gate: Gate,
    stop: CancellationToken,
}

/// The pages. `stop` ends answers that a fault holds back, so that the server can close.
pub fn router(gate: Gate, stop: CancellationToken) -> Router {
    Router::new()
        .route("/xmlgate/auth_data.jsp", get(log_in))
        .route("/xmlgate/agency/view", get(view))
        .route("/_sim/fault", post(set_fault))
        .route("/_sim/expire", post(expire))
        .route("/_sim/journal", get(journal))
        .layer(DefaultBodyLimit::max(16 * 1024))
        .with_state(Shared { gate, stop })
}

/// Serves the gate on `listener` until `stop`.
///
/// # Errors
/// What the listener reports; single connections never end it.
pub async fn serve(listener: TcpListener, gate: Gate, stop: CancellationToken) -> io::Result<()> {
    let pages = router(gate, stop.clone()).into_make_service_with_connect_info::<Line>();
    axum::serve(Lines(listener), pages).with_graceful_shutdown(stop.cancelled_owned()).await
}

type Parameters = Query<HashMap<String, String>>;
type MaybeLine = Option<Extension<ConnectInfo<Line>>>;

fn required<'a>(parameters: &'a HashMap<String, String>, name: &'static str) -> Result<&'a str, Refusal> {
    parameters.get(name).map(String::as_str).filter(|value| !value.is_empty()).ok_or(Refusal::ParameterMissing(name))
}

async fn log_in(State(shared): State<Shared>, Query(parameters): Parameters, line: MaybeLine) -> Response {
    let answer = || {
        if required(&parameters, "j_login_request")? != "1" {
            return Err(Refusal::ParameterBad("j_login_request"));
        }
        let (login, password) = (required(&parameters, "j_login")?, required(&parameters, "j_passwd")?);
        shared.gate.log_in(login, password).map(|id| xml::session(&id))
    };
    respond(&shared, Page::Login, None, line, answer).await
}

async fn view(State(shared): State<Shared>, Query(parameters): Parameters, line: MaybeLine) -> Response {
    let agency_id = parameters.get("agencyId").and_then(|id| id.parse().ok());
    let answer = || {
        required(&parameters, "agencyId")?;
        let session = required(&parameters, "aid")?;
        shared.gate.view(agency_id.ok_or(Refusal::ParameterBad("agencyId"))?, session)
    };
    respond(&shared, Page::View, agency_id, line, answer).await
}

async fn respond(
    shared: &Shared,
    page: Page,
    agency_id: Option<u32>,
    line: MaybeLine,
    answer: impl FnOnce() -> Result<String, Refusal>,
) -> Response {
    let fault = shared.gate.next_fault(page);
    // Late, halved and padded answers are still answers, and are counted as what they carry.
    let replaced = matches!(
        fault,
        Some(
            Fault::Stall
                | Fault::Reset
                | Fault::ServerError
                | Fault::EntityBomb
                | Fault::NotXml
                | Fault::WebPage
                | Fault::Busy { .. }
        )
    );
    if replaced {
        shared.gate.record(page, agency_id, Outcome::Faulted);
    }
    let answered = || {
        let answered = match (&fault, page) {
            (Some(Fault::SessionRefused), Page::View) => Err(Refusal::SessionInvalid),
            (Some(Fault::AgencyUnknown), Page::View) => Err(Refusal::AgencyNotFound),
            _ => answer(),
        };
        let outcome = answered.as_ref().map_or_else(|refusal| Outcome::from(*refusal), |_| Outcome::Answered);
        shared.gate.record(page, agency_id, outcome);
        answered
    };
    match &fault {
        Some(Fault::Stall) => {
            let () = shared.stop.run_until_cancelled(pending()).await.unwrap_or_default();
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Some(Fault::Reset) => {
            // Without a connection (a test that calls the router itself) there is nothing to cut.
            if let Some(Extension(ConnectInfo(line))) = line {
                line.cut();
            }
            StatusCode::BAD_GATEWAY.into_response()
        }
        Some(Fault::ServerError) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            Html("<html><head><title>Error 500</title></head><body><h1>HTTP Status 500</h1></body></html>"),
        )
            .into_response(),
        Some(Fault::EntityBomb) => document(StatusCode::OK, xml::entity_bomb().into()),
        Some(Fault::NotXml) => {
            (StatusCode::OK, "OK: the service is being updated & will be back <soon").into_response()
        }
        Some(Fault::WebPage) => {
            Html("<!DOCTYPE html><html><head><title>Back soon</title></head><body>Back soon</body></html>")
                .into_response()
        }
        Some(Fault::Busy { after_s }) => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, after_s.to_string())]).into_response()
        }
        Some(Fault::Delay { ms }) => {
            shared.stop.run_until_cancelled(tokio::time::sleep(Duration::from_millis(*ms))).await;
            plain(answered())
        }
        Some(Fault::HalfAnswer) => half(render(answered()).1),
        Some(Fault::Oversized) => {
            let (status, text) = render(answered());
            document(status, xml::padded(&text, TOO_LARGE).into())
        }
        Some(Fault::Drip { ms }) => drip(render(answered()).1, Duration::from_millis(*ms), shared.stop.clone()),
        Some(Fault::SessionRefused | Fault::AgencyUnknown) | None => plain(answered()),
    }
}

fn render(answered: Result<String, Refusal>) -> (StatusCode, String) {
    match answered {
        Ok(text) => (StatusCode::OK, text),
        Err(refusal @ (Refusal::ParameterMissing(_) | Refusal::ParameterBad(_))) => {
            (StatusCode::BAD_REQUEST, xml::error(refusal))
        }
        Err(refusal) => (StatusCode::OK, xml::error(refusal)),
    }
}

fn plain(answered: Result<String, Refusal>) -> Response {
    let (status, text) = render(answered);
    document(status, text.into())
}

fn document(status: StatusCode, body: Body) -> Response {
    (status, [(header::CONTENT_TYPE, "text/xml; charset=UTF-8")], body).into_response()
}

fn half(text: String) -> Response {
    let whole = text.len();
    let mut bytes = text.into_bytes();
    bytes.truncate(whole / 2);
    let first = stream::once(async { Ok(Bytes::from(bytes)) });
    let cut = stream::once(async {
        // The server sends what it has when it has to wait for more; an error at once would take the half with it.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::BrokenPipe))
    });
    let mut response = document(StatusCode::OK, Body::from_stream(first.chain(cut)));
    response.headers_mut().insert(header::CONTENT_LENGTH, whole.into());
    response
}

fn drip(text: String, pause: Duration, stop: CancellationToken) -> Response {
    let drops = stream::iter(text.into_bytes()).then(move |byte| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, io::Error>(Bytes::copy_from_slice(&[byte]))
    });
    document(StatusCode::OK, Body::from_stream(drops.take_until(stop.cancelled_owned())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultOrder {
    fault: Option<Fault>,
    page: Option<Page>,
    times: Option<u32>,
}

async fn set_fault(State(shared): State<Shared>, Json(order): Json<FaultOrder>) -> StatusCode {
    match order.fault {
        Some(fault) => shared.gate.set_fault(fault, order.page.unwrap_or(Page::Any), order.times),
        None => shared.gate.heal(),
    }
    StatusCode::NO_CONTENT
}

async fn expire(State(shared): State<Shared>) -> StatusCode {
    shared.gate.expire_sessions();
    StatusCode::NO_CONTENT
}

async fn journal(State(shared): State<Shared>) -> Response {
    Json(shared.gate.journal()).into_response()
}

//! The operator's call card: a page that whoever has its address may see, drawn from the store, alive while it is open.
//!
//! Deliberately not here: recording calls (the hooks and the engine) and the console's own panel of a call.

mod events;
#[cfg(test)]
pub(crate) mod harness;
mod page;
#[cfg(test)]
mod tests;
mod text;
mod theme;
mod view;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::Markup;
use pult_domain::areas::calls::Centre;
use pult_store::StoreError;

use crate::{App, console::cookie, links::Card, pages};
use page::Frame;
pub(crate) use page::document;
use view::View;

/// Everything from here, nothing from elsewhere.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; \
                   base-uri 'none'; frame-ancestors 'none'";
/// The cookie that names the card this browser saw last: its unguessable id, good for as long as the card is.
const COOKIE: &str = "pult_card";
/// The largest form, bytes.
const FORM: usize = 4 << 10;

/// Addresses of the cards, for the OpenAPI document: method, path, summary.
pub(crate) const ROUTES: &[(&str, &str, &str)] = &[
    ("get", "/call-card/{id}", "The call card: a page for the operator"),
    ("get", "/call-card/{id}/content", "The part of the card that changes"),
    ("get", "/call-card/{id}/events", "Server-sent events: the card has changed"),
    ("post", "/call-card/{id}/theme", "Says what the call of the card was about"),
    ("get", "/call-show/{agency_name}/", "The card this browser saw last"),
    ("post", "/update_call_theme", "Says what the call of the card this browser saw last was about"),
];

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/call-card/{id}", get(show))
        .route("/call-card/{id}/content", get(show_content))
        .route("/call-card/{id}/events", get(events::stream))
        .route("/call-card/{id}/theme", post(theme::of_card))
        .route("/call-show/{agency_name}/", get(show_current))
        .route("/call-show/{agency_name}", get(show_current))
        .route("/update_call_theme", post(theme::of_current))
        .route("/call-card.css", get(style))
        .route("/call-card.js", get(|| asset("text/javascript; charset=utf-8", page::SCRIPT)))
        .layer(DefaultBodyLimit::max(FORM))
}

/// 303 to a card: the address that brought the browser here, with whatever secret it holds, leaves its history.
pub(crate) fn see_card(id: &str) -> Response {
    (pages::page_headers(CSP), Redirect::to(&format!("/call-card/{id}"))).into_response()
}

/// The card of a call that could not be made safe.
pub(crate) fn not_recorded(ani: &str) -> Response {
    busy(&page::not_recorded(ani))
}

fn busy(page: &Markup) -> Response {
    pages::later(respond(StatusCode::SERVICE_UNAVAILABLE, page))
}

/// A page of ours.
pub(crate) fn respond(status: StatusCode, page: &Markup) -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))];
    (status, pages::page_headers(CSP), kind, page.0.clone()).into_response()
}

fn no_such_card() -> Response {
    let text = "Карточка открывается сутки после звонка. Дальше звонок можно найти в журнале";
    respond(StatusCode::NOT_FOUND, &page::sentence("Карточки нет или её срок истёк", text))
}

fn unreadable(error: &StoreError) -> Response {
    tracing::warn!(%error, "a card could not be read");
    busy(&page::sentence(
        "Карточка сейчас недоступна",
        "Звонок это не затронет. Обновите страницу через несколько секунд",
    ))
}

/// The style of every page of ours that is drawn here.
pub(crate) async fn style() -> Response {
    asset("text/css; charset=utf-8", page::STYLE).await
}

async fn asset(kind: &'static str, content: &'static str) -> Response {
    let mut answer = (pages::page_headers(CSP), content).into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // Pages name it with a mark of its content.
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    answer.headers_mut().insert(header::CACHE_CONTROL, forever);
    answer
}

/// `GET /call-card/{id}`.
async fn show(State(app): State<App>, Path(id): Path<String>) -> Response {
    draw(&app, &id).await
}

/// `GET /call-show/{agency_name}/`. The name is for people: which card it is, this browser knows by its cookie, so that
/// nobody reads calls of an agency by its number.
async fn show_current(State(app): State<App>, headers: HeaderMap) -> Response {
    match cookie(&headers, COOKIE) {
        Some(id) => draw(&app, id).await,
        None => no_such_card(),
    }
}

async fn draw(app: &App, id: &str) -> Response {
    let engine = &app.engine;
    let themes = &engine.config().areas.calls.themes;
    match app.links.open(id, engine.clock().now()) {
        Some(Card::Record(record)) => match view::read(engine, record).await {
            Ok(Some(view)) => {
                let mut answer = respond(StatusCode::OK, &page::card(&frame(app, id, themes), &view));
                remember(app, &mut answer, id);
                answer
            }
            Ok(None) => no_such_card(),
            Err(error) => unreadable(&error),
        },
        Some(Card::Number(ani)) => match view::glance(engine, &ani).await {
            Ok(known) => respond(StatusCode::OK, &page::number(&frame(app, id, themes), &ani, &known)),
            Err(error) => unreadable(&error),
        },
        None => no_such_card(),
    }
}

/// `GET /call-card/{id}/content`, with the mark of what is sent.
async fn show_content(State(app): State<App>, Path(id): Path<String>) -> Response {
    let Some(Card::Record(record)) = app.links.open(&id, app.engine.clock().now()) else { return no_such_card() };
    match view::read(&app.engine, record).await {
        Ok(Some(view)) => {
            let content = content_of(&app, &id, &view);
            let mark = page::mark(&content);
            let mut answer = respond(StatusCode::OK, &maud::PreEscaped(content));
            if let Ok(mark) = HeaderValue::from_str(&mark) {
                answer.headers_mut().insert(HeaderName::from_static("x-pult-seen"), mark);
            }
            answer
        }
        Ok(None) => no_such_card(),
        Err(error) => unreadable(&error),
    }
}

fn content_of(app: &App, id: &str, view: &View) -> String {
    page::content(&frame(app, id, &app.engine.config().areas.calls.themes), view).into_string()
}

fn frame<'a>(app: &App, id: &'a str, themes: &'a [String]) -> Frame<'a> {
    let zone = app.engine.registry().terms().zones.of(Centre::Vilnius).clone();
    Frame { id, themes, zone, now: app.engine.clock().now() }
}

/// The card becomes this browser's current one. `Lax`, so that another site's page cannot post with it.
fn remember(app: &App, answer: &mut Response, id: &str) {
    let secure = if app.hooks.secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().insert(header::SET_COOKIE, value);
    }
}

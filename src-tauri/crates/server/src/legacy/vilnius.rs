//! The Vilnius centre at its old addresses: its last calls as data and as a page.
//!
//! Deliberately not here: the telephony's entry and the call card.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use pult_engine::api::routes::{self, KeyRoute};
use pult_store::{
    StoreError,
    calls::{self, LatestCall},
};
use serde_json::json;

use super::{away, read_seen, wants_page, words};
use crate::{App, cards, console::Visitor};

/// Calls shown.
const LAST: usize = 5;

/// The last calls the visitor may see.
async fn last(app: &App, visitor: &Visitor, route: KeyRoute) -> Result<Result<Vec<LatestCall>, StoreError>, Response> {
    let terms = app.engine.registry().terms();
    read_seen(app, visitor, route, move |c, sight| Ok(calls::latest(c, sight, LAST, &terms.zones)?)).await
}

/// `GET /get_latest_calls`.
pub(super) async fn latest_calls(State(app): State<App>, visitor: Visitor) -> Response {
    last(&app, &visitor, routes::LATEST_CALLS).await.map_or_else(|refusal| refusal, latest_answer)
}

pub(super) fn latest_answer(calls: Result<Vec<LatestCall>, StoreError>) -> Response {
    match calls {
        Ok(calls) => Json(json!({ "calls": calls })).into_response(),
        Err(error) => {
            tracing::error!(%error, "the last calls cannot be read");
            match away(&error) {
                true => Json(json!({ "calls": [], "warning": words(&error) })).into_response(),
                false => (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": words(&error) }))).into_response(),
            }
        }
    }
}

/// `GET /contact-center/vilnius`. A person who has not signed in is led to where they can.
pub(super) async fn dashboard(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Response {
    match last(&app, &visitor, routes::VILNIUS).await {
        Ok(calls) => cards::respond(StatusCode::OK, &page(&calls)),
        Err(refusal) if refusal.status() == StatusCode::UNAUTHORIZED && wants_page(&headers) => {
            Redirect::to("/ui/").into_response()
        }
        Err(refusal) => refusal,
    }
}

/// The page; that the calls cannot be read is said on it.
pub(super) fn page(calls: &Result<Vec<LatestCall>, StoreError>) -> Markup {
    let content = match calls {
        Ok(calls) => html! {
            section aria-label="Последний звонок" {
                h2 { "Последний звонок" }
                @match calls.first() {
                    Some(call) => {
                        p.number { (number(call)) }
                        p.agency { (call.agency_name.as_deref().unwrap_or("Агентство не определено")) }
                        p.muted { (call.time_begin) " · оператор " (or_dash(call.currator.as_deref())) }
                    },
                    None => p.muted { "Звонков ещё не было" },
                }
            }
            section aria-label="Последние звонки всех агентств" {
                h2 { "Последние звонки всех агентств" }
                table {
                    thead { tr {
                        th scope="col" { "Начало" } th scope="col" { "Конец" } th scope="col" { "Номер" }
                        th scope="col" { "Агентство" } th scope="col" { "Контакт" } th scope="col" { "Оператор" }
                        th scope="col" { "Тема" }
                    } }
                    tbody {
                        @for call in calls { tr {
                            td { (call.time_begin) } td { (call.time_end) } td { (number(call)) }
                            td { (or_dash(call.agency_name.as_deref())) } td { (or_dash(call.agency_manager.as_deref())) }
                            td { (or_dash(call.currator.as_deref())) } td { (or_dash(call.theme.as_deref())) }
                        } }
                    }
                }
            }
        },
        Err(error) => {
            tracing::error!(%error, "the last calls cannot be read");
            html! {
                p.failure role="alert" { (words(error)) }
                p.muted { "Записанные звонки это не затронет. Обновите страницу через несколько секунд" }
            }
        }
    };
    let head = html! { meta http-equiv="refresh" content="30"; };
    let body = html! { body { main { h1 { "Контакт-центр Вильнюс" } (content) } } };
    cards::document("Контакт-центр Вильнюс · Pult", &head, &body)
}

fn number(call: &LatestCall) -> String {
    call.phone_number.as_deref().map_or_else(|| "—".to_owned(), |digits| format!("+{digits}"))
}

fn or_dash(text: Option<&str>) -> &str {
    text.filter(|t| !t.is_empty()).unwrap_or("—")
}

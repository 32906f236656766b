//! Saying what a call was about: from a card by its address, and from the current card of the browser.
//!
//! Deliberately not here: whether a theme changes anything (the rule of calls) and the console's command.

use axum::{
    Form, Json,
    extract::{Path, State, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use pult_domain::{Fact, Subject, areas::calls::Fact as CallFact};
use pult_engine::{
    auth::Actor,
    error::{ApiError, ErrorCode},
};
use serde::Deserialize;
use serde_json::json;

use super::{COOKIE, page, respond, see_card, view};
use crate::{App, console::cookie, guard::Sender, links::Card, pages};

/// The longest theme (behaviour/helpdesk 2.3), characters.
const THEME: usize = 128;

#[derive(Deserialize)]
pub(super) struct Given {
    theme: String,
}

type Filled = Result<Form<Given>, FormRejection>;

/// What became of a theme.
enum Outcome {
    Updated,
    Unchanged,
    NoCall,
    BadTheme,
    Failed(ApiError),
}

impl Outcome {
    fn status(&self) -> StatusCode {
        match self {
            Self::Updated | Self::Unchanged => StatusCode::OK,
            Self::NoCall | Self::BadTheme => StatusCode::BAD_REQUEST,
            Self::Failed(error) => match error.code {
                ErrorCode::Busy | ErrorCode::DiskFull => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    /// The status word and the message of the legacy answer.
    fn words(&self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Updated => ("success", None),
            Self::Unchanged => ("warning", Some("Запись не найдена или тема не изменилась")),
            Self::NoCall => ("error", Some("Запись звонка не найдена")),
            Self::BadTheme => ("error", Some("Тема: от 1 до 128 символов")),
            Self::Failed(_) => ("error", Some("Тема не сохранена, повторите через несколько секунд")),
        }
    }

    fn json(&self) -> Response {
        let (status, message) = self.words();
        let body = match message {
            Some(message) => json!({ "status": status, "message": message }),
            None => json!({ "status": status }),
        };
        with_retry((self.status(), Json(body)).into_response())
    }
}

fn with_retry(answer: Response) -> Response {
    let mut answer = pages::later(answer);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// `POST /call-card/{id}/theme`: JSON for the card's script, back to the card for a plain form.
pub(super) async fn of_card(
    State(app): State<App>,
    Path(id): Path<String>,
    axum::Extension(sender): axum::Extension<Sender>,
    headers: HeaderMap,
    form: Filled,
) -> Response {
    let outcome = give(&app, Some(&id), sender, form).await;
    let by_script =
        headers.get_all(header::ACCEPT).iter().any(|v| v.to_str().is_ok_and(|v| v.contains("application/json")));
    match outcome {
        outcome if by_script => outcome.json(),
        Outcome::Updated | Outcome::Unchanged => see_card(&id),
        outcome => {
            let text = outcome.words().1.unwrap_or_default();
            with_retry(respond(outcome.status(), &page::sentence("Тема не сохранена", text)))
        }
    }
}

/// `POST /update_call_theme`: the call of the card this browser saw last.
pub(super) async fn of_current(
    State(app): State<App>,
    axum::Extension(sender): axum::Extension<Sender>,
    headers: HeaderMap,
    form: Filled,
) -> Response {
    give(&app, cookie(&headers, COOKIE), sender, form).await.json()
}

async fn give(app: &App, id: Option<&str>, sender: Sender, form: Filled) -> Outcome {
    let engine = &app.engine;
    let Some(Card::Record(record)) = id.and_then(|id| app.links.open(id, engine.clock().now())) else {
        return Outcome::NoCall;
    };
    let Ok(Form(Given { theme })) = form else { return Outcome::BadTheme };
    let theme = theme.trim();
    if theme.is_empty() || theme.chars().count() > THEME {
        return Outcome::BadTheme;
    }
    let view = match view::read(engine, record).await {
        Ok(view) => view,
        Err(error) => return failed(error.into()),
    };
    let Some(call) = view.as_ref().and_then(view::View::call) else { return Outcome::NoCall };
    if call.theme.as_deref() == Some(theme) {
        return Outcome::Unchanged;
    }
    let operator = call.operator.as_deref().unwrap_or("call card");
    let actor = Actor::at_call_card(operator, &sender.0.to_string());
    let fact = CallFact::ThemeSet { call: call.id, theme: theme.to_owned(), by: operator.to_owned() };
    match engine.act(&actor, "calls.set_theme", &Subject::call(call.id), Fact::Calls(fact)).await {
        Ok(_) => Outcome::Updated,
        Err(error) if error.code == ErrorCode::NotFound => Outcome::NoCall,
        Err(error) => failed(error),
    }
}

fn failed(error: ApiError) -> Outcome {
    tracing::warn!(%error, "a theme was not kept");
    Outcome::Failed(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_whether_to_come_back() {
        for (code, status, retry) in
            [(ErrorCode::Busy, 503, true), (ErrorCode::DiskFull, 503, true), (ErrorCode::Internal, 500, false)]
        {
            let answer = Outcome::Failed(ApiError::new(code, "x")).json();
            assert_eq!(answer.status(), status);
            assert_eq!(answer.headers().contains_key(header::RETRY_AFTER), retry);
        }
    }
}

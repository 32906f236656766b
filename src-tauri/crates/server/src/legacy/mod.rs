//! The addresses other programs know from the systems before Pult (behaviour/helpdesk 1.1, 2.1, 3, 4.3, 6, 7, 8), with exactly their answers.
//!
//! Unlike before, they ask for a sign-in or a key, and a failure is said and never dressed up as data. No header lets pages of
//! other origins read them. Deliberately not here: the call card and what is called from it (`cards`), the telephony's entry
//! (its integration), queries (the store).

mod agencies;
mod floor;
mod journal;
mod network;
mod notices;
mod reports;
#[cfg(test)]
mod tests;
mod tickets;
mod vilnius;

use axum::{
    Json, Router,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::civil::Date;
use pult_domain::areas::calls::Centre;
use pult_engine::api::{
    calls::calls_seen,
    routes::{self, KeyRoute},
};
use pult_store::{Connection, StoreError, calls::Sight};
use serde_json::{Value, json};

use crate::{App, cards, console::Visitor, pages};

/// An address of old.
pub(crate) struct LegacyRoute {
    /// The path.
    pub(crate) path: &'static str,
    /// What a key's list of routes calls it, and who may read it.
    pub(crate) opens: KeyRoute,
    /// One line for the OpenAPI document.
    pub(crate) summary: &'static str,
    /// Parameters of the query with what they mean.
    pub(crate) query: &'static [(&'static str, &'static str)],
    /// Whether it is a page.
    pub(crate) page: bool,
    /// The method, in small letters as the document has it.
    pub(crate) verb: &'static str,
}

const DATE: &[(&str, &str)] = &[("date", "A day, YYYY-MM-DD; today when it is missing or is no day")];

const TARGET: &[(&str, &str)] = &[("target", "The key of a target; the default one when it is missing or unknown")];
const HISTORY: &[(&str, &str)] =
    &[TARGET[0], ("limit", "How many results, 50 by default; 0 or less for all that are kept")];

const fn route(path: &'static str, opens: KeyRoute, summary: &'static str) -> LegacyRoute {
    LegacyRoute { path, opens, summary, query: &[], page: false, verb: "get" }
}

const fn posted(path: &'static str, summary: &'static str) -> LegacyRoute {
    LegacyRoute { verb: "post", ..route(path, routes::NOTIFICATIONS_SET, summary) }
}

const fn put(path: &'static str, summary: &'static str) -> LegacyRoute {
    LegacyRoute { verb: "put", ..route(path, routes::TASKS_SET, summary) }
}

/// All of them: the router, the rights, the document and its test go by this list.
pub(crate) const ROUTES: &[LegacyRoute] = &[
    LegacyRoute {
        query: DATE,
        ..route("/api/moscow-calls", routes::MOSCOW_CALLS, "Calls of the Moscow centre of a day, newest first")
    },
    LegacyRoute { query: DATE, ..route("/api/calls", routes::MOSCOW_CALLS, "The same as /api/moscow-calls") },
    LegacyRoute {
        query: DATE,
        ..route(
            "/api/moscow-operator-stats",
            routes::MOSCOW_OPERATOR_STATS,
            "Calls of each operator of the Moscow centre on a day, by name",
        )
    },
    route(
        "/api/moscow-calls-monthly-stats",
        routes::MOSCOW_MONTHLY_STATS,
        "Calls of the Moscow centre by month over all time",
    ),
    route("/api/call_stats", routes::CALL_STATS, "Calls of today in both centres and their mean duration"),
    route("/api/client-card/call/{call_id}", routes::CLIENT_CARD, "The client's card of a call"),
    route(
        "/api/call-agency-data/{pp_id}",
        routes::CALL_AGENCY_DATA,
        "The agency an enquiry was last passed to: one or none",
    ),
    LegacyRoute {
        query: &[("search", "Part of a name, address, city, metro, district or number; at most 200 are then found")],
        ..route("/api/agencies", routes::AGENCIES, "Agencies of the Moscow centre by name, without hidden ones")
    },
    route("/api/agency-details/{id}", routes::AGENCY_DETAILS, "Everything about an agency of the Moscow centre"),
    route("/get_latest_calls", routes::LATEST_CALLS, "The last five calls of the Vilnius centre"),
    LegacyRoute {
        query: TARGET,
        ..route("/api/ping", routes::PING, "Asks a target of the network now, or waits for the answer on its way")
    },
    LegacyRoute {
        query: HISTORY,
        ..route("/api/ping-history", routes::PING_HISTORY, "The last results of a target, the oldest first")
    },
    route("/api/status", routes::NETWORK_STATUS, "What was seen last of every target; nobody is asked"),
    LegacyRoute {
        page: true,
        ..route("/network-monitor", routes::NETWORK_MONITOR, "Leads to the network screen of the console")
    },
    LegacyRoute {
        page: true,
        ..route("/contact-center/vilnius", routes::VILNIUS, "A page of the last calls of the Vilnius centre")
    },
    LegacyRoute {
        verb: "post",
        ..route("/finesse/login", routes::FLOOR_LOGIN, "Connect one's own account at the source of operator states")
    },
    LegacyRoute {
        verb: "post",
        ..route("/finesse/logout", routes::FLOOR_LOGIN, "Disconnect one's own account at the source of operator states")
    },
    route("/finesse/session", routes::FLOOR_OWN, "One's own account and state"),
    LegacyRoute {
        verb: "post",
        ..route(
            "/finesse/agent/state",
            routes::FLOOR_SET_STATE,
            "Ask for another state of one's own: READY, NOT_READY or LOGOUT",
        )
    },
    route("/finesse/agent/state", routes::FLOOR_OWN, "One's own state"),
    route("/finesse/agents/status", routes::FLOOR_AGENTS, "Everybody's state, by name"),
    route("/finesse/health-check", routes::FLOOR_HEALTH, "Whether operators are watched; always 200"),
    route("/finesse/check-connection", routes::FLOOR_HEALTH, "Whether operators are watched"),
    route("/api/notifications/poll", routes::NOTIFICATIONS, "One's own unread notices of tickets, newest first"),
    route("/get-notification-count", routes::NOTIFICATIONS, "How many notices of tickets are not done, read ones too"),
    route("/api/notifications/widget/status", routes::NOTIFICATIONS, "One's own settings of the panel of notices"),
    route("/api/notifications/status", routes::NOTIFICATIONS, "Whether one is told of new notices of tickets at once"),
    posted("/api/notifications/widget/toggle", "Switch the panel of notices on or off"),
    posted("/api/notifications/toggle", "Be told of new notices of tickets at once, or not"),
    posted("/api/notifications/mark-read", "Mark a notice read"),
    posted("/api/notifications/mark-all-read", "Mark all notices of tickets read"),
    posted("/api/notifications/clear", "Put all notices of tickets aside; they stay in the history"),
    posted("/api/notifications/widget/clear", "The same as /api/notifications/clear"),
    posted("/api/notifications/redmine/mark-read", "The same as /api/notifications/mark-read"),
    posted("/api/notifications/redmine/clear", "Put notices of new tickets aside"),
    posted("/clear-notifications", "The same as /api/notifications/clear"),
    posted("/delete_notification_status/{id}", "Put a notice aside"),
    posted("/delete_notification_add_notes/{id}", "Put a notice aside"),
    posted("/delete_notification_redmine/{id}", "Put a notice aside"),
    LegacyRoute {
        query: reports::REPORT,
        ..route("/redmine-report", routes::TICKET_REPORT, "Tickets of a project by who works on them and by month")
    },
    LegacyRoute {
        query: reports::DETAILS,
        ..route("/redmine-report/details", routes::TICKET_REPORT, "The tickets behind a figure of the report")
    },
    LegacyRoute {
        query: reports::REPORT,
        ..route("/redmine-report/export", routes::TICKET_REPORT, "The report and its tickets as a workbook")
    },
    LegacyRoute {
        query: reports::STALE,
        ..route(
            "/redmine-report/stale-tasks",
            routes::STALE_TICKETS,
            "Open tickets whose status has not changed for long, the oldest first",
        )
    },
    LegacyRoute {
        query: reports::STALE,
        ..route("/redmine-report/stale-tasks/export", routes::STALE_TICKETS, "The same as a workbook")
    },
    route(
        "/tasks/get-my-tasks-statistics-optimized",
        routes::TICKET_STATISTICS,
        "One's own tasks by what their statuses mean",
    ),
    LegacyRoute { page: true, ..route("/reports", routes::REPORTS_SCREEN, "Leads to the reports of the console") },
    route("/get-my-issues", routes::OWN_TICKETS, "One's own requests, the last changed first, and all statuses"),
    LegacyRoute {
        query: tickets::OVERVIEW,
        ..route("/get-my-issues-overview", routes::OWN_TICKETS, "The same, narrowed")
    },
    route("/get-my-issues-summary", routes::OWN_TICKETS, "How many of one's own requests have which status"),
    LegacyRoute {
        query: tickets::TABLE,
        ..route("/get-my-issues-datatable", routes::OWN_TICKETS, "A page of one's own requests")
    },
    LegacyRoute { page: true, ..route("/my-issues/{id}", routes::OWN_TICKETS, "Leads to a ticket in the console") },
    LegacyRoute {
        page: true,
        verb: "post",
        ..route("/my-issues/{id}", routes::OWN_TICKETS_SET, "A comment by a form; leads back to the ticket")
    },
    LegacyRoute {
        page: true,
        verb: "post",
        ..route("/my-issues/new", routes::OWN_TICKETS_SET, "A new request by a form; leads to it")
    },
    LegacyRoute {
        query: tickets::TASKS,
        ..route("/tasks/get-my-tasks-paginated", routes::TASKS, "A page of the tasks given to one")
    },
    route("/tasks/api/task/{id}", routes::TASKS, "A task with its history and files"),
    route("/tasks/api/task/{id}/statuses", routes::TASKS, "Statuses that may be set"),
    route("/tasks/api/task/{id}/priorities", routes::TASKS, "Priorities that may be set"),
    route("/tasks/api/users", routes::TASKS, "People tasks can be given to, by name"),
    put("/tasks/api/task/{id}/status", "Set the status of a task, with a comment where one is given"),
    put("/tasks/api/task/{id}/priority", "Set the priority of a task"),
    put("/tasks/api/task/{id}/assignee", "Give a task to somebody; 0 for nobody"),
    LegacyRoute { verb: "post", ..route("/tasks/api/task/{id}/comment", routes::TASKS_SET, "Comment on a task") },
    put("/tasks/api/task/{id}/comment/{journal}/edit", "Rewrite a comment of one's own"),
    LegacyRoute {
        verb: "delete",
        ..route("/tasks/api/task/{id}/comment/{journal}/delete", routes::TASKS_SET, "Take away a comment of one's own")
    },
];

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/api/moscow-calls", get(journal::moscow_calls))
        .route("/api/calls", get(journal::moscow_calls))
        .route("/api/moscow-operator-stats", get(journal::moscow_operator_stats))
        .route("/api/moscow-calls-monthly-stats", get(journal::moscow_monthly_stats))
        .route("/api/call_stats", get(journal::call_stats))
        .route("/api/client-card/call/{call_id}", get(agencies::client_card))
        .route("/api/call-agency-data/{pp_id}", get(agencies::call_agency_data))
        .route("/api/agencies", get(agencies::search))
        .route("/api/agency-details/{id}", get(agencies::details))
        .route("/get_latest_calls", get(vilnius::latest_calls))
        .route("/api/ping", get(network::ping))
        .route("/api/ping-history", get(network::history))
        .route("/api/status", get(network::status))
        .route("/network-monitor", get(network::screen))
        .route("/contact-center/vilnius", get(vilnius::dashboard))
        .route("/finesse/login", post(floor::login))
        .route("/finesse/logout", post(floor::logout))
        .route("/finesse/session", get(floor::session))
        .route("/finesse/agent/state", get(floor::state).post(floor::set_state))
        .route("/finesse/agents/status", get(floor::agents))
        .route("/finesse/health-check", get(floor::health))
        .route("/finesse/check-connection", get(floor::check))
        .merge(notifications())
        .merge(reports::router())
        .merge(tickets::router())
        .layer(axum::middleware::map_response(keep_nowhere))
        // The page above looks like the cards, which live at the other listener.
        .route("/call-card.css", get(cards::style))
}

fn notifications() -> Router<App> {
    Router::new()
        .route("/api/notifications/poll", get(notices::poll))
        .route("/get-notification-count", get(notices::count))
        .route("/api/notifications/widget/status", get(notices::widget_status))
        .route("/api/notifications/status", get(notices::status))
        .route("/api/notifications/widget/toggle", post(notices::toggle_widget))
        .route("/api/notifications/toggle", post(notices::toggle_toasts))
        .route("/api/notifications/mark-read", post(notices::mark_read))
        .route("/api/notifications/mark-all-read", post(notices::mark_all_read))
        .route("/api/notifications/clear", post(notices::clear))
        .route("/api/notifications/widget/clear", post(notices::clear))
        .route("/api/notifications/redmine/mark-read", post(notices::mark_read))
        .route("/api/notifications/redmine/clear", post(notices::clear_created))
        .route("/clear-notifications", post(notices::clear))
        .route("/delete_notification_status/{id}", post(notices::delete))
        .route("/delete_notification_add_notes/{id}", post(notices::delete))
        .route("/delete_notification_redmine/{id}", post(notices::delete))
}

/// Personal data stays in no cache.
async fn keep_nowhere(mut answer: Response) -> Response {
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// The refusal for a visitor to whom this route is not open: most are open to viewers, one's own notices to everybody; what changes
/// something asks for more, the Moscow centre for its grant, and reports on tickets for a supervisor or a viewer with theirs.
fn refuse(visitor: &Visitor, route: KeyRoute) -> Option<Response> {
    let actor = match visitor.may(route.name, route.role) {
        Ok(actor) => actor,
        Err(refusal) => return Some(refusal),
    };
    let words = |grant| format!("the right to {} is missing", routes::named(grant));
    route.lacks(actor).map(|grant| pages::error(StatusCode::FORBIDDEN, "forbidden", None, &words(grant)))
}

/// What somebody reads through their own sight of the calls, once the route is open to them.
async fn read_seen<T: Send + 'static>(
    app: &App,
    visitor: &Visitor,
    route: KeyRoute,
    read: impl FnOnce(&Connection, &Sight) -> Result<T, StoreError> + Send + 'static,
) -> Result<Result<T, StoreError>, Response> {
    let actor = match refuse(visitor, route) {
        None => visitor.actor()?.clone(),
        Some(refusal) => return Err(refusal),
    };
    Ok(app.engine.store().read(move |c| read(c, &calls_seen(c, &actor)?)).await)
}

/// Whether a browser asks rather than a program.
fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|accepted| accepted.contains("text/html"))
}

/// A day of the query in the Moscow centre's zone.
fn day(app: &App, given: Option<&str>) -> Date {
    let today = || {
        let zone = app.engine.registry().terms().zones.of(Centre::Moscow).clone();
        app.engine.clock().now().to_zoned(zone).date()
    };
    match given.map(|text| Date::strptime("%Y-%m-%d", text)) {
        Some(Ok(day)) => day,
        Some(Err(_)) => {
            tracing::info!("a day was asked for that is none; today is shown");
            today()
        }
        None => {
            tracing::debug!("no day was asked for; today is shown");
            today()
        }
    }
}

/// The old way of saying that data cannot be had: with an empty list where there is one, and without the database's own words.
fn failed(error: &StoreError, list: Option<&str>) -> Response {
    tracing::error!(%error, "a legacy route could not be answered");
    let mut body = json!({ "success": false, "error": words(error) });
    if let (Some(list), Value::Object(fields)) = (list, &mut body) {
        fields.insert(list.to_owned(), json!([]));
    }
    (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
}

/// Why data cannot be had, for a person.
fn words(error: &StoreError) -> &'static str {
    if away(error) {
        "Ошибка подключения к базе данных"
    } else {
        "Ошибка чтения базы данных"
    }
}

/// Whether the database is out of reach rather than broken.
fn away(error: &StoreError) -> bool {
    matches!(error, StoreError::Busy | StoreError::Closed)
}

//! Clients and agencies of the Moscow centre at their old addresses.
//!
//! Deliberately not here: agencies of the agency service, which only a call card shows.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use pult_domain::CallId;
use pult_engine::api::routes;
use pult_store::{
    Connection, StoreError, agencies,
    calls::{self, Sight},
};
use serde::Deserialize;
use serde_json::json;

use super::{failed, read_seen, refuse};
use crate::{App, console::Visitor};

/// Agencies found at most by a search; the whole list has no bound, as its readers expect.
const FOUND: usize = 200;

fn not_there(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({ "success": false, "error": text }))).into_response()
}

/// `GET /api/client-card/call/{call_id}`.
pub(super) async fn client_card(State(app): State<App>, visitor: Visitor, Path(call): Path<String>) -> Response {
    // What is no number names no call.
    let id = call.parse().ok().map(CallId);
    let read = move |c: &Connection, sight: &Sight| {
        let seen =
            |id: &CallId| Ok::<_, StoreError>(calls::by_ids(c, &[*id])?.first().is_some_and(|row| sight.keeps(row)));
        match id {
            Some(id) if seen(&id)? => Ok(calls::client_card(c, id)?),
            _ => Ok(None),
        }
    };
    match read_seen(&app, &visitor, routes::CLIENT_CARD, read).await {
        Ok(Ok(Some(card))) => Json(json!({ "success": true, "client_data": card })).into_response(),
        Ok(Ok(None)) => not_there(StatusCode::OK, "Информация о клиенте не найдена"),
        Ok(Err(error)) => failed(&error, None),
        Err(refusal) => refusal,
    }
}

/// `GET /api/call-agency-data/{pp_id}`.
pub(super) async fn call_agency_data(
    State(app): State<App>,
    visitor: Visitor,
    Path(enquiry): Path<String>,
) -> Response {
    let (enquiry, terms) = (enquiry.parse().ok(), app.engine.registry().terms());
    let read = move |c: &Connection, sight: &Sight| match enquiry {
        Some(id) if sight.keeps_enquiry(c, id)? => {
            Ok(calls::agency_of_enquiry(c, id, &terms.excluded_agencies, &terms.zones)?)
        }
        _ => Ok(None),
    };
    match read_seen(&app, &visitor, routes::CALL_AGENCY_DATA, read).await {
        Ok(Ok(agency)) => {
            let data: Vec<_> = agency.into_iter().collect();
            Json(json!({ "success": true, "agency_data": data })).into_response()
        }
        Ok(Err(error)) => failed(&error, Some("agency_data")),
        Err(refusal) => refusal,
    }
}

#[derive(Deserialize)]
pub(super) struct Search {
    search: Option<String>,
}

/// `GET /api/agencies`.
pub(super) async fn search(State(app): State<App>, visitor: Visitor, Query(search): Query<Search>) -> Response {
    if let Some(refusal) = refuse(&visitor, routes::AGENCIES) {
        return refusal;
    }
    let part = search.search.filter(|part| !part.trim().is_empty());
    let most = if part.is_some() { FOUND } else { usize::MAX };
    match app.engine.store().read(move |c| Ok(agencies::agencies_search(c, part.as_deref(), most)?)).await {
        Ok(found) => Json(json!({ "success": true, "agencies": found })).into_response(),
        Err(error) => failed(&error, Some("agencies")),
    }
}

/// `GET /api/agency-details/{id}`.
pub(super) async fn details(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Response {
    if let Some(refusal) = refuse(&visitor, routes::AGENCY_DETAILS) {
        return refusal;
    }
    let found = match id.parse() {
        Ok(id) => app.engine.store().read(move |c| Ok(agencies::agency_details(c, id)?)).await,
        Err(_) => Ok(None),
    };
    match found {
        Ok(Some(agency)) => Json(json!({ "success": true, "agency_details": agency })).into_response(),
        Ok(None) => not_there(StatusCode::NOT_FOUND, "Агентство не найдено"),
        Err(error) => failed(&error, None),
    }
}

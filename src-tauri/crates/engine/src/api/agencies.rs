//! Commands of the agencies of the Moscow centre: look one up, see its card. They belong to that centre's journal (behaviour/helpdesk 1)
//! and are open to whoever may see its calls (behaviour/helpdesk 9), as the addresses of the previous system are (`routes`).
//!
//! Deliberately not here: changing them; the source of truth is the call centre's own database.

use pult_domain::AgencyId;
use pult_store::{StoreError, agencies};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Engine, auth::Actor, error::ApiError};

/// Looks for agencies by name, address, place or number.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Part of any of these, at least 2 characters.
    pub text: String,
    /// How many at most, up to 200.
    pub limit: usize,
}

/// What was found, by name.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Found {
    /// The agencies.
    pub agencies: Vec<agencies::AgencyLine>,
}

/// One agency.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AgencyRequest {
    /// Which.
    pub id: AgencyId,
}

/// Everything about an agency.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AgencyPanel {
    /// Its card.
    pub agency: agencies::AgencyDetails,
}

pub(super) async fn search(engine: &Engine, _: &Actor, request: Search) -> Result<Found, ApiError> {
    if request.text.trim().chars().count() < 2 {
        return Err(ApiError::field("text", "at least 2 characters"));
    }
    if request.limit == 0 || request.limit > 200 {
        return Err(ApiError::field("limit", "1 to 200"));
    }
    let agencies = engine
        .store()
        .read(move |c| Ok(agencies::agencies_search(c, Some(request.text.trim()), request.limit)?))
        .await?;
    Ok(Found { agencies })
}

pub(super) async fn detail(engine: &Engine, _: &Actor, request: AgencyRequest) -> Result<AgencyPanel, ApiError> {
    let id = request.id;
    let agency =
        engine.store().read(move |c| agencies::agency_details(c, id.0)?.ok_or(StoreError::NotFound("agency"))).await?;
    Ok(AgencyPanel { agency })
}

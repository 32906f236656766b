//! What happened lately to tickets that are not over (behaviour/helpdesk 8).
//!
//! Deliberately not here: whose tickets somebody may see (`tickets`), and what stands in them (the store's).

use jiff::SignedDuration;
use pult_store::tickets::{self, ActiveTicket, TicketFilter, TicketWhose};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Engine, auth::Actor, error::ApiError};

/// How far back it goes, days.
const LATELY: u8 = 10;

/// What happened lately.
#[derive(Debug, Clone, Copy, Default, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct TicketActivityRequest {
    /// Whose tickets.
    pub whose: TicketWhose,
}

/// What happened lately to tickets that are not over.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TicketActivity {
    /// The last changed first, 50 at most.
    pub rows: Vec<ActiveTicket>,
    /// How far back it goes, days.
    pub days: u8,
}

/// What was changed and said lately in tickets that are not over, as far as a person may read it.
///
/// # Errors
/// When it cannot be read.
pub async fn activity(
    engine: &Engine,
    actor: &Actor,
    request: TicketActivityRequest,
) -> Result<TicketActivity, ApiError> {
    let viewer = engine.ticket_viewer(actor).await?;
    let account = engine.ticket_account(actor).await?.filter(|account| account.good).map(|account| account.id);
    let filter = TicketFilter { whose: request.whose, closed: Some(false), ..TicketFilter::default() };
    let since = engine.clock().now() - SignedDuration::from_hours(24 * i64::from(LATELY));
    let rows = engine.store().read(move |c| tickets::active(c, &viewer, account, &filter, since)).await?;
    Ok(TicketActivity { rows, days: LATELY })
}

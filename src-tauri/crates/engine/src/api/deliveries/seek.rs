//! What somebody looks for in the traffic: as far as they may look on each area's own screen, and no further.
//!
//! Deliberately not here: what a text may mean, and where it leads (`pult_store::traffic`).

use pult_store::{
    Connection, StoreError,
    traffic::{self, Sought},
};

use crate::{Engine, areas::tickets::source, auth::Actor, error::ApiError};

use super::super::cases;

/// The longest text to look for, characters.
const LONGEST: usize = 200;

/// Refuses a span of time without an instant in it.
pub(in crate::api) fn check_span(from: Option<i64>, until: Option<i64>) -> Result<(), ApiError> {
    match (from, until) {
        (Some(from), Some(until)) if until <= from => Err(ApiError::field("filter.until", "after `from`")),
        _ => Ok(()),
    }
}

/// The way to what was typed, to be gone by the database; to nothing in particular where nothing was typed.
pub(in crate::api) async fn of(
    engine: &Engine,
    actor: &Actor,
    text: Option<&str>,
) -> Result<impl FnOnce(&Connection) -> Result<Option<Sought>, StoreError> + Send + 'static, ApiError> {
    let text = text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST) {
        return Err(ApiError::field("filter.search", format!("at most {LONGEST} characters")));
    }
    let look = cases::looking(engine, actor).await?;
    let (now, tickets) = (engine.clock().now(), source(&engine.registry().terms()));
    let all = engine.ticket_viewer(actor).await?.all;
    // A key of the tracker's tells of a ticket: for those who may see every one.
    let sources: Vec<&'static str> =
        engine.registry().all().iter().map(|i| i.name()).filter(|name| all || *name != tickets).collect();
    Ok(move |c: &Connection| match text {
        Some(text) => traffic::seek(c, &look(c)?, &text, &sources, now).map(Some),
        None => Ok(None),
    })
}

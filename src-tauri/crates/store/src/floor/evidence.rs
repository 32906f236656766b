//! What speaks for one verdict or another about a "not ready": colleagues whom something befell, what the probes saw, and what the operator's
//! own messenger showed.
//!
//! Deliberately not here: weighing it (the domain's `verdict`).

use pult_domain::{
    Instant, OperatorId,
    areas::floor::{Evidence, ProbedTarget, Probes, Reason, ReasonKind, verdict::DETECTION},
};
use rusqlite::{Connection, Result, params};

use super::presence;
use crate::{StoreError, millis, network};

/// How long after a "not ready" a colleague's still counts as the same moment.
const AFTER: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

/// Gathers the evidence about a stretch that began at an instant.
pub(super) fn gather(
    connection: &Connection,
    operator: OperatorId,
    reason: Option<&Reason>,
    began: Instant,
) -> Result<Evidence, StoreError> {
    let from = began.checked_sub(DETECTION).unwrap_or(began);
    let to = began.checked_add(AFTER).unwrap_or(began);
    let target = network::saw(connection, network::Span { from: millis(from), until: millis(to) })?;
    Ok(Evidence {
        reason: reason.map(|r| r.kind),
        code: reason.and_then(|r| r.code),
        colleagues: colleagues(connection, operator, from, to)?,
        probes: probes(target.as_ref()),
        target,
        messenger: presence::seen(connection, operator, began, (from, to))?,
        from,
        to,
    })
}

pub(super) const COLLEAGUES: &str = "SELECT count(DISTINCT i.operator) FROM floor_interval i
     WHERE i.kind = ?1 AND i.began BETWEEN ?2 AND ?3 AND i.operator <> ?4 AND EXISTS
     (SELECT 1 FROM floor_member a JOIN floor_member b ON b.team = a.team WHERE a.operator = ?4 AND b.operator = i.operator)";

/// Colleagues of the same teams whom something befell in the window.
fn colleagues(connection: &Connection, operator: OperatorId, from: Instant, to: Instant) -> Result<u32> {
    let kinds =
        [ReasonKind::ConnectionLost, ReasonKind::PhoneDown, ReasonKind::DidNotAnswer, ReasonKind::PlatformFailed];
    let mut statement = connection.prepare_cached(COLLEAGUES)?;
    let mut count = 0;
    for kind in kinds {
        count += statement
            .query_row(params![kind.as_ref(), millis(from), millis(to), operator.0], |r| r.get::<_, u32>(0))?;
    }
    Ok(count)
}

/// What the probes of the network saw in the window.
fn probes(target: Option<&ProbedTarget>) -> Probes {
    match target.map_or((0, 0), |target| (target.asked, target.bad)) {
        (0, _) => Probes::NotWatched,
        // A single lost or slow cycle happens on every network.
        (_, 0 | 1) => Probes::Good,
        _ => Probes::Bad,
    }
}

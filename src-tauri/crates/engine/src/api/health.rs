//! How the engine is: what the top bar, the tray and `/readyz` are made of.
//!
//! Deliberately not here: metrics for machines (the server's `/metrics`).

use jiff::SignedDuration;
use pult_integrations::Completeness;
use pult_store::connections;
use serde::Serialize;
use ts_rs::TS;

use super::Nothing;
use crate::{
    Engine, auth::Actor, certificates::OwnCertificate, error::ApiError, pace::Likeness, supervisor::WorkerHealth,
};

/// How a source of news is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// It speaks, or has nothing to say.
    Live,
    /// A person stopped it.
    Paused,
    /// It cannot be reached; tries go on.
    Down,
    /// A person has to mend it.
    Trouble,
    /// Nothing has come from it yet.
    Silent,
}

/// A source as the top bar shows it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Source {
    /// The integration.
    pub name: String,
    /// How it is.
    pub state: SourceState,
    /// The last sign of life, milliseconds UTC.
    #[ts(type = "number | null")]
    pub seen_at: Option<i64>,
    /// When its newest record came, milliseconds UTC; absent for one that sends none.
    #[ts(type = "number | null")]
    pub newest_at: Option<i64>,
    /// The usual time between its records at this time of the week, milliseconds; absent where that is not known.
    #[ts(type = "number | null")]
    pub usual_ms: Option<i64>,
    /// From this instant on it is silent for longer than usual, milliseconds UTC.
    #[ts(type = "number | null")]
    pub late_at: Option<i64>,
    /// From this instant on its silence needs somebody, milliseconds UTC.
    #[ts(type = "number | null")]
    pub overdue_at: Option<i64>,
    /// What a person has to mend, as JSON text.
    pub trouble: Option<String>,
    /// Whether it can be known that everything has come.
    pub completeness: Completeness,
}

/// How the engine is.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Health {
    /// The version of the program.
    pub version: String,
    /// Its time, milliseconds UTC.
    #[ts(type = "number")]
    pub now: i64,
    /// Since when it runs, milliseconds UTC.
    #[ts(type = "number")]
    pub started_at: i64,
    /// The sources that are switched on.
    pub sources: Vec<Source>,
    /// Its workers.
    pub workers: Vec<WorkerHealth>,
    /// The certificates its own listeners serve with; none where they speak no TLS themselves.
    pub certificates: Vec<OwnCertificate>,
    /// Records that wait for a decision.
    pub backlog: usize,
    /// Records that may wait at most.
    pub backlog_limit: usize,
    /// Writes that wait for the disk.
    pub write_queue: usize,
}

/// How the engine is.
///
/// # Errors
/// When the store cannot be read.
pub async fn health(engine: &Engine, _: &Actor, _: Nothing) -> Result<Health, ApiError> {
    Ok(engine.health().await?)
}

impl Engine {
    /// How the engine is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn health(&self) -> Result<Health, pult_store::StoreError> {
        let names: Vec<_> = self.registry().all().iter().map(|i| (i.name(), i.completeness())).collect();
        let lanes = self.lanes();
        let (now, started) = (self.clock().now(), self.started_at().as_millisecond());
        let sources = self
            .store()
            .read(move |c| {
                let likeness = Likeness::of(c, now)?;
                names
                    .into_iter()
                    .map(|(name, completeness)| {
                        let memory = connections::get(c, name)?;
                        let open = lanes
                            .iter()
                            .any(|l| l.integration == name && l.breaker != crate::lanes::BreakerState::Closed);
                        let seen_at = memory.last_in_at.max(memory.last_out_at);
                        let state = match () {
                            () if memory.trouble.is_some() => SourceState::Trouble,
                            () if memory.paused_by.is_some() => SourceState::Paused,
                            () if open => SourceState::Down,
                            () if seen_at.is_none() => SourceState::Silent,
                            () => SourceState::Live,
                        };
                        let newest_at = memory.last_in_at;
                        let pace = if newest_at.is_some() { likeness.pace(c, name)? } else { None };
                        // While nobody listened nothing could be heard: silence begins with our own start.
                        let heard = newest_at.map(|at| at.max(started));
                        let due = |after: SignedDuration| heard.map(|at| at.saturating_add(millis(after)));
                        Ok(Source {
                            name: name.to_owned(),
                            state,
                            seen_at,
                            newest_at,
                            usual_ms: pace.map(|p| millis(p.usual)),
                            late_at: pace.and_then(|p| due(p.late)),
                            overdue_at: pace.and_then(|p| due(p.overdue?)),
                            trouble: memory.trouble,
                            completeness,
                        })
                    })
                    .collect()
            })
            .await?;
        Ok(Health {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            now: now.as_millisecond(),
            started_at: started,
            sources,
            workers: self.supervisor().health(),
            certificates: self.own_certificates().all(),
            backlog: self.backlog(),
            backlog_limit: self.queue_limit(),
            write_queue: self.store().write_queue(),
        })
    }
}

fn millis(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

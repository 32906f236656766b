//! How the engine is: what the top bar, the tray and `/readyz` are made of.
//!
//! Deliberately not here: metrics for machines (the server's `/metrics`).

use pult_store::connections;
use serde::Serialize;
use ts_rs::TS;

use super::Nothing;
use crate::{Engine, auth::Actor, error::ApiError, supervisor::WorkerHealth};

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
    /// What a person has to mend, as JSON text.
    pub trouble: Option<String>,
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
        let names: Vec<&'static str> = self.registry().all().iter().map(|i| i.name()).collect();
        let lanes = self.lanes();
        let sources = self
            .store()
            .read(move |c| {
                names
                    .into_iter()
                    .map(|name| {
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
                        Ok(Source { name: name.to_owned(), state, seen_at, trouble: memory.trouble })
                    })
                    .collect()
            })
            .await?;
        Ok(Health {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            now: self.clock().now().as_millisecond(),
            started_at: self.started_at().as_millisecond(),
            sources,
            workers: self.supervisor().health(),
            backlog: self.backlog(),
            backlog_limit: self.queue_limit(),
            write_queue: self.store().write_queue(),
        })
    }
}

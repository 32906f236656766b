//! Why something is as it is: the decisions about it with their reasons, as far as whoever asks may see what they are about.
//!
//! Deliberately not here: computing a decision again (`again`), and words for a reason (the console's).

use pult_domain::{JournalId, Subject};
use pult_store::journal::{self, EntryRow};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{PAGE, sight::Looker};
use crate::{Engine, auth::Actor, error::ApiError};

/// Asks why something is as it is.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum WhyRequest {
    /// One decision.
    Entry {
        /// Which.
        id: JournalId,
    },
    /// All decisions about a subject, for instance `call:17`, newest first.
    Subject {
        /// Which.
        subject: Subject,
    },
}

/// Decisions with their reasons, newest first.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Why {
    /// The decisions.
    pub entries: Vec<EntryRow>,
}

pub(in crate::api) async fn why(engine: &Engine, actor: &Actor, request: WhyRequest) -> Result<Why, ApiError> {
    let looker = Looker::of(engine, actor).await?;
    let entries = engine
        .store()
        .read(move |c| {
            let entries = match request {
                WhyRequest::Entry { id } => vec![journal::get(c, id)?],
                WhyRequest::Subject { subject } => journal::of_subject(c, &subject, PAGE)?,
            };
            looker.sight(c)?.entries(c, entries)
        })
        .await?;
    Ok(Why { entries })
}

//! The feed of the Moscow call journal: rows of the call centre's own database, posted in batches or dropped as files.
//!
//! Deliberately not here: which row of the journal a report fills (the rules of calls).

mod fields;
mod folder;
mod intake;
mod table;
mod wire;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use jiff::tz::TimeZone;
use pult_domain::{Instant, areas::calls::ReportedAgency};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{CheckStep, Completeness, Credentials, Integration, ParseError, Parsed, Poll, StoredRequest, Webhook};

use self::folder::Folder;

/// The integration's name.
pub const NAME: &str = "call_feed";

/// The most rows of a posted batch, and of a record made from a file.
pub const MAX_ROWS: usize = 500;

/// An agency of the Moscow centre from a row by itself, read as the feed reads the `agentstvo` of a call (behaviour/helpdesk 1.3).
/// `cells` says that the row is one of a table: all its values are text, and an empty one says nothing.
///
/// # Errors
/// Names the first field that is unknown, too long or of another type.
pub fn agency(row: Map<String, Value>, cells: bool) -> Result<ReportedAgency, ParseError> {
    wire::agency_alone(row, if cells { fields::Form::Cells } else { fields::Form::Json })
}

/// Settings, without secrets. The callers' key is the secret `cc.api_key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether batches are accepted.
    pub enabled: bool,
    /// The zone of times that name none.
    pub moscow_zone: String,
    /// The folder watched for files; none when unset.
    pub watch_dir: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { enabled: false, moscow_zone: "Europe/Moscow".to_owned(), watch_dir: None }
    }
}

/// Why the feed cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// No such time zone.
    #[error("moscow_zone: there is no time zone {0}")]
    Zone(String),
}

/// The connection to the call centre's database.
pub struct CallFeed {
    settings: Settings,
    zone: TimeZone,
    credentials: Arc<dyn Credentials>,
    folder: Option<Folder>,
}

impl CallFeed {
    /// A connection; the key is read from `credentials` at each request.
    ///
    /// # Errors
    /// When the time zone is unknown.
    pub fn new(settings: Settings, credentials: Arc<dyn Credentials>) -> Result<Self, SetupError> {
        let zone = TimeZone::get(&settings.moscow_zone).map_err(|_| SetupError::Zone(settings.moscow_zone.clone()))?;
        let folder = settings.watch_dir.clone().map(|path| Folder::new(path, zone.clone()));
        Ok(Self { settings, zone, credentials, folder })
    }

    fn key(&self) -> Option<String> {
        self.credentials.secret("cc.api_key").filter(|key| !key.is_empty())
    }
}

#[async_trait]
impl Integration for CallFeed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parse(&self, record: &StoredRequest, _received_at: Instant) -> Result<Parsed, ParseError> {
        wire::batch(record, &self.zone)
    }

    fn of_file(&self, name: &str, content: &[u8]) -> Option<Vec<StoredRequest>> {
        folder::all(name, content)
    }

    fn webhook(&self) -> Option<&dyn Webhook> {
        Some(self)
    }

    /// Files are put into the folder by somebody, as calls are sent by somebody: what was never sent is not found.
    fn completeness(&self) -> Completeness {
        Completeness::Unproven
    }

    fn poll(&self) -> Option<&dyn Poll> {
        self.folder.as_ref().map(|folder| folder as &dyn Poll)
    }

    async fn check(&self) -> Vec<CheckStep> {
        let mut steps = vec![];
        if self.settings.enabled {
            steps.push(match self.key() {
                Some(_) => CheckStep::good("key", "a key has been set"),
                None => CheckStep::bad("key", "no key has been set"),
            });
        }
        if let Some(folder) = &self.folder {
            steps.push(match folder.look().await {
                Ok(files) => CheckStep::good("folder", format!("{files} waiting")),
                Err(error) => CheckStep::bad("folder", error.to_string()),
            });
        }
        if steps.is_empty() {
            steps.push(CheckStep::bad("key", "neither batches nor a folder are switched on"));
        }
        steps
    }
}

#[cfg(test)]
mod tests;

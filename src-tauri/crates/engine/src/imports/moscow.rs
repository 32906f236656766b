//! Rows of the old Moscow journal, in the form of the call feed (behaviour/helpdesk 1.5).
//!
//! A row is understood by the feed itself, so that history and live rows cannot be read differently, and keeps the feed's
//! key, so that a call sent by both is one. Deliberately not here: the feed's field names.

use std::sync::Arc;

use pult_domain::{
    Fact, Instant,
    areas::calls::{self, ReportedCall, rule::feed_key},
};
use pult_integrations::{
    Credentials, Integration, StoredRequest,
    call_feed::{CallFeed, Settings},
};
use pult_store::{
    Connection, StoreError,
    calls::{Imported, Zones, import_reported},
};

use super::{ImportError, Rows, Written, cells::Cells};

pub(super) struct MoscowCalls {
    feed: CallFeed,
    zones: Zones,
}

/// Reading rows needs no secret.
struct NoSecrets;

impl Credentials for NoSecrets {
    fn secret(&self, _: &str) -> Option<String> {
        None
    }
}

impl MoscowCalls {
    /// Rows whose times are of the Moscow centre's zone.
    pub(super) fn new(zones: Zones) -> Result<Self, ImportError> {
        let wrong = |reason: String| ImportError::Form { line: 1, reason };
        let zone =
            zones.moscow.iana_name().ok_or_else(|| wrong("the zone of the Moscow centre has no name".to_owned()))?;
        let settings = Settings { moscow_zone: zone.to_owned(), ..Settings::default() };
        let feed = CallFeed::new(settings, Arc::new(NoSecrets)).map_err(|e| wrong(e.to_string()))?;
        Ok(Self { feed, zones })
    }
}

impl Rows for MoscowCalls {
    type Row = ReportedCall;

    fn needs(&self) -> &'static [&'static str] {
        &["source_id"]
    }

    fn read(&self, cells: &Cells<'_>) -> Result<ReportedCall, String> {
        let (form, body) = match cells {
            Cells::Json(object) => {
                ("application/json", serde_json::json!({ "calls": [object] }).to_string().into_bytes())
            }
            Cells::Csv { header, record } => {
                let mut table = csv::Writer::from_writer(Vec::new());
                let wrong = |_| "the row cannot be read".to_owned();
                table.write_record(&header.names).map_err(wrong)?;
                table.write_record(record).map_err(wrong)?;
                ("text/csv", table.into_inner().map_err(|_| "the row cannot be read".to_owned())?)
            }
        };
        let request = StoredRequest {
            route: "import".to_owned(),
            method: String::new(),
            path: String::new(),
            query: vec![],
            headers: vec![("content-type".to_owned(), form.to_owned())],
            body: body.into(),
        };
        // When a row came does not matter: its own time is required.
        let parsed = self.feed.parse(&request, Instant::UNIX_EPOCH).map_err(|e| e.to_string())?;
        if let Some(rejected) = parsed.rejected.into_iter().next() {
            return Err(rejected.error);
        }
        match parsed.facts.into_iter().next().map(|observed| observed.fact) {
            Some(Fact::Calls(calls::Fact::CallReported(reported))) => Ok(*reported),
            _ => Err("the row holds no call".to_owned()),
        }
    }

    fn key(&self, row: &ReportedCall) -> String {
        feed_key(&row.source_id)
    }

    fn write(&self, connection: &Connection, row: &ReportedCall) -> Result<Written, StoreError> {
        let (_, outcome) = import_reported(connection, &feed_key(&row.source_id), row, &self.zones)?;
        Ok(match outcome {
            Imported::Added => Written::Added,
            Imported::Updated => Written::Changed,
        })
    }
}

//! Rows of `agentstvo`, the Moscow centre's agencies (behaviour/helpdesk 1.3).
//!
//! A row is understood by the call feed, so that an agency reads the same whichever way it comes. Deliberately not here: telephones of
//! the Vilnius centre's agencies (`agency_phones`).

use pult_domain::areas::calls::ReportedAgency;
use pult_integrations::call_feed;
use pult_store::{Connection, StoreError, agencies::import_agency, calls::Imported};
use serde_json::Map;

use super::{Rows, Written, cells::Cells};

pub(super) struct Agencies;

impl Rows for Agencies {
    type Row = ReportedAgency;

    fn needs(&self) -> &'static [&'static str] {
        &["id", "name"]
    }

    fn read(&self, cells: &Cells<'_>) -> Result<ReportedAgency, String> {
        // Both are required: without an id the same row sent again would be another agency, and one without a name is found by nobody.
        if cells.whole("id")? < 1 {
            return Err("id: 1 or more".to_owned());
        }
        cells.required("name")?;
        let (row, table): (Map<_, _>, _) = match cells {
            Cells::Json(object) => {
                (object.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect(), false)
            }
            Cells::Csv { header, record } => {
                let named = header.names.iter().zip(record).filter(|(name, _)| !name.is_empty());
                (named.map(|(name, cell)| (name.to_lowercase(), cell.trim().into())).collect(), true)
            }
        };
        call_feed::agency(row, table).map_err(|error| error.to_string())
    }

    fn key(&self, row: &ReportedAgency) -> String {
        row.id.unwrap_or_default().to_string()
    }

    fn write(&self, connection: &Connection, row: &ReportedAgency) -> Result<Written, StoreError> {
        Ok(match import_agency(connection, row)? {
            Some(Imported::Added) => Written::Added,
            // One without an id was turned away when it was read.
            Some(Imported::Updated) | None => Written::Changed,
        })
    }
}

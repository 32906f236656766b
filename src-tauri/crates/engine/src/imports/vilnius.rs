//! Rows of `T_CALL_INFO`, the old journal of the Vilnius centre (behaviour/helpdesk 2.3).
//!
//! Deliberately not here: limits of columns (the store cuts texts).

use pult_domain::AgencyId;
use pult_store::{
    Connection, StoreError,
    calls::{HistoryRow, Imported, Zones, import_history},
};

use super::{Rows, Written, cells, cells::Cells, dates};

pub(super) struct VilniusCalls {
    pub(super) zones: Zones,
}

impl Rows for VilniusCalls {
    type Row = HistoryRow;

    fn needs(&self) -> &'static [&'static str] {
        &["CALL_INFO_ID", "TIME_BEGIN"]
    }

    fn read(&self, cells: &Cells<'_>) -> Result<HistoryRow, String> {
        let zone = &self.zones.vilnius;
        let agency_id = match cells.said("AGENCY_ID")? {
            None => None,
            Some(text) => Some(AgencyId(cells::whole("AGENCY_ID", &text)?)),
        };
        let time_end = match cells.said("TIME_END")? {
            None => None,
            Some(text) => Some(dates::instant("TIME_END", &text, zone)?),
        };
        Ok(HistoryRow {
            call_info_id: cells.whole("CALL_INFO_ID")?,
            time_begin: dates::instant("TIME_BEGIN", &cells.required("TIME_BEGIN")?, zone)?,
            time_end,
            agency_id,
            phone_number: cells.said("PHONE_NUMBER")?,
            currator: cells.said("CURRATOR")?,
            theme: cells.said("THEME")?,
            region: cells.said("REGION")?,
            agency_manager: cells.said("AGENCY_MANAGER")?,
            agency_name: cells.said("AGENCY_NAME")?,
        })
    }

    fn key(&self, row: &HistoryRow) -> String {
        row.call_info_id.to_string()
    }

    fn write(&self, connection: &Connection, row: &HistoryRow) -> Result<Written, StoreError> {
        Ok(match import_history(connection, row, &self.zones)? {
            Imported::Added => Written::Added,
            Imported::Updated => Written::Changed,
        })
    }
}

//! Rows of `T_AGENCY_PHONE` (behaviour/helpdesk 2.3).
//!
//! Deliberately not here: finding an agency by a number.

use pult_domain::PhoneNumber;
use pult_store::{
    Connection, StoreError,
    agencies::{PhoneRow, import_agency_phone},
    calls::Imported,
};

use super::{Rows, Written, cells::Cells};

pub(super) struct AgencyPhones;

impl Rows for AgencyPhones {
    type Row = PhoneRow;

    fn needs(&self) -> &'static [&'static str] {
        &["AGENCY_ID", "AGENCY_PHONE"]
    }

    fn read(&self, cells: &Cells<'_>) -> Result<PhoneRow, String> {
        let agency_id = cells.whole("AGENCY_ID")?;
        if !(1..100_000_000).contains(&agency_id) {
            return Err("AGENCY_ID: 1 to 99999999".to_owned());
        }
        let agency_phone = cells.required("AGENCY_PHONE")?;
        if PhoneNumber::digits_of(&agency_phone).is_none() {
            return Err("AGENCY_PHONE: 1 to 20 digits".to_owned());
        }
        Ok(PhoneRow { agency_id, agency_phone, oc_rowid: cells.said("OC_ROWID")?, o_rowid: cells.said("O_ROWID")? })
    }

    fn key(&self, row: &PhoneRow) -> String {
        format!("{} {}", row.agency_id, row.agency_phone.trim())
    }

    fn write(&self, connection: &Connection, row: &PhoneRow) -> Result<Written, StoreError> {
        Ok(match import_agency_phone(connection, row)? {
            Some(Imported::Added) => Written::Added,
            // One without digits was turned away when it was read.
            Some(Imported::Updated) | None => Written::Changed,
        })
    }
}

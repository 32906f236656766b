//! What the journal shows: rows, totals and cards as the console and the legacy API read them.
//!
//! Instants are milliseconds since 1970 UTC, which a JavaScript number holds exactly. Deliberately not here: dates and
//! durations worded for a reader, except in the shapes whose wire form the legacy API fixes.

use pult_domain::{
    AgencyId, CallId, RecordId,
    areas::calls::{AgencyCard, CallState, Centre, Lack, codes::Badge},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::agencies::AgencyColumns;

/// How far the agency's card has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CardState {
    /// Nobody asked for one.
    None,
    /// Asked for; not come yet.
    Asked,
    /// It is here.
    Found,
    /// It will not come.
    Missing,
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CallRow {
    /// Which call.
    pub id: CallId,
    /// Whose.
    pub centre: Centre,
    /// When it began, ms.
    #[ts(type = "number")]
    pub started_at: i64,
    /// When it ended, ms; absent while it goes on and when nobody said.
    #[ts(type = "number | null")]
    pub ended_at: Option<i64>,
    /// Whether it goes on.
    pub state: CallState,
    /// The caller's digits.
    pub phone: Option<String>,
    /// What the telephony sent where it had no digits.
    pub ani: Option<String>,
    /// The operator's name or telephony id.
    pub operator: Option<String>,
    /// The result's code.
    #[ts(type = "number | null")]
    pub result: Option<i64>,
    /// Its text (behaviour/helpdesk 1.2).
    pub result_text: String,
    /// Its badge.
    pub badge: Badge,
    /// The type's code.
    #[ts(type = "number | null")]
    pub type_call: Option<i64>,
    /// Its text.
    pub type_text: String,
    /// What it was about, as somebody said.
    pub theme: Option<String>,
    /// The agency as the agency service numbers it; 0 when the number belongs to none.
    pub agency_id: Option<AgencyId>,
    /// Its name.
    pub agency_name: Option<String>,
    /// Its contact person.
    pub agency_manager: Option<String>,
    /// Whether the agency is on the black list, where its card says so.
    pub blacklist: Option<bool>,
    /// How far the agency's card has come.
    pub card_state: CardState,
    /// Why it will not come.
    pub lack: Option<Lack>,
    /// Whether the client's card can be opened (behaviour/helpdesk 1.1).
    pub has_client_card: bool,
    /// The client's enquiry.
    #[ts(type = "number | null")]
    pub pp_id: Option<i64>,
    /// Who called back.
    pub called_back_by: Option<String>,
    /// When, ms.
    #[ts(type = "number | null")]
    pub called_back_at: Option<i64>,
}

/// One call with all that is kept of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CallDetail {
    /// Its line of the journal.
    pub row: CallRow,
    /// The agency's card.
    pub card: Option<AgencyCard>,
    /// The region code of the centre.
    pub region: Option<String>,
    /// The source's card id.
    #[ts(type = "number | null")]
    pub card_id: Option<i64>,
    /// The record it began with; absent for imported calls.
    pub record: Option<RecordId>,
}

/// A place in the journal between two rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Cursor {
    /// When the row at the edge began, ms.
    #[ts(type = "number")]
    pub started_at: i64,
    /// That row.
    pub id: CallId,
}

/// Some rows of the journal, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Page {
    /// The rows; there may be fewer than asked for, even none, while `next` still leads on.
    pub rows: Vec<CallRow>,
    /// Where the search goes on in the same direction; absent when there is nothing further.
    pub next: Option<Cursor>,
}

/// How many rows a filter lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Count {
    /// Rows counted.
    #[ts(type = "number")]
    pub calls: i64,
    /// Counting stopped early: there may be more.
    pub at_least: bool,
}

/// One operator's part of a stretch of days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct OperatorTotal {
    /// Who; absent for calls nobody is named for.
    pub operator: Option<String>,
    /// Calls.
    #[ts(type = "number")]
    pub calls: i64,
    /// Mean duration in seconds of those whose end is known; absent when none is.
    pub mean_seconds: Option<f64>,
}

/// Calls of one hour with one result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HourBar {
    /// When the hour began, ms.
    #[ts(type = "number")]
    pub hour: i64,
    /// Whose.
    pub centre: Centre,
    /// The result's code; absent for none and for any the code table does not know.
    #[ts(type = "number | null")]
    pub result: Option<i64>,
    /// Calls.
    #[ts(type = "number")]
    pub calls: i64,
}

/// A line of `/get_latest_calls`: the columns of `T_CALL_INFO`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "each field is the column of the same name in behaviour/helpdesk 2.3")]
pub struct LatestCall {
    pub call_info_id: CallId,
    /// `dd.mm.yyyy HH:MM` in the centre's zone.
    pub time_begin: String,
    /// The same, or `N/A`.
    pub time_end: String,
    pub phone_number: Option<String>,
    pub currator: Option<String>,
    pub theme: Option<String>,
    pub region: Option<String>,
    pub agency_manager: Option<String>,
    pub agency_name: Option<String>,
}

/// The `C` of behaviour/helpdesk 1.1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the wire names of behaviour/helpdesk 1.1")]
pub struct MoscowCall {
    pub id: CallId,
    /// As the source wrote it, where it did.
    pub phone_number: Option<String>,
    pub operator: Option<String>,
    /// `dd.mm.yyyy, HH:MM:SS` in the centre's zone.
    pub time: String,
    pub card_id: Option<i64>,
    pub pp_id: Option<i64>,
    pub has_client_card: bool,
    pub result: Option<i64>,
    pub call_result_text: &'static str,
    pub call_type_text: &'static str,
}

/// The answer of `/api/client-card/call/{call_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[allow(missing_docs, reason = "the wire names of behaviour/helpdesk 1.1")]
pub struct ClientCard {
    #[ts(type = "number")]
    pub processing_id: i64,
    pub client_name: Option<String>,
    pub client_city: Option<String>,
    pub manager_name: Option<String>,
    pub metro_name: Option<String>,
    pub country_name: Option<String>,
    pub ad_name: Option<String>,
    pub phone: Option<String>,
}

/// A telephone of an agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TelephoneLine {
    /// The source's id.
    #[ts(type = "number")]
    pub id: i64,
    /// As the source wrote it.
    pub number: Option<String>,
    /// What the source says of it.
    pub comment: Option<String>,
}

/// The `A` of behaviour/helpdesk 1.1: the agency of an enquiry with its latest call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[allow(missing_docs, reason = "the wire names of behaviour/helpdesk 1.1")]
pub struct AgencyOfEnquiry {
    /// The call to the agency (`calls_result`).
    #[ts(type = "number")]
    pub id: i64,
    #[ts(type = "number")]
    pub agency_db_id: i64,
    pub agency_name_ru: Option<String>,
    pub agency_name_en: Option<String>,
    pub agency_address: Option<String>,
    pub agency_comment: Option<String>,
    pub agency_metro_name: Option<String>,
    #[ts(type = "number | null")]
    pub agency_region_id: Option<i64>,
    #[serde(flatten)]
    pub columns: AgencyColumns,
    #[ts(type = "number | null")]
    pub result: Option<i64>,
    pub call_result_text: String,
    pub client_country: Option<String>,
    pub client_metro: Option<String>,
    pub manager_name: Option<String>,
    /// `dd.mm.yyyy HH:MM:SS` in the centre's zone.
    pub datetime: Option<String>,
    pub client_name: Option<String>,
    pub operator_name: Option<String>,
    pub telephones_detailed: Vec<TelephoneLine>,
}

/// Calls of one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[allow(missing_docs, reason = "the wire names of behaviour/helpdesk 1.1")]
pub struct MonthTotal {
    #[ts(type = "number")]
    pub year: i64,
    #[ts(type = "number")]
    pub month: i64,
    #[ts(type = "number")]
    pub count: i64,
}

/// Calls of a day and how long they took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct TodayStats {
    /// Calls.
    #[ts(type = "number")]
    pub calls: i64,
    /// Mean duration in seconds of those whose end is known; absent when none is.
    pub mean_seconds: Option<f64>,
}

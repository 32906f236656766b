//! What can happen to a call.
//!
//! Deliberately not here: the telephony client's query names or the feed's JSON (their integrations'), and consequences (the rule's).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AgencyId, CallId, Failure, PhoneNumber, areas::floor::DialogReport};

/// Something about a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// The telephony client opened a card for an incoming call (Vilnius).
    CallStarted {
        /// The number as it was sent, at most 64 characters: shown when it cannot be understood.
        ani: String,
        /// Its digits; absent for a withheld, empty or unusable number.
        number: Option<PhoneNumber>,
        /// The operator's id at the telephony; may be empty.
        curator: String,
    },
    /// The telephony client says that the operator's call with this number is over (Vilnius).
    CallEnded {
        /// The caller's digits.
        number: Option<PhoneNumber>,
        /// The operator's id at the telephony.
        curator: String,
    },
    /// No end was ever reported for an open call.
    EndNeverReported {
        /// Which.
        call: CallId,
    },
    /// A call as the Moscow call centre's own database has it: new, or the same again with more known.
    CallReported(Box<ReportedCall>),
    /// A call the floor has seen from beginning to end.
    CallWatched(Box<DialogReport>),
    /// A person said what the call was about.
    ThemeSet {
        /// Which call.
        call: CallId,
        /// The theme, at most 128 characters.
        theme: String,
        /// Who: a login, or the operator's id when set from a call card.
        by: String,
    },
    /// The telephony client says what an operator's call with this number was about (Vilnius).
    ThemeGiven {
        /// The caller's digits.
        number: Option<PhoneNumber>,
        /// The operator's id at the telephony.
        curator: String,
        /// The theme, at most 128 characters.
        theme: String,
    },
    /// A person called the caller back, or took that mark away.
    CalledBack {
        /// Which call.
        call: CallId,
        /// The mark.
        done: bool,
        /// Who.
        by: String,
    },
    /// The agency service answered with the card.
    AgencyFound {
        /// The call it was read for.
        call: CallId,
        /// What it says.
        card: Box<AgencyCard>,
    },
    /// There is no card, for a stated reason; the call stays recorded.
    AgencyMissing {
        /// The call it was read for.
        call: CallId,
        /// Whose card.
        agency: AgencyId,
        /// Why not.
        lack: Lack,
    },
}

impl Fact {
    /// A stable word for logs, counters and the journal.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CallStarted { .. } => "call_started",
            Self::CallEnded { .. } => "call_ended",
            Self::EndNeverReported { .. } => "end_never_reported",
            Self::CallReported(_) => "call_reported",
            Self::CallWatched(_) => "call_watched",
            Self::ThemeSet { .. } => "theme_set",
            Self::ThemeGiven { .. } => "theme_given",
            Self::CalledBack { .. } => "called_back",
            Self::AgencyFound { .. } => "agency_found",
            Self::AgencyMissing { .. } => "agency_missing",
        }
    }
}

/// Why something asked for did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// The service knows no such thing.
    Unknown,
    /// The service refused: our rights or our request are wrong.
    Refused,
    /// It did not come in time to be of use.
    TooLate,
}

impl Lack {
    /// What an effect's failure means for the card.
    #[must_use]
    pub fn of(failure: Failure) -> Self {
        match failure {
            Failure::DoesNotExist => Self::Unknown,
            Failure::TooLate => Self::TooLate,
            Failure::State | Failure::Rights | Failure::Unsupported | Failure::Refused => Self::Refused,
        }
    }
}

/// The agency's card as the agency service gives it (behaviour/helpdesk 2.4). Absent means "not said".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[allow(missing_docs, reason = "each field is the card key of the same name in behaviour/helpdesk 2.4")]
pub struct AgencyCard {
    pub agency_name: Option<String>,
    pub company_name_en: Option<String>,
    pub agency_city: Option<String>,
    pub agency_percent: Option<String>,
    pub agency_front_office: Option<String>,
    /// `false` is shown as an alarm: there is no contract.
    pub agency_contract: Option<bool>,
    pub agency_quantity_tourists: Option<String>,
    pub agency_boss: Option<String>,
    pub agency_curator_name: Option<String>,
    /// `true` is shown as an alarm bar.
    pub agency_blacklist: Option<bool>,
    pub agency_contact_person: Option<String>,
    pub agency_contact_description: Option<String>,
    /// The first ten managers joined by ` / `.
    pub agency_employee: Option<String>,
}

/// A row of another table named by id, by name, or by both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reference {
    /// The id in the source's table.
    pub id: Option<i64>,
    /// Its name.
    pub name: Option<String>,
}

/// A call of the Moscow journal with everything the source knows of it (behaviour/helpdesk 1.3, 1.5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "fields without a line carry the column of the same name in behaviour/helpdesk 1.3")]
pub struct ReportedCall {
    /// The source's id of the call, the idempotency key; 1 to 128 characters.
    pub source_id: String,
    /// When it began.
    pub datetime: crate::Instant,
    /// The journal's own row id, where the source has one.
    pub id: Option<i64>,
    pub card_id: Option<i64>,
    pub privat_processing_id: Option<i64>,
    pub result: Option<i64>,
    pub type_call: Option<i64>,
    /// The operator.
    pub operator: Option<Reference>,
    /// The caller's number.
    pub telephone: Option<ReportedPhone>,
    /// The client's enquiry, the "client card".
    pub privat_processing: Option<ReportedProcessing>,
    /// Calls made to agencies for this enquiry.
    pub calls_result: Vec<CallResultRow>,
    /// The agency those calls went to.
    pub agentstvo: Option<ReportedAgency>,
}

impl ReportedCall {
    /// A call of which its beginning alone is known.
    #[must_use]
    pub fn began(source_id: impl Into<String>, datetime: crate::Instant) -> Self {
        Self {
            source_id: source_id.into(),
            datetime,
            id: None,
            card_id: None,
            privat_processing_id: None,
            result: None,
            type_call: None,
            operator: None,
            telephone: None,
            privat_processing: None,
            calls_result: vec![],
            agentstvo: None,
        }
    }
}

/// A row of `telephone`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "columns of behaviour/helpdesk 1.3")]
pub struct ReportedPhone {
    pub id: Option<i64>,
    pub number: Option<String>,
    pub comment: Option<String>,
    pub time_rezhim_id: Option<i64>,
}

/// A row of `privat_processing`, references by id or name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "columns of behaviour/helpdesk 1.3")]
pub struct ReportedProcessing {
    pub id: Option<i64>,
    /// `|`-separated ids of `calls_result`.
    pub calls_results_ids: Option<String>,
    pub country: Option<Reference>,
    pub metro: Option<Reference>,
    pub manager_name: Option<Reference>,
    pub client_name: Option<Reference>,
    pub client_city: Option<Reference>,
    pub ads: Option<Reference>,
}

/// A row of `calls_result`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "columns of behaviour/helpdesk 1.3")]
pub struct CallResultRow {
    pub id: Option<i64>,
    pub telephone: Option<ReportedPhone>,
    pub result: Option<i64>,
    pub datetime: Option<crate::Instant>,
}

/// A row of `agentstvo`, references by id or name, phones with their comments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "columns of behaviour/helpdesk 1.3")]
pub struct ReportedAgency {
    pub id: Option<i64>,
    pub name: Option<String>,
    pub english_name: Option<String>,
    pub adres: Option<String>,
    pub comment: Option<String>,
    /// `tel_1_id` to `tel_7_id`, in order.
    pub telephones: Vec<ReportedPhone>,
    pub city: Option<Reference>,
    pub metro: Option<Reference>,
    pub district: Option<Reference>,
    pub area: Option<Reference>,
    pub region: Option<Reference>,
    pub time_zone: Option<String>,
    pub time_rezhim_id: Option<i64>,
    pub english: Option<bool>,
    pub tickets: Option<bool>,
    pub station_not_set: Option<bool>,
    pub switch_msk_agency: Option<bool>,
    pub bank_card: Option<bool>,
    pub stambul: Option<bool>,
    pub austria: Option<bool>,
    pub hidden: Option<bool>,
}

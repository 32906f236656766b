//! What a card shows, read from the store at one go.
//!
//! Deliberately not here: how it looks (`page`).

use pult_domain::{
    AgencyId, CallId, Fact, Instant, PhoneNumber, RecordId,
    areas::calls::{CallState, Fact as CallFact},
};
use pult_engine::Engine;
use pult_integrations::StoredRequest;
use pult_store::{
    StoreError, agencies,
    calls::{self, CallDetail, CallRow, CardState, Direction, Filter, PhonePart, Place, Sight},
    inbox::{self, Record, RecordState, StoredBody},
    journal,
};

/// Calls of the same agency that are listed (behaviour/helpdesk 2.2 step 6).
const HISTORY: usize = 5;

/// What the record of a card led to.
pub(super) enum View {
    /// It is safe, and nothing has been decided about it yet.
    Recording {
        /// The number as it was sent.
        ani: String,
    },
    /// It led to no call: the number belongs to nobody outside, or there was no open call to end.
    NoCall {
        /// The number as far as it is known.
        ani: String,
        /// Whether it told of an end.
        ended: bool,
    },
    /// It began, repeated or ended this call.
    Call(Box<CallView>),
}

/// A call with what stands around it.
pub(super) struct CallView {
    /// The call.
    pub(super) detail: CallDetail,
    /// Other calls of its agency, newest first.
    pub(super) history: Vec<CallRow>,
    /// Whether the record told of its end: the summary is shown.
    pub(super) ended: bool,
}

/// What is known of a number.
pub(super) struct Glance {
    /// Agencies that own it, the largest id first.
    pub(super) agencies: Vec<AgencyId>,
    /// The last calls of the first of them, or else of the number.
    pub(super) history: Vec<CallRow>,
}

impl View {
    /// The call it shows.
    pub(super) fn call(&self) -> Option<&CallRow> {
        match self {
            Self::Call(view) => Some(&view.detail.row),
            Self::Recording { .. } | Self::NoCall { .. } => None,
        }
    }

    /// Whether something is on its way, so that a page without scripts has to look again.
    pub(super) fn awaits(&self) -> bool {
        match self {
            Self::Recording { .. } => true,
            Self::NoCall { .. } => false,
            Self::Call(view) => view.detail.row.card_state == CardState::Asked,
        }
    }

    /// The caller for the title: `+` and digits, or what was sent.
    pub(super) fn number(&self) -> String {
        match self {
            Self::Recording { ani } | Self::NoCall { ani, .. } => readable(ani),
            Self::Call(view) => caller(&view.detail.row),
        }
    }

    /// Whether the call goes on.
    pub(super) fn goes_on(&self) -> bool {
        self.call().is_some_and(|row| row.state == CallState::Open)
    }
}

/// The caller of a call.
pub(super) fn caller(row: &CallRow) -> String {
    match (&row.phone, &row.ani) {
        (Some(digits), _) => format!("+{digits}"),
        (None, Some(ani)) => ani.clone(),
        (None, None) => String::new(),
    }
}

/// A number as it was sent: with a `+` where it is digits, untouched where it is not.
pub(super) fn readable(ani: &str) -> String {
    let bare = ani.trim().trim_start_matches('+');
    match !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit()) {
        true => format!("+{bare}"),
        false => ani.trim().to_owned(),
    }
}

/// The calls a card shows beside its own. Cards are of the Vilnius centre and ask nobody's name; calls of the other centre are for those
/// who have the right.
fn shown() -> Sight {
    Sight::of(false, None)
}

/// What the record led to; `None` when there is no such record any more.
pub(super) async fn read(engine: &Engine, record: RecordId) -> Result<Option<View>, StoreError> {
    let terms = engine.registry().terms();
    let found = engine.store().read(move |c| {
        if let Some(entry) = journal::of_record(c, record, 1)?.into_iter().next() {
            let ended = entry.kind == "call_ended";
            // The first entry of a record is that of its own fact; its subject is the call, whichever way it was found.
            let call = entry.subject.strip_prefix("call:").and_then(|id| id.parse().ok()).map(CallId);
            let detail = match call {
                Some(id) => calls::detail(c, id)?,
                None => None,
            };
            let Some(detail) = detail else {
                return Ok(Found::View(View::NoCall { ani: number_in(&entry.fact), ended }));
            };
            let history = match detail.row.agency_id {
                Some(agency) => calls::history_of_agency(c, &shown(), agency, detail.row.id, HISTORY, &terms.zones)?,
                None => vec![],
            };
            return Ok(Found::View(View::Call(Box::new(CallView { detail, history, ended }))));
        }
        match inbox::get_row(c, record) {
            Ok(row) => Ok(Found::Undecided(row.state, inbox::get(c, record)?)),
            Err(StoreError::NotFound(_)) => Ok(Found::Gone),
            Err(error) => Err(error),
        }
    });
    Ok(match found.await? {
        Found::View(view) => Some(view),
        Found::Undecided(state, record) => {
            let (ani, ended) = meant(engine, record);
            Some(match state {
                RecordState::Waiting => View::Recording { ani },
                _ => View::NoCall { ani, ended },
            })
        }
        Found::Gone => None,
    })
}

enum Found {
    View(View),
    Undecided(RecordState, Record),
    Gone,
}

/// The number of a fact of the journal, and nothing where it was erased.
fn number_in(fact: &serde_json::Value) -> String {
    serde_json::from_value::<Fact>(fact.clone()).map_or_else(|_| String::new(), |fact| told(&fact).0)
}

/// The number a fact tells, and whether it tells of an end.
fn told(fact: &Fact) -> (String, bool) {
    let digits = |number: &Option<PhoneNumber>| number.as_ref().map(|n| format!("+{n}")).unwrap_or_default();
    match fact {
        Fact::Calls(CallFact::CallStarted { ani, .. }) => (ani.clone(), false),
        Fact::Calls(CallFact::CallEnded { number, .. }) => (digits(number), true),
        Fact::Calls(_)
        | Fact::Floor(_)
        | Fact::Network(_)
        | Fact::Ratings(_)
        | Fact::Erp(_)
        | Fact::Carousel(_)
        | Fact::ChatLink(_)
        | Fact::Tickets(_)
        | Fact::Messages(_) => (String::new(), false),
    }
}

/// What a record without a journal entry says, by the integration that took it in.
fn meant(engine: &Engine, record: Record) -> (String, bool) {
    let received_at: Instant = record.received_at;
    let parsed = engine.registry().get(&record.integration).and_then(|integration| {
        let mut request: StoredRequest = serde_json::from_str(&record.request).ok()?;
        if let StoredBody::Inline(body) = record.body {
            request.body = body.into();
        }
        integration.parse(&request, received_at).ok()
    });
    parsed.and_then(|p| p.facts.first().map(|f| told(&f.fact))).unwrap_or_default()
}

/// What is known of a number; nothing is recorded.
pub(super) async fn glance(engine: &Engine, ani: &str) -> Result<Glance, StoreError> {
    let config = engine.config();
    let prefix = config.integrations.telephony.number_prefix.as_str();
    let Some(number) = PhoneNumber::digits_of(ani.strip_prefix(prefix).unwrap_or(ani)) else {
        return Ok(Glance { agencies: vec![], history: vec![] });
    };
    let terms = engine.registry().terms();
    engine
        .store()
        .read(move |c| {
            let agencies = agencies::agencies_of_phone(c, number.as_str())?;
            let history = match agencies.iter().find(|a| a.0 > 0) {
                Some(agency) => calls::history_of_agency(c, &shown(), *agency, CallId(0), HISTORY, &terms.zones)?,
                None => {
                    let phone = PhonePart { digits: number.as_str().to_owned(), place: Place::Whole };
                    let filter = Filter { sight: shown(), phone: Some(phone), ..Filter::default() };
                    calls::day_page(c, &filter, None, Direction::Older, HISTORY, &terms.zones)?.rows
                }
            };
            Ok(Glance { agencies, history })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_get_their_plus_and_words_stay() {
        for (sent, want) in
            [("37060011222", "+37060011222"), ("+370", "+370"), (" unknown ", "unknown"), ("+", "+"), ("", "")]
        {
            assert_eq!(readable(sent), want);
        }
    }
}

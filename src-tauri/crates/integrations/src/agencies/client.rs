//! The conversation with the gate: one sign-in for many cards, and another when the session turns out to be over.
//!
//! Deliberately not here: the documents (`wire`) and any repetition beyond that one (the lane's).

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::SignedDuration;
use pult_domain::{AgencyId, Failure, Instant, PhoneNumber, areas::calls::AgencyCard};
use reqwest::Method;
use tokio::sync::Mutex;
use url::Url;

use crate::{
    CallError, Credentials, Exchange,
    transport::{
        Clock,
        http::{Answer, Client},
        mask::Mask,
    },
};

use super::{
    Settings,
    wire::{self, Complaint, Fault},
};

/// The page that signs in.
pub(super) const SIGN_IN: &str = "auth_data.jsp";
/// The page that shows an agency's card.
pub(super) const VIEW: &str = "agency/view";

/// How long the gate may take to show that it speaks https, when the settings say http.
const PROBE: Duration = Duration::from_secs(3);

/// What the gate says of an agency.
#[derive(Debug, PartialEq)]
pub(super) enum Reading {
    /// Its card.
    Card(Box<AgencyCard>),
    /// There is no such agency.
    Unknown,
}

/// The gate behind its address.
pub(super) struct Gate {
    client: Client,
    base: Url,
    login: String,
    credentials: Arc<dyn Credentials>,
    clock: Clock,
    life: SignedDuration,
    /// Held through a sign-in, so that whoever comes meanwhile waits for that one.
    state: Mutex<State>,
    /// Sign-ins so far: tells whoever waited whether one was tried meanwhile.
    sign_ins: AtomicU64,
}

#[derive(Default)]
struct State {
    session: Option<Session>,
    failure: Option<CallError>,
    /// The address that answered; `None` until it is known whether the gate speaks https.
    base: Option<Url>,
}

#[derive(Clone)]
struct Session {
    id: String,
    since: Instant,
    base: Url,
}

impl Gate {
    pub(super) fn new(client: Client, settings: &Settings, credentials: Arc<dyn Credentials>, clock: Clock) -> Self {
        Self {
            client,
            base: settings.base.clone(),
            login: settings.login.clone(),
            credentials,
            clock,
            life: SignedDuration::from_mins(settings.session_minutes.into()),
            state: Mutex::default(),
            sign_ins: AtomicU64::new(0),
        }
    }

    /// Reads the card of an agency. Everything said is told as well, a sign-in included.
    pub(super) async fn read(
        &self,
        agency: AgencyId,
        phone: &PhoneNumber,
    ) -> (Vec<Exchange>, Result<Reading, CallError>) {
        let mut exchanges = vec![];
        let mut refused = None;
        loop {
            let session = match self.session(refused.as_deref(), &mut exchanges).await {
                Ok(session) => session,
                Err(error) => return (exchanges, Err(error)),
            };
            let mut url = page(&session.base, VIEW);
            url.query_pairs_mut().append_pair("agencyId", &agency.to_string()).append_pair("aid", &session.id);
            let answer = match self.get(url, &Mask::new([session.id.as_str()]), None, &mut exchanges).await {
                Ok(answer) => answer,
                Err(error) => return (exchanges, Err(error)),
            };
            let read = reading(&answer, phone);
            // Any complaint may be the session's end in words we do not know: once more with a fresh one.
            if read.is_ok() || refused.replace(session.id).is_some() {
                return (exchanges, read);
            }
        }
    }

    /// Signs in whatever is remembered, and says whether the gate was reached by https.
    pub(super) async fn try_sign_in(&self) -> (Vec<Exchange>, Result<bool, CallError>) {
        let mut exchanges = vec![];
        let mut state = self.state.lock().await;
        state.base = None;
        let outcome = self.sign_in(&mut state, &mut exchanges).await;
        (exchanges, outcome.map(|session| session.base.scheme() == "https"))
    }

    /// The session in use, or a new one where there is none, it is old, or it is the `refused` one.
    async fn session(&self, refused: Option<&str>, exchanges: &mut Vec<Exchange>) -> Result<Session, CallError> {
        let seen = self.sign_ins.load(Ordering::SeqCst);
        let mut state = self.state.lock().await;
        let now = (self.clock)();
        if let Some(session) = &state.session {
            // A clock set back makes a session old rather than eternal.
            let age = now.duration_since(session.since);
            if refused != Some(session.id.as_str()) && age >= SignedDuration::ZERO && age < self.life {
                return Ok(session.clone());
            }
        }
        if let Some(failure) = state.failure.clone().filter(|_| self.sign_ins.load(Ordering::SeqCst) != seen) {
            // Somebody tried while we waited; a second wrong password in a row could lock the account.
            return Err(failure);
        }
        self.sign_in(&mut state, exchanges).await
    }

    async fn sign_in(&self, state: &mut State, exchanges: &mut Vec<Exchange>) -> Result<Session, CallError> {
        let outcome = self.sign_in_somewhere(state.base.clone(), exchanges).await;
        self.sign_ins.fetch_add(1, Ordering::SeqCst);
        state.session = outcome.as_ref().ok().cloned();
        state.failure = outcome.as_ref().err().cloned();
        if let Ok(session) = &outcome {
            state.base = Some(session.base.clone());
        }
        outcome
    }

    async fn sign_in_somewhere(&self, known: Option<Url>, exchanges: &mut Vec<Exchange>) -> Result<Session, CallError> {
        if known.is_none()
            && let Some(secure) = secure_twin(&self.base)
        {
            match self.sign_in_at(&secure, Some(PROBE), exchanges).await {
                // Whatever else happens there, the gate does not speak https; the configured address decides.
                Err(CallError::Unreachable { .. } | CallError::Refused { .. }) => {}
                answered => return answered,
            }
        }
        self.sign_in_at(known.as_ref().unwrap_or(&self.base), None, exchanges).await
    }

    async fn sign_in_at(
        &self,
        base: &Url,
        within: Option<Duration>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Session, CallError> {
        let unauthorized = |detail: &str| CallError::Unauthorized { detail: detail.to_owned() };
        let password = self.credentials.secret("agencies.password").filter(|password| !password.is_empty());
        let password = password.ok_or_else(|| unauthorized("no password has been set"))?;
        let mut url = page(base, SIGN_IN);
        url.query_pairs_mut()
            .append_pair("j_login_request", "1")
            .append_pair("j_login", &self.login)
            .append_pair("j_passwd", &password);
        let mut mask = Mask::new([password.as_str()]);
        let since = (self.clock)();
        let before = exchanges.len();
        let answer = self.get(url, &mask, within, exchanges).await?;
        let id = session(&answer).map_err(|error| match error {
            // The gate's words may repeat what it was sent.
            CallError::Unauthorized { detail } => unauthorized(&mask.hide(&detail)),
            other => other,
        })?;
        // Only now is the session known, which the answer just kept contains.
        mask.add(&id);
        for exchange in &mut exchanges[before..] {
            exchange.response = mask.hide(&exchange.response).into_owned();
        }
        Ok(Session { id, since, base: base.clone() })
    }

    async fn get(
        &self,
        url: Url,
        mask: &Mask,
        within: Option<Duration>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Answer, CallError> {
        let mut request = self.client.request(Method::GET, url);
        if let Some(within) = within {
            request = request.timeout(within);
        }
        let request = request.build().map_err(|_| CallError::Refused {
            reason: "the address cannot be asked".to_owned(),
            why: Failure::Refused,
        })?;
        let said = self.client.send(request, mask).await;
        exchanges.push(said.exchange);
        said.outcome
    }
}

/// The session that the answer to a sign-in gives.
pub(super) fn session(answer: &Answer) -> Result<String, CallError> {
    let unauthorized = |detail: String| CallError::Unauthorized { detail };
    let status = answer.status.as_u16();
    if matches!(status, 401 | 403) {
        return Err(unauthorized(format!("HTTP {status}")));
    }
    wire::session(&answer.body).map_err(|fault| match fault {
        // The gate was asked for one thing only: a document without it is its way to say no.
        Fault::Gate { text, .. } => unauthorized(text),
        Fault::Strange if answer.status.is_success() => unauthorized("the answer holds no session".to_owned()),
        fault => refusal(&fault, status),
    })
}

/// What the answer to a card request says.
pub(super) fn reading(answer: &Answer, phone: &PhoneNumber) -> Result<Reading, CallError> {
    let fault = match wire::card(&answer.body, phone) {
        Ok(card) if answer.status.is_success() => return Ok(Reading::Card(Box::new(card))),
        Ok(_) => Fault::Strange,
        Err(Fault::Gate { about: Complaint::Agency, .. }) => return Ok(Reading::Unknown),
        Err(fault) => fault,
    };
    Err(refusal(&fault, answer.status.as_u16()))
}

fn page(base: &Url, name: &str) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(name.split('/'));
    }
    url
}

/// The same address by https, where the port does not rule that out.
fn secure_twin(base: &Url) -> Option<Url> {
    let mut twin = base.clone();
    (base.scheme() == "http" && base.port().is_none() && twin.set_scheme("https").is_ok()).then_some(twin)
}

/// What to do about an answer that stays wrong with a fresh session.
fn refusal(fault: &Fault, status: u16) -> CallError {
    match fault {
        Fault::Gate { about: Complaint::Session, .. } => {
            CallError::Unreachable { detail: "the gate refuses the session".to_owned() }
        }
        Fault::Gate { text, .. } => CallError::Refused { reason: text.clone(), why: Failure::Refused },
        Fault::NotXml(what) => CallError::Unreachable { detail: format!("HTTP {status}, not a card: {what}") },
        Fault::Strange => CallError::Unreachable { detail: format!("HTTP {status}, a document without a card") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_address_without_a_port_has_a_secure_twin() {
        for (base, twin) in [
            ("http://xml.example.com/xmlgate", Some("https://xml.example.com/xmlgate")),
            ("http://xml.example.com:80/xmlgate", Some("https://xml.example.com/xmlgate")),
            ("http://xml.example.com:8080/xmlgate", None),
            ("https://xml.example.com/xmlgate", None),
        ] {
            assert_eq!(secure_twin(&base.parse().unwrap()).as_ref().map(Url::as_str), twin);
        }
    }

    #[test]
    fn pages_are_appended_to_the_path() {
        for base in ["http://xml.example.com/xmlgate", "http://xml.example.com/xmlgate/"] {
            let url = page(&base.parse().unwrap(), VIEW);
            assert_eq!(url.as_str(), "http://xml.example.com/xmlgate/agency/view");
        }
    }
}

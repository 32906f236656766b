//! The others' questions, answered: what we can do, what we are, whether we are there; everything else is not done here.
//!
//! Deliberately not here: which system we run on; nobody needs it.

use minidom::Element;
use xmpp_parsers::{
    disco::{DiscoInfoQuery, DiscoInfoResult, Identity},
    iq::Iq,
    jid::Jid,
    ns,
    ping::Ping,
    roster,
    stanza_error::{DefinedCondition, ErrorType, StanzaError},
    version::{VersionQuery, VersionResult},
};

use super::{Machine, Now};

/// What is really done here.
const FEATURES: [&str; 4] = [ns::DISCO_INFO, ns::PING, ns::RECEIPTS, ns::VERSION];

impl Machine {
    pub(super) fn hear_iq(&mut self, now: Now, iq: Iq) {
        match iq {
            Iq::Result { from, id, payload, .. } => self.answered(now, from.as_ref(), &id, Ok(payload)),
            Iq::Error { from, id, error, .. } => self.answered(now, from.as_ref(), &id, Err(error)),
            Iq::Get { from, id, payload, .. } => {
                let answer = answer(payload);
                self.reply(from, id, answer);
            }
            Iq::Set { from, id, payload, .. } => {
                let own = from.as_ref().is_none_or(|from| self.is_own(from));
                let answer = if own && payload.is("query", ns::ROSTER) {
                    self.contacts_changed(now, &payload);
                    Some(None)
                } else {
                    None
                };
                self.reply(from, id, answer);
            }
        }
    }

    /// Answers; without an answer: that nobody here does this.
    fn reply(&mut self, to: Option<Jid>, id: String, answer: Option<Option<Element>>) {
        self.say(match answer {
            Some(payload) => Iq::Result { from: None, to, id, payload },
            None => {
                let error = StanzaError::new(ErrorType::Cancel, DefinedCondition::ServiceUnavailable, "en", "");
                Iq::Error { from: None, to, id, error: StanzaError { texts: [].into(), ..error }, payload: None }
            }
        });
    }

    fn contacts_changed(&mut self, now: Now, query: &Element) {
        for contact in super::start::contacts(query) {
            let account = self.plan.account;
            self.note(now, pult_domain::areas::messages::Fact::ContactChanged { account, contact });
        }
    }
}

fn answer(payload: Element) -> Option<Option<Element>> {
    if Ping::try_from(payload.clone()).is_ok() {
        return Some(None);
    }
    if let Ok(query) = DiscoInfoQuery::try_from(payload.clone()) {
        let features = FEATURES.iter().map(|feature| (*feature).to_owned()).collect();
        let identities = vec![Identity::new("client", "pc", "en", "Pult")];
        let info = DiscoInfoResult { node: query.node, identities, features, extensions: vec![] };
        return Some(Some(info.into()));
    }
    if VersionQuery::try_from(payload).is_ok() {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        return Some(Some(VersionResult { name: "Pult".to_owned(), version, os: None }.into()));
    }
    None
}

/// How a contact and we see one another, as the list has it.
pub(super) fn subscription(word: &roster::Subscription) -> (pult_domain::areas::messages::Subscription, bool) {
    use pult_domain::areas::messages::Subscription as Ours;
    match word {
        roster::Subscription::None => (Ours::None, false),
        roster::Subscription::To => (Ours::To, false),
        roster::Subscription::From => (Ours::From, false),
        roster::Subscription::Both => (Ours::Both, false),
        roster::Subscription::Remove => (Ours::None, true),
    }
}

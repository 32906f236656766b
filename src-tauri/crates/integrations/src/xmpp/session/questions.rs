//! Questions of ours and who may answer them.
//!
//! Deliberately not here: the others' questions (`answer`).

use minidom::Element;
use xmpp_parsers::{
    iq::Iq,
    jid::Jid,
    ping::Ping,
    stanza_error::{DefinedCondition, StanzaError},
};

use super::{Command, Machine, Now};

/// The longest wait for an answer, milliseconds.
const PATIENCE: u64 = 20_000;

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// What the server can do.
    Server,
    /// What the account can do.
    Account,
    /// The contacts.
    Contacts,
    /// Copies of what goes through the person's other programs.
    Copies,
    /// A page of what is in the archive, for ourselves.
    History,
    /// A page of what is in the archive, for somebody who looks for a message.
    Looking(u64),
    /// Whether anybody is there.
    Ping,
}

/// A question that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) asked: Asked,
    pub(super) until: u64,
}

/// An answer: its payload, or the error.
pub(super) type Answer = Result<Option<Element>, Refusal>;

/// Why a question was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Nothing like it is there (`item-not-found`).
    pub(super) gone: bool,
    pub(super) words: String,
}

impl Machine {
    /// An id for a question that nobody outside can guess.
    pub(super) fn id(&mut self) -> String {
        self.ids += 1;
        format!("{:08x}-{}", self.random(1 << 32), self.ids)
    }

    pub(super) fn ask(&mut self, now: Now, id: String, asked: Asked, to: Option<Jid>, set: bool, payload: Element) {
        let (from, iq_id) = (None, id.clone());
        let iq = if set { Iq::Set { from, to, id: iq_id, payload } } else { Iq::Get { from, to, id: iq_id, payload } };
        self.questions.insert(id, Question { asked, until: now.ms + PATIENCE });
        self.say(iq);
    }

    /// Asks whether the server is there: a connection that does not answer is ended.
    pub(super) fn ping(&mut self, now: Now) {
        let id = self.id();
        self.ask(now, id, Asked::Ping, None, false, Ping.into());
    }

    /// An answer came: it counts from our server and our own account alone.
    pub(super) fn answered(
        &mut self,
        now: Now,
        from: Option<&Jid>,
        id: &str,
        answer: Result<Option<Element>, StanzaError>,
    ) {
        if !from.is_none_or(|from| self.is_home(from)) {
            return;
        }
        let Some(question) = self.questions.remove(id) else { return };
        let answer = answer.map_err(|error| Refusal {
            gone: error.defined_condition == DefinedCondition::ItemNotFound,
            words: format!("{:?}", error.defined_condition),
        });
        self.conclude(now, id, question.asked, answer);
    }

    /// Whether an address is our server's or our own without a resource.
    pub(super) fn is_home(&self, from: &Jid) -> bool {
        from.is_bare()
            && (from.node().is_none() || from.node() == self.plan.address.node())
            && from.domain() == self.plan.address.domain()
    }

    /// Whether an address is our own without a resource.
    pub(super) fn is_own(&self, from: &Jid) -> bool {
        from.is_bare() && from.to_bare() == self.plan.address
    }

    pub(super) fn overdue(&mut self, now: Now) {
        let late: Vec<String> =
            self.questions.iter().filter(|(_, question)| now.ms >= question.until).map(|(id, _)| id.clone()).collect();
        for id in late {
            if let Some(question) = self.questions.remove(&id) {
                let refusal = Refusal { gone: false, words: "no answer in time".to_owned() };
                self.conclude(now, &id, question.asked, Err(refusal));
            }
        }
    }

    fn conclude(&mut self, now: Now, id: &str, asked: Asked, answer: Answer) {
        match asked {
            Asked::Ping if answer.as_ref().is_err_and(|refusal| refusal.words == "no answer in time") => {
                self.out.push(Command::Cut);
            }
            Asked::Ping => {}
            Asked::Looking(look) => self.look_answered(now, id, look, answer),
            Asked::Server | Asked::Account | Asked::Contacts | Asked::Copies | Asked::History => {
                self.start_answered(now, id, &asked, answer);
            }
        }
    }
}

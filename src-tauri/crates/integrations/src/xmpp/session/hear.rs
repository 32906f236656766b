//! What a stanza means. Everything here was written by somebody else: a copy, a page of the archive or a change of the list counts only from
//! where it may come, a text is cut, and what is not understood is left out.
//!
//! Deliberately not here: whether a stranger's message is shown (the rule's).

use std::collections::{HashSet, VecDeque};

use minidom::Element;
use pult_domain::{
    Instant,
    areas::messages::{Account, Address, Fact, Incoming, Presence as Seen, Way},
};
use tokio_xmpp::Stanza;
use xmpp_parsers::{
    carbons,
    delay::Delay,
    forwarding::Forwarded,
    jid::Jid,
    mam::Result_,
    message::{Id, Message, MessageType},
    ns,
    presence::{Presence, Show, Type},
    receipts,
    stanza_error::{ErrorType, StanzaError},
    stanza_id::StanzaId,
};

use crate::{
    transport::xmpp::stanza,
    xmpp::{lost::of_condition, say},
};

use super::{Machine, Now};

/// The longest text taken, characters.
const LONGEST_BODY: usize = 10_000;
/// The longest words about how somebody is, and the longest name of a program, characters.
const LONGEST_STATUS: usize = 200;
/// The longest id taken, bytes: a longer one is as good as none.
const LONGEST_ID: usize = 255;
/// Messages remembered, so that none is told twice.
const MOST_TOLD: usize = 4_000;

/// What was told already.
#[derive(Default)]
pub(super) struct Told {
    known: HashSet<String>,
    order: VecDeque<String>,
}

impl Told {
    /// Whether a message is new, by its place in the archive and by its sender and id; remembers it.
    fn is_new(&mut self, incoming: &Incoming) -> bool {
        let archive = incoming.archive.as_ref().map(|id| format!("a{id}"));
        let side = if incoming.ours { "o" } else { "t" };
        let sender = incoming.uid.as_ref().map(|uid| format!("{side}{} {uid}", incoming.peer));
        let keys: Vec<String> = archive.into_iter().chain(sender).collect();
        if keys.iter().any(|key| self.known.contains(key)) {
            return false;
        }
        for key in keys {
            self.known.insert(key.clone());
            self.order.push_back(key);
        }
        while self.order.len() > MOST_TOLD {
            if let Some(old) = self.order.pop_front() {
                self.known.remove(&old);
            }
        }
        true
    }

    pub(super) fn forget(&mut self) {
        self.known.clear();
        self.order.clear();
    }
}

impl Machine {
    pub(super) fn hear(&mut self, now: Now, stanza: Stanza) {
        match stanza {
            Stanza::Message(message) => self.hear_message(now, message),
            Stanza::Presence(presence) => self.hear_presence(now, presence),
            Stanza::Iq(iq) => self.hear_iq(now, iq),
        }
    }

    fn hear_message(&mut self, now: Now, message: Message) {
        let wrapped = |name: &str, ns: &str| message.payloads.iter().find(|payload| payload.is(name, ns)).cloned();
        if let Some(result) = wrapped("result", ns::MAM) {
            if message.from.as_ref().is_none_or(|from| self.is_own(from))
                && let Ok(result) = Result_::try_from(result)
            {
                self.archived(now, result);
            }
            return;
        }
        if let Some(copy) = wrapped("received", ns::CARBONS).or_else(|| wrapped("sent", ns::CARBONS)) {
            if self.plan.account != Account::Bot && message.from.as_ref().is_some_and(|from| self.is_own(from)) {
                self.copied(now, copy);
            }
            return;
        }
        self.said(now, message);
    }

    /// A copy of what went through another program of the person's.
    fn copied(&mut self, now: Now, copy: Element) {
        let (ours, forwarded) = match carbons::Sent::try_from(copy.clone()) {
            Ok(sent) => (true, sent.forwarded),
            Err(_) => match carbons::Received::try_from(copy) {
                Ok(received) => (false, received.forwarded),
                Err(_) => return,
            },
        };
        let Forwarded { delay, message } = forwarded;
        let mine = |side: &Option<Jid>| side.as_ref().is_some_and(|side| side.to_bare() == self.plan.address);
        let (own_side, peer) = if ours { (&message.from, &message.to) } else { (&message.to, &message.from) };
        let Some(peer) = peer.as_ref().and_then(|peer| Address::read(peer.as_str())).filter(|_| mine(own_side)) else {
            return;
        };
        if message.type_ == MessageType::Error || message.type_ == MessageType::Groupchat {
            return;
        }
        if !ours && let Some(uid) = receipt(&message) {
            return self.note(now, Fact::Delivered { account: self.plan.account, from: peer, uid });
        }
        let at = delay.map_or(now.wall, |delay| stamp(&delay, now));
        if let Some(incoming) = self.incoming(&message, peer, ours, at, Way::Copy) {
            self.tell_once(now, incoming);
        }
    }

    /// What was said to this program.
    fn said(&mut self, now: Now, message: Message) {
        let Some(from) = message.from.clone() else { return };
        let Some(peer) = Address::read(from.as_str()) else { return };
        let account = self.plan.account;
        match message.type_ {
            MessageType::Error => {
                let error = message.payloads.iter().find_map(|payload| StanzaError::try_from(payload.clone()).ok());
                if let (Some(Id(uid)), Some(error)) = (message.id.filter(|id| id.0.len() <= LONGEST_ID), error) {
                    let (condition, waits) = (name_of(&error), error.type_ == ErrorType::Wait);
                    let (failure, again) = of_condition(&condition, waits);
                    self.note(now, Fact::Returned { account, from: peer, uid, failure, again, detail: condition });
                }
                return;
            }
            MessageType::Groupchat => return,
            MessageType::Chat | MessageType::Headline | MessageType::Normal => {}
        }
        if let Some(uid) = receipt(&message) {
            return self.note(now, Fact::Delivered { account, from: peer, uid });
        }
        // Only our own server knows when it kept a message.
        let kept =
            payload::<Delay>(&message).filter(|delay| delay.from.as_ref().is_some_and(|from| self.is_home(from)));
        let (at, way) = kept.map_or((now.wall, Way::Live), |delay| (stamp(&delay, now), Way::Delayed));
        let Some(incoming) = self.incoming(&message, peer, false, at, way) else { return };
        self.tell_once(now, incoming);
        // It is here now, whoever asked for a word of it.
        let asked = message.payloads.iter().any(|payload| payload.is("request", ns::RECEIPTS));
        if let Some(Id(uid)) = message.id.filter(|_| asked && message.type_ != MessageType::Headline) {
            let id = self.id();
            self.say(say::receipt(from, id, uid));
        }
    }

    fn tell_once(&mut self, now: Now, incoming: Incoming) {
        if self.told.is_new(&incoming) {
            self.tell(now, Fact::Heard(Box::new(incoming)));
        }
    }

    /// A message out of the archive.
    pub(super) fn of_archive(&mut self, now: Now, id: String, forwarded: Forwarded) -> Option<Fact> {
        let Forwarded { delay, message } = forwarded;
        if message.type_ == MessageType::Error || message.type_ == MessageType::Groupchat {
            return None;
        }
        let ours = message.from.as_ref().is_none_or(|from| from.to_bare() == self.plan.address);
        let peer = if ours { message.to.as_ref() } else { message.from.as_ref() };
        let peer = Address::read(peer?.as_str())?;
        let at = delay.map_or(now.wall, |delay| stamp(&delay, now));
        let mut incoming = self.incoming(&message, peer, ours, at, Way::Archive)?;
        incoming.archive = bounded(id);
        self.told.is_new(&incoming).then(|| Fact::Heard(Box::new(incoming)))
    }

    /// A message that says something; `None` for one that does not.
    fn incoming(&self, message: &Message, peer: Address, ours: bool, at: Instant, way: Way) -> Option<Incoming> {
        let (_, body) = message.get_best_body(vec!["", "ru", "en"])?;
        let body: String = body.chars().take(LONGEST_BODY).collect();
        if body.trim().is_empty() {
            return None;
        }
        let archive = message.payloads.iter().filter_map(|payload| StanzaId::try_from(payload.clone()).ok());
        // Anybody can write such an id; only our own account's counts.
        let archive = archive.filter(|id| self.is_own(&id.by)).find_map(|id| bounded(id.id));
        let uid = message.id.as_ref().and_then(|id| bounded(id.0.clone()));
        Some(Incoming { account: self.plan.account, peer, ours, uid, archive, body, at, way })
    }

    fn hear_presence(&mut self, now: Now, presence: Presence) {
        let Some(from) = &presence.from else { return };
        let Some(peer) = Address::read(from.as_str()) else { return };
        if from.to_bare() == self.plan.address {
            return;
        }
        let account = self.plan.account;
        let seen = match presence.type_ {
            Type::Subscribe => return self.note(now, Fact::SubscriptionAsked { account, from: peer }),
            Type::Unavailable => Seen::Offline,
            Type::None => match presence.show {
                None => Seen::Online,
                Some(Show::Away) => Seen::Away,
                Some(Show::Chat) => Seen::Chatty,
                Some(Show::Dnd) => Seen::Busy,
                Some(Show::Xa) => Seen::FarAway,
            },
            _ => return,
        };
        // The bot shows nobody.
        if account == Account::Bot {
            return;
        }
        let cut = |text: &str| text.chars().take(LONGEST_STATUS).collect::<String>();
        let resource = from.resource().map(|resource| cut(resource.as_str())).unwrap_or_default();
        let words = presence.statuses.iter().find(|(lang, _)| lang.0.is_empty()).or(presence.statuses.iter().next());
        let status = words.map(|(_, words)| cut(words)).unwrap_or_default();
        self.note(now, Fact::PresenceSeen { account, from: peer, resource, presence: seen, status });
    }
}

fn bounded(id: String) -> Option<String> {
    (!id.is_empty() && id.len() <= LONGEST_ID).then_some(id)
}

fn payload<T: TryFrom<Element>>(message: &Message) -> Option<T> {
    message.payloads.iter().find_map(|payload| T::try_from(payload.clone()).ok())
}

/// The id of the message that somebody says they have.
fn receipt(message: &Message) -> Option<String> {
    payload::<receipts::Received>(message).and_then(|received| bounded(received.id))
}

/// When the server says it was; never later than now.
fn stamp(delay: &Delay, now: Now) -> Instant {
    let at = Instant::from_millisecond(delay.stamp.0.timestamp_millis()).unwrap_or(now.wall);
    at.min(now.wall)
}

/// A condition by its name in RFC 6120 8.3.3.
fn name_of(error: &StanzaError) -> String {
    let error = Element::from(error.clone());
    stanza::condition(&Element::builder("message", ns::DEFAULT_NS).append(error).build())
}

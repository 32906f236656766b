//! The beginning of a session: what the server can do, the contacts, copies, the archive, and being there (contracts/xmpp 2).
//!
//! Deliberately not here: stream management, which the library asks for before all this.

use minidom::Element;
use pult_domain::areas::messages::{self, Account, Address, Contact};
use xmpp_parsers::{
    carbons,
    disco::{DiscoInfoQuery, DiscoInfoResult},
    jid::Jid,
    ns,
    presence::Presence,
    roster::{Item, Roster},
};

use crate::ArchiveMark;

use super::{
    Command, MOST_HELD, Machine, Now, Phase,
    answer::subscription,
    archive::Page,
    questions::{Answer, Asked},
};

/// The most contacts taken of a list.
const MOST_CONTACTS: usize = 5_000;
/// The longest name of a contact, characters.
const LONGEST_NAME: usize = 200;

/// How far the beginning is.
#[derive(Debug, Default)]
pub(super) struct Start {
    stage: Stage,
    /// Questions of this stage that are open.
    open: usize,
    copies: bool,
    /// Whether the account has an archive.
    pub(super) archive: bool,
    /// What was read of the archive last.
    pub(super) page: Option<Page>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Features,
    Copies,
    History,
    Done,
}

impl Machine {
    pub(super) fn begin(&mut self, now: Now, address: Jid, managed: bool) {
        // What was before is over: the library could not take it up again.
        self.end_session(now);
        (self.session, self.managed, self.address) = (true, managed, Some(address));
        self.features = managed.then(|| "smacks".to_owned()).into_iter().collect();
        self.phase = Phase::Starting;
        self.start = Start::default();
        let server = Jid::from(self.plan.address.clone()).domain().to_owned();
        let query = || Element::from(DiscoInfoQuery { node: None });
        let server = Jid::from_parts(None, &server, None);
        self.ask_first(now, Asked::Server, Some(server), false, query());
        let own = Jid::from(self.plan.address.clone());
        self.ask_first(now, Asked::Account, Some(own), false, query());
        if self.plan.account != Account::Bot {
            let list = Roster { ver: None, items: vec![] };
            self.ask_first(now, Asked::Contacts, None, false, list.into());
        }
        self.report(now, None);
    }

    pub(super) fn resume(&mut self, now: Now) {
        self.phase = if self.start.stage == Stage::Done { Phase::Live } else { Phase::Starting };
        self.live_at = now.ms;
        self.report(now, None);
    }

    fn ask_first(&mut self, now: Now, asked: Asked, to: Option<Jid>, set: bool, payload: Element) {
        self.start.open += 1;
        let id = self.id();
        self.ask(now, id, asked, to, set, payload);
    }

    pub(super) fn start_answered(&mut self, now: Now, id: &str, asked: &Asked, answer: Answer) {
        if *asked == Asked::History {
            return self.page_answered(now, id, answer);
        }
        self.start.open = self.start.open.saturating_sub(1);
        match (asked, answer.ok().flatten()) {
            (Asked::Server, Some(payload)) => self.start.copies = has(payload, ns::CARBONS),
            (Asked::Account, Some(payload)) => self.start.archive = has(payload, ns::MAM),
            (Asked::Contacts, Some(payload)) => {
                let (account, contacts) = (self.plan.account, contacts(&payload));
                self.note(now, messages::Fact::ContactsRead { account, contacts });
            }
            _ => {}
        }
        if self.start.open == 0 {
            self.go_on(now);
        }
    }

    fn go_on(&mut self, now: Now) {
        match self.start.stage {
            Stage::Features => {
                let known = [(self.start.copies, "carbons"), (self.start.archive, "mam")];
                self.features.extend(known.iter().filter(|(has, _)| *has).map(|(_, name)| (*name).to_owned()));
                self.start.stage = Stage::Copies;
                if self.start.copies && self.plan.account != Account::Bot {
                    self.ask_first(now, Asked::Copies, None, true, carbons::Enable.into());
                } else {
                    self.go_on(now);
                }
            }
            Stage::Copies => {
                self.start.stage = Stage::History;
                if self.start.archive && self.plan.account != Account::Bot {
                    self.out.push(Command::ReadMark);
                } else {
                    self.go_on(now);
                }
            }
            Stage::History => {
                self.be_there();
                self.live(now);
            }
            Stage::Done => {}
        }
    }

    pub(super) fn marked(&mut self, now: Now, mark: Option<ArchiveMark>) {
        if self.session && self.start.stage == Stage::History && self.start.page.is_none() {
            self.read_history(now, mark);
        }
    }

    /// Being there, from which messages to the account come here.
    pub(super) fn be_there(&mut self) {
        let priority = if self.plan.account == Account::Bot { -1 } else { 0 };
        self.say(Presence::available().with_priority(priority));
    }

    /// All there was is told, what was held back too, and messages can be said.
    pub(super) fn live(&mut self, now: Now) {
        self.start.stage = Stage::Done;
        let held = std::mem::take(&mut self.held);
        self.out.extend(held.into_iter().map(|observed| Command::Note(Box::new(observed))));
        (self.phase, self.live_at) = (Phase::Live, now.ms);
        self.report(now, None);
    }

    /// Tells a message, or holds it back until the archive is read.
    pub(super) fn tell(&mut self, now: Now, fact: messages::Fact) {
        let observed = self.observed(now, fact);
        if self.start.stage == Stage::Done || self.held.len() >= MOST_HELD {
            self.out.push(Command::Note(Box::new(observed)));
        } else {
            self.held.push(observed);
        }
    }

    /// What was held back and is in the archive is read from there another time; without an archive it is told now.
    pub(super) fn release_or_forget(&mut self) {
        let held = std::mem::take(&mut self.held);
        if self.start.archive {
            self.told.forget();
        } else {
            self.out.extend(held.into_iter().map(|observed| Command::Note(Box::new(observed))));
        }
    }
}

fn has(payload: Element, feature: &str) -> bool {
    DiscoInfoResult::try_from(payload).is_ok_and(|info| info.features.contains(feature))
}

/// The contacts of a list. One that cannot be read is left out, and so is one who is nobody.
pub(super) fn contacts(query: &Element) -> Vec<Contact> {
    let items = query.children().filter_map(|child| Item::try_from(child.clone()).ok());
    let contacts = items.filter_map(|item| {
        let address = Address::read(item.jid.as_str())?;
        let (subscription, gone) = subscription(&item.subscription);
        let name = item.name.unwrap_or_default().chars().take(LONGEST_NAME).collect();
        Some(Contact { address, name, subscription, gone })
    });
    contacts.take(MOST_CONTACTS).collect()
}

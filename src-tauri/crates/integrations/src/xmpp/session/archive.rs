//! What the account's archive has (XEP-0313): everything since the last message known, page by page, and whether it has a message of ours.
//!
//! Deliberately not here: what of it is shown, and marks (the store's).

use jiff::{SignedDuration, Timestamp};
use minidom::Element;
use pult_domain::{Instant, areas::messages::Address};
use xmpp_parsers::{
    data_forms::{DataForm, DataFormType, Field},
    mam::{Fin, Query, QueryId, Result_},
    ns,
    rsm::SetQuery,
};

use crate::ArchiveMark;

use super::{
    Command, Look, Machine, Now, Phase,
    questions::{Answer, Asked},
};

/// Messages of a page (contracts/xmpp 5).
const PAGE: usize = 50;
/// How far back an account that has read nothing yet reads.
const FIRST_TIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How far before a moment the archive is asked, because its clock is not ours.
const SLACK: SignedDuration = SignedDuration::from_mins(1);
/// The most pages read at a session's beginning; the rest waits for the next one.
const MOST_PAGES: u32 = 400;
/// The most pages looked through for one message.
const MOST_LOOKS: u32 = 20;

/// Reading on.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// The mark, until the archive is known to have it.
    mark: Option<ArchiveMark>,
    from: From,
    read: u32,
    /// Whether the server was told that the account is there.
    there: bool,
}

/// What the results of a query are for.
#[derive(Debug)]
pub(super) enum Gather {
    /// To be told.
    History,
    /// To find one message.
    Looking { look: Look, found: bool, read: u32 },
}

/// Where a query begins.
#[derive(Debug, Clone)]
enum From {
    After(String),
    Start(Instant),
}

impl Machine {
    /// Reads what came since the mark.
    pub(super) fn read_history(&mut self, now: Now, mark: Option<ArchiveMark>) {
        let from = match &mark {
            Some(mark) => From::After(mark.id.clone()),
            None => From::Start(earlier(now.wall, FIRST_TIME)),
        };
        self.ask_history(now, Page { mark, from, read: 0, there: false });
    }

    fn ask_history(&mut self, now: Now, page: Page) {
        let id = self.id();
        self.gathers.insert(id.clone(), Gather::History);
        let query = query(&id, None, &page.from);
        self.start.page = Some(page);
        self.ask(now, id, Asked::History, None, true, query);
    }

    pub(super) fn page_answered(&mut self, now: Now, id: &str, answer: Answer) {
        self.gathers.remove(id);
        let Some(mut page) = self.start.page.take() else { return };
        page.read += 1;
        let mark = page.mark.take();
        let (last, complete) = match answer.map(|payload| payload.and_then(|payload| Fin::try_from(payload).ok())) {
            Ok(fin) => fin.map_or((None, true), |fin| (fin.set.last, fin.complete)),
            // The archive has forgotten the message: only the time is left.
            Err(refusal) if refusal.gone && mark.is_some() => {
                page.from = From::Start(mark.map_or(now.wall, |mark| earlier(mark.at, SLACK)));
                return self.ask_history(now, page);
            }
            Err(refusal) => {
                tracing::warn!(account = ?self.plan.account, "the archive cannot be read: {}", refusal.words);
                if !page.there {
                    self.be_there();
                }
                return self.live(now);
            }
        };
        let more = !complete && last.is_some() && page.read < MOST_PAGES;
        page.from = last.map_or(page.from, From::After);
        if more {
            self.ask_history(now, page);
        } else if page.there {
            self.live(now);
        } else {
            // What came between the last page and being there came to nobody: the archive alone has it, so it is asked once more.
            self.be_there();
            self.ask_history(now, Page { there: true, ..page });
        }
    }

    /// Looks for a message of ours.
    pub(super) fn look(&mut self, now: Now, look: &Look) {
        if self.phase != Phase::Live {
            let found = Err("there is no session to look with".to_owned());
            self.out.push(Command::Looked { id: look.id, found });
            return;
        }
        let since = earlier(look.since, SLACK);
        self.ask_look(now, look.clone(), From::Start(since), 0);
    }

    fn ask_look(&mut self, now: Now, look: Look, from: From, read: u32) {
        let id = self.id();
        let query = query(&id, Some(&look.to), &from);
        let asked = Asked::Looking(look.id);
        self.gathers.insert(id.clone(), Gather::Looking { look, found: false, read });
        self.ask(now, id, asked, None, true, query);
    }

    pub(super) fn look_answered(&mut self, now: Now, id: &str, number: u64, answer: Answer) {
        let Some(Gather::Looking { look, found, read }) = self.gathers.remove(id) else { return };
        let found = match answer.map(|payload| payload.and_then(|payload| Fin::try_from(payload).ok())) {
            _ if found => Ok(true),
            Ok(Some(Fin { complete: false, set })) => match set.last.filter(|_| read < MOST_LOOKS) {
                Some(last) => return self.ask_look(now, look, From::After(last), read + 1),
                None => Err("the archive is too long to look through".to_owned()),
            },
            Ok(Some(_)) => Ok(false),
            Ok(None) => Err("the archive's answer cannot be read".to_owned()),
            Err(refusal) if refusal.words == "no answer in time" => Err(refusal.words),
            // There is no archive, or nothing in it: by the contract it is said again with the same id.
            Err(_) => Ok(false),
        };
        self.out.push(Command::Looked { id: number, found });
    }

    pub(super) fn give_up_looks(&mut self, why: &str) {
        for gather in std::mem::take(&mut self.gathers).into_values() {
            if let Gather::Looking { look, .. } = gather {
                self.out.push(Command::Looked { id: look.id, found: Err(why.to_owned()) });
            }
        }
    }

    /// A result came: it counts only where it was asked for.
    pub(super) fn archived(&mut self, now: Now, result: Result_) {
        let Some(id) = result.queryid.map(|id| id.0) else { return };
        match self.gathers.get_mut(&id) {
            Some(Gather::History) => {
                if let Some(incoming) = self.of_archive(now, result.id, result.forwarded) {
                    let observed = self.observed(now, incoming);
                    self.out.push(Command::Note(Box::new(observed)));
                }
            }
            Some(Gather::Looking { look, found, .. }) => {
                let message = result.forwarded.message;
                *found |= message.id.is_some_and(|uid| uid.0 == look.uid);
            }
            None => {}
        }
    }
}

fn earlier(at: Instant, by: SignedDuration) -> Instant {
    at.checked_sub(by).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn query(id: &str, with: Option<&Address>, from: &From) -> Element {
    let field = |name: &str, value: &str| Field::text_single(name, value);
    let mut fields: Vec<Field> = with.map(|with| field("with", with.as_str())).into_iter().collect();
    let mut set = SetQuery { max: Some(PAGE), after: None, before: None, index: None };
    match from {
        From::After(id) => set.after = Some(id.clone()),
        From::Start(at) => fields.push(field("start", &format!("{at:.0}"))),
    }
    let form = DataForm::new(DataFormType::Submit, ns::MAM, fields);
    let query =
        Query { queryid: Some(QueryId(id.to_owned())), node: None, form: Some(form), set: Some(set), flip_page: false };
    query.into()
}

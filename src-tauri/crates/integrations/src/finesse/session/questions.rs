//! Questions on the link: at most ten under way, each answered within ten seconds or given up.
//!
//! Deliberately not here: what an answer means (`link`).

use std::collections::{BTreeMap, VecDeque};

use super::{Command, Machine, Now, Question, link::Link};

/// The most under way.
const AT_ONCE: usize = 10;
/// The longest wait for an answer.
pub(super) const PATIENCE: u64 = 10_000;

/// Questions waiting and under way.
#[derive(Default)]
pub(super) struct Questions {
    waiting: VecDeque<Waiting>,
    /// Calls of people, asked for when nothing else waits: the team, the person.
    dialogs: VecDeque<(String, String)>,
    open: BTreeMap<u64, Open>,
}

struct Waiting {
    question: Question,
    /// Not before.
    from: u64,
    tries: u32,
}

/// A question under way.
pub(super) struct Open {
    pub(super) question: Question,
    pub(super) tries: u32,
    /// The team whose member's calls were asked for.
    pub(super) member_of: Option<String>,
    until: u64,
}

impl Questions {
    /// Asks when there is room, not before `from`.
    pub(super) fn ask(&mut self, question: Question, from: u64) {
        self.again(question, from, 0);
    }

    /// Asks again.
    pub(super) fn again(&mut self, question: Question, from: u64, tries: u32) {
        if !self.waiting.iter().any(|waiting| waiting.question == question) {
            self.waiting.push_back(Waiting { question, from, tries });
        }
    }

    /// Asks for a person's calls when nothing else waits.
    pub(super) fn dialogs(&mut self, team: &str, login_id: &str) {
        self.dialogs.push_back((team.to_owned(), login_id.to_owned()));
    }

    /// Nothing waits, nothing is under way.
    pub(super) fn idle(&self) -> bool {
        self.waiting.is_empty() && self.open.is_empty()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The question of an answer.
    pub(super) fn answered(&mut self, id: u64) -> Option<Open> {
        self.open.remove(&id)
    }

    /// The questions given up by now.
    pub(super) fn late(&mut self, now: u64) -> Vec<Open> {
        let late: Vec<u64> = self.open.iter().filter(|(_, open)| open.until <= now).map(|(id, _)| *id).collect();
        late.into_iter().filter_map(|id| self.open.remove(&id)).collect()
    }

    /// When the next one is due or given up.
    pub(super) fn wake(&self) -> Option<u64> {
        let late = self.open.values().map(|open| open.until).min();
        let room = self.open.len() < AT_ONCE;
        let next = self.waiting.iter().map(|waiting| waiting.from).min().filter(|_| room);
        late.into_iter().chain(next).min()
    }

    fn next(&mut self, now: u64) -> Option<Waiting> {
        let at = self.waiting.iter().position(|waiting| waiting.from <= now)?;
        self.waiting.remove(at)
    }
}

impl Machine {
    /// Asks what there is room for, and gives up on what nobody answers.
    pub(super) fn send_questions(&mut self, now: Now) {
        for open in self.questions.late(now.ms) {
            self.answer(now, open, Err("timeout".to_owned()));
        }
        while self.questions.open.len() < AT_ONCE {
            let Link::Up(up) = &self.link else { return };
            let link = up.link;
            let (question, tries, member_of) = match self.questions.next(now.ms) {
                Some(waiting) => (waiting.question, waiting.tries, None),
                None => match self.next_dialogs() {
                    Some((team, node)) => (Question::Subscribe(node), 0, Some(team)),
                    None => return,
                },
            };
            let id = self.id();
            let until = now.ms + PATIENCE;
            self.questions.open.insert(id, Open { question: question.clone(), tries, member_of, until });
            self.out.push(Command::Ask { link, id, question });
        }
    }

    /// The next person whose calls may still be asked for.
    fn next_dialogs(&mut self) -> Option<(String, String)> {
        while let Some((team, login_id)) = self.questions.dialogs.pop_front() {
            let wanted = self.teams.get(&team).is_some_and(|team| team.dialogs && team.members.contains_key(&login_id));
            let place = super::super::wire::update::Place::UserDialogs(login_id.clone());
            if wanted && self.dialogs.insert(login_id) {
                return Some((team, place.node()?));
            }
        }
        None
    }
}

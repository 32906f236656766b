//! Teams: read whole, then kept up by what is heard; what is heard while one is being read waits until it was.
//!
//! Deliberately not here: which of two reports of a person is newer (the rules).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::SignedDuration;
use pult_domain::{Instant, areas::floor};

use crate::StoredRequest;

use super::{
    super::{
        trouble::Trouble,
        wire::{
            Deployment,
            people::{TeamName, User, join_reasons},
            query,
            update::{Place, Told},
        },
    },
    Command, Machine, Now, Question, Reading, Stage,
    link::Link,
};

/// Between two readings of a team that is heard.
const RECONCILE: u64 = 10 * 60_000;
/// Between something strange in a team's news and its reading.
const DOUBT: u64 = 2_000;
/// A time further ahead of the server's clock than this is strange.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);
/// The most that waits while a team is read.
const WAITING: usize = 1_000;
/// How long the house's reasons are good for.
const REASONS: u64 = 12 * 60 * 60_000;
/// After going live, until what earlier sessions left behind is removed: by then those of our name that are there have shown
/// themselves.
const CLEAN: u64 = 10_000;
const CATEGORIES: [&str; 2] = ["NOT_READY", "LOGOUT"];

/// Whether a team's changes are heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watch {
    /// Not known yet.
    Asked,
    /// They are.
    Heard,
    /// They are not: it is read at intervals.
    Unheard,
}

/// A team.
pub(super) struct Team {
    watch: Watch,
    /// Its picture can be relied on.
    pub(super) fresh: bool,
    /// Its last reading came to nothing.
    failed: bool,
    tries: u32,
    /// The server does not know it, and was asked once.
    missing: bool,
    /// Heard while it is being read.
    pub(super) buffer: VecDeque<StoredRequest>,
    /// Everybody in it, with their phones.
    pub(super) members: BTreeMap<String, Option<String>>,
    /// Whether its members' calls may be asked for.
    pub(super) dialogs: bool,
}

impl Team {
    fn new() -> Self {
        Self {
            watch: Watch::Asked,
            fresh: false,
            failed: false,
            tries: 0,
            missing: false,
            buffer: VecDeque::new(),
            members: BTreeMap::new(),
            dialogs: true,
        }
    }

    pub(super) fn hears(&self) -> bool {
        self.watch == Watch::Heard
    }

    /// The link is gone and what hung on it.
    pub(super) fn forget(&mut self) {
        *self = Self { members: std::mem::take(&mut self.members), ..Self::new() };
    }
}

fn node(team: &str) -> Option<String> {
    Place::TeamUsers(team.to_owned()).node()
}

impl Machine {
    /// Takes up the teams of the own user, and gives up those that are no longer theirs.
    pub(super) fn adopt(&mut self, now: Now, user: &User, record: StoredRequest) {
        self.limited = !user.supervises();
        let wanted = if self.limited { BTreeSet::new() } else { Self::ids_of(&user.teams) };
        let there: Vec<&TeamName> = if self.limited { user.team.iter().collect() } else { user.teams.iter().collect() };
        let named = there.iter().map(|team| (team.id.clone(), team.name.clone())).collect();
        self.out.push(Command::Note(floor::Fact::TeamsSeen { teams: named }));
        if self.limited {
            self.hear(record);
            let own = there.iter().map(|team| team.id.clone()).collect();
            self.out.push(Command::Note(floor::Fact::WatchBegan { teams: own }));
            if self.polling {
                let next = now.ms + self.about(self.plan.poll_ms);
                self.reads.move_to(Reading::Own, next);
            }
        }
        let gone: Vec<String> = self.teams.keys().filter(|id| !wanted.contains(*id)).cloned().collect();
        for id in gone {
            self.drop_team(now, &id);
        }
        for id in wanted {
            if self.teams.contains_key(&id) {
                continue;
            }
            self.teams.insert(id.clone(), Team::new());
            self.settled = false;
            if matches!(self.link, Link::Up(_)) {
                self.subscribe_team(now, &id);
            } else if self.polling {
                self.reads.want(Reading::Team(id), now.ms);
            }
        }
        self.settle(now);
    }

    fn drop_team(&mut self, now: Now, id: &str) {
        let Some(team) = self.teams.remove(id) else { return };
        self.reads.forget(&Reading::Team(id.to_owned()));
        if let (Link::Up(up), true, Some(node)) = (&self.link, team.hears(), node(id)) {
            self.questions.ask(Question::Unsubscribe { node, address: up.address.clone() }, now.ms);
        }
        self.out.push(Command::Note(floor::Fact::WatchLost { teams: vec![id.to_owned()], why: "removed".to_owned() }));
        self.settle(now);
    }

    pub(super) fn subscribe_team(&mut self, now: Now, id: &str) {
        if let Some(node) = node(id) {
            self.questions.ask(Question::Subscribe(node), now.ms);
        }
    }

    /// A team's changes are heard from now: its picture follows.
    pub(super) fn team_heard(&mut self, now: Now, id: &str) {
        if let Some(team) = self.teams.get_mut(id) {
            team.watch = Watch::Heard;
            self.reads.want(Reading::Team(id.to_owned()), now.ms);
        }
    }

    /// A team's changes cannot be heard: it is read at intervals, and asked for again.
    pub(super) fn team_unheard(&mut self, now: Now, id: &str, retry: u64) {
        let Some(team) = self.teams.get_mut(id) else { return };
        let known = std::mem::replace(&mut team.watch, Watch::Unheard) == Watch::Unheard;
        if !known {
            self.reads.want(Reading::Team(id.to_owned()), now.ms);
        }
        if let Some(node) = node(id) {
            self.questions.ask(Question::Subscribe(node), now.ms + retry);
        }
    }

    /// Everything anew.
    pub(super) fn resync(&mut self, now: Now) {
        if self.limited {
            self.reads.want(Reading::Own, now.ms);
        }
        if self.queues.is_some() {
            self.reads.want(Reading::Queues, now.ms);
        }
        for id in self.teams.keys() {
            self.reads.move_to(Reading::Team(id.clone()), now.ms);
        }
    }

    /// A team was read.
    pub(super) fn team_read(
        &mut self,
        now: Now,
        id: &str,
        members: Vec<(String, Option<String>)>,
        record: StoredRequest,
    ) {
        if self.outage.is_some() || !self.teams.contains_key(id) {
            return;
        }
        let next = now.ms + self.next_reading(id);
        self.reads.want(Reading::Team(id.to_owned()), next);
        self.hear(record);
        let Some(team) = self.teams.get_mut(id) else { return };
        (team.failed, team.tries, team.missing) = (false, 0, false);
        let known = std::mem::replace(&mut team.members, members.into_iter().collect());
        let new: Vec<String> = team.members.keys().filter(|id| !known.contains_key(*id)).cloned().collect();
        let waited = std::mem::take(&mut team.buffer);
        let began = !std::mem::replace(&mut team.fresh, true);
        for record in waited {
            self.hear(record);
        }
        if began {
            self.out.push(Command::Note(floor::Fact::WatchBegan { teams: vec![id.to_owned()] }));
        }
        if self.settled {
            for login_id in new {
                self.questions.dialogs(id, &login_id);
            }
        }
        self.unhear_strangers(now, known.into_keys());
        self.settle(now);
    }

    /// Ends the subscription to the calls of people who are in no team any more.
    fn unhear_strangers(&mut self, now: Now, people: impl Iterator<Item = String>) {
        let Link::Up(up) = &self.link else { return };
        let address = up.address.clone();
        for login_id in people {
            let stranger = !self.teams.values().any(|team| team.members.contains_key(&login_id));
            if stranger
                && self.dialogs.remove(&login_id)
                && let Some(node) = Place::UserDialogs(login_id).node()
            {
                self.questions.ask(Question::Unsubscribe { node, address: address.clone() }, now.ms);
            }
        }
    }

    fn next_reading(&mut self, id: &str) -> u64 {
        let heard = !self.polling && self.teams.get(id).is_some_and(Team::hears);
        let pause = if heard { RECONCILE } else { self.plan.poll_ms };
        self.about(pause)
    }

    /// A reading came to nothing.
    pub(super) fn read_failed(&mut self, now: Now, what: &Reading, trouble: &Trouble) {
        if let Trouble::Certificate(shown) = trouble {
            self.nodes[self.current].certificate = Some(shown.clone());
            self.cause = Some((trouble.cause(), self.nodes[self.current].plan.host.clone()));
            return self.try_later(now, 0);
        }
        if trouble.node_is_down() && matches!(self.stage, Stage::Up) {
            self.cause = Some((trouble.cause(), format!("{}: {trouble}", self.nodes[self.current].plan.host)));
            if !matches!(self.link, Link::Up(_)) {
                return self.try_later(now, 0);
            }
            self.suspect(now);
        }
        match what {
            Reading::Team(id) => self.team_failed(now, id, trouble),
            Reading::Own => {}
            Reading::Queues => match trouble {
                Trouble::Unsupported | Trouble::NotFound | Trouble::NoRights(_) | Trouble::Refused(..) => {}
                _ => self.reads.want(Reading::Queues, now.ms + 60_000),
            },
            Reading::Reasons(_) => self.reasons_read(what, None),
        }
    }

    fn team_failed(&mut self, now: Now, id: &str, trouble: &Trouble) {
        let Some(team) = self.teams.get_mut(id) else { return };
        team.failed = true;
        team.tries += 1;
        // What was heard meanwhile still follows on the picture there was.
        let waited = std::mem::take(&mut team.buffer);
        let heard = if team.fresh { waited } else { VecDeque::new() };
        let again = match trouble {
            Trouble::NotFound if team.missing => return self.drop_team(now, id),
            Trouble::NotFound => {
                team.missing = true;
                DOUBT
            }
            Trouble::NoRights(_) => RECONCILE,
            Trouble::Later(Some(_)) => 0,
            Trouble::Failed(_) if team.tries <= 3 => 1000 << (team.tries - 1),
            trouble if trouble.node_is_down() => 5_000,
            _ => 30_000,
        };
        let ask = matches!(trouble, Trouble::Failed(_)) && team.tries > 3;
        let lost = team.fresh && (self.polling || !team.hears() || matches!(trouble, Trouble::NoRights(_)));
        if lost {
            team.fresh = false;
            let why = if matches!(trouble, Trouble::NoRights(_)) { "no_rights" } else { "no_answer" };
            self.out.push(Command::Note(floor::Fact::WatchLost { teams: vec![id.to_owned()], why: why.to_owned() }));
        }
        for record in heard {
            self.hear(record);
        }
        if ask {
            self.suspect(now);
        }
        if self.outage.is_none() {
            self.reads.want(Reading::Team(id.to_owned()), now.ms + again);
        }
        self.settle(now);
    }

    /// When every team is as well as it will be, everything else is asked for.
    fn settle(&mut self, now: Now) {
        let heard = matches!(self.link, Link::Up(_));
        let done = |team: &Team| (team.fresh || team.failed) && (self.polling || team.watch != Watch::Asked);
        if self.settled || !(heard || self.polling) || !self.teams.values().all(done) {
            return;
        }
        self.settled = true;
        self.home = Some(self.current);
        if self.reasons_at.is_none_or(|at| now.ms >= at + REASONS) && !self.limited {
            self.reasons_at = Some(now.ms);
            for category in CATEGORIES {
                self.reads.want(Reading::Reasons(category), now.ms);
            }
        }
        let deployment = self.nodes[self.current].info.as_ref().and_then(|info| info.deployment);
        if deployment == Some(Deployment::Enterprise) && !self.limited {
            self.reads.want(Reading::Queues, now.ms);
        }
        if let Link::Up(up) = &mut self.link {
            up.clean_at = Some(now.ms + CLEAN);
            let people = self.teams.iter().flat_map(|(id, team)| team.members.keys().map(move |person| (id, person)));
            for (team, person) in people {
                self.questions.dialogs(team, person);
            }
        }
    }

    /// Something on a team's node.
    pub(super) fn team_item(&mut self, now: Now, id: &str, told: Option<Told>, record: StoredRequest) {
        let ahead = self.server_now(now).checked_add(AHEAD).unwrap_or(Instant::MAX);
        let Some(team) = self.teams.get_mut(id) else { return };
        let mut doubt = false;
        match told {
            None => {
                // Nothing of it is applied: the team is read instead.
                tracing::warn!(team = id, "a notification could not be understood; the team is read anew");
                return self.reads.want(Reading::Team(id.to_owned()), now.ms + DOUBT);
            }
            Some(Told::Member { login_id, gone: true, .. }) => {
                team.members.remove(&login_id);
            }
            Some(Told::Member { login_id, extension, at, .. }) => {
                doubt = at.is_some_and(|at| at > ahead);
                let new = team.members.insert(login_id.clone(), extension).is_none();
                doubt |= new;
                if new && self.settled {
                    self.questions.dialogs(id, &login_id);
                }
            }
            Some(Told::Team { id: told, members }) if told == id => team.members = members.into_iter().collect(),
            _ => return,
        }
        self.deliver(id, record);
        if doubt {
            self.reads.want(Reading::Team(id.to_owned()), now.ms + DOUBT);
        }
    }

    /// Hands on what was heard of a team, after its picture where that is on its way.
    fn deliver(&mut self, id: &str, record: StoredRequest) {
        let reading = self.reads.reading(&Reading::Team(id.to_owned()));
        let Some(team) = self.teams.get_mut(id) else { return };
        if team.fresh && !reading {
            return self.hear(record);
        }
        // An older one is in the picture that is still to come.
        if team.buffer.len() >= WAITING {
            team.buffer.pop_front();
        }
        team.buffer.push_back(record);
    }

    /// Something on the own user's node.
    pub(super) fn own_item(&mut self, now: Now, told: Option<Told>, record: StoredRequest) {
        match told {
            Some(Told::Member { supervises: Some(teams), gone: false, .. })
                if Self::ids_of(&teams) != self.teams.keys().cloned().collect() =>
            {
                self.reads.want(Reading::Own, now.ms + DOUBT);
            }
            Some(Told::Member { gone: false, .. }) if self.limited => self.hear(record),
            Some(_) => {}
            None => self.reads.want(Reading::Own, now.ms + DOUBT),
        }
    }

    /// Something about the calls of a person, whose phone is told with it.
    pub(super) fn calls_item(&mut self, login_id: &str, mut record: StoredRequest) {
        let phone = self.teams.values().find_map(|team| team.members.get(login_id)).cloned().flatten();
        if let Some(phone) = phone {
            record.query.push((query::EXTENSION.to_owned(), phone));
        }
        self.hear(record);
    }

    /// What is known from a node is to be read anew.
    pub(super) fn upset(&mut self, now: Now, node: &str) {
        match Place::of(node) {
            Place::TeamUsers(id) if self.teams.contains_key(&id) => self.reads.want(Reading::Team(id), now.ms),
            Place::User(id) if id == self.plan.login => self.reads.want(Reading::Own, now.ms),
            Place::Queue(_) | Place::UserQueues(_) if self.queues.is_some() => {
                self.reads.want(Reading::Queues, now.ms);
            }
            _ => {}
        }
    }

    /// Queues were read.
    pub(super) fn queues_read(&mut self, now: Now, ids: Vec<String>, record: StoredRequest) {
        self.hear(record);
        let heard = matches!(self.link, Link::Up(_));
        let old = self.queues.replace(BTreeSet::new());
        if heard {
            if old.is_none()
                && let Some(node) = Place::UserQueues(self.plan.login.clone()).node()
            {
                self.questions.ask(Question::Subscribe(node), now.ms);
            }
            self.queues = old.or(Some(BTreeSet::new()));
            self.hear_queues(now, ids);
        } else {
            let next = now.ms + self.about(self.plan.poll_ms);
            self.reads.want(Reading::Queues, next);
        }
    }

    fn hear_queues(&mut self, now: Now, ids: Vec<String>) {
        let Some(queues) = &mut self.queues else { return };
        let new: Vec<String> = ids.into_iter().filter(|id| queues.insert(id.clone())).collect();
        for node in new.into_iter().filter_map(|id| Place::Queue(id).node()) {
            self.questions.ask(Question::Subscribe(node), now.ms);
        }
    }

    /// Something about a queue.
    pub(super) fn queue_item(&mut self, now: Now, told: Told, record: StoredRequest) {
        match told {
            Told::Queues { ids, gone: false } => self.hear_queues(now, ids),
            Told::Queues { ids, gone: true } => {
                for id in ids {
                    self.unhear_queue(now, id);
                }
            }
            Told::Queue { id, gone: true } => self.unhear_queue(now, id),
            Told::Queue { .. } => {}
            _ => return,
        }
        self.hear(record);
    }

    fn unhear_queue(&mut self, now: Now, id: String) {
        let known = self.queues.as_mut().is_some_and(|queues| queues.remove(&id));
        if let (true, Link::Up(up), Some(node)) = (known, &self.link, Place::Queue(id).node()) {
            self.questions.ask(Question::Unsubscribe { node, address: up.address.clone() }, now.ms);
        }
    }

    /// One list of reasons was read, or could not be: the payloads carry their names as well.
    pub(super) fn reasons_read(&mut self, what: &Reading, record: Option<StoredRequest>) {
        let Reading::Reasons(category) = what else { return };
        self.reasons.insert(*category, record);
        if self.reasons.len() < CATEGORIES.len() {
            return;
        }
        let lists: Vec<StoredRequest> = std::mem::take(&mut self.reasons).into_values().flatten().collect();
        let bodies: Vec<&[u8]> = lists.iter().map(|list| list.body.as_ref()).collect();
        let joined = join_reasons(&bodies);
        if let Some(first) = lists.into_iter().next() {
            self.hear(StoredRequest { query: vec![], body: joined.into(), ..first });
        }
    }
}

//! The link to the notification service: which way, whether it lives, and what is heard on it.
//!
//! Deliberately not here: teams (`teams`) and the order of questions (`questions`).

use std::collections::{BTreeSet, VecDeque};

use crate::transport::xmpp::{Lost, stanza::escape_local};

use super::{
    super::{
        Transport,
        wire::update::{Place, Told},
    },
    Command, Gone, Heard, Machine, Now, Question, Reading, Stage, Way,
    questions::Open,
    report::Stop,
};

/// Between two signs of ours, whatever else is said.
const PING: u64 = 10_000;
/// So many unanswered in a row end the link.
const MISSED: u32 = 2;
/// The longest sign-in; the caller gives up well before.
const SIGN_IN: u64 = 30_000;
/// Until another try to hear where teams are read at intervals.
const RETRY: u64 = 60_000;
/// Until the server's own user is asked to show itself.
const GREET: u64 = 10_000;
/// The most an outage of everybody spreads the return, milliseconds.
const SPREAD: u64 = 10_000;
/// Tries of a subscription the server fails at.
const TRIES: u32 = 3;
const RESOURCE: &str = "console-";

/// The link.
pub(super) enum Link {
    /// None, and none wanted.
    None,
    /// Being made.
    Trying(Trying),
    /// There.
    Up(Box<Up>),
    /// Not to be had; tried again later.
    Down { retry_at: u64 },
}

/// A link being made.
pub(super) struct Trying {
    link: u64,
    way: Way,
    left: VecDeque<Way>,
    until: u64,
}

/// A link that is there.
pub(super) struct Up {
    pub(super) link: u64,
    /// Our full address.
    pub(super) address: String,
    pub(super) way: Way,
    /// Something was heard since our last sign.
    heard: bool,
    missed: u32,
    ping_at: u64,
    /// After a sleep: the other side has to show itself by then.
    awake_by: Option<u64>,
    /// Whether the server's own user is there; absent until it was seen.
    pub(super) server_user: Option<bool>,
    greet_at: Option<u64>,
    pub(super) clean_at: Option<u64>,
    /// Other sessions of our account.
    others: BTreeSet<String>,
}

impl Link {
    /// When something about it is due.
    pub(super) fn wake(&self) -> Option<u64> {
        match self {
            Self::None => None,
            Self::Trying(trying) => Some(trying.until),
            Self::Down { retry_at } => Some(*retry_at),
            Self::Up(up) => [Some(up.ping_at), up.awake_by, up.greet_at, up.clean_at].into_iter().flatten().min(),
        }
    }

    /// Tries again at once, where it waits for that.
    pub(super) fn retry_now(&mut self, now: u64) {
        if let Self::Down { retry_at } = self {
            *retry_at = now;
        }
    }

    fn number(&self) -> Option<u64> {
        match self {
            Self::Trying(trying) => Some(trying.link),
            Self::Up(up) => Some(up.link),
            Self::None | Self::Down { .. } => None,
        }
    }
}

impl Machine {
    /// The ways to try, the one that worked last first.
    fn ways(&self) -> VecDeque<Way> {
        let direct = self.plan.direct_tls.then_some(Way::DirectTls);
        let mut ways: VecDeque<Way> = match self.plan.transport {
            Transport::Auto => [Way::Websocket, Way::OldWebsocket].into_iter().chain(direct).collect(),
            Transport::Websocket => VecDeque::from([Way::Websocket, Way::OldWebsocket]),
            Transport::DirectTls => VecDeque::from([Way::DirectTls]),
            Transport::Polling => VecDeque::new(),
        };
        if let Some(best) = self.nodes[self.current].way.filter(|best| ways.contains(best)) {
            ways.retain(|way| *way != best);
            ways.push_front(best);
        }
        ways
    }

    /// Begins to make a link.
    pub(super) fn try_ways(&mut self, now: Now) {
        let ways = self.ways();
        self.try_next(now, ways);
    }

    fn try_next(&mut self, now: Now, mut left: VecDeque<Way>) {
        let info = self.nodes[self.current].info.as_ref();
        let names = info.and_then(|info| Some((info.domain.clone()?, info.pubsub.clone()?)));
        let (Some(way), Some((domain, pubsub))) = (left.pop_front(), names) else { return self.poll(now) };
        let link = self.id();
        self.link = Link::Trying(Trying { link, way, left, until: now.ms + SIGN_IN });
        self.out.push(Command::Link { node: self.current, way, link, domain, pubsub });
    }

    /// Nothing can be heard: everything is read at intervals, unless another node may do better.
    fn poll(&mut self, now: Now) {
        // A node that was heard before and is not now has broken down. One that never was is taken as it is: what keeps us from
        // hearing it most likely keeps us from hearing its neighbour as well.
        if self.nodes[self.current].way.take().is_some()
            && let Some(other) = self.other_usable()
        {
            self.let_go("link");
            return self.go(other);
        }
        self.link = match self.plan.transport {
            Transport::Polling => Link::None,
            _ => Link::Down { retry_at: now.ms + RETRY },
        };
        if !self.polling {
            self.polling = true;
            self.resync(now);
        }
    }

    /// Ends the link.
    pub(super) fn unlink(&mut self, leaving: bool) {
        if let Some(link) = self.link.number() {
            self.out.push(Command::Unlink { link, leaving });
        }
        self.link = Link::None;
    }

    /// A link has signed in.
    pub(super) fn linked(&mut self, now: Now, link: u64, address: String) {
        let way = match &self.link {
            Link::Trying(trying) if trying.link == link => trying.way,
            _ => return,
        };
        self.nodes[self.current].way = Some(way);
        self.backoff.up(now.ms);
        self.link = Link::Up(Box::new(Up {
            link,
            address,
            way,
            heard: true,
            missed: 0,
            ping_at: now.ms + PING,
            awake_by: None,
            server_user: None,
            greet_at: Some(now.ms + GREET),
            clean_at: None,
            others: BTreeSet::new(),
        }));
        self.polling = false;
        self.settled = false;
        self.cause = None;
        self.out.push(Command::Appear { link });
        if self.limited {
            self.reads.want(Reading::Own, now.ms);
        }
        let teams: Vec<String> = self.teams.keys().cloned().collect();
        for team in teams {
            self.subscribe_team(now, &team);
        }
    }

    /// A link failed or ended.
    pub(super) fn unlinked(&mut self, now: Now, link: u64, why: Gone) {
        if self.link.number() != Some(link) {
            return;
        }
        let link = std::mem::replace(&mut self.link, Link::None);
        if matches!(self.stage, Stage::Leaving { .. }) {
            return self.finish();
        }
        let host = self.nodes[self.current].plan.host.clone();
        match why {
            Gone::Lost(Lost::NotAuthorized) => {
                self.out.push(Command::Refused);
                self.refuse(now);
                self.stop(Stop::Credentials);
            }
            Gone::Lost(Lost::Ended(condition)) if condition == "conflict" => self.stop(Stop::Conflict),
            Gone::Certificate(shown) => {
                self.cause = Some(("tls_untrusted".to_owned(), host));
                self.nodes[self.current].certificate = Some(shown);
                self.try_later(now, 0);
            }
            Gone::Lost(lost) => {
                self.cause = Some((cause(&lost), format!("{host}: {lost}")));
                match link {
                    Link::Trying(_) if matches!(lost, Lost::SignIn(_)) => self.try_later(now, 0),
                    Link::Trying(trying) => self.try_next(now, trying.left),
                    _ => {
                        // Everybody was sent away at once, and comes back at once.
                        let shut = matches!(&lost, Lost::Ended(condition) if condition == "system-shutdown");
                        let spread = if shut { self.random(SPREAD) } else { 0 };
                        self.try_later(now, spread);
                    }
                }
            }
        }
    }

    /// Shows that we are there, and finds out whether the other side is.
    pub(super) fn keep_alive(&mut self, now: Now) {
        let Link::Up(up) = &mut self.link else { return };
        if up.awake_by.is_some_and(|by| by <= now.ms) {
            return self.dead(now, "no answer after a sleep");
        }
        if up.ping_at > now.ms {
            return;
        }
        up.missed = if up.heard { 0 } else { up.missed + 1 };
        if up.missed >= MISSED {
            return self.dead(now, "no sign of life");
        }
        up.heard = false;
        up.ping_at = now.ms + PING;
        self.ping();
    }

    /// After a sleep: a sign within `limit`, or the link is dead.
    pub(super) fn wake_up(&mut self, now: Now, limit: u64) {
        let Link::Up(up) = &mut self.link else { return };
        up.awake_by = Some(now.ms + limit);
        up.heard = false;
        up.ping_at = now.ms + PING;
        self.ping();
    }

    fn ping(&mut self) {
        let id = self.id();
        if let Some(link) = self.link.number() {
            self.out.push(Command::Ask { link, id, question: Question::Ping });
        }
    }

    fn dead(&mut self, now: Now, why: &str) {
        self.cause = Some(("link".to_owned(), why.to_owned()));
        self.try_later(now, 0);
    }

    /// What is due about the link but its life.
    pub(super) fn mind_link(&mut self, now: Now) {
        match &mut self.link {
            Link::Down { retry_at } if *retry_at <= now.ms => self.try_ways(now),
            Link::Trying(trying) if trying.until <= now.ms => {
                let left = std::mem::take(&mut trying.left);
                self.unlink(false);
                self.try_next(now, left);
            }
            Link::Up(up) => {
                let link = up.link;
                if up.greet_at.take_if(|at| *at <= now.ms).is_some() {
                    let address = self.server_user();
                    self.out.extend(address.map(|address| Command::Watch { link, address }));
                }
                if let Link::Up(up) = &mut self.link
                    && up.clean_at.take_if(|at| *at <= now.ms).is_some()
                {
                    self.questions.ask(Question::Subscriptions, now.ms);
                }
            }
            _ => {}
        }
    }

    /// Our full address on the link.
    pub(in crate::finesse) fn address(&self) -> Option<String> {
        match &self.link {
            Link::Up(up) => Some(up.address.clone()),
            _ => None,
        }
    }

    fn domain(&self) -> Option<&str> {
        self.nodes[self.current].info.as_ref()?.domain.as_deref()
    }

    /// The address of the user whose presence says whether the server's own part is there.
    fn server_user(&self) -> Option<String> {
        Some(format!("finesse@{}", self.domain()?))
    }

    /// Something was heard.
    pub(super) fn heard(&mut self, now: Now, link: u64, what: Heard) {
        let Link::Up(up) = &mut self.link else { return };
        if up.link != link {
            return;
        }
        up.heard = true;
        if up.awake_by.take().is_some() {
            self.resync(now);
        }
        match what {
            Heard::Sign => {}
            Heard::Answer { id, outcome } => {
                if let Some(open) = self.questions.answered(id) {
                    self.answer(now, open, outcome);
                }
            }
            Heard::Presence { from, available } => self.presence(now, &from, available),
            Heard::Upset { node } => self.upset(now, &node),
            Heard::Item { node, told, record } => {
                if matches!(self.stage, Stage::Up) {
                    self.item(now, &Place::of(&node), told.map(|told| *told), *record);
                }
            }
        }
    }

    fn presence(&mut self, now: Now, from: &str, available: bool) {
        let (bare, resource) = from.split_once('/').unwrap_or((from, ""));
        let ours = self.domain().map(|domain| format!("{}@{domain}", escape_local(&self.plan.login)));
        let server = self.server_user();
        let is =
            |address: &Option<String>| address.as_deref().is_some_and(|address| address.eq_ignore_ascii_case(bare));
        let (is_server, is_ours) = (is(&server), is(&ours) && resource != self.plan.resource);
        let Link::Up(up) = &mut self.link else { return };
        if is_ours {
            if available {
                up.others.insert(from.to_lowercase())
            } else {
                up.others.remove(&from.to_lowercase())
            };
        }
        if !is_server {
            return;
        }
        up.greet_at = None;
        match (up.server_user, available) {
            (Some(true), false) => {
                up.server_user = Some(false);
                self.begin_outage(now, "server_user_gone", "the server's own user has left");
            }
            (Some(false), true) => {
                up.server_user = Some(true);
                self.nodes[self.current].probe_at = Some(now.ms);
            }
            (None, true) => up.server_user = Some(true),
            // "Gone" from somebody never seen says nothing: the server may only mean that we may not see it yet.
            _ => {}
        }
    }

    /// A question was answered, or given up.
    pub(super) fn answer(&mut self, now: Now, open: Open, outcome: Result<Vec<(String, String)>, String>) {
        match open.question {
            Question::Subscribe(node) => match (Place::of(&node), outcome) {
                (Place::TeamUsers(team), Ok(_)) => self.team_heard(now, &team),
                (Place::TeamUsers(_), Err(condition))
                    if matches!(condition.as_str(), "timeout" | "internal-server-error" | "remote-server-timeout") =>
                {
                    if open.tries >= TRIES {
                        return self.dead(now, "the notification service does not answer");
                    }
                    let pause = 1000 << open.tries;
                    self.questions.again(Question::Subscribe(node), now.ms + pause, open.tries + 1);
                }
                (Place::TeamUsers(team), Err(_)) => self.team_unheard(now, &team, RETRY),
                (Place::UserDialogs(login_id), Err(condition)) => {
                    self.dialogs.remove(&login_id);
                    let forbidden = matches!(condition.as_str(), "forbidden" | "not-authorized");
                    if let Some(team) = open.member_of.filter(|_| forbidden).and_then(|team| self.teams.get_mut(&team))
                    {
                        team.dialogs = false;
                    }
                }
                _ => {}
            },
            Question::Subscriptions => self.clean(now, outcome.unwrap_or_default()),
            Question::Unsubscribe { .. } | Question::Ping => {}
        }
    }

    /// Removes subscriptions of earlier sessions: ours to what nobody wants any more, and those of installations that are gone.
    fn clean(&mut self, now: Now, subscriptions: Vec<(String, String)>) {
        let wanted: BTreeSet<String> = self.subscribed().into_iter().collect();
        let Link::Up(up) = &self.link else { return };
        let ours = up.address.to_lowercase();
        let bare = ours.split('/').next().unwrap_or_default().to_owned();
        let left = subscriptions.into_iter().filter(|(node, address)| {
            let address = address.to_lowercase();
            match address.split_once('/') {
                _ if address == ours => !wanted.contains(node),
                Some((other, resource)) => {
                    other == bare && resource.starts_with(RESOURCE) && !up.others.contains(&address)
                }
                None => false,
            }
        });
        for (node, address) in left.collect::<Vec<_>>() {
            self.questions.ask(Question::Unsubscribe { node, address }, now.ms);
        }
    }

    /// The nodes subscribed to by now.
    pub(super) fn subscribed(&self) -> Vec<String> {
        let teams = self.teams.iter().filter(|(_, team)| team.hears()).map(|(id, _)| Place::TeamUsers(id.clone()));
        let dialogs = self.dialogs.iter().map(|id| Place::UserDialogs(id.clone()));
        let queues = self.queues.iter().flatten().map(|id| Place::Queue(id.clone()));
        let list = self.queues.as_ref().map(|_| Place::UserQueues(self.plan.login.clone()));
        teams.chain(dialogs).chain(queues).chain(list).filter_map(|place| place.node()).collect()
    }

    /// An item of a notification node.
    fn item(&mut self, now: Now, place: &Place, told: Option<Told>, record: crate::StoredRequest) {
        if let Some(Told::Failed { request_id, complaint }) = told {
            self.out.extend(request_id.map(|request_id| Command::Failed { request_id, complaint }));
            return;
        }
        let made_by = match &told {
            Some(Told::Member { request_id, .. }) => request_id.clone(),
            _ => None,
        };
        match (place, told) {
            (Place::TeamUsers(team), told) => self.team_item(now, team, told, record),
            (Place::User(id), told) if *id == self.plan.login => self.own_item(now, told, record),
            (Place::System, Some(Told::System(info))) if info.status.is_some() => {
                self.nodes[self.current].take(now, *info);
                self.node_spoke(now, self.current);
            }
            (Place::System, None) => self.nodes[self.current].probe_at = Some(now.ms),
            (Place::UserDialogs(id), Some(Told::Calls)) => self.calls_item(id, record),
            (Place::Queue(_) | Place::UserQueues(_), Some(told)) => self.queue_item(now, told, record),
            _ => {}
        }
        self.out.extend(made_by.map(|request_id| Command::Done { request_id }));
    }
}

/// A code of the console's texts.
fn cause(lost: &Lost) -> String {
    match lost {
        Lost::Broken(obstacle, _) => obstacle.as_ref().to_owned(),
        Lost::NotSpoken(_) => "not_spoken".to_owned(),
        Lost::Garbled(_) => "not_understood".to_owned(),
        Lost::Closed | Lost::SeeOther(_) | Lost::Ended(_) => "link".to_owned(),
        Lost::NotAuthorized => "http_401".to_owned(),
        Lost::SignIn(condition) => condition.replace('-', "_"),
        Lost::NoMechanism => "no_mechanism".to_owned(),
        Lost::NotBound(_) => "not_bound".to_owned(),
    }
}

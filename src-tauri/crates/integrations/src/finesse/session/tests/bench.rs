//! A cluster made of answers, and a clock moved by hand. Keeps what the session must never do.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use pult_domain::{Instant, areas::floor};

use super::super::{
    super::{
        Transport,
        trouble::Trouble,
        wire::{
            Deployment, SystemInfo,
            people::{TeamName, User},
            route,
            system::Complaint,
            update::Told,
        },
    },
    Command, Event, Given, Gone, Heard, Machine, NodePlan, Now, Plan, Question, Reading, Way,
};
use crate::{SessionReport, SessionState, StoredRequest, transport::xmpp::Lost};

pub(super) const LOGIN: &str = "70400";
pub(super) const ADDRESS: &str = "70400@cc.example/console-6f2c";
/// 2026-03-17 08:41:00 UTC.
pub(super) const WALL: i64 = 1_773_736_860_000;
/// An answer's way here.
const DELAY: u64 = 20;

/// A node made of answers.
#[derive(Clone)]
pub(super) struct NodeWorld {
    pub(super) info: Result<SystemInfo, Trouble>,
    /// It speaks of itself only to somebody it knows.
    pub(super) shy: bool,
    pub(super) own: Result<User, Trouble>,
    pub(super) teams: BTreeMap<String, Result<Vec<String>, Trouble>>,
    /// The ways that lead to a link, and why others do not.
    pub(super) ways: Vec<Way>,
    pub(super) no_way: Gone,
    /// Nodes whose subscription is refused, by their ends.
    pub(super) refused: BTreeMap<String, String>,
    /// Nothing comes from the notification service any more, not even an end.
    pub(super) hangs: bool,
    pub(super) subscriptions: Vec<(String, String)>,
}

pub(super) fn info(status: &str) -> SystemInfo {
    SystemInfo {
        status: Some(status.to_owned()),
        deployment: Some(Deployment::Express),
        domain: Some("cc.example".to_owned()),
        pubsub: Some("pubsub.cc.example".to_owned()),
        ..SystemInfo::default()
    }
}

pub(super) fn user(roles: &[&str], teams: &[&str]) -> User {
    let body = "<User><loginId>70400</loginId><state>NOT_READY</state></User>";
    let team = |id: &&str| TeamName { id: (*id).to_owned(), name: None };
    User {
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        teams: teams.iter().map(team).collect(),
        ..User::read(body.as_bytes()).unwrap()
    }
}

impl NodeWorld {
    pub(super) fn new(teams: &[&str]) -> Self {
        let members = |team: &&str| ((*team).to_owned(), Ok(vec![format!("{team}1"), format!("{team}2")]));
        Self {
            info: Ok(info("IN_SERVICE")),
            shy: false,
            own: Ok(user(&["Agent", "Supervisor"], teams)),
            teams: teams.iter().map(members).collect(),
            ways: vec![Way::Websocket],
            no_way: Gone::Lost(Lost::NotSpoken("HTTP 404".to_owned())),
            refused: BTreeMap::new(),
            hangs: false,
            subscriptions: vec![],
        }
    }
}

pub(super) fn plan(nodes: usize) -> Plan {
    let node = |at: usize| NodePlan {
        host: format!("fin-{at}.cc.example"),
        port: 8445,
        old_websocket_port: 7443,
        direct_tls_port: 5223,
    };
    Plan {
        login: LOGIN.to_owned(),
        resource: "console-6f2c".to_owned(),
        nodes: (0..nodes).map(node).collect(),
        transport: Transport::Auto,
        direct_tls: false,
        poll_ms: 30_000,
    }
}

pub(super) fn record(route: &str, body: &str) -> StoredRequest {
    StoredRequest {
        route: route.to_owned(),
        method: "GET".to_owned(),
        path: String::new(),
        query: vec![],
        headers: vec![],
        body: body.to_owned().into(),
    }
}

/// The session and its cluster.
pub(super) struct Bench {
    pub(super) machine: Machine,
    pub(super) world: Vec<NodeWorld>,
    pub(super) ms: u64,
    /// How much further the wall clock is than the other.
    pub(super) slept: i64,
    /// Everything ordered, and when.
    pub(super) log: Vec<(u64, Command)>,
    answers: VecDeque<(u64, Event)>,
    /// The link that is up, and its node.
    pub(super) link: Option<(u64, usize)>,
    /// Links begun and not ended.
    open_links: BTreeSet<u64>,
    open_reads: BTreeSet<u64>,
    open_questions: BTreeMap<u64, u64>,
    /// No credentials may be sent: they were refused and nobody has asked to try again.
    forbidden: bool,
}

impl Bench {
    pub(super) fn new(plan: Plan, world: Vec<NodeWorld>) -> Self {
        Self {
            machine: Machine::new(plan, 7),
            world,
            ms: 0,
            slept: 0,
            log: vec![],
            answers: VecDeque::new(),
            link: None,
            open_links: BTreeSet::new(),
            open_reads: BTreeSet::new(),
            open_questions: BTreeMap::new(),
            forbidden: false,
        }
    }

    /// Two nodes with these teams, live.
    pub(super) fn live(teams: &[&str]) -> Self {
        let mut bench = Self::new(plan(2), vec![NodeWorld::new(teams), NodeWorld::new(teams)]);
        bench.pass(3_000);
        assert_eq!(bench.state(), SessionState::Live);
        bench
    }

    fn now(&self) -> Now {
        let wall = WALL + i64::try_from(self.ms).unwrap() + self.slept;
        Now { ms: self.ms, wall: Instant::from_millisecond(wall).unwrap() }
    }

    /// Lets something happen now.
    pub(super) fn happen(&mut self, event: Event) {
        if let Event::Order(crate::StreamOrder::Connect) = &event {
            self.forbidden = false;
        }
        if let Event::Unlinked { link, .. } = &event {
            self.open_links.remove(link);
            self.link = self.link.filter(|(up, _)| up != link);
        }
        if let Event::Read { ticket, .. } = &event {
            self.open_reads.remove(ticket);
        }
        if let Event::Heard { what: Heard::Answer { id, .. }, .. } = &event {
            self.open_questions.remove(id);
        }
        let now = self.now();
        for command in self.machine.on(now, event) {
            self.obey(command);
        }
        let wake = self.machine.wake();
        assert!(wake.is_none_or(|at| at > self.ms), "at {} it wants to be woken at {wake:?}: it would spin", self.ms);
    }

    fn answer(&mut self, event: Event) {
        self.answers.push_back((self.ms + DELAY, event));
    }

    fn obey(&mut self, command: Command) {
        self.keep_the_rules(&command);
        self.log.push((self.ms, command.clone()));
        match command {
            Command::Probe { node, credentials } => {
                let world = &self.world[node];
                let stranger = world.shy && !credentials;
                let outcome = if stranger { Err(Trouble::NoRights(Complaint::default())) } else { world.info.clone() };
                self.answer(Event::Info { node, outcome });
            }
            Command::Read { node, ticket, what } => {
                let outcome = self.given(node, &what);
                self.answer(Event::Read { ticket, outcome });
            }
            Command::Link { node, way, link, .. } => {
                if self.world[node].ways.contains(&way) {
                    self.link = Some((link, node));
                    self.answer(Event::Linked { link, address: ADDRESS.to_owned() });
                } else {
                    let why = self.world[node].no_way.clone();
                    self.answer(Event::Unlinked { link, why });
                }
            }
            Command::Ask { link, id, question } => {
                let Some((_, node)) = self.link.filter(|(up, _)| *up == link) else { return };
                let world = &self.world[node];
                if world.hangs {
                    return;
                }
                let outcome = match &question {
                    Question::Subscribe(name) => {
                        let refusal = world.refused.iter().find(|(end, _)| name.ends_with(end.as_str()));
                        refusal.map_or(Ok(vec![]), |(_, condition)| Err(condition.clone()))
                    }
                    Question::Subscriptions => Ok(world.subscriptions.clone()),
                    Question::Unsubscribe { .. } | Question::Ping => Ok(vec![]),
                };
                self.answer(Event::Heard { link, what: Heard::Answer { id, outcome } });
            }
            Command::Unlink { link, .. } => {
                self.open_links.remove(&link);
                self.link = self.link.filter(|(up, _)| *up != link);
            }
            _ => {}
        }
    }

    fn given(&self, node: usize, what: &Reading) -> Result<Given, Trouble> {
        let world = &self.world[node];
        match what {
            Reading::Own => {
                world.own.clone().map(|user| Given::Own { user: Box::new(user), record: record(route::USER, "own") })
            }
            Reading::Team(id) => {
                let members = world.teams.get(id).cloned().unwrap_or(Err(Trouble::NotFound))?;
                let members = members.into_iter().map(|member| (member, Some("5413".to_owned()))).collect();
                Ok(Given::Team { members, record: record(route::TEAM, id) })
            }
            Reading::Queues => {
                let ids = vec!["5031".to_owned(), "5032".to_owned()];
                Ok(Given::Queues { ids, record: record(route::QUEUES, "queues") })
            }
            Reading::Reasons(category) => Ok(Given::Reasons(record(route::REASONS, category))),
        }
    }

    /// What must hold whatever happens.
    fn keep_the_rules(&mut self, command: &Command) {
        let secret = match command {
            Command::Read { .. } | Command::Link { .. } => true,
            Command::Probe { credentials, .. } => *credentials,
            _ => false,
        };
        assert!(!(secret && self.forbidden), "credentials after they were refused: {command:?}");
        let requests = |(at, _): &&(u64, Command)| *at + 1_000 > self.ms;
        let node_of = |command: &Command| match command {
            Command::Probe { node, .. } | Command::Read { node, .. } => Some(*node),
            _ => None,
        };
        if let Some(node) = node_of(command) {
            let recent =
                self.log.iter().rev().take_while(requests).filter(|(_, one)| node_of(one) == Some(node)).count();
            assert!(recent < 4, "more than four requests in a second");
        }
        match command {
            Command::Link { link, .. } => {
                assert!(self.open_links.is_empty(), "a second session beside {:?}", self.open_links);
                self.open_links.insert(*link);
                self.open_questions.clear();
            }
            Command::Read { ticket, .. } => {
                self.open_reads.insert(*ticket);
            }
            Command::Ask { id, question, .. } if *question != Question::Ping => {
                let ms = self.ms;
                self.open_questions.retain(|_, until| *until > ms);
                self.open_questions.insert(*id, ms + 10_000);
                assert!(self.open_questions.len() <= 10, "more than ten questions at once");
            }
            Command::Report(report) if report.state == SessionState::AuthFailed => self.forbidden = true,
            _ => {}
        }
    }

    /// Lets time pass: answers arrive and timers ring, in order.
    pub(super) fn pass(&mut self, ms: u64) {
        let end = self.ms + ms;
        loop {
            let wake = self.machine.wake().unwrap_or(u64::MAX);
            let answer = self.answers.front().map_or(u64::MAX, |(at, _)| *at);
            let next = wake.min(answer);
            if next > end {
                break;
            }
            self.ms = next.max(self.ms);
            let event = if answer <= wake { self.answers.pop_front().map(|(_, event)| event) } else { None };
            self.happen(event.unwrap_or(Event::Tick));
        }
        self.ms = end;
        self.happen(Event::Tick);
    }

    /// Something is heard on the link.
    pub(super) fn hear(&mut self, what: Heard) {
        let (link, _) = self.link.unwrap();
        self.happen(Event::Heard { link, what });
    }

    /// An item of a node.
    pub(super) fn item(&mut self, node: &str, body: &str) {
        let told = Told::read(body).ok().map(Box::new);
        let mut record = record(route::UPDATE, body);
        record.path = node.to_owned();
        self.hear(Heard::Item { node: node.to_owned(), told, record: Box::new(record) });
    }

    /// A person of a team changed.
    pub(super) fn change(&mut self, team: &str, login_id: &str, state: &str, at: &str) {
        self.item(&format!("/finesse/api/Team/{team}/Users"), &change(login_id, state, at));
    }

    /// The link ends.
    pub(super) fn lose(&mut self, why: Lost) {
        let (link, _) = self.link.unwrap();
        self.happen(Event::Unlinked { link, why: Gone::Lost(why) });
    }

    pub(super) fn report(&self) -> SessionReport {
        let reports = self.log.iter().rev().filter_map(|(_, command)| match command {
            Command::Report(report) => Some(report.as_ref().clone()),
            _ => None,
        });
        reports.into_iter().next().unwrap()
    }

    pub(super) fn state(&self) -> SessionState {
        self.report().state
    }

    /// What is logged from now on counts.
    pub(super) fn forget(&mut self) {
        let last = self.log.iter().rposition(|(_, command)| matches!(command, Command::Report(_)));
        let kept = last.map(|at| self.log[at].clone());
        self.log.clear();
        self.log.extend(kept);
    }

    pub(super) fn count(&self, what: impl Fn(&Command) -> bool) -> usize {
        self.log.iter().filter(|(_, command)| what(command)).count()
    }

    /// How often a team was read.
    pub(super) fn team_reads(&self) -> usize {
        self.count(|command| matches!(command, Command::Read { what: Reading::Team(_), .. }))
    }

    /// What was handed on, by its body.
    pub(super) fn heard(&self) -> Vec<String> {
        let bodies = self.log.iter().filter_map(|(_, command)| match command {
            Command::Hear(record) => Some(String::from_utf8_lossy(&record.body).into_owned()),
            _ => None,
        });
        bodies.collect()
    }

    /// What was noted: the teams in order, and the reason of a loss.
    pub(super) fn notes(&self) -> Vec<String> {
        let notes = self.log.iter().filter_map(|(_, command)| match command {
            Command::Note(floor::Fact::WatchBegan { teams }) => Some(format!("+{}", teams.join(","))),
            Command::Note(floor::Fact::WatchLost { teams, why }) => Some(format!("-{} {why}", teams.join(","))),
            _ => None,
        });
        notes.collect()
    }

    /// Nodes subscribed to.
    pub(super) fn subscribed(&self) -> Vec<String> {
        let nodes = self.log.iter().filter_map(|(_, command)| match command {
            Command::Ask { question: Question::Subscribe(node), .. } => Some(node.clone()),
            _ => None,
        });
        nodes.collect()
    }
}

/// The text of a person's change.
pub(super) fn change(login_id: &str, state: &str, at: &str) -> String {
    format!(
        "<Update><data><user><loginId>{login_id}</loginId><state>{state}</state><stateChangeTime>{at}</stateChangeTime></user>\
         </data><event>PUT</event><source>/finesse/api/User/{login_id}</source></Update>"
    )
}

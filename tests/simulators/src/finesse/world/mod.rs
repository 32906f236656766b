//! The cluster's world: who is in which state, and what is told to whom when that changes. No I/O and no clock of its
//! own: time comes in with every call, notices go out as values.
//!
//! What the contract leaves open is decided here and is part of this simulator's face:
//! * A change of the pending state alone is told on the team's node too, not on the user's alone.
//! * A supervisor's LOGOUT during a call becomes the pending state and happens when the call ends.
//! * A failure that shows only after the answer is told on the nodes of both the agent and who asked.

pub mod call;
pub mod life;
pub mod people;
pub mod queue;
pub mod reason;
pub mod script;
pub mod state;
mod view;

use std::collections::{BTreeSet, BinaryHeap, HashMap};

use jiff::Timestamp;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};

use self::{
    call::{Call, Leg, WRAP_UP},
    life::Due,
    people::{Person, Team},
    queue::Queue,
    reason::Reason,
    state::{State, Verdict, supervised},
};
use super::{NodeName, node::NodeOrder, xml::Element};
use crate::catalogue::{self, Agency};

/// Which of the two products the cluster belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Deployment {
    /// Ids may be words, no queues, reason 33.
    #[default]
    Uccx,
    /// Ids are numbers, queues, HOLD and WORK_READY, reason 999.
    Ucce,
}

impl Deployment {
    /// The wire's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Uccx => "UCCX",
            Self::Ucce => "UCCE",
        }
    }
}

/// What the world is made of.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which product.
    pub deployment: Deployment,
    /// How many teams.
    pub teams: usize,
    /// Agents in each.
    pub team_size: usize,
    /// Decides what everybody does.
    pub seed: u64,
    /// Everybody starts signed out.
    pub night: bool,
    /// Whether agents do anything by themselves.
    pub live: bool,
}

/// What an `Update` reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Something is there that was not.
    Post,
    /// Something changed.
    Put,
    /// Something is gone.
    Delete,
}

/// One notification on one node.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The notification node.
    pub node: String,
    /// What happened.
    pub verb: Verb,
    /// The resource it happened to.
    pub source: String,
    /// The resource's new content.
    pub data: Option<Element>,
    /// The request that brought it about.
    pub request: Option<String>,
}

impl Notice {
    /// The `Update` document.
    pub fn update(&self) -> Element {
        let verb = match self.verb {
            Verb::Post => "POST",
            Verb::Put => "PUT",
            Verb::Delete => "DELETE",
        };
        Element::group(
            "Update",
            [
                Element::text("event", verb),
                Element::text("source", &self.source),
                Element::text("requestId", self.request.as_deref().unwrap_or_default()),
                Element::group("data", self.data.clone()),
            ],
        )
    }
}

/// Something that came out of the world.
#[derive(Clone, Debug)]
pub enum Happening {
    /// A notification, the same on both nodes of the cluster.
    Notice(Notice),
    /// A scenario wants this of a node of the cluster.
    Node(NodeName, NodeOrder),
}

/// A new state for somebody.
#[derive(Clone, Debug)]
pub struct Change {
    /// The state.
    pub state: State,
    /// Since when; `None` when the server has not seen it happen.
    pub since: Option<Timestamp>,
    /// Why; kept only with a state that has reasons.
    pub reason: Option<Reason>,
    /// What follows.
    pub pending: Option<State>,
}

impl Change {
    /// Into `state` at `at`.
    pub const fn to(state: State, at: Timestamp) -> Self {
        Self { state, since: Some(at), reason: None, pending: None }
    }

    /// Why.
    #[must_use]
    pub const fn because(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }
}

/// The world.
pub struct World {
    /// Which product.
    pub deployment: Deployment,
    /// The teams.
    pub teams: Vec<Team>,
    /// Everybody.
    pub people: Vec<Person>,
    queues: Vec<Queue>,
    agencies: Vec<Agency>,
    index: HashMap<String, usize>,
    next_call: u64,
    due: BinaryHeap<std::cmp::Reverse<Due>>,
    planned: u64,
    live: bool,
    random: StdRng,
    out: Vec<Happening>,
}

impl World {
    /// The world at `now`.
    pub fn new(plan: &Plan, now: Timestamp) -> Self {
        let people = people::everybody(plan, now);
        let index = people.iter().enumerate().map(|(place, person)| (person.id.clone(), place)).collect();
        let mut world = Self {
            deployment: plan.deployment,
            teams: people::teams(plan),
            people,
            queues: Queue::all(),
            agencies: catalogue::agencies(),
            index,
            next_call: 33_561_027,
            due: BinaryHeap::new(),
            planned: 0,
            live: plan.live,
            random: StdRng::seed_from_u64(plan.seed),
            out: Vec::new(),
        };
        for who in 0..world.people.len() {
            let since = world.people[who].since.unwrap_or(now);
            world.follow_call(who, since);
        }
        // Calls that were up already are no news.
        world.out.clear();
        world.plan_everything(now);
        world
    }

    /// Where somebody is in [`Self::people`].
    pub fn find(&self, id: &str) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// Where the team with this number is in [`Self::teams`].
    pub fn find_team(&self, id: u32) -> Option<usize> {
        self.teams.iter().position(|team| team.id == id)
    }

    /// Whether `who` is a member of a team that `by` supervises.
    pub fn is_over(&self, by: usize, who: usize) -> bool {
        self.people[who].teams().any(|team| self.people[by].supervises.contains(&team))
    }

    /// Everything that came out since the last call, in order.
    pub fn take(&mut self) -> Vec<Happening> {
        std::mem::take(&mut self.out)
    }

    /// Changes somebody's state and tells it. Calls follow the state: they appear, move and end with it.
    pub fn change(&mut self, who: usize, change: Change, at: Timestamp, request: Option<&str>) {
        let person = &mut self.people[who];
        let moved = person.state != change.state || person.since != change.since;
        person.reason = change.reason.filter(|_| change.state.has_reason());
        person.pending = change.pending;
        person.since = change.since;
        person.state = change.state;
        self.tell(who, request);
        if moved {
            self.follow_call(who, at);
            self.plan_life(who, at);
        }
    }

    /// Sets what follows the present state, and tells it.
    pub fn intend(&mut self, who: usize, pending: Option<State>, request: Option<&str>) {
        self.people[who].pending = pending;
        self.tell(who, request);
    }

    /// Carries out what `by` ordered for `who`. A refusal at this late moment is told as a failure.
    pub fn obey(&mut self, by: usize, who: usize, wish: Wish, at: Timestamp, request: Option<&str>) {
        let own = by == who;
        let from = self.people[who].state.clone();
        let verdict =
            if own { state::own(&from, &wish.state, self.deployment) } else { supervised(&from, &wish.state) };
        match verdict {
            Verdict::Now => {
                let mut change = Change::to(wish.state, at);
                change.reason = match change.state {
                    State::NotReady if !own => Some(reason::forced(self.deployment)),
                    _ => wish.reason,
                };
                self.change(who, change, at, request);
            }
            Verdict::AfterCall => self.intend(who, Some(wish.state), request),
            Verdict::Refused => self.fail(by, who, request),
        }
    }

    /// Tells that an accepted order came to nothing.
    pub fn fail(&mut self, by: usize, who: usize, request: Option<&str>) {
        let error = Element::group(
            "apiErrors",
            [Element::group(
                "apiError",
                [
                    Element::text("errorData", "265"),
                    Element::text("errorMessage", "CF_INVALID_AGENT_WORKMODE"),
                    Element::text("errorType", "Invalid State"),
                ],
            )],
        );
        let source = self.people[who].uri();
        for node in BTreeSet::from([source.clone(), self.people[by].uri()]) {
            self.out.push(Happening::Notice(Notice {
                node,
                verb: Verb::Put,
                source: source.clone(),
                data: Some(error.clone()),
                request: request.map(str::to_owned),
            }));
        }
    }

    /// Tells a whole team at once.
    pub fn tell_team(&mut self, team: usize) {
        let source = format!("/finesse/api/Team/{}", self.teams[team].id);
        let (node, data) = (self.team_node(team), Some(self.team("team", team)));
        self.out.push(Happening::Notice(Notice { node, verb: Verb::Put, source, data, request: None }));
    }

    /// Takes somebody off every list of members, and tells it without data, as the service does.
    pub fn remove(&mut self, who: usize, at: Timestamp) {
        let source = self.people[who].uri();
        let teams: Vec<_> = self.people[who].teams().collect();
        for team in teams {
            let node = self.team_node(team);
            let source = source.clone();
            self.out.push(Happening::Notice(Notice { node, verb: Verb::Delete, source, data: None, request: None }));
        }
        let person = &mut self.people[who];
        (person.listed, person.also) = (false, None);
        self.plan_life(who, at);
    }

    fn tell(&mut self, who: usize, request: Option<&str>) {
        let source = self.people[who].uri();
        let notice = |node, data| {
            Happening::Notice(Notice {
                node,
                verb: Verb::Put,
                source: source.clone(),
                data: Some(data),
                request: request.map(str::to_owned),
            })
        };
        let mut told = vec![notice(source.clone(), self.user("user", who))];
        for team in self.people[who].teams() {
            told.push(notice(self.team_node(team), self.news_of_member(who)));
        }
        self.out.extend(told);
    }

    /// Path of a team's notification node.
    pub fn team_node(&self, team: usize) -> String {
        format!("/finesse/api/Team/{}/Users", self.teams[team].id)
    }

    fn follow_call(&mut self, who: usize, at: Timestamp) {
        let wanted = match &self.people[who].state {
            State::Reserved => Some(Leg::Alerting),
            State::Talking => Some(Leg::Active),
            State::Hold => Some(Leg::Held),
            State::Other(word) if word.starts_with("RESERVED_") => Some(Leg::Alerting),
            State::Work | State::WorkReady if self.people[who].call.is_some() => Some(Leg::WrapUp),
            _ => None,
        };
        let Some(leg) = wanted else {
            if let Some(mut call) = self.people[who].call.take() {
                self.wrap_up(who, &mut call);
                call.turn(Leg::Dropped, at);
                self.tell_call(who, Verb::Delete, &call);
            }
            return;
        };
        let person = &mut self.people[who];
        if let Some(mut call) = person.call.take() {
            call.turn(leg, at);
            if leg == Leg::WrapUp {
                self.wrap_up(who, &mut call);
            }
            self.tell_call(who, Verb::Put, &call);
            self.people[who].call = Some(call);
        } else if let Some(call) = Call::new(self.next_call, &person.line, leg, at, &self.agencies, &mut person.random)
        {
            self.next_call += 1;
            self.tell_call(who, Verb::Post, &call);
            self.people[who].call = Some(call);
        }
    }

    fn wrap_up(&mut self, who: usize, call: &mut Call) {
        if call.wrap_up.is_empty() && matches!(call.leg, Leg::Active | Leg::Held | Leg::WrapUp) {
            call.wrap_up = WRAP_UP[self.people[who].random.random_range(0..WRAP_UP.len())];
        }
    }

    fn tell_call(&mut self, who: usize, verb: Verb, call: &Call) {
        let node = format!("{}/Dialogs", self.people[who].uri());
        let (source, data) = match verb {
            Verb::Put => (call.uri(), call.element("dialog", self.deployment)),
            Verb::Post | Verb::Delete => {
                (node.clone(), Element::group("dialogs", [call.element("Dialog", self.deployment)]))
            }
        };
        self.out.push(Happening::Notice(Notice { node, verb, source, data: Some(data), request: None }));
    }
}

/// A state somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The state.
    pub state: State,
    /// The reason, which only the person can give.
    pub reason: Option<Reason>,
}

/// `at` as the interface writes it: milliseconds, `Z`; empty when unknown.
pub fn instant(at: Option<Timestamp>) -> String {
    at.map(|at| format!("{at:.3}")).unwrap_or_default()
}

//! The tenant as one thing: its world behind a lock, its switches, what was written down, and what people do in it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;

use super::{
    Settings,
    flight::{Counts, Flight},
    login::{Tally, TokenOrder, Tokens},
    rival::RivalOrder,
    switches::{SwitchOrder, Switches},
    world::{GroupOrder, PersonOrder, ServiceOrder, StatusOrder, World, task::TaskOrder},
};
use crate::{
    hands::{ClockOrder, Hands},
    service::{fault::Switchboard, journal::Journal},
};

/// Whose doing an assignment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The client's, by the gateway.
    Gateway,
    /// The client's, by the classic product.
    Classic,
    /// A person's.
    Person,
    /// The second writer's.
    Rival,
}

/// A task was given to somebody.
#[derive(Clone, Debug, Serialize)]
pub struct Assignment {
    /// Its place among all, from 1.
    pub order: u64,
    /// When.
    pub at: Timestamp,
    /// Number of the task.
    pub task: u64,
    /// Its service.
    pub service: Option<u64>,
    /// Who has it now.
    pub person: u64,
    /// Who had it before.
    pub was: Option<u64>,
    /// Whose doing it was.
    pub by: By,
}

/// The tenant.
pub struct Tenant {
    /// What was called.
    pub journal: Journal,
    /// What is wrong with answers.
    pub faults: Switchboard,
    /// The clock.
    pub hands: Hands,
    pub(super) settings: Settings,
    pub(super) flight: Flight,
    held: watch::Sender<bool>,
    state: Mutex<State>,
}

pub(super) struct State {
    pub(super) world: World,
    pub(super) switches: Switches,
    pub(super) tokens: Tokens,
    pub(super) rivals: Vec<RivalOrder>,
    pub(super) assignments: Vec<Assignment>,
    pub(super) lists: BTreeMap<u64, u64>,
}

/// An instant as the tenant keeps it, to the millisecond.
fn moment(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

impl Tenant {
    pub(super) fn new(settings: Settings) -> Self {
        let hands = Hands::new(settings.clock.clone());
        let world = if settings.demo { World::demo(moment(hands.now())) } else { World::empty() };
        let state = State {
            world,
            switches: Switches::default(),
            tokens: Tokens::default(),
            rivals: Vec::new(),
            assignments: Vec::new(),
            lists: BTreeMap::new(),
        };
        Self {
            journal: Journal::new(hands.clock()),
            faults: Switchboard::default(),
            hands,
            settings,
            flight: Flight::default(),
            held: watch::Sender::new(false),
            state: Mutex::new(state),
        }
    }

    /// Turns the clock.
    pub fn turn_clock(&self, order: ClockOrder) {
        self.hands.turn(order);
    }

    /// Changes how the tenant is.
    pub fn switch(&self, order: &SwitchOrder) {
        let mut state = self.state();
        state.switches.change(order);
        if order.reset {
            state.tokens.unlock();
        }
    }

    /// Takes tokens back.
    pub fn order_tokens(&self, order: TokenOrder) {
        self.state().tokens.order(order);
    }

    /// What the token service did so far.
    pub fn tokens(&self) -> Tally {
        self.state().tokens.tally
    }

    /// Sends a second writer.
    pub fn order_rival(&self, order: RivalOrder) {
        self.state().rivals.push(order);
    }

    /// Sends every second writer home.
    pub fn no_rivals(&self) {
        self.state().rivals.clear();
    }

    /// Writes wait before anything is done, until they are let go.
    pub fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    /// Waits until writes are not held.
    pub(super) async fn let_go(&self) {
        // The sender lives as long as the tenant.
        let _ = self.held.subscribe().wait_for(|held| !held).await;
    }

    /// Whether writes are held.
    pub fn is_held(&self) -> bool {
        *self.held.borrow()
    }

    /// How many writes are under way, and were at most.
    pub fn in_flight(&self) -> Counts {
        self.flight.counts().clone()
    }

    /// Looks at the world.
    pub fn world<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.state().world)
    }

    /// Changes the world by hand.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.state().world)
    }

    /// Every assignment so far, in their order.
    pub fn assignments(&self) -> Vec<Assignment> {
        self.state().assignments.clone()
    }

    /// How often each service was asked for its tasks, every page and every attempt counted.
    pub fn lists(&self) -> BTreeMap<u64, u64> {
        self.state().lists.clone()
    }

    /// Makes tasks; answers the number of the last.
    pub fn make(&self, order: &TaskOrder) -> u64 {
        let now = self.now();
        self.state().world.make(order, now)
    }

    /// A person takes a task, or nobody has it any more; `false` when there is no such task.
    pub fn take(&self, number: u64, person: Option<u64>) -> bool {
        let now = self.now();
        let writer = person.unwrap_or(super::world::task::BOT);
        self.state().take(number, person.into_iter().collect(), None, By::Person, writer, now)
    }

    /// A person brings a task into a status, or to its end; `false` when there is no such task.
    pub fn enter(&self, number: u64, status: Option<u64>) -> bool {
        let now = self.now();
        let mut state = self.state();
        let status = status.unwrap_or_else(|| state.world.last_status());
        let by = state.world.tasks.get(&number).and_then(|task| task.executor());
        state.world.enter(number, status, by.unwrap_or(super::world::task::BOT), now)
    }

    /// A task is no more; `false` when there is none.
    pub fn delete(&self, number: u64) -> bool {
        self.state().world.tasks.remove(&number).is_some()
    }

    /// Makes a service, or changes the `known` one; answers its id, none when there is no such service.
    pub fn order_service(&self, known: Option<u64>, order: &ServiceOrder) -> Option<u64> {
        self.state().world.order_service(known, order)
    }

    /// Makes a group, or changes the `known` one.
    pub fn order_group(&self, known: Option<u64>, order: &GroupOrder) -> Option<u64> {
        self.state().world.order_group(known, order)
    }

    /// Makes a person, or changes the `known` one.
    pub fn order_person(&self, known: Option<u64>, order: &PersonOrder) -> Option<u64> {
        let now = self.now();
        self.state().world.order_person(known, order, now)
    }

    /// Makes a status, or changes the `known` one.
    pub fn order_status(&self, known: Option<u64>, order: &StatusOrder) -> Option<u64> {
        self.state().world.order_status(known, order)
    }

    /// The address of every face.
    pub(super) fn base(&self) -> String {
        format!("http://{}", self.settings.front)
    }

    /// The present instant as the tenant keeps it.
    pub(super) fn now(&self) -> Timestamp {
        moment(self.hands.now())
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock; were it to, the state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

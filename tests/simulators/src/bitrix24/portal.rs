//! The portal as one thing: its world behind a lock, its switches, and the way from what happened to the post.

use std::{
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use super::{
    Settings,
    events::{self, Told},
    operating::Operating,
    switches::{SwitchOrder, Switches},
    world::{World, tasks::TaskOrder},
};
use crate::{
    hands::{ClockOrder, Hands},
    secret::Secret,
    service::{
        StartError,
        bucket::{Buckets, Limit},
        fault::Switchboard,
        journal::Journal,
        php,
        post::{Parcel, Post},
    },
};

/// What events carry where the right token is not to be told.
const FORGED: &str = "FORGED";
/// The limit of an ordinary portal.
const LIMIT: Limit = Limit { drain: 2.0, ceiling: 50.0 };

/// The portal.
pub struct Portal {
    /// What was called, methods in lower case; a command of a batch has a line that begins with `batch`.
    pub journal: Journal,
    /// What is wrong with answers; a refusal is met by commands of a batch too.
    pub faults: Switchboard,
    /// The clock.
    pub hands: Hands,
    /// What carries events.
    pub post: Post,
    pub(super) secret: Secret,
    pub(super) front: SocketAddr,
    application_token: Secret,
    state: Mutex<State>,
}

pub(super) struct State {
    pub(super) world: World,
    pub(super) switches: Switches,
    pub(super) buckets: Buckets,
    pub(super) operating: Operating,
    pub(super) hook_url: Option<Url>,
}

impl Portal {
    pub(super) fn new(
        settings: Settings,
        front: SocketAddr,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Result<Self, StartError> {
        let hands = Hands::new(settings.clock);
        let state = State {
            world: World::new(hands.now()),
            switches: Switches::default(),
            buckets: Buckets::new(Some(LIMIT)),
            operating: Operating::default(),
            hook_url: settings.hook_url,
        };
        Ok(Self {
            journal: Journal::new(hands.clock()),
            faults: Switchboard::default(),
            post: Post::open(hands.clock(), tasks, stop)?,
            hands,
            secret: settings.secret,
            front,
            application_token: settings.application_token,
            state: Mutex::new(state),
        })
    }

    /// Turns the clock.
    pub fn turn_clock(&self, order: ClockOrder) {
        self.hands.turn(order);
    }

    /// Changes how the portal is.
    pub fn switch(&self, order: &SwitchOrder) {
        let mut state = self.state();
        state.switches.change(order);
        if let Some(url) = &order.hook_url {
            state.hook_url = Some(url.clone());
        }
        if order.limit.is_some() || order.no_limit {
            state.buckets.set(order.limit);
        }
        state.operating.ceiling = order.operating_ceiling.unwrap_or(state.operating.ceiling);
        if let Some(costs) = &order.costs {
            state.operating.costs.extend(costs.iter().map(|(method, cost)| (method.to_lowercase(), *cost)));
        }
    }

    /// Looks at the world, or changes it without a word to anybody.
    pub fn world<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.state().world)
    }

    /// Makes tasks or changes one, and tells it; answers the last id, none when `known` is not.
    pub fn order_task(&self, known: Option<u64>, order: &TaskOrder) -> Option<u64> {
        let now = self.hands.now();
        let mut state = self.state();
        let id = state.world.tasks.order(known, order, now)?;
        let event = if known.is_some() { "ONTASKUPDATE" } else { "ONTASKADD" };
        self.tell(&state, vec![events::task(event, id, now)]);
        Some(id)
    }

    /// Waits until every event so far was answered or given up.
    pub async fn settled(&self) {
        self.post.settled().await;
    }

    /// Hands what is to be told to the post.
    pub(super) fn tell(&self, state: &State, told: Vec<Told>) {
        for Told { event, url, mut tree } in told {
            let url = match url {
                Some(url) => Url::parse(&url).ok(),
                None => state.hook_url.clone(),
            };
            let Some(url) = url else { continue };
            let wrong = self.post.manner().wrong_secret;
            tree["auth"]["application_token"] = if wrong { FORGED } else { self.token() }.into();
            let body = php::form(&tree).into_bytes();
            self.post.hand(Parcel::new(event, url, "application/x-www-form-urlencoded", body));
        }
    }

    pub(super) fn token(&self) -> &str {
        self.application_token.reveal()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock; were it to, the state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

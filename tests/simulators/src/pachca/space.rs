//! The space as one thing: its world behind a lock, its switches, and the way from what happened to history and post.

use std::{
    future::pending,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use serde_json::Value;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use super::{
    Settings,
    hook::{self, Payload, Told, Ulids},
    switches::{Limits, SwitchOrder, Switches},
    world::{
        BOT, Event, World,
        chat::{Kind, Message},
        files,
    },
};
use crate::{
    hands::{ClockOrder, Hands},
    secret::Secret,
    service::{
        StartError,
        fault::Switchboard,
        journal::Journal,
        post::{Manner, Parcel, Post, Sheet},
        sign::signature,
    },
};

/// What webhooks are signed with where the right secret is not to be used.
const WRONG_SECRET: &str = "certainly-not-the-secret";
/// Pauses before a webhook is sent again, milliseconds. The vendor does not publish them.
const AGAIN_MS: [u64; 3] = [1_000, 5_000, 25_000];

/// The space.
pub struct Space {
    /// What was called.
    pub journal: Journal,
    /// What is wrong with answers.
    pub faults: Switchboard,
    /// The clock.
    pub hands: Hands,
    /// What carries webhooks.
    pub post: Post,
    pub(super) token: Secret,
    pub(super) front: SocketAddr,
    secret: Secret,
    link_key: [u8; 32],
    changes: watch::Sender<u64>,
    state: Mutex<State>,
}

pub(super) struct State {
    pub(super) world: World,
    pub(super) switches: Switches,
    pub(super) limits: Limits,
    pub(super) hook_url: Option<Url>,
    ulids: Ulids,
}

impl Space {
    pub(super) fn new(
        settings: Settings,
        front: SocketAddr,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Result<Self, StartError> {
        let hands = Hands::new(settings.clock);
        let state = State {
            world: World::new(hands.now()),
            switches: Switches::new(&settings.scopes),
            limits: Limits::new(settings.limit_scale),
            hook_url: settings.hook_url,
            ulids: Ulids::default(),
        };
        let manner = Manner { again_ms: AGAIN_MS.to_vec(), ..Manner::default() };
        Ok(Self {
            journal: Journal::new(hands.clock()),
            faults: Switchboard::default(),
            post: Post::with(manner, hands.clock(), tasks, stop)?,
            hands,
            token: settings.token,
            front,
            secret: settings.secret,
            link_key: rand::rng().random(),
            changes: watch::Sender::default(),
            state: Mutex::new(state),
        })
    }

    /// Turns the clock.
    pub fn turn_clock(&self, order: ClockOrder) {
        self.hands.turn(order);
    }

    /// Changes how the bot and its token are.
    pub fn switch(&self, order: &SwitchOrder) {
        self.act(|state| {
            state.switches.change(order);
            if let Some(url) = &order.hook_url {
                state.hook_url = Some(url.clone());
            }
            if order.limit_scale.is_some() || order.no_limit {
                state.limits = Limits::new(order.limit_scale.filter(|_| !order.no_limit));
            }
        });
    }

    /// Looks at the world.
    pub fn world<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.state().world)
    }

    /// Waits until `look` finds something in the world; for ever, when it never does.
    pub async fn until<T>(&self, look: impl Fn(&World) -> Option<T>) -> T {
        let mut changes = self.changes.subscribe();
        loop {
            if let Some(found) = self.world(&look) {
                return found;
            }
            if changes.changed().await.is_err() {
                return pending().await;
            }
        }
    }

    /// Messages of a chat that were not deleted, oldest first.
    pub fn messages(&self, chat: u64) -> Vec<Message> {
        self.world(|world| world.in_chat(chat).cloned().collect())
    }

    /// The bot's chat with one person; none before either has written.
    pub fn direct_chat(&self, user: u64) -> Option<u64> {
        self.world(|world| world.chats.values().find(|chat| chat.kind == Kind::Direct(user)).map(|chat| chat.id))
    }

    /// Messages in the thread of a message, oldest first.
    pub fn in_thread_of(&self, message: u64) -> Vec<Message> {
        self.world(|world| world.in_thread_of(message).cloned().collect())
    }

    /// What the bot was or could have been told, oldest first; also what the post lost.
    pub fn history(&self) -> Vec<Event> {
        self.world(|world| world.history.clone())
    }

    /// Sends these bytes as a webhook, signed. They are in no history.
    pub fn tell_raw(&self, body: Vec<u8>) {
        let Some(url) = self.state().hook_url.clone() else { return };
        let sheet = sheet(&self.secret, &self.post.manner(), body);
        let parcel = Parcel { sheet, ..Parcel::new("raw", url, "application/json", Vec::new()) };
        self.post.hand(parcel);
    }

    /// Tells any event, by the name of its subscription; `webhook_timestamp` is put in where it is missing.
    pub fn tell_event(&self, event_type: &str, payload: &Value) {
        let told = hook::other(event_type, payload, self.hands.now());
        self.act(|state| self.tell(state, told));
    }

    /// Waits until every webhook so far was answered or given up; what is sent again later is not waited for.
    pub async fn settled(&self) {
        self.post.settled().await;
    }

    /// Tells the bot, when it is to know: by history and by webhook.
    pub(super) fn tell(&self, state: &mut State, told: Told) {
        let switches = &state.switches;
        let own = told.author == Some(BOT) && switches.ignore_own;
        let command = told.payload.get("content").and_then(Value::as_str).is_none_or(|text| text.starts_with('/'));
        let outside = told.chat.is_some_and(|chat| !state.world.is_member(chat, BOT));
        if own || outside || !switches.events.contains(&told.event_type) || (switches.commands_only && !command) {
            return;
        }
        if switches.keep_history {
            let now = self.hands.now();
            let id = state.ulids.next(now);
            let event_type = told.event_type.clone();
            state.world.history.push(Event { id, event_type, payload: told.payload.clone(), created_at: now });
        }
        if let Some(url) = state.hook_url.clone() {
            self.post.hand(self.parcel(url, &told.event_type, told.payload));
        }
    }

    /// A signed webhook, which is made anew with the time of then.
    pub(super) fn parcel(&self, url: Url, event: &str, payload: Payload) -> Parcel {
        let first = sheet(&self.secret, &self.post.manner(), payload.bytes());
        let (secret, clock) = (self.secret.clone(), self.hands.clock());
        let renew = Arc::new(move |manner: &Manner| sheet(&secret, manner, payload.clone().sent_at(clock()).bytes()));
        Parcel { sheet: first, renew: Some(renew), ..Parcel::new(event, url, "application/json", Vec::new()) }
    }

    /// A link to a file, good from now on for as long as links are.
    pub(super) fn link(&self, state: &State, file: u64, now: Timestamp) -> String {
        let Some(file) = state.world.files.get(&file) else { return String::new() };
        let life = i64::try_from(state.switches.link_life).unwrap_or(i64::MAX);
        let until = now.checked_add(SignedDuration::from_secs(life)).unwrap_or(Timestamp::MAX);
        format!("http://{}{}", self.front, files::link(&self.link_key, file, until))
    }

    pub(super) fn follows(&self, file: u64, query: &[(String, String)], now: Timestamp) -> bool {
        files::is_good(&self.link_key, file, query, now)
    }

    /// Does something to the space, and lets whoever waits look again.
    pub(super) fn act<T>(&self, deed: impl FnOnce(&mut State) -> T) -> T {
        let done = deed(&mut self.state());
        self.changes.send_modify(|count| *count += 1);
        done
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock; were it to, the state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sheet(secret: &Secret, manner: &Manner, body: Vec<u8>) -> Sheet {
    let signed =
        if manner.wrong_secret { signature(&Secret::new(WRONG_SECRET), &body) } else { signature(secret, &body) };
    Sheet { headers: vec![(hook::SIGNATURE, signed), ("user-agent", hook::AGENT.to_owned())], body }
}

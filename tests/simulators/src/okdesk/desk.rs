//! The account as one thing: its world behind a lock, its switches, and what people of the service desk do in it. Whatever
//! they do is told by webhook, unless it is to stay silent.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use super::{
    Settings, hook,
    issue::{Author, Comment, Issue},
    switches::{SwitchOrder, Switches},
    world::{RATES, Rating, World},
};
use crate::{
    hands::{ClockOrder, Hands},
    secret::Secret,
    service::{
        StartError,
        bucket::Buckets,
        fault::Switchboard,
        journal::Journal,
        post::{Parcel, Post},
    },
};

/// The value that webhooks carry where the right key is not to be told.
const WRONG_KEY: &str = "certainly-not-the-key";

/// The account.
pub struct Desk {
    /// What was called.
    pub journal: Journal,
    /// What is wrong with answers.
    pub faults: Switchboard,
    /// The clock.
    pub hands: Hands,
    /// What carries webhooks.
    pub post: Post,
    pub(super) token: Secret,
    hook_key: Option<Secret>,
    state: Mutex<State>,
}

pub(super) struct State {
    pub(super) world: World,
    pub(super) switches: Switches,
    pub(super) buckets: Buckets,
    pub(super) hook_url: Option<Url>,
}

/// A new issue of somebody's.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IssueOrder {
    /// Its number; the next free one without this.
    pub id: Option<u64>,
    /// What it is about.
    pub title: Option<String>,
    /// Whose trouble it is; of nobody and made by employee 15 without this.
    pub contact: Option<u64>,
    /// Who works on it.
    pub assignee: Option<u64>,
    /// Its status at once.
    pub status: Option<String>,
    /// How many of them, numbered on.
    pub count: Option<u64>,
    /// No webhook tells it.
    pub silent: bool,
}

impl Desk {
    pub(super) fn new(settings: Settings, tasks: &TaskTracker, stop: CancellationToken) -> Result<Self, StartError> {
        let hands = Hands::new(settings.clock);
        let state = State {
            world: World::new(hands.now()),
            switches: Switches::default(),
            buckets: Buckets::default(),
            hook_url: settings.hook_url,
        };
        Ok(Self {
            journal: Journal::new(hands.clock()),
            faults: Switchboard::default(),
            post: Post::open(hands.clock(), tasks, stop)?,
            hands,
            token: settings.token,
            hook_key: settings.hook_key,
            state: Mutex::new(state),
        })
    }

    /// Turns the clock.
    pub fn turn_clock(&self, order: ClockOrder) {
        self.hands.turn(order);
    }

    /// Changes how the account is.
    pub fn switch(&self, order: &SwitchOrder) {
        let mut state = self.state();
        state.switches.change(order);
        if let Some(url) = &order.hook_url {
            state.hook_url = Some(url.clone());
        }
        if order.limit.is_some() || order.no_limit {
            state.buckets.set(order.limit);
        }
    }

    /// Looks at the world.
    pub fn world<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.state().world)
    }

    /// Every rating that was taken, oldest first.
    pub fn ratings(&self) -> Vec<Rating> {
        self.world(|world| world.ratings.clone())
    }

    /// Makes issues; answers the number of the last.
    pub fn make(&self, order: &IssueOrder) -> u64 {
        let now = self.hands.now();
        let mut state = self.state();
        let mut last = 0;
        for index in 0..order.count.unwrap_or(1) {
            let id = order.id.map_or_else(|| state.world.next_issue(), |first| first + index);
            let author = order.contact.map_or(Author::Employee(15), Author::Contact);
            let title = order.title.clone().unwrap_or_else(|| format!("Заявка {id}"));
            let mut issue = Issue::new(id, &title, author, now);
            issue.contact = order.contact;
            issue.assignee = order.assignee.or(Some(15));
            issue.group = Some(4);
            if let Some(code) = &order.status {
                issue.enter(code, now);
            }
            state.world.issues.insert(id, issue);
            if !order.silent {
                self.tell(&state, id, &hook::new_ticket());
            }
            last = id;
        }
        last
    }

    /// Brings an issue into a status, as somebody may by hand; `false` when there is no such issue.
    pub fn enter(&self, id: u64, code: &str, by: Option<Author>, silent: bool) -> bool {
        let now = self.hands.now();
        let mut state = self.state();
        let Some(issue) = state.world.issues.get_mut(&id) else { return false };
        issue.enter(code, now);
        if !silent {
            let event =
                hook::new_status(&state.world.issues[&id], by.unwrap_or(Author::Employee(15)), None, &state.world);
            self.tell(&state, id, &event);
        }
        true
    }

    /// Closes an issue.
    pub fn close(&self, id: u64) -> bool {
        self.enter(id, "closed", None, false)
    }

    /// Opens it again, as its contact does.
    pub fn reopen(&self, id: u64) -> bool {
        let contact = self.world(|world| world.issues.get(&id).and_then(|issue| issue.contact));
        self.enter(id, "opened", contact.map(Author::Contact), false)
    }

    /// The contact rates elsewhere; `false` when there is no such issue or rating.
    pub fn rate_elsewhere(&self, id: u64, rate: &str, silent: bool) -> bool {
        let now = self.hands.now();
        let mut state = self.state();
        let Some(issue) = state.world.issues.get_mut(&id) else { return false };
        if !RATES.iter().any(|(known, _)| *known == rate) {
            return false;
        }
        issue.rate = Some(rate.to_owned());
        issue.updated_at = now;
        let by = issue.contact.map_or(issue.author, Author::Contact);
        state.world.ratings.push(Rating { issue: id, rate: rate.to_owned(), at: now, by: "csat" });
        if !silent {
            let event = hook::new_rate(rate, by, &state.world);
            self.tell(&state, id, &event);
        }
        true
    }

    /// Somebody writes about an issue.
    pub fn comment(&self, id: u64, content: &str, by: Author, public: bool) -> bool {
        let now = self.hands.now();
        let mut state = self.state();
        let Some(comment) = write(&mut state.world, id, content, by, public, now) else { return false };
        let event = hook::new_comment(&comment, &state.world);
        self.tell(&state, id, &event);
        true
    }

    /// Deletes an issue.
    pub fn delete(&self, id: u64) -> bool {
        let mut state = self.state();
        if !state.world.issues.contains_key(&id) {
            return false;
        }
        let event = hook::other("ticket_deleted", Author::Employee(15), &state.world);
        self.tell(&state, id, &event);
        state.world.issues.remove(&id);
        true
    }

    /// Sends a webhook of any event about an issue as it is; `false` when there is no such issue.
    pub fn tell_event(&self, id: u64, event_type: &str) -> bool {
        let state = self.state();
        let Some(issue) = state.world.issues.get(&id) else { return false };
        let by = Author::Employee(15);
        let event = match event_type {
            "new_ticket" => hook::new_ticket(),
            "new_ticket_status" => hook::new_status(issue, by, None, &state.world),
            "new_assignee" => hook::new_assignee(issue, by, &state.world),
            "new_deadline" => hook::new_deadline(issue, None, by, &state.world),
            other => hook::other(other, by, &state.world),
        };
        self.tell(&state, id, &event);
        true
    }

    /// Sends this body as a webhook.
    pub fn tell_raw(&self, body: &Value) {
        self.hand(&self.state(), "raw", body);
    }

    /// Waits until every webhook so far was answered or given up.
    pub async fn settled(&self) {
        self.post.settled().await;
    }

    /// Tells an event about an issue that is still there.
    pub(super) fn tell(&self, state: &State, id: u64, event: &Value) {
        let Some(issue) = state.world.issues.get(&id) else { return };
        let body = hook::body(event, issue, &state.world, state.switches.hook_shape);
        self.hand(state, event["event_type"].as_str().unwrap_or_default(), &body);
    }

    fn hand(&self, state: &State, event: &str, body: &Value) {
        let Some(url) = &state.hook_url else { return };
        let right = self.hook_key.as_ref().map(Secret::reveal);
        let key = if self.post.manner().wrong_secret { Some(WRONG_KEY) } else { right };
        let body = body.to_string().into_bytes();
        self.post.hand(Parcel::new(event, hook::address(url, key), "application/json", body));
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock; were it to, the state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes a comment; none when there is no such issue.
pub(super) fn write(
    world: &mut World,
    id: u64,
    content: &str,
    by: Author,
    public: bool,
    now: Timestamp,
) -> Option<Comment> {
    let number = world.next_comment;
    let issue = world.issues.get_mut(&id)?;
    let comment = Comment { id: number, content: content.to_owned(), public, author: by, at: now };
    issue.comments.push(comment.clone());
    issue.updated_at = now;
    world.next_comment += 1;
    Some(comment)
}

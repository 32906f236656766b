//! The organization as one thing: its state behind a lock, and what its people do in the browser. Whatever they do, triggers tell.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Settings,
    fields::{self, Call},
    refused::Refused,
    state::{Deed, State},
    switches::{SwitchOrder, Switches},
    trigger::{COMMENT_TEMPLATE, Event, SECRET_HEADER, STATUS_TEMPLATE, Trigger},
    world::{
        World,
        issue::{Comment, Draft, File, Issue},
        people::{Person, PersonOrder, ROBOT},
        queue::{LocalField, Transition},
    },
};
use crate::{
    hands::{ClockOrder, Hands},
    secret::Secret,
    service::{StartError, bucket::Buckets, fault::Switchboard, journal::Journal, post::Post},
};

/// The organization.
pub struct Tracker {
    /// What was called.
    pub journal: Journal,
    /// What is wrong with answers.
    pub faults: Switchboard,
    /// The clock.
    pub hands: Hands,
    /// What carries hooks.
    pub post: Post,
    pub(super) token: Secret,
    pub(super) directory_token: Option<Secret>,
    pub(super) org: String,
    pub(super) cloud_org: Option<String>,
    state: Mutex<State>,
}

/// A file that somebody brings.
#[derive(Clone, Debug)]
pub struct NewFile<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is.
    pub mimetype: &'a str,
    /// Its bytes.
    pub content: &'a [u8],
}

/// A new issue of somebody's, made in the browser.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IssueOrder {
    /// Who makes it; the first agent without this.
    pub person: Option<String>,
    /// Its queue; `DESK` without this.
    pub queue: Option<String>,
    /// What it is about.
    pub summary: Option<String>,
    /// Further fields, as in a call.
    pub fields: Map<String, Value>,
    /// How many of them.
    pub count: Option<u64>,
}

impl Tracker {
    pub(super) fn new(settings: Settings, tasks: &TaskTracker, stop: CancellationToken) -> Result<Self, StartError> {
        let hands = Hands::new(settings.clock);
        let mut world = World::new();
        for queue in world.queues.values_mut() {
            let secured = |trigger: Trigger| match &settings.hook_key {
                Some(key) => trigger.with(SECRET_HEADER, key.clone()),
                None => trigger,
            };
            let comments = Trigger::new(1, Event::Comment, COMMENT_TEMPLATE);
            let comments = Trigger { author_not: vec![ROBOT.to_owned()], ..comments };
            let statuses = Trigger::new(2, Event::Status, STATUS_TEMPLATE);
            queue.triggers = [comments, statuses].map(secured).into();
        }
        let state = State {
            world,
            switches: Switches::default(),
            buckets: Buckets::default(),
            hook_url: settings.hook_url,
            iam: settings.iam,
            scrolls: std::collections::BTreeMap::new(),
            scrolled: 0,
            sent: Vec::new(),
        };
        Ok(Self {
            journal: Journal::new(hands.clock()),
            faults: Switchboard::default(),
            post: Post::open(hands.clock(), tasks, stop)?,
            hands,
            token: settings.token,
            directory_token: settings.directory_token,
            org: settings.org,
            cloud_org: settings.cloud_org,
            state: Mutex::new(state),
        })
    }

    /// Turns the clock.
    pub fn turn_clock(&self, order: ClockOrder) {
        self.hands.turn(order);
    }

    /// Changes how the organization is.
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

    /// The IAM token that is good from now on; none is, without one.
    pub fn set_iam(&self, token: Option<Secret>) {
        self.state().iam = token;
    }

    /// Looks at the world.
    pub fn world<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.state().world)
    }

    /// Every issue, by key.
    pub fn issues(&self) -> Vec<Issue> {
        self.world(|world| world.issues.values().cloned().collect())
    }

    /// The issue of a key or an id.
    pub fn issue(&self, key: &str) -> Option<Issue> {
        self.world(|world| world.issue(key).cloned())
    }

    /// Comments of an issue, oldest first.
    pub fn comments(&self, key: &str) -> Vec<Comment> {
        self.world(|world| world.comments_of(key).to_vec())
    }

    /// Files of an issue and of its comments, with their bytes.
    pub fn files(&self, key: &str) -> Vec<File> {
        let of = |file: &&File| file.issue.as_deref() == Some(key);
        self.world(|world| world.files.values().filter(of).cloned().collect())
    }

    /// Who works on issues.
    pub fn agents(&self) -> Vec<Person> {
        self.world(|world| world.people.iter().filter(|person| person.agent && !person.dismissed).cloned().collect())
    }

    /// Makes issues; the key of the last, or none when a field is refused.
    pub fn make(&self, order: &IssueOrder) -> Option<String> {
        let person = order.person.as_deref().unwrap_or("vera");
        let mut body = order.fields.clone();
        body.insert("queue".to_owned(), order.queue.as_deref().unwrap_or("DESK").into());
        body.insert("summary".to_owned(), order.summary.as_deref().unwrap_or("Заявка").into());
        let step = || self.act(person, |state, now| state.create(&body, person, now));
        (0..order.count.unwrap_or(1)).map_while(|_| step()).last().map(|deed| deed.key)
    }

    /// Writes a comment; its number, or none where there is no such person or issue.
    pub fn comment(&self, person: &str, key: &str, text: &str) -> Option<u64> {
        self.comment_several(person, key, &[text]).first().copied()
    }

    /// Writes comments in one step, of which triggers know the first.
    pub fn comment_several(&self, person: &str, key: &str, texts: &[&str]) -> Vec<u64> {
        let drafts: Vec<_> = texts.iter().map(|text| Draft::text(text)).collect();
        let done = self.act(person, |state, now| state.change(key, person, now, &drafts, |_, _, _| Ok(())));
        done.map(|deed| deed.comments).unwrap_or_default()
    }

    /// Writes a comment with a file.
    pub fn comment_with_file(&self, person: &str, key: &str, text: &str, file: &NewFile<'_>) -> Option<u64> {
        let done = self.act(person, |state, now| {
            state.world.issue(key).ok_or_else(Refused::no_issue)?;
            let id = state.world.keep(file.name, file.mimetype, file.content.to_vec(), person, now);
            let draft = Draft { files: vec![id], ..Draft::text(text) };
            state.change(key, person, now, &[draft], |_, _, _| Ok(()))
        });
        done?.comments.first().copied()
    }

    /// Brings an issue into a status by a transition that is open and leads there; asked for a resolution they say `fixed`.
    pub fn move_to(&self, person: &str, key: &str, status: &str) -> bool {
        let done = self.act(person, |state, now| {
            let issue = state.world.issue(key).ok_or_else(Refused::no_issue)?;
            let queue = state.world.queues.get(&issue.queue).ok_or_else(Refused::no_issue)?;
            let way = queue.open(&issue.status).find(|way| way.to == status).ok_or_else(Refused::no_issue)?;
            let said = way.required.iter().filter(|name| *name == "resolution");
            let body = said.map(|name| (name.clone(), "fixed".into())).collect();
            let id = way.id.clone();
            state.execute(key, &id, &body, person, now)
        });
        done.is_some()
    }

    /// Gives an issue to somebody, or to nobody.
    pub fn assign(&self, person: &str, key: &str, to: Option<&str>) -> bool {
        let fields = [("assignee".to_owned(), to.map_or(Value::Null, Value::from))].into_iter().collect();
        self.change(person, key, &fields)
    }

    /// Changes fields of an issue, named and written as in a call; `false` when it is refused.
    pub fn change(&self, person: &str, key: &str, body: &Map<String, Value>) -> bool {
        let done = self.act(person, |state, now| {
            state.change(key, person, now, &[], |world, switches, issue| {
                fields::write(world, switches, issue, body, Call::Change)
            })
        });
        done.is_some()
    }

    /// Gives a queue a local field, or another one of the same key; `false` when there is no such queue.
    pub fn add_local_field(&self, queue: &str, field: LocalField) -> bool {
        let mut state = self.state();
        let Some(queue) = state.world.queues.get_mut(queue) else { return false };
        queue.fields.retain(|known| known.key != field.key);
        queue.fields.push(field);
        true
    }

    /// Takes a local field away, and its values out of sight; `false` when there is none.
    pub fn remove_local_field(&self, queue: &str, key: &str) -> bool {
        let mut state = self.state();
        let Some(queue) = state.world.queues.get_mut(queue) else { return false };
        let before = queue.fields.len();
        queue.fields.retain(|field| field.key != key);
        queue.fields.len() < before
    }

    /// Another graph for a queue; `false` when there is no such queue.
    pub fn set_transitions(&self, queue: &str, transitions: Vec<Transition>) -> bool {
        let mut state = self.state();
        let found = state.world.queues.get_mut(queue);
        found.map(|queue| queue.transitions = transitions).is_some()
    }

    /// Sets a trigger up, in place of the one of its number; `false` when there is no such queue.
    pub fn set_trigger(&self, queue: &str, trigger: Trigger) -> bool {
        let mut state = self.state();
        let Some(queue) = state.world.queues.get_mut(queue) else { return false };
        queue.triggers.retain(|known| known.id != trigger.id);
        queue.triggers.push(trigger);
        true
    }

    /// Takes a trigger away; `false` when there is none.
    pub fn remove_trigger(&self, queue: &str, id: u64) -> bool {
        let mut state = self.state();
        let Some(queue) = state.world.queues.get_mut(queue) else { return false };
        let before = queue.triggers.len();
        queue.triggers.retain(|trigger| trigger.id != id);
        queue.triggers.len() < before
    }

    /// Takes somebody in, or changes them.
    pub fn hire(&self, order: &PersonOrder) {
        self.state().world.order_person(order);
    }

    /// Sends any text as a trigger of a queue would; `false` when there is no such trigger.
    pub fn tell_raw(&self, queue: &str, trigger: u64, body: &str) -> bool {
        let now = self.hands.now();
        self.state().forge(queue, trigger, body, &self.post, now)
    }

    /// Waits until every hook so far was answered, lost or given up.
    pub async fn settled(&self) {
        self.post.settled().await;
    }

    /// One step of somebody who is there, and what triggers make of it.
    fn act(&self, person: &str, step: impl FnOnce(&mut State, Timestamp) -> Result<Deed, Refused>) -> Option<Deed> {
        let now = self.hands.now();
        let mut state = self.state();
        state.world.person(person)?;
        let deed = step(&mut state, now).ok()?;
        state.fire(&deed, &self.post, now);
        Some(deed)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock; were it to, the state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

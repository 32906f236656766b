//! The server as one thing: its state behind a lock, and what people do in the browser. They go by their rights as a call does, and
//! webhooks tell whatever they do. Where something is not done the answer says why.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Settings,
    api::kind_of,
    hook::{self, Hook},
    refused::Refused,
    show::View,
    state::{Deed, State},
    switches::{SwitchOrder, Switches},
    world::{
        CustomField, ProjectOrder, World,
        issue::{File, Issue, Journal},
        people::{Person, PersonOrder},
        tables::{Right, SavedQuery},
    },
};
use crate::{
    hands::{ClockOrder, Hands},
    secret::Secret,
    service::{StartError, bucket::Buckets, fault::Switchboard, journal::Journal as Log, post::Post},
};

/// The server.
pub struct Redmine {
    /// What was called.
    pub journal: Log,
    /// What is wrong with answers.
    pub faults: Switchboard,
    /// The clock.
    pub hands: Hands,
    /// What carries webhooks.
    pub post: Post,
    pub(super) prefix: String,
    state: Mutex<State>,
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// There is no such person.
    #[error("there is nobody of this login")]
    Nobody,
    /// There is no such thing.
    #[error("there is none of this number")]
    Absent,
    /// They have no right to.
    #[error("this person may not do that")]
    Denied,
    /// A field is refused, or was changed meanwhile.
    #[error("a field is refused: {0}")]
    Refused(String),
}

impl From<Refused> for NotDone {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Bare(_) => Self::Absent,
            Refused::Denied => Self::Denied,
            Refused::Wrong(all) => {
                let names: Vec<_> = all.into_iter().map(|wrong| wrong.field).collect();
                Self::Refused(names.join(", "))
            }
        }
    }
}

/// New issues of somebody's.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IssueOrder {
    /// Who makes them; `rep1` without this.
    pub person: Option<String>,
    /// Number of the first; the next free one without this. Numbers do not go back.
    pub id: Option<u64>,
    /// What they are about.
    pub subject: Option<String>,
    /// Further fields, as in a call: `project_id`, `assigned_to_id`, …
    pub fields: Map<String, Value>,
    /// How many of them.
    pub count: Option<u64>,
}

impl Redmine {
    pub(super) fn new(settings: Settings, tasks: &TaskTracker, stop: CancellationToken) -> Result<Self, StartError> {
        let hands = Hands::new(settings.clock);
        let mut world = World::new(settings.tongue, hands.now());
        for person in &mut world.people {
            if let Some(key) = settings.keys.get(&person.login) {
                person.key = key.clone();
            }
            person.password.clone_from(&settings.password);
        }
        let hook = settings.hook_url.map(|url| Hook { url, secret: settings.hook_secret });
        let state = State { world, switches: settings.switches, buckets: Buckets::default(), hook, held: Vec::new() };
        Ok(Self {
            journal: Log::new(hands.clock()),
            faults: Switchboard::default(),
            post: Post::open(hands.clock(), tasks, stop)?,
            hands,
            prefix: settings.prefix,
            state: Mutex::new(state),
        })
    }

    /// Turns the clock.
    pub fn turn_clock(&self, order: ClockOrder) {
        self.hands.turn(order);
    }

    /// Changes how the server is.
    pub fn switch(&self, order: &SwitchOrder) {
        let mut state = self.state();
        state.switches.change(order);
        if let Some(url) = &order.hook_url {
            let secret = state.hook.take().and_then(|hook| hook.secret);
            state.hook = Some(Hook { url: url.clone(), secret });
        }
        if order.limit.is_some() || order.no_limit {
            state.buckets.set(order.limit);
        }
    }

    /// How the server is.
    pub fn switches(&self) -> Switches {
        self.state().switches.clone()
    }

    /// Looks at the world.
    pub fn world<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.state().world)
    }

    /// Every issue, by number.
    pub fn issues(&self) -> Vec<Issue> {
        self.world(|world| world.issues.values().cloned().collect())
    }

    /// An issue.
    pub fn issue(&self, id: u64) -> Option<Issue> {
        self.world(|world| world.issues.get(&id).cloned())
    }

    /// Journals of an issue by number, private ones too.
    pub fn journals(&self, issue: u64) -> Vec<Journal> {
        self.world(|world| world.journals_of(issue).cloned().collect())
    }

    /// Files of an issue.
    pub fn files(&self, issue: u64) -> Vec<File> {
        self.world(|world| world.files_of(issue).cloned().collect())
    }

    /// Everybody.
    pub fn people(&self) -> Vec<Person> {
        self.world(|world| world.people.clone())
    }

    /// The key of somebody.
    pub fn key(&self, login: &str) -> Option<Secret> {
        self.world(|world| world.by_login(login).map(|person| person.key.clone()))
    }

    /// Makes issues; the number of the last.
    ///
    /// # Errors
    /// Nobody of this login, no right, or a field is refused.
    pub fn make(&self, order: &IssueOrder) -> Result<u64, NotDone> {
        let person = order.person.as_deref().unwrap_or("rep1");
        let mut fields = order.fields.clone();
        fields.entry("project_id").or_insert_with(|| "desk".into());
        fields.insert("subject".to_owned(), order.subject.as_deref().unwrap_or("Заявка").into());
        let mut last = 0;
        for turn in 0..order.count.unwrap_or(1) {
            last = self.act(person, |state, by, now| {
                if let Some(first) = order.id {
                    state.world.next_issue = state.world.next_issue.max(first + turn);
                }
                let deeds = state.create(by, &fields, now)?;
                Ok((deeds.first().map(|deed| deed.issue).unwrap_or_default(), deeds))
            })?;
        }
        Ok(last)
    }

    /// Changes an issue, with fields and notes named and written as in a call; numbers of the journals it left. What the
    /// workflow forbids is dropped without a word, as ever.
    ///
    /// # Errors
    /// Nobody of this login, no such issue, no right, or a field is refused.
    pub fn update(&self, person: &str, issue: u64, fields: &Value) -> Result<Vec<u64>, NotDone> {
        let asked = fields.as_object().cloned().unwrap_or_default();
        self.act(person, |state, by, now| {
            let deeds = state.update(by, issue, &asked, now)?;
            Ok((deeds.first().map(|deed| deed.journals.clone()).unwrap_or_default(), deeds))
        })
    }

    /// The same, kept back until [`Self::commit`]: its journal has its number and its time already. That number.
    ///
    /// # Errors
    /// Nobody of this login, or no such issue.
    pub fn update_late(&self, person: &str, issue: u64, fields: &Value) -> Result<u64, NotDone> {
        let asked = fields.as_object().cloned().unwrap_or_default();
        self.act(person, |state, by, now| Ok((state.hold(by, issue, asked, now)?, Vec::new())))
    }

    /// Commits what was kept back; how many journals that left.
    pub fn commit(&self) -> usize {
        let mut state = self.state();
        let deeds = state.commit();
        self.tell(&state, &deeds);
        deeds.iter().map(|deed| deed.journals.len()).sum()
    }

    /// The next journals are numbered from here.
    pub fn count_journals_from(&self, number: u64) {
        self.state().world.count_journals_from(number);
    }

    /// Writes a note; the number of its journal.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn comment(&self, person: &str, issue: u64, text: &str, private: bool) -> Result<Vec<u64>, NotDone> {
        self.update(person, issue, &json!({ "notes": text, "private_notes": private }))
    }

    /// Sets a status, one of [`super::world::tables`].
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn set_status(&self, person: &str, issue: u64, status: u64) -> Result<Vec<u64>, NotDone> {
        self.update(person, issue, &json!({ "status_id": status }))
    }

    /// Gives an issue to somebody, or to nobody.
    ///
    /// # Errors
    /// As [`Self::update`]; nobody of the other login.
    pub fn assign(&self, person: &str, issue: u64, to: Option<&str>) -> Result<Vec<u64>, NotDone> {
        let id = |login: &str| self.world(|world| world.by_login(login).map(|person| person.id));
        let to = to.map(|login| id(login).ok_or(NotDone::Nobody)).transpose()?;
        self.update(person, issue, &json!({ "assigned_to_id": to }))
    }

    /// Attaches a file, with a note.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn attach(
        &self,
        person: &str,
        issue: u64,
        name: &str,
        content: &[u8],
        text: &str,
    ) -> Result<Vec<u64>, NotDone> {
        let token = self.act(person, |state, by, now| {
            let id = state.world.keep(name, kind_of(name), content.to_vec(), by, now);
            Ok((state.world.files.get(&id).map(File::token), Vec::new()))
        })?;
        self.update(person, issue, &json!({ "notes": text, "uploads": [{ "token": token }] }))
    }

    /// Changes the text of a journal; the issue does not count as touched.
    ///
    /// # Errors
    /// Nobody of this login, no such journal, no right.
    pub fn edit_note(&self, person: &str, journal: u64, text: &str) -> Result<(), NotDone> {
        let asked = [("notes".to_owned(), text.into())].into_iter().collect();
        self.act(person, |state, by, now| Ok((state.edit_note(by, journal, &asked, now)?, Vec::new())))
    }

    /// Deletes an issue.
    ///
    /// # Errors
    /// Nobody of this login, no such issue, no right.
    pub fn delete(&self, person: &str, issue: u64) -> Result<(), NotDone> {
        self.act(person, |state, by, now| Ok(((), state.delete(by, issue, now)?)))
    }

    /// Lets somebody watch an issue, or watch it no more.
    ///
    /// # Errors
    /// Nobody of this login, or no such issue.
    pub fn watch(&self, person: &str, issue: u64, watches: bool) -> Result<(), NotDone> {
        self.act(person, |state, by, _| {
            let issue = state.world.issues.get_mut(&issue).ok_or(Refused::ABSENT)?;
            if watches {
                issue.watchers.insert(by);
            } else {
                issue.watchers.remove(&by);
            }
            Ok(((), Vec::new()))
        })
    }

    /// Two issues belong together: `relates`, `blocks`, …
    ///
    /// # Errors
    /// Nobody of this login, or one of the issues is not there.
    pub fn relate(&self, person: &str, from: u64, to: u64, kind: &str) -> Result<(), NotDone> {
        self.act(person, |state, by, now| Ok(((), state.relate(by, from, to, kind, now)?)))
    }

    /// Takes somebody on, or changes them; their id.
    pub fn hire(&self, order: &PersonOrder) -> u64 {
        let now = self.hands.now();
        self.state().world.hire(order, now)
    }

    /// Opens a project, or changes it; its id.
    pub fn open_project(&self, order: &ProjectOrder) -> u64 {
        let now = self.hands.now();
        self.state().world.open(order, now)
    }

    /// Gives a right to a role, or takes it; `false` when there is no such role.
    pub fn allow(&self, role: u64, right: Right, allowed: bool) -> bool {
        let mut state = self.state();
        let Some(role) = state.world.roles.iter_mut().find(|known| known.id == role) else { return false };
        if allowed {
            role.rights.insert(right)
        } else {
            role.rights.remove(&right)
        };
        true
    }

    /// Opens a way between statuses to a role, or closes it; `false` when there is no such role.
    pub fn allow_way(&self, role: u64, from: u64, to: u64, allowed: bool) -> bool {
        let mut state = self.state();
        let Some(role) = state.world.roles.iter_mut().find(|known| known.id == role) else { return false };
        if allowed {
            role.ways.insert((from, to))
        } else {
            role.ways.remove(&(from, to))
        };
        true
    }

    /// Gives issues a custom field, or another one of the same id.
    pub fn add_field(&self, field: CustomField) {
        let mut state = self.state();
        state.world.custom_fields.retain(|known| known.id != field.id);
        state.world.custom_fields.push(field);
    }

    /// Saves a query; its id.
    pub fn save_query(&self, mut query: SavedQuery) -> u64 {
        let mut state = self.state();
        query.id = state.world.queries.iter().map(|query| query.id).max().unwrap_or_default() + 1;
        let id = query.id;
        state.world.queries.push(query);
        id
    }

    /// Gives an issue another time of its last change, as if its past had been another; `false` when there is none of this number.
    pub fn date(&self, issue: u64, at: Timestamp) -> bool {
        self.state().world.issues.get_mut(&issue).map(|issue| issue.updated_on = at).is_some()
    }

    /// Waits until every webhook so far was answered or given up.
    pub async fn settled(&self) {
        self.post.settled().await;
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock; were it to, the state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One step of somebody's, which webhooks tell.
    fn act<T>(
        &self,
        login: &str,
        step: impl FnOnce(&mut State, u64, Timestamp) -> Result<(T, Vec<Deed>), Refused>,
    ) -> Result<T, NotDone> {
        let now = self.hands.now();
        let mut state = self.state();
        let by = state.world.by_login(login).map(|person| person.id).ok_or(NotDone::Nobody)?;
        let (done, deeds) = step(&mut state, by, now)?;
        self.tell(&state, &deeds);
        Ok(done)
    }

    /// Tells by webhook what was done, where there is any.
    pub(super) fn tell(&self, state: &State, deeds: &[Deed]) {
        let State { world, switches, hook, .. } = state;
        let Some(hook) = hook.as_ref().filter(|_| switches.modern) else { return };
        let Some(owner) = world.by_login(&switches.hook_owner) else { return };
        let view = View { world, who: Some(owner.id), base: &self.prefix, modern: true, easy: switches.easy };
        let wrong = self.post.manner().wrong_secret;
        for (event, body) in deeds.iter().filter_map(|deed| hook::said(view, deed)) {
            self.post.hand(hook.parcel(event, &body, wrong));
        }
    }
}

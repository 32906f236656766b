//! A desk at work in a simulated tracker, and a Pult that looks at it, as all stories of tickets have them.
//!
//! Deliberately not here: anything that is proved.

use std::fs;

use pult_simulators::{
    redmine::{self, IssueOrder, Redmine, Simulator},
    secret::Secret,
    service::fault::{Fault, FaultOrder},
};
use serde_json::{Map, Value, json};

use crate::{
    caller::Caller,
    house::{House, Pultd, Setup, trust_ring},
};

/// The key of an account of the tracker: 40 hexadecimal digits.
pub(crate) fn key(login: &str) -> String {
    let name: String = login.bytes().map(|letter| format!("{letter:02x}")).collect();
    format!("{name:0<40}")
}

/// The tracker's numbers of people.
pub(crate) const AGENT: i64 = 6;
/// The tracker's numbers of statuses.
pub(crate) const NEW: i64 = 1;
pub(crate) const IN_PROGRESS: i64 = 2;
/// The tracker's numbers of the roles of developers and of reporters.
pub(crate) const DEVELOPER: u64 = 4;
pub(crate) const REPORTER: u64 = 5;

/// People of the console and whose addresses they have at the tracker: a manager, a developer, a reporter.
const PEOPLE: [(&str, &str, &str, &str); 3] = [
    ("vera", "supervisor", "Вера Сменная", "sup1@example.com"),
    ("anna", "viewer", "Анна Белова", "agent1@example.com"),
    ("boris", "viewer", "Борис Лисин", "rep1@example.com"),
];

/// The tracker, and a Pult that looks at it every five seconds.
pub(crate) struct Desk {
    pub(crate) tracker: Simulator,
    pub(crate) house: House,
    pub(crate) pultd: Pultd,
    pub(crate) chief: Caller,
}

impl Desk {
    /// A desk whose engine looks with the key of `login`; what `before` does was there before the first look.
    pub(crate) async fn with(login: &str, before: impl FnOnce(&Redmine)) -> Self {
        Self::set_up(login, before, |setup| setup).await
    }

    /// The same, with what `more` adds to its settings.
    pub(crate) async fn set_up(login: &str, before: impl FnOnce(&Redmine), more: impl FnOnce(Setup) -> Setup) -> Self {
        trust_ring();
        let keys = ["admin", "sup1", "agent1", "rep1"].map(|login| (login, Secret::new(key(login))));
        let tracker = redmine::start(redmine::Settings::new(keys)).await.unwrap();
        before(tracker.redmine());
        let setup = Setup::new().secret("redmine.key", &key(login)).and(&format!(
            "[integrations.redmine]\nenabled = true\nbase = \"{}\"\n\
             [lanes]\nbreaker_pause_s = 1\nbreaker_pause_max_s = 2\nbackoff_max_s = 2\n",
            tracker.base()
        ));
        let house = more(setup).build();
        let staff = house.folder().join("staff.csv");
        let mut rows = "login,full_name,email\n".to_owned();
        for (login, role, name, email) in PEOPLE {
            house.person(login, role).await;
            rows.push_str(&format!("{login},{name},{email}\n"));
        }
        fs::write(&staff, rows).unwrap();
        house.must(&["import", "staff", staff.to_str().unwrap()], "").await;
        let (pultd, chief) = house.open().await;
        let desk = Self { tracker, house, pultd, chief };
        let vera = desk.pultd.signed_in("vera").await;
        let mut wishes = vera.must("notices.preferences", json!({})).await;
        wishes["check_seconds"] = 10.into();
        vera.must("notices.set_preferences", wishes).await;
        // The lists come with the first round, and with them who is who.
        desk.chief
            .until(async || desk.lists().await["projects"].as_array().filter(|all| !all.is_empty()).map(drop))
            .await;
        desk
    }

    async fn lists(&self) -> Value {
        self.chief.must("tickets.desk", json!({})).await
    }

    pub(crate) fn redmine(&self) -> &Redmine {
        self.tracker.redmine()
    }

    /// A ticket of the reporter's, given to the agent.
    pub(crate) fn make(&self, subject: &str) -> u64 {
        make(self.redmine(), subject)
    }

    /// Lets calls to the tracker fail so often.
    pub(crate) fn break_tracker(&self, fault: Fault, on: &str, times: u32) {
        self.redmine().faults.set(FaultOrder::new(fault, on, times));
    }

    /// The first look is over: a ticket is there.
    pub(crate) async fn known(&self, id: u64) -> Value {
        known(&self.chief, id).await
    }

    /// A ticket's notices as somebody sees them, once there are so many, oldest first.
    pub(crate) async fn notices(&self, caller: &Caller, id: u64, count: usize) -> Vec<Value> {
        caller
            .until(async || {
                let rows = notices(caller, id).await;
                assert!(rows.len() <= count, "{} notices and not {count}: {rows:?}", rows.len());
                (rows.len() == count).then_some(rows)
            })
            .await
    }

    /// What somebody wants of a ticket is asked for, and its outcome.
    pub(crate) async fn change(&self, caller: &Caller, request: Value) -> Value {
        let asked = caller.must("tickets.change", request).await;
        self.outcome(caller, &asked["id"]).await
    }

    pub(crate) async fn outcome(&self, caller: &Caller, change: &Value) -> Value {
        caller
            .until(async || {
                let change = caller.must("tickets.change_state", json!({ "id": change })).await;
                (change["state"] != "sending").then_some(change)
            })
            .await
    }
}

pub(crate) fn make(redmine: &Redmine, subject: &str) -> u64 {
    let fields = Map::from_iter([("assigned_to_id".to_owned(), json!(AGENT))]);
    let order = IssueOrder { subject: Some(subject.to_owned()), fields, ..IssueOrder::default() };
    redmine.make(&order).unwrap()
}

pub(crate) async fn known(caller: &Caller, id: u64) -> Value {
    caller
        .until(async || {
            let rows = caller.must("tickets.rows", json!({ "ids": [id] })).await;
            rows["rows"].get(0).cloned()
        })
        .await
}

/// A ticket's notices as somebody sees them, oldest first.
pub(crate) async fn notices(caller: &Caller, id: u64) -> Vec<Value> {
    let request = json!({ "which": "all", "subject": format!("ticket:{id}"), "limit": 500 });
    let all = caller.must("notices.list", request).await;
    let mut rows = all["rows"].as_array().unwrap().clone();
    rows.reverse();
    rows
}

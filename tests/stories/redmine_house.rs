//! A desk at work in the real tracker, and a Pult that looks at it. Where the real one is not installed, the simulator stands in, and the
//! story says so (contracts/redmine 10).
//!
//! Everything is done there as people do it: with somebody's key, over HTTP. What no key can do is done in the manner of what is there.
//! Deliberately not here: anything that is proved.

use std::fs;

use pult_simulators::{
    redmine::{self, Simulator, switches::SwitchOrder},
    redmine_server::{self, AGENT, PROJECT, REPORTER, RedmineError, RedmineServer, SUPERVISOR},
    secret::Secret,
    service::fault::{Fault, FaultOrder},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    caller::Caller,
    house::{House, Pultd, Setup, trust_ring},
    tickets_house,
};

/// People of the console and who they are at the tracker: a manager, a developer, a reporter.
const PEOPLE: [(&str, &str, &str, &str); 3] = [
    ("vera", "supervisor", "Вера Сменная", SUPERVISOR),
    ("anna", "viewer", "Анна Белова", AGENT),
    ("boris", "viewer", "Борис Лисин", REPORTER),
];

/// What answers.
pub(crate) enum Tracker {
    /// The real one.
    Real(Box<RedmineServer>),
    /// What stands in for it.
    Simulated(Simulator),
}

impl Tracker {
    async fn start() -> Self {
        trust_ring();
        if redmine_server::is_installed() {
            return Self::Real(Box::new(redmine_server::start().await.unwrap()));
        }
        eprintln!("NOT WITH THE REAL SERVER, the simulator stands in: {}", RedmineError::Missing);
        let keys = ["admin", "sup1", "agent1", "rep1"].map(|login| (login, Secret::new(tickets_house::key(login))));
        Self::Simulated(redmine::start(redmine::Settings::new(keys)).await.unwrap())
    }

    fn base(&self) -> String {
        match self {
            Self::Real(server) => server.base().to_owned(),
            Self::Simulated(server) => server.base(),
        }
    }

    pub(crate) fn key(&self, login: &str) -> String {
        match self {
            Self::Real(server) => server.key(login).to_owned(),
            Self::Simulated(_) => tickets_house::key(login),
        }
    }

    /// The tracker shows it to administrators only.
    fn email(&self, login: &str) -> String {
        match self {
            Self::Real(_) => format!("{login}@example.test"),
            Self::Simulated(_) => format!("{login}@example.com"),
        }
    }

    /// Asks with somebody's key.
    pub(crate) async fn ask(&self, login: &str, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = http.request(method, format!("{}{path}", self.base()));
        request = request.header("X-Redmine-API-Key", self.key(login));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
    }

    async fn user(&self, login: &str) -> Value {
        self.ask(login, Method::GET, "/users/current.json", None).await.1["user"].clone()
    }

    pub(crate) async fn id(&self, login: &str) -> Value {
        self.user(login).await["id"].clone()
    }

    /// How the tracker calls somebody.
    pub(crate) async fn name(&self, login: &str) -> String {
        let user = self.user(login).await;
        format!("{} {}", user["firstname"].as_str().unwrap(), user["lastname"].as_str().unwrap())
    }

    /// A ticket of the reporter's, given to the agent.
    pub(crate) async fn make(&self, subject: &str) -> u64 {
        let agent = self.id(AGENT).await;
        let issue = json!({ "project_id": PROJECT, "tracker_id": 3, "subject": subject, "assigned_to_id": agent });
        let (status, made) = self.ask(REPORTER, Method::POST, "/issues.json", Some(json!({ "issue": issue }))).await;
        assert_eq!(status, 201, "{made}");
        made["issue"]["id"].as_u64().unwrap()
    }

    /// Somebody changes a ticket.
    pub(crate) async fn update(&self, login: &str, id: u64, fields: Value) {
        let path = format!("/issues/{id}.json");
        let (status, said) = self.ask(login, Method::PUT, &path, Some(json!({ "issue": fields }))).await;
        assert_eq!(status, 204, "{said}");
    }

    /// A ticket with its whole history, as the administrator sees it.
    pub(crate) async fn issue(&self, id: u64) -> Value {
        self.ask("admin", Method::GET, &format!("/issues/{id}.json?include=journals"), None).await.1["issue"].clone()
    }

    /// Switches REST on or off for everybody.
    pub(crate) async fn set_rest(&self, on: bool) {
        match self {
            Self::Real(server) => server.set_rest(on).await.unwrap(),
            Self::Simulated(server) => {
                server.redmine().switch(&SwitchOrder { rest: Some(on), ..SwitchOrder::default() });
            }
        }
    }

    /// The manager comments on a page for people, which needs no REST.
    pub(crate) async fn comment_on_a_page(&self, id: u64, text: &str) {
        match self {
            Self::Real(server) => {
                let code = format!(
                    "Issue.find({id}).tap {{ |it| it.init_journal(User.find_by_login('{SUPERVISOR}'), {}); it.save! }}.id",
                    json!(text)
                );
                server.ruby(&code).await.unwrap();
            }
            Self::Simulated(server) => drop(server.redmine().comment(SUPERVISOR, id, text, false).unwrap()),
        }
    }

    /// The next change of a ticket over REST comes too late by a hair: between the tracker's look and its write somebody else writes.
    pub(crate) async fn overtake(&self, id: u64) {
        match self {
            Self::Real(server) => {
                let code = format!(
                    "$overtakes = true; Issue.before_update {{ if $overtakes && id == {id}; $overtakes = false; \
                     Issue.where(id: id).update_all('lock_version = lock_version + 1'); end }}; true"
                );
                server.ruby(&code).await.unwrap();
            }
            Self::Simulated(server) => {
                let overtaken = Fault::Refuse { status: 422, body: json!({ "errors": [] }), retry_after: None };
                server.redmine().faults.set(FaultOrder::new(overtaken, "issue_update", 1));
            }
        }
    }

    /// A ticket is deleted for good.
    pub(crate) async fn delete(&self, id: u64) {
        match self {
            Self::Real(server) => drop(server.ruby(&format!("Issue.find({id}).destroy.id")).await.unwrap()),
            Self::Simulated(server) => server.redmine().delete(SUPERVISOR, id).unwrap(),
        }
    }
}

/// The tracker, and a Pult that looks at it every five seconds.
pub(crate) struct Office {
    pub(crate) tracker: Tracker,
    pub(crate) pultd: Pultd,
    pub(crate) chief: Caller,
    _house: House,
}

impl Office {
    /// An office whose engine looks with the key of `login`, after its first look at one ticket.
    pub(crate) async fn with(login: &str) -> (Self, u64) {
        let tracker = Tracker::start().await;
        let ticket = tracker.make("Нет звука").await;
        let setup = Setup::new().secret("redmine.key", &tracker.key(login)).and(&format!(
            "[integrations.redmine]\nenabled = true\nbase = \"{}\"\n\
             [lanes]\nbreaker_pause_s = 1\nbreaker_pause_max_s = 2\nbackoff_max_s = 2\n",
            tracker.base()
        ));
        let house = setup.build();
        let mut rows = "login,full_name,email\n".to_owned();
        for (person, role, name, account) in PEOPLE {
            house.person(person, role).await;
            rows.push_str(&format!("{person},{name},{}\n", tracker.email(account)));
        }
        let staff = house.folder().join("staff.csv");
        fs::write(&staff, rows).unwrap();
        house.must(&["import", "staff", staff.to_str().unwrap()], "").await;
        let (pultd, chief) = house.open().await;
        let vera = pultd.signed_in("vera").await;
        let mut wishes = vera.must("notices.preferences", json!({})).await;
        wishes["check_seconds"] = 10.into();
        vera.must("notices.set_preferences", wishes).await;
        // The lists come with the first round, and with them who is who.
        chief
            .until(async || {
                let lists = chief.must("tickets.desk", json!({})).await;
                lists["projects"].as_array().filter(|all| !all.is_empty()).map(drop)
            })
            .await;
        tickets_house::known(&chief, ticket).await;
        (Self { tracker, pultd, chief, _house: house }, ticket)
    }

    /// A ticket's notices as somebody sees them, once there are so many, oldest first.
    pub(crate) async fn notices(&self, caller: &Caller, id: u64, count: usize) -> Vec<Value> {
        caller
            .until(async || {
                let rows = tickets_house::notices(caller, id).await;
                assert!(rows.len() <= count, "{} notices and not {count}: {rows:?}", rows.len());
                (rows.len() == count).then_some(rows)
            })
            .await
    }

    /// What somebody wants of a ticket is asked for, and its outcome.
    pub(crate) async fn change(&self, caller: &Caller, request: Value) -> Value {
        let asked = caller.must("tickets.change", request).await;
        caller
            .until(async || {
                let change = caller.must("tickets.change_state", json!({ "id": asked["id"] })).await;
                (change["state"] != "sending").then_some(change)
            })
            .await
    }
}

//! What stands behind a house, and what an administrator does there that REST cannot: settings, locked people, times that have
//! passed. Each is done in the manner of what is there.

use pult_simulators::{
    redmine::{
        Settings, Simulator, start,
        switches::{SwitchOrder, Switches},
        world::{
            CustomField, ProjectOrder,
            people::{Language, PersonOrder},
            tables::{SavedQuery, role},
        },
    },
    redmine_server::{self, ADMIN, AGENT, REPORTER, RedmineError, RedmineServer, SUPERVISOR},
    secret::Secret,
};
use serde_json::Value;

/// What answers.
pub(crate) enum Back {
    /// The real server.
    Real(Box<RedmineServer>),
    /// Our simulator.
    Simulated(Simulator),
}

impl Back {
    /// The real server; `None`, with a note, where it is not installed.
    pub(crate) async fn real() -> Option<Self> {
        if !redmine_server::is_installed() {
            eprintln!("SKIPPED: {}", RedmineError::Missing);
            return None;
        }
        Some(Self::Real(Box::new(redmine_server::start().await.unwrap())))
    }

    /// The simulator, set up as the package is: the web server tells no date.
    pub(crate) async fn simulated() -> Self {
        let keys = [(ADMIN, "a"), (SUPERVISOR, "b"), (AGENT, "c"), (REPORTER, "d")];
        let keys = keys.map(|(login, digit)| (login, Secret::new(digit.repeat(40))));
        let switches = Switches { no_date: true, ..Switches::default() };
        Self::Simulated(start(Settings { switches, ..Settings::new(keys) }).await.unwrap())
    }

    pub(crate) fn base(&self) -> String {
        match self {
            Self::Real(server) => server.base().to_owned(),
            Self::Simulated(server) => server.base(),
        }
    }

    pub(crate) fn key(&self, login: &str) -> String {
        match self {
            Self::Real(server) => server.key(login).to_owned(),
            Self::Simulated(server) => server.redmine().key(login).unwrap().reveal().to_owned(),
        }
    }

    pub(crate) fn id(&self, login: &str) -> u64 {
        match self {
            Self::Real(server) => server.id(login),
            Self::Simulated(server) => {
                server.redmine().people().iter().find(|person| person.login == login).unwrap().id
            }
        }
    }

    pub(crate) async fn set_rest(&self, on: bool) {
        match self {
            Self::Real(server) => server.set_rest(on).await.unwrap(),
            Self::Simulated(_) => self.switch(SwitchOrder { rest: Some(on), ..SwitchOrder::default() }),
        }
    }

    pub(crate) async fn set_login_required(&self, on: bool) {
        match self {
            Self::Real(server) => server.set_login_required(on).await.unwrap(),
            Self::Simulated(_) => self.switch(SwitchOrder { login_required: Some(on), ..SwitchOrder::default() }),
        }
    }

    /// Sets how large a file may be, in KiB.
    pub(crate) async fn set_largest_file(&self, kib: usize) {
        match self {
            Self::Real(server) => drop(run(server, &format!("Setting.attachment_max_size = '{kib}'")).await),
            Self::Simulated(_) => {
                self.switch(SwitchOrder { largest_file: Some(kib << 10), ..SwitchOrder::default() });
            }
        }
    }

    /// Locks somebody out, or lets them in again.
    pub(crate) async fn set_active(&self, login: &str, active: bool) {
        let status = if active { 1 } else { 3 };
        let order = PersonOrder { active: Some(active), ..PersonOrder::default() };
        self.set_person(login, &format!("update!(status: {status})"), order).await;
    }

    /// Lets somebody be answered in Russian, or in English.
    pub(crate) async fn set_russian(&self, login: &str, on: bool) {
        let (name, language) = if on { ("ru", Language::Ru) } else { ("en", Language::En) };
        let order = PersonOrder { language: Some(language), ..PersonOrder::default() };
        self.set_person(login, &format!("update!(language: '{name}')"), order).await;
    }

    /// Lets somebody see the newest journal first, or last.
    pub(crate) async fn set_newest_first(&self, login: &str, on: bool) {
        let order = if on { "desc" } else { "asc" };
        let code = format!("pref.update!(comments_sorting: '{order}')");
        self.set_person(login, &code, PersonOrder { newest_first: Some(on), ..PersonOrder::default() }).await;
    }

    async fn set_person(&self, login: &str, code: &str, order: PersonOrder) {
        match self {
            Self::Real(server) => drop(run(server, &format!("User.find_by_login('{login}').{code}")).await),
            Self::Simulated(server) => {
                server.redmine().hire(&PersonOrder { login: login.to_owned(), ..order });
            }
        }
    }

    fn switch(&self, order: SwitchOrder) {
        if let Self::Simulated(server) = self {
            server.redmine().switch(&order);
        }
    }

    /// Gives an issue a time of its last change, with fractions of a second.
    pub(crate) async fn stamp(&self, issue: u64, time: &str) {
        match self {
            Self::Real(server) => {
                let code = format!("Issue.where(id: {issue}).update_all(updated_on: Time.iso8601('{time}'))");
                assert_eq!(run(server, &code).await, 1);
            }
            Self::Simulated(server) => assert!(server.redmine().date(issue, time.parse().unwrap())),
        }
    }

    /// The version of an issue that REST takes and never tells.
    pub(crate) async fn version(&self, issue: u64) -> u64 {
        match self {
            Self::Real(server) => number(&run(server, &format!("Issue.find({issue}).lock_version")).await),
            Self::Simulated(server) => server.redmine().issue(issue).unwrap().lock_version,
        }
    }

    /// Two issues belong together.
    pub(crate) async fn relate(&self, from: u64, to: u64) {
        match self {
            Self::Real(server) => {
                let code = format!(
                    "User.current = User.find_by_login('sup1'); \
                     relation = IssueRelation.new(issue_from: Issue.find({from}), issue_to: Issue.find({to})); \
                     relation.relation_type = 'relates'; relation.init_journals(User.current); relation.save!"
                );
                run(server, &code).await;
            }
            Self::Simulated(server) => server.redmine().relate(SUPERVISOR, from, to, "relates").unwrap(),
        }
    }

    /// Makes a filter that everybody sees, of open issues; answers its id.
    pub(crate) async fn saved_filter(&self) -> u64 {
        match self {
            Self::Real(server) => {
                number(&run(server, "IssueQuery.create!(name: 'Open', user: User.find(1), visibility: 2).id").await)
            }
            Self::Simulated(server) => {
                let asks = vec![("status_id".to_owned(), "open".to_owned())];
                server.redmine().save_query(SavedQuery { id: 0, name: "Open".to_owned(), project: None, asks })
            }
        }
    }

    /// Makes a text field for issues of every kind; answers its id.
    pub(crate) async fn text_field(&self, name: &str) -> u64 {
        match self {
            Self::Real(server) => {
                let code = format!(
                    "IssueCustomField.create!(name: '{name}', field_format: 'string', is_for_all: true, \
                     is_filter: true, trackers: Tracker.all).id"
                );
                number(&run(server, &code).await)
            }
            Self::Simulated(server) => {
                server.redmine().add_field(CustomField { id: 1, name: name.to_owned() });
                1
            }
        }
    }

    /// Makes a second project with the supervisor in it; answers its id.
    pub(crate) async fn second_project(&self) -> u64 {
        match self {
            Self::Real(server) => {
                let code = "project = Project.create!(name: 'Yard', identifier: 'yard', is_public: false, \
                            enabled_module_names: ['issue_tracking'], trackers: Tracker.all); \
                            Member.create!(project: project, principal: User.find_by_login('sup1'), \
                            roles: [Role.find_by_name('Manager')]); project.id";
                number(&run(server, code).await)
            }
            Self::Simulated(server) => server.redmine().open_project(&ProjectOrder {
                identifier: "yard".to_owned(),
                members: [(SUPERVISOR.to_owned(), role::MANAGER)].into(),
                ..ProjectOrder::default()
            }),
        }
    }

    /// Takes on somebody who belongs to no project; answers the login.
    pub(crate) async fn stranger(&self) -> &'static str {
        let login = "alien";
        match self {
            Self::Real(server) => {
                let code = "User.new(firstname: 'A', lastname: 'Lien', mail: 'alien@example.test').tap do |it| \
                            it.login = 'alien'; it.password = it.password_confirmation = 'Passw0rd-test'; it.save! end";
                run(server, code).await;
            }
            Self::Simulated(server) => {
                server.redmine().hire(&PersonOrder { login: login.to_owned(), ..PersonOrder::default() });
            }
        }
        login
    }
}

/// Ruby that has to work.
async fn run(server: &RedmineServer, code: &str) -> Value {
    server.ruby(code).await.unwrap()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

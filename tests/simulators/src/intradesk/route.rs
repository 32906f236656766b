//! Paths that exist, in any case as the vendor takes them, and the names that calls go by in the journal and in faults.

use axum::http::Method;

use super::{Tenant, asked::Asked, odata::Options, tables, writes};

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Token,
    Tasks { v3: bool },
    Change { v3: bool },
    Employees,
    Employee(u64),
    Groups,
    Statuses,
    FormStatuses,
    ServiceUsers(u64),
    Rules,
    Services,
    Executors,
    ClassicTasks,
    ClassicTask(u64),
    ClassicStatuses,
    ClassicUser,
}

/// A path that exists.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    pub(super) target: Target,
    /// What it is called.
    pub(super) name: &'static str,
    pub(super) methods: &'static [Method],
}

const GET: &[Method] = &[Method::GET];
const POST: &[Method] = &[Method::POST];
const WRITE: &[Method] = &[Method::POST, Method::PUT];
const TASK: &[Method] = &[Method::GET, Method::PUT];

/// The path's route.
pub(super) fn route(path: &str) -> Option<Route> {
    use Target as To;
    let path = path.to_ascii_lowercase();
    let steps: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let id = |text: &str| text.parse().ok();
    let (target, name, methods) = match steps.as_slice() {
        ["connect", "token"] => (To::Token, "token", POST),
        ["tasklist", "odata", "tasks"] => (To::Tasks { v3: false }, "tasks", GET),
        ["tasklist", "odata", "v3", "tasks"] => (To::Tasks { v3: true }, "tasks", GET),
        ["changes", "tasks"] => (To::Change { v3: false }, "change", WRITE),
        ["changes", "v3", "tasks"] => (To::Change { v3: true }, "change", WRITE),
        ["settings", "odata", "employees"] | ["settings", "odata", "v2", "employees"] => {
            (To::Employees, "employees", GET)
        }
        ["settings", "api", "v1", "employees", person] => (To::Employee(id(person)?), "employee", GET),
        ["settings", "odata", "v2", "employeegroups"] => (To::Groups, "groups", GET),
        ["settings", "odata", "statuses"] => (To::Statuses, "statuses", GET),
        ["taskform", "api", "statuses"] => (To::FormStatuses, "statuses", GET),
        ["settings", "api", "serviceusers", service] => (To::ServiceUsers(id(service)?), "serviceusers", GET),
        ["rules", "api", "rules"] => (To::Rules, "rules", POST),
        ["changes", "api", "services"] => (To::Services, "services", GET),
        ["hints", "api", "hints", "executors"] => (To::Executors, "executors", GET),
        ["api", "task"] => (To::ClassicTasks, "classic/tasks", GET),
        ["api", "task", task] => (To::ClassicTask(id(task)?), "classic/task", TASK),
        ["api", "taskstatus"] => (To::ClassicStatuses, "classic/statuses", GET),
        ["api", "user"] => (To::ClassicUser, "classic/user", GET),
        _ => return None,
    };
    Some(Route { target, name, methods })
}

/// What a call is about.
pub(super) struct About {
    /// Its names: the first is the journal's, any of them brings a fault about.
    pub(super) names: Vec<String>,
    /// The service whose tasks are listed.
    pub(super) lists: Option<u64>,
    /// The service that a task is written in; 0 for none.
    pub(super) writes: Option<u64>,
}

impl About {
    /// Finds it out. What names there are is told in `control`.
    pub(super) fn of(tenant: &Tenant, route: Option<Route>, asked: &Asked) -> Self {
        let mut about = Self { names: Vec::new(), lists: None, writes: None };
        let Some(route) = route else {
            about.names.push("unknown".to_owned());
            return about;
        };
        match route.target {
            Target::Change { .. } if asked.method == Method::POST => {
                about.names.push("create".to_owned());
                about.writes = Some(0);
            }
            Target::Change { v3 } => {
                about.names.push(route.name.to_owned());
                let number = tenant.world(|world| writes::number(world, &asked.object().unwrap_or_default(), v3));
                about.write(tenant, number);
            }
            Target::ClassicTask(number) if asked.method == Method::PUT => {
                about.names.push("classic/change".to_owned());
                about.write(tenant, Some(number));
            }
            Target::ClassicTask(number) => {
                about.names.extend([route.name.to_owned(), format!("read/{number}"), format!("task/{number}")]);
            }
            Target::ClassicTasks => {
                about.names.push(route.name.to_owned());
                about.page(asked.parameter("page").and_then(|page| page.parse().ok()));
                let service = asked.parameter("ServiceIds").and_then(|ids| ids.parse().ok());
                about.list(service);
            }
            Target::Tasks { .. } => {
                about.names.push(route.name.to_owned());
                let Ok(options) = Options::read(&tables::TASKS, &asked.query) else { return about };
                let pinned = |name| options.filter.as_ref().and_then(|filter| filter.pinned(name));
                let by_id = || pinned("id").and_then(|id| tenant.world(|world| world.number_of(id)));
                if let Some(number) = pinned("tasknumber").or_else(by_id) {
                    about.names.extend([format!("read/{number}"), format!("task/{number}")]);
                } else {
                    about.page(Some(options.page()));
                    about.list(pinned("service"));
                }
            }
            Target::ServiceUsers(service) => {
                about.names.extend([route.name.to_owned(), format!("{}/{service}", route.name)]);
            }
            Target::Employees | Target::Groups | Target::Statuses => {
                about.names.push(route.name.to_owned());
                let number = |name| asked.parameter(name).and_then(|text| text.parse::<usize>().ok());
                about.page(Some(number("$skip").unwrap_or(0) / number("$top").unwrap_or(25).max(1) + 1));
            }
            _ => about.names.push(route.name.to_owned()),
        }
        about
    }

    fn page(&mut self, page: Option<usize>) {
        let name = format!("{}/page{}", self.names[0], page.unwrap_or(1));
        self.names.push(name);
    }

    fn list(&mut self, service: Option<u64>) {
        self.lists = service;
        self.names.extend(service.map(|service| format!("list/{service}")));
    }

    fn write(&mut self, tenant: &Tenant, number: Option<u64>) {
        let task = |number| tenant.world(|world| world.tasks.get(&number).and_then(|task| task.service));
        self.writes = Some(number.and_then(task).unwrap_or_default());
        if let Some(number) = number {
            self.names.extend([format!("{}/{number}", self.names[0]), format!("task/{number}")]);
        }
    }
}

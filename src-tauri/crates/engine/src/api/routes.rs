//! What a key's list of routes can name: every command of the console, and the addresses the server answers beside them. Of both it is
//! said in the same words what they need beside the role, and found out in one place what somebody lacks.
//!
//! Deliberately not here: where an address is and what it answers (the server's), and the check of each request's role
//! (`Actor::may`).

use pult_store::api_keys::KeyScope;
use serde::Serialize;
use ts_rs::TS;

use super::{COMMANDS, Nothing};
use crate::{
    Engine,
    auth::{Actor, Grant, Role},
    error::ApiError,
};

/// Something a key may open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct KeyRoute {
    /// Its name, `area.verb`.
    #[ts(type = "string")]
    pub name: &'static str,
    /// The least role it is open to.
    pub role: Role,
    /// The right needed beside the role: for reports by viewers alone, for calls of Moscow by everybody but administrators.
    pub grant: Option<Grant>,
}

impl KeyRoute {
    const fn viewer(name: &'static str, grant: Option<Grant>) -> Self {
        Self { name, role: Role::Viewer, grant }
    }

    /// The right that somebody whose role would do lacks for it. Supervisors look at reports without one; calls of the Moscow centre are
    /// told to nobody without theirs, as in every command.
    #[must_use]
    pub fn lacks(self, actor: &Actor) -> Option<Grant> {
        let by_role = |grant| grant != Grant::CallsMoscow && actor.rights.role >= Role::Supervisor;
        self.grant.filter(|grant| !by_role(*grant) && !actor.has(*grant))
    }
}

/// A right in the words of a refusal, in English.
#[must_use]
pub fn named(grant: Grant) -> &'static str {
    match grant {
        Grant::CallsMoscow => "Moscow calls",
        Grant::RedmineReport => "reports on tickets",
        Grant::Quality => "quality",
    }
}

/// All routes.
#[derive(Debug, Clone, Serialize, TS)]
pub struct KeyRoutes {
    /// The commands in the order of their list, then the addresses beside them.
    pub routes: Vec<KeyRoute>,
}

const MOSCOW: Option<Grant> = Some(Grant::CallsMoscow);
const REPORTS: Option<Grant> = Some(Grant::RedmineReport);

/// The stream of changes: areas and ids of whatever changes, no content. Everybody who signs in hears it.
pub const EVENTS: KeyRoute = KeyRoute { name: "events", role: Role::Operator, grant: None };
/// Figures for machines.
pub const METRICS: KeyRoute = KeyRoute::viewer("metrics", None);
/// Calls of the Moscow centre of a day.
pub const MOSCOW_CALLS: KeyRoute = KeyRoute::viewer("legacy.moscow_calls", MOSCOW);
/// Calls of each operator of the Moscow centre.
pub const MOSCOW_OPERATOR_STATS: KeyRoute = KeyRoute::viewer("legacy.moscow_operator_stats", MOSCOW);
/// Calls of the Moscow centre by month.
pub const MOSCOW_MONTHLY_STATS: KeyRoute = KeyRoute::viewer("legacy.moscow_monthly_stats", MOSCOW);
/// Today's calls of both centres.
pub const CALL_STATS: KeyRoute = KeyRoute::viewer("legacy.call_stats", None);
/// The client's card of a call.
pub const CLIENT_CARD: KeyRoute = KeyRoute::viewer("legacy.client_card", MOSCOW);
/// The agency of an enquiry.
pub const CALL_AGENCY_DATA: KeyRoute = KeyRoute::viewer("legacy.call_agency_data", MOSCOW);
/// Agencies of the Moscow centre.
pub const AGENCIES: KeyRoute = KeyRoute::viewer("legacy.agencies", MOSCOW);
/// One agency of the Moscow centre.
pub const AGENCY_DETAILS: KeyRoute = KeyRoute::viewer("legacy.agency_details", MOSCOW);
/// The last calls of the Vilnius centre.
pub const LATEST_CALLS: KeyRoute = KeyRoute::viewer("legacy.latest_calls", None);
/// A page of the same.
pub const VILNIUS: KeyRoute = KeyRoute::viewer("legacy.vilnius", None);

/// Connecting one's own account at the source of operator states, and disconnecting it.
pub const FLOOR_LOGIN: KeyRoute = KeyRoute::viewer("legacy.floor_login", None);
/// One's own account and state.
pub const FLOOR_OWN: KeyRoute = KeyRoute::viewer("legacy.floor_own", None);
/// Asking for another state of one's own.
pub const FLOOR_SET_STATE: KeyRoute = KeyRoute::viewer("legacy.floor_set_state", None);
/// Everybody's state.
pub const FLOOR_AGENTS: KeyRoute = KeyRoute::viewer("legacy.floor_agents", None);
/// Whether operators are watched.
pub const FLOOR_HEALTH: KeyRoute = KeyRoute::viewer("legacy.floor_health", None);
/// Asks a target of the network now.
pub const PING: KeyRoute = KeyRoute { name: "legacy.ping", role: Role::Supervisor, grant: None };
/// The last results of a target.
pub const PING_HISTORY: KeyRoute = KeyRoute::viewer("legacy.ping_history", None);
/// What was seen last of every target.
pub const NETWORK_STATUS: KeyRoute = KeyRoute::viewer("legacy.status", None);
/// The network screen.
pub const NETWORK_MONITOR: KeyRoute = KeyRoute::viewer("legacy.network_monitor", None);

/// One's own notices of tickets, and how one is told of them.
pub const NOTIFICATIONS: KeyRoute = KeyRoute { name: "legacy.notifications", role: Role::Operator, grant: None };
/// Marking them, clearing them, and switching what is told.
pub const NOTIFICATIONS_SET: KeyRoute =
    KeyRoute { name: "legacy.notifications_set", role: Role::Operator, grant: None };
/// Groups of tickets, and the tickets behind them.
pub const TICKET_REPORT: KeyRoute = KeyRoute::viewer("legacy.ticket_report", REPORTS);
/// Tickets that have stood still.
pub const STALE_TICKETS: KeyRoute = KeyRoute::viewer("legacy.stale_tickets", REPORTS);
/// Figures of one's own tasks.
pub const TICKET_STATISTICS: KeyRoute = KeyRoute::viewer("legacy.ticket_statistics", None);
/// One's own requests at the tracker.
pub const OWN_TICKETS: KeyRoute = KeyRoute { name: "legacy.own_tickets", role: Role::Operator, grant: None };
/// New requests, and comments on one's own.
pub const OWN_TICKETS_SET: KeyRoute = KeyRoute { name: "legacy.own_tickets_set", role: Role::Operator, grant: None };
/// Tasks given to somebody.
pub const TASKS: KeyRoute = KeyRoute { name: "legacy.tasks", role: Role::Operator, grant: None };
/// Changing tasks.
pub const TASKS_SET: KeyRoute = KeyRoute { name: "legacy.tasks_set", role: Role::Operator, grant: None };
/// The screen of reports.
pub const REPORTS_SCREEN: KeyRoute = KeyRoute::viewer("legacy.reports", None);

/// The addresses beside the commands. The server goes by these names and has a test that none is missing here.
pub const ADDRESSES: &[KeyRoute] = &[
    MOSCOW_CALLS,
    MOSCOW_OPERATOR_STATS,
    MOSCOW_MONTHLY_STATS,
    CALL_STATS,
    CLIENT_CARD,
    CALL_AGENCY_DATA,
    AGENCIES,
    AGENCY_DETAILS,
    LATEST_CALLS,
    VILNIUS,
    FLOOR_LOGIN,
    FLOOR_OWN,
    FLOOR_SET_STATE,
    FLOOR_AGENTS,
    FLOOR_HEALTH,
    PING,
    PING_HISTORY,
    NETWORK_STATUS,
    NETWORK_MONITOR,
    NOTIFICATIONS,
    NOTIFICATIONS_SET,
    TICKET_REPORT,
    STALE_TICKETS,
    TICKET_STATISTICS,
    OWN_TICKETS,
    OWN_TICKETS_SET,
    TASKS,
    TASKS_SET,
    REPORTS_SCREEN,
    EVENTS,
    METRICS,
];

/// Every route a key can name.
fn all() -> impl Iterator<Item = KeyRoute> {
    COMMANDS.iter().chain(ADDRESSES).copied()
}

pub(super) async fn list(_: &Engine, _: &Actor, _: Nothing) -> Result<KeyRoutes, ApiError> {
    Ok(KeyRoutes { routes: all().collect() })
}

/// Refuses a key that names something it could never open: a slip of the pen would be found out by the program alone.
pub(super) fn check(scope: &KeyScope) -> Result<(), ApiError> {
    let opens = |name: &str| name == "*" || all().any(|r| r.name == name && scope.role >= r.role);
    match scope.routes.iter().find(|name| !opens(name)) {
        Some(name) => Err(ApiError::field("scope.routes", format!("no route `{name}` is open to this role"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(role: Role, routes: &[&str]) -> KeyScope {
        KeyScope { role, grants: vec![], routes: routes.iter().map(|r| (*r).to_owned()).collect() }
    }

    #[test]
    fn a_key_names_what_its_role_can_open() {
        assert!(check(&scope(Role::Viewer, &["*"])).is_ok());
        assert!(check(&scope(Role::Viewer, &["calls.page", "legacy.agencies", "metrics"])).is_ok());
        for (role, route) in [(Role::Viewer, "calls.pages"), (Role::Viewer, "keys.list"), (Role::Operator, "metrics")] {
            let refused = check(&scope(role, &["people.change_own_password", route])).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some("scope.routes"));
            assert!(refused.message.contains(route), "{}", refused.message);
        }
    }

    #[test]
    fn the_agencies_of_moscow_ask_the_same_right_whichever_way_they_are_asked_for() {
        let rights = |name: &str| all().find(|route| route.name == name).map(|route| (route.role, route.grant));
        let asked = Some((Role::Viewer, MOSCOW));
        for name in ["agencies.search", "agencies.detail", AGENCIES.name, AGENCY_DETAILS.name, CALL_AGENCY_DATA.name] {
            assert_eq!(rights(name), asked, "{name}");
        }
    }

    #[test]
    fn no_two_routes_share_a_name() {
        let mut names: Vec<&str> = all().map(|r| r.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}

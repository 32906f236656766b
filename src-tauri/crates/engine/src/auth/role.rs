//! Who acts, and whether they may.
//!
//! Deliberately not here: which command needs what (each command says so itself).

use pult_domain::Instant;
use pult_store::{StoreError, api_keys::ApiKeyRow, audit, sessions::SessionId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use pult_store::people::{Grant, PersonId, Rights, Role};

/// What a command asks of whoever gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Access {
    /// At least this role.
    pub role: Role,
    /// And this right beside it.
    pub grant: Option<Grant>,
}

impl Access {
    /// A role is enough.
    #[must_use]
    pub const fn role(role: Role) -> Self {
        Self { role, grant: None }
    }

    /// The role and a right beside it.
    #[must_use]
    pub const fn with(role: Role, grant: Grant) -> Self {
        Self { role, grant: Some(grant) }
    }
}

/// How somebody came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// Signed in.
    Session(SessionId),
    /// By a key, which opens these routes; `*` is all of them.
    ApiKey {
        /// The names of the routes.
        routes: Vec<String>,
    },
    /// Sits at the computer that runs the engine in its window.
    LocalWindow,
    /// Runs a command on the computer of the engine.
    CommandLine,
    /// Has the unguessable address of a call card: says what that call was about, and nothing else.
    CallCard,
}

/// Somebody who gives a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account, where there is one.
    pub person: Option<PersonId>,
    /// What audit rows call them: a login, `key:<name>`, `window`, `command line`.
    pub login: String,
    /// What they may do.
    pub rights: Rights,
    /// How they came in.
    pub via: Via,
    /// Where from; empty on this computer.
    pub address: String,
}

impl Actor {
    /// Whoever sits at the window: the computer's own sign-in has let them in, and everything is theirs.
    #[must_use]
    pub fn local_window() -> Self {
        Self::on_this_computer("window", Via::LocalWindow)
    }

    /// Whoever runs a command of ours on this computer; the data folder's owner has let them in.
    #[must_use]
    pub fn command_line() -> Self {
        Self::on_this_computer("command line", Via::CommandLine)
    }

    /// The operator at a call card, by their id at the telephony. The card's address stands for the sign-in.
    #[must_use]
    pub fn at_call_card(operator: &str, address: &str) -> Self {
        let rights = Rights::of(Role::Operator);
        Self { person: None, login: operator.to_owned(), rights, via: Via::CallCard, address: address.to_owned() }
    }

    fn on_this_computer(login: &str, via: Via) -> Self {
        let rights = Rights::of(Role::Admin);
        Self { person: None, login: login.to_owned(), rights, via, address: String::new() }
    }

    /// The holder of a key.
    #[must_use]
    pub fn key_holder(key: ApiKeyRow, address: &str) -> Self {
        Self {
            person: None,
            login: format!("key:{}", key.name),
            rights: Rights { role: key.scope.role, grants: key.scope.grants, teams: vec![] },
            via: Via::ApiKey { routes: key.scope.routes },
            address: address.to_owned(),
        }
    }

    /// Whether they may do what the route of this name does. Administrators have every grant.
    #[must_use]
    pub fn may(&self, route: &str, access: Access) -> bool {
        let open = match &self.via {
            Via::ApiKey { routes } => routes.iter().any(|r| r == "*" || r == route),
            Via::Session(_) | Via::LocalWindow | Via::CommandLine => true,
            // A card has its own one act, which is no route.
            Via::CallCard => false,
        };
        open && self.rights.role >= access.role && access.grant.is_none_or(|g| self.has(g))
    }

    /// The same actor behind an address that is open to them: a key for the address opens the commands it is made of, with no more rights
    /// than the key has.
    #[must_use]
    pub fn behind(mut self, commands: &[&str]) -> Self {
        if let Via::ApiKey { routes } = &mut self.via {
            routes.extend(commands.iter().map(|name| (*name).to_owned()));
        }
        self
    }

    /// Whether they have a right beside their role.
    #[must_use]
    pub fn has(&self, grant: Grant) -> bool {
        self.rights.role == Role::Admin || self.rights.grants.contains(&grant)
    }

    /// Notes an act of theirs; in the transaction of the act.
    ///
    /// # Errors
    /// When it cannot be written; the act must not stand then.
    pub fn note(
        &self,
        connection: &pult_store::Connection,
        action: &str,
        object: &str,
        detail: serde_json::Value,
        now: Instant,
    ) -> Result<(), StoreError> {
        let act = audit::NewAudit { at: now, actor: &self.login, action, object, detail, address: &self.address };
        audit::insert(connection, &act)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role, grants: &[Grant], via: Via) -> Actor {
        let rights = Rights { role, grants: grants.to_vec(), teams: vec![] };
        Actor { person: None, login: String::new(), rights, via, address: String::new() }
    }

    #[test]
    fn roles_contain_the_ones_before_them() {
        let roles = [Role::Operator, Role::Viewer, Role::Supervisor, Role::Admin];
        for (mine, has) in roles.iter().enumerate() {
            for (asked, needs) in roles.iter().enumerate() {
                let may = actor(*has, &[], Via::LocalWindow).may("any", Access::role(*needs));
                assert_eq!(may, mine >= asked, "{has:?} {needs:?}");
            }
        }
    }

    #[test]
    fn a_grant_is_asked_beside_the_role() {
        let needs = Access::with(Role::Viewer, Grant::CallsMoscow);
        for (role, grants, may) in [
            (Role::Viewer, &[Grant::CallsMoscow][..], true),
            (Role::Viewer, &[Grant::Quality], false),
            (Role::Supervisor, &[], false),
            (Role::Operator, &[Grant::CallsMoscow], false),
            (Role::Admin, &[], true),
        ] {
            assert_eq!(actor(role, grants, Via::LocalWindow).may("any", needs), may, "{role:?} {grants:?}");
        }
    }

    #[test]
    fn a_key_opens_its_routes_only_and_not_beyond_its_role() {
        let key = |role, route: &str| actor(role, &[], Via::ApiKey { routes: vec![route.to_owned()] });
        let viewer = Access::role(Role::Viewer);
        assert!(key(Role::Viewer, "calls.page").may("calls.page", viewer));
        assert!(!key(Role::Viewer, "calls.page").may("calls.pages", viewer));
        assert!(key(Role::Viewer, "*").may("anything", viewer));
        assert!(!key(Role::Viewer, "*").may("people.block", Access::role(Role::Admin)));
    }

    #[test]
    fn a_call_card_opens_no_route() {
        let operator = Actor::at_call_card("4711", "192.0.2.1");
        assert!(!operator.may("people.change_own_password", Access::role(Role::Operator)));
    }
}

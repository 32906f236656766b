//! People's own keys: whose one is, whether the tracker still takes it, and whether its owner may write privately.
//!
//! Deliberately not here: keeping the key (the engine's), and what is done with it (`change`).

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{CallError, Exchange, KeyOwner, PersonKeys};

use super::{
    Redmine,
    client::As,
    loose::{at, digest, list, number},
};

/// The right without which the tracker makes a private note a public one, and says nothing of it.
const PRIVATE_NOTES: &str = "set_notes_private";
/// Roles of one account in one project that are looked at.
const MAX_ROLES: usize = 8;

/// Keys that were refused, by their account; a digest of each.
#[derive(Default)]
pub(super) struct Persons(Mutex<HashMap<i64, String>>);

impl Persons {
    fn memory(&self) -> MutexGuard<'_, HashMap<i64, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This one was refused.
    pub(super) fn refuse(&self, id: i64, key: &str) {
        self.memory().insert(id, digest(key.as_bytes()));
    }

    pub(super) fn is_refused(&self, id: i64, key: &str) -> bool {
        self.memory().get(&id).is_some_and(|refused| *refused == digest(key.as_bytes()))
    }
}

/// The secret in which a person's key is kept.
pub(super) fn secret_name(id: i64) -> String {
    format!("redmine.person.{id}")
}

impl Redmine {
    /// Whether an account may write private notes in a project: as an administrator, or by one of its roles there. Who has no role of
    /// their own there may not, as far as can be seen.
    pub(super) async fn may_write_privately(
        &self,
        who: As<'_>,
        project: i64,
        said: &mut Vec<Exchange>,
    ) -> Result<bool, CallError> {
        let answer = self.client.get(who, &["users", "current.json"], &[("include", "memberships")], said).await?;
        let user = at(&answer.content, &["user"]);
        if at(user, &["admin"]).as_bool() == Some(true) {
            return Ok(true);
        }
        let here = list(user, "memberships").filter(|member| number(at(member, &["project", "id"])) == Some(project));
        let roles: BTreeSet<i64> =
            here.flat_map(|member| list(member, "roles")).filter_map(|role| number(at(role, &["id"]))).collect();
        for role in roles.into_iter().take(MAX_ROLES) {
            let answer = self.client.get(who, &["roles", &format!("{role}.json")], &[], said).await?;
            if list(at(&answer.content, &["role"]), "permissions").any(|right| right == PRIVATE_NOTES) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[async_trait]
impl PersonKeys for Redmine {
    async fn whose(&self, key: &str) -> Result<KeyOwner, CallError> {
        let me = self.owner(As::Typed(key), &mut vec![]).await?;
        Ok(KeyOwner { id: me.id, login: me.login, name: me.name })
    }

    fn is_good(&self, id: i64) -> bool {
        let kept = self.client.secret(As::Person(id));
        kept.is_some_and(|key| !self.client.persons.is_refused(id, &key))
    }

    fn secret_of(&self, id: i64) -> String {
        secret_name(id)
    }
}

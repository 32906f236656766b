//! People's own keys: whose one is, and whether the tracker still takes it.
//!
//! Deliberately not here: keeping the key (the engine's), and what is done with it (`change`).

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{CallError, KeyOwner, PersonKeys};

use super::{Redmine, client::As, loose::digest};

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

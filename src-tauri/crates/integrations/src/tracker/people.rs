//! Who is who at the tracker: our own account, and the logins behind the numbers it shows people by.
//!
//! Deliberately not here: people of the messenger.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use crate::{CallError, Exchange};

use super::{
    Tracker,
    loose::{at, single, text},
    trouble::strange,
};

/// The most characters of a login or a number.
const MAX_LOGIN: usize = 200;
/// The most logins remembered.
const REMEMBERED: usize = 2_000;
/// The most people of one issue who are looked up.
const MANY: usize = 50;

/// Our own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Own {
    /// Its number, by which its comments are known.
    pub(super) uid: String,
    pub(super) login: String,
    /// It may change something.
    pub(super) licensed: bool,
}

/// What is known of people.
#[derive(Default)]
pub(super) struct People(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// Our account, and by what it is told from another.
    own: Option<(String, Arc<Own>)>,
    /// Logins by numbers.
    logins: HashMap<String, String>,
}

impl People {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an answer says of our account.
pub(super) fn own(answer: &Value) -> Result<Own, CallError> {
    let me = single(answer).ok_or_else(|| strange("the answer is not our account"))?;
    let said = |name| text(at(me, &[name]), MAX_LOGIN);
    Ok(Own {
        uid: said("uid").ok_or_else(|| strange("our account has no number"))?,
        login: said("login").unwrap_or_default(),
        licensed: at(me, &["hasLicense"]).as_bool().unwrap_or(true),
    })
}

/// The login a reference stands for: its own, the one its number is known to have, or the number itself.
pub(super) fn login(reference: &Value, people: &People) -> Option<String> {
    text(at(reference, &["login"]), MAX_LOGIN).or_else(|| {
        let id = id(reference)?;
        Some(people.known().logins.get(&id).cloned().unwrap_or(id))
    })
}

/// The id of a reference: its own, or the text that stands in its place.
fn id(reference: &Value) -> Option<String> {
    text(at(reference, &["id"]), MAX_LOGIN).or_else(|| text(reference, MAX_LOGIN))
}

/// The number of a reference that has no login.
fn number_of(reference: &Value) -> Option<String> {
    if at(reference, &["login"]).is_string() {
        return None;
    }
    let id = id(reference)?;
    id.bytes().all(|byte| byte.is_ascii_digit()).then_some(id)
}

/// The people in these fields of an issue: one, or a list of them.
fn named<'v>(issue: &'v Value, fields: &'v [&str]) -> impl Iterator<Item = &'v Value> {
    fields.iter().flat_map(|name| match at(issue, &[name]) {
        Value::Array(people) => people.as_slice(),
        person => std::slice::from_ref(person),
    })
}

impl Tracker {
    /// Our own account, as it was when these secrets were first used.
    pub(super) async fn own(&self, said: &mut Vec<Exchange>) -> Result<Arc<Own>, CallError> {
        let account = self.client.account();
        if let Some((of, own)) = &self.people.known().own
            && *of == account
        {
            return Ok(Arc::clone(own));
        }
        let own = Arc::new(own(&self.client.get(&["myself"], &[], said).await?)?);
        self.people.known().own = Some((account, Arc::clone(&own)));
        Ok(own)
    }

    /// Whether one of the people in these fields of an issue, once they are known, has this login.
    pub(super) fn is_one_of(&self, answer: &Value, fields: &[&str], wanted: &str) -> bool {
        let Some(issue) = single(answer) else { return false };
        let wanted = wanted.trim().to_lowercase();
        named(issue, fields)
            .filter_map(|person| login(person, &self.people))
            .any(|login| login.to_lowercase() == wanted)
    }

    /// Looks up the logins behind the people in these fields of an issue. Somebody who is not there any more keeps the number.
    pub(super) async fn know_people(
        &self,
        answer: &Value,
        fields: &[&str],
        said: &mut Vec<Exchange>,
    ) -> Result<(), CallError> {
        let Some(issue) = single(answer) else { return Ok(()) };
        for id in named(issue, fields).filter_map(number_of).take(MANY) {
            if self.people.known().logins.contains_key(&id) {
                continue;
            }
            let login = match self.client.get(&["users", &id], &[], said).await {
                Ok(user) => single(&user).and_then(|user| text(at(user, &["login"]), MAX_LOGIN)),
                Err(CallError::Refused { .. }) => None,
                Err(error) => return Err(error),
            };
            let mut known = self.people.known();
            // All of it can be read again.
            if known.logins.len() >= REMEMBERED {
                known.logins.clear();
            }
            known.logins.insert(id.clone(), login.unwrap_or(id));
        }
        Ok(())
    }
}

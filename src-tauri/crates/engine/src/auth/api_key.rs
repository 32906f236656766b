//! Keys for programs: made by an administrator, shown once, taken back at any time.
//!
//! Deliberately not here: the key by which the call centre feeds its journal (a secret of that integration).

use jiff::SignedDuration;
use pult_domain::Instant;
use pult_store::{
    Store, StoreError,
    api_keys::{self, ApiKeyId, ApiKeyRow, KeyScope},
};
use serde_json::json;

use super::{role::Actor, token};

/// How a key begins, so that a person and a scanner of leaked secrets know what they look at.
pub const PREFIX: &str = "pult_";
/// The longest name, characters.
const NAME: usize = 64;
/// The most routes of one key.
const ROUTES: usize = 100;
/// Use is noted this often, so that a busy program does not cost a write a call.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A key as it is shown, this once.
#[derive(Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Its id.
    pub id: ApiKeyId,
    /// The key.
    pub key: String,
}

/// Why a key was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Give it a name of 1 to 64 characters.
    #[error("a key has a name of 1 to {NAME} characters")]
    Name,
    /// Name the routes it opens.
    #[error("a key opens 1 to {ROUTES} routes")]
    Routes,
    /// Nobody gives more than they have.
    #[error("a key cannot do more than whoever makes it")]
    TooMuch,
    /// What the store says; a conflict means the name is taken.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a key.
///
/// # Errors
/// As [`KeyError`] says.
pub async fn create(
    store: &Store,
    actor: &Actor,
    name: &str,
    scope: KeyScope,
    now: Instant,
) -> Result<NewKey, KeyError> {
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME {
        return Err(KeyError::Name);
    }
    if scope.routes.is_empty() || scope.routes.len() > ROUTES {
        return Err(KeyError::Routes);
    }
    if scope.role > actor.rights.role || !scope.grants.iter().all(|g| actor.has(*g)) {
        return Err(KeyError::TooMuch);
    }
    let key = format!("{PREFIX}{}", token::random());
    let (hash, actor) = (token::hash(&key), actor.clone());
    let id = store
        .write(move |c| {
            let id = api_keys::insert(c, &name, &hash, &scope, &actor.login, now)?;
            actor.note(c, "api_key.add", &object(id), json!({ "name": name, "scope": scope }), now)?;
            Ok(id)
        })
        .await?;
    Ok(NewKey { id, key })
}

/// Who holds this key, when it still opens anything.
///
/// # Errors
/// When the store fails.
pub async fn resume(store: &Store, key: &str, address: &str, now: Instant) -> Result<Option<Actor>, StoreError> {
    if !key.starts_with(PREFIX) {
        return Ok(None);
    }
    let hash = token::hash(key);
    let Some(row) = store.read(move |c| api_keys::find(c, &hash)).await? else { return Ok(None) };
    let noted = row.used_at.and_then(|ms| Instant::from_millisecond(ms).ok());
    if noted.is_none_or(|at| now.duration_since(at) >= NOTED_EVERY) {
        let id = row.id;
        store.write(move |c| api_keys::touch(c, id, now)).await?;
    }
    Ok(Some(Actor::key_holder(row, address)))
}

/// Takes a key back for good.
///
/// # Errors
/// When there is none of that id that still works.
pub async fn revoke(store: &Store, actor: &Actor, id: ApiKeyId, now: Instant) -> Result<(), StoreError> {
    let actor = actor.clone();
    store
        .write(move |c| {
            api_keys::revoke(c, id, now)?;
            let name = api_keys::get(c, id)?.name;
            actor.note(c, "api_key.revoke", &object(id), json!({ "name": name }), now)
        })
        .await
}

/// All keys by name, those taken back among them.
///
/// # Errors
/// When the store fails.
pub async fn list(store: &Store) -> Result<Vec<ApiKeyRow>, StoreError> {
    store.read(api_keys::all).await
}

fn object(id: ApiKeyId) -> String {
    format!("api_key:{}", id.0)
}

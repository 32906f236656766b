//! Sessions: a token in the holder's hands, its hash in ours.
//!
//! Deliberately not here: the cookie that carries the token (the server's).

use jiff::SignedDuration;
use pult_domain::Instant;
use pult_store::{
    Connection, Store, StoreError,
    people::PersonId,
    sessions::{self, NewSession, OpenSession, SessionId, SessionRow},
};
use serde_json::json;
use subtle::ConstantTimeEq;

use super::{
    role::{Actor, Via},
    sign_in::Attempt,
    token,
};

/// A session that is not used for this long has ended, unless the settings say otherwise (behaviour/helpdesk 9: one day).
pub const IDLE: SignedDuration = SignedDuration::from_hours(24);
/// However busy, a session ends after this: as long as the staff register's word is good for offline (contracts/erp_auth 3).
pub const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Use is noted this often, so that reading a page does not cost a write.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A token and what goes with it, given out once.
#[derive(Clone, PartialEq, Eq)]
pub struct NewToken {
    /// The session.
    pub id: SessionId,
    /// For the cookie.
    pub token: String,
    /// What forms must repeat.
    pub csrf: String,
    /// When it ends unless it is used.
    pub expires_at: Instant,
}

/// A session found by its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who gives commands in it.
    pub actor: Actor,
    /// Their name.
    pub full_name: String,
    /// When it ends unless it is used.
    pub expires_at: Instant,
    /// What forms must repeat.
    pub csrf: String,
    /// Whether they have a password of ours.
    pub has_password: bool,
    /// Whether the staff register was away when they signed in.
    pub checked_offline: bool,
    /// When the session ends because the register answers again, whatever its use.
    pub ask_again_at: Option<Instant>,
}

impl Session {
    /// Whether a form repeats what it must.
    #[must_use]
    pub fn csrf_fits(&self, given: &str) -> bool {
        self.csrf.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

/// Opens a session for whoever made this attempt; in the transaction of whatever earned it. `checked_offline` where their password was
/// found right by what is remembered.
pub(super) fn open(
    connection: &Connection,
    person: PersonId,
    attempt: &Attempt,
    checked_offline: bool,
    now: Instant,
) -> Result<NewToken, StoreError> {
    let (token, csrf, expires_at) = (token::random(), token::random(), later(now, attempt.idle));
    let session = NewSession {
        token_hash: &token::hash(&token),
        person,
        csrf: &csrf,
        expires_at,
        address: &attempt.address,
        agent: &attempt.agent,
        checked_offline,
    };
    let id = sessions::insert(connection, &session, now)?;
    Ok(NewToken { id, token, csrf, expires_at })
}

/// Who holds this token, when it still opens anything. Rights are those of now, not of the sign-in.
///
/// # Errors
/// When the store fails.
pub async fn resume(
    store: &Store,
    token: &str,
    address: &str,
    idle: SignedDuration,
    now: Instant,
) -> Result<Option<Session>, StoreError> {
    let hash = token::hash(token);
    let Some(open) = store.read(move |c| sessions::find(c, &hash, now)).await? else { return Ok(None) };
    let expires_at = end(&open, idle, now);
    if expires_at <= now {
        return Ok(None);
    }
    let noted = Instant::from_millisecond(open.seen_at).unwrap_or(Instant::UNIX_EPOCH);
    if now.duration_since(noted) >= NOTED_EVERY {
        let id = open.id;
        store.write(move |c| sessions::touch(c, id, expires_at, now)).await?;
    }
    Ok(Some(Session {
        actor: Actor {
            person: Some(open.person),
            login: open.login,
            rights: open.rights,
            via: Via::Session(open.id),
            address: address.to_owned(),
        },
        full_name: open.full_name,
        expires_at,
        csrf: open.csrf,
        has_password: open.has_password,
        checked_offline: open.checked_offline,
        ask_again_at: open.ask_again_at.and_then(|ms| Instant::from_millisecond(ms).ok()),
    }))
}

/// Used now, the session ends then.
fn end(open: &OpenSession, idle: SignedDuration, now: Instant) -> Instant {
    let opened = Instant::from_millisecond(open.created_at).unwrap_or(Instant::UNIX_EPOCH);
    let asked = open.ask_again_at.and_then(|ms| Instant::from_millisecond(ms).ok()).unwrap_or(Instant::MAX);
    later(now, idle).min(later(opened, LONGEST)).min(asked)
}

fn later(from: Instant, by: SignedDuration) -> Instant {
    from.checked_add(by).unwrap_or(Instant::MAX)
}

/// Ends the session the actor sits in; nothing happens to one who does not sit in any.
///
/// # Errors
/// When the store fails.
pub async fn sign_out(store: &Store, actor: &Actor, now: Instant) -> Result<(), StoreError> {
    let (Some(person), Via::Session(id)) = (actor.person, &actor.via) else { return Ok(()) };
    revoke(store, actor, person, *id, now).await.map(drop)
}

/// Ends one session of a person; says whether there was one. Whoever asks has been let do it by the list of commands.
///
/// # Errors
/// When the store fails.
pub async fn revoke(
    store: &Store,
    actor: &Actor,
    person: PersonId,
    id: SessionId,
    now: Instant,
) -> Result<bool, StoreError> {
    let actor = actor.clone();
    store
        .write(move |c| {
            let ended = sessions::revoke(c, person, id)?;
            if ended {
                actor.note(c, "session.end", &person.object(), json!({ "session": id }), now)?;
            }
            Ok(ended)
        })
        .await
}

/// Ends all of a person's sessions except the one the actor sits in; says how many.
///
/// # Errors
/// When the store fails.
pub async fn revoke_all(store: &Store, actor: &Actor, person: PersonId, now: Instant) -> Result<usize, StoreError> {
    let actor = actor.clone();
    store
        .write(move |c| {
            let own = match actor.via {
                Via::Session(id) => Some(id),
                _ => None,
            };
            let ended = sessions::revoke_all(c, person, own)?;
            actor.note(c, "session.end_all", &person.object(), json!({ "ended": ended }), now)?;
            Ok(ended)
        })
        .await
}

/// A person's open sessions, newest first.
///
/// # Errors
/// When the store fails.
pub async fn list(store: &Store, person: PersonId, now: Instant) -> Result<Vec<SessionRow>, StoreError> {
    // What has run to its longest is over although its row is not swept yet.
    let oldest = now.checked_sub(LONGEST).unwrap_or(Instant::UNIX_EPOCH);
    let mut rows = store.read(move |c| sessions::of_person(c, person, now)).await?;
    rows.retain(|row| row.created_at > oldest.as_millisecond());
    Ok(rows)
}

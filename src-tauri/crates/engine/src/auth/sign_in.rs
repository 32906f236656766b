//! Signing in: who may try, whether the password fits, what is noted.
//!
//! Every try is counted before its password is looked at and taken back when it was right, so that many tries at once cannot
//! outrun the lock. Deliberately not here: people whose password the staff register knows (`register`), and the texts a person
//! reads (the console's, by [`SignInError::code`]).

use pult_domain::Instant;
use pult_store::{
    Connection, Store, StoreError, audit, connections,
    people::{self, Credentials, PersonId},
    sign_ins::{self, Admission},
};
use serde_json::json;

use super::{
    door::Door,
    register,
    session::{self, NewToken},
};

/// The longest login looked at, characters (contracts/erp_auth 2).
const LOGIN: usize = 64;

/// Somebody at the door.
#[derive(Clone, PartialEq, Eq)]
pub struct Attempt {
    /// As typed; margins do not matter.
    pub login: String,
    /// As typed.
    pub password: String,
    /// Where from.
    pub address: String,
    /// The browser's own name.
    pub agent: String,
    /// How long the session lives unused.
    pub idle: jiff::SignedDuration,
}

/// Somebody who was let in.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub person: PersonId,
    /// Their session.
    pub token: NewToken,
}

/// Why somebody was not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// Wrong login or password; which of them is not told.
    #[error("wrong login or password")]
    WrongPassword,
    /// Too many failures: wait.
    #[error("locked after too many failures until {until}")]
    Locked {
        /// When the next try is looked at.
        until: Instant,
    },
    /// The password is right and the account is blocked, or the staff register keeps them out: ask the administrator.
    #[error("the account is blocked")]
    Blocked,
    /// The password is right and there is no account: ask the administrator.
    #[error("there is no account: an administrator makes one")]
    NoAccount,
    /// The staff register cannot be asked, and nothing good is remembered of it: try later.
    #[error("the staff register is not available")]
    Unavailable,
    /// Too many sign-ins at once: try again in a moment.
    #[error("too many sign-ins at once")]
    Busy,
    /// Nothing was decided.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SignInError {
    /// The word by which the console picks its text.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong_password",
            Self::Locked { .. } => "locked",
            Self::Blocked => "blocked",
            Self::NoAccount => "no_account",
            Self::Unavailable => "register_away",
            Self::Busy => "busy",
            Self::Store(_) => "internal",
        }
    }
}

/// A try that was counted, with what is known of its login.
pub(super) struct Counted {
    pub(super) attempt: Attempt,
    pub(super) known: Option<Credentials>,
    /// Failures with this one.
    pub(super) failures: u32,
}

/// Lets somebody in, or says why not. Locks, wrong passwords and blocks of known accounts are in the audit trail, and so is
/// each session; what was typed for an unknown login is kept nowhere, for it may well be a password.
///
/// Somebody with a password of ours is let in by it alone; everybody else by the staff register, where one is asked.
///
/// # Errors
/// As [`SignInError`] says.
pub async fn sign_in(door: &Door<'_>, attempt: Attempt, now: Instant) -> Result<SignedIn, SignInError> {
    if attempt.login.chars().count() > LOGIN {
        return Err(SignInError::WrongPassword);
    }
    let login = attempt.login.clone();
    let asked = door.register.as_ref().map(|register| register.integration.name());
    let (admission, known, paused) = door
        .store
        .write(move |c| {
            let paused = match asked {
                Some(name) => connections::get(c, name)?.paused_by.is_some(),
                None => false,
            };
            Ok((sign_ins::begin(c, &login, now)?, people::credentials(c, &login)?, paused))
        })
        .await?;
    let failures = match admission {
        Admission::Locked { until } => return Err(SignInError::Locked { until }),
        Admission::Counted { failures } => failures,
    };
    let ours = known.as_ref().is_some_and(|known| known.password_hash.is_some());
    let counted = Counted { attempt, known, failures };
    match &door.register {
        Some(register) if !ours => register::sign_in(door, register, counted, paused, now).await,
        _ => by_password(door, counted, now).await,
    }
}

/// Lets somebody in by a password of ours.
async fn by_password(door: &Door<'_>, counted: Counted, now: Instant) -> Result<SignedIn, SignInError> {
    let Counted { attempt, known, failures } = counted;
    let hash = known.as_ref().and_then(|k| k.password_hash.as_deref());
    match (door.passwords.fits(&attempt.password, hash).await, known) {
        (Ok(true), Some(known)) if known.blocked_by.is_some() => refuse_blocked(door.store, attempt, known, now).await,
        (Ok(true), Some(known)) => admit(door.store, attempt, known, now).await,
        (Ok(_), known) => {
            let counted = Counted { attempt, known, failures };
            door.store.write(move |c| refuse(c, &counted, now)).await?;
            Err(SignInError::WrongPassword)
        }
        (Err(error), _) => door.not_looked_at(attempt, error).await,
    }
}

/// The right password: the count starts afresh and a session opens.
async fn admit(store: &Store, attempt: Attempt, known: Credentials, now: Instant) -> Result<SignedIn, SignInError> {
    let outcome = store
        .write(move |c| {
            // Between the look and this commit an administrator may have blocked the account or changed the password.
            let current = people::credentials(c, &attempt.login)?;
            if current.as_ref() != Some(&known) {
                return Ok(None);
            }
            open(c, &attempt, &known, false, now).map(Some)
        })
        .await?;
    outcome.ok_or(SignInError::WrongPassword)
}

/// Opens the session of somebody who may come in.
pub(super) fn open(
    connection: &Connection,
    attempt: &Attempt,
    known: &Credentials,
    checked_offline: bool,
    now: Instant,
) -> Result<SignedIn, StoreError> {
    sign_ins::clear(connection, &attempt.login)?;
    let token = session::open(connection, known.id, attempt, checked_offline, now)?;
    let detail = match checked_offline {
        true => json!({ "session": token.id, "offline": true }),
        false => json!({ "session": token.id }),
    };
    note(connection, known, "sign_in", detail, &attempt.address, now)?;
    Ok(SignedIn { person: known.id, token })
}

async fn refuse_blocked(
    store: &Store,
    attempt: Attempt,
    known: Credentials,
    now: Instant,
) -> Result<SignedIn, SignInError> {
    store.write(move |c| turn_away(c, &attempt, Some(&known), now)).await?;
    Err(SignInError::Blocked)
}

/// Somebody who is kept out: that is no failure of theirs.
pub(super) fn turn_away(
    connection: &Connection,
    attempt: &Attempt,
    known: Option<&Credentials>,
    now: Instant,
) -> Result<(), StoreError> {
    sign_ins::forgive(connection, &attempt.login)?;
    let Some(known) = known else { return Ok(()) };
    note(connection, known, "sign_in.refused", json!({ "reason": "blocked" }), &attempt.address, now)
}

/// A wrong password, noted.
pub(super) fn refuse(connection: &Connection, counted: &Counted, now: Instant) -> Result<(), StoreError> {
    metrics::counter!("pult_sign_in_refused_total").increment(1);
    let Counted { attempt, known, failures } = counted;
    // Written for an unknown login too: one commit more or less would tell them apart by time.
    sign_ins::fail(connection, &attempt.login, now)?;
    let Some(known) = known else { return Ok(()) };
    let detail = json!({ "reason": "wrong_password", "failures": failures });
    note(connection, known, "sign_in.refused", detail, &attempt.address, now)?;
    if *failures >= sign_ins::FAILURES {
        let detail = json!({ "minutes": sign_ins::LOCK_MS / 60_000 });
        note(connection, known, "sign_in.locked", detail, &attempt.address, now)?;
    }
    Ok(())
}

pub(super) fn note(
    connection: &Connection,
    known: &Credentials,
    action: &str,
    detail: serde_json::Value,
    address: &str,
    now: Instant,
) -> Result<(), StoreError> {
    let object = known.id.object();
    let act = audit::NewAudit { at: now, actor: &known.login, action, object: &object, detail, address };
    audit::insert(connection, &act)
}

//! Signing in: who may try, whether the password fits, what is noted.
//!
//! Every try is counted before its password is looked at and taken back when it was right, so that many tries at once cannot
//! outrun the lock. Deliberately not here: the texts a person reads (the console's, by [`SignInError::code`]).

use pult_domain::Instant;
use pult_store::{
    Store, StoreError, audit,
    people::{self, Credentials, PersonId},
    sign_ins::{self, Admission},
};
use serde_json::json;

use super::{
    password::{PasswordError, Passwords},
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
    /// The password is right and the account is blocked: ask the administrator.
    #[error("the account is blocked")]
    Blocked,
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
            Self::Busy => "busy",
            Self::Store(_) => "internal",
        }
    }
}

/// Lets somebody in, or says why not. Locks, wrong passwords and blocks of known accounts are in the audit trail, and so is
/// each session; what was typed for an unknown login is kept nowhere, for it may well be a password.
///
/// # Errors
/// As [`SignInError`] says.
pub async fn sign_in(
    store: &Store,
    passwords: &Passwords,
    attempt: Attempt,
    now: Instant,
) -> Result<SignedIn, SignInError> {
    if attempt.login.chars().count() > LOGIN {
        return Err(SignInError::WrongPassword);
    }
    let login = attempt.login.clone();
    let (admission, known) =
        store.write(move |c| Ok((sign_ins::begin(c, &login, now)?, people::credentials(c, &login)?))).await?;
    let failures = match admission {
        Admission::Locked { until } => return Err(SignInError::Locked { until }),
        Admission::Counted { failures } => failures,
    };
    let hash = known.as_ref().and_then(|k| k.password_hash.as_deref());
    match (passwords.fits(&attempt.password, hash).await, known) {
        (Ok(true), Some(known)) if known.blocked_by.is_some() => refuse_blocked(store, attempt, known, now).await,
        (Ok(true), Some(known)) => admit(store, attempt, known, now).await,
        (Err(PasswordError::Busy), _) => {
            store.write(move |c| sign_ins::forgive(c, &attempt.login)).await?;
            Err(SignInError::Busy)
        }
        (Err(error), _) => {
            tracing::error!(%error, "a stored password cannot be checked");
            Err(SignInError::WrongPassword)
        }
        (Ok(_), known) => refuse(store, attempt, known, failures, now).await,
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
            sign_ins::clear(c, &attempt.login)?;
            let token = session::open(c, known.id, &attempt.address, &attempt.agent, attempt.idle, now)?;
            note(c, &known, "sign_in", json!({ "session": token.id }), &attempt.address, now)?;
            Ok(Some(SignedIn { person: known.id, token }))
        })
        .await?;
    outcome.ok_or(SignInError::WrongPassword)
}

async fn refuse_blocked(
    store: &Store,
    attempt: Attempt,
    known: Credentials,
    now: Instant,
) -> Result<SignedIn, SignInError> {
    store
        .write(move |c| {
            sign_ins::forgive(c, &attempt.login)?;
            note(c, &known, "sign_in.refused", json!({ "reason": "blocked" }), &attempt.address, now)
        })
        .await?;
    Err(SignInError::Blocked)
}

async fn refuse(
    store: &Store,
    attempt: Attempt,
    known: Option<Credentials>,
    failures: u32,
    now: Instant,
) -> Result<SignedIn, SignInError> {
    metrics::counter!("pult_sign_in_refused_total").increment(1);
    store
        .write(move |c| {
            // Written for an unknown login too: one commit more or less would tell them apart by time.
            sign_ins::fail(c, &attempt.login, now)?;
            let Some(known) = known else { return Ok(()) };
            let detail = json!({ "reason": "wrong_password", "failures": failures });
            note(c, &known, "sign_in.refused", detail, &attempt.address, now)?;
            if failures >= sign_ins::FAILURES {
                note(
                    c,
                    &known,
                    "sign_in.locked",
                    json!({ "minutes": sign_ins::LOCK_MS / 60_000 }),
                    &attempt.address,
                    now,
                )?;
            }
            Ok(())
        })
        .await?;
    Err(SignInError::WrongPassword)
}

fn note(
    connection: &pult_store::Connection,
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

//! What an administrator does to accounts; each act stands in the audit trail or does not stand at all.
//!
//! Deliberately not here: who may (the list of commands asks [`Actor::may`] before it comes here), and the staff file (`imports`).

use pult_domain::Instant;
use pult_store::{
    Store, StoreError,
    people::{self, BlockedBy, PersonId, PersonRow, Profile, Rights},
    sign_ins,
};
use serde_json::json;

use super::{
    password::{PasswordError, Passwords},
    role::Actor,
};

/// The longest login, characters (contracts/erp_auth 4).
pub const LOGIN: usize = 64;
/// The longest address, characters (contracts/erp_auth 4).
pub const EMAIL: usize = 120;
/// The longest of the other texts, characters.
pub const TEXT: usize = 200;

/// Why an account is not as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The field is empty, too long or not of its form.
    #[error("{field}: {reason}")]
    Field {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The password was not taken.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// What the store says; conflicts name what is taken.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks what a person typed about an account.
///
/// # Errors
/// Which field is wrong, and how.
pub fn check(login: &str, profile: &Profile) -> Result<(), AccountError> {
    let field = |field, reason| Err(AccountError::Field { field, reason });
    let login = login.trim();
    if login.is_empty() {
        return field("login", "is required");
    }
    if login.chars().count() > LOGIN {
        return field("login", "is longer than 64 characters");
    }
    if login.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return field("login", "holds spaces");
    }
    if profile.full_name.trim().is_empty() {
        return field("full_name", "is required");
    }
    let email = profile.email.as_deref().map(str::trim).unwrap_or_default();
    if email.chars().count() > EMAIL {
        return field("email", "is longer than 120 characters");
    }
    if !email.is_empty() && !is_address(email) {
        return field("email", "is not an address");
    }
    for (name, text) in [
        ("full_name", Some(&profile.full_name)),
        ("office", profile.office.as_ref()),
        ("department", profile.department.as_ref()),
        ("position", profile.position.as_ref()),
        ("phone", profile.phone.as_ref()),
    ] {
        if text.is_some_and(|t| t.chars().count() > TEXT) {
            return field(name, "is longer than 200 characters");
        }
    }
    if profile.vpn_end_date.as_deref().is_some_and(|d| d.parse::<jiff::civil::Date>().is_err()) {
        return field("vpn_end_date", "is not a date YYYY-MM-DD");
    }
    Ok(())
}

/// Something on both sides of one `@` and no spaces: whether mail arrives only sending some can tell.
pub(crate) fn is_address(email: &str) -> bool {
    let mut sides = email.split('@');
    let (user, domain, more) = (sides.next(), sides.next(), sides.next());
    user.is_some_and(|u| !u.is_empty())
        && domain.is_some_and(|d| !d.is_empty())
        && more.is_none()
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// Makes an account, with a password when one is given.
///
/// # Errors
/// As [`AccountError`] says.
pub async fn add(
    store: &Store,
    passwords: &Passwords,
    actor: &Actor,
    new: NewAccount,
    now: Instant,
) -> Result<PersonId, AccountError> {
    check(&new.login, &new.profile)?;
    let hash = match &new.password {
        Some(password) => Some(passwords.hash(password).await?),
        None => None,
    };
    let actor = actor.clone();
    Ok(store
        .write(move |c| {
            let id = people::insert(c, &new.login, &new.profile, &new.rights, now)?;
            if let Some(hash) = &hash {
                people::set_password(c, id, Some(hash))?;
            }
            let detail = json!({ "login": new.login.trim(), "rights": new.rights, "password": hash.is_some() });
            actor.note(c, "person.add", &id.object(), detail, now)?;
            Ok(id)
        })
        .await?)
}

/// An account to be made.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// What the person signs in with.
    pub login: String,
    /// Who they are.
    pub profile: Profile,
    /// What they may do.
    pub rights: Rights,
    /// A first password; without one they cannot sign in until one is set.
    pub password: Option<String>,
}

/// What is to become of an account; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// What is known of the person.
    pub profile: Option<Profile>,
    /// What they may do, from their next request on.
    pub rights: Option<Rights>,
    /// Keep them out and end their sessions, or let them in again, whoever kept them out, with any lock lifted.
    pub blocked: Option<bool>,
}

/// Changes an account, all of it or nothing.
///
/// # Errors
/// As [`AccountError`] says; the last administrator can be neither blocked nor demoted.
pub async fn change(
    store: &Store,
    actor: &Actor,
    id: PersonId,
    changes: Changes,
    now: Instant,
) -> Result<PersonRow, AccountError> {
    if let Some(profile) = &changes.profile {
        check("unchanged", profile)?;
    }
    let actor = actor.clone();
    Ok(store
        .write(move |c| {
            let before = people::get(c, id)?;
            let note = |action, detail| actor.note(c, action, &id.object(), detail, now);
            if let Some(profile) = &changes.profile {
                people::set_profile(c, id, profile)?;
                note("person.profile", json!({ "before": before.profile, "after": profile }))?;
            }
            if let Some(rights) = &changes.rights {
                people::set_rights(c, id, rights)?;
                note("person.rights", json!({ "before": before.rights, "after": rights }))?;
            }
            match changes.blocked {
                Some(true) => {
                    people::block(c, id, BlockedBy::Admin)?;
                    note("person.block", json!({ "by": BlockedBy::Admin }))?;
                }
                Some(false) => {
                    people::unblock(c, id, BlockedBy::Admin)?;
                    sign_ins::clear(c, &before.login)?;
                    note("person.unblock", json!({ "was_blocked_by": before.blocked_by }))?;
                }
                None => {}
            }
            people::get(c, id)
        })
        .await?)
}

/// Takes a password of ours away and ends the person's sessions: from now on the staff register is asked about them.
///
/// # Errors
/// As [`AccountError`] says; the last administrator keeps theirs, for when the register is away.
pub async fn forget_password(store: &Store, actor: &Actor, id: PersonId, now: Instant) -> Result<(), AccountError> {
    let actor = actor.clone();
    Ok(store
        .write(move |c| {
            if people::is_last_admin(c, id)? {
                return Err(StoreError::Conflict("the last administrator keeps a password of ours"));
            }
            people::set_password(c, id, None)?;
            actor.note(c, "person.forget_password", &id.object(), json!({}), now)
        })
        .await?)
}

/// Sets a password, ends the person's sessions and lifts a lock.
///
/// # Errors
/// As [`AccountError`] says.
pub async fn set_password(
    store: &Store,
    passwords: &Passwords,
    actor: &Actor,
    id: PersonId,
    password: &str,
    now: Instant,
) -> Result<(), AccountError> {
    let (hash, actor) = (passwords.hash(password).await?, actor.clone());
    Ok(store
        .write(move |c| {
            let login = people::get(c, id)?.login;
            people::set_password(c, id, Some(&hash))?;
            sign_ins::clear(c, &login)?;
            actor.note(c, "person.password", &id.object(), json!({}), now)
        })
        .await?)
}

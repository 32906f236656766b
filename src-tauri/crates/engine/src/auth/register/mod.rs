//! Signing in by the staff register's word: asked each time it can be, remembered for a week for when it cannot
//! (contracts/erp_auth 3).
//!
//! Whatever it says costs one hash for whoever it is about, so that the time taken does not tell which logins exist here.
//! Deliberately not here: how it is asked (its integration's), and people with a password of ours (`sign_in`).

mod alert;
mod profile;

use jiff::SignedDuration;
use pult_domain::Instant;
use pult_integrations::{
    Member, Unavailable,
    verifier::{Silence, Verified},
};
use pult_store::{
    Connection, StoreError, connections,
    people::{self, BlockedBy, Checked, Credentials, checks},
    sessions, sign_ins,
};
use serde_json::json;

use super::{
    door::{Door, Register, Seen},
    password,
    sign_in::{Counted, SignInError, SignedIn, note, open, refuse, turn_away},
};

/// The register was seen to work without being asked about anybody.
pub(super) use alert::end as works;

/// How long the register's word is good for while it cannot be asked.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long somebody who came in without the register may go on once it answers again: to finish what they are at.
const ASK_AGAIN_IN: SignedDuration = SignedDuration::from_mins(15);

/// What became of a right password.
enum Right {
    In(SignedIn),
    Not(SignInError),
}

/// Lets somebody in who has no password of ours, or says why not. `paused` while an administrator wants nothing asked.
pub(super) async fn sign_in(
    door: &Door<'_>,
    register: &Register,
    counted: Counted,
    paused: bool,
    now: Instant,
) -> Result<SignedIn, SignInError> {
    let Counted { attempt, .. } = &counted;
    if attempt.login.trim().is_empty() || !(1..=password::LONGEST).contains(&attempt.password.chars().count()) {
        // The register takes no such question, and nobody has such a password.
        return wrong(door, None, counted, now).await;
    }
    let name = register.integration.name();
    let said = match register.integration.verifier().filter(|_| !paused) {
        Some(verifier) => verifier.verify(&attempt.login, &attempt.password).await,
        None => Err(Unavailable { silence: Silence::NotAsked, detail: "paused".to_owned(), lasting: false }),
    };
    match said {
        Ok(Verified::Right(member)) => right(door, register, counted, *member, now).await,
        Ok(Verified::Wrong) => wrong(door, Some(name), counted, now).await,
        Ok(Verified::Blocked) => blocked(door, name, counted, now).await,
        Err(silent) => offline(door, name, counted, silent, now).await,
    }
}

/// It answered, so it works: alerts end, and whoever came in without it is to be asked about soon.
fn answered(connection: &Connection, name: &str, seen: &mut Seen, now: Instant) -> Result<(), StoreError> {
    connections::reached(connection, name, now)?;
    connections::set_trouble(connection, name, None)?;
    seen.noticed.push(alert::end(connection, now, &seen.terms)?);
    // Their windows say until when.
    seen.people |= sessions::ask_again(connection, now.checked_add(ASK_AGAIN_IN).unwrap_or(Instant::MAX))? > 0;
    Ok(())
}

async fn right(
    door: &Door<'_>,
    register: &Register,
    counted: Counted,
    member: Member,
    now: Instant,
) -> Result<SignedIn, SignInError> {
    let hash = match door.passwords.remember(&counted.attempt.password).await {
        Ok(hash) => hash,
        Err(error) => return door.not_looked_at(counted.attempt, error).await,
    };
    let (name, makes_accounts) = (register.integration.name(), register.makes_accounts);
    let decided = door
        .decide(move |c, seen| {
            let attempt = &counted.attempt;
            let current = people::credentials(c, &attempt.login)?;
            // Before others are asked again: this one has just been.
            if let Some(known) = &current {
                sessions::confirm(c, known.id)?;
            }
            answered(c, name, seen, now)?;
            let known = match current {
                Some(known) => known,
                None if makes_accounts => {
                    seen.people = true;
                    match profile::make(c, &member, &attempt.address, now)? {
                        Some(made) => made,
                        None => return no_account(c, &counted),
                    }
                }
                None => return no_account(c, &counted),
            };
            // An administrator may have given them a password of ours meanwhile: then that one counts, and this one was not it.
            if known.password_hash.is_some() {
                sign_ins::forgive(c, &attempt.login)?;
                return Ok(Right::Not(SignInError::WrongPassword));
            }
            seen.people |= profile::refresh(c, known.id, &member, &attempt.address, now)?;
            if known.blocked_by == Some(BlockedBy::Admin) {
                turn_away(c, attempt, Some(&known), now)?;
                return Ok(Right::Not(SignInError::Blocked));
            }
            if people::unblock(c, known.id, BlockedBy::Staff)? {
                seen.people = true;
                note(c, &known, "person.unblock", json!({ "by": BlockedBy::Staff }), &attempt.address, now)?;
            }
            checks::keep(c, known.id, &hash, now)?;
            open(c, attempt, &known, false, now).map(Right::In)
        })
        .await?;
    match decided {
        Right::In(signed_in) => Ok(signed_in),
        Right::Not(error) => Err(error),
    }
}

fn no_account(connection: &Connection, counted: &Counted) -> Result<Right, StoreError> {
    sign_ins::forgive(connection, &counted.attempt.login)?;
    Ok(Right::Not(SignInError::NoAccount))
}

/// A wrong password; `answered_by` the register, or by nobody where it was not asked. One that was right once has been changed there: it
/// is not to work offline any more, nor does what was opened by it.
async fn wrong(
    door: &Door<'_>,
    answered_by: Option<&'static str>,
    counted: Counted,
    now: Instant,
) -> Result<SignedIn, SignInError> {
    let hash = counted.known.as_ref().and_then(|known| known.checked.as_ref()).map(|checked| checked.hash.clone());
    let was_right = match door.passwords.fits(&counted.attempt.password, hash.as_deref()).await {
        Ok(fits) => fits,
        Err(error) => return door.not_looked_at(counted.attempt, error).await,
    };
    door.decide(move |c, seen| {
        if let Some(name) = answered_by {
            answered(c, name, seen, now)?;
        }
        if let Some(known) = counted.known.as_ref().filter(|_| was_right) {
            checks::forget(c, known.id, hash.as_deref())?;
            sessions::end_offline(c, known.id)?;
        }
        refuse(c, &counted, now)
    })
    .await?;
    Err(SignInError::WrongPassword)
}

/// Kept out by the register: at once, wherever they sit.
async fn blocked(door: &Door<'_>, name: &'static str, counted: Counted, now: Instant) -> Result<SignedIn, SignInError> {
    door.decide(move |c, seen| {
        answered(c, name, seen, now)?;
        let Counted { attempt, known, .. } = &counted;
        if let Some(known) = known {
            seen.people = true;
            match people::block(c, known.id, BlockedBy::Staff) {
                Ok(()) if known.blocked_by.is_none() => {
                    note(c, known, "person.block", json!({ "by": BlockedBy::Staff }), &attempt.address, now)?;
                }
                Ok(()) => {}
                // Somebody must be left who can administer Pult; this one does not come in all the same.
                Err(StoreError::Conflict(_)) => {
                    sessions::revoke_all(c, known.id, None)?;
                    checks::forget(c, known.id, None)?;
                }
                Err(error) => return Err(error),
            }
        }
        turn_away(c, attempt, known.as_ref(), now)
    })
    .await?;
    Err(SignInError::Blocked)
}

/// What is remembered of somebody, as long as it is good.
fn good(known: &Credentials, now: Instant) -> Option<&Checked> {
    // A clock that was set back since must not make it good for longer.
    let is_young = |checked: &&Checked| now.duration_since(checked.at).abs() <= GOOD_FOR;
    let free = known.blocked_by.is_none() && known.password_hash.is_none();
    known.checked.as_ref().filter(|_| free).filter(is_young)
}

/// The register does not say: what it said last has to do.
async fn offline(
    door: &Door<'_>,
    name: &'static str,
    counted: Counted,
    silent: Unavailable,
    now: Instant,
) -> Result<SignedIn, SignInError> {
    tracing::warn!(silence = ?silent.silence, detail = %silent.detail, "the staff register does not say whether a password is right");
    let remembered = counted.known.as_ref().and_then(|known| good(known, now)).cloned();
    let hash = remembered.as_ref().map(|checked| checked.hash.as_str());
    let fits = match door.passwords.fits(&counted.attempt.password, hash).await {
        Ok(fits) => fits,
        Err(error) => return door.not_looked_at(counted.attempt, error).await,
    };
    let decided = door
        .decide(move |c, seen| {
            if silent.lasting {
                seen.noticed.push(alert::raise(c, name, &silent, now, &seen.terms)?);
            }
            let attempt = &counted.attempt;
            if remembered.is_some() && !fits {
                refuse(c, &counted, now)?;
                return Ok(Right::Not(SignInError::WrongPassword));
            }
            // What was remembered may have been forgotten while it was compared.
            let current = people::credentials(c, &attempt.login)?;
            let still = current.filter(|current| remembered.is_some() && good(current, now) == remembered.as_ref());
            match still {
                Some(known) => open(c, attempt, &known, true, now).map(Right::In),
                None => {
                    sign_ins::forgive(c, &attempt.login)?;
                    Ok(Right::Not(SignInError::Unavailable))
                }
            }
        })
        .await?;
    match decided {
        Right::In(signed_in) => Ok(signed_in),
        Right::Not(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;

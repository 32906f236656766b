//! What the staff register knows of a person, taken over: whatever it says is shortened to what fits, and nothing of it keeps anybody
//! out.
//!
//! Deliberately not here: whether the password is right, and blocks.

use pult_domain::Instant;
use pult_integrations::Member;
use pult_store::{
    Connection, StoreError,
    people::{self, Credentials, PersonId, Profile, Rights, Role},
};
use serde_json::json;

use super::super::{accounts, sign_in::note};

/// What is said, without margins and line breaks, as much of it as fits; nothing where nothing is said.
fn said(text: Option<&str>, most: usize) -> Option<String> {
    let text: String = text?.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text: String = text.trim().chars().take(most).collect();
    Some(text.trim_end().to_owned()).filter(|text| !text.is_empty())
}

/// The profile with what the register says of it; what it does not say stays.
fn merged(before: &Profile, member: &Member) -> Profile {
    let text =
        |said_now: Option<&str>, before: &Option<String>| said(said_now, accounts::TEXT).or_else(|| before.clone());
    let email = said(Some(&member.email), accounts::EMAIL + 1)
        .filter(|email| accounts::is_address(email) && email.chars().count() <= accounts::EMAIL);
    Profile {
        full_name: said(Some(&member.full_name.to_uppercase()), accounts::TEXT)
            .unwrap_or_else(|| before.full_name.clone()),
        email: email.or_else(|| before.email.clone()),
        office: text(member.office.as_deref(), &before.office),
        department: text(member.department.as_deref(), &before.department),
        position: text(member.position.as_deref(), &before.position),
        phone: text(member.phone.as_deref(), &before.phone),
        ..before.clone()
    }
}

/// An address that somebody else has stays theirs.
fn without_taken(
    connection: &Connection,
    own: Option<PersonId>,
    before: &Profile,
    mut profile: Profile,
) -> Result<Profile, StoreError> {
    if let Some(email) = &profile.email
        && people::find_by_email(connection, email)?.is_some_and(|owner| Some(owner) != own)
    {
        tracing::warn!(
            "the staff register gives somebody an address that somebody else has here: it is not taken over"
        );
        profile.email.clone_from(&before.email);
    }
    Ok(profile)
}

/// Takes over what the register says of somebody who has an account; says whether that was news.
pub(super) fn refresh(
    connection: &Connection,
    id: PersonId,
    member: &Member,
    address: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    let row = people::get(connection, id)?;
    let profile = without_taken(connection, Some(id), &row.profile, merged(&row.profile, member))?;
    if profile == row.profile {
        return Ok(false);
    }
    people::set_profile(connection, id, &profile)?;
    if let Some(known) = people::credentials(connection, &row.login)? {
        let detail = json!({ "before": row.profile, "after": profile, "by": "staff" });
        note(connection, &known, "person.profile", detail, address, now)?;
    }
    Ok(true)
}

/// Makes an account for somebody the register knows: they may look. None where their login cannot be one.
pub(super) fn make(
    connection: &Connection,
    member: &Member,
    address: &str,
    now: Instant,
) -> Result<Option<Credentials>, StoreError> {
    let empty = Profile { full_name: member.login.to_uppercase(), ..Profile::default() };
    let profile = without_taken(connection, None, &empty, merged(&empty, member))?;
    if accounts::check(&member.login, &profile).is_err() {
        return Ok(None);
    }
    let rights = Rights::of(Role::Viewer);
    people::insert(connection, &member.login, &profile, &rights, now)?;
    let made = people::credentials(connection, &member.login)?;
    if let Some(made) = &made {
        let detail = json!({ "login": made.login, "rights": rights, "password": false, "by": "staff" });
        note(connection, made, "person.add", detail, address, now)?;
    }
    Ok(made)
}

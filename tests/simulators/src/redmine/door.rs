//! Who comes in: by key, by name and password, in another's name. Keys are compared here and stand nowhere else.

use data_encoding::BASE64;

use super::{
    front::Asked,
    refused::{bare, to_login, unauthorized},
    rights::Who,
    state::State,
    world::people::Person,
};
use crate::service::wire::Answer;

/// Whoever a call comes from; nobody where anybody may come. `page` is what browsers are served.
pub(super) fn enter(state: &State, asked: &Asked, page: bool) -> Result<Who, Answer> {
    let to_login = || Err(to_login(&asked.base, &asked.below));
    if !state.switches.rest {
        return if page { to_login() } else { Err(bare(403)) };
    }
    let person = known(state, asked)?;
    let person = match (&asked.switch_user, person) {
        (Some(login), Some(person)) if person.admin => {
            let other = state.world.by_login(login).filter(|other| other.active);
            Some(other.ok_or_else(|| bare(412))?)
        }
        (_, person) => person,
    };
    match person {
        Some(person) => Ok(Some(person.id)),
        None if !state.switches.login_required && !page => Ok(None),
        None if page => to_login(),
        None => Err(unauthorized()),
    }
}

fn known<'a>(state: &'a State, asked: &Asked) -> Result<Option<&'a Person>, Answer> {
    let people = || state.world.people.iter().filter(|person| person.active);
    let by_key = |key: &str| people().find(|person| person.key.reveal() == key);
    if let Some(key) = asked.query_key.as_deref().or(asked.key.as_deref()) {
        return Ok(by_key(key));
    }
    let basic = asked.authorization.as_deref().and_then(|text| text.split_once(' '));
    let Some((_, coded)) = basic.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic")) else { return Ok(None) };
    let decoded = BASE64.decode(coded.trim().as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(pair) = decoded else { return Ok(None) };
    let (name, password) = pair.split_once(':').unwrap_or((&pair, ""));
    let by_password = people()
        .find(|person| person.login == name && person.password.as_ref().is_some_and(|own| own.reveal() == password));
    if by_password.is_some_and(|person| person.twofa) {
        return Err(bare(401));
    }
    let person = by_password.or_else(|| by_key(name));
    if person.is_some_and(|person| person.must_change_password) {
        return Err(bare(403));
    }
    Ok(person)
}

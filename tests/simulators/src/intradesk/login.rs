//! The token service: forms to tokens by OAuth 2.0, and the tokens that are good. Every field is looked at; one that nobody asked
//! for is refused like one that is missing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Tenant, asked::Asked};
use crate::service::{php, wire::Answer};

const CLIENT: &str = "resourceowner";
const SCOPES: [&str; 6] = ["openid", "profile", "email", "custom.profile", "api", "offline_access"];

/// What the token service did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Tokens given out for the password.
    pub password: u64,
    /// Tokens given out for one to renew with.
    pub refresh: u64,
    /// Forms that were refused.
    pub refused: u64,
}

/// Tokens that are to be taken back.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenOrder {
    /// Every access token ends now.
    pub expire: bool,
    /// No token to renew with is known any more.
    pub forget_refresh: bool,
}

/// Tokens and the account's lock.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    access: BTreeMap<String, Timestamp>,
    refresh: BTreeSet<String>,
    wrong: u32,
    pub(super) locked: bool,
    pub(super) tally: Tally,
}

impl Tokens {
    /// Whether a token opens the gateway now.
    pub(super) fn is_good(&self, token: &str, now: Timestamp) -> bool {
        self.access.get(token).is_some_and(|until| now < *until)
    }

    pub(super) fn order(&mut self, order: TokenOrder) {
        if order.expire {
            self.access.clear();
        }
        if order.forget_refresh {
            self.refresh.clear();
        }
    }

    pub(super) fn unlock(&mut self) {
        (self.wrong, self.locked) = (0, false);
    }
}

/// Why a form is refused.
struct Refused(&'static str, Option<&'static str>);

const INVALID_REQUEST: Refused = Refused("invalid_request", None);
const INVALID_CLIENT: Refused = Refused("invalid_client", None);
const INVALID_SCOPE: Refused = Refused("invalid_scope", None);
const WRONG_TENANT: Refused = Refused("invalid_grant", Some("invalid_tenant"));
const WRONG_PASSWORD: Refused = Refused("invalid_grant", Some("invalid_username_or_password"));
const LOCKED: Refused = Refused("invalid_grant", Some("account_is_locked"));
const WRONG_REFRESH: Refused = Refused("invalid_grant", None);
const WRONG_GRANT: Refused = Refused("unsupported_grant_type", None);

/// Answers a form.
pub(super) fn token(tenant: &Tenant, asked: &Asked) -> Answer {
    grant(tenant, asked).unwrap_or_else(|Refused(error, description)| {
        tenant.state().tokens.tally.refused += 1;
        let mut body = json!({ "error": error });
        if let Some(description) = description {
            body["error_description"] = description.into();
        }
        Answer::new(400, body)
    })
}

/// The names of a form's fields, each once.
struct Form(BTreeMap<String, String>);

impl Form {
    fn read(asked: &Asked) -> Result<Self, Refused> {
        let form = asked.content_type == "application/x-www-form-urlencoded" && asked.query.is_empty();
        let text = std::str::from_utf8(&asked.body).ok().filter(|_| form).ok_or(INVALID_REQUEST)?;
        let pairs = php::pairs(text);
        let fields: BTreeMap<_, _> = pairs.iter().cloned().collect();
        if fields.len() == pairs.len() { Ok(Self(fields)) } else { Err(INVALID_REQUEST) }
    }

    fn get(&self, name: &str) -> Result<&str, Refused> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty()).ok_or(INVALID_REQUEST)
    }

    fn only(&self, names: &[&str]) -> Result<(), Refused> {
        if self.0.keys().all(|name| names.contains(&name.as_str())) { Ok(()) } else { Err(INVALID_REQUEST) }
    }
}

fn grant(tenant: &Tenant, asked: &Asked) -> Result<Answer, Refused> {
    let form = Form::read(asked)?;
    if form.get("client_id")? != CLIENT {
        return Err(INVALID_CLIENT);
    }
    let refresh = match form.get("grant_type")? {
        "password" => {
            form.only(&["grant_type", "client_id", "scope", "username", "password", "acr_values"])?;
            scopes(form.get("scope")?, true)?;
            if form.get("acr_values")?.strip_prefix("tenant:") != Some(&tenant.settings.tenant) {
                return Err(WRONG_TENANT);
            }
            enter(tenant, form.get("username")?, form.get("password")?)?;
            false
        }
        "refresh_token" => {
            form.only(&["grant_type", "client_id", "scope", "refresh_token"])?;
            form.get("scope").map_or(Ok(()), |scope| scopes(scope, false))?;
            // A token to renew with is good for one time.
            if !tenant.state().tokens.refresh.remove(form.get("refresh_token")?) {
                return Err(WRONG_REFRESH);
            }
            true
        }
        _ => return Err(WRONG_GRANT),
    };
    Ok(issue(tenant, refresh))
}

fn scopes(text: &str, all: bool) -> Result<(), Refused> {
    let named: BTreeSet<&str> = text.split(' ').collect();
    let known = named.iter().all(|scope| SCOPES.contains(scope));
    if known && (!all || named.len() == SCOPES.len()) { Ok(()) } else { Err(INVALID_SCOPE) }
}

fn enter(tenant: &Tenant, login: &str, password: &str) -> Result<(), Refused> {
    let mut state = tenant.state();
    let most = state.switches.lock_after;
    let tokens = &mut state.tokens;
    if tokens.locked {
        return Err(LOCKED);
    }
    if login == tenant.settings.login && password == tenant.settings.password.reveal() {
        tokens.wrong = 0;
        return Ok(());
    }
    tokens.wrong += 1;
    tokens.locked = most.is_some_and(|most| tokens.wrong >= most);
    Err(WRONG_PASSWORD)
}

fn issue(tenant: &Tenant, renewed: bool) -> Answer {
    let now = tenant.hands.now();
    let mut state = tenant.state();
    let (life, refresh) = (state.switches.token_life, state.switches.refresh);
    let tokens = &mut state.tokens;
    tokens.access.retain(|_, until| now < *until);
    let fresh = || format!("{:032x}", rand::random::<u128>());
    let access = fresh();
    let until = now.checked_add(SignedDuration::from_secs(i64::try_from(life).unwrap_or(i64::MAX)));
    tokens.access.insert(access.clone(), until.unwrap_or(Timestamp::MAX));
    let mut body = json!({ "access_token": access, "expires_in": life, "token_type": "Bearer" });
    if refresh {
        let token = fresh();
        body["refresh_token"] = token.clone().into();
        tokens.refresh.insert(token);
    }
    if renewed {
        tokens.tally.refresh += 1;
    } else {
        tokens.tally.password += 1;
        body["scope"] = SCOPES.join(" ").into();
    }
    Answer::new(200, body)
}

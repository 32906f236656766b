//! Commands of accounts, keys and the audit trail.
//!
//! Deliberately not here: signing in (the server's, before there is an actor) and hashing (`auth`).

use pult_domain::Area;
use pult_store::{
    api_keys::{ApiKeyId, ApiKeyRow, KeyScope},
    audit::{self, AuditFilter, AuditRow},
    people::{self, PersonFilter, PersonId, PersonRow, Profile, Rights},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Nothing, routes};
use crate::{
    Engine,
    auth::{AccountError, Actor, accounts, api_key, session},
    error::{ApiError, ErrorCode},
    secrets::Secret,
};

/// People of one answer at most.
const PAGE: usize = 500;

/// Accounts, by login.
#[derive(Debug, Clone, Serialize, TS)]
pub struct People {
    /// The accounts.
    pub people: Vec<PersonRow>,
}

/// Makes an account.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CreateRequest {
    /// What they sign in with, up to 64 characters.
    pub login: String,
    /// Who they are.
    pub profile: Profile,
    /// What they may do.
    pub rights: Rights,
    /// Their first password.
    #[ts(type = "string | null")]
    pub password: Option<Secret>,
}

/// Changes an account; what is absent stays.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct UpdateRequest {
    /// Whose.
    pub id: PersonId,
    /// Who they are.
    #[serde(default)]
    pub profile: Option<Profile>,
    /// What they may do.
    #[serde(default)]
    pub rights: Option<Rights>,
    /// Keep them out, or let them in again.
    #[serde(default)]
    pub blocked: Option<bool>,
}

/// Gives somebody a new password; their sessions end.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetPassword {
    /// Whose.
    pub id: PersonId,
    /// The password.
    #[ts(type = "string")]
    pub password: Secret,
}

/// Changes one's own password.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ChangeOwnPassword {
    /// The one in use.
    #[ts(type = "string")]
    pub current: Secret,
    /// The new one.
    #[ts(type = "string")]
    pub password: Secret,
}

/// One account.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PersonRequest {
    /// Whose.
    pub id: PersonId,
}

/// All keys.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Keys {
    /// The keys, without their values.
    pub keys: Vec<ApiKeyRow>,
}

/// Makes a key for a program.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CreateKey {
    /// What it is called, unique.
    pub name: String,
    /// What it opens.
    pub scope: KeyScope,
}

/// A key made just now.
#[derive(Clone, Serialize, TS)]
pub struct MadeKey {
    /// Its value, shown this once.
    pub key: String,
    /// All keys.
    pub keys: Vec<ApiKeyRow>,
}

/// Ends a key.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RevokeKey {
    /// Which.
    pub id: ApiKeyId,
}

/// A page of the audit trail, newest first.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AuditRequest {
    /// Which lines.
    pub filter: AuditFilter,
    /// How many, up to 500.
    pub limit: usize,
}

/// Lines of the audit trail.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AuditPage {
    /// Newest first; fewer than asked for means that there are no more.
    pub rows: Vec<AuditRow>,
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Field { field, reason } => Self::field(field, reason),
            AccountError::Password(reason) => Self::field("password", reason.to_string()),
            AccountError::Store(error) => error.into(),
        }
    }
}

impl From<api_key::KeyError> for ApiError {
    fn from(error: api_key::KeyError) -> Self {
        match error {
            api_key::KeyError::Store(error) => error.into(),
            api_key::KeyError::Name => Self::field("name", error.to_string()),
            api_key::KeyError::Routes => Self::field("scope.routes", error.to_string()),
            api_key::KeyError::TooMuch => Self::new(ErrorCode::Forbidden, error.to_string()),
        }
    }
}

pub(super) async fn list(engine: &Engine, _: &Actor, _: Nothing) -> Result<People, ApiError> {
    let people = engine.store().read(|c| people::page(c, &PersonFilter::default(), PAGE)).await?;
    Ok(People { people })
}

pub(super) async fn create(engine: &Engine, actor: &Actor, request: CreateRequest) -> Result<People, ApiError> {
    let new = accounts::NewAccount {
        login: request.login,
        profile: request.profile,
        rights: request.rights,
        password: request.password.map(|p| p.expose().to_owned()),
    };
    accounts::add(engine.store(), engine.passwords(), actor, new, engine.clock().now()).await?;
    changed(engine, actor).await
}

pub(super) async fn update(engine: &Engine, actor: &Actor, request: UpdateRequest) -> Result<People, ApiError> {
    let changes = accounts::Changes { profile: request.profile, rights: request.rights, blocked: request.blocked };
    accounts::change(engine.store(), actor, request.id, changes, engine.clock().now()).await?;
    if request.blocked.is_some() {
        engine.hold_messengers_anew();
    }
    changed(engine, actor).await
}

pub(super) async fn set_password(engine: &Engine, actor: &Actor, request: SetPassword) -> Result<Nothing, ApiError> {
    let (password, now) = (request.password.expose(), engine.clock().now());
    accounts::set_password(engine.store(), engine.passwords(), actor, request.id, password, now).await?;
    Ok(Nothing {})
}

pub(super) async fn forget_password(
    engine: &Engine,
    actor: &Actor,
    request: PersonRequest,
) -> Result<People, ApiError> {
    if engine.register().is_none() {
        let nobody = "without a password of ours nobody could let them in: the staff register is not asked";
        return Err(ApiError::new(ErrorCode::Conflict, nobody));
    }
    accounts::forget_password(engine.store(), actor, request.id, engine.clock().now()).await?;
    changed(engine, actor).await
}

pub(super) async fn change_own_password(
    engine: &Engine,
    actor: &Actor,
    request: ChangeOwnPassword,
) -> Result<Nothing, ApiError> {
    let Some(id) = actor.person else {
        return Err(ApiError::new(ErrorCode::Conflict, "there is no account to change the password of"));
    };
    let login = actor.login.clone();
    let known = engine.store().read(move |c| people::credentials(c, &login)).await?;
    let hash = known.as_ref().and_then(|k| k.password_hash.as_deref());
    match engine.passwords().fits(request.current.expose(), hash).await {
        Ok(true) => {}
        Ok(false) => return Err(ApiError::field("current", "is not the password in use")),
        Err(error) => return Err(AccountError::Password(error).into()),
    }
    let now = engine.clock().now();
    accounts::set_password(engine.store(), engine.passwords(), actor, id, request.password.expose(), now).await?;
    Ok(Nothing {})
}

pub(super) async fn end_sessions(engine: &Engine, actor: &Actor, request: PersonRequest) -> Result<People, ApiError> {
    session::revoke_all(engine.store(), actor, request.id, engine.clock().now()).await?;
    changed(engine, actor).await
}

async fn changed(engine: &Engine, actor: &Actor) -> Result<People, ApiError> {
    engine.bus().changed(Area::People, vec![]);
    list(engine, actor, Nothing {}).await
}

pub(super) async fn keys(engine: &Engine, _: &Actor, _: Nothing) -> Result<Keys, ApiError> {
    Ok(Keys { keys: api_key::list(engine.store()).await? })
}

pub(super) async fn create_key(engine: &Engine, actor: &Actor, request: CreateKey) -> Result<MadeKey, ApiError> {
    routes::check(&request.scope)?;
    let made = api_key::create(engine.store(), actor, &request.name, request.scope, engine.clock().now()).await?;
    Ok(MadeKey { key: made.key, keys: api_key::list(engine.store()).await? })
}

pub(super) async fn revoke_key(engine: &Engine, actor: &Actor, request: RevokeKey) -> Result<Keys, ApiError> {
    api_key::revoke(engine.store(), actor, request.id, engine.clock().now()).await?;
    // Streams that were opened with it end now.
    engine.bus().changed(Area::People, vec![]);
    keys(engine, actor, Nothing {}).await
}

pub(super) async fn audit(engine: &Engine, _: &Actor, request: AuditRequest) -> Result<AuditPage, ApiError> {
    if request.limit == 0 || request.limit > PAGE {
        return Err(ApiError::field("limit", format!("1 to {PAGE}")));
    }
    let rows = engine.store().read(move |c| audit::page(c, &request.filter, request.limit)).await?;
    Ok(AuditPage { rows })
}

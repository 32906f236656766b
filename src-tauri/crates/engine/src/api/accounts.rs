//! Commands of a person's own account at the source of operator states: what their acts on the floor are done with.
//!
//! Deliberately not here: the console's own accounts (`people`), and the account the engine itself watches with (settings).

use pult_domain::{Area, Instant};
use pult_integrations::{OwnUser, Shared, SignInRefusal};
use pult_store::{accounts, floor};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{
    Engine,
    auth::Actor,
    error::{ApiError, ErrorCode},
    secrets::{Secret, SecretName},
};

/// Shows one's own account to the source and keeps it.
#[derive(Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct FloorSignIn {
    /// The source's id of the person.
    pub account: String,
    /// The password; kept as a secret, shown to nobody.
    pub password: String,
}

/// One's own account at the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FloorAccount {
    /// The source's id of the person; absent while none is connected.
    pub account: Option<String>,
    /// Whether its password may still be shown to the source; absent while none is connected. One that was refused, or is gone, is not
    /// tried again until the person signs in anew.
    pub good: Option<bool>,
    /// The operator it is on the floor, where it is seen there.
    pub operator: Option<pult_domain::OperatorId>,
    /// The source's name of the person, right after signing in.
    pub name: Option<String>,
    /// Whether the source lets the person ask for other people's states, right after signing in.
    pub supervisor: Option<bool>,
}

/// What came of a sign-in, for both the console and the address of old.
pub type SignedIn = Result<OwnUser, SignInRefusal>;

pub(super) async fn read(engine: &Engine, actor: &Actor, _: Nothing) -> Result<FloorAccount, ApiError> {
    engine.floor_account(actor).await
}

pub(super) async fn sign_in(engine: &Engine, actor: &Actor, request: FloorSignIn) -> Result<FloorAccount, ApiError> {
    match engine.floor_sign_in(actor, request.account.trim(), &request.password).await? {
        Ok(user) => {
            let connected = engine.floor_account(actor).await?;
            Ok(FloorAccount { name: Some(user.report.display_name()), supervisor: Some(user.supervisor), ..connected })
        }
        Err(refusal) => Err(refused(refusal, engine.clock().now())),
    }
}

/// A refusal as the console hears of it: tries and waits as figures, because the page has its own words.
fn refused(refusal: SignInRefusal, now: Instant) -> ApiError {
    match refusal {
        SignInRefusal::Wrong { tries, left } => ApiError {
            tries_left: Some(left),
            ..ApiError::field("password", format!("wrong user id or password, {tries} in a row"))
        },
        SignInRefusal::Blocked { until } => {
            let wait = until.duration_since(now).as_millis();
            ApiError {
                retry_after_ms: Some(u64::try_from(wait).unwrap_or_default()),
                ..ApiError::new(ErrorCode::Conflict, format!("too many wrong tries: the next is allowed after {until}"))
            }
        }
        SignInRefusal::Unknown => ApiError::field("account", "no such user"),
        SignInRefusal::NotAsked { detail, .. } => ApiError::new(ErrorCode::Unreachable, detail),
    }
}

pub(super) async fn sign_out(engine: &Engine, actor: &Actor, _: Nothing) -> Result<FloorAccount, ApiError> {
    engine.floor_sign_out(actor).await?;
    engine.floor_account(actor).await
}

impl Engine {
    /// The integration in which people have accounts that act on the floor.
    fn floor_accounts(&self) -> Option<Shared> {
        self.floor_source().and_then(|name| self.registry().get(name)).filter(|i| i.accounts().is_some())
    }

    /// The account an actor has connected to the source of operator states.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn account_of(&self, actor: &Actor) -> Result<Option<String>, ApiError> {
        let Some(integration) = self.floor_accounts() else { return Ok(None) };
        let login = actor.login.clone();
        Ok(self.store().read(move |c| accounts::get(c, &login, integration.name())).await?)
    }

    /// An actor's account at the source, and who it is on the floor.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn floor_account(&self, actor: &Actor) -> Result<FloorAccount, ApiError> {
        let account = self.account_of(actor).await?;
        let operator = match account.clone() {
            Some(id) => self.store().read(move |c| floor::id_of_login(c, &id)).await?,
            None => None,
        };
        let good = account.as_deref().and_then(|id| {
            let integration = self.floor_accounts()?;
            integration.accounts().map(|at_source| at_source.is_good(id))
        });
        Ok(FloorAccount { account, good, operator, name: None, supervisor: None })
    }

    /// Shows an account to the source once, and connects it when it was taken.
    ///
    /// # Errors
    /// When there is no source, or the account cannot be kept.
    pub async fn floor_sign_in(&self, actor: &Actor, account: &str, password: &str) -> Result<SignedIn, ApiError> {
        let none = || ApiError::new(ErrorCode::NotFound, "no source of operator states is switched on");
        let integration = self.floor_accounts().ok_or_else(none)?;
        let at_source = integration.accounts().ok_or_else(none)?;
        let user = match at_source.sign_in(account, password).await {
            Ok(user) => user,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let id = user.report.login_id.clone();
        let name: SecretName =
            at_source.secret_of(&id).parse().map_err(|_| ApiError::field("account", "too long".to_owned()))?;
        let (secrets, secret) = (self.secrets().clone(), Secret::new(password)?);
        secrets.blocking(move |s| s.set(&name, &secret)).await?;
        let (who, now, there) = (actor.clone(), self.clock().now(), integration.name());
        self.store()
            .write(move |c| {
                accounts::put(c, &who.login, there, &id, now)?;
                who.note(c, "floor.sign_in", &format!("account:{id}"), serde_json::json!({}), now)
            })
            .await?;
        self.tell_of_accounts();
        Ok(Ok(user))
    }

    /// Disconnects an actor's account; its password is forgotten when nobody else acts with it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn floor_sign_out(&self, actor: &Actor) -> Result<(), ApiError> {
        let (Some(integration), Some(account)) = (self.floor_accounts(), self.account_of(actor).await?) else {
            return Ok(());
        };
        let (who, now, there, id) = (actor.clone(), self.clock().now(), integration.name(), account.clone());
        let last = self
            .store()
            .write(move |c| {
                who.note(c, "floor.sign_out", &format!("account:{id}"), serde_json::json!({}), now)?;
                accounts::remove(c, &who.login, there, &id)
            })
            .await?;
        if let (true, Some(at_source)) = (last, integration.accounts())
            && let Ok(name) = at_source.secret_of(&account).parse::<SecretName>()
        {
            self.secrets().clone().blocking(move |s| s.remove(&name)).await?;
        }
        self.tell_of_accounts();
        Ok(())
    }

    /// Another window of the same person, and whoever shares the account, reads anew what it acts with.
    fn tell_of_accounts(&self) {
        self.bus().changed(Area::People, vec![]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_carries_tries_and_the_wait_as_figures() {
        let now = Instant::from_second(1_800_000_000).unwrap();
        let wrong = refused(SignInRefusal::Wrong { tries: 3, left: 1 }, now);
        assert_eq!((wrong.code, wrong.field.as_deref()), (ErrorCode::BadField, Some("password")));
        assert_eq!((wrong.tries_left, wrong.retry_after_ms), (Some(1), None));
        let until = Instant::from_second(1_800_000_290).unwrap();
        let blocked = refused(SignInRefusal::Blocked { until }, now);
        assert_eq!((blocked.code, blocked.retry_after_ms), (ErrorCode::Conflict, Some(290_000)));
        assert_eq!(refused(SignInRefusal::Blocked { until: now }, until).retry_after_ms, Some(0));
        let unknown = serde_json::to_value(refused(SignInRefusal::Unknown, now)).unwrap();
        assert!(unknown.get("tries_left").is_none(), "an error without tries has no word about them: {unknown}");
    }
}

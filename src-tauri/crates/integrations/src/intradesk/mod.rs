//! The service desk whose tickets the carousel gives out: IntraDesk in the cloud, or the classic IntraService of one's own
//! (contracts/intradesk).
//!
//! Which of the two it is, is a setting, never guessed from an answer. Deliberately not here: whose turn it is, and when to look
//! (the rules of the carousel).

mod assign;
mod classic;
mod cloud;
mod delivery;
mod desk;
mod door;
mod loose;
mod secret;
mod trouble;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::tz::TimeZone;
use pult_domain::Instant;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    CheckStep, Credentials, Delivery, Integration, ParseError, Parsed, StoredRequest, reason,
    transport::{Clock, http as web, pace::Pace},
};

use self::{
    classic::Classic,
    cloud::{Bases, Cloud},
    desk::Desk,
    door::Door,
    secret::{API_KEY, PASSWORD, Secret},
};

/// The integration's name.
pub const NAME: &str = "intradesk";

/// Where the cloud gives tokens.
pub const LOGIN_BASE: &str = "https://login.intradesk.ru/";
/// The gateway of the cloud's API.
pub const API_BASE: &str = "https://apigw.intradesk.ru/";

/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest one request may take in all.
const TOTAL: Duration = Duration::from_secs(20);
/// The largest answer, bytes: a hundred tickets with their descriptions.
const MAX_ANSWER: usize = 16 * 1024 * 1024;
/// What follows a tenant's short name.
const HOST: &str = ".intradesk.ru";

/// Settings, without secrets: those are `carousel.password` and `carousel.api_key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether anything is asked at all.
    #[serde(default)]
    pub enabled: bool,
    /// Which of the two products it is.
    #[serde(default)]
    pub product: Product,
    /// Where tokens are given, [`LOGIN_BASE`] where absent; `https`, except on this machine. Of the cloud only.
    #[serde(default)]
    pub login_base: Option<Url>,
    /// The gateway of the API, [`API_BASE`] where absent; `https`, except on this machine. Of the cloud only.
    #[serde(default)]
    pub api_base: Option<Url>,
    /// The tenant's short name, or its whole host, for instance `company.intradesk.ru`. Of the cloud only.
    #[serde(default)]
    pub tenant: String,
    /// How we say who we are.
    pub auth: Auth,
    /// The address of the classic product, without `/api`; `http` is shown by the check. Of the classic product only.
    #[serde(default)]
    pub base: Option<Url>,
    /// The zone of the classic product's times, which name none, for instance `Europe/Moscow`.
    #[serde(default = "utc")]
    pub zone: String,
    /// The most tickets of one service that one look brings.
    #[serde(default = "five_hundred")]
    pub max_tickets: u32,
    /// The most requests a second, whatever they are for.
    #[serde(default = "five")]
    pub rate_per_second: u32,
    /// A PEM file of certificates trusted besides the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

/// The two products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Product {
    /// The cloud.
    #[default]
    Intradesk,
    /// The classic one, on premises. It names no lists of services, people and groups: those are imported from a file.
    Intraservice,
}

/// How we say who we are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// An account of its own, with the secret `carousel.password`.
    Password {
        /// The account.
        login: String,
    },
    /// The secret `carousel.api_key`, which stands in the address of each request. The cloud's only.
    ApiKey,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn five_hundred() -> u32 {
    500
}

fn five() -> u32 {
    5
}

impl Settings {
    /// The usual terms for a tenant of the cloud.
    #[must_use]
    pub fn new(tenant: impl Into<String>, auth: Auth) -> Self {
        Self {
            enabled: true,
            product: Product::Intradesk,
            login_base: None,
            api_base: None,
            tenant: tenant.into(),
            auth,
            base: None,
            zone: utc(),
            max_tickets: five_hundred(),
            rate_per_second: five(),
            ca: None,
        }
    }

    /// The usual terms for the classic product at `base`.
    #[must_use]
    pub fn classic(base: Url, login: impl Into<String>) -> Self {
        let auth = Auth::Password { login: login.into() };
        Self { product: Product::Intraservice, base: Some(base), ..Self::new("", auth) }
    }

    /// The tenant's host.
    fn tenant_host(&self) -> String {
        let tenant = self.tenant.trim();
        if tenant.contains('.') { tenant.to_owned() } else { format!("{tenant}{HOST}") }
    }
}

/// The connection to the service desk.
pub struct Intradesk {
    settings: Settings,
    clock: Clock,
    desk: Box<dyn Desk>,
}

impl Intradesk {
    /// A connection. Secrets are read from `credentials` at each use; `clock` ages the token and dates what is found out.
    ///
    /// # Errors
    /// When an address cannot carry secrets or is missing, the tenant or the zone is not known, the way of signing in does not
    /// belong to the product, the certificates cannot be read, or no client can be made.
    pub fn new(settings: Settings, credentials: Arc<dyn Credentials>, clock: Clock) -> Result<Self, web::SetupError> {
        let ca = settings.ca.as_ref().map(std::fs::read).transpose();
        let http = web::Client::new(&web::Options {
            connect: CONNECT,
            total: TOTAL,
            max_body: MAX_ANSWER,
            ca: ca.map_err(|e| web::SetupError::Ca(e.to_string()))?,
        })?;
        let door = Arc::new(Door::new(http, Pace::new(settings.rate_per_second)));
        let desk: Box<dyn Desk> = match settings.product {
            Product::Intradesk => Box::new(cloud(&settings, credentials, door, Arc::clone(&clock))?),
            Product::Intraservice => Box::new(classic(&settings, credentials, door)?),
        };
        Ok(Self { settings, clock, desk })
    }
}

fn wrong<T>(what: impl Into<String>) -> Result<T, web::SetupError> {
    Err(web::SetupError::Client(what.into()))
}

fn cloud(
    settings: &Settings,
    credentials: Arc<dyn Credentials>,
    door: Arc<Door>,
    clock: Clock,
) -> Result<Cloud, web::SetupError> {
    let own = |set: &Option<Url>, usual: &str| {
        let base = set.clone().map_or_else(|| usual.parse(), Ok);
        let Ok(base) = base else { return wrong(format!("{usual} is no address")) };
        // The password or the key, and tokens, go there: they must not cross a network in the open.
        if base.scheme() == "https" || base.scheme() == "http" && web::is_this_machine(&base) {
            Ok(base)
        } else {
            wrong(format!("the address of the service desk is not https: {base}"))
        }
    };
    let bases = Bases { login: own(&settings.login_base, LOGIN_BASE)?, api: own(&settings.api_base, API_BASE)? };
    let secret = match &settings.auth {
        Auth::Password { login } if login.trim().is_empty() => return wrong("no login has been set"),
        Auth::Password { .. } if settings.tenant.trim().is_empty() => return wrong("no tenant has been set"),
        Auth::Password { .. } => PASSWORD,
        Auth::ApiKey => API_KEY,
    };
    Ok(Cloud::new(bases, settings, Secret::new(secret, credentials), door, clock))
}

fn classic(
    settings: &Settings,
    credentials: Arc<dyn Credentials>,
    door: Arc<Door>,
) -> Result<Classic, web::SetupError> {
    let Auth::Password { login } = &settings.auth else {
        return wrong("the classic product knows no key: set a login");
    };
    let Some(base) = settings.base.clone().filter(|base| matches!(base.scheme(), "http" | "https")) else {
        return wrong("the classic product needs an address by http or https");
    };
    let Ok(zone) = TimeZone::get(&settings.zone) else {
        return wrong(format!("there is no time zone {}", settings.zone));
    };
    Ok(Classic::new(base, login, Secret::new(PASSWORD, credentials), door, zone, settings.max_tickets))
}

#[async_trait]
impl Integration for Intradesk {
    fn name(&self) -> &'static str {
        NAME
    }

    /// Nothing ever comes in from the service desk by itself.
    fn parse(&self, _record: &StoredRequest, _received_at: Instant) -> Result<Parsed, ParseError> {
        Err(ParseError::at("body", reason!("the service desk sends nothing by itself")))
    }

    fn delivery(&self) -> Option<&dyn Delivery> {
        Some(self)
    }

    async fn check(&self) -> Vec<CheckStep> {
        self.desk.check().await
    }
}

#[cfg(test)]
mod tests;

//! Who a request is from: a session's cookie, or a program's key. Nothing is decided here about what they may do.
//!
//! Deliberately not here: signing in (`doors`).

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::Response,
};
use pult_engine::{
    api::routes::KeyRoute,
    auth::{Access, Actor, Role, Session, api_key, session},
};

use crate::{App, guard::Sender, pages};

/// The cookie's name.
pub(super) const COOKIE: &str = "pult_session";
/// The header that repeats the session's token against forged requests.
const CSRF: &str = "x-pult-csrf";

/// Whoever makes a request.
pub(crate) struct Visitor {
    pub(super) who: Who,
    /// Where from.
    pub(super) address: String,
    csrf: Option<String>,
}

pub(super) enum Who {
    Nobody,
    Person(Box<Session>),
    Program(Box<Actor>),
    /// The store did not answer: nobody can say.
    Unknown,
}

impl Visitor {
    /// Who acts, for a request that changes nothing.
    pub(crate) fn actor(&self) -> Result<&Actor, Response> {
        match &self.who {
            Who::Person(session) => Ok(&session.actor),
            Who::Program(actor) => Ok(actor),
            Who::Nobody => {
                Err(pages::error(StatusCode::UNAUTHORIZED, "sign_in_needed", None, "sign in, or present a key"))
            }
            Who::Unknown => Err(pages::error(StatusCode::SERVICE_UNAVAILABLE, "busy", None, "try again")),
        }
    }

    /// Who acts, for a request that may change something: a browser must prove that the page that asks is ours.
    pub(crate) fn acting(&self) -> Result<&Actor, Response> {
        if let Who::Person(session) = &self.who
            && !self.csrf.as_deref().is_some_and(|given| session.csrf_fits(given))
        {
            return Err(pages::error(
                StatusCode::FORBIDDEN,
                "forbidden",
                Some(CSRF),
                "the page is out of date: reload it",
            ));
        }
        self.actor()
    }

    /// Whether a route of this name, open to viewers, is open to them.
    pub(crate) fn may_see(&self, route: &str) -> Result<&Actor, Response> {
        self.may(route, Role::Viewer)
    }

    /// Whether a route of this name, open to this role, is open to them.
    pub(crate) fn may(&self, route: &str, least: Role) -> Result<&Actor, Response> {
        let actor = self.actor()?;
        match actor.may(route, Access::role(least)) {
            true => Ok(actor),
            false => Err(pages::error(StatusCode::FORBIDDEN, "forbidden", None, "the role does not allow this")),
        }
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let address = parts.extensions.get::<Sender>().map(|s| s.0.to_string()).unwrap_or_default();
        let csrf = parts.headers.get(CSRF).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let who = find(app, &parts.headers, &address).await;
        Ok(Self { who, address, csrf })
    }
}

/// Whether a route would still let a request with these headers in. Who cannot be recognised just now is not: a page opens its
/// stream again by itself.
pub(super) async fn still_in(app: &App, headers: &HeaderMap, address: &str, route: &KeyRoute) -> bool {
    let who = find(app, headers, address).await;
    Visitor { who, address: address.to_owned(), csrf: None }.may(route.name, route.role).is_ok()
}

async fn find(app: &App, headers: &HeaderMap, address: &str) -> Who {
    let (store, now) = (app.engine.store(), app.engine.clock().now());
    if let Some(key) = key(headers) {
        return match api_key::resume(store, key, address, now).await {
            Ok(Some(actor)) => Who::Program(Box::new(actor)),
            Ok(None) => Who::Nobody,
            Err(_) => Who::Unknown,
        };
    }
    let Some(token) = cookie(headers, COOKIE) else { return Who::Nobody };
    match session::resume(store, token, address, app.engine.session_idle(), now).await {
        Ok(Some(session)) => Who::Person(Box::new(session)),
        Ok(None) => Who::Nobody,
        Err(_) => Who::Unknown,
    }
}

fn key(headers: &HeaderMap) -> Option<&str> {
    if let Some(key) = headers.get("x-api-key") {
        return key.to_str().ok();
    }
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The value of a cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

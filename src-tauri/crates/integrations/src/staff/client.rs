//! One question to the register, and what its answer or its silence means (contracts/erp_auth 1 to 3).
//!
//! What was asked is shown to nobody: an exchange is thrown away once its status and body are read. Deliberately not here: who is let
//! in, and what is remembered of them (the engine's).

use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderValue, StatusCode, header};
use reqwest::Method;
use serde_json::json;
use tokio::time::{Instant as Tick, timeout_at};

use crate::{
    CallError,
    transport::{http::Said, mask::Mask},
    verifier::{Silence, Unavailable, Verified, Verifier},
};

use super::{Staff, TOKEN, TOTAL, wire};

/// The longest login, characters.
const LOGIN: usize = 64;
/// The longest password, characters.
const PASSWORD: usize = 256;
/// How long the register is left alone where it does not say for how long.
const USUAL_WISH: Duration = Duration::from_secs(30);
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

fn silent(silence: Silence, lasting: bool, detail: impl Into<String>) -> Unavailable {
    Unavailable { silence, lasting, detail: detail.into() }
}

impl Staff {
    /// Asks once; `by_hand` also while it is left alone after failures.
    pub(super) async fn ask(&self, login: &str, password: &str, by_hand: bool) -> Result<Verified, Unavailable> {
        let login = login.trim();
        let fits = |text: &str, most: usize| !text.is_empty() && text.chars().count() <= most;
        if !fits(login, LOGIN) || !fits(password, PASSWORD) {
            return Err(silent(Silence::NotAsked, false, "nobody has such a login or password"));
        }
        if !self.pause.allows(by_hand, (self.clock)()) {
            return Err(silent(Silence::NotAsked, false, "it is left alone for a while"));
        }
        let token = self.credentials.secret(TOKEN).filter(|token| !token.is_empty());
        let Some(token) = token else {
            return Err(silent(Silence::Token, true, format!("the secret {TOKEN} is not set")));
        };
        let Ok(mut pass) = HeaderValue::from_str(&format!("Bearer {token}")) else {
            return Err(silent(Silence::Token, true, format!("the secret {TOKEN} is no token")));
        };
        pass.set_sensitive(true);
        // The wait for a turn is part of the whole: somebody stands at the door.
        let end = Tick::now() + TOTAL;
        let Ok(Ok(_turn)) = timeout_at(end, self.turns.acquire()).await else {
            return Err(silent(Silence::NotAsked, false, "too many are asked about at once"));
        };
        let request = self
            .http
            .request(Method::POST, self.verify.clone())
            .header(header::AUTHORIZATION, pass)
            .header(header::CONTENT_TYPE, JSON)
            .body(json!({ "login": login, "password": password }).to_string())
            .build();
        let Ok(request) = request else {
            return Err(silent(Silence::Setup, true, "the request cannot be made"));
        };
        let mask = Mask::new([login, password, token.as_str()]);
        match timeout_at(end, self.http.send(request, &mask)).await {
            Ok(said) => self.judge(login, said),
            Err(_) => Err(self.failed(Silence::Away, "timed out")),
        }
    }

    fn judge(&self, login: &str, said: Said) -> Result<Verified, Unavailable> {
        // The status decides alone, but for the one answer that says more: a body that breaks off makes no refusal another.
        let status = said.exchange.status.unwrap_or_default();
        match status {
            200 => match said.outcome.map(|answer| wire::read(login, &answer.body)) {
                Ok(Ok(verified)) => self.answered(verified),
                Ok(Err(wrong)) => Err(self.failed(Silence::Answer, wrong)),
                Err(CallError::Unreachable { detail } | CallError::OutcomeUnknown { detail }) => {
                    let cut = said.obstacle.is_some();
                    Err(self.failed(if cut { Silence::Away } else { Silence::Answer }, detail))
                }
                Err(error) => Err(self.failed(Silence::Answer, error.to_string())),
            },
            401 => self.answered(Verified::Wrong),
            423 => self.answered(Verified::Blocked),
            403 => Err(self.standing(Silence::Token, status)),
            429 => {
                let asked = match said.outcome {
                    Err(CallError::Retry { after, .. }) => after,
                    _ => None,
                };
                self.pause.wished(asked.unwrap_or(USUAL_WISH), (self.clock)());
                Err(silent(Silence::Away, false, "HTTP 429: it is asked too often"))
            }
            400..500 => Err(self.standing(Silence::Setup, status)),
            100..400 => Err(self.failed(Silence::Answer, about(status))),
            500.. => Err(self.failed(Silence::Away, about(status))),
            _ => {
                let seen = said.outcome.err();
                let detail = seen.map_or_else(|| "no answer".to_owned(), |error| error.to_string());
                Err(self.failed(Silence::Away, detail))
            }
        }
    }

    fn answered(&self, verified: Verified) -> Result<Verified, Unavailable> {
        self.pause.answered();
        Ok(verified)
    }

    /// It is there and takes nothing from us until somebody changes a setting.
    fn standing(&self, silence: Silence, status: u16) -> Unavailable {
        self.pause.answered();
        silent(silence, true, about(status))
    }

    fn failed(&self, silence: Silence, detail: impl Into<String>) -> Unavailable {
        let resting = self.pause.failed((self.clock)());
        silent(silence, resting || silence == Silence::Answer, detail)
    }
}

fn about(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    reason.map_or_else(|| format!("HTTP {status}"), |reason| format!("HTTP {status} {reason}"))
}

#[async_trait]
impl Verifier for Staff {
    async fn verify(&self, login: &str, password: &str) -> Result<Verified, Unavailable> {
        self.ask(login, password, false).await
    }
}

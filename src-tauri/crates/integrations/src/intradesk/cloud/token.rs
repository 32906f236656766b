//! The token the gateway knows us by: got with the password, renewed a minute before it ends, one renewal for all who wait
//! (contracts/intradesk 1).
//!
//! Deliberately not here: which request finds it too old (`client`), and another attempt (the lanes').

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use http::{StatusCode, header};
use jiff::SignedDuration;
use pult_domain::Instant;
use reqwest::Method;
use tokio::sync::Mutex;
use url::{Url, form_urlencoded};

use crate::{
    CallError, Exchange,
    transport::{
        Clock,
        http::Answer,
        mask::{HIDDEN, Mask},
    },
};

use super::{
    super::{
        door::{Door, address},
        loose::{field, number},
        secret::Secret,
        trouble::{Intent, judge, strange},
    },
    TOKEN,
};

/// The client every account signs in by.
const CLIENT: &str = "resourceowner";
/// What a token is asked for. `offline_access` brings what renews it.
const SCOPE: &str = "openid profile email custom.profile api offline_access";
/// The token service's word for a wrong login or password, or a refresh token it does not know.
const INVALID_GRANT: &str = "invalid_grant";
/// How long before its end a token is renewed.
const EARLY: SignedDuration = SignedDuration::from_secs(60);
/// The life of a token that names none, seconds: the gateway tells when it was shorter.
const USUAL_LIFE: i64 = 300;

/// Who signs in.
pub(super) struct Account {
    pub(super) login: String,
    /// The tenant's host.
    pub(super) tenant: String,
    pub(super) password: Secret,
}

/// The token in use.
pub(super) struct Tokens {
    door: Arc<Door>,
    url: Url,
    account: Account,
    clock: Clock,
    /// Held through a renewal, so that whoever comes meanwhile waits for that one.
    state: Mutex<State>,
    /// Renewals so far: tells whoever waited whether one was tried meanwhile.
    renewals: AtomicU64,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    failure: Option<CallError>,
}

#[derive(Clone)]
struct Token {
    access: String,
    refresh: Option<String>,
    since: Instant,
    life: SignedDuration,
}

/// What the token service gives.
pub(super) struct Granted {
    access: String,
    refresh: Option<String>,
    life: SignedDuration,
}

impl Token {
    fn is_fresh(&self, now: Instant) -> bool {
        // One that lives for a minute or less would never be used.
        let early = EARLY.min(self.life / 2);
        // A clock set back makes a token old rather than eternal.
        let age = now.duration_since(self.since);
        age >= SignedDuration::ZERO && age < self.life - early
    }
}

impl Tokens {
    pub(super) fn new(door: Arc<Door>, base: &Url, account: Account, clock: Clock) -> Self {
        let url = address(base, &TOKEN.split('/').collect::<Vec<_>>(), &[]);
        Self { door, url, account, clock, state: Mutex::default(), renewals: AtomicU64::new(0) }
    }

    /// What must not be seen in anything kept.
    pub(super) fn mask(&self) -> Mask {
        self.account.password.mask()
    }

    /// The token in use, or another where there is none, it is about to end, or it is the `refused` one.
    pub(super) async fn token(&self, refused: Option<&str>, said: &mut Vec<Exchange>) -> Result<String, CallError> {
        let seen = self.renewals.load(Ordering::SeqCst);
        let mut state = self.state.lock().await;
        let now = (self.clock)();
        let unknown = |token: &Token| refused == Some(token.access.as_str());
        if let Some(token) = state.token.as_ref().filter(|token| !unknown(token) && token.is_fresh(now)) {
            return Ok(token.access.clone());
        }
        if let Some(failure) = state.failure.clone().filter(|_| self.renewals.load(Ordering::SeqCst) != seen) {
            // Somebody tried while we waited; a second wrong password in a row could lock the account.
            return Err(failure);
        }
        // What belongs to a token the gateway does not know is not worth a try either.
        let refresh = state.token.take().filter(|token| !unknown(token)).and_then(|token| token.refresh);
        self.renew(&mut state, refresh, said).await
    }

    /// Signs in by the password, whatever is remembered; also one that was refused before, because a person wants it.
    pub(super) async fn sign_in(&self, said: &mut Vec<Exchange>) -> Result<(), CallError> {
        let mut state = self.state.lock().await;
        self.account.password.forgive();
        self.renew(&mut state, None, said).await.map(|_| ())
    }

    async fn renew(
        &self,
        state: &mut State,
        refresh: Option<String>,
        said: &mut Vec<Exchange>,
    ) -> Result<String, CallError> {
        let outcome = match refresh {
            Some(refresh) => self.refreshed(refresh, said).await,
            None => self.granted(said).await,
        };
        self.renewals.fetch_add(1, Ordering::SeqCst);
        state.failure = outcome.as_ref().err().cloned();
        state.token = outcome.ok();
        match (&state.token, &state.failure) {
            (Some(token), _) => Ok(token.access.clone()),
            (None, Some(failure)) => Err(failure.clone()),
            (None, None) => Err(strange("no token was given")),
        }
    }

    /// By the refresh token, which is only a short cut: where the service says no to it, by the password.
    async fn refreshed(&self, refresh: String, said: &mut Vec<Exchange>) -> Result<Token, CallError> {
        let form = [("grant_type", "refresh_token"), ("client_id", CLIENT), ("refresh_token", &refresh)];
        match self.grant(&form, &Mask::new([refresh.as_str()]), said).await {
            Err(CallError::Unauthorized { .. } | CallError::Refused { .. }) => self.granted(said).await,
            Ok(token) => Ok(Token { refresh: token.refresh.or(Some(refresh)), ..token }),
            Err(error) => Err(error),
        }
    }

    async fn granted(&self, said: &mut Vec<Exchange>) -> Result<Token, CallError> {
        let Account { login, tenant, password } = &self.account;
        let secret = password.get()?;
        let acr = format!("tenant:{tenant}");
        let form = [
            ("grant_type", "password"),
            ("scope", SCOPE),
            ("username", login),
            ("password", &secret),
            ("client_id", CLIENT),
            ("acr_values", &acr),
        ];
        let outcome = self.grant(&form, &Mask::new([secret.as_str()]), said).await;
        if let Err(CallError::Unauthorized { detail }) = &outcome
            && detail.starts_with(INVALID_GRANT)
        {
            password.refuse(&secret);
        }
        outcome
    }

    async fn grant(&self, form: &[(&str, &str)], mask: &Mask, said: &mut Vec<Exchange>) -> Result<Token, CallError> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.door.request(Method::POST, self.url.clone());
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        let since = (self.clock)();
        let heard = self.door.send(request, mask, said).await;
        if let Some(exchange) = said.last_mut().filter(|exchange| exchange.status.is_some_and(|s| s < 300)) {
            // Half a document holds a token as well: nothing of it is kept.
            let head = exchange.response.split_once("\n\n").map_or("", |(head, _)| head);
            exchange.response = format!("{head}\n\n{HIDDEN}");
        }
        let granted = read(&heard.of_reading()?).map_err(|error| hidden(error, mask))?;
        Ok(Token { access: granted.access, refresh: granted.refresh, since, life: granted.life })
    }
}

/// What an answer of the token service gives. Whatever it says no to, a person has to mend.
pub(super) fn read(answer: &Answer) -> Result<Granted, CallError> {
    let content = judge(answer, Intent::Reading, &Mask::default()).map_err(|error| match error {
        CallError::Refused { reason, .. }
            if matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN) =>
        {
            CallError::Unauthorized { detail: reason }
        }
        other => other,
    })?;
    let text = |name: &str| field(&content, name).as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let access = text("access_token").ok_or_else(|| strange("the answer holds no token"))?;
    let life = Some(field(&content, "expires_in")).filter(|life| !life.is_null());
    let life = life.and_then(number).unwrap_or(USUAL_LIFE).clamp(0, i64::from(u32::MAX));
    Ok(Granted { access, refresh: text("refresh_token"), life: SignedDuration::from_secs(life) })
}

fn hidden(error: CallError, mask: &Mask) -> CallError {
    let hide = |text: &str| mask.hide(text).into_owned();
    match error {
        CallError::Unauthorized { detail } => CallError::Unauthorized { detail: hide(&detail) },
        CallError::Refused { reason, why } => CallError::Refused { reason: hide(&reason), why },
        other => other,
    }
}

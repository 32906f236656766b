//! What is found out once for a key: whose it is, and which spelling of filters the tracker understands (contracts/redmine 1, 3, 8).
//!
//! Deliberately not here: what people's keys are good for (`persons`).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::SignedDuration;
use pult_domain::{Failure, Instant};
use serde_json::Value;

use crate::{CallError, Exchange};

use super::{
    Easy, Redmine,
    client::As,
    loose::{MAX_NAME, at, number, text},
    query::{NEWEST_FIRST, Style, Tickets},
    trouble::strange,
};

/// An instant at which nothing was changed yet.
const NEVER: &str = "2100-01-01T00:00:00Z";
/// How long a key counts as known.
const TRUSTED: SignedDuration = SignedDuration::from_mins(10);

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Me {
    pub(super) id: i64,
    pub(super) login: String,
    pub(super) name: String,
    pub(super) admin: bool,
}

/// What is known of the engine's key.
#[derive(Default)]
pub(super) struct Start(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// By which the key is told from another.
    account: String,
    me: Option<(Instant, Arc<Me>)>,
    style: Option<Style>,
}

impl Start {
    fn of(&self, account: String) -> MutexGuard<'_, Known> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.account != account {
            *known = Known { account, ..Known::default() };
        }
        known
    }
}

/// The owner an answer shows. The answer holds the key itself, which goes no further.
pub(super) fn owner(answer: &Value) -> Result<Me, CallError> {
    let user = at(answer, &["user"]);
    let said = |name| text(at(user, &[name]), MAX_NAME);
    let id = number(at(user, &["id"])).ok_or_else(|| strange("the answer is no account"))?;
    let login = said("login").unwrap_or_default();
    let names: Vec<String> = ["firstname", "lastname"].into_iter().filter_map(said).collect();
    let name = if names.is_empty() { login.clone() } else { names.join(" ") };
    Ok(Me { id, name, login, admin: at(user, &["admin"]).as_bool().unwrap_or_default() })
}

/// What a refusal to say who we are means: everybody may ask that, unless nobody may ask anything.
pub(super) fn stopped(error: CallError) -> CallError {
    match error {
        CallError::Refused { why: Failure::Rights, .. } => CallError::Unauthorized {
            detail: "HTTP 403: the REST web service is off; an administrator of the tracker turns it on".to_owned(),
        },
        error => error,
    }
}

impl Redmine {
    /// Whose key it is, asked now.
    pub(super) async fn owner(&self, who: As<'_>, said: &mut Vec<Exchange>) -> Result<Me, CallError> {
        let answer = self.client.get(who, &["users", "current.json"], &[], said).await;
        let answer = answer.map_err(|error| if who == As::Engine { stopped(error) } else { error })?;
        owner(&answer.content)
    }

    /// Whose the engine's key is. It is asked again now and then: a tracker that is open to the public answers a key it no longer knows as
    /// it answers a stranger, with next to nothing.
    pub(super) async fn me(&self, said: &mut Vec<Exchange>) -> Result<Arc<Me>, CallError> {
        let (account, now) = (self.client.account(), (self.clock)());
        if let Some((since, me)) = &self.start.of(account.clone()).me
            && now.duration_since(*since).abs() < TRUSTED
        {
            return Ok(Arc::clone(me));
        }
        let me = Arc::new(self.owner(As::Engine, said).await?);
        self.start.of(account).me = Some((now, Arc::clone(&me)));
        Ok(me)
    }

    /// The number of the engine's account, where it is known.
    pub(super) fn known_me(&self) -> Option<i64> {
        self.start.of(self.client.account()).me.as_ref().map(|(_, me)| me.id)
    }

    /// A lack of rights, or of the whole web service: that stops everything.
    pub(super) async fn explained(&self, error: CallError, said: &mut Vec<Exchange>) -> CallError {
        if !matches!(error, CallError::Refused { why: Failure::Rights, .. }) {
            return error;
        }
        match self.owner(As::Engine, said).await {
            Err(stop @ CallError::Unauthorized { .. }) => stop,
            _ => error,
        }
    }

    /// The spelling of filters that is understood here.
    pub(super) async fn style(&self, said: &mut Vec<Exchange>) -> Result<Style, CallError> {
        let account = self.client.account();
        if let Some(style) = self.start.of(account.clone()).style {
            return Ok(style);
        }
        let mut found = Style::Descending;
        for style in self.styles() {
            if self.honours(*style, said).await? {
                found = *style;
                break;
            }
        }
        if found == Style::Descending {
            tracing::warn!("the tracker passes over the filter by time: its list is read from the newest end");
        }
        self.start.of(account).style = Some(found);
        Ok(found)
    }

    /// The spellings to be tried.
    pub(super) fn styles(&self) -> &'static [Style] {
        match self.settings.easy {
            Easy::Auto => &[Style::Plain, Style::SetFilter, Style::Long],
            Easy::On => &[Style::SetFilter, Style::Long, Style::Plain],
            Easy::Off => &[Style::Plain],
        }
    }

    /// Whether a spelling is understood: nothing was changed in days to come.
    pub(super) async fn honours(&self, style: Style, said: &mut Vec<Exchange>) -> Result<bool, CallError> {
        let since = NEVER.parse::<Instant>().map_err(|e| strange(&e.to_string()))?;
        let wanted = Tickets { since: Some(since), order: NEWEST_FIRST, limit: 1, ..Tickets::ALL };
        let listed = self.client.tickets(As::Engine, style, &wanted, said).await?;
        Ok(listed.total.unwrap_or(listed.rows.len() as u64) == 0)
    }
}

//! People of the messenger: read by id, found by name exactly and without doubt, remembered for an hour.
//!
//! Deliberately not here: which of a text's words are names (`text`).

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::SignedDuration;
use pult_domain::{Failure, Instant, areas::chat_link::ChatUser};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{CallError, Exchange};

use super::{
    Pachca,
    client::{Call, SHORT},
    trouble::{Trouble, refused},
    wire,
};

/// How long a reading is good for.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(1);
/// The most remembered of each kind.
const REMEMBERED: usize = 10_000;
/// The most pages of a search.
const PAGES: usize = 10;

/// Whose word a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum By {
    /// The messenger's: a nickname goes before an address.
    Nickname,
    /// The tracker's: a login.
    Login,
}

/// What is known of people.
#[derive(Default)]
pub(super) struct Book(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    by_id: HashMap<i64, (ChatUser, Instant)>,
    /// Also that nobody is called so.
    by_name: HashMap<(By, String), (Option<ChatUser>, Instant)>,
    /// The bot of a token, by the token's SHA-256.
    own: Option<([u8; 32], i64)>,
}

impl Book {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something became of these people.
    pub(super) fn forget(&self, people: &[i64]) {
        if people.is_empty() {
            return;
        }
        let mut pages = self.pages();
        pages.by_id.retain(|id, _| !people.contains(id));
        // Whoever is new, or called otherwise, may be found by a name now that nobody had.
        pages.by_name.clear();
    }
}

fn remember<K: std::hash::Hash + Eq, V>(map: &mut HashMap<K, V>, key: K, value: V) {
    // All of it can be read again.
    if map.len() >= REMEMBERED {
        map.clear();
    }
    map.insert(key, value);
}

fn is_good(read_at: Instant, now: Instant) -> bool {
    now.duration_since(read_at).abs() < GOOD_FOR
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Who is meant by a name among those a search found: exactly one, whom a message can reach.
pub(super) fn exact(rows: &[ChatUser], name: &str, by: By) -> Option<ChatUser> {
    let name = name.to_lowercase();
    let mut alive: Vec<&ChatUser> = rows.iter().filter(|user| !user.bot && !user.suspended).collect();
    alive.sort_by_key(|user| user.id);
    alive.dedup_by_key(|user| user.id);
    let is_nickname = |user: &&ChatUser| user.nickname.to_lowercase() == name;
    let is_address = |user: &&ChatUser| match user.email.as_deref() {
        Some(email) if name.contains('@') => email.to_lowercase() == name,
        _ => user.login().is_some_and(|login| login.to_lowercase() == name),
    };
    let only = |found: Vec<&ChatUser>| match found.as_slice() {
        [only] => Some((*only).clone()),
        _ => None,
    };
    if by == By::Nickname && alive.iter().any(is_nickname) {
        return only(alive.into_iter().filter(is_nickname).collect());
    }
    only(alive.into_iter().filter(|user| is_nickname(user) || is_address(user)).collect())
}

/// Somebody's card in an answer.
pub(super) fn card(answer: &Value, own: Option<i64>) -> Result<ChatUser, CallError> {
    wire::user(wire::data(answer), own).ok_or_else(|| strange("a person"))
}

/// The rows of a search.
pub(super) fn cards(answer: &Value, own: Option<i64>) -> Vec<ChatUser> {
    wire::rows(answer).iter().filter_map(|row| wire::user(row, own)).collect()
}

/// An answer to a reading that makes no sense: something in between gave it, so it may pass.
pub(super) fn strange(what: &str) -> CallError {
    CallError::Unreachable { detail: format!("the answer is not {what} as the messenger shows it") }
}

impl Pachca {
    /// Who we are there.
    pub(super) async fn own(&self, said: &mut Vec<Exchange>) -> Result<i64, CallError> {
        if let Some(own) = self.known_own() {
            return Ok(own);
        }
        self.token_info(said).await.map(|(own, _)| own)
    }

    /// The same as far as it is known without asking.
    pub(super) fn known_own(&self) -> Option<i64> {
        let of = digest(&self.client.token().ok()?);
        self.book.pages().own.filter(|(token, _)| *token == of).map(|(_, own)| own)
    }

    /// Whose token it is, and its scopes.
    pub(super) async fn token_info(&self, said: &mut Vec<Exchange>) -> Result<(i64, Option<Vec<String>>), CallError> {
        let of = digest(&self.client.token()?);
        let answer = self.client.call(&Call::get("oauth/token/info").within(SHORT), said).await?;
        let (own, scopes) = wire::token(&answer).ok_or_else(|| strange("a token"))?;
        self.book.pages().own = Some((of, own));
        Ok((own, scopes))
    }

    /// Reads somebody.
    pub(super) async fn read_user(&self, id: i64, said: &mut Vec<Exchange>) -> Result<ChatUser, CallError> {
        let own = self.own(said).await?;
        let answer = self.client.call(&Call::get(format!("users/{id}")).within(SHORT), said).await?;
        let user = card(&answer, Some(own))?;
        if user.id != id {
            return Err(strange("the person asked for"));
        }
        remember(&mut self.book.pages().by_id, id, (user.clone(), self.now()));
        Ok(user)
    }

    /// Somebody as they were read in the last hour.
    pub(super) async fn user(&self, id: i64, said: &mut Vec<Exchange>) -> Result<ChatUser, CallError> {
        let now = self.now();
        let known = self.book.pages().by_id.get(&id).filter(|(_, at)| is_good(*at, now)).map(|(user, _)| user.clone());
        match known {
            Some(user) => Ok(user),
            None => self.read_user(id, said).await,
        }
    }

    /// Who is called so, as far as the last hour tells; `None` where nobody is, or more than one.
    pub(super) async fn named(
        &self,
        name: &str,
        by: By,
        said: &mut Vec<Exchange>,
    ) -> Result<Option<ChatUser>, CallError> {
        let (key, now) = ((by, name.to_lowercase()), self.now());
        let known =
            self.book.pages().by_name.get(&key).filter(|(_, at)| is_good(*at, now)).map(|(user, _)| user.clone());
        if let Some(known) = known {
            return Ok(known);
        }
        let mut found = exact(&self.search(name, said).await?, name, by);
        let domain = self.settings.email_domain.trim().trim_start_matches('@');
        if found.is_none() && by == By::Login && !domain.is_empty() {
            let address = format!("{name}@{domain}");
            found = exact(&self.search(&address, said).await?, &address, by);
        }
        remember(&mut self.book.pages().by_name, key, (found.clone(), now));
        Ok(found)
    }

    /// What the messenger's own search finds, which is never exact.
    async fn search(&self, query: &str, said: &mut Vec<Exchange>) -> Result<Vec<ChatUser>, CallError> {
        let own = self.own(said).await?;
        let (mut found, mut seen, mut cursor) = (vec![], 0, None::<String>);
        for _ in 0..PAGES {
            let mut call = Call::get("users").with("query", query).with("limit", 50).within(SHORT);
            if let Some(cursor) = &cursor {
                call = call.with("cursor", cursor);
            }
            let answer = self.client.call(&call, said).await?;
            found.extend(cards(&answer, Some(own)));
            seen += wire::rows(&answer).len();
            match wire::next_page(&answer, seen) {
                Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
                _ => return Ok(found),
            }
        }
        // Who else is called so is not known: nobody is meant for sure.
        Ok(vec![])
    }

    /// A message as it is kept there.
    pub(super) async fn message(&self, id: i64, said: &mut Vec<Exchange>) -> Result<wire::Message, Trouble> {
        let answer = self.client.call(&Call::get(format!("messages/{id}")), said).await?;
        let message = wire::message(wire::data(&answer)).filter(|message| message.id == id);
        let message = message.ok_or_else(|| Trouble::of(strange("the message asked for")))?;
        if message.deleted {
            return Err(Trouble::of(refused(Failure::DoesNotExist, "the message was deleted")));
        }
        Ok(message)
    }
}

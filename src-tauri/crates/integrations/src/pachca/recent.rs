//! What our bot said lately: it tells equal comments apart, and one effect's message from another's.
//!
//! Lost at a restart, which only costs certainty about two equal comments of the same minute. Deliberately not here: reading the chat.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::SignedDuration;
use pult_domain::{EffectKey, Instant};
use sha2::{Digest, Sha256};

/// Equal messages nearer than this are to be told apart (contracts/pachca 3).
const NEAR: SignedDuration = SignedDuration::from_secs(60);
/// Messages remembered.
const REMEMBERED: usize = 2_000;
/// Private chats remembered.
const PRIVATE: usize = 10_000;

struct Said {
    id: i64,
    chat: i64,
    content: [u8; 32],
    key: EffectKey,
    at: Instant,
}

#[derive(Default)]
struct Memory {
    said: VecDeque<Said>,
    /// People's chats with the bot, by the person.
    private: HashMap<i64, i64>,
}

/// The memory.
#[derive(Default)]
pub(super) struct Recent(Mutex<Memory>);

fn digest(content: &str) -> [u8; 32] {
    Sha256::digest(content.trim().as_bytes()).into()
}

impl Recent {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An effect's message stands.
    pub(super) fn note(&self, key: &EffectKey, chat: i64, id: i64, content: &str, at: Instant) {
        let mut memory = self.memory();
        if memory.said.iter().any(|said| said.id == id) {
            return;
        }
        if memory.said.len() >= REMEMBERED {
            memory.said.pop_front();
        }
        memory.said.push_back(Said { id, chat, content: digest(content), key: key.clone(), at });
    }

    /// Whether another effect said the same in this chat a moment ago.
    pub(super) fn is_said_near(&self, key: &EffectKey, chat: i64, content: &str, now: Instant) -> bool {
        let content = digest(content);
        let near = |said: &Said| now.duration_since(said.at).abs() < NEAR;
        self.memory()
            .said
            .iter()
            .any(|said| said.chat == chat && said.content == content && said.key != *key && near(said))
    }

    /// Whether a message is that of another effect.
    pub(super) fn is_anothers(&self, key: &EffectKey, id: i64) -> bool {
        self.memory().said.iter().any(|said| said.id == id && said.key != *key)
    }

    /// The chat of a person with the bot is known now.
    pub(super) fn note_private(&self, user: i64, chat: i64) {
        let mut memory = self.memory();
        if memory.private.len() >= PRIVATE {
            memory.private.clear();
        }
        memory.private.insert(user, chat);
    }

    /// The chat of a person with the bot.
    pub(super) fn private(&self, user: i64) -> Option<i64> {
        self.memory().private.get(&user).copied()
    }
}

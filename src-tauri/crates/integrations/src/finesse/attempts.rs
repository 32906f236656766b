//! Wrong passwords, counted by account: the server locks one after the fifth, so we stop before (contracts/finesse 3). The count
//! outlives a connection that is set up anew.
//!
//! Deliberately not here: which answer means a wrong password (`trouble`).

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::SignedDuration;
use pult_domain::Instant;
use sha2::{Digest, Sha256};

/// At this many nobody may try for a while.
pub(super) const BLOCK_AT: u32 = 4;
/// How long.
const BLOCK: SignedDuration = SignedDuration::from_mins(5);

/// Wrong passwords so far. Whoever signs in with the same accounts shares one.
#[derive(Default)]
pub struct Attempts(Mutex<BTreeMap<String, Tries>>);

struct Tries {
    wrong: u32,
    last: Instant,
    /// Digest of the password refused last: it is not sent again unless a person wants it.
    refused: Option<[u8; 32]>,
}

impl Attempts {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Tries>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this very password was refused, and nothing has changed since.
    pub(super) fn refused(&self, account: &str, password: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(password).into();
        self.all().get(&account.to_lowercase()).is_some_and(|tries| tries.refused == Some(digest))
    }

    /// Until when nobody may try.
    pub(super) fn blocked(&self, account: &str, now: Instant) -> Option<Instant> {
        let all = self.all();
        let tries = all.get(&account.to_lowercase()).filter(|tries| tries.wrong >= BLOCK_AT)?;
        tries.last.checked_add(BLOCK).ok().filter(|until| *until > now)
    }

    /// A password was refused; how often in a row that makes.
    pub(super) fn wrong(&self, account: &str, password: &str, now: Instant) -> u32 {
        let mut all = self.all();
        let tries = all.entry(account.to_lowercase()).or_insert(Tries { wrong: 0, last: now, refused: None });
        if now.duration_since(tries.last) >= BLOCK {
            tries.wrong = 0;
        }
        tries.wrong += 1;
        tries.last = now;
        tries.refused = Some(Sha256::digest(password).into());
        tries.wrong
    }

    /// Wrong passwords in a row.
    pub(super) fn count(&self, account: &str) -> u32 {
        self.all().get(&account.to_lowercase()).map_or(0, |tries| tries.wrong)
    }

    /// A password was taken.
    pub(super) fn right(&self, account: &str) {
        self.all().remove(&account.to_lowercase());
    }

    /// A person wants the refused password tried again.
    pub(super) fn forgive(&self, account: &str) {
        if let Some(tries) = self.all().get_mut(&account.to_lowercase()) {
            tries.refused = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        Instant::from_second(second).unwrap()
    }

    #[test]
    fn the_fourth_wrong_password_blocks_the_account_for_five_minutes() {
        let attempts = Attempts::default();
        for (second, count) in [(0, 1), (1, 2), (2, 3)] {
            assert_eq!(attempts.wrong("OPetrov", "guess", at(second)), count);
        }
        assert_eq!(attempts.blocked("opetrov", at(3)), None);
        attempts.wrong("opetrov", "guess", at(3));
        assert_eq!(attempts.blocked("OPetrov", at(4)), Some(at(303)));
        assert_eq!(attempts.blocked("OPetrov", at(303)), None);
        assert_eq!(attempts.blocked("another", at(4)), None);
        assert_eq!(attempts.wrong("opetrov", "guess", at(304)), 1);
    }

    #[test]
    fn a_refused_password_is_known_until_it_is_another_or_a_person_insists() {
        let attempts = Attempts::default();
        attempts.wrong("70400", "old", at(0));
        assert!(attempts.refused("70400", "old"));
        assert!(!attempts.refused("70400", "new"));
        attempts.forgive("70400");
        assert!(!attempts.refused("70400", "old"));
        attempts.wrong("70400", "old", at(1));
        attempts.right("70400");
        assert!(!attempts.refused("70400", "old"));
    }
}

//! Chance that can be repeated, and numbers that are not.
//!
//! Deliberately not here: the source of chance, which is brought in with the session's beginning.

use super::Machine;

impl Machine {
    /// A number below `below`, by chance.
    pub(super) fn random(&mut self, below: u64) -> u64 {
        // SplitMix64: small, and good enough to keep consoles apart.
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.chance;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below.max(1)
    }

    /// `ms`, a fifth more or less.
    pub(super) fn about(&mut self, ms: u64) -> u64 {
        ms - ms / 5 + self.random(ms / 5 * 2 + 1)
    }

    /// A number never given before.
    pub(super) fn id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }
}

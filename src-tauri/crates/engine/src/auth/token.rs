//! Unguessable texts, and their hashes.
//!
//! Deliberately not here: what they open.

use data_encoding::BASE64URL_NOPAD;
use rand::RngCore;
use sha2::{Digest, Sha256};

/// 32 random bytes as 43 characters that fit into a cookie, a header and a URL.
pub(super) fn random() -> String {
    let mut bytes = [0; 32];
    // The thread's generator is seeded by the system and made for secrets.
    rand::rng().fill_bytes(&mut bytes);
    BASE64URL_NOPAD.encode(&bytes)
}

/// What the database keeps of a token. Unsalted and fast on purpose: nobody guesses 256 random bits.
pub(super) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

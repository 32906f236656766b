//! Proofs that a request is genuine, compared in constant time.
//!
//! Deliberately not here: where a vendor puts its key or signature, and how old one may be.

use data_encoding::HEXLOWER_PERMISSIVE;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Whether two secrets are the same; digests are compared, so that the time taken tells nothing of content or length.
#[must_use]
pub fn same_secret(given: &str, expected: &str) -> bool {
    Sha256::digest(given.as_bytes()).as_slice().ct_eq(Sha256::digest(expected.as_bytes()).as_slice()).into()
}

/// Whether `hex` is HMAC-SHA256 with `secret` over the parts in a row.
#[must_use]
pub fn hmac_fits(secret: &str, parts: &[&[u8]], hex: &str) -> bool {
    let Ok(signature) = HEXLOWER_PERMISSIVE.decode(hex.as_bytes()) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    for part in parts {
        mac.update(part);
    }
    mac.verify_slice(&signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_the_same_or_not() {
        assert!(same_secret("k-1", "k-1"));
        for other in ["", "k-", "k-2", "k-11"] {
            assert!(!same_secret(other, "k-1"), "{other}");
        }
    }

    #[test]
    fn a_signature_of_rfc_4231_fits_and_its_neighbours_do_not() {
        let right = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert!(hmac_fits("Jefe", &[b"what do ya want ", b"for nothing?"], right));
        assert!(hmac_fits("Jefe", &[b"what do ya want for nothing?"], &right.to_uppercase()));
        for (secret, text, hex) in [
            ("Jefa", "what do ya want for nothing?", right),
            ("Jefe", "what do ya want for nothing", right),
            ("Jefe", "what do ya want for nothing?", &right[..62]),
            ("Jefe", "what do ya want for nothing?", "not hex"),
            ("Jefe", "what do ya want for nothing?", ""),
        ] {
            assert!(!hmac_fits(secret, &[text.as_bytes()], hex), "{secret} {text} {hex}");
        }
    }
}

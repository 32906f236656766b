//! Signatures over bodies: HMAC-SHA256 in lower-case hex. In which header, and with what before the body, is the vendor's affair.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secret::Secret;

/// The signature over `body`.
pub fn signature(secret: &Secret, body: &[u8]) -> String {
    // HMAC takes keys of any length; the type of the constructor does not say so.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()) else { return String::new() };
    mac.update(body);
    HEXLOWER.encode(&mac.finalize().into_bytes())
}

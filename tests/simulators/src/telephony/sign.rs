//! The signature of the modern telephony hook: HMAC-SHA256 over `<timestamp>.<raw body>`, in lower-case hex.

use crate::{secret::Secret, service::sign};

/// Header with the Unix seconds the signature covers.
pub const TIMESTAMP_HEADER: &str = "X-Pult-Timestamp";
/// Header with `sha256=<hex>`.
pub const SIGNATURE_HEADER: &str = "X-Pult-Signature";

/// The value of [`SIGNATURE_HEADER`] for `body` sent at `unix_seconds`.
pub fn signature(secret: &Secret, unix_seconds: i64, body: &[u8]) -> String {
    let mut signed = format!("{unix_seconds}.").into_bytes();
    signed.extend(body);
    format!("sha256={}", sign::signature(secret, &signed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_a_value_computed_elsewhere() {
        // printf '1790000000.{"event":"newcall"}' | openssl dgst -sha256 -hmac tulip
        let signed = signature(&Secret::new("tulip"), 1_790_000_000, br#"{"event":"newcall"}"#);
        assert_eq!(signed, "sha256=3eda3d3ed3c884f6d1485cdf7bd1f2ef29bb1f970f9ec8bd4a1634c660403e83");
    }

    #[test]
    fn time_and_body_both_count() {
        let secret = Secret::new("tulip");
        let signed = signature(&secret, 17, b"0.body");
        assert_ne!(signed, signature(&secret, 18, b"0.body"));
        assert_ne!(signed, signature(&secret, 17, b"0.Body"));
    }
}

//! The value of a secret, which shows itself to nobody by accident.
//!
//! Deliberately not here: `Display` and `Serialize`. Who needs the text says so with [`Secret::expose`].

use std::fmt;

use serde::Deserialize;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::SecretError;

/// A password, key or token: text of 1 byte to 64 KiB. Its memory is wiped when dropped; copies a library made while
/// reading or sending it are out of reach.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Most bytes of a secret.
    pub const LARGEST: usize = 64 << 10;

    /// Takes a text as it is, blanks included.
    ///
    /// # Errors
    /// [`SecretError::Unfit`] when it is empty, over [`Self::LARGEST`] or holds a NUL character.
    pub fn new(text: impl Into<String>) -> Result<Self, SecretError> {
        let text = Zeroizing::new(text.into());
        let reason = if text.is_empty() {
            "it is empty; to take a secret away, remove it"
        } else if text.len() > Self::LARGEST {
            "it is larger than 64 KiB"
        } else if text.contains('\0') {
            "it holds a NUL character; encode binary keys as base64"
        } else {
            return Ok(Self(text));
        };
        Err(SecretError::Unfit { reason })
    }

    /// The text itself. Where it goes from here is the caller's responsibility.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a caller presented this secret, in a time that tells nothing but its length.
    #[must_use]
    pub fn matches(&self, presented: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(presented).into()
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.matches(other.0.as_bytes())
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl TryFrom<String> for Secret {
    type Error = SecretError;

    fn try_from(text: String) -> Result<Self, SecretError> {
        Self::new(text)
    }
}

//! Names of secrets.
//!
//! Deliberately not here: which names there are (`catalog`).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::SecretError;

/// A dotted lower-case name such as `agencies.password`: parts of `a-z`, `0-9`, `-` and `_`, at most 64 characters. It is
/// safe as a file name, and everyone may see it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecretName(Cow<'static, str>);

impl SecretName {
    /// A name written in the program. The catalogue's test checks all of them.
    pub(super) const fn written(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The environment variable that provides it. Two names that differ in `.`, `-` and `_` only share one.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("PULT_SECRET_{}", self.0.replace(['.', '-'], "_").to_ascii_uppercase())
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SecretName {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        let fits = text.len() <= 64 && text.split('.').all(|part| !part.is_empty() && part.bytes().all(allowed));
        // The refused text is not repeated: it may be the secret itself, typed in the wrong place.
        if fits { Ok(Self(Cow::Owned(text.to_owned()))) } else { Err(SecretError::BadName) }
    }
}

impl TryFrom<String> for SecretName {
    type Error = SecretError;

    fn try_from(text: String) -> Result<Self, SecretError> {
        text.parse()
    }
}

impl From<SecretName> for String {
    fn from(name: SecretName) -> Self {
        name.0.into_owned()
    }
}

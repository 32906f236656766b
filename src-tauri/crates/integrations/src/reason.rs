//! Why something that came means nothing to us, in words the console knows in its other languages too.
//!
//! Deliberately not here: those other languages (`ui/src/i18n/texts/reasons.ts`), whose test holds the two together.

use std::{fmt, ops::Deref};

use serde::{Deserialize, Serialize};

/// What is wrong with a field or a record, without repeating the content. Made by [`reason!`](crate::reason).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reason(String);

impl Reason {
    /// Words as they are: kept from an earlier reading, or of somebody who does not speak to the console.
    #[must_use]
    pub const fn verbatim(words: String) -> Self {
        Self(words)
    }
}

impl Deref for Reason {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A [`Reason`](crate::Reason), written as `format!` takes it. Its words stand in `ui/src/i18n/texts/reasons.ts`, with `{}` for
/// each value.
#[macro_export]
macro_rules! reason {
    ($($words:tt)+) => { $crate::Reason::verbatim(format!($($words)+)) };
}

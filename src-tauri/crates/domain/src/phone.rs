//! A telephone number as the field compares it: digits only.
//!
//! Deliberately not here: grouping for reading (the console does that), and numbers in running text (`spoken`), where alone it is known
//! how long a country's code is.

mod spoken;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The digits of a number, without `+`, spaces or brackets; 1 to 20 digits. Compared exactly, never by substring.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[serde(transparent)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// More digits than any dialling plan allows (ITU-T E.164 stops at 15; trunk prefixes need some room).
    pub const MAX_DIGITS: usize = 20;

    /// Keeps the digits of `raw`; `None` when there are none or more than [`Self::MAX_DIGITS`].
    #[must_use]
    pub fn digits_of(raw: &str) -> Option<Self> {
        let digits: String = raw.chars().filter(char::is_ascii_digit).take(Self::MAX_DIGITS + 1).collect();
        (!digits.is_empty() && digits.len() <= Self::MAX_DIGITS).then_some(Self(digits))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(d)?;
        Self::digits_of(&raw).ok_or_else(|| serde::de::Error::custom("a telephone number of 1 to 20 digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::PhoneNumber;

    #[test]
    fn keeps_digits_and_nothing_else() {
        for (raw, want) in [
            ("+370 600-11-22", Some("3706001122")),
            ("", None),
            ("unknown", None),
            ("+", None),
            ("8(495)1", Some("84951")),
        ] {
            assert_eq!(PhoneNumber::digits_of(raw).map(|p| p.to_string()).as_deref(), want, "{raw}");
        }
        assert_eq!(PhoneNumber::digits_of(&"1".repeat(21)), None);
    }
}

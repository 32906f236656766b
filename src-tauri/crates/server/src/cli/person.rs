//! Whoever asks to be forgotten: by a telephone number or by an e-mail address, and how either is found in running text.
//!
//! Deliberately not here: where it is looked for (`forget`).

use pult_domain::PhoneNumber;
use serde::{Deserialize, Serialize};

/// Fewer digits would be found in half of all numbers.
const SHORTEST: usize = 6;
/// The longest address there is (RFC 5321 4.5.3.1.3, without its brackets).
const LONGEST: usize = 254;

/// A person, by what names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "is", rename_all = "snake_case")]
pub(super) enum Person {
    /// A telephone number.
    Phone(PhoneNumber),
    /// An e-mail address in lower case.
    Email(String),
}

impl Person {
    /// By a number with its country code; `None` for anything too short to tell people apart.
    pub(super) fn of_phone(text: &str) -> Option<Self> {
        PhoneNumber::digits_of(text).filter(|phone| phone.as_str().len() >= SHORTEST).map(Self::Phone)
    }

    /// By an address; `None` where it is none.
    pub(super) fn of_email(text: &str) -> Option<Self> {
        let address = text.trim().to_lowercase();
        let (name, host) = address.rsplit_once('@')?;
        let whole = !name.is_empty() && host.contains('.') && address.len() <= LONGEST;
        (whole && !address.chars().any(char::is_whitespace)).then_some(Self::Email(address))
    }

    /// Whether a text names this person, however a number is grouped or an address written.
    pub(super) fn is_named(&self, text: &str) -> bool {
        match self {
            Self::Phone(phone) => phone.is_named_in(text),
            Self::Email(address) => {
                let text = text.to_lowercase();
                text.match_indices(address.as_str()).any(|(at, found)| {
                    let belongs = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
                    let (before, after) = (&text[..at], &text[at + found.len()..]);
                    // A full stop may end a sentence; more letters after it make it another host.
                    let mut after = after.chars();
                    let goes_on = match after.next() {
                        Some('.') => after.next().is_some_and(char::is_alphanumeric),
                        Some(c) => belongs(c),
                        None => false,
                    };
                    !goes_on && !before.chars().next_back().is_some_and(belongs)
                })
            }
        }
    }

    /// The text that keys and subjects would hold.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Phone(phone) => phone.as_str(),
            Self::Email(address) => address,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_whole_and_in_any_letters() {
        let anna = Person::of_email(" A.Orlova@Example.com ").unwrap();
        for text in ["a.orlova@example.com", "от A.ORLOVA@example.com.", "\"email\":\"a.orlova@example.com\""] {
            assert!(anna.is_named(text), "{text}");
        }
        for text in ["ba.orlova@example.com", "a.orlova@example.com.ru", "a.orlova@example.community", "orlova", ""] {
            assert!(!anna.is_named(text), "{text}");
        }
    }

    #[test]
    fn what_does_not_tell_people_apart_is_no_person() {
        for text in ["orlova", "@example.com", "a@host", "a b@example.com", ""] {
            assert_eq!(Person::of_email(text), None, "{text}");
        }
        assert_eq!(Person::of_phone("12345"), None);
        assert!(Person::of_phone("+370 600 77188").is_some_and(|person| person.is_named("8 600 77188")));
    }
}

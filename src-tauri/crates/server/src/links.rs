//! Addresses of call cards: whoever has one may see that card, and nobody can guess one.
//!
//! An address is what it opens, until when, and an HMAC over both; nothing of it is stored. Deliberately not here: the card.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use pult_domain::{Instant, RecordId};
use pult_engine::secrets::Secret;
use sha2::Sha256;

/// How long an address opens its card (behaviour/helpdesk 2.1: the session of a call lasts a day), seconds.
const LIFE: i64 = 86_400;
/// Bytes of the HMAC kept: 96 bits cannot be guessed over a network within a day.
const TAG: usize = 12;
/// The longest number carried, bytes.
const LONGEST: usize = 64;

/// What a card is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Card {
    /// The call that a record began or ended.
    Record(RecordId),
    /// What is known of a number, with no call.
    Number(String),
}

/// Makes and opens addresses.
pub(crate) struct CardLinks {
    mac: Hmac<Sha256>,
}

impl CardLinks {
    /// With this key; a new key ends all addresses made with the old one.
    #[must_use]
    pub(crate) fn new(key: &Secret) -> Self {
        // HMAC takes a key of any length (RFC 2104), so there is no length to refuse.
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.expose().as_bytes());
        Self { mac: mac.unwrap_or_else(|_| unreachable!("HMAC takes keys of any length")) }
    }

    /// The id of a card, good for a day: the last part of its address.
    #[must_use]
    pub(crate) fn seal(&self, card: &Card, now: Instant) -> String {
        let mut bytes = (now.as_second() + LIFE).to_be_bytes().to_vec();
        match card {
            Card::Record(id) => {
                bytes.push(b'r');
                bytes.extend(id.0.to_be_bytes());
            }
            Card::Number(ani) => {
                bytes.push(b'n');
                bytes.extend(ani.bytes().take(LONGEST));
            }
        }
        let tag = self.mac.clone().chain_update(&bytes).finalize().into_bytes();
        bytes.extend(&tag[..TAG]);
        BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()
    }

    /// What an id opens; `None` when it was not made by us, or its day is over.
    #[must_use]
    pub(crate) fn open(&self, id: &str, now: Instant) -> Option<Card> {
        if id.len() > 2 * (LONGEST + 32) {
            return None;
        }
        let bytes = BASE32_NOPAD.decode(id.to_ascii_uppercase().as_bytes()).ok()?;
        let (said, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG)?)?;
        self.mac.clone().chain_update(said).verify_truncated_left(tag).ok()?;
        let (until, said) = said.split_at_checked(8)?;
        if i64::from_be_bytes(until.try_into().ok()?) < now.as_second() {
            return None;
        }
        let (kind, said) = said.split_first()?;
        match kind {
            b'r' => Some(Card::Record(RecordId(i64::from_be_bytes(said.try_into().ok()?)))),
            b'n' => Some(Card::Number(String::from_utf8_lossy(said).into_owned())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn links(key: &str) -> CardLinks {
        CardLinks::new(&Secret::new(key).unwrap())
    }

    #[test]
    fn opens_what_it_sealed_for_a_day_and_nothing_else() {
        let (links, now) = (links("k"), Instant::from_second(1_760_000_000).unwrap());
        let later = |s: i64| Instant::from_second(1_760_000_000 + s).unwrap();
        for card in [Card::Record(RecordId(17)), Card::Number("+370 600".to_owned()), Card::Number(String::new())] {
            let id = links.seal(&card, now);
            assert_eq!(links.open(&id, later(LIFE)), Some(card.clone()));
            assert_eq!(links.open(&id, later(LIFE + 1)), None);
            assert_eq!(self::links("other").open(&id, now), None);
            assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{id}");
        }
    }

    proptest! {
        #[test]
        fn a_changed_id_opens_nothing(at in 0_usize..30, letter in "[a-z2-7]") {
            let (links, now) = (links("k"), Instant::from_second(1_760_000_000).unwrap());
            let id = links.seal(&Card::Record(RecordId(17)), now);
            let mut changed = id.clone();
            changed.replace_range(at..=at, &letter);
            prop_assume!(changed != id);
            prop_assert_eq!(links.open(&changed, now), None);
        }

        #[test]
        fn nonsense_never_panics(id in "\\PC{0,200}") {
            prop_assert_eq!(links("k").open(&id, Instant::UNIX_EPOCH), None);
        }
    }
}

//! Whatever the messenger sends, it is read or refused.
//!
//! Deliberately not here: what right bytes mean (the tests beside this one).

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::fuzz;

static CHAT: LazyLock<Pachca> = LazyLock::new(pachca);

proptest! {
    #[test]
    fn no_answer_makes_it_panic(answer in fuzz::answers(NAME)) {
        fuzz::understand(&*CHAT, &answer);
    }

    #[test]
    fn no_record_makes_it_panic(record in fuzz::records(NAME, &["event", "webhooks/events", "history"])) {
        fuzz::read(&*CHAT, &record);
    }
}

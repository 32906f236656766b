//! Whatever the service desk sends, it is read or refused.
//!
//! Deliberately not here: what right bytes mean (the tests beside this one).

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::fuzz;

static DESK: LazyLock<Okdesk> = LazyLock::new(okdesk);

proptest! {
    #[test]
    fn no_answer_makes_it_panic(answer in fuzz::answers(NAME)) {
        fuzz::understand(&*DESK, &answer);
    }

    #[test]
    fn no_record_makes_it_panic(record in fuzz::records(NAME, &["hook", "hook_legacy", "poll", "rating_answer"])) {
        fuzz::read(&*DESK, &record);
    }
}

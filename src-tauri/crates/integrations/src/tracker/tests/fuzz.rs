//! Whatever the tracker sends, it is read or refused.
//!
//! Deliberately not here: what right bytes mean (the tests beside this one).

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::fuzz;

static TRACKER: LazyLock<Tracker> = LazyLock::new(tracker);

proptest! {
    #[test]
    fn no_answer_makes_it_panic(answer in fuzz::answers(NAME)) {
        fuzz::understand(&*TRACKER, &answer);
    }

    #[test]
    fn no_record_makes_it_panic(record in fuzz::records(NAME, &["hook", "poll"])) {
        fuzz::read(&*TRACKER, &record);
    }
}

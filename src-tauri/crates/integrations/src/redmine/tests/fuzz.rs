//! Whatever the tracker sends, it is read or refused.
//!
//! Deliberately not here: what right bytes mean (the tests beside this one).

use std::sync::LazyLock;

use proptest::prelude::*;

use super::hooks::signature;
use super::*;
use crate::Webhook;
use crate::fuzz;

static TRACKER: LazyLock<Redmine> = LazyLock::new(tracker);

proptest! {
    #[test]
    fn no_answer_makes_it_panic(answer in fuzz::answers(NAME)) {
        fuzz::understand(&*TRACKER, &answer);
    }

    #[test]
    fn no_record_makes_it_panic(record in fuzz::records(NAME, &["hook", "page", "issue", "elsewhere"])) {
        fuzz::read(&*TRACKER, &record);
    }

    #[test]
    fn a_call_that_is_let_in_keeps_no_more_than_it_says(body in fuzz::bodies(NAME)) {
        let signed = signature(&body);
        let request = hooks::request(&TRACKER, &[("X-Redmine-Signature-256", &signed)], &body);
        let stored = TRACKER.redact(&request.accept(&*TRACKER, now()).unwrap());
        prop_assert!(stored.body.len() <= 2 * body.len(), "{} of {}", stored.body.len(), body.len());
        fuzz::read(&*TRACKER, &stored);
    }
}

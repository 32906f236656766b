//! Whatever the portal sends, it is read or refused.
//!
//! Deliberately not here: what right bytes mean (the tests beside this one).

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::fuzz;

static PORTAL: LazyLock<Bitrix24> = LazyLock::new(|| closed(|_, _| {}));

proptest! {
    #[test]
    fn no_answer_makes_it_panic(answer in fuzz::answers(NAME)) {
        fuzz::understand(&*PORTAL, &answer);
    }

    #[test]
    fn no_record_makes_it_panic(record in fuzz::records(NAME, &["event", "fetch"])) {
        fuzz::read(&*PORTAL, &record);
    }
}

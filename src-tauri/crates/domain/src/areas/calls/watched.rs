//! A call seen on the floor as a row of the journal (behaviour/helpdesk 1.5): operator, number and time are known, its result and type
//! only as far as the house's map names the wrap-up reason.
//!
//! Deliberately not here: which row it fills (the rule's decision on the snapshot).

use std::collections::BTreeMap;

use super::{Reference, ReportedCall, ReportedPhone};
use crate::areas::floor::{DialogPhase, DialogReport, Direction};

/// Codes of the journal that one wrap-up reason stands for; an absent one stays unknown.
pub type WrapupMap = BTreeMap<String, (Option<i64>, Option<i64>)>;

/// The key of a watched call among the calls of all sources.
#[must_use]
pub fn watched_key(dialog: &DialogReport) -> String {
    format!("floor/{}/{}", dialog.id, dialog.login_id)
}

/// The row of a call that has ended; nothing for a call between colleagues, one that never came about, or one whose beginning or number
/// was not told.
#[must_use]
pub fn reported_of(dialog: &DialogReport, operator: Option<&str>, map: &WrapupMap) -> Option<ReportedCall> {
    if dialog.phase != DialogPhase::Ended || dialog.direction == Direction::Internal {
        return None;
    }
    let (result, type_call) = dialog.wrap_up.as_ref().and_then(|reason| map.get(reason)).copied().unwrap_or_default();
    Some(ReportedCall {
        result,
        type_call,
        operator: Some(Reference { id: None, name: Some(operator.unwrap_or(&dialog.login_id).to_owned()) }),
        telephone: Some(ReportedPhone { number: Some(dialog.number.clone()?), ..ReportedPhone::default() }),
        ..ReportedCall::began(format!("{}/{}", dialog.id, dialog.login_id), dialog.began?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Instant;

    fn dialog() -> DialogReport {
        DialogReport {
            id: "16804".to_owned(),
            login_id: "70413".to_owned(),
            phase: DialogPhase::Ended,
            direction: Direction::Inbound,
            number: Some("74950001122".to_owned()),
            dialed: None,
            queue: None,
            began: Some(Instant::UNIX_EPOCH),
            changed: None,
            wrap_up: Some("Продажа".to_owned()),
        }
    }

    #[test]
    fn the_map_names_result_and_type_and_what_it_does_not_name_stays_unknown() {
        let map = WrapupMap::from([("Продажа".to_owned(), (Some(1), None))]);
        let row = reported_of(&dialog(), Some("Анна Петрова"), &map).unwrap();
        assert_eq!((row.result, row.type_call), (Some(1), None));
        let row = reported_of(&dialog(), None, &WrapupMap::new()).unwrap();
        assert_eq!((row.result, row.type_call, row.operator.unwrap().name.as_deref()), (None, None, Some("70413")));
    }

    #[test]
    fn a_call_between_colleagues_and_one_that_never_came_about_are_no_rows() {
        let nothing = |change: fn(&mut DialogReport)| {
            let mut other = dialog();
            change(&mut other);
            assert_eq!(reported_of(&other, None, &WrapupMap::new()), None, "{other:?}");
        };
        nothing(|d| d.direction = Direction::Internal);
        nothing(|d| d.phase = DialogPhase::Failed);
        nothing(|d| d.phase = DialogPhase::Active);
        nothing(|d| d.number = None);
        nothing(|d| d.began = None);
    }
}

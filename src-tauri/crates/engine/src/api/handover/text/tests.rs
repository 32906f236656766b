use pult_domain::{Level, OperatorId, TargetId, TroubleId};
use pult_store::{
    outbox::FailedGroup,
    shift::{Calls, Note, Tickets},
};

use super::{
    super::{ShiftCarousel, ShiftOperator, ShiftRating, ShiftRatings},
    *,
};

const HOUR: i64 = 3_600_000;

fn ms(text: &str) -> i64 {
    text.parse::<Instant>().unwrap().as_millisecond()
}

fn shift() -> Handover {
    let (from, until) = (ms("2025-11-05T05:00:00Z"), ms("2025-11-05T17:00:00Z"));
    let incident = |id, cause, title: &str, hours: i64, lasts: Option<i64>| ShiftIncident {
        id: TroubleId(id),
        cause,
        title: title.to_owned(),
        level: Level::Critical,
        since: from + hours * HOUR,
        ended_at: lasts.map(|minutes| from + hours * HOUR + minutes * 60_000),
        acknowledged_by: lasts.is_none().then(|| "vera".to_owned()),
    };
    Handover {
        from,
        until,
        zone: "Europe/Moscow".to_owned(),
        incidents: vec![
            incident(1, Cause::Target(TargetId(3)), "VPN", 1, Some(75)),
            incident(2, Cause::Source("desk".to_owned()), "desk", 6, None),
        ],
        calls: Calls { total: 120, handled: 100, hung_up: 12, failed: 5, no_result: 3 },
        operators: vec![ShiftOperator {
            id: OperatorId(7),
            name: "Белова О.".to_owned(),
            too_long: 2,
            not_ready_ms: 95 * 60_000,
        }],
        tickets: Tickets { changed: 14, opened: 5, closed: 4, still: 3 },
        ratings: ShiftRatings {
            answered: [9, 2, 1],
            automatic: 4,
            waiting: 3,
            not_asked: 1,
            bad: vec![ShiftRating { issue: "481".to_owned(), title: "Касса не печатает".to_owned() }],
        },
        carousel: ShiftCarousel { given: 31, failed: 2, nobody: vec!["Касса".to_owned()] },
        stuck: vec![FailedGroup {
            integration: "desk".to_owned(),
            kind: "set_rating".to_owned(),
            state: EffectState::Dead,
            count: 4,
            oldest_at: from,
        }],
        notes: vec![Note {
            operator: OperatorId(7),
            name: "Белова О.".to_owned(),
            text: "Менялась\nгарнитура".to_owned(),
            by: "vera".to_owned(),
            at: from + 2 * HOUR,
        }],
        text: String::new(),
    }
}

fn empty() -> Handover {
    Handover {
        incidents: vec![],
        calls: Calls::default(),
        operators: vec![],
        tickets: Tickets::default(),
        ratings: ShiftRatings::default(),
        carousel: ShiftCarousel::default(),
        stuck: vec![],
        notes: vec![],
        ..shift()
    }
}

fn zone() -> TimeZone {
    TimeZone::get("Europe/Moscow").unwrap()
}

#[test]
fn a_shift_reads_the_same_every_time_in_both_languages() {
    let of = |shift: &Handover, language| super::of(shift, &zone(), language);
    assert_eq!(of(&shift(), Language::Ru), of(&shift(), Language::Ru));
    insta::assert_snapshot!("a_shift_in_russian", of(&shift(), Language::Ru));
    insta::assert_snapshot!("a_shift_in_english", of(&shift(), Language::En));
    insta::assert_snapshot!("a_quiet_shift", of(&empty(), Language::Ru));
}

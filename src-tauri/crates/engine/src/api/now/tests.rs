use pult_domain::{Level, NoticeId, ServiceId, TicketNumber, trouble::Cause};

use pult_integrations::Completeness;

use super::{super::health::SourceState, *};

const NOW: i64 = 100 * 60_000;

fn quiet() -> Now {
    Now {
        now: NOW,
        sentence: Sentence::quiet(),
        incidents: vec![],
        operators: None,
        unassigned: None,
        tickets: NowTickets::default(),
        ratings: NowRatings::default(),
        deliveries: NowDeliveries::default(),
        sources: vec![],
    }
}

fn incident(level: Level, minutes: i64) -> Incident {
    let record = IncidentRow {
        id: TroubleId(1),
        cause: Cause::Source("desk".to_owned()),
        level,
        head: NoticeId(1),
        since: NOW - minutes * 60_000,
        ended_at: None,
        recovered: false,
        acknowledged_by: None,
        acknowledged_at: None,
        snoozed_by: None,
        snoozed_until: None,
        members: vec![NoticeId(1)],
    };
    Incident { record, notices: vec![] }
}

fn source(state: SourceState) -> Source {
    Source {
        name: "desk".to_owned(),
        state,
        seen_at: None,
        newest_at: None,
        usual_ms: None,
        late_at: None,
        overdue_at: None,
        trouble: None,
        completeness: Completeness::Asked,
    }
}

fn said(now: &Now) -> (NowCode, NowLevel, u32, Option<i64>, Option<String>) {
    let said = Sentence::of(now);
    (said.code, said.level, said.count, said.minutes, said.name)
}

#[test]
fn the_worst_is_said_first_and_each_thing_below_it_when_that_is_over() {
    let mut now = quiet();
    assert_eq!(said(&now), (NowCode::Quiet, NowLevel::Ok, 0, None, None));
    let taken = IncidentRow { acknowledged_by: Some("vera".to_owned()), ..incident(Level::Critical, 9).record };
    now.incidents.push(Incident { record: taken, notices: vec![] });
    assert_eq!(said(&now), (NowCode::Handled, NowLevel::Attention, 1, None, Some("vera".to_owned())));
    now.operators = Some(NowOperators { amber: 2, amber_waiting: 1, heard: true, ..NowOperators::default() });
    assert_eq!(
        said(&now),
        (NowCode::Amber, NowLevel::Attention, 1, None, None),
        "the card shows them, so all is not well"
    );
    now.operators = Some(NowOperators { amber: 2, heard: true, ..NowOperators::default() });
    assert_eq!(said(&now).0, NowCode::Handled, "somebody deals with all of them");
    now.sources = vec![source(SourceState::Paused), source(SourceState::Live)];
    assert_eq!(said(&now), (NowCode::Paused, NowLevel::Attention, 1, None, None));
    now.deliveries.stuck = 4;
    assert_eq!(said(&now), (NowCode::Stuck, NowLevel::Attention, 4, None, None));
    let next = DueRating { id: RatingId(1), issue: 7, title: String::new(), author: None, deadline_at: NOW + 90_000 };
    now.ratings = NowRatings { due: 2, next: vec![next] };
    assert_eq!(said(&now), (NowCode::Due, NowLevel::Attention, 2, Some(1), None));
    let oldest = |minutes: i64| Oldest {
        ticket: TicketNumber(31),
        service: ServiceId(2),
        service_name: String::new(),
        created_at: Some(NOW - minutes * 60_000),
        waiting: 3,
    };
    now.unassigned = Some(oldest(9));
    assert_eq!(said(&now).0, NowCode::Due, "a ticket of nine minutes is on its way");
    now.unassigned = Some(oldest(10));
    assert_eq!(said(&now), (NowCode::Unassigned, NowLevel::Attention, 3, Some(10), Some("31".to_owned())));
    now.operators = Some(NowOperators { red: 3, waiting: 2, heard: true, ..NowOperators::default() });
    assert_eq!(said(&now), (NowCode::Red, NowLevel::Attention, 2, None, None));
    now.operators = Some(NowOperators { red: 3, heard: true, ..NowOperators::default() });
    assert_eq!(said(&now).0, NowCode::Unassigned, "somebody deals with all of them");
    now.operators = Some(NowOperators { red: 3, waiting: 2, heard: true, ..NowOperators::default() });
    now.incidents.push(incident(Level::Warning, 12));
    assert_eq!(said(&now), (NowCode::Incident, NowLevel::Attention, 1, Some(12), None));
    now.incidents.push(incident(Level::Critical, 3));
    assert_eq!(said(&now), (NowCode::Incident, NowLevel::Trouble, 2, Some(12), None));
}

#[test]
fn what_is_out_of_sight_or_not_heard_is_not_said() {
    let mut now = quiet();
    let away = IncidentRow { snoozed_until: Some(NOW + 1), ..incident(Level::Critical, 9).record };
    now.incidents.push(Incident { record: away, notices: vec![] });
    now.operators = Some(NowOperators { red: 2, waiting: 2, ..NowOperators::default() });
    assert_eq!(said(&now).0, NowCode::Quiet);
    now.now = NOW + 1;
    assert_eq!(said(&now).0, NowCode::Incident, "its time is over");
}

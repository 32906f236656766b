//! The carousel against its bars (design/quality 1): one decision among 200 people, and a back-test of 30 days of 500 tickets.
//!
//! Every tenth person is away by a rule that repeats, which is the dearest kind of absence. Deliberately not here: reading the snapshot and
//! the log (the store's).

#![allow(missing_docs, reason = "a benchmark has no readers")]

use std::{hint::black_box, time::Duration};

use criterion::Criterion;
use jiff::{SignedDuration, civil::date, tz::TimeZone};
use pult_domain::{
    AbsenceId, EmployeeId, Instant, ServiceId, TicketNumber,
    areas::carousel::{
        Absence, Fact, Known, Listing, Person, Policy, Service, Source, Stage, Strategy, Ticket, decide,
        lab::{Given, back_test},
    },
};

const PEOPLE: i64 = 200;
const DAYS: i64 = 30;
const TICKETS_A_DAY: i64 = 500;
const SERVICE: ServiceId = ServiceId(1);

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let (known, policy) = (known(), policy());
    let at = Instant::from_second(1_795_168_800).unwrap_or_default();
    let ticket = Ticket { number: TicketNumber(1), created_at: None, status: None };
    let fact = Fact::Listed { service: SERVICE, listing: Listing { tickets: vec![ticket], cut: false } };
    let mut group = criterion.benchmark_group("carousel");
    group.bench_function("one decision among 200 people", |b| {
        b.iter(|| decide(black_box(&fact), at, black_box(&known), &policy));
    });
    let log = log(at);
    group.bench_function("back-test of 30 days of 500 tickets, four strategies", |b| {
        b.iter(|| {
            [Strategy::Turn, Strategy::RoundRobin, Strategy::Weighted, Strategy::LeastLoaded]
                .map(|strategy| back_test(strategy, black_box(&log), &policy.weights, &policy.zone))
        });
    });
    group.finish();
    criterion.final_summary();
}

fn known() -> Known {
    let weekly = Absence {
        id: AbsenceId(1),
        start: date(2024, 1, 5),
        end: date(2024, 1, 5),
        half: None,
        rrule: Some("FREQ=WEEKLY;BYDAY=FR".to_owned()),
        source: Source::Manual,
    };
    let leave = Absence { rrule: None, start: date(2026, 8, 1), end: date(2026, 8, 28), ..weekly.clone() };
    let person = |id: i64| Person {
        id: EmployeeId(id),
        name: format!("N{id}"),
        enabled: true,
        removed: false,
        flagged: false,
        absences: if id % 10 == 0 { vec![weekly.clone(), leave.clone()] } else { vec![leave.clone()] },
        given_today: 3,
        last_given: None,
    };
    let service = Service {
        id: SERVICE,
        name: "Почта".to_owned(),
        enabled: true,
        removed: false,
        last: Some(EmployeeId(77)),
        stage: Some(Stage::Listing),
        ordered: 0,
        nobody: false,
        members: (1..=PEOPLE).map(EmployeeId).collect(),
    };
    let people = (1..=PEOPLE).map(|id| (EmployeeId(id), person(id))).collect();
    Known { services: vec![service], people, next_assignment: 1, ..Known::default() }
}

fn policy() -> Policy {
    Policy {
        enabled: true,
        connected: true,
        by_file: false,
        interval: SignedDuration::from_secs(60),
        import_every: None,
        oldest_first: true,
        dry_run: false,
        max_per_pass: 200,
        strategy: Strategy::Turn,
        capacity: None,
        weights: [(EmployeeId(3), 2)].into(),
        half_day_at: jiff::civil::time(13, 0, 0, 0),
        zone: TimeZone::UTC,
        skip_statuses: vec![],
    }
}

fn log(end: Instant) -> Vec<Given> {
    let step = SignedDuration::from_hours(24) / i32::try_from(TICKETS_A_DAY).unwrap_or(1);
    let begin = end - SignedDuration::from_hours(24 * DAYS);
    (0..DAYS * TICKETS_A_DAY)
        .map(|n| Given {
            at: begin + step * i32::try_from(n).unwrap_or_default(),
            service: ServiceId(1 + n % 8),
            person: EmployeeId(1 + n % PEOPLE),
            last: (n >= 8).then(|| EmployeeId(1 + (n - 8) % PEOPLE)),
            eligible: (1..=PEOPLE).filter(|id| (id + n / TICKETS_A_DAY) % 10 != 0).map(EmployeeId).collect(),
        })
        .collect()
}

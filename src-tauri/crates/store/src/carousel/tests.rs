//! The carousel on a real database: decisions carried out, the snapshot read back.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use pult_domain::{
    AbsenceId, AssignmentId, EmployeeId, GroupId, Instant, ServiceId, TicketNumber,
    areas::carousel::{
        Absence, AssignmentState, Catalogue, Change, Considered, Employee, Fact, Group, Half, Known, Offering, Outcome,
        Place, Source, Stage, Ticket, Way,
    },
};
use rusqlite::Connection;

use super::*;
use crate::migrations::in_memory;

fn at(seconds: i64) -> Instant {
    "2026-11-20T10:00:00Z".parse::<Instant>().unwrap() + SignedDuration::from_secs(seconds)
}

const SERVICE: ServiceId = ServiceId(54001);

fn catalogue() -> Catalogue {
    let person = |id: i64| (EmployeeId(id), Employee { name: format!("N{id}"), ..Employee::default() });
    Catalogue {
        services: [(SERVICE, Offering { name: "Почта".to_owned(), ..Offering::default() })].into(),
        people: [person(10), person(20), person(30)].into(),
        groups: [(GroupId(1), Group { name: "Первая".to_owned(), description: None }), (GroupId(2), Group::default())]
            .into(),
        // The second person belongs to both groups, and counts once.
        memberships: [(1, 10), (1, 20), (2, 20)].map(|(g, p)| (GroupId(g), EmployeeId(p))).into(),
        bindings: [(SERVICE, GroupId(1)), (SERVICE, GroupId(2))].into(),
    }
}

fn carry_out(connection: &Connection, changes: &[Change]) {
    for change in changes {
        apply(connection, change).unwrap();
    }
}

fn import(connection: &Connection, read: &Catalogue) {
    let known = load_known(connection, &Fact::CatalogueRead { catalogue: Box::default() }, at(0)).unwrap();
    let difference = Box::new(known.catalogue.unwrap().difference(read));
    carry_out(connection, &[Change::Import { difference, at: at(0) }]);
}

fn switch_on(connection: &Connection) {
    carry_out(
        connection,
        &[
            Change::SwitchService { service: SERVICE, enabled: true },
            Change::SwitchPerson { person: EmployeeId(10), enabled: true },
            Change::SwitchPerson { person: EmployeeId(20), enabled: true },
        ],
    );
}

fn house() -> Connection {
    let connection = in_memory().unwrap();
    import(&connection, &catalogue());
    switch_on(&connection);
    connection
}

fn pass(connection: &Connection) -> Known {
    load_known(connection, &Fact::PassDue, at(0)).unwrap()
}

fn assign(id: i64, ticket: i64, person: i64, state: AssignmentState) -> Change {
    let considered =
        |person: i64, place| Considered { person: EmployeeId(person), name: format!("N{person}"), place, given: 0 };
    Change::Assign {
        id: AssignmentId(id),
        service: SERVICE,
        ticket: TicketNumber(ticket),
        person: EmployeeId(person),
        way: Way::Turn,
        state,
        last: None,
        considered: vec![considered(10, Place::Turn), considered(20, Place::Later), considered(30, Place::Off)],
        otherwise: None,
        by: None,
        at: at(0),
    }
}

fn settle(id: i64, outcome: Outcome, when: i64) -> Change {
    Change::Settle { id: AssignmentId(id), outcome, detail: None, at: at(when) }
}

#[test]
fn what_is_imported_is_off_and_a_second_import_keeps_switches_absences_and_turns() {
    let connection = in_memory().unwrap();
    import(&connection, &catalogue());
    assert!(pass(&connection).services.is_empty(), "new services are off");
    switch_on(&connection);
    let absence = Absence {
        id: AbsenceId(0),
        start: jiff::civil::date(2026, 11, 20),
        end: jiff::civil::date(2026, 11, 22),
        half: Some(Half::First),
        rrule: Some("FREQ=WEEKLY".to_owned()),
        source: Source::Manual,
    };
    carry_out(
        &connection,
        &[
            Change::KeepAbsence { person: EmployeeId(10), absence: absence.clone() },
            Change::Turn { service: SERVICE, last: EmployeeId(20) },
        ],
    );
    let mut renamed = catalogue();
    renamed.services.get_mut(&SERVICE).unwrap().name = "Почта и календарь".to_owned();
    renamed.people.remove(&EmployeeId(30));
    import(&connection, &renamed);
    let known = pass(&connection);
    let service = &known.services[0];
    assert_eq!(
        (service.name.as_str(), service.enabled, service.last),
        ("Почта и календарь", true, Some(EmployeeId(20)))
    );
    assert_eq!(service.members, BTreeSet::from([EmployeeId(10), EmployeeId(20)]));
    assert_eq!(known.people[&EmployeeId(10)].absences, [Absence { id: AbsenceId(1), ..absence }]);
    assert!(known.people[&EmployeeId(10)].enabled);
    let gone = employees(&connection).unwrap().into_iter().find(|row| row.id == EmployeeId(30)).unwrap();
    assert!(gone.removed_at.is_some() && !gone.enabled);
    // Whoever comes back is there again.
    import(&connection, &catalogue());
    assert!(employees(&connection).unwrap().iter().all(|row| row.removed_at.is_none()));
    let known = load_known(&connection, &Fact::CatalogueRead { catalogue: Box::default() }, at(0)).unwrap();
    assert_eq!(known.catalogue, Some(catalogue()), "what is known is what was read");
}

#[test]
fn a_ticket_cannot_be_given_to_two_people_at_once() {
    let connection = house();
    carry_out(&connection, &[assign(1, 170_900, 10, AssignmentState::Sent)]);
    assert!(apply(&connection, &assign(2, 170_900, 20, AssignmentState::Sent)).is_err());
    carry_out(&connection, &[settle(1, Outcome::Failed, 1), assign(2, 170_900, 20, AssignmentState::Sent)]);
    assert_eq!(pass(&connection).open, BTreeSet::from([TicketNumber(170_900)]));
}

#[test]
fn what_was_only_planned_gives_way() {
    let connection = house();
    carry_out(&connection, &[assign(1, 7, 10, AssignmentState::Planned), assign(2, 7, 20, AssignmentState::Sent)]);
    let page = log(&connection, &LogFilter::default(), None, 10).unwrap();
    assert_eq!(page.rows.iter().map(|row| (row.id.0, row.state)).collect::<Vec<_>>(), [(2, AssignmentState::Sent)]);
    assert_eq!(pass(&connection).next_assignment, 3);
    carry_out(&connection, &[assign(3, 8, 10, AssignmentState::Planned), Change::ForgetPlans { service: SERVICE }]);
    assert_eq!(log(&connection, &LogFilter::default(), None, 10).unwrap().rows.len(), 1);
}

#[test]
fn only_tickets_really_given_today_count() {
    let connection = house();
    let all: Vec<Change> = (1..=4).map(|n| assign(n, n, 10, AssignmentState::Sent)).collect();
    carry_out(&connection, &all);
    let settled =
        [settle(1, Outcome::Confirmed, -100), settle(2, Outcome::Confirmed, 100), settle(3, Outcome::Taken, 100)];
    carry_out(&connection, &settled);
    let person = &pass(&connection).people[&EmployeeId(10)];
    assert_eq!((person.given_today, person.last_given), (1, Some(at(100))));
    let (given, more) = given(&connection, at(-1000), at(1000), 10).unwrap();
    assert_eq!((given.len(), more), (2, false));
    assert_eq!(
        given[0].eligible,
        BTreeSet::from([EmployeeId(10), EmployeeId(20)]),
        "whoever was away could not be given it"
    );
    assert_eq!(given[0].last, None, "as the assignment has it, whatever was given since");
}

#[test]
fn a_new_list_keeps_what_is_known_of_its_tickets_and_forgets_the_others() {
    let connection = house();
    let ticket = |n: i64| Ticket { number: TicketNumber(n), created_at: Some(at(n)), status: Some(29) };
    let list = |tickets: &[i64]| Change::List {
        service: SERVICE,
        tickets: tickets.iter().map(|n| ticket(*n)).collect(),
        cut: false,
        at: at(0),
    };
    carry_out(
        &connection,
        &[
            list(&[1, 2, 3]),
            Change::Refuse { ticket: TicketNumber(2), person: EmployeeId(10) },
            Change::Refuse { ticket: TicketNumber(2), person: EmployeeId(20) },
        ],
    );
    let rows = waiting(&connection, SERVICE).unwrap();
    assert_eq!(rows[1].refused, [EmployeeId(10), EmployeeId(20)]);
    let put_off = Change::Retry { ticket: TicketNumber(2), tries: 1, next_try: Some(at(60)) };
    carry_out(&connection, &[put_off, list(&[4, 2])]);
    let rows = waiting(&connection, SERVICE).unwrap();
    assert_eq!(rows.iter().map(|row| (row.ticket.0, row.tries)).collect::<Vec<_>>(), [(4, 0), (2, 1)]);
    assert!(rows[1].refused.is_empty(), "another time everybody is asked again");
    carry_out(&connection, &[Change::Retry { ticket: TicketNumber(2), tries: 5, next_try: None }]);
    let service = services(&connection).unwrap().remove(0);
    assert_eq!((service.waiting, service.parked), (2, 1));
    let known =
        load_known(&connection, &Fact::Listed { service: SERVICE, listing: Default::default() }, at(0)).unwrap();
    assert!(known.waiting[1].parked && known.waiting[1].next_try.is_none());
}

#[test]
fn a_stage_keeps_the_trouble_of_the_last_pass_until_the_next_is_over() {
    let connection = house();
    let stage = |stage, trouble: Option<&str>| Change::Stage {
        service: SERVICE,
        stage,
        ordered: 0,
        trouble: trouble.map(str::to_owned),
        at: at(0),
    };
    let trouble = |connection: &Connection| services(connection).unwrap().remove(0).trouble;
    carry_out(&connection, &[stage(None, Some("HTTP 403"))]);
    assert_eq!(trouble(&connection).as_deref(), Some("HTTP 403"));
    carry_out(&connection, &[stage(Some(Stage::Listing), None)]);
    assert_eq!(trouble(&connection).as_deref(), Some("HTTP 403"));
    assert_eq!(pass(&connection).services[0].stage, Some(Stage::Listing));
    carry_out(&connection, &[stage(None, None)]);
    assert_eq!(trouble(&connection), None);
}

#[test]
fn the_log_is_read_page_by_page_and_old_lines_are_forgotten() {
    let connection = house();
    for n in 1..=5 {
        carry_out(
            &connection,
            &[assign(n, n, 10 * (1 + n % 2), AssignmentState::Sent), settle(n, Outcome::Confirmed, n)],
        );
    }
    carry_out(&connection, &[assign(6, 6, 10, AssignmentState::Sent)]);
    let first = log(&connection, &LogFilter::default(), None, 4).unwrap();
    assert_eq!(first.rows.iter().map(|row| row.id.0).collect::<Vec<_>>(), [6, 5, 4, 3]);
    let second = log(&connection, &LogFilter::default(), first.next, 4).unwrap();
    assert_eq!((second.rows.len(), second.next), (2, None));
    let of_one = LogFilter { person: Some(EmployeeId(20)), ..LogFilter::default() };
    assert_eq!(log(&connection, &of_one, None, 10).unwrap().rows.len(), 3);
    let of_ticket = LogFilter { ticket: Some(TicketNumber(3)), ..LogFilter::default() };
    assert_eq!(log(&connection, &of_ticket, None, 10).unwrap().rows[0].considered.len(), 3);
    assert_eq!(forget(&connection, at(3), 100).unwrap(), 2);
    assert_eq!(forget(&connection, at(1_000), 100).unwrap(), 3, "what is owed stays");
    assert_eq!(log(&connection, &LogFilter::default(), None, 10).unwrap().rows.len(), 1);
}

#[test]
fn absences_are_changed_and_dropped_by_their_number() {
    let connection = house();
    let (start, end) = (jiff::civil::date(2026, 11, 20), jiff::civil::date(2026, 11, 22));
    let absence = Absence { id: AbsenceId(0), start, end, half: None, rrule: None, source: Source::Import };
    carry_out(&connection, &[Change::KeepAbsence { person: EmployeeId(10), absence: absence.clone() }]);
    let longer = Absence { id: AbsenceId(1), end: jiff::civil::date(2026, 11, 30), ..absence };
    carry_out(&connection, &[Change::KeepAbsence { person: EmployeeId(10), absence: longer.clone() }]);
    let dropped = Fact::AbsenceDropped { absence: AbsenceId(1), by: "anna".to_owned() };
    let known = load_known(&connection, &dropped, at(0)).unwrap();
    assert_eq!((known.absent, &known.people[&EmployeeId(10)].absences[0]), (Some(EmployeeId(10)), &longer));
    carry_out(&connection, &[Change::DropAbsence { absence: AbsenceId(1) }]);
    assert_eq!(load_known(&connection, &dropped, at(0)).unwrap().absent, None);
}

//! Stories of the rule, told on a house in memory: what is decided is carried out at once, and effects wait to be answered.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, civil::Date, tz::TimeZone};
use proptest::prelude::*;

use super::super::{
    Absence, Assignment, AssignmentState, Catalogue, Change, Employee, Fact, Group, Known, List, Listing, Offering,
    Outcome, Person, Policy, Service, Source, Stage, Strategy as TurnStrategy, Ticket, Waiting, turn::next_in_turn,
};
use crate::{
    AbsenceId, Answer, AssignmentId, Decision, Effect, EmployeeId, Failure, GroupId, Instant, NoticeChange, ServiceId,
    TicketNumber, TimerChange,
};

use super::{decide, plan};

/// Friday, 13:00 in Moscow.
const NOON: &str = "2026-11-20T10:00:00Z";
const SERVICE: ServiceId = ServiceId(54001);

fn at(seconds: i64) -> Instant {
    NOON.parse::<Instant>().unwrap() + SignedDuration::from_secs(seconds)
}

fn policy() -> Policy {
    Policy {
        enabled: true,
        connected: true,
        by_file: false,
        interval: SignedDuration::from_secs(60),
        import_every: Some(SignedDuration::from_mins(60)),
        oldest_first: true,
        dry_run: false,
        max_per_pass: 200,
        strategy: TurnStrategy::Turn,
        capacity: None,
        weights: BTreeMap::new(),
        half_day_at: jiff::civil::time(13, 0, 0, 0),
        zone: TimeZone::get("Europe/Moscow").unwrap(),
        skip_statuses: vec![],
    }
}

/// A house in memory.
struct House {
    known: Known,
    policy: Policy,
    owed: VecDeque<Effect>,
    kept: Vec<Assignment>,
    outcomes: Vec<(TicketNumber, EmployeeId, Outcome)>,
    raised: BTreeSet<String>,
    now: Instant,
    last_decision: Option<Decision<Change>>,
}

impl House {
    fn of(people: &[i64], last: Option<i64>) -> Self {
        let person = |id: &i64| Person {
            id: EmployeeId(*id),
            name: format!("N{id}"),
            enabled: true,
            removed: false,
            flagged: false,
            absences: vec![],
            given_today: 0,
            last_given: None,
        };
        let service = Service {
            id: SERVICE,
            name: "Почта".to_owned(),
            enabled: true,
            removed: false,
            last: last.map(EmployeeId),
            stage: None,
            ordered: 0,
            nobody: false,
            members: people.iter().map(|id| EmployeeId(*id)).collect(),
        };
        let known = Known {
            services: vec![service],
            people: people.iter().map(|id| (EmployeeId(*id), person(id))).collect(),
            next_assignment: 1,
            ..Known::default()
        };
        Self {
            known,
            policy: policy(),
            owed: VecDeque::new(),
            kept: vec![],
            outcomes: vec![],
            raised: BTreeSet::new(),
            now: at(0),
            last_decision: None,
        }
    }

    fn person(&mut self, id: i64) -> &mut Person {
        self.known.people.get_mut(&EmployeeId(id)).unwrap()
    }

    fn service(&self) -> &Service {
        &self.known.services[0]
    }

    fn happens(&mut self, fact: &Fact) -> &Decision<Change> {
        self.known.assignment = match fact {
            Fact::Assigned { assignment }
            | Fact::Taken { assignment, .. }
            | Fact::Gone { assignment }
            | Fact::PersonRefused { assignment, .. }
            | Fact::AssignFailed { assignment, .. } => self.kept.iter().find(|kept| kept.id == *assignment).cloned(),
            Fact::ReassignAsked { ticket, .. } => self.kept.iter().rev().find(|kept| kept.ticket == *ticket).cloned(),
            _ => None,
        };
        self.known.open = self.kept.iter().filter(|k| k.state == AssignmentState::Sent).map(|k| k.ticket).collect();
        let decision = decide(fact, self.now, &self.known, &self.policy);
        for change in &decision.changes {
            self.apply(change);
        }
        self.owed.extend(decision.effects.iter().map(|order| order.effect.clone()));
        for notice in &decision.notices {
            match notice {
                NoticeChange::Raise(notice) => self.raised.insert(notice.key.clone()),
                NoticeChange::Clear { key } | NoticeChange::Read { key } => self.raised.remove(key),
            };
        }
        self.last_decision.insert(decision)
    }

    fn apply(&mut self, change: &Change) {
        let service = &mut self.known.services[0];
        match change {
            Change::Stage { stage, ordered, .. } => (service.stage, service.ordered) = (*stage, *ordered),
            Change::List { tickets, .. } => {
                let before = std::mem::take(&mut self.known.waiting);
                let of = |t: &Ticket| before.iter().find(|w| w.ticket == t.number).cloned();
                let fresh = |t: &Ticket| Waiting {
                    ticket: t.number,
                    place: 0,
                    tries: 0,
                    next_try: None,
                    parked: false,
                    refused: BTreeSet::new(),
                };
                self.known.waiting = tickets.iter().map(|t| of(t).unwrap_or_else(|| fresh(t))).collect();
            }
            Change::Assign { id, service, ticket, person, way, state, .. } => {
                let open = |k: &Assignment| k.ticket == *ticket && k.state == AssignmentState::Sent;
                assert!(!self.kept.iter().any(open), "a ticket is given to one person at a time");
                self.kept.push(Assignment {
                    id: *id,
                    service: *service,
                    ticket: *ticket,
                    person: *person,
                    way: *way,
                    state: *state,
                });
                self.known.next_assignment = id.0 + 1;
            }
            Change::Settle { id, outcome, .. } => {
                let kept = self.kept.iter_mut().find(|kept| kept.id == *id).unwrap();
                let confirmed = *outcome == Outcome::Confirmed;
                kept.state = if confirmed { AssignmentState::Confirmed } else { AssignmentState::Failed };
                self.outcomes.push((kept.ticket, kept.person, *outcome));
                let now = self.now;
                if confirmed && let Some(person) = self.known.people.get_mut(&kept.person) {
                    (person.given_today, person.last_given) = (person.given_today + 1, Some(now));
                }
            }
            Change::Nobody { since, .. } => service.nobody = since.is_some(),
            Change::ForgetPlans { .. } => self.kept.retain(|kept| kept.state != AssignmentState::Planned),
            Change::Turn { last, .. } => service.last = Some(*last),
            Change::Drop { ticket } => self.known.waiting.retain(|w| w.ticket != *ticket),
            Change::Retry { ticket, tries, next_try } => {
                let waiting = self.known.waiting.iter_mut().find(|w| w.ticket == *ticket).unwrap();
                (waiting.tries, waiting.next_try) = (*tries, *next_try);
                (waiting.parked, waiting.refused) = (*tries > 0 && next_try.is_none(), BTreeSet::new());
            }
            Change::Refuse { ticket, person } => {
                let waiting = self.known.waiting.iter_mut().find(|w| w.ticket == *ticket).unwrap();
                waiting.refused.insert(*person);
            }
            Change::Flag { person, reason, .. } => {
                self.known.people.get_mut(person).unwrap().flagged = reason.is_some();
            }
            Change::SwitchService { enabled, .. } => service.enabled = *enabled,
            Change::SwitchPerson { person, enabled } => {
                self.known.people.get_mut(person).unwrap().enabled = *enabled;
            }
            Change::Importing { since } => self.known.importing = *since,
            Change::KeepAbsence { .. }
            | Change::DropAbsence { .. }
            | Change::Import { .. }
            | Change::ImportEnded { .. } => {}
        }
    }

    /// A pass over these tickets; `answer` says what becomes of each.
    fn pass(&mut self, tickets: &[i64], mut answer: impl FnMut(i64, i64, AssignmentId) -> Fact) {
        self.happens(&Fact::PassDue);
        while let Some(effect) = self.owed.pop_front() {
            let fact = match effect {
                Effect::ListUnassigned { service, .. } => {
                    let ticket = |n: &i64| Ticket { number: TicketNumber(*n), created_at: None, status: Some(n % 10) };
                    Fact::Listed {
                        service,
                        listing: Listing { tickets: tickets.iter().map(ticket).collect(), cut: false },
                    }
                }
                Effect::AssignTicket { assignment, ticket, person, .. } => answer(ticket.0, person.0, assignment),
                other => panic!("{other:?}"),
            };
            self.happens(&fact);
        }
    }

    /// Who was really given which ticket.
    fn given(&self) -> Vec<(i64, i64)> {
        let confirmed = self.outcomes.iter().filter(|(.., outcome)| *outcome == Outcome::Confirmed);
        confirmed.map(|(ticket, person, _)| (ticket.0, person.0)).collect()
    }
}

fn taken(_: i64, _: i64, assignment: AssignmentId) -> Fact {
    Fact::Assigned { assignment }
}

fn failed(assignment: AssignmentId, failure: Failure) -> Fact {
    Fact::AssignFailed { assignment, failure, detail: "HTTP 500".to_owned() }
}

fn days(id: i64, start: &str, end: &str) -> Absence {
    let day = |text: &str| text.parse::<Date>().unwrap();
    Absence { id: AbsenceId(id), start: day(start), end: day(end), half: None, rrule: None, source: Source::Manual }
}

#[test]
fn tickets_go_round_strictly_by_number() {
    for (last, expected, stored) in [
        (Some(7), vec![(1, 9), (2, 3), (3, 7)], 7),
        (None, vec![(1, 3), (2, 7), (3, 9)], 9),
        (Some(0), vec![(1, 3), (2, 7), (3, 9)], 9),
        (Some(8), vec![(1, 9), (2, 3), (3, 7)], 7),
        (Some(9), vec![(1, 3), (2, 7), (3, 9)], 9),
    ] {
        let mut house = House::of(&[3, 7, 9], last);
        house.pass(&[1, 2, 3], taken);
        assert_eq!(house.given(), expected, "after {last:?}");
        assert_eq!(house.service().last, Some(EmployeeId(stored)));
        assert_eq!(house.service().stage, None, "the pass is over");
    }
}

#[test]
fn one_person_is_given_every_ticket() {
    let mut house = House::of(&[5], Some(5));
    house.pass(&[1, 2], taken);
    assert_eq!(house.given(), [(1, 5), (2, 5)]);
}

#[test]
fn whoever_is_away_is_passed_over_and_the_log_says_who_it_would_have_been() {
    let mut house = House::of(&[10, 20, 30], Some(10));
    house.person(20).absences = vec![days(1, "2026-11-20", "2026-11-20")];
    house.happens(&Fact::PassDue);
    house.owed.clear();
    let ticket = Ticket { number: TicketNumber(1), created_at: None, status: None };
    let fact = Fact::Listed { service: SERVICE, listing: Listing { tickets: vec![ticket], cut: false } };
    let decision = house.happens(&fact);
    let assign = decision.changes.iter().find_map(|change| match change {
        Change::Assign { person, otherwise, considered, .. } => Some((*person, *otherwise, considered.len())),
        _ => None,
    });
    assert_eq!(assign, Some((EmployeeId(30), Some(EmployeeId(20)), 3)));
    assert_eq!(decision.explanation.otherwise.as_deref(), Some("carousel.otherwise"));
}

#[test]
fn a_service_without_anybody_is_not_asked_and_says_so_once() {
    let mut house = House::of(&[3], None);
    house.person(3).enabled = false;
    house.pass(&[1], |_, _, _| panic!("nobody is asked"));
    assert!(house.raised.contains("carousel:nobody/54001"));
    let again = house.happens(&Fact::PassDue);
    assert!(again.notices.is_empty() && again.effects.is_empty(), "{again:?}");
    house.person(3).enabled = true;
    house.pass(&[1], taken);
    assert!(house.raised.is_empty());
    assert_eq!(house.given(), [(1, 3)]);
}

#[test]
fn a_service_whose_groups_are_being_read_is_not_said_to_have_nobody() {
    let mut house = House::of(&[], None);
    house.known.importing = Some(house.now);
    let decision = house.happens(&Fact::PassDue);
    assert!(decision.notices.is_empty() && decision.effects.is_empty(), "{decision:?}");
    house.known.importing = None;
    house.happens(&Fact::PassDue);
    assert!(house.raised.contains("carousel:nobody/54001"), "the reading has ended");
}

#[test]
fn a_ticket_that_fails_leaves_the_turn_where_it_was() {
    let mut house = House::of(&[10, 20, 30], Some(30));
    house.pass(
        &[1, 2, 3],
        |ticket, _, id| {
            if ticket == 2 { failed(id, Failure::TooLate) } else { Fact::Assigned { assignment: id } }
        },
    );
    assert_eq!(house.given(), [(1, 10), (3, 20)], "the third goes to the person the second was meant for");
    assert_eq!(house.service().last, Some(EmployeeId(20)));
}

#[test]
fn a_refusal_of_the_person_gives_the_ticket_to_the_next_one() {
    let mut house = House::of(&[10, 20, 30], Some(10));
    house.pass(&[1, 2], |ticket, person, assignment| match (ticket, person) {
        (1, 20) => Fact::PersonRefused {
            assignment, detail: "Исполнитель недоступен в сервисе".to_owned()
        },
        _ => Fact::Assigned { assignment },
    });
    assert_eq!(house.given(), [(1, 30), (2, 10)]);
    assert!(house.known.people[&EmployeeId(20)].flagged && house.raised.contains("carousel:executor/20"));
    // Whoever is taken again is not flagged any more.
    house.pass(&[3], taken);
    assert_eq!(house.given().last(), Some(&(3, 20)));
    assert!(!house.known.people[&EmployeeId(20)].flagged && house.raised.is_empty());
}

#[test]
fn a_ticket_nobody_is_taken_for_goes_one_full_circle_and_then_waits() {
    let mut house = House::of(&[10, 20, 30], Some(20));
    let mut asked = vec![];
    house.pass(&[1, 2], |ticket, person, assignment| {
        asked.push((ticket, person));
        if ticket == 1 {
            Fact::PersonRefused { assignment, detail: String::new() }
        } else {
            Fact::Assigned { assignment }
        }
    });
    assert_eq!(asked, [(1, 30), (1, 10), (1, 20), (2, 30)]);
    assert_eq!(house.known.waiting[0].tries, 1);
}

#[test]
fn a_failing_ticket_comes_again_after_1_5_15_and_60_minutes_and_is_parked_then() {
    let mut house = House::of(&[10], None);
    let mut tries = 0;
    for minutes in [0, 1, 5, 15, 60] {
        if minutes > 0 {
            house.now += SignedDuration::from_mins(minutes) - SignedDuration::from_secs(1);
            house.pass(&[1], |_, _, _| panic!("too early, after {minutes} min"));
            house.now += SignedDuration::from_secs(1);
        }
        house.pass(&[1], |_, _, id| {
            tries += 1;
            failed(id, Failure::Refused)
        });
    }
    assert_eq!(tries, 5);
    assert!(house.known.waiting[0].parked && house.raised.contains("carousel:parked/1"));
    house.now += SignedDuration::from_hours(24);
    house.pass(&[1], |_, _, _| panic!("it is parked"));
    assert_eq!(
        house.happens(&Fact::TicketReleased { ticket: TicketNumber(1), by: "anna".to_owned() }).answer,
        Some(Answer::Done)
    );
    house.pass(&[1], taken);
    assert_eq!(house.given(), [(1, 10)]);
    assert!(house.raised.is_empty());
}

#[test]
fn a_parked_ticket_that_is_gone_from_the_list_is_forgotten_with_its_notice() {
    let mut house = House::of(&[10], None);
    for _ in 0..5 {
        house.pass(&[1], |_, _, id| failed(id, Failure::Refused));
        house.now += SignedDuration::from_hours(2);
    }
    assert!(house.raised.contains("carousel:parked/1"));
    house.pass(&[], taken);
    assert!(house.raised.is_empty() && house.known.waiting.is_empty());
}

#[test]
fn what_somebody_took_or_what_is_gone_moves_nobodys_turn() {
    let mut house = House::of(&[10, 20], Some(10));
    house.pass(&[1, 2, 3], |ticket, _, assignment| match ticket {
        1 => Fact::Taken { assignment, by: Some(EmployeeId(99)) },
        2 => Fact::Gone { assignment },
        _ => Fact::Assigned { assignment },
    });
    assert_eq!(house.given(), [(3, 20)]);
}

#[test]
fn a_service_that_may_not_be_written_ends_its_pass_and_tells_a_person() {
    let mut house = House::of(&[10], None);
    house.pass(&[1, 2], |_, _, id| failed(id, Failure::Rights));
    assert_eq!(house.outcomes.len(), 1, "the second is not tried");
    assert!(house.raised.contains("carousel:service/54001"));
    house.now += SignedDuration::from_mins(1);
    house.pass(&[1, 2], taken);
    assert_eq!(house.given().len(), 2);
    assert!(house.raised.is_empty());
}

#[test]
fn a_service_desk_that_does_not_answer_is_not_told_of_each_service() {
    for (failure, told) in [(Failure::TooLate, false), (Failure::Rights, true), (Failure::Refused, true)] {
        let mut house = House::of(&[10], None);
        house.happens(&Fact::PassDue);
        house.owed.clear();
        house.happens(&Fact::ListFailed { service: SERVICE, failure, detail: "HTTP 503".to_owned() });
        assert_eq!(house.raised.contains("carousel:service/54001"), told, "{failure:?}");
        assert_eq!(house.service().stage, None, "the next pass asks again");
    }
}

#[test]
fn a_pass_does_not_begin_before_the_last_one_is_over() {
    let mut house = House::of(&[10], None);
    house.happens(&Fact::PassDue);
    assert_eq!(house.service().stage, Some(Stage::Listing));
    let again = house.happens(&Fact::PassDue);
    assert!(again.effects.is_empty());
    assert_eq!(again.timers, [TimerChange::Set { key: "pass".to_owned(), due: at(60) }]);
}

#[test]
fn a_rehearsal_plans_everything_and_gives_nothing_away() {
    let mut house = House::of(&[10, 20], Some(10));
    house.policy.dry_run = true;
    house.pass(&[1, 2, 3], |_, _, _| panic!("nothing is given away"));
    let plan: Vec<_> = house.kept.iter().map(|kept| (kept.ticket.0, kept.person.0, kept.state)).collect();
    let planned = AssignmentState::Planned;
    assert_eq!(plan, [(1, 20, planned), (2, 10, planned), (3, 20, planned)]);
    assert_eq!(house.service().last, Some(EmployeeId(10)));
    house.policy.dry_run = false;
    house.pass(&[1], taken);
    assert_eq!(house.given(), [(1, 20)]);
}

#[test]
fn a_plan_says_what_would_be_given_away_one_after_another() {
    let mut house = House::of(&[10, 20, 30], Some(10));
    house.person(20).enabled = false;
    let waiting = |ticket: i64, refused: &[i64]| Waiting {
        ticket: TicketNumber(ticket),
        place: 0,
        tries: 0,
        next_try: Some(at(3600)),
        parked: ticket == 4,
        refused: refused.iter().map(|id| EmployeeId(*id)).collect(),
    };
    house.known.waiting = vec![waiting(1, &[]), waiting(2, &[10]), waiting(3, &[]), waiting(4, &[]), waiting(5, &[])];
    house.known.open = BTreeSet::from([TicketNumber(5)]);
    house.policy.enabled = false;
    let planned = plan(house.service(), house.now, &house.known, &house.policy);
    let given: Vec<_> = planned.iter().map(|(ticket, choice)| (ticket.0, choice.chosen, choice.otherwise)).collect();
    let person = |id: i64| Some(EmployeeId(id));
    assert_eq!(
        given,
        [(1, person(30), None), (2, person(30), person(10)), (3, person(10), None)],
        "each goes on where the last left off; parked tickets and those under way are not in it"
    );
}

#[test]
fn tickets_in_states_of_the_settings_are_left_alone() {
    let mut house = House::of(&[10], None);
    house.policy.skip_statuses = vec![2];
    house.pass(&[1, 2], taken);
    assert_eq!(house.given(), [(1, 10)]);
}

#[test]
fn a_pass_gives_out_no_more_than_the_settings_say() {
    let mut house = House::of(&[10], None);
    house.policy.max_per_pass = 2;
    house.pass(&[1, 2, 3], taken);
    assert_eq!(house.given().len(), 2);
}

#[test]
fn a_full_person_is_passed_over_until_the_next_day() {
    let mut house = House::of(&[10, 20], None);
    house.policy.capacity = Some(1);
    house.pass(&[1, 2, 3], taken);
    assert_eq!(house.given(), [(1, 10), (2, 20)]);
    assert!(house.raised.contains("carousel:nobody/54001"));
}

#[test]
fn switching_a_service_off_ends_its_pass_after_the_ticket_under_way() {
    let mut house = House::of(&[10, 20], None);
    house.happens(&Fact::PassDue);
    house.owed.clear();
    let tickets = [1, 2].map(|n| Ticket { number: TicketNumber(n), created_at: None, status: None }).to_vec();
    house.happens(&Fact::Listed { service: SERVICE, listing: Listing { tickets, cut: false } });
    house.happens(&Fact::ServiceSwitched { service: SERVICE, enabled: false, by: "anna".to_owned() });
    house.owed.clear();
    house.happens(&Fact::Assigned { assignment: AssignmentId(1) });
    assert_eq!(house.given(), [(1, 10)]);
    assert!(house.owed.is_empty() && house.service().stage.is_none());
}

#[test]
fn a_ticket_is_reassigned_without_moving_anybodys_turn() {
    let mut house = House::of(&[10, 20, 30], None);
    house.pass(&[1], taken);
    let ask = Fact::ReassignAsked { ticket: TicketNumber(1), to: EmployeeId(30), by: "anna".to_owned() };
    assert_eq!(house.happens(&ask).answer, Some(Answer::Done));
    assert!(matches!(
        house.owed.pop_front(),
        Some(Effect::AssignTicket { instead_of: Some(EmployeeId(10)), person: EmployeeId(30), .. })
    ));
    assert_eq!(house.happens(&ask).answer, Some(Answer::Unchanged), "it is under way");
    house.happens(&Fact::Assigned { assignment: AssignmentId(2) });
    assert_eq!(house.service().last, Some(EmployeeId(10)));
    assert_eq!(house.happens(&ask).answer, Some(Answer::Unchanged), "it is so already");
}

#[test]
fn an_answer_that_comes_twice_is_taken_once() {
    let mut house = House::of(&[10, 20], None);
    house.pass(&[1], taken);
    let decision = house.happens(&Fact::Assigned { assignment: AssignmentId(1) });
    assert!(decision.changes.is_empty() && decision.effects.is_empty());
}

fn catalogue(services: &[i64], people: &[i64]) -> Catalogue {
    Catalogue {
        services: services
            .iter()
            .map(|id| (ServiceId(*id), Offering { name: format!("S{id}"), ..Offering::default() }))
            .collect(),
        people: people
            .iter()
            .map(|id| (EmployeeId(*id), Employee { name: format!("N{id}"), ..Employee::default() }))
            .collect(),
        groups: [(GroupId(1), Group::default())].into(),
        memberships: people.iter().map(|id| (GroupId(1), EmployeeId(*id))).collect(),
        bindings: services.iter().map(|id| (ServiceId(*id), GroupId(1))).collect(),
    }
}

#[test]
fn an_import_writes_only_what_differs_and_marks_what_is_gone() {
    let mut house = House::of(&[10], None);
    house.known.catalogue = Some(catalogue(&[1, 2], &[10, 20]));
    let mut read = catalogue(&[2, 3], &[10, 20]);
    read.services.get_mut(&ServiceId(2)).unwrap().name = "Новое".to_owned();
    read.bindings.clear();
    let decision = house.happens(&Fact::CatalogueRead { catalogue: Box::new(read) }).clone();
    let difference = decision.changes.iter().find_map(|change| match change {
        Change::Import { difference, .. } => Some(difference.clone()),
        _ => None,
    });
    let difference = difference.unwrap();
    assert_eq!(difference.services.keys().map(|id| id.0).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(difference.services_gone, [ServiceId(1)].into());
    assert!(difference.people.is_empty() && difference.people_gone.is_empty());
    assert_eq!(difference.bindings.1.len(), 2, "an empty list of bindings is a list");
    let ended = decision.changes.iter().find_map(|change| match change {
        Change::ImportEnded { imported } => Some(imported.clone()),
        _ => None,
    });
    let services = ended.unwrap().services;
    assert_eq!((services.inserted, services.updated, services.removed), (1, 1, 1));
}

#[test]
fn an_empty_or_failed_import_changes_nothing_and_tells_a_person() {
    for fact in [
        Fact::CatalogueRead { catalogue: Box::new(catalogue(&[1], &[])) },
        Fact::CatalogueRead { catalogue: Box::new(catalogue(&[], &[10])) },
        Fact::CatalogueFailed { failure: Failure::TooLate, detail: "HTTP 503".to_owned() },
    ] {
        let mut house = House::of(&[10], None);
        house.known.catalogue = Some(catalogue(&[1], &[10]));
        let decision = house.happens(&fact);
        assert!(!decision.changes.iter().any(|change| matches!(change, Change::Import { .. })));
        assert!(house.raised.contains("carousel:import"));
        house.happens(&Fact::CatalogueRead { catalogue: Box::new(catalogue(&[1], &[10])) });
        assert!(house.raised.is_empty());
    }
}

#[test]
fn the_catalogue_of_another_tenant_is_not_taken_while_tickets_are_given_out() {
    let read =
        |services: &[i64], people: &[i64]| Fact::CatalogueRead { catalogue: Box::new(catalogue(services, people)) };
    for (in_use, services, people, taken) in [
        (true, &[3][..], &[30][..], false),
        // Whoever keeps a service or a person is the same one; and where nothing is switched on nobody is given anything.
        (true, &[1, 3], &[30], true),
        (true, &[3], &[10], true),
        (false, &[3], &[30], true),
    ] {
        let mut house = House::of(&[10], None);
        (house.known.catalogue, house.known.in_use) = (Some(catalogue(&[1], &[10])), in_use);
        let decision = house.happens(&read(services, people)).clone();
        let written = decision.changes.iter().any(|change| matches!(change, Change::Import { .. }));
        assert_eq!((written, house.raised.is_empty()), (taken, taken), "{services:?} {people:?}");
    }
    let mut house = House::of(&[10], None);
    house.known.in_use = true;
    let first = house.happens(&read(&[3], &[30])).clone();
    assert!(first.changes.iter().any(|change| matches!(change, Change::Import { .. })), "nothing was known before");
}

#[test]
fn one_list_out_of_a_file_replaces_its_own_kind_only_and_removes_nothing_where_rows_were_wrong() {
    let group = |id: i64, name: &str| (GroupId(id), Group { name: name.to_owned(), description: None });
    let known = Catalogue {
        groups: [group(1, "Первая"), group(2, "Вторая")].into(),
        memberships: [(GroupId(1), EmployeeId(10)), (GroupId(2), EmployeeId(20))].into(),
        ..Catalogue::default()
    };
    let file = || List::Groups([group(2, "Ночная"), group(3, "Третья")].into());
    let whole = known.difference(&known.with(file(), true));
    assert_eq!(whole.groups, [group(2, "Ночная"), group(3, "Третья")].into());
    assert_eq!(whole.groups_gone, [GroupId(1)].into());
    assert!(whole.memberships.1.is_empty(), "who is in which group is another file's");
    let counts = whole.counts(&known, at(0)).groups;
    assert_eq!((counts.inserted, counts.updated, counts.removed), (1, 1, 1));
    let part = known.difference(&known.with(file(), false));
    assert_eq!((part.groups, part.groups_gone), (whole.groups, BTreeSet::new()));

    let members = || List::Memberships([(GroupId(1), EmployeeId(20))].into());
    let whole = known.difference(&known.with(members(), true)).memberships;
    assert_eq!((whole.0.len(), whole.1.len()), (1, 2));
    assert_eq!(known.difference(&known.with(members(), false)).memberships.1.len(), 0);
    let none = known.with(List::Memberships(BTreeSet::new()), true);
    assert_eq!(known.difference(&none).memberships.1, known.memberships, "nobody is in a group any more");
}

#[test]
fn a_service_desk_whose_lists_come_by_files_is_not_asked_for_them() {
    let mut house = House::of(&[10], None);
    house.policy.by_file = true;
    for fact in [Fact::ImportDue, Fact::ImportAsked { by: "chief".to_owned() }] {
        let decision = house.happens(&fact);
        assert_eq!(
            (decision.answer.clone(), &*decision.explanation.rule),
            (Some(Answer::Unchanged), "carousel.import.by_file")
        );
        assert!(decision.timers.is_empty());
    }
    assert!(house.owed.is_empty());
    assert_eq!(super::standing(&house.policy), [super::PASS]);
}

#[test]
fn one_import_at_a_time() {
    let mut house = House::of(&[10], None);
    assert_eq!(house.happens(&Fact::ImportAsked { by: "anna".to_owned() }).answer, Some(Answer::Done));
    let again = house.happens(&Fact::ImportDue);
    assert!(again.effects.is_empty());
    assert_eq!(again.timers.len(), 1, "and the next one comes all the same");
}

#[test]
fn an_absence_that_ends_before_it_begins_is_not_kept() {
    let mut house = House::of(&[10], None);
    let keep = |absence| Fact::AbsenceKept { person: EmployeeId(10), absence, by: "anna".to_owned() };
    assert_eq!(house.happens(&keep(days(0, "2026-11-21", "2026-11-20"))).answer, Some(Answer::Unchanged));
    assert_eq!(house.happens(&keep(days(0, "2026-11-20", "2026-11-21"))).answer, Some(Answer::Done));
    assert_eq!(house.happens(&keep(days(5, "2026-11-20", "2026-11-21"))).answer, Some(Answer::Unchanged), "not theirs");
}

proptest! {
    #[test]
    fn nobody_is_more_than_one_ticket_ahead(people in prop::collection::btree_set(1..200_i64, 1..12), last in prop::option::of(0..200_i64), count in 1..60_i64) {
        let ids: Vec<i64> = people.iter().copied().collect();
        let mut house = House::of(&ids, last);
        house.pass(&(1..=count).collect::<Vec<_>>(), taken);
        let mut counts: BTreeMap<i64, i64> = ids.iter().map(|id| (*id, 0)).collect();
        for (_, person) in house.given() {
            *counts.get_mut(&person).unwrap() += 1;
        }
        let (least, most) = (counts.values().min().unwrap(), counts.values().max().unwrap());
        prop_assert!(most - least <= 1, "{counts:?}");
        prop_assert_eq!(house.given().len() as i64, count);
    }

    #[test]
    fn the_next_in_turn_is_the_nearest_above_or_the_first(people in prop::collection::btree_set(1..500_i64, 1..40), last in 0..500_i64) {
        let eligible: BTreeSet<EmployeeId> = people.iter().map(|id| EmployeeId(*id)).collect();
        let next = next_in_turn(Some(EmployeeId(last)), &eligible).unwrap().0;
        let above = if last == 0 { None } else { people.iter().find(|id| **id > last) };
        prop_assert_eq!(next, *above.or_else(|| people.first()).unwrap());
    }

    #[test]
    fn whatever_is_answered_a_ticket_has_one_open_assignment_and_the_pass_ends(answers in prop::collection::vec(0..4_u8, 1..40)) {
        let mut house = House::of(&[3, 7, 9], None);
        let mut answers = answers.into_iter().cycle();
        for round in 0..6 {
            house.now = at(round * 4_000);
            house.pass(&[1, 2, 3, 4], |_, _, assignment| match answers.next().unwrap() {
                0 => Fact::Assigned { assignment },
                1 => Fact::Taken { assignment, by: None },
                2 => Fact::PersonRefused { assignment, detail: String::new() },
                _ => failed(assignment, Failure::TooLate),
            });
            prop_assert!(house.service().stage.is_none());
        }
    }
}

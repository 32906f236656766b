//! Tickets that are no longer there, and those that are there again.

use super::*;

fn looks(house: &mut House, found: &[TicketId]) {
    house.happens(&Fact::LookedFor { asked: vec![TICKET, TicketId(99)], found: found.to_vec() });
}

const TOLD: [&str; 3] = ["gone/4312 maria author", "gone/4312 oleg watcher", "gone/4312 petr assignee"];

#[test]
fn a_ticket_missed_twice_in_a_row_is_gone_and_told_once() {
    let mut house = House::that_knows(vec![]);
    looks(&mut house, &[]);
    assert_eq!((house.heard(), house.kept[&TICKET].gone_at), (vec![], None));
    looks(&mut house, &[TICKET]);
    assert_eq!(house.kept[&TICKET].missed, 0);
    looks(&mut house, &[]);
    looks(&mut house, &[]);
    assert_eq!(house.heard(), TOLD);
    let gone = house.kept[&TICKET].gone_at;
    assert_eq!(gone, Some(house.now));
    house.now += SignedDuration::from_mins(10);
    looks(&mut house, &[]);
    assert_eq!((house.heard(), house.kept[&TICKET].gone_at), (vec![], gone));
}

#[test]
fn a_ticket_that_is_there_again_is_no_longer_said_to_be_gone() {
    let ways: [fn(&mut House); 4] = [
        |house| looks(house, &[TICKET]),
        |house| drop(house.reads(ticket(vec![]), at(FROM))),
        |house| drop(house.opens(ticket(vec![]))),
        |house| drop(house.happens(&Fact::Listed { cards: vec![card()] })),
    ];
    for way in ways {
        let mut house = House::that_knows(vec![]);
        looks(&mut house, &[]);
        looks(&mut house, &[]);
        assert!(house.raised.contains_key("tickets:gone/4312"));
        way(&mut house);
        assert!(house.raised.is_empty());
        assert_eq!((house.kept[&TICKET].missed, house.kept[&TICKET].gone_at), (0, None));
    }
}

#[test]
fn what_somebodys_own_account_sees_does_not_say_that_the_engine_sees_it() {
    let mut house = House::that_knows(vec![]);
    looks(&mut house, &[]);
    looks(&mut house, &[]);
    house.heard();
    let mut seen = ticket(vec![]);
    seen.card.updated_on = at(FROM + 50);
    house.happens(&Fact::Seen { account: PETR, ticket: Box::new(seen) });
    assert!(house.kept[&TICKET].gone_at.is_some() && house.raised.contains_key("tickets:gone/4312"));
    looks(&mut house, &[]);
    assert_eq!(house.heard(), [""; 0]);
}

#[test]
fn a_reading_that_finds_nothing_counts_and_one_that_fails_does_not() {
    let mut house = House::that_knows(vec![]);
    let fails = |house: &mut House, failure| {
        let what = TicketAim::Read { ticket: TICKET, account: None };
        house.happens(&Fact::Failed { what, failure, detail: "HTTP".to_owned() });
        house.heard()
    };
    assert_eq!(fails(&mut house, Failure::State), [""; 0]);
    assert_eq!((house.kept[&TICKET].missed, house.last.as_str()), (0, "tickets.not_read"));
    assert_eq!(fails(&mut house, Failure::DoesNotExist), [""; 0]);
    assert_eq!(fails(&mut house, Failure::DoesNotExist), TOLD);
    assert_eq!(house.last, "tickets.not_found");
    for what in [TicketAim::LookFor { tickets: vec![TICKET] }, TicketAim::Dictionary] {
        house.happens(&Fact::Failed { what, failure: Failure::DoesNotExist, detail: String::new() });
        assert_eq!((house.kept[&TICKET].missed, house.last.as_str()), (2, "tickets.not_read"));
    }
}

#[test]
fn nobody_is_told_where_that_is_not_wanted_or_the_ticket_is_not_followed() {
    let mut house = House::that_knows(vec![]);
    house.policy.tell_gone = false;
    looks(&mut house, &[]);
    looks(&mut house, &[]);
    assert!(house.kept[&TICKET].gone_at.is_some());
    assert_eq!(house.heard(), [""; 0]);
    let mut house = House::new();
    let ticket = Box::new(ticket(vec![]));
    house.happens(&Fact::Read { ticket, in_scope: false, from: Some(at(FROM)), many: false });
    looks(&mut house, &[]);
    looks(&mut house, &[]);
    assert!(house.kept[&TICKET].gone_at.is_some());
    assert_eq!(house.heard(), [""; 0]);
}

#[test]
fn tickets_are_looked_for_a_hundred_at_a_time() {
    let mut house = House::new();
    let cards = (1..=230).map(|id| Card { id: TicketId(id), ..card() }).collect();
    house.happens(&Fact::Listed { cards });
    house.happens(&Fact::SweepDue {});
    let asked = house.owed.iter().map(|order| match &order.effect {
        Effect::LookForTickets { tickets } => tickets.len(),
        other => panic!("{other:?}"),
    });
    assert_eq!(asked.collect::<Vec<_>>(), [100, 100, 30]);
}

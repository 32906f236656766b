//! What happened lately: in tickets that are not over, told to those who may read it.

use super::*;

const MINE: TicketWhose = TicketWhose::Mine;

fn maria() -> Viewer {
    Viewer { number: Some(MARIA), email: None, all: false }
}

fn lately(connection: &Connection, account: Option<i64>, since: i64) -> Vec<(i64, Vec<i64>)> {
    let filter = TicketFilter { whose: MINE, closed: Some(false), ..TicketFilter::default() };
    let active = active(connection, &maria(), account, &filter, at(since)).unwrap();
    active.iter().map(|row| (row.ticket.id.0, row.said.iter().map(|said| said.id).collect())).collect()
}

#[test]
fn the_last_words_of_open_tickets_stand_with_them_and_private_ones_for_their_readers_alone() {
    let entries = |first: i64| {
        let silent = entry(first + 1, None);
        vec![entry(first, Some("Первое")), silent, entry(first + 2, Some("")), private(first + 3, "Тихо")]
    };
    let more = [entry(105, Some("Второе")), entry(106, Some("Третье")), entry(107, Some("Четвёртое"))];
    let talked = ticket(50, entries(101).into_iter().chain(more).collect());
    let connection = house([
        read(ticket(40, entries(201))),
        read(talked.clone()),
        listed(card(60)),
        listed(Card { closed: Some(true), ..card(70) }),
        listed(Card { author: Some(named(PETR, "Жуков Пётр")), emails: vec![], ..card(80) }),
    ]);
    assert_eq!(
        lately(&connection, None, 0),
        [(60, vec![]), (50, vec![107, 106, 105]), (40, vec![201])],
        "the last changed first; one that is over, and another's, are not there"
    );
    assert_eq!(lately(&connection, None, 50), [(60, vec![]), (50, vec![107, 106, 105])], "no further back than asked");
    keep(&connection, [view(MARIA, ticket(40, entries(201)))]);
    assert_eq!(lately(&connection, Some(MARIA), 0)[2], (40, vec![204, 201]), "whoever was shown it");
    assert_eq!(lately(&connection, Some(PETR), 0)[2], (40, vec![201]));
}

#[test]
fn a_long_text_is_cut_and_says_so() {
    let connection = house([read(ticket(1, vec![entry(1, Some(&"ё".repeat(601))), entry(2, Some(&"ё".repeat(600)))]))]);
    let filter = TicketFilter { whose: MINE, ..TicketFilter::default() };
    let active = active(&connection, &maria(), None, &filter, at(0)).unwrap();
    let said: Vec<_> = active[0].said.iter().map(|said| (said.text.chars().count(), said.cut)).collect();
    assert_eq!(said, [(600, false), (600, true)]);
}

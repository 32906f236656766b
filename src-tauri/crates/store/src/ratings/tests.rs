use pult_domain::{
    Instant, IssueId, RatingId,
    areas::ratings::{Change, Ending, Fact, Lack, Message, NewRequest, Origin, Rate, State},
};
use rusqlite::Connection;

use super::*;
use crate::migrations::in_memory;

fn at(second: i64) -> Instant {
    Instant::from_second(1_790_000_000 + second).unwrap()
}

fn ms(second: i64) -> i64 {
    at(second).as_millisecond()
}

fn begin(connection: &Connection, id: i64, issue: i64, closed: i64) {
    let new = NewRequest {
        id: RatingId(id),
        issue: IssueId(issue),
        title: format!("Заявка {issue}"),
        contact: 21,
        closed_at: at(closed),
        deadline: at(closed + 86_400),
        at: at(closed),
    };
    apply(connection, &Change::Begin(new)).unwrap();
}

fn ask(connection: &Connection, id: i64) {
    let request = RatingId(id);
    let message = Message { id: "900".to_owned(), way: "imbot".to_owned() };
    for change in [
        Change::Contact { request, name: "Орлова".to_owned(), email: "m.orlova@example.com".to_owned() },
        Change::Person { request, user: "41".to_owned() },
        Change::Asked { request, at: at(60), message, deadline: at(86_400) },
    ] {
        apply(connection, &change).unwrap();
    }
}

fn rate(connection: &Connection, id: i64, rate: Rate, origin: Origin) {
    let request = RatingId(id);
    apply(connection, &Change::Rate { request, rate, origin, by: None }).unwrap();
    apply(connection, &Change::Rated { request, at: at(90) }).unwrap();
}

fn rows(connection: &Connection, which: Which) -> Vec<i64> {
    let page = page(connection, &Filter { which, ..Filter::default() }, None, 10).unwrap();
    page.rows.iter().map(|r| r.id.0).collect()
}

#[test]
fn a_request_is_read_back_as_it_was_left() {
    let connection = in_memory().unwrap();
    begin(&connection, 1, 153, 0);
    ask(&connection, 1);
    let known = load_known(&connection, &Fact::Due { request: RatingId(1) }).unwrap();
    let request = known.request.unwrap();
    assert_eq!(known.next, RatingId(2));
    assert_eq!((request.state, request.user.as_deref()), (State::Asked, Some("41")));
    assert_eq!(request.message, Some(Message { id: "900".to_owned(), way: "imbot".to_owned() }));
    assert_eq!((request.closed_at, request.deadline, request.asked_at), (at(0), at(86_400), Some(at(60))));
    let of_issue = Fact::RatedElsewhere { issue: IssueId(153), rate: None };
    assert_eq!(load_known(&connection, &of_issue).unwrap().request.unwrap().id, RatingId(1));
}

#[test]
fn an_issue_is_asked_about_once_at_a_time() {
    let connection = in_memory().unwrap();
    begin(&connection, 1, 153, 0);
    let again = NewRequest {
        id: RatingId(2),
        issue: IssueId(153),
        title: String::new(),
        contact: 21,
        closed_at: at(5),
        deadline: at(6),
        at: at(5),
    };
    assert!(apply(&connection, &Change::Begin(again.clone())).is_err());
    let end = Change::Cancel {
        request: RatingId(1),
        ending: Ending::Reopened,
        rate: None,
        reason: None,
        by: None,
        at: at(7),
    };
    apply(&connection, &end).unwrap();
    apply(&connection, &Change::Begin(again)).unwrap();
}

#[test]
fn what_is_due_first_stands_first_and_pages_join() {
    let connection = in_memory().unwrap();
    for (id, closed) in [(1, 300), (2, 100), (3, 200)] {
        begin(&connection, id, 100 + id, closed);
    }
    assert_eq!(rows(&connection, Which::Pending), [2, 3, 1]);
    let filter = Filter::default();
    let first = page(&connection, &filter, None, 2).unwrap();
    let second = page(&connection, &filter, first.next, 2).unwrap();
    assert_eq!(second.rows.iter().map(|r| r.id.0).collect::<Vec<_>>(), [1]);
    assert_eq!(second.next, None);
}

#[test]
fn endings_and_those_not_asked_are_lists_of_their_own() {
    let connection = in_memory().unwrap();
    for id in 1..=3 {
        begin(&connection, id, 100 + id, 0);
    }
    let lack = Change::Undeliverable { request: RatingId(1), lack: Lack::NoEmail, detail: String::new() };
    apply(&connection, &lack).unwrap();
    rate(&connection, 2, Rate::Bad, Origin::User);
    assert_eq!(rows(&connection, Which::Ended), [2]);
    assert_eq!(rows(&connection, Which::NotAsked), [1]);
    assert_eq!(rows(&connection, Which::Pending), [1, 3]);
    let bad = Filter { which: Which::Ended, rate: Some(Rate::Bad), origin: Some(Origin::User), ..Filter::default() };
    assert_eq!(page(&connection, &bad, None, 10).unwrap().rows.len(), 1);
    let auto = Filter { origin: Some(Origin::Auto), ..bad };
    assert_eq!(page(&connection, &auto, None, 10).unwrap().rows.len(), 0);
}

#[test]
fn figures_keep_answers_silences_and_those_not_asked_apart() {
    let connection = in_memory().unwrap();
    for id in 1..=6 {
        begin(&connection, id, 100 + id, id);
    }
    rate(&connection, 1, Rate::Good, Origin::User);
    rate(&connection, 2, Rate::Bad, Origin::User);
    rate(&connection, 3, Rate::Good, Origin::Auto);
    rate(&connection, 4, Rate::Normal, Origin::Supervisor);
    let lack = Change::Undeliverable { request: RatingId(5), lack: Lack::NoUser, detail: String::new() };
    apply(&connection, &lack).unwrap();
    let all = counts(&connection, 0, ms(100)).unwrap();
    assert_eq!((all.by_user, all.by_auto, all.by_supervisor), ([1, 0, 1], [1, 0, 0], [0, 1, 0]));
    assert_eq!((all.not_asked, all.pending, all.cancelled), (1, 1, 0));
    assert_eq!(counts(&connection, ms(2), ms(3)).unwrap().by_user, [0, 0, 1]);
    // The course has each rating where its closing was, to a quarter of an hour, and nothing that is no rating.
    let found = course(&connection, 0, ms(100)).unwrap();
    let sum = |origin| found.iter().filter(|(_, _, of, _)| *of == origin).map(|(.., number)| number).sum::<u32>();
    assert_eq!([sum(Origin::User), sum(Origin::Auto), sum(Origin::Supervisor)], [2, 1, 1]);
    let bad = found.iter().find(|(_, rate, ..)| *rate == Rate::Bad).unwrap();
    assert_eq!(bad.0.as_millisecond(), ms(2).div_euclid(900_000) * 900_000);
    assert_eq!(course(&connection, ms(2), ms(3)).unwrap(), [*bad]);
}

#[test]
fn ended_requests_are_forgotten_and_pending_ones_never() {
    let connection = in_memory().unwrap();
    begin(&connection, 1, 101, 0);
    begin(&connection, 2, 102, 0);
    rate(&connection, 1, Rate::Good, Origin::User);
    assert_eq!(forget(&connection, at(90), 10).unwrap(), 0);
    assert_eq!(forget(&connection, at(91), 10).unwrap(), 1);
    assert_eq!(rows(&connection, Which::Pending), [2]);
}

#[test]
fn an_author_is_forgotten_and_the_rating_stays_in_the_figures() {
    let connection = in_memory().unwrap();
    begin(&connection, 1, 153, 0);
    ask(&connection, 1);
    rate(&connection, 1, Rate::Good, Origin::User);
    begin(&connection, 2, 154, 0);
    ask(&connection, 2);
    assert_eq!(erase_author(&connection, "M.Orlova@EXAMPLE.com", at(100)).unwrap(), [RatingId(1), RatingId(2)]);
    assert_eq!(counts(&connection, ms(-10), ms(10)).unwrap().by_user, [1, 0, 0]);
    let rows = by_ids(&connection, &[RatingId(1), RatingId(2)]).unwrap();
    assert!(rows.iter().all(|row| row.email.is_none() && row.author_name.is_none() && row.title.is_empty()));
    assert_eq!(rows.iter().map(|row| row.state).collect::<Vec<_>>(), [State::Rated, State::Cancelled]);
    assert_eq!(erase_author(&connection, "m.orlova@example.com", at(100)).unwrap(), []);
}

#[test]
fn a_page_holds_to_period_and_outcome() {
    let connection = in_memory().unwrap();
    for (id, closed) in [(1, 0), (2, 100), (3, 200)] {
        begin(&connection, id, 150 + id, closed);
        ask(&connection, id);
        rate(&connection, id, Rate::Good, Origin::User);
    }
    let of = |filter: Filter| {
        let page = page(&connection, &Filter { which: Which::Ended, ..filter }, None, 10).unwrap();
        page.rows.iter().map(|row| row.id.0).collect::<Vec<_>>()
    };
    let period = Filter { closed_from: Some(ms(100)), closed_until: Some(ms(200)), ..Filter::default() };
    assert_eq!(of(period), [2]);
    assert_eq!(of(Filter { outcome: Some(State::Rated), ..Filter::default() }), [3, 2, 1]);
    assert_eq!(of(Filter { outcome: Some(State::Cancelled), ..Filter::default() }), Vec::<i64>::new());
}

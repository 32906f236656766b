//! Lists: whose tickets, which of them, in pages that lose none.

use super::*;

fn viewer(number: Option<i64>, email: Option<&str>) -> Viewer {
    Viewer { number, email: email.map(str::to_owned), all: false }
}

fn of(whose: TicketWhose) -> TicketFilter {
    TicketFilter { whose, ..TicketFilter::default() }
}

fn ids(connection: &Connection, viewer: &Viewer, filter: &TicketFilter) -> Vec<i64> {
    let page = page(connection, viewer, filter, None, 100).unwrap();
    assert_eq!(page.next, None);
    let figures = counts(connection, viewer, filter).unwrap();
    let total: u32 = figures.statuses.iter().map(|status| status.count).sum();
    assert_eq!(figures.total, total);
    if filter.statuses.is_empty() {
        assert_eq!(total as usize, page.rows.len(), "the figures count what is listed: {filter:?}");
    }
    page.rows.iter().map(|row| row.id.0).collect()
}

/// One ticket by author, assignee and address each; the fifth is nobody's, the sixth is not followed.
fn office() -> Connection {
    let nobodys = |id: i64| Card { author: None, assignee: None, emails: vec![], ..card(id) };
    let emails = vec!["ba@example.com".to_owned(), "cc@example.com".to_owned()];
    house([
        listed(Card { author: Some(named(MARIA, "Орлова Мария")), ..nobodys(1) }),
        listed(Card { assignee: Some(named(MARIA, "Орлова Мария")), ..nobodys(2) }),
        listed(Card { emails, ..nobodys(3) }),
        listed(Card {
            author: Some(named(PETR, "Жуков Пётр")),
            assignee: Some(named(PETR, "Жуков Пётр")),
            ..nobodys(4)
        }),
        listed(nobodys(5)),
        Change::Card { card: Box::new(nobodys(6)), followed: false },
    ])
}

#[test]
fn everybody_sees_what_they_have_to_do_with_and_supervisors_all_that_is_followed() {
    let connection = office();
    let maria = viewer(Some(MARIA), Some("Ba@Example.com"));
    for (viewer, mine, assigned, all) in [
        (maria.clone(), vec![3, 1], vec![2], vec![3, 2, 1]),
        (viewer(None, Some("a@example.com")), vec![], vec![], vec![]),
        (viewer(None, Some("cc@example.com")), vec![3], vec![], vec![3]),
        (viewer(None, None), vec![], vec![], vec![]),
        (supervisor(), vec![], vec![], vec![5, 4, 3, 2, 1]),
        (Viewer { all: true, ..maria.clone() }, vec![3, 1], vec![2], vec![5, 4, 3, 2, 1]),
    ] {
        assert_eq!(ids(&connection, &viewer, &of(TicketWhose::Mine)), mine, "{viewer:?}");
        assert_eq!(ids(&connection, &viewer, &of(TicketWhose::Assigned)), assigned, "{viewer:?}");
        assert_eq!(ids(&connection, &viewer, &of(TicketWhose::All)), all, "{viewer:?}");
    }
    let asked: Vec<_> = (1..=7).map(TicketId).collect();
    let seen =
        |viewer: &Viewer| by_ids(&connection, viewer, &asked).unwrap().iter().map(|row| row.id.0).collect::<Vec<_>>();
    assert_eq!((seen(&maria), seen(&supervisor())), (vec![1, 2, 3], vec![1, 2, 3, 4, 5, 6]));
    let opened = |viewer: &Viewer, id: i64| detail_for(&connection, viewer, None, id).is_some();
    assert!(opened(&maria, 3) && !opened(&maria, 4) && opened(&supervisor(), 4) && !opened(&supervisor(), 7));
    assert!(!opened(&viewer(None, None), 5), "nobody's ticket is not everybody's");
    // Whoever watches is told of it, and may look.
    let nobodys = Card { author: None, assignee: None, emails: vec![], ..card(5) };
    let watched =
        Ticket { card: nobodys, watchers: vec![named(MARIA, "Орлова Мария")], ..ticket(5, vec![]) };
    keep(&connection, [Change::Ticket { ticket: Box::new(watched), followed: true, told: true, at: at(100) }]);
    assert!(opened(&maria, 5) && !opened(&viewer(Some(PETR), None), 5));
}

#[test]
fn an_address_that_was_taken_out_opens_nothing_any_more() {
    let connection = office();
    let client = viewer(None, Some("cc@example.com"));
    keep(
        &connection,
        [listed(Card { emails: vec!["ba@example.com".to_owned()], author: None, assignee: None, ..card(3) })],
    );
    assert!(detail_for(&connection, &client, None, 3).is_none());
    assert_eq!(ids(&connection, &client, &of(TicketWhose::Mine)), [0; 0]);
}

#[test]
fn a_choice_is_narrowed_by_each_of_its_fields() {
    let kept = |id: i64, status: i64, project: i64, priority: i64, assignee: Option<i64>| {
        listed(Card {
            status: named(status, &format!("Статус {status}")),
            closed: Some(status == 5),
            project: named(project, "Проект"),
            priority: named(priority, "Приоритет"),
            assignee: assignee.map(|id| named(id, "Некто")),
            ..card(id)
        })
    };
    let connection = house([
        kept(1, 1, 1, 4, Some(PETR)),
        kept(2, 2, 1, 5, None),
        kept(3, 5, 2, 4, Some(MARIA)),
        kept(4, 5, 2, 5, None),
        kept(5, 1, 2, 4, Some(PETR)),
    ]);
    let all = of(TicketWhose::All);
    for (filter, wanted) in [
        (TicketFilter { closed: Some(false), ..all.clone() }, vec![5, 2, 1]),
        (TicketFilter { closed: Some(true), ..all.clone() }, vec![4, 3]),
        (TicketFilter { statuses: vec![1, 2], ..all.clone() }, vec![5, 2, 1]),
        (TicketFilter { project: Some(2), ..all.clone() }, vec![5, 4, 3]),
        (TicketFilter { priority: Some(4), ..all.clone() }, vec![5, 3, 1]),
        (TicketFilter { assignee: Some(PETR), ..all.clone() }, vec![5, 1]),
        (TicketFilter { assignee: Some(0), ..all.clone() }, vec![4, 2]),
        (
            TicketFilter { closed: Some(true), project: Some(2), priority: Some(5), assignee: Some(0), ..all.clone() },
            vec![4],
        ),
    ] {
        assert_eq!(ids(&connection, &supervisor(), &filter), wanted, "{filter:?}");
    }
    // The figures of a choice do not depend on the statuses it is narrowed to.
    let figures = counts(&connection, &supervisor(), &TicketFilter { statuses: vec![2], ..all }).unwrap();
    let rows: Vec<_> = figures.statuses.iter().map(|row| (row.status.id, row.closed, row.count)).collect();
    assert_eq!((figures.total, rows.len()), (5, 3));
    assert!(rows.contains(&(1, false, 2)) && rows.contains(&(5, true, 2)) && rows[2] == (2, false, 1));
}

#[test]
fn a_search_finds_any_three_letters_in_any_case_and_a_ticket_by_its_number() {
    let connection = house([
        listed(Card { subject: "Не печатает ПРИНТЕР".to_owned(), ..card(4312) }),
        listed(Card {
            subject: "VPN-клиент \"Сирена\"".to_owned(),
            description: "100% всегда, C:\\temp".to_owned(),
            ..card(7)
        }),
        listed(Card {
            subject: "Заявка 4312".to_owned(), assignee: Some(named(9, "Щукина Ева")), ..card(8)
        }),
    ]);
    let found = |words: &str| {
        let filter = TicketFilter { search: Some(words.to_owned()), ..of(TicketWhose::All) };
        ids(&connection, &supervisor(), &filter)
    };
    for (words, wanted) in [
        ("принтер", vec![4312]),
        ("РИНТ", vec![4312]),
        ("вход", vec![]),
        ("vpn", vec![7]),
        ("щукин", vec![8]),
        ("поддержк", vec![4312, 8, 7]),
        ("«ёж»", vec![4312, 8]),
        ("принтер печат", vec![4312]),
        ("принтер щукин", vec![]),
        ("#4312", vec![4312]),
        (" 4312 ", vec![4312]),
        ("#9", vec![]),
        ("\"Сирена\"", vec![7]),
        ("\"\"\"", vec![]),
        ("сирена\" OR words MATCH \"", vec![]),
        ("NOT принтер", vec![]),
        ("100%", vec![7]),
        ("c:\\temp", vec![7]),
        ("прин*", vec![]),
        ("прин\u{0}тер", vec![4312]),
        ("  ", vec![4312, 8, 7]),
    ] {
        assert_eq!(found(words), wanted, "{words:?}");
    }
    // What it was called before is not found any more.
    keep(&connection, [listed(Card { subject: "Иное".to_owned(), ..card(4312) })]);
    assert_eq!(found("принтер"), [0; 0]);
    let stranger = TicketFilter { search: Some("vpn".to_owned()), ..of(TicketWhose::All) };
    assert_eq!(ids(&connection, &viewer(None, Some("no@example.com")), &stranger), [0; 0]);
    let number = TicketFilter { search: Some("#7".to_owned()), ..of(TicketWhose::All) };
    assert_eq!(ids(&connection, &viewer(None, Some("no@example.com")), &number), [0; 0]);
}

#[test]
fn pages_follow_each_other_without_gaps_while_rows_move() {
    let many = |whose: TicketWhose, viewer: &Viewer| {
        // Three of each second.
        let connection = house((1..=25).map(|id| listed(Card { updated_on: at(id / 3), ..card(id) })));
        let (mut seen, mut after, mut pages) = (vec![], None, 0);
        loop {
            let found = page(&connection, viewer, &of(whose), after, 4).unwrap();
            assert!(found.rows.len() <= 4);
            seen.extend(found.rows.iter().map(|row| row.id.0));
            pages += 1;
            // One that is still to come is changed and moves to the front: whoever reads on has it no more, and loses no other.
            if pages == 2 {
                keep(&connection, [listed(Card { updated_on: at(500), ..card(2) })]);
            }
            after = found.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(pages, 6);
        seen
    };
    let wanted: Vec<i64> = (1..=25).rev().filter(|id| *id != 2).collect();
    assert_eq!(many(TicketWhose::All, &supervisor()), wanted);
    assert_eq!(many(TicketWhose::All, &viewer(Some(MARIA), None)), wanted);
    assert_eq!(many(TicketWhose::Mine, &viewer(Some(MARIA), None)), wanted);
    assert_eq!(many(TicketWhose::Assigned, &viewer(Some(PETR), None)), wanted);
}

#[test]
fn a_page_is_never_longer_than_it_may_be() {
    let connection = house((1..=LONGEST_PAGE as i64 + 2).map(|id| listed(card(id))));
    let long = |limit: usize| page(&connection, &supervisor(), &of(TicketWhose::All), None, limit).unwrap();
    assert_eq!((long(10_000).rows.len(), long(10_000).next.is_some()), (LONGEST_PAGE, true));
    assert_eq!(long(0).rows.len(), 1);
}

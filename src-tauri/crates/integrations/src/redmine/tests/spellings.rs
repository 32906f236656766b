//! Trackers of the same family that understand filters in another spelling, or in none (contracts/redmine 8).

use super::{
    desk::{Desk, Listens, cycle, done, read},
    server::Vendor,
    *,
};

/// What is asked for in a look at one change, and what is found.
async fn looked(listens: Listens, easy: Easy) -> (Vec<String>, Vec<i64>, Vec<i64>) {
    let mut desk = Desk::new("2026-11-20T09:30:00Z");
    desk.listens = listens;
    (1..=130).for_each(|id| desk.put(id, "2026-11-20T08:00:00Z", json!({})));
    let (vendor, tracker) = Vendor::standing(desk, |settings| settings.easy = easy).await;
    let mut cursor = None;
    let mut listed: Vec<i64> = vec![];
    for (_, fact) in cycle(&tracker, &mut cursor).await {
        let tickets::Fact::Listed { cards } = fact else { panic!("{fact:?}") };
        listed.extend(cards.iter().map(|card| card.id.0));
    }
    vendor.news();
    vendor.desk(|desk| desk.put(7, "2026-11-20T09:30:05Z", json!({})));
    let read = read(&cycle(&tracker, &mut cursor).await);
    assert_eq!(done(&cursor), "2026-11-20T09:30:00Z");
    listed.sort_unstable();
    listed.dedup();
    (vendor.lines(), listed, read)
}

#[tokio::test]
async fn the_spelling_that_is_understood_is_found_out() {
    let plain = "GET /issues.json?status_id=*&updated_on=>=2026-11-20T09:28:00Z&sort=updated_on:asc,id:asc&limit=100";
    for (listens, easy, want) in [
        (Listens::Plainly, Easy::Auto, plain.to_owned()),
        (Listens::Plainly, Easy::Off, plain.to_owned()),
        // A spelling behind a word is understood also where the word is not needed.
        (Listens::Plainly, Easy::On, plain.replace('?', "?set_filter=true&")),
        (Listens::WithSetFilter, Easy::Auto, plain.replace('?', "?set_filter=true&")),
        (
            Listens::ToLongOnes,
            Easy::Auto,
            "GET /issues.json?set_filter=1&f[]=status_id&op[status_id]=*&f[]=updated_on&op[updated_on]=>=\
             &v[updated_on][]=2026-11-20T09:28:00Z&sort=updated_on:asc,id:asc&limit=100"
                .to_owned(),
        ),
        (Listens::Never, Easy::Auto, "GET /issues.json?status_id=*&sort=updated_on:desc,id:desc&limit=100".to_owned()),
        (
            Listens::WithSetFilter,
            Easy::Off,
            "GET /issues.json?status_id=*&sort=updated_on:desc,id:desc&limit=100".to_owned(),
        ),
    ] {
        let (lines, listed, read) = looked(listens, easy).await;
        assert_eq!(lines[0], want);
        assert_eq!(listed, (1..=130).collect::<Vec<_>>(), "{want}");
        assert_eq!(read, [7], "{want}");
        assert_eq!(lines.len(), 2);
    }
}

#[tokio::test]
async fn a_question_nobody_listens_to_makes_no_ticket_gone() {
    for (listens, want) in [
        (Listens::Plainly, "tickets_looked_for"),
        (Listens::Never, "refused unsupported: the tracker passes over the question for certain tickets"),
    ] {
        let mut desk = Desk::new("2026-11-20T09:30:00Z");
        (1..=3).for_each(|id| desk.put(id, "2026-11-20T08:00:00Z", json!({})));
        desk.listens = listens;
        let (vendor, tracker) = Vendor::standing(desk, |_| {}).await;
        let effect = Effect::LookForTickets { tickets: vec![TicketId(1), TicketId(9)] };
        let outcome = server::perform(&tracker, &effect).await;
        assert_eq!(word(&outcome), want);
        if let Ok(facts) = outcome {
            let tickets::Fact::LookedFor { asked, found } = fact(Ok(facts)) else { panic!() };
            assert_eq!((asked, found), (vec![TicketId(1), TicketId(9)], vec![TicketId(1)]));
            let lines = vendor.lines();
            assert!(lines[1].contains("status_id=*&issue_id=1,9"), "{lines:?}");
            // What is missing is believed only while our key is known.
            assert_eq!(lines.last().unwrap(), "GET /users/current.json");
        }
    }
}

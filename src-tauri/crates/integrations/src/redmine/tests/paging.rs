//! Many changes at once: pages by key, pages of one second, crashes between them.

use std::collections::BTreeSet;

use super::{
    desk::{Desk, cycle, done, read, told},
    server::Vendor,
    *,
};

/// The second of a minute after half past nine.
fn second(number: i64) -> String {
    format!("2026-11-20T09:{:02}:{:02}Z", 30 + number / 60, number % 60)
}

/// A tracker with no ticket that was looked through at half past nine; the clock stands at ten.
async fn begun(change: impl FnOnce(&mut Desk)) -> (Vendor, Redmine, Option<String>) {
    let (vendor, tracker) = Vendor::standing(Desk::new("2026-11-20T09:30:00Z"), |_| {}).await;
    let mut cursor = None;
    assert!(cycle(&tracker, &mut cursor).await.is_empty());
    vendor.news();
    vendor.desk(|desk| desk.clock = Some(at("2026-11-20T10:00:00Z")));
    vendor.desk(change);
    (vendor, tracker, cursor)
}

/// Lists that were asked for.
fn lists(vendor: &Vendor) -> Vec<String> {
    vendor.news().into_iter().filter(|line| line.starts_with("GET /issues.json")).collect()
}

#[tokio::test]
async fn a_mass_of_changes_is_read_page_by_page_each_once() {
    let (vendor, tracker, mut cursor) =
        begun(|desk| (1..=250).for_each(|id| desk.put(id, &second(id * 2), json!({})))).await;
    let told = cycle(&tracker, &mut cursor).await;
    assert_eq!(read(&told), (1..=250).collect::<Vec<_>>());
    let asked = vendor.lines();
    let lists: Vec<&String> = asked.iter().filter(|line| line.starts_with("GET /issues.json")).collect();
    assert!(
        lists.len() == 3 && lists[1].contains(">=2026-11-20T09:33:20Z") && !lists[1].contains("offset"),
        "{lists:?}"
    );
    // Nobody is read twice, though the pages overlap.
    assert_eq!(asked.len(), 250 + 3);
    assert_eq!(done(&cursor), "2026-11-20T10:00:00Z");
}

#[tokio::test]
async fn a_crash_between_pages_goes_on_where_it_was() {
    let (vendor, tracker, mut cursor) =
        begun(|desk| (1..=250).for_each(|id| desk.put(id, &second(id), json!({})))).await;
    let mut all = vec![];
    for _ in 0..6 {
        let page = tracker.poll().unwrap().fetch(cursor.as_deref(), now()).await.unwrap();
        all.extend(told(&tracker, &page.records));
        assert!(page.more);
        cursor = page.next_cursor;
    }
    assert_eq!(read(&all), (1..=120).collect::<Vec<_>>());
    vendor.news();
    let tracker = connected(tracker.settings.clone(), secrets());
    let rest = cycle(&tracker, &mut cursor).await;
    assert_eq!(read(&rest), (121..=250).collect::<Vec<_>>());
    let unique: BTreeSet<&String> = all.iter().chain(&rest).map(|(key, _)| key).collect();
    assert_eq!(unique.len(), 250);
    assert_eq!(lists(&vendor).iter().filter(|line| !line.contains("2100")).count(), 1);
}

#[tokio::test]
async fn a_second_in_which_more_was_changed_than_a_page_holds_is_read_whole() {
    let (vendor, tracker, mut cursor) = begun(|desk| {
        desk.put(900, &second(9), json!({}));
        (1..=230).for_each(|id| desk.put(id, &second(10), json!({})));
        desk.put(901, &second(11), json!({}));
    })
    .await;
    let read = read(&cycle(&tracker, &mut cursor).await);
    let unique: BTreeSet<i64> = read.iter().copied().collect();
    assert_eq!(unique, (1..=230).chain([900, 901]).collect::<BTreeSet<_>>());
    assert_eq!(read.len(), unique.len());
    let lists = lists(&vendor);
    assert!(lists.len() <= 5 && lists.iter().any(|line| line.ends_with("offset=100")), "{lists:?}");
}

#[tokio::test]
async fn the_trackers_own_bound_of_a_page_is_believed() {
    let (vendor, tracker, mut cursor) = begun(|desk| {
        desk.most = 25;
        (1..=60).for_each(|id| desk.put(id, &second(id), json!({})));
    })
    .await;
    assert_eq!(read(&cycle(&tracker, &mut cursor).await), (1..=60).collect::<Vec<_>>());
    assert_eq!(lists(&vendor).len(), 3);
}

#[tokio::test]
async fn rows_that_move_to_the_end_meanwhile_hide_nobody() {
    let (vendor, tracker, mut cursor) =
        begun(|desk| (1..=250).for_each(|id| desk.put(id, &second(id), json!({})))).await;
    let mut all = vec![];
    for number in 0.. {
        let page = tracker.poll().unwrap().fetch(cursor.as_deref(), now()).await.unwrap();
        all.extend(told(&tracker, &page.records));
        cursor = page.next_cursor;
        // The first thirty and one of the page to come are changed again while the first page is being read.
        if number == 0 {
            vendor.desk(|desk| {
                (1..=30).chain([150]).for_each(|id| desk.put(id, "2026-11-20T09:59:59Z", json!({"subject": "again"})))
            });
        }
        if !page.more {
            break;
        }
    }
    let numbers: BTreeSet<i64> = read(&all).into_iter().collect();
    assert_eq!(numbers, (1..=250).collect::<BTreeSet<_>>());
    let again =
        |fact: &tickets::Fact| matches!(fact, tickets::Fact::Read { ticket, .. } if ticket.card.subject == "again");
    let again: BTreeSet<&String> = all.iter().filter(|(_, fact)| again(fact)).map(|(key, _)| key).collect();
    assert_eq!(again.len(), 31);
}

#[tokio::test]
async fn a_list_without_an_end_does_not_keep_us_for_ever() {
    let cycle = |pages: u32| {
        json!({
            "v": 1, "of": "", "scope": "", "told": 0, "done": "2026-11-20T09:30:00Z",
            "cycle": {
                "from": "2026-11-20T09:28:00Z", "began": "2026-11-20T10:00:00Z", "newest": null, "many": false, "leg": 0,
                "walk": {"since": "2026-11-20T09:40:00Z", "offset": 0, "pages": pages, "edge": []}, "pending": [],
            },
        })
    };
    let (vendor, tracker, fresh) =
        begun(|desk| (1..=150).for_each(|id| desk.put(id, &second(900 + id), json!({})))).await;
    let fresh: Value = serde_json::from_str(fresh.as_deref().unwrap()).unwrap();
    let mut kept = cycle(2_000);
    (kept["of"], kept["scope"]) = (fresh["of"].clone(), fresh["scope"].clone());
    let mut cursor = Some(kept.to_string());
    let read = read(&desk::cycle(&tracker, &mut cursor).await);
    assert_eq!(read, (1..=100).collect::<Vec<_>>());
    // It goes on from where it was, with the next look.
    assert_eq!(done(&cursor), "2026-11-20T09:40:00Z");
    vendor.news();
}

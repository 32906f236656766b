//! Watching tickets: what is asked, and what is believed.

use pult_domain::{TicketChangeId, areas::tickets::WatchTicket};

use super::{
    server::{Line, Vendor, line, lost, perform, shown},
    *,
};
use crate::Delivery;

fn effect(account: Option<i64>, on: bool) -> Effect {
    let (change, ticket) = (TicketChangeId(12), TicketId(41));
    Effect::WatchTicket(Box::new(WatchTicket { change, ticket, account, user: PERSON, on }))
}

fn watched_by(ids: &[i64]) -> Line {
    let watchers: Vec<Value> = ids.iter().map(|id| json!({"id": id, "name": "Somebody"})).collect();
    shown(issue(41, json!({"journals": [], "watchers": watchers})))
}

#[tokio::test]
async fn somebody_watches_and_watches_no_more_and_what_is_not_shown_is_believed() {
    let blind = || shown(issue(41, json!({"journals": []})));
    for (account, on, after, left) in [
        (Some(PERSON), true, watched_by(&[5, PERSON]), 0),
        (Some(PERSON), true, blind(), 0),
        (Some(PERSON), true, watched_by(&[5]), 1),
        (None, true, watched_by(&[]), 1),
        (Some(PERSON), false, watched_by(&[5]), 0),
        (Some(PERSON), false, watched_by(&[5, PERSON]), 1),
        (None, false, watched_by(&[]), 0),
    ] {
        let (vendor, tracker) = Vendor::with([line(204, ""), after]).await;
        let tickets::Fact::Changed { left: parts, .. } = fact(perform(&tracker, &effect(account, on)).await) else {
            panic!()
        };
        assert_eq!(parts, vec!["watch"; left], "{account:?} {on}");
        let asked = vendor.asked(0);
        assert_eq!(asked.header("x-redmine-api-key"), if account.is_some() { PERSON_KEY } else { SECRET });
        match on {
            true => assert_eq!(
                (asked.line.as_str(), asked.json()),
                ("POST /issues/41/watchers.json", json!({"user_id": 6}))
            ),
            false => assert_eq!(asked.line, "DELETE /issues/41/watchers/6.json"),
        }
    }
}

#[tokio::test]
async fn a_refusal_is_told_and_a_lost_answer_looked_up() {
    let (_, tracker) = Vendor::with([line(403, "")]).await;
    assert!(word(&perform(&tracker, &effect(Some(PERSON), true)).await).starts_with("refused rights"));
    let (_, tracker) = Vendor::with([lost(), watched_by(&[PERSON])]).await;
    assert_eq!(word(&perform(&tracker, &effect(Some(PERSON), true)).await), "unknown");
    assert_eq!(settled(tracker.settle(&effect(Some(PERSON), true), &key()).await), "done ticket_changed");
    let (_, tracker) = Vendor::with([watched_by(&[5])]).await;
    assert_eq!(settled(tracker.settle(&effect(Some(PERSON), true), &key()).await), "not done");
}

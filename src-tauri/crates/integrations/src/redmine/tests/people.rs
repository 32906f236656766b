//! People's own keys.

use super::{
    server::{Vendor, good, line, perform},
    *,
};

fn owner() -> server::Line {
    good(
        json!({"user": {"id": PERSON, "login": "agent1", "firstname": "Pavel", "lastname": "Line", "api_key": PERSON_KEY}}),
    )
}

#[tokio::test]
async fn a_key_tells_whose_it_is() {
    let (vendor, tracker) = Vendor::with([owner()]).await;
    let owner = tracker.person_keys().unwrap().whose(PERSON_KEY).await.unwrap();
    assert_eq!((owner.id, owner.login.as_str(), owner.name.as_str()), (PERSON, "agent1", "Pavel Line"));
    assert_eq!(vendor.asked(0).header("x-redmine-api-key"), PERSON_KEY);
    for (answer, want) in [
        (line(401, " "), "unauthorized: HTTP 401"),
        (line(403, ""), "refused rights: HTTP 403 (has the account the right, and is the REST web service on?)"),
        (line(200, "{}"), "unreachable"),
        (line(502, ""), "unreachable"),
    ] {
        let (_, tracker) = Vendor::with([answer]).await;
        assert_eq!(wrong(&tracker.person_keys().unwrap().whose("x").await.unwrap_err()), want);
    }
}

#[tokio::test]
async fn a_refused_key_is_not_shown_again_until_there_is_another() {
    let read = Effect::ReadTicket { ticket: TicketId(41), account: Some(PERSON), from: None };
    let (vendor, tracker) = Vendor::with([line(401, " ").to("GET /issues/41.json")]).await;
    let keys = tracker.person_keys().unwrap();
    assert!(keys.is_good(PERSON) && !keys.is_good(7));
    assert_eq!(keys.secret_of(PERSON), "redmine.person.6");
    vendor.go_on([server::myself(), server::myself()]);
    let outcome = perform(&tracker, &read).await;
    assert_eq!(word(&outcome), "refused rights: the key of the account 6 was refused: HTTP 401");
    assert!(!keys.is_good(PERSON));
    let outcome = perform(&tracker, &read).await;
    assert!(word(&outcome).starts_with("refused rights: the key of the account 6: it was refused"), "{outcome:?}");
    assert_eq!(vendor.lines().iter().filter(|line| line.contains("/issues/41")).count(), 1);
}

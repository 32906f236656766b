//! Whose turn it is where something is out of the ordinary: somebody in two groups, one who is gone, one alone, limits and shares.
//!
//! Deliberately not here: every row of the table of turns (the rule's tests).

use pult_simulators::intradesk::world::{PersonOrder, ServiceOrder};
use serde_json::json;

use crate::{
    caller::look_until,
    carousel_house::{Desk, POST, import_again, service, turn, with_a_hand_clock},
};

#[tokio::test]
async fn somebody_in_two_groups_counts_once_whoever_is_gone_leaves_the_turn_and_one_alone_is_given_everything() {
    let desk = Desk::open().await;
    let tenant = desk.0.tenant();
    desk.group(63);
    tenant.order_service(Some(POST), &ServiceOrder { groups: Some(vec![61, 63]), ..ServiceOrder::default() }).unwrap();
    let both = PersonOrder { groups: Some(vec![61, 63]), ..PersonOrder::default() };
    tenant.order_person(Some(10), &both).unwrap();
    let (_house, _pultd, chief) = desk.ready("").await;
    let first = desk.tickets(POST, 4);
    turn(&chief, POST).await;
    assert_eq!(desk.ours(), first.iter().copied().zip([10, 20, 30, 10]).collect::<Vec<_>>());

    // Whose turn was the last is there no more: the next above that number comes.
    tenant.change(|world| world.people.remove(&10));
    import_again(&chief).await;
    let next = desk.tickets(POST, 1);
    turn(&chief, POST).await;
    assert_eq!(desk.ours()[4..], [(next[0], 20)]);

    chief.must("carousel.switch_person", json!({ "person": 30, "enabled": false })).await;
    let alone = desk.tickets(POST, 2);
    turn(&chief, POST).await;
    assert_eq!(desk.ours()[5..], [(alone[0], 20), (alone[1], 20)]);
}

#[tokio::test]
async fn limits_and_shares_change_turns_only_where_they_are_switched_on() {
    let shares = "weights = { \"30\" = 3 }";
    for (lines, expected) in [
        // Shares without the order that goes by them.
        (shares.to_owned(), vec![10, 20, 30, 10, 20]),
        (format!("strategy = \"weighted\"\n{shares}"), vec![30, 30, 10, 20, 30]),
        ("capacity = 1".to_owned(), vec![10, 20, 30]),
    ] {
        let desk = Desk::open().await;
        let Some((_house, _pultd, chief)) = with_a_hand_clock(&desk, &lines).await else { return };
        let tickets = desk.tickets(POST, 5);
        chief.must("carousel.turn_now", json!({})).await;
        look_until(|| (desk.ours().len() >= expected.len()).then_some(())).await;
        chief.until_settled().await;
        assert_eq!(desk.ours(), tickets.iter().copied().zip(expected.iter().copied()).collect::<Vec<_>>(), "{lines}");
        let present = service(&chief, POST).await["present"].clone();
        let full = expected.len() < tickets.len();
        assert_eq!(present == json!([]), full, "{lines}");
    }
}

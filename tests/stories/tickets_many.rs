//! Ten thousand entries of tickets' histories, of a tracker whose clock is not ours: each is told of once.
//!
//! Deliberately not here: what a notice says (`tickets`), and other orders of events (the rule's own properties).

use std::collections::BTreeSet;

use pult_simulators::hands::ClockOrder;

use crate::{
    caller::look_until,
    tickets_house::{Desk, make, notices},
};

/// Tickets of a desk.
const TICKETS: u64 = 25;
/// Entries that each of them gets at a time, and how often.
const AT_ONCE: usize = 100;
const TIMES: usize = 2;
/// The tracker's clock ahead of ours, seconds.
const SKEWS: [f64; 2] = [600.0, -600.0];

#[tokio::test]
async fn ten_thousand_entries_behind_a_clock_that_is_wrong_are_told_of_once_each() {
    let mut told = 0;
    for skew in SKEWS {
        let turn = |offset: f64| ClockOrder { offset: Some(offset), ..ClockOrder::default() };
        let desk = Desk::with("admin", |redmine| {
            redmine.turn_clock(turn(skew));
            (0..TICKETS).for_each(|_| _ = make(redmine, "Нет звука"));
        })
        .await;
        desk.known(TICKETS).await;
        let anna = desk.pultd.signed_in("anna").await;
        for time in 1..=TIMES {
            for entry in 0..AT_ONCE {
                for id in 1..=TICKETS {
                    desk.redmine().comment("rep1", id, &format!("{time}.{entry}"), false).unwrap();
                }
                if entry == AT_ONCE / 2 {
                    // Somebody sets it back in the middle of the work.
                    desk.redmine().turn_clock(turn(skew - 30.0 * time as f64));
                }
            }
            for id in 1..=TICKETS {
                desk.notices(&anna, id, time * AT_ONCE).await;
            }
        }
        // Two looks more bring nothing twice.
        let asked = desk.redmine().journal.count("issues");
        look_until(|| (desk.redmine().journal.count("issues") > asked + 1).then_some(())).await;
        desk.chief.until_settled().await;
        for id in 1..=TICKETS {
            let rows = notices(&anna, id).await;
            let entries: BTreeSet<_> = rows.iter().map(|row| row["values"]["entry"].as_u64().unwrap()).collect();
            let there: BTreeSet<_> = desk.redmine().journals(id).into_iter().map(|journal| journal.id).collect();
            assert_eq!((rows.len(), &entries), (AT_ONCE * TIMES, &there), "ticket {id}, {skew} s ahead");
            told += rows.len();
        }
    }
    assert_eq!(told, 10_000);
}

//! What our client may lean on at Redmine, as one list that is asked of the real server and of the simulator. Expectations come from the contract,
//! never from a client; where it has a fact from the source alone, the server has the last word.

#![allow(clippy::panic, clippy::unwrap_used)]
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

mod access;
mod back;
mod files;
mod house;
mod journals;
mod lists;
mod people;
mod windows;
mod writes;

use back::Back;
use house::House;

/// What the simulator leaves out, because no client of ours asks for it.
const NOT_SIMULATED: [&str; 1] = ["redmine_facts::journals::a_file_that_is_taken_away_is_told"];

/// One server for all: it takes seconds to start, and no fact looks at what another has made.
#[tokio::test]
async fn every_fact_holds_on_the_real_server() {
    let Some(back) = Back::real().await else { return };
    assert_eq!(broken(&House::on(back)).await, [""; 0], "see above what each says");
}

#[tokio::test]
async fn every_fact_holds_on_the_simulator() {
    assert_eq!(broken(&House::on(Back::simulated().await)).await, NOT_SIMULATED, "see above what each says");
}

/// The names of the facts that do not hold.
async fn broken(house: &House) -> Vec<&'static str> {
    let mut names = access::all(house).await;
    names.extend(people::all(house).await);
    names.extend(lists::all(house).await);
    names.extend(windows::all(house).await);
    names.extend(journals::all(house).await);
    names.extend(writes::all(house).await);
    names.extend(files::all(house).await);
    names
}

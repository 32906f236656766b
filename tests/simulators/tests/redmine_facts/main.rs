//! What our client may lean on at Redmine, as one list that is asked of the real server. Expectations come from the contract,
//! never from a client; where it has a fact from the source alone, the server has the last word.

#![allow(clippy::panic, clippy::unwrap_used)]
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

mod access;
mod files;
mod house;
mod journals;
mod lists;
mod people;
mod windows;
mod writes;

use house::House;

/// One server for all: it takes seconds to start, and no fact looks at what another has made.
#[tokio::test]
async fn every_fact_holds_on_the_real_server() {
    let Some(house) = House::real().await else { return };
    assert_eq!(broken(&house).await, [""; 0], "see above what each says");
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

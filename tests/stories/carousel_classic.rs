//! The carousel on a service desk of one's own machines: files bring its lists, and its tickets go round like those of the cloud.
//!
//! Deliberately not here: single cells of such files (the engine's tests), and each wrapper of the product's answers (its
//! integration's).

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::{
    caller::{Caller, look_until},
    carousel_house::{Desk, POST, PRINT, bring, log, not_told, notices, person, service, switch_on, turn},
    house::{House, Pultd},
};

const PEOPLE: &str = "ID;NAME\n10;Анна\n20;Борис\n30;Вера\n40;Глеб\n50;Дина\n";

/// Imports everything that the product does not name.
async fn bring_lists(house: &House) {
    for (kind, text, rows) in [
        ("carousel-services", "ID;NAME\n54001;Почта\n54002;Печать\n", 2),
        ("carousel-people", PEOPLE, 5),
        ("carousel-groups", "[{\"ID\":61,\"NAME\":\"Первая\"},{\"ID\":62,\"NAME\":\"Вторая\"}]", 2),
        ("carousel-members", "USERGROUPID,USERID\n61,10\n61,20\n61,30\n62,40\n62,50\n", 5),
        (
            "carousel-bindings",
            "{\"SERVICE_ID\":54001,\"USERGROUP_ID\":61}\n{\"SERVICE_ID\":54002,\"USERGROUP_ID\":62}\n",
            2,
        ),
    ] {
        let row = bring(house, kind, text).await;
        assert_eq!(
            (&row["state"], &row["added"], &row["rejected"]),
            (&json!("done"), &json!(rows), &json!(0)),
            "{row}"
        );
    }
}

/// A Pult whose lists are there, with the first service and its people switched on.
async fn ready(desk: &Desk) -> (House, Pultd, Caller) {
    let house = desk.classic().build();
    let (pultd, chief) = house.open().await;
    bring_lists(&house).await;
    switch_on(&chief, POST, &[10, 20, 30]).await;
    (house, pultd, chief)
}

#[tokio::test]
async fn lists_come_by_files_and_tickets_go_round_oldest_first() {
    let desk = Desk::open().await;
    let house = desk.classic().build();
    let (_pultd, chief) = house.open().await;
    assert_eq!(chief.must("carousel.desk", json!({})).await["by_file"], true);
    assert_eq!(chief.give("carousel.import_now", json!({})).await.status, 409, "there is nothing to be asked for");
    bring_lists(&house).await;
    let tickets = desk.tickets(POST, 4);
    chief.must("carousel.turn_now", json!({})).await;
    chief.until_settled().await;
    assert_eq!((desk.looks(POST), desk.ours()), (0, vec![]), "whatever is new is off");

    switch_on(&chief, POST, &[10, 20, 30]).await;
    let closed = desk.tickets(POST, 1)[0];
    assert!(desk.0.tenant().enter(closed, None));
    let done = turn(&chief, POST).await;
    assert_eq!(desk.ours(), tickets.iter().copied().zip([10, 20, 30, 10]).collect::<Vec<_>>());
    assert_eq!((&done["row"]["last"], &done["next"], desk.executor(closed)), (&json!(10), &json!(20), None));
    let writes = desk.0.tenant().journal.since(0).into_iter().filter(|call| call.name == "classic/change");
    let body = writes.map(|call| call.request["body"].clone()).next().unwrap();
    assert_eq!(body, json!({ "ExecutorIds": "10" }));
    let row = log(&chief, json!({ "ticket": tickets[3] })).await.remove(0);
    assert_eq!((&row["outcome"], &row["person"]), (&json!("confirmed"), &json!(10)));
    assert_eq!(notices(&chief).await, Vec::<String>::new(), "no list was asked for in vain");
}

#[tokio::test]
async fn whoever_a_new_file_does_not_name_is_gone_and_comes_back_as_they_were() {
    let desk = Desk::open().await;
    let (house, _pultd, chief) = ready(&desk).await;
    // A row that is wrong: the others come in, and nobody is gone by a slip.
    let row = bring(&house, "carousel-people", "ID;NAME\n10;Анна Новая\nx;Борис\n").await;
    assert_eq!((&row["changed"], &row["rejected"]), (&json!(1), &json!(1)), "{row}");
    let rejected = std::fs::read_to_string(house.folder().join("carousel-people.file.rejected.csv")).unwrap();
    assert!(rejected.contains("3;ID: not a whole number"), "{rejected}");
    assert_eq!(person(&chief, 10).await["row"]["name"], "Анна Новая");
    assert_eq!(service(&chief, POST).await["present"], json!([10, 20, 30]));

    bring(&house, "carousel-people", &PEOPLE.replace("20;Борис\n", "")).await;
    let desk_now = chief.must("carousel.desk", json!({})).await;
    assert_eq!(desk_now["imported"]["people"], json!({ "inserted": 0, "updated": 1, "removed": 1 }));
    assert!(person(&chief, 20).await["row"]["removed_at"].is_number());
    let tickets = desk.tickets(POST, 3);
    turn(&chief, POST).await;
    assert_eq!(desk.ours(), tickets.iter().copied().zip([10, 30, 10]).collect::<Vec<_>>());

    // The same from the console.
    let content = BASE64.encode(PEOPLE.as_bytes());
    let order = json!({ "kind": "carousel_people", "name": "people.csv", "content_base64": content });
    let imports = chief.must("imports.start", order).await;
    assert_eq!((&imports["rows"][0]["file"], &imports["rows"][0]["added"]), (&json!("people.csv"), &json!(1)));
    let more = desk.tickets(POST, 1);
    turn(&chief, POST).await;
    assert_eq!(desk.ours()[3..], [(more[0], 20)], "still switched on");
}

#[tokio::test]
async fn whoever_is_away_today_is_passed_over() {
    let desk = Desk::open().await;
    let (_house, _pultd, chief) = ready(&desk).await;
    let today = chief.must("carousel.desk", json!({})).await["today"].clone();
    chief.must("carousel.keep_absence", json!({ "person": 20, "id": 0, "start": today, "end": today })).await;
    let tickets = desk.tickets(POST, 2);
    turn(&chief, POST).await;
    assert_eq!(desk.ours(), [(tickets[0], 10), (tickets[1], 30)]);
    let row = log(&chief, json!({ "ticket": tickets[1] })).await.remove(0);
    assert_eq!((&row["otherwise"], &row["considered"][1]["place"]), (&json!(20), &json!("off")));
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_and_stands_nowhere() {
    let desk = Desk::open().await;
    let wrong = "a wrong password of the story";
    let (house, pultd, chief) = {
        let house = desk.classic().build();
        house.must(&["secret", "set", "carousel.password"], wrong).await;
        let (pultd, chief) = house.open().await;
        (house, pultd, chief)
    };
    bring_lists(&house).await;
    switch_on(&chief, POST, &[10, 20, 30]).await;
    switch_on(&chief, PRINT, &[40, 50]).await;
    desk.tickets(POST, 1);
    let tried = || desk.0.tenant().journal.since(0).into_iter().filter(|call| call.status == Some(401)).count();
    chief.must("carousel.turn_now", json!({})).await;
    look_until(|| (tried() == 1).then_some(())).await;
    chief.until(async || (!notices(&chief).await.is_empty()).then_some(())).await;
    // Whatever is asked meanwhile: there is no other try.
    let again: Value = chief.give("carousel.turn_now", json!({})).await.json();
    chief.must("engine.health", json!({})).await;
    assert_eq!((tried(), desk.ours()), (1, vec![]), "the account is not locked by us: {again}");
    pultd.stop().await;
    not_told(&house, wrong);
}

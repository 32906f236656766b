//! What the account of the floor may do, and what becomes of the floor when that changes: no supervisor's rights, teams taken away,
//! operators who move, a password that is good no more.
//!
//! Deliberately not here: nodes and links in trouble (`floor_trouble`), and rights within Pult (`console`).

use jiff::Timestamp;
use pult_simulators::finesse::{Simulator, journal::Entry};
use serde_json::{Value, json};

use crate::{
    caller::look_until,
    platform::{
        PLATFORM_PASSWORD, asked, board, board_that, live, mark, operator, platform, put, row, session, sign_ins,
        teams, watching,
    },
};

const ENGINE: &str = "70490";
/// Holds the role of a supervisor and supervises no team.
const TEAMLESS: &str = "70498";
const TOMORROW: &str = "the password of tomorrow";

/// Waits until everything that is read at the beginning has been: a question under way would show the password once more.
async fn at_rest(platform: &Simulator) {
    look_until(|| {
        let all = asked(platform, 0);
        let read = |end: &str| all.iter().any(|entry: &Entry| entry.text.ends_with(end) && entry.status == Some(200));
        ["category=LOGOUT", "category=NOT_READY"].into_iter().all(read).then_some(())
    })
    .await;
}

fn refusals(platform: &Simulator, since: u64) -> usize {
    asked(platform, since).iter().filter(|entry| entry.status == Some(401)).count()
}

fn logins(board: &Value) -> Vec<&str> {
    board["operators"].as_array().unwrap().iter().map(|row| row["login_id"].as_str().unwrap()).collect()
}

/// Changes somebody at the platform, of which it tells nobody.
fn change(platform: &Simulator, login: &str, act: impl FnOnce(&mut pult_simulators::finesse::world::people::Person)) {
    platform.core().with_world(|world, _| act(world.people.iter_mut().find(|person| person.id == login).unwrap()));
}

#[tokio::test]
async fn an_account_without_rights_sees_its_own_row_and_says_so() {
    let platform = platform().await;
    let house = watching(&platform, TEAMLESS, PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    let board = session(&chief, "no_rights").await;
    assert_eq!(board["session"]["cause"], "no_rights");
    let board = board_that(&chief, |board| logins(board) == [TEAMLESS]).await;
    let own = row(&board, TEAMLESS);
    assert_eq!((&own["name"], &own["state"]), (&json!("Наталья Стрельникова"), &json!("not_ready")));
    let [team] = teams(&board) else { panic!("{board}") };
    assert_eq!((&team["name"], &team["why"]), (&json!("Первая линия"), &Value::Null));
    // Its own news are heard, and nobody is asked about anybody else.
    put(&platform, TEAMLESS, "READY");
    operator(&chief, TEAMLESS, |row| row["group"] == "ready").await;
    assert!(asked(&platform, 0).iter().all(|entry| !entry.text.contains("/Team/")));
    assert_eq!(refusals(&platform, 0), 0);

    // Rights are given: the next look shows everybody.
    change(&platform, TEAMLESS, |person| person.supervises = vec![0, 1]);
    assert_eq!(chief.must("floor.refresh", json!({})).await["taken"], true);
    let board = live(&chief).await;
    assert_eq!(teams(&board).len(), 2);
    assert!(logins(&board).len() >= 20);
    platform.stop().await;
}

#[tokio::test]
async fn a_password_found_bad_while_heard_stops_everything_before_the_account_is_locked() {
    let platform = platform().await;
    let house = watching(&platform, ENGINE, PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    at_rest(&platform).await;
    assert!(platform.core().set_password(ENGINE, TOMORROW).unwrap());
    let since = mark(&platform);
    // The stream goes on; the next look asks for the own user and every team.
    assert_eq!(chief.must("floor.refresh", json!({})).await["taken"], true);
    let aged = |team: &Value| team["why"] == "auth_failed" && team["watched_until"].is_i64();
    board_that(&chief, |board| board["session"]["state"] == "auth_failed" && teams(board).iter().all(aged)).await;
    let shown = refusals(&platform, since);
    assert!((1..=3).contains(&shown), "{shown} times");
    // Nothing more is sent, not even when somebody presses the button again.
    chief.must("floor.refresh", json!({})).await;
    assert_eq!(board(&chief).await["session"]["state"], "auth_failed");
    assert_eq!((refusals(&platform, since), sign_ins(&platform, since)), (shown, 0));
    assert!(platform.core().accounts.sign_in(ENGINE, TOMORROW, Timestamp::now()), "the account is not locked");

    chief.must("settings.set_secret", json!({ "name": "finesse.password", "value": TOMORROW })).await;
    live(&chief).await;
    platform.stop().await;
}

#[tokio::test]
async fn a_request_that_finds_the_password_bad_stops_the_session_as_well() {
    let platform = platform().await;
    let house = watching(&platform, ENGINE, PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    at_rest(&platform).await;
    put(&platform, "71003", "READY");
    let ready = operator(&chief, "71003", |row| row["group"] == "ready").await;
    assert!(platform.core().set_password(ENGINE, TOMORROW).unwrap());
    let since = mark(&platform);
    chief.must("floor.ask", json!({ "operators": [ready["id"]], "wanted": "not_ready" })).await;
    session(&chief, "auth_failed").await;
    assert_eq!(refusals(&platform, since), 2, "the request, and the question whether it was the password");
    assert!(platform.core().accounts.sign_in(ENGINE, TOMORROW, Timestamp::now()), "the account is not locked");
    platform.stop().await;
}

#[tokio::test]
async fn a_team_taken_away_goes_with_its_people_and_is_no_alarm() {
    let platform = platform().await;
    let house = watching(&platform, ENGINE, PLATFORM_PASSWORD);
    let (pultd, chief) = house.open().await;
    let before = live(&chief).await;
    change(&platform, ENGINE, |person| person.supervises = vec![0, 2]);
    chief.must("floor.refresh", json!({})).await;
    let board = board_that(&chief, |board| teams(board).len() == 2).await;
    assert!(teams(&board).iter().all(|team| team["why"].is_null()), "{}", board["teams"]);
    assert!(logins(&board).len() < logins(&before).len());

    // What was taken away while nobody looked is noticed at the next start.
    pultd.stop().await;
    change(&platform, ENGINE, |person| person.supervises = vec![0]);
    let pultd = house.serve().await;
    let chief = pultd.signed_in("chief").await;
    let board = live(&chief).await;
    assert_eq!(teams(&board).len(), 1, "{}", board["teams"]);
    platform.stop().await;
}

#[tokio::test]
async fn an_operator_who_moves_to_another_team_never_looks_signed_out() {
    let platform = platform().await;
    let house = watching(&platform, ENGINE, PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    let before = live(&chief).await;
    let id = |named: &str| teams(&before).iter().find(|team| team["team_id"] == named).unwrap()["id"].clone();
    assert_eq!(row(&before, "71003")["teams"], json!([id("61")]));
    change(&platform, "71003", |person| person.team = 1);
    // The first news of them come from their new team.
    put(&platform, "71003", "TALKING");
    operator(&chief, "71003", |row| row["teams"].as_array().unwrap().contains(&id("62"))).await;
    chief.must("floor.refresh", json!({})).await;
    let moved = operator(&chief, "71003", |row| row["teams"] == json!([id("62")])).await;
    assert_eq!((&moved["group"], &moved["missing"]), (&json!("talking"), &json!(false)));
    let hour = 3_600_000;
    let began = Timestamp::now().as_millisecond() - hour;
    let past = json!({ "operator": moved["id"], "from": began, "to": began + 2 * hour });
    let stretches = chief.must("floor.stretches", past).await;
    assert!(!stretches.to_string().contains("signed_out"), "{stretches}");
    platform.stop().await;
}

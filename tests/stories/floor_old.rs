//! The floor at its addresses of old (behaviour/helpdesk 3) when things are not as wished: what cannot be asked for, an account that is not
//! signed in, a platform out of reach, operators without a phone.
//!
//! Deliberately not here: the ordinary answers (`floor`), and a request whose outcome nobody saw (`floor_requests`).

use pult_simulators::finesse::NodeName;
use serde_json::{Value, json};

use crate::{
    caller::Caller,
    platform::{PLATFORM_PASSWORD, live, mark, node, operator, platform, put, puts, session, watching},
};

const STATE: &str = "/finesse/agent/state";

async fn ask(caller: &Caller, body: Value) -> (u16, Value) {
    let answer = caller.post(STATE, &body).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn a_state_of_one_s_own_is_asked_for_once_and_only_where_it_is_possible() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    put(&platform, "71003", "NOT_READY");
    operator(&chief, "71003", |row| row["group"] == "not_ready").await;
    let since = mark(&platform);
    let needed = json!({ "success": false, "error": "Требуется авторизация Finesse" });
    assert_eq!(ask(&chief, json!({ "state": "READY" })).await, (401, needed));
    let login = json!({ "username": "71003", "password": PLATFORM_PASSWORD });
    assert_eq!(chief.post("/finesse/login", &login).await.status, 200);
    for wrong in [json!({}), json!({ "state": "" }), json!({ "state": "TALKING" }), json!({ "state": 7 })] {
        let (status, answer) = ask(&chief, wrong.clone()).await;
        assert_eq!((status, &answer["success"]), (400, &json!(false)), "{wrong}");
    }
    assert_eq!(puts(&platform, since), 0, "nothing of that is worth a request");
    let taken = json!({ "success": true, "message": "Статус изменен на READY" });
    assert_eq!(ask(&chief, json!({ "state": "READY" })).await, (200, taken));
    operator(&chief, "71003", |row| row["group"] == "ready" && row["command"]["state"] == "done").await;
    let now = chief.get(STATE).await.json();
    assert_eq!((&now["success"], &now["state"]), (&json!(true), &json!("READY")));
    assert!(now["stateChangeTime"].is_string(), "{now}");
    // In a call nobody becomes ready, and the platform is not asked.
    put(&platform, "71003", "TALKING");
    operator(&chief, "71003", |row| row["group"] == "talking").await;
    let refused = json!({ "success": false, "error": "Из текущего состояния это невозможно" });
    assert_eq!(ask(&chief, json!({ "state": "READY" })).await, (409, refused));
    assert_eq!(puts(&platform, since), 1);
    platform.stop().await;
}

#[tokio::test]
async fn nobody_is_left_out_of_the_list_and_the_connection_is_told_as_it_is() {
    let platform = platform().await;
    let house = watching(&platform, "70490", PLATFORM_PASSWORD);
    let (_pultd, chief) = house.open().await;
    live(&chief).await;
    for (login, state, group) in
        [("71003", "LOGOUT", "signed_out"), ("71005", "LUNCH_ROBOT", "unknown"), ("71015", "WORK", "wrap_up")]
    {
        put(&platform, login, state);
        operator(&chief, login, |row| row["group"] == group).await;
    }
    let list = chief.get("/finesse/agents/status").await.json();
    let agent = |login: &str| list.as_array().unwrap().iter().find(|agent| agent["loginId"] == login).unwrap();
    let shown = |login: &str| (agent(login)["status"].clone(), agent(login)["label"].clone());
    assert_eq!(shown("71003"), (json!("LOGOUT"), json!("Выход")));
    assert_eq!(agent("71003")["extension"], "не указан");
    assert_eq!(shown("71005").1, "Неизвестно");
    assert_eq!(shown("71015"), (json!("WORK"), json!("Постобработка")));
    for name in NodeName::BOTH {
        node(&platform, name, json!({ "status": "OUT_OF_SERVICE" })).await;
    }
    session(&chief, "out_of_service").await;
    let health = chief.get("/finesse/health-check").await;
    assert_eq!((health.status, &health.json()["status"]), (200, &json!("error")));
    let check = chief.get("/finesse/check-connection").await;
    let words = json!({ "success": false, "error": "Узел Finesse вне обслуживания" });
    assert_eq!((check.status, check.json()), (503, words));
    // What was known is answered still: these addresses ask the platform nothing.
    let since = mark(&platform);
    let again = chief.get("/finesse/agents/status").await.json();
    assert_eq!(again.as_array().unwrap().len(), list.as_array().unwrap().len());
    assert_eq!(puts(&platform, since), 0);
    platform.stop().await;
}

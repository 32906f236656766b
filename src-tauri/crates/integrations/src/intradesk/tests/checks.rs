//! What the "Check" button finds.

use serde_json::json;

use crate::CheckChoice;

use super::{
    samples::answered,
    server::{Line, Vendor, good, line},
    *,
};

fn signs(steps: &[CheckStep]) -> String {
    let sign = |ok| if ok { '+' } else { '-' };
    steps.iter().map(|step| format!("{}{}", sign(step.ok), step.step)).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_check_of_the_cloud_says_whose_people_answer() {
    let people = || answered("employees_list");
    let tickets = || good(json!({"value": []}));
    let states = || answered("statuses_list");
    let no_more = || good(json!({"value": []}));
    let table: Vec<(Vec<Line>, &str)> = vec![
        (vec![people(), tickets(), states(), no_more()], "-tls +sign_in +rights +tenant +statuses"),
        (vec![people(), line(403, ""), states(), no_more()], "-tls +sign_in -rights +tenant +statuses"),
        (vec![line(403, ""), tickets(), line(403, "")], "-tls +sign_in -rights +rights +statuses"),
        (vec![good(json!({"value": []})), tickets(), line(400, "")], "-tls +sign_in +rights -tenant +statuses"),
        (vec![line(401, ""), line(401, "")], "-tls -sign_in"),
        (vec![line(503, "<html>")], "-tls -sign_in"),
    ];
    for (script, want) in table {
        for auth in [by_password(), Auth::ApiKey] {
            let (vendor, intradesk) = Vendor::cloud_by(auth, script.clone()).await;
            let steps = intradesk.check().await;
            assert_eq!(signs(&steps), want, "{steps:?}");
            assert!(vendor.lines().iter().all(|line| line.starts_with("GET ")), "a check changes nothing");
        }
    }
    let (_, intradesk) = Vendor::cloud([people(), tickets(), states(), no_more()]).await;
    let steps = intradesk.check().await;
    assert_eq!(steps[4].detail, "3 states to choose from: Открыта, Требует уточнения, Выполнена");
    let choice = |value, name: &str| CheckChoice { value, name: name.to_owned() };
    let told = [choice(106_939, "Открыта"), choice(106_948, "Требует уточнения"), choice(106_950, "Выполнена")];
    assert_eq!(steps[4].choices, told);
    assert_eq!(steps[3].detail, "company.intradesk.ru: 2 users, the first are Жуков Павел, Лаптева Инна");
    let (vendor, intradesk) = Vendor::cloud([]).await;
    vendor.journal().sign_ins.push_back(answered("token_bad_client"));
    let steps = intradesk.check().await;
    assert_eq!(signs(&steps), "-tls -sign_in");
    assert!(steps[1].detail.contains("invalid_client"), "{steps:?}");
}

#[tokio::test]
async fn a_check_of_the_classic_product_says_who_we_are() {
    let me = || good(json!({"Id": 7, "Name": "Робот"}));
    let tickets = || good(json!({"Tasks": []}));
    let table: Vec<(Vec<Line>, &str)> = vec![
        (
            vec![me(), tickets(), good(json!([{"Id": 1, "Name": "Новая"}, {"Id": 2, "IsFinal": true}]))],
            "-tls +sign_in +rights +statuses +statuses",
        ),
        (vec![me(), tickets(), line(404, "{}")], "-tls +sign_in +rights +statuses"),
        (vec![line(404, "{}"), line(403, "{}"), line(500, "")], "-tls +sign_in -rights -statuses"),
        (vec![answered("classic_401")], "-tls -sign_in"),
        (vec![line(502, "")], "-tls -sign_in"),
    ];
    for (script, want) in table {
        let (_, intradesk) = Vendor::classic(script).await;
        let steps = intradesk.check().await;
        assert_eq!(signs(&steps), want, "{steps:?}");
        if steps.len() == 5 {
            assert_eq!(steps[4].choices, [CheckChoice { value: 1, name: "Новая".to_owned() }]);
        }
    }
}

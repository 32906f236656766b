//! What the "Check" button finds.

use serde_json::json;

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
    let table: Vec<(Vec<Line>, &str)> = vec![
        (vec![people(), tickets()], "-tls +sign_in +rights +tenant"),
        (vec![people(), line(403, "")], "-tls +sign_in -rights +tenant"),
        (vec![line(403, ""), tickets()], "-tls +sign_in -rights +rights"),
        (vec![good(json!({"value": []})), tickets()], "-tls +sign_in +rights -tenant"),
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
    let (_, intradesk) = Vendor::cloud([people(), tickets()]).await;
    let steps = intradesk.check().await;
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
            vec![me(), tickets(), good(json!([{"Id": 1}, {"Id": 2, "IsFinal": true}]))],
            "-tls +sign_in +rights +statuses",
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
    }
}

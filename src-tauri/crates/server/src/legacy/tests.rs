//! Every old address with its exact answers, and who gets none.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use pult_domain::areas::calls::{
    CallResultRow, Reference, ReportedAgency, ReportedCall, ReportedPhone, ReportedProcessing,
};
use pult_engine::{
    api::routes,
    auth::{Grant, Role},
};
use pult_store::StoreError;
use serde_json::{Value, json};

use super::{ROUTES, failed, journal, vilnius};
use crate::cards::harness::{Answer, Site, get, get_with};

fn named(id: i64, name: &str) -> Option<Reference> {
    Some(Reference { id: Some(id), name: Some(name.to_owned()) })
}

fn phone(id: i64, number: &str) -> ReportedPhone {
    ReportedPhone {
        id: Some(id),
        number: Some(number.to_owned()),
        comment: Some("касса".to_owned()),
        ..Default::default()
    }
}

/// A handled call with everything around it; a second without anything but its beginning.
async fn moscow(site: &Site) {
    site.reported(ReportedCall::began("1", "2025-11-05T07:00:00Z".parse().unwrap())).await;
    site.reported(ReportedCall {
        card_id: Some(11),
        privat_processing_id: Some(21),
        result: Some(1),
        type_call: Some(5),
        operator: named(31, "Анна"),
        telephone: Some(phone(41, "+7 495 000-00-01")),
        privat_processing: Some(ReportedProcessing {
            id: Some(21),
            calls_results_ids: Some("51".to_owned()),
            country: named(61, "Турция"),
            metro: named(62, "Сокол"),
            manager_name: named(63, "Пётр"),
            client_name: named(64, "Иван"),
            client_city: named(65, "Москва"),
            ads: named(66, "Радио"),
        }),
        calls_result: vec![CallResultRow {
            id: Some(51),
            telephone: Some(phone(42, "+7 495 000-00-02")),
            result: Some(0),
            datetime: Some("2025-11-05T08:10:00Z".parse().unwrap()),
        }],
        agentstvo: Some(ReportedAgency {
            id: Some(71),
            name: Some("Ромашка".to_owned()),
            english_name: Some("Romashka".to_owned()),
            adres: Some("ул. Примерная, 1".to_owned()),
            telephones: vec![phone(42, "+7 495 000-00-02")],
            city: named(81, "Москва"),
            metro: named(62, "Сокол"),
            district: named(83, "САО"),
            bank_card: Some(true),
            ..Default::default()
        }),
        ..ReportedCall::began("2", "2025-11-05T08:05:09Z".parse().unwrap())
    })
    .await;
}

async fn ask(site: &Site, path: &str) -> Answer {
    let key = site.key(Role::Viewer, &[Grant::CallsMoscow], &["*", path]).await;
    site.console(get_with(path, "x-api-key", &key)).await
}

async fn answer(site: &Site, path: &str) -> Value {
    let answer = ask(site, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.json()
}

#[tokio::test]
async fn calls_of_a_day_have_the_old_shape() {
    let site = Site::start();
    moscow(&site).await;
    let body = answer(&site, "/api/moscow-calls?date=2025-11-05").await;
    let (full, bare) = (&body["calls"][0], &body["calls"][1]);
    assert_eq!(body["success"], json!(true));
    assert_eq!(
        full,
        &json!({
            "id": full["id"], "phone_number": "+7 495 000-00-01", "operator": "Анна", "time": "05.11.2025, 11:05:09",
            "card_id": 11, "pp_id": 21, "has_client_card": true, "result": 1, "call_result_text": "Обработано",
            "call_type_text": "Заказ тура",
        })
    );
    assert_eq!(
        bare,
        &json!({
            "id": bare["id"], "phone_number": null, "operator": null, "time": "05.11.2025, 10:00:00", "card_id": null,
            "pp_id": null, "has_client_card": false, "result": null, "call_result_text": "Неизвестный результат",
            "call_type_text": "Неизвестный тип",
        })
    );
    // The alias, a missing day and one that is none are all today.
    for path in ["/api/calls", "/api/moscow-calls", "/api/calls?date=05.11.2025", "/api/calls?date=2025-02-30"] {
        assert_eq!(answer(&site, path).await, body, "{path}");
    }
    let empty = json!({ "success": true, "calls": [] });
    assert_eq!(answer(&site, "/api/calls?date=2025-11-04").await, empty);
}

#[tokio::test]
async fn figures_have_the_old_shape() {
    let site = Site::start();
    assert_eq!(answer(&site, "/api/call_stats").await, json!({ "total_calls": 0, "avg_time": "0:00" }));
    moscow(&site).await;
    let stats = json!({ "success": true, "stats": [{ "operator_name": "Анна", "call_count": 1 }] });
    assert_eq!(answer(&site, "/api/moscow-operator-stats").await, stats);
    let months = json!({ "success": true, "stats": [{ "year": 2025, "month": 11, "count": 2 }] });
    assert_eq!(answer(&site, "/api/moscow-calls-monthly-stats").await, months);

    site.call("37060011222", "4711").await;
    site.at("2025-11-05T12:01:05Z");
    let end = site.telephony("type=endcall&ani=37060011222&curator_id=4711").await;
    let mut listener = site.app.engine.bus().listen();
    while site.hook(get(&end)).await.body.contains("записывается") {
        listener.next().await.unwrap();
    }
    assert_eq!(answer(&site, "/api/call_stats").await, json!({ "total_calls": 3, "avg_time": "1:05" }));
}

#[tokio::test]
async fn a_client_card_has_the_old_shape() {
    let site = Site::start();
    moscow(&site).await;
    let calls = answer(&site, "/api/calls").await;
    let (full, bare) = (&calls["calls"][0]["id"], &calls["calls"][1]["id"]);
    assert_eq!(
        answer(&site, &format!("/api/client-card/call/{full}")).await,
        json!({ "success": true, "client_data": {
            "processing_id": 21, "client_name": "Иван", "client_city": "Москва", "manager_name": "Пётр",
            "metro_name": "Сокол", "country_name": "Турция", "ad_name": "Радио", "phone": "+7 495 000-00-01",
        } })
    );
    let none = json!({ "success": false, "error": "Информация о клиенте не найдена" });
    for call in [bare.to_string(), "999".to_owned(), "none".to_owned()] {
        assert_eq!(answer(&site, &format!("/api/client-card/call/{call}")).await, none);
    }
}

#[tokio::test]
async fn the_agency_of_an_enquiry_has_the_old_shape() {
    let site = Site::start();
    moscow(&site).await;
    let body = answer(&site, "/api/call-agency-data/21").await;
    // As text: the macro for JSON has no room for so many fields.
    let want = r#"{ "success": true, "agency_data": [{
        "id": 51, "agency_db_id": 71, "agency_name_ru": "Ромашка", "agency_name_en": "Romashka",
        "agency_address": "ул. Примерная, 1", "agency_comment": null, "tel_1_id": 42, "tel_2_id": null,
        "tel_3_id": null, "tel_4_id": null, "tel_5_id": null, "tel_6_id": null, "tel_7_id": null, "city_id": 81,
        "city_name": "Москва", "metro_id": 62, "agency_metro_name": "Сокол", "district_id": 83,
        "district_name": "САО", "area_id": null, "area_name": null, "agency_region_id": null,
        "region_name_from_db": null, "time_zone": null, "time_rezhim_id": null, "english": null, "tickets": null,
        "station_not_set": null, "switch_msk_agency": null, "bank_card": true, "stambul": null, "austria": null,
        "result": 0, "call_result_text": "дозвон", "client_country": "Турция", "client_metro": "Сокол",
        "manager_name": "Пётр", "datetime": "05.11.2025 11:10:00", "client_name": "Иван", "operator_name": "Анна",
        "telephones_detailed": [{ "id": 42, "number": "+7 495 000-00-02", "comment": "касса" }]
    }] }"#;
    assert_eq!(body, serde_json::from_str::<Value>(want).unwrap());
    let none = json!({ "success": true, "agency_data": [] });
    for enquiry in ["22", "none"] {
        assert_eq!(answer(&site, &format!("/api/call-agency-data/{enquiry}")).await, none);
    }
}

#[tokio::test]
async fn agencies_have_the_old_shape() {
    let site = Site::start();
    moscow(&site).await;
    let all = json!({ "success": true, "agencies": [{
        "ID_TR": 71, "NAME_RU": "Ромашка", "NAME_EN": "Romashka", "ADDRESS": "ул. Примерная, 1", "CITY_NAME": "Москва",
        "METRO_STATION_NAME": "Сокол", "DISTRICT_NAME": "САО", "telephone_1_number": "+7 495 000-00-02",
        "telephone_2_number": null, "telephone_3_number": null, "telephone_4_number": null, "telephone_5_number": null,
        "telephone_6_number": null, "telephone_7_number": null, "ALL_TELEPHONES_CONCAT": "+7 495 000-00-02",
    }] });
    for path in ["/api/agencies", "/api/agencies?search=", "/api/agencies?search=roma", "/api/agencies?search=00-02"] {
        assert_eq!(answer(&site, path).await, all, "{path}");
    }
    assert_eq!(answer(&site, "/api/agencies?search=nowhere").await, json!({ "success": true, "agencies": [] }));

    let details = answer(&site, "/api/agency-details/71").await;
    let agency = &details["agency_details"];
    assert_eq!((&details["success"], &agency["id"], &agency["hidden"]), (&json!(true), &json!(71), &json!(false)));
    for (name, value) in [
        ("city_name", json!("Москва")),
        ("metro_name", json!("Сокол")),
        ("district_name", json!("САО")),
        ("area_name", Value::Null),
        ("region_name_from_db", Value::Null),
        (
            "telephones",
            json!([{ "id": 42, "number": "+7 495 000-00-02", "comment": "касса", "time_rezhim_id": null, "work_schedule": null }]),
        ),
    ] {
        assert_eq!(agency[name], value, "{name}");
    }
    for id in ["72", "none"] {
        let answer = ask(&site, &format!("/api/agency-details/{id}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(answer.json(), json!({ "success": false, "error": "Агентство не найдено" }));
    }
}

#[tokio::test]
async fn the_last_calls_have_the_old_shape_and_page() {
    let site = Site::start();
    assert_eq!(answer(&site, "/get_latest_calls").await, json!({ "calls": [] }));
    let page = ask(&site, "/contact-center/vilnius").await;
    assert!(page.body.contains("Звонков ещё не было"), "{}", page.body);

    for n in 0..6 {
        site.call(&format!("3706000000{n}"), "%3Cb%3E4711").await;
    }
    let body = answer(&site, "/get_latest_calls").await;
    assert_eq!(body["calls"].as_array().unwrap().len(), 5);
    assert_eq!(
        body["calls"][0],
        json!({
            "CALL_INFO_ID": 6, "TIME_BEGIN": "05.11.2025 14:00", "TIME_END": "05.11.2025 14:00",
            "PHONE_NUMBER": "37060000005", "CURRATOR": "<b>4711", "THEME": null, "REGION": "lt",
            "AGENCY_MANAGER": null, "AGENCY_NAME": null,
        })
    );
    let page = ask(&site, "/contact-center/vilnius").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("+37060000005") && page.body.contains("+37060000001"), "{}", page.body);
    assert!(!page.body.contains("+37060000000") && !page.body.contains("<b>"), "{}", page.body);
    assert!(page.header(header::CONTENT_SECURITY_POLICY).contains("default-src 'none'"));
}

#[tokio::test]
async fn every_route_asks_who_is_there() {
    let site = Site::start();
    let nothing_here = site.key(Role::Viewer, &[Grant::CallsMoscow], &["calls.page"]).await;
    let operator = site.key(Role::Operator, &[Grant::CallsMoscow], &["*"]).await;
    let viewer = site.key(Role::Viewer, &[], &["*"]).await;
    let supervisor = site.key(Role::Supervisor, &[], &["*"]).await;
    for route in ROUTES {
        let path =
            route.path.replace("{call_id}", "1").replace("{pp_id}", "1").replace("{id}", "1").replace("{journal}", "1");
        let grants = [Grant::CallsMoscow, Grant::RedmineReport];
        let own = site.key(route.opens.role, &grants, &[route.opens.name, route.path]).await;
        let ask = |mut request: Request<Body>| {
            *request.method_mut() = Method::from_bytes(route.verb.to_uppercase().as_bytes()).unwrap();
            site.console(request)
        };
        let status = async |key: &str| ask(get_with(&path, "x-api-key", key)).await.status;
        assert_eq!(ask(get(&path)).await.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(status("pult_wrong").await, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(status(&nothing_here).await, StatusCode::FORBIDDEN, "{path}");
        // Tasks are for people the tracker knows, and for supervisors; a key of its own is nobody there.
        let known = [routes::TASKS, routes::TASKS_SET].contains(&route.opens);
        // One's own notices and requests are everybody's.
        assert_eq!(
            status(&operator).await == StatusCode::FORBIDDEN,
            route.opens.role > Role::Operator || known,
            "{path}"
        );
        let more = route.opens.grant.is_some() || route.opens.role > Role::Viewer || known;
        assert_eq!(status(&viewer).await == StatusCode::FORBIDDEN, more, "{path}");
        // Calls of the Moscow centre are a right of their own, whatever the role.
        let moscow = route.opens.grant == Some(Grant::CallsMoscow);
        assert_eq!(status(&supervisor).await == StatusCode::FORBIDDEN, moscow, "{path}");
        assert_eq!(status(&own).await == StatusCode::FORBIDDEN, known, "{path}");
        let answer = ask(get_with(&path, "x-api-key", &supervisor)).await;
        assert_eq!(answer.header(header::CACHE_CONTROL), "no-store", "{path}");
        assert!(!answer.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), "{path}");
    }
    let mut browser = get("/contact-center/vilnius");
    browser.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
    let answer = site.console(browser).await;
    assert_eq!((answer.status, answer.header(header::LOCATION)), (StatusCode::SEE_OTHER, "/ui/"));
}

#[tokio::test]
async fn a_failure_is_said_and_never_dressed_up() {
    async fn read(answer: axum::response::Response) -> (u16, Value) {
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap())
    }
    let (gone, broken) = (StoreError::Closed, StoreError::Failed("secret detail".to_owned()));
    let no_connection = "Ошибка подключения к базе данных";
    assert_eq!(
        read(failed(&gone, Some("calls"))).await,
        (500, json!({ "success": false, "error": no_connection, "calls": [] }))
    );
    let (status, body) = read(failed(&broken, None)).await;
    assert_eq!((status, &body["success"]), (500, &json!(false)));
    assert!(!body.to_string().contains("secret detail"));
    assert_eq!(read(journal::no_stats(&gone)).await, (503, json!({ "error": no_connection })));
    let last = |error: &StoreError| vilnius::latest_answer(Err(error.clone()));
    assert_eq!(read(last(&gone)).await, (200, json!({ "calls": [], "warning": no_connection })));
    assert_eq!(read(last(&broken)).await.0, 500);
    assert!(vilnius::page(&Err(gone)).into_string().contains(no_connection));
}

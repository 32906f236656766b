//! Cards from the telephony's request to the operator's page.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt;
use pult_domain::{
    AgencyId,
    areas::calls::{AgencyCard, Fact, Lack, ReportedAgency, ReportedCall, ReportedPhone},
};

use super::harness::{Site, form, get, get_with};

const PHONE: &str = "%2B37060011222";

fn card_of(name: &str) -> Box<AgencyCard> {
    Box::new(AgencyCard {
        agency_name: Some(name.to_owned()),
        agency_city: Some("Каунас".to_owned()),
        agency_contract: Some(false),
        agency_blacklist: Some(true),
        agency_employee: Some("Ona / Petras".to_owned()),
        ..AgencyCard::default()
    })
}

fn by_script(mut request: Request<Body>) -> Request<Body> {
    request.headers_mut().insert(header::ACCEPT, "application/json".parse().unwrap());
    request
}

#[tokio::test]
async fn a_card_waits_for_its_agency_and_then_shows_all_of_it() {
    let site = Site::start();
    site.agency_phone(77, "+370 600 11222").await;
    let card = site.call(PHONE, "4711").await;
    assert!(card.starts_with("/call-card/") && !card.contains("key"), "{card}");

    let asked = site.hook(get(&card)).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.body.contains("Загружаем карточку агентства"), "{}", asked.body);
    assert!(asked.body.contains("aria-label=\"+37060011222\""));
    assert!(asked.body.contains("<noscript><meta http-equiv=\"refresh\""), "it looks again without scripts");
    assert!(asked.header(header::CONTENT_SECURITY_POLICY).contains("script-src 'self'"));
    assert_eq!(asked.header(header::CACHE_CONTROL), "no-store");
    assert_eq!(asked.header(header::REFERRER_POLICY), "no-referrer");
    assert!(
        asked.header(header::SET_COOKIE).contains("HttpOnly; SameSite=Lax"),
        "{}",
        asked.header(header::SET_COOKIE)
    );

    let call = site.newest().await;
    site.happens(Fact::AgencyFound { call, card: card_of("Žalgiris <script>alert(1)</script>") }).await;
    let found = site.hook(get(&card)).await.body;
    assert!(found.contains("Žalgiris &lt;script&gt;alert(1)&lt;/script&gt;"), "{found}");
    assert!(!found.contains("<script>alert"), "{found}");
    assert!(found.contains("<dt>Договор</dt><dd class=\"bad\">Нет</dd>"));
    assert!(found.contains("<dt>Чёрный список</dt><dd class=\"bad\">Да</dd>"));
    assert!(found.contains("<p class=\"alarm\" role=\"alert\">Агентство в чёрном списке</p>"));
    assert!(found.contains("Ona / Petras") && found.contains("Каунас"));
    assert!(!found.contains("http-equiv"), "nothing is awaited any more");
}

#[tokio::test]
async fn a_card_that_cannot_be_had_says_so_and_keeps_its_call() {
    let site = Site::start();
    site.agency_phone(77, "37060011222").await;
    let card = site.call(PHONE, "4711").await;
    let call = site.newest().await;
    site.happens(Fact::AgencyMissing { call, agency: AgencyId(77), lack: Lack::TooLate }).await;
    let page = site.hook(get(&card)).await.body;
    assert!(page.contains("Ошибка при получении данных (ID: 77)"), "{page}");
    assert!(page.contains("<dt>Руководитель</dt><dd class=\"none\">—</dd>"));
}

#[tokio::test]
async fn an_unknown_number_and_no_number_are_shown_as_such() {
    let site = Site::start();
    let unknown = site.call(PHONE, "4711").await;
    let page = site.hook(get(&unknown)).await.body;
    assert!(page.contains("Агентство не найдено") && page.contains("+37060011222"), "{page}");
    assert!(page.contains("Оплата"), "the call is recorded and can be given a theme");
    assert!(!page.contains("Последние звонки агентства"), "there is no agency to have calls");

    let nobody = site.call("unknown", "4711").await;
    let page = site.hook(get(&nobody)).await.body;
    assert!(page.contains("Агентство не найдено") && page.contains("unknown"), "{page}");
    assert!(!page.contains("<form"), "there is no call to give a theme");
    let answer = site.hook(by_script(form(&format!("{nobody}/theme"), "Оплата"))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json(), serde_json::json!({"status": "error", "message": "Запись звонка не найдена"}));
}

#[tokio::test]
async fn a_reload_adds_no_call() {
    let site = Site::start();
    let card = site.call(PHONE, "4711").await;
    let call = site.newest().await;
    for _ in 0..3 {
        assert_eq!(site.hook(get(&card)).await.status, StatusCode::OK);
    }
    assert_eq!(site.newest().await, call);
}

#[tokio::test]
async fn two_operators_at_once_each_end_and_theme_their_own_call() {
    let site = Site::start();
    let (first, second) = (site.call(PHONE, "1001").await, site.call(PHONE, "1002").await);
    let answer = site.hook(form(&format!("{first}/theme"), "Оплата")).await;
    assert_eq!((answer.status, answer.header(header::LOCATION)), (StatusCode::SEE_OTHER, first.as_str()));
    let answer = site.hook(by_script(form(&format!("{second}/theme"), "Документы"))).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, serde_json::json!({"status": "success"})));

    let pressed = |page: &str, theme: &str| page.contains(&format!("value=\"{theme}\" aria-pressed=\"true\""));
    let (one, two) = (site.hook(get(&first)).await.body, site.hook(get(&second)).await.body);
    assert!(pressed(&one, "Оплата") && !pressed(&one, "Документы"), "{one}");
    assert!(pressed(&two, "Документы") && !pressed(&two, "Оплата"), "{two}");

    site.at("2025-11-05T12:01:05Z");
    let summary = site.telephony(&format!("type=endcall&ani={PHONE}&curator_id=1001")).await;
    let mut listener = site.app.engine.bus().listen();
    let page = loop {
        let page = site.hook(get(&summary)).await.body;
        if !page.contains("записывается") {
            break page;
        }
        listener.next().await.unwrap();
    };
    assert!(page.contains("Звонок завершён") && page.contains("1 minutes 5 seconds"), "{page}");
    assert!(page.contains("<dt>Тема</dt><dd>Оплата</dd>") && page.contains("<dt>Оператор</dt><dd>1001</dd>"), "{page}");
    assert!(site.hook(get(&second)).await.body.contains("Входящий звонок"), "the other call goes on");
}

#[tokio::test]
async fn an_end_without_a_call_shows_the_number_only() {
    let site = Site::start();
    let card = site.telephony(&format!("type=endcall&ani={PHONE}&curator_id=4711")).await;
    let mut listener = site.app.engine.bus().listen();
    let page = loop {
        let page = site.hook(get(&card)).await.body;
        if !page.contains("записывается") {
            break page;
        }
        listener.next().await.unwrap();
    };
    assert!(page.contains("+37060011222") && page.contains("Открытого звонка"), "{page}");
}

#[tokio::test]
async fn the_current_card_takes_a_theme_by_its_cookie() {
    let site = Site::start();
    let no_call = serde_json::json!({"status": "error", "message": "Запись звонка не найдена"});
    let answer = site.hook(form("/update_call_theme", "Оплата")).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::BAD_REQUEST, no_call.clone()));

    let card = site.call(PHONE, "4711").await;
    let shown = site.hook(get(&card)).await;
    let current = |theme: &str| {
        let mut request = form("/update_call_theme", theme);
        request.headers_mut().insert(header::COOKIE, shown.cookie().parse().unwrap());
        request
    };
    let answer = site.hook(current("Оплата")).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, serde_json::json!({"status": "success"})));
    let answer = site.hook(current("Оплата")).await;
    let same = serde_json::json!({"status": "warning", "message": "Запись не найдена или тема не изменилась"});
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, same));
    for theme in ["", "  ", &"ы".repeat(129)] {
        assert_eq!(site.hook(current(theme)).await.status, StatusCode::BAD_REQUEST);
    }

    let again = site.hook(get_with("/call-show/anything/", "cookie", shown.cookie())).await;
    assert!(again.body.contains("aria-label=\"+37060011222\""), "{}", again.body);
    assert_eq!(site.hook(get("/call-show/77/")).await.status, StatusCode::NOT_FOUND);
    let forged = get_with("/call-show/77/", "cookie", "pult_card=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_eq!(site.hook(forged).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn forged_and_expired_addresses_open_nothing() {
    let site = Site::start();
    let card = site.call(PHONE, "4711").await;
    let id = card.strip_prefix("/call-card/").unwrap();
    let other = if id.starts_with('b') { "c" } else { "b" };
    let forged = format!("/call-card/{other}{}", &id[1..]);
    for path in [forged.clone(), format!("{forged}/content"), format!("{forged}/events")] {
        assert_eq!(site.hook(get(&path)).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let answer = site.hook(by_script(form(&format!("{forged}/theme"), "Оплата"))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);

    site.at("2025-11-06T12:00:01Z");
    let answer = site.hook(get(&card)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!answer.body.contains("37060011222"), "{}", answer.body);
}

#[tokio::test]
async fn the_history_skips_this_call_and_words_its_durations() {
    let site = Site::start();
    site.agency_phone(77, "37060011222").await;
    site.agency_phone(77, "37060033444").await;
    let mut listener = site.app.engine.bus().listen();
    for (began, ended) in [("12:00:00", "12:00:59"), ("12:10:00", "12:12:05")] {
        site.at(&format!("2025-11-05T{began}Z"));
        site.call(PHONE, "4711").await;
        site.at(&format!("2025-11-05T{ended}Z"));
        let end = site.telephony(&format!("type=endcall&ani={PHONE}&curator_id=4711")).await;
        while site.hook(get(&end)).await.body.contains("записывается") {
            listener.next().await.unwrap();
        }
    }
    // A call of the other centre is for those who have the right, and a card asks nobody's name.
    site.reported(ReportedCall {
        telephone: Some(ReportedPhone { number: Some("74950010001".to_owned()), ..ReportedPhone::default() }),
        agentstvo: Some(ReportedAgency { id: Some(77), ..ReportedAgency::default() }),
        ..ReportedCall::began("moscow", "2025-11-05T12:15:00Z".parse().unwrap())
    })
    .await;
    site.at("2025-11-05T12:20:00Z");
    site.call(PHONE, "4712").await;
    let card = site.call("37060033444", "4711").await;
    let page = site.hook(get(&card)).await.body;
    assert!(page.contains("222</span></td>"), "the number is in groups: {page}");
    for said in ["59 seconds", "2 minutes 5 seconds", "In progress"] {
        assert!(page.contains(&format!("<td class=\"right\">{said}</td>")), "{said}: {page}");
    }
    assert!(!page.contains("444</span></td>"), "the current call is not its own history");
    assert_eq!(page.matches("<td class=\"right\">").count(), 3, "a call of the other centre is shown: {page}");
}

#[tokio::test]
async fn a_glance_shows_what_is_known_and_records_nothing() {
    let site = Site::start();
    site.agency_phone(77, "37060011222").await;
    site.call(PHONE, "4711").await;
    let call = site.newest().await;
    let card = site.telephony(&format!("ani={PHONE}")).await;
    let page = site.hook(get(&card)).await;
    assert!(page.body.contains("+37060011222") && page.body.contains("In progress"), "{}", page.body);
    assert_eq!(page.header(header::SET_COOKIE), "", "there is no current call");
    assert_eq!(site.newest().await, call);
    let unknown = site.telephony("ani=%2B49301").await;
    assert!(site.hook(get(&unknown)).await.body.contains("Агентство не найдено"));
    assert_eq!(site.hook(get(&format!("{unknown}/events"))).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_was_not_recorded_says_so() {
    let answer = super::not_recorded("+370<b>");
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key(header::RETRY_AFTER));
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    assert!(body.contains("не записано") && body.contains("+370&lt;b&gt;"), "{body}");
}

#[tokio::test]
async fn an_open_card_hears_of_changes_once_each() {
    let site = Site::start();
    let card = site.call(PHONE, "4711").await;
    let seen = site.hook(get(&format!("{card}/content"))).await.header("x-pult-seen").to_owned();
    let mut stream = site.open(&format!("{card}/events?seen={seen}")).await.into_body();
    site.hook(form(&format!("{card}/theme"), "Оплата")).await;
    let event = stream.frame().await.unwrap().unwrap().into_data().unwrap();
    let now = site.hook(get(&format!("{card}/content"))).await.header("x-pult-seen").to_owned();
    assert_ne!(now, seen);
    let event = String::from_utf8(event.to_vec()).unwrap();
    assert!(event.contains("event: changed") && event.contains(&format!("id: {now}")), "{event}");

    // Whoever comes back with an old mark is told at once.
    let mut stream = site.open(&format!("{card}/events?seen={seen}")).await.into_body();
    assert!(stream.frame().await.unwrap().is_ok());
    site.app.engine.stop_signal().cancel();
    while let Some(frame) = stream.frame().await {
        assert!(frame.is_ok());
    }
}

#[tokio::test]
async fn style_and_script_come_from_here() {
    let site = Site::start();
    for (path, kind) in [("/call-card.css", "text/css"), ("/call-card.js", "text/javascript")] {
        let answer = site.hook(get(path)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.header(header::CONTENT_TYPE).starts_with(kind));
    }
    let card = site.call(PHONE, "4711").await;
    let page = site.hook(get(&card)).await.body;
    assert!(!page.contains("style=") && !page.contains("onclick") && !page.contains("://"), "{page}");
}

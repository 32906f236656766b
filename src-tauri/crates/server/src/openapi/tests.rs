//! The published contract is a golden file: a change of it is seen in review.

use std::collections::BTreeSet;

use axum::http::{StatusCode, header};
use pult_engine::api::{COMMANDS, routes};

use super::{DOCUMENT, document, operations};
use crate::{
    cards::{self, harness},
    legacy,
};

fn listed() -> BTreeSet<(String, String)> {
    operations(&DOCUMENT).map(|(method, path, _)| (method.to_lowercase(), path.to_owned())).collect()
}

#[test]
fn the_document_is_the_published_one() {
    let text = DOCUMENT.to_pretty_json().unwrap();
    let unversioned = text.replace(&format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION")), "\"version\": \"any\"");
    insta::assert_snapshot!("openapi", unversioned);
}

#[test]
fn every_list_is_in_the_document() {
    let listed = listed();
    let old = legacy::ROUTES.iter().map(|r| (r.verb.to_owned(), r.path.to_owned()));
    let cards = cards::ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()));
    let commands = COMMANDS.iter().map(|c| ("post".to_owned(), format!("/api/console/call/{}", c.name)));
    for address in old.chain(cards).chain(commands) {
        assert!(listed.contains(&address), "{address:?} is missing");
    }
    for path in ["/contact-center/vilnius/tel/", "/contact-center/vilnius/tel/{tel}/"] {
        assert!(listed.contains(&("get".to_owned(), path.to_owned())), "{path}");
    }
    for path in
        ["/hooks/telephony", "/api/v1/calls", "/hooks/okdesk", "/hooks/bitrix24", "/api/v1/okdesk/change_rate", "/"]
    {
        assert!(listed.contains(&("post".to_owned(), path.to_owned())), "{path}");
    }
}

#[test]
fn a_key_can_name_every_address_of_the_document_that_asks_for_one() {
    let beside = [routes::EVENTS.name, routes::METRICS.name];
    let named: BTreeSet<&str> = legacy::ROUTES.iter().map(|r| r.opens.name).chain(beside).collect();
    assert_eq!(named, routes::ADDRESSES.iter().map(|r| r.name).collect());
}

#[test]
fn integrations_that_are_switched_off_are_in_it_too() {
    let connected: BTreeSet<&str> = document::integrations().iter().map(|i| i.name()).collect();
    let missing: Vec<&str> =
        pult_integrations::names().iter().copied().filter(|name| !connected.contains(name)).collect();
    // These send nothing, so that they need an address to connect does no harm here.
    let quiet = [
        pult_integrations::agencies::NAME,
        pult_integrations::finesse::NAME,
        pult_integrations::intradesk::NAME,
        pult_integrations::xmpp::NAME,
        pult_integrations::yandex360::NAME,
    ];
    assert_eq!(missing.iter().collect::<BTreeSet<_>>(), quiet.iter().collect());
}

#[tokio::test]
async fn it_is_served_as_a_page_and_as_json() {
    let site = harness::Site::start();
    let json = site.console(harness::get("/api/docs/openapi.json")).await;
    assert_eq!((json.status, json.header(header::CONTENT_TYPE)), (StatusCode::OK, "application/json"));
    assert_eq!(json.json()["openapi"], "3.1.0");
    let page = site.console(harness::get("/api/docs")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("/api/moscow-calls") && page.body.contains("calls.page"), "{}", page.body);
    assert!(!page.body.contains("://") && !page.body.contains("<script"), "nothing comes from elsewhere");
}

//! The samples, what the service desk tells us, the links of ratings, and what is asked of a small server of ours.

mod calls;
mod fuzz;
mod hooks;
mod links;
mod polling;
mod samples;
mod server;

use pult_domain::RatingId;

use super::*;
use crate::samples::Secrets;

const SECRET_TOKEN: &str = "to&ken wörd-1";
const KEY: &str = "tulip-bulb-in-the-cellar";
const LINK_KEY: &str = "a key of links";

fn now() -> Instant {
    "2026-10-28T12:00:00Z".parse().unwrap()
}

fn secrets() -> Arc<Secrets> {
    let secrets = [(TOKEN, SECRET_TOKEN), (WEBHOOK_KEY, KEY), (crate::rating_links::KEY, LINK_KEY)];
    Arc::new(Secrets(secrets.map(|(name, value)| (name.to_owned(), value.to_owned())).into()))
}

fn connected(settings: Settings, credentials: Arc<Secrets>) -> Okdesk {
    crate::transport::http::tests::provider();
    Okdesk::new(settings, credentials, Arc::new(now)).unwrap()
}

/// A connection that nothing is asked of.
fn okdesk() -> Okdesk {
    connected(Settings::new("https://desk.example.com".parse().unwrap()), secrets())
}

/// The same for tests of very many cases.
static OKDESK: std::sync::LazyLock<Okdesk> = std::sync::LazyLock::new(okdesk);

const REQUEST: RatingId = RatingId(7);

#[test]
fn an_account_or_the_whole_address_of_its_api_is_a_base() {
    for (given, want) in [
        ("https://desk.example.com", Some("https://desk.example.com/api/v1")),
        ("https://desk.example.com/", Some("https://desk.example.com/api/v1")),
        ("https://desk.example.com/api/v1", Some("https://desk.example.com/api/v1")),
        ("https://desk.example.com/api/v1/?api_token=x#y", Some("https://desk.example.com/api/v1")),
        ("https://example.com/desk/", Some("https://example.com/desk/api/v1")),
        ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080/api/v1")),
        ("http://[::1]:8080/api/v1/", Some("http://[::1]:8080/api/v1")),
        ("http://localhost", Some("http://localhost/api/v1")),
        ("http://desk.example.com", None),
        ("http://192.0.2.1", None),
        ("ftp://localhost", None),
    ] {
        let got = api(&given.parse().unwrap()).ok();
        assert_eq!(got.as_ref().map(Url::as_str), want, "{given}");
    }
}

#[test]
fn settings_name_only_what_differs_from_the_usual() {
    let settings: Settings = serde_json::from_str(r#"{"enabled": true, "base": "https://desk.example.com"}"#).unwrap();
    assert_eq!(settings, Settings::new("https://desk.example.com".parse().unwrap()));
    assert!(serde_json::from_str::<Settings>(r#"{"base": "https://desk.example.com", "token": "x"}"#).is_err());
}

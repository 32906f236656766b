//! The samples, who may post, the answers byte by byte, and what a document is taken for.

mod answers;
mod reading;

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use super::*;
use crate::{Unverified, Webhook, samples::Secrets};

const KEY: &str = "tulip-bulb-in-the-cellar";
const WEBHOOK: &str = "https://portal.example.com/rest/1/q1w2e3r4t5/";

/// A portal that was so when it was last used.
struct Was(Option<bool>);

impl Standing for Was {
    fn of(&self, integration: &str) -> Option<bool> {
        self.0.filter(|_| integration == "portal")
    }
}

fn settings(bind: &str) -> Settings {
    Settings { enabled: true, bind: bind.parse().unwrap(), sync_timeout_s: 25, max_body_mb: 50, portal: "portal" }
}

fn connected(bind: &str, secrets: &[(&str, &str)], was: Option<bool>) -> Erp {
    let secrets = secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Erp::new(settings(bind), Arc::new(Secrets(BTreeMap::from_iter(secrets))), Arc::new(Was(was)))
}

/// On this machine, without a key.
fn local() -> Erp {
    connected("127.0.0.1:8000", &[], None)
}

/// With a key, where others can reach it.
fn with_key() -> Erp {
    connected("192.0.2.1:8000", &[(API_KEY, KEY), (PORTAL, WEBHOOK)], None)
}

fn request(erp: &Erp, path: &str, headers: &[(&'static str, &str)], body: &str) -> Unverified {
    let route = *erp.routes().iter().find(|route| route.path == path).unwrap();
    let headers =
        headers.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap()));
    Unverified {
        route,
        method: route.method.parse().unwrap(),
        path: path.to_owned(),
        query: String::new(),
        headers: HeaderMap::from_iter(headers),
        body: Bytes::from(body.to_owned()),
        peer: "198.51.100.9".parse().unwrap(),
    }
}

fn now() -> Instant {
    "2026-11-20T09:00:00Z".parse().unwrap()
}

#[test]
fn each_sample_of_the_contract_means_what_it_did() {
    let erp = with_key();
    for sample in crate::samples::samples(NAME) {
        let shown = sample.take_in(&erp);
        insta::assert_json_snapshot!(format!("sample_{}", sample.sample), shown);
    }
}

#[tokio::test]
async fn the_check_says_whether_a_key_is_missing_and_how_the_portal_was() {
    let steps = async |erp: Erp| erp.check().await.into_iter().map(|s| (s.step, s.ok)).collect::<Vec<_>>();
    assert_eq!(steps(local()).await, [("api_key", true), ("portal", true)]);
    assert_eq!(steps(with_key()).await, [("api_key", true), ("portal", true)]);
    let open = connected("0.0.0.0:8000", &[], Some(false));
    let found = open.check().await;
    assert!(found[0].detail.contains("erp.api_key") && found[0].detail.contains("0.0.0.0:8000"), "{found:?}");
    assert_eq!(steps(open).await, [("api_key", false), ("portal", false)]);
}

#[test]
fn a_listener_that_others_reach_stays_closed_until_there_is_a_key() {
    for (bind, key, opens) in [
        ("127.0.0.1:8000", None, true),
        ("[::1]:8000", None, true),
        ("0.0.0.0:8000", None, false),
        ("192.0.2.1:8000", None, false),
        ("[::]:8000", None, false),
        ("0.0.0.0:8000", Some(KEY), true),
        ("0.0.0.0:8000", Some(""), false),
    ] {
        let secrets: Vec<_> = key.map(|key| (API_KEY, key)).into_iter().collect();
        let erp = connected(bind, &secrets, None);
        assert_eq!(erp.may_open().is_ok(), opens, "{bind} {key:?}");
    }
}

//! Who can reach the listeners, and in the clear or not.
//!
//! Deliberately not here: limits (`limits`).

use std::fs;

use serde_json::json;

use crate::{
    caller::Caller,
    house::{PASSWORD, Setup},
};

#[tokio::test]
async fn a_console_anybody_may_reach_in_the_clear_is_refused() {
    for bind in ["0.0.0.0:0", "[::]:0", "10.255.255.1:0", "192.0.2.1:0"] {
        let ended = Setup::new().console(format!("bind = \"{bind}\"\n")).build().try_serve(&[]).await.err().unwrap();
        assert_eq!(ended.status.code(), Some(3), "{bind}: {}", ended.text);
        assert!(ended.text.contains("console.") && ended.text.contains("tls"), "{}", ended.text);
    }
}

#[tokio::test]
async fn plain_hooks_on_a_private_address_need_the_setting() {
    let with = |lines: &str| Setup::new().hooks(lines).build();
    let ended = with("bind = \"10.255.255.1:0\"\n").try_serve(&[]).await.err().unwrap();
    assert_eq!(ended.status.code(), Some(3), "{}", ended.text);
    assert!(ended.text.contains("hooks.allow_plain_http"), "{}", ended.text);
    // With it the settings are fine; that this machine has no such address is another matter.
    let ended = with("bind = \"10.255.255.1:0\"\nallow_plain_http = true\n").try_serve(&[]).await.err().unwrap();
    assert_ne!(ended.status.code(), Some(3), "{}", ended.text);
    let ended = with("bind = \"0.0.0.0:0\"\nallow_plain_http = true\n").try_serve(&[]).await.err().unwrap();
    assert_eq!(ended.status.code(), Some(3), "never on a public one: {}", ended.text);
}

#[tokio::test]
async fn a_certificate_of_ones_own_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    fs::write(&certificate, own.cert.pem()).unwrap();
    fs::write(&key, own.signing_key.serialize_pem()).unwrap();
    let lines = |section: &str| {
        let (certificate, key) = (certificate.display(), key.display());
        format!("bind = \"127.0.0.1:0\"\n[{section}.tls]\ncertificate = \"{certificate}\"\nkey = \"{key}\"\n")
    };
    let house = Setup::new().console(lines("console")).hooks(lines("hooks")).build();
    house.person("chief", "admin").await;
    let pultd = house.serve().await;
    assert!(pultd.console.starts_with("https://") && pultd.hooks.starts_with("https://"));

    let trusting = || {
        let root = reqwest::Certificate::from_pem(own.cert.pem().as_bytes()).unwrap();
        reqwest::Client::builder().tls_certs_only([root]).no_proxy().build().unwrap()
    };
    let mut chief = Caller::with(&pultd.console, trusting());
    let answer = chief.sign_in("chief", PASSWORD).await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").contains("; Secure"));
    chief.must("deliveries.summary", json!({})).await;
    assert_eq!(Caller::with(&pultd.hooks, trusting()).get("/healthz").await.status, 200);

    let doubting = pultd.at_console();
    assert!(
        doubting.try_send(doubting.request(reqwest::Method::GET, "/healthz")).await.is_err(),
        "nobody vouches for it"
    );
    let plain = Caller::new(&pultd.console.replacen("https", "http", 1));
    assert!(plain.try_send(plain.request(reqwest::Method::GET, "/healthz")).await.is_err(), "nothing in the clear");
}

//! The samples, what the messenger tells us, and what is asked of a small server of ours.

mod calls;
mod copies;
mod fuzz;
mod hooks;
mod reading;
mod samples;
mod server;
mod words;

use super::*;
use crate::{CallError, samples::Secrets};

const SECRET_TOKEN: &str = "to&ken wörd-1";
/// The one the samples are signed with.
const SIGNING: &str = "sim-signing-secret-01";

fn now() -> Instant {
    "2026-11-20T09:30:00Z".parse().unwrap()
}

fn secrets() -> Arc<Secrets> {
    let secrets = [(TOKEN, SECRET_TOKEN), (WEBHOOK_SECRET, SIGNING)];
    Arc::new(Secrets(secrets.map(|(name, value)| (name.to_owned(), value.to_owned())).into()))
}

/// The tracker's files: what a file holds is what its source says; `gone` is not there.
struct Theirs;

#[async_trait]
impl Attachments for Theirs {
    async fn fetch(
        &self,
        file: &pult_domain::areas::chat_link::FileLink,
        at_most: u64,
    ) -> Result<bytes::Bytes, CallError> {
        if file.source == "gone" || file.source.len() as u64 > at_most {
            return Err(trouble::refused(pult_domain::Failure::DoesNotExist, "gone"));
        }
        Ok(file.source.clone().into())
    }
}

fn connected(settings: Settings, credentials: Arc<Secrets>) -> Pachca {
    connected_at(settings, credentials, Arc::new(now))
}

fn connected_at(settings: Settings, credentials: Arc<Secrets>, clock: Clock) -> Pachca {
    crate::transport::http::tests::provider();
    Pachca::new(settings, credentials, clock, Arc::new(Theirs)).unwrap()
}

/// A connection that nothing is asked of.
fn pachca() -> Pachca {
    connected(Settings::new("https://chat.example.com/api/shared/v1".parse().unwrap()), secrets())
}

/// The same for tests of very many cases.
static PACHCA: std::sync::LazyLock<Pachca> = std::sync::LazyLock::new(pachca);

#[test]
fn the_token_crosses_no_network_in_the_open() {
    crate::transport::http::tests::provider();
    for (base, fits) in [
        ("https://chat.example.com/api/shared/v1", true),
        ("http://127.0.0.1:8080/api", true),
        ("http://localhost", true),
        ("http://chat.example.com", false),
        ("http://192.0.2.1", false),
        ("ftp://localhost", false),
    ] {
        let made = Pachca::new(Settings::new(base.parse().unwrap()), secrets(), Arc::new(now), Arc::new(Theirs));
        assert_eq!(made.is_ok(), fits, "{base}");
    }
}

#[test]
fn settings_name_only_what_differs_from_the_usual() {
    let settings: Settings = serde_json::from_str(r#"{"base": "https://chat.example.com"}"#).unwrap();
    assert_eq!(settings, Settings::new("https://chat.example.com".parse().unwrap()));
    assert!(serde_json::from_str::<Settings>(r#"{"base": "https://chat.example.com", "token": "x"}"#).is_err());
}

//! What the telephony platform says of itself: only the exact word IN_SERVICE counts as being there (contracts/finesse 5.1).
//!
//! Deliberately not here: its notification service and its other answers (the platform's own integration).

use std::sync::Arc;

use pult_domain::areas::network::Trouble;
use roxmltree::{Document, ParsingOptions};
use rustls::client::danger::ServerCertVerifier;

use super::{Answered, Fault, http};
use crate::probe::ProbeOrder;

const PATH: &str = "/finesse/api/SystemInfo";
const IN_SERVICE: &str = "IN_SERVICE";

pub(super) async fn in_service(verifier: &Arc<dyn ServerCertVerifier>, order: &ProbeOrder) -> Result<Answered, Fault> {
    let page = http::get(verifier, order, PATH).await?;
    let (us, status, certificate) = (page.us, Some(page.status.as_u16()), page.certificate.clone());
    let fault = |fault: Fault| Fault { status, certificate: certificate.clone(), ..fault };
    if !page.status.is_success() {
        return Err(fault(Fault::new(Trouble::Status, format!("HTTP {}", page.status.as_u16()))));
    }
    let body = page.body().await.map_err(fault)?;
    match status_of(&body).as_deref() {
        Some(IN_SERVICE) => Ok(Answered { us, status, certificate, detail: IN_SERVICE.to_owned() }),
        Some(other) => Err(fault(Fault::new(Trouble::NotInService, other.chars().take(64).collect::<String>()))),
        None => Err(fault(Fault::new(Trouble::Strange, "the answer holds no status"))),
    }
}

/// The status an answer holds; elements are found by local name, a DTD is refused.
fn status_of(body: &[u8]) -> Option<String> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: 10_000, ..ParsingOptions::default() };
    let text = std::str::from_utf8(body).ok()?;
    let document = Document::parse_with_options(text.trim_start_matches('\u{feff}').trim_start(), options).ok()?;
    let root = document.root_element();
    let named = root.tag_name().name().eq_ignore_ascii_case("SystemInfo");
    let status = root.children().find(|n| n.tag_name().name() == "status").filter(|_| named)?;
    Some(status.text().unwrap_or_default().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_status_is_taken_from_the_answer_alone() {
        for (body, status) in [
            ("<SystemInfo><status>IN_SERVICE</status></SystemInfo>", Some("IN_SERVICE")),
            (
                "<x:SystemInfo xmlns:x='urn:y'><x:status> OUT_OF_SERVICE </x:status></x:SystemInfo>",
                Some("OUT_OF_SERVICE"),
            ),
            ("<systemInfo><status/></systemInfo>", Some("")),
            ("<Other><status>IN_SERVICE</status></Other>", None),
            ("<!DOCTYPE a [<!ENTITY b 'c'>]><SystemInfo><status>IN_SERVICE</status></SystemInfo>", None),
            ("<html>IN_SERVICE</html>", None),
            ("IN_SERVICE", None),
        ] {
            assert_eq!(status_of(body.as_bytes()).as_deref(), status, "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(body in crate::fuzz::bodies("finesse")) {
            prop_assert!(status_of(&body).is_none_or(|status| status.len() <= body.len()));
        }
    }
}

//! The page of the listener: what may be sent, what is answered, and two samples to copy. Everything it needs is in it.
//!
//! Deliberately not here: which of it is true (`wire`, `intake`; tests hold the page to them).

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::value::RawValue;

use super::{SAMPLES, Settings};

/// The page's own style, and the script of its copy buttons.
pub(super) const STYLE: &str = include_str!("docs.css");
pub(super) const SCRIPT: &str = include_str!("docs.js");
const PAGE: &str = include_str!("docs.html");
const SCHEMA: &str = include_str!("schema.json");

/// The page for these settings.
pub(super) fn page(settings: &Settings) -> Bytes {
    let text = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let filled = [
        ("{{full}}", text(&sample("full"))),
        ("{{minimal}}", text(&sample("minimal"))),
        ("{{schema}}", text(SCHEMA.trim_end())),
        ("{{seconds}}", settings.sync_timeout_s.to_string()),
        ("{{megabytes}}", settings.max_body_mb.to_string()),
        ("{{address}}", settings.bind.to_string()),
        ("{{style}}", STYLE.to_owned()),
        ("{{script}}", SCRIPT.to_owned()),
    ];
    filled.iter().fold(PAGE.to_owned(), |page, (place, content)| page.replace(place, content)).into()
}

/// A sample as it is written in the file, moved to the margin.
pub(super) fn sample(name: &str) -> String {
    let samples: BTreeMap<String, &RawValue> = serde_json::from_str(SAMPLES).unwrap_or_default();
    samples.get(name).map(|sample| sample.get().replace("\n  ", "\n")).unwrap_or_default()
}

//! The driver as a bad client: wrong keys, floods, bodies too large or broken. Once on demand, never within a day.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use reqwest::RequestBuilder;
use serde_json::json;

use super::{
    driver::{Driver, DriverError},
    sign::signature,
};
use crate::secret::Secret;

/// A way to be a bad client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mischief {
    /// The hook and the feed with a wrong key, one request each.
    WrongKey,
    /// This many `newcall`s as fast as they go.
    Flood(u32),
    /// The feed with a body of this many bytes.
    GiantBody(usize),
    /// The feed with JSON that breaks off.
    BrokenJson,
    /// The signed hook with a signature of other bytes.
    WrongSignature,
    /// The signed hook with a right signature an hour old.
    StaleSignature,
}

/// How the misbehaviour was met: how many answers of each status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// Answers by status.
    pub statuses: BTreeMap<u16, u32>,
    /// Requests whose connection broke instead.
    pub broken: u32,
}

impl Driver {
    /// Misbehaves once and tells how it was met. Never retries.
    ///
    /// # Errors
    /// A key this kind of misbehaviour needs is not given.
    pub async fn misbehave(&self, mischief: Mischief) -> Result<Met, DriverError> {
        let wrong = Secret::new("certainly-not-the-key");
        let event = json!({"event": "newcall", "event_id": "mischief-1", "ani": "+37050099999",
            "curator_id": "nobody", "theme": null});
        let body = event.to_string().into_bytes();
        let now = self.now();
        let requests: Vec<RequestBuilder> = match mischief {
            Mischief::WrongKey => vec![
                self.legacy(&wrong, "newcall", "+37050099999", "nobody"),
                self.feed(&wrong, json!({"calls": []}).to_string().into_bytes()),
            ],
            Mischief::Flood(count) => {
                let secret = self.hook_secret()?;
                (0..count)
                    .map(|index| {
                        let ani = format!("+3705008{:04}", index % 10_000);
                        self.event("newcall", &format!("flood-{now}-{index}"), &ani, "flood", None, secret)
                    })
                    .collect()
            }
            Mischief::GiantBody(bytes) => {
                let padding = "x".repeat(bytes);
                vec![self.feed(self.feed_key()?, json!({"calls": [], "padding": padding}).to_string().into_bytes())]
            }
            Mischief::BrokenJson => vec![self.feed(self.feed_key()?, br#"{"calls":[{"source_id":"#.to_vec())],
            Mischief::WrongSignature => {
                let signed = signature(self.signing_secret()?, now, b"other bytes");
                vec![self.signed(body, now, signed)]
            }
            Mischief::StaleSignature => {
                let then = now - 3_600;
                let signed = signature(self.signing_secret()?, then, &body);
                vec![self.signed(body, then, signed)]
            }
        };
        let mut met = Met::default();
        let mut answers = stream::iter(requests.into_iter().map(RequestBuilder::send)).buffer_unordered(64);
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(response) => *met.statuses.entry(response.status().as_u16()).or_default() += 1,
                Err(_) => met.broken += 1,
            }
        }
        Ok(met)
    }
}

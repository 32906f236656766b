//! The systems around Pult, as their contracts have them speak: the telephony client and the feed of the Moscow journal.
//!
//! Deliberately not here: what Pult makes of it.

use jiff::Timestamp;
use pult_simulators::{
    secret::Secret,
    telephony::sign::{SIGNATURE_HEADER, TIMESTAMP_HEADER, signature},
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{
    caller::{Answer, Caller},
    house::{CLIENT_KEY, FEED_KEY},
};

/// The address the telephony client opens.
pub(crate) const ENTRY: &str = "/contact-center/vilnius/tel/";

/// A request to the entry address, with the client's key.
pub(crate) fn entry(caller: &Caller, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
    caller.request(Method::GET, path).query(query).query(&[("key", CLIENT_KEY)])
}

/// A call begins or ends.
pub(crate) async fn ring(caller: &Caller, kind: &str, ani: &str, curator: &str) -> Answer {
    caller.send(entry(caller, ENTRY, &[("type", kind), ("ani", ani), ("curator_id", curator)])).await
}

/// A signed event, not yet sent.
pub(crate) fn event(caller: &Caller, body: &Value) -> RequestBuilder {
    signed(caller, &serde_json::to_vec(body).unwrap(), Timestamp::now().as_second(), CLIENT_KEY)
}

/// These bytes, signed at this second with this key.
pub(crate) fn signed(caller: &Caller, body: &[u8], at: i64, key: &str) -> RequestBuilder {
    caller
        .request(Method::POST, "/hooks/telephony")
        .header("content-type", "application/json")
        .header(TIMESTAMP_HEADER, at.to_string())
        .header(SIGNATURE_HEADER, signature(&Secret::new(key), at, body))
        .body(body.to_vec())
}

/// The body of an event that a call began.
pub(crate) fn newcall(event_id: &str, ani: &str, curator: &str) -> Value {
    json!({ "event": "newcall", "event_id": event_id, "ani": ani, "curator_id": curator })
}

/// A batch of the feed, not yet sent.
pub(crate) fn batch(caller: &Caller, rows: &[Value]) -> RequestBuilder {
    caller.with_key(FEED_KEY).request(Method::POST, "/api/v1/calls").json(&json!({ "calls": rows }))
}

/// Sends a batch of the feed.
pub(crate) async fn feed(caller: &Caller, rows: &[Value]) -> Answer {
    caller.send(batch(caller, rows)).await
}

/// The least a row of the feed says, with the caller's number.
pub(crate) fn row(source_id: &str, datetime: &str, number: &str) -> Value {
    json!({ "source_id": source_id, "calls": { "datetime": datetime }, "telephone": { "number": number } })
}

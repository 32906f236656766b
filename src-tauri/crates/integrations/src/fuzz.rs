//! Foreign bytes for the property tests of every parser: the samples of the contract with something broken, any JSON that speaks the
//! vendor's words, and anything at all.
//!
//! Deliberately not here: what a right sample means (each folder's tests).

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use proptest::{collection, prelude::*, sample};
use pult_domain::{Effect, EffectKey, Instant, RecordId};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{Asked, Delivery, Integration, Outcome, StoredRequest, samples::folder, transport::http::Answer};

/// What is made of a body may be this many times as long: a word of it may come back in several places, each byte escaped.
const TIMES: usize = 64;
/// And this much longer besides, bytes.
const BESIDES: usize = 64 * 1024;

/// The bodies of a vendor's samples, hooks and answers.
fn real(vendor: &str) -> Vec<Bytes> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder(vendor)).unwrap().map(|entry| entry.unwrap().path()).filter(|p| p.is_file()) {
        let content = std::fs::read(&file).unwrap();
        let sample: Value = serde_json::from_slice(&content).unwrap_or_default();
        let before = found.len();
        for part in [&sample["delivery"], &sample["response"]] {
            for body in ["raw_body", "body_raw", "body"].map(|name| &part[name]) {
                match body {
                    Value::Null => {}
                    Value::String(text) => found.push(text.clone().into()),
                    other => found.push(other.to_string().into()),
                }
            }
        }
        if found.len() == before {
            found.push(content.into());
        }
    }
    found.sort();
    found.dedup();
    assert!(!found.is_empty(), "no samples of {vendor}");
    found
}

/// The names of every member of a value.
fn names(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            into.push(name.clone());
            names(member, into);
        }),
        Value::Array(items) => items.iter().for_each(|item| names(item, into)),
        _ => {}
    }
}

fn json_of(words: Vec<String>) -> impl Strategy<Value = Value> + Clone {
    let edges = [json!(i64::MIN), json!(i64::MAX), json!(u64::MAX), json!(-0.0), json!(1e308), json!(""), json!("0")];
    let moments =
        ["9999-12-31T23:59:59Z", "-009999-01-01T00:00:00Z", "2026-02-30T25:61:61+99:99", "2026-11-20 10:00", "0000"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[0-9]{1,25}".prop_map(Value::from),
        sample::select(edges.to_vec()),
        sample::select(moments.map(Value::from).to_vec()),
        sample::select(words.clone()).prop_map(Value::from),
    ];
    let name = prop_oneof![8 => sample::select(words), 1 => "\\PC{0,6}"];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        let members = collection::vec((name.clone(), inner.clone()), 0..8);
        prop_oneof![
            collection::vec(inner, 0..6).prop_map(Value::from),
            members.prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// One thing that is wrong with a body.
#[derive(Debug, Clone)]
enum Damage {
    /// A value stands where another was.
    Other(sample::Index, Value),
    /// A member or an item is not there.
    Without(sample::Index),
    /// A byte is another.
    Byte(sample::Index, u8),
    /// The rest is missing.
    Cut(sample::Index),
}

/// The values within a value, in their order, as far as `nth`.
fn nth<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Object(members) => members.values_mut().find_map(|member| nth(member, left)),
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, left)),
        _ => None,
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Object(members) => members.values().map(count).sum::<usize>(),
        Value::Array(items) => items.iter().map(count).sum::<usize>(),
        _ => 0,
    }
}

impl Damage {
    fn done_to(self, body: &Bytes) -> Bytes {
        let value = || serde_json::from_slice::<Value>(body).ok();
        let place = |value: &Value, index: &sample::Index| index.index(count(value));
        match self {
            Self::Other(index, other) => {
                let Some(mut value) = value() else { return body.clone() };
                let mut left = place(&value, &index);
                if let Some(there) = nth(&mut value, &mut left) {
                    *there = other;
                }
                value.to_string().into()
            }
            Self::Without(index) => {
                let Some(mut value) = value() else { return body.clone() };
                let mut left = place(&value, &index);
                match nth(&mut value, &mut left) {
                    Some(Value::Object(members)) => {
                        _ = members.keys().next().cloned().map(|name| members.remove(&name))
                    }
                    Some(Value::Array(items)) => _ = items.pop(),
                    _ => {}
                }
                value.to_string().into()
            }
            Self::Byte(index, byte) if !body.is_empty() => {
                let mut bytes = body.to_vec();
                bytes[index.index(body.len())] = byte;
                bytes.into()
            }
            Self::Cut(index) if !body.is_empty() => body.slice(..index.index(body.len())),
            Self::Byte(..) | Self::Cut(_) => body.clone(),
        }
    }
}

/// Bodies a vendor might send.
pub(crate) fn bodies(vendor: &str) -> BoxedStrategy<Bytes> {
    bodies_like(real(vendor))
}

/// Bodies that speak the words of these.
pub(crate) fn bodies_like(real: Vec<Bytes>) -> BoxedStrategy<Bytes> {
    let mut words: Vec<String> = ["id".to_owned()].into();
    real.iter().filter_map(|body| serde_json::from_slice(body).ok()).for_each(|value| names(&value, &mut words));
    words.sort();
    words.dedup();
    let json = json_of(words);
    let damage = prop_oneof![
        3 => (any::<sample::Index>(), json.clone()).prop_map(|(index, value)| Damage::Other(index, value)),
        2 => any::<sample::Index>().prop_map(Damage::Without),
        1 => (any::<sample::Index>(), any::<u8>()).prop_map(|(index, byte)| Damage::Byte(index, byte)),
        1 => any::<sample::Index>().prop_map(Damage::Cut),
    ];
    let damaged = (sample::select(real), collection::vec(damage, 0..5))
        .prop_map(|(body, damages)| damages.into_iter().fold(body, |body, damage| damage.done_to(&body)));
    prop_oneof![
        6 => damaged,
        3 => json.prop_map(|value| Bytes::from(value.to_string())),
        1 => collection::vec(any::<u8>(), 0..200).prop_map(Bytes::from),
        1 => (1_usize..3_000).prop_map(|deep| Bytes::from("[".repeat(deep))),
    ]
    .boxed()
}

/// Answers a vendor might give.
pub(crate) fn answers(vendor: &str) -> BoxedStrategy<Answer> {
    let status = sample::select(vec![200_u16, 201, 204, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503]);
    let wait = proptest::option::of("[0-9]{1,25}|-[0-9]|[0-9].[0-9]|Wed, 21 Oct 2037 07:28:00 GMT|[ -~]{0,12}");
    let kind = proptest::option::of("application/json|text/html; charset=utf-8|[ -~]{0,12}");
    let heads = move |(status, wait, kind): (u16, Option<String>, Option<String>), body| {
        let given = [(header::RETRY_AFTER, wait), (header::CONTENT_TYPE, kind)];
        let headers: HeaderMap =
            given.into_iter().filter_map(|(name, value)| Some((name, value?.parse().ok()?))).collect();
        Answer { status: StatusCode::from_u16(status).unwrap(), headers, body }
    };
    (prop_oneof![2 => Just(200), 1 => status], wait, kind, bodies(vendor))
        .prop_map(move |(status, wait, kind, body)| heads((status, wait, kind), body))
        .boxed()
}

/// Records that hooks and polls of a vendor might have left; `routes` are those it tells apart.
pub(crate) fn records(vendor: &str, routes: &'static [&'static str]) -> BoxedStrategy<StoredRequest> {
    let words = "[a-z_]{0,8}|from|at|row|id|status|since|scope|look";
    let values = "[0-9]{0,25}|\\PC{0,8}|2026-11-20T09:13:20Z|hook|all";
    let query = collection::vec((words, values), 0..4);
    let path = "/[a-z/0-9.]{0,20}|\\PC{0,8}";
    (sample::select(routes), path, query, bodies(vendor))
        .prop_map(|(route, path, query, body)| StoredRequest {
            route: route.to_owned(),
            method: "POST".to_owned(),
            path,
            query,
            headers: vec![],
            body,
        })
        .boxed()
}

fn assert_bounded(made: &impl Serialize, body: &Bytes) {
    let made = serde_json::to_string(made).unwrap();
    assert!(made.len() <= TIMES * body.len() + BESIDES, "{} bytes were made of {}", made.len(), body.len());
}

/// Every method reads an answer without a panic, and makes no more of it than it holds.
pub(crate) fn understand(delivery: &dyn Delivery, answer: &Answer) {
    for method in delivery.methods() {
        let effect = Effect::example(method.kind).unwrap();
        let key = EffectKey("fuzz/1".to_owned());
        let asked = Asked { method: method.name, effect: &effect, key: &key, at: Instant::UNIX_EPOCH };
        match delivery.understand(&asked, answer) {
            Ok(facts) => assert_bounded(&facts, &answer.body),
            Err(error) => assert_bounded(&error.to_string(), &answer.body),
        }
    }
}

/// A record is read without a panic, and no more is made of it than it holds; a wrong one is said to be wrong somewhere.
pub(crate) fn read(integration: &dyn Integration, record: &StoredRequest) {
    let now = Instant::from_second(1_793_180_500).unwrap();
    match integration.parse(record, now) {
        Ok(parsed) => assert_bounded(&(parsed.facts, parsed.rejected), &record.body),
        Err(error) => assert_bounded(&error, &record.body),
    }
    assert_bounded(&integration.order_of(record), &record.body);
    if let Some(webhook) = integration.webhook() {
        let _ = webhook.reply(record);
        let _ = webhook.answer(record, &Outcome::Committed { record: RecordId(1) });
    }
}

//! The bracket keys of PHP (`data[USER][ID]=41`): read from an event's body, written into the commands of a batch.
//!
//! Maps keyed by ids must stay maps, so numbers between brackets are keys like any other and never places in a list.
//! Deliberately not here: what the keys mean.

use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::transport::mask::{HIDDEN, Mask};

/// The most pairs read of one body; an event has about a hundred.
const MAX_PAIRS: usize = 5_000;
/// The most brackets of one key; a key with more is left out.
const MAX_DEPTH: usize = 12;

/// The parts of a key: `a[b][c]` has three. A key whose brackets do not fit is a single part.
fn parts(key: &str) -> Vec<&str> {
    let Some((first, rest)) = key.split_once('[') else { return vec![key] };
    let Some(inner) = rest.strip_suffix(']').filter(|_| !first.is_empty()) else { return vec![key] };
    std::iter::once(first).chain(inner.split("][")).collect()
}

/// The tree that a body's pairs stand for; every leaf is a text.
pub(super) fn tree(body: &[u8]) -> Value {
    let mut root = Value::Object(Map::new());
    for (key, value) in form_urlencoded::parse(body).take(MAX_PAIRS) {
        let parts = parts(&key);
        if parts.len() <= MAX_DEPTH {
            put(&mut root, &parts, value.into_owned());
        }
    }
    root
}

fn put(node: &mut Value, parts: &[&str], text: String) {
    let Some((part, rest)) = parts.split_first() else {
        *node = Value::String(text);
        return;
    };
    // As PHP does it: a later pair takes an earlier one's place.
    if !node.is_object() {
        *node = Value::Object(Map::new());
    }
    if let Some(map) = node.as_object_mut() {
        let key = if part.is_empty() { map.len().to_string() } else { (*part).to_owned() };
        put(map.entry(key).or_insert(Value::Null), rest, text);
    }
}

/// Parameters as the query of a batch's command.
pub(super) fn query(params: &Value) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    write(&mut pairs, "", params);
    pairs.finish()
}

fn write(pairs: &mut form_urlencoded::Serializer<'_, String>, key: &str, value: &Value) {
    let below = |part: &str| if key.is_empty() { part.to_owned() } else { format!("{key}[{part}]") };
    match value {
        Value::Object(map) => map.iter().for_each(|(part, value)| write(pairs, &below(part), value)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(n, value)| write(pairs, &below(&n.to_string()), value));
        }
        Value::String(text) => _ = pairs.append_pair(key, text),
        Value::Number(number) => _ = pairs.append_pair(key, &number.to_string()),
        // PHP takes the text "false" for true.
        Value::Bool(flag) => _ = pairs.append_pair(key, if *flag { "1" } else { "0" }),
        Value::Null => {}
    }
}

/// Whether what stands under this key is a credential.
fn is_secret(part: &str) -> bool {
    let part = part.to_ascii_lowercase();
    part.contains("token") || part.contains("secret")
}

/// A body with its credentials replaced, and otherwise the same pairs.
pub(super) fn redacted(body: &[u8], mask: &Mask) -> String {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for (key, value) in form_urlencoded::parse(body) {
        let secret = parts(&key).last().is_some_and(|part| is_secret(part));
        let value = if secret { HIDDEN.into() } else { mask.hide(&value) };
        kept.append_pair(&mask.hide(&key), &value);
    }
    kept.finish()
}

/// The same for a tree.
pub(super) fn redact(value: &mut Value, mask: &Mask) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                if is_secret(key) {
                    *value = Value::from(HIDDEN);
                } else {
                    redact(value, mask);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| redact(value, mask)),
        Value::String(text) => *text = mask.hide(text).into_owned(),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn brackets_make_a_tree_of_maps() {
        let body =
            b"event=A&data%5BBOT%5D%5B612%5D%5BBOT_ID%5D=612&data[LIST][]=x&data[LIST][]=y+z&bad]=1&[odd]=2&a=1&a[b]=3";
        let want = json!({
            "event": "A",
            "data": {"BOT": {"612": {"BOT_ID": "612"}}, "LIST": {"0": "x", "1": "y z"}},
            "bad]": "1", "[odd]": "2", "a": {"b": "3"},
        });
        assert_eq!(tree(body), want);
    }

    #[test]
    fn a_query_is_read_back_as_it_was_written() {
        let params =
            json!({"filter": {">ID": 5, "RESPONSIBLE_ID": ["41", "44"], "ACTIVE": true, "Z": null}, "start": -1});
        let text = query(&params);
        let want = "filter%5B%3EID%5D=5&filter%5BACTIVE%5D=1&filter%5BRESPONSIBLE_ID%5D%5B0%5D=41&filter%5BRESPONSIBLE_ID%5D%5B1%5D=44&start=-1";
        assert_eq!(text, want);
        assert_eq!(tree(text.as_bytes())["filter"]["RESPONSIBLE_ID"], json!({"0": "41", "1": "44"}));
    }

    #[test]
    fn credentials_are_replaced_wherever_they_stand() {
        let body = "auth[application_token]=APP&data[BOT][1][AUTH][access_token]=X&t=APP+and+more&auth[domain]=d";
        let kept = redacted(body.as_bytes(), &Mask::new(["APP"]));
        let tree = tree(kept.as_bytes());
        assert_eq!(tree["auth"], json!({"application_token": "***", "domain": "d"}));
        assert_eq!(tree["data"]["BOT"]["1"]["AUTH"]["access_token"], "***");
        assert_eq!(tree["t"], "*** and more");
        let mut event = json!({"bot": {"auth": {"access_token": {"a": 1}, "clientSecret": 2}}, "list": ["APP", 3]});
        redact(&mut event, &Mask::new(["APP"]));
        assert_eq!(event, json!({"bot": {"auth": {"access_token": "***", "clientSecret": "***"}}, "list": ["***", 3]}));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(a|\\[|\\]|=|&|%5B|%5D|%|1|\\PC){0,60}") {
            for body in [bytes.as_slice(), text.as_bytes()] {
                let _ = query(&tree(body));
                let _ = redacted(body, &Mask::default());
            }
        }
    }
}

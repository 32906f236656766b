//! PHP's way with parameters: `a[b][]=1` is a tree. Reads queries and form bodies into JSON, and writes JSON as a form.

use serde_json::{Map, Value};
use url::form_urlencoded;

/// Deepest nesting that is read; what lies deeper is left out.
const DEEPEST: usize = 16;

/// The decoded pairs of a query or a form body, in order.
pub fn pairs(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// The tree of such pairs. Keys `0`, `1`, … in a row make an array, as PHP's `json_encode` would write it.
pub fn tree<'a>(pairs: impl IntoIterator<Item = &'a (String, String)>) -> Value {
    let mut root = Map::new();
    for (key, value) in pairs {
        let path = path(key);
        if path.len() <= DEEPEST {
            put(&mut root, &path, value);
        }
    }
    Value::Object(root.into_iter().map(|(key, value)| (key, settle(value))).collect())
}

/// The steps of a key: `a[b][]` is `a`, `b` and an empty one.
pub fn path(key: &str) -> Vec<&str> {
    let Some((first, rest)) = key.split_once('[') else { return vec![key] };
    let mut steps = vec![first];
    steps.extend(rest.trim_end_matches(']').split("]["));
    steps
}

fn put(into: &mut Map<String, Value>, path: &[&str], value: &str) {
    let Some((first, rest)) = path.split_first() else { return };
    let key = if first.is_empty() { into.len().to_string() } else { (*first).to_owned() };
    if rest.is_empty() {
        into.insert(key, Value::String(value.to_owned()));
        return;
    }
    let inner = into.entry(key).or_insert_with(|| Value::Object(Map::new()));
    if !inner.is_object() {
        *inner = Value::Object(Map::new());
    }
    if let Value::Object(inner) = inner {
        put(inner, rest, value);
    }
}

fn settle(value: Value) -> Value {
    let Value::Object(map) = value else { return value };
    let row = (0..map.len()).map(|index| map.get(&index.to_string()).cloned()).collect::<Option<Vec<_>>>();
    match row {
        Some(row) if !row.is_empty() => Value::Array(row.into_iter().map(settle).collect()),
        _ => Value::Object(map.into_iter().map(|(key, value)| (key, settle(value))).collect()),
    }
}

/// Writes a tree as a form body. Numbers are text, truth is `1` and `0`, nothing is empty text.
pub fn form(tree: &Value) -> String {
    let mut pairs = Vec::new();
    if let Value::Object(map) = tree {
        for (key, value) in map {
            flatten(key.clone(), value, &mut pairs);
        }
    }
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn flatten(key: String, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(step, inner)| flatten(format!("{key}[{step}]"), inner, pairs)),
        Value::Array(row) => {
            row.iter().enumerate().for_each(|(index, inner)| flatten(format!("{key}[{index}]"), inner, pairs));
        }
        Value::Bool(truth) => pairs.push((key, u8::from(*truth).to_string())),
        Value::Null => pairs.push((key, String::new())),
        Value::Number(number) => pairs.push((key, number.to_string())),
        Value::String(text) => pairs.push((key, text.clone())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn brackets_make_a_tree() {
        let text =
            "filter[REAL_STATUS][0]=2&filter[REAL_STATUS][1]=3&select[]=ID&select[]=TITLE&start=0&filter[%3EID]=7";
        let expected = json!({
            "filter": { "REAL_STATUS": ["2", "3"], ">ID": "7" }, "select": ["ID", "TITLE"], "start": "0"
        });
        assert_eq!(tree(&pairs(text)), expected);
    }

    #[test]
    fn a_form_is_read_back_as_text() {
        let tree = json!({ "event": "E & x", "data": { "bot": { "id": 640, "hidden": false, "forward": null } } });
        let read = super::tree(&pairs(&form(&tree)));
        assert_eq!(read, json!({ "event": "E & x", "data": { "bot": { "id": "640", "hidden": "0", "forward": "" } } }));
    }
}

//! Reads values whose type the portal does not keep to: an id is a text here and a number there, a flag has five spellings.
//!
//! Deliberately not here: which fields there are.

use serde_json::Value;

/// A value as text: a text that says something, or a number.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A value as a whole number.
pub(super) fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// A value as yes or no.
pub(super) fn flag(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_i64() != Some(0),
        Value::String(text) => matches!(text.trim(), "Y" | "y" | "1" | "true"),
        _ => false,
    }
}

/// The value of a key of a map. An empty map comes as a list, which has no keys.
pub(super) fn entry<'v>(map: &'v Value, key: &str) -> Option<&'v Value> {
    map.as_object()?.get(key)
}

/// The items of a list, or of a map whose keys do not matter.
pub(super) fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        Value::Object(map) => map.values().collect(),
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_spelling_of_a_value_is_read() {
        assert_eq!(
            [json!("41"), json!(41), json!(" 41 ")].map(|id| text(&id)),
            [(); 3].map(|()| Some("41".to_owned()))
        );
        assert_eq!([json!(""), json!({}), json!(null), json!(false)].map(|id| text(&id)), [(); 4].map(|()| None));
        assert_eq!(
            [json!("41"), json!(41), json!("x"), json!([])].map(|n| number(&n)),
            [Some(41), Some(41), None, None]
        );
        assert_eq!([json!(true), json!("Y"), json!("1"), json!(1), json!("true")].map(|f| flag(&f)), [true; 5]);
        assert_eq!([json!(false), json!("N"), json!("0"), json!(0), json!("")].map(|f| flag(&f)), [false; 5]);
        assert_eq!(entry(&json!([]), "a"), None);
        assert_eq!((items(&json!([])).len(), items(&json!({"7": 1, "8": 2})).len()), (0, 2));
    }
}

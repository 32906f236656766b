//! Reads values of the tracker's answers: absent where they are empty, and bounded in every direction (contracts/redmine 3, 4).
//!
//! Deliberately not here: which fields there are.

use data_encoding::HEXLOWER;
use pult_domain::{Instant, areas::tickets::Named};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The most characters of a name or a code.
pub(super) const MAX_NAME: usize = 255;
/// The most bytes of a description or of something said.
pub(super) const MAX_TEXT: usize = 64 * 1024;

/// A field, or that of a field; nothing where there is none.
pub(super) fn at<'v>(value: &'v Value, path: &[&str]) -> &'v Value {
    path.iter().fold(value, |value, name| value.get(name).unwrap_or(&Value::Null))
}

/// The elements of a list; none where it is no list.
pub(super) fn list<'v>(value: &'v Value, name: &str) -> impl DoubleEndedIterator<Item = &'v Value> {
    at(value, &[name]).as_array().map(Vec::as_slice).unwrap_or_default().iter()
}

/// A text that says something, or a number, cut to `most` characters.
pub(super) fn text(value: &Value, most: usize) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(|text| cut(text, most)),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(if *yes { "1" } else { "0" }.to_owned()),
        _ => None,
    }
}

/// The first `most` characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// A text of any length as it is, but for what goes beyond [`MAX_TEXT`].
pub(super) fn long(value: &Value) -> &str {
    let text = value.as_str().unwrap_or_default();
    &text[..text.floor_char_boundary(MAX_TEXT)]
}

/// A whole number, or its digits as text.
pub(super) fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// A time.
pub(super) fn instant(value: &Value) -> Option<Instant> {
    value.as_str()?.trim().parse().ok()
}

/// A reference: a number and a name; the number stands for a name that is missing.
pub(super) fn named(value: &Value) -> Option<Named> {
    let id = number(at(value, &["id"]))?;
    Some(Named { id, name: text(at(value, &["name"]), MAX_NAME).unwrap_or_else(|| format!("#{id}")) })
}

/// By which a content is told from another.
pub(super) fn digest(bytes: &[u8]) -> String {
    let hex = HEXLOWER.encode(&Sha256::digest(bytes));
    hex.get(..32).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_read_and_bounded() {
        assert_eq!(text(&json!("  a  "), 9), Some("a".to_owned()));
        assert_eq!(text(&json!("абв"), 2), Some("аб".to_owned()));
        assert_eq!([json!(""), json!(" "), json!(null), json!([])].map(|value| text(&value, 9)), [const { None }; 4]);
        assert_eq!((text(&json!(0.5), 9), text(&json!(true), 9)), (Some("0.5".to_owned()), Some("1".to_owned())));
        assert_eq!([json!(7), json!("7"), json!("x")].map(|value| number(&value)), [Some(7), Some(7), None]);
        assert_eq!(number(&json!(9_007_199_254_740_993_i64)), Some(9_007_199_254_740_993));
        let endless = json!("я".repeat(MAX_TEXT));
        assert_eq!(long(&endless).len(), MAX_TEXT);
        assert_eq!(named(&json!({"id": 4})).map(|named| named.name), Some("#4".to_owned()));
        assert_eq!(named(&json!({"name": "x"})), None);
    }
}

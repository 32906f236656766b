//! Reads values whose form the tracker does not keep to: an answer or an array of it, ids as numbers or texts, times without a colon in
//! their offset (contracts/yandex_tracker 1, 2).
//!
//! Deliberately not here: which fields there are.

use pult_domain::Instant;
use serde_json::Value;

/// A field, or that of a field; nothing where there is none.
pub(super) fn at<'v>(value: &'v Value, path: &[&str]) -> &'v Value {
    path.iter().fold(value, |value, name| value.get(name).unwrap_or(&Value::Null))
}

/// What was asked for: the answer itself, or the one element of an array.
pub(super) fn single(answer: &Value) -> Option<&Value> {
    match answer {
        Value::Object(_) => Some(answer),
        Value::Array(rows) => rows.first().filter(|row| row.is_object()),
        _ => None,
    }
}

/// A text that says something, or a number, cut to `most` characters.
pub(super) fn text(value: &Value, most: usize) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(|text| cut(text, most)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number, or its digits as text.
pub(super) fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The first `most` characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// A time: RFC 3339, or with an offset that has no colon.
pub(super) fn instant(value: &Value) -> Option<Instant> {
    let text = value.as_str()?.trim();
    text.parse().ok().or_else(|| Instant::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).ok())
}

/// Whether a text is an issue's key, for instance `DESK-41`: it is written into addresses and queries.
pub(super) fn is_key(text: &str) -> bool {
    let Some((queue, number)) = text.rsplit_once('-') else { return false };
    text.len() <= 64
        && queue.starts_with(|first: char| first.is_ascii_uppercase())
        && queue.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_come_with_an_offset_that_has_no_colon() {
        let want: Instant = "2026-11-20T09:15:02.347Z".parse().unwrap();
        for text in ["2026-11-20T09:15:02.347+0000", "2026-11-20T12:15:02.347+0300", "2026-11-20T09:15:02.347Z"] {
            assert_eq!(instant(&json!(text)), Some(want), "{text}");
        }
        assert_eq!(instant(&json!("2026-11-20T09:15:02+0000")), "2026-11-20T09:15:02Z".parse().ok());
        assert_eq!([json!(""), json!("soon"), json!(1_795_167_602)].map(|value| instant(&value)), [None; 3]);
    }

    #[test]
    fn only_a_key_is_a_key() {
        for good in ["DESK-41", "A1-0", "D2ESK-1234567890"] {
            assert!(is_key(good), "{good}");
        }
        for bad in ["", "DESK", "DESK-", "desk-1", "1A-1", "-1", "DESK-4 1", "DESK-41/..", "DESK\"-1", "ДЕСК-1"] {
            assert!(!is_key(bad), "{bad}");
        }
    }

    #[test]
    fn an_answer_is_read_alone_and_in_an_array() {
        assert_eq!(single(&json!([{"id": 1}])), Some(&json!({"id": 1})));
        assert_eq!(single(&json!({"id": 1})), Some(&json!({"id": 1})));
        assert_eq!(
            [json!([]), json!([1]), json!("x"), json!(null)].map(|value| single(&value).cloned()),
            [const { None }; 4]
        );
        assert_eq!((text(&json!(12), 9), text(&json!(" 12 "), 9)), (Some("12".to_owned()), Some("12".to_owned())));
        assert_eq!((number(&json!("12")), number(&json!(12)), number(&json!("x"))), (Some(12), Some(12), None));
    }
}

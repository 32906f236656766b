//! Parameters of a method, filters with their operators, order and pages.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::answer::Reply;

/// Rows of a page, fixed.
pub(super) const PAGE: usize = 50;

/// What a method was called with.
#[derive(Clone, Debug, Default)]
pub(super) struct Params(pub(super) Value);

impl Params {
    /// A parameter by its exact name.
    pub(super) fn get(&self, name: &str) -> &Value {
        &self.0[name]
    }

    /// A parameter by its name in any case.
    pub(super) fn any(&self, name: &str) -> &Value {
        any(&self.0, name)
    }

    /// The parameters themselves, as a map.
    pub(super) fn map(&self) -> Map<String, Value> {
        self.0.as_object().cloned().unwrap_or_default()
    }

    /// Where the page starts; -1 for a page without counting.
    pub(super) fn start(&self) -> i64 {
        integer(self.any("start")).unwrap_or_default()
    }
}

/// A value of a map by its name in any case.
pub(super) fn any<'a>(map: &'a Value, name: &str) -> &'a Value {
    let found = map.as_object().and_then(|map| map.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)));
    found.map_or(&Value::Null, |(_, value)| value)
}

/// A scalar as text; truth is `1` and `0`.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(u8::from(*truth).to_string()),
        _ => None,
    }
}

/// A number, or one as text.
pub(super) fn integer(value: &Value) -> Option<i64> {
    text(value)?.trim().parse().ok()
}

/// An id: a number from 1, or one as text.
pub(super) fn id(value: &Value) -> Option<u64> {
    integer(value).and_then(|number| u64::try_from(number).ok()).filter(|id| *id > 0)
}

/// A list of ids, or one alone.
pub(super) fn ids(value: &Value) -> Vec<u64> {
    match value {
        Value::Array(row) => row.iter().filter_map(id).collect(),
        Value::Object(map) => map.values().filter_map(id).collect(),
        one => id(one).into_iter().collect(),
    }
}

/// `Y` or `N`, or truth.
pub(super) fn flag(value: &Value) -> bool {
    matches!(value, Value::Bool(true)) || matches!(text(value).as_deref(), Some("Y" | "1" | "true"))
}

const OPERATORS: [&str; 13] = [">=", "<=", "!=", "!@", "!%", "=%", "%=", ">", "<", "!", "=", "@", "%"];

/// Whether something fits a filter. `of` gives the values of a known key, in upper case, every way they may be written; of
/// an unknown one nothing, and then the key is ignored.
pub(super) fn fits(filter: &Map<String, Value>, of: impl Fn(&str) -> Option<Vec<String>>) -> bool {
    filter.iter().all(|(key, wanted)| {
        let operator = OPERATORS.iter().find(|operator| key.starts_with(**operator)).copied().unwrap_or_default();
        let Some(values) = of(&key[operator.len()..].to_uppercase()) else { return true };
        let wanted: Vec<String> = match wanted {
            Value::Array(row) => row.iter().filter_map(text).collect(),
            Value::Object(map) => map.values().filter_map(text).collect(),
            one => vec![text(one).unwrap_or_default()],
        };
        let some = |test: &dyn Fn(&str, &str) -> bool| {
            values.iter().any(|value| wanted.iter().any(|wanted| test(value, wanted)))
        };
        let equal = |value: &str, wanted: &str| value.to_lowercase() == wanted.to_lowercase();
        let within = |value: &str, wanted: &str| value.to_lowercase().contains(&wanted.to_lowercase());
        match operator {
            "!" | "!=" | "!@" => !some(&equal),
            "%" => some(&within),
            "!%" => !some(&within),
            "=%" | "%=" => some(&|value, pattern| like(&value.to_lowercase(), &pattern.to_lowercase())),
            ">" => some(&|value, wanted| compare(value, wanted).is_some_and(|order| order.is_gt())),
            ">=" => some(&|value, wanted| compare(value, wanted).is_some_and(|order| order.is_ge())),
            "<" => some(&|value, wanted| compare(value, wanted).is_some_and(|order| order.is_lt())),
            "<=" => some(&|value, wanted| compare(value, wanted).is_some_and(|order| order.is_le())),
            _ => some(&equal),
        }
    })
}

/// Instants by time, numbers by size, the rest by letters; nothing compares with an empty text.
fn compare(value: &str, wanted: &str) -> Option<std::cmp::Ordering> {
    if value.is_empty() {
        return None;
    }
    if let (Ok(value), Ok(wanted)) = (value.parse::<Timestamp>(), wanted.parse::<Timestamp>()) {
        return Some(value.cmp(&wanted));
    }
    match (value.parse::<f64>(), wanted.parse::<f64>()) {
        (Ok(value), Ok(wanted)) => value.partial_cmp(&wanted),
        _ => Some(value.cmp(wanted)),
    }
}

/// SQL's `LIKE`, with `%` alone.
fn like(value: &str, pattern: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('%') else { return value == pattern };
    let Some(left) = value.strip_prefix(first) else { return false };
    rest.is_empty() || left.char_indices().map(|(at, _)| at).chain([left.len()]).any(|at| like(&left[at..], rest))
}

/// The page of these rows that starts there.
pub(super) fn page<T>(rows: Vec<T>, start: i64) -> (Vec<T>, Option<usize>, Option<usize>) {
    let total = rows.len();
    let Ok(start) = usize::try_from(start) else {
        return (rows.into_iter().take(PAGE).collect(), None, None);
    };
    let next = start.saturating_add(PAGE);
    let page = rows.into_iter().skip(start).take(PAGE).collect();
    (page, Some(total), (next < total).then_some(next))
}

/// The same as a reply whose result is the rows.
pub(super) fn paged(rows: Vec<Value>, start: i64) -> Reply {
    let (rows, total, next) = page(rows, start);
    Reply { result: rows.into(), total, next }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fitting(filter: Value) -> bool {
        fits(filter.as_object().unwrap(), |key| match key {
            "ID" => Some(vec!["41".to_owned()]),
            "EMAIL" => Some(vec!["N.Orlova@client.example".to_owned()]),
            "DEADLINE" => Some(vec!["2026-11-05T18:00:00+03:00".to_owned()]),
            _ => None,
        })
    }

    #[test]
    fn operators_stand_before_the_key() {
        for filter in [
            json!({ "EMAIL": "n.orlova@CLIENT.example" }),
            json!({ "@ID": [7, 41] }),
            json!({ ">ID": "9", "<=ID": 41 }),
            json!({ "%email": "orlova" }),
            json!({ "=%EMAIL": "n.%@client.%" }),
            json!({ ">=DEADLINE": "2026-11-05T15:00:00Z" }),
            json!({ "EMIAL": "nobody" }),
        ] {
            assert!(fitting(filter.clone()), "{filter}");
        }
        for filter in
            [json!({ "!ID": [41] }), json!({ ">ID": 41 }), json!({ "ID": [] }), json!({ "!%EMAIL": "orlova" })]
        {
            assert!(!fitting(filter.clone()), "{filter}");
        }
    }

    #[test]
    fn a_page_knows_the_next_one_only_when_there_is_one() {
        let rows: Vec<u32> = (0..53).collect();
        let (first, total, next) = page(rows.clone(), 0);
        assert_eq!((first.len(), total, next), (50, Some(53), Some(50)));
        let (second, _, next) = page(rows.clone(), 50);
        assert_eq!((second.len(), next), (3, None));
        assert_eq!(page(rows, -1).1, None, "without counting");
    }
}

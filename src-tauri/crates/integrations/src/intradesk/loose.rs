//! Reads values whose spelling and type the vendor does not keep to: keys in three cases, ids as numbers or texts, an executor in
//! any of five shapes, times in three forms (contracts/intradesk 2, 3, 7).
//!
//! Deliberately not here: which fields there are.

use jiff::{SignedDuration, civil::DateTime, tz::TimeZone};
use pult_domain::{EmployeeId, Instant};
use serde_json::Value;

use super::desk::Holders;

/// The largest whole number that a fraction holds exactly.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// A field of a row, without regard to the case of its key; nothing where there is none.
pub(super) fn field<'v>(row: &'v Value, name: &str) -> &'v Value {
    let fields = row.as_object();
    let found = fields.and_then(|fields| {
        fields
            .get(name)
            .or_else(|| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
    });
    found.unwrap_or(&Value::Null)
}

/// Whether a row has a field at all, be it empty.
pub(super) fn has(row: &Value, name: &str) -> bool {
    row.as_object().is_some_and(|fields| fields.keys().any(|key| key.eq_ignore_ascii_case(name)))
}

/// A whole number: itself, one written as a fraction, or its digits as text.
pub(super) fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok()).or_else(|| {
        let whole = value.as_f64().filter(|n| n.fract() == 0.0 && n.abs() <= EXACT)?;
        format!("{whole:.0}").parse().ok()
    })
}

/// An id: a number above nothing.
pub(super) fn id(value: &Value) -> Option<i64> {
    number(value).filter(|id| *id > 0)
}

/// An id, or that of the object that stands in its place.
pub(super) fn id_within(value: &Value) -> Option<i64> {
    id(value).or_else(|| id(field(value, "id")))
}

/// A text that says something, cut to `most` characters.
pub(super) fn text(value: &Value, most: usize) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(|text| text.chars().take(most).collect())
}

/// Whether a flag is set.
pub(super) fn flag(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::String(text) => text.trim().eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// Who a field says has the ticket: a number, a text of numbers, an object with `userid` or `id`, or a list of them. Null, 0, an
/// empty text and a missing field say that nobody has; anything else says that somebody has whom we do not know.
pub(super) fn holders(value: &Value) -> Holders {
    match value {
        Value::Null | Value::Bool(false) => Holders::default(),
        Value::String(text) => {
            let parts = text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
            parts.filter_map(|part| holder(part.parse().ok())).collect()
        }
        Value::Number(_) => holder(number(value)).into_iter().collect(),
        Value::Array(list) => list.iter().flat_map(holders).collect(),
        Value::Object(fields) if fields.is_empty() => Holders::default(),
        Value::Object(_) => match ["userid", "id"].into_iter().find(|name| has(value, name)) {
            Some(name) => holders(field(value, name)),
            None => [None].into_iter().collect(),
        },
        Value::Bool(true) => [None].into_iter().collect(),
    }
}

/// Nobody at 0, somebody known above it, and somebody unknown in any other place.
fn holder(number: Option<i64>) -> Option<Option<EmployeeId>> {
    match number {
        Some(0) => None,
        other => Some(other.filter(|id| *id > 0).map(EmployeeId)),
    }
}

/// A moment: ISO 8601 with a zone or without one, `dd.mm.yyyy HH:MM:SS`, or `/Date(milliseconds)/`. One without a zone is of `zone`.
pub(super) fn instant(value: &Value, zone: &TimeZone) -> Option<Instant> {
    let text = value.as_str()?.trim();
    if let Some(inner) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        // What may follow the milliseconds is the zone of the writer, and changes nothing.
        let sign = usize::from(inner.starts_with('-'));
        let end = inner.get(sign..)?.find(['+', '-']).map_or(inner.len(), |at| at + sign);
        let milliseconds = SignedDuration::from_millis(inner.get(..end)?.parse().ok()?);
        return Instant::UNIX_EPOCH.checked_add(milliseconds).ok();
    }
    if let Ok(at) = text.parse::<Instant>() {
        return Some(at);
    }
    let here: Option<DateTime> = text.parse().ok().or_else(|| {
        ["%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M"].into_iter().find_map(|form| DateTime::strptime(form, text).ok())
    });
    here?.to_zoned(zone.clone()).ok().map(|at| at.timestamp())
}

//! Moments as the accounting system writes them: ISO 8601 or `dd.mm.yyyy HH:MM:SS`, with a zone or without one.
//!
//! Deliberately not here: which zone and hours a moment without them has (the rules').

use jiff::civil::{Date, DateTime, Time};
use pult_domain::{Instant, areas::erp::Moment};

/// The sender's empty date: it has no other word for "none".
const NONE: &str = "0001-01-01";
/// Years a document may speak of.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

/// What a text says: a moment, or that there is none; an error when it says neither.
pub(super) fn read(text: &str) -> Result<Option<Moment>, ()> {
    let (day, rest) = split(text.trim()).ok_or(())?;
    if day == NONE {
        return Ok(None);
    }
    let date: Date = day.parse().map_err(|_| ())?;
    if !YEARS.contains(&date.year()) {
        return Err(());
    }
    if rest.is_empty() {
        return Ok(Some(Moment::Day(date)));
    }
    let whole = format!("{day}T{rest}");
    if let Ok(at) = whole.parse::<Instant>() {
        return Ok(Some(Moment::Exact(at)));
    }
    let at: DateTime = whole.parse().map_err(|_| ())?;
    // The sender's dates always have a time, and midnight stands for a day without one.
    Ok(Some(if at.time() == Time::midnight() { Moment::Day(date) } else { Moment::Local(at) }))
}

/// The day as `yyyy-mm-dd`, and the time with its zone as `HH:MM:SS+03:00`, or an empty text.
fn split(text: &str) -> Option<(String, String)> {
    let (day, rest) = text.split_once(['T', 't', ' ']).unwrap_or((text, ""));
    let parts: Vec<&str> = day.split(['.', '-']).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, of_month) = if day.contains('.') { (last, first) } else { (first, last) };
    if year.len() != 4 || [month, of_month].iter().any(|part| part.is_empty() || part.len() > 2) {
        return None;
    }
    let rest: String = rest.split_ascii_whitespace().collect();
    // 9:15:00 is how the sender's own format writes it.
    let rest = if rest.as_bytes().get(1) == Some(&b':') { format!("0{rest}") } else { rest };
    Some((format!("{year}-{month:0>2}-{of_month:0>2}"), rest))
}

//! The telephony client's words: the query of the entry address and the body of a signed event.
//!
//! Deliberately not here: who may say them (`intake`). What they mean to us stands at the bottom.

use percent_encoding::percent_decode_str;
use pult_domain::{Fact, FactKey, Instant, Observed, PhoneNumber, areas::calls};
use serde::Deserialize;

use crate::{ParseError, Reason, StoredRequest, reason};

/// The most characters of a number as it is sent.
pub(super) const MAX_ANI: usize = 64;
/// The most characters of an operator's id, which is the column's width.
pub(super) const MAX_CURATOR: usize = 128;
/// The most characters of a theme, which is the column's width.
const MAX_THEME: usize = 128;
/// The most characters of an event's id.
const MAX_EVENT_ID: usize = 128;

/// Addresses with the number in the path begin with this.
const ENTRY: &str = "/contact-center/vilnius/tel/";

/// The value of `type` of the entry address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryType {
    /// A call came in.
    NewCall,
    /// A call is over.
    EndCall,
}

impl EntryType {
    /// Reads the value; nothing and the empty text mean that only the card is wanted.
    pub(super) fn read(value: Option<&str>) -> Result<Option<Self>, Reason> {
        match value {
            None | Some("") => Ok(None),
            Some("newcall") => Ok(Some(Self::NewCall)),
            Some("endcall") => Ok(Some(Self::EndCall)),
            Some(_) => Err(reason!("one of newcall, endcall")),
        }
    }
}

/// The number of an entry request: `ani`, or the path's last segment where there is none.
///
/// An unescaped `+` of a query arrives as a space; at the front of a number it is put back.
pub(super) fn entry_number(ani: Option<&str>, path: &str) -> String {
    if let Some(ani) = ani.filter(|ani| !ani.trim().is_empty()) {
        let number = ani.trim();
        return match ani.starts_with(' ') && number.starts_with(|c: char| c.is_ascii_digit()) {
            true => format!("+{number}"),
            false => number.to_owned(),
        };
    }
    let segment = path.strip_prefix(ENTRY).unwrap_or_default().trim_end_matches('/');
    percent_decode_str(segment).decode_utf8_lossy().trim().to_owned()
}

/// The body of a signed event.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    event: EventType,
    event_id: String,
    #[serde(default)]
    ani: Option<String>,
    #[serde(default)]
    curator_id: Option<String>,
    #[serde(default)]
    theme: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum EventType {
    NewCall,
    EndCall,
    Theme,
}

fn at_most(field: &str, text: &str, most: usize) -> Result<(), ParseError> {
    if text.chars().nth(most).is_some() {
        Err(ParseError::at(field, reason!("at most {most} characters")))
    } else {
        Ok(())
    }
}

fn number_of(ani: &str, prefix: &str) -> Option<PhoneNumber> {
    let ani = ani.trim();
    PhoneNumber::digits_of(ani.strip_prefix(prefix).unwrap_or(ani))
}

/// What a request to the entry address means.
///
/// The old contract sends nothing that tells one request from a repeat of it, so the key is left empty and the engine
/// completes it with the record's id; whether it repeats a call is the rules' question.
pub(super) fn entry(record: &StoredRequest, at: Instant, prefix: &str) -> Result<Observed, ParseError> {
    let kind = EntryType::read(record.query_value("type"))
        .and_then(|kind| kind.ok_or_else(|| reason!("newcall or endcall")))
        .map_err(|allowed| ParseError::at("type", allowed))?;
    let ani = entry_number(record.query_value("ani"), &record.path);
    let curator = record.query_value("curator_id").unwrap_or_default().to_owned();
    at_most("ani", &ani, MAX_ANI)?;
    at_most("curator_id", &curator, MAX_CURATOR)?;
    let number = number_of(&ani, prefix);
    let fact = match kind {
        EntryType::NewCall => calls::Fact::CallStarted { ani, number, curator },
        EntryType::EndCall => calls::Fact::CallEnded { number, curator },
    };
    Ok(Observed { key: FactKey::from(""), at, fact: Fact::Calls(fact) })
}

/// What a signed event means. Its key is `<client>/<event_id>`: two clients may number their events alike.
pub(super) fn event(record: &StoredRequest, at: Instant, prefix: &str) -> Result<Observed, ParseError> {
    let event: Event = serde_json::from_slice(&record.body).map_err(|e| {
        let (line, column) = (e.line(), e.column());
        let reason = match e.is_data() {
            true => reason!("a field is missing, unknown or of another type (line {line}, column {column})"),
            false => reason!("not JSON (line {line}, column {column})"),
        };
        ParseError::at("body", reason)
    })?;
    let (ani, curator) = (event.ani.unwrap_or_default(), event.curator_id.unwrap_or_default());
    at_most("ani", &ani, MAX_ANI)?;
    at_most("curator_id", &curator, MAX_CURATOR)?;
    at_most("event_id", &event.event_id, MAX_EVENT_ID)?;
    if event.event_id.is_empty() {
        return Err(ParseError::at("event_id", reason!("must not be empty")));
    }
    let number = number_of(&ani, prefix);
    let fact = match (event.event, event.theme) {
        (EventType::NewCall, _) => calls::Fact::CallStarted { ani, number, curator },
        (EventType::EndCall, _) => calls::Fact::CallEnded { number, curator },
        (EventType::Theme, Some(theme)) if !theme.trim().is_empty() => {
            at_most("theme", &theme, MAX_THEME)?;
            calls::Fact::ThemeGiven { number, curator, theme }
        }
        (EventType::Theme, _) => return Err(ParseError::at("theme", reason!("must not be empty"))),
    };
    let client = record.headers.iter().find(|(name, _)| name == super::intake::CLIENT).map_or("", |(_, v)| v.as_str());
    Ok(Observed { key: FactKey(format!("{client}/{}", event.event_id)), at, fact: Fact::Calls(fact) })
}

//! Reads an object's fields one by one, strictly: a wrong type, a long text or an unknown name is told with its full path.
//!
//! Deliberately not here: which fields there are (`wire`) and files (`table`).

use jiff::{civil, tz::TimeZone};
use pult_domain::{Instant, areas::calls::Reference};
use serde_json::{Map, Value};

use crate::{ParseError, Reason, reason};

/// How values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// JSON: a value has its type.
    Json,
    /// Cells of a table: everything is text, an empty cell says nothing.
    Cells,
}

/// An object of which each field is taken once; what is left at the end is unknown.
pub(super) struct Fields {
    path: String,
    map: Map<String, Value>,
    form: Form,
}

/// The most digits an id has in a cell that may also hold a telephone number.
const ID_DIGITS: usize = 6;

impl Fields {
    /// The fields of `value`, which stands at `path`.
    pub(super) fn of(path: &str, value: Value, form: Form) -> Result<Self, ParseError> {
        match value {
            Value::Object(map) => Ok(Self { path: path.to_owned(), map, form }),
            _ => Err(ParseError::at(if path.is_empty() { "row" } else { path }, reason!("an object"))),
        }
    }

    fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// The value of a field; `None` when it is absent, null, or an empty cell.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        let value = self.map.remove(name)?;
        let empty =
            value.is_null() || (self.form == Form::Cells && value.as_str().is_some_and(|s| s.trim().is_empty()));
        (!empty).then_some(value)
    }

    fn wrong(&self, name: &str, allowed: Reason) -> ParseError {
        ParseError::at(self.at(name), allowed)
    }

    /// A nested object.
    pub(super) fn nested(&mut self, name: &str) -> Result<Option<Self>, ParseError> {
        let (path, form) = (self.at(name), self.form);
        self.take(name).map(|value| Self::of(&path, value, form)).transpose()
    }

    /// A list of nested objects; a single object, as a table has it, is a list of one.
    pub(super) fn list(&mut self, name: &str, most: usize) -> Result<Vec<Self>, ParseError> {
        let (path, form) = (self.at(name), self.form);
        let values = match self.take(name) {
            None => return Ok(vec![]),
            Some(Value::Array(values)) => values,
            Some(value) if form == Form::Cells => vec![value],
            Some(_) => return Err(self.wrong(name, reason!("a list"))),
        };
        if values.len() > most {
            return Err(self.wrong(name, reason!("at most {most}")));
        }
        values.into_iter().enumerate().map(|(i, value)| Self::of(&format!("{path}[{i}]"), value, form)).collect()
    }

    /// A text of at most `most` characters.
    pub(super) fn text(&mut self, name: &str, most: usize) -> Result<Option<String>, ParseError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.chars().nth(most).is_some() => {
                Err(self.wrong(name, reason!("at most {most} characters")))
            }
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, reason!("a text"))),
        }
    }

    /// A text, or a number in its place.
    pub(super) fn text_or_number(&mut self, name: &str, most: usize) -> Result<Option<String>, ParseError> {
        match self.map.get(name).and_then(Value::as_i64) {
            Some(number) => {
                self.map.remove(name);
                Ok(Some(number.to_string()))
            }
            None => self.text(name, most),
        }
    }

    /// A whole number.
    pub(super) fn whole(&mut self, name: &str) -> Result<Option<i64>, ParseError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let number = match (&value, self.form) {
            (Value::String(text), Form::Cells) => text.trim().parse().ok(),
            (value, _) => value.as_i64(),
        };
        number.map(Some).ok_or_else(|| self.wrong(name, reason!("a whole number")))
    }

    /// Yes or no; the source's tables write 1 and 0.
    pub(super) fn flag(&mut self, name: &str) -> Result<Option<bool>, ParseError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let flag = match (&value, self.form) {
            (Value::Bool(flag), _) => Some(*flag),
            (Value::String(text), Form::Cells) => match text.trim().to_ascii_lowercase().as_str() {
                "1" | "true" => Some(true),
                "0" | "false" => Some(false),
                _ => None,
            },
            (value, _) => match value.as_i64() {
                Some(1) => Some(true),
                Some(0) => Some(false),
                _ => None,
            },
        };
        flag.map(Some).ok_or_else(|| self.wrong(name, reason!("true, false, 1 or 0")))
    }

    /// A row of another table: its id, its name, or an object with both.
    pub(super) fn reference(&mut self, name: &str) -> Result<Option<Reference>, ParseError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        if value.is_object() {
            let mut fields = Self::of(&self.at(name), value, self.form)?;
            let reference = Reference { id: fields.whole("id")?, name: fields.text("name", 255)? };
            fields.done()?;
            return Ok(Some(reference));
        }
        match id_or_text(&value, self.form, 18) {
            Some(Ok(id)) => Ok(Some(Reference { id: Some(id), name: None })),
            Some(Err(text)) if text.chars().nth(255).is_none() => Ok(Some(Reference { id: None, name: Some(text) })),
            Some(Err(_)) => Err(self.wrong(name, reason!("at most 255 characters"))),
            None => Err(self.wrong(name, reason!("an id or a name"))),
        }
    }

    /// A telephone: its id, its number as a text, or the value itself when it is an object. In a table up to six digits are
    /// an id.
    pub(super) fn id_or_number(&mut self, name: &str) -> Result<Option<Result<i64, String>>, ParseError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        match id_or_text(&value, self.form, ID_DIGITS) {
            Some(Err(text)) if text.chars().nth(64).is_some() => {
                Err(self.wrong(name, reason!("at most 64 characters")))
            }
            Some(found) => Ok(Some(found)),
            None => Err(self.wrong(name, reason!("an id or a telephone number"))),
        }
    }

    /// Whether the field holds an object.
    pub(super) fn holds_object(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(Value::is_object)
    }

    /// An instant: RFC 3339, or `YYYY-MM-DD HH:MM:SS` in `zone`.
    pub(super) fn instant(&mut self, name: &str, zone: &TimeZone) -> Result<Option<Instant>, ParseError> {
        let Some(text) = self.text(name, 64)? else { return Ok(None) };
        let text = text.trim();
        let local = || {
            // A time the clocks skip or repeat is taken as before the change.
            civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", text)
                .ok()?
                .to_zoned(zone.clone())
                .ok()
                .map(|z| z.timestamp())
        };
        text.parse()
            .ok()
            .or_else(local)
            .map(Some)
            .ok_or_else(|| self.wrong(name, reason!("RFC 3339, or YYYY-MM-DD HH:MM:SS in the zone of the centre")))
    }

    /// Nothing may be left.
    pub(super) fn done(self) -> Result<(), ParseError> {
        match self.map.keys().next() {
            // The name is a stranger's text: enough of it to recognise.
            Some(name) => Err(self.wrong(&name.chars().take(64).collect::<String>(), reason!("unknown field"))),
            None => Ok(()),
        }
    }
}

fn id_or_text(value: &Value, form: Form, id_digits: usize) -> Option<Result<i64, String>> {
    match value {
        Value::Number(_) => value.as_i64().map(Ok),
        Value::String(text) if form == Form::Cells => {
            let text = text.trim();
            let id = text.len() <= id_digits && text.bytes().all(|b| b.is_ascii_digit());
            Some(id.then(|| text.parse().ok()).flatten().map_or_else(|| Err(text.to_owned()), Ok))
        }
        Value::String(text) => Some(Err(text.clone())),
        _ => None,
    }
}

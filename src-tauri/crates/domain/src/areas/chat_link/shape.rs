//! What is wrong with the shape of the bridge's menu or form: every bound once, told as a code and the place it is at.
//!
//! Deliberately not here: what they mean (`form`), and words for a fault (the console's; the English ones are for logs).

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{Press, once::given_twice};

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ShapeCode {
    /// Not JSON.
    Json,
    /// A table of names is needed.
    Table,
    /// A list is needed.
    List,
    /// A text is needed.
    Text,
    /// Yes or no is needed.
    Flag,
    /// A whole number, not below 0, is needed.
    Whole,
    /// There is no such name.
    Unknown,
    /// This name must be there.
    Missing,
    /// There is no such kind of block.
    Type,
    /// A text has another number of characters than it may have.
    Length,
    /// A list or a number of files is outside its bounds.
    Count,
    /// Two blocks have this name.
    Twice,
    /// This name is in its table twice: which of the two is meant cannot be told.
    Repeated,
    /// No button does this.
    Action,
    /// The most characters are more than the messenger takes, or fewer than the fewest.
    Lengths,
    /// No input is required: a request would say nothing.
    Required,
}

/// One thing wrong with a menu or form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ShapeFault {
    /// What kind of fault it is.
    pub code: ShapeCode,
    /// Where, from outside in, for instance `blocks 2 (topic) · label`; the name itself under `twice` and `action`; empty for the
    /// whole.
    pub place: String,
    /// The fewest, under `length` and `count`.
    pub least: Option<u32>,
    /// The most, under `length` and `count`; `None` where there is no bound.
    pub most: Option<u32>,
}

impl fmt::Display for ShapeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(match self.code {
            ShapeCode::Json => "not JSON",
            ShapeCode::Table => "a table is needed",
            ShapeCode::List => "a list is needed",
            ShapeCode::Text => "a text is needed",
            ShapeCode::Flag => "true or false is needed",
            ShapeCode::Whole => "a whole number is needed",
            ShapeCode::Unknown => "there is no such name",
            ShapeCode::Missing => "it is missing",
            ShapeCode::Type => "plain_text, divider, radio, input or file_input is needed",
            ShapeCode::Length => "another number of characters is needed",
            ShapeCode::Count => "another number is needed",
            ShapeCode::Twice => "this name is there twice",
            ShapeCode::Repeated => "it is given twice",
            ShapeCode::Action => "there is no such action",
            ShapeCode::Lengths => "at most 3000 characters, and not fewer than at least",
            ShapeCode::Required => "one input at least must be required: without it a request says nothing",
        })?;
        match (self.least, self.most) {
            (Some(least), Some(most)) => write!(f, ", {least} to {most}"),
            (Some(least), None) => write!(f, ", {least} at least"),
            _ => Ok(()),
        }
    }
}

type Judged = Result<(), ShapeFault>;
/// A judge of one value at its place.
type Judge<'j> = &'j dyn Fn(&Value, &str) -> Judged;

/// The longest text an input can ask for (contracts/pachca 4).
const LONGEST_TEXT: u64 = 3000;

fn fault(code: ShapeCode, place: impl Into<String>) -> ShapeFault {
    ShapeFault { code, place: place.into(), least: None, most: None }
}

fn outside(code: ShapeCode, place: &str, least: u32, most: Option<u32>) -> ShapeFault {
    ShapeFault { least: Some(least), most, ..fault(code, place) }
}

fn within(count: usize, least: u32, most: Option<u32>) -> bool {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    count >= least && most.is_none_or(|most| count <= most)
}

fn text(least: u32, most: impl Into<Option<u32>>) -> impl Fn(&Value, &str) -> Judged {
    let most = most.into();
    move |value, place| {
        let text = value.as_str().ok_or_else(|| fault(ShapeCode::Text, place))?;
        match within(text.trim().chars().count(), least, most) {
            true => Ok(()),
            false => Err(outside(ShapeCode::Length, place, least, most)),
        }
    }
}

fn whole(value: &Value, place: &str) -> Judged {
    let fits = value.is_null() || value.as_u64().is_some_and(|n| u32::try_from(n).is_ok());
    if fits { Ok(()) } else { Err(fault(ShapeCode::Whole, place)) }
}

fn flag(value: &Value, place: &str) -> Judged {
    if value.is_boolean() { Ok(()) } else { Err(fault(ShapeCode::Flag, place)) }
}

fn list(value: &Value, place: &str, (least, most): (u32, Option<u32>), judge: Judge<'_>) -> Judged {
    let items = value.as_array().ok_or_else(|| fault(ShapeCode::List, place))?;
    if !within(items.len(), least, most) {
        return Err(outside(ShapeCode::Count, place, least, most));
    }
    items.iter().enumerate().try_for_each(|(index, item)| judge(item, &format!("{place} {}", index + 1)))
}

/// A table of these names: all that must be there are, and none besides those that may be.
fn table(value: &Value, place: &str, must: &[(&str, Judge<'_>)], may: &[(&str, Judge<'_>)]) -> Judged {
    let fields = value.as_object().ok_or_else(|| fault(ShapeCode::Table, place))?;
    let at = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place} · {name}") };
    let judge_of = |name: &str| must.iter().chain(may).find(|(known, _)| *known == name).map(|(_, judge)| judge);
    if let Some(stranger) = fields.keys().find(|name| judge_of(name).is_none()) {
        return Err(fault(ShapeCode::Unknown, at(stranger)));
    }
    if let Some((absent, _)) = must.iter().find(|(name, _)| !fields.contains_key(*name)) {
        return Err(fault(ShapeCode::Missing, at(absent)));
    }
    let known = must.iter().chain(may).filter_map(|(name, judge)| Some((name, judge, fields.get(*name)?)));
    known.into_iter().try_for_each(|(name, judge, value)| judge(value, &at(name)))
}

fn action(value: &Value, place: &str) -> Judged {
    text(1, 255)(value, place)?;
    let action = value.as_str().unwrap_or_default();
    match Press::read(action).token() == format!("v1:{action}:") {
        true => Ok(()),
        false => Err(fault(ShapeCode::Action, action)),
    }
}

/// Judges a menu.
pub(super) fn menu(value: &Value) -> Judged {
    let button = |value: &Value, place: &str| table(value, place, &[("text", &text(1, 255)), ("action", &action)], &[]);
    let row = |value: &Value, place: &str| list(value, place, (0, None), &button);
    let rows = |value: &Value, place: &str| list(value, place, (1, Some(32)), &row);
    table(value, "", &[("text", &text(1, None)), ("rows", &rows)], &[])
}

/// Judges a form by what the messenger can show (contracts/pachca 4).
pub(super) fn form(value: &Value) -> Judged {
    let blocks = |value: &Value, place: &str| list(value, place, (1, Some(100)), &block);
    let button = text(1, 24);
    let (title, submit, close) = (("title", &button as Judge<'_>), ("submit", &button as _), ("close", &button as _));
    table(value, "", &[("callback", &text(1, 255)), title, submit, close, ("blocks", &blocks)], &[])?;
    let all = || value.get("blocks").and_then(Value::as_array).into_iter().flatten();
    let mut names = BTreeSet::new();
    if let Some(twice) = all().filter_map(|block| block.get("name")?.as_str()).find(|name| !names.insert(*name)) {
        return Err(fault(ShapeCode::Twice, twice));
    }
    let is = |block: &Value, name: &str, what: &Value| block.get(name) == Some(what);
    match all().any(|block| is(block, "type", &"input".into()) && is(block, "required", &true.into())) {
        true => Ok(()),
        false => Err(fault(ShapeCode::Required, "")),
    }
}

fn block(value: &Value, place: &str) -> Judged {
    let fields = value.as_object().ok_or_else(|| fault(ShapeCode::Table, place))?;
    // Whoever looks for the fault knows a block by its name.
    let name = fields.get("name").and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
    let place = &name.map_or_else(|| place.to_owned(), |name| format!("{place} ({name})"));
    let (word, label) = (text(1, 255), text(1, 150));
    let (of, name, label) = (("type", &word as Judge<'_>), ("name", &word as _), ("label", &label as _));
    match fields.get("type").and_then(Value::as_str) {
        Some("plain_text") => table(value, place, &[of, ("text", &text(1, 12_000))], &[]),
        Some("divider") => table(value, place, &[of], &[]),
        Some("radio") => {
            let options = |value: &Value, place: &str| list(value, place, (1, Some(10)), &text(1, 75));
            table(value, place, &[of, name, label, ("options", &options)], &[])
        }
        Some("input") => {
            let placeholder = text(0, 150);
            let flags: [(&str, Judge<'_>); 2] = [("multiline", &flag), ("required", &flag)];
            let bounds: [(&str, Judge<'_>); 2] = [("min_length", &whole), ("max_length", &whole)];
            let may = [[("placeholder", &placeholder as Judge<'_>)].as_slice(), &flags, &bounds].concat();
            table(value, place, &[of, name, label], &may)?;
            let bound = |name: &str| fields.get(name).and_then(Value::as_u64);
            let most = bound("max_length").unwrap_or(LONGEST_TEXT);
            match most > LONGEST_TEXT || bound("min_length").unwrap_or(0) > most {
                true => Err(fault(ShapeCode::Lengths, place)),
                false => Ok(()),
            }
        }
        Some("file_input") => {
            table(value, place, &[of, name], &[("max_files", &whole)])?;
            match fields.get("max_files").and_then(Value::as_u64) {
                Some(most) if !(1..=10).contains(&most) => {
                    Err(outside(ShapeCode::Count, &format!("{place} · max_files"), 1, Some(10)))
                }
                _ => Ok(()),
            }
        }
        _ => Err(fault(ShapeCode::Type, place)),
    }
}

/// A value of a text that is JSON and has the shape.
///
/// # Errors
/// The first fault there is.
pub(super) fn read<T: serde::de::DeserializeOwned>(
    text: &str,
    judge: impl FnOnce(&Value) -> Judged,
) -> Result<T, ShapeFault> {
    let value: Value = serde_json::from_str(text).map_err(|_| fault(ShapeCode::Json, ""))?;
    if let Some(place) = given_twice(text) {
        return Err(fault(ShapeCode::Repeated, place));
    }
    judge(&value)?;
    serde_json::from_value(value).map_err(|_| fault(ShapeCode::Json, ""))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(judged: Judged) -> String {
        judged.map_or_else(|fault| fault.to_string(), |()| "well".to_owned())
    }

    #[test]
    fn a_menu_that_cannot_be_shown_is_refused_with_the_place() {
        let of = |row: Value| told(menu(&json!({"text": "What?", "rows": [row]})));
        for (row, want) in [
            (json!([{"text": "Mine", "action": "my_tasks"}]), "well"),
            (
                json!([{"text": "", "action": "my_tasks"}]),
                "rows 1 1 · text: another number of characters is needed, 1 to 255",
            ),
            (json!([{"text": "Mine", "action": "my_task"}]), "my_task: there is no such action"),
            (json!([{"text": "Mine", "action": "take:1"}]), "take:1: there is no such action"),
            (json!([{"text": "Mine"}]), "rows 1 1 · action: it is missing"),
            (json!({}), "rows 1: a list is needed"),
        ] {
            assert_eq!(of(row), want);
        }
        assert_eq!(told(menu(&json!([]))), "a table is needed");
        assert_eq!(told(menu(&json!({"text": "What?", "rows": []}))), "rows: another number is needed, 1 to 32");
        let blank = json!({"text": " ", "rows": [[]]});
        assert_eq!(told(menu(&blank)), "text: another number of characters is needed, 1 at least");
    }

    #[test]
    fn a_form_the_messenger_cannot_show_is_refused_with_the_place() {
        let input = json!({"type": "input", "name": "d", "label": "What", "required": true});
        let of = |block: Value| {
            told(form(
                &json!({"callback": "c", "title": "New", "submit": "Yes", "close": "No", "blocks": [input, block]}),
            ))
        };
        let long = "х".repeat(76);
        for (block, want) in [
            (json!({"type": "divider"}), "well"),
            (json!({"type": "input", "name": "e", "label": "Else", "min_length": null, "max_length": 3000}), "well"),
            (json!({"type": "file_input", "name": "f", "max_files": null}), "well"),
            (
                json!({"type": "radio", "name": "r", "label": "T", "options": []}),
                "blocks 2 (r) · options: another number is needed, 1 to 10",
            ),
            (
                json!({"type": "radio", "name": "r", "label": "T", "options": [long]}),
                "blocks 2 (r) · options 1: another number of characters is needed, 1 to 75",
            ),
            (json!({"type": "input", "name": "d", "label": "Else"}), "d: this name is there twice"),
            (
                json!({"type": "input", "name": "e", "label": "Else", "max_length": 3001}),
                "blocks 2 (e): at most 3000 characters, and not fewer than at least",
            ),
            (
                json!({"type": "input", "name": "e", "label": "Else", "min_length": 4, "max_length": 3}),
                "blocks 2 (e): at most 3000 characters, and not fewer than at least",
            ),
            (
                json!({"type": "input", "name": "e", "label": "Else", "required": 1}),
                "blocks 2 (e) · required: true or false is needed",
            ),
            (
                json!({"type": "input", "name": "e", "label": "Else", "max_length": -1}),
                "blocks 2 (e) · max_length: a whole number is needed",
            ),
            (
                json!({"type": "input", "name": "e", "label": "Else", "size": 1}),
                "blocks 2 (e) · size: there is no such name",
            ),
            (
                json!({"type": "file_input", "name": "f", "max_files": 11}),
                "blocks 2 (f) · max_files: another number is needed, 1 to 10",
            ),
            (
                json!({"type": "select", "name": "s"}),
                "blocks 2 (s): plain_text, divider, radio, input or file_input is needed",
            ),
        ] {
            assert_eq!(of(block), want);
        }
        let without =
            json!({"callback": "c", "title": "New", "submit": "Yes", "close": "No", "blocks": [{"type": "divider"}]});
        assert!(told(form(&without)).starts_with("one input at least"));
    }

    #[test]
    fn what_has_the_shape_is_read() {
        #[derive(Deserialize)]
        struct Any {}
        assert_eq!(read::<Any>("{", |_| Ok(())).err().map(|fault| fault.code), Some(ShapeCode::Json));
        assert!(read::<Any>("{}", |_| Ok(())).is_ok());
        let twice =
            read::<Any>(r#"{"rows": [{"text": 1, "text": 2}]}"#, |_| Ok(())).err().map(|fault| fault.to_string());
        assert_eq!(twice.as_deref(), Some("rows 1 · text: it is given twice"));
    }
}

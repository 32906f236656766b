//! The request in the sender's words, and what it says in ours (behaviour/erp_tasks 3).
//!
//! Deliberately not here: files (`files`), moments (`moment`), and what a document leads to (the rules of documents).

use std::collections::HashSet;

use pult_domain::areas::erp::{Document, Item, Line, Moment};

use crate::{ParseError, reason};

use super::{
    fields::{Key, Object, text_of},
    files, moment,
};

/// Lines of a document at most (behaviour/erp_tasks 3).
const MOST_LINES: usize = 50;
/// Rows of a line's table at most.
const MOST_ITEMS: usize = 1_000;
/// Letters of an id, a number, a name, and of what people write at length.
const SHORT: usize = 200;
const LONG: usize = 100_000;
/// The longest work, minutes: a year.
const MOST_MINUTES: f64 = 525_600.0;

pub(super) const ID: Key = Key(&["id", "ссылка", "guid", "uid"]);
pub(super) const NUMBER: Key = Key(&["number", "номер"]);
pub(super) const DATE: Key = Key(&["date", "дата"]);
pub(super) const TITLE: Key = Key(&["title", "наименование", "тема"]);
pub(super) const DESCRIPTION: Key = Key(&["description", "описание", "комментарий"]);
pub(super) const AUTHOR: Key = Key(&["author", "автор", "ответственный"]);
pub(super) const DEADLINE: Key = Key(&["deadline", "срок"]);
pub(super) const LINES: Key = Key(&["calculations", "калькуляции", "калькуляция"]);
pub(super) const FILES: Key = Key(&["files", "прикрепленныефайлы", "файлы"]);
/// Of a line, whose `Наименование` is that of its sub-department.
pub(super) const NAME: Key = Key(&["name", "наименование", "калькуляция"]);
pub(super) const LINE_TITLE: Key = Key(&["title", "тема"]);
pub(super) const MINUTES: Key = Key(&["planned_minutes", "трудозатраты"]);
pub(super) const ITEMS: Key = Key(&["items", "состав"]);
pub(super) const ITEM: Key = Key(&["name", "наименование"]);
pub(super) const QUANTITY: Key = Key(&["quantity", "количество"]);
pub(super) const UNIT: Key = Key(&["unit", "единица"]);

/// Where an entry of a list stands.
pub(super) fn place_of(key: &Key, n: usize) -> String {
    format!("{}[{n}]", key.name())
}

fn whole(body: &[u8]) -> Result<Object<'_>, ParseError> {
    let text = std::str::from_utf8(body).map_err(|_| ParseError::at("body", reason!("is not UTF-8")))?;
    // Some senders put the mark of UTF-8 first.
    Object::read(text.strip_prefix('\u{feff}').unwrap_or(text), "")
}

/// What a request says.
pub(super) fn document(body: &[u8]) -> Result<Document, ParseError> {
    let sent = whole(body)?;
    let guid = sent.required(&ID, SHORT)?;
    Ok(Document {
        number: sent.required(&NUMBER, SHORT)?,
        date: date(&sent)?,
        title: sent.text(&TITLE, LONG)?,
        description: sent.text(&DESCRIPTION, LONG)?,
        author: sent.text(&AUTHOR, SHORT)?,
        deadline: deadline(&sent)?,
        lines: lines(&sent, &guid)?,
        files: files::read(&sent)?,
        guid,
    })
}

/// The document a request is about, where that much can be understood.
pub(super) fn id_of(body: &[u8]) -> Option<String> {
    whole(body).ok()?.required(&ID, SHORT).ok()
}

/// The content of the file at a place, from 0, of a request; nothing where there is none.
pub(super) fn file_content(body: &[u8], place: usize) -> Option<Vec<u8>> {
    files::content(&whole(body).ok()?, place)
}

fn moment(object: &Object<'_>, key: &Key) -> Result<Option<Moment>, ParseError> {
    let Some(text) = object.text(key, SHORT)? else { return Ok(None) };
    let expected = || {
        reason!("a date is expected: 2024-12-20, 2024-12-20T18:00:00 or 20.12.2024 18:00:00, with a zone or without")
    };
    moment::read(&text).map_err(|()| ParseError::at(object.place(key), expected()))
}

fn deadline(object: &Object<'_>) -> Result<Option<Moment>, ParseError> {
    moment(object, &DEADLINE)
}

/// The document's date stays as it was written; it only has to be one.
fn date(sent: &Object<'_>) -> Result<Option<String>, ParseError> {
    let known = moment(sent, &DATE)?.is_some();
    Ok(sent.text(&DATE, SHORT)?.filter(|_| known))
}

fn lines(sent: &Object<'_>, guid: &str) -> Result<Vec<Line>, ParseError> {
    let mut lines = vec![];
    for (n, raw) in sent.list(&LINES, MOST_LINES)?.into_iter().enumerate() {
        lines.push(line(raw, &place_of(&LINES, n))?);
    }
    if lines.is_empty() {
        return Err(ParseError::at(LINES.name(), reason!("is missing or empty: a task is made of each entry")));
    }
    let mut keys = HashSet::new();
    for (n, line) in lines.iter().enumerate() {
        if !line.key.is_empty() && !keys.insert(line.key.clone()) {
            return Err(ParseError::at(
                format!("{}.{}", place_of(&LINES, n), ID.name()),
                reason!("another entry has the same id"),
            ));
        }
    }
    for line in lines.iter_mut().filter(|line| line.key.is_empty()) {
        let plain = format!("{guid}:{}", line.name);
        // Two lines of one name are two tasks: the second is told apart by its turn, which a resend repeats.
        let turns = std::iter::once(plain.clone()).chain((2..).map(|turn| format!("{plain}#{turn}")));
        if let Some(key) = turns.into_iter().find(|key| !keys.contains(key)) {
            keys.insert(key.clone());
            line.key = key;
        }
    }
    Ok(lines)
}

/// A line; its key is empty where the sender gives it none.
fn line(raw: &str, place: &str) -> Result<Line, ParseError> {
    if raw.starts_with('"') {
        // A name alone is the whole line.
        let name = text_of(raw).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| ParseError::at(place, reason!("is empty")))?;
        if name.chars().count() > SHORT {
            return Err(ParseError::at(place, reason!("is longer than {SHORT} characters")));
        }
        let (key, items) = (String::new(), vec![]);
        return Ok(Line { key, name, title: None, description: None, planned_minutes: None, deadline: None, items });
    }
    let sent = Object::read(raw, place)?;
    let mut items = vec![];
    for (n, raw) in sent.list(&ITEMS, MOST_ITEMS)?.into_iter().enumerate() {
        let item = Object::read(raw, &format!("{place}.{}", place_of(&ITEMS, n)))?;
        items.push(Item {
            name: item.required(&ITEM, LONG)?,
            quantity: item.text(&QUANTITY, SHORT)?.unwrap_or_default(),
            unit: item.text(&UNIT, SHORT)?.unwrap_or_default(),
        });
    }
    Ok(Line {
        key: sent.text(&ID, SHORT)?.unwrap_or_default(),
        name: sent.required(&NAME, SHORT)?,
        title: sent.text(&LINE_TITLE, LONG)?,
        description: sent.text(&DESCRIPTION, LONG)?,
        planned_minutes: minutes(&sent)?,
        deadline: deadline(&sent)?,
        items,
    })
}

/// Planned minutes, begun ones counted as whole; none planned is the same as nothing.
fn minutes(line: &Object<'_>) -> Result<Option<u32>, ParseError> {
    let Some(text) = line.text(&MINUTES, SHORT)? else { return Ok(None) };
    // Numbers given as text come as people write them: "1 200,5".
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == ',' { '.' } else { c }).collect();
    let planned = plain.parse::<f64>().ok().filter(|n| (0.0..=MOST_MINUTES).contains(n));
    let planned = planned
        .ok_or_else(|| ParseError::at(line.place(&MINUTES), reason!("minutes are expected, 0 to {MOST_MINUTES}")))?
        .ceil();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is whole and within a year")]
    let planned = planned as u32;
    Ok((planned > 0).then_some(planned))
}

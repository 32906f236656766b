//! Buttons of a message: rows of links and data.

use serde_json::Value;

use super::refused::Problems;
use crate::pachca::world::chat::Button;

/// Most rows, and longest text, link or data in characters.
const ROWS: usize = 32;
const LONGEST: usize = 255;

/// The buttons that the body asks for; none when it says nothing of them.
pub(super) fn read(fields: &Value, problems: &mut Problems) -> Option<Vec<Vec<Button>>> {
    let given = fields.get("buttons").filter(|given| !given.is_null())?;
    let Some(rows) = given.as_array() else {
        problems.add("buttons", given, "invalid");
        return None;
    };
    if rows.len() > ROWS {
        problems.add("buttons", &rows.len().into(), "too_long");
    }
    let row = |row: &Value| {
        let Some(row) = row.as_array() else {
            problems.add("buttons", row, "invalid");
            return Vec::new();
        };
        row.iter().filter_map(|given| button(given, problems)).collect()
    };
    let rows: Vec<Vec<Button>> = rows.iter().map(row).collect();
    Some(rows.into_iter().filter(|row| !row.is_empty()).collect())
}

fn button(given: &Value, problems: &mut Problems) -> Option<Button> {
    problems.text(given, "text", LONGEST);
    problems.optional(given, "url", LONGEST);
    problems.optional(given, "data", LONGEST);
    let does = |key: &str| given[key].as_str().is_some_and(|text| !text.is_empty());
    match (does("url"), does("data")) {
        (false, false) => problems.add("data", &given["data"], "blank"),
        (true, true) => problems.add("data", &given["data"], "invalid"),
        _ => {}
    }
    let of = |key: &str| given[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Some(Button { text: of("text")?, url: of("url"), data: of("data") })
}

//! What a task says, in the portal's marks (behaviour/erp_tasks 6.8).
//!
//! Deliberately not here: which words (the document's).

use pult_domain::{
    Instant,
    areas::erp::{TaskFields, TaskText},
};
use serde_json::{Value, json};

/// An instant as the portal reads it.
pub(super) fn stamp(at: Instant) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// A title in a line, as it is written and looked for. A batch would take a part of it for a reference to another command's result.
pub(super) fn title(title: &str) -> String {
    let line = title.replace(char::is_control, " ").replace("$result[", "$result (");
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words that say nothing to the portal.
fn plain(words: &str) -> String {
    words.trim().replace('[', "&#91;")
}

/// The text of a task: words, a table of what is to be made, where it comes from.
pub(super) fn description(text: &TaskText) -> String {
    let mut parts: Vec<String> =
        text.words.iter().map(|words| plain(words)).filter(|words| !words.is_empty()).collect();
    if !text.items.is_empty() {
        let row = |cells: [&str; 3]| {
            let cells = cells.map(|cell| format!("[TD]{cell}[/TD]")).concat();
            format!("[TR]{cells}[/TR]")
        };
        let rows = text.items.iter().map(|item| {
            let [name, quantity, unit] = [&item.name, &item.quantity, &item.unit].map(|cell| plain(cell));
            row([&name, &quantity, &unit])
        });
        let head = row(["[B]Наименование[/B]", "[B]Количество[/B]", "[B]Единица[/B]"]);
        parts.push(format!("[TABLE]{head}{}[/TABLE]", rows.collect::<String>()));
    }
    let date = text.date.as_deref().map(|date| format!(" от {}", plain(date))).unwrap_or_default();
    parts.push(format!("Документ 1С № {}{date}", plain(&text.number)));
    parts.join("\n\n")
}

/// The fields that a task has from the beginning and that change when its document is sent again.
pub(super) fn fields(fields: &TaskFields) -> Value {
    let mut said = json!({"TITLE": title(&fields.title), "DESCRIPTION": description(&fields.text)});
    if let Some(deadline) = fields.deadline {
        said["DEADLINE"] = json!(stamp(deadline));
    }
    if let Some(project) = fields.project {
        said["GROUP_ID"] = json!(project);
    }
    said
}

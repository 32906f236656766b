//! Triggers and the forms that were opened with them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// What a press leaves behind: the right to open one form, for three seconds.
#[derive(Clone, Debug, Serialize)]
pub struct Trigger {
    /// Its id.
    pub id: String,
    /// Who pressed.
    pub user: u64,
    /// Where.
    pub chat: u64,
    /// When.
    pub at: Timestamp,
    /// Whether a form was opened with it.
    pub used: bool,
}

/// A form on somebody's screen.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    /// Its number here; the vendor gives none.
    pub id: u64,
    /// The trigger it was opened with.
    pub trigger: String,
    /// Who sees it.
    pub user: u64,
    /// Where the button was.
    pub chat: u64,
    /// What the bot knows it by.
    pub callback_id: Option<String>,
    /// What the bot wants back.
    pub private_metadata: Option<String>,
    /// Title, texts and blocks.
    pub view: Value,
    /// Whether it is still on the screen.
    pub open: bool,
    /// What it shows beside its blocks.
    pub errors: BTreeMap<String, String>,
    /// Why the last sending failed, as the person sees it.
    pub failure: Option<String>,
    /// How often it was sent.
    pub sent: u32,
}

/// Blocks that are filled in.
const FIELDS: [&str; 7] = ["input", "select", "radio", "checkbox", "date", "time", "file_input"];

impl View {
    /// The blocks that are filled in.
    pub fn fields(&self) -> impl Iterator<Item = &Value> {
        let is_field = |block: &&Value| block["type"].as_str().is_some_and(|kind| FIELDS.contains(&kind));
        self.view["blocks"].as_array().into_iter().flatten().filter(is_field)
    }

    pub(in crate::pachca) fn field(&self, name: &str) -> Option<&Value> {
        self.fields().find(|block| block["name"] == name)
    }

    /// What is in it before anybody touches it, with `given` over it. Answers the field that cannot be filled in so.
    pub(in crate::pachca) fn filled(&self, given: &Map<String, Value>) -> Result<Map<String, Value>, String> {
        if let Some(unknown) = given.keys().find(|name| self.field(name).is_none()) {
            return Err(unknown.clone());
        }
        let mut all = Map::new();
        for block in self.fields() {
            let name = block["name"].as_str().unwrap_or_default();
            let value = given.get(name).cloned().unwrap_or_else(|| untouched(block));
            if !is_possible(block, &value) {
                return Err(name.to_owned());
            }
            all.insert(name.to_owned(), value);
        }
        Ok(all)
    }
}

fn options(block: &Value) -> impl Iterator<Item = &Value> {
    block["options"].as_array().into_iter().flatten()
}

fn untouched(block: &Value) -> Value {
    let chosen = |mark: &'static str| options(block).filter(move |option| option[mark] == true);
    match block["type"].as_str() {
        Some("input") => block.get("initial_value").cloned().unwrap_or_default(),
        Some("date") => block["initial_date"].clone(),
        Some("time") => block["initial_time"].clone(),
        Some("select" | "radio") => chosen("selected").map(|option| option["value"].clone()).next().unwrap_or_default(),
        Some("checkbox") => chosen("checked").map(|option| option["value"].clone()).collect(),
        _ => json!([]),
    }
}

/// Whether a person can make the block hold this; what is missing or too short is the bot's to refuse.
fn is_possible(block: &Value, value: &Value) -> bool {
    let offered = |value: &Value| options(block).any(|option| option["value"] == *value);
    match block["type"].as_str() {
        Some("select" | "radio") => value.is_null() || offered(value),
        Some("checkbox") => value.as_array().is_some_and(|all| all.iter().all(offered)),
        Some("file_input") => value.is_array(),
        _ => value.is_null() || value.is_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_filled_in_with_what_it_offers() {
        let blocks = json!([
            { "type": "header", "text": "x" },
            { "type": "radio", "name": "topic", "options": [{ "text": "A", "value": "a" }] },
            { "type": "checkbox", "name": "also", "options": [{ "text": "B", "value": "b", "checked": true }] },
            { "type": "input", "name": "text" },
        ]);
        let view = View {
            id: 1,
            trigger: String::new(),
            user: 1,
            chat: 1,
            callback_id: None,
            private_metadata: None,
            view: json!({ "blocks": blocks }),
            open: true,
            errors: BTreeMap::new(),
            failure: None,
            sent: 0,
        };
        let fill = |given: Value| view.filled(given.as_object().unwrap()).map(Value::Object);
        assert_eq!(fill(json!({})), Ok(json!({ "topic": null, "also": ["b"], "text": null })));
        assert_eq!(fill(json!({ "topic": "a", "also": [], "text": " " })).unwrap()["topic"], "a");
        assert_eq!(fill(json!({ "topic": "b" })), Err("topic".to_owned()));
        assert_eq!(fill(json!({ "other": "b" })), Err("other".to_owned()));
    }
}

//! The form of a new request as the messenger draws it (contracts/pachca 4).
//!
//! Deliberately not here: what was filled in (`events`), and what is wrong with it (the form's own).

use pult_domain::areas::chat_link::{Block, owed::OpenForm};
use serde_json::{Map, Value, json};

/// The most characters of a form's title and buttons.
const MAX_TITLE: usize = 24;
/// The most characters of a label and of a placeholder.
const MAX_LABEL: usize = 150;
/// The most characters of an answer; its value may have more, and is the same.
const MAX_OPTION: usize = 75;
/// The most characters of a text.
const MAX_TEXT: usize = 12_000;
/// The most characters that are filled in.
const MAX_INPUT: u32 = 3_000;
const MAX_BLOCKS: usize = 100;
const MAX_OPTIONS: usize = 10;
const MAX_FILES: u32 = 10;
/// The most characters of a name.
const MAX_NAME: usize = 255;
/// What stands above files: a form of ours has no words for it.
const FILES: &str = "Файлы";

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// What a form is opened with.
pub(super) fn view(order: &OpenForm) -> Value {
    let form = &order.form;
    json!({
        "type": "modal",
        "trigger_id": order.trigger,
        "callback_id": cut(&form.callback, MAX_NAME),
        "private_metadata": order.request.to_string(),
        "view": {
            "title": cut(&form.title, MAX_TITLE),
            "submit_text": cut(&form.submit, MAX_TITLE),
            "close_text": cut(&form.close, MAX_TITLE),
            "blocks": form.blocks.iter().take(MAX_BLOCKS).map(block).collect::<Vec<_>>(),
        },
    })
}

fn block(block: &Block) -> Value {
    match block {
        Block::PlainText { text } => json!({"type": "plain_text", "text": cut(text, MAX_TEXT)}),
        Block::Divider {} => json!({"type": "divider"}),
        Block::Radio { name, label, options } => {
            let options = options.iter().take(MAX_OPTIONS).map(|option| {
                let text = cut(option, MAX_OPTION);
                json!({"text": text, "value": text})
            });
            let options: Vec<_> = options.collect();
            json!({"type": "radio", "name": cut(name, MAX_NAME), "label": cut(label, MAX_LABEL), "options": options})
        }
        Block::Input { name, label, placeholder, multiline, required, min_length, max_length } => {
            let mut fields = Map::new();
            let mut set = |key: &str, value: Value| fields.insert(key.to_owned(), value);
            set("type", "input".into());
            set("name", cut(name, MAX_NAME).into());
            set("label", cut(label, MAX_LABEL).into());
            set("multiline", (*multiline).into());
            set("required", (*required).into());
            if !placeholder.is_empty() {
                set("placeholder", cut(placeholder, MAX_LABEL).into());
            }
            if let Some(least) = min_length {
                set("min_length", (*least).min(MAX_INPUT).into());
            }
            if let Some(most) = max_length {
                set("max_length", (*most).clamp(1, MAX_INPUT).into());
            }
            Value::Object(fields)
        }
        Block::FileInput { name, max_files } => {
            let most = max_files.unwrap_or(MAX_FILES).clamp(1, MAX_FILES);
            json!({"type": "file_input", "name": cut(name, MAX_NAME), "label": FILES, "max_files": most})
        }
    }
}

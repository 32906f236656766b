//! The menu and the form of a new request: data of the settings, not code (behaviour/chat_tracker 5.1, 5.3).
//!
//! Deliberately not here: the texts they have when nothing is settled (the settings'), and the vendor's shape of them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Button, Field, FileLink, Press, Submission};

/// What the bot answers whoever writes to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Menu {
    /// The words above the buttons.
    pub text: String,
    /// Rows of buttons, at most 32.
    pub rows: Vec<Vec<MenuButton>>,
}

/// A button of the menu as it is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MenuButton {
    /// What stands on it, at most 255 characters.
    pub text: String,
    /// The word of what it does, for instance `my_tasks`.
    pub action: String,
}

impl Menu {
    /// The menu of a text of settings.
    ///
    /// # Errors
    /// What is wrong with it, naming the place.
    pub fn of_json(text: &str) -> Result<Self, String> {
        let menu: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let buttons = || menu.rows.iter().flatten();
        if menu.text.trim().is_empty() || menu.rows.is_empty() || menu.rows.len() > 32 {
            return Err("a text and 1 to 32 rows of buttons".to_owned());
        }
        if buttons().any(|button| !(1..=255).contains(&button.text.trim().chars().count())) {
            return Err("the text of a button has 1 to 255 characters".to_owned());
        }
        match buttons().find(|button| Press::read(&button.action).token() != format!("v1:{}:", button.action)) {
            Some(button) => Err(format!("{}: there is no such action", button.action)),
            None => Ok(menu),
        }
    }

    /// Its buttons.
    #[must_use]
    pub fn buttons(&self) -> Vec<Vec<Button>> {
        let button = |button: &MenuButton| Button { text: button.text.clone(), press: Press::read(&button.action) };
        self.rows.iter().map(|row| row.iter().map(button).collect()).collect()
    }
}

/// The form of a new request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// What the messenger calls it when it comes back; at most 255 characters.
    pub callback: String,
    /// At most 24 characters.
    pub title: String,
    /// The button that sends it, at most 24 characters.
    pub submit: String,
    /// The button that does not, at most 24 characters.
    pub close: String,
    /// At most 100.
    pub blocks: Vec<Block>,
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// Words between the others, at most 12 000 characters.
    PlainText {
        /// Which.
        text: String,
    },
    /// A line.
    Divider {},
    /// One of several topics. All blocks of this kind together ask one question: exactly one of them is answered.
    Radio {
        /// Unique in the form.
        name: String,
        /// What is asked: the title of the issue.
        label: String,
        /// 1 to 10 answers, each its own value, at most 75 characters.
        options: Vec<String>,
    },
    /// A text.
    Input {
        /// Unique in the form.
        name: String,
        /// What is asked.
        label: String,
        /// What stands there while it is empty, at most 150 characters.
        #[serde(default)]
        placeholder: String,
        /// Whether it may have lines.
        #[serde(default)]
        multiline: bool,
        /// Whether it must not be blank.
        #[serde(default)]
        required: bool,
        /// The fewest characters.
        #[serde(default)]
        min_length: Option<u32>,
        /// The most characters, at most 3000.
        #[serde(default)]
        max_length: Option<u32>,
    },
    /// Files.
    FileInput {
        /// Unique in the form.
        name: String,
        /// At most 10.
        #[serde(default)]
        max_files: Option<u32>,
    },
}

/// What a filled-in form says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    /// The title of the issue.
    pub summary: String,
    /// The answer chosen.
    pub subcategory: Option<String>,
    /// What the person wrote.
    pub text: String,
    /// What is attached.
    pub files: Vec<FileLink>,
}

/// A block that is not filled in as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "FormFault")]
pub struct Fault {
    /// The block's name.
    pub block: String,
    /// What the person reads beside it.
    pub text: String,
}

/// The title where the form asks for no topic.
const NO_TOPIC: &str = "Обращение в ServiceDesk";
const BLANK: &str = "Опишите проблему — это поле обязательно.";
const ONE_TOPIC: &str = "Выберите одну тему обращения.";

impl Form {
    /// The form of a text of settings, within what the messenger can show (contracts/pachca 4).
    ///
    /// # Errors
    /// What is wrong with it, naming the place.
    pub fn of_json(text: &str) -> Result<Self, String> {
        let form: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        within("callback", &form.callback, 1, 255)?;
        for (place, text) in [("title", &form.title), ("submit", &form.submit), ("close", &form.close)] {
            within(place, text, 1, 24)?;
        }
        if form.blocks.is_empty() || form.blocks.len() > 100 {
            return Err("blocks: 1 to 100".to_owned());
        }
        let mut names = BTreeSet::new();
        for block in &form.blocks {
            if let Some(name) = block.check()?
                && !names.insert(name)
            {
                return Err(format!("{name}: this name is there twice"));
            }
        }
        match form.blocks.iter().any(|block| matches!(block, Block::Input { required: true, .. })) {
            true => Ok(form),
            false => Err("one input at least must be required: without it a request says nothing".to_owned()),
        }
    }

    /// What was filled in, or what is wrong with it.
    ///
    /// # Errors
    /// Each block at fault, with words for the person.
    pub fn read(&self, given: &Submission) -> Result<Filled, Vec<Fault>> {
        let mut faults = vec![];
        let (mut topics, mut texts, mut files, mut radios) = (vec![], vec![], vec![], vec![]);
        for block in &self.blocks {
            match block {
                Block::PlainText { .. } | Block::Divider {} => {}
                Block::Radio { name, label, .. } => {
                    radios.push(name);
                    if let Some(option) = first_text(given, name) {
                        topics.push((label, option));
                    }
                }
                Block::Input { name, required, min_length, max_length, .. } => {
                    let text = first_text(given, name);
                    match fault_of(text.as_deref(), *required, *min_length, *max_length) {
                        Some(fault) => faults.push(Fault { block: name.clone(), text: fault }),
                        None => texts.extend(text),
                    }
                }
                Block::FileInput { name, .. } => {
                    if let Some(Field::Files(given)) = given.fields.get(name) {
                        files.extend(given.iter().cloned());
                    }
                }
            }
        }
        if !radios.is_empty() && topics.len() != 1 {
            faults.extend(radios.into_iter().map(|name| Fault { block: name.clone(), text: ONE_TOPIC.to_owned() }));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let topic = topics.into_iter().next();
        let summary = topic.as_ref().map(|(label, option)| if label.trim().is_empty() { option } else { *label });
        Ok(Filled {
            summary: summary.map_or(NO_TOPIC, String::as_str).to_owned(),
            subcategory: topic.as_ref().map(|(_, option)| option.clone()),
            text: texts.join("\n\n"),
            files,
        })
    }
}

impl Block {
    /// Its name, when it is as the messenger can show it.
    fn check(&self) -> Result<Option<&str>, String> {
        match self {
            Self::PlainText { text } => within("plain_text", text, 1, 12_000).map(|()| None),
            Self::Divider {} => Ok(None),
            Self::Radio { name, label, options } => {
                within("name", name, 1, 255)?;
                within(name, label, 1, 150)?;
                if options.is_empty() || options.len() > 10 {
                    return Err(format!("{name}: 1 to 10 options"));
                }
                options.iter().try_for_each(|option| within(name, option, 1, 75))?;
                Ok(Some(name))
            }
            Self::Input { name, label, placeholder, min_length, max_length, .. } => {
                within("name", name, 1, 255)?;
                within(name, label, 1, 150)?;
                within(name, placeholder, 0, 150)?;
                let most = max_length.unwrap_or(3000);
                if most > 3000 || min_length.unwrap_or(0) > most {
                    return Err(format!("{name}: at most 3000 characters, and not fewer than at least"));
                }
                Ok(Some(name))
            }
            Self::FileInput { name, max_files } => {
                within("name", name, 1, 255)?;
                if max_files.is_some_and(|most| !(1..=10).contains(&most)) {
                    return Err(format!("{name}: 1 to 10 files"));
                }
                Ok(Some(name))
            }
        }
    }
}

fn within(place: &str, text: &str, least: usize, most: usize) -> Result<(), String> {
    match (least..=most).contains(&text.trim().chars().count()) {
        true => Ok(()),
        false => Err(format!("{place}: {least} to {most} characters")),
    }
}

/// What a block says, trimmed; `None` where it is blank.
fn first_text(given: &Submission, name: &str) -> Option<String> {
    let Some(Field::Texts(texts)) = given.fields.get(name) else { return None };
    texts.iter().map(|text| text.trim()).find(|text| !text.is_empty()).map(str::to_owned)
}

fn fault_of(text: Option<&str>, required: bool, min: Option<u32>, max: Option<u32>) -> Option<String> {
    let length = text.map_or(0, |text| text.chars().count());
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    match text {
        None => required.then(|| BLANK.to_owned()),
        Some(_) if min.is_some_and(|min| length < min) => {
            Some(format!("Не меньше {} символов.", min.unwrap_or_default()))
        }
        Some(_) if max.is_some_and(|max| length > max) => {
            Some(format!("Не больше {} символов.", max.unwrap_or_default()))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_menu_that_cannot_be_shown_is_refused_with_the_place() {
        let of = |text: &str, action: &str| {
            let menu = serde_json::json!({"text": "Что?", "rows": [[{"text": text, "action": action}]]});
            Menu::of_json(&menu.to_string())
        };
        assert!(of("Мои задачи", "my_tasks").is_ok());
        for (text, action, place) in
            [("", "my_tasks", "the text"), ("Да", "my_task", "my_task"), ("Да", "take:1", "take:1")]
        {
            let refusal = of(text, action).unwrap_err();
            assert!(refusal.contains(place), "{refusal}");
        }
        assert!(Menu::of_json(r#"{"text": "Что?", "rows": []}"#).is_err());
        assert!(Menu::of_json("{").is_err());
    }

    #[test]
    fn a_form_the_messenger_cannot_show_is_refused_with_the_place() {
        let form = |blocks: serde_json::Value| {
            let form = serde_json::json!({"callback": "c", "title": "Обращение", "submit": "Да", "close": "Нет", "blocks": blocks});
            Form::of_json(&form.to_string())
        };
        let input = serde_json::json!({"type": "input", "name": "d", "label": "Что", "required": true});
        assert!(form(serde_json::json!([input])).is_ok());
        let long = "х".repeat(76);
        for (block, place) in [
            (serde_json::json!({"type": "radio", "name": "r", "label": "Тема", "options": []}), "r: 1 to 10"),
            (serde_json::json!({"type": "radio", "name": "r", "label": "Тема", "options": [long]}), "r: 1 to 75"),
            (serde_json::json!({"type": "input", "name": "d", "label": "Ещё"}), "d: this name"),
            (serde_json::json!({"type": "input", "name": "e", "label": "Ещё", "max_length": 3001}), "e: at most 3000"),
            (serde_json::json!({"type": "file_input", "name": "f", "max_files": 11}), "f: 1 to 10"),
            (serde_json::json!({"type": "select", "name": "s"}), "select"),
        ] {
            let refusal = form(serde_json::json!([input, block])).unwrap_err();
            assert!(refusal.contains(place), "{refusal}");
        }
        assert!(form(serde_json::json!([{"type": "divider"}])).unwrap_err().contains("required"));
    }
}

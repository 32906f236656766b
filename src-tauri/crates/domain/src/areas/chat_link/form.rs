//! The menu and the form of a new request: data of the settings, not code (behaviour/chat_tracker 5.1, 5.3).
//!
//! Deliberately not here: the texts they have when nothing is settled (the settings'), what is wrong with a text (`shape`), and the
//! vendor's way to write them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    Button, Field, FileLink, Press, Submission,
    shape::{self, ShapeFault},
};

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
    /// What is wrong with its shape.
    pub fn of_json(text: &str) -> Result<Self, ShapeFault> {
        shape::read(text, shape::menu)
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
    /// The form of a text of settings.
    ///
    /// # Errors
    /// What is wrong with its shape.
    pub fn of_json(text: &str) -> Result<Self, ShapeFault> {
        shape::read(text, shape::form)
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

//! How Redmine says no: a bare status, or 422 with texts in the language of who asks. Clients show the texts and never compare them.

use axum::http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::world::people::Language;
use crate::service::wire::Answer;

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Blank,
    Invalid,
    TooLong,
    NotIncluded,
    NotADate,
    BeforeStart,
    /// So many files could not be attached.
    Unsaved(usize),
    /// A file is larger than so many bytes.
    TooLarge(usize),
}

/// A field and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) field: String,
    pub(super) fault: Fault,
}

impl Wrong {
    pub(super) fn new(field: &str, fault: Fault) -> Self {
        Self { field: field.to_owned(), fault }
    }

    /// The name people know the field by; nothing where the text is about no field.
    fn label(&self, language: Language) -> String {
        let (english, russian) = match self.field.as_str() {
            "base" => return String::new(),
            "subject" => ("Subject", "Тема"),
            "project_id" => ("Project", "Проект"),
            "tracker_id" => ("Tracker", "Трекер"),
            "status_id" => ("Status", "Статус"),
            "priority_id" => ("Priority", "Приоритет"),
            "assigned_to_id" => ("Assignee", "Назначена"),
            "author_id" => ("Author", "Автор"),
            "category_id" => ("Category", "Категория"),
            "done_ratio" => ("% Done", "Готовность"),
            "start_date" => ("Start date", "Дата начала"),
            "due_date" => ("Due date", "Срок завершения"),
            "parent_issue_id" => ("Parent task", "Родительская задача"),
            "created_on" => ("Created", "Создано"),
            "updated_on" => ("Updated", "Обновлено"),
            "closed_on" => ("Closed", "Закрыта"),
            "issue_id" => ("Issue", "Задача"),
            other => return other.to_owned(),
        };
        if language == Language::Ru { russian } else { english }.to_owned()
    }

    fn message(&self, language: Language) -> String {
        let (english, russian) = match self.fault {
            Fault::Blank => ("cannot be blank", "не может быть пустым"),
            Fault::Invalid => ("is invalid", "имеет неверное значение"),
            Fault::TooLong => (
                "is too long (maximum is 255 characters)",
                "слишком большой длины (не может быть больше чем 255 символов)",
            ),
            Fault::NotIncluded => ("is not included in the list", "имеет непредусмотренное значение"),
            Fault::NotADate => ("is not a valid date", "не является датой"),
            Fault::BeforeStart => ("must be greater than start date", "должна быть позднее даты начала"),
            Fault::Unsaved(count) => {
                return match language {
                    Language::En => format!("{count} file(s) could not be saved."),
                    Language::Ru => format!("{count} файл(ов) невозможно сохранить."),
                };
            }
            Fault::TooLarge(most) => {
                let size = most / (1 << 20);
                return match language {
                    Language::En => format!(
                        "This file cannot be uploaded because it exceeds the maximum allowed file size ({size} MB)"
                    ),
                    Language::Ru => {
                        format!("Этот файл нельзя загрузить из-за превышения максимального размера файла ({size} МБ)")
                    }
                };
            }
        };
        if language == Language::Ru { russian } else { english }.to_owned()
    }
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Nothing but a status.
    Bare(u16),
    /// 403 to who is signed in, 401 to who is not.
    Denied,
    /// 422 with texts; with none for a stale `lock_version`.
    Wrong(Vec<Wrong>),
}

impl Refused {
    pub(super) const ABSENT: Self = Self::Bare(404);

    /// The answer; `easy` has a form of its own for texts.
    pub(super) fn answer(self, signed_in: bool, language: Language, easy: bool) -> Answer {
        match self {
            Self::Denied if signed_in => bare(403),
            Self::Denied => unauthorized(),
            Self::Bare(status) => bare(status),
            Self::Wrong(all) => {
                let text = |wrong: &Wrong| {
                    let (label, message) = (wrong.label(language), wrong.message(language));
                    if label.is_empty() { message } else { format!("{label} {message}") }
                };
                let object = |wrong: &Wrong| {
                    let attribute = wrong.field.trim_end_matches("_id");
                    json!({ "attribute": attribute, "messages": [wrong.message(language)] })
                };
                let errors: Vec<Value> =
                    all.iter().map(|wrong| if easy { object(wrong) } else { text(wrong).into() }).collect();
                Answer::new(422, json!({ "errors": errors }))
            }
        }
    }
}

/// A status without a body. What cannot be read is refused before anybody knows in which form to answer.
pub(super) fn bare(status: u16) -> Answer {
    let kind = if status == 400 { "text/html; charset=utf-8" } else { "application/json" };
    Answer::empty(status).with(CONTENT_TYPE, kind)
}

/// The answer to who is not signed in.
pub(super) fn unauthorized() -> Answer {
    Answer { challenge: Some("Basic realm=\"Redmine API\""), ..bare(401) }
}

/// A page for people.
pub(super) fn page(status: u16, title: &str) -> Answer {
    let text =
        format!("<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>");
    Answer { file: Some(text.into_bytes()), ..Answer::empty(status) }.with(CONTENT_TYPE, "text/html; charset=utf-8")
}

/// The way to the login page; `base` and `path` are where the client came.
pub(super) fn to_login(base: &str, path: &str) -> Answer {
    let back: String = url::form_urlencoded::byte_serialize(format!("{base}{path}").as_bytes()).collect();
    let answer = page(302, "You are being redirected");
    Answer { location: Some(format!("{base}/login?back_url={back}")), ..answer }
}

//! Queues with their local fields, boards and the graph of their transitions, and the words of the organization: statuses,
//! types, priorities, resolutions.

use serde::{Deserialize, Serialize};

use crate::tracker::trigger::Trigger;

/// Id, key and name.
pub(crate) type Word = (&'static str, &'static str, &'static str);

/// Statuses.
pub(crate) const STATUSES: [Word; 6] = [
    ("1", "open", "Открыт"),
    ("2", "needInfo", "Требуется информация"),
    ("3", "inProgress", "В работе"),
    ("7", "resolved", "Решён"),
    ("8", "closed", "Закрыт"),
    ("9", "cancelled", "Отменён"),
];
/// Types of statuses.
pub(crate) const STATUS_TYPES: [Word; 5] = [
    ("1", "new", "Начальный"),
    ("2", "inProgress", "В процессе"),
    ("3", "paused", "На паузе"),
    ("4", "done", "Завершён"),
    ("5", "cancelled", "Отменён"),
];
/// Types of issues.
pub(crate) const TYPES: [Word; 3] = [("1", "bug", "Ошибка"), ("2", "task", "Задача"), ("3", "request", "Запрос")];
/// Priorities.
pub(crate) const PRIORITIES: [Word; 5] = [
    ("1", "trivial", "Незначительный"),
    ("2", "minor", "Низкий"),
    ("3", "normal", "Средний"),
    ("4", "critical", "Критичный"),
    ("5", "blocker", "Блокер"),
];
/// Resolutions.
pub(crate) const RESOLUTIONS: [Word; 3] =
    [("1", "fixed", "Решён"), ("2", "wontFix", "Не будет исправлено"), ("3", "duplicate", "Дубликат")];

/// The type of a status.
pub(crate) fn status_type(status: &str) -> &'static str {
    match status {
        "open" => "new",
        "needInfo" => "paused",
        "resolved" | "closed" => "done",
        "cancelled" => "cancelled",
        _ => "inProgress",
    }
}

/// The word of this key or id.
pub(crate) fn word(table: &[Word], text: &str) -> Option<Word> {
    table.iter().find(|(id, key, _)| *id == text || *key == text).copied()
}

/// What a local field holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Text.
    #[default]
    String,
    /// A whole number.
    Integer,
}

/// A local field of a queue.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalField {
    /// Its key, without the queue's digits.
    pub key: String,
    /// What people call it; as the key without this.
    #[serde(default)]
    pub name: Option<String>,
    /// What it holds.
    #[serde(default)]
    pub kind: Kind,
    /// No issue is made without it.
    #[serde(default)]
    pub required: bool,
}

impl LocalField {
    /// A field for text.
    pub fn text(key: &str) -> Self {
        Self { key: key.to_owned(), name: None, kind: Kind::String, required: false }
    }
}

/// A way from some statuses to one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// Its id.
    pub id: String,
    /// What people press.
    pub display: String,
    /// Where it is open.
    pub from: Vec<String>,
    /// Where it leads.
    pub to: String,
    /// Its screen.
    #[serde(default)]
    pub screen: Option<String>,
    /// Fields of the screen.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Those that have to be filled in.
    #[serde(default)]
    pub required: Vec<String>,
}

fn transition(id: &str, display: &str, from: &[&str], to: &str) -> Transition {
    let from = from.iter().map(|status| (*status).to_owned()).collect();
    let (id, display, to) = (id.to_owned(), display.to_owned(), to.to_owned());
    Transition { id, display, from, to, screen: None, fields: Vec::new(), required: Vec::new() }
}

/// The graph in the beginning: closing asks for a resolution.
pub fn transitions() -> Vec<Transition> {
    let resolution = vec!["resolution".to_owned()];
    vec![
        transition("start_progress", "В работу", &["open", "needInfo"], "inProgress"),
        Transition {
            screen: Some("6".to_owned()),
            fields: resolution.clone(),
            required: resolution,
            ..transition("close", "Закрыть", &["open", "inProgress", "needInfo"], "closed")
        },
        transition("need_info", "Запросить информацию", &["inProgress"], "needInfo"),
        transition("resolve", "Решить", &["inProgress"], "resolved"),
        transition("reopen", "Переоткрыть", &["closed", "resolved"], "open"),
    ]
}

/// A queue.
#[derive(Clone, Debug, Serialize)]
pub struct Queue {
    /// Its number.
    pub id: u64,
    /// What keys of its issues begin with.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Who answers for it.
    pub lead: String,
    /// What the keys of its local fields begin with.
    pub field_set: String,
    /// Its local fields.
    pub fields: Vec<LocalField>,
    /// Its boards: id and name.
    pub boards: Vec<(u64, String)>,
    /// Its transitions.
    pub transitions: Vec<Transition>,
    /// Its triggers.
    pub triggers: Vec<Trigger>,
    /// Number of the next issue.
    pub next: u64,
}

impl Queue {
    /// The field of this full key: the queue's digits, two dashes, its own key.
    pub fn field(&self, full: &str) -> Option<&LocalField> {
        let (set, key) = full.split_once("--")?;
        self.fields.iter().find(|field| set == self.field_set && field.key == key)
    }

    /// The full key of a field.
    pub fn full_key(&self, key: &str) -> String {
        format!("{}--{key}", self.field_set)
    }

    /// The transitions open in a status.
    pub fn open(&self, status: &str) -> impl Iterator<Item = &Transition> {
        self.transitions.iter().filter(move |one| one.from.iter().any(|from| from == status))
    }
}

/// The queues in the beginning: the desk with the fields that a chat bridge wants, and one without any.
pub(super) fn queues() -> Vec<Queue> {
    let fields = [
        "sourceRef",
        "chatMessageId",
        "pachcaUserId",
        "pachcaMessageId",
        "pachcaChatId",
        "pachcaIssueKey",
        "name",
        "department",
    ];
    let floor =
        LocalField { key: "floor".to_owned(), name: Some("Этаж".to_owned()), kind: Kind::Integer, required: false };
    let mut fields: Vec<_> = fields.into_iter().map(LocalField::text).collect();
    fields.push(floor);
    let desk = Queue {
        id: 29,
        key: "DESK".to_owned(),
        name: "Служба поддержки".to_owned(),
        lead: "vera".to_owned(),
        field_set: "66b0c1d2e3f4a5b6c7d8e9f0".to_owned(),
        fields,
        boards: vec![(1, "Доска поддержки".to_owned())],
        transitions: transitions(),
        triggers: Vec::new(),
        next: 41,
    };
    let house = Queue {
        id: 31,
        key: "HOUSE".to_owned(),
        name: "Хозяйственные заявки".to_owned(),
        lead: "petr".to_owned(),
        field_set: "66b0c1d2e3f4a5b6c7d8e9f1".to_owned(),
        fields: Vec::new(),
        boards: Vec::new(),
        next: 1,
        ..desk.clone()
    };
    vec![desk, house]
}

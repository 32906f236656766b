//! The account's people and companies, and its issues. Invented; a mail address here is a user's of the simulated portal
//! (`bitrix24`) or on purpose of nobody there.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use super::issue::{Author, Comment, Issue};

/// Status codes and names, with their ids from 1.
pub const STATUSES: [(&str, &str); 5] = [
    ("opened", "Открыта"),
    ("completed", "Решена"),
    ("closed", "Закрыта"),
    ("in_progress", "В работе"),
    ("delayed", "Отложена"),
];

/// Priority codes and names.
pub const PRIORITIES: [(&str, &str); 3] = [("low", "Низкий"), ("normal", "Обычный"), ("high", "Высокий")];

/// Type codes and names.
pub const TYPES: [(&str, &str); 2] = [("incident", "Инцидент"), ("request", "Запрос")];

/// Ratings and their ids.
pub const RATES: [(&str, u64); 3] = [("bad", 2), ("normal", 3), ("good", 4)];

/// The company of every seeded contact.
pub const COMPANY: u64 = 61;

/// Name of a code in one of the tables above; the code itself where it is unknown.
pub fn name_of(table: &[(&'static str, &'static str)], code: &str) -> String {
    table.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name).to_owned()
}

/// Somebody of the client's.
#[derive(Clone, Debug, Serialize)]
pub struct Contact {
    /// Their id.
    pub id: u64,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Mail address; may be empty.
    pub email: String,
    /// Telephone.
    pub phone: Option<String>,
    /// What they do.
    pub position: Option<String>,
    /// Whether they are still there.
    pub active: bool,
}

/// A change of a contact, or a new one; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContactOrder {
    /// Id of a new one; the next free one without this.
    pub id: Option<u64>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Whether they are still there.
    pub active: Option<bool>,
}

impl Contact {
    /// As issues name them.
    pub fn short(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }

    pub(super) fn rest(&self) -> Value {
        json!({
            "id": self.id, "name": format!("{} {}", self.last_name, self.first_name).trim(),
            "first_name": self.first_name, "last_name": self.last_name, "patronymic": null,
            "email": self.email, "phone": self.phone, "mobile_phone": null, "position": self.position,
            "active": self.active, "company_id": COMPANY, "parameters": [],
        })
    }

    fn change(&mut self, order: &ContactOrder) {
        for (field, new) in [
            (&mut self.first_name, &order.first_name),
            (&mut self.last_name, &order.last_name),
            (&mut self.email, &order.email),
        ] {
            if let Some(new) = new {
                field.clone_from(new);
            }
        }
        self.active = order.active.unwrap_or(self.active);
    }
}

/// Somebody of the service desk.
#[derive(Clone, Debug, Serialize)]
pub struct Employee {
    /// Their id.
    pub id: u64,
    /// First name.
    pub first_name: &'static str,
    /// Last name.
    pub last_name: &'static str,
    /// What they do.
    pub position: &'static str,
    /// Login; the mail address begins with it.
    pub login: &'static str,
    /// Whether they still work here.
    pub active: bool,
    /// Their group.
    pub group: u64,
}

impl Employee {
    /// As issues name them.
    pub fn short(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    pub(super) fn rest(&self) -> Value {
        json!({
            "id": self.id, "last_name": self.last_name, "first_name": self.first_name, "patronymic": "",
            "position": self.position, "active": self.active, "email": format!("{}@service.example", self.login),
            "login": self.login, "phone": "", "telephony_number": "", "comment": "",
            "groups": [{ "id": self.group, "name": group_name(self.group) }],
            "roles": [{ "id": 2, "name": "Специалист" }],
        })
    }
}

/// Name of a group of employees.
pub fn group_name(id: u64) -> &'static str {
    if id == 4 { "Первая линия" } else { "Вторая линия" }
}

/// Everything the account holds.
pub struct World {
    /// Its issues by id.
    pub issues: BTreeMap<u64, Issue>,
    /// The clients' people.
    pub contacts: Vec<Contact>,
    /// The desk's people.
    pub employees: Vec<Employee>,
    /// Companies: id and name.
    pub companies: Vec<(u64, String)>,
    /// Every rating that was taken, oldest first.
    pub ratings: Vec<Rating>,
    /// Number of the next comment.
    pub(super) next_comment: u64,
}

/// A rating that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rating {
    /// The issue.
    pub issue: u64,
    /// `bad`, `normal` or `good`.
    pub rate: String,
    /// When.
    pub at: Timestamp,
    /// `api`, or `csat` when the contact rated elsewhere.
    pub by: &'static str,
}

impl World {
    /// The seeded account, as it is at `now`.
    pub(super) fn new(now: Timestamp) -> Self {
        let contact = |id, first: &str, last: &str, email: &str| Contact {
            id,
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            email: email.to_owned(),
            phone: None,
            position: None,
            active: true,
        };
        let contacts = vec![
            Contact {
                phone: Some("+70000000001".to_owned()),
                position: Some("Технолог".to_owned()),
                ..contact(208, "Нина", "Орлова", "n.orlova@client.example")
            },
            contact(209, "Гость", "", ""),
            contact(210, "Глеб", "Двойников", "double@client.example"),
            contact(211, "Яна", "Никто", "nobody@client.example"),
            contact(212, "Семён", "Ушедший", "s.gone@client.example"),
            contact(213, "Лев", "Внешний", "l.guest@partner.example"),
        ];
        let employee = |id, first_name, last_name, login, active, group| Employee {
            id,
            first_name,
            last_name,
            position: "Инженер",
            login,
            active,
            group,
        };
        let employees = vec![
            employee(15, "Павел", "Жуков", "p.zhukov", true, 4),
            employee(16, "Ольга", "Светлова", "o.svetlova", true, 5),
            employee(17, "Игорь", "Бывший", "i.former", false, 4),
        ];
        let ago = |hours: i64| now - SignedDuration::from_hours(hours);
        let mut issues = BTreeMap::new();
        for (id, status, rate) in [
            (5120, "closed", None),
            (5121, "closed", Some("normal")),
            (5122, "opened", None),
            (5123, "completed", None),
            (5130, "in_progress", None),
            (5131, "delayed", None),
        ] {
            let mut issue = Issue::new(id, "Не печатает МФУ", Author::Contact(208), ago(27));
            issue.description = "<p>Замятие</p>".to_owned();
            (issue.contact, issue.assignee, issue.group) = (Some(208), Some(15), Some(4));
            issue.old_status = Some("opened".to_owned());
            issue.status = status.to_owned();
            if matches!(status, "closed" | "completed") {
                issue.completed_at = Some(ago(1));
                issue.old_status = Some(if status == "closed" { "completed" } else { "opened" }.to_owned());
            }
            issue.rate = rate.map(str::to_owned);
            issue.updated_at = ago(1);
            issues.insert(id, issue);
        }
        if let Some(issue) = issues.get_mut(&5120) {
            issue.comments.push(Comment {
                id: 770,
                content: "Заменили ролик".to_owned(),
                public: true,
                author: Author::Employee(15),
                at: ago(2),
            });
        }
        let companies = (0..3).map(|index| (COMPANY + index, format!("ООО Пример {}", index + 1))).collect();
        Self { issues, contacts, employees, companies, ratings: Vec::new(), next_comment: 771 }
    }

    /// The number after the last issue.
    pub(super) fn next_issue(&self) -> u64 {
        self.issues.last_key_value().map_or(1, |(id, _)| id + 1)
    }

    pub(super) fn contact(&self, id: u64) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.id == id)
    }

    pub(super) fn employee(&self, id: u64) -> Option<&Employee> {
        self.employees.iter().find(|employee| employee.id == id)
    }

    /// A new contact, or a change of one; answers its id. None when `known` is not.
    pub(super) fn order_contact(&mut self, known: Option<u64>, order: &ContactOrder) -> Option<u64> {
        if let Some(id) = known {
            self.contacts.iter_mut().find(|contact| contact.id == id)?.change(order);
            return Some(id);
        }
        let next = self.contacts.iter().map(|contact| contact.id).max().unwrap_or_default() + 1;
        let id = order.id.unwrap_or(next);
        self.contacts.retain(|contact| contact.id != id);
        let mut new = Contact {
            id,
            first_name: "Новый".to_owned(),
            last_name: format!("Контакт {id}"),
            email: String::new(),
            phone: None,
            position: None,
            active: true,
        };
        new.change(order);
        self.contacts.push(new);
        Some(id)
    }

    /// Name of whoever wrote something.
    pub(super) fn author_name(&self, author: Author) -> String {
        match author {
            Author::Contact(id) => self.contact(id).map(Contact::short),
            Author::Employee(id) => self.employee(id).map(Employee::short),
        }
        .unwrap_or_default()
    }
}

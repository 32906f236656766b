//! Departments with `Производство` among them, users of every kind, who is away, and the working groups.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What somebody is to the portal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Works here.
    #[default]
    Employee,
    /// A guest from outside.
    Extranet,
    /// Known by mail alone.
    Email,
    /// A bot.
    Bot,
}

impl Kind {
    /// `USER_TYPE`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Employee => "employee",
            Self::Extranet => "extranet",
            Self::Email => "email",
            Self::Bot => "bot",
        }
    }
}

/// A user.
#[derive(Clone, Debug, Serialize)]
pub struct User {
    /// Their id.
    pub id: u64,
    /// Not dismissed.
    pub active: bool,
    /// First name.
    pub name: String,
    /// Last name.
    pub last_name: String,
    /// Mail address; letters of any case.
    pub email: String,
    /// What they do.
    pub position: String,
    /// Ids of their departments.
    pub departments: Vec<u64>,
    /// What they are.
    pub kind: Kind,
}

/// A change of users, or new ones; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UserOrder {
    /// Id of a new one; the next free one without this.
    pub id: Option<u64>,
    /// How many new ones, numbered on; each has a mail address of its own unless one is given.
    pub count: Option<u64>,
    /// See [`User`].
    pub active: Option<bool>,
    /// See [`User`].
    pub name: Option<String>,
    /// See [`User`].
    pub last_name: Option<String>,
    /// See [`User`].
    pub email: Option<String>,
    /// See [`User`].
    pub departments: Option<Vec<u64>>,
    /// See [`User`].
    pub kind: Option<Kind>,
}

impl User {
    fn new(id: u64, name: &str, last_name: &str, email: &str, department: u64) -> Self {
        Self {
            id,
            active: true,
            name: name.to_owned(),
            last_name: last_name.to_owned(),
            email: email.to_owned(),
            position: String::new(),
            departments: vec![department],
            kind: Kind::Employee,
        }
    }

    /// Both names.
    pub fn full(&self) -> String {
        format!("{} {}", self.name, self.last_name).trim().to_owned()
    }

    fn change(&mut self, order: &UserOrder) {
        for (field, new) in
            [(&mut self.name, &order.name), (&mut self.last_name, &order.last_name), (&mut self.email, &order.email)]
        {
            if let Some(new) = new {
                field.clone_from(new);
            }
        }
        self.active = order.active.unwrap_or(self.active);
        self.kind = order.kind.unwrap_or(self.kind);
        if let Some(departments) = &order.departments {
            self.departments.clone_from(departments);
        }
    }

    /// As `user.get` shows them; `brief` is what scope `user_brief` lets through.
    pub(in crate::bitrix24) fn row(&self, brief: bool) -> Value {
        if brief {
            return json!({
                "ID": self.id.to_string(), "ACTIVE": self.active, "NAME": self.name, "LAST_NAME": self.last_name,
                "UF_DEPARTMENT": self.departments, "USER_TYPE": self.kind.word(),
            });
        }
        json!({
            "ID": self.id.to_string(), "ACTIVE": self.active, "NAME": self.name, "LAST_NAME": self.last_name,
            "SECOND_NAME": "", "EMAIL": self.email, "LAST_LOGIN": "2026-10-27T09:14:02+03:00",
            "DATE_REGISTER": "2025-02-03T00:00:00+03:00", "TIME_ZONE": "", "IS_ONLINE": "Y", "TIMESTAMP_X": {},
            "LAST_ACTIVITY_DATE": {}, "PERSONAL_GENDER": "", "PERSONAL_BIRTHDAY": "",
            "WORK_POSITION": self.position, "UF_EMPLOYMENT_DATE": "", "UF_DEPARTMENT": self.departments,
            "USER_TYPE": self.kind.word(),
        })
    }

    /// The values of a filter's key.
    pub(in crate::bitrix24) fn value(&self, key: &str) -> Option<Vec<String>> {
        let one = |text: &str| Some(vec![text.to_owned()]);
        match key {
            "ID" => one(&self.id.to_string()),
            "ACTIVE" => {
                let words: [&str; 3] = if self.active { ["Y", "1", "true"] } else { ["N", "0", "false"] };
                Some(words.map(str::to_owned).to_vec())
            }
            "NAME" => one(&self.name),
            "LAST_NAME" => one(&self.last_name),
            "EMAIL" => one(&self.email),
            "WORK_POSITION" => one(&self.position),
            "USER_TYPE" => one(self.kind.word()),
            "UF_DEPARTMENT" => Some(self.departments.iter().map(u64::to_string).collect()),
            _ => None,
        }
    }
}

/// A department.
#[derive(Clone, Debug, Serialize)]
pub struct Department {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Where it stands among its neighbours.
    pub sort: u64,
    /// What it belongs to; the root to nothing.
    pub parent: Option<u64>,
    /// Who leads it.
    pub head: Option<u64>,
}

/// A new department.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartmentOrder {
    /// Its name.
    pub name: String,
    /// What it belongs to.
    pub parent: Option<u64>,
}

/// Why and how somebody is away, or busy.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// Who.
    pub user: u64,
    /// From when.
    pub from: Timestamp,
    /// Until when; on a whole day's event any instant of its last day.
    pub to: Timestamp,
    /// Whole days.
    #[serde(default)]
    pub all_day: bool,
    /// `absent`, `busy`, `quest` or `free`.
    #[serde(default = "absent")]
    pub accessibility: String,
}

fn absent() -> String {
    "absent".to_owned()
}

/// A working group.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Not switched off.
    pub active: bool,
    /// In the archive.
    pub closed: bool,
}

/// The people.
pub struct Staff {
    /// Everybody, bots too.
    pub users: Vec<User>,
    /// Departments.
    pub departments: Vec<Department>,
    /// Who is away.
    pub absences: Vec<Absence>,
    /// Working groups.
    pub groups: Vec<Group>,
}

impl Staff {
    pub(super) fn new() -> Self {
        let department =
            |id, name: &str, sort, parent, head| Department { id, name: name.to_owned(), sort, parent, head };
        let departments = vec![
            department(1, "Пример Групп", 500, None, Some(1)),
            department(10, "Производство", 100, Some(1), None),
            department(11, "Литьё", 100, Some(10), None),
            department(12, "Мехобработка", 200, Some(10), Some(41)),
            department(13, "Швейный цех", 300, Some(10), None),
            department(14, "Покраска", 400, Some(10), None),
            department(15, "Участок ЧПУ", 100, Some(12), None),
            department(16, "Пустой цех", 500, Some(10), None),
            department(20, "Сервис", 200, Some(1), None),
        ];
        let user = User::new;
        let mut users = vec![
            user(1, "Анна", "Первая", "a@client.example", 1),
            user(2, "Борис", "Второй", "b@client.example", 1),
            user(super::super::OWNER, "Олег", "Сервисный", "service@client.example", 20),
            user(41, "Нина", "Орлова", "N.Orlova@client.example", 12),
            user(44, "Пётр", "Фрезин", "p.frezin@client.example", 12),
            user(47, "Вера", "Токарева", "V.TOKAREVA@client.example", 12),
            user(48, "Артур", "Станков", "a.stankov@client.example", 15),
            user(51, "Ирма", "Литейная", "i.liteynaya@client.example", 11),
            user(52, "Юрий", "Ковшов", "y.kovshov@client.example", 11),
            user(61, "Алла", "Иглина", "a.iglina@client.example", 13),
            user(62, "Зоя", "Ниткина", "z.nitkina@client.example", 13),
            user(63, "Роман", "Лекалов", "r.lekalov@client.example", 13),
            user(64, "Семён", "Ушедший", "s.gone@client.example", 13),
            user(71, "Инна", "Малярова", "i.malyarova@client.example", 14),
            user(80, "Лев", "Внешний", "l.guest@partner.example", 1),
            user(81, "Почта", "Письмова", "mail@partner.example", 1),
            user(90, "Глеб", "Двойников", "double@client.example", 20),
            user(91, "Глеб", "Двойников-младший", "Double@client.example", 20),
            user(92, "Клара", "Прежняя", "k.twice@client.example", 20),
            user(93, "Клара", "Нынешняя", "k.twice@client.example", 20),
            user(3, "Марта", "", "", 1),
        ];
        for user in &mut users {
            match user.id {
                64 | 92 => user.active = false,
                80 => user.kind = Kind::Extranet,
                81 => user.kind = Kind::Email,
                3 => user.kind = Kind::Bot,
                41 => user.position = "Технолог".to_owned(),
                _ => {}
            }
        }
        users.sort_by_key(|user| user.id);
        let group = |id, name: &str, active, closed| Group { id, name: name.to_owned(), active, closed };
        let groups = vec![
            group(34, "Задачи из 1с", true, false),
            group(35, "Архив задач", true, true),
            group(36, "Старая группа", false, false),
        ];
        Self { users, departments, absences: Vec::new(), groups }
    }

    pub(in crate::bitrix24) fn user(&self, id: u64) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(in crate::bitrix24) fn group(&self, id: u64) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// New users, or a change of one; answers the last id. None when `known` is not.
    pub fn order_user(&mut self, known: Option<u64>, order: &UserOrder) -> Option<u64> {
        if let Some(id) = known {
            self.users.iter_mut().find(|user| user.id == id)?.change(order);
            return Some(id);
        }
        let mut last = None;
        for index in 0..order.count.unwrap_or(1) {
            let free = self.users.iter().map(|user| user.id).max().unwrap_or_default() + 1;
            let id = order.id.map_or(free, |first| first + index);
            let mut new = User::new(id, "Имя", &format!("Фамилия {id}"), &format!("u{id}@client.example"), 12);
            new.change(order);
            self.users.retain(|user| user.id != id);
            self.users.push(new);
            last = Some(id);
        }
        self.users.sort_by_key(|user| user.id);
        last
    }

    /// A new department; answers its id.
    pub fn add_department(&mut self, order: DepartmentOrder) -> u64 {
        let id = self.departments.iter().map(|department| department.id).max().unwrap_or_default() + 1;
        let parent = Some(order.parent.unwrap_or(10));
        self.departments.push(Department { id, name: order.name, sort: 500, parent, head: None });
        id
    }

    /// The user that a bot is.
    pub(in crate::bitrix24) fn add_bot(&mut self, id: u64, name: &str) {
        self.users.push(User { kind: Kind::Bot, ..User::new(id, name, "", "", 1) });
    }
}

//! The tenant as it is found: statuses always, and for the demo six services, five groups and fourteen people. Service 54002
//! has no people, person 583003 no group, person 583013 is blocked.

use jiff::Timestamp;

use super::{GroupOrder, PersonOrder, ServiceOrder, StatusOrder, World};

const STATUSES: [(u64, &str, bool); 4] = [
    (106_939, "Открыта", false),
    (106_948, "Требует уточнения", false),
    (106_950, "Выполнена", true),
    (106_957, "Отменена", true),
];

const GROUPS: [(u64, &str, Option<&str>); 5] = [
    (176_001, "Первая линия", Some("")),
    (176_002, "Инженеры", None),
    (176_003, "Сетевые администраторы", Some("Коммутаторы, каналы, беспроводная сеть")),
    (176_004, "Учётные системы", None),
    (176_005, "Хозяйственная служба", Some("Здание и всё, что в нём")),
];

/// Id, name, what it is for, groups; all stand below one root.
const SERVICES: [(u64, &str, Option<&str>, &[u64]); 6] = [
    (54_001, "Оргтехника", None, &[176_001]),
    (54_002, "Сеть", Some(""), &[]),
    (54_003, "Рабочие места", Some("Компьютеры, мониторы, программы"), &[176_001, 176_002]),
    (54_004, "Учётные системы", None, &[176_004]),
    (54_005, "Доступы и пароли", Some("Учётные записи и права"), &[176_002, 176_003]),
    (54_006, "Хозяйственные вопросы", None, &[176_005]),
];

/// Last, first and second name, groups.
const PEOPLE: [(&str, &str, Option<&str>, &[u64]); 14] = [
    ("Жуков", "Павел", None, &[176_001]),
    ("Лаптева", "Инна", None, &[176_001]),
    ("Сомов", "Лев", None, &[]),
    ("Ветрова", "Дарья", Some("Олеговна"), &[176_001, 176_002]),
    ("Кольцов", "Артём", Some("Игоревич"), &[176_002]),
    ("Миронова", "Ольга", Some("Павловна"), &[176_002, 176_003]),
    ("Рябинин", "Сергей", None, &[176_003]),
    ("Шаталова", "Вера", Some("Андреевна"), &[176_004]),
    ("Громов", "Никита", None, &[176_004]),
    ("Тарасова", "Елена", Some("Юрьевна"), &[176_004]),
    ("Дёмин", "Юрий", Some("Львович"), &[176_005]),
    ("Орлова", "Ксения", None, &[176_005]),
    ("Уваров", "Тимур", None, &[176_001]),
    ("Яшина", "Полина", Some("Сергеевна"), &[176_001, 176_005]),
];

impl World {
    /// Nobody and nothing but the statuses.
    pub(in super::super) fn empty() -> Self {
        let mut world = Self::default();
        for (id, name, last) in STATUSES {
            let order = StatusOrder { id: Some(id), name: Some(name.to_owned()), last: Some(last) };
            world.order_status(None, &order);
        }
        world
    }

    /// The demo's tenant, without tasks.
    #[must_use]
    pub fn demo(now: Timestamp) -> Self {
        let mut world = Self::empty();
        let text = |text: &str| Some(text.to_owned());
        for (id, name, description) in GROUPS {
            let description = description.map(str::to_owned);
            let order = GroupOrder { id: Some(id), name: text(name), description, archived: None };
            world.order_group(None, &order);
        }
        for (id, name, description, groups) in SERVICES {
            let order = ServiceOrder {
                id: Some(id),
                name: text(name),
                fullname: Some(format!("ИТ / {name}")),
                description: description.map(str::to_owned),
                groups: Some(groups.to_vec()),
            };
            world.order_service(None, &order);
        }
        for (last, first, middle, groups) in PEOPLE {
            let order = PersonOrder {
                first_name: text(first),
                last_name: text(last),
                middle_name: middle.map(str::to_owned),
                blocked: Some(last == "Уваров"),
                groups: Some(groups.to_vec()),
                ..PersonOrder::default()
            };
            world.order_person(None, &order, now);
        }
        world
    }
}

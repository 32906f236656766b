//! The invented world all simulators share: agencies with their phones and people, the curators of Vilnius and the
//! operators of Moscow. The same on every run; no randomness, no clock. Numbers lie in ranges nobody is assigned
//! (`+370 5000 …`, `+7 495 000 …`), addresses of mail in `example.com`.

/// A travel agency as the XML gate and the phone table know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agency {
    /// Number of the agency, at most 8 digits.
    pub id: u32,
    /// Russian name.
    pub name: String,
    /// English name; some agencies never gave one.
    pub name_eng: Option<String>,
    /// City.
    pub city: &'static str,
    /// Street address, as a map understands it.
    pub address: String,
    /// Metro station, in Moscow only.
    pub metro: Option<&'static str>,
    /// City district.
    pub district: &'static str,
    /// Commission, percent, as text.
    pub percent: &'static str,
    /// Front office that serves the agency.
    pub front_office: Option<&'static str>,
    /// Whether a contract is signed.
    pub contract: bool,
    /// Tourists sent this year.
    pub sent_tourists: u32,
    /// Director.
    pub boss: Option<String>,
    /// The tour operator's employee who looks after the agency.
    pub curator: String,
    /// Not to be served.
    pub black_list: bool,
    /// Whether cards are accepted.
    pub bank_card: bool,
    /// Phones and who answers them; one number may belong to two agencies.
    pub contacts: Vec<Contact>,
    /// Employees, in the gate's order; one agency has more than the ten a card shows.
    pub managers: Vec<String>,
}

/// A phone of an agency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// `+` and digits.
    pub phone: String,
    /// Who answers.
    pub person: String,
    /// What this line is for; empty for many.
    pub description: &'static str,
}

/// A person of the contact centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Sign-in name; also the `curator_id` the telephony client sends.
    pub login: &'static str,
    /// Surname and name, as journals show them.
    pub name: &'static str,
    /// Position.
    pub position: &'static str,
    /// Inner phone.
    pub extension: &'static str,
}

const fn person(login: &'static str, name: &'static str, position: &'static str, extension: &'static str) -> Person {
    Person { login, name, position, extension }
}

/// The curators of Vilnius: they take the calls of agencies.
pub const CURATORS: [Person; 8] = [
    person("o.belova", "Белова Ольга", "Куратор агентств", "4101"),
    person("i.gavrilov", "Гаврилов Илья", "Куратор агентств", "4102"),
    person("n.dronova", "Дронова Нина", "Куратор агентств", "4103"),
    person("p.ershov", "Ершов Павел", "Куратор агентств", "4104"),
    person("z.kalinina", "Калинина Зоя", "Старший куратор", "4105"),
    person("r.luchin", "Лучин Роман", "Куратор агентств", "4106"),
    person("t.merkulova", "Меркулова Тамара", "Куратор агентств", "4107"),
    person("f.ozerov", "Озеров Фёдор", "Куратор агентств", "4108"),
];

/// The operators of Moscow: they take the calls of tourists and hand them to an agency.
pub const OPERATORS: [Person; 10] = [
    person("a.polyakova", "Полякова Анна", "Оператор", "5101"),
    person("d.rodin", "Родин Денис", "Оператор", "5102"),
    person("e.savina", "Савина Елена", "Оператор", "5103"),
    person("k.tikhonov", "Тихонов Кирилл", "Оператор", "5104"),
    person("l.ustinova", "Устинова Лидия", "Оператор", "5105"),
    person("m.filatov", "Филатов Михаил", "Оператор", "5106"),
    person("s.kholodova", "Холодова Софья", "Старший оператор", "5107"),
    person("g.tsarev", "Царёв Глеб", "Оператор", "5108"),
    person("y.chernova", "Чернова Юлия", "Оператор", "5109"),
    person("v.shilov", "Шилов Виктор", "Оператор", "5110"),
];

/// The supervisors of both centres; the last one has left and is blocked.
pub const SUPERVISORS: [Person; 3] = [
    person("v.seregina", "Серегина Вера", "Супервайзер", "4001"),
    person("a.yurin", "Юрин Антон", "Супервайзер", "5001"),
    person("b.yakunin", "Якунин Борис", "Супервайзер", "5002"),
];

/// Themes a curator chooses from.
pub const THEMES: [&str; 8] = [
    "Бронирование тура",
    "Изменение заявки",
    "Аннуляция",
    "Оплата и счета",
    "Виза и документы",
    "Вылет и пересадки",
    "Личный кабинет",
    "Жалоба туриста",
];

const QUALITIES: [(&str, &str); 12] = [
    ("Янтарный", "Amber"),
    ("Северный", "Northern"),
    ("Лазурный", "Azure"),
    ("Тихий", "Quiet"),
    ("Солнечный", "Sunny"),
    ("Дальний", "Distant"),
    ("Зелёный", "Green"),
    ("Вольный", "Free"),
    ("Летний", "Summer"),
    ("Попутный", "Fair"),
    ("Белый", "White"),
    ("Южный", "Southern"),
];
const THINGS: [(&str, &str); 5] =
    [("берег", "Coast"), ("маршрут", "Route"), ("ветер", "Wind"), ("компас", "Compass"), ("причал", "Pier")];
const SURNAMES: [(&str, &str); 16] = [
    ("Абросимов", "Абросимова"),
    ("Бережной", "Бережная"),
    ("Вязников", "Вязникова"),
    ("Грачёв", "Грачёва"),
    ("Дубинин", "Дубинина"),
    ("Ждановский", "Ждановская"),
    ("Заречный", "Заречная"),
    ("Ивлев", "Ивлева"),
    ("Крутов", "Крутова"),
    ("Левшин", "Левшина"),
    ("Мохов", "Мохова"),
    ("Носков", "Носкова"),
    ("Остроумов", "Остроумова"),
    ("Пестов", "Пестова"),
    ("Ряжский", "Ряжская"),
    ("Сомов", "Сомова"),
];
const MEN: [&str; 7] = ["Андрей", "Вадим", "Егор", "Игорь", "Лев", "Олег", "Степан"];
const WOMEN: [&str; 9] = ["Алла", "Вера", "Галина", "Дарья", "Инна", "Марина", "Полина", "Раиса", "Эмма"];
const LITHUANIA: [(&str, &str); 5] = [
    ("Вильнюс", "Центральный район"),
    ("Каунас", "Старый город"),
    ("Клайпеда", "Портовый район"),
    ("Шяуляй", "Южный район"),
    ("Паневежис", "Заречный район"),
];
const MOSCOW: [(&str, &str); 5] =
    [("Сокол", "САО"), ("Курская", "ЦАО"), ("Автозаводская", "ЮАО"), ("Медведково", "СВАО"), ("Кунцевская", "ЗАО")];
const STREETS: [&str; 6] = ["Садовая", "Озёрная", "Лесная", "Речная", "Полевая", "Заводская"];
const LINES: [&str; 5] = ["", "Бронирование", "Бухгалтерия", "", "Горячая линия"];

/// A full name that depends on nothing but `seed`.
pub fn full_name(seed: usize) -> String {
    let (man, woman) = SURNAMES[(seed * 7) % SURNAMES.len()];
    if seed.is_multiple_of(3) {
        format!("{man} {}", MEN[(seed / 3) % MEN.len()])
    } else {
        format!("{woman} {}", WOMEN[(seed * 5 / 3) % WOMEN.len()])
    }
}

/// How many agencies there are.
pub const AGENCIES: usize = 60;
/// How many of them, from the first, are in Lithuania; the others are in Moscow.
pub const LITHUANIAN: usize = 40;
/// Index of the agency whose name holds every character XML has to escape.
pub const PUNCTUATED: usize = 7;
/// Index of the agency with twelve managers.
pub const CROWDED: usize = 4;
/// Index of the agency of which little is known: no English name, boss, front office or managers.
pub const BARE: usize = 9;

/// The sixty agencies. Agencies 11 and 31 (by index) share their first phone; every ninth has no contract, indexes 13,
/// 27 and 52 are blacklisted.
pub fn agencies() -> Vec<Agency> {
    (0..AGENCIES).map(agency).collect()
}

fn agency(index: usize) -> Agency {
    let (quality, quality_eng) = QUALITIES[index % QUALITIES.len()];
    let (thing, thing_eng) = THINGS[index / QUALITIES.len() % THINGS.len()];
    let in_lithuania = index < LITHUANIAN;
    let (city, metro, district) = if in_lithuania {
        let (city, district) = LITHUANIA[index % LITHUANIA.len()];
        (city, None, district)
    } else {
        let (metro, district) = MOSCOW[index % MOSCOW.len()];
        ("Москва", Some(metro), district)
    };
    let name = match index {
        PUNCTUATED => "Лето & ветер \"Плюс\" <туры 'в одни руки'>".to_owned(),
        _ => format!("{quality} {thing}"),
    };
    let managers = match index {
        BARE => 0,
        CROWDED => 12,
        _ => index % 4 + 1,
    };
    let full = index != BARE;
    Agency {
        id: 10_400 + (index as u32) * 37,
        name,
        name_eng: (full && !index.is_multiple_of(8)).then(|| format!("{quality_eng} {thing_eng}")),
        city,
        address: format!("{city}, улица {}, дом {}", STREETS[index % STREETS.len()], index * 3 % 90 + 1),
        metro,
        district,
        percent: ["8", "9", "10", "10.5", "12"][index % 5],
        front_office: full.then_some(if in_lithuania { "Вильнюс" } else { "Москва, центр" }),
        contract: index % 9 != 2,
        sent_tourists: (index as u32 * 53) % 700,
        boss: full.then(|| full_name(index + 100)),
        curator: CURATORS[index % CURATORS.len()].name.to_owned(),
        black_list: matches!(index, 13 | 27 | 52),
        bank_card: !index.is_multiple_of(3),
        contacts: (0..index % 3 + 1).map(|line| contact(index, line)).collect(),
        managers: (0..managers).map(|place| full_name(index * 11 + place)).collect(),
    }
}

fn contact(index: usize, line: usize) -> Contact {
    // The younger agency took over a line that the older one never struck out.
    let owner = if index == 31 && line == 0 { 11 } else { index };
    let tail = owner * 31 + line * 7 + 1;
    let phone = if owner < LITHUANIAN { format!("+3705000{tail:04}") } else { format!("+7495000{tail:04}") };
    Contact { phone, person: full_name(index * 5 + line), description: LINES[(index + line) % LINES.len()] }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn names_and_ids_are_unique() {
        let agencies = agencies();
        assert_eq!(agencies.iter().map(|agency| agency.id).collect::<BTreeSet<_>>().len(), AGENCIES);
        assert_eq!(agencies.iter().map(|agency| &agency.name).collect::<BTreeSet<_>>().len(), AGENCIES);
    }

    #[test]
    fn exactly_one_phone_has_two_owners() {
        let mut owners = BTreeMap::<String, Vec<u32>>::new();
        for agency in agencies() {
            for contact in agency.contacts {
                assert!(contact.phone.len() <= 15, "{} does not fit PHONE_NUMBER", contact.phone);
                owners.entry(contact.phone).or_default().push(agency.id);
            }
        }
        let shared: Vec<_> = owners.values().filter(|owners| owners.len() > 1).collect();
        assert_eq!(shared, [&vec![10_400 + 11 * 37, 10_400 + 31 * 37]]);
    }

    #[test]
    fn the_special_cases_are_there() {
        let agencies = agencies();
        assert!(agencies.iter().any(|agency| agency.managers.len() > 10));
        assert!(agencies.iter().any(|agency| agency.managers.is_empty()));
        assert!(agencies.iter().any(|agency| agency.black_list));
        assert!(agencies.iter().any(|agency| !agency.contract));
        assert!(agencies[PUNCTUATED].name.contains(['&', '<', '"']));
    }

    #[test]
    fn logins_are_unique() {
        let people = CURATORS.iter().chain(&OPERATORS).chain(&SUPERVISORS);
        let logins: BTreeSet<_> = people.clone().map(|person| person.login).collect();
        assert_eq!(logins.len(), people.count());
    }
}

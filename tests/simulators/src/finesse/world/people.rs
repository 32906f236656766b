//! The invented people of the cluster: agents in teams, supervisors, and the accounts that show what is refused. The same
//! settings give the same people; randomness decides only what they are doing at the start.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::{
    Deployment, Plan, State,
    call::Call,
    reason::{self, CONFIGURED, Reason, SHIFT_END},
};
use crate::telephony::arrivals::{choose, length};

/// A supervisor of the first teams.
pub const SUPERVISOR: &str = "70400";
/// A supervisor of the teams after those; one team is supervised by both.
pub const SECOND_SUPERVISOR: &str = "70401";
/// The same person where ids are words.
pub const SECOND_SUPERVISOR_WORD: &str = "AKedrov";
/// The account of a service: a supervisor of every team.
pub const ENGINE: &str = "70490";
/// A supervisor whom no team was given.
pub const TEAMLESS: &str = "70498";
const FIRST_AGENT: usize = 71_001;
const FIRST_TEAM: usize = 61;

/// A team.
#[derive(Clone, Debug)]
pub struct Team {
    /// Its number.
    pub id: u32,
    /// Its name; one holds what XML has to escape.
    pub name: String,
}

/// Anybody with an account.
#[derive(Clone, Debug)]
pub struct Person {
    /// Sign-in id, as URIs have it.
    pub id: String,
    /// Sign-in name.
    pub login_name: String,
    /// First name.
    pub first: String,
    /// Surname.
    pub last: String,
    /// Extension while signed in.
    pub line: String,
    /// Whether the role of a supervisor is held.
    pub supervisor: bool,
    /// Supervised teams, by index.
    pub supervises: Vec<usize>,
    /// Team belonged to, by index.
    pub team: usize,
    /// A second team the person is a member of.
    pub also: Option<usize>,
    /// Whether the person is one of the members of the team.
    pub listed: bool,
    /// What the person is doing.
    pub state: State,
    /// Since when; nobody knows for some.
    pub since: Option<Timestamp>,
    /// What follows.
    pub pending: Option<State>,
    /// Why not ready, or signed out.
    pub reason: Option<Reason>,
    /// The call.
    pub call: Option<Call>,
    /// Grows with every change of state, so that plans made before it are void.
    pub epoch: u32,
    /// The person's own luck: what happens to one does not change what happens to another.
    pub random: StdRng,
}

impl Person {
    /// The extension, which only a signed-in person has.
    pub fn extension(&self) -> &str {
        if self.state == State::Logout { "" } else { &self.line }
    }

    /// Path of the user.
    pub fn uri(&self) -> String {
        format!("/finesse/api/User/{}", self.id)
    }

    /// Teams the person is a member of.
    pub fn teams(&self) -> impl Iterator<Item = usize> {
        self.listed.then_some(self.team).into_iter().chain(self.also)
    }
}

const TEAMS: [&str; 25] = [
    "Первая линия",
    "Escalation & VIP",
    "Бронирование",
    "Аннуляции",
    "Оплата и счета",
    "Визы",
    "Авиа",
    "Отели",
    "Круизы",
    "Экскурсии",
    "Корпоративные клиенты",
    "Агентства: Литва",
    "Агентства: Москва",
    "Агентства <регионы>",
    "Претензии",
    "Возвраты",
    "Личный кабинет",
    "Онлайн-чат",
    "Выходной день",
    "Ночная смена",
    "Новички",
    "Контроль качества",
    "Исходящие",
    "Резерв",
    "Линия \"Плюс\"",
];
const SURNAMES: [(&str, &str, &str); 25] = [
    ("Абрамцев", "Абрамцева", "abramtsev"),
    ("Бирюков", "Бирюкова", "birukov"),
    ("Ветлугин", "Ветлугина", "vetlugin"),
    ("Горчаков", "Горчакова", "gorchakov"),
    ("Дронов", "Дронова", "dronov"),
    ("Елагин", "Елагина", "elagin"),
    ("Жилин", "Жилина", "zhilin"),
    ("Зимин", "Зимина", "zimin"),
    ("Ильинский", "Ильинская", "ilinsky"),
    ("Ковров", "Коврова", "kovrov"),
    ("Лапшин", "Лапшина", "lapshin"),
    ("Мещеряков", "Мещерякова", "mescheryakov"),
    ("Нарышкин", "Нарышкина", "naryshkin"),
    ("Овчинников", "Овчинникова", "ovchinnikov"),
    ("Плетнёв", "Плетнёва", "pletnev"),
    ("Рубцов", "Рубцова", "rubtsov"),
    ("Сафин", "Сафина", "safin"),
    ("Туманов", "Туманова", "tumanov"),
    ("Уваров", "Уварова", "uvarov"),
    ("Фомин", "Фомина", "fomin"),
    ("Хлебников", "Хлебникова", "khlebnikov"),
    ("Цветаев", "Цветаева", "tsvetaev"),
    ("Чагин", "Чагина", "chagin"),
    ("Шувалов", "Шувалова", "shuvalov"),
    ("Юдин", "Юдина", "yudin"),
];
const MEN: [(&str, char); 10] = [
    ("Антон", 'a'),
    ("Борис", 'b'),
    ("Вадим", 'v'),
    ("Глеб", 'g'),
    ("Денис", 'd'),
    ("Игорь", 'i'),
    ("Кирилл", 'k'),
    ("Олег", 'o'),
    ("Павел", 'p'),
    ("Тимур", 't'),
];
const WOMEN: [(&str, char); 10] = [
    ("Анна", 'a'),
    ("Вера", 'v'),
    ("Дина", 'd'),
    ("Елена", 'e'),
    ("Ирина", 'i'),
    ("Ксения", 'k'),
    ("Мария", 'm'),
    ("Нонна", 'n'),
    ("Софья", 's'),
    ("Юлия", 'y'),
];

/// The teams of a plan.
pub fn teams(plan: &Plan) -> Vec<Team> {
    let name = |index: usize| match TEAMS.get(index) {
        Some(name) => (*name).to_owned(),
        None => format!("Группа {}", index + 1),
    };
    (0..plan.teams).map(|index| Team { id: (FIRST_TEAM + index) as u32, name: name(index) }).collect()
}

/// Everybody, the agents first, team by team.
pub fn everybody(plan: &Plan, now: Timestamp) -> Vec<Person> {
    let mut people: Vec<_> = (0..plan.teams * plan.team_size).map(|index| agent(plan, index, now)).collect();
    people.extend(staff(plan, now));
    people
}

fn agent(plan: &Plan, index: usize, now: Timestamp) -> Person {
    let (first, last, login_name) = name(index);
    let number = FIRST_AGENT + index;
    // Where ids are words, some are, with capitals.
    let id = match plan.deployment {
        Deployment::Uccx if index % 7 == 3 => format!("Op{number}"),
        Deployment::Uccx | Deployment::Ucce => number.to_string(),
    };
    let team = index / plan.team_size.max(1);
    let mut person = Person {
        id,
        login_name,
        first,
        last,
        line: format!("{}", 10_000 + index),
        supervisor: false,
        supervises: Vec::new(),
        team,
        // The first two of the first team help out in the second.
        also: (index < 2 && plan.teams > 1).then_some(1),
        listed: true,
        state: State::Logout,
        since: None,
        pending: None,
        reason: None,
        call: None,
        epoch: 0,
        random: StdRng::seed_from_u64(plan.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ index as u64),
    };
    if plan.night {
        person.since = (index % 5 != 4).then(|| ago(&mut person.random, now, 8 * 3_600));
        person.reason = person.since.map(|_| SHIFT_END);
    } else {
        begin(&mut person, now, plan.deployment);
    }
    person
}

/// What somebody is in the middle of when the simulator starts.
fn begin(person: &mut Person, now: Timestamp, deployment: Deployment) {
    let shares = [
        (34, State::Ready),
        (2, State::Reserved),
        (36, State::Talking),
        (6, State::Work),
        (13, State::NotReady),
        (8, State::Logout),
        (if deployment == Deployment::Ucce { 2 } else { 0 }, State::Hold),
    ];
    let drawn = choose(&mut person.random, &shares.each_ref().map(|(weight, state)| (*weight, state)));
    person.state = drawn.cloned().unwrap_or(State::Ready);
    let (median, pause) = match &person.state {
        State::Logout => (6 * 3_600, Some(SHIFT_END)),
        State::NotReady => {
            let rona = person.random.random_range(0..10) == 0;
            let pauses = CONFIGURED.iter().filter(|reason| !reason.logout).count();
            let chosen = CONFIGURED[person.random.random_range(0..pauses)];
            (400, Some(if rona { reason::system(32_763, false) } else { chosen }))
        }
        State::Reserved => (3, None),
        _ => (60, None),
    };
    person.since = Some(ago(&mut person.random, now, median));
    person.reason = pause;
    if person.state == State::Logout && person.random.random_range(0..3) == 0 {
        // The server has seen nothing of this one since its own start.
        (person.since, person.reason) = (None, None);
    }
}

fn ago(random: &mut StdRng, now: Timestamp, median: u64) -> Timestamp {
    let by = length(random, Duration::from_secs(median), 0.7, Duration::from_secs(1), Duration::from_secs(24 * 3_600));
    SignedDuration::try_from(by).ok().and_then(|by| now.checked_sub(by).ok()).unwrap_or(now)
}

fn name(index: usize) -> (String, String, String) {
    // Two whose names are not of the common pattern.
    match index {
        3 => return ("Eva".to_owned(), "Lindqvist".to_owned(), "elindqvist".to_owned()),
        4 => return ("Павел".to_owned(), "О'Коннор".to_owned(), "poconnor".to_owned()),
        _ => {}
    }
    let half = index / 2;
    let (man, woman, latin) = SURNAMES[half % SURNAMES.len()];
    // Shifted once for every round through the surnames, so that no full name comes twice.
    let given = half / SURNAMES.len() + half % SURNAMES.len();
    if index.is_multiple_of(2) {
        let (first, initial) = MEN[given % MEN.len()];
        (first.to_owned(), man.to_owned(), format!("{initial}{latin}{index}"))
    } else {
        let (first, initial) = WOMEN[given % WOMEN.len()];
        (first.to_owned(), woman.to_owned(), format!("{initial}{latin}a{index}"))
    }
}

fn staff(plan: &Plan, now: Timestamp) -> Vec<Person> {
    let second = match plan.deployment {
        Deployment::Uccx => SECOND_SUPERVISOR_WORD,
        Deployment::Ucce => SECOND_SUPERVISOR,
    };
    let within = |teams: std::ops::Range<usize>| teams.filter(|team| *team < plan.teams).collect::<Vec<_>>();
    let person = |id: &str, login: &str, first: &str, last: &str, line: &str, supervises: Vec<usize>| Person {
        id: id.to_owned(),
        login_name: login.to_owned(),
        first: first.to_owned(),
        last: last.to_owned(),
        line: line.to_owned(),
        supervisor: true,
        supervises,
        team: 0,
        also: None,
        listed: false,
        state: State::NotReady,
        since: Some(now),
        pending: None,
        reason: None,
        call: None,
        epoch: 0,
        random: StdRng::seed_from_u64(plan.seed),
    };
    vec![
        person(SUPERVISOR, "mzotova", "Марина", "Зотова", "5400", within(0..3)),
        person(second, "akedrov", "Алексей", "Кедров", "5401", within(2..6)),
        person(ENGINE, "board", "Табло", "Смены", "5490", within(0..plan.teams)),
        person(TEAMLESS, "nstrelnikova", "Наталья", "Стрельникова", "5498", Vec::new()),
    ]
}

//! A working day of the desk, for the demo: people ask, agents take, answer, hand on, wait, resolve and close, at a calm pace.
//!
//! Not here: what the person at the console does; this day goes on beside it.

use std::{collections::BTreeMap, time::Duration};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{
    IssueOrder, Redmine, Simulator,
    world::{
        ProjectOrder,
        issue::Issue,
        people::PersonOrder,
        tables::{CLOSED, FEEDBACK, IN_PROGRESS, NEW, REJECTED, RESOLVED, role},
    },
};

/// From one thing that happens to the next, seconds.
const PAUSE: std::ops::Range<u64> = 6..18;
/// Open issues beyond which nobody asks anything more.
const ENOUGH: usize = 24;
/// The tracker of requests.
const SUPPORT: u64 = 3;

/// Who asks: login, first name, last name.
const ASKING: [(&str, &str, &str); 4] = [
    ("o.belova", "Ольга", "Белова"),
    ("a.polyakova", "Анна", "Полякова"),
    ("z.kalinina", "Зоя", "Калинина"),
    ("n.dronova", "Нина", "Дронова"),
];
/// Whose address the demo's person has: some of the tickets are theirs, so that there is something in their own list.
const AT_THE_CONSOLE: &str = "sup1";
/// One ticket of so many is theirs.
const THEIRS: u32 = 5;
/// Who works on it, beside `agent1`.
const WORKING_TOO: [(&str, &str, &str); 2] = [("m.tihonov", "Максим", "Тихонов"), ("d.lapina", "Дарья", "Лапина")];

const SUBJECTS: [&str; 10] = [
    "Не печатает принтер в бухгалтерии",
    "Нет доступа к отчётам по продажам",
    "Пропадает звук в гарнитуре",
    "Не открывается карточка агентства",
    "Медленно работает поиск туров",
    "Письма клиентам уходят с задержкой",
    "Нужна учётная запись новому сотруднику",
    "Ошибка при выгрузке документов",
    "Не приходит код подтверждения",
    "Гаснет второй монитор",
];
const TAKING: [&str; 4] = ["Беру в работу.", "Смотрю.", "Принято, скоро отвечу.", "Уже проверяю."];
const ANSWERING: [&str; 6] = [
    "Настройки на месте. Попробуйте ещё раз, пожалуйста.",
    "Перезагрузите компьютер и напишите, что получилось.",
    "Причина в сетевом порту, переключили на запасной.",
    "Заявку передали подрядчику, ждём до вечера.",
    "Программа обновлена. Проверьте, пожалуйста.",
    "Собрали журналы, разбираемся.",
];
const REQUESTING: [&str; 3] =
    ["Уточните номер кабинета.", "Пришлите снимок экрана, пожалуйста.", "Повторяется ли это у коллег?"];
const REPLYING: [&str; 4] = ["Кабинет 412.", "Да, у соседей то же самое.", "Только у меня.", "Сейчас снова пропало."];
const PRIVATE: [&str; 2] = ["Клиент звонил дважды, просит быстрее.", "Похоже на старую аварию, посмотрите её заявку."];
const RESOLVING: [&str; 3] = ["Готово, проверьте.", "Исправлено.", "Доступ открыт."];
const THANKING: [&str; 3] = ["Спасибо, работает!", "Всё хорошо, можно закрывать.", "Проверила, помогло."];

/// Lets things happen until `stop`.
pub async fn play(simulator: &Simulator, seed: u64, stop: CancellationToken) {
    let mut rng = StdRng::seed_from_u64(seed);
    begin(simulator.redmine(), &mut rng);
    loop {
        let pause = Duration::from_secs(rng.random_range(PAUSE));
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
        step(simulator.redmine(), &mut rng);
    }
}

/// The people of the day, and the issues that wait when it begins.
fn begin(redmine: &Redmine, rng: &mut StdRng) {
    let mut members = BTreeMap::new();
    for (people, role) in [(&ASKING[..], role::REPORTER), (&WORKING_TOO[..], role::DEVELOPER)] {
        for (login, first, last) in people {
            redmine.hire(&PersonOrder {
                login: (*login).to_owned(),
                firstname: Some((*first).to_owned()),
                lastname: Some((*last).to_owned()),
                ..PersonOrder::default()
            });
            members.insert((*login).to_owned(), role);
        }
    }
    redmine.open_project(&ProjectOrder { identifier: "desk".to_owned(), members, ..ProjectOrder::default() });
    for _ in 0..6 {
        ask(redmine, rng);
    }
    for _ in 0..2 {
        ask_as(redmine, rng, AT_THE_CONSOLE);
    }
}

fn one<'a, T: ?Sized>(rng: &mut StdRng, list: &[&'a T]) -> &'a T {
    list[rng.random_range(0..list.len())]
}

/// Somebody asks.
fn ask(redmine: &Redmine, rng: &mut StdRng) {
    let (login, ..) = ASKING[rng.random_range(0..ASKING.len())];
    let login = if rng.random_ratio(1, THEIRS) { AT_THE_CONSOLE } else { login };
    ask_as(redmine, rng, login);
}

fn ask_as(redmine: &Redmine, rng: &mut StdRng, login: &str) {
    let fields = json!({
        "tracker_id": SUPPORT, "priority_id": if rng.random_ratio(1, 5) { 3 } else { 2 },
        "description": "Нужна помощь, пожалуйста.", "easy_email_to": format!("{login}@example.com"),
    });
    let order = IssueOrder {
        person: Some(login.to_owned()),
        subject: Some(one(rng, &SUBJECTS).to_owned()),
        fields: fields.as_object().cloned().unwrap_or_default(),
        ..IssueOrder::default()
    };
    note(redmine.make(&order).map(|_| ()));
}

/// What somebody may not do is not done: the administrator may have changed the rights meanwhile.
fn note(done: Result<(), super::NotDone>) {
    if let Err(error) = done {
        tracing::info!(%error, "nothing was done");
    }
}

/// One thing happens to one open issue, or a new one comes.
fn step(redmine: &Redmine, rng: &mut StdRng) {
    let mut open = redmine.issues();
    open.retain(|issue| !matches!(issue.status, CLOSED | REJECTED));
    if open.is_empty() || (open.len() < ENOUGH && rng.random_ratio(1, 4)) {
        return ask(redmine, rng);
    }
    let issue = &open[rng.random_range(0..open.len())];
    let update = |person: &str, fields: serde_json::Value| note(redmine.update(person, issue.id, &fields).map(|_| ()));
    let (worker, author) = (login(redmine, issue.assigned_to), login(redmine, Some(issue.author)));
    let Some(worker) = worker else { return take(redmine, issue, rng) };
    let author = author.unwrap_or_else(|| "rep1".to_owned());
    match (issue.status, rng.random_range(0..10)) {
        (NEW, _) => update(&worker, json!({ "status_id": IN_PROGRESS, "notes": one(rng, &TAKING) })),
        (IN_PROGRESS, 0..4) => {
            update(&worker, json!({ "notes": one(rng, &ANSWERING), "done_ratio": rng.random_range(1..10) * 10 }))
        }
        (IN_PROGRESS, 4) => update(&worker, json!({ "notes": one(rng, &PRIVATE), "private_notes": true })),
        (IN_PROGRESS, 5) => update("sup1", json!({ "priority_id": rng.random_range(2..5) })),
        (IN_PROGRESS, 6 | 7) => update(&worker, json!({ "status_id": FEEDBACK, "notes": one(rng, &REQUESTING) })),
        (IN_PROGRESS, _) => {
            update(&worker, json!({ "status_id": RESOLVED, "done_ratio": 100, "notes": one(rng, &RESOLVING) }));
        }
        (FEEDBACK, 0..6) => update(&author, json!({ "notes": one(rng, &REPLYING) })),
        (FEEDBACK, 6) => update("sup1", json!({ "status_id": REJECTED, "notes": "Нет ответа, отклоняем." })),
        (FEEDBACK, _) => update(&worker, json!({ "status_id": IN_PROGRESS, "notes": one(rng, &TAKING) })),
        (_, 0..3) => update(&author, json!({ "notes": one(rng, &THANKING) })),
        (_, 3) => update("sup1", json!({ "status_id": IN_PROGRESS, "notes": "Повторилось, вернули в работу." })),
        _ => update(&worker, json!({ "status_id": CLOSED })),
    }
}

/// A manager gives an issue to an agent.
fn take(redmine: &Redmine, issue: &Issue, rng: &mut StdRng) {
    let [(first, ..), (second, ..)] = WORKING_TOO;
    let to = one(rng, &["agent1", first, second]);
    note(redmine.assign("sup1", issue.id, Some(to)).map(|_| ()));
}

fn login(redmine: &Redmine, id: Option<u64>) -> Option<String> {
    redmine.world(|world| world.person(id?).map(|person| person.login.clone()))
}

#[cfg(test)]
mod tests {
    use tokio_util::task::TaskTracker;

    use super::{super::Settings, *};

    #[tokio::test]
    async fn a_day_uses_every_status_and_keeps_to_the_rights() {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let redmine = Redmine::new(Settings::new([]), &tasks, stop.clone()).unwrap();
        let mut rng = StdRng::seed_from_u64(7);
        begin(&redmine, &mut rng);
        let mut met = std::collections::BTreeSet::new();
        for _ in 0..600 {
            step(&redmine, &mut rng);
            met.extend(redmine.issues().iter().map(|issue| issue.status));
        }
        assert_eq!(met.into_iter().collect::<Vec<_>>(), [NEW, IN_PROGRESS, RESOLVED, FEEDBACK, CLOSED, REJECTED]);
        let issues = redmine.issues();
        let open = issues.iter().filter(|issue| !matches!(issue.status, CLOSED | REJECTED)).count();
        assert!(issues.len() > 20 && open <= ENOUGH, "{} issues, {open} open", issues.len());
        let theirs =
            redmine.world(|world| world.people.iter().find(|one| one.login == AT_THE_CONSOLE).map(|one| one.id));
        assert!(
            issues.iter().filter(|issue| Some(issue.author) == theirs).count() > 2,
            "the demo's person has tickets"
        );
        let private = |issue: &Issue| redmine.journals(issue.id).iter().any(|journal| journal.private_notes);
        assert!(issues.iter().any(private));
        stop.cancel();
    }
}

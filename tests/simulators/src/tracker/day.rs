//! A day of the desk, for the demo: agents take open issues, write into those they have, move and close them, at a calm pace.
//!
//! Not here: new issues, beyond a few at the beginning; they come from the client.

use std::time::Duration;

use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio_util::sync::CancellationToken;

use super::{
    IssueOrder, Simulator, Tracker,
    world::{issue::Issue, queue::status_type},
};

/// From one thing that happens to the next, seconds.
const PAUSE: std::ops::Range<u64> = 10..30;

/// What waits at the beginning, and who asks.
const WAITING: [(&str, &str); 3] = [
    ("o.belova", "Не открывается почта"),
    ("a.polyakova", "Пропадает звук в гарнитуре"),
    ("z.kalinina", "Нужен доступ к отчётам"),
];
const TAKING: [&str; 4] = ["Беру в работу.", "Смотрю.", "Принято, скоро отвечу.", "Уже проверяю."];
const WORKING: [&str; 6] = [
    "Настройки на месте. Попробуйте ещё раз, пожалуйста.",
    "Перезагрузите компьютер и напишите, что получилось.",
    "Ошибка \"нет ответа\" бывает из-за сети. Порт сменили.",
    "Уточните номер кабинета.",
    "Заявку передали подрядчику, ждём до вечера.",
    "Программа обновлена.\nПроверьте, пожалуйста.",
];
const CLOSING: [&str; 3] = ["Готово, закрываю.", "Исправлено. Если повторится, пишите.", "Доступ открыт."];

/// Lets things happen until `stop`.
pub async fn play(simulator: &Simulator, seed: u64, stop: CancellationToken) {
    let mut rng = StdRng::seed_from_u64(seed);
    begin(simulator.tracker());
    loop {
        let pause = Duration::from_secs(rng.random_range(PAUSE));
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
        step(simulator.tracker(), &mut rng);
    }
}

/// The issues that wait when the day begins.
fn begin(tracker: &Tracker) {
    for (person, summary) in WAITING {
        let (person, summary) = (Some(person.to_owned()), Some(summary.to_owned()));
        tracker.make(&IssueOrder { person, summary, ..IssueOrder::default() });
    }
}

fn one<'a, T: ?Sized>(rng: &mut StdRng, list: &[&'a T]) -> &'a T {
    list[rng.random_range(0..list.len())]
}

/// One thing happens to one open issue: it is taken by an agent, or whoever has it writes or moves it.
fn step(tracker: &Tracker, rng: &mut StdRng) {
    let mut open = tracker.issues();
    open.retain(|issue| !matches!(status_type(&issue.status), "done" | "cancelled"));
    let agents = tracker.agents();
    if open.is_empty() || agents.is_empty() {
        return;
    }
    let Issue { key, assignee, status, .. } = &open[rng.random_range(0..open.len())];
    let Some(agent) = assignee else {
        let agent = &agents[rng.random_range(0..agents.len())].login;
        tracker.assign(agent, key, Some(agent));
        tracker.move_to(agent, key, "inProgress");
        tracker.comment(agent, key, one(rng, &TAKING));
        return;
    };
    match (rng.random_range(0..10), status.as_str()) {
        (0..6, _) => {
            tracker.comment(agent, key, one(rng, &WORKING));
        }
        (6, "inProgress") => {
            tracker.move_to(agent, key, "needInfo");
        }
        (_, "open" | "needInfo") => {
            tracker.move_to(agent, key, "inProgress");
        }
        _ => {
            tracker.comment(agent, key, one(rng, &CLOSING));
            tracker.move_to(agent, key, "closed");
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio_util::task::TaskTracker;

    use super::{super::Settings, *};
    use crate::secret::Secret;

    #[tokio::test]
    async fn a_day_takes_comments_moves_and_closes_and_ends_when_nothing_is_open() {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let tracker = Tracker::new(Settings::new(Secret::new("tulip")), &tasks, stop.clone()).unwrap();
        let mut rng = StdRng::seed_from_u64(7);
        begin(&tracker);
        for _ in 0..200 {
            step(&tracker, &mut rng);
        }
        let (issues, agents) = (tracker.issues(), tracker.agents());
        assert_eq!(issues.len(), 3);
        assert!(issues.iter().all(|issue| issue.status == "closed" && issue.resolution.as_deref() == Some("fixed")));
        for issue in &issues {
            let comments = tracker.comments(&issue.key);
            assert!(comments.len() >= 2, "{}", issue.key);
            assert!(comments.iter().all(|comment| agents.iter().any(|agent| agent.login == comment.author)));
        }
        stop.cancel();
    }
}

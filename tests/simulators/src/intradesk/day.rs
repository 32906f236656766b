//! A day of the tenant, for the demo: tasks come in at a modest pace, people take some of them before anybody else does, and what
//! somebody has is done with after a while.
//!
//! Not here: the client, which gives out what nobody took.

use std::time::Duration;

use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio_util::sync::CancellationToken;

use super::{
    Simulator, Tenant,
    world::task::{Task, TaskOrder},
};

/// From one thing that happens to the next, seconds.
const PAUSE: std::ops::Range<u64> = 8..25;
/// How many tasks wait at the beginning.
const WAITING: u64 = 5;
/// Tasks that somebody has, above which the oldest are done with sooner.
const MANY: usize = 12;

/// What people write about, and in which service of the demo.
const SUBJECTS: [(u64, &str); 14] = [
    (54_001, "Не печатает принтер на втором этаже"),
    (54_001, "Заменить картридж"),
    (54_001, "Сканер не отправляет в папку"),
    (54_002, "Пропадает сеть в переговорной"),
    (54_003, "Гаснет экран"),
    (54_003, "Не запускается браузер"),
    (54_003, "Нужна вторая клавиатура"),
    (54_003, "Компьютер не видит \"флешку\""),
    (54_004, "Не проводится документ"),
    (54_004, "Отчёт за квартал пустой"),
    (54_005, "Доступ к общей папке отдела"),
    (54_005, "Забыт пароль"),
    (54_006, "Не закрывается окно в 214"),
    (54_006, "Перегорела лампа у входа"),
];

/// Lets things happen until `stop`.
pub async fn play(simulator: &Simulator, seed: u64, stop: CancellationToken) {
    let mut rng = StdRng::seed_from_u64(seed);
    begin(simulator.tenant(), &mut rng);
    loop {
        let pause = Duration::from_secs(rng.random_range(PAUSE));
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
        step(simulator.tenant(), &mut rng);
    }
}

/// The tasks that wait when the day begins.
fn begin(tenant: &Tenant, rng: &mut StdRng) {
    for _ in 0..WAITING {
        come_in(tenant, rng);
    }
}

/// One thing happens.
fn step(tenant: &Tenant, rng: &mut StdRng) {
    match rng.random_range(0..10) {
        0..5 => come_in(tenant, rng),
        5..7 => take_one(tenant, rng),
        _ => close_one(tenant, rng),
    }
}

fn come_in(tenant: &Tenant, rng: &mut StdRng) {
    let (service, name) = SUBJECTS[rng.random_range(0..SUBJECTS.len())];
    let order = TaskOrder { service: Some(service), name: Some(name.to_owned()), ..TaskOrder::default() };
    tenant.make(&order);
}

/// Somebody takes the newest task that nobody has.
fn take_one(tenant: &Tenant, rng: &mut StdRng) {
    let found = tenant.world(|world| {
        let free = |task: &&Task| task.executor().is_none() && task.closed_at.is_none();
        let task = world.tasks.values().rev().find(free)?;
        let able = world.able(task.service);
        let person = *able.get(rng.random_range(0..able.len().max(1)))?;
        Some((task.number, person))
    });
    if let Some((number, person)) = found {
        tenant.take(number, Some(person));
    }
}

/// Whoever has the oldest open task is done with it, sooner when there are many.
fn close_one(tenant: &Tenant, rng: &mut StdRng) {
    let open: Vec<u64> = tenant.world(|world| {
        let taken = world.tasks.values().filter(|task| task.executor().is_some() && task.closed_at.is_none());
        taken.map(|task| task.number).collect()
    });
    if let Some(oldest) = open.first().filter(|_| open.len() > MANY || rng.random_ratio(1, 2)) {
        tenant.enter(*oldest, None);
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{By, Settings},
        *,
    };
    use crate::secret::Secret;

    #[test]
    fn a_day_brings_tasks_of_which_some_are_taken_and_closed_and_some_wait() {
        let tenant = Tenant::new(Settings::new("tenant.example", "bot", Secret::new("tulip")));
        let mut rng = StdRng::seed_from_u64(7);
        begin(&tenant, &mut rng);
        assert_eq!(tenant.world(|world| world.tasks.len()), 5);
        for _ in 0..300 {
            step(&tenant, &mut rng);
        }
        let taken = tenant.assignments();
        assert!(taken.len() > 30 && taken.iter().all(|one| one.by == By::Person && one.was.is_none()));
        tenant.world(|world| {
            let closed = world.tasks.values().filter(|task| task.closed_at.is_some());
            assert!(closed.clone().count() > 20 && closed.clone().all(|task| task.executor().is_some()));
            assert!(world.tasks.values().any(|task| task.executor().is_none()), "something is left for the client");
            let able = |task: &Task| task.executor().is_none_or(|one| world.able(task.service).contains(&one));
            assert!(world.tasks.values().all(able));
            for (service, _) in SUBJECTS {
                assert!(world.services.contains_key(&service), "{service} is a service of the demo");
            }
        });
    }
}

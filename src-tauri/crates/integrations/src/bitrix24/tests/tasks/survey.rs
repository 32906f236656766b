//! How busy people are, who is away, who the author is.

use jiff::SignedDuration;
use pult_domain::areas::erp::{Fact, Load, Metric, Survey};
use pult_simulators::bitrix24::world::{staff::Absence, tasks::TaskOrder};

use super::*;

fn ask(people: &[i64], metric: Metric, author: Option<&str>) -> Effect {
    let author = author.map(str::to_owned);
    Effect::SurveyStaff { document: DOCUMENT, people: people.to_vec(), metric, author }
}

impl House {
    async fn survey(&self, people: &[i64], metric: Metric) -> Survey {
        self.surveyed(&ask(people, metric, None)).await
    }

    async fn surveyed(&self, effect: &Effect) -> Survey {
        match self.perform(effect).await.unwrap() {
            Fact::Surveyed { survey, .. } => *survey,
            other => panic!("{other:?}"),
        }
    }

    fn give(&self, responsible: u64, count: u64) {
        let order = TaskOrder { responsible: Some(responsible), count: Some(count), ..TaskOrder::default() };
        assert!(self.portal.portal().order_task(None, &order).is_some());
    }

    fn away(&self, user: u64, from: i64, to: i64, all_day: bool, accessibility: &str) {
        let moment = |minutes| self.now() + SignedDuration::from_mins(minutes);
        let (from, to, accessibility) = (moment(from), moment(to), accessibility.to_owned());
        self.world(|world| world.staff.absences.push(Absence { user, from, to, all_day, accessibility }));
    }
}

fn known(remaining_s: i64, unestimated: u32, tasks: &[i64]) -> Load {
    let open = tasks.len() as u32;
    Load::Known { remaining_s: Some(remaining_s), unestimated, open, tasks: tasks.to_vec() }
}

fn load(survey: &Survey, id: i64) -> &Load {
    &survey.people.iter().find(|person| person.id == id).unwrap().load
}

#[tokio::test]
async fn remaining_time_is_what_is_left_of_open_tasks() {
    let house = House::open().await;
    let overdrawn = TaskOrder {
        responsible: Some(63),
        time_estimate: Some(3_600),
        time_spent: Some(7_200),
        ..TaskOrder::default()
    };
    let id = house.portal.portal().order_task(None, &overdrawn).unwrap();
    house.requests();
    let survey = house.survey(&[41, 47, 61, 63, 71], Metric::RemainingTime).await;
    assert_eq!(*load(&survey, 41), known(7_200, 1, &[20_390, 20_391]));
    assert_eq!(*load(&survey, 47), known(1_800, 0, &[20_402]), "completed ones do not count");
    assert_eq!(*load(&survey, 61), known(10_800, 0, &[20_404, 20_405]));
    assert_eq!(*load(&survey, 63), known(0, 0, &[id as i64]), "deferred ones do not, and nothing is less than nothing");
    assert_eq!(*load(&survey, 71), known(0, 0, &[]));
    assert_eq!((survey.began, house.requests()), (house.now(), 1));
}

#[tokio::test]
async fn open_tasks_are_counted_for_each() {
    let house = House::open().await;
    house.give(47, 60);
    let survey = house.survey(&[41, 47], Metric::OpenCount).await;
    let Load::Known { remaining_s: None, open: 2, tasks, .. } = load(&survey, 41) else { panic!("{survey:?}") };
    assert_eq!(*tasks, [20_391, 20_390]);
    let Load::Known { open: 61, tasks, .. } = load(&survey, 47) else { panic!("{survey:?}") };
    assert_eq!((tasks.len(), tasks[0]), (50, 20_476), "the newest are named");
    assert_eq!(house.requests(), 1);
}

#[tokio::test]
async fn who_may_not_be_read_is_unknown_under_each_metric_and_nobody_else() {
    for (metric, requests) in [(Metric::RemainingTime, 2), (Metric::OpenCount, 1)] {
        let house = House::open().await;
        house.switch(&SwitchOrder { unreadable: Some(vec![62]), ..SwitchOrder::default() });
        let survey = house.survey(&[61, 62, 63], metric).await;
        let Load::Unknown { reason } = load(&survey, 62) else { panic!("{survey:?}") };
        assert!(reason.contains("INSUFFICIENT_SCOPE"), "{reason}");
        assert!(matches!(load(&survey, 61), Load::Known { open: 2, .. }), "{survey:?}");
        assert!(matches!(load(&survey, 63), Load::Known { open: 0, .. }), "{survey:?}");
        assert_eq!(house.requests(), requests);
        house.switch(&SwitchOrder { unreadable: Some(vec![61, 62, 63]), ..SwitchOrder::default() });
        let survey = house.survey(&[61, 62, 63], metric).await;
        assert!(survey.people.iter().all(|person| matches!(person.load, Load::Unknown { .. })), "{survey:?}");
    }
}

#[tokio::test]
async fn whose_tasks_are_half_read_is_unknown() {
    let house = House::open().await;
    house.give(61, 60);
    house.switch(&SwitchOrder { unreadable: Some(vec![62]), ..SwitchOrder::default() });
    // The shared list is refused; of the three lists that follow, the second page of one fails.
    house.refuse("tasks.task.list", (500, "INTERNAL_SERVER_ERROR"), 4, 1);
    let survey = house.survey(&[61, 62, 63], Metric::RemainingTime).await;
    assert!(matches!(load(&survey, 61), Load::Unknown { .. }), "{survey:?}");
    assert!(matches!(load(&survey, 63), Load::Known { .. }), "{survey:?}");
}

#[tokio::test]
async fn many_tasks_are_read_on_all_their_pages() {
    let house = House::open().await;
    house.give(41, 120);
    house.requests();
    let survey = house.survey(&[41, 44], Metric::RemainingTime).await;
    assert!(matches!(load(&survey, 41), Load::Known { open: 122, unestimated: 121, .. }), "{survey:?}");
    assert!(matches!(load(&survey, 44), Load::Known { open: 1, .. }), "{survey:?}");
    assert_eq!(house.requests(), 2, "the other two pages come together");
}

#[tokio::test]
async fn a_portal_that_ignores_conditions_makes_nobody_busier_or_active() {
    let house = House::open().await;
    let want = house.survey(&[44, 61, 64], Metric::RemainingTime).await;
    assert_eq!(want.people.iter().map(|person| person.active).collect::<Vec<_>>(), [true, true, false]);
    let methods = ["user.get", "tasks.task.list"].map(str::to_owned).to_vec();
    house.switch(&SwitchOrder { ignore_filters: Some(methods), ..SwitchOrder::default() });
    house.hire(70, 20);
    house.give(1, 60);
    assert_eq!(house.survey(&[44, 61, 64], Metric::RemainingTime).await, want);
}

#[tokio::test]
async fn many_people_go_by_several_batches() {
    let house = House::open().await;
    house.hire(130, 13);
    let people: Vec<i64> = house.world(|world| world.staff.users.iter().map(|user| user.id as i64).collect());
    let people: Vec<i64> = people.into_iter().filter(|id| *id > 93).collect();
    assert_eq!(people.len(), 130);
    for (metric, requests) in [(Metric::OpenCount, 3), (Metric::RemainingTime, 1)] {
        let survey = house.survey(&people, metric).await;
        assert!(survey.people.iter().all(|p| p.active && matches!(p.load, Load::Known { open: 0, .. })), "{survey:?}");
        assert_eq!((survey.people.len(), house.requests()), (130, requests));
    }
}

#[tokio::test]
async fn away_is_who_is_absent_at_this_moment() {
    let house = House::open().await;
    house.away(41, -30, 30, false, "absent");
    house.away(44, -30, 0, false, "absent");
    house.away(47, 1, 30, false, "absent");
    house.away(48, -30, 30, false, "busy");
    // Whole days: yesterday and today; until yesterday; from tomorrow.
    house.away(51, -24 * 60, 0, true, "absent");
    house.away(52, -72 * 60, -24 * 60, true, "absent");
    house.away(61, 24 * 60, 48 * 60, true, "absent");
    let survey = house.survey(&[41, 44, 47, 48, 51, 52, 61, 62], Metric::RemainingTime).await;
    let absent: Vec<_> = survey.people.iter().filter(|person| person.absent).map(|person| person.id).collect();
    assert_eq!(absent, [41, 51]);
}

#[tokio::test]
async fn an_author_is_exactly_one_employee() {
    let house = House::open().await;
    for (author, want) in [
        (" N.ORLOVA@client.example", Some(41)),
        ("p.frezin@client.example", Some(44)),
        ("nobody@client.example", None),
        ("double@client.example", None),
        ("k.twice@client.example", Some(93)),
        ("l.guest@partner.example", None),
        ("Нина  Орлова", Some(41)),
        ("орлова нина", Some(41)),
        ("Семен Ушедший", None),
        ("Петр Фрезин", Some(44)),
        ("Орлова", None),
        ("Глеб Двойников-младший", Some(91)),
        ("", None),
    ] {
        let survey = house.surveyed(&ask(&[61], Metric::RemainingTime, Some(author))).await;
        assert_eq!((survey.author, house.requests()), (want, 1), "{author}");
    }
    house.hire(2, 13);
    house.world(|world| {
        for user in world.staff.users.iter_mut().rev().take(2) {
            (user.name, user.last_name) = ("Ада".to_owned(), "Двойная".to_owned());
        }
    });
    let survey = house.surveyed(&ask(&[61], Metric::RemainingTime, Some("Ада Двойная"))).await;
    assert_eq!(survey.author, None, "namesakes");
    house.refuse("user.search", (500, "INTERNAL_SERVER_ERROR"), 0, 9);
    let survey = house.surveyed(&ask(&[61], Metric::RemainingTime, Some("Нина Орлова"))).await;
    assert_eq!(survey.author, None, "the work goes on without");
}

#[tokio::test]
async fn nothing_is_concluded_from_a_limit() {
    for method in ["tasks.task.list", "user.get", "calendar.accessibility.get"] {
        for metric in [Metric::RemainingTime, Metric::OpenCount] {
            let house = House::open().await;
            house.refuse(method, (429, "OPERATION_TIME_LIMIT"), 0, 1);
            let error = house.perform(&ask(&[61, 62], metric, None)).await.unwrap_err();
            assert!(matches!(error, CallError::Retry { .. }), "{method}: {error:?}");
        }
    }
    let house = House::open().await;
    house.refuse("calendar.accessibility.get", (403, "insufficient_scope"), 0, 1);
    let error = house.perform(&ask(&[61], Metric::RemainingTime, None)).await.unwrap_err();
    assert!(error.to_string().contains("scope calendar"), "who is away must be known: {error:?}");
}

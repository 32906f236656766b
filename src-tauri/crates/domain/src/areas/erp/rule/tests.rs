use std::collections::BTreeMap;

use super::*;
use crate::{
    Effect, NoticeChange, RecordId, TimerChange,
    areas::erp::{
        Cached, Department, Directory, FileRef, Item, Line, Load, Metric, Moment, Person, Project, Root, Schedule,
        Stage, Survey, Surveyed,
    },
};
use jiff::{SignedDuration, tz::TimeZone};

/// Friday, 13:00 in Moscow.
const NOON: &str = "2026-11-20T10:00:00Z";

fn at(seconds: i64) -> Instant {
    NOON.parse::<Instant>().unwrap() + SignedDuration::from_secs(seconds)
}

fn line(key: &str, name: &str) -> Line {
    Line {
        key: key.to_owned(),
        name: name.to_owned(),
        title: None,
        description: None,
        planned_minutes: None,
        deadline: None,
        items: vec![],
    }
}

fn document(lines: Vec<Line>) -> Document {
    Document {
        guid: "8f0c".to_owned(),
        number: "00-000123".to_owned(),
        date: None,
        title: None,
        description: None,
        author: None,
        deadline: None,
        lines,
        files: vec![],
    }
}

fn file(name: &str) -> FileRef {
    FileRef { name: name.to_owned(), sha256: name.repeat(4), size: 4 }
}

fn policy() -> Policy {
    Policy {
        root: Root { name: "Производство".to_owned(), id: None },
        project: "Задачи из 1с".to_owned(),
        project_required: true,
        folder: None,
        default_estimate: SignedDuration::from_hours(1),
        metric: Metric::RemainingTime,
        lives: Lives {
            departments: SignedDuration::from_hours(1),
            people: SignedDuration::from_mins(15),
            project: SignedDuration::from_hours(24),
            schedule: SignedDuration::from_hours(24),
        },
        zone: TimeZone::get("Europe/Moscow").unwrap(),
        reopen_completed: false,
        portal: true,
    }
}

fn reading() -> Reading {
    let department = |id, name: &str, parent| Department { id, name: name.to_owned(), parent };
    let person = |id, name: &str, department| Person { id, name: name.to_owned(), departments: vec![department] };
    Reading {
        departments: Some(vec![
            department(1, "Компания", None),
            department(2, "Производство", Some(1)),
            department(3, "Швейный цех", Some(2)),
            department(4, "Участок кроя", Some(3)),
            department(5, "Упаковка", Some(2)),
            department(6, "Пустой цех", Some(2)),
            department(7, "Швейный цех", Some(1)),
        ]),
        people: Some(vec![person(41, "Анна", 3), person(42, "Борис", 4), person(43, "Вера", 3), person(51, "Глеб", 5)]),
        projects: Some(vec![Project { id: 7, name: "Задачи из 1С".to_owned() }]),
        schedule: Some(Schedule::usual()),
    }
}

fn busy(id: i64, remaining_s: i64, open: u32) -> Surveyed {
    let tasks = (0..i64::from(open)).map(|n| id * 100 + n).collect();
    let load = Load::Known { remaining_s: Some(remaining_s), unestimated: 0, open, tasks };
    Surveyed { id, active: true, absent: false, load }
}

/// A house in which facts are decided and kept, as the store keeps them.
struct House {
    policy: Policy,
    directory: Directory,
    kept: Option<Kept>,
    given: Vec<(i64, Option<i64>, Option<u32>, Instant)>,
    last: Option<Decision<Change>>,
    now: i64,
}

impl House {
    fn new() -> Self {
        Self { policy: policy(), directory: Directory::default(), kept: None, given: vec![], last: None, now: 0 }
    }

    /// A house whose directory has been read.
    fn known() -> Self {
        let mut house = Self::new();
        house.hear(&Fact::DirectoryRead { reading: Box::new(reading()) });
        house
    }

    fn hear(&mut self, fact: &Fact) -> &Decision<Change> {
        self.now += 1;
        let waits = self.kept.iter().filter(|kept| kept.stage == Some(Stage::Directory)).cloned().collect();
        let known = Known {
            next: DocumentId(1),
            record: RecordId(self.now),
            document: self.kept.clone(),
            waiting: if fact.document().is_none() { waits } else { vec![] },
            directory: self.directory.clone(),
            reserved: self
                .given
                .iter()
                .map(|(responsible, task, estimate_s, _)| crate::areas::erp::Reserved {
                    responsible: *responsible,
                    task: *task,
                    estimate_s: *estimate_s,
                })
                .collect(),
            last_given: self.given.iter().map(|(id, .., at)| (*id, *at)).collect::<BTreeMap<_, _>>(),
        };
        let decision = decide(fact, at(self.now), &known, &self.policy);
        for change in &decision.changes {
            self.keep(change);
        }
        self.last.insert(decision)
    }

    fn keep(&mut self, change: &Change) {
        let now = at(self.now);
        match change {
            Change::Begin { id, document, record, .. } => {
                self.kept = Some(Kept {
                    id: *id,
                    state: State::Received,
                    stage: None,
                    document: (**document).clone(),
                    record: *record,
                    queued: None,
                    tasks: vec![],
                    files: vec![],
                    tries: 0,
                    trouble: None,
                });
                return;
            }
            Change::Remember { part, payload, at } => {
                let at = *at;
                let payload = payload.clone();
                match part {
                    Part::Departments => {
                        self.directory.departments =
                            Some(Cached { value: serde_json::from_value(payload).unwrap(), at });
                    }
                    Part::People => {
                        self.directory.people = Some(Cached { value: serde_json::from_value(payload).unwrap(), at });
                    }
                    Part::Project => {
                        self.directory.projects = Some(Cached { value: serde_json::from_value(payload).unwrap(), at });
                    }
                    Part::Schedule => {
                        self.directory.schedule = Some(Cached { value: serde_json::from_value(payload).unwrap(), at });
                    }
                }
                return;
            }
            Change::Reading { since, failed } => {
                (self.directory.reading, self.directory.failed) = (*since, *failed);
                return;
            }
            Change::ForgetDirectory => {
                self.directory = Directory::default();
                return;
            }
            _ => {}
        }
        let (policy, directory) = (self.policy.clone(), self.directory.clone());
        let kept = self.kept.as_mut().unwrap();
        match change {
            Change::Again { document, record, tries, .. } => {
                let mut work = Work::on(kept, now, &policy, &directory);
                work.again(document, *record, *tries);
                *kept = work.kept;
            }
            Change::Queue { document, record, .. } => kept.queued = Some(((**document).clone(), *record)),
            Change::Stage { stage, .. } => kept.stage = Some(*stage),
            Change::Settle { state, trouble, .. } => {
                (kept.state, kept.stage, kept.trouble) = (*state, None, trouble.clone());
            }
            Change::Choose { chosen, at, .. } => {
                self.given.push((chosen.order.responsible, None, chosen.order.estimate_s, *at));
                let mut work = Work::on(kept, now, &policy, &directory);
                work.give((**chosen).clone(), None);
                *kept = work.kept;
            }
            Change::Task { key, state, task, detail, .. } => {
                let mut work = Work::on(kept, now, &policy, &directory);
                work.task(key, *state, *task, detail.clone());
                *kept = work.kept;
            }
            Change::Attached { key, files, .. } => {
                let task = kept.tasks.iter_mut().find(|task| task.key == *key).unwrap();
                task.files.extend(files);
            }
            Change::Lose { key, .. } => kept.tasks.retain(|task| task.key != *key),
            Change::File { sha256, file, .. } => {
                kept.files.retain(|known| known.sha256 != *sha256);
                kept.files.push(KeptFile { sha256: sha256.clone(), file: *file });
            }
            Change::Trouble { trouble, .. } => kept.trouble = Some(trouble.clone()),
            _ => unreachable!(),
        }
    }

    fn ask(&mut self, document: &Document) -> &Decision<Change> {
        self.hear(&Fact::Requested { document: Box::new(document.clone()) })
    }

    fn survey(&mut self, people: Vec<Surveyed>) -> &Decision<Change> {
        let survey = Box::new(Survey { began: at(self.now), author: None, people });
        self.hear(&Fact::Surveyed { document: DocumentId(1), survey })
    }

    fn created(&mut self, tasks: &[(&str, i64)]) -> &Decision<Change> {
        let tasks = tasks.iter().map(|(key, task)| ((*key).to_owned(), Creation::Created { task: *task })).collect();
        self.hear(&Fact::Created { document: DocumentId(1), tasks })
    }

    fn updated(&mut self, key: &str, update: Update) -> &Decision<Change> {
        self.hear(&Fact::Updated { document: DocumentId(1), tasks: vec![(key.to_owned(), update)] })
    }

    fn last(&self) -> &Decision<Change> {
        self.last.as_ref().unwrap()
    }

    fn owed(&self) -> Vec<&'static str> {
        self.last().effects.iter().map(|order| order.effect.kind()).collect()
    }

    fn answer(&self) -> Answer {
        self.last().answer.clone().unwrap()
    }

    fn responsible(&self, key: &str) -> i64 {
        self.kept.as_ref().unwrap().task(key).unwrap().responsible
    }

    /// A document of one line, made and done.
    fn done() -> (Self, Document) {
        let (mut house, document) = (Self::known(), document(vec![line("l1", "Швейный цех")]));
        house.ask(&document);
        house.survey(vec![busy(41, 0, 0)]);
        house.created(&[("l1", 900)]);
        (house, document)
    }
}

fn failed(trouble: Trouble) -> Answer {
    Answer::DocumentFailed { trouble }
}

#[test]
fn a_document_goes_through_directory_survey_and_creation() {
    let mut house = House::new();
    house.ask(&document(vec![line("l1", "швейный  ЦЕХ")]));
    assert_eq!(house.owed(), ["read_directory"]);
    assert_eq!(house.answer(), Answer::DocumentUnderway { document: DocumentId(1), all_there: false });
    house.hear(&Fact::DirectoryRead { reading: Box::new(reading()) });
    // The people of the department and of those nested in it, of the production alone.
    let [order] = &house.last().effects[..] else { panic!() };
    assert!(matches!(&order.effect, Effect::SurveyStaff { people, .. } if *people == [41, 42, 43]), "{order:?}");
    house.survey(vec![busy(41, 7_200, 2), busy(42, 600, 5), busy(43, 3_600, 1)]);
    let [order] = &house.last().effects[..] else { panic!() };
    let Effect::CreateTasks { tasks, .. } = &order.effect else { panic!() };
    assert_eq!((tasks[0].responsible, tasks[0].fields.project), (42, Some(7)));
    assert_eq!(tasks[0].fields.title, "00-000123: швейный  ЦЕХ");
    let reasons: Vec<_> = house.last().explanation.candidates.iter().map(|c| (c.chosen, c.reason.as_str())).collect();
    assert_eq!(reasons, [(false, "erp.busier"), (true, "erp.least"), (false, "erp.busier")]);
    assert_eq!(house.last().explanation.otherwise.as_deref(), Some("erp.without_chosen:Вера"));
    house.created(&[("l1", 900)]);
    assert_eq!((house.answer(), house.owed()), (Answer::DocumentDone, vec![]));
}

#[test]
fn an_unknown_doubled_or_empty_sub_department_creates_nothing() {
    for (name, trouble) in [
        ("Литейный цех", Trouble::NoDepartment { name: "Литейный цех".to_owned() }),
        ("Пустой цех", Trouble::NoStaff { name: "Пустой цех".to_owned() }),
    ] {
        let mut house = House::known();
        house.ask(&document(vec![line("l1", "Швейный цех"), line("l2", name)]));
        assert_eq!((house.answer(), house.owed()), (failed(trouble), vec![]));
        assert_eq!(house.kept.as_ref().unwrap().state, State::Error);
    }
    let mut house = House::known();
    let departments = &mut house.directory.departments.as_mut().unwrap().value;
    departments.push(Department { id: 8, name: "УПАКОВКА ".to_owned(), parent: Some(3) });
    house.ask(&document(vec![line("l1", "Упаковка")]));
    let trouble = Trouble::SeveralDepartments { name: "Упаковка".to_owned(), ids: vec![5, 8] };
    assert_eq!(house.answer(), failed(trouble));
}

#[test]
fn the_department_at_the_top_is_found_by_name_or_named_by_id() {
    let mut house = House::known();
    let departments = &mut house.directory.departments.as_mut().unwrap().value;
    departments.push(Department { id: 9, name: "Производство".to_owned(), parent: Some(1) });
    let wanted = document(vec![line("l1", "Швейный цех")]);
    house.ask(&wanted);
    assert_eq!(house.answer(), failed(Trouble::SeveralRoots { name: "Производство".to_owned(), ids: vec![2, 9] }));
    house.policy.root.id = Some(2);
    house.ask(&wanted);
    assert_eq!(house.owed(), ["survey_staff"]);
}

#[test]
fn without_the_project_there_is_no_task_unless_the_house_says_so() {
    let mut house = House::known();
    house.directory.projects.as_mut().unwrap().value.clear();
    let wanted = document(vec![line("l1", "Швейный цех")]);
    house.ask(&wanted);
    assert_eq!(house.answer(), failed(Trouble::NoProject { name: "Задачи из 1с".to_owned() }));
    house.policy.project_required = false;
    house.ask(&wanted);
    house.survey(vec![busy(41, 0, 0)]);
    assert!(
        matches!(&house.last().effects[0].effect, Effect::CreateTasks { tasks, .. } if tasks[0].fields.project.is_none())
    );
}

#[test]
fn two_lines_do_not_land_on_one_person() {
    let mut house = House::known();
    house.ask(&document(vec![line("l1", "Швейный цех"), line("l2", "Швейный цех"), line("l3", "Швейный цех")]));
    house.survey(vec![busy(41, 0, 0), busy(42, 0, 0), busy(43, 10_000, 1)]);
    assert_eq!(["l1", "l2", "l3"].map(|key| house.responsible(key)), [41, 42, 41]);
}

#[test]
fn what_was_given_and_is_not_shown_yet_counts_once() {
    let mut house = House::known();
    house.given.push((41, Some(7), Some(3_600), at(-60)));
    house.ask(&document(vec![line("l1", "Швейный цех")]));
    // Of two with nothing to do by the survey, the other one is taken: ours is on its way.
    house.survey(vec![busy(41, 0, 0), busy(42, 0, 0)]);
    assert_eq!(house.responsible("l1"), 42);
    // Once the portal lists it, it is counted as the portal has it.
    let mut house = House::known();
    house.given.push((41, Some(4100), Some(36_000), at(-60)));
    house.ask(&document(vec![line("l1", "Швейный цех")]));
    house.survey(vec![busy(41, 100, 1), busy(42, 200, 0)]);
    assert_eq!(house.responsible("l1"), 41);
}

#[test]
fn equal_loads_go_by_tasks_then_by_turn_then_by_number() {
    let choose = |people: Vec<Surveyed>, given: &[(i64, i64)]| {
        let mut house = House::known();
        house.given = given.iter().map(|(id, seconds)| (*id, Some(id * 100), None, at(*seconds))).collect();
        house.ask(&document(vec![line("l1", "Швейный цех")]));
        house.survey(people);
        house.responsible("l1")
    };
    assert_eq!(choose(vec![busy(41, 60, 2), busy(42, 60, 1)], &[]), 42);
    assert_eq!(choose(vec![busy(41, 60, 1), busy(42, 60, 1)], &[(41, -10), (42, -20)]), 42);
    assert_eq!(choose(vec![busy(41, 60, 1), busy(42, 60, 1)], &[(41, -10)]), 42);
    assert_eq!(choose(vec![busy(42, 60, 1), busy(41, 60, 1)], &[]), 41);
}

#[test]
fn the_two_metrics_may_choose_differently() {
    let few_long_against_many_short = || vec![busy(41, 10_000, 1), busy(42, 3_000, 4)];
    for (metric, want) in [(Metric::RemainingTime, 42), (Metric::OpenCount, 41)] {
        let mut house = House::known();
        house.policy.metric = metric;
        house.ask(&document(vec![line("l1", "Швейный цех")]));
        house.survey(few_long_against_many_short());
        assert_eq!(house.responsible("l1"), want, "{metric:?}");
    }
}

#[test]
fn a_task_without_an_estimate_is_not_nothing_to_do() {
    let mut house = House::known();
    house.ask(&document(vec![line("l1", "Швейный цех")]));
    let unestimated = Load::Known { remaining_s: Some(0), unestimated: 2, open: 2, tasks: vec![] };
    house.survey(vec![Surveyed { load: unestimated, ..busy(41, 0, 0) }, busy(42, 7_000, 3)]);
    assert_eq!(house.responsible("l1"), 42);
}

#[test]
fn the_absent_the_dismissed_and_the_unreadable_are_left_out_and_it_is_said_why() {
    let unknown = || Load::Unknown { reason: "insufficient_scope".to_owned() };
    let mut house = House::known();
    house.ask(&document(vec![line("l1", "Швейный цех")]));
    house.survey(vec![
        Surveyed { absent: true, ..busy(41, 0, 0) },
        busy(42, 9_000, 2),
        Surveyed { load: unknown(), ..busy(43, 0, 0) },
    ]);
    let reasons: Vec<_> = house.last().explanation.candidates.iter().map(|c| c.reason.clone()).collect();
    assert_eq!(
        (house.responsible("l1"), reasons),
        (42, ["erp.absent", "erp.least", "erp.unknown"].map(str::to_owned).to_vec())
    );

    // Everybody is away: the work must not be lost.
    let mut house = House::known();
    house.ask(&document(vec![line("l1", "Швейный цех")]));
    house.survey(vec![
        Surveyed { absent: true, ..busy(41, 5, 1) },
        Surveyed { absent: true, ..busy(42, 0, 0) },
        Surveyed { active: false, ..busy(43, 0, 0) },
    ]);
    assert_eq!(house.responsible("l1"), 42);
    assert!(house.last().explanation.candidates.iter().any(|c| c.chosen && c.reason == "erp.least_of_absent"));

    // Nobody's load is known: nothing is created.
    let mut house = House::known();
    house.ask(&document(vec![line("l1", "Швейный цех")]));
    house.survey([41, 42, 43].map(|id| Surveyed { load: unknown(), ..busy(id, 0, 0) }).to_vec());
    let trouble =
        Trouble::LoadsUnknown { name: "Швейный цех".to_owned(), reason: "insufficient_scope".to_owned() };
    assert_eq!((house.answer(), house.owed()), (failed(trouble), vec![]));
    assert!(house.kept.as_ref().unwrap().tasks.is_empty());
}

#[test]
fn a_document_that_comes_again_is_brought_up_to_date_by_the_same_person() {
    let (mut house, document) = House::done();
    house.ask(&Document { title: Some("Заказ 123".to_owned()), ..document });
    let [order] = &house.last().effects[..] else { panic!("{:?}", house.owed()) };
    let Effect::UpdateTasks { tasks, .. } = &order.effect else { panic!() };
    assert_eq!((tasks[0].task, tasks[0].fields.as_ref().unwrap().title.as_str()), (900, "Заказ 123"));
    house.updated("l1", Update::Done);
    assert_eq!((house.answer(), house.responsible("l1")), (Answer::DocumentDone, 41));
    assert_eq!(house.given.len(), 1);
}

#[test]
fn a_completed_task_is_left_alone_unless_it_is_to_be_given_anew() {
    let (mut house, document) = House::done();
    house.ask(&document);
    house.updated("l1", Update::Completed);
    assert_eq!((house.answer(), house.owed()), (Answer::DocumentDone, vec![]));

    let (mut house, document) = House::done();
    house.policy.reopen_completed = true;
    house.ask(&document);
    house.updated("l1", Update::Completed);
    assert_eq!(house.owed(), ["survey_staff"]);
    // One that is gone is made anew in any case: its work would be lost.
    let (mut house, document) = House::done();
    house.ask(&document);
    house.updated("l1", Update::Gone);
    assert_eq!(house.owed(), ["survey_staff"]);
}

#[test]
fn the_same_again_while_it_is_worked_on_joins_and_a_changed_one_follows() {
    let mut house = House::known();
    let first = document(vec![line("l1", "Швейный цех")]);
    house.ask(&first);
    house.ask(&first);
    assert_eq!(house.owed(), Vec::<&str>::new());
    assert!(house.answer().document_underway().is_some());
    let changed = Document { title: Some("Иначе".to_owned()), ..first };
    house.ask(&changed);
    house.survey(vec![busy(41, 0, 0)]);
    house.created(&[("l1", 900)]);
    // The first run is over; the changed words are brought to the task before anybody hears of an end.
    assert_eq!(house.owed(), ["update_tasks"]);
    assert_eq!(house.answer(), Answer::DocumentUnderway { document: DocumentId(1), all_there: true });
    house.updated("l1", Update::Done);
    assert_eq!(house.answer(), Answer::DocumentDone);
}

#[test]
fn a_corrected_document_is_taken_up_although_the_first_one_fails() {
    let mut house = House::new();
    house.ask(&document(vec![line("l1", "Литейный цех")]));
    house.ask(&document(vec![line("l1", "Швейный цех")]));
    house.hear(&Fact::DirectoryRead { reading: Box::new(reading()) });
    assert_eq!(house.owed(), ["survey_staff"]);
}

#[test]
fn a_fact_that_comes_late_orders_nothing_a_second_time() {
    let mut house = House::known();
    house.ask(&document(vec![line("l1", "Швейный цех")]));
    house.survey(vec![busy(41, 0, 0)]);
    assert_eq!(house.owed(), ["create_tasks"]);
    for fact in [
        Fact::Due { document: DocumentId(1) },
        Fact::AskedAgain { document: DocumentId(1), by: "anna".to_owned() },
        Fact::SurveyFailed { document: DocumentId(1), failure: Failure::TooLate, detail: String::new() },
    ] {
        house.hear(&fact);
        assert_eq!((house.owed(), house.kept.as_ref().unwrap().stage), (vec![], Some(Stage::Creation)), "{fact:?}");
    }
    house.survey(vec![busy(42, 0, 0)]);
    assert_eq!((house.owed(), house.responsible("l1")), (vec![], 41));
}

#[test]
fn a_line_the_portal_refuses_leaves_the_others_and_is_made_good_by_a_resend() {
    let mut house = House::known();
    let wanted = document(vec![line("l1", "Швейный цех"), line("l2", "Упаковка")]);
    house.ask(&wanted);
    house.survey(vec![busy(41, 0, 0), busy(51, 0, 0)]);
    let tasks = vec![
        ("l1".to_owned(), Creation::Created { task: 900 }),
        ("l2".to_owned(), Creation::Refused { detail: "ERROR_CORE".to_owned() }),
    ];
    house.hear(&Fact::Created { document: DocumentId(1), tasks });
    let trouble =
        Trouble::LineRefused { line: 2, name: "Упаковка".to_owned(), detail: "ERROR_CORE".to_owned() };
    assert_eq!(house.answer(), failed(trouble));
    assert_eq!(house.kept.as_ref().unwrap().state, State::Partial);
    assert!(matches!(house.last().notices[..], [NoticeChange::Raise(_)]));
    house.ask(&wanted);
    house.survey(vec![busy(51, 0, 0)]);
    assert!(matches!(&house.last().effects[0].effect, Effect::CreateTasks { tasks, .. } if tasks.len() == 1));
    house.created(&[("l2", 901)]);
    // The first line is as it was sent again; so its task is brought up to date.
    house.updated("l1", Update::Done);
    assert_eq!(house.answer(), Answer::DocumentDone);
    assert!(matches!(house.last().notices[..], [NoticeChange::Clear { .. }]));
}

#[test]
fn a_task_that_was_looked_for_in_vain_is_created_for_the_same_person() {
    let mut house = House::known();
    house.ask(&document(vec![line("l1", "Швейный цех"), line("l2", "Упаковка")]));
    house.survey(vec![busy(41, 0, 0), busy(51, 0, 0)]);
    let tasks = vec![("l1".to_owned(), Creation::Created { task: 900 }), ("l2".to_owned(), Creation::Missing)];
    house.hear(&Fact::Created { document: DocumentId(1), tasks });
    let Effect::CreateTasks { tasks, .. } = &house.last().effects[0].effect else { panic!() };
    assert_eq!((tasks.len(), tasks[0].key.as_str(), tasks[0].responsible), (1, "l2", 51));
}

#[test]
fn files_are_uploaded_once_and_added_to_every_task() {
    let mut house = House::known();
    let files = vec![file("a"), file("b"), file("a")];
    let wanted =
        Document { files, ..document(vec![line("l1", "Швейный цех"), line("l2", "Упаковка")]) };
    house.ask(&wanted);
    house.survey(vec![busy(41, 0, 0), busy(51, 0, 0)]);
    house.created(&[("l1", 900), ("l2", 901)]);
    assert_eq!(house.owed(), ["upload_file", "upload_file"]);
    let uploaded = |sha256: &str, file| Fact::Uploaded { document: DocumentId(1), sha256: sha256.repeat(4), file };
    house.hear(&uploaded("a", 71));
    assert_eq!(house.owed(), Vec::<&str>::new());
    house.hear(&uploaded("b", 72));
    let Effect::UpdateTasks { tasks, .. } = &house.last().effects[0].effect else { panic!() };
    assert!(tasks.iter().all(|t| t.files == [71, 72] && t.fields.is_none()), "{tasks:?}");
    let done = ["l1", "l2"].map(|key| (key.to_owned(), Update::Done)).to_vec();
    house.hear(&Fact::Updated { document: DocumentId(1), tasks: done });
    assert_eq!(house.answer(), Answer::DocumentDone);
    // Sent again, nothing is uploaded or added a second time.
    house.ask(&wanted);
    let Effect::UpdateTasks { tasks, .. } = &house.last().effects[0].effect else { panic!() };
    assert!(tasks.iter().all(|t| t.files.is_empty() && t.fields.is_some()));
}

#[test]
fn what_fails_after_the_tasks_are_there_is_told_and_tried_again_by_itself() {
    let (mut house, document) = House::done();
    house.ask(&document);
    house.updated("l1", Update::Failed { detail: "ERROR_CORE".to_owned() });
    assert_eq!(house.answer(), Answer::DocumentUpdateFailed);
    let [TimerChange::Set { key, due }] = &house.last().timers[..] else { panic!() };
    assert_eq!(*due, at(house.now) + SignedDuration::from_mins(5));
    let fact = fact_of_timer(key).unwrap();
    house.hear(&fact);
    assert_eq!(house.owed(), ["update_tasks"]);
    house.updated("l1", Update::Failed { detail: "ERROR_CORE".to_owned() });
    assert!(
        matches!(&house.last().timers[..], [TimerChange::Set { due, .. }] if *due == at(house.now) + SignedDuration::from_mins(10))
    );
    house.hear(&fact);
    house.updated("l1", Update::Done);
    assert_eq!((house.answer(), house.last().timers.len()), (Answer::DocumentDone, 0));
    // A file that could not be uploaded is the same kind of failure.
    let mut house = House::known();
    let wanted = Document { files: vec![file("a")], ..self::document(vec![line("l1", "Швейный цех")]) };
    house.ask(&wanted);
    house.survey(vec![busy(41, 0, 0)]);
    house.created(&[("l1", 900)]);
    let (sha256, detail) = ("a".repeat(4), "ERROR_COULD_NOT_SAVE_FILE".to_owned());
    house.hear(&Fact::UploadFailed { document: DocumentId(1), sha256, failure: Failure::Refused, detail });
    assert_eq!(house.answer(), Answer::DocumentUpdateFailed);
    house.hear(&fact);
    assert_eq!(house.owed(), ["upload_file"]);
}

#[test]
fn a_directory_of_yesterday_is_used_while_the_portal_does_not_tell_a_newer_one() {
    let mut house = House::known();
    house.now = 7_200;
    house.ask(&document(vec![line("l1", "Швейный цех")]));
    let [order] = &house.last().effects[..] else { panic!() };
    assert!(order.not_after.is_some());
    let failed_reading = Fact::DirectoryFailed { failure: Failure::TooLate, detail: "no answer".to_owned() };
    house.hear(&failed_reading);
    assert_eq!((house.owed(), house.last().explanation.rule.as_str()), (vec!["survey_staff"], "directory.stale"));
    // Two days old, it is no good any more.
    let mut house = House::known();
    house.now = 2 * 86_400;
    house.ask(&document(vec![line("l1", "Швейный цех")]));
    assert_eq!(house.last().effects[0].not_after, None);
    house.hear(&failed_reading);
    assert_eq!(house.answer(), Answer::Done);
    assert_eq!(house.kept.as_ref().unwrap().state, State::Error);
}

#[test]
fn a_reading_under_way_is_not_begun_twice_and_one_that_failed_is_not_begun_at_once() {
    let mut house = House::new();
    house.ask(&document(vec![line("l1", "Швейный цех")]));
    assert_eq!(house.owed(), ["read_directory"]);
    let first = house.kept.take();
    house.ask(&Document { guid: "other".to_owned(), ..document(vec![line("l1", "Швейный цех")]) });
    assert_eq!(house.owed(), Vec::<&str>::new());
    house.kept = first;
    house.hear(&Fact::DirectoryRead { reading: Box::new(reading()) });
    assert_eq!(house.owed(), ["survey_staff"]);
    // Past their time, people are read again; when that has just failed, what is known does.
    let mut house = House::known();
    house.now = 1_000;
    house.directory.failed = Some(at(990));
    house.ask(&document(vec![line("l1", "Швейный цех")]));
    assert_eq!(house.owed(), ["survey_staff"]);
}

#[test]
fn planned_work_has_an_end_in_working_time_and_a_given_deadline_goes_before_it() {
    let mut house = House::known();
    let planned = Line { planned_minutes: Some(8 * 60), ..line("l1", "Швейный цех") };
    let given = Line {
        planned_minutes: Some(60),
        deadline: Some(Moment::Day("2026-11-27".parse().unwrap())),
        items: vec![Item { name: "Рукав".to_owned(), quantity: "2".to_owned(), unit: "шт".to_owned() }],
        ..line("l2", "Швейный цех")
    };
    house.ask(&document(vec![planned, given]));
    house.survey(vec![busy(41, 0, 0), busy(42, 0, 0)]);
    let Effect::CreateTasks { tasks, .. } = &house.last().effects[0].effect else { panic!() };
    // Friday 13:00 and five hours, three on Monday.
    let (start, end) = tasks[0].planned.unwrap();
    assert_eq!(
        (start, end),
        (at(house.now), "2026-11-23T09:00:00Z".parse::<Instant>().unwrap() + SignedDuration::from_secs(house.now))
    );
    assert_eq!((tasks[0].fields.deadline, tasks[0].estimate_s), (Some(end), Some(28_800)));
    assert_eq!(tasks[1].fields.deadline, Some("2026-11-27T15:00:00Z".parse().unwrap()));
    assert_eq!(tasks[1].fields.text.items.len(), 1);
}

#[test]
fn what_the_portal_refuses_altogether_is_told_and_a_person_may_try_again() {
    let mut house = House::known();
    house.ask(&document(vec![line("l1", "Швейный цех")]));
    let refused = |failure| Fact::SurveyFailed { document: DocumentId(1), failure, detail: "ACCESS_DENIED".to_owned() };
    house.hear(&refused(Failure::Rights));
    assert_eq!(house.answer(), failed(Trouble::PortalFailed { detail: "ACCESS_DENIED".to_owned() }));
    house.hear(&Fact::AskedAgain { document: DocumentId(1), by: "anna".to_owned() });
    assert_eq!(house.owed(), ["survey_staff"]);
    house.policy.portal = false;
    let mut house = House { policy: house.policy.clone(), ..House::known() };
    house.ask(&document(vec![line("l1", "Швейный цех")]));
    assert_eq!(house.answer(), failed(Trouble::NotConnected));
}

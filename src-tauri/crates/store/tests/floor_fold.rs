//! The floor of any second, as the store reads it, against a plain fold of what happened: random days of states, reasons, moves between
//! teams, news that come late and silences, told to the store through the rule in the way the platform tells them.
//!
//! Deliberately not here: calls of that second, and who was in which team (tables beside the code).

#![allow(clippy::unwrap_used, missing_docs, reason = "a test's own helpers stop the test")]

use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::*;
use pult_domain::{
    Instant,
    areas::floor::{Fact, OperatorReport, OperatorState, Policy, Reason, ReasonKind, TeamReport, decide},
};
use pult_store::{
    Connection,
    calls::Sight,
    floor::{apply, extend_watches, load_known, moment},
    migrations::in_memory,
};

const TEAMS: [&str; 2] = ["61", "62"];
const OPERATORS: usize = 3;
/// How many seconds before the day began, and how many later than all that happened, a look may be.
const AROUND: i64 = 20;

fn at(second: i64) -> Instant {
    Instant::from_second(1_800_000_000 + second).unwrap()
}

#[derive(Debug, Clone)]
enum Event {
    /// Somebody's state changes; `dated`: whether the platform says when.
    Turn { who: usize, state: OperatorState, code: Option<i64>, dated: bool },
    /// What somebody is doing is told once more.
    Echo { who: usize },
    /// News of something that has been overtaken since.
    Late { who: usize },
    /// Somebody goes over to the other team.
    Move { who: usize },
    /// The platform is not heard any more.
    Silence,
    /// It is heard again, and every team is read; `last_first`: in which order.
    Word { last_first: bool },
}

/// What can be known of an operator: in this state from one second until before another.
#[derive(Debug, Clone)]
struct Seen {
    from: i64,
    until: Option<i64>,
    state: OperatorState,
    code: Option<i64>,
}

/// An operator as they are, whoever listens.
#[derive(Debug, Clone)]
struct Person {
    state: OperatorState,
    code: Option<i64>,
    since: Option<i64>,
    team: usize,
    /// Something changed that nobody heard of.
    unheard: bool,
    seen: Vec<Seen>,
}

impl Person {
    fn close(&mut self, at: i64) {
        if let Some(last) = self.seen.last_mut().filter(|seen| seen.until.is_none()) {
            last.until = Some(at);
        }
    }

    fn open(&mut self, from: i64) {
        self.seen.push(Seen { from, until: None, state: self.state.clone(), code: self.code });
    }
}

/// The fold, and the store beside it.
struct Day {
    people: Vec<Person>,
    db: Connection,
    policy: Policy,
    /// When the platform was last heard; nothing while it is.
    lost: Option<i64>,
}

impl Day {
    fn begin() -> Self {
        let person = |who: usize| {
            let mut person = Person {
                state: OperatorState::Ready,
                code: None,
                since: Some(-5),
                team: who % TEAMS.len(),
                unheard: false,
                seen: vec![],
            };
            person.open(-5);
            person
        };
        let policy = Policy {
            limits: BTreeMap::new(),
            notify_amber: false,
            command_life: SignedDuration::from_secs(15),
            weigh_after: SignedDuration::from_secs(60),
            silence: SignedDuration::from_secs(60),
            acts: false,
            queues: vec![],
        };
        let mut day =
            Self { people: (0..OPERATORS).map(person).collect(), db: in_memory().unwrap(), policy, lost: None };
        day.read(0, false);
        day
    }

    /// Tells the store one fact, as the engine does.
    fn tell(&mut self, second: i64, fact: &Fact) {
        let known = load_known(&self.db, fact).unwrap();
        for change in decide(fact, at(second), &known, &self.policy).changes {
            apply(&self.db, &change, at(second)).unwrap();
        }
    }

    fn report(&self, who: usize) -> OperatorReport {
        let person = &self.people[who];
        let reason =
            person.code.map(|code| Reason { code: Some(code), id: None, label: None, kind: ReasonKind::Chosen });
        OperatorReport {
            login_id: format!("7100{who}"),
            login_name: None,
            first_name: None,
            last_name: None,
            extension: None,
            state: person.state.clone(),
            since: person.since.map(at),
            pending: None,
            reason,
        }
    }

    fn news(&mut self, second: i64, who: usize, report: OperatorReport) {
        let team = Some(TEAMS[self.people[who].team].to_owned());
        self.tell(second, &Fact::OperatorSeen { report: Box::new(report), team });
    }

    /// Reads every team; each is heard from then on.
    fn read(&mut self, second: i64, last_first: bool) {
        for turn in 0..TEAMS.len() {
            let team = if last_first { TEAMS.len() - 1 - turn } else { turn };
            let of_it = (0..OPERATORS).filter(|who| self.people[*who].team == team);
            let members = of_it.map(|who| self.report(who)).collect();
            let id = TEAMS[team].to_owned();
            self.tell(second, &Fact::TeamSeen(TeamReport { id: id.clone(), name: None, members }));
            self.tell(second, &Fact::WatchBegan { teams: vec![id] });
        }
    }

    fn live(&mut self, second: i64, event: Event) {
        match event {
            Event::Turn { who, state, code, dated } => {
                let heard = self.lost.is_none();
                let code = code.filter(|_| state == OperatorState::NotReady);
                let person = &mut self.people[who];
                // Without a time the same told again is no change.
                let dated = dated || !heard || (&person.state, person.code) == (&state, code);
                (person.state, person.code, person.since) = (state, code, dated.then_some(second));
                if heard {
                    person.close(second);
                    person.open(second);
                    let report = self.report(who);
                    self.news(second, who, report);
                } else {
                    person.unheard = true;
                }
            }
            Event::Echo { who } if self.lost.is_none() => {
                let report = self.report(who);
                self.news(second, who, report);
            }
            // A time is what shows that news are late.
            Event::Late { who } if self.lost.is_none() && self.people[who].since.is_some() => {
                let since = self.people[who].since.map(|since| at(since - 1));
                let report = OperatorReport { state: OperatorState::Hold, since, ..self.report(who) };
                self.news(second, who, report);
            }
            Event::Move { who } => {
                let old = self.people[who].team;
                self.people[who].team = 1 - old;
                if self.lost.is_none() {
                    let (login_id, team) = (format!("7100{who}"), Some(TEAMS[old].to_owned()));
                    self.tell(second, &Fact::OperatorGone { login_id, team });
                    let report = self.report(who);
                    self.news(second, who, report);
                }
            }
            Event::Silence if self.lost.is_none() => {
                self.lost = Some(second);
                self.tell(second, &Fact::WatchLost { teams: vec![], why: "dns".to_owned() });
            }
            Event::Word { last_first } => {
                let Some(lost) = self.lost.take() else { return };
                for person in &mut self.people {
                    if std::mem::take(&mut person.unheard) {
                        person.close(lost);
                        person.open(person.since.unwrap_or(second));
                    }
                }
                self.read(second, last_first);
            }
            Event::Echo { .. } | Event::Late { .. } | Event::Silence => {}
        }
    }

    /// What is known of somebody at a second, when it is `now`.
    fn known(&self, who: usize, second: i64, now: i64) -> Option<(OperatorState, Option<i64>)> {
        let last = self.lost.unwrap_or(now);
        let holds = |seen: &&Seen| seen.from <= second && seen.until.map_or(second <= last, |until| second < until);
        self.people[who].seen.iter().find(holds).map(|seen| (seen.state.clone(), seen.code))
    }
}

fn event() -> impl Strategy<Value = Event> {
    let who = 0..OPERATORS;
    let states = prop::sample::select(vec![
        OperatorState::SignedOut,
        OperatorState::NotReady,
        OperatorState::NotReady,
        OperatorState::Ready,
        OperatorState::Talking,
        OperatorState::WrapUp,
        OperatorState::Other("LUNCH_ROBOT".to_owned()),
    ]);
    let code = prop::option::of(prop::sample::select(vec![21, 22]));
    prop_oneof![
        8 => (who.clone(), states, code, prop::bool::weighted(0.9))
            .prop_map(|(who, state, code, dated)| Event::Turn { who, state, code, dated }),
        1 => who.clone().prop_map(|who| Event::Echo { who }),
        1 => who.clone().prop_map(|who| Event::Late { who }),
        2 => who.prop_map(|who| Event::Move { who }),
        2 => Just(Event::Silence),
        3 => any::<bool>().prop_map(|last_first| Event::Word { last_first }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_floor_of_any_second_is_the_fold_of_what_was_told(
        events in prop::collection::vec((1_i64..20, event()), 0..40),
        looks in prop::collection::vec(0_i64..1_000, 1..20),
    ) {
        let mut day = Day::begin();
        let mut second = 0;
        for (step, event) in events {
            second += step;
            // A watch is said to go on at short intervals, whatever else happens.
            extend_watches(&day.db, at(second)).unwrap();
            day.live(second, event);
        }
        let end = second + AROUND;
        extend_watches(&day.db, at(end)).unwrap();
        let edges = day.people.iter().flat_map(|person| &person.seen).flat_map(|seen| [Some(seen.from), seen.until]);
        let edges: Vec<i64> = edges.flatten().collect();
        let anywhere = looks.iter().map(|part| (end + 2 * AROUND) * part / 1_000 - AROUND);
        for look in anywhere.chain(edges) {
            let moments = moment(&day.db, &Sight::default(), at(look), at(end)).unwrap();
            for who in 0..OPERATORS {
                let login = format!("7100{who}");
                let shown = moments.iter().find(|moment| moment.login_id == login).unwrap();
                let shown = shown.state.clone().map(|state| (state, shown.reason.as_ref().and_then(|r| r.code)));
                prop_assert_eq!(shown, day.known(who, look, end), "{} at {}, {:?}", login, look, day.people[who]);
            }
        }
    }
}

#[test]
fn whoever_went_over_while_nobody_listened_is_known_throughout() {
    for last_first in [false, true] {
        let mut day = Day::begin();
        for (second, event) in [(10, Event::Silence), (20, Event::Move { who: 0 }), (30, Event::Word { last_first })] {
            day.live(second, event);
        }
        extend_watches(&day.db, at(60)).unwrap();
        let state = |second: i64| {
            let moments = moment(&day.db, &Sight::default(), at(second), at(60)).unwrap();
            moments.iter().find(|moment| moment.login_id == "71000").unwrap().state.clone()
        };
        for second in [0, 15, 25, 30, 45] {
            assert_eq!(state(second), Some(OperatorState::Ready), "at {second}, {last_first}");
        }
    }
}

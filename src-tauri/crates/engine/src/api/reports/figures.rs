//! Figures of a period: calls, time in states, ratings, availability. Counted by the store or here, never over pages in the console.
//!
//! Deliberately not here: tickets (`reports`), how even the carousel was (`carousel.lab`), files (`files`).

use std::collections::BTreeMap;

use jiff::{civil::Date, tz::TimeZone};
use pult_domain::{
    Instant, OperatorId, TargetId,
    areas::{
        calls::Centre,
        floor::Group,
        ratings::{Origin, Rate},
    },
};
use pult_store::{
    Connection, StoreError,
    calls::{self, DayRange, Filter, HourBar, OperatorTotal, Zones},
    floor::{self, Board, OperatorTimes},
    network::{self, Availability, Span},
    ratings,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Engine,
    api::{
        floor::scope::Scope,
        ratings::{self as desk, Figures},
    },
    auth::Actor,
    error::ApiError,
};

/// Days of a report at most.
const MOST_DAYS: i32 = 366;
/// Days at most where every minute or every stretch of a state is counted.
const MOST_FINE_DAYS: i32 = 92;

/// Days, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReportDays {
    /// The first, `YYYY-MM-DD`.
    #[ts(type = "string")]
    pub from: Date,
    /// The last; at most 366 days in all, 92 for time in states and availability.
    #[ts(type = "string")]
    pub to: Date,
}

/// A report on calls.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CallReportRequest {
    /// Of which days, each in the zone of the call's centre.
    pub days: ReportDays,
    /// Of one centre.
    #[serde(default)]
    pub centre: Option<Centre>,
}

/// Calls of a day with one result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct CallsOfDay {
    /// Which day, `YYYY-MM-DD`.
    #[ts(type = "string")]
    pub day: Date,
    /// Whose.
    pub centre: Centre,
    /// The result's code; absent for none and for any the code table does not know.
    #[ts(type = "number | null")]
    pub result: Option<i64>,
    /// Calls.
    #[ts(type = "number")]
    pub calls: i64,
}

/// Calls of one hour of the day over a whole period, with one result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct CallsOfHour {
    /// Which hour, 0 to 23, as clocks show it at the centre.
    pub hour: i8,
    /// Whose.
    pub centre: Centre,
    /// As in [`CallsOfDay`].
    #[ts(type = "number | null")]
    pub result: Option<i64>,
    /// Calls.
    #[ts(type = "number")]
    pub calls: i64,
}

/// Calls of a period.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CallReport {
    /// All of them.
    #[ts(type = "number")]
    pub calls: i64,
    /// By operator, the most first.
    pub operators: Vec<OperatorTotal>,
    /// By day; days without calls are left out.
    pub days: Vec<CallsOfDay>,
    /// By hour of the day.
    pub hours: Vec<CallsOfHour>,
}

/// How long an operator was in each group within a period, milliseconds; what nobody saw is in none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OperatorStates {
    /// Who.
    pub id: OperatorId,
    /// The name.
    pub name: String,
    /// The names of the teams.
    pub teams: Vec<String>,
    /// How long.
    pub times: StateTimes,
}

/// The same for all of a team together. Whoever is in two teams counts in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TeamStates {
    /// Our id of the team.
    #[ts(type = "number")]
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Of how many people.
    pub people: u32,
    /// How long.
    pub times: StateTimes,
}

/// Time in states, milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct StateTimes {
    /// By group.
    pub by_group: BTreeMap<Group, i64>,
    /// "Not ready" by verdict, a person's own going first.
    #[ts(type = "Record<string, number>")]
    pub not_ready_by_verdict: BTreeMap<String, i64>,
    /// How often somebody was in a call.
    pub talks: u32,
}

/// Time in states.
#[derive(Debug, Clone, Serialize, TS)]
pub struct StateReport {
    /// Those who were seen at all, by name.
    pub operators: Vec<OperatorStates>,
    /// Their teams, by name.
    pub teams: Vec<TeamStates>,
    /// The zone days are counted in.
    pub zone: String,
}

/// Ratings of the closings of a day: good, normal, bad. Answers and silences are never added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct RatingsOfDay {
    /// Which day, `YYYY-MM-DD`.
    #[ts(type = "string")]
    pub day: Date,
    /// Answers of authors.
    pub by_user: [u32; 3],
    /// Silences.
    pub by_auto: [u32; 3],
    /// Ratings by supervisors.
    pub by_supervisor: [u32; 3],
}

/// How the closings of a period came out.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RatingReport {
    /// All of it.
    pub figures: Figures,
    /// Day by day; days without a rating are left out.
    pub days: Vec<RatingsOfDay>,
    /// The zone days are counted in.
    pub zone: String,
}

/// How much of a period a target answered.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TargetAvailability {
    /// Which.
    pub id: TargetId,
    /// What it is called.
    pub title: String,
    /// Its address.
    pub host: String,
    /// Whether it is watched now.
    pub enabled: bool,
    /// Of the time it was watched.
    pub availability: Availability,
}

/// How much of a period each target answered.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AvailabilityReport {
    /// How long the period has lasted so far, ms: what of it is not watched of a target was seen by nobody.
    #[ts(type = "number")]
    pub length_ms: i64,
    /// Every target there is now, by title.
    pub targets: Vec<TargetAvailability>,
    /// The zone days are counted in.
    pub zone: String,
}

/// A report of a period and nothing else.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReportOfDays {
    /// Of which days.
    pub days: ReportDays,
}

impl ReportDays {
    /// From the start of the first day to the end of the last, in a zone.
    pub(super) fn between(self, zone: &TimeZone, most: i32) -> Result<(Instant, Instant), ApiError> {
        let days = self.from.until(self.to).map_or(-1, |span| span.get_days());
        if !(0..most).contains(&days) {
            return Err(ApiError::field("days.to", format!("a day from the first one on, at most {most} days in all")));
        }
        let start = |day: Date| day.to_zoned(zone.clone()).map(|start| start.timestamp());
        let bad = |_| ApiError::field("days.from", "a day of the calendar");
        Ok((start(self.from).map_err(bad)?, start(self.to.tomorrow().map_err(bad)?).map_err(bad)?))
    }
}

pub(in crate::api) async fn calls(
    engine: &Engine,
    actor: &Actor,
    request: CallReportRequest,
) -> Result<CallReport, ApiError> {
    let CallReportRequest { days, centre } = request;
    let (terms, who) = (engine.registry().terms(), actor.clone());
    days.between(&terms.zones.moscow, MOST_DAYS)?;
    let read = move |c: &Connection| {
        let (range, sight) = (DayRange { from: days.from, to: days.to }, Scope::of(c, &who)?.calls(c)?);
        let filter = Filter { centre, days: Some(range), sight, ..Filter::default() };
        let hours = calls::hours(c, &filter, &terms.zones)?;
        let mut operators = calls::operator_totals(c, &filter, &terms.zones)?;
        operators.sort_by_key(|one| std::cmp::Reverse(one.calls));
        let (by_day, by_hour) = fold(&hours, days, &terms.zones);
        Ok(CallReport { calls: operators.iter().map(|one| one.calls).sum(), operators, days: by_day, hours: by_hour })
    };
    Ok(engine.store().read(read).await?)
}

/// Hours as days and as hours of the day, each as its centre counts them.
fn fold(hours: &[HourBar], days: ReportDays, zones: &Zones) -> (Vec<CallsOfDay>, Vec<CallsOfHour>) {
    let (mut by_day, mut by_hour) = (BTreeMap::new(), BTreeMap::new());
    for bar in hours {
        let at = Instant::from_millisecond(bar.hour).unwrap_or(Instant::UNIX_EPOCH);
        let clock = at.to_zoned(zones.of(bar.centre).clone());
        // Where the centres' days begin apart, an hour of the one may lie outside the days of the other.
        if !(days.from..=days.to).contains(&clock.date()) {
            continue;
        }
        let of = (bar.centre as u8, bar.result);
        by_day.entry((clock.date(), of)).or_insert((bar.centre, 0)).1 += bar.calls;
        by_hour.entry((clock.hour(), of)).or_insert((bar.centre, 0)).1 += bar.calls;
    }
    let days =
        by_day.into_iter().map(|((day, (_, result)), (centre, calls))| CallsOfDay { day, centre, result, calls });
    let hours =
        by_hour.into_iter().map(|((hour, (_, result)), (centre, calls))| CallsOfHour { hour, centre, result, calls });
    (days.collect(), hours.collect())
}

pub(in crate::api) async fn states(
    engine: &Engine,
    actor: &Actor,
    request: ReportOfDays,
) -> Result<StateReport, ApiError> {
    let zone = engine.registry().terms().zones.moscow.clone();
    let (from, to) = request.days.between(&zone, MOST_FINE_DAYS)?;
    let (now, who) = (engine.clock().now(), actor.clone());
    let read = move |c: &Connection| {
        let scope = Scope::of(c, &who)?;
        Ok((scope.keep(c, floor::totals(c, from, to, now)?, |times| times.id)?, scope.board(floor::board(c)?)))
    };
    let (times, board) = engine.store().read(read).await?;
    let (operators, teams) = by_team(times, &board);
    Ok(StateReport { operators, teams, zone: name_of(&zone) })
}

fn by_team(all: Vec<OperatorTimes>, board: &Board) -> (Vec<OperatorStates>, Vec<TeamStates>) {
    let mut teams: BTreeMap<i64, (u32, StateTimes)> = BTreeMap::new();
    let mut operators: Vec<OperatorStates> = all
        .into_iter()
        .filter_map(|times| {
            let row = board.operators.iter().find(|row| row.id == times.id)?;
            let names = board.teams.iter().filter(|team| row.teams.contains(&team.id)).map(|team| team.name.clone());
            let own = StateTimes {
                by_group: times.by_group,
                not_ready_by_verdict: times.not_ready_by_verdict,
                talks: times.talks,
            };
            for team in &row.teams {
                let (people, sum) = teams.entry(*team).or_default();
                *people += 1;
                sum.add(&own);
            }
            Some(OperatorStates { id: times.id, name: row.name.clone(), teams: names.collect(), times: own })
        })
        .collect();
    operators.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
    let named = board.teams.iter().filter_map(|team| {
        let (people, times) = teams.remove(&team.id)?;
        Some(TeamStates { id: team.id, name: team.name.clone(), people, times })
    });
    (operators, named.collect())
}

impl StateTimes {
    fn add(&mut self, other: &Self) {
        for (group, length) in &other.by_group {
            *self.by_group.entry(*group).or_default() += length;
        }
        for (verdict, length) in &other.not_ready_by_verdict {
            *self.not_ready_by_verdict.entry(verdict.clone()).or_default() += length;
        }
        self.talks += other.talks;
    }
}

pub(in crate::api) async fn ratings(
    engine: &Engine,
    actor: &Actor,
    request: ReportOfDays,
) -> Result<RatingReport, ApiError> {
    let zone = engine.registry().terms().zones.moscow.clone();
    let (from, until) = request.days.between(&zone, MOST_DAYS)?;
    let (from, until) = (from.as_millisecond(), until.as_millisecond());
    let figures = desk::figures(engine, actor, desk::PeriodRequest { from, until }).await?;
    let course = engine.store().read(move |c| ratings::course(c, from, until)).await?;
    let mut days: BTreeMap<Date, RatingsOfDay> = BTreeMap::new();
    for (at, rate, origin, number) in course {
        let day = at.to_zoned(zone.clone()).date();
        let none = RatingsOfDay { day, by_user: [0; 3], by_auto: [0; 3], by_supervisor: [0; 3] };
        let found = days.entry(day).or_insert(none);
        let of = match origin {
            Origin::User => &mut found.by_user,
            Origin::Auto => &mut found.by_auto,
            Origin::Supervisor => &mut found.by_supervisor,
        };
        let place = match rate {
            Rate::Good => 0,
            Rate::Normal => 1,
            Rate::Bad => 2,
        };
        of[place] += number;
    }
    Ok(RatingReport { figures, days: days.into_values().collect(), zone: name_of(&zone) })
}

pub(in crate::api) async fn availability(
    engine: &Engine,
    _: &Actor,
    request: ReportOfDays,
) -> Result<AvailabilityReport, ApiError> {
    let zone = engine.registry().terms().zones.moscow.clone();
    let (from, until) = request.days.between(&zone, MOST_FINE_DAYS)?;
    let now = engine.clock().now();
    let span = Span { from: from.as_millisecond(), until: until.min(now).max(from).as_millisecond() };
    let read = move |c: &Connection| {
        let of = |row: network::TargetRow| {
            Ok(TargetAvailability {
                availability: network::availability(c, row.id, span)?,
                id: row.id,
                title: row.definition.title,
                host: row.definition.host,
                enabled: row.definition.enabled,
            })
        };
        network::targets(c, now)?.into_iter().map(of).collect::<Result<Vec<_>, StoreError>>()
    };
    let mut targets = engine.store().read(read).await?;
    targets.sort_by(|a, b| a.title.cmp(&b.title).then(a.id.cmp(&b.id)));
    Ok(AvailabilityReport { length_ms: span.until - span.from, targets, zone: name_of(&zone) })
}

fn name_of(zone: &TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones() -> Zones {
        let zone = |name| TimeZone::get(name).unwrap();
        Zones { moscow: zone("Europe/Moscow"), vilnius: zone("Europe/Vilnius") }
    }

    fn days(from: &str, to: &str) -> ReportDays {
        ReportDays { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    #[test]
    fn an_hour_counts_on_the_day_and_at_the_hour_of_its_own_centre() {
        let bar = |at: &str, centre, calls| HourBar {
            hour: at.parse::<Instant>().unwrap().as_millisecond(),
            centre,
            result: None,
            calls,
        };
        // In winter midnight comes to Moscow an hour before it comes to Vilnius.
        let hours = [
            bar("2026-01-09T21:00:00Z", Centre::Moscow, 1),
            bar("2026-01-09T21:00:00Z", Centre::Vilnius, 2),
            bar("2026-01-10T21:00:00Z", Centre::Moscow, 4),
            bar("2026-01-10T21:00:00Z", Centre::Vilnius, 8),
        ];
        let (by_day, by_hour) = fold(&hours, days("2026-01-10", "2026-01-10"), &zones());
        let of = |bars: &[CallsOfDay]| bars.iter().map(|bar| (bar.centre, bar.calls)).collect::<Vec<_>>();
        assert_eq!(of(&by_day), [(Centre::Moscow, 1), (Centre::Vilnius, 8)]);
        assert_eq!(by_hour.iter().map(|bar| (bar.hour, bar.calls)).collect::<Vec<_>>(), [(0, 1), (23, 8)]);
    }

    #[test]
    fn a_period_has_its_days_and_no_more_than_it_may() {
        let zone = zones().moscow;
        let (from, to) = days("2026-03-01", "2026-03-01").between(&zone, MOST_DAYS).unwrap();
        assert_eq!((from.to_string(), to.to_string()), ("2026-02-28T21:00:00Z".into(), "2026-03-01T21:00:00Z".into()));
        assert!(days("2026-03-02", "2026-03-01").between(&zone, MOST_DAYS).is_err());
        assert!(days("2026-01-01", "2027-01-01").between(&zone, MOST_DAYS).is_ok());
        assert!(days("2026-01-01", "2027-01-02").between(&zone, MOST_DAYS).is_err());
    }

    #[test]
    fn a_team_is_the_sum_of_its_people_and_nobody_else() {
        let db = pult_store::migrations::in_memory().unwrap();
        db.execute_batch(
            "INSERT INTO floor_team (id, team_id, name) VALUES (1, '61', 'Юг'), (2, '62', 'Север');
             INSERT INTO floor_operator (id, login_id, name, state)
                 VALUES (10, 'a', 'Яна', 'ready'), (11, 'b', 'Борис', 'ready');
             INSERT INTO floor_member (team, operator) VALUES (1, 10), (1, 11), (2, 11);",
        )
        .unwrap();
        let times = |id, ready| OperatorTimes {
            id: OperatorId(id),
            by_group: [(Group::Ready, ready)].into(),
            not_ready_by_verdict: [("person".to_owned(), 1)].into(),
            talks: 2,
        };
        let board = floor::board(&db).unwrap();
        let (operators, teams) = by_team(vec![times(10, 100), times(11, 30), times(12, 7)], &board);
        let people: Vec<_> = operators.iter().map(|one| (one.name.as_str(), one.teams.join(" "))).collect();
        assert_eq!(people, [("Борис", "Север Юг".to_owned()), ("Яна", "Юг".to_owned())]);
        let sums: Vec<_> = teams.iter().map(|t| (t.name.as_str(), t.people, t.times.by_group[&Group::Ready])).collect();
        assert_eq!(sums, [("Север", 1, 30), ("Юг", 2, 130)]);
        assert_eq!((teams[1].times.talks, teams[1].times.not_ready_by_verdict["person"]), (4, 2));
    }
}

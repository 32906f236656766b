//! Five grades, and the patience before a grade changes (behaviour/helpdesk 6).
//!
//! Deliberately not here: what a bad grade leads to (`rule`), and words and colours (the console's).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Cycle;

/// How well a target answers; a later one is worse.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumString,
    strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Grade {
    /// Under 100 ms.
    Excellent,
    /// Under 200 ms.
    Good,
    /// Under 500 ms.
    Average,
    /// 500 ms and more, or half of the packets lost.
    Poor,
    /// No answer.
    Disconnected,
}

/// Upper bounds of the first three grades, microseconds.
const BOUNDS: [(u32, Grade); 3] = [(100_000, Grade::Excellent), (200_000, Grade::Good), (500_000, Grade::Average)];

impl Grade {
    /// The grade of a time from packet to answer.
    #[must_use]
    pub fn of_time(us: u32) -> Self {
        BOUNDS.iter().find(|(bound, _)| us < *bound).map_or(Self::Poor, |(_, grade)| *grade)
    }

    /// The grade of one cycle: its median's, and poor at best when half of its packets were lost.
    #[must_use]
    pub fn of(cycle: &Cycle) -> Self {
        let Some(rtt) = cycle.rtt else { return Self::Disconnected };
        let by_time = Self::of_time(rtt.median_us);
        match cycle.lost > 0 && u32::from(cycle.lost) * 2 >= u32::from(cycle.sent) {
            true => by_time.max(Self::Poor),
            false => by_time,
        }
    }

    /// Whether somebody should look.
    #[must_use]
    pub fn is_trouble(self) -> bool {
        self >= Self::Poor
    }
}

/// How much must be seen before a grade changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steadiness {
    /// Cycles in a row on one side of the present grade.
    pub cycles: usize,
    /// Lost cycles that count as lost …
    pub failures: usize,
    /// … among so many.
    pub window: usize,
}

/// The most cycles a run remembers.
pub const LONGEST_RUN: usize = 10;

/// The grade of a target and what its next one depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The grade; absent while too little has been seen.
    pub grade: Option<Grade>,
    /// Grades of the last cycles, the newest last, at most [`LONGEST_RUN`].
    pub recent: Vec<Grade>,
}

impl Run {
    /// The run with one more cycle.
    #[must_use]
    pub fn with(&self, cycle: Grade, steadiness: &Steadiness) -> Self {
        let mut recent = self.recent.clone();
        recent.push(cycle);
        recent.drain(..recent.len().saturating_sub(LONGEST_RUN));
        let grade = next(self.grade, &recent, steadiness);
        Self { grade, recent }
    }
}

fn next(grade: Option<Grade>, recent: &[Grade], steadiness: &Steadiness) -> Option<Grade> {
    let last = |n: usize| &recent[recent.len().saturating_sub(n.max(1))..];
    let lost = last(steadiness.window).iter().filter(|g| **g == Grade::Disconnected).count();
    if lost >= steadiness.failures.max(1) {
        return Some(Grade::Disconnected);
    }
    let Some(grade) = grade else {
        // A first answer says something at once; a first silence might be one lost packet.
        return recent.last().copied().filter(|g| *g != Grade::Disconnected);
    };
    let run = last(steadiness.cycles);
    if run.len() < steadiness.cycles {
        return Some(grade);
    }
    // Of several cycles on one side the one nearest to the present grade counts.
    if run.iter().all(|g| *g < grade) {
        return run.iter().max().copied();
    }
    if run.iter().all(|g| *g > grade) {
        return run.iter().min().copied();
    }
    Some(grade)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Grade::{Average, Disconnected, Excellent, Good, Poor};

    const PATIENCE: Steadiness = Steadiness { cycles: 3, failures: 2, window: 3 };

    #[test]
    fn thresholds_are_those_of_the_behaviour_file() {
        for (ms, grade) in [
            (0, Excellent),
            (99, Excellent),
            (100, Good),
            (199, Good),
            (200, Average),
            (499, Average),
            (500, Poor),
            (60_000, Poor),
        ] {
            assert_eq!(Grade::of(&Cycle::of(1, &[ms * 1000])), grade, "{ms} ms");
        }
        assert_eq!(Grade::of(&Cycle::of(3, &[])), Disconnected);
    }

    #[test]
    fn half_of_the_packets_lost_is_poor_however_fast_the_rest() {
        for (sent, answers, grade) in [(3, 2, Excellent), (4, 2, Poor), (3, 1, Poor), (10, 6, Excellent)] {
            assert_eq!(Grade::of(&Cycle::of(sent, &vec![1_000; answers])), grade, "{answers} of {sent}");
        }
    }

    #[test]
    fn a_grade_changes_only_after_steady_cycles() {
        // Present grade, cycles that follow, grades after each.
        let table: &[(Option<Grade>, &[Grade], &[Option<Grade>])] = &[
            (None, &[Good], &[Some(Good)]),
            (None, &[Disconnected, Disconnected], &[None, Some(Disconnected)]),
            (None, &[Disconnected, Good], &[None, Some(Good)]),
            (Some(Excellent), &[Poor, Poor, Excellent], &[Some(Excellent); 3]),
            (Some(Excellent), &[Poor, Average, Poor], &[Some(Excellent), Some(Excellent), Some(Average)]),
            (Some(Poor), &[Good, Excellent, Excellent], &[Some(Poor), Some(Poor), Some(Good)]),
            // One lost cycle in three is not a lost target; two are, also with an answer between them.
            (Some(Good), &[Disconnected, Good, Good], &[Some(Good); 3]),
            (Some(Good), &[Disconnected, Good, Disconnected], &[Some(Good), Some(Good), Some(Disconnected)]),
            // Coming back takes as many cycles as any other change.
            (
                Some(Disconnected),
                &[Disconnected, Good, Excellent, Good, Good],
                &[Some(Disconnected), Some(Disconnected), Some(Disconnected), Some(Good), Some(Good)],
            ),
        ];
        for (present, cycles, expected) in table {
            let mut run = Run { grade: *present, recent: vec![] };
            let seen: Vec<_> = cycles
                .iter()
                .map(|cycle| {
                    run = run.with(*cycle, &PATIENCE);
                    run.grade
                })
                .collect();
            assert_eq!(seen, *expected, "{present:?} then {cycles:?}");
        }
    }

    #[test]
    fn a_run_is_bounded() {
        let mut run = Run::default();
        for _ in 0..50 {
            run = run.with(Good, &PATIENCE);
        }
        assert_eq!(run.recent.len(), LONGEST_RUN);
    }
}

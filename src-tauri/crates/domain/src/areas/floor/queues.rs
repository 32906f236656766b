//! Queues that Pult counts itself, for a house whose platform has none: each is named, with the words its teams, operators and calls
//! have in their names (behaviour/helpdesk 3, "Queue summary").
//!
//! Deliberately not here: a queue the platform counts (`report`), and finding operators and calls (the store's).

use jiff::SignedDuration;

use super::{Group, OperatorState, QueueReport};
use crate::Instant;

/// An unfinished call that is older than this has been taken or given up by now.
pub const WAITS_AT_MOST: SignedDuration = SignedDuration::from_mins(3);

/// A queue as the house describes it. Words are parts of names, whatever their case; a list without words fits nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueWords {
    /// Its name.
    pub name: String,
    /// Words of the names of its teams.
    pub teams: Vec<String>,
    /// Words of the names or user ids of its operators.
    pub operators: Vec<String>,
    /// Words of anything a call says of itself.
    pub calls: Vec<String>,
}

/// An operator as far as a count needs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedOperator {
    /// The name shown, and the source's id of the person.
    pub names: [String; 2],
    /// Names of the operator's teams.
    pub teams: Vec<String>,
    /// What they are doing.
    pub state: OperatorState,
}

/// A call of the journal as far as a count needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedCall {
    /// When it began.
    pub began: Instant,
    /// Its result's code, where one is known.
    pub result: Option<i64>,
    /// All it says of itself: operator, number, type, theme, agency, region.
    pub says: Vec<String>,
}

impl CountedCall {
    /// Whether the caller still waits, as far as the journal can tell: any result but "handled", and not long ago.
    fn waits(&self, now: Instant) -> bool {
        let age = now.duration_since(self.began);
        matches!(self.result, Some(0 | 2..=6)) && !age.is_negative() && age <= WAITS_AT_MOST
    }
}

/// Counts one queue. Where no call of it waits, those who are being offered a call beyond those who talk stand for the waiting.
#[must_use]
pub fn count(queue: &QueueWords, operators: &[CountedOperator], calls: &[CountedCall], now: Instant) -> QueueReport {
    let [teams, people, words] = [&queue.teams, &queue.operators, &queue.calls].map(|words| lower(words));
    let mut report = QueueReport { id: queue.name.clone(), name: Some(queue.name.clone()), ..QueueReport::default() };
    let (mut signed_in, mut talking, mut reserved, mut ready, mut not_ready, mut wrap_up) = (0, 0, 0, 0, 0, 0);
    for operator in operators.iter().filter(|o| fits(&o.teams, &teams) || fits(&o.names, &people)) {
        // Whoever is not known to have left is in the system.
        signed_in += u32::from(operator.state != OperatorState::SignedOut);
        match &operator.state {
            OperatorState::Reserved | OperatorState::ReservedOutbound | OperatorState::ReservedPreview => reserved += 1,
            other => match other.group() {
                Group::Talking => talking += 1,
                Group::Ready => ready += 1,
                Group::NotReady => not_ready += 1,
                Group::WrapUp => wrap_up += 1,
                Group::Unknown | Group::SignedOut => {}
            },
        }
    }
    let waiting: Vec<Instant> =
        calls.iter().filter(|c| c.waits(now) && fits(&c.says, &words)).map(|c| c.began).collect();
    report.waiting = Some(match u32::try_from(waiting.len()).unwrap_or(u32::MAX) {
        0 => u32::saturating_sub(reserved, talking),
        some => some,
    });
    report.longest_since = waiting.into_iter().min();
    (report.signed_in, report.talking, report.reserved) = (Some(signed_in), Some(talking), Some(reserved));
    (report.ready, report.not_ready, report.wrap_up) = (Some(ready), Some(not_ready), Some(wrap_up));
    report
}

fn lower(words: &[String]) -> Vec<String> {
    words.iter().map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()).collect()
}

/// Whether any text holds any word.
fn fits(texts: &[String], words: &[String]) -> bool {
    !words.is_empty() && texts.iter().map(|text| text.to_lowercase()).any(|text| words.iter().any(|w| text.contains(w)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        Instant::from_second(1_800_000_000 + second).unwrap()
    }

    fn texts(of: &[&str]) -> Vec<String> {
        of.iter().map(|text| (*text).to_owned()).collect()
    }

    fn queue(teams: &[&str], operators: &[&str], calls: &[&str]) -> QueueWords {
        QueueWords {
            name: "Продажи".to_owned(), teams: texts(teams), operators: texts(operators), calls: texts(calls)
        }
    }

    fn operator(name: &str, team: &str, state: OperatorState) -> CountedOperator {
        CountedOperator { names: [name.to_owned(), "70411".to_owned()], teams: texts(&[team]), state }
    }

    fn call(second: i64, result: Option<i64>, says: &str) -> CountedCall {
        CountedCall { began: at(second), result, says: texts(&[says]) }
    }

    fn floor() -> Vec<CountedOperator> {
        use OperatorState::{
            Hold, NotReady, Other, Ready, Reserved, ReservedOutbound, SignedOut, SigningIn, Talking, Unknown, WrapUp,
            WrapUpReady,
        };
        let states = [
            Talking,
            Hold,
            Reserved,
            ReservedOutbound,
            Reserved,
            Ready,
            NotReady,
            SigningIn,
            WrapUp,
            WrapUpReady,
            SignedOut,
            Unknown,
            Other("LUNCH_ROBOT".to_owned()),
        ];
        states.into_iter().map(|state| operator("Анна Белова", "Отдел продаж", state)).collect()
    }

    #[test]
    fn every_counter_counts_its_own_states_and_nobody_twice() {
        // Found by team and by name at once: still one person each.
        let report = count(&queue(&["ПРОДАЖ"], &["белова"], &[]), &floor(), &[], at(0));
        let counters =
            [report.signed_in, report.talking, report.reserved, report.ready, report.not_ready, report.wrap_up];
        assert_eq!(counters, [Some(12), Some(2), Some(3), Some(1), Some(2), Some(2)]);
        assert_eq!((report.id.as_str(), report.name.as_deref(), report.busy_other), ("Продажи", Some("Продажи"), None));
    }

    #[test]
    fn an_operator_belongs_by_a_word_of_the_team_the_name_or_the_user_id() {
        let one = [operator("Игорь Орлов", "Поддержка", OperatorState::Ready)];
        for (words, found) in [
            (queue(&["поддерж"], &[], &[]), 1),
            (queue(&[], &["ОРЛОВ"], &[]), 1),
            (queue(&[], &["70411"], &[]), 1),
            (queue(&["продаж"], &["белова"], &[]), 0),
            (queue(&[" "], &[], &["поддержка"]), 0),
        ] {
            assert_eq!(count(&words, &one, &[], at(0)).ready, Some(found), "{words:?}");
        }
    }

    #[test]
    fn unfinished_calls_of_the_last_three_minutes_wait_and_the_oldest_says_how_long() {
        let calls = [
            call(0, Some(0), "Заказ тура"),
            call(60, Some(6), "заказ тура"),
            call(100, Some(1), "Заказ тура"),
            call(100, None, "Заказ тура"),
            call(110, Some(3), "Агентство"),
            call(400, Some(2), "Заказ тура"),
        ];
        let words = queue(&[], &[], &["тур"]);
        for (now, waiting, longest) in
            [(180, 2, Some(0)), (181, 1, Some(60)), (240, 1, Some(60)), (241, 0, None), (500, 1, Some(400))]
        {
            let report = count(&words, &[], &calls, at(now));
            assert_eq!((report.waiting, report.longest_since), (Some(waiting), longest.map(at)), "{now}");
        }
    }

    #[test]
    fn where_no_call_waits_those_offered_one_beyond_those_who_talk_stand_for_it() {
        let words = queue(&["продаж"], &[], &["тур"]);
        let report = count(&words, &floor(), &[], at(0));
        assert_eq!((report.waiting, report.longest_since), (Some(1), None));
        let talking: Vec<_> =
            (0..5).map(|_| operator("Анна", "Продажи", OperatorState::Talking)).chain(floor()).collect();
        assert_eq!(count(&words, &talking, &[], at(0)).waiting, Some(0), "never fewer than none");
        assert_eq!(
            count(&words, &floor(), &[call(0, Some(0), "тур"), call(0, Some(5), "тур")], at(9)).waiting,
            Some(2)
        );
    }
}

//! Queues on the board: the platform's own, or those Pult counts where the platform has none.
//!
//! Deliberately not here: counting (the domain's rule), and the words it goes by (settings).

use std::collections::HashMap;

use pult_domain::{
    Instant,
    areas::floor::{
        CountedOperator, QueueWords,
        queues::{WAITS_AT_MOST, count},
    },
};
use pult_integrations::SessionReport;
use pult_store::{
    Connection, StoreError, calls,
    floor::{self, Board, QueueOrigin, QueueRow},
};

/// The word of a session whose source counts queues.
const FEATURE: &str = "queues";

/// The queues to show. While the source is not heard it is not known to have lost its queues.
pub(super) fn shown(
    connection: &Connection,
    board: &Board,
    words: &[QueueWords],
    session: Option<&SessionReport>,
    now: Instant,
) -> Result<Vec<QueueRow>, StoreError> {
    let own = floor::queues(connection)?;
    let heard = session.is_some_and(|s| s.state.is_heard());
    let has_own = session.is_some_and(|s| s.features.iter().any(|feature| feature == FEATURE));
    if words.is_empty() || has_own || (!heard && !own.is_empty()) {
        return Ok(own);
    }
    let names: HashMap<i64, &str> = board.teams.iter().map(|team| (team.id, team.name.as_str())).collect();
    let operators: Vec<CountedOperator> = board
        .operators
        .iter()
        .map(|row| CountedOperator {
            names: [row.name.clone(), row.login_id.clone()],
            teams: row.teams.iter().filter_map(|id| names.get(id)).map(|name| (*name).to_owned()).collect(),
            state: row.state.clone(),
        })
        .collect();
    let calls = calls::recent(connection, WAITS_AT_MOST, now)?;
    // What operators do is as old as the last word about them.
    let watched = board.teams.iter().filter_map(|team| team.watched_until).max();
    let now_ms = now.as_millisecond();
    let heard_at = if heard { now_ms } else { watched.unwrap_or(now_ms) };
    Ok(words
        .iter()
        .map(|queue| QueueRow {
            origin: QueueOrigin::Configured,
            queue: count(queue, &operators, &calls, now),
            heard_at,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use pult_integrations::SessionState;

    use super::*;

    fn session(state: SessionState, features: &[&str]) -> SessionReport {
        SessionReport {
            state,
            node: None,
            switched: false,
            transport: None,
            detail: String::new(),
            cause: None,
            retry_at: None,
            since: 0,
            features: features.iter().map(|f| (*f).to_owned()).collect(),
            clock_offset_ms: 0,
        }
    }

    #[test]
    fn the_houses_queues_are_counted_where_the_source_has_none() {
        let db = pult_store::migrations::in_memory().unwrap();
        let board = Board { teams: vec![], operators: vec![] };
        let words =
            [QueueWords {
                name: "Продажи".to_owned(), teams: vec!["a".to_owned()], operators: vec![], calls: vec![]
            }];
        let origins = |session: Option<&SessionReport>, words: &[QueueWords]| {
            let rows = shown(&db, &board, words, session, Instant::UNIX_EPOCH).unwrap();
            rows.iter().map(|row| row.origin).collect::<Vec<_>>()
        };
        let (plain, able) = (session(SessionState::Live, &["express"]), session(SessionState::Live, &["queues"]));
        let lost = session(SessionState::Offline, &[]);
        assert_eq!(origins(Some(&plain), &words), [QueueOrigin::Configured]);
        assert_eq!(origins(None, &words), [QueueOrigin::Configured]);
        assert_eq!(origins(Some(&plain), &[]), []);
        assert_eq!(origins(Some(&able), &words), [], "its own count goes first, even while it names none");
        db.execute("INSERT INTO floor_queue VALUES ('5031', '{\"id\":\"5031\"}', 1)", []).unwrap();
        assert_eq!(origins(Some(&able), &words), [QueueOrigin::Platform]);
        assert_eq!(origins(Some(&lost), &words), [QueueOrigin::Platform], "a silent source has not lost its queues");
        assert_eq!(origins(Some(&plain), &words), [QueueOrigin::Configured], "one that is heard and has none, has");
    }
}

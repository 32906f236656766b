//! Whom on the floor somebody may see and act on, and which calls of the journal: the operators of their teams, and their calls. Every
//! command and address that tells of an operator or of a call asks here.
//!
//! A supervisor who is bound to teams answers for their operators and for the callers nobody has answered: they see the calls of these
//! operators and those nobody took, to call back, and neither the rest nor figures in which it is counted. A call taken under a name that
//! no operator of their teams bears is somebody else's. Calls of the Moscow centre are a right of their own beside that
//! (behaviour/helpdesk 9), whatever the role: administrators alone have it without being given it. Of a call that goes on at the floor no
//! centre is known; it comes into the journal as one of Moscow, and its number is kept back like theirs.
//!
//! Deliberately not here: what a role may do (the list of commands), and a person's own row, which is theirs whatever their teams.

use std::collections::BTreeSet;

use pult_domain::{IntervalId, OperatorId, Subject};
use pult_store::{
    Connection, StoreError,
    calls::{self, Sight},
    floor::{self, Board, Moment, OperatorRow},
};

use crate::{
    Engine,
    auth::{Actor, Grant},
    error::{ApiError, ErrorCode},
};

/// What somebody may see of the floor and of the journal of calls.
pub(in crate::api) struct Scope {
    /// The teams; all of them, where it is absent.
    teams: Option<BTreeSet<i64>>,
    /// Calls of the Moscow centre.
    moscow: bool,
}

impl Scope {
    /// The scope of an actor, among the teams there are.
    pub(in crate::api) fn of(connection: &Connection, actor: &Actor) -> Result<Self, StoreError> {
        let teams = floor::teams_named(connection, &actor.rights.teams)?;
        Ok(Self { teams, moscow: actor.has(Grant::CallsMoscow) })
    }

    /// The calls that may be seen.
    pub(in crate::api) fn calls(&self, connection: &Connection) -> Result<Sight, StoreError> {
        let takers =
            self.operators(connection)?.map(|operators| floor::in_journal(connection, &operators)).transpose()?;
        Ok(Sight::of(self.moscow, takers))
    }

    /// The rows that may be seen, without the teams that may not, and without numbers of callers that may not.
    pub(super) fn rows(&self, mut rows: Vec<OperatorRow>) -> Vec<OperatorRow> {
        if !self.moscow {
            for dialog in rows.iter_mut().flat_map(|row| &mut row.dialogs) {
                (dialog.number, dialog.dialed) = (None, None);
            }
        }
        let Some(seen) = &self.teams else { return rows };
        for row in &mut rows {
            row.teams.retain(|team| seen.contains(team));
        }
        rows.retain(|row| !row.teams.is_empty());
        rows
    }

    /// Everybody of one moment who may be seen: those who were in a team that may, without the teams that may not.
    pub(super) fn moments(&self, mut moments: Vec<Moment>) -> Vec<Moment> {
        let Some(seen) = &self.teams else { return moments };
        for moment in &mut moments {
            moment.teams.retain(|team| seen.contains(team));
        }
        moments.retain(|moment| !moment.teams.is_empty());
        moments
    }

    /// The board that may be seen.
    pub(in crate::api) fn board(&self, Board { mut teams, operators }: Board) -> Board {
        if let Some(seen) = &self.teams {
            teams.retain(|team| seen.contains(&team.id));
        }
        Board { teams, operators: self.rows(operators) }
    }

    /// Leaves what belongs to those who may be seen.
    pub(in crate::api) fn keep<T>(
        &self,
        connection: &Connection,
        mut of: Vec<T>,
        who: impl Fn(&T) -> OperatorId,
    ) -> Result<Vec<T>, StoreError> {
        if let Some(teams) = &self.teams {
            let seen = floor::members(connection, teams)?;
            of.retain(|one| seen.contains(&who(one)));
        }
        Ok(of)
    }

    /// Whom it covers; everybody, where it is absent.
    pub(in crate::api) fn operators(
        &self,
        connection: &Connection,
    ) -> Result<Option<BTreeSet<OperatorId>>, StoreError> {
        self.teams.as_ref().map(|teams| floor::members(connection, teams)).transpose()
    }

    /// What decisions and requests may be about, where somebody is told of them.
    pub(in crate::api) fn subjects(&self, connection: &Connection) -> Result<Subjects, StoreError> {
        Ok(Subjects { operators: self.operators(connection)?, calls: self.calls(connection)? })
    }

    /// Whether all of them may be seen. Whoever has left every team may be seen by those who see all.
    fn covers(&self, connection: &Connection, operators: &[OperatorId]) -> Result<bool, StoreError> {
        let Some(teams) = &self.teams else { return Ok(true) };
        let seen = floor::members(connection, teams)?;
        Ok(operators.iter().all(|operator| seen.contains(operator)))
    }
}

/// The operators and calls that decisions and requests may be about.
pub(in crate::api) struct Subjects {
    operators: Option<BTreeSet<OperatorId>>,
    calls: Sight,
}

impl Subjects {
    /// Whether an operator or a call that something is about may be seen. Whatever is about neither is not for this to say.
    pub(in crate::api) fn cover(&self, connection: &Connection, subject: &str) -> Result<bool, StoreError> {
        if let (Some(operator), Some(seen)) = (Subject::operator_of(subject), &self.operators) {
            return Ok(seen.contains(&operator));
        }
        let Some(call) = Subject::call_of(subject).filter(|_| !self.calls.is_whole()) else { return Ok(true) };
        // What is known of a call that is there no more is for those who see every call.
        Ok(calls::by_ids(connection, &[call])?.first().is_some_and(|row| self.calls.keeps(row)))
    }

    /// Whether operators of every team may be seen.
    pub(in crate::api) fn has_every_team(&self) -> bool {
        self.operators.is_none()
    }

    /// Whether every call may be seen.
    pub(in crate::api) fn has_every_call(&self) -> bool {
        self.calls.is_whole()
    }
}

/// The calls somebody may see, for the addresses beside the commands.
///
/// # Errors
/// When it cannot be read.
pub fn calls_seen(connection: &Connection, actor: &Actor) -> Result<Sight, StoreError> {
    Scope::of(connection, actor)?.calls(connection)
}

/// Refuses what concerns somebody whom the actor may not see.
pub(in crate::api) async fn check(engine: &Engine, actor: &Actor, operators: &[OperatorId]) -> Result<(), ApiError> {
    if actor.rights.teams.is_empty() {
        return Ok(());
    }
    let (who, asked) = (actor.clone(), operators.to_vec());
    match engine.store().read(move |c| Scope::of(c, &who)?.covers(c, &asked)).await? {
        true => Ok(()),
        false => Err(ApiError::new(ErrorCode::Forbidden, "an operator is in none of the teams this account may see")),
    }
}

/// Refuses a stretch that is not the operator's: whoever may be seen must not open the door to anybody else.
pub(super) async fn check_stretch(engine: &Engine, operator: OperatorId, interval: IntervalId) -> Result<(), ApiError> {
    match engine.store().read(move |c| floor::operator_of(c, interval)).await? {
        Some(owner) if owner == operator => Ok(()),
        _ => Err(ApiError::new(ErrorCode::NotFound, "the operator has no such stretch")),
    }
}

#[cfg(test)]
mod tests {
    use pult_store::floor::TeamRow;

    use super::*;
    use crate::auth::{Actor, Role, role::Rights};

    fn database() -> Connection {
        let db = pult_store::migrations::in_memory().unwrap();
        db.execute_batch(
            "INSERT INTO floor_team (id, team_id, name) VALUES (1, '61', 'Север'), (2, '62', 'Юг');
             INSERT INTO floor_operator (id, login_id, name, state)
                 VALUES (10, 'a', 'Анна', 'ready'), (11, 'b', 'Борис', 'ready'), (12, 'c', 'Вера', 'ready'), (13, 'd', 'Глеб', 'ready');
             INSERT INTO floor_member (team, operator) VALUES (1, 10), (2, 11), (1, 12), (2, 12);
             INSERT INTO floor_interval (id, operator, began, state, approximate) VALUES (7, 11, 0, 'ready', 0);",
        )
        .unwrap();
        db
    }

    fn scope(db: &Connection, teams: &[&str]) -> Scope {
        let teams = teams.iter().map(|team| (*team).to_owned()).collect();
        let actor = Actor { rights: Rights { teams, ..Rights::of(Role::Supervisor) }, ..Actor::local_window() };
        Scope::of(db, &actor).unwrap()
    }

    #[test]
    fn the_board_has_the_teams_of_the_scope_and_nobody_else() {
        let db = database();
        let seen = |teams: &[&str]| {
            let board = scope(&db, teams).board(floor::board(&db).unwrap());
            let names: Vec<String> = board.teams.into_iter().map(|TeamRow { name, .. }| name).collect();
            let mut people: Vec<_> = board.operators.into_iter().map(|row| (row.id.0, row.teams)).collect();
            people.sort();
            (names.join(" "), people)
        };
        let all = vec![(10, vec![1]), (11, vec![2]), (12, vec![1, 2])];
        assert_eq!(seen(&[]), ("Север Юг".to_owned(), all));
        assert_eq!(seen(&["Север"]), ("Север".to_owned(), vec![(10, vec![1]), (12, vec![1])]));
        assert_eq!(seen(&["62"]), ("Юг".to_owned(), vec![(11, vec![2]), (12, vec![2])]));
        assert_eq!(seen(&["Запад"]), (String::new(), vec![]), "a team that is no more opens nothing");
    }

    #[test]
    fn an_act_is_covered_when_everybody_named_is() {
        let db = database();
        let covers = |teams: &[&str], ids: &[i64]| {
            let ids: Vec<_> = ids.iter().copied().map(OperatorId).collect();
            scope(&db, teams).covers(&db, &ids).unwrap()
        };
        assert!(covers(&["Север"], &[10, 12]) && covers(&["Север", "Юг"], &[10, 11, 12]));
        assert!(!covers(&["Север"], &[10, 11]));
        // Somebody in no team, and somebody who never was.
        assert!(!covers(&["Север", "Юг"], &[13]) && !covers(&["Север"], &[99]));
        assert!(covers(&[], &[11, 13, 99]));
    }

    #[test]
    fn history_is_narrowed_and_a_stretch_has_its_owner() {
        let db = database();
        let ids = vec![OperatorId(10), OperatorId(11), OperatorId(13)];
        assert_eq!(scope(&db, &["Юг"]).keep(&db, ids.clone(), |id| *id).unwrap(), [OperatorId(11)]);
        assert_eq!(scope(&db, &[]).keep(&db, ids.clone(), |id| *id).unwrap(), ids);
        assert_eq!(floor::operator_of(&db, IntervalId(7)).unwrap(), Some(OperatorId(11)));
        assert_eq!(floor::operator_of(&db, IntervalId(8)).unwrap(), None);
    }
}

//! Commands of the floor: as it is, as it was, and what a supervisor may do.
//!
//! Deliberately not here: what is asked and answered (`view`), the legacy routes' shapes (the server's), and a person's own account at
//! the source (`accounts`).

mod keeping;
mod queues;
pub(super) mod scope;
mod view;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use pult_domain::{
    Fact, Instant, OperatorId, Subject,
    areas::floor::{CommandState, Fact as FloorFact, Wanted},
};
use pult_integrations::{SessionReport, StreamOrder};
use pult_store::{
    Connection, StoreError,
    floor::{self, OperatorRow, StretchPage},
    journal, network,
};

pub(super) use keeping::{edit_note, messenger, note, remove_note};
use scope::Scope;
pub use view::{
    AskRequest, Asked, AskedOne, FloorBoard, FloorCounts, FloorTotals, LimitRow, MessengerRequest, MomentRequest,
    Moments, NoteEdit, NoteRemoval, NoteRequest, OperatorIds, OperatorPanel, OperatorRequest, Operators, Ordered,
    OverruleRequest, PeriodRequest, Queues, StretchesRequest,
};

use super::Nothing;
use crate::{
    Engine,
    auth::Actor,
    error::{ApiError, ErrorCode},
};

/// Operators named in one request at most.
const MANY: usize = 500;
/// The longest words of a supervisor, characters.
const WORDS: usize = 200;
/// The longest period read at once.
const PERIOD: SignedDuration = SignedDuration::from_hours(24 * 92);
/// Requests, notes and decisions shown with an operator.
const SHOWN: usize = 50;

pub(super) async fn board(engine: &Engine, actor: &Actor, _: Nothing) -> Result<FloorBoard, ApiError> {
    Ok(engine.floor_board(actor).await?)
}

impl Engine {
    /// The floor as it is, as far as an actor may see it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn floor_board(&self, actor: &Actor) -> Result<FloorBoard, StoreError> {
        let (session, terms, now) = (self.floor_session(), self.registry().terms(), self.clock().now());
        let (there, words, who) = (session.clone(), terms.floor.queues.clone(), actor.clone());
        let (board, queues) = self
            .store()
            .read(move |c| {
                let board = Scope::of(c, &who)?.board(floor::board(c)?);
                let queues = queues::shown(c, &board, &words, there.as_ref(), now)?;
                Ok((board, queues))
            })
            .await?;
        let policy = &terms.floor;
        let limits = policy
            .limits
            .iter()
            .map(|(word, limit)| LimitRow {
                word: word.clone(),
                amber: limit.amber.as_secs(),
                red: (limit.red != SignedDuration::MAX).then(|| limit.red.as_secs()),
            })
            .collect();
        Ok(FloorBoard {
            now: now.as_millisecond(),
            teams: board.teams,
            operators: board.operators,
            queues,
            session,
            acts: policy.acts,
            limits,
        })
    }

    /// How the session with the source of operator states is.
    #[must_use]
    pub fn floor_session(&self) -> Option<SessionReport> {
        self.floor_source().and_then(|name| self.sessions().report(name))
    }

    /// The integration that watches the floor: the one that can change an operator's state.
    pub(super) fn floor_source(&self) -> Option<&'static str> {
        self.registry().terms().floor_source()
    }
}

pub(super) async fn queues(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Queues, ApiError> {
    Ok(Queues { queues: engine.floor_board(actor).await?.queues })
}

pub(super) async fn counts(engine: &Engine, actor: &Actor, _: Nothing) -> Result<FloorCounts, ApiError> {
    let who = actor.clone();
    let read = move |c: &Connection| Ok(Scope::of(c, &who)?.board(floor::board(c)?));
    let mut by_group = BTreeMap::new();
    for row in engine.store().read(read).await?.operators {
        *by_group.entry(row.group).or_default() += 1;
    }
    Ok(FloorCounts { by_group, heard: engine.floor_session().is_some_and(|session| session.state.is_heard()) })
}

pub(super) async fn rows(engine: &Engine, actor: &Actor, request: OperatorIds) -> Result<Operators, ApiError> {
    if request.ids.len() > MANY {
        return Err(ApiError::field("ids", format!("at most {MANY}")));
    }
    let who = actor.clone();
    let read = move |c: &Connection| Ok(Scope::of(c, &who)?.rows(floor::by_ids(c, &request.ids)?));
    Ok(Operators { operators: engine.store().read(read).await? })
}

pub(super) async fn moment(engine: &Engine, actor: &Actor, request: MomentRequest) -> Result<Moments, ApiError> {
    let (at, now, who) = (instant("at", request.at)?, engine.clock().now(), actor.clone());
    let read = move |c: &Connection| {
        let scope = Scope::of(c, &who)?;
        let operators = scope.moments(floor::moment(c, &scope.calls(c)?, at, now)?);
        Ok(Moments { operators, targets: network::moment(c, at.as_millisecond())? })
    };
    Ok(engine.store().read(read).await?)
}

pub(super) async fn stretches(
    engine: &Engine,
    actor: &Actor,
    request: StretchesRequest,
) -> Result<StretchPage, ApiError> {
    scope::check(engine, actor, &[request.operator]).await?;
    let ((from, to), now) = (period(request.from, request.to)?, engine.clock().now());
    Ok(engine.store().read(move |c| floor::stretches(c, request.operator, from, to, now)).await?)
}

pub(super) async fn totals(engine: &Engine, actor: &Actor, request: PeriodRequest) -> Result<FloorTotals, ApiError> {
    let ((from, to), now, who) = (period(request.from, request.to)?, engine.clock().now(), actor.clone());
    let read = move |c: &Connection| Scope::of(c, &who)?.keep(c, floor::totals(c, from, to, now)?, |times| times.id);
    Ok(FloorTotals { operators: engine.store().read(read).await? })
}

pub(super) async fn panel(engine: &Engine, actor: &Actor, request: OperatorRequest) -> Result<OperatorPanel, ApiError> {
    scope::check(engine, actor, &[request.id]).await?;
    let (id, who) = (request.id, actor.clone());
    Ok(engine
        .store()
        .read(move |c| {
            Ok(OperatorPanel {
                operator: Scope::of(c, &who)?.rows(floor::by_ids(c, &[id])?).into_iter().next(),
                messenger: floor::messenger_of(c, id)?,
                commands: floor::commands_of(c, id, SHOWN)?,
                notes: floor::notes_of(c, id, SHOWN)?,
                decisions: journal::of_subject(c, &Subject::operator(id), SHOWN)?,
            })
        })
        .await?)
}

pub(super) async fn ask(engine: &Engine, actor: &Actor, request: AskRequest) -> Result<Asked, ApiError> {
    if request.operators.is_empty() || request.operators.len() > MANY {
        return Err(ApiError::field("operators", format!("1 to {MANY}")));
    }
    scope::check(engine, actor, &request.operators).await?;
    let note = words("note", &request.note, 0)?;
    let account = engine.account_of(actor).await?;
    let mut requests = Vec::new();
    for operator in request.operators {
        let fact = FloorFact::StateAsked {
            operator,
            wanted: request.wanted,
            note: note.clone(),
            by: actor.login.clone(),
            account: account.clone(),
        };
        engine.act(actor, "floor.ask", &Subject::operator(operator), Fact::Floor(fact)).await?;
        let newest = engine.store().read(move |c| floor::commands_of(c, operator, 1)).await?;
        requests.push(AskedOne { operator, state: newest.first().map(|c| c.state) });
    }
    Ok(Asked { requests })
}

pub(super) async fn overrule(
    engine: &Engine,
    actor: &Actor,
    request: OverruleRequest,
) -> Result<OperatorPanel, ApiError> {
    scope::check(engine, actor, &[request.operator]).await?;
    scope::check_stretch(engine, request.operator, request.interval).await?;
    let fact = FloorFact::VerdictGiven {
        interval: request.interval,
        verdict: request.verdict,
        by: actor.login.clone(),
        note: words("note", &request.note, 0)?,
    };
    engine.act(actor, "floor.overrule", &Subject::operator(request.operator), Fact::Floor(fact)).await?;
    panel(engine, actor, OperatorRequest { id: request.operator }).await
}

pub(super) async fn refresh(engine: &Engine, _: &Actor, _: Nothing) -> Result<Ordered, ApiError> {
    let taken = engine.sessions().refresh(source(engine)?, tokio::time::Instant::now());
    Ok(Ordered { taken })
}

pub(super) async fn connect(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Ordered, ApiError> {
    engine.note(actor, "floor.connect", "floor").await?;
    Ok(Ordered { taken: engine.sessions().order(source(engine)?, StreamOrder::Connect) })
}

impl Engine {
    /// An operator's row and their team's name, whoever may see the team: for a person's own row.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn floor_own(&self, operator: OperatorId) -> Result<Option<(OperatorRow, Option<String>)>, StoreError> {
        self.store()
            .read(move |c| {
                let Some(row) = floor::by_ids(c, &[operator])?.into_iter().next() else { return Ok(None) };
                let team = floor::teams(c)?.into_iter().find(|team| row.teams.first() == Some(&team.id));
                Ok(Some((row, team.map(|team| team.name))))
            })
            .await
    }

    /// Asks for a state of the actor's own with their own account; false when it was turned down at once.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn ask_own_state(&self, actor: &Actor, operator: OperatorId, wanted: Wanted) -> Result<bool, ApiError> {
        let account = self.account_of(actor).await?;
        let fact = FloorFact::StateAsked { operator, wanted, note: String::new(), by: actor.login.clone(), account };
        self.act(actor, "floor.ask", &Subject::operator(operator), Fact::Floor(fact)).await?;
        let newest = self.store().read(move |c| floor::commands_of(c, operator, 1)).await?;
        Ok(newest
            .first()
            .is_some_and(|c| matches!(c.state, CommandState::Sent | CommandState::Taken | CommandState::Done)))
    }
}

fn source(engine: &Engine) -> Result<&'static str, ApiError> {
    engine
        .floor_source()
        .ok_or_else(|| ApiError::new(ErrorCode::NotFound, "no source of operator states is switched on"))
}

fn instant(field: &'static str, ms: i64) -> Result<Instant, ApiError> {
    Instant::from_millisecond(ms).map_err(|_| ApiError::field(field, "an instant, milliseconds UTC".to_owned()))
}

fn period(from: i64, to: i64) -> Result<(Instant, Instant), ApiError> {
    let (from, to) = (instant("from", from)?, instant("to", to)?);
    if from >= to || to.duration_since(from) > PERIOD {
        return Err(ApiError::field("to", "after `from`, at most 92 days".to_owned()));
    }
    Ok((from, to))
}

fn words(field: &'static str, text: &str, least: usize) -> Result<String, ApiError> {
    let text = text.trim();
    match text.chars().count() {
        n if n < least || n > WORDS => Err(ApiError::field(field, format!("{least} to {WORDS} characters"))),
        _ => Ok(text.to_owned()),
    }
}

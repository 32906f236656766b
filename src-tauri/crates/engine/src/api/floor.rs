//! Commands of the floor: as it is, as it was, and what a supervisor may do.
//!
//! Deliberately not here: the legacy routes' shapes (the server's), and a person's own account at the source (`accounts`).

use jiff::SignedDuration;
use pult_domain::{
    Fact, Instant, IntervalId, OperatorId, Subject,
    areas::floor::{CommandState, Fact as FloorFact, Verdict, Wanted},
};
use pult_integrations::{SessionReport, StreamOrder};
use pult_store::{
    StoreError,
    floor::{self, CommandRow, Moment, NoteRow, OperatorRow, QueueRow, StretchPage, TeamRow},
    journal::{self, EntryRow},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

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

/// The floor as it is.
#[derive(Debug, Clone, Serialize, TS)]
pub struct FloorBoard {
    /// The engine's time, milliseconds UTC.
    #[ts(type = "number")]
    pub now: i64,
    /// The teams, by name.
    pub teams: Vec<TeamRow>,
    /// The operators, in no promised order.
    pub operators: Vec<OperatorRow>,
    /// The queues, by name.
    pub queues: Vec<QueueRow>,
    /// How the session with the source is; absent while there is none.
    pub session: Option<SessionReport>,
    /// Whether requests can be carried out.
    pub acts: bool,
    /// When a state has lasted too long, by its word or its group's, seconds.
    pub limits: Vec<LimitRow>,
}

/// When a state has lasted too long.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LimitRow {
    /// The word of a state or of a group; a state's own goes first.
    pub word: String,
    /// The first limit, seconds.
    #[ts(type = "number")]
    pub amber: i64,
    /// The second limit, seconds; absent when there is none.
    #[ts(type = "number | null")]
    pub red: Option<i64>,
}

/// Some operators by id.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OperatorIds {
    /// Up to 500.
    pub ids: Vec<OperatorId>,
}

/// Some operators as they are.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Operators {
    /// Those that are in a team.
    pub operators: Vec<OperatorRow>,
}

/// One moment.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MomentRequest {
    /// Milliseconds UTC.
    #[ts(type = "number")]
    pub at: i64,
}

/// Everybody at one moment.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Moments {
    /// One for each operator.
    pub operators: Vec<Moment>,
}

/// A period of one operator.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct StretchesRequest {
    /// Who.
    pub operator: OperatorId,
    /// Milliseconds UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// Milliseconds UTC; at most 92 days later.
    #[ts(type = "number")]
    pub to: i64,
}

/// A period.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PeriodRequest {
    /// Milliseconds UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// Milliseconds UTC; at most 92 days later.
    #[ts(type = "number")]
    pub to: i64,
}

/// How long everybody was in each group.
#[derive(Debug, Clone, Serialize, TS)]
pub struct FloorTotals {
    /// Those who were seen at all.
    pub operators: Vec<floor::OperatorTimes>,
}

/// One operator.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OperatorRequest {
    /// Who.
    pub id: OperatorId,
}

/// Everything about one operator but their time line.
#[derive(Debug, Clone, Serialize, TS)]
pub struct OperatorPanel {
    /// As they are; absent when they have left every team.
    pub operator: Option<OperatorRow>,
    /// Requests, newest first.
    pub commands: Vec<CommandRow>,
    /// Notes, newest first.
    pub notes: Vec<NoteRow>,
    /// What was decided about them, newest first, each with its reason.
    pub decisions: Vec<EntryRow>,
}

/// Asks for a state.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AskRequest {
    /// Whose, up to 500.
    pub operators: Vec<OperatorId>,
    /// What it should become.
    pub wanted: Wanted,
    /// Why, up to 200 characters.
    #[serde(default)]
    pub note: String,
}

/// What became of the asking; the outcome shows in the rows.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Asked {
    /// One for each operator, in the order asked.
    pub requests: Vec<AskedOne>,
}

/// One request.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AskedOne {
    /// Whose state.
    pub operator: OperatorId,
    /// How far it has come; absent when there is no such operator.
    pub state: Option<CommandState>,
}

/// A note about an operator.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NoteRequest {
    /// About whom.
    pub operator: OperatorId,
    /// 1 to 200 characters.
    pub text: String,
}

/// Judges a "not ready" otherwise.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OverruleRequest {
    /// Whose stretch it is.
    pub operator: OperatorId,
    /// Which stretch.
    pub interval: IntervalId,
    /// The verdict; absent takes one's own back.
    pub verdict: Option<Verdict>,
    /// Why, up to 200 characters.
    #[serde(default)]
    pub note: String,
}

/// Whether a session took an order.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct Ordered {
    /// It did; a reading anew comes at most once in 5 s.
    pub taken: bool,
}

pub(super) async fn board(engine: &Engine, _: &Actor, _: Nothing) -> Result<FloorBoard, ApiError> {
    Ok(engine.floor_board().await?)
}

impl Engine {
    /// The floor as it is.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn floor_board(&self) -> Result<FloorBoard, StoreError> {
        let (board, queues) = self.store().read(|c| Ok((floor::board(c)?, floor::queues(c)?))).await?;
        let terms = self.registry().terms();
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
            now: self.clock().now().as_millisecond(),
            teams: board.teams,
            operators: board.operators,
            queues,
            session: self.floor_session(),
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
        self.registry().terms().performers.get("change_operator_state").copied()
    }
}

pub(super) async fn rows(engine: &Engine, _: &Actor, request: OperatorIds) -> Result<Operators, ApiError> {
    if request.ids.len() > MANY {
        return Err(ApiError::field("ids", format!("at most {MANY}")));
    }
    Ok(Operators { operators: engine.store().read(move |c| floor::by_ids(c, &request.ids)).await? })
}

pub(super) async fn moment(engine: &Engine, _: &Actor, request: MomentRequest) -> Result<Moments, ApiError> {
    let (at, now) = (instant("at", request.at)?, engine.clock().now());
    Ok(Moments { operators: engine.store().read(move |c| floor::moment(c, at, now)).await? })
}

pub(super) async fn stretches(engine: &Engine, _: &Actor, request: StretchesRequest) -> Result<StretchPage, ApiError> {
    let ((from, to), now) = (period(request.from, request.to)?, engine.clock().now());
    Ok(engine.store().read(move |c| floor::stretches(c, request.operator, from, to, now)).await?)
}

pub(super) async fn totals(engine: &Engine, _: &Actor, request: PeriodRequest) -> Result<FloorTotals, ApiError> {
    let ((from, to), now) = (period(request.from, request.to)?, engine.clock().now());
    Ok(FloorTotals { operators: engine.store().read(move |c| floor::totals(c, from, to, now)).await? })
}

pub(super) async fn panel(engine: &Engine, _: &Actor, request: OperatorRequest) -> Result<OperatorPanel, ApiError> {
    let id = request.id;
    Ok(engine
        .store()
        .read(move |c| {
            Ok(OperatorPanel {
                operator: floor::by_ids(c, &[id])?.into_iter().next(),
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

pub(super) async fn note(engine: &Engine, actor: &Actor, request: NoteRequest) -> Result<OperatorPanel, ApiError> {
    let text = words("text", &request.text, 1)?;
    let (operator, who, now) = (request.operator, actor.clone(), engine.clock().now());
    engine
        .store()
        .write(move |c| {
            floor::add_note(c, operator, &text, &who.login, now)?;
            who.note(c, "floor.note", &Subject::operator(operator).0, serde_json::json!({}), now)
        })
        .await?;
    engine.bus().changed(pult_domain::Area::Floor, vec![operator.0]);
    panel(engine, actor, OperatorRequest { id: operator }).await
}

pub(super) async fn overrule(
    engine: &Engine,
    actor: &Actor,
    request: OverruleRequest,
) -> Result<OperatorPanel, ApiError> {
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
    order(engine, StreamOrder::Refresh)
}

pub(super) async fn connect(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Ordered, ApiError> {
    engine.note(actor, "floor.connect", "floor").await?;
    order(engine, StreamOrder::Connect)
}

impl Engine {
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

fn order(engine: &Engine, order: StreamOrder) -> Result<Ordered, ApiError> {
    let Some(name) = engine.floor_source() else {
        return Err(ApiError::new(ErrorCode::NotFound, "no source of operator states is switched on"));
    };
    Ok(Ordered { taken: engine.sessions().order(name, order) })
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

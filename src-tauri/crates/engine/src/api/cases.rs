//! Commands of cases: what somebody may mean, everything that belongs to one thing and why, and joins and splits by hand.
//!
//! Each area's own rights hold here as on its own screen. Deliberately not here: deciding what belongs together (the domain's rules), and
//! words (the console's).

mod gather;

use pult_domain::{
    Area,
    areas::cases::{Cut, Hand, Join, Moment, Thing, Verdict},
};
use pult_store::{
    Connection, StoreError,
    cases::{self, CaseCard, CaseTrouble, Sight},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Nothing, floor::scope::Scope};
use crate::{
    Engine,
    auth::{Access, Actor, Role},
    error::{ApiError, ErrorCode},
};

/// The longest text to look for, characters.
const LONGEST_TEXT: usize = 200;
/// The longest reason, characters.
const LONGEST_REASON: usize = 500;
/// Deliveries shown, at most.
const MOST_TROUBLES: usize = 50;

/// What somebody typed.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct FindCase {
    /// A telephone number in any spelling, `#4312`, `4312`, `ABC-12`, a document's number, or words; 1 to 200 characters.
    pub text: String,
}

/// What it may mean.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CaseCandidates {
    /// The exact ones first, at most 12.
    pub found: Vec<CaseCandidate>,
}

/// A thing that may be meant.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CaseCandidate {
    /// Which.
    #[ts(type = "string")]
    pub thing: Thing,
    /// What it is.
    pub card: CaseCard,
    /// It is what was typed, and not only like it.
    pub exact: bool,
}

/// One case.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OneCase {
    /// The thing it is opened with, `ticket:4312`.
    #[ts(type = "string")]
    pub thing: Thing,
}

/// Everything that belongs to one thing. Instants are milliseconds UTC.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CaseView {
    /// The thing it was opened with.
    #[ts(type = "string")]
    pub root: Thing,
    /// When it was put together.
    #[ts(type = "number")]
    pub now: i64,
    /// Its things, the nearest first.
    pub things: Vec<CaseThing>,
    /// Why they are in it.
    pub joins: Vec<Join>,
    /// What was kept out by hand.
    pub apart: Vec<CaseApart>,
    /// What happened, oldest first.
    pub timeline: Vec<Moment>,
    /// Deliveries that failed, or are tried again and again.
    pub troubles: Vec<CaseTrouble>,
    /// What there was more of than is shown.
    pub cut: Vec<Cut>,
}

/// A thing of a case.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CaseThing {
    /// Which.
    #[ts(type = "string")]
    pub thing: Thing,
    /// What it is, as it stands now.
    pub card: CaseCard,
    /// Joins between it and the thing the case was opened with.
    pub steps: u32,
    /// All of them are certain.
    pub certain: bool,
}

/// A thing that somebody keeps out of a case.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CaseApart {
    /// Who split it from what, and why.
    pub said: Hand,
    /// The thing that is kept out.
    #[ts(type = "string")]
    pub thing: Thing,
    /// What it is.
    pub card: CaseCard,
}

/// What somebody says of two things.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SayOfTwo {
    /// One of them.
    #[ts(type = "string")]
    pub a: Thing,
    /// The other.
    #[ts(type = "string")]
    pub b: Thing,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Something said by hand.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CaseSaid {
    /// By which it is taken back.
    #[ts(type = "number")]
    pub id: i64,
}

pub(super) async fn find(engine: &Engine, actor: &Actor, request: FindCase) -> Result<CaseCandidates, ApiError> {
    let text = request.text.trim().to_owned();
    if text.is_empty() || text.chars().count() > LONGEST_TEXT {
        return Err(ApiError::field("text", format!("1 to {LONGEST_TEXT} characters")));
    }
    let (look, now) = (looking(engine, actor).await?, engine.clock().now());
    let found = engine.store().read(move |c| cases::find(c, &look(c)?, &text, now)).await?;
    let candidate =
        |(found, exact): (cases::Found, bool)| CaseCandidate { thing: found.thing().clone(), card: found.card, exact };
    Ok(CaseCandidates { found: found.into_iter().map(candidate).collect() })
}

pub(super) async fn get(engine: &Engine, actor: &Actor, request: OneCase) -> Result<CaseView, ApiError> {
    let (look, now, root) = (looking(engine, actor).await?, engine.clock().now(), request.thing);
    let told = actor.may("deliveries.effects", Access::role(Role::Viewer));
    Ok(engine
        .store()
        .read(move |c| {
            let sight = look(c)?;
            let gathered = gather::gather(c, &sight, &root, now)?.ok_or(StoreError::NotFound("case"))?;
            view(c, root, gathered, told, now.as_millisecond())
        })
        .await?)
}

fn view(
    connection: &Connection,
    root: Thing,
    gathered: gather::Gathered,
    told: bool,
    now: i64,
) -> Result<CaseView, StoreError> {
    let gather::Gathered { case, found } = gathered;
    let mut troubles = vec![];
    let mut things = vec![];
    for (thing, member) in &case.things {
        let Some(found) = found.get(thing) else { continue };
        if told && troubles.len() < MOST_TROUBLES {
            troubles.extend(cases::troubles(connection, found)?);
        }
        let (thing, card) = (thing.clone(), found.card.clone());
        things.push(CaseThing { thing, card, steps: member.steps, certain: member.certain });
    }
    things.sort_by(|x, y| (!x.certain, x.steps, &x.thing).cmp(&(!y.certain, y.steps, &y.thing)));
    troubles.truncate(MOST_TROUBLES);
    troubles.sort_by_key(|trouble| -trouble.effect.0);
    let apart = case.apart.into_iter().filter_map(|said| {
        let thing = if case.things.contains_key(&said.a) { said.b.clone() } else { said.a.clone() };
        let card = found.get(&thing)?.card.clone();
        Some(CaseApart { said, thing, card })
    });
    let apart = apart.collect();
    Ok(CaseView { root, now, things, joins: case.joins, apart, timeline: case.timeline, troubles, cut: case.cut })
}

pub(super) async fn join(engine: &Engine, actor: &Actor, request: SayOfTwo) -> Result<CaseSaid, ApiError> {
    if request.a.is_leaf() || request.b.is_leaf() {
        return Err(ApiError::field("b", "an agency, a state or a task is no case of its own"));
    }
    say(engine, actor, request, Verdict::Joined, "cases.join").await
}

pub(super) async fn split(engine: &Engine, actor: &Actor, request: SayOfTwo) -> Result<CaseSaid, ApiError> {
    say(engine, actor, request, Verdict::Split, "cases.split").await
}

/// Keeps what somebody says of two things they see.
async fn say(
    engine: &Engine,
    actor: &Actor,
    request: SayOfTwo,
    verdict: Verdict,
    action: &'static str,
) -> Result<CaseSaid, ApiError> {
    let SayOfTwo { a, b, reason } = request;
    let reason = reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return Err(ApiError::field("reason", format!("1 to {LONGEST_REASON} characters")));
    }
    if a == b {
        return Err(ApiError::field("b", "another thing than `a`"));
    }
    let (look, now, who) = (looking(engine, actor).await?, engine.clock().now(), actor.clone());
    let kept = engine
        .store()
        .write(move |c| {
            let sight = look(c)?;
            let Some(one) = cases::load(c, &sight, &a, true, now)? else { return Err(StoreError::NotFound("thing")) };
            if cases::load(c, &sight, &b, true, now)?.is_none() {
                return Err(StoreError::NotFound("thing"));
            }
            let last = one.hand.iter().find(|said| said.a == b || said.b == b);
            if last.is_some_and(|said| said.verdict == verdict) {
                return Ok(None);
            }
            let id = cases::keep_hand(c, (&a, &b), verdict, &reason, &who.login, now)?;
            who.note(c, action, &format!("{a} {b}"), serde_json::json!({ "id": id, "reason": reason }), now)?;
            Ok(Some(id))
        })
        .await?;
    let id = kept.ok_or_else(|| ApiError::new(ErrorCode::Conflict, "it is so already"))?;
    engine.bus().changed(Area::Cases, vec![]);
    Ok(CaseSaid { id })
}

pub(super) async fn take_back(engine: &Engine, actor: &Actor, request: CaseSaid) -> Result<Nothing, ApiError> {
    let (look, now, who) = (looking(engine, actor).await?, engine.clock().now(), actor.clone());
    engine
        .store()
        .write(move |c| {
            let sight = look(c)?;
            let said = cases::take_back(c, request.id, now)?.ok_or(StoreError::NotFound("join"))?;
            for thing in [&said.a, &said.b] {
                // What fails is undone: the word stays as it was.
                if cases::load(c, &sight, thing, true, now)?.is_none() {
                    return Err(StoreError::NotFound("join"));
                }
            }
            let detail = serde_json::json!({ "id": said.id, "verdict": said.verdict });
            who.note(c, "cases.take_back", &format!("{} {}", said.a, said.b), detail, now)
        })
        .await?;
    engine.bus().changed(Area::Cases, vec![]);
    Ok(Nothing {})
}

/// How far an actor may look, settled by the database when it is asked: on each area's screen they see the same.
pub(super) async fn looking(
    engine: &Engine,
    actor: &Actor,
) -> Result<impl FnOnce(&Connection) -> Result<Sight, StoreError> + Send + 'static, ApiError> {
    let may = |command: &str| actor.may(command, Access::role(Role::Viewer));
    let tickets = if may("tickets.detail") { Some(engine.ticket_viewer(actor).await?) } else { None };
    let sight = Sight {
        calls: None,
        tickets,
        pairs: may("chat_link.pair"),
        ratings: may("ratings.detail"),
        documents: may("erp.detail"),
        floor: may("floor.stretches"),
        operators: None,
    };
    let (actor, calls) = (actor.clone(), may("calls.detail"));
    Ok(move |c: &Connection| {
        let scope = Scope::of(c, &actor)?;
        let calls = calls.then(|| scope.calls(c)).transpose()?;
        Ok(Sight { calls, operators: scope.operators(c)?, ..sight })
    })
}

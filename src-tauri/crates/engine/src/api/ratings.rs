//! Commands of ratings: who is waited for, what was answered, the figures of a period, and what a supervisor may do.
//!
//! Deliberately not here: asking anybody (the rule's effects), and words for a rating (the console's).

use pult_domain::{
    Answer, Fact, RatingId, Subject,
    areas::ratings::{Fact as RatingFact, Rate},
};
use pult_store::{
    StoreError,
    journal::{self, EntryRow},
    ratings::{self, Counts, Filter, PageKey, RatingRow},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Engine,
    auth::Actor,
    error::{ApiError, ErrorCode},
};

/// Decisions shown with a request.
const SHOWN: usize = 50;
/// The longest reason, characters.
const LONGEST: usize = 500;
/// The longest period of figures, ms.
const LONGEST_PERIOD: i64 = 3_660 * 86_400_000;

/// A page of requests.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "RatingPageRequest")]
pub struct PageRequest {
    /// Which.
    #[serde(default)]
    pub filter: Filter,
    /// Where to go on.
    #[serde(default)]
    pub after: Option<PageKey>,
    /// How many, up to 500.
    pub limit: usize,
}

/// Some requests by id.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "RatingIds")]
pub struct Ids {
    /// Up to 500.
    pub ids: Vec<RatingId>,
}

/// Those of them that exist.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(rename = "RatingRows")]
pub struct Rows {
    /// In the order asked for.
    pub rows: Vec<RatingRow>,
}

/// One request.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "RatingRequest")]
pub struct Id {
    /// Which.
    pub id: RatingId,
}

/// One request, and why something is done with it.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct WithReason {
    /// Which.
    pub id: RatingId,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// A rating by hand.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RateRequest {
    /// Of which request.
    pub id: RatingId,
    /// How.
    pub rate: Rate,
}

/// A period of closings.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "RatingPeriod")]
pub struct PeriodRequest {
    /// From, milliseconds UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// To, milliseconds UTC, not included.
    #[ts(type = "number")]
    pub until: i64,
}

/// How the closings of a period came out.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct Figures {
    /// Answers and silences apart.
    pub counts: Counts,
    /// Satisfaction: the share of good and normal among authors' own answers, 0 to 1. Absent without answers.
    pub satisfaction: Option<f64>,
    /// The same with automatic ratings counted in; ratings by hand and authors who were not asked stay outside.
    pub with_automatic: Option<f64>,
}

/// A request with what was decided about it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RatingPanel {
    /// The request.
    pub row: RatingRow,
    /// Earlier and later requests about the same issue, newest first.
    pub others: Vec<RatingRow>,
    /// What was decided, newest first, each with its reason.
    pub decisions: Vec<EntryRow>,
}

pub(super) async fn page(engine: &Engine, _: &Actor, request: PageRequest) -> Result<ratings::Page, ApiError> {
    let PageRequest { filter, after, limit } = request;
    Ok(engine.store().read(move |c| ratings::page(c, &filter, after, limit)).await?)
}

pub(super) async fn rows(engine: &Engine, _: &Actor, request: Ids) -> Result<Rows, ApiError> {
    if request.ids.len() > ratings::LONGEST_PAGE {
        return Err(ApiError::field("ids", format!("at most {}", ratings::LONGEST_PAGE)));
    }
    Ok(Rows { rows: engine.store().read(move |c| ratings::by_ids(c, &request.ids)).await? })
}

pub(super) async fn figures(engine: &Engine, _: &Actor, request: PeriodRequest) -> Result<Figures, ApiError> {
    let PeriodRequest { from, until } = request;
    if until <= from || until.saturating_sub(from) > LONGEST_PERIOD {
        return Err(ApiError::field("until", "after `from`, at most ten years"));
    }
    let counts = engine.store().read(move |c| ratings::counts(c, from, until)).await?;
    let share = |[good, normal, bad]: [u32; 3]| {
        let all = f64::from(good) + f64::from(normal) + f64::from(bad);
        (all > 0.0).then(|| (f64::from(good) + f64::from(normal)) / all)
    };
    let both = [0, 1, 2].map(|n| counts.by_user[n].saturating_add(counts.by_auto[n]));
    Ok(Figures { counts, satisfaction: share(counts.by_user), with_automatic: share(both) })
}

pub(super) async fn detail(engine: &Engine, _: &Actor, request: Id) -> Result<RatingPanel, ApiError> {
    let id = request.id;
    Ok(engine
        .store()
        .read(move |c| {
            let row = ratings::by_ids(c, &[id])?.into_iter().next().ok_or(StoreError::NotFound("rating"))?;
            let others = ratings::of_issue(c, row.issue, SHOWN)?.into_iter().filter(|other| other.id != id).collect();
            let decisions = journal::of_subject(c, &Subject::rating(id), SHOWN)?;
            Ok(RatingPanel { row, others, decisions })
        })
        .await?)
}

pub(super) async fn hold(engine: &Engine, actor: &Actor, request: WithReason) -> Result<RatingRow, ApiError> {
    let reason = reason(&request.reason)?;
    let fact = RatingFact::Held { request: request.id, reason, by: actor.login.clone() };
    act(engine, actor, "ratings.hold", request.id, fact).await
}

pub(super) async fn release(engine: &Engine, actor: &Actor, request: Id) -> Result<RatingRow, ApiError> {
    let fact = RatingFact::Released { request: request.id, by: actor.login.clone() };
    act(engine, actor, "ratings.release", request.id, fact).await
}

pub(super) async fn cancel(engine: &Engine, actor: &Actor, request: WithReason) -> Result<RatingRow, ApiError> {
    let reason = reason(&request.reason)?;
    let fact = RatingFact::Cancelled { request: request.id, reason, by: actor.login.clone() };
    act(engine, actor, "ratings.cancel", request.id, fact).await
}

pub(super) async fn ask_again(engine: &Engine, actor: &Actor, request: Id) -> Result<RatingRow, ApiError> {
    let fact = RatingFact::AskedAgain { request: request.id, by: actor.login.clone() };
    act(engine, actor, "ratings.ask_again", request.id, fact).await
}

pub(super) async fn rate(engine: &Engine, actor: &Actor, request: RateRequest) -> Result<RatingRow, ApiError> {
    if !engine.registry().terms().ratings.desk {
        return Err(ApiError::new(ErrorCode::Conflict, "no service desk is connected"));
    }
    let fact = RatingFact::RatedByHand { request: request.id, rate: request.rate, by: actor.login.clone() };
    act(engine, actor, "ratings.rate", request.id, fact).await
}

fn reason(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    match text.is_empty() || text.chars().count() > LONGEST {
        true => Err(ApiError::field("reason", format!("1 to {LONGEST} characters"))),
        false => Ok(text.to_owned()),
    }
}

/// Decides about what a supervisor did, and reads the request as it then is.
async fn act(
    engine: &Engine,
    actor: &Actor,
    action: &'static str,
    id: RatingId,
    fact: RatingFact,
) -> Result<RatingRow, ApiError> {
    let answer = engine.act(actor, action, &Subject::rating(id), Fact::Ratings(fact)).await?;
    if answer == Some(Answer::Unchanged) {
        return Err(ApiError::new(ErrorCode::Conflict, "not possible in the state it is in now"));
    }
    let rows = engine.store().read(move |c| ratings::by_ids(c, &[id])).await?;
    rows.into_iter().next().ok_or_else(|| StoreError::NotFound("rating").into())
}

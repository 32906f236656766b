//! Commands of ERP documents: where each stands, who was given its tasks and why, what is known of the house, and what a supervisor may
//! do.
//!
//! Deliberately not here: making tasks (the rule's effects), and words for a trouble (the console's).

use jiff::SignedDuration;
use pult_domain::{
    Answer, DocumentId, Fact, Instant, Subject,
    areas::erp::{Cached, Fact as ErpFact, State},
};
use pult_store::{
    StoreError,
    erp::{self, Counts, DocumentDetail, DocumentRow, Filter},
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

/// Decisions shown with a document.
const SHOWN: usize = 50;

/// A page of documents.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "DocumentPageRequest")]
pub struct PageRequest {
    /// Which.
    #[serde(default)]
    pub filter: Filter,
    /// Before which document to go on.
    #[serde(default)]
    pub before: Option<DocumentId>,
    /// How many, up to 500.
    pub limit: usize,
}

/// Some documents by id.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "DocumentIds")]
pub struct Ids {
    /// Up to 500.
    pub ids: Vec<DocumentId>,
}

/// Those of them that exist.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(rename = "DocumentRows")]
pub struct Rows {
    /// In the order asked for.
    pub rows: Vec<DocumentRow>,
}

/// One document.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "DocumentRequest")]
pub struct Id {
    /// Which.
    pub id: DocumentId,
}

/// One document with what was decided about it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DocumentPanel {
    /// The document line by line.
    pub document: DocumentDetail,
    /// What was decided, newest first, each with its reason.
    pub decisions: Vec<EntryRow>,
    /// The page of a task in the portal: `{id}` stands for its number, `{person}` for that of whoever is responsible. Absent where no portal
    /// is connected.
    pub task_page: Option<String>,
}

/// What is known of the house tasks are given out in.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct HouseDirectory {
    /// Departments.
    pub departments: Option<DirectoryPart>,
    /// People of the root department and all below it.
    pub people: Option<DirectoryPart>,
    /// Projects of the wanted name.
    pub project: Option<DirectoryPart>,
    /// Working hours.
    pub schedule: Option<DirectoryPart>,
    /// Since when a reading is under way, milliseconds UTC.
    #[ts(type = "number | null")]
    pub reading_since: Option<i64>,
    /// When a reading failed last, milliseconds UTC; absent since one succeeded.
    #[ts(type = "number | null")]
    pub failed_at: Option<i64>,
}

/// A part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct DirectoryPart {
    /// How many there are.
    pub count: u32,
    /// When it was read, milliseconds UTC.
    #[ts(type = "number")]
    pub read_at: i64,
    /// Until when it is believed, milliseconds UTC; after that it is read anew when a document needs it.
    #[ts(type = "number")]
    pub fresh_until: i64,
}

pub(super) async fn page(engine: &Engine, _: &Actor, request: PageRequest) -> Result<erp::Page, ApiError> {
    let PageRequest { filter, before, limit } = request;
    Ok(engine.store().read(move |c| erp::page(c, &filter, before, limit)).await?)
}

pub(super) async fn rows(engine: &Engine, _: &Actor, request: Ids) -> Result<Rows, ApiError> {
    if request.ids.len() > erp::LONGEST_PAGE {
        return Err(ApiError::field("ids", format!("at most {}", erp::LONGEST_PAGE)));
    }
    Ok(Rows { rows: engine.store().read(move |c| erp::by_ids(c, &request.ids)).await? })
}

pub(super) async fn counts(engine: &Engine, _: &Actor, _: Nothing) -> Result<Counts, ApiError> {
    Ok(engine.store().read(erp::counts).await?)
}

pub(super) async fn detail(engine: &Engine, _: &Actor, request: Id) -> Result<DocumentPanel, ApiError> {
    let (id, task_page) = (request.id, engine.registry().terms().pages.task.clone());
    Ok(engine
        .store()
        .read(move |c| {
            let decisions = journal::of_subject(c, &Subject::document(id), SHOWN)?;
            Ok(DocumentPanel { document: erp::detail(c, id)?, decisions, task_page })
        })
        .await?)
}

pub(super) async fn again(engine: &Engine, actor: &Actor, request: Id) -> Result<DocumentRow, ApiError> {
    let id = request.id;
    let before = row(engine, id).await?;
    if before.stage.is_some() || matches!(before.state, State::Received | State::Done) {
        return Err(ApiError::new(ErrorCode::Conflict, "it is being worked on, or nothing is left to be done"));
    }
    let fact = ErpFact::AskedAgain { document: id, by: actor.login.clone() };
    let answer = engine.act(actor, "erp.again", &Subject::document(id), Fact::Erp(fact)).await?;
    if answer == Some(Answer::Unchanged) {
        return Err(StoreError::NotFound("document").into());
    }
    row(engine, id).await
}

pub(super) async fn directory(engine: &Engine, _: &Actor, _: Nothing) -> Result<HouseDirectory, ApiError> {
    let known = engine.store().read(erp::directory).await?;
    let lives = engine.registry().terms().erp.lives;
    Ok(HouseDirectory {
        departments: known.departments.map(|part| part_of(&part, part.value.len(), lives.departments)),
        people: known.people.map(|part| part_of(&part, part.value.len(), lives.people)),
        project: known.projects.map(|part| part_of(&part, part.value.len(), lives.project)),
        schedule: known.schedule.map(|part| part_of(&part, 1, lives.schedule)),
        reading_since: known.reading.map(Instant::as_millisecond),
        failed_at: known.failed.map(Instant::as_millisecond),
    })
}

pub(super) async fn forget_directory(engine: &Engine, actor: &Actor, _: Nothing) -> Result<HouseDirectory, ApiError> {
    let fact = ErpFact::DirectoryForgotten { by: actor.login.clone() };
    engine.act(actor, "erp.forget_directory", &Subject::directory(), Fact::Erp(fact)).await?;
    directory(engine, actor, Nothing {}).await
}

fn part_of<T>(part: &Cached<T>, count: usize, life: SignedDuration) -> DirectoryPart {
    DirectoryPart {
        count: u32::try_from(count).unwrap_or(u32::MAX),
        read_at: part.at.as_millisecond(),
        fresh_until: part.at.checked_add(life).unwrap_or(Instant::MAX).as_millisecond(),
    }
}

async fn row(engine: &Engine, id: DocumentId) -> Result<DocumentRow, ApiError> {
    let rows = engine.store().read(move |c| erp::by_ids(c, &[id])).await?;
    rows.into_iter().next().ok_or_else(|| StoreError::NotFound("document").into())
}

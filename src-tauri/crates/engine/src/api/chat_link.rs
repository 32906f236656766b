//! Commands of conversations and issues: the pairs, what was said in each and what became of it, and what a supervisor may do.
//!
//! Deliberately not here: copying anything (the rule's effects), and words for a reason (the console's).

use pult_domain::{Answer, ChatItemId, ChatLinkId, ChatRequestId, Fact, Subject, areas::chat_link::Fact as ChatFact};
use pult_store::{
    StoreError,
    chat_link::{self, ChatRequestRow, Counts, Filter, Lineage, PageKey},
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

/// Decisions shown with a pair.
const SHOWN: usize = 50;
/// Requests shown at once.
const REQUESTS: usize = 100;

/// A page of pairs.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "ChatPageRequest")]
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

/// One pair, a page of what was said in it.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "ChatLineageRequest")]
pub struct LineageRequest {
    /// Which.
    pub id: ChatLinkId,
    /// Where to go on.
    #[serde(default)]
    pub after: Option<ChatItemId>,
    /// How many, up to 500.
    pub limit: usize,
}

/// One pair.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "ChatPairRequest")]
pub struct PairRequest {
    /// Which.
    pub id: ChatLinkId,
}

/// One item.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "ChatItemRequest")]
pub struct ItemRequest {
    /// Of which pair.
    pub pair: ChatLinkId,
    /// Which.
    pub id: ChatItemId,
}

/// One request.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "ChatRequestRequest")]
pub struct RequestRequest {
    /// Which.
    pub id: ChatRequestId,
}

/// The figures of the area, and the requests that are on their way or failed.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ChatDesk {
    /// Whether anything is copied.
    pub enabled: bool,
    /// Whether the messenger is connected.
    pub chat: bool,
    /// Whether the tracker is connected.
    pub tracker: bool,
    /// The figures.
    pub counts: Counts,
    /// Newest first, at most 100.
    pub requests: Vec<ChatRequestRow>,
}

/// A pair with what was said in it, and what was decided about it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ChatPair {
    /// What was said.
    pub lineage: Lineage,
    /// What was decided, newest first, each with its reason.
    pub decisions: Vec<EntryRow>,
}

pub(super) async fn desk(engine: &Engine, _: &Actor, _: Nothing) -> Result<ChatDesk, ApiError> {
    let terms = engine.registry().terms();
    let (enabled, chat, tracker) = (terms.chat_link.enabled, terms.chat_link.chat, terms.chat_link.tracker);
    let (counts, requests) =
        engine.store().read(|c| Ok((chat_link::counts(c)?, chat_link::requests(c, REQUESTS)?))).await?;
    Ok(ChatDesk { enabled, chat, tracker, counts, requests })
}

pub(super) async fn page(engine: &Engine, _: &Actor, request: PageRequest) -> Result<chat_link::Page, ApiError> {
    let PageRequest { filter, after, limit } = request;
    Ok(engine.store().read(move |c| chat_link::page(c, &filter, after, limit)).await?)
}

pub(super) async fn pair(engine: &Engine, _: &Actor, request: LineageRequest) -> Result<ChatPair, ApiError> {
    let LineageRequest { id, after, limit } = request;
    Ok(engine
        .store()
        .read(move |c| {
            let lineage = chat_link::lineage(c, id, after, limit)?.ok_or(StoreError::NotFound("pair"))?;
            let decisions = journal::of_subject(c, &Subject::issue(&lineage.pair.issue), SHOWN)?;
            Ok(ChatPair { lineage, decisions })
        })
        .await?)
}

pub(super) async fn pause(engine: &Engine, actor: &Actor, request: PairRequest) -> Result<ChatPair, ApiError> {
    let fact = ChatFact::PauseAsked { link: request.id, by: actor.login.clone() };
    act(engine, actor, "chat_link.pause", request.id, fact).await
}

pub(super) async fn resume(engine: &Engine, actor: &Actor, request: PairRequest) -> Result<ChatPair, ApiError> {
    let fact = ChatFact::ResumeAsked { link: request.id, by: actor.login.clone() };
    act(engine, actor, "chat_link.resume", request.id, fact).await
}

pub(super) async fn drop_item(engine: &Engine, actor: &Actor, request: ItemRequest) -> Result<ChatPair, ApiError> {
    let fact = ChatFact::ItemDropped { item: request.id, by: actor.login.clone() };
    act(engine, actor, "chat_link.drop_item", request.pair, fact).await
}

pub(super) async fn send_item(engine: &Engine, actor: &Actor, request: ItemRequest) -> Result<ChatPair, ApiError> {
    let fact = ChatFact::ItemSentAgain { item: request.id, by: actor.login.clone() };
    act(engine, actor, "chat_link.send_item", request.pair, fact).await
}

pub(super) async fn request_again(
    engine: &Engine,
    actor: &Actor,
    request: RequestRequest,
) -> Result<ChatDesk, ApiError> {
    let fact = ChatFact::RequestAgain { request: request.id, by: actor.login.clone() };
    decided(engine, actor, "chat_link.request_again", &Subject::chat_request(request.id), fact).await?;
    desk(engine, actor, Nothing {}).await
}

/// Decides about what a supervisor did, and reads the pair as it then is.
async fn act(
    engine: &Engine,
    actor: &Actor,
    action: &'static str,
    id: ChatLinkId,
    fact: ChatFact,
) -> Result<ChatPair, ApiError> {
    let issue = engine.store().read(move |c| Ok(chat_link::lineage(c, id, None, 1)?.map(|l| l.pair.issue))).await?;
    let issue = issue.ok_or(StoreError::NotFound("pair"))?;
    decided(engine, actor, action, &Subject::issue(&issue), fact).await?;
    pair(engine, actor, LineageRequest { id, after: None, limit: SHOWN }).await
}

async fn decided(
    engine: &Engine,
    actor: &Actor,
    action: &'static str,
    about: &Subject,
    fact: ChatFact,
) -> Result<(), ApiError> {
    match engine.act(actor, action, about, Fact::ChatLink(fact)).await? {
        Some(Answer::Unchanged) => Err(ApiError::new(ErrorCode::Conflict, "not possible in the state it is in now")),
        _ => Ok(()),
    }
}

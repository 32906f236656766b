//! What people look at: pairs of an issue and its conversation, what was said in each, and requests on their way.
//!
//! Deliberately not here: what a reason is called (whoever shows it).

use pult_domain::{
    ChatItemId, ChatLinkId, ChatRequestId,
    areas::chat_link::{Item, ItemState, Link, Request, RequestState, Side, Way, owed::Event},
};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    known::{self, Reader},
    sql,
};
use crate::{StoreError, column::word, millis};

/// Pairs of a page at most.
pub const LONGEST_PAGE: usize = 500;
/// Of a text in a list, characters.
const LONGEST_GLANCE: usize = 200;

/// An issue and its conversation as the console shows them. Instants are milliseconds UTC.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "ChatPairRow")]
pub struct PairRow {
    /// Its id.
    pub id: ChatLinkId,
    /// The issue's key.
    pub issue: String,
    /// The issue's page.
    pub url: String,
    /// The issue's title.
    pub summary: String,
    /// The issue's status for people, as last seen.
    pub status: String,
    /// Whether that status ends it.
    pub over: bool,
    /// The messenger's id of the chat; none before the first message was posted.
    #[ts(type = "number | null")]
    pub chat: Option<i64>,
    /// The messenger's id of the first message.
    #[ts(type = "number | null")]
    pub message: Option<i64>,
    /// Since when nothing is copied.
    #[ts(type = "number | null")]
    pub paused_at: Option<i64>,
    /// Why: `echo`, `storm`, `chat_gone`, `issue_gone`, or a person's login.
    pub paused_why: Option<String>,
    /// Since when there is this pair.
    #[ts(type = "number")]
    pub created_at: i64,
    /// Items that wait.
    pub held: u32,
    /// Items that could not be copied.
    pub failed: u32,
    /// The newest item.
    pub last: Option<Glance>,
}

/// The newest item of a pair, in short.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "ChatGlance")]
pub struct Glance {
    /// Where it was written.
    pub side: Side,
    /// Who wrote it; empty before they are known.
    pub author: String,
    /// What, 200 characters at most.
    pub text: String,
    /// Where its copy stands.
    pub state: ItemState,
    /// When, milliseconds UTC.
    #[ts(type = "number")]
    pub at: i64,
}

/// One item as the console shows it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ChatItemRow {
    /// Its id.
    pub id: ChatItemId,
    /// Where it was written.
    pub side: Side,
    /// Its id there.
    pub external: String,
    /// What became of it there.
    pub event: Event,
    /// Who wrote it; empty before they are known.
    pub author: String,
    /// What.
    pub text: String,
    /// Names of what is attached.
    pub files: Vec<String>,
    /// How often it has gone round.
    pub hops: u32,
    /// Whose echo it is.
    pub origin: Option<ChatItemId>,
    /// Where its copy stands.
    pub state: ItemState,
    /// Why it was skipped, held or failed: a code, or the other side's words.
    pub reason: Option<String>,
    /// The other side's id of the copy.
    pub copy: Option<String>,
    /// When it was written, milliseconds UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// When it was found by asking again, milliseconds UTC; absent where its side told of it by itself.
    #[ts(type = "number | null")]
    pub recovered_at: Option<i64>,
}

/// One request as the console shows it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ChatRequestRow {
    /// Its id.
    pub id: ChatRequestId,
    /// How it came about.
    pub way: Way,
    /// Where it stands.
    pub state: RequestState,
    /// Who asks; empty before they are known.
    pub name: String,
    /// Their login at the tracker.
    pub login: Option<String>,
    /// Their department.
    pub department: Option<String>,
    /// The title.
    pub summary: String,
    /// The answer chosen in the form.
    pub subcategory: Option<String>,
    /// What was written.
    pub text: String,
    /// Names of what is attached.
    pub files: Vec<String>,
    /// Why it failed, in the other side's words.
    pub trouble: Option<String>,
    /// The pair it became.
    pub link: Option<ChatLinkId>,
    /// When it began, milliseconds UTC.
    #[ts(type = "number")]
    pub at: i64,
}

/// Everything that was said in a pair, and how it began.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "ChatLineage")]
pub struct Lineage {
    /// The pair.
    pub pair: PairRow,
    /// The request it was.
    pub request: Option<ChatRequestRow>,
    /// Its items, newest first.
    pub items: Vec<ChatItemRow>,
    /// Where the next page of items begins; absent on the last.
    pub next: Option<ChatItemId>,
}

/// Which pairs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "ChatWhich")]
pub enum Which {
    /// All, newest first.
    #[default]
    All,
    /// Paused ones.
    Paused,
    /// Those with items that wait or failed.
    Stuck,
}

/// A choice among the pairs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
#[ts(rename = "ChatFilter")]
pub struct Filter {
    /// Which.
    pub which: Which,
    /// Only the one with this issue.
    pub issue: Option<String>,
}

/// A page of pairs.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "ChatPage")]
pub struct Page {
    /// The pairs.
    pub rows: Vec<PairRow>,
    /// Where the next page begins; absent on the last.
    pub next: Option<PageKey>,
}

/// A place in the list: the id of its last pair.
pub type PageKey = ChatLinkId;

/// How many pairs there are, and how many of everything wait for a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ChatCounts")]
pub struct Counts {
    /// Pairs there ever were.
    #[ts(type = "number")]
    pub pairs: i64,
    /// Paused ones.
    pub paused: u32,
    /// Items that wait.
    pub held: u32,
    /// Items that could not be copied.
    pub failed: u32,
    /// Requests on their way to an issue.
    pub under_way: u32,
    /// Requests whose issue could not be created.
    pub not_created: u32,
}

/// A page of pairs after a place.
///
/// # Errors
/// When it cannot be read.
pub fn page(
    connection: &Connection,
    filter: &Filter,
    after: Option<PageKey>,
    limit: usize,
) -> Result<Page, StoreError> {
    let limit = limit.clamp(1, LONGEST_PAGE);
    let reader = Reader(connection);
    let after = after.unwrap_or(ChatLinkId(i64::MAX));
    let values = params![after.0, limit as i64 + 1, filter.issue];
    let mut links = reader.many(&statement(filter), values, known::link)?;
    let more = links.len() > limit;
    links.truncate(limit);
    let next = links.last().filter(|_| more).map(|last| last.id);
    let rows = links.into_iter().map(|link| pair(connection, link)).collect::<Result<_, _>>()?;
    Ok(Page { rows, next })
}

/// The statement of a filter; parameters are numbered the same in all of them.
pub(super) fn statement(filter: &Filter) -> String {
    let columns = sql::LINK_OF_ID.trim_end_matches(" WHERE id = ?1");
    let which = match filter.which {
        Which::All => "",
        Which::Paused => " AND paused_at IS NOT NULL",
        Which::Stuck => {
            " AND id IN (SELECT link_id FROM ct_item INDEXED BY ct_item_held WHERE state IN ('held', 'failed'))"
        }
    };
    let issue = if filter.issue.is_some() { "issue_key = ?3" } else { "?3 IS NULL" };
    format!("{columns} WHERE id < ?1 AND {issue}{which} ORDER BY id DESC LIMIT ?2")
}

fn pair(connection: &Connection, link: Link) -> Result<PairRow, StoreError> {
    let stuck: Vec<(Option<ItemState>, u32)> = Reader(connection).many(sql::STUCK_OF_LINK, [link.id.0], state_count)?;
    let of = |state| stuck.iter().find(|(of, _)| *of == Some(state)).map_or(0, |(_, count)| *count);
    Ok(PairRow {
        held: of(ItemState::Held),
        failed: of(ItemState::Failed),
        last: Reader(connection).one(sql::LAST_OF_LINK, [link.id.0], glance)?,
        id: link.id,
        issue: link.issue,
        url: link.url,
        summary: link.summary,
        status: link.status,
        over: link.over,
        chat: link.chat,
        message: link.message,
        paused_at: link.paused_at.map(millis),
        paused_why: link.paused_why,
        created_at: millis(link.created_at),
    })
}

fn state_count(r: &Row<'_>) -> rusqlite::Result<(Option<ItemState>, u32)> {
    Ok((word(r, 0)?, r.get(1)?))
}

fn glance(r: &Row<'_>) -> rusqlite::Result<Glance> {
    let text: String = r.get(2)?;
    Ok(Glance {
        side: word(r, 0)?.unwrap_or(Side::Chat),
        author: r.get(1)?,
        text: text.chars().take(LONGEST_GLANCE).collect(),
        state: word(r, 3)?.unwrap_or(ItemState::Skipped),
        at: r.get(4)?,
    })
}

/// A pair with everything that was said in it, a page of items.
///
/// # Errors
/// When it cannot be read.
pub fn lineage(
    connection: &Connection,
    id: ChatLinkId,
    after: Option<ChatItemId>,
    limit: usize,
) -> Result<Option<Lineage>, StoreError> {
    let limit = limit.clamp(1, LONGEST_PAGE);
    let reader = Reader(connection);
    let Some(link) = reader.link(id)? else { return Ok(None) };
    let after = after.map_or(i64::MAX, |item| item.0);
    let item = |r: &Row<'_>| Ok((known::item(r)?, r.get::<_, Option<i64>>(18)?));
    let mut items = reader.many(sql::ITEMS_OF_LINK, params![id.0, after, limit as i64 + 1], item)?;
    let more = items.len() > limit;
    items.truncate(limit);
    Ok(Some(Lineage {
        request: reader.one(sql::REQUEST_OF_LINK, [id.0], known::request)?.map(request_row),
        next: items.last().filter(|_| more).map(|(last, _)| last.id),
        items: items.into_iter().map(|(item, recovered_at)| item_row(item, recovered_at)).collect(),
        pair: pair(connection, link)?,
    }))
}

/// Requests on their way, and those that failed, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn requests(connection: &Connection, limit: usize) -> Result<Vec<ChatRequestRow>, StoreError> {
    let limit = limit.clamp(1, LONGEST_PAGE) as i64;
    let rows = Reader(connection).many(sql::REQUESTS_OPEN, [limit], known::request)?;
    Ok(rows.into_iter().map(request_row).collect())
}

/// The figures of the area.
///
/// # Errors
/// When they cannot be read.
pub fn counts(connection: &Connection) -> Result<Counts, StoreError> {
    let reader = Reader(connection);
    let number = |r: &Row<'_>| r.get::<_, i64>(0);
    let mut counts = Counts {
        pairs: reader.one(sql::COUNT_LINKS, [], number)?.unwrap_or_default(),
        paused: reader.one(sql::COUNT_PAUSED, [], |r| r.get(0))?.unwrap_or_default(),
        ..Counts::default()
    };
    for (state, count) in reader.many(sql::COUNT_STUCK, [], state_count)? {
        match state {
            Some(ItemState::Held) => counts.held = count,
            Some(ItemState::Failed) => counts.failed = count,
            _ => {}
        }
    }
    let of_requests = |r: &Row<'_>| Ok((r.get::<_, bool>(0)?, r.get::<_, u32>(1)?));
    for (failed, count) in reader.many(sql::COUNT_REQUESTS, [], of_requests)? {
        if failed {
            counts.not_created = count;
        } else {
            counts.under_way = count;
        }
    }
    Ok(counts)
}

fn item_row(item: Item, recovered_at: Option<i64>) -> ChatItemRow {
    ChatItemRow {
        recovered_at,
        id: item.id,
        side: item.side,
        external: item.external,
        event: item.event,
        author: item.author,
        text: item.text,
        files: item.files.into_iter().map(|file| file.name).collect(),
        hops: item.hops,
        origin: item.origin,
        state: item.state,
        reason: item.reason,
        copy: item.copy,
        at: millis(item.at),
    }
}

fn request_row(request: Request) -> ChatRequestRow {
    ChatRequestRow {
        id: request.id,
        way: request.way,
        state: request.state,
        name: request.name,
        login: request.login,
        department: request.department,
        summary: request.summary,
        subcategory: request.subcategory,
        text: request.text,
        files: request.files.into_iter().map(|file| file.name).collect(),
        trouble: request.trouble,
        link: request.link,
        at: millis(request.at),
    }
}

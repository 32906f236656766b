//! Commands of tickets: lists, one ticket with its history, what somebody wants changed, files, and keys of people's own.
//!
//! Who may see all tickets is settled here; whether the tracker lets somebody do something, it says itself. Deliberately not here:
//! changing anything (the rule's effects), and words (the console's).

mod account;
pub mod activity;
mod again;
mod files;
mod notes;
mod signature;

use pult_domain::{
    Answer, Fact, Subject, TicketChangeId, TicketId,
    areas::tickets::{Ask, Dictionary, Fact as TicketFact, Intent, Priority, Project, Status, Upload, Wanted},
};
use pult_store::{
    StoreError, people,
    tickets::{
        self, KeptFilter, TicketChangeRow, TicketCounts, TicketDetailRow, TicketFilter, TicketPage, TicketPageKey,
        TicketRow, Viewer,
    },
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{
    Engine,
    areas::tickets::source,
    auth::{Actor, Role},
    error::{ApiError, ErrorCode},
};

pub use account::{ConnectTickets, TicketAccount};
pub(super) use account::{connect, disconnect};
pub use again::AgainRequest;
pub(super) use again::{again, put_aside};
pub use files::{AttachmentRequest, UploadRequest};
pub(super) use files::{attachment, upload};
pub use notes::{DeleteNoteRequest, EditNoteRequest};
pub(super) use notes::{delete as delete_note, edit as edit_note};

/// Characters of a note, or of a description.
const LONGEST_TEXT: usize = 60_000;
/// Characters of a title (contracts/redmine 2).
const LONGEST_TITLE: usize = 255;
/// Files of one change.
const MOST_FILES: usize = 10;
/// Rows asked for by their numbers at once.
const MOST_ROWS: usize = 500;

/// A page of tickets.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TicketPageRequest {
    /// Which.
    #[serde(default)]
    pub filter: TicketFilter,
    /// Where to go on.
    #[serde(default)]
    pub after: Option<TicketPageKey>,
    /// How many, up to 500.
    pub limit: usize,
}

/// Figures of a choice of tickets.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct TicketCountsRequest {
    /// Which; its statuses do not matter.
    pub filter: TicketFilter,
}

/// Some tickets by their numbers.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TicketIds {
    /// Up to 500.
    pub ids: Vec<TicketId>,
}

/// Some tickets.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TicketRows {
    /// Those of them that there are and the person may see.
    pub rows: Vec<TicketRow>,
}

/// One ticket.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OneTicket {
    /// Its number.
    pub id: TicketId,
}

/// One change of a ticket.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OneTicketChange {
    /// Which.
    pub id: TicketChangeId,
}

/// What somebody wants of a ticket: of its fields, to say, to attach. What is said and changed goes in one call.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ChangeTicketRequest {
    /// Which ticket.
    pub id: TicketId,
    /// What is wanted of its fields.
    #[serde(default)]
    pub wanted: Wanted,
    /// What those fields were when the person looked; where somebody else was first, nothing is overwritten.
    #[serde(default)]
    pub seen: Wanted,
    /// What is said, in the tracker's markup.
    #[serde(default)]
    pub note: Option<String>,
    /// Whether only some may read that.
    #[serde(default)]
    pub private: bool,
    /// SHA-256 of files brought by `tickets.upload`.
    #[serde(default)]
    pub files: Vec<String>,
}

/// Hears of a ticket from now on, or no longer.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct WatchTicketRequest {
    /// Which ticket.
    pub id: TicketId,
    /// Whether the person wants to.
    pub on: bool,
}

/// A new ticket.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NewTicketRequest {
    /// The tracker's number of the project.
    #[ts(type = "number")]
    pub project: i64,
    /// Of the kind; the project's first when absent.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub tracker: Option<i64>,
    /// Of the priority; the usual one when absent.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub priority: Option<i64>,
    /// Of the assignee; nobody when absent.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub assignee: Option<i64>,
    /// The title, 1 to 255 characters.
    pub subject: String,
    /// What it is about; the person's signature is added.
    pub description: String,
    /// SHA-256 of files brought by `tickets.upload`.
    #[serde(default)]
    pub files: Vec<String>,
}

/// What the screen of tickets needs beside them.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TicketDesk {
    /// Whether the tracker is connected.
    pub connected: bool,
    /// Whether the person may see all tickets, and not only their own.
    pub all: bool,
    /// The tracker's number of the person, where it is known.
    #[ts(type = "number | null")]
    pub me: Option<i64>,
    /// The key of their own they have connected.
    pub account: Option<TicketAccount>,
    /// The address of a ticket's page for people; `{id}` stands for its number.
    pub page: Option<String>,
    /// Statuses in the tracker's order.
    pub statuses: Vec<Status>,
    /// Priorities in the tracker's order.
    pub priorities: Vec<Priority>,
    /// Projects in scope.
    pub projects: Vec<Project>,
    /// Choices the person keeps.
    pub filters: Vec<KeptFilter>,
    /// New tickets of theirs that were not made, until they are sent again or put aside; the latest first.
    pub unmade: Vec<TicketChangeRow>,
    /// The largest file, bytes.
    #[ts(type = "number")]
    pub largest_file: u64,
}

/// Choices a person keeps.
#[derive(Debug, Clone, Serialize, TS)]
pub struct KeptFilters {
    /// By name.
    pub filters: Vec<KeptFilter>,
}

/// A choice by its name.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct FilterName {
    /// The name.
    pub name: String,
}

pub(super) async fn desk(engine: &Engine, actor: &Actor, _: Nothing) -> Result<TicketDesk, ApiError> {
    let terms = engine.registry().terms();
    let viewer = engine.ticket_viewer(actor).await?;
    let login = actor.login.clone();
    let read = move |c: &_| Ok((tickets::lists(c)?, tickets::filters(c, &login)?, tickets::unmade(c, &login)?));
    let (lists, filters, unmade): (Dictionary, _, _) = engine.store().read(read).await?;
    let config = engine.config();
    Ok(TicketDesk {
        connected: terms.tickets.enabled,
        all: viewer.all,
        me: viewer.number,
        account: engine.ticket_account(actor).await?,
        page: engine.ticket_page(),
        statuses: lists.statuses,
        priorities: lists.priorities,
        projects: lists.projects,
        filters,
        unmade,
        largest_file: files::largest(&config),
    })
}

pub(super) async fn page(engine: &Engine, actor: &Actor, request: TicketPageRequest) -> Result<TicketPage, ApiError> {
    let viewer = engine.ticket_viewer(actor).await?;
    let TicketPageRequest { filter, after, limit } = request;
    Ok(engine.store().read(move |c| tickets::page(c, &viewer, &filter, after, limit)).await?)
}

/// How many tickets of a choice have which status.
///
/// # Errors
/// When they cannot be read.
pub async fn counts(engine: &Engine, actor: &Actor, request: TicketCountsRequest) -> Result<TicketCounts, ApiError> {
    let viewer = engine.ticket_viewer(actor).await?;
    Ok(engine.store().read(move |c| tickets::counts(c, &viewer, &request.filter)).await?)
}

pub(super) async fn rows(engine: &Engine, actor: &Actor, request: TicketIds) -> Result<TicketRows, ApiError> {
    if request.ids.len() > MOST_ROWS {
        return Err(ApiError::field("ids", format!("{MOST_ROWS} at most")));
    }
    let viewer = engine.ticket_viewer(actor).await?;
    let rows = engine.store().read(move |c| tickets::by_ids(c, &viewer, &request.ids)).await?;
    Ok(TicketRows { rows })
}

pub(super) async fn detail(engine: &Engine, actor: &Actor, request: OneTicket) -> Result<TicketDetailRow, ApiError> {
    let viewer = engine.ticket_viewer(actor).await?;
    // With a key that is refused nobody may read any more what it was shown.
    let account = engine.ticket_account(actor).await?.filter(|account| account.good).map(|account| account.id);
    let now = engine.clock().now();
    let detail = engine.store().read(move |c| tickets::detail(c, &viewer, account, request.id, now)).await?;
    Ok(detail.ok_or(StoreError::NotFound("ticket"))?)
}

/// The same, and has it read anew; what comes of that is told on the bus.
pub(super) async fn open(engine: &Engine, actor: &Actor, request: OneTicket) -> Result<TicketDetailRow, ApiError> {
    let shown = detail(engine, actor, request).await?;
    if engine.registry().terms().tickets.enabled {
        let account = engine.ticket_account(actor).await?.filter(|account| account.good).map(|account| account.id);
        let fact = TicketFact::Opened { ticket: request.id, account };
        engine.note_fact(actor, "tickets.open", Fact::Tickets(fact)).await?;
    }
    Ok(shown)
}

pub(super) async fn change(
    engine: &Engine,
    actor: &Actor,
    request: ChangeTicketRequest,
) -> Result<TicketChangeRow, ApiError> {
    let ChangeTicketRequest { id, wanted, seen, note, private, files } = request;
    bounded("note", note.as_deref().unwrap_or_default(), 0, LONGEST_TEXT)?;
    detail(engine, actor, OneTicket { id }).await?;
    let who = engine.ticket_hand(actor).await?;
    may_change(actor, &who, &wanted, private)?;
    let files = engine.ticket_files(actor, &files).await?;
    let what = Intent::Change { ticket: id, wanted, seen, note, private, files };
    asked(engine, actor, "tickets.change", Subject::ticket(id), who, what).await
}

/// Fields want a key of one's own, or a supervisor; private words want the key.
fn may_change(actor: &Actor, who: &Hand, wanted: &Wanted, private: bool) -> Result<(), ApiError> {
    if who.account.is_none() && !wanted.is_empty() && actor.rights.role < Role::Supervisor {
        return Err(ApiError::new(ErrorCode::Forbidden, "only with a key of one's own"));
    }
    if who.account.is_none() && private {
        return Err(ApiError::field("private", "only with a key of one's own"));
    }
    Ok(())
}

pub(super) async fn watch(
    engine: &Engine,
    actor: &Actor,
    request: WatchTicketRequest,
) -> Result<TicketChangeRow, ApiError> {
    let WatchTicketRequest { id, on } = request;
    detail(engine, actor, OneTicket { id }).await?;
    let who = engine.ticket_hand(actor).await?;
    let number = engine.ticket_viewer(actor).await?.number;
    // Without a key of theirs the engine's account does it, for themselves alone.
    let user = who.account.or(number).ok_or_else(|| {
        ApiError::new(ErrorCode::Forbidden, "the tracker does not know the person: connect a key of one's own")
    })?;
    asked(engine, actor, "tickets.watch", Subject::ticket(id), who, Intent::Watch { ticket: id, user, on }).await
}

pub(super) async fn create(
    engine: &Engine,
    actor: &Actor,
    request: NewTicketRequest,
) -> Result<TicketChangeRow, ApiError> {
    let NewTicketRequest { project, tracker, priority, assignee, subject, description, files } = request;
    bounded("subject", subject.trim(), 1, LONGEST_TITLE)?;
    bounded("description", &description, 0, LONGEST_TEXT)?;
    let lists = engine.store().read(tickets::lists).await?;
    if !lists.projects.iter().any(|known| known.id == project) {
        return Err(ApiError::field("project", "no such project in scope"));
    }
    let who = engine.ticket_hand(actor).await?;
    let files = engine.ticket_files(actor, &files).await?;
    let description = signature::signed(description, &who.signature);
    let email = who.email.clone();
    let what = Intent::New { project, tracker, priority, assignee, subject, description, email, files };
    asked(engine, actor, "tickets.create", Subject::tickets(), who, what).await
}

async fn asked(
    engine: &Engine,
    actor: &Actor,
    action: &'static str,
    about: Subject,
    who: Hand,
    what: Intent,
) -> Result<TicketChangeRow, ApiError> {
    if !engine.registry().terms().tickets.enabled {
        return Err(ApiError::new(ErrorCode::Unreachable, "the tracker is not connected"));
    }
    let ask = Ask { by: actor.login.clone(), name: who.name, account: who.account, what };
    match engine.act(actor, action, &about, Fact::Tickets(TicketFact::Asked(Box::new(ask)))).await? {
        Some(Answer::TicketAsked { change }) => read_change(engine, change).await,
        _ => Err(ApiError::new(ErrorCode::Conflict, "it is so already")),
    }
}

async fn read_change(engine: &Engine, id: TicketChangeId) -> Result<TicketChangeRow, ApiError> {
    let row = engine.store().read(move |c| tickets::changes_of(c, id)).await?;
    Ok(row.ok_or(StoreError::NotFound("change"))?)
}

pub(super) async fn change_state(
    engine: &Engine,
    actor: &Actor,
    request: OneTicketChange,
) -> Result<TicketChangeRow, ApiError> {
    let row = read_change(engine, request.id).await?;
    match row.by == actor.login || actor.rights.role >= Role::Supervisor {
        true => Ok(row),
        false => Err(StoreError::NotFound("change").into()),
    }
}

pub(super) async fn keep_filter(engine: &Engine, actor: &Actor, request: KeptFilter) -> Result<KeptFilters, ApiError> {
    let kept = KeptFilter { name: request.name.trim().to_owned(), filter: request.filter };
    bounded("name", &kept.name, 1, 60)?;
    let login = actor.login.clone();
    if !engine.store().write(move |c| tickets::keep_filter(c, &login, &kept)).await? {
        return Err(ApiError::field("name", "too many are kept"));
    }
    kept_filters(engine, actor).await
}

pub(super) async fn remove_filter(
    engine: &Engine,
    actor: &Actor,
    request: FilterName,
) -> Result<KeptFilters, ApiError> {
    let login = actor.login.clone();
    engine.store().write(move |c| tickets::remove_filter(c, &login, &request.name)).await?;
    kept_filters(engine, actor).await
}

async fn kept_filters(engine: &Engine, actor: &Actor) -> Result<KeptFilters, ApiError> {
    let login = actor.login.clone();
    Ok(KeptFilters { filters: engine.store().read(move |c| tickets::filters(c, &login)).await? })
}

fn bounded(field: &'static str, text: &str, least: usize, most: usize) -> Result<(), ApiError> {
    let long = text.chars().count();
    if (least..=most).contains(&long) {
        Ok(())
    } else {
        Err(ApiError::field(field, format!("{least} to {most} characters")))
    }
}

/// Who wants something of the tracker, and with whose key.
struct Hand {
    name: String,
    email: Option<String>,
    signature: Vec<String>,
    account: Option<i64>,
}

impl Engine {
    /// The address of a ticket's page for people, `{id}` for its number: as settled, else the tracker's own.
    pub(crate) fn ticket_page(&self) -> Option<String> {
        let own = || self.registry().get(source(&self.registry().terms()))?.page_of_tickets();
        self.config().areas.tickets.page.clone().or_else(own)
    }

    /// How far somebody may look.
    pub(super) async fn ticket_viewer(&self, actor: &Actor) -> Result<Viewer, ApiError> {
        let (login, from) = (actor.login.clone(), source(&self.registry().terms()));
        let all = actor.rights.role.sees_every_ticket();
        Ok(self
            .store()
            .read(move |c| {
                let email = people::find(c, &login)?.and_then(|person| person.profile.email);
                let number = tickets::own_number(c, from, &login, email.as_deref())?;
                Ok(Viewer { number, email, all })
            })
            .await?)
    }

    async fn ticket_hand(&self, actor: &Actor) -> Result<Hand, ApiError> {
        let login = actor.login.clone();
        let person = self.store().read(move |c| people::find(c, &login)).await?;
        let account = self.ticket_account(actor).await?.filter(|account| account.good).map(|account| account.id);
        let Some(profile) = person.map(|person| person.profile) else {
            return Ok(Hand { name: actor.login.clone(), email: None, signature: vec![], account });
        };
        let lines = [
            Some(profile.full_name.clone()),
            profile.position.clone(),
            profile.department.clone(),
            profile.phone.clone(),
            profile.email.clone(),
        ];
        let signature = lines.into_iter().flatten().filter(|line| !line.trim().is_empty()).collect();
        Ok(Hand { signature, name: profile.full_name, email: profile.email, account })
    }

    /// The files somebody brought, by their SHA-256.
    async fn ticket_files(&self, actor: &Actor, wanted: &[String]) -> Result<Vec<Upload>, ApiError> {
        if wanted.len() > MOST_FILES {
            return Err(ApiError::field("files", format!("{MOST_FILES} at most")));
        }
        let (login, wanted) = (actor.login.clone(), wanted.to_vec());
        let found = self
            .store()
            .read(move |c| {
                wanted.iter().map(|sha256| tickets::upload(c, &login, sha256)).collect::<Result<Vec<_>, _>>()
            })
            .await?;
        let missing = || ApiError::field("files", "not brought, or too long ago");
        found.into_iter().map(|file| file.ok_or_else(missing)).collect()
    }
}

//! Commands of the journal of calls.
//!
//! Everybody is told of the calls they may see and of no other (`floor/scope`): in pages, totals, files, and when a row is read again.
//! Deliberately not here: the legacy routes' shapes (the server's) and the operator's card (the server's page).

use std::{collections::HashSet, ops::ControlFlow};

use pult_domain::{
    Answer, CallId, Fact, FactKey, Observed, Subject,
    areas::calls::{Centre, Fact as CallFact},
};
use pult_store::{
    Connection, StoreError,
    calls::{self, CallDetail, CallRow, ClientCard, Count, Cursor, Direction, Filter, HourBar, OperatorTotal, Page},
    journal::{self, EntryRow},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use super::floor::scope::calls_seen;
use super::{File, Nothing};
use crate::{Engine, auth::Actor, decide::Source, error::ApiError, export};

/// Rows of a page at most.
const PAGE: usize = calls::LONGEST_PAGE;
/// Rows of an export at most; the file says so in its name when it was cut there.
const EXPORT: usize = 200_000;
/// Entries of the journal shown with a call.
const ENTRIES: usize = 50;
/// Calls of the same agency shown with a call.
const HISTORY: usize = 5;
/// Themes beside those of the settings at most.
const USED: usize = 100;
/// The longest theme (behaviour/helpdesk 2.3), characters.
const THEME: usize = 128;

/// Some rows of the journal, newest first.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PageRequest {
    /// Which calls.
    pub filter: Filter,
    /// Where to go on; absent for the newest.
    #[serde(default)]
    pub after: Option<Cursor>,
    /// How many rows, up to 500.
    pub limit: usize,
}

/// Some calls by id.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Ids {
    /// Up to 500.
    pub ids: Vec<CallId>,
    /// With a filter only those that it lets through come back.
    #[serde(default)]
    pub filter: Option<Filter>,
}

/// One call by id.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Id {
    /// Which.
    pub id: CallId,
}

/// Rows of the journal.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Rows {
    /// Those that exist, in no promised order.
    pub rows: Vec<CallRow>,
}

/// Totals of the calls a filter lets through.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TotalsRequest {
    /// Which calls. Hours are counted for its days and centre only.
    pub filter: Filter,
}

/// The totals above and below the journal.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Totals {
    /// All calls that fit.
    pub count: Count,
    /// By operator, by name.
    pub operators: Vec<OperatorTotal>,
    /// By hour and result.
    pub hours: Vec<HourBar>,
    /// The zone days are counted in.
    pub zone: String,
}

/// What calls are about, for the filter and for setting one.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Themes {
    /// Those of the settings in their order, then those ever given, the most frequent first; each once.
    pub themes: Vec<String>,
}

/// Everything about one call.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CallPanel {
    /// The call.
    pub call: CallDetail,
    /// The client's enquiry, for calls that have one.
    pub client: Option<ClientCard>,
    /// Other calls of the same agency, newest first.
    pub history: Vec<CallRow>,
    /// What was decided about it, newest first, each with its reason.
    pub decisions: Vec<EntryRow>,
    /// Where the agency's address is on a map, when it has one.
    pub agencies: Vec<pult_store::calls::AgencyOfEnquiry>,
}

/// Says what a call was about.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetTheme {
    /// Which call.
    pub id: CallId,
    /// The theme, 1 to 128 characters.
    pub theme: String,
}

/// Marks that the caller was called back, or takes the mark away.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MarkCalledBack {
    /// Which call.
    pub id: CallId,
    /// The mark.
    pub done: bool,
}

/// The format of an exported file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// An Excel workbook.
    Xlsx,
}

impl Format {
    /// A file of this form, by its name without the ending.
    pub(super) fn file(self, name: &str, bytes: &[u8]) -> File {
        match self {
            Self::Csv => File::of(format!("{name}.csv"), "text/csv; charset=utf-8", bytes),
            Self::Xlsx => File::of(
                format!("{name}.xlsx"),
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                bytes,
            ),
        }
    }
}

/// A file of the calls a filter lets through, newest first, at most 200,000.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// Which calls.
    pub filter: Filter,
    /// As what.
    pub format: Format,
}

pub(super) async fn page(engine: &Engine, actor: &Actor, request: PageRequest) -> Result<Page, ApiError> {
    if request.limit == 0 || request.limit > PAGE {
        return Err(ApiError::field("limit", format!("1 to {PAGE}")));
    }
    let (terms, who) = (engine.registry().terms(), actor.clone());
    let read = move |c: &Connection| {
        let filter = Filter { sight: calls_seen(c, &who)?, ..request.filter };
        Ok(calls::day_page(c, &filter, request.after, Direction::Older, request.limit, &terms.zones)?)
    };
    Ok(engine.store().read(read).await?)
}

pub(super) async fn rows(engine: &Engine, actor: &Actor, request: Ids) -> Result<Rows, ApiError> {
    if request.ids.len() > PAGE {
        return Err(ApiError::field("ids", format!("at most {PAGE}")));
    }
    let (terms, who) = (engine.registry().terms(), actor.clone());
    let read = move |c: &Connection| {
        let (mut rows, sight) = (calls::by_ids(c, &request.ids)?, calls_seen(c, &who)?);
        let fits = |row: &CallRow| request.filter.as_ref().is_none_or(|filter| filter.lets_through(row, &terms.zones));
        rows.retain(|row| sight.keeps(row) && fits(row));
        Ok(Rows { rows })
    };
    Ok(engine.store().read(read).await?)
}

pub(super) async fn totals(engine: &Engine, actor: &Actor, request: TotalsRequest) -> Result<Totals, ApiError> {
    let (terms, who) = (engine.registry().terms(), actor.clone());
    let zone = terms.zones.of(request.filter.centre.unwrap_or(Centre::Moscow)).iana_name().unwrap_or("UTC").to_owned();
    let read = move |c: &Connection| {
        let filter = Filter { sight: calls_seen(c, &who)?, ..request.filter };
        Ok(Totals {
            count: calls::count(c, &filter, &terms.zones)?,
            operators: calls::operator_totals(c, &filter, &terms.zones)?,
            hours: calls::hours(c, &filter, &terms.zones)?,
            zone,
        })
    };
    Ok(engine.store().read(read).await?)
}

pub(super) async fn themes(engine: &Engine, _: &Actor, _: Nothing) -> Result<Themes, ApiError> {
    let used = engine.store().read(|c| Ok(calls::themes_used(c, USED)?)).await?;
    let mut themes = engine.config().areas.calls.themes.clone();
    themes.extend(used.into_iter().filter(|t| !t.is_empty()));
    let mut seen = HashSet::new();
    themes.retain(|t| seen.insert(t.clone()));
    Ok(Themes { themes })
}

pub(super) async fn detail(engine: &Engine, actor: &Actor, request: Id) -> Result<CallPanel, ApiError> {
    let id = request.id;
    let (terms, who) = (engine.registry().terms(), actor.clone());
    Ok(engine
        .store()
        .read(move |c| {
            let sight = calls_seen(c, &who)?;
            let call = calls::detail(c, id)?.filter(|call| sight.keeps(&call.row));
            let call = call.ok_or(StoreError::NotFound("call"))?;
            let history = match call.row.agency_id {
                Some(agency) => calls::history_of_agency(c, &sight, agency, id, HISTORY, &terms.zones)?,
                None => vec![],
            };
            let agencies = match call.row.pp_id {
                Some(enquiry) => {
                    calls::agency_of_enquiry(c, enquiry, &terms.excluded_agencies, &terms.zones)?.into_iter().collect()
                }
                None => vec![],
            };
            Ok(CallPanel {
                client: calls::client_card(c, id)?,
                history,
                decisions: journal::of_subject(c, &Subject::call(id), ENTRIES)?,
                agencies,
                call,
            })
        })
        .await?)
}

pub(super) async fn set_theme(engine: &Engine, actor: &Actor, request: SetTheme) -> Result<CallRow, ApiError> {
    let theme = request.theme.trim().to_owned();
    if theme.is_empty() || theme.chars().count() > THEME {
        return Err(ApiError::field("theme", format!("1 to {THEME} characters")));
    }
    let fact = CallFact::ThemeSet { call: request.id, theme, by: actor.login.clone() };
    command(engine, actor, request.id, fact, "calls.set_theme").await
}

pub(super) async fn mark_called_back(
    engine: &Engine,
    actor: &Actor,
    request: MarkCalledBack,
) -> Result<CallRow, ApiError> {
    let fact = CallFact::CalledBack { call: request.id, done: request.done, by: actor.login.clone() };
    command(engine, actor, request.id, fact, "calls.mark_called_back").await
}

/// Decides about a person's act, notes it in the audit, and reads the call as it then is.
async fn command(
    engine: &Engine,
    actor: &Actor,
    call: CallId,
    fact: CallFact,
    action: &'static str,
) -> Result<CallRow, ApiError> {
    let who = actor.clone();
    let seen = move |c: &Connection| {
        let sight = calls_seen(c, &who)?;
        Ok(calls::by_ids(c, &[call])?.first().is_some_and(|row| sight.keeps(row)))
    };
    if !engine.store().read(seen).await? {
        return Err(StoreError::NotFound("call").into());
    }
    engine.act(actor, action, &Subject::call(call), Fact::Calls(fact)).await?;
    let rows = engine.store().read(move |c| Ok(calls::by_ids(c, &[call])?)).await?;
    rows.into_iter().next().ok_or_else(|| StoreError::NotFound("call").into())
}

impl Engine {
    /// Decides about what a person did, in one transaction with its line in the audit, and says what the rule answered.
    ///
    /// # Errors
    /// When what it is about does not exist, or nothing could be written.
    pub async fn act(
        &self,
        actor: &Actor,
        action: &'static str,
        subject: &Subject,
        fact: Fact,
    ) -> Result<Option<Answer>, ApiError> {
        let now = self.clock().now();
        let terms = self.registry().terms();
        let source = Source { name: "console".to_owned(), actor: Some(actor.login.clone()), ..Source::default() };
        // A person may do the same thing twice on purpose: every act is a fact of its own.
        let observed = Observed { key: FactKey(format!("{action}/{}", self.next_act())), at: now, fact };
        let (subject, actor) = (subject.clone(), actor.clone());
        let decided = self
            .store()
            .write(move |connection| {
                let decided = crate::decide::fact(connection, &observed, &source, now, &terms)?;
                match decided.answer {
                    Some(Answer::NoSuchCall) => return Err(StoreError::NotFound("call")),
                    Some(Answer::RatingNotAwaited) => return Err(StoreError::NotFound("rating")),
                    _ => {}
                }
                actor.note(connection, action, &subject.0, serde_json::json!({}), now)?;
                Ok(decided)
            })
            .await?;
        let answer = decided.answer.clone();
        self.tell(&[decided]);
        Ok(answer)
    }

    /// Decides about what a person did where that is no act of the audit trail: looking, reading.
    pub(super) async fn note_fact(&self, actor: &Actor, what: &str, fact: Fact) -> Result<(), ApiError> {
        let (now, terms) = (self.clock().now(), self.registry().terms());
        let source = Source { name: "console".to_owned(), actor: Some(actor.login.clone()), ..Source::default() };
        let observed = Observed { key: FactKey(format!("{what}/{}", self.next_act())), at: now, fact };
        let decided = self.store().write(move |c| crate::decide::fact(c, &observed, &source, now, &terms)).await?;
        self.tell(&[decided]);
        Ok(())
    }
}

pub(super) async fn export(engine: &Engine, actor: &Actor, request: ExportRequest) -> Result<File, ApiError> {
    let (terms, who) = (engine.registry().terms(), actor.clone());
    let format = request.format;
    let (table, cut) = engine
        .store()
        .read(move |c| {
            let filter = Filter { sight: calls_seen(c, &who)?, ..request.filter };
            let mut table = export::Table::new(format, export::CALL_COLUMNS)?;
            let mut rows = 0;
            calls::for_each_row(c, &filter, &terms.zones, |row| {
                rows += 1;
                if rows > EXPORT {
                    return ControlFlow::Break(());
                }
                table.push(export::call_line(&row, &terms.zones));
                ControlFlow::Continue(())
            })?;
            Ok((table.finish()?, rows > EXPORT))
        })
        .await?;
    let today = engine.clock().now().strftime("%Y-%m-%d");
    let cut = if cut { "-first-200000" } else { "" };
    Ok(format.file(&format!("calls-{today}{cut}"), &table))
}

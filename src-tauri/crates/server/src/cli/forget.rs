//! Forgetting a person wherever the engine keeps one: calls and ratings, then everything else whose text names it or that is about them.
//!
//! Number or address is looked for in the text of every row, however it is written, newest rows first. Deliberately not here: what the
//! person at the terminal is told (`erase`), and the rows themselves (the store's).

use std::collections::BTreeSet;

use pult_domain::{Area, PhoneNumber, Subject};
use pult_engine::{Engine, auth::Actor, error::ApiError, upkeep};
use pult_store::{
    Store, StoreError, backup, calls, cases, chat_link,
    erase::{self, Emptied, Key, Place, REBUILT_LIVE, Trace},
    messages, people, ratings, tickets,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{person::Person, verbs};

/// Rows looked through at a time.
const PAGE: usize = 200;

/// What was forgotten, and what was not.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Forgotten {
    /// Calls that no longer say who called.
    pub(super) calls: usize,
    /// Calls of others without their theme, which named the number.
    pub(super) themes: usize,
    /// Telephones of the catalogue without their number now.
    pub(super) telephones: usize,
    /// Enquiries deleted with the client's name.
    pub(super) enquiries: usize,
    /// Ratings that no longer say whose issue it was.
    pub(super) ratings: usize,
    /// Conversations in which what was said and asked is gone.
    pub(super) conversations: usize,
    /// Tickets they wrote, and those whose own text named them.
    pub(super) tickets: usize,
    /// Comments of tickets without what was said.
    pub(super) comments: usize,
    /// Changes that somebody asked for and that are settled, which are gone.
    pub(super) changes: usize,
    /// Messages, requests and titles of conversations without their text.
    pub(super) texts: usize,
    /// Notes about operators that are gone.
    pub(super) notes: usize,
    /// Messages with them that are gone, and messages of others whose text is.
    pub(super) messages: usize,
    /// Received requests whose content is gone.
    pub(super) records: usize,
    /// Decisions without their fact, changes and reasons.
    pub(super) entries: usize,
    /// Deliveries without what was owed and said.
    pub(super) deliveries: usize,
    /// Notices without what was said in them.
    pub(super) notices: usize,
    /// Documents of the accounting system without what they say.
    pub(super) documents: usize,
    /// Rejected rows of imports that are gone.
    pub(super) import_rows: usize,
    /// Acts of the trail without their detail.
    pub(super) acts: usize,
    /// Deliveries that are under way and keep the number for now.
    pub(super) under_way: usize,
    /// Documents that are being worked on and keep what they say for now.
    pub(super) unsettled: usize,
    /// Telephones of agencies and accounts, which stay.
    pub(super) kept: usize,
    /// Whether the database's file holds no copies any more.
    pub(super) rebuilt: Rebuilt,
    /// What of older backups.
    pub(super) backups: Backups,
}

/// Whether the file was rewritten.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Rebuilt {
    /// It was.
    Yes,
    /// It is too large for that beside a working engine.
    TooLarge,
    /// It could not be: busy, or no room.
    #[default]
    NotNow,
}

/// What became of the backups made before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum Backups {
    /// They are where they were.
    Kept {
        /// How many.
        older: usize,
        /// Where.
        folder: String,
    },
    /// A fresh one took their place.
    Replaced {
        /// Where it is.
        fresh: String,
        /// How many are gone.
        removed: usize,
    },
}

impl Default for Backups {
    fn default() -> Self {
        Self::Kept { older: 0, folder: String::new() }
    }
}

/// Forgets a person.
pub(super) async fn forget(
    engine: &Engine,
    request: verbs::Erase,
    tell: verbs::Tell<'_>,
) -> Result<Forgotten, ApiError> {
    let verbs::Erase { person, backups, beside_others } = request;
    let mut done = Forgotten::default();
    let mut subjects = BTreeSet::new();
    forget_rows(engine, &person, &mut done, &mut subjects).await?;
    for place in Place::ALL {
        empty_all(engine, place, &person, &subjects, &mut done, tell).await?;
    }
    // A record that waited may have become a call or a rating meanwhile.
    if forget_rows(engine, &person, &mut done, &mut subjects).await? {
        for place in Place::ALL {
            empty_all(engine, place, &person, &subjects, &mut done, tell).await?;
        }
    }
    if let Person::Phone(phone) = &person {
        let accounts = engine.store().read(people::telephones).await?;
        done.kept += accounts.iter().filter(|number| phone.is_named_in(number)).count();
    }
    let (now, detail) = (engine.clock().now(), serde_json::to_value(&done).unwrap_or_default());
    // The trail says that somebody was forgotten, not who.
    engine.store().write(move |c| Actor::command_line().note(c, "erase.person", "", detail, now)).await?;
    upkeep::sweep(engine.store()).await?;
    done.rebuilt = rebuild(engine.store(), beside_others).await;
    done.backups = replace_backups(engine, backups).await?;
    engine.bus().changed(Area::Calls, vec![]);
    engine.bus().changed(Area::Ratings, vec![]);
    engine.bus().changed(Area::ChatLink, vec![]);
    engine.bus().changed(Area::Tickets, vec![]);
    engine.bus().changed(Area::Messages, vec![]);
    engine.bus().changed(Area::Cases, vec![]);
    engine.bus().changed(Area::Deliveries, vec![]);
    engine.bus().changed(Area::Notices, vec![]);
    engine.bus().changed(Area::Erp, vec![]);
    Ok(done)
}

/// Forgets the person in calls and ratings and notes which were theirs; whether there were any.
async fn forget_rows(
    engine: &Engine,
    person: &Person,
    done: &mut Forgotten,
    subjects: &mut BTreeSet<Subject>,
) -> Result<bool, StoreError> {
    match person {
        Person::Phone(phone) => forget_calls(engine, phone, done, subjects).await,
        Person::Email(address) => {
            let (address, now) = (address.clone(), engine.clock().now());
            let theirs = move |c: &_| {
                let rated = ratings::erase_author(c, &address, now)?;
                let (said, written) = (chat_link::erase_author(c, &address)?, tickets::erase_author(c, &address)?);
                Ok((rated, said, written, messages::erase_author(c, &address)?))
            };
            let (rated, said, written, talked) = engine.store().write(theirs).await?;
            done.ratings += rated.len();
            done.conversations += said.len();
            done.tickets += written.len();
            done.messages += talked.messages;
            subjects.extend(rated.iter().map(|id| Subject::rating(*id)));
            subjects.extend(said.iter().map(|issue| Subject::issue(issue)));
            subjects.extend(written.iter().map(|ticket| Subject::ticket(*ticket)));
            subjects.extend(talked.conversations);
            Ok(!rated.is_empty() || !said.is_empty() || !written.is_empty() || talked.messages > 0)
        }
    }
}

/// Forgets the number in the calls and notes which were theirs; whether there were any.
async fn forget_calls(
    engine: &Engine,
    phone: &PhoneNumber,
    done: &mut Forgotten,
    subjects: &mut BTreeSet<Subject>,
) -> Result<bool, StoreError> {
    let theirs = phone.clone();
    let erased = engine
        .store()
        .write(move |c| {
            cases::erase_phone(c, &theirs)?;
            Ok(calls::erase_phone(c, &theirs, |theme| theirs.is_named_in(theme))?)
        })
        .await?;
    done.calls += erased.calls.len();
    done.themes += erased.themes;
    done.telephones += erased.telephones;
    done.enquiries += erased.enquiries;
    done.kept = erased.kept;
    subjects.extend(erased.calls.iter().map(|id| Subject::call(*id)));
    Ok(!erased.calls.is_empty())
}

/// Empties every row of a place that names the number or is about one of the subjects.
async fn empty_all(
    engine: &Engine,
    place: Place,
    person: &Person,
    subjects: &BTreeSet<Subject>,
    done: &mut Forgotten,
    tell: verbs::Tell<'_>,
) -> Result<(), ApiError> {
    let store = engine.store();
    let (mut before, mut looked, mut under_way) = (None, 0, 0);
    loop {
        let (keys, last) = theirs(store, place, before, person, subjects).await?;
        for key in keys {
            let (text, now) = (person.text().to_owned(), engine.clock().now());
            let emptied = store.write_behind(move |c| erase::empty(c, place, key, &text, now)).await?;
            let count = match (emptied, place) {
                (Emptied::UnderWay, _) => &mut under_way,
                (Emptied::Yes, Place::Records) => &mut done.records,
                (Emptied::Yes, Place::Entries) => &mut done.entries,
                (Emptied::Yes, Place::Deliveries) => &mut done.deliveries,
                (Emptied::Yes, Place::ImportRows) => &mut done.import_rows,
                (Emptied::Yes, Place::Trail) => &mut done.acts,
                (Emptied::Yes, Place::Messages) => &mut done.messages,
                (Emptied::Yes, Place::Notices) => &mut done.notices,
                (Emptied::Yes, Place::Documents) => &mut done.documents,
                (Emptied::Yes, Place::Tickets) => &mut done.tickets,
                (Emptied::Yes, Place::Comments) => &mut done.comments,
                (Emptied::Yes, Place::Changes) => &mut done.changes,
                (Emptied::Yes, Place::ChatItems | Place::ChatRequests | Place::ChatTitles) => &mut done.texts,
                (Emptied::Yes, Place::Notes) => &mut done.notes,
            };
            *count += 1;
        }
        let Some((count, oldest)) = last else { break };
        looked += count;
        tell(json!({ "looked": looked, "place": word(place) }));
        before = Some(oldest);
    }
    match place {
        Place::Deliveries => done.under_way = under_way,
        Place::Documents => done.unsettled = under_way,
        // A change that is being sent is a delivery as well, and told of there.
        _ => {}
    }
    Ok(())
}

fn word(place: Place) -> &'static str {
    match place {
        Place::Records => "records",
        Place::Entries => "decisions",
        Place::Deliveries => "deliveries",
        Place::ImportRows => "rejected rows",
        Place::Trail => "acts",
        Place::Messages => "messages",
        Place::Notices => "notices",
        Place::Documents => "documents",
        Place::Tickets => "tickets",
        Place::Comments => "comments",
        Place::Changes => "changes of tickets",
        Place::ChatItems => "texts of conversations",
        Place::ChatRequests => "requests of conversations",
        Place::ChatTitles => "titles of conversations",
        Place::Notes => "notes",
    }
}

/// The rows of one page that are theirs; how many there were and the oldest, or nothing after the last page.
async fn theirs(
    store: &Store,
    place: Place,
    before: Option<Key>,
    person: &Person,
    subjects: &BTreeSet<Subject>,
) -> Result<(Vec<Key>, Option<(usize, Key)>), StoreError> {
    let (person, subjects, bodies) = (person.clone(), subjects.clone(), store.clone());
    store
        .read(move |c| {
            let page = erase::traces(c, place, before, PAGE)?;
            let is_theirs = |row: &&Trace| subjects.contains(&row.subject) || is_naming(&bodies, row, &person);
            let found = page.iter().filter(is_theirs).map(|row| row.key).collect();
            Ok((found, page.last().map(|row| (page.len(), row.key))))
        })
        .await
}

fn is_naming(store: &Store, row: &Trace, person: &Person) -> bool {
    // A file that is gone names nobody.
    let file = row.blob.as_ref().map(|hash| store.blobs().get(hash).unwrap_or_default()).unwrap_or_default();
    let named = |bytes: &[u8]| person.is_named(&String::from_utf8_lossy(bytes));
    person.is_named(&row.text) || named(&row.body) || named(&file)
}

async fn rebuild(store: &Store, beside_others: bool) -> Rebuilt {
    let folder = store.folder().to_owned();
    if beside_others && erase::size(&folder) > REBUILT_LIVE {
        return Rebuilt::TooLarge;
    }
    match tokio::task::spawn_blocking(move || erase::rebuild(&folder)).await {
        Ok(Ok(())) => Rebuilt::Yes,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database's file was not rewritten");
            Rebuilt::NotNow
        }
        Err(_) => Rebuilt::NotNow,
    }
}

async fn replace_backups(engine: &Engine, wanted: bool) -> Result<Backups, ApiError> {
    let (store, now) = (engine.store(), engine.clock().now());
    let folder = upkeep::backup_folder(&engine.config(), store);
    let data = store.folder().to_owned();
    if !wanted {
        let older = backup::older(&folder, &data, None).len();
        return Ok(Backups::Kept { older, folder: folder.display().to_string() });
    }
    let fresh = upkeep::back_up(&engine.config(), store, now, engine.stop_signal()).await?;
    let kept = fresh.clone();
    let removed = tokio::task::spawn_blocking(move || backup::remove(&backup::older(&folder, &data, Some(&kept))));
    let removed = removed.await.map_err(|_| StoreError::Closed)??;
    Ok(Backups::Replaced { fresh: fresh.display().to_string(), removed })
}

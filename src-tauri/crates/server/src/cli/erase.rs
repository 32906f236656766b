//! `erase`: forgets a person's telephone number on request.
//!
//! Deliberately not here: forgetting by age, which the engine does by itself.

use std::path::Path;

use pult_domain::{PhoneNumber, RecordId};
use pult_engine::{Engine, auth::Actor, error::ApiError};
use pult_store::{
    Store, StoreError, calls,
    inbox::{self, Record, RecordFilter, StoredBody},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    exit::Failure,
    reach::Reach,
    terminal::{print_json, say},
    verbs,
};

/// Records looked through at a time.
const PAGE: usize = 200;
/// Fewer digits would be found in half of all numbers.
const SHORTEST: usize = 6;

/// Whom to forget.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The number, with its country code
    #[arg(long, value_name = "NUMBER")]
    phone: String,
    /// What was forgotten, as JSON
    #[arg(long)]
    json: bool,
}

/// What was forgotten.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Forgotten {
    /// Calls that no longer say who called.
    calls: usize,
    /// Telephones of the catalogue without their number now.
    telephones: usize,
    /// Enquiries deleted with the client's name.
    enquiries: usize,
    /// Received requests whose content is gone.
    records: usize,
}

pub(super) async fn run(config: Option<&Path>, options: Options) -> Result<(), Failure> {
    let phone = PhoneNumber::digits_of(&options.phone).filter(|p| p.as_str().len() >= SHORTEST);
    let phone = phone.ok_or_else(|| Failure::usage("--phone takes a whole number, 6 to 20 digits"))?;
    let mut reach = Reach::find(config).await?;
    let tell = |step: Value| say(format!("{} records looked through", step["looked"]));
    let done: Forgotten = reach.call_telling(verbs::ERASE_PHONE, verbs::ErasePhone { phone }, &tell).await?;
    reach.close().await;
    if options.json {
        print_json(&done)?;
    } else {
        let Forgotten { calls, telephones, enquiries, records } = done;
        say(format!(
            "Forgotten: the number of {calls} calls, {telephones} telephones, {enquiries} enquiries, the content of {records} records."
        ));
    }
    say("Not reached from here: the journal of decisions and the calls made to other systems keep the number until \
         their time is over (retention.journal_days), and backups made before keep what they hold.");
    Ok(())
}

/// Forgets a number: in the calls at once, in received requests one after the other, because only their content tells.
pub(super) async fn forget(engine: &Engine, phone: PhoneNumber, tell: verbs::Tell<'_>) -> Result<Forgotten, ApiError> {
    let store = engine.store();
    let theirs = phone.clone();
    let erased = store.write(move |c| Ok(calls::erase_phone(c, &theirs)?)).await?;
    let mut done =
        Forgotten { calls: erased.calls, telephones: erased.telephones, enquiries: erased.enquiries, records: 0 };
    let (mut before, mut looked) = (None, 0_usize);
    loop {
        let (records, last) = naming(store, before, &phone).await?;
        for id in records {
            store.write_behind(move |c| inbox::erase_body(c, id)).await?;
            done.records += 1;
        }
        let Some((count, oldest)) = last else { break };
        looked += count;
        tell(json!({ "looked": looked }));
        before = Some(oldest);
    }
    let (now, detail) = (engine.clock().now(), serde_json::to_value(&done).unwrap_or_default());
    // The trail says that somebody was forgotten, not who.
    store.write(move |c| Actor::command_line().note(c, "erase.phone", "", detail, now)).await?;
    engine.bus().changed(pult_domain::Area::Calls, vec![]);
    engine.bus().changed(pult_domain::Area::Deliveries, vec![]);
    Ok(done)
}

/// The records of one page that name the number; how many there were and the oldest, or nothing after the last page.
async fn naming(
    store: &Store,
    before: Option<RecordId>,
    phone: &PhoneNumber,
) -> Result<(Vec<RecordId>, Option<(usize, RecordId)>), StoreError> {
    let (phone, bodies) = (phone.clone(), store.clone());
    store
        .read(move |c| {
            let filter = RecordFilter { before, ..RecordFilter::default() };
            let page = inbox::page(c, &filter, PAGE)?;
            let mut found = Vec::new();
            for row in &page {
                if is_naming(&bodies, &inbox::get(c, row.id)?, &phone) {
                    found.push(row.id);
                }
            }
            Ok((found, page.last().map(|row| (page.len(), row.id))))
        })
        .await
}

fn is_naming(store: &Store, record: &Record, phone: &PhoneNumber) -> bool {
    let body = match &record.body {
        StoredBody::Inline(bytes) => bytes.clone(),
        // A file that is gone names nobody.
        StoredBody::Blob(hash) => store.blobs().get(hash).unwrap_or_default(),
        StoredBody::Erased => Vec::new(),
    };
    super::phones::names(&record.request, phone) || super::phones::names(&String::from_utf8_lossy(&body), phone)
}

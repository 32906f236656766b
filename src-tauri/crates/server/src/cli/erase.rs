//! `erase`: forgets a person on request, by telephone number or e-mail address, and says what it cannot reach.
//!
//! Deliberately not here: finding and emptying what names the person (`forget`), and forgetting by age, which the engine does by
//! itself.

use serde_json::Value;

use super::{
    Here,
    exit::Failure,
    forget::{Backups, Forgotten, Rebuilt},
    person::Person,
    reach::Reach,
    terminal::{print_json, say},
    verbs,
};

/// Whom to forget.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("whom").required(true).args(["phone", "email"])))]
pub(super) struct Options {
    /// The number, with its country code
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// The e-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Afterwards make a fresh backup and remove all older ones
    #[arg(long)]
    backups: bool,
    /// What was forgotten, as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(here: Here<'_>, options: Options) -> Result<(), Failure> {
    let person = match (&options.phone, &options.email) {
        (Some(phone), _) => Person::of_phone(phone).ok_or("--phone takes a whole number, 6 to 20 digits"),
        (None, email) => email.as_deref().and_then(Person::of_email).ok_or("--email takes a whole address: name@host"),
    };
    let person = person.map_err(Failure::usage)?;
    let mut reach = Reach::find(here).await?;
    let request = verbs::Erase { person, backups: options.backups, beside_others: reach.is_running() };
    let tell = |step: Value| {
        say(format!("{} {} looked through", step["looked"], step["place"].as_str().unwrap_or("rows")));
    };
    let done: Forgotten = reach.call_telling(verbs::ERASE, request, &tell).await?;
    reach.close().await;
    if options.json {
        print_json(&done)?;
    } else {
        say(format!(
            "Forgotten: the number of {} calls and what is known of the caller, {} themes, {} telephones, {} enquiries, the author of \
             {} ratings, what was said in {} conversations, {} tickets, {} messages; the text of {} comments and of {} messages, requests and titles of conversations, {} changes of tickets, {} notes; the content of {} records, {} decisions, {} deliveries, {} notices, {} documents, {} rejected rows of imports, {} acts of the trail.",
            done.calls,
            done.themes,
            done.telephones,
            done.enquiries,
            done.ratings,
            done.conversations,
            done.tickets,
            done.messages,
            done.comments,
            done.texts,
            done.changes,
            done.notes,
            done.records,
            done.entries,
            done.deliveries,
            done.notices,
            done.documents,
            done.import_rows,
            done.acts
        ));
    }
    for line in what_remains(&done) {
        say(line);
    }
    Ok(())
}

/// What a person has to do besides, in whole sentences.
fn what_remains(done: &Forgotten) -> Vec<String> {
    let mut lines = vec![];
    if done.under_way > 0 {
        lines.push(format!(
            "{} calls to other systems are under way that name the person: give the same command again in a minute.",
            done.under_way
        ));
    }
    if done.unsettled > 0 {
        lines.push(format!(
            "{} documents that name the person are being worked on: give the same command again when that has ended.",
            done.unsettled
        ));
    }
    if done.kept > 0 {
        lines.push(format!(
            "{} telephones of agencies or accounts have this number and keep it: change those where they are kept.",
            done.kept
        ));
    }
    match done.rebuilt {
        Rebuilt::Yes => {}
        Rebuilt::TooLarge => lines.push(
            "The database is too large to be rewritten beside a working engine, so free pages of its file may still hold copies: \
             stop the engine and give the same command again."
                .to_owned(),
        ),
        Rebuilt::NotNow => lines.push(
            "The database's file could not be rewritten now (busy, or no room for a second copy), so its free pages may still hold \
             copies: give the same command again."
                .to_owned(),
        ),
    }
    match &done.backups {
        Backups::Replaced { fresh, removed } => {
            lines.push(format!("Backups: {removed} older ones are removed; the only one is now {fresh}"));
        }
        Backups::Kept { older: 0, .. } => {}
        Backups::Kept { older, folder } => lines.push(format!(
            "Backups: {older} made before still name the person, in {folder}: the same command with --backups makes a fresh one \
             and removes them."
        )),
    }
    lines.push(
        "Not reached from here: copies of backups and exports that were taken elsewhere, files that were imported or put away by a \
         watched folder, and the systems the calls came from, which may send it again."
            .to_owned(),
    );
    lines
}

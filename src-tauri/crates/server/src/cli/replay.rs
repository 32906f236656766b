//! `replay`: runs a received record again, for show or in earnest.
//!
//! Deliberately not here: what running again means (the engine's).

use serde_json::{Value, json};

use super::{
    Here,
    exit::Failure,
    reach::Reach,
    terminal::{print, print_json, say},
};

/// What to run again.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The record's number
    id: i64,
    /// Only show what it led to and what it would lead to now
    #[arg(long)]
    preview: bool,
}

pub(super) async fn run(here: Here<'_>, options: Options) -> Result<(), Failure> {
    let mut reach = Reach::find(here).await?;
    if options.preview {
        let preview: Value = reach.call("deliveries.preview", json!({ "id": options.id })).await?;
        reach.close().await;
        return print_json(&preview);
    }
    let answer: Value = reach.call("deliveries.replay", json!({ "ids": [options.id] })).await?;
    let runs_now = reach.is_running();
    reach.close().await;
    let outcome = &answer["outcomes"][0];
    if let Some(message) = outcome["error"]["message"].as_str() {
        return Err(Failure::failed(message));
    }
    print(outcome["new_id"].to_string());
    say(if runs_now {
        "It runs again under this number."
    } else {
        "It will run again under this number at the next start."
    });
    Ok(())
}

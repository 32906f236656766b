//! `secret`: keeps, names and takes away the secrets of connections.
//!
//! Deliberately not here: showing a value, which no command does.

use serde_json::{Value, json};

use super::{
    Here,
    exit::Failure,
    reach::Reach,
    terminal::{print, print_json, read_secret, say},
    verbs,
};

/// What to do with secrets.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Act {
    /// Keep a secret; its value is read from standard input or asked for without showing it
    #[command(after_help = "\
Examples:
  pultd secret set agencies.password
  printf %s \"$KEY\" | pultd secret set telephony.client.desk")]
    Set {
        /// Its name, as `pultd secret list` shows it
        name: String,
    },
    /// Name the secrets that are asked for, and whether each is set
    #[command(after_help = "Example:\n  pultd secret list --json")]
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Forget a secret
    #[command(after_help = "Example:\n  pultd secret remove telephony.client.desk")]
    Remove {
        /// Its name
        name: String,
    },
}

pub(super) async fn run(here: Here<'_>, act: Act) -> Result<(), Failure> {
    match act {
        Act::Set { name } => {
            let value = read_secret(&name)?;
            let mut reach = Reach::find(here).await?;
            let request = json!({ "name": name, "value": value.expose() });
            let _: Value = reach.call("settings.set_secret", request).await?;
            reach.close().await;
            say(format!("{name} is kept."));
        }
        Act::List { json } => {
            let mut reach = Reach::find(here).await?;
            let entries: Vec<Value> = reach.call(verbs::SECRETS, json!({})).await?;
            reach.close().await;
            if json {
                return print_json(&entries);
            }
            for entry in entries {
                let name = entry["name"].as_str().unwrap_or_default();
                print(format!("{name:<40} {}", entry["source"].as_str().unwrap_or("not set")));
            }
        }
        Act::Remove { name } => {
            let mut reach = Reach::find(here).await?;
            let _: Value = reach.call("settings.remove_secret", json!({ "name": name })).await?;
            reach.close().await;
            say(format!("{name} is forgotten."));
        }
    }
    Ok(())
}

//! `backup` and `restore`.
//!
//! Deliberately not here: backups in time, which the engine makes by itself, and how a copy is made and checked (the store's).

use std::path::{Path, PathBuf};

use pult_store::{FILE, OpenError, backup};
use serde_json::{Value, json};

use super::{
    Here,
    exit::Failure,
    reach::{self, Reach},
    terminal::{print, say},
    verbs,
};

/// Where a backup goes.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// A folder of choice; without it the one of the settings, where the oldest beyond the number kept are removed
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

pub(super) async fn make(here: Here<'_>, options: Options) -> Result<(), Failure> {
    let mut reach = Reach::find(here).await?;
    let path = match options.to {
        Some(folder) => {
            // The engine has a folder of its own to stand in.
            let folder = std::path::absolute(folder)?;
            let made: Value = reach.call(verbs::BACKUP_TO, verbs::BackupTo { folder }).await?;
            made["path"].as_str().unwrap_or_default().to_owned()
        }
        None => {
            let made: Value = reach.call("backup.make", json!({})).await?;
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            Path::new(&text(&made["folder"])).join(text(&made["backups"][0]["name"])).display().to_string()
        }
    };
    reach.close().await;
    print(path);
    say("The backup was made and checked.");
    Ok(())
}

/// What to put back.
#[derive(Debug, clap::Args)]
pub(super) struct Restore {
    /// The folder of a backup
    path: PathBuf,
}

pub(super) async fn restore(here: Here<'_>, options: Restore) -> Result<(), Failure> {
    let site = here.site()?;
    reach::prepare_folder(&site.data_dir)?;
    // The database inside it may be named as well.
    let named_file = options.path.file_name().is_some_and(|name| name == FILE);
    let from = if named_file { options.path.parent().unwrap_or(&options.path).to_owned() } else { options.path };
    if !from.join(FILE).is_file() {
        return Err(Failure::usage(format!("{} is not a backup: there is no {FILE} in it", from.display())));
    }
    let (data, now) = (site.data_dir.clone(), pult_domain::Instant::now());
    let done = tokio::task::spawn_blocking(move || backup::restore(&from, &data, now)).await;
    match done.map_err(|e| Failure::failed(e.to_string()))? {
        Ok(()) => {}
        Err(OpenError::Damaged { file, detail, .. }) => {
            let backup = backup::newest(&site.config.storage.backup.dir(&site.data_dir));
            return Err(reach::explained(&site.remedy(), OpenError::Damaged { file, detail, backup }.into()));
        }
        Err(error) => return Err(error.into()),
    }
    say(format!(
        "The backup is in place in {}; what was there before lies beside it with `.before-` in its name.",
        site.data_dir.display()
    ));
    Ok(())
}

//! `diagnostics`: one file for whoever helps from afar, without secrets and without telephone numbers.
//!
//! Deliberately not here: received requests and calls, which are other people's data.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use pult_engine::config::Place;
use pult_store::FILE;
use serde_json::{Value, json};

use super::{
    Here,
    exit::Failure,
    phones,
    reach::Reach,
    terminal::{print, say},
    verbs,
};

/// Lines of the log at the end.
const LINES: usize = 500;
/// Bytes of the log looked at for them.
const TAIL: u64 = 512 << 10;

/// Where it goes.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The file to write; without it the report goes to standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

pub(super) async fn run(here: Here<'_>, options: Options) -> Result<(), Failure> {
    let site = here.site()?;
    let log = log_of(site.config.log.dir.as_deref(), site.place);
    let bytes = fs::metadata(site.data_dir.join(FILE)).map(|m| m.len()).ok();
    let mut report = json!({
        "made_at": pult_domain::Instant::now().to_string(),
        "version": env!("CARGO_PKG_VERSION"),
        "system": { "os": std::env::consts::OS, "arch": std::env::consts::ARCH },
        "settings": { "file": site.config_path, "values": site.config },
        "database": { "folder": site.data_dir, "bytes": bytes },
        "log": log,
    });
    // A report about an engine that cannot start is worth the most.
    match Reach::find(here).await {
        Err(failure) => report["engine"] = json!({ "problem": failure.text }),
        Ok(mut reach) => {
            report["engine"] = json!({ "running": reach.is_running() });
            for (part, command) in [
                ("health", "engine.health"),
                ("deliveries", "deliveries.summary"),
                ("backups", "backup.list"),
                ("secrets", verbs::SECRETS),
            ] {
                let answer: Result<Value, Failure> = reach.call(command, json!({})).await;
                report["engine"][part] = answer.unwrap_or_else(|failure| json!({ "problem": failure.text }));
            }
            reach.close().await;
        }
    }
    let text = serde_json::to_string_pretty(&report)?;
    match options.to {
        None => print(text),
        Some(path) => {
            let mut open = File::options();
            open.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
            let written = open.open(&path).and_then(|mut file| writeln!(file, "{text}"));
            written.map_err(|e| Failure::failed(format!("{} cannot be written: {e}", path.display())))?;
            say(format!("{} is written. Look it over before you send it.", path.display()));
        }
    }
    Ok(())
}

/// The end of the newest log file, numbers hidden.
fn log_of(folder: Option<&Path>, place: Place) -> Value {
    let Some(folder) = folder else {
        let keeper = match place {
            Place::Server => "the system: journalctl -u pultd",
            Place::Desktop => "the session the window was started from; log.dir keeps it in files",
        };
        return json!({ "kept_by": keeper });
    };
    let newest = fs::read_dir(folder).ok().and_then(|entries| {
        let files = entries.flatten().map(|e| e.path());
        files.filter(|p| p.extension().is_some_and(|e| e == "log")).max()
    });
    let Some(newest) = newest else { return json!({ "folder": folder, "lines": [] }) };
    match tail(&newest) {
        Ok(lines) => json!({ "file": newest, "lines": lines }),
        Err(error) => json!({ "file": newest, "problem": error.to_string() }),
    }
}

fn tail(path: &Path) -> std::io::Result<Vec<String>> {
    let mut file = File::open(path)?;
    let from = file.metadata()?.len().saturating_sub(TAIL);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    Ok(lines.iter().skip(lines.len().saturating_sub(LINES)).map(|line| phones::masked(line)).collect())
}

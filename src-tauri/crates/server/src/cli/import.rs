//! `import`: takes in a file of a previous system, telling how far it is.
//!
//! Deliberately not here: reading and judging rows (the engine's `imports`).

use std::{path::PathBuf, sync::Mutex};

use pult_engine::{
    Engine,
    auth::Actor,
    error::{ApiError, ErrorCode},
    imports::{self, Desk, ImportError, ImportKind, Order},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    Here,
    exit::Failure,
    reach::Reach,
    terminal::{print_json, say},
    verbs,
};

/// What to take in.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// What its rows are
    kind: Kind,
    /// The file, CSV or JSON lines; the engine's account must be able to read it
    file: PathBuf,
    /// Where rows that were not taken are written; without it beside the file, as FILE.rejected.csv
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Only say what the file would come to: nothing is written
    #[arg(long, conflicts_with = "rejected")]
    dry_run: bool,
    /// What it came to, as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// Agencies of the Moscow centre
    Agencies,
    /// Telephones of agencies
    AgencyPhones,
    /// Past calls of the Vilnius centre
    History,
    /// Past calls of the Moscow centre
    Calls,
    /// People
    Staff,
    /// Services of the carousel, with their switches where the file says them
    CarouselServices,
    /// People of the carousel, with switches and days away where the file says them
    CarouselPeople,
    /// Groups of the carousel's people
    CarouselGroups,
    /// Who is in which group
    CarouselMembers,
    /// Which groups serve which service
    CarouselBindings,
    /// Days away of the carousel's people
    CarouselAbsences,
}

impl From<Kind> for ImportKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Agencies => Self::Agencies,
            Kind::AgencyPhones => Self::AgencyPhones,
            Kind::History => Self::VilniusCalls,
            Kind::Calls => Self::MoscowCalls,
            Kind::Staff => Self::Staff,
            Kind::CarouselServices => Self::CarouselServices,
            Kind::CarouselPeople => Self::CarouselPeople,
            Kind::CarouselGroups => Self::CarouselGroups,
            Kind::CarouselMembers => Self::CarouselMembers,
            Kind::CarouselBindings => Self::CarouselBindings,
            Kind::CarouselAbsences => Self::CarouselAbsences,
        }
    }
}

/// Asks to import a file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportFile {
    kind: ImportKind,
    path: PathBuf,
    /// Whether nothing is to be written.
    #[serde(default)]
    dry_run: bool,
}

pub(super) async fn run(here: Here<'_>, options: Options) -> Result<(), Failure> {
    let path = std::path::absolute(&options.file)?;
    let mut reach = Reach::find(here).await?;
    let request = ImportFile { kind: options.kind.into(), path: path.clone(), dry_run: options.dry_run };
    if options.dry_run {
        let checked = reach.call_telling(verbs::IMPORT, request, &|_| ()).await;
        reach.close().await;
        return told(&checked?, options.json);
    }
    // A line each few per cent says enough.
    let said = Mutex::new(-1.0);
    let tell = |step: Value| {
        let done = step["import"]["done"].as_f64().unwrap_or_default();
        let total = step["import"]["total"].as_f64().unwrap_or_default();
        let part = if total > 0.0 { (done / total * 20.0).floor() } else { 0.0 };
        let mut said = said.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if part > *said {
            *said = part;
            say(line_of(&step));
        }
    };
    let outcome: Result<Value, Failure> = reach.call_telling(verbs::IMPORT, request, &tell).await;
    let row = match outcome {
        Ok(row) => row,
        Err(failure) => {
            reach.close().await;
            return Err(failure);
        }
    };
    let rejected = row["rejected"].as_u64().unwrap_or_default();
    if rejected > 0 {
        let to = options.rejected.unwrap_or_else(|| {
            let mut name = path.clone().into_os_string();
            name.push(".rejected.csv");
            name.into()
        });
        let file: Value = reach.call("imports.rejected", json!({ "id": row["id"] })).await?;
        let content = file["content_base64"].as_str().unwrap_or_default();
        let bytes = data_encoding::BASE64.decode(content.as_bytes()).map_err(|e| Failure::failed(e.to_string()))?;
        std::fs::write(&to, bytes).map_err(|e| Failure::failed(format!("{} cannot be written: {e}", to.display())))?;
        say(format!("{rejected} rows were not taken; they are in {} with the reasons.", to.display()));
    }
    reach.close().await;
    if options.json {
        return print_json(&row);
    }
    say(format!(
        "{}: {} rows, {} new, {} brought up to date.",
        row["state"].as_str().unwrap_or_default(),
        row["done"],
        row["added"],
        row["changed"]
    ));
    Ok(())
}

/// Says what a file would come to.
fn told(checked: &Value, json: bool) -> Result<(), Failure> {
    if json {
        return print_json(checked);
    }
    let list = |name: &str| checked[name].as_array().cloned().unwrap_or_default();
    let rest = |count: &str, told: usize| checked[count].as_u64().unwrap_or_default().saturating_sub(told as u64);
    let rejections = list("rejections");
    for row in &rejections {
        say(format!("line {}: {}", row["line"], row["reason"].as_str().unwrap_or_default()));
    }
    match rest("rejected", rejections.len()) {
        0 => {}
        more => say(format!("and {more} more rows that would not be taken")),
    }
    let names = list("removed_names");
    for name in &names {
        say(format!("would be gone: {}", name.as_str().unwrap_or_default()));
    }
    match rest("removed", names.len()) {
        0 => {}
        more => say(format!("would be gone: {more} more")),
    }
    say(format!(
        "nothing was written: {} rows, {} would be new, {} brought up to date, {} gone, {} not taken.",
        checked["rows"], checked["added"], checked["changed"], checked["removed"], checked["rejected"]
    ));
    Ok(())
}

fn line_of(step: &Value) -> String {
    let import = &step["import"];
    let total = import["total"].as_u64().map_or_else(String::new, |total| format!(" of {total}"));
    let speed = step["rows_per_s"].as_f64().map_or_else(String::new, |speed| format!(", {speed:.0} rows/s"));
    let left = step["left_s"].as_f64().map_or_else(String::new, |left| format!(", {left:.0} s left"));
    format!("{}{total} rows{speed}{left}", import["done"])
}

/// Imports a file the engine can read; whoever stops waiting for it stops it, and the same file goes on from there.
pub(super) async fn take_in(engine: &Engine, request: ImportFile, tell: verbs::Tell<'_>) -> Result<Value, ApiError> {
    let (desk, areas) = (Desk::of(engine), request.kind.areas());
    let name = request.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let order = Order { kind: request.kind, path: request.path, name, actor: Actor::command_line() };
    // An engine at rest has been told to stop already, so the import has a signal of its own.
    let stop = CancellationToken::new();
    let _left = stop.clone().drop_guard();
    if request.dry_run {
        let checked = imports::check(&desk, &order, &stop).await.map_err(told_of)?;
        return Ok(serde_json::to_value(&checked).unwrap_or_default());
    }
    let (steps, mut told) = tokio::sync::mpsc::unbounded_channel();
    let work = tokio::spawn(async move {
        let tell = |progress| drop(steps.send(progress));
        imports::run(&desk, order, &stop, tell).await
    });
    while let Some(progress) = told.recv().await {
        tell(serde_json::to_value(&progress).unwrap_or_default());
    }
    let outcome = work.await.map_err(|_| ApiError::new(ErrorCode::Internal, "the import was cut short"))?;
    areas.iter().for_each(|area| engine.bus().changed(*area, vec![]));
    Ok(serde_json::to_value(outcome.map_err(told_of)?).unwrap_or_default())
}

fn told_of(error: ImportError) -> ApiError {
    match error {
        ImportError::Store(error) => error.into(),
        error => ApiError::new(ErrorCode::Conflict, error.to_string()),
    }
}

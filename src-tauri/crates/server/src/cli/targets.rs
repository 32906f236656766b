//! `targets`: describes addresses of the network from a file, as the network screen would.
//!
//! Deliberately not here: what a target may be (the engine's command says), and taking targets away, which is done where their history
//! is seen.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Here, exit::Failure, reach::Reach, terminal::say};

/// The largest file, bytes.
const LARGEST: u64 = 1 << 20;

/// Which targets.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// A JSON list of targets; one whose key is known is described anew
    file: PathBuf,
}

pub(super) async fn run(here: Here<'_>, options: Options) -> Result<(), Failure> {
    let definitions = read(&options.file)?;
    let mut reach = Reach::find(here).await?;
    let outcome = describe(&mut reach, &definitions).await;
    reach.close().await;
    say(format!("Targets described: {}.", outcome?));
    Ok(())
}

fn read(file: &Path) -> Result<Vec<Value>, Failure> {
    let shown = file.display();
    let size = std::fs::metadata(file).map_err(|e| Failure::usage(format!("{shown} cannot be read: {e}")))?.len();
    if size > LARGEST {
        return Err(Failure::usage(format!("{shown} is larger than 1 MiB; this is no list of targets")));
    }
    let text = std::fs::read(file).map_err(|e| Failure::usage(format!("{shown} cannot be read: {e}")))?;
    serde_json::from_slice(&text).map_err(|e| Failure::usage(format!("{shown} is no JSON list of targets: {e}")))
}

async fn describe(reach: &mut Reach, definitions: &[Value]) -> Result<usize, Failure> {
    for definition in definitions {
        let list: Value = reach.call("network.list", json!({})).await?;
        let known = list["targets"].as_array().into_iter().flatten();
        let same =
            known.filter(|target| target["definition"]["key"] == definition["key"]).map(|target| &target["id"]).next();
        let _: Value = reach.call("network.set_target", json!({ "target": same, "definition": definition })).await?;
    }
    Ok(definitions.len())
}

//! Figures of stories told at full size: the release server, and around it what the story brings. Each is told once.
//!
//! Platform and listener are built without optimisation and share the machine with the server: what they cost is in the figures.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use crate::binaries::{self, Program, cargo};
use crate::node;
use crate::process::{self, announce};
use crate::workspace::{self, Profile};

/// The stories that were told, with their figures or the error of those that broke.
#[derive(Default)]
pub(crate) struct Told {
    done: BTreeMap<&'static str, Result<Value, String>>,
}

impl Told {
    /// A figure of a story, which keeps them in a file of the name `figures`.
    pub(crate) fn figure(&mut self, story: &'static str, figures: &str, figure: &str) -> Result<f64> {
        let told = self.done.entry(story).or_insert_with(|| tell(story, figures).map_err(|error| format!("{error:#}")));
        let told = told.as_ref().map_err(|error| anyhow!("{error}"))?;
        told.get(figure).and_then(Value::as_f64).with_context(|| format!("the story tells no `{figure}`"))
    }
}

fn tell(story: &str, figures: &str) -> Result<Value> {
    announce(&format!("the story {story}"));
    node::build_page()?;
    binaries::build(&[Program::Server], Profile::Release)?;
    let folder = workspace::target().join("bench-figures");
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{figures}.json"));
    if file.exists() {
        fs::remove_file(&file)?;
    }
    let mut command = cargo();
    command
        .args(["test", "--package", "pult", "--test", "stories", "--", "--exact", story])
        .env("PULT_TEST_PULTD", workspace::binary(Profile::Release, "pultd"))
        .env("PULT_BENCH_FIGURES", &folder);
    process::run(&mut command)?;
    let text = fs::read(&file).with_context(|| format!("the story keeps no figures in {}", file.display()))?;
    Ok(serde_json::from_slice(&text)?)
}

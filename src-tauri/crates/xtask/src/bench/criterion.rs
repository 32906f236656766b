//! Figures of the crates' own criterion benches: each bench target runs once, and criterion's files are read after it.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::binaries::cargo;
use crate::process::{self, announce};
use crate::workspace;

/// The bench targets that ran, and the error of those that broke.
#[derive(Default)]
pub(crate) struct Runs {
    done: BTreeMap<(&'static str, &'static str), Result<(), String>>,
}

impl Runs {
    /// The mean of one measurement in milliseconds, after running its target when that has not happened yet. `id`: the
    /// measurement's group and name as criterion files them.
    pub(crate) fn milliseconds(&mut self, package: &'static str, bench: &'static str, id: &str) -> Result<f64> {
        let run = self.done.entry((package, bench)).or_insert_with(|| {
            announce(&format!("benches `{bench}` of {package}"));
            let mut command = cargo();
            command.args(["bench", "--package", package, "--bench", bench]);
            // Generated once and kept: gigabytes that no clean build should throw away.
            command.env("PULT_BENCH_DIR", workspace::cache().join("bench"));
            process::run(&mut command).map_err(|error| format!("{error:#}"))
        });
        if let Err(error) = run {
            bail!("{error}");
        }
        let file = workspace::target().join("criterion").join(id).join("new/estimates.json");
        let text = fs::read(&file).with_context(|| format!("`{bench}` measured no `{id}`"))?;
        let estimates: Value = serde_json::from_slice(&text)?;
        let nanoseconds = estimates.pointer("/mean/point_estimate").and_then(Value::as_f64);
        Ok(nanoseconds.with_context(|| format!("no mean in {}", file.display()))? / 1e6)
    }
}

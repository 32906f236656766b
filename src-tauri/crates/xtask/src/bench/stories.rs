//! Figures of stories told at full size, of tests of the console in Chromium, and of the real window: release builds, and around
//! them what the tests bring. Each is told once.
//!
//! Platform and listener are built without optimisation and share the machine with the server: what they cost is in the figures.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use crate::binaries::{self, Program, cargo};
use crate::browser;
use crate::display;
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
        let tell = || {
            let mut command = cargo();
            command.args(["test", "--package", "pult", "--test", "stories", "--", "--exact", story]);
            command.env("PULT_TEST_PULTD", workspace::binary(Profile::Release, "pultd"));
            tell(story, figures, Program::Server, command)
        };
        self.read(story, figure, tell)
    }

    /// A figure of a test in Chromium, kept likewise.
    pub(crate) fn painted(&mut self, test: &'static str, figures: &str, figure: &str) -> Result<f64> {
        let tell = || {
            binaries::build(&[Program::Simulators], Profile::Dev)?;
            tell(test, figures, Program::Server, browser::command(&[test.to_owned()], Profile::Release)?)
        };
        self.read(test, figure, tell)
    }

    /// A figure of a test of the real window, kept likewise.
    pub(crate) fn window(&mut self, test: &'static str, figures: &str, figure: &str) -> Result<f64> {
        let tell = || {
            let mut command = display::command();
            command.args(["cargo", "test", "--package", "pult", "--features", "desktop", "--test", "window", "--"]);
            command.args(["--exact", test]);
            command.env("PULT_TEST_WINDOW", workspace::binary(Profile::Release, "pult"));
            tell(test, figures, Program::Window, command)
        };
        self.read(test, figure, tell)
    }

    fn read(&mut self, name: &'static str, figure: &str, tell: impl FnOnce() -> Result<Value>) -> Result<f64> {
        let told = self.done.entry(name).or_insert_with(|| tell().map_err(|error| format!("{error:#}")));
        let told = told.as_ref().map_err(|error| anyhow!("{error}"))?;
        told.get(figure).and_then(Value::as_f64).with_context(|| format!("{name}: no figure `{figure}` is kept"))
    }
}

/// Runs the command with a release program built, and reads the figures it leaves.
fn tell(name: &str, figures: &str, program: Program, mut command: Command) -> Result<Value> {
    announce(&format!("figures of: {name}"));
    node::build_page()?;
    binaries::build(&[program], Profile::Release)?;
    let folder = workspace::target().join("bench-figures");
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{figures}.json"));
    if file.exists() {
        fs::remove_file(&file)?;
    }
    process::run(command.env("PULT_BENCH_FIGURES", &folder))?;
    let text = fs::read(&file).with_context(|| format!("no figures are kept in {}", file.display()))?;
    Ok(serde_json::from_slice(&text)?)
}

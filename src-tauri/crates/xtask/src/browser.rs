//! The tests of the console in a real browser, as a command: for the suite with its counts, and for measuring.

use std::process::Command;

use anyhow::Result;

use crate::node;
use crate::process;
use crate::workspace::{self, Profile};

/// Whether a Chromium is on this machine.
pub(crate) fn is_here() -> bool {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().any(process::on_path)
}

/// The command that runs the tests whose names hold one of the filters, or all of them, against `pultd` of this build; the page and
/// the programs have to be built before.
///
/// # Errors
/// Node is absent or too old, or the packages of the tests cannot be installed.
pub(crate) fn command(filters: &[String], profile: Profile) -> Result<Command> {
    let folder = workspace::root().join("tests/browser");
    node::check()?;
    node::install(&folder)?;
    let mut command = Command::new("node");
    command.current_dir(&folder).args(["--test", "--test-reporter=spec"]);
    if !filters.is_empty() {
        command.arg(format!("--test-name-pattern={}", filters.join("|")));
    }
    command
        .env("PULT_TEST_PULTD", workspace::binary(profile, "pultd"))
        .env("PULT_TEST_SIMULATORS", workspace::binary(Profile::Dev, "pult-simulators"));
    Ok(command)
}

//! Building the three programs with cargo's own progress in view.

use std::env;
use std::process::Command;

use anyhow::Result;

use crate::process::{self, announce};
use crate::workspace::{self, Profile};

/// A program of this workspace.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// The headless engine, `pultd`.
    Server,
    /// The desktop window, `pult`.
    Window,
    /// The simulated vendors, `pult-simulators`.
    Simulators,
}

impl Program {
    fn name(self) -> &'static str {
        match self {
            Program::Server => "pultd",
            Program::Window => "pult",
            Program::Simulators => "pult-simulators",
        }
    }

    /// What a release is built of: this program alone.
    fn package(self) -> &'static [&'static str] {
        match self {
            Program::Server => &["--package", "pult-server"],
            Program::Window => &["--package", "pult", "--features", "desktop"],
            Program::Simulators => &["--package", "pult-simulators"],
        }
    }
}

/// The cargo that runs us, at the repository's top folder.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace::root());
    command
}

/// The packages and features of everything that is not a release. They are the same for all: with other features of one library cargo
/// would compile it, and all that stands on it, once more.
pub(crate) fn selection(window: bool) -> [&'static str; 3] {
    // Stories turn the engine's clock by hand; a release cannot be asked to.
    let features = if window { "pult-server/hand-clock,pult/desktop" } else { "pult-server/hand-clock" };
    ["--workspace", "--features", features]
}

/// Builds programs: together for work in the tree; each by itself for a release, where cargo would unite their features and build the
/// server with the window's.
pub(crate) fn build(programs: &[Program], profile: Profile) -> Result<()> {
    let names: Vec<&str> = programs.iter().map(|program| program.name()).collect();
    announce(&format!("building {}", names.join(", ")));
    let bins =
        |names: &[&'static str]| -> Vec<&'static str> { names.iter().flat_map(|name| ["--bin", name]).collect() };
    if profile == Profile::Dev {
        let selection = selection(programs.contains(&Program::Window));
        return process::run(cargo().arg("build").args(selection).args(bins(&names)));
    }
    for program in programs {
        process::run(cargo().args(["build", "--release"]).args(program.package()).args(bins(&[program.name()])))?;
    }
    Ok(())
}

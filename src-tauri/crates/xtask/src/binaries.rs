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
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Program::Server => &["--package", "pult-server", "--bin", "pultd"],
            Program::Window => &["--package", "pult", "--bin", "pult", "--features", "desktop"],
            Program::Simulators => &["--package", "pult-simulators", "--bin", "pult-simulators"],
        }
    }
}

/// The cargo that runs us, at the repository's top folder.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace::root());
    command
}

/// Builds each program by itself: together, cargo would unite their features and the server would be built with the
/// window's.
pub(crate) fn build(programs: &[Program], profile: Profile) -> Result<()> {
    for program in programs {
        announce(match program {
            Program::Server => "building the engine (pultd)",
            Program::Window => "building the window (pult)",
            Program::Simulators => "building the simulated vendors",
        });
        let mut command = cargo();
        command.arg("build").args(program.arguments());
        if profile == Profile::Release {
            command.arg("--release");
        } else if matches!(program, Program::Server) {
            // Stories turn the engine's clock by hand; a release build cannot be asked to.
            command.args(["--features", "hand-clock"]);
        }
        process::run(&mut command)?;
    }
    Ok(())
}

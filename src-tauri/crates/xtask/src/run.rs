//! `cargo xtask run`: Pult with the person's own settings, built from this tree.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::binaries::{self, Program};
use crate::packages::{self, Purpose};
use crate::process;
use crate::workspace::{self, Profile};
use crate::{demo, node};

/// What to start and from which settings.
#[derive(Args)]
pub(crate) struct Options {
    /// Start the engine without a window; the console is then for a browser
    #[arg(long)]
    headless: bool,
    /// Settings file; its usual place when absent
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Build with optimisation
    #[arg(long)]
    release: bool,
    /// Install missing system packages without asking
    #[arg(long)]
    yes: bool,
}

/// Builds what is out of date and hands the terminal over to the program.
pub(crate) fn run(options: &Options) -> Result<()> {
    let profile = if options.release { Profile::Release } else { Profile::Dev };
    let windowed = !options.headless && demo::has_display();
    if !options.headless && !windowed {
        process::announce("no display here, so the engine starts without a window");
    }
    packages::ensure(Purpose::building(windowed), options.yes)?;
    node::build_page()?;
    let (program, name) = if windowed { (Program::Window, "pult") } else { (Program::Server, "pultd") };
    binaries::build(&[program], profile)?;
    let mut command = Command::new(workspace::binary(profile, name));
    if let Some(config) = &options.config {
        command.arg("--config").arg(config);
    }
    if !windowed {
        command.arg("serve");
    }
    process::hand_over(&mut command)
}

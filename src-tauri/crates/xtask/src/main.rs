//! `cargo xtask`: what a developer, CI and a packager do with this repository, as commands that say what they are doing.
//!
//! Each command is a module; what they share is `process` (starting and stopping programs), `packages` (the one list of
//! system packages), `node` (the console page) and `workspace` (where things are). Nothing of the product is here.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks to the person who started it"
)]

mod bench;
mod binaries;
mod bindings;
mod browser;
mod demo;
mod display;
mod icons;
mod node;
mod package;
mod packages;
mod process;
mod run;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Build, run, test, measure and package Pult.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything, start simulated vendors and a living contact centre, and open the console on it
    Demo(demo::Options),
    /// Build and start Pult with your own settings
    Run(run::Options),
    /// Check and test everything
    Test(test::Options),
    /// Measure the figures that have a bar and print them beside it
    Bench(bench::Options),
    /// Write the TypeScript types of the console's API again
    Bindings(bindings::Options),
    /// Build the packages that this machine can build
    Package(package::Options),
    /// Draw the icons again from their SVG sources
    Icons,
}

const EXAMPLES: &str = "Examples:
  cargo xtask demo                    the demo in a window (in a browser when there is no display)
  cargo xtask demo --no-window        the demo for a browser
  cargo xtask test                    every check and test
  cargo xtask test --only rust ratings   Rust tests whose name contains `ratings`
  cargo xtask bench --only intake     one group of figures
  cargo xtask package                 .deb of the window, .deb and tarball of the server

Exit code: 0 when everything asked for was done and passed, 1 otherwise, 2 for a
command line that is not understood.";

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Task::Demo(options) => demo::demo(&options),
        Task::Run(options) => run::run(&options),
        Task::Test(options) => test::test(&options),
        Task::Bench(options) => bench::bench(&options),
        Task::Bindings(options) => bindings::bindings(&options),
        Task::Package(options) => package::package(&options),
        Task::Icons => icons::draw(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The causes alone: a list of our own calls tells whoever ran this nothing.
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

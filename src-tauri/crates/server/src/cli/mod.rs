//! The command line of `pultd`, and of the window's program when it runs without one.
//!
//! Commands act through the running engine, else on the data themselves (`reach`). Deliberately not here: what the console's
//! commands do (the engine's list).

pub mod control;
mod exit;
mod reach;
mod secret;
mod serve;
mod terminal;
mod user;
mod verbs;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::Parser;
use pult_engine::config::{Level, Log};

pub use exit::{Exit, Failure};

/// The engine of Pult without its window: hooks, workers, call cards and the console for browsers.
#[derive(Debug, Parser)]
#[command(name = "pultd", version, after_help = exit::CODES)]
struct Arguments {
    /// The settings; without it $PULT_CONFIG, else /etc/pult/pult.toml
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Run the engine with its listeners until told to stop
    #[command(after_help = "\
Examples:
  pultd serve
  pultd --config ./pult.toml serve --print-addresses

SIGTERM or Ctrl-C finishes what is under way; a second one ends at once.")]
    Serve(serve::Options),
    /// Keep, name or forget the secrets of connections
    #[command(subcommand)]
    Secret(secret::Act),
    /// Make, show and block accounts, set passwords
    #[command(subcommand)]
    User(user::Act),
}

/// Does what this process was asked to on its command line.
#[must_use]
pub fn run() -> ExitCode {
    run_with(std::env::args_os())
}

/// Does what a command line asks; the first word is the program's name.
#[must_use]
pub fn run_with(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are asked for, and go to standard output.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done }.into();
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return end(&Failure::failed(format!("the system gives no threads: {error}"))),
    };
    match runtime.block_on(act(arguments)) {
        Ok(()) => Exit::Done.into(),
        Err(failure) => end(&failure),
    }
}

fn end(failure: &Failure) -> ExitCode {
    terminal::say(format!("pultd: {failure}"));
    failure.exit.into()
}

async fn act(arguments: Arguments) -> Result<(), Failure> {
    let config = arguments.config.as_deref();
    if !matches!(arguments.command, Command::Serve(_)) {
        // What goes wrong deep inside is told on the spot.
        crate::logging::start(&Log { level: Level::Warn, dir: None, json: false, ..Log::default() })?;
    }
    match arguments.command {
        Command::Serve(options) => serve::serve(config, &options).await,
        Command::Secret(act) => secret::run(config, act).await,
        Command::User(act) => user::run(config, act).await,
    }
}

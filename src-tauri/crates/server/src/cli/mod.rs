//! The command line of `pultd`, and of the window's program for everything that needs no window.
//!
//! Commands act through the running engine, else on the data themselves (`reach`). Deliberately not here: what the console's
//! commands do (the engine's list).

mod backup;
mod check;
pub mod control;
mod diagnostics;
mod erase;
mod exit;
mod forget;
mod import;
mod person;
mod phones;
mod preview;
mod reach;
mod replay;
mod request;
mod secret;
mod serve;
mod targets;
mod terminal;
mod user;
mod verbs;
mod verdict;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{CommandFactory as _, FromArgMatches as _, Parser};
use pult_engine::{
    config::{Config, Level, Log, Place},
    secrets::SecretStore,
};

use crate::assembly::Site;

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
    /// Say whether what is set up can work, step by step
    #[command(after_help = "\
Examples:
  pultd check
  pultd check agencies --json

Ends with 1 when a step is bad; amber alone is no failure.")]
    Check(check::Options),
    /// Make a checked copy of the database and print where it is
    #[command(after_help = "Examples:\n  pultd backup\n  pultd backup --to /mnt/safe")]
    Backup(backup::Options),
    /// Put a backup in the place of the database; the engine must be stopped
    #[command(after_help = "Example:\n  pultd restore /var/lib/pult/backups/pult-20261120T091500000Z")]
    Restore(backup::Restore),
    /// Take in a file of a previous system
    #[command(after_help = "\
Examples:
  pultd import agency-phones T_AGENCY_PHONE.csv
  pultd import history T_CALL_INFO.csv --rejected rejected.csv
  pultd import staff staff.csv --dry-run

Stopped half-way, the same command goes on where it was.")]
    Import(import::Options),
    /// Show what a request, a file or an answer would be taken for and lead to; nothing is written
    #[command(after_help = "\
Examples:
  pultd preview telephony sample.json
  pultd preview INTEGRATION calls.csv --as file
  pultd preview agencies card.xml --as answer:agency/view
  pultd preview agencies busy.html --as answer:look_up_agency --status 503
  pultd --config /etc/pult/pult.toml preview telephony body.json --path /hooks/telephony --headers headers.txt

An answer prints `receipt` with its facts, or `error` with what the delivery would do next. A sample of a call of ours prints
`outgoing`; with --as answer:METHOD its response is read.

Without --config the state is empty, every integration is on with example settings, and only a sample's secret or
--secret-file is known. With it, the settings, secrets and state are the real ones.")]
    Preview(preview::Options),
    /// Run a received record again
    #[command(after_help = "Examples:\n  pultd replay 1042 --preview\n  pultd replay 1042")]
    Replay(replay::Options),
    /// Describe addresses of the network that are watched
    #[command(after_help = "\
Example:
  pultd targets targets.json

The file is a list such as
  [{ \"key\": \"vpn\", \"title\": \"VPN\", \"host\": \"vpn.example.com\", \"kind\": \"icmp\", \"port\": null, \"path\": null,
     \"packets\": null, \"period_s\": null, \"certificate_port\": null, \"workstation_url\": null, \"parent\": null, \"enabled\": true }]
Kinds are icmp, tcp, http, tls, dns, xmpp and platform. A target whose key is known is described anew.")]
    Targets(targets::Options),
    /// Forget a person, by telephone number or e-mail address: calls, ratings, records, decisions, deliveries, imports
    #[command(after_help = "\
Examples:
  pultd erase --phone +37060011122
  pultd erase --email a.orlova@example.com --backups

What happened stays as a number in the totals; who it was does not. Afterwards the database's file is rewritten, so that free
pages hold no copy, and what could not be reached is said. Older backups stay unless --backups replaces them by a fresh one.")]
    Erase(erase::Options),
    /// Write a report for whoever helps from afar: no secrets, no telephone numbers
    #[command(after_help = "Example:\n  pultd diagnostics --to report.json")]
    Diagnostics(diagnostics::Options),
    /// Print the OpenAPI document of every address served
    #[command(after_help = "Example:\n  pultd openapi > pult.json")]
    Openapi,
    /// About the settings file
    #[command(subcommand)]
    Config(ConfigAct),
}

#[derive(Debug, clap::Subcommand)]
enum ConfigAct {
    /// Print a commented file with every setting at its default
    #[command(after_help = "Example:\n  pultd config example > pult.toml")]
    Example,
}

/// A program that these commands are given to, and where it keeps what they work on.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// Whose settings and data it works on when no file is named.
    pub place: Place,
    /// Opens the secrets of a data folder. It may block.
    pub secrets: fn(&Path) -> anyhow::Result<SecretStore>,
}

impl Program {
    /// The server's: secrets are systemd's credentials, the environment, a file of the data folder.
    pub const SERVER: Self = Self {
        place: Place::Server,
        secrets: |folder| Ok(SecretStore::with_file(folder, |name| std::env::var_os(name))),
    };
}

/// Which settings and data a command is about.
#[derive(Clone, Copy)]
struct Here<'c> {
    config: Option<&'c Path>,
    program: Program,
}

impl Here<'_> {
    fn site(self) -> anyhow::Result<Site> {
        Site::find(self.config, self.program.place)
    }

    async fn secrets(self, folder: &Path) -> Result<SecretStore, Failure> {
        let (open, folder) = (self.program.secrets, folder.to_owned());
        let opened = tokio::task::spawn_blocking(move || open(&folder)).await;
        Ok(opened.map_err(|e| Failure::failed(e.to_string()))??)
    }
}

/// The names of all commands but the one that serves: what a program with a way of its own to serve passes on as it is.
#[must_use]
pub fn commands() -> Vec<String> {
    let all = Arguments::command();
    all.get_subcommands().map(|c| c.get_name().to_owned()).filter(|name| name != "serve").collect()
}

/// The command line in the words of a program: its name and its place of settings.
fn worded(command: clap::Command, place: Place) -> clap::Command {
    let Place::Desktop = place else { return command };
    let name = place.program();
    let own = move |text: String| text.replace("pultd", name).replace("/etc/pult/", "");
    let words = command.get_after_help().map(|text| own(text.to_string()));
    let command = command.mut_subcommands(|each| worded(each, place)).mut_args(|each| {
        match each.get_help().map(ToString::to_string) {
            Some(help) => each.help(own(help)),
            None => each,
        }
    });
    match words {
        Some(words) => command.after_help(words),
        None => command,
    }
}

/// Does what this process was asked to on its command line.
#[must_use]
pub fn run() -> ExitCode {
    run_as(Program::SERVER, std::env::args_os())
}

/// Does what a command line asks of a program; the first word is the program's name.
#[must_use]
pub fn run_as(program: Program, words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let name = program.place.program();
    let command = worded(Arguments::command(), program.place).name(name);
    let command = match program.place {
        Place::Server => command,
        Place::Desktop => command
            .about("The engine of Pult and its data on this computer, without the window")
            .mut_arg("config", |each| each.help("The settings; without it $PULT_CONFIG, else those of the window")),
    };
    let parsed = command.try_get_matches_from(words).and_then(|found| Arguments::from_arg_matches(&found));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are asked for, and go to standard output.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done }.into();
        }
    };
    keep_memory_private();
    // Connections are made and tried by most commands. It may be installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return end(name, &Failure::failed(format!("the system gives no threads: {error}"))),
    };
    match runtime.block_on(act(program, arguments)) {
        Ok(()) => Exit::Done.into(),
        Err(failure) => end(name, &failure),
    }
}

fn end(program: &str, failure: &Failure) -> ExitCode {
    terminal::say(format!("{program}: {failure}"));
    failure.exit.into()
}

/// Memory holds secrets: no core file is written of it. Where the system refuses that, Pult serves nevertheless.
pub fn keep_memory_private() {
    #[cfg(unix)]
    let _ = rustix::process::setrlimit(
        rustix::process::Resource::Core,
        rustix::process::Rlimit { current: Some(0), maximum: Some(0) },
    );
}

async fn act(program: Program, arguments: Arguments) -> Result<(), Failure> {
    let here = Here { config: arguments.config.as_deref(), program };
    if !matches!(arguments.command, Command::Serve(_)) {
        // What goes wrong deep inside is told on the spot.
        crate::logging::start(&Log { level: Level::Warn, dir: None, json: false, ..Log::default() })?;
    }
    match arguments.command {
        Command::Serve(options) => serve::serve(here, &options).await,
        Command::Secret(act) => secret::run(here, act).await,
        Command::User(act) => user::run(here, act).await,
        Command::Check(options) => check::run(here, options).await,
        Command::Backup(options) => backup::make(here, options).await,
        Command::Restore(options) => backup::restore(here, options).await,
        Command::Import(options) => import::run(here, options).await,
        Command::Preview(options) => preview::run(here, options).await,
        Command::Replay(options) => replay::run(here, options).await,
        Command::Targets(options) => targets::run(here, options).await,
        Command::Erase(options) => erase::run(here, options).await,
        Command::Diagnostics(options) => diagnostics::run(here, options).await,
        Command::Openapi => terminal::print_json(&*crate::openapi::DOCUMENT),
        Command::Config(ConfigAct::Example) => {
            terminal::print(Config::example().trim_end());
            Ok(())
        }
    }
}

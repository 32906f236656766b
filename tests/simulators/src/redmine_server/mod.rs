//! A real Redmine: the packaged one of Debian 12, started on a free loopback port with a database and files of its own, beside
//! any other. It has REST and "login required" switched on, the people [`SUPERVISOR`] (Manager), [`AGENT`] (Developer) and
//! [`REPORTER`], [`ADMIN`], and the project [`PROJECT`], which is not public and which the three belong to.
//!
//! It is nothing but Redmine: faults, a clock of its own and late commits are the simulator's. What REST cannot do is done by
//! a line of Ruby inside the server.

use std::{
    collections::BTreeMap,
    env, fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::Mutex,
    time::timeout,
};

const GEMS: &str = include_str!("gems.rb");
const SERVE: &str = include_str!("serve.rb");

/// The package's Ruby: another one does not find the packaged gems.
const RUBY: &str = "/usr/bin/ruby";
/// Says which Redmine the package holds.
const VERSION: &str = "/usr/share/redmine/lib/redmine/version.rb";
/// Of the packages beside `redmine` itself.
const BESIDE: [&str; 2] = ["/usr/share/doc/redmine-sqlite", "/usr/share/doc/puma"];

/// How long a start may take; the first of a build folder makes the tables too.
const STARTS: Duration = Duration::from_secs(180);
/// How long a line of Ruby may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The project everybody belongs to, by its identifier.
pub const PROJECT: &str = "desk";
/// The login of the administrator, who is no member.
pub const ADMIN: &str = "admin";
/// The login of the member with role Manager.
pub const SUPERVISOR: &str = "sup1";
/// The login of the member with role Developer.
pub const AGENT: &str = "agent1";
/// The login of the member with role Reporter: sees no private notes of others and sets no status.
pub const REPORTER: &str = "rep1";

/// Why there is no Redmine, or no answer of it.
#[derive(Debug, thiserror::Error)]
pub enum RedmineError {
    /// It is not there, or another version than the measured one.
    #[error(
        "there is no Redmine 5.0 on this machine: install the packages redmine, redmine-sqlite and puma of Debian 12"
    )]
    Missing,
    /// Its folder cannot be written, or it cannot be talked to.
    #[error("Redmine: {0}")]
    Io(#[from] io::Error),
    /// It ended, or took too long; the last it wrote.
    #[error("Redmine did not start:\n{0}")]
    NotStarted(String),
    /// It ended, or a line of Ruby took too long.
    #[error("Redmine does not answer")]
    Silent,
    /// A line of Ruby failed; what it said.
    #[error("Ruby: {0}")]
    Ruby(String),
}

/// What a server says when it listens.
#[derive(Debug, Deserialize)]
struct Welcome {
    port: u16,
    version: String,
    keys: BTreeMap<String, String>,
    ids: BTreeMap<String, u64>,
    project: u64,
}

/// What a server says to a line of Ruby.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    Value(Value),
    Error(String),
}

/// The line to a server. Closing its input ends the server, also when this process is killed.
struct Talk {
    input: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

/// A running Redmine; dropping it ends it and removes its folder.
pub struct RedmineServer {
    base: String,
    welcome: Welcome,
    talk: Mutex<Talk>,
    // Dropped in this order: the process goes before its folder.
    _child: Child,
    _folder: TempDir,
}

/// Whether the Redmine of the contract can be started on this machine.
pub fn is_installed() -> bool {
    let version = fs::read_to_string(VERSION).unwrap_or_default();
    version.contains("MAJOR = 5")
        && version.contains("MINOR = 0")
        && BESIDE.into_iter().chain([RUBY]).all(|place| Path::new(place).exists())
}

/// Starts one. It takes some seconds; the first start of a build folder takes a few more and leaves its prepared database
/// beside the running program, for the next.
///
/// # Errors
/// [`RedmineError::Missing`] where [`is_installed`] says no; otherwise when it does not come up.
pub async fn start() -> Result<RedmineServer, RedmineError> {
    if !is_installed() {
        return Err(RedmineError::Missing);
    }
    let folder = tempfile::Builder::new().prefix("pult-redmine-").tempdir()?;
    let script = folder.path().join("serve.rb");
    fs::write(folder.path().join("gems.rb"), GEMS)?;
    fs::write(&script, SERVE)?;
    let log = folder.path().join("said.log");
    let mut command = Command::new(RUBY);
    command.arg(script).arg(folder.path()).arg(beside_the_program()?);
    // A Ruby of the person's own, or bundler's settings, would look for other gems.
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", folder.path());
    command.env("LANG", "C.UTF-8").env("TZ", "UTC").current_dir(folder.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(fs::File::create(&log)?).kill_on_drop(true);
    let mut child = command.spawn()?;
    let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(RedmineError::Silent);
    };
    let mut talk = Talk { input, answers: BufReader::new(output).lines() };
    let line = timeout(STARTS, talk.answers.next_line()).await.ok().and_then(Result::ok).flatten();
    let Some(welcome) = line.and_then(|line| serde_json::from_str::<Welcome>(&line).ok()) else {
        return Err(RedmineError::NotStarted(end_of(&log)));
    };
    let base = format!("http://127.0.0.1:{}", welcome.port);
    Ok(RedmineServer { base, welcome, talk: Mutex::new(talk), _child: child, _folder: folder })
}

impl RedmineServer {
    /// Its address, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Its version, as `5.0.4.stable`.
    pub fn version(&self) -> &str {
        &self.welcome.version
    }

    /// Somebody's API key by login; empty for nobody.
    pub fn key(&self, login: &str) -> &str {
        self.welcome.keys.get(login).map_or("", String::as_str)
    }

    /// Somebody's id by login; 0 for nobody.
    pub fn id(&self, login: &str) -> u64 {
        self.welcome.ids.get(login).copied().unwrap_or_default()
    }

    /// The id of [`PROJECT`].
    pub fn project(&self) -> u64 {
        self.welcome.project
    }

    /// Runs Ruby inside the server, for what REST cannot do, as `Issue.find(7).destroy`; answers its value as JSON.
    ///
    /// # Errors
    /// [`RedmineError::Ruby`] with what Ruby says; [`RedmineError::Silent`] when the server is gone.
    pub async fn ruby(&self, code: &str) -> Result<Value, RedmineError> {
        let mut talk = self.talk.lock().await;
        talk.input.write_all(format!("{}\n", Value::from(code)).as_bytes()).await?;
        talk.input.flush().await?;
        let line = timeout(PATIENCE, talk.answers.next_line()).await.ok().and_then(Result::ok).flatten();
        match line.and_then(|line| serde_json::from_str::<Said>(&line).ok()) {
            Some(Said::Value(value)) => Ok(value),
            Some(Said::Error(error)) => Err(RedmineError::Ruby(error)),
            None => Err(RedmineError::Silent),
        }
    }

    /// Switches REST on or off for everybody, as the administrator does on a page.
    ///
    /// # Errors
    /// As [`Self::ruby`].
    pub async fn set_rest(&self, on: bool) -> Result<(), RedmineError> {
        self.ruby(&format!("Setting.rest_api_enabled = '{}'", u8::from(on))).await.map(drop)
    }

    /// Switches "login required" on or off.
    ///
    /// # Errors
    /// As [`Self::ruby`].
    pub async fn set_login_required(&self, on: bool) -> Result<(), RedmineError> {
        self.ruby(&format!("Setting.login_required = '{}'", u8::from(on))).await.map(drop)
    }
}

/// A place that goes with the build folder and belongs to whoever builds.
fn beside_the_program() -> io::Result<PathBuf> {
    let program = env::current_exe()?;
    program.parent().map(Path::to_owned).ok_or_else(|| io::Error::other("the program is in no folder"))
}

/// The last lines of a log.
fn end_of(log: &Path) -> String {
    let text = fs::read(log).map(|text| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}

#[cfg(test)]
mod tests;

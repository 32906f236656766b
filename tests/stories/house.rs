//! A Pult of its own for each story: settings, secrets, data folder and the process that serves them.
//!
//! Deliberately not here: requests (`caller`, `senders`).

use std::{
    ffi::OsStr,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{ExitStatus, Output, Stdio},
    sync::Once,
    time::Duration,
};

use pult_simulators::agencies::{Gate, Settings as GateSettings, routes};
use pult_store::Store;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::caller::Caller;

/// The telephony client's key.
pub(crate) const CLIENT_KEY: &str = "client-key-of-the-story";
/// The feed's key.
pub(crate) const FEED_KEY: &str = "feed-key-of-the-story";
/// The agency service's password.
pub(crate) const GATE_PASSWORD: &str = "gate password of the story";
/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// A story that waits longer than this for an event hangs, and says so instead.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// What a Pult is set up with. Begins as the usual one: telephony and feed on, nobody signed up, no agency service.
pub(crate) struct Setup {
    console: String,
    hooks: String,
    telephony: String,
    areas: String,
    rest: String,
    secrets: Vec<(String, String)>,
}

impl Setup {
    pub(crate) fn new() -> Self {
        Self {
            console: "bind = \"127.0.0.1:0\"\n".to_owned(),
            hooks: "bind = \"127.0.0.1:0\"\n".to_owned(),
            telephony: String::new(),
            areas: String::new(),
            rest: String::new(),
            secrets: vec![
                ("telephony.client.main".to_owned(), CLIENT_KEY.to_owned()),
                ("cc.api_key".to_owned(), FEED_KEY.to_owned()),
                ("agencies.password".to_owned(), GATE_PASSWORD.to_owned()),
            ],
        }
    }

    /// Replaces the section `[console]`.
    pub(crate) fn console(mut self, lines: impl Into<String>) -> Self {
        self.console = lines.into();
        self
    }

    /// Replaces the section `[hooks]`.
    pub(crate) fn hooks(mut self, lines: impl Into<String>) -> Self {
        self.hooks = lines.into();
        self
    }

    /// A hook listener whose limits no story but that of limits meets.
    pub(crate) fn unhurried(self) -> Self {
        self.hooks("bind = \"127.0.0.1:0\"\nrate_per_source = 1000000\nburst_per_source = 1000000\n")
    }

    /// Adds lines to `[integrations.telephony]`.
    pub(crate) fn telephony(mut self, lines: &str) -> Self {
        self.telephony.push_str(lines);
        self
    }

    /// Adds lines to `[areas.calls]`.
    pub(crate) fn areas(mut self, lines: &str) -> Self {
        self.areas.push_str(lines);
        self
    }

    /// Adds sections.
    pub(crate) fn and(mut self, sections: &str) -> Self {
        self.rest.push_str(sections);
        self
    }

    /// Sets a secret, in place of the usual one where there is one.
    pub(crate) fn secret(mut self, name: &str, value: &str) -> Self {
        self.secrets.retain(|(known, _)| known != name);
        self.secrets.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Switches the agency service on, at this address.
    pub(crate) fn agencies(self, gate: &Gatehouse) -> Self {
        // Calls are paced by the machine's own clock, which a story does not turn: none of them is to wait for it.
        let lines = format!(
            "[integrations.agencies]\nenabled = true\nbase = \"{}\"\nlogin = \"desk\"\nrate_per_second = 1000\n",
            gate.base
        );
        self.and(&lines)
    }

    /// Writes it all down in a new folder.
    pub(crate) fn build(self) -> House {
        trust_ring();
        let folder = tempfile::Builder::new().prefix("pult").tempdir().unwrap();
        let house = House { folder, wrapper: vec![], environment: vec![] };
        create_private(&house.data());
        let mut config = String::new();
        for (section, lines) in [
            ("console", self.console),
            ("hooks", self.hooks),
            ("storage", format!("data_dir = \"{}\"\n", house.data().display())),
            ("integrations.telephony", format!("enabled = true\nclients = [\"main\"]\n{}", self.telephony)),
            ("integrations.call_feed", "enabled = true\n".to_owned()),
            ("areas.calls", self.areas),
        ] {
            writeln!(config, "[{section}]\n{lines}").unwrap();
        }
        config.push_str(&self.rest);
        fs::write(house.config(), config).unwrap();
        let mut secrets = String::new();
        for (name, value) in self.secrets {
            writeln!(secrets, "\"{name}\" = {}", serde_json::to_string(&value).unwrap()).unwrap();
        }
        write_private(&house.data().join("secrets.toml"), &secrets);
        house
    }
}

/// HTTPS of callers needs to be told once per process whose cryptography it uses.
pub(crate) fn trust_ring() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

fn create_private(folder: &Path) {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(folder).unwrap();
}

fn write_private(file: &Path, text: &str) {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// Settings and data of one Pult; they outlive its process.
pub(crate) struct House {
    folder: TempDir,
    wrapper: Vec<String>,
    environment: Vec<(&'static str, PathBuf)>,
}

impl House {
    /// The usual Pult.
    pub(crate) fn usual() -> Self {
        Setup::new().build()
    }

    /// The same, its engine run by way of another program, which takes the engine's command line as its last words.
    pub(crate) fn under(mut self, words: &[&str]) -> Self {
        self.wrapper = words.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    /// The same, its programs started with this variable.
    pub(crate) fn having(mut self, variable: &'static str, value: &Path) -> Self {
        self.environment.push((variable, value.to_owned()));
        self
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.folder().join("pult.toml")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// A command as somebody types it who looks after this house.
    pub(crate) fn typed(&self, words: &str) -> String {
        format!("pultd --config {} {words}", self.config().display())
    }

    /// Where the engine's standard error goes.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder().join("stderr.log")
    }

    /// The database, while no engine has it.
    pub(crate) fn store(&self) -> Store {
        Store::open(&self.data()).unwrap()
    }

    /// A command on the command line, not yet given.
    pub(crate) fn command(&self, words: &[impl AsRef<OsStr>]) -> Command {
        let mut command = match self.wrapper.split_first() {
            Some((program, first)) => {
                let mut command = Command::new(program);
                command.args(first).arg(pultd());
                command
            }
            None => Command::new(pultd()),
        };
        command.arg("--config").arg(self.config()).args(words).env_remove("PULT_CONFIG").env_remove("PULT_LOG");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.kill_on_drop(true);
        command
    }

    /// Starts the engine and waits until it says that it is ready.
    pub(crate) async fn serve(&self) -> Pultd {
        self.try_serve(&[]).await.unwrap_or_else(|ended| panic!("pultd did not start: {ended:?}"))
    }

    /// Starts the engine, with further arguments, and waits until it says that it is ready, or ends.
    pub(crate) async fn try_serve(&self, more: &[&str]) -> Result<Pultd, Ended> {
        let mut words = vec!["serve", "--print-addresses"];
        words.extend(more);
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        let before = log.metadata().unwrap().len();
        let mut child = self
            .command(&words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap_or_else(|error| panic!("{} cannot be started: {error}", pultd().display()));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Ok(said) = serde_json::from_str::<serde_json::Value>(&line) {
                    return Some((said["console"].as_str()?.to_owned(), said["hooks"].as_str()?.to_owned()));
                }
            }
            None
        };
        match tokio::time::timeout(PATIENCE, ready).await.expect("pultd neither got ready nor ended") {
            Some((console, hooks)) => Ok(Pultd { child, console, hooks }),
            None => {
                let status = child.wait().await.unwrap();
                let log = fs::read(self.log()).unwrap();
                let text = String::from_utf8_lossy(&log[usize::try_from(before).unwrap()..]).into_owned();
                Err(Ended { status, text })
            }
        }
    }

    /// Gives a command on the command line.
    pub(crate) async fn run(&self, words: &[&str]) -> Output {
        self.run_with_input(words, "").await
    }

    /// Gives a command on the command line, and this on its standard input.
    pub(crate) async fn run_with_input(&self, words: &[&str], input: &str) -> Output {
        let mut command = self.command(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that does not read what it is given may be gone already.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        tokio::time::timeout(PATIENCE, child.wait_with_output()).await.expect("the command hangs").unwrap()
    }

    /// Gives a command that has to work; what it printed.
    pub(crate) async fn must(&self, words: &[&str], input: &str) -> String {
        let output = self.run_with_input(words, input).await;
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Makes an account with the password everybody has.
    pub(crate) async fn person(&self, login: &str, role: &str) {
        let words = ["user", "add", login, "--role", role, "--name", login, "--password-stdin"];
        self.must(&words, PASSWORD).await;
    }

    /// Starts the engine with one account, `chief` the administrator, signed in.
    pub(crate) async fn open(&self) -> (Pultd, Caller) {
        self.person("chief", "admin").await;
        let pultd = self.serve().await;
        let chief = pultd.signed_in("chief").await;
        (pultd, chief)
    }

    /// Everything that lies in the folder, by path.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).unwrap().flatten() {
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    walk(&entry.path(), found);
                } else if kind.is_file() {
                    found.push(entry.path());
                }
            }
        }
        let mut found = vec![];
        walk(self.folder(), &mut found);
        found
    }
}

/// The program: the one named by the environment, else the one built beside these tests.
pub(crate) fn pultd() -> PathBuf {
    if let Some(named) = std::env::var_os("PULT_TEST_PULTD") {
        return named.into();
    }
    let tests = std::env::current_exe().unwrap();
    let built = tests.parent().and_then(Path::parent).unwrap().join("pultd");
    assert!(built.is_file(), "build the program first: cargo build --package pult-server");
    built
}

/// An engine that ended by itself.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// What it wrote to standard error.
    pub(crate) text: String,
}

/// A running engine. It is killed when dropped.
pub(crate) struct Pultd {
    child: Child,
    /// Address of the console, without a slash at its end.
    pub(crate) console: String,
    /// Address of the hooks, likewise.
    pub(crate) hooks: String,
}

impl Pultd {
    /// Nobody, at the hooks.
    pub(crate) fn at_hooks(&self) -> Caller {
        Caller::new(&self.hooks)
    }

    /// Nobody, at the console.
    pub(crate) fn at_console(&self) -> Caller {
        Caller::new(&self.console)
    }

    /// Somebody who has signed in with the password everybody has.
    pub(crate) async fn signed_in(&self, login: &str) -> Caller {
        let mut caller = self.at_console();
        let answer = caller.sign_in(login, PASSWORD).await;
        assert_eq!(answer.status, 204, "{}", answer.text());
        caller
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Ends it at this very instant.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Ends it as a fault of its own would, which has the system write a core file of a process that allows it.
    pub(crate) async fn crash(self) -> ExitStatus {
        self.end_by(rustix::process::Signal::ABORT).await
    }

    /// Asks it to stop and waits until it has.
    pub(crate) async fn stop(self) -> ExitStatus {
        self.end_by(rustix::process::Signal::TERM).await
    }

    async fn end_by(mut self, signal: rustix::process::Signal) -> ExitStatus {
        let id = rustix::process::Pid::from_raw(i32::try_from(self.id()).unwrap()).unwrap();
        rustix::process::kill_process(id, signal).unwrap();
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("pultd does not stop").unwrap()
    }
}

/// The agency service in this process, with the agencies of the catalogue.
pub(crate) struct Gatehouse {
    pub(crate) gate: Gate,
    pub(crate) base: String,
    _stop: DropGuard,
}

impl Gatehouse {
    pub(crate) async fn open() -> Self {
        Self::with(GateSettings::new("desk", pult_simulators::secret::Secret::new(GATE_PASSWORD))).await
    }

    pub(crate) async fn with(settings: GateSettings) -> Self {
        let gate = Gate::new(settings);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}{}", listener.local_addr().unwrap(), routes::BASE);
        let stop = CancellationToken::new();
        tokio::spawn(routes::serve(listener, gate.clone(), stop.clone()));
        Self { gate, base, _stop: stop.drop_guard() }
    }
}

/// Tells a resting Pult whose the catalogue's telephones are.
pub(crate) async fn import_phones(house: &House) {
    let store = house.store();
    for agency in pult_simulators::catalogue::agencies() {
        for contact in agency.contacts {
            let row = pult_store::agencies::PhoneRow {
                agency_id: agency.id.into(),
                agency_phone: contact.phone,
                oc_rowid: None,
                o_rowid: None,
            };
            store.write(move |c| Ok(pult_store::agencies::import_agency_phone(c, &row)?)).await.unwrap();
        }
    }
}

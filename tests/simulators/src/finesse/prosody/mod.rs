//! A real Prosody as the notification service of a node: written a folder, started, given its nodes and subscriptions, and
//! published to. Its own refusals are what a client gets to see.
//!
//! Other than the built-in stream it lets two elements in one frame pass, delivers to the full address of a session
//! without presence, and does not take part in the locking of accounts.

mod carry;
mod folder;
mod publisher;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{extract::Request, response::Response};
use rand::{Rng, distr::Alphanumeric};
use serde::Deserialize;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command},
    sync::{Mutex, watch},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use self::{folder::Ports, publisher::Publisher};
use super::{
    NodeName,
    feeds::Feed,
    journal::{Journal, Kind},
    node::Condition,
    tls::Pair,
    xmpp::envelope::Shape,
};

/// How long a Prosody may take to listen, and to end.
const STARTS: Duration = Duration::from_secs(15);
const ENDS: Duration = Duration::from_secs(8);
const GLANCE: Duration = Duration::from_millis(20);

/// Why there is no Prosody.
#[derive(Debug, thiserror::Error)]
pub enum ProsodyError {
    /// The program is not there.
    #[error("there is no `prosody` on this machine: install the package, or use the built-in stream")]
    Missing,
    /// Its folder cannot be written, or it cannot be talked to.
    #[error("prosody: {0}")]
    Io(#[from] io::Error),
    /// It does not listen in time.
    #[error("prosody did not start: see what it wrote")]
    NotStarted,
    /// It does not answer.
    #[error("prosody does not answer")]
    Silent,
    /// It does not do what is needed.
    #[error("prosody refused: {0}")]
    Refused(String),
}

/// What a Prosody is started with.
pub(super) struct Setup<'a> {
    pub(super) name: NodeName,
    pub(super) domain: &'a str,
    pub(super) shape: Shape,
    pub(super) ids: &'a [String],
    pub(super) password: &'a str,
    pub(super) feeds: &'a [Feed],
    pub(super) pair: &'a Pair,
    pub(super) journal: Arc<Journal>,
}

/// A Prosody.
pub struct Prosody {
    name: NodeName,
    domain: String,
    folder: TempDir,
    ports: Ports,
    secret: String,
    journal: Arc<Journal>,
    running: Mutex<Option<Running>>,
    /// Whether the publisher is to be seen, now and after a restart.
    available: AtomicBool,
}

struct Running {
    child: Child,
    publisher: Publisher,
}

impl Prosody {
    /// Starts one that has all its accounts, nodes and subscriptions.
    pub(super) async fn start(setup: Setup<'_>) -> Result<Self, ProsodyError> {
        let secret: String = rand::rng().sample_iter(Alphanumeric).take(24).map(char::from).collect();
        let folder = tempfile::Builder::new().prefix("pult-finesse-").tempdir()?;
        let ports = Ports { inner: free().await?, web: free().await?, direct: free().await? };
        folder::write(folder.path(), &setup, ports, &secret)?;
        let prosody = Self {
            name: setup.name,
            domain: setup.domain.to_owned(),
            folder,
            ports,
            secret,
            journal: setup.journal,
            running: Mutex::new(None),
            available: AtomicBool::new(true),
        };
        *prosody.running.lock().await = Some(prosody.launch().await?);
        Ok(prosody)
    }

    async fn launch(&self) -> Result<Running, ProsodyError> {
        let program = crate::prosody::program().ok_or(ProsodyError::Missing)?;
        let mut command = Command::new(program);
        command.arg("--config").arg(folder::settings_file(self.folder.path())).arg("-F");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        #[cfg(unix)]
        if let Some((user, group)) = folder::user()? {
            command.uid(user).gid(group);
        }
        let mut child = command.spawn()?;
        if let Some(output) = child.stdout.take() {
            tokio::spawn(listen(output, self.name, Arc::clone(&self.journal)));
        }
        let up = async {
            for address in [self.ports.inner, self.ports.web, self.ports.direct] {
                while TcpStream::connect(address).await.is_err() {
                    sleep(GLANCE).await;
                }
            }
        };
        tokio::select! {
            up = timeout(STARTS, up) => up.map_err(|_| ProsodyError::NotStarted)?,
            _ = child.wait() => return Err(ProsodyError::NotStarted),
        }
        let resource = format!("node-{}", self.name.letter());
        let mut publisher = Publisher::connect(self.ports.inner, &self.domain, &resource, &self.secret).await?;
        if self.available.load(Ordering::Relaxed) {
            publisher.presence(true).await?;
        }
        Ok(Running { child, publisher })
    }

    pub(super) async fn publish(&self, node: &str, update: &str) {
        if let Some(running) = self.running.lock().await.as_mut() {
            told("publish", running.publisher.publish(node, update).await);
        }
    }

    pub(super) async fn presence(&self, up: bool) {
        self.available.store(up, Ordering::Relaxed);
        if let Some(running) = self.running.lock().await.as_mut() {
            told("presence", running.publisher.presence(up).await.map_err(ProsodyError::from));
            told("presence", running.publisher.settle().await);
        }
    }

    /// Waits until everything published so far is on its way to whoever subscribed.
    pub(super) async fn settle(&self) {
        if let Some(running) = self.running.lock().await.as_mut() {
            told("settle", running.publisher.settle().await);
        }
    }

    /// Ends it as an administrator does: it tells everybody and goes.
    pub(super) async fn stop(&self) {
        let Some(mut running) = self.running.lock().await.take() else { return };
        drop(running.publisher);
        #[cfg(unix)]
        if let Some(id) =
            running.child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw)
        {
            // Gone already is as good.
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
        if timeout(ENDS, running.child.wait()).await.is_err() {
            told("kill", running.child.kill().await.map_err(ProsodyError::from));
        }
    }

    /// Starts it again on the same folder: accounts, nodes and subscriptions are as they were.
    pub(super) async fn start_again(&self) {
        let mut running = self.running.lock().await;
        if running.is_none() {
            match self.launch().await {
                Ok(launched) => *running = Some(launched),
                Err(error) => tracing::error!("{error}"),
            }
        }
    }

    pub(super) fn set_password(&self, id: &str, password: &str) -> io::Result<()> {
        folder::set_password(self.folder.path(), &self.domain, id, password)
    }

    pub(super) async fn carry_web(
        &self,
        request: Request,
        follow: watch::Receiver<Condition>,
        cut: CancellationToken,
    ) -> Response {
        carry::web(request, self.ports.web, follow, cut).await
    }

    pub(super) async fn carry_direct(
        &self,
        client: TcpStream,
        follow: watch::Receiver<Condition>,
        cut: CancellationToken,
    ) {
        carry::direct(client, self.ports.direct, follow, cut).await;
    }
}

fn told(what: &str, done: Result<(), ProsodyError>) {
    if let Err(error) = done {
        tracing::warn!("{what}: {error}");
    }
}

/// A line of the wire module.
#[derive(Deserialize)]
struct Wire {
    direction: String,
    who: Option<String>,
    text: String,
}

async fn listen(output: ChildStdout, name: NodeName, journal: Arc<Journal>) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        match line.strip_prefix("WIRE ").map(serde_json::from_str::<Wire>) {
            Some(Ok(wire)) => {
                let kind = if wire.direction == "in" { Kind::In } else { Kind::Out };
                journal.stanza(name, kind, wire.who, &wire.text);
            }
            _ if line.trim().is_empty() => {}
            _ => tracing::info!("prosody {}: {line}", name.letter()),
        }
    }
}

/// A loopback port that nobody has at this moment.
async fn free() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()
}

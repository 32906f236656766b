//! A real chat server, Prosody as the contract has it, with the accounts of a house and a certificate of its own authority, and somebody
//! else's program at it ([`program`]), and a link to it that can be cut ([`link`]).
//!
//! Nothing here is simulated: the server is the real one, gone with whoever started it. Deliberately not here: its process ([`crate::prosody`]).

pub mod colleague;
pub mod link;
pub mod program;

use std::{fs, io, path::PathBuf, time::Duration};

use tempfile::TempDir;
use tokio::{process::Child, sync::broadcast};

use crate::{
    prosody::{free_ports, launch, quoted, register},
    secret::Secret,
    service::tls::{Authorities, Authority, Pair, Signer, TlsError},
};

/// The domain.
pub const DOMAIN: &str = "chat.example.test";
/// How long something may take that happens at once.
const SOON: Duration = Duration::from_secs(30);

/// What is wrong with the server, or with a program at it.
#[derive(Debug, thiserror::Error)]
pub enum MessengerError {
    /// It cannot be started, or its folder cannot be written.
    #[error("the chat server: {0}")]
    Io(#[from] io::Error),
    /// It has no certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Nothing came in time.
    #[error("nothing came of what was waited for: {0}")]
    Silent(String),
    /// It is over.
    #[error("the chat server has ended the stream")]
    Ended,
}

/// How the server differs from the contract's.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Modules left out.
    pub without: &'static [&'static str],
    /// More lines of the domain's configuration.
    pub more: &'static str,
    /// How long a broken session is held, seconds.
    pub held: u32,
    /// The port of connections that begin in clear; 0 takes a free one.
    pub port: u16,
}

impl Default for Terms {
    fn default() -> Self {
        Self { without: &[], more: "", held: 60, port: 0 }
    }
}

/// The server.
pub struct Server {
    child: Option<Child>,
    log: broadcast::Receiver<String>,
    folder: TempDir,
    authorities: Authorities,
    password: Secret,
    /// The port of connections that begin in clear.
    pub clear: u16,
    /// The port of connections within TLS.
    pub direct: u16,
}

impl Server {
    /// Starts it with accounts that all have one password.
    ///
    /// # Errors
    /// It cannot be started.
    pub async fn start(users: &[&str], password: &Secret, terms: Terms) -> Result<Self, MessengerError> {
        let folder = tempfile::Builder::new().prefix("pult-messenger-").tempdir()?;
        let [free, direct] = free_ports()?;
        let clear = if terms.port == 0 { free } else { terms.port };
        let authorities =
            Authorities { first: Authority::new("Messenger CA")?, second: Authority::new("Another messenger CA")? };
        let (_, log) = broadcast::channel(1);
        let mut server = Self { child: None, log, folder, authorities, password: password.clone(), clear, direct };
        for user in users {
            server.register(user)?;
        }
        fs::write(server.ca(), server.authority())?;
        server.show(&server.issue(DOMAIN)?)?;
        fs::write(server.at("prosody.cfg.lua"), server.configuration(terms))?;
        server.launch().await?;
        Ok(server)
    }

    fn configuration(&self, Terms { without, more, held, .. }: Terms) -> String {
        let at = |name: &str| quoted(&self.at(name).to_string_lossy());
        let without: Vec<_> = without.iter().map(|module| format!(", \"{module}\"")).collect();
        format!(
            r#"
            run_as_root = true
            pidfile = {pid}
            data_path = {data}
            log = {{ {{ levels = {{ min = "debug" }}, to = "console" }} }}
            modules_enabled = {{ "disco", "roster", "saslauth", "tls", "blocklist", "carbons", "mam", "smacks", "ping", "offline" }}
            modules_disabled = {{ "s2s"{without} }}
            interfaces = {{ "127.0.0.1" }}
            c2s_ports = {{ {clear} }}
            c2s_direct_tls_ports = {{ {direct} }}
            http_ports = {{ }}
            https_ports = {{ }}
            c2s_require_encryption = true
            authentication = "internal_hashed"
            storage = "internal"
            default_archive_policy = true
            archive_expires_after = "1w"
            smacks_hibernation_time = {held}
            ssl = {{ certificate = {certificate}; key = {key} }}
            VirtualHost "{DOMAIN}"
                {more}
            "#,
            pid = at("prosody.pid"),
            data = quoted(&self.folder.path().to_string_lossy()),
            without = without.concat(),
            clear = self.clear,
            direct = self.direct,
            certificate = at("c.pem"),
            key = at("k.pem"),
        )
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Adds an account with everybody's password, before the server knows it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn register(&self, user: &str) -> io::Result<()> {
        register(self.folder.path(), DOMAIN, user, self.password.reveal())
    }

    /// Everybody's password.
    pub fn password(&self) -> &Secret {
        &self.password
    }

    /// The certificate of who vouches for it.
    pub fn authority(&self) -> &str {
        self.authorities.first.pem()
    }

    /// The file of that certificate.
    pub fn ca(&self) -> PathBuf {
        self.at("ca.pem")
    }

    /// The certificate it shows once it is started again.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn show(&self, own: &Pair) -> io::Result<()> {
        fs::write(self.at("c.pem"), &own.certificate)?;
        fs::write(self.at("k.pem"), &own.key)
    }

    /// A certificate for a name, of whom its clients trust.
    ///
    /// # Errors
    /// No key could be made.
    pub fn issue(&self, name: &str) -> Result<Pair, TlsError> {
        self.authorities.issue(Signer::First, &[name.to_owned()], false)
    }

    /// A certificate of somebody nobody knows.
    ///
    /// # Errors
    /// No key could be made.
    pub fn stranger(&self) -> Result<Pair, TlsError> {
        self.authorities.issue(Signer::Second, &[DOMAIN.to_owned()], false)
    }

    /// Starts it, after it was killed.
    ///
    /// # Errors
    /// It cannot be started.
    pub async fn launch(&mut self) -> io::Result<()> {
        let (child, log) = launch(&self.at("prosody.cfg.lua"), &["c2s", "c2s_direct_tls"]).await?;
        (self.child, self.log) = (Some(child), log);
        Ok(())
    }

    /// Ends it at once and starts it again.
    ///
    /// # Errors
    /// It cannot be ended or started.
    pub async fn restart(&mut self) -> io::Result<()> {
        self.kill().await?;
        self.launch().await
    }

    /// Ends it at once, every connection with it.
    ///
    /// # Errors
    /// It cannot be ended.
    pub async fn kill(&mut self) -> io::Result<()> {
        match self.child.take() {
            Some(mut child) => child.kill().await,
            None => Ok(()),
        }
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub async fn ended(&mut self) -> io::Result<()> {
        match &mut self.child {
            Some(child) => child.wait().await.map(drop),
            None => Ok(()),
        }
    }

    /// Waits until it writes a line with those words.
    ///
    /// # Errors
    /// It never does.
    pub async fn writes(&mut self, words: &str) -> Result<(), MessengerError> {
        let written = async {
            loop {
                match self.log.recv().await {
                    Ok(line) if line.contains(words) => return Ok(()),
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return Err(MessengerError::Ended),
                }
            }
        };
        let silent = |_| MessengerError::Silent(words.to_owned());
        tokio::time::timeout(SOON, written).await.map_err(silent)?
    }

    /// How many lines with those words were written since this was asked last.
    pub fn written(&mut self, words: &str) -> usize {
        let mut found = 0;
        loop {
            match self.log.try_recv() {
                Ok(line) => found += usize::from(line.contains(words)),
                Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => return found,
            }
        }
    }
}

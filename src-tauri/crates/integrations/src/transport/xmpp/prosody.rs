//! A real XMPP server for tests: Prosody on free ports of this machine, gone with the test. Where it is not installed the test
//! says so and passes.

use std::{fs, net::TcpListener, path::Path, process::Stdio};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::broadcast,
};

use crate::transport::tls::tests::{Authority, front};

/// The domain with passwords in plain text, as servers with a foreign user store have.
pub(crate) const PLAIN: &str = "cc.example";
/// The domain that offers only SCRAM.
pub(crate) const SCRAM: &str = "scram.example";
/// The notification service of [`PLAIN`].
pub(crate) const PUBSUB: &str = "pubsub.cc.example";
/// Everybody's password.
pub(crate) const PASSWORD: &str = "pä&ss <word>";

/// The server.
pub(crate) struct Prosody {
    _child: Child,
    _folder: TempDir,
    /// Who vouches for its certificate.
    pub(crate) authority: String,
    /// The port of WebSockets.
    pub(crate) websocket: u16,
    /// The port of XMPP within TLS.
    pub(crate) direct: u16,
}

/// Whether it is there; says so where it is not.
pub(crate) fn is_installed() -> bool {
    let there = Command::new("prosody").arg("--help").stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_ok();
    if !there {
        eprintln!("skipped: Prosody is not installed (package prosody)");
    }
    there
}

/// Adds an account with everybody's password to a folder of accounts.
pub(crate) fn register(accounts: &Path, user: &str) {
    let account = format!("return {{ [\"password\"] = \"{PASSWORD}\" }};");
    fs::write(accounts.join(format!("{user}.dat")), account).unwrap();
}

/// Starts the server with that configuration and waits until it serves all that is named; what it writes is handed on.
pub(crate) async fn launch(config: &Path, services: &[&str]) -> (Child, broadcast::Receiver<String>) {
    let mut child = Command::new("prosody")
        .args(["-F", "--config"])
        .arg(config)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut waiting = services.to_vec();
    let mut said = vec![];
    while !waiting.is_empty() {
        let line = lines.next_line().await.unwrap().unwrap_or_else(|| panic!("Prosody ended: {said:#?}"));
        waiting.retain(|service| !line.contains(&format!("Activated service '{service}' on")));
        said.push(line);
    }
    let (write, written) = broadcast::channel(10_000);
    // It must be able to go on writing.
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            let _ = write.send(line);
        }
    });
    (child, written)
}

/// Ports nobody uses.
pub(crate) fn free_ports() -> [u16; 2] {
    let held = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}

impl Prosody {
    /// Starts it; `None` where it is not installed.
    pub(crate) async fn start() -> Option<Self> {
        if !is_installed() {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new();
        let own = authority.issue("localhost", 2200);
        let at = |name: &str| folder.path().join(name).display().to_string();
        fs::write(at("certificate.pem"), &own.certificate).unwrap();
        fs::write(at("key.pem"), &own.key).unwrap();
        for host in [PLAIN, SCRAM] {
            let accounts = folder.path().join(host.replace('.', "%2e")).join("accounts");
            fs::create_dir_all(&accounts).unwrap();
            for user in ["70400", "publisher"] {
                register(&accounts, user);
            }
        }
        let [http, direct] = free_ports();
        let tls = format!("{{ certificate = \"{}\", key = \"{}\" }}", at("certificate.pem"), at("key.pem"));
        let config = format!(
            r#"
            run_as_root = true
            pidfile = "{pid}"
            data_path = "{data}"
            log = {{ {{ levels = {{ min = "info" }}, to = "console" }} }}
            modules_enabled = {{ "roster", "saslauth", "ping", "websocket" }}
            modules_disabled = {{ "s2s", "tls", "offline" }}
            interfaces = {{ "127.0.0.1" }}
            c2s_ports = {{ }}
            http_ports = {{ {http} }}
            https_ports = {{ }}
            c2s_direct_tls_ports = {{ {direct} }}
            c2s_direct_tls_ssl = {tls}
            http_paths = {{ websocket = "/ws" }}
            http_default_host = "{PLAIN}"
            consider_websocket_secure = true
            authentication = "internal_plain"
            VirtualHost "{PLAIN}"
                disable_sasl_mechanisms = {{ "SCRAM-SHA-1", "SCRAM-SHA-256", "DIGEST-MD5" }}
            VirtualHost "{SCRAM}"
                disable_sasl_mechanisms = {{ "PLAIN", "DIGEST-MD5" }}
            -- The name in the certificate, which TLS asks for by name.
            VirtualHost "localhost"
            Component "{PUBSUB}" "pubsub"
                admins = {{ "publisher@{PLAIN}" }}
            "#,
            pid = at("prosody.pid"),
            data = folder.path().display(),
        );
        fs::write(at("prosody.cfg.lua"), config).unwrap();
        let (child, _) = launch(&folder.path().join("prosody.cfg.lua"), &["http", "c2s_direct_tls"]).await;
        // TLS ends before it, as it does where requests share the port.
        let websocket = front(&own, http).await;
        Some(Self { _child: child, _folder: folder, authority: authority.pem(), websocket, direct })
    }
}

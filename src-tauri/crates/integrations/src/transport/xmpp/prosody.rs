//! A real XMPP server for tests: Prosody on free ports of this machine, gone with the test. Where it is not installed the test
//! says so and passes.

use std::fs;

use pult_simulators::prosody;
use tempfile::TempDir;
use tokio::process::Child;

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
    let there = prosody::is_installed();
    if !there {
        eprintln!("{}", prosody::MISSING);
    }
    there
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
            for user in ["70400", "publisher"] {
                prosody::register(folder.path(), host, user, PASSWORD).unwrap();
            }
        }
        let [http, direct] = prosody::free_ports().unwrap();
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
        let (child, _) =
            prosody::launch(&folder.path().join("prosody.cfg.lua"), &["http", "c2s_direct_tls"]).await.unwrap();
        // TLS ends before it, as it does where requests share the port.
        let websocket = front(&own, http).await;
        Some(Self { _child: child, _folder: folder, authority: authority.pem(), websocket, direct })
    }
}

//! Everything a Prosody reads before it starts: its settings, the accounts, who sees whose presence, the notification nodes
//! with whoever is subscribed without asking, its certificate. All of it lies in a temporary folder that is gone with the
//! simulator. Nodes are written and not made over XMPP: a thousand of them would be ten seconds of requests.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use super::Setup;
use crate::{
    finesse::{
        feeds::Feed,
        xmpp::{PUBLISHER, envelope::Shape},
    },
    prosody::{encoded, quoted},
};

const MODULE: &str = include_str!("mod_finesse_wire.lua");

/// Where a Prosody listens, on loopback.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ports {
    /// XMPP without TLS, for the publisher alone.
    pub(super) inner: SocketAddr,
    /// WebSocket without TLS, behind the front.
    pub(super) web: SocketAddr,
    /// XMPP over TLS.
    pub(super) direct: SocketAddr,
}

/// Writes the folder; `publisher` is the password of the publishing account.
pub(super) fn write(folder: &Path, setup: &Setup<'_>, ports: Ports, publisher: &str) -> io::Result<()> {
    let modules = folder.join("modules");
    fs::create_dir_all(&modules)?;
    fs::write(modules.join("mod_finesse_wire.lua"), MODULE)?;
    fs::write(folder.join("node.crt"), &setup.pair.certificate)?;
    fs::write(folder.join("node.key"), &setup.pair.key)?;
    fs::write(settings_file(folder), settings(folder, setup, ports))?;
    for id in setup.ids {
        set_password(folder, setup.domain, id, setup.password)?;
        let sees = roster([(PUBLISHER, "to")], setup.domain);
        fs::write(store(folder, setup.domain, "roster", &local(id))?, sees)?;
    }
    set_password(folder, setup.domain, PUBLISHER, publisher)?;
    let seen = roster(setup.ids.iter().map(|id| (id.as_str(), "from")), setup.domain);
    fs::write(store(folder, setup.domain, "roster", PUBLISHER)?, seen)?;
    for feed in setup.feeds {
        let file = store(folder, &format!("pubsub.{}", setup.domain), "pubsub_nodes", &feed.node)?;
        fs::write(file, node(feed, setup.domain))?;
    }
    own(folder)
}

/// Where the settings are.
pub(super) fn settings_file(folder: &Path) -> PathBuf {
    folder.join("prosody.cfg.lua")
}

/// Gives an account a password; a Prosody that runs sees it at the next sign-in.
pub(super) fn set_password(folder: &Path, domain: &str, id: &str, password: &str) -> io::Result<()> {
    let file = store(folder, domain, "accounts", &local(id))?;
    let fresh = file.with_extension("new");
    fs::write(&fresh, format!("return {{\n\t[\"password\"] = {};\n}};\n", quoted(password)))?;
    own(&fresh)?;
    fs::rename(fresh, file)
}

fn store(folder: &Path, host: &str, store: &str, name: &str) -> io::Result<PathBuf> {
    let place = folder.join("data").join(encoded(host)).join(store);
    fs::create_dir_all(&place)?;
    Ok(place.join(format!("{}.dat", encoded(name))))
}

/// The local part of somebody's address: the case of an id is folded.
fn local(id: &str) -> String {
    id.to_ascii_lowercase()
}

fn roster<'a>(entries: impl IntoIterator<Item = (&'a str, &'a str)>, domain: &str) -> String {
    let mut text = "return {\n\t[false] = { [\"version\"] = 1; [\"pending\"] = {}; };\n".to_owned();
    for (id, subscription) in entries {
        let jid = address(id, domain);
        text.push_str(&format!("\t[{jid}] = {{ [\"subscription\"] = \"{subscription}\"; [\"groups\"] = {{}}; }};\n"));
    }
    text + "};\n"
}

/// A notification node: nothing of it is kept, and where only some may subscribe they are its members.
fn node(feed: &Feed, domain: &str) -> String {
    let access = if feed.only.is_some() { "whitelist" } else { "open" };
    let list = |ids: &mut dyn Iterator<Item = &String>, value: &str| -> String {
        ids.map(|id| format!("[{}] = {value}; ", address(id, domain))).collect()
    };
    format!(
        "return {{\n\t[\"name\"] = {name};\n\
         \t[\"config\"] = {{ [\"persist_items\"] = false; [\"access_model\"] = \"{access}\"; }};\n\
         \t[\"affiliations\"] = {{ {members}}};\n\t[\"subscribers\"] = {{ {subscribers}}};\n}};\n",
        name = quoted(&feed.node),
        members = list(&mut feed.only.iter().flatten(), "\"member\""),
        subscribers = list(&mut feed.automatic.iter(), "true"),
    )
}

/// Somebody's bare address, quoted.
fn address(id: &str, domain: &str) -> String {
    quoted(&format!("{}@{domain}", local(id)))
}

fn settings(folder: &Path, setup: &Setup<'_>, ports: Ports) -> String {
    let domain = setup.domain;
    let file = |name: &str| quoted(&folder.join(name).to_string_lossy());
    let shape = if setup.shape == Shape::Prosody { "prosody" } else { "openfire" };
    format!(
        r#"data_path = {data}
pidfile = {pid}
plugin_paths = {{ {modules} }}
certificates = {data}
interfaces = {{ "{address}" }}
modules_enabled = {{ "roster"; "saslauth"; "presence"; "message"; "iq"; "c2s"; "ping"; "websocket"; "finesse_wire"; }}
modules_disabled = {{ "s2s"; "s2s_auth_certs"; "offline"; "smacks"; "pep"; "carbons"; "mam"; }}
finesse_shape = "{shape}"
log = {{ {{ levels = {{ min = "warn" }}; to = "console"; }} }}
-- What is written goes out at once: a Prosody that ends closes its connections a second time and forgets what waits there.
network_settings = {{ opportunistic_writes = true }}
authentication = "internal_plain"
disable_sasl_mechanisms = {{ "SCRAM-SHA-1"; "SCRAM-SHA-256"; "DIGEST-MD5"; }}
-- The port without TLS is the publisher's, on loopback.
c2s_require_encryption = false
c2s_close_timeout = 1
allow_unencrypted_plain_auth = true
c2s_ports = {{ {inner} }}
c2s_direct_tls_ports = {{ {direct} }}
c2s_direct_tls_ssl = {{ certificate = {certificate}; key = {key}; }}
http_interfaces = {{ "{address}" }}
http_ports = {{ {web} }}
https_ports = {{}}
http_paths = {{ websocket = "/ws"; }}
http_default_host = "{domain}"
consider_websocket_secure = true
VirtualHost "{domain}"
Component "pubsub.{domain}" "pubsub"
	admins = {{ "{PUBLISHER}@{domain}" }}
"#,
        data = file("data"),
        pid = file("prosody.pid"),
        modules = file("modules"),
        certificate = file("node.crt"),
        key = file("node.key"),
        address = ports.inner.ip(),
        inner = ports.inner.port(),
        direct = ports.direct.port(),
        web = ports.web.port(),
    )
}

/// User and group a Prosody is to run as: it refuses to be root. `None` for those of this process.
#[cfg(unix)]
pub(super) fn user() -> io::Result<Option<(u32, u32)>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let line = users.lines().find(|line| line.starts_with("prosody:"));
    let mut fields = line.unwrap_or_default().split(':').skip(2).map(str::parse::<u32>);
    match (fields.next(), fields.next()) {
        (Some(Ok(user)), Some(Ok(group))) => Ok(Some((user, group))),
        _ => Err(io::Error::other("there is no user `prosody`: install the package, or do not run as root")),
    }
}

/// Gives `place` and everything in it to whoever Prosody runs as.
#[cfg(unix)]
fn own(place: &Path) -> io::Result<()> {
    let Some((user, group)) = user()? else { return Ok(()) };
    let mut rest = vec![place.to_owned()];
    while let Some(place) = rest.pop() {
        std::os::unix::fs::chown(&place, Some(user), Some(group))?;
        if place.is_dir() {
            for entry in fs::read_dir(place)? {
                rest.push(entry?.path());
            }
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn own(_: &Path) -> io::Result<()> {
    Ok(())
}

//! The release server as benches start it: a database of its own, every integration on, limits per source raised, because here
//! one source is all.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use super::load::KEY;
use crate::binaries::{self, Program};
use crate::node;
use crate::process::{self, Group};
use crate::workspace::{self, Profile};

const SERVER: &str = "pultd";

/// A place for a server: settings and data.
pub(crate) struct Site {
    /// Where both are.
    pub(crate) folder: PathBuf,
    /// The address of the hooks.
    pub(crate) hooks: SocketAddr,
    console: SocketAddr,
}

/// A server at work; it ends when this is dropped.
pub(crate) struct Server {
    group: Group,
}

impl Site {
    /// A new place of this name under the build products. `queue_limit`: records that may wait to be decided.
    pub(crate) fn new(name: &str, queue_limit: u32) -> Result<Site> {
        node::build_page()?;
        binaries::build(&[Program::Server], Profile::Release)?;
        let folder = workspace::target().join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(folder.join("data"))?;
        let held = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
        let [console, hooks] = [held[0].local_addr()?, held[1].local_addr()?];
        drop(held);
        let data = Value::from(folder.join("data").to_string_lossy());
        let settings = format!(
            "[console]\nbind = \"{console}\"\n\n[hooks]\nbind = \"{hooks}\"\nrate_per_source = 1000000\n\
             burst_per_source = 1000000\nconnections_per_source = 1024\nqueue_limit = {queue_limit}\n\n\
             [storage]\ndata_dir = {data}\n{INTEGRATIONS}"
        );
        fs::write(folder.join("pult.toml"), settings)?;
        let site = Site { folder, hooks, console };
        // These also make the database, so that a start finds one.
        for (name, value) in SECRETS {
            process::feed(site.pultd().args(["secret", "set", name]), value)?;
        }
        site.import_agencies()?;
        Ok(site)
    }

    /// The telephones of agencies: every fourth of the first numbers of the bench.
    fn import_agencies(&self) -> Result<()> {
        let file = self.folder.join("T_AGENCY_PHONE.csv");
        let mut rows = "AGENCY_ID,AGENCY_PHONE\n".to_owned();
        for n in (0..AGENCY_CALLS).step_by(4) {
            rows.push_str(&format!("{},3706{n:07}\n", n + 1));
        }
        fs::write(&file, rows)?;
        process::run(self.pultd().args(["import", "agency-phones"]).arg(file))
    }

    fn pultd(&self) -> Command {
        let mut command = Command::new(workspace::binary(Profile::Release, SERVER));
        command.arg("--config").arg(self.folder.join("pult.toml"));
        command
    }

    /// Starts the server and returns once it can commit.
    pub(crate) fn serve(&self, stop: &Receiver<()>) -> Result<Server> {
        let mut group = Group::new(&self.folder.join("log"))?;
        group.start(SERVER, self.pultd().arg("serve"))?;
        let ready = || is_ready(self.console).unwrap_or(false);
        group.wait_until("it is ready", Duration::from_secs(30), stop, ready)?;
        Ok(Server { group })
    }

    /// Records that wait to be decided.
    pub(crate) fn backlog(&self) -> Result<u64> {
        let report: Value = serde_json::from_str(&process::capture(self.pultd().arg("diagnostics"))?)?;
        report.pointer("/engine/health/backlog").and_then(Value::as_u64).context("the engine names no backlog")
    }
}

/// Every integration is on. Their systems cannot be reached: each asks again as its patience says, and every fourth call owes the
/// agency service a question.
const INTEGRATIONS: &str = r#"
[integrations.telephony]
enabled = true
clients = ["bench"]

[integrations.call_feed]
enabled = true

[integrations.agencies]
enabled = true
base = "http://127.0.0.1:9/xmlgate"
login = "bench"

[integrations.finesse]
enabled = true
url = "https://127.0.0.1:9"
login = "bench"

[integrations.okdesk]
enabled = true
base = "http://127.0.0.1:9"

[integrations.bitrix24]
enabled = true
base = "http://127.0.0.1:9/rest/1/"

[integrations.erp]
enabled = true
bind = "127.0.0.1:0"

[integrations.intradesk]
enabled = true
tenant = "bench.intradesk.example"
login = "bench@example.com"
login_base = "http://127.0.0.1:9/"
api_base = "http://127.0.0.1:9/"

[integrations.pachca]
enabled = true
base = "http://127.0.0.1:9/api/shared/v1"

[integrations.tracker]
enabled = true
base = "http://127.0.0.1:9"
org_id = "bench"
queue_key = "DESK"

[integrations.yandex360]
enabled = true
base = "http://127.0.0.1:9"
org_id = "bench"

[integrations.redmine]
enabled = true
base = "http://127.0.0.1:9"

[integrations.staff]
enabled = true
base = "https://127.0.0.1:9/auth"

[integrations.xmpp]
enabled = true
jid = "bench@example.com"
host = "127.0.0.1"
port = 9

[areas.ratings]
enabled = true
public_url = "http://127.0.0.1"
"#;

/// What the integrations want to be told before they begin.
const SECRETS: [(&str, &str); 19] = [
    ("telephony.client.bench", KEY),
    ("cc.api_key", "bench"),
    ("agencies.password", "bench"),
    ("finesse.password", "bench"),
    ("ratings.okdesk_token", "bench"),
    ("ratings.webhook_key", "bench"),
    ("ratings.bitrix_user_key", "bench"),
    ("ratings.bitrix_message_key", "bench"),
    ("bitrix24.application_token", "bench"),
    ("carousel.password", "bench"),
    ("ct.pachca_token", "bench"),
    ("ct.webhook_secret", "bench"),
    ("ct.tracker_token", "bench"),
    ("ct.tracker_hook_key", "bench"),
    ("ct.y360_token", "bench"),
    ("redmine.key", "0123456789abcdef0123456789abcdef01234567"),
    ("redmine.webhook_secret", "bench"),
    ("erp_auth.token", "bench"),
    ("xmpp.password", "bench"),
];

/// Calls of the bench's first so many numbers know an agency in every fourth case.
const AGENCY_CALLS: usize = 400_000;

impl Server {
    /// Megabytes of the process, shared pages divided among those who share them.
    pub(crate) fn memory(&self) -> Result<f64> {
        let pid = self.group.pid(SERVER).context("pultd has no process id")?;
        let file = format!("/proc/{pid}/smaps_rollup");
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {file} (Linux only)"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss line")?;
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
        Ok(kilobytes * 1024.0 / 1e6)
    }
}

/// Does `/readyz` answer 200? An error while the listener is not there yet.
fn is_ready(console: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&console, Duration::from_millis(200))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {console}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer.starts_with(b"HTTP/1.1 200 "))
}

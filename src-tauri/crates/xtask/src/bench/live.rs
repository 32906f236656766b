//! Figures of the running server: how soon it is ready, what it weighs idle, and how many committed calls it takes from
//! `wrk` on the same machine. The load is `feed.lua`; the per-source limits are raised, because here one source is all.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::binaries::{self, Program};
use crate::node;
use crate::process::{self, Group, announce};
use crate::workspace::{self, Profile};

const SECONDS: u32 = 10;
const SERVER: &str = "pultd";
const KEY: &str = "key-of-the-bench";

/// What one start of the server yielded.
pub(crate) struct Live {
    pub(crate) ready_ms: f64,
    pub(crate) idle_mb: f64,
    pub(crate) single: Load,
    pub(crate) many: Load,
}

/// What `wrk` reported.
#[derive(Debug, PartialEq)]
pub(crate) struct Load {
    pub(crate) per_second: f64,
    pub(crate) p99_ms: f64,
}

/// Starts the release server on a database of its own and loads it.
pub(crate) fn measure() -> Result<Live> {
    node::build_page()?;
    binaries::build(&[Program::Server], Profile::Release)?;
    announce("measuring the running server");
    let folder = workspace::target().join("bench-intake");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join("data"))?;
    let held = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
    let [console, hooks] = [held[0].local_addr()?, held[1].local_addr()?];
    drop(held);
    let config = folder.join("pult.toml");
    let data = serde_json::Value::from(folder.join("data").to_string_lossy());
    let settings = format!(
        "[console]\nbind = \"{console}\"\n\n[hooks]\nbind = \"{hooks}\"\nrate_per_source = 1000000\n\
         burst_per_source = 1000000\nqueue_limit = 10000000\n\n[storage]\ndata_dir = {data}\n\n\
         [integrations.telephony]\nenabled = true\n\n[integrations.call_feed]\nenabled = true\n"
    );
    fs::write(&config, settings)?;
    let server = workspace::binary(Profile::Release, "pultd");
    // This also makes the database, so that the start below finds one.
    process::feed(Command::new(&server).arg("--config").arg(&config).args(["secret", "set", "cc.api_key"]), KEY)?;

    let stop = process::stop_signal()?;
    // The first start may still have tables to make; the second is the one that counts.
    drop(serve(&server, &config, &folder, console, &stop)?);
    let start = Instant::now();
    let group = serve(&server, &config, &folder, console, &stop)?;
    let ready_ms = start.elapsed().as_secs_f64() * 1e3;
    let idle_mb = share_of_memory(group.pid(SERVER).context("pultd has no process id")?)?;
    let single = load(hooks, 1)?;
    let many = load(hooks, 64)?;
    Ok(Live { ready_ms, idle_mb, single, many })
}

/// Starts the server and returns once it can commit.
fn serve(server: &Path, config: &Path, folder: &Path, console: SocketAddr, stop: &Receiver<()>) -> Result<Group> {
    let mut group = Group::new(&folder.join("log"))?;
    group.start(SERVER, Command::new(server).arg("--config").arg(config).arg("serve"))?;
    group.wait_until("it is ready", Duration::from_secs(30), stop, || is_ready(console).unwrap_or(false))?;
    Ok(group)
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

/// Megabytes of a process, shared pages divided among those who share them.
fn share_of_memory(pid: u32) -> Result<f64> {
    let file = format!("/proc/{pid}/smaps_rollup");
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {file} (Linux only)"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss line")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kilobytes * 1024.0 / 1e6)
}

fn load(hooks: SocketAddr, connections: u32) -> Result<Load> {
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--latency", "--connections", &connections.to_string()])
        .args(["--duration", &format!("{SECONDS}s"), "--script"])
        .arg(workspace::root().join("src-tauri/crates/xtask/src/bench/feed.lua"))
        .arg(format!("http://{hooks}"))
        .env("PULT_BENCH_KEY", KEY)
        .env("PULT_BENCH_RUN", connections.to_string());
    let report = process::capture(&mut wrk)?;
    println!("{report}");
    read_report(&report)
}

/// # Errors
/// When anything was refused or broke off: then the rate is not one of committed calls.
fn read_report(report: &str) -> Result<Load> {
    for line in report.lines().map(str::trim) {
        if line.starts_with("Non-2xx") || line.starts_with("Socket errors:") {
            bail!("not every call was accepted: {line}");
        }
    }
    let after = |word: &str| report.lines().find_map(|line| line.trim().strip_prefix(word)).map(str::trim);
    let per_second = after("Requests/sec:").context("wrk named no rate")?.parse()?;
    let p99_ms = milliseconds(after("99%").context("wrk named no 99th percentile")?)?;
    Ok(Load { per_second, p99_ms })
}

/// `950.00us`, `7.80ms`, `1.20s` or `1.05m`.
fn milliseconds(text: &str) -> Result<f64> {
    let units = [("us", 1_000.0), ("ms", 1.0), ("s", 1e-3), ("m", 1.0 / 60_000.0)];
    let (number, in_a_millisecond) = units
        .iter()
        .find_map(|(unit, in_one)| Some((text.strip_suffix(unit)?, in_one)))
        .with_context(|| format!("no duration: {text}"))?;
    Ok(number.parse::<f64>()? / in_a_millisecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "Running 10s test @ http://127.0.0.1:8481\n  1 threads and 64 connections\n  \
        Latency Distribution\n     50%    1.40ms\n     99%    7.80ms\n  \
        435880 requests in 10.00s, 50.00MB read\nRequests/sec:  43588.12\nTransfer/sec:      5.00MB\n";

    #[test]
    fn rate_and_percentile_are_read() -> Result<()> {
        assert_eq!(read_report(REPORT)?, Load { per_second: 43588.12, p99_ms: 7.8 });
        Ok(())
    }

    #[test]
    fn a_refused_call_spoils_the_figure() {
        assert!(read_report(&format!("{REPORT}  Non-2xx or 3xx responses: 3\n")).is_err());
        assert!(read_report(&format!("{REPORT}  Socket errors: connect 0, read 1, write 0, timeout 0\n")).is_err());
    }

    #[test]
    fn durations_are_read_in_every_unit() -> Result<()> {
        assert_eq!(milliseconds("950.00us")?, 0.95);
        assert_eq!(milliseconds("1.20s")?, 1200.0);
        assert!(milliseconds("fast").is_err());
        Ok(())
    }
}

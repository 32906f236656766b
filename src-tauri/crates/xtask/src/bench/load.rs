//! The load on a listening server: `wrk` with `hook.lua`, the signatures it sends, and what it reports.
//!
//! The body of an event is spelled here and in `hook.lua`; a difference shows at once, for a wrong signature is refused.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, bail};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::process;
use crate::workspace;

/// The key of the telephony client that sends.
pub(crate) const KEY: &str = "telephony-key-of-the-bench";
/// Fills an event up to about 1 KiB.
const FILLER: usize = 920;

/// What `wrk` reported.
#[derive(Debug, PartialEq)]
pub(crate) struct Load {
    pub(crate) per_second: f64,
    pub(crate) p99_ms: f64,
    pub(crate) accepted: u64,
}

/// Signatures of so many events, good for some minutes.
pub(crate) struct Signed {
    file: PathBuf,
    stamp: u64,
}

/// The body of an event; each has an identity, a caller and one of 300 operators of its own.
pub(crate) fn event(kind: &str, n: usize) -> String {
    let (ani, operator) = (n % 10_000_000, n % 300);
    format!(
        "{{\"event\":\"{kind}\",\"event_id\":\"bench-{n:08}\",\"ani\":\"+3706{ani:07}\",\
         \"curator_id\":\"operator-{operator:03}\",\"theme\":\"{}\"}}",
        "x".repeat(FILLER)
    )
}

/// The signature of a body, 64 characters.
pub(crate) fn signature(stamp: u64, body: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).map_err(|_| anyhow!("a key of no length"))?;
    mac.update(stamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    Ok(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Seconds since 1970.
pub(crate) fn now() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

/// Signs `count` events that calls began.
pub(crate) fn sign(folder: &Path, count: usize) -> Result<Signed> {
    process::announce(&format!("signing {count} events"));
    let (file, stamp) = (folder.join("signatures"), now()?);
    let mut out = BufWriter::new(File::create(&file)?);
    for n in 0..count {
        out.write_all(signature(stamp, &event("newcall", n))?.as_bytes())?;
    }
    out.flush()?;
    Ok(Signed { file, stamp })
}

impl Signed {
    /// Sends the events of a range for so many seconds over so many connections.
    ///
    /// # Errors
    /// When anything was refused or broke off, or the range was too short: then the rate is not one of committed events.
    pub(crate) fn send(&self, to: SocketAddr, connections: u32, seconds: u32, range: Range<usize>) -> Result<Load> {
        let mut wrk = Command::new("wrk");
        wrk.args(["--threads", "1", "--latency", "--connections", &connections.to_string()])
            .args(["--duration", &format!("{seconds}s"), "--script"])
            .arg(workspace::root().join("src-tauri/crates/xtask/src/bench/hook.lua"))
            .arg(format!("http://{to}"))
            .env("PULT_BENCH_SIGNATURES", &self.file)
            .env("PULT_BENCH_STAMP", self.stamp.to_string())
            .env("PULT_BENCH_FROM", range.start.to_string())
            .env("PULT_BENCH_TO", range.end.to_string());
        let report = process::capture(&mut wrk)?;
        println!("{report}");
        read_report(&report)
    }
}

fn read_report(report: &str) -> Result<Load> {
    for line in report.lines().map(str::trim) {
        if line.starts_with("Non-2xx") || line.starts_with("Socket errors:") {
            bail!("not every event was accepted: {line}");
        }
    }
    let after = |word: &str| report.lines().find_map(|line| line.trim().strip_prefix(word)).map(str::trim);
    let per_second = after("Requests/sec:").context("wrk named no rate")?.parse()?;
    let p99_ms = milliseconds(after("99%").context("wrk named no 99th percentile")?)?;
    let sum = report.lines().find_map(|line| line.trim().split_once(" requests in ")).context("wrk named no sum")?;
    Ok(Load { per_second, p99_ms, accepted: sum.0.parse()? })
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
        assert_eq!(read_report(REPORT)?, Load { per_second: 43588.12, p99_ms: 7.8, accepted: 435_880 });
        Ok(())
    }

    #[test]
    fn a_refused_event_spoils_the_figure() {
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

    #[test]
    fn an_event_is_about_a_kibibyte() {
        assert!((1_000..1_050).contains(&event("newcall", 12_345_678).len()));
    }
}

//! Figures of the running server under load: how soon it is ready, what it weighs idle, how many signed events it commits from
//! `wrk` on the same machine, and how it decides a backlog while more come.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::load::{self, Load};
use super::server::{Server, Site};
use crate::process::announce;

/// How long each load lasts, seconds.
const SECONDS: u32 = 10;
/// How long the backlog grows before it is measured how it is decided, seconds.
const GROWING: u32 = 6;
/// Records that may wait in the second measurement; from a quarter of it the backlog presses.
const WAITING: u32 = 400_000;

/// What the server yielded.
pub(crate) struct Live {
    pub(crate) ready_ms: f64,
    pub(crate) idle_mb: f64,
    pub(crate) single: Load,
    pub(crate) many: Load,
    pub(crate) busy: Busy,
}

/// What it yielded while a backlog was decided.
pub(crate) struct Busy {
    pub(crate) intake: Load,
    /// Records decided a second meanwhile.
    pub(crate) decided: f64,
    /// The same once nobody sends any more.
    pub(crate) decided_alone: f64,
}

/// Starts the release server on databases of its own and loads it.
pub(crate) fn measure(stop: &Receiver<()>) -> Result<Live> {
    announce("measuring the running server");
    let site = Site::new("bench-intake", 10_000_000)?;
    // The first start may still have tables to make; the second is the one that counts.
    drop(site.serve(stop)?);
    let start = Instant::now();
    let server = site.serve(stop)?;
    let ready_ms = start.elapsed().as_secs_f64() * 1e3;
    let idle_mb = server.memory()?;
    let signed = load::sign(&site.folder, 700_000)?;
    let single = signed.send(site.hooks, 1, SECONDS, 0..100_000)?;
    let many = signed.send(site.hooks, 64, SECONDS, 100_000..700_000)?;
    drop(server);
    Ok(Live { ready_ms, idle_mb, single, many, busy: busy(stop)? })
}

fn busy(stop: &Receiver<()>) -> Result<Busy> {
    let site = Site::new("bench-backlog", WAITING)?;
    let _server: Server = site.serve(stop)?;
    let signed = load::sign(&site.folder, 900_000)?;
    signed.send(site.hooks, 64, GROWING, 0..350_000)?;
    let (begin, before) = (Instant::now(), site.backlog()?);
    if before < u64::from(WAITING / 4) {
        bail!("the backlog has not grown enough to press: {before} records");
    }
    let intake = signed.send(site.hooks, 64, SECONDS, 350_000..900_000)?;
    let (end, after) = (Instant::now(), site.backlog()?);
    let decided = (before + intake.accepted).saturating_sub(after) as f64 / (end - begin).as_secs_f64();
    if stop.recv_timeout(Duration::from_secs(5)) != Err(RecvTimeoutError::Timeout) {
        bail!("stopped");
    }
    let left = site.backlog()?;
    let decided_alone = after.saturating_sub(left) as f64 / end.elapsed().as_secs_f64();
    Ok(Busy { intake, decided, decided_alone })
}

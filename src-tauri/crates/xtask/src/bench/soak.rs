//! A soak: the server under a steady load of calls for some minutes, its memory looked at all the while.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::load;
use super::server::Site;
use crate::process::announce;

/// A busy centre has 5,000 calls in ten hours, each beginning and ending; 24 times that is an event every so often.
const EVERY: Duration = Duration::from_millis(150);
/// How often memory is looked at.
const LOOK: Duration = Duration::from_secs(5);

/// What a soak showed.
pub(crate) struct Soak {
    /// How much memory grew from the end of the warm-up to the end, percent.
    pub(crate) growth: f64,
    /// The slope of the line through all that was measured after the warm-up, megabytes an hour.
    pub(crate) slope: f64,
}

/// Soaks for so many minutes, the first quarter of them warming up.
pub(crate) fn measure(minutes: f64, stop: &Receiver<()>) -> Result<Soak> {
    announce(&format!("a soak of {minutes} minutes"));
    let site = Site::new("bench-soak", 200_000)?;
    let server = site.serve(stop)?;
    let (begin, length) = (Instant::now(), Duration::from_secs_f64(minutes * 60.0));
    let (mut seen, mut looked) = (Vec::new(), begin);
    let mut n = 0;
    while begin.elapsed() < length {
        // Two callers take turns: one call begins as the other's ends.
        send(site.hooks, if n % 2 == 0 { "newcall" } else { "endcall" }, n)?;
        n += 1;
        if looked.elapsed() >= LOOK {
            looked = Instant::now();
            seen.push((begin.elapsed().as_secs_f64() / 3600.0, server.memory()?));
        }
        if stop.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout) {
            bail!("stopped");
        }
    }
    let warm = &seen[seen.len() / 4..];
    let (first, last) = (warm.first().context("the soak was too short")?, warm.last().context("too short")?);
    println!("  {:.1} MB after {:.0} s, {:.1} MB at the end", first.1, first.0 * 3600.0, last.1);
    Ok(Soak { growth: (last.1 / first.1 - 1.0) * 100.0, slope: slope(warm) })
}

/// Sends one event over a connection of its own.
fn send(to: SocketAddr, kind: &str, n: usize) -> Result<()> {
    let stamp = load::now()?;
    // The end of a call is another event about the caller before.
    let body = load::event(kind, n).replace(&format!("+3706{:07}", n), &format!("+3706{:07}", n / 2));
    let body = body.replace(&format!("operator-{:03}", n % 300), &format!("operator-{:03}", n / 2 % 300));
    let mut stream = TcpStream::connect(to)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(
        stream,
        "POST /hooks/telephony HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\nX-Pult-Timestamp: {stamp}\r\n\
         X-Pult-Signature: sha256={}\r\nContent-Length: {}\r\n\r\n{body}",
        load::signature(stamp, &body)?,
        body.len()
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    if !answer.starts_with(b"HTTP/1.1 200 ") {
        bail!("an event was refused: {}", String::from_utf8_lossy(&answer).lines().next().unwrap_or_default());
    }
    Ok(())
}

/// The slope of the straight line nearest to the points.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |value: fn(&(f64, f64)) -> f64| points.iter().map(value).sum::<f64>() / count;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let (up, across) =
        points.iter().fold((0.0, 0.0), |(up, across), p| (up + (p.0 - x) * (p.1 - y), across + (p.0 - x).powi(2)));
    if across == 0.0 { 0.0 } else { up / across }
}

#[cfg(test)]
mod tests {
    use super::slope;

    #[test]
    fn the_slope_of_a_line_is_found() {
        assert_eq!(slope(&[(0.0, 40.0), (1.0, 42.0), (2.0, 44.0)]), 2.0);
        assert_eq!(slope(&[(1.0, 40.0)]), 0.0);
    }
}

//! How a target answered once: several packets, counted and timed.
//!
//! Deliberately not here: how good that is (`grade`), and how it was measured on the wire (the probes').

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Instant;

/// Why a cycle did not succeed, or what stood in the way of a part of it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    TS,
    strum::AsRefStr,
    strum::EnumString,
    strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Trouble {
    /// No answer in time.
    Timeout,
    /// The port is closed.
    Refused,
    /// No way to the host.
    Unreachable,
    /// The name does not resolve.
    Name,
    /// The encrypted connection did not come about.
    Tls,
    /// The certificate is out of its time.
    CertificateExpired,
    /// The certificate is for another name.
    CertificateName,
    /// The certificate is signed by nobody we trust.
    CertificateUntrusted,
    /// The page answered with an error.
    Status,
    /// The service says that it is not in service.
    NotInService,
    /// Something answered, but not what was asked for.
    Strange,
    /// This machine does not let us ask.
    NotAllowed,
}

/// Times from packet to answer, microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rtt {
    /// The fastest.
    pub min_us: u32,
    /// The middle one; of an even number the mean of the middle two.
    pub median_us: u32,
    /// The slowest.
    pub max_us: u32,
    /// The mean distance of one packet from the next.
    pub jitter_us: u32,
}

impl Rtt {
    /// The figures of answers in the order they were asked for; `None` when there are none.
    #[must_use]
    pub fn of(answers: &[u32]) -> Option<Self> {
        let mut sorted = answers.to_vec();
        sorted.sort_unstable();
        let (min_us, max_us) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median_us = match sorted.len() % 2 {
            0 => sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2,
            _ => sorted[middle],
        };
        let steps = answers.len() as u64 - 1;
        let apart: u64 = answers.windows(2).map(|pair| u64::from(pair[0].abs_diff(pair[1]))).sum();
        let jitter_us = apart.checked_div(steps).map_or(0, |mean| u32::try_from(mean).unwrap_or(u32::MAX));
        Some(Self { min_us, median_us, max_us, jitter_us })
    }
}

/// What a target's certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The last instant it is good for.
    pub until: Instant,
    /// Who signed it, at most 128 characters.
    pub issuer: String,
}

/// One cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cycle {
    /// Packets sent, at least one.
    pub sent: u16,
    /// Packets without an answer.
    pub lost: u16,
    /// Times of those answered; none when nothing was.
    pub rtt: Option<Rtt>,
    /// Echo requests could not be sent from here, so TCP connections were opened instead.
    pub tcp_instead: bool,
    /// What stood in the way.
    pub trouble: Option<Trouble>,
    /// The status code of a page.
    pub status: Option<u16>,
    /// The certificate, where it was read in this cycle.
    pub certificate: Option<Certificate>,
    /// What was seen, for a person who looks closer; at most 200 characters.
    pub detail: String,
}

impl Cycle {
    /// The cycle of these answers to `sent` packets.
    #[must_use]
    pub fn of(sent: u16, answers: &[u32]) -> Self {
        let sent = sent.max(1);
        let answered = u16::try_from(answers.len()).unwrap_or(u16::MAX);
        Self {
            sent,
            lost: sent.saturating_sub(answered),
            rtt: Rtt::of(answers),
            tcp_instead: false,
            trouble: None,
            status: None,
            certificate: None,
            detail: String::new(),
        }
    }

    /// A cycle without any answer.
    #[must_use]
    pub fn lost(sent: u16, trouble: Trouble, detail: impl Into<String>) -> Self {
        Self { trouble: Some(trouble), detail: detail.into(), ..Self::of(sent, &[]) }
    }

    /// Whether the target answered.
    #[must_use]
    pub fn answered(&self) -> bool {
        self.rtt.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_several_packets() {
        for (answers, expected) in [
            (&[][..], None),
            (&[7][..], Some((7, 7, 7, 0))),
            (&[10, 20][..], Some((10, 15, 20, 10))),
            (&[30, 10, 20][..], Some((10, 20, 30, 15))),
            (&[10, 10, 10, 90][..], Some((10, 10, 90, 26))),
            (&[u32::MAX, 0][..], Some((0, u32::MAX / 2, u32::MAX, u32::MAX))),
        ] {
            let figures = Rtt::of(answers).map(|r| (r.min_us, r.median_us, r.max_us, r.jitter_us));
            assert_eq!(figures, expected, "{answers:?}");
        }
    }

    #[test]
    fn what_was_not_answered_is_lost() {
        let cycle = Cycle::of(3, &[5, 6]);
        assert_eq!((cycle.sent, cycle.lost, cycle.answered()), (3, 1, true));
        assert!(!Cycle::lost(3, Trouble::Timeout, "").answered());
    }
}

//! The list of figures: what is measured, its bar, and where the value comes from. A new figure is one entry here.

use std::fmt;

use anyhow::Result;

use super::live::Live;
use super::size;

/// One row of the table.
pub(crate) struct Bench {
    pub(crate) group: &'static str,
    pub(crate) figure: &'static str,
    pub(crate) bar: Bar,
    pub(crate) how: How,
}

/// What the figure must not exceed or fall below.
pub(crate) enum Bar {
    /// At most so much of the unit.
    AtMost(f64, &'static str),
    /// At least so much of the unit.
    AtLeast(f64, &'static str),
}

impl Bar {
    pub(crate) fn holds(&self, value: f64) -> bool {
        match self {
            Bar::AtMost(bar, _) => value <= *bar,
            Bar::AtLeast(bar, _) => value >= *bar,
        }
    }

    /// A value in the bar's unit.
    pub(crate) fn show(&self, value: f64) -> String {
        let (Bar::AtMost(_, unit) | Bar::AtLeast(_, unit)) = self;
        let digits = if value >= 100.0 { 0 } else { 2 };
        format!("{value:.digits$} {unit}")
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Bar::AtMost(bar, unit) => format!("<= {bar} {unit}"),
            Bar::AtLeast(bar, unit) => format!(">= {bar} {unit}"),
        };
        f.pad(&text)
    }
}

/// Where a value comes from.
pub(crate) enum How {
    /// `cargo bench` of a package; the value is the mean in milliseconds.
    Criterion { package: &'static str, bench: &'static str, id: &'static str },
    /// The release server, started once on a database of its own.
    Live(fn(&Live) -> f64),
    /// Something built, weighed.
    Size(fn() -> Result<f64>),
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            How::Criterion { package, bench, id } => write!(f, "cargo bench -p {package} --bench {bench} -- {id}"),
            How::Live(_) => f.write_str("pultd serve, release build, wrk"),
            How::Size(_) => f.write_str("release build"),
        }
    }
}

/// The names of the groups, each once.
pub(crate) fn groups() -> Vec<&'static str> {
    let mut names: Vec<&str> = BENCHES.iter().map(|bench| bench.group).collect();
    names.dedup();
    names
}

const fn criterion(package: &'static str, bench: &'static str, id: &'static str) -> How {
    How::Criterion { package, bench, id }
}

const MS: &str = "ms";
const RATE: &str = "/s";
const MB: &str = "MB";

/// Every figure, by group.
pub(crate) const BENCHES: &[Bench] = &[
    Bench {
        group: "journal",
        figure: "5 million calls: a day's page",
        bar: Bar::AtMost(2.0, MS),
        how: criterion("pult-store", "journal", "day_page"),
    },
    Bench {
        group: "journal",
        figure: "5 million calls: part of a phone within a day",
        bar: Bar::AtMost(10.0, MS),
        how: criterion("pult-store", "journal", "phone_in_day"),
    },
    Bench {
        group: "journal",
        figure: "5 million calls: part of a phone over all time",
        bar: Bar::AtMost(20.0, MS),
        how: criterion("pult-store", "journal", "phone_ever"),
    },
    Bench {
        group: "journal",
        figure: "5 million calls: operators' totals of a day",
        bar: Bar::AtMost(10.0, MS),
        how: criterion("pult-store", "journal", "operator_totals"),
    },
    Bench {
        group: "journal",
        figure: "5 million calls: 30 days by hour",
        bar: Bar::AtMost(10.0, MS),
        how: criterion("pult-store", "journal", "hourly_histogram"),
    },
    Bench {
        group: "rules",
        figure: "one decision about an incoming call",
        bar: Bar::AtMost(1.0, MS),
        how: criterion("pult-domain", "rules", "new_call"),
    },
    Bench {
        group: "intake",
        figure: "call feed, 1 KiB, committed: 64 connections",
        bar: Bar::AtLeast(30_000.0, RATE),
        how: How::Live(|live| live.many.per_second),
    },
    Bench {
        group: "intake",
        figure: "call feed, 1 KiB, committed: 64 connections, p99",
        bar: Bar::AtMost(15.0, MS),
        how: How::Live(|live| live.many.p99_ms),
    },
    Bench {
        group: "intake",
        figure: "call feed, 1 KiB, committed: 1 connection",
        bar: Bar::AtLeast(2_500.0, RATE),
        how: How::Live(|live| live.single.per_second),
    },
    Bench {
        group: "intake",
        figure: "pultd ready on an existing database",
        bar: Bar::AtMost(150.0, MS),
        how: How::Live(|live| live.ready_ms),
    },
    Bench {
        group: "intake",
        figure: "pultd idle, its share of memory (PSS)",
        bar: Bar::AtMost(40.0, MB),
        how: How::Live(|live| live.idle_mb),
    },
    Bench { group: "size", figure: "pultd, release build", bar: Bar::AtMost(25.0, MB), how: How::Size(size::server) },
    Bench {
        group: "size",
        figure: "console page, first load, gzip",
        bar: Bar::AtMost(250.0, "KB"),
        how: How::Size(size::page),
    },
];

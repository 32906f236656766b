//! The list of figures: what is measured, its bar, and where the value comes from. A new figure is one entry here.

use std::fmt;

use anyhow::Result;

use super::live::Live;
use super::soak::Soak;
use super::{rounds, size};

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
    /// No bar: told in the unit, for reading.
    Told(&'static str),
}

impl Bar {
    pub(crate) fn holds(&self, value: f64) -> bool {
        match self {
            Bar::AtMost(bar, _) => value <= *bar,
            Bar::AtLeast(bar, _) => value >= *bar,
            Bar::Told(_) => true,
        }
    }

    /// A value in the bar's unit.
    pub(crate) fn show(&self, value: f64) -> String {
        let (Bar::AtMost(_, unit) | Bar::AtLeast(_, unit) | Bar::Told(unit)) = self;
        let digits = if value >= 100.0 { 0 } else { 2 };
        format!("{value:.digits$} {unit}")
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Bar::AtMost(bar, unit) => format!("<= {bar} {unit}"),
            Bar::AtLeast(bar, unit) => format!(">= {bar} {unit}"),
            Bar::Told(_) => "-".to_owned(),
        };
        f.pad(&text)
    }
}

/// Where a value comes from.
pub(crate) enum How {
    /// `cargo bench` of a package; the value is the mean in milliseconds.
    Criterion { package: &'static str, bench: &'static str, id: &'static str },
    /// The same, of so many at once; the value is how many a second.
    CriterionRate { package: &'static str, bench: &'static str, id: &'static str, at_once: f64 },
    /// The release server, started on a database of its own and loaded.
    Live(fn(&Live) -> f64),
    /// How many times the rate of the same work done in Flask.
    TimesFlask(fn(&Live) -> f64),
    /// The release server under a steady load.
    Soak(fn(&Soak) -> f64),
    /// A story told to the release server at full size; the value is one of the figures it keeps.
    Story { story: &'static str, figures: &'static str, figure: &'static str },
    /// The same of a test of the console in Chromium.
    Browser { test: &'static str, figures: &'static str, figure: &'static str },
    /// The same of a test of the real window, under a virtual display.
    Window { test: &'static str, figures: &'static str, figure: &'static str },
    /// Anything else that is built, weighed or run once.
    Once(fn() -> Result<f64>, &'static str),
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            How::Criterion { package, bench, id } | How::CriterionRate { package, bench, id, .. } => {
                write!(f, "cargo bench -p {package} --bench {bench}, {id}")
            }
            How::Live(_) => f.write_str("pultd serve, release build, wrk"),
            How::TimesFlask(_) => f.write_str("the same load on gunicorn with two workers"),
            How::Soak(_) => f.write_str("pultd serve, release build, --soak minutes"),
            How::Story { story, .. } => write!(f, "pultd serve, release build, the story {story}"),
            How::Browser { test, .. } => write!(f, "pultd serve, release build, in Chromium: {test}"),
            How::Window { test, .. } => write!(f, "pult, release build, under a virtual display: {test}"),
            How::Once(_, how) => f.write_str(how),
        }
    }
}

/// The names of the groups, each once.
pub(crate) fn groups() -> Vec<&'static str> {
    let mut names: Vec<&str> = BENCHES.iter().map(|bench| bench.group).collect();
    names.dedup();
    names
}

const fn journal(id: &'static str) -> How {
    How::Criterion { package: "pult-store", bench: "journal", id }
}

const fn scrubber(id: &'static str) -> How {
    How::Criterion { package: "pult-store", bench: "floor", id }
}

const fn floor(figure: &'static str) -> How {
    How::Story { story: "bars::every_change_of_a_busy_floor_is_pushed_to_the_console", figures: "floor", figure }
}

const fn storm(figure: &'static str) -> How {
    How::Story {
        story: "floor_news::scenario_11_five_hundred_who_sign_in_at_once_cost_one_reading_a_team_and_none_is_lost",
        figures: "sign_in_storm",
        figure,
    }
}

const fn painted(figure: &'static str) -> How {
    How::Browser { test: "every change of a busy floor is painted", figures: "floor_painted", figure }
}

const fn long_table(figure: &'static str) -> How {
    How::Browser {
        test: "a very long table has rows wherever it is scrolled to, and few in the page",
        figures: "long_table",
        figure,
    }
}

const fn window(figure: &'static str) -> How {
    How::Window {
        test: "life::closed_it_waits_in_the_tray_without_a_web_view_and_comes_back_as_it_was_left",
        figures: "window_memory",
        figure,
    }
}

const fn network(figure: &'static str) -> How {
    How::Story { story: "bars::watching_many_targets_costs_little", figures: "network", figure }
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
        how: journal("journal/day page"),
    },
    Bench {
        group: "journal",
        figure: "5 million calls: part of a phone within a day",
        bar: Bar::AtMost(10.0, MS),
        how: journal("journal/phone part within a day"),
    },
    Bench {
        group: "journal",
        figure: "5 million calls: 3 digits of a phone over all time",
        bar: Bar::AtMost(20.0, MS),
        how: journal("journal/phone part over all time, 3 digits"),
    },
    Bench {
        group: "journal",
        figure: "5 million calls: 4 digits of a phone over all time",
        bar: Bar::AtMost(20.0, MS),
        how: journal("journal/phone part over all time, 4 digits"),
    },
    Bench {
        group: "journal",
        figure: "5 million calls: 6 digits of a phone over all time",
        bar: Bar::AtMost(20.0, MS),
        how: journal("journal/phone part over all time, 6 digits"),
    },
    Bench {
        group: "journal",
        figure: "5 million calls: 7 digits of a phone over all time",
        bar: Bar::AtMost(20.0, MS),
        how: journal("journal/phone part over all time, 7 digits"),
    },
    Bench {
        group: "journal",
        figure: "5 million calls: 13 digits that fit no phone",
        bar: Bar::AtMost(20.0, MS),
        how: journal("journal/phone part over all time, none fits"),
    },
    Bench {
        group: "journal",
        figure: "5 million calls: operators' totals of a day",
        bar: Bar::AtMost(10.0, MS),
        how: journal("journal/operator totals of a day"),
    },
    Bench {
        group: "journal",
        figure: "5 million calls: 30 days by hour",
        bar: Bar::AtMost(10.0, MS),
        how: journal("journal/hourly histogram of 30 days"),
    },
    Bench {
        group: "journal",
        figure: "5 million calls: written, snapshot, begin and end",
        bar: Bar::AtLeast(5_000.0, RATE),
        how: How::CriterionRate {
            package: "pult-store",
            bench: "journal",
            id: "journal, 256 records a transaction/a call begins_ snapshot and row",
            at_once: 256.0,
        },
    },
    Bench {
        group: "intake",
        figure: "signed hook, 1 KiB, committed: 64 connections",
        bar: Bar::AtLeast(30_000.0, RATE),
        how: How::Live(|live| live.many.per_second),
    },
    Bench {
        group: "intake",
        figure: "signed hook, 1 KiB, committed: 64 connections, p99",
        bar: Bar::AtMost(15.0, MS),
        how: How::Live(|live| live.many.p99_ms),
    },
    Bench {
        group: "intake",
        figure: "signed hook, 1 KiB, committed: times Flask",
        bar: Bar::AtLeast(25.0, "times"),
        how: How::TimesFlask(|live| live.many.per_second),
    },
    Bench {
        group: "intake",
        figure: "signed hook, 1 KiB, committed: 1 connection",
        bar: Bar::AtLeast(2_500.0, RATE),
        how: How::Live(|live| live.single.per_second),
    },
    Bench {
        group: "intake",
        figure: "a backlog decided, 64 connections sending",
        bar: Bar::AtLeast(5_000.0, RATE),
        how: How::Live(|live| live.busy.decided),
    },
    Bench {
        group: "intake",
        figure: "intake meanwhile, p99",
        bar: Bar::AtMost(30.0, MS),
        how: How::Live(|live| live.busy.intake.p99_ms),
    },
    Bench {
        group: "intake",
        figure: "intake meanwhile",
        bar: Bar::Told(RATE),
        how: How::Live(|live| live.busy.intake.per_second),
    },
    Bench {
        group: "intake",
        figure: "a backlog decided, nobody sending",
        bar: Bar::Told(RATE),
        how: How::Live(|live| live.busy.decided_alone),
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
    Bench {
        group: "window",
        figure: "window with what was known, from the start",
        bar: Bar::AtMost(1_500.0, MS),
        how: How::Window {
            test: "life::it_opens_with_what_was_known_when_it_was_left",
            figures: "window_start",
            figure: "ready_ms",
        },
    },
    Bench {
        group: "window",
        figure: "in the tray, never opened, all processes (PSS)",
        bar: Bar::AtMost(80.0, MB),
        how: window("tray_mb"),
    },
    Bench {
        group: "window",
        figure: "window open, all processes (PSS)",
        bar: Bar::AtMost(350.0, MB),
        how: window("open_mb"),
    },
    Bench {
        group: "window",
        figure: "in the tray after it was closed, all processes (PSS)",
        bar: Bar::AtMost(80.0, MB),
        how: window("tray_again_mb"),
    },
    Bench {
        group: "floor",
        figure: "500 operators: a change told, committed, pushed, p99",
        bar: Bar::AtMost(50.0, MS),
        how: floor("pushed_p99_ms"),
    },
    Bench {
        group: "floor",
        figure: "500 operators: changes meanwhile",
        bar: Bar::AtLeast(195.0, RATE),
        how: floor("per_second"),
    },
    Bench {
        group: "floor",
        figure: "500 operators: read again by the console, p99",
        bar: Bar::Told(MS),
        how: floor("read_p99_ms"),
    },
    Bench {
        group: "floor",
        figure: "500 operators: a change told, painted in Chromium, p99",
        bar: Bar::AtMost(150.0, MS),
        how: painted("painted_p99_ms"),
    },
    Bench {
        group: "floor",
        figure: "500 operators: time between frames meanwhile, p99",
        bar: Bar::Told(MS),
        how: painted("frame_p99_ms"),
    },
    Bench {
        group: "floor",
        figure: "500 sign in within 2 s: lost",
        bar: Bar::AtMost(0.0, "operators"),
        how: storm("lost"),
    },
    Bench {
        group: "floor",
        figure: "500 sign in within 2 s: all shown after",
        bar: Bar::Told(MS),
        how: storm("all_shown_ms"),
    },
    Bench {
        group: "floor",
        figure: "500 operators, 90 days: the scrubber at a second of today",
        bar: Bar::Told(MS),
        how: scrubber("floor/a second of today"),
    },
    Bench {
        group: "floor",
        figure: "500 operators, 90 days: the scrubber at the oldest day",
        bar: Bar::Told(MS),
        how: scrubber("floor/a second 90 days ago"),
    },
    Bench {
        group: "table",
        figure: "100,000 rows: frames with a hole while scrolled",
        bar: Bar::AtMost(0.0, "frames"),
        how: long_table("blank_frames"),
    },
    Bench {
        group: "table",
        figure: "100,000 rows: time between frames meanwhile, p99",
        bar: Bar::Told(MS),
        how: long_table("frame_p99_ms"),
    },
    Bench {
        group: "table",
        figure: "100,000 rows: a filter, from asked to painted",
        bar: Bar::AtMost(100.0, MS),
        how: long_table("filter_ms"),
    },
    Bench {
        group: "network",
        figure: "100 targets every 10 s: share of a core",
        bar: Bar::AtMost(2.0, "%"),
        how: network("core_percent"),
    },
    Bench {
        group: "network",
        figure: "100 targets: asked by echo requests, not by TCP",
        bar: Bar::Told("targets"),
        how: network("by_echo"),
    },
    Bench {
        group: "network",
        figure: "a target's 30 days of 100: points and availability",
        bar: Bar::AtMost(300.0, MS),
        how: How::Criterion { package: "pult-store", bench: "network", id: "network/30 days of a target" },
    },
    Bench {
        group: "carousel",
        figure: "one decision among 200 people",
        bar: Bar::AtMost(1.0, MS),
        how: How::Criterion { package: "pult-domain", bench: "carousel", id: "carousel/one decision among 200 people" },
    },
    Bench {
        group: "carousel",
        figure: "back-test of 30 days of 500 tickets, four strategies",
        bar: Bar::AtMost(2_000.0, MS),
        how: How::Criterion {
            package: "pult-domain",
            bench: "carousel",
            id: "carousel/back-test of 30 days of 500 tickets, four strategies",
        },
    },
    Bench {
        group: "soak",
        figure: "memory grown by a soak, after warming up",
        bar: Bar::AtMost(5.0, "%"),
        how: How::Soak(|soak| soak.growth),
    },
    Bench {
        group: "soak",
        figure: "slope of memory in a soak",
        bar: Bar::Told("MB/h"),
        how: How::Soak(|soak| soak.slope),
    },
    Bench {
        group: "kills",
        figure: "kills under load, nothing lost or repeated",
        bar: Bar::AtLeast(200.0, "kills"),
        how: How::Once(rounds::survived, "the story hard_end with ROUNDS=200"),
    },
    Bench {
        group: "size",
        figure: "pultd, release build",
        bar: Bar::AtMost(25.0, MB),
        how: How::Once(size::server, "release build"),
    },
    Bench {
        group: "size",
        figure: "console page, first load, gzip",
        bar: Bar::AtMost(250.0, "KB"),
        how: How::Once(size::page, "release build"),
    },
];

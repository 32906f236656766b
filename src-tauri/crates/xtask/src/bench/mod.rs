//! `cargo xtask bench`: the figures that have a bar, measured on this machine and printed beside it. Nothing fails by being
//! slow: figures of shared machines are for reading. A figure that could not be measured is an error.

mod criterion;
mod list;
mod live;
mod size;

use std::fs;

use anyhow::{Result, bail};
use clap::Args;

use crate::packages::{self, Purpose};
use crate::process::{self, announce};
use list::{BENCHES, Bench, How};
use live::Live;

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Measure only this group; may be repeated
    #[arg(long, value_name = "GROUP", value_parser = list::groups())]
    only: Vec<String>,
    /// Install missing system packages without asking
    #[arg(long)]
    yes: bool,
    /// Print what would be measured and how, and measure nothing
    #[arg(long)]
    list: bool,
}

/// Measures and prints the table.
pub(crate) fn bench(options: &Options) -> Result<()> {
    let wanted: Vec<&Bench> = BENCHES
        .iter()
        .filter(|bench| options.only.is_empty() || options.only.iter().any(|group| group == bench.group))
        .collect();
    if options.list {
        for bench in wanted {
            println!("  {:<8} {:<56} {:>12}   {}", bench.group, bench.figure, bench.bar.to_string(), bench.how);
        }
        return Ok(());
    }
    packages::ensure(Purpose::Bench, options.yes)?;
    let mut criterion = criterion::Runs::default();
    let mut live: Option<Result<Live, String>> = None;
    let mut rows = Vec::new();
    for bench in wanted {
        let measured = match &bench.how {
            How::Criterion { package, bench, id } => criterion.milliseconds(package, bench, id),
            How::Live(read) => {
                match live.get_or_insert_with(|| live::measure().map_err(|error| format!("{error:#}"))) {
                    Ok(live) => Ok(read(live)),
                    Err(error) => Err(anyhow::anyhow!("{error}")),
                }
            }
            How::Size(measure) => measure(),
        };
        rows.push((bench, measured));
    }

    announce(&format!("figures on {}", machine()));
    let mut missing = 0;
    for (bench, measured) in &rows {
        let bar = bench.bar.to_string();
        match measured {
            Ok(value) => {
                let verdict = if bench.bar.holds(*value) { "holds" } else { "MISSED" };
                println!("  {:<56} {:>12}   bar {bar:>14}   {verdict}", bench.figure, bench.bar.show(*value));
            }
            Err(error) => {
                missing += 1;
                println!("  {:<56} {:>12}   bar {bar:>14}   not measured: {error:#}", bench.figure, "-");
            }
        }
    }
    if missing > 0 {
        bail!("{missing} of {} figures could not be measured", rows.len());
    }
    Ok(())
}

/// How many cores and of what, for the headline.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        about.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, model)| model);
    let compiler = process::capture(std::process::Command::new("rustc").arg("--version")).unwrap_or_default();
    format!("{cores} cores, {}, {}", model.unwrap_or("unknown processor"), compiler.trim())
}

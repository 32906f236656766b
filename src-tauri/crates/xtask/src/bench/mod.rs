//! `cargo xtask bench`: the figures that have a bar, measured on this machine and printed beside it. Nothing fails by being
//! slow: figures of shared machines are for reading. A figure that could not be measured is an error.

mod compare;
mod criterion;
mod list;
mod live;
mod load;
mod rounds;
mod server;
mod size;
mod soak;
mod stories;

use std::fs;
use std::sync::mpsc::Receiver;

use anyhow::{Result, anyhow, bail};
use clap::Args;

use crate::display;
use crate::packages::{self, Purpose};
use crate::process::{self, announce};
use list::{BENCHES, Bar, Bench, How};
use live::Live;
use load::Load;
use soak::Soak;

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Measure only this group; may be repeated
    #[arg(long, value_name = "GROUP", value_parser = list::groups())]
    only: Vec<String>,
    /// How long the soak lasts, minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 5.0)]
    soak: f64,
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
            println!("  {:<8} {:<56} {:>14}   {}", bench.group, bench.figure, bench.bar.to_string(), bench.how);
        }
        return Ok(());
    }
    packages::ensure(Purpose::Bench, options.yes)?;
    let mut sources = Sources::new(options.soak)?;
    let rows: Vec<_> = wanted.into_iter().map(|bench| (bench, sources.value(&bench.how))).collect();

    announce(&format!("figures on {}", machine()));
    let mut missing = 0;
    for (bench, measured) in &rows {
        let bar = bench.bar.to_string();
        let (value, verdict) = match measured {
            Ok(Value::Measured(value)) if matches!(bench.bar, Bar::Told(_)) => (bench.bar.show(*value), "".to_owned()),
            Ok(Value::Measured(value)) => {
                (bench.bar.show(*value), if bench.bar.holds(*value) { "holds" } else { "MISSED" }.to_owned())
            }
            Ok(Value::Absent(reason)) => ("-".to_owned(), format!("nothing to measure: {reason}")),
            Err(error) => {
                missing += 1;
                ("-".to_owned(), format!("not measured: {error:#}"))
            }
        };
        println!("  {:<56} {value:>14}   bar {bar:>14}   {verdict}", bench.figure);
    }
    if missing > 0 {
        bail!("{missing} of {} figures could not be measured", rows.len());
    }
    Ok(())
}

/// A figure, or why there is none to be had on this machine.
enum Value {
    Measured(f64),
    Absent(String),
}

/// What figures are read from; each is measured once, when first asked for.
struct Sources {
    soak_minutes: f64,
    stop: Receiver<()>,
    criterion: criterion::Runs,
    live: Measured<Live>,
    soak: Measured<Soak>,
    flask: Measured<Result<Load, String>>,
    stories: stories::Told,
}

/// Something measured, or the error that came of it; nothing when nobody has asked yet.
type Measured<T> = Option<Result<T, String>>;

fn once<T>(slot: &mut Measured<T>, measure: impl FnOnce() -> Result<T>) -> Result<&T> {
    let measured = slot.get_or_insert_with(|| measure().map_err(|error| format!("{error:#}")));
    measured.as_ref().map_err(|error| anyhow!("{error}"))
}

impl Sources {
    fn new(soak_minutes: f64) -> Result<Self> {
        let stop = process::stop_signal()?;
        let (criterion, stories) = (criterion::Runs::default(), stories::Told::default());
        Ok(Self { soak_minutes, stop, criterion, live: None, soak: None, flask: None, stories })
    }

    fn value(&mut self, how: &How) -> Result<Value> {
        let stop = &self.stop;
        Ok(Value::Measured(match how {
            How::Criterion { package, bench, id } => self.criterion.milliseconds(package, bench, id)?,
            How::CriterionRate { package, bench, id, at_once } => {
                at_once * 1e3 / self.criterion.milliseconds(package, bench, id)?
            }
            How::Live(read) => read(once(&mut self.live, || live::measure(stop))?),
            How::Soak(read) => read(once(&mut self.soak, || soak::measure(self.soak_minutes, stop))?),
            How::TimesFlask(read) => match once(&mut self.flask, || compare::measure(stop))? {
                Ok(flask) => read(once(&mut self.live, || live::measure(stop))?) / flask.per_second,
                Err(reason) => return Ok(Value::Absent(reason.clone())),
            },
            How::Story { story, figures, figure } => self.stories.figure(story, figures, figure)?,
            How::Browser { test, figures, figure } => self.stories.painted(test, figures, figure)?,
            How::Window { test, figures, figure } => match display::missing() {
                None => self.stories.window(test, figures, figure)?,
                Some(tool) => return Ok(Value::Absent(format!("{tool} is not installed"))),
            },
            How::Once(measure, _) => measure()?,
        }))
    }
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

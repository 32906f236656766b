//! `cargo xtask test`: every check and test of the repository, each stage with its seconds, and one closing line with the
//! sums. What a stage runs is in `stages`; reading what the runners say is in `count` and `failed`.

mod audit;
mod count;
mod failed;
mod stages;

use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;

use crate::packages::{self, Purpose};
use crate::process::announce;
use count::Count;
use stages::{Outcome, STAGES};

/// What to leave out.
#[derive(Args)]
pub(crate) struct Options {
    /// Run only this stage; may be repeated
    #[arg(long, value_name = "STAGE", value_parser = stage_names())]
    only: Vec<String>,
    /// Leave this stage out; may be repeated
    #[arg(long, value_name = "STAGE", value_parser = stage_names())]
    skip: Vec<String>,
    /// Install missing system packages without asking
    #[arg(long)]
    yes: bool,
    /// Install no system package; stages that miss one are skipped visibly
    #[arg(long)]
    no_install: bool,
    /// Run only tests whose name contains one of these; checks that have no test names are left out then
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
}

fn stage_names() -> Vec<&'static str> {
    STAGES.iter().map(|stage| stage.name).collect()
}

/// One line of the summary.
struct Line {
    stage: &'static str,
    seconds: f64,
    verdict: String,
}

/// Runs every stage, also after one has failed, and fails when any did.
pub(crate) fn test(options: &Options) -> Result<()> {
    if !options.no_install {
        packages::ensure(Purpose::Test, options.yes)?;
        packages::offer_redmine(options.yes);
    }
    let mut lines = Vec::new();
    let mut total = Count::default();
    let (mut failed, mut names) = (false, Vec::new());
    for stage in STAGES {
        let wanted = options.only.is_empty() || options.only.iter().any(|name| name == stage.name);
        let unwanted = options.skip.iter().any(|name| name == stage.name);
        if !wanted || unwanted || !options.filters.is_empty() && !stage.filtered {
            continue;
        }
        announce(&format!("{}: {}", stage.name, stage.about));
        let start = Instant::now();
        let verdict = match (stage.run)(&options.filters) {
            Ok(Outcome::Clean) => "clean".to_owned(),
            Ok(Outcome::Skipped(reason)) => {
                total.skipped += 1;
                format!("SKIPPED: {reason}")
            }
            Ok(Outcome::Counted { count, failed: theirs, success }) => {
                names.extend(theirs);
                total.add(&count);
                failed |= !success;
                format!("{}{count}", if success { "" } else { "FAILED: " })
            }
            Err(error) => {
                failed = true;
                // A stage that broke before its runner could count is one failure.
                total.failed += 1;
                format!("FAILED: {error:#}")
            }
        };
        println!("  {}: {verdict}", stage.name);
        lines.push(Line { stage: stage.name, seconds: start.elapsed().as_secs_f64(), verdict });
    }
    announce("summary");
    for Line { stage, seconds, verdict } in &lines {
        println!("  {stage:<10} {seconds:>7.1} s  {verdict}");
    }
    if total.passed == 0 && !failed && !options.filters.is_empty() {
        println!("  no test has a name that contains {}", options.filters.join(" or "));
        failed = true;
    }
    println!();
    for name in names {
        println!("  FAILED: {name}");
    }
    println!("{total}");
    if failed {
        bail!("not everything passed");
    }
    Ok(())
}

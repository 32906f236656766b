//! The command `tracker`: its arguments, and what it serves. What Tracker and the directory do is in the library.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use pult_simulators::{secret::Keyring, tracker};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::run::say;

pub(crate) const EXAMPLES: &str = "Examples:\n  \
    PULT_SIM_TRACKER_TOKEN=... PULT_SIM_TRACKER_HOOK_KEY=... PULT_SIM_DIRECTORY_TOKEN=... pult-simulators tracker \\\n      \
    --control 127.0.0.1:18800 --hook http://127.0.0.1:8080/hooks/tracker --day\n  \
    curl -X POST http://127.0.0.1:18800/sim/issues -H 'Content-Type: application/json' -d '{\"person\":\"o.belova\"}'\n  \
    curl -X POST http://127.0.0.1:18800/sim/issues/DESK-41/comment -H 'Content-Type: application/json' \\\n      \
    -d '{\"person\":\"vera\",\"text\":\"Перезагрузите телефон\"}'\n  \
    curl -X POST http://127.0.0.1:18800/sim/fault -H 'Content-Type: application/json' \\\n      \
    -d '{\"fault\":{\"kind\":\"drop_after_commit\"},\"on\":\"issue_create\",\"times\":1}'";

#[derive(Debug, Args)]
pub(crate) struct TrackerArgs {
    /// File with the secrets, readable by its owner alone.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    bind: SocketAddr,
    /// Where the control interface listens; loopback only.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// Where the triggers of the queues send; nowhere without this.
    #[arg(long, value_name = "URL")]
    hook: Option<Url>,
    /// The organization, as clients name it.
    #[arg(long, value_name = "ID", default_value = "7654321")]
    org: String,
    /// Let agents take, comment, move and close issues.
    #[arg(long)]
    day: bool,
    /// Decides what happens in a day.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

/// Serves the organization until `stop`.
pub(crate) async fn serve(args: &TrackerArgs, keys: Keyring, stop: CancellationToken) -> Result<()> {
    let token = keys.tracker_token.context("the robot needs a token: set PULT_SIM_TRACKER_TOKEN")?;
    let organization = tracker::start(tracker::Settings {
        directory_token: keys.directory_token,
        org: args.org.clone(),
        hook_url: args.hook.clone(),
        hook_key: keys.tracker_hook_key,
        front: args.bind,
        control: args.control,
        ..tracker::Settings::new(token)
    })
    .await?;
    say(format_args!("tracker: {}", organization.base()))?;
    say(format_args!("tracker: control http://{}/sim/state", organization.control()))?;
    if args.day {
        tracker::day::play(&organization, args.seed, stop).await;
    } else {
        stop.cancelled().await;
    }
    organization.stop().await;
    Ok(())
}

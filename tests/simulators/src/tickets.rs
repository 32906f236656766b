//! The command `redmine`: its arguments, and what it serves. What Redmine does is in the library.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use pult_simulators::{
    redmine::{self, switches::Switches, world::tables::Tongue},
    secret::Keyring,
};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::run::say;

pub(crate) const EXAMPLES: &str = "Examples:\n  \
    PULT_SIM_REDMINE_ADMIN_KEY=... PULT_SIM_REDMINE_AGENT1_KEY=... pult-simulators redmine \\\n      \
    --control 127.0.0.1:18900 --tongue russian --day\n  \
    curl -X POST http://127.0.0.1:18900/sim/issues -H 'Content-Type: application/json' -d '{\"subject\":\"Нет звука\"}'\n  \
    curl -X POST http://127.0.0.1:18900/sim/issues/1/update -H 'Content-Type: application/json' \\\n      \
    -d '{\"person\":\"agent1\",\"fields\":{\"status_id\":2,\"notes\":\"Смотрю\"}}'\n  \
    curl -X POST http://127.0.0.1:18900/sim/fault -H 'Content-Type: application/json' \\\n      \
    -d '{\"fault\":{\"kind\":\"drop_after_commit\"},\"on\":\"issue_update\",\"times\":1}'";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Words {
    English,
    Russian,
}

#[derive(Debug, Args)]
pub(crate) struct RedmineArgs {
    /// File with the secrets, readable by its owner alone.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    bind: SocketAddr,
    /// Where the control interface listens; loopback only.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// What the path begins with, as `/redmine`; nothing without this.
    #[arg(long, value_name = "PATH", default_value = "")]
    prefix: String,
    /// Language of statuses, priorities, roles and names.
    #[arg(long, value_enum, default_value_t = Words::English)]
    tongue: Words,
    /// A version of today: journals say when they were changed, and webhooks are sent.
    #[arg(long)]
    modern: bool,
    /// Easy Redmine.
    #[arg(long)]
    easy: bool,
    /// Where webhooks go, of a modern version; nowhere without this.
    #[arg(long, value_name = "URL", requires = "modern")]
    hook: Option<Url>,
    /// Let people ask, agents take, answer, resolve and close.
    #[arg(long)]
    day: bool,
    /// Decides what happens in a day.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

/// Serves the server until `stop`.
pub(crate) async fn serve(args: &RedmineArgs, keys: Keyring, stop: CancellationToken) -> Result<()> {
    let admin = keys.redmine_admin_key.context("the administrator needs a key: set PULT_SIM_REDMINE_ADMIN_KEY")?;
    let others =
        [("sup1", keys.redmine_sup1_key), ("agent1", keys.redmine_agent1_key), ("rep1", keys.redmine_rep1_key)];
    let others = others.into_iter().filter_map(|(login, key)| Some((login, key?)));
    let prefix = args.prefix.trim_matches('/');
    let server = redmine::start(redmine::Settings {
        password: keys.redmine_password,
        prefix: if prefix.is_empty() { String::new() } else { format!("/{prefix}") },
        tongue: if args.tongue == Words::Russian { Tongue::Russian } else { Tongue::English },
        switches: Switches { modern: args.modern, easy: args.easy, ..Switches::default() },
        hook_url: args.hook.clone(),
        hook_secret: keys.redmine_hook_secret,
        front: args.bind,
        control: args.control,
        ..redmine::Settings::new([("admin", admin)].into_iter().chain(others))
    })
    .await?;
    say(format_args!("redmine: {}", server.base()))?;
    say(format_args!("redmine: control http://{}/sim/state", server.control()))?;
    if args.day {
        redmine::day::play(&server, args.seed, stop).await;
    } else {
        stop.cancelled().await;
    }
    server.stop().await;
    Ok(())
}

//! The command `staff`: its arguments, and what it serves. What the register does is in the library.

use std::{fs, net::SocketAddr, path::PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use pult_simulators::{secret::Keyring, staff};
use tokio_util::sync::CancellationToken;

use crate::run::say;

pub(crate) const EXAMPLES: &str = "Examples:\n  \
    PULT_SIM_STAFF_TOKEN=... PULT_SIM_STAFF_PASSWORD=... pult-simulators staff \\\n      \
    --ca-file staff-ca.pem --control 127.0.0.1:18900\n  \
    curl -X POST http://127.0.0.1:18900/sim/people/o.belova -H 'Content-Type: application/json' \\\n      \
    -d '{\"period\":\"Заблокированный сотрудник\"}'\n  \
    curl -X POST http://127.0.0.1:18900/sim/fault -H 'Content-Type: application/json' \\\n      \
    -d '{\"fault\":{\"kind\":\"delay\",\"ms\":6000},\"times\":1}'";

#[derive(Debug, Args)]
pub(crate) struct StaffArgs {
    /// File with the secrets, readable by its owner alone.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    bind: SocketAddr,
    /// Where the control interface listens; loopback only.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// Where to write the certificate of the authority that signed its own.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

/// Serves the register until `stop`.
pub(crate) async fn serve(args: &StaffArgs, keys: Keyring, stop: CancellationToken) -> Result<()> {
    let token = keys.staff_token.context("the register needs the console's token: set PULT_SIM_STAFF_TOKEN")?;
    let password = keys.staff_password.context("its people need a password: set PULT_SIM_STAFF_PASSWORD")?;
    let settings = staff::Settings::new(token, password);
    let register = staff::start(staff::Settings { front: args.bind, control: args.control, ..settings }).await?;
    if let Some(file) = &args.ca_file {
        fs::write(file, register.authority()).with_context(|| file.display().to_string())?;
        say(format_args!("staff: authority in {}", file.display()))?;
    }
    say(format_args!("staff: {}", register.base()))?;
    say(format_args!("staff: control http://{}/sim/state", register.control()))?;
    stop.cancelled().await;
    register.stop().await;
    Ok(())
}

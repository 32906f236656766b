//! `pult-simulators`: the simulated outside world as a program. Says what can be asked of it; `run` does it.

mod desks;
mod floor;
mod register;
mod run;
mod talk;
mod tickets;
mod tracking;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Time;
use url::Url;

const SECRETS: &str = "\
Secrets come from the environment (PULT_SIM_CLIENT_KEY, PULT_SIM_FEED_KEY, PULT_SIM_HOOK_SECRET,
PULT_SIM_AGENCY_LOGIN, PULT_SIM_AGENCY_PASSWORD, PULT_SIM_FINESSE_PASSWORD, PULT_SIM_OKDESK_TOKEN,
PULT_SIM_OKDESK_HOOK_KEY, PULT_SIM_BITRIX24_SECRET, PULT_SIM_BITRIX24_APPLICATION, PULT_SIM_INTRADESK_PASSWORD,
PULT_SIM_INTRADESK_API_KEY, PULT_SIM_PACHCA_TOKEN, PULT_SIM_PACHCA_SECRET, PULT_SIM_TRACKER_TOKEN,
PULT_SIM_TRACKER_HOOK_KEY, PULT_SIM_DIRECTORY_TOKEN, PULT_SIM_REDMINE_ADMIN_KEY, PULT_SIM_REDMINE_SUP1_KEY,
PULT_SIM_REDMINE_AGENT1_KEY, PULT_SIM_REDMINE_REP1_KEY, PULT_SIM_REDMINE_PASSWORD,
PULT_SIM_REDMINE_HOOK_SECRET, PULT_SIM_STAFF_TOKEN, PULT_SIM_STAFF_PASSWORD,
PULT_SIM_MESSENGER_PASSWORD) or from a key file with lines `name = value` (client_key, feed_key,
hook_secret, agency_login, agency_password, finesse_password, okdesk_token, okdesk_hook_key, bitrix24_secret,
bitrix24_application, intradesk_password, intradesk_api_key, pachca_token, pachca_secret, tracker_token,
tracker_hook_key, directory_token, redmine_admin_key, redmine_sup1_key, redmine_agent1_key, redmine_rep1_key,
redmine_password, redmine_hook_secret, staff_token, staff_password,
messenger_password) that only its owner may read.
They are never taken as arguments.";

/// The outside world of Pult, simulated: the agency service, the telephony of both contact centres, a Finesse cluster, an
/// Okdesk account, a Bitrix24 portal, an IntraDesk tenant, a Pachca space, a Yandex Tracker with its directory, a
/// Redmine, a staff register; and a real chat server.
#[derive(Debug, Parser)]
#[command(version, after_help = SECRETS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the XML agency gate until Ctrl-C; prints its address.
    #[command(after_help = "Examples:\n  \
        PULT_SIM_AGENCY_LOGIN=desk PULT_SIM_AGENCY_PASSWORD=... pult-simulators agencies --bind 127.0.0.1:8081\n  \
        curl -X POST http://127.0.0.1:8081/_sim/fault -H 'Content-Type: application/json' \\\n      \
        -d '{\"fault\":{\"kind\":\"delay\",\"ms\":3000},\"page\":\"view\",\"times\":2}'\n  \
        curl http://127.0.0.1:8081/_sim/journal")]
    Agencies(AgencyArgs),
    /// Call a Pult like a working day until Ctrl-C; prints what was acknowledged.
    #[command(after_help = "Examples:\n  \
        pult-simulators telephony --pult http://127.0.0.1:8080 --key-file keys --speed 10\n  \
        pult-simulators telephony --pult http://127.0.0.1:8080 --key-file keys --hook signed --centre vilnius\n  \
        pult-simulators telephony --pult http://127.0.0.1:8080 --key-file keys --misbehave flood --amount 500")]
    Telephony(TelephonyArgs),
    /// Serve a Finesse cluster of two nodes until Ctrl-C; prints its addresses and accounts.
    #[command(after_help = floor::EXAMPLES)]
    Finesse(floor::FinesseArgs),
    /// Serve an Okdesk account until Ctrl-C; prints its addresses.
    #[command(after_help = desks::OKDESK_EXAMPLES)]
    Okdesk(desks::DeskArgs),
    /// Serve a Bitrix24 portal until Ctrl-C; prints its addresses.
    #[command(after_help = desks::BITRIX24_EXAMPLES)]
    Bitrix24(desks::DeskArgs),
    /// Serve an IntraDesk tenant and classic IntraService until Ctrl-C; prints their address.
    #[command(after_help = desks::INTRADESK_EXAMPLES)]
    Intradesk(desks::TenantArgs),
    /// Serve a Pachca space until Ctrl-C; prints its addresses.
    #[command(after_help = desks::PACHCA_EXAMPLES)]
    Pachca(desks::SpaceArgs),
    /// Serve Yandex Tracker and the Yandex 360 directory until Ctrl-C; prints their address.
    #[command(after_help = tracking::EXAMPLES)]
    Tracker(tracking::TrackerArgs),
    /// Serve a Redmine until Ctrl-C; prints its address.
    #[command(after_help = tickets::EXAMPLES)]
    Redmine(tickets::RedmineArgs),
    /// Serve a staff register until Ctrl-C; prints its address.
    #[command(after_help = register::EXAMPLES)]
    Staff(register::StaffArgs),
    /// Serve a chat server, a real Prosody, until Ctrl-C; prints its address.
    #[command(after_help = talk::EXAMPLES)]
    Messenger(talk::MessengerArgs),
    /// Agencies, telephony, service desk and portal together, for a living contact centre.
    #[command(after_help = "Example:\n  \
        pult-simulators demo --pult http://127.0.0.1:8080 --key-file keys --backfill 30 --profile flat --speed 4")]
    Demo(DemoArgs),
    /// Write agency_phone.csv, staff.csv and history.csv for Pult's imports.
    #[command(after_help = "Example:\n  pult-simulators export-demo /tmp/pult-demo --days 30")]
    ExportDemo(ExportArgs),
}

#[derive(Debug, Args)]
struct AgencyArgs {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    bind: SocketAddr,
    /// File with the secrets, readable by its owner alone.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    #[command(flatten)]
    gate: GateArgs,
}

#[derive(Debug, Args)]
struct GateArgs {
    /// Put the agency one level below the root of its document.
    #[arg(long)]
    wrapped: bool,
    /// Life of a session, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 1_200)]
    session_life: u64,
}

#[derive(Debug, Args)]
struct TelephonyArgs {
    /// Address of the Pult.
    #[arg(long, value_name = "URL")]
    pult: Url,
    /// File with the secrets, readable by its owner alone.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    #[command(flatten)]
    day: DayArgs,
    /// Misbehave once in this way instead of calling, and print how it was met.
    #[arg(long, value_name = "KIND")]
    misbehave: Option<MischiefKind>,
    /// Requests of a flood, or bytes of a giant body.
    #[arg(long, value_name = "NUMBER", requires = "misbehave")]
    amount: Option<u32>,
}

#[derive(Debug, Args)]
struct DayArgs {
    /// Decides who calls and when; the same seed gives the same days.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// How many times faster than life.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    speed: f64,
    /// Course of the day.
    #[arg(long, value_enum, default_value_t = ProfileKind::Office)]
    profile: ProfileKind,
    /// Calls to each centre in its busiest hour.
    #[arg(long, value_name = "CALLS", default_value_t = 60.0)]
    busiest: f64,
    /// Local time of day at which the calling begins, whatever the clock says; the present one without this.
    #[arg(long, value_name = "HH:MM")]
    starts_at: Option<Time>,
    /// Which centre calls.
    #[arg(long, value_enum, default_value_t = Centre::Both)]
    centre: Centre,
    /// How Vilnius reports its calls.
    #[arg(long, value_enum, default_value_t = HookKind::Legacy)]
    hook: HookKind,
    /// First send so many days of Moscow's past calls.
    #[arg(long, value_name = "DAYS", default_value_t = 0)]
    backfill: u32,
}

#[derive(Debug, Args)]
struct DemoArgs {
    /// Address of the Pult.
    #[arg(long, value_name = "URL")]
    pult: Url,
    /// File with the secrets, readable by its owner alone.
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
    /// Where the service desk listens; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    desk_bind: SocketAddr,
    /// Where the portal listens; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    portal_bind: SocketAddr,
    /// Where the agency gate listens; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    agencies_bind: SocketAddr,
    /// Where the Pult takes documents of the accounting system; none are sent without this.
    #[arg(long, value_name = "URL")]
    erp: Option<Url>,
    #[command(flatten)]
    gate: GateArgs,
    #[command(flatten)]
    day: DayArgs,
}

#[derive(Debug, Args)]
struct ExportArgs {
    /// Folder to write to; made if it is not there.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Decides the past calls.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// How far back the calls go.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    days: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Centre {
    Vilnius,
    Moscow,
    Both,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProfileKind {
    /// From eight to twenty, with two peaks.
    Office,
    /// The same around the clock.
    Flat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum HookKind {
    /// The GET entry with the key in its query.
    Legacy,
    /// The signed POST.
    Signed,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MischiefKind {
    WrongKey,
    Flood,
    GiantBody,
    BrokenJson,
    WrongSignature,
    StaleSignature,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run::run(Cli::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_argument_takes_a_secret() {
        fn names(command: &clap::Command) -> Vec<String> {
            let own = command.get_arguments().filter_map(|argument| argument.get_long().map(str::to_owned));
            own.chain(command.get_subcommands().flat_map(names)).collect()
        }
        for name in names(&Cli::command()) {
            let secret =
                ["password", "secret", "token", "api-key", "client-key"].iter().any(|word| name.contains(word));
            assert!(!secret, "--{name}");
        }
    }
}

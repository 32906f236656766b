//! The command `finesse`: its arguments, and the cluster they describe. What the cluster does is in the library.

use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use pult_simulators::{
    finesse::{
        Backend, NodeName, Seat, Settings, Simulator, start,
        tls::Pair,
        world::{Deployment, Plan, people},
        xml::Order,
        xmpp::envelope::Shape,
    },
    secret::Keyring,
};
use tokio_util::sync::CancellationToken;

use crate::run::say;

pub(crate) const EXAMPLES: &str = "Examples:\n  \
    PULT_SIM_FINESSE_PASSWORD=... pult-simulators finesse --ca-file finesse-ca.pem\n  \
    pult-simulators finesse --key-file keys --stream prosody --deployment ucce --port 18445 --control 127.0.0.1:18400\n  \
    curl -X POST http://127.0.0.1:18400/sim/scenario/lunch\n  \
    curl -X POST http://127.0.0.1:18400/sim/node/a -H 'Content-Type: application/json' \\\n      \
    -d '{\"status\":\"OUT_OF_SERVICE\"}'";

#[derive(Debug, Args)]
pub(crate) struct FinesseArgs {
    /// File with the secrets, readable by its owner alone.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Address of node A.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    address_a: IpAddr,
    /// Address of node B; another one, or both take a free port each.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.2")]
    address_b: IpAddr,
    /// Host of node A, as SystemInfo and the certificate name it; its address without this.
    #[arg(long, value_name = "NAME")]
    host_a: Option<String>,
    /// Host of node B, likewise.
    #[arg(long, value_name = "NAME")]
    host_b: Option<String>,
    /// Port of REST and WebSocket on both nodes; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Port of WebSocket alone (7443 in older releases); 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    notification_port: u16,
    /// Port of XMPP over TLS (5223); 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    xmpp_port: u16,
    /// Port of plain HTTP, which answers 301; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    plain_port: u16,
    /// Where the control interface listens; loopback only.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// Where to write the certificate of the authority that signed both nodes.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Certificate of an authority to sign with; a new one is made without this.
    #[arg(long, value_name = "FILE", requires = "authority_key")]
    authority_cert: Option<PathBuf>,
    /// Its key.
    #[arg(long, value_name = "FILE", requires = "authority_cert")]
    authority_key: Option<PathBuf>,
    /// Who carries the notifications.
    #[arg(long, value_enum, default_value_t = StreamKind::BuiltIn)]
    stream: StreamKind,
    /// The shape of notifications.
    #[arg(long, value_enum, default_value_t = ShapeKind::Openfire)]
    shape: ShapeKind,
    /// Write elements in the order of the guide and not by name.
    #[arg(long)]
    guide_order: bool,
    /// Which product the cluster belongs to.
    #[arg(long, value_enum, default_value_t = Product::Uccx)]
    deployment: Product,
    /// How many teams.
    #[arg(long, value_name = "NUMBER", default_value_t = 25)]
    teams: usize,
    /// Agents in each team.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    team_size: usize,
    /// Decides who does what and when; the same seed gives the same run.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Everybody starts signed out.
    #[arg(long)]
    night: bool,
    /// Agents do nothing by themselves.
    #[arg(long)]
    still: bool,
    /// SystemInfo wants credentials.
    #[arg(long)]
    guarded: bool,
    /// Supervisors may not follow the calls of their agents.
    #[arg(long)]
    no_member_dialogs: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StreamKind {
    /// The stream of this program.
    BuiltIn,
    /// A Prosody for each node; the package `prosody` has to be installed.
    Prosody,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ShapeKind {
    Openfire,
    Prosody,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Product {
    Uccx,
    Ucce,
}

/// Serves the cluster until `stop`.
pub(crate) async fn serve(args: &FinesseArgs, keys: Keyring, stop: CancellationToken) -> Result<()> {
    let cluster = start(settings(args, keys)?).await?;
    if let Some(file) = &args.ca_file {
        fs::write(file, cluster.authority()).with_context(|| file.display().to_string())?;
        say(format_args!("finesse: authority in {}", file.display()))?;
    }
    for name in NodeName::BOTH {
        let node = cluster.core().node(name);
        let at = node.addresses;
        let (letter, host) = (name.letter(), &node.host);
        say(format_args!("finesse {letter}: https://{host}:{0} wss://{host}:{0}/ws/", at.front.port()))?;
        for (what, address) in [("websocket alone", at.notification), ("xmpp", at.direct), ("plain http", at.plain)] {
            if let Some(address) = address {
                say(format_args!("finesse {letter}: {what} {address}"))?;
            }
        }
        say(format_args!("finesse {letter}: domain {}", node.domain))?;
    }
    say(format_args!("finesse: control http://{}/sim/state", cluster.control()))?;
    accounts(&cluster)?;
    stop.cancelled().await;
    cluster.stop().await;
    Ok(())
}

fn accounts(cluster: &Simulator) -> Result<()> {
    let lines = cluster.core().with_world(|world, _| {
        let mut lines = Vec::new();
        for person in world.people.iter().filter(|person| person.supervisor) {
            let teams: Vec<_> = person.supervises.iter().map(|team| world.teams[*team].id.to_string()).collect();
            let what = match (person.id.as_str(), teams.len()) {
                (people::ENGINE, count) => format!("supervisor of all {count} teams, for a service"),
                (_, 0) => "supervisor without teams".to_owned(),
                _ => format!("supervisor of teams {}", teams.join(", ")),
            };
            lines.push(format!("{}: {what}", person.id));
        }
        let agent = world.people.iter().find(|person| !person.supervisor);
        lines.extend(agent.map(|agent| format!("{}: agent without rights", agent.id)));
        lines
    });
    for line in lines {
        say(format_args!("finesse account {line}"))?;
    }
    Ok(())
}

fn settings(args: &FinesseArgs, keys: Keyring) -> Result<Settings> {
    let password = keys.finesse_password.context("the accounts need a password: set PULT_SIM_FINESSE_PASSWORD")?;
    let authority = match (&args.authority_cert, &args.authority_key) {
        (Some(certificate), Some(key)) => {
            let read = |file: &PathBuf| fs::read_to_string(file).with_context(|| file.display().to_string());
            Some(Pair { certificate: read(certificate)?, key: read(key)? })
        }
        _ => None,
    };
    let seat = |address, host: &Option<String>, domain: &str| {
        let mut seat = Seat::at(address, domain);
        let at = |port| SocketAddr::new(address, port);
        seat.front = at(args.port);
        seat.notification = Some(at(args.notification_port));
        seat.direct = Some(at(args.xmpp_port));
        seat.plain = Some(at(args.plain_port));
        if let Some(host) = host {
            seat.host.clone_from(host);
        }
        seat
    };
    Ok(Settings {
        plan: Plan {
            deployment: match args.deployment {
                Product::Uccx => Deployment::Uccx,
                Product::Ucce => Deployment::Ucce,
            },
            teams: args.teams,
            team_size: args.team_size,
            seed: args.seed,
            night: args.night,
            live: !args.still,
        },
        backend: match args.stream {
            StreamKind::BuiltIn => Backend::BuiltIn,
            StreamKind::Prosody => Backend::Prosody,
        },
        shape: match args.shape {
            ShapeKind::Openfire => Shape::Openfire,
            ShapeKind::Prosody => Shape::Prosody,
        },
        order: if args.guide_order { Order::Guide } else { Order::Alphabetical },
        guarded: args.guarded,
        member_dialogs: !args.no_member_dialogs,
        authority,
        seats: [
            seat(args.address_a, &args.host_a, "fin-a.cc.example"),
            seat(args.address_b, &args.host_b, "fin-b.cc.example"),
        ],
        control: args.control,
        ..Settings::new(password)
    })
}

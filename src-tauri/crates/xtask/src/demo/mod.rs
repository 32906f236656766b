//! `cargo xtask demo`: one command from a fresh machine to a living contact centre in the console.
//!
//! The engine, its database and its connections are the real ones; only the vendors are simulated, behind real sockets.
//! What a demo folder holds is in `folder`; what the simulators play is theirs.

mod folder;

use std::env;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::binaries::{self, Program};
use crate::node;
use crate::packages::{self, Purpose};
use crate::process::{self, Group, announce};
use crate::workspace::{self, Profile};
use folder::DemoFolder;

/// How the demo is shown and whether yesterday's data stays.
#[derive(Args)]
pub(crate) struct Options {
    /// Serve the console for a browser instead of opening a window
    #[arg(long)]
    no_window: bool,
    /// Go on with the data of the last demo instead of starting afresh
    #[arg(long)]
    keep: bool,
    /// Install missing system packages without asking
    #[arg(long)]
    yes: bool,
}

/// The addresses of a demo, each on a port that was free a moment ago.
pub(crate) struct Addresses {
    console: SocketAddr,
    hooks: SocketAddr,
    agencies: SocketAddr,
    /// The first node of the telephony platform.
    platform: SocketAddr,
    desk: SocketAddr,
    portal: SocketAddr,
    /// Where documents of the accounting system are taken in.
    erp: SocketAddr,
    /// The service desk whose tickets go round.
    tenant: SocketAddr,
    /// The messenger whose conversations become issues.
    messenger: SocketAddr,
    /// The tracker those issues are in, and the directory beside it.
    tracker: SocketAddr,
    /// The tracker people work in by hand.
    tickets: SocketAddr,
    /// The staff register that knows people's passwords.
    register: SocketAddr,
    /// The chat server, where it is installed.
    chat: Option<SocketAddr>,
}

impl Addresses {
    fn pick() -> Result<Addresses> {
        // All are held until the last is known, so that no two are the same.
        let held = [
            free_port(8480)?,
            free_port(8481)?,
            free_port(8490)?,
            free_port(8445)?,
            free_port(8491)?,
            free_port(8492)?,
            free_port(8000)?,
            free_port(8493)?,
            free_port(8494)?,
            free_port(8495)?,
            free_port(8496)?,
            free_port(8497)?,
            free_port(5222)?,
        ];
        let address = |n: usize| held[n].local_addr();
        Ok(Addresses {
            console: address(0)?,
            hooks: address(1)?,
            agencies: address(2)?,
            platform: address(3)?,
            desk: address(4)?,
            portal: address(5)?,
            erp: address(6)?,
            tenant: address(7)?,
            messenger: address(8)?,
            tracker: address(9)?,
            tickets: address(10)?,
            register: address(11)?,
            chat: process::on_path("prosody").then(|| address(12)).transpose()?,
        })
    }
}

/// The usual port when it is free, so that bookmarks work; any other else.
fn free_port(usual: u16) -> Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", usual))
        .or_else(|_| TcpListener::bind("127.0.0.1:0"))
        .context("no free port on 127.0.0.1")
}

/// Can a window be opened from here?
pub(crate) fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Builds, prepares and runs the demo until it is closed or Ctrl-C is pressed.
pub(crate) fn demo(options: &Options) -> Result<()> {
    let windowed = !options.no_window && has_display();
    if !options.no_window && !windowed {
        announce("no display here: the console is served for a browser");
    }
    packages::ensure(Purpose::building(windowed), options.yes)?;
    node::build_page()?;
    let programs = [Program::Server, Program::Simulators, Program::Window];
    binaries::build(if windowed { &programs } else { &programs[..2] }, Profile::Dev)?;

    let addresses = Addresses::pick()?;
    let programs = Programs {
        server: workspace::binary(Profile::Dev, "pultd"),
        simulators: workspace::binary(Profile::Dev, "pult-simulators"),
    };
    announce("preparing the demo's data");
    let demo = DemoFolder::prepare(&workspace::cache().join("demo"), options.keep, &addresses)?;

    let stop = process::stop_signal()?;
    let mut group = Group::new(&demo.logs())?;
    // These come first: whatever reads the settings wants their certificates.
    start_platform(&mut group, &demo, &addresses, &programs.simulators)?;
    start_register(&mut group, &demo, &addresses, &programs.simulators)?;
    match addresses.chat {
        Some(chat) => start_chat(&mut group, &demo, chat, &addresses, &programs.simulators)?,
        None => announce("no chat server here (package prosody): the demo goes on without the messenger"),
    }
    group.wait_until("the telephony platform and the staff register answer", Duration::from_secs(30), &stop, || {
        let told = demo.platform_certificate().exists() && demo.register_certificate().exists();
        let chat = addresses.chat.is_none_or(|chat| demo.chat_certificate().exists() && is_listening(chat));
        told && chat && is_listening(addresses.platform) && is_listening(addresses.register)
    })?;
    demo.set_up(&addresses, &programs)?;
    announce("starting");
    start_tenant(&mut group, &demo, &addresses, &programs.simulators)?;
    start_bridge(&mut group, &demo, &addresses, &programs.simulators)?;
    start_tickets(&mut group, &demo, &addresses, &programs.simulators)?;
    let engine = if windowed {
        let mut window = Command::new(workspace::binary(Profile::Dev, "pult"));
        group.start("pult", window.arg("--config").arg(demo.config()))?;
        "pult"
    } else {
        group.start("pultd", Command::new(&programs.server).arg("--config").arg(demo.config()).arg("serve"))?;
        "pultd"
    };
    group.wait_until("the console answers", Duration::from_secs(60), &stop, || {
        is_listening(addresses.console) && is_listening(addresses.hooks)
    })?;
    start_simulators(&mut group, &demo, &addresses, &programs.simulators)?;
    tell(&demo, &addresses, windowed);

    match group.wait_for_end(&stop)? {
        None => Ok(()),
        // The window was closed for good: that is the usual way to end.
        Some((name, status)) if name == engine && status.success() => Ok(()),
        Some((name, status)) => bail!("{name} ended with {status}:\n{}", group.tail(name)),
    }
}

/// The built programs that preparing and running need.
pub(crate) struct Programs {
    server: PathBuf,
    simulators: PathBuf,
}

/// Starts the vendors once the engine listens, because they begin by sending a month of past calls.
fn start_simulators(group: &mut Group, demo: &DemoFolder, addresses: &Addresses, program: &Path) -> Result<()> {
    let mut simulators = Command::new(program);
    // Faster than life and around the clock, so that there is something to see at any hour.
    simulators
        .args(["demo", "--backfill", "30", "--profile", "flat", "--speed", "4"])
        .args(["--pult", &format!("http://{}", addresses.hooks)])
        .args(["--agencies-bind", &addresses.agencies.to_string()])
        .args(["--desk-bind", &addresses.desk.to_string()])
        .args(["--portal-bind", &addresses.portal.to_string()])
        .args(["--erp", &format!("http://{}/", addresses.erp)])
        .arg("--key-file")
        .arg(demo.simulator_keys());
    group.start("simulators", &mut simulators)
}

/// Starts the service desk whose tickets go round, with a day at work on it.
fn start_tenant(group: &mut Group, demo: &DemoFolder, addresses: &Addresses, program: &Path) -> Result<()> {
    let mut tenant = Command::new(program);
    tenant
        .args(["intradesk", "--day", "--tenant", folder::TENANT, "--login", folder::TENANT_LOGIN])
        .args(["--bind", &addresses.tenant.to_string(), "--control", "127.0.0.1:0"])
        .arg("--key-file")
        .arg(demo.simulator_keys());
    group.start("tenant", &mut tenant)
}

/// Starts the messenger and the tracker, with people at work in both.
fn start_bridge(group: &mut Group, demo: &DemoFolder, addresses: &Addresses, program: &Path) -> Result<()> {
    for (name, vendor, at) in [("messenger", "pachca", addresses.messenger), ("tracker", "tracker", addresses.tracker)]
    {
        let mut end = Command::new(program);
        end.args([vendor, "--day", "--hook", &format!("http://{}/hooks/{vendor}", addresses.hooks)])
            .args(["--bind", &at.to_string(), "--control", "127.0.0.1:0"])
            .arg("--key-file")
            .arg(demo.simulator_keys());
        group.start(name, &mut end)?;
    }
    Ok(())
}

/// Starts the tracker people work in by hand, with people at work in it.
fn start_tickets(group: &mut Group, demo: &DemoFolder, addresses: &Addresses, program: &Path) -> Result<()> {
    let mut tracker = Command::new(program);
    tracker
        .args(["redmine", "--day", "--tongue", "russian", "--modern"])
        .args(["--hook", &format!("http://{}/hooks/redmine", addresses.hooks)])
        .args(["--bind", &addresses.tickets.to_string(), "--control", "127.0.0.1:0"])
        .arg("--key-file")
        .arg(demo.simulator_keys());
    group.start("tickets", &mut tracker)
}

/// Starts the telephony platform with a contact centre at work on it.
fn start_platform(group: &mut Group, demo: &DemoFolder, addresses: &Addresses, program: &Path) -> Result<()> {
    let mut platform = Command::new(program);
    platform
        .args(["finesse", "--teams", "6", "--team-size", "12"])
        .args(["--port", &addresses.platform.port().to_string()])
        .arg("--ca-file")
        .arg(demo.platform_certificate())
        .arg("--key-file")
        .arg(demo.simulator_keys());
    group.start("platform", &mut platform)
}

/// Starts the staff register, which knows everybody of the imported staff.
fn start_register(group: &mut Group, demo: &DemoFolder, addresses: &Addresses, program: &Path) -> Result<()> {
    // A kept demo has one of an authority that is no more.
    let _ = std::fs::remove_file(demo.register_certificate());
    let mut register = Command::new(program);
    register
        .args(["staff", "--bind", &addresses.register.to_string(), "--control", "127.0.0.1:0"])
        .arg("--ca-file")
        .arg(demo.register_certificate())
        .arg("--key-file")
        .arg(demo.simulator_keys());
    group.start("register", &mut register)
}

/// Starts the chat server with a colleague at it. The administrator connects an account as soon as the console is there.
fn start_chat(
    group: &mut Group,
    demo: &DemoFolder,
    at: SocketAddr,
    addresses: &Addresses,
    program: &Path,
) -> Result<()> {
    // A kept demo has one of an authority that is no more.
    let _ = std::fs::remove_file(demo.chat_certificate());
    let mut chat = Command::new(program);
    chat.args(["messenger", "--account", folder::CHAT_BOT, "--person", folder::CHAT_PERSON])
        .args(["--colleague", folder::STAFF_LOGIN, "--every", "60", "--login", demo.account().login])
        .args(["--console", &format!("http://{}/", addresses.console)])
        .args(["--port", &at.port().to_string()])
        .arg("--ca-file")
        .arg(demo.chat_certificate())
        .arg("--key-file")
        .arg(demo.simulator_keys());
    group.start("chat", &mut chat)
}

fn is_listening(address: SocketAddr) -> bool {
    TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok()
}

fn tell(demo: &DemoFolder, addresses: &Addresses, windowed: bool) {
    let account = demo.account();
    println!();
    println!(
        "  Pult's demo is running{}.",
        if windowed { " in its window; the same console is served for a browser" } else { "" }
    );
    println!();
    println!("    Console   http://{}/ui/", addresses.console);
    println!("    Login     {}", account.login);
    println!("    Password  {}", account.password);
    println!("    {} signs in with the same password, by what the staff register says.", folder::STAFF_LOGIN);
    if addresses.chat.is_some() {
        println!("    {} writes to you by the messenger from time to time, and answers.", folder::STAFF_LOGIN);
    }
    println!();
    println!("  Data and logs: {}", demo.path().display());
    println!("  Ctrl-C stops everything.");
    println!();
}

//! Does what the command line asks: opens listeners, reads secrets, joins the parts and stops them on Ctrl-C.

use std::{
    io::{self, Write},
    net::SocketAddr,
    path::Path,
    time::Duration,
};

use anyhow::{Context, Result};
use jiff::{Timestamp, tz::TimeZone};
use pult_simulators::{
    agencies::{Gate, Root, Settings, routes},
    clock::system_clock,
    export,
    secret::Keyring,
    telephony::{
        arrivals::Profile,
        driver::{Driver, Hook, Target},
        mischief::Mischief,
        moscow,
        pace::Pace,
        vilnius,
    },
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    Centre, Command, DayArgs, ExportArgs, GateArgs, HookKind, MischiefKind, ProfileKind, TelephonyArgs, desks, floor,
    register, talk, tickets, tracking,
};

/// Runs one command to its end, or until Ctrl-C.
pub(crate) async fn run(command: Command) -> Result<()> {
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    match command {
        Command::Agencies(args) => {
            let keys = keyring(args.key_file.as_deref())?;
            serve_agencies(args.bind, &args.gate, keys, stop).await
        }
        Command::Telephony(args) => {
            let keys = keyring(args.key_file.as_deref())?;
            match args.misbehave {
                Some(kind) => misbehave(&args, kind, keys).await,
                None => call(args.pult, &args.day, keys, stop).await,
            }
        }
        Command::Finesse(args) => {
            let keys = keyring(args.key_file.as_deref())?;
            floor::serve(&args, keys, stop).await
        }
        Command::Okdesk(args) => {
            let keys = keyring(args.key_file.as_deref())?;
            desks::okdesk(&args, keys, stop).await
        }
        Command::Bitrix24(args) => {
            let keys = keyring(args.key_file.as_deref())?;
            desks::bitrix24(&args, keys, stop).await
        }
        Command::Intradesk(args) => {
            let keys = keyring(args.key_file.as_deref())?;
            desks::intradesk(&args, keys, stop).await
        }
        Command::Pachca(args) => {
            let keys = keyring(args.key_file.as_deref())?;
            desks::pachca(&args, keys, stop).await
        }
        Command::Tracker(args) => {
            let keys = keyring(args.key_file.as_deref())?;
            tracking::serve(&args, keys, stop).await
        }
        Command::Redmine(args) => {
            let keys = keyring(args.key_file.as_deref())?;
            tickets::serve(&args, keys, stop).await
        }
        Command::Staff(args) => {
            let keys = keyring(args.key_file.as_deref())?;
            register::serve(&args, keys, stop).await
        }
        Command::Messenger(args) => {
            let keys = keyring(args.key_file.as_deref())?;
            talk::serve(&args, keys, stop).await
        }
        Command::Demo(args) => {
            let keys = keyring(Some(&args.key_file))?;
            // The end of one is the end of both: half a demo looks like a fault of Pult's.
            let _ends = stop.clone().drop_guard();
            tokio::try_join!(
                serve_agencies(args.agencies_bind, &args.gate, keys.clone(), stop.clone()),
                desks::day(&args, keys.clone(), stop.clone()),
                call(args.pult.clone(), &args.day, keys, stop.clone()),
            )?;
            Ok(())
        }
        Command::ExportDemo(args) => export_demo(&args),
    }
}

fn keyring(file: Option<&Path>) -> Result<Keyring> {
    let mut keys = Keyring::from_environment(|name| std::env::var(name).ok());
    if let Some(file) = file {
        keys.overlay_file(file).with_context(|| file.display().to_string())?;
    }
    Ok(keys)
}

pub(crate) fn say(line: std::fmt::Arguments<'_>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

async fn serve_agencies(bind: SocketAddr, args: &GateArgs, keys: Keyring, stop: CancellationToken) -> Result<()> {
    let login = keys.agency_login.context("the gate needs the account's name: set PULT_SIM_AGENCY_LOGIN")?;
    let password = keys.agency_password.context("the gate needs a password: set PULT_SIM_AGENCY_PASSWORD")?;
    let settings = Settings {
        session_life: Duration::from_secs(args.session_life),
        root: if args.wrapped { Root::Wrapped } else { Root::Bare },
        ..Settings::new(login, password)
    };
    let listener = TcpListener::bind(bind).await.with_context(|| format!("cannot listen on {bind}"))?;
    let address = listener.local_addr()?;
    say(format_args!("agencies http://{address}{}", routes::BASE))?;
    let gate = Gate::new(settings);
    routes::serve(listener, gate.clone(), stop).await?;
    let journal = gate.journal();
    say(format_args!("agencies: {} logins, {} views", journal.logins, journal.views))?;
    Ok(())
}

async fn call(pult: Url, args: &DayArgs, keys: Keyring, stop: CancellationToken) -> Result<()> {
    let driver = driver(pult, args.hook, keys)?;
    let profile = match args.profile {
        ProfileKind::Office => Profile::office(args.busiest),
        ProfileKind::Flat => Profile::flat(args.busiest),
    };
    say(format_args!("telephony: calling"))?;
    // When one centre cannot go on, the other stops too and the error is told.
    let ended = tokio::try_join!(
        async {
            if args.centre == Centre::Moscow {
                return Ok(());
            }
            call_vilnius(&driver, args, profile.clone(), &stop).await
        },
        async {
            if args.centre == Centre::Vilnius {
                return Ok(());
            }
            call_moscow(&driver, args, profile.clone(), &stop).await
        },
    );
    let tally = driver.tally();
    say(format_args!(
        "telephony: {} calls, {} repeats, {} ends, {} themes; {} rows new, {} updated, {} rejected; \
         {} refused, {} retries, {} lost",
        tally.new_calls,
        tally.repeats,
        tally.end_calls,
        tally.themes,
        tally.rows_accepted,
        tally.rows_updated,
        tally.rows_rejected,
        tally.refused,
        tally.retries,
        tally.lost
    ))?;
    ended.map(|_| ())
}

async fn call_vilnius(driver: &Driver, args: &DayArgs, profile: Profile, stop: &CancellationToken) -> Result<()> {
    let zone = zone(vilnius::ZONE)?;
    let now = Timestamp::now();
    let begins = begins(args, now, &zone)?;
    let calls = vilnius::Plan { seed: args.seed, profile }.from(begins, zone);
    Ok(driver.vilnius(calls, Pace::start(begins, now, args.speed), stop).await?)
}

async fn call_moscow(driver: &Driver, args: &DayArgs, profile: Profile, stop: &CancellationToken) -> Result<()> {
    let zone = zone(moscow::ZONE)?;
    if args.backfill > 0 {
        // The past is always a row of office days, however the present is played.
        let past = moscow::Plan { seed: args.seed, profile: Profile::office(args.busiest) };
        let done = driver.backfill(past, args.backfill, Timestamp::now(), zone.clone(), stop).await?;
        say(format_args!("telephony: history of {} rows sent", done.rows))?;
    }
    let now = Timestamp::now();
    let begins = begins(args, now, &zone)?;
    let calls = moscow::Plan { seed: args.seed, profile }.from(begins, zone);
    let prefix = format!("live-{}/", now.as_second());
    Ok(driver.moscow(calls, &prefix, Pace::start(begins, now, args.speed), stop).await?)
}

async fn misbehave(args: &TelephonyArgs, kind: MischiefKind, keys: Keyring) -> Result<()> {
    let mischief = match kind {
        MischiefKind::WrongKey => Mischief::WrongKey,
        MischiefKind::Flood => Mischief::Flood(args.amount.unwrap_or(1_000)),
        MischiefKind::GiantBody => Mischief::GiantBody(args.amount.unwrap_or(64 << 20) as usize),
        MischiefKind::BrokenJson => Mischief::BrokenJson,
        MischiefKind::WrongSignature => Mischief::WrongSignature,
        MischiefKind::StaleSignature => Mischief::StaleSignature,
    };
    let met = driver(args.pult.clone(), args.day.hook, keys)?.misbehave(mischief).await?;
    for (status, count) in &met.statuses {
        say(format_args!("status {status}: {count}"))?;
    }
    say(format_args!("broken connections: {}", met.broken))?;
    Ok(())
}

fn export_demo(args: &ExportArgs) -> Result<()> {
    let demo = export::Demo { seed: args.seed, days: args.days, until: Timestamp::now() };
    let written = export::write(&demo, &args.folder)?;
    say(format_args!("{} phones, {} people, {} past calls", written.phones, written.staff, written.calls))?;
    Ok(())
}

fn driver(pult: Url, hook: HookKind, keys: Keyring) -> Result<Driver> {
    let hook = match hook {
        HookKind::Legacy => Hook::Legacy,
        HookKind::Signed => Hook::Signed,
    };
    Ok(Driver::new(Target { hook, ..Target::new(pult, keys) }, system_clock())?)
}

fn zone(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).with_context(|| format!("this machine does not know the time zone {name}"))
}

/// The generator's instant at which the run begins.
fn begins(args: &DayArgs, now: Timestamp, zone: &TimeZone) -> Result<Timestamp> {
    let Some(time) = args.starts_at else { return Ok(now) };
    Ok(now.to_zoned(zone.clone()).date().to_datetime(time).to_zoned(zone.clone())?.timestamp())
}

async fn stop_on_signal(stop: CancellationToken) {
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
    stop.cancel();
}

//! The commands `okdesk`, `bitrix24`, `intradesk` and `pachca`: their arguments, and what they serve. What the services do is in
//! the library.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use pult_simulators::{bitrix24, desk_day, intradesk, ledger, okdesk, pachca, secret::Keyring};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{DemoArgs, run::say};

pub(crate) const OKDESK_EXAMPLES: &str = "Examples:\n  \
    PULT_SIM_OKDESK_TOKEN=... PULT_SIM_OKDESK_HOOK_KEY=... pult-simulators okdesk \\\n      \
    --control 127.0.0.1:18500 --hook http://127.0.0.1:8080/hooks/okdesk\n  \
    curl -X POST http://127.0.0.1:18500/sim/issues/5123/close\n  \
    curl -X POST http://127.0.0.1:18500/sim/fault -H 'Content-Type: application/json' \\\n      \
    -d '{\"fault\":{\"kind\":\"drop_after_commit\"},\"on\":\"rates\",\"times\":1}'";

pub(crate) const BITRIX24_EXAMPLES: &str = "Examples:\n  \
    PULT_SIM_BITRIX24_SECRET=... PULT_SIM_BITRIX24_APPLICATION=... pult-simulators bitrix24 --control 127.0.0.1:18600\n  \
    curl http://127.0.0.1:18600/sim/messages\n  \
    curl -X POST http://127.0.0.1:18600/sim/messages/88301/press -H 'Content-Type: application/json' \\\n      \
    -d '{\"text\":\"Отлично\"}'";

pub(crate) const INTRADESK_EXAMPLES: &str = "Examples:\n  \
    PULT_SIM_INTRADESK_PASSWORD=... pult-simulators intradesk --control 127.0.0.1:18700 --day\n  \
    curl -X POST http://127.0.0.1:18700/sim/tasks -H 'Content-Type: application/json' -d '{\"service\":54001}'\n  \
    curl http://127.0.0.1:18700/sim/assignments";

pub(crate) const PACHCA_EXAMPLES: &str = "Examples:\n  \
    PULT_SIM_PACHCA_TOKEN=... PULT_SIM_PACHCA_SECRET=... pult-simulators pachca \\\n      \
    --control 127.0.0.1:18800 --hook http://127.0.0.1:8080/hooks/pachca --day\n  \
    curl -X POST http://127.0.0.1:18800/sim/messages -H 'Content-Type: application/json' \\\n      \
    -d '{\"user\":811,\"text\":\"Здравствуйте\"}'\n  \
    curl 'http://127.0.0.1:18800/sim/messages?chat=51840'";

#[derive(Debug, Args)]
pub(crate) struct DeskArgs {
    /// File with the secrets, readable by its owner alone.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    bind: SocketAddr,
    /// Where the control interface listens; loopback only.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// Where what happens is told: Okdesk's webhooks, the outgoing webhook of Bitrix24.
    #[arg(long, value_name = "URL")]
    hook: Option<Url>,
}

#[derive(Debug, Args)]
pub(crate) struct TenantArgs {
    /// File with the secrets, readable by its owner alone.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    bind: SocketAddr,
    /// Where the control interface listens; loopback only.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// The tenant's host, as clients name it when they sign in.
    #[arg(long, value_name = "HOST", default_value = "tenant.example.com")]
    tenant: String,
    /// Name of the bot user.
    #[arg(long, value_name = "NAME", default_value = "bot@example.com")]
    login: String,
    /// Let tasks come in, be taken and be closed.
    #[arg(long)]
    day: bool,
    /// Decides what happens in a day.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct SpaceArgs {
    /// File with the secrets, readable by its owner alone.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    bind: SocketAddr,
    /// Where the control interface listens; loopback only.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// The bot's `outgoing_url`.
    #[arg(long, value_name = "URL")]
    hook: Option<Url>,
    /// Let colleagues write to the bot, press its buttons, fill in its forms and answer in threads.
    #[arg(long)]
    day: bool,
    /// Decides what happens in a day.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

/// Serves the account until `stop`.
pub(crate) async fn okdesk(args: &DeskArgs, keys: Keyring, stop: CancellationToken) -> Result<()> {
    let token = keys.okdesk_token.context("the account needs a token: set PULT_SIM_OKDESK_TOKEN")?;
    let account = okdesk::start(okdesk::Settings {
        hook_url: args.hook.clone(),
        hook_key: keys.okdesk_hook_key,
        front: args.bind,
        control: args.control,
        ..okdesk::Settings::new(token)
    })
    .await?;
    say(format_args!("okdesk: {}", account.base()))?;
    say(format_args!("okdesk: control http://{}/sim/state", account.control()))?;
    stop.cancelled().await;
    account.stop().await;
    Ok(())
}

/// Serves the portal until `stop`.
pub(crate) async fn bitrix24(args: &DeskArgs, keys: Keyring, stop: CancellationToken) -> Result<()> {
    let secret = keys.bitrix24_secret.context("the webhook needs a secret: set PULT_SIM_BITRIX24_SECRET")?;
    let application = keys.bitrix24_application.context("events need a token: set PULT_SIM_BITRIX24_APPLICATION")?;
    let portal = bitrix24::start(bitrix24::Settings {
        hook_url: args.hook.clone(),
        front: args.bind,
        control: args.control,
        ..bitrix24::Settings::new(secret, application)
    })
    .await?;
    say(format_args!("bitrix24: {}<secret>/", portal.base()))?;
    say(format_args!("bitrix24: control http://{}/sim/state", portal.control()))?;
    stop.cancelled().await;
    portal.stop().await;
    Ok(())
}

/// Serves the tenant until `stop`.
pub(crate) async fn intradesk(args: &TenantArgs, keys: Keyring, stop: CancellationToken) -> Result<()> {
    let password = keys.intradesk_password.context("the bot needs a password: set PULT_SIM_INTRADESK_PASSWORD")?;
    let desk = intradesk::start(intradesk::Settings {
        api_key: keys.intradesk_api_key,
        front: args.bind,
        control: args.control,
        ..intradesk::Settings::new(&args.tenant, &args.login, password)
    })
    .await?;
    say(format_args!("intradesk: {}", desk.api_base()))?;
    say(format_args!("intradesk: control http://{}/sim/state", desk.control()))?;
    if args.day {
        intradesk::day::play(&desk, args.seed, stop).await;
    } else {
        stop.cancelled().await;
    }
    desk.stop().await;
    Ok(())
}

/// Serves the space until `stop`.
pub(crate) async fn pachca(args: &SpaceArgs, keys: Keyring, stop: CancellationToken) -> Result<()> {
    let token = keys.pachca_token.context("the bot needs a token: set PULT_SIM_PACHCA_TOKEN")?;
    let secret = keys.pachca_secret.context("webhooks need a signing secret: set PULT_SIM_PACHCA_SECRET")?;
    let space = pachca::start(pachca::Settings {
        hook_url: args.hook.clone(),
        front: args.bind,
        control: args.control,
        ..pachca::Settings::new(token, secret)
    })
    .await?;
    say(format_args!("pachca: {}", space.base()))?;
    say(format_args!("pachca: control http://{}/sim/state", space.control()))?;
    if args.day {
        pachca::day::play(&space, args.seed, stop).await;
    } else {
        stop.cancelled().await;
    }
    space.stop().await;
    Ok(())
}

/// Serves both and plays a day between them and the accounting system until `stop`.
pub(crate) async fn day(args: &DemoArgs, keys: Keyring, stop: CancellationToken) -> Result<()> {
    let (Some(token), Some(secret), Some(application)) =
        (keys.okdesk_token, keys.bitrix24_secret, keys.bitrix24_application)
    else {
        // A demo set up without them has none.
        stop.cancelled().await;
        return Ok(());
    };
    let desk = okdesk::start(okdesk::Settings {
        hook_url: Some(args.pult.join("/hooks/okdesk")?),
        hook_key: keys.okdesk_hook_key,
        front: args.desk_bind,
        ..okdesk::Settings::new(token)
    })
    .await?;
    let settings = bitrix24::Settings::new(secret, application);
    let portal = bitrix24::start(bitrix24::Settings { front: args.portal_bind, ..settings }).await?;
    let seed = args.day.seed;
    tokio::try_join!(desk_day::play(&desk, &portal, seed, stop.clone()), async {
        match &args.erp {
            Some(erp) => ledger::play(erp.clone(), &portal, seed, stop.clone()).await,
            None => Ok(()),
        }
    })?;
    desk.stop().await;
    portal.stop().await;
    Ok(())
}

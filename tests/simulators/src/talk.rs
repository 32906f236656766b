//! The command `messenger`: a chat server with the accounts of a house, a colleague at it, and somebody of the console who connects an
//! account of theirs. What they say is in the library.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use pult_simulators::{
    messenger::{DOMAIN, Server, Terms, colleague::talk, program::Program},
    prosody,
    secret::{Keyring, Secret},
};
use reqwest::{Client, header};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::run::say;

pub(crate) const EXAMPLES: &str = "Example:\n  \
    PULT_SIM_MESSENGER_PASSWORD=... pult-simulators messenger --account pult --account a.krylova --ca-file messenger-ca.pem";

/// How long the console may take to be there.
const COMES: Duration = Duration::from_secs(120);
const GLANCE: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub(crate) struct MessengerArgs {
    /// File with the secrets, readable by its owner alone.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Where connections that begin in clear are taken, on 127.0.0.1; 0 takes a free port.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Where to write the certificate of the authority that signed its own.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// An account, the part before the @; may be given several times.
    #[arg(long, value_name = "NAME")]
    account: Vec<String>,
    /// An account whose person writes to the one of `--person`, and answers.
    #[arg(long, value_name = "NAME", requires = "person")]
    colleague: Option<String>,
    /// The account of somebody of the console.
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
    /// How often the colleague writes, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 90)]
    every: u64,
    /// The console in which that person connects the account, once it is there.
    #[arg(long, value_name = "URL", requires_all = ["person", "login"])]
    console: Option<Url>,
    /// What they sign in with there; their password is `staff_password`.
    #[arg(long, value_name = "NAME")]
    login: Option<String>,
}

/// Serves it until `stop`.
pub(crate) async fn serve(args: &MessengerArgs, keys: Keyring, stop: CancellationToken) -> Result<()> {
    ensure!(prosody::is_installed(), "there is no `prosody` on this machine: install the package");
    let password = keys.messenger_password.context("its accounts need a password: set PULT_SIM_MESSENGER_PASSWORD")?;
    let users: Vec<&str> = args.account.iter().chain(&args.person).chain(&args.colleague).map(String::as_str).collect();
    let mut server = Server::start(&users, &password, Terms { port: args.port, ..Terms::default() }).await?;
    if let Some(file) = &args.ca_file {
        fs::write(file, server.authority()).with_context(|| file.display().to_string())?;
        say(format_args!("messenger: authority in {}", file.display()))?;
    }
    say(format_args!("messenger: {DOMAIN} at 127.0.0.1:{}, accounts {}", server.clear, users.join(", ")))?;
    let _ends = stop.clone().drop_guard();
    let colleague = match (&args.colleague, &args.person) {
        (Some(colleague), Some(person)) => {
            let program = Program::open(&server, colleague, "phone").await?;
            let every = Duration::from_secs(args.every.max(1));
            let (with, stop) = (format!("{person}@{DOMAIN}"), stop.clone());
            Some(tokio::spawn(async move { talk(program, &with, every, stop).await }))
        }
        _ => None,
    };
    if let (Some(console), Some(login), Some(person)) = (&args.console, &args.login, &args.person) {
        let theirs = keys.staff_password.context("the person needs a password: set PULT_SIM_STAFF_PASSWORD")?;
        let address = format!("{person}@{DOMAIN}");
        let connecting = connect(console, login, &theirs, &address, &password);
        match stop.run_until_cancelled(connecting).await {
            Some(Ok(())) => say(format_args!("messenger: {login} has connected {address}"))?,
            // The server is of use all the same.
            Some(Err(error)) => say(format_args!("messenger: {login} could not connect {address}: {error:#}"))?,
            None => {}
        }
    }
    tokio::select! {
        () = stop.cancelled() => {}
        ended = server.ended() => {
            ended?;
            bail!("the chat server has ended");
        }
    }
    if let Some(colleague) = colleague {
        colleague.await??;
    }
    Ok(server.kill().await?)
}

/// Somebody of the console connects an account, and wants to hear of tickets in it.
async fn connect(console: &Url, login: &str, theirs: &Secret, address: &str, password: &Secret) -> Result<()> {
    // Chosen already where anything else here has a client.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = Client::builder().no_proxy().timeout(Duration::from_secs(20)).build()?;
    let at = |path: &str| console.join(path);
    let body = json!({ "login": login, "password": theirs.reveal() });
    let signed_in = async {
        loop {
            match http.post(at("/api/console/sign-in")?).json(&body).send().await {
                Ok(answer) => return answer.error_for_status().context("sign-in"),
                Err(error) if error.is_connect() => tokio::time::sleep(GLANCE).await,
                Err(error) => return Err(error.into()),
            }
        }
    };
    let signed_in = tokio::time::timeout(COMES, signed_in).await.context("the console does not come")??;
    let cookie = signed_in.headers().get(header::SET_COOKIE).context("no cookie")?.to_str()?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let session = http.get(at("/api/console/session")?).header(header::COOKIE, &cookie).send().await?;
    let session: Value = session.error_for_status()?.json().await?;
    let csrf = session["csrf"].as_str().context("no token")?;
    let give = async |command: &str, request: Value| {
        let path = at(&format!("/api/console/call/{command}"))?;
        let call = http.post(path).header(header::COOKIE, &cookie).header("x-pult-csrf", csrf).json(&request);
        let answer = call.send().await?.error_for_status().with_context(|| command.to_owned())?;
        Ok::<Value, anyhow::Error>(answer.json().await?)
    };
    give("messages.connect", json!({ "address": address, "password": password.reveal() })).await?;
    let mut wishes = give("notices.preferences", json!({})).await?;
    wishes["messenger"] = address.into();
    if wishes["rules"].as_array().is_none_or(Vec::is_empty) {
        wishes["rules"] = json!([{
            "class": "ticket", "least": "info", "toast": true, "sound": true, "messenger": true, "urgent": false
        }]);
    }
    give("notices.set_preferences", wishes).await?;
    Ok(())
}

//! `check`: says whether what is set up can work, step by step.
//!
//! Deliberately not here: mending anything.

use std::sync::Arc;

use pult_engine::{
    clock::Clock,
    config::Exposure,
    registry::Registry,
    secrets::{FromSecrets, SecretStore, expected},
};
use pult_integrations::Doorway;
use pult_store::{FILE, backup};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Here,
    exit::Failure,
    reach::Reach,
    terminal::{print, print_json},
    verbs,
};
use crate::assembly::Site;

/// What to look at.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Only this integration
    integration: Option<String>,
    /// The steps as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Light {
    Good,
    Amber,
    Bad,
}

#[derive(Debug, Serialize)]
struct Step {
    part: String,
    step: String,
    light: Light,
    detail: String,
}

#[derive(Default)]
struct Report(Vec<Step>);

impl Report {
    fn add(&mut self, part: &str, step: &str, light: Light, detail: impl Into<String>) {
        self.0.push(Step { part: part.to_owned(), step: step.to_owned(), light, detail: detail.into() });
    }
}

pub(super) async fn run(here: Here<'_>, options: Options) -> Result<(), Failure> {
    let site = here.site()?;
    let names = pult_integrations::names();
    if let Some(name) = options.integration.as_deref().filter(|n| !names.contains(n)) {
        return Err(Failure::usage(format!("there is no integration {name}; there are {}", names.join(", "))));
    }
    let mut report = Report::default();
    let secrets = here.secrets(&site.data_dir).await?;
    let mut running = Reach::running(&site).await?;
    if options.integration.is_none() {
        let found = if site.config_path.exists() { "read and in order" } else { "no file: the defaults hold" };
        report.add("settings", "file", Light::Good, format!("{}: {found}", site.config_path.display()));
        look_at_data(&mut report, &site, running.is_some());
        look_at_listeners(&mut report, &site, &secrets);
    }
    look_at_secrets(&mut report, &site, &secrets, running.as_mut(), options.integration.as_deref()).await?;
    for name in names.iter().filter(|n| options.integration.as_deref().is_none_or(|only| only == **n)) {
        let asked = options.integration.is_some();
        look_at_integration(&mut report, &site, &secrets, running.as_mut(), name, asked).await?;
    }
    let bad = report.0.iter().filter(|s| s.light == Light::Bad).count();
    if options.json {
        print_json(&report.0)?;
    } else {
        for Step { part, step, light, detail } in &report.0 {
            let word = match light {
                Light::Good => "good ",
                Light::Amber => "AMBER",
                Light::Bad => "BAD  ",
            };
            print(format!("{word}  {:<32} {detail}", format!("{part}: {step}")));
        }
    }
    if bad == 0 { Ok(()) } else { Err(Failure::failed(format!("{bad} of {} steps are bad", report.0.len()))) }
}

fn look_at_data(report: &mut Report, site: &Site, runs: bool) {
    let part = "data";
    report.add(part, "engine", Light::Good, if runs { "running" } else { "not running" });
    match std::fs::metadata(&site.data_dir) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let detail = format!("{} will be made at the first start", site.data_dir.display());
            report.add(part, "folder", Light::Good, detail);
            return;
        }
        Err(error) => return report.add(part, "folder", Light::Bad, format!("{}: {error}", site.data_dir.display())),
        Ok(folder) => match others_may_look(&folder) {
            true => {
                let detail = format!("{} can be read by other accounts: chmod 700 it", site.data_dir.display());
                report.add(part, "folder", Light::Amber, detail);
            }
            false => report.add(part, "folder", Light::Good, site.data_dir.display().to_string()),
        },
    }
    match std::fs::metadata(site.data_dir.join(FILE)) {
        Ok(file) => report.add(part, "database", Light::Good, format!("{} KiB", file.len() / 1024)),
        Err(_) => return report.add(part, "database", Light::Good, "will be made at the first start"),
    }
    let backups = site.config.storage.backup.dir(&site.data_dir);
    match backup::newest(&backups) {
        Some(newest) => report.add(part, "backup", Light::Good, newest.display().to_string()),
        None => report.add(part, "backup", Light::Amber, format!("none in {}", backups.display())),
    }
}

#[cfg(unix)]
fn others_may_look(folder: &std::fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&folder.permissions()) & 0o077 != 0
}

#[cfg(not(unix))]
fn others_may_look(_: &std::fs::Metadata) -> bool {
    false
}

fn look_at_listeners(report: &mut Report, site: &Site, secrets: &SecretStore) {
    let (console, hooks) = (&site.config.console, &site.config.hooks);
    for (step, bind, exposure) in
        [("console", console.bind, console.exposure()), ("hooks", hooks.bind, hooks.exposure())]
    {
        let (light, words) = match exposure {
            Exposure::Tls => (Light::Good, "TLS"),
            Exposure::Loopback => (Light::Good, "this machine only"),
            Exposure::Proxied => (Light::Good, "plain, to the trusted proxies only"),
            Exposure::Private => (Light::Amber, "plain HTTP on a private network: keys can be read on the way"),
            Exposure::Public => (Light::Bad, "plain HTTP to everybody"),
        };
        report.add("listeners", step, light, format!("{bind}: {words}"));
    }
    let secrets = Arc::new(FromSecrets::new(secrets.clone()));
    for integration in Registry::new(&site.config, secrets, Clock::system()).all() {
        let Some(Doorway::Own { bind, .. }) = integration.webhook().map(|webhook| webhook.doorway()) else { continue };
        let (light, words) = match bind.ip().to_canonical().is_loopback() {
            true => (Light::Good, "this machine only"),
            false => (Light::Amber, "plain HTTP: the key and what is sent can be read on the way"),
        };
        report.add("listeners", integration.name(), light, format!("{bind}: {words}"));
    }
}

async fn look_at_secrets(
    report: &mut Report,
    site: &Site,
    secrets: &SecretStore,
    running: Option<&mut Reach>,
    only: Option<&str>,
) -> Result<(), Failure> {
    let asked = expected(&site.config);
    let entries: Vec<Value> = match running {
        Some(engine) => engine.call(verbs::SECRETS, json!({})).await?,
        None => {
            let names: Vec<_> = asked.iter().map(|e| e.name.clone()).collect();
            let listed = secrets.blocking(move |s| s.list(&names)).await?;
            listed.iter().map(serde_json::to_value).collect::<Result<_, _>>()?
        }
    };
    // Keys of our own are made when they are needed.
    let needed = asked.iter().filter(|e| e.in_use && !e.section.is_empty());
    for one in needed.filter(|e| only.is_none_or(|name| e.section == format!("integrations.{name}"))) {
        let entry = entries.iter().find(|e| e["name"] == one.name.as_str());
        match entry.and_then(|e| e["source"].as_str()) {
            Some(source) => report.add("secrets", one.name.as_str(), Light::Good, format!("set ({source})")),
            None => {
                let detail =
                    format!("not set: {}", site.place.command(&site.config_path, &format!("secret set {}", one.name)));
                report.add("secrets", one.name.as_str(), Light::Bad, detail);
            }
        }
    }
    Ok(())
}

async fn look_at_integration(
    report: &mut Report,
    site: &Site,
    secrets: &SecretStore,
    running: Option<&mut Reach>,
    name: &str,
    asked: bool,
) -> Result<(), Failure> {
    let settings = serde_json::to_value(&site.config)?;
    if settings["integrations"][name]["enabled"] != true {
        if asked {
            report.add(name, "enabled", Light::Bad, format!("switched off: set integrations.{name}.enabled"));
        }
        return Ok(());
    }
    let secrets = Arc::new(FromSecrets::new(secrets.clone()));
    let here = Registry::new(&site.config, secrets, Clock::system()).get(name);
    let steps: Vec<Value> = match (here, running) {
        (None, _) => {
            report.add(name, "settings", Light::Bad, format!("incomplete: see [integrations.{name}]"));
            return Ok(());
        }
        // What the engine finds counts: it may see other secrets and another network.
        (Some(_), Some(engine)) => {
            let mut answer: Value = engine.call("settings.check", json!({ "integration": name })).await?;
            serde_json::from_value(answer["steps"].take())?
        }
        (Some(integration), None) => {
            integration.check().await.iter().map(serde_json::to_value).collect::<Result<_, _>>()?
        }
    };
    for step in steps {
        let text = |name: &str| step[name].as_str().unwrap_or_default().to_owned();
        let light = if step["ok"] == true { Light::Good } else { Light::Bad };
        report.add(name, &text("step"), light, text("detail"));
    }
    Ok(())
}

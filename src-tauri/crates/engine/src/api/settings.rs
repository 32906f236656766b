//! Commands of the settings: values, connections with their secrets and checks, backups.
//!
//! Deliberately not here: what settings mean (their section) and where secrets are kept (`secrets`).

pub mod certificates;
pub mod transfer;

use std::time::Duration;

use pult_domain::Instant;
use pult_integrations::{CheckStep, Completeness, Doorway, StreamOrder};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{
    Engine,
    auth::Actor,
    config::{Config, ConfigError, Exposure, Field},
    decide,
    error::{ApiError, ErrorCode},
    secrets::{Expected, Secret, SecretEntry, SecretError, SecretName, expected},
    troubles::{self, Own},
    upkeep,
};

/// The most one check may take.
const CHECK: Duration = Duration::from_secs(30);

/// All settings.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Settings {
    /// The values in force, by dotted path.
    #[ts(type = "Record<string, unknown>")]
    pub values: serde_json::Map<String, serde_json::Value>,
    /// What each is, in the file's order.
    pub fields: Vec<Field>,
    /// The file they are kept in.
    pub file: String,
    /// Changed settings that take effect at the next start.
    pub after_restart: Vec<String>,
}

/// Changes some settings; all of them or none.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct WriteRequest {
    /// New values by dotted path; `null` puts a setting back to its default.
    #[ts(type = "Record<string, unknown>")]
    pub changes: serde_json::Map<String, serde_json::Value>,
}

/// All connections.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Connections {
    /// Every integration, switched on or not.
    pub connections: Vec<Connection>,
    /// How the listener of hooks is protected.
    #[ts(type = "\"tls\" | \"loopback\" | \"proxied\" | \"private\" | \"public\"")]
    pub exposure: Exposure,
}

/// One connection as its card in Settings shows it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Connection {
    /// The integration.
    pub name: String,
    /// Whether it is switched on and complete enough to work.
    pub active: bool,
    /// The section of its settings.
    pub section: String,
    /// Addresses for the other side to call.
    pub hooks: Vec<HookAddress>,
    /// The secrets it needs.
    pub secrets: Vec<NeededSecret>,
    /// Whether it can be known that everything it has to tell has come; absent while it is switched off.
    pub completeness: Option<Completeness>,
}

/// An address for the other side to call.
#[derive(Debug, Clone, Serialize, TS)]
pub struct HookAddress {
    /// The method.
    pub method: String,
    /// The whole address, `{…}` where the caller fills something in.
    pub url: String,
    /// What it is for, in English; the console has its own words for the route's name.
    pub summary: String,
    /// The route's name.
    pub route: String,
}

/// A secret and whether it is there.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NeededSecret {
    /// What it is.
    pub expected: Expected,
    /// Where it is.
    pub entry: SecretEntry,
}

/// Tries one connection.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CheckRequest {
    /// Which.
    pub integration: String,
}

/// What a check found.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CheckReport {
    /// What was tried, in order.
    #[ts(
        type = "Array<{ step: string, ok: boolean, detail: string, choices?: Array<{ value: number, name: string }>, certificate?: { node: string, subject: string, issuer: string, names: Array<string>, not_before: number | null, not_after: number | null, valid: boolean, named: boolean, sha256: string, accepted: Array<string>, problem: 'untrusted' | 'changed' | 'expired' | 'other_name' | null } }>"
    )]
    pub steps: Vec<CheckStep>,
    /// How long it took, milliseconds.
    #[ts(type = "number")]
    pub took_ms: u64,
}

/// Sets a secret.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SetSecret {
    /// Its name.
    pub name: String,
    /// Its value.
    #[ts(type = "string")]
    pub value: Secret,
}

/// Makes a random secret for the other side to use and shows it once.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MakeSecret {
    /// Its name.
    pub name: String,
}

/// A secret made just now.
#[derive(Clone, Serialize, TS)]
pub struct MadeSecret {
    /// Its value, shown this once.
    pub value: String,
    /// The connections as they are with it.
    pub connections: Connections,
}

/// Removes a secret.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RemoveSecret {
    /// Its name.
    pub name: String,
}

/// The backups on the disk.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Backups {
    /// Their folder.
    pub folder: String,
    /// Newest first.
    pub backups: Vec<BackupRow>,
    /// The command that puts one back.
    pub restore: String,
}

/// A backup.
#[derive(Debug, Clone, Serialize, TS)]
pub struct BackupRow {
    /// Its folder's name, which is when it was made.
    pub name: String,
    /// Its size, bytes.
    #[ts(type = "number")]
    pub bytes: u64,
}

impl From<ConfigError> for ApiError {
    fn from(error: ConfigError) -> Self {
        match error.problems().first() {
            Some(problem) => {
                Self { shape: problem.shape.clone(), ..Self::field(&problem.path, problem.message.clone()) }
            }
            None => {
                tracing::error!(%error, "the settings could not be written");
                Self::new(ErrorCode::Internal, error.to_string())
            }
        }
    }
}

impl From<SecretError> for ApiError {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::BadName => Self::field("name", "no secret has such a name"),
            other => Self::new(ErrorCode::Conflict, other.to_string()),
        }
    }
}

pub(super) async fn read_all(engine: &Engine, _: &Actor, _: Nothing) -> Result<Settings, ApiError> {
    Ok(settings(engine))
}

fn settings(engine: &Engine) -> Settings {
    let (values, fields) = (engine.config().values(), Config::describe());
    let after_restart = engine.waiting_for_restart();
    Settings { values, fields, file: engine.config_file().path().display().to_string(), after_restart }
}

pub(super) async fn write_some(engine: &Engine, actor: &Actor, request: WriteRequest) -> Result<Settings, ApiError> {
    let paths = request.changes.keys().cloned().collect::<Vec<_>>().join(",");
    write(engine, request.changes).await?;
    engine.note(actor, "settings.write", &paths).await?;
    Ok(settings(engine))
}

/// Writes values into the file and goes by them from now on.
async fn write(engine: &Engine, changes: serde_json::Map<String, serde_json::Value>) -> Result<(), ApiError> {
    let file = engine.config_file().clone();
    let config = tokio::task::spawn_blocking(move || {
        let changes: Vec<(&str, serde_json::Value)> = changes.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
        file.set(&changes)
    })
    .await
    .map_err(|_| ApiError::new(ErrorCode::Internal, "the settings were not written"))??;
    engine.reconfigure(config);
    let (now, terms) = (engine.clock().now(), engine.registry().terms());
    let decided = engine.store().write(move |c| troubles::tidy(c, now, &terms)).await?;
    engine.tell(&[decided]);
    Ok(())
}

pub(super) async fn connections(engine: &Engine, _: &Actor, _: Nothing) -> Result<Connections, ApiError> {
    let config = engine.config();
    let needed = expected(&config);
    let names: Vec<SecretName> = needed.iter().map(|e| e.name.clone()).collect();
    let entries = engine.secrets().blocking(move |s| s.list(&names)).await?;
    let base = engine.hook_base();
    let connections = pult_integrations::names()
        .iter()
        .map(|name| {
            let section = format!("integrations.{name}");
            let integration = engine.registry().get(name);
            let hooks = integration
                .as_ref()
                .and_then(|i| i.webhook())
                .map(|w| {
                    let base = match w.doorway() {
                        Doorway::Shared => base.clone(),
                        Doorway::Own { bind, .. } => format!("http://{bind}"),
                    };
                    w.routes()
                        .iter()
                        .map(|route| HookAddress {
                            method: route.method.to_owned(),
                            url: format!("{base}{}", route.path),
                            summary: route.summary.to_owned(),
                            route: route.name.to_owned(),
                        })
                        .collect()
                })
                .unwrap_or_default();
            let secrets = needed
                .iter()
                .filter(|e| e.section == section)
                .filter_map(|e| {
                    let entry = entries.iter().find(|entry| entry.name == e.name)?.clone();
                    Some(NeededSecret { expected: e.clone(), entry })
                })
                .collect();
            let completeness = integration.as_ref().map(|i| i.completeness());
            Connection {
                name: (*name).to_owned(),
                active: integration.is_some(),
                section,
                hooks,
                secrets,
                completeness,
            }
        })
        .collect();
    Ok(Connections { connections, exposure: config.hooks.exposure() })
}

pub(super) async fn check(engine: &Engine, actor: &Actor, request: CheckRequest) -> Result<CheckReport, ApiError> {
    let Some(integration) = engine.registry().get(&request.integration) else {
        return Err(ApiError::new(ErrorCode::Conflict, "it is switched off, or its settings are not complete"));
    };
    let began = std::time::Instant::now();
    let steps = tokio::time::timeout(CHECK, integration.check())
        .await
        .unwrap_or_else(|_| vec![CheckStep::bad("answer", format!("no answer within {} s", CHECK.as_secs()))]);
    if steps.iter().all(|s| s.ok) {
        // What a person had to mend works: what waited for it goes on.
        let (name, now, terms) = (request.integration.clone(), engine.clock().now(), engine.registry().terms());
        let decided = engine.store().write(move |c| troubles::checked(c, &name, now, &terms)).await?;
        engine.tell(&[decided]);
        engine.mended();
        if integration.verifier().is_some() {
            engine.register_works().await?;
        }
    }
    engine.note(actor, "settings.check", &request.integration).await?;
    Ok(CheckReport { steps, took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX) })
}

fn name_of(engine: &Engine, name: &str) -> Result<SecretName, ApiError> {
    let name: SecretName = name.parse()?;
    // Only secrets that something asks for: anything else would be a place to lose them in.
    match expected(&engine.config()).into_iter().any(|e| e.name == name) {
        true => Ok(name),
        false => Err(ApiError::field("name", "nothing asks for a secret of this name")),
    }
}

pub(super) async fn set_secret(engine: &Engine, actor: &Actor, request: SetSecret) -> Result<Connections, ApiError> {
    let name = name_of(engine, &request.name)?;
    keep(engine, actor, "settings.set_secret", name, request.value).await?;
    connections(engine, actor, Nothing {}).await
}

pub(super) async fn make_secret(engine: &Engine, actor: &Actor, request: MakeSecret) -> Result<MadeSecret, ApiError> {
    let name = name_of(engine, &request.name)?;
    let value = data_encoding::BASE64URL_NOPAD.encode(&rand::random::<[u8; 24]>());
    keep(engine, actor, "settings.make_secret", name, Secret::new(value.clone())?).await?;
    Ok(MadeSecret { value, connections: connections(engine, actor, Nothing {}).await? })
}

async fn keep(
    engine: &Engine,
    actor: &Actor,
    action: &'static str,
    name: SecretName,
    value: Secret,
) -> Result<(), ApiError> {
    let object = name.as_str().to_owned();
    engine.secrets().blocking(move |s| s.set(&name, &value)).await?;
    clear_trouble(engine, &object).await?;
    engine.note(actor, action, &object).await
}

/// A new secret deserves a new try by the integration whose section asks for it; keys of our own belong to none.
async fn clear_trouble(engine: &Engine, secret: &str) -> Result<(), ApiError> {
    let needed = expected(&engine.config()).into_iter().find(|e| e.name.as_str() == secret);
    let Some(integration) = needed.and_then(|e| e.section.strip_prefix("integrations.")) else { return Ok(()) };
    let (now, terms) = (engine.clock().now(), engine.registry().terms());
    let decided = engine.store().write(move |c| troubles::mended(c, integration, now, &terms)).await?;
    engine.tell(&[decided]);
    engine.mended();
    // A session that was refused waits for somebody to ask for another try: this is it. Where none waits there is nothing to try.
    let _ = engine.sessions().order(integration, StreamOrder::Connect);
    Ok(())
}

pub(super) async fn remove_secret(
    engine: &Engine,
    actor: &Actor,
    request: RemoveSecret,
) -> Result<Connections, ApiError> {
    let name = name_of(engine, &request.name)?;
    let object = name.as_str().to_owned();
    engine.secrets().blocking(move |s| s.remove(&name)).await?;
    engine.note(actor, "settings.remove_secret", &object).await?;
    connections(engine, actor, Nothing {}).await
}

pub(super) async fn backups(engine: &Engine, _: &Actor, _: Nothing) -> Result<Backups, ApiError> {
    let folder = upkeep::backup_folder(&engine.config(), engine.store());
    let (listed, file) = (folder.clone(), engine.config_file().clone());
    let look = move || (pult_store::backup::list(&listed), upkeep::restore_command(&file, listed));
    let (made, restore) = tokio::task::spawn_blocking(look).await.unwrap_or_default();
    Ok(Backups {
        restore,
        folder: folder.display().to_string(),
        backups: made
            .into_iter()
            .map(|m| BackupRow {
                name: m.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
                bytes: m.bytes,
            })
            .collect(),
    })
}

pub(super) async fn back_up(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Backups, ApiError> {
    let now: Instant = engine.clock().now();
    let made = upkeep::back_up(&engine.config(), engine.store(), now, engine.stop_signal()).await?;
    let terms = engine.registry().terms();
    let mended = [troubles::mended_own(Own::Backup)];
    engine.tell(&[engine.store().write(move |c| decide::notices(c, &mended, now, &terms)).await?]);
    engine.note(actor, "backup.make", &made.display().to_string()).await?;
    backups(engine, actor, Nothing {}).await
}

//! Everything a command asks of an engine, running or at rest: the console's commands, and a few verbs of the command line's own.
//!
//! Deliberately not here: how the asking travels (`reach`, `control`).

use std::path::PathBuf;

use pult_domain::Observed;
use pult_engine::{
    Engine, api,
    auth::Actor,
    error::{ApiError, ErrorCode},
    secrets::{SecretEntry, expected},
    upkeep,
};
use pult_store::{backup, people};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{forget, import, person::Person};

/// Finds an account by its login.
pub(super) const FIND_PERSON: &str = "cli.find_person";
/// Names of secrets, and whether each is set.
pub(super) const SECRETS: &str = "cli.secrets";
/// Makes a backup in a folder of choice.
pub(super) const BACKUP_TO: &str = "cli.backup_to";
/// Decides facts against the present state and undoes it all.
pub(super) const REHEARSE: &str = "cli.rehearse";
/// Forgets a person.
pub(super) const ERASE: &str = "cli.erase";

/// Imports a file.
pub(super) const IMPORT: &str = "cli.import";

/// Hears how far something is.
pub(super) type Tell<'a> = &'a (dyn Fn(Value) + Send + Sync);

/// Asks about an account.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FindPerson {
    pub(super) login: String,
}

/// Asks for a backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BackupTo {
    pub(super) folder: PathBuf,
}

/// Asks what facts would lead to.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rehearse {
    pub(super) integration: String,
    pub(super) facts: Vec<Observed>,
}

/// Asks to forget a person.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Erase {
    pub(super) person: Person,
    /// Whether older backups go as well.
    pub(super) backups: bool,
    /// Whether the engine serves others at the same time.
    pub(super) beside_others: bool,
}

/// Gives a command as whoever may use the data folder.
pub(super) async fn call(engine: &Engine, command: &str, request: Value, tell: Tell<'_>) -> Result<Value, ApiError> {
    match command {
        FIND_PERSON => {
            let FindPerson { login } = read(request)?;
            let found = engine.store().read(move |c| people::find(c, login.trim())).await?;
            write(&found.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "nobody has this login"))?)
        }
        SECRETS => write(&secrets(engine).await?),
        BACKUP_TO => back_up(engine, read(request)?).await,
        REHEARSE => {
            let Rehearse { integration, facts } = read(request)?;
            write(&engine.rehearse_facts(&integration, facts).await?)
        }
        ERASE => write(&forget::forget(engine, read(request)?, tell).await?),
        IMPORT => import::take_in(engine, read(request)?, tell).await,
        _ => api::dispatch(engine, &Actor::command_line(), command, request).await,
    }
}

async fn secrets(engine: &Engine) -> Result<Vec<SecretEntry>, ApiError> {
    let names: Vec<_> = expected(&engine.config()).into_iter().map(|e| e.name).collect();
    Ok(engine.secrets().blocking(move |s| s.list(&names)).await?)
}

async fn back_up(engine: &Engine, request: BackupTo) -> Result<Value, ApiError> {
    let (data, now) = (engine.data_folder(), engine.clock().now());
    let stopped = upkeep::given_up(engine.stop_signal());
    let made = tokio::task::spawn_blocking(move || backup::make(&data, &request.folder, now, stopped));
    let made = made.await.map_err(|_| ApiError::new(ErrorCode::Internal, "the backup was cut short"))??;
    let path = made.display().to_string();
    let object = path.clone();
    engine.store().write(move |c| Actor::command_line().note(c, "backup.make", &object, json!({}), now)).await?;
    Ok(json!({ "path": path }))
}

fn read<T: DeserializeOwned>(request: Value) -> Result<T, ApiError> {
    serde_json::from_value(request).map_err(|e| ApiError::field("request", e.to_string()))
}

fn write(answer: &impl Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(answer).map_err(|e| ApiError::new(ErrorCode::Internal, e.to_string()))
}

//! Everything a command asks of an engine, running or at rest: the console's commands, and a few verbs of the command line's own.
//!
//! Deliberately not here: how the asking travels (`reach`, `control`).

use pult_engine::{
    Engine, api,
    auth::Actor,
    error::{ApiError, ErrorCode},
    secrets::{SecretEntry, expected},
};
use pult_store::people;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Finds an account by its login.
pub(super) const FIND_PERSON: &str = "cli.find_person";
/// Names of secrets, and whether each is set.
pub(super) const SECRETS: &str = "cli.secrets";

/// Asks about an account.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FindPerson {
    pub(super) login: String,
}

/// Gives a command as whoever may use the data folder.
pub(super) async fn call(engine: &Engine, command: &str, request: Value) -> Result<Value, ApiError> {
    match command {
        FIND_PERSON => {
            let FindPerson { login } = read(request)?;
            let found = engine.store().read(move |c| people::find(c, login.trim())).await?;
            write(&found.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "nobody has this login"))?)
        }
        SECRETS => write(&secrets(engine).await?),
        _ => api::dispatch(engine, &Actor::command_line(), command, request).await,
    }
}

async fn secrets(engine: &Engine) -> Result<Vec<SecretEntry>, ApiError> {
    let names: Vec<_> = expected(&engine.config()).into_iter().map(|e| e.name).collect();
    Ok(engine.secrets().blocking(move |s| s.list(&names)).await?)
}

fn read<T: DeserializeOwned>(request: Value) -> Result<T, ApiError> {
    serde_json::from_value(request).map_err(|e| ApiError::field("request", e.to_string()))
}

fn write(answer: &impl Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(answer).map_err(|e| ApiError::new(ErrorCode::Internal, e.to_string()))
}

//! Commands that carry settings from one installation to another: a file to take along, and what such a file would change here.
//!
//! Reading a file changes nothing: what a person takes of it is saved as any other change is. Deliberately not here: secrets, which are
//! named in the file but never written into it.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::super::{File, Nothing};
use crate::{
    Engine,
    auth::Actor,
    config::{Config, Problem},
    error::ApiError,
    secrets::{Expected, expected},
};

/// The longest text read, bytes.
const LONGEST: usize = 1 << 20;

/// A file with settings.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SettingsText {
    /// Its text, TOML, at most 1 MiB.
    pub text: String,
}

/// What a file would change here.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SettingsOffer {
    /// The values that are not as they are here, by dotted path.
    #[ts(type = "Record<string, unknown>")]
    pub values: serde_json::Map<String, serde_json::Value>,
    /// What is wrong with it: then nothing of it is offered.
    pub problems: Vec<Problem>,
    /// Names of secrets that its settings need and this installation does not have.
    pub secrets: Vec<String>,
}

pub(in crate::api) async fn export(engine: &Engine, actor: &Actor, _: Nothing) -> Result<File, ApiError> {
    let (config, now) = (engine.config(), engine.clock().now());
    let mut text = format!("# Pult {}, {:.0}\n", env!("CARGO_PKG_VERSION"), now);
    text.push_str(
        "# What is not at its default. Secrets are never written into a file: they are set anew where it is read.\n",
    );
    for secret in needed(&config) {
        // Writing into a text cannot fail.
        let _ = writeln!(text, "#   pultd secret set {}", secret.name.as_str());
    }
    text.push('\n');
    text.push_str(&config.differences());
    engine.note(actor, "settings.export", "").await?;
    Ok(File::of("pult-settings.toml".to_owned(), "application/toml", text.as_bytes()))
}

pub(in crate::api) async fn compare(
    engine: &Engine,
    _: &Actor,
    request: SettingsText,
) -> Result<SettingsOffer, ApiError> {
    if request.text.len() > LONGEST {
        return Err(ApiError::field("text", "at most 1 MiB: this is no file of settings"));
    }
    let there = match Config::parse(&request.text) {
        Ok(there) => there,
        Err(problems) => {
            return Ok(SettingsOffer { values: serde_json::Map::default(), problems, secrets: vec![] });
        }
    };
    let needed: Vec<_> = needed(&there).map(|secret| secret.name).collect();
    let kept = engine.secrets().blocking(move |secrets| secrets.list(&needed)).await?;
    let secrets = kept.into_iter().filter(|entry| !entry.set).map(|entry| entry.name.as_str().to_owned()).collect();
    Ok(SettingsOffer { values: engine.config().other_values(&there), problems: vec![], secrets })
}

/// The secrets other systems gave: keys of our own are made where they are needed.
fn needed(config: &Config) -> impl Iterator<Item = Expected> {
    expected(config).into_iter().filter(|secret| secret.in_use && !secret.section.is_empty())
}

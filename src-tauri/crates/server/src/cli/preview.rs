//! `preview`: what a request would be taken for and lead to. Nothing is written.
//!
//! The request is judged and understood here by the integration itself; what the rules would order is rehearsed by the engine that
//! has the data, or by one at rest on an empty database. Deliberately not here: reading the request's file (`request`).

use std::{ffi::OsString, path::PathBuf, sync::Arc};

use pult_domain::Instant;
use pult_engine::{
    FromSecrets,
    clock::Clock,
    config::{Config, Kind, Place},
    registry::Registry,
    secrets::SecretStore,
};
use pult_integrations::{Admission, HttpAnswer, Integration, Unverified, Webhook};
use serde_json::{Value, json};

use super::{exit::Failure, reach::Reach, request, terminal::print_json, verbs};
use crate::assembly::Site;

/// What to look at.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The integration the request is for
    integration: String,
    /// The request's body, or a sample: a JSON object with `sample` and `delivery`
    file: PathBuf,
    /// A file of headers, one `Name: value` a line
    #[arg(long, value_name = "FILE")]
    headers: Option<PathBuf>,
    /// The address called, with its query; not needed where the integration has only one
    #[arg(long)]
    path: Option<String>,
    /// The method
    #[arg(long, default_value = "POST")]
    method: String,
    /// When it came; without it the sample's time, else now
    #[arg(long, value_name = "INSTANT")]
    now: Option<Instant>,
    /// A file with the secret it is judged by; without it the sample's, else what the settings have
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

pub(super) async fn run(config: Option<PathBuf>, options: Options) -> Result<(), Failure> {
    let given = request::read(&options.file, options.headers.as_deref())?;
    if given.is_outgoing {
        return print_json(&json!({ "verdict": "outgoing", "facts": [], "effects": [] }));
    }
    let now = options.now.or(given.now).unwrap_or_else(Instant::now);
    let secret = match &options.secret_file {
        Some(path) => Some(request::text(path)?.trim_end_matches(['\r', '\n']).to_owned()),
        None => given.secret.clone(),
    };
    let scratch = tempfile::tempdir()?;
    let site = match &config {
        Some(path) => Site::find(Some(path), Place::Server)?,
        None => Site {
            config: every_integration()?,
            config_path: scratch.path().join("pult.toml"),
            data_dir: scratch.path().to_owned(),
        },
    };
    let secrets = match (secret, &config) {
        // It answers for every name, so that it need not be known which one the request is judged by.
        (Some(secret), _) => SecretStore::with_file(scratch.path(), move |name| {
            name.starts_with("PULT_SECRET_").then(|| OsString::from(&secret))
        }),
        (None, Some(_)) => site.file_secrets(),
        (None, None) => SecretStore::with_file(scratch.path(), |_| None),
    };
    let registry = Registry::new(&site.config, Arc::new(FromSecrets(secrets.clone())), Clock::hand(now));
    let integration = registry
        .get(&options.integration)
        .ok_or_else(|| Failure::usage(format!("the integration {} is switched off or unknown", options.integration)))?;
    let webhook = integration
        .webhook()
        .ok_or_else(|| Failure::usage(format!("nothing calls {}: it takes no requests", integration.name())))?;
    let request = given.request(webhook.routes(), &options.method, options.path.as_deref())?;
    let mut shown = judge(integration.as_ref(), webhook, request, now);
    let facts: Vec<pult_domain::Observed> = serde_json::from_value(shown["facts"].clone())?;
    if !facts.is_empty() {
        let mut reach = match config {
            Some(path) => Reach::find(Some(&path)).await?,
            None => Reach::Own(site.at_rest(secrets, Clock::hand(now)).await?),
        };
        let request = verbs::Rehearse { integration: options.integration, facts };
        let steps: Value = reach.call(verbs::REHEARSE, request).await?;
        reach.close().await;
        shown["effects"] = effects(&steps);
    }
    print_json(&shown)
}

/// What the integration says of a request.
fn judge(integration: &dyn Integration, webhook: &dyn Webhook, request: Unverified, now: Instant) -> Value {
    let route = request.route;
    let verified = match request.accept(webhook, now) {
        Ok(verified) => verified,
        Err(rejection) => {
            let answer = webhook.turn_away(&route, &rejection);
            return json!({
                "verdict": "rejected", "reason": rejection.to_string(), "answer": shown(&answer), "facts": [], "effects": [],
            });
        }
    };
    let proof = json!(verified.verdict());
    if let Admission::Glance(answer) = webhook.admit(&verified) {
        return json!({
            "verdict": "accepted", "proof": proof, "recorded": false, "answer": shown(&answer), "facts": [], "effects": [],
        });
    }
    match integration.parse(&webhook.redact(&verified), now) {
        Err(error) => json!({
            "verdict": "not_understood", "proof": proof, "reason": error.to_string(), "facts": [], "effects": [],
        }),
        Ok(mut parsed) => {
            // A sender without ids of its own is told apart by the record, which this will never be.
            for (n, observed) in parsed.facts.iter_mut().enumerate().filter(|(_, o)| o.key.0.is_empty()) {
                observed.key.0 = format!("preview/{n}");
            }
            let mut shown = json!({ "verdict": "accepted", "proof": proof, "facts": parsed.facts, "effects": [] });
            if !parsed.rejected.is_empty() {
                shown["rejected_rows"] = json!(parsed.rejected);
            }
            shown
        }
    }
}

fn shown(answer: &HttpAnswer) -> Value {
    match answer {
        HttpAnswer::Json { status, body } => json!({ "status": status, "body": body }),
        HttpAnswer::OpenCard { .. } | HttpAnswer::OpenNumber { .. } => json!({ "status": 303, "page": "call card" }),
        HttpAnswer::CardNotRecorded { .. } => json!({ "status": 503, "page": "call card" }),
    }
}

/// The calls that the steps would order, in order.
fn effects(steps: &Value) -> Value {
    let ordered =
        steps.as_array().into_iter().flatten().flat_map(|step| step["effects"].as_array().into_iter().flatten());
    ordered
        .map(|e| json!({ "kind": e["kind"], "integration": e["integration"], "key": e["key"], "state": e["state"] }))
        .collect()
}

/// Settings with every integration switched on, each with the values its declaration shows as an example.
fn every_integration() -> Result<Config, Failure> {
    let mut text = String::new();
    for field in Config::describe().iter().filter(|f| f.path.starts_with("integrations.")) {
        let value = match (field.path.rsplit('.').next(), field.kind, field.sample) {
            (Some("enabled"), ..) => "true",
            (_, Kind::Names, _) => "[\"sample\"]",
            // A file of the example is not there.
            (_, Kind::Path, _) | (.., None) => continue,
            (.., Some(sample)) => sample,
        };
        text.push_str(&format!("{} = {value}\n", field.path));
    }
    Config::parse(&text).map_err(|problems| {
        let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failure::failed(format!("the examples of the settings do not fit together: {}", list.join("; ")))
    })
}

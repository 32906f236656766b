//! `preview`: what a request, a file or an answer would be taken for and lead to. Nothing is written.
//!
//! It is judged and understood here by the integration itself; what the rules would order is rehearsed by the engine that has the
//! data, or by one at rest on an empty database. Deliberately not here: reading the file (`request`) and judging it (`verdict`).

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use http::StatusCode;
use pult_domain::{Effect, Instant};
use pult_engine::{
    clock::Clock,
    config::{Config, Kind},
    registry::Registry,
    secrets::{FromSecrets, SecretStore},
};
use serde_json::{Value, json};

use super::{Here, exit::Failure, reach::Reach, request, terminal::print_json, verbs, verdict};
use crate::assembly::Site;

/// Facts rehearsed at most: one full record of a file. More would hold up the engine that is asked.
const REHEARSED: usize = 500;

/// What the file is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reading {
    /// A request that comes to us.
    Hook,
    /// A file that lies in a watched folder.
    File,
    /// An answer to a method we call.
    Answer(String),
}

impl FromStr for Reading {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match (word, word.split_once(':')) {
            ("hook", _) => Ok(Self::Hook),
            ("file", _) => Ok(Self::File),
            (_, Some(("answer", method))) if !method.is_empty() => Ok(Self::Answer(method.to_owned())),
            _ => Err("this is `hook`, `file`, or `answer:` and the method called".to_owned()),
        }
    }
}

/// What to look at.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The integration it is for
    integration: String,
    /// A request's or an answer's body, a file of the watched folder, or a sample: a JSON object with `sample`
    file: PathBuf,
    /// What FILE is: `hook`, `file` (lying in a watched folder), or `answer:METHOD` (of a method we call, by the vendor's word or
    /// the effect's). Without it a `.csv` is a file, a sample of a call of ours is outgoing, and anything else is a hook
    #[arg(long = "as", value_name = "WHAT")]
    reading: Option<Reading>,
    /// The status of an answer that is not a sample
    #[arg(long, default_value = "200", value_name = "CODE")]
    status: StatusCode,
    /// A file with the effect an answer is for, as Deliveries show it; without it an invented one
    #[arg(long, value_name = "FILE")]
    effect: Option<PathBuf>,
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

pub(super) async fn run(here: Here<'_>, options: Options) -> Result<(), Failure> {
    let given = request::read(&options.file, options.headers.as_deref())?;
    if given.is_outgoing() && !matches!(options.reading, Some(Reading::Answer(_))) {
        return print_json(&json!({ "verdict": "outgoing", "facts": [], "effects": [] }));
    }
    let now = options.now.or(given.now).unwrap_or_else(Instant::now);
    let secret = match &options.secret_file {
        Some(path) => Some(request::text(path)?.trim_end_matches(['\r', '\n']).to_owned()),
        None => given.secret.clone(),
    };
    let scratch = tempfile::tempdir()?;
    let site = match here.config {
        Some(_) => here.site()?,
        None => Site {
            config: every_integration()?,
            config_path: scratch.path().join("pult.toml"),
            data_dir: scratch.path().to_owned(),
            place: here.program.place,
        },
    };
    let secrets = match (secret, here.config) {
        // It answers for every name, so that it need not be known which one the request is judged by.
        (Some(secret), _) => SecretStore::with_file(scratch.path(), move |name| {
            name.starts_with("PULT_SECRET_").then(|| OsString::from(&secret))
        }),
        (None, Some(_)) => here.secrets(&site.data_dir).await?,
        (None, None) => SecretStore::with_file(scratch.path(), |_| None),
    };
    let registry = Registry::new(&site.config, Arc::new(FromSecrets::new(secrets.clone())), Clock::hand(now));
    let integration = registry
        .get(&options.integration)
        .ok_or_else(|| Failure::usage(format!("the integration {} is switched off or unknown", options.integration)))?;
    let file = name_of(&options.file);
    let reading = options
        .reading
        .unwrap_or_else(|| if given.content().is_some() && is_table(&file) { Reading::File } else { Reading::Hook });
    let mut shown = match reading {
        Reading::Answer(method) => {
            let effect: Option<Effect> = match &options.effect {
                Some(path) => Some(serde_json::from_str(&request::text(path)?).map_err(|e| {
                    Failure::usage(format!("{}: not an effect as Deliveries show it: {e}", path.display()))
                })?),
                None => None,
            };
            // The receipt's facts are all there is to show: what they lead to hangs on the effect they belong to.
            let answered = given.answer(options.status)?;
            return print_json(&verdict::answer(integration.as_ref(), &method, effect, answered, now)?);
        }
        Reading::File => {
            let content = given.content().ok_or_else(|| Failure::usage("a sample does not lie in a watched folder"))?;
            verdict::file(integration.as_ref(), &file, content, now)?
        }
        Reading::Hook => {
            let webhook = integration
                .webhook()
                .ok_or_else(|| Failure::usage(format!("nothing calls {}: it takes no requests", integration.name())))?;
            let request = given.request(webhook.routes(), &options.method, options.path.as_deref())?;
            verdict::request(integration.as_ref(), webhook, request, now)
        }
    };
    let mut facts: Vec<pult_domain::Observed> = serde_json::from_value(shown["facts"].clone())?;
    if !facts.is_empty() {
        if facts.len() > REHEARSED {
            facts.truncate(REHEARSED);
            shown["effects_of_first"] = json!(REHEARSED);
        }
        let mut reach = match here.config {
            Some(_) => Reach::find(here).await?,
            None => Reach::Own(site.at_rest(secrets, Clock::hand(now)).await?),
        };
        let request = verbs::Rehearse { integration: options.integration, facts };
        let steps: Value = reach.call(verbs::REHEARSE, request).await?;
        reach.close().await;
        shown["effects"] = effects(&steps);
    }
    print_json(&shown)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_table(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|kind| kind.eq_ignore_ascii_case("csv"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_is_said_in_three_words() {
        let read = |word: &str| word.parse::<Reading>().ok();
        assert_eq!(read("hook"), Some(Reading::Hook));
        assert_eq!(read("file"), Some(Reading::File));
        assert_eq!(read("answer:issue.get"), Some(Reading::Answer("issue.get".to_owned())));
        for wrong in ["answer:", "answer", "poll", ""] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_kind_of_effect_has_an_example_and_a_method_whose_answer_can_be_looked_at() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let nothing = SecretStore::with_file(Path::new("/nonexistent"), |_| None);
        let config = every_integration().unwrap();
        let registry = Registry::new(&config, Arc::new(FromSecrets::new(nothing)), Clock::hand(Instant::UNIX_EPOCH));
        let mut seen = 0;
        for integration in registry.all() {
            let Some(delivery) = integration.delivery() else { continue };
            for kind in delivery.kinds() {
                let example = Effect::example(kind).unwrap_or_else(|| panic!("no example of {kind}"));
                assert_eq!(example.kind(), *kind);
                assert!(delivery.methods().iter().any(|m| m.kind == *kind), "no method for {kind}");
                seen += 1;
            }
        }
        assert!(seen > 0);
    }
}

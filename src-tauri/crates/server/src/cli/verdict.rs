//! What an integration makes of a request, a file or an answer, as the preview prints it.
//!
//! Deliberately not here: where it comes from (`request`) and what the rules would order (`preview`).

use pult_domain::{Effect, EffectKey, Instant};
use pult_integrations::{
    Admission, Asked, CallError, Delivery, HttpAnswer, Integration, Method, RejectedRow, StoredRequest, Unverified,
    Verdict, Webhook, transport::http::Answer,
};
use serde_json::{Value, json};

use super::{exit::Failure, request::Answered};

/// The key of an effect that is only imagined.
const IMAGINED: &str = "preview";

/// What the integration says of a request.
pub(super) fn request(
    integration: &dyn Integration,
    webhook: &dyn Webhook,
    request: Unverified,
    now: Instant,
) -> Value {
    let route = request.route;
    let verified = match request.accept(webhook, now) {
        Ok(verified) => verified,
        Err(rejection) => {
            let answer = webhook.turn_away(&route, &rejection);
            return json!({
                "verdict": "rejected", "reason": rejection.to_string(), "answer": page(&answer), "facts": [], "effects": [],
            });
        }
    };
    let proof = json!(verified.verdict());
    if let Admission::Glance(answer) = webhook.admit(&verified) {
        return json!({
            "verdict": "accepted", "proof": proof, "recorded": false, "answer": page(&answer), "facts": [], "effects": [],
        });
    }
    understood(integration, vec![webhook.redact(&verified)], &proof, now)
}

/// What the integration says of a file, read as if it lay where its files are taken in.
pub(super) fn file(integration: &dyn Integration, name: &str, content: &[u8], now: Instant) -> Result<Value, Failure> {
    let records = integration.of_file(name, content);
    let records = records.ok_or_else(|| Failure::usage(format!("{} takes in no file {name:?}", integration.name())))?;
    Ok(understood(integration, records, &json!(Verdict::Local), now))
}

/// What records mean; one that means nothing says so for all.
fn understood(integration: &dyn Integration, records: Vec<StoredRequest>, proof: &Value, now: Instant) -> Value {
    let (mut facts, mut rejected, mut before) = (vec![], vec![], 0);
    for record in records {
        match integration.parse(&record, now) {
            Err(error) => {
                return json!({
                    "verdict": "not_understood", "proof": proof, "reason": error.to_string(), "facts": [], "effects": [],
                });
            }
            Ok(parsed) => {
                let rows = parsed.facts.len() + parsed.rejected.len();
                // Rows of a file are counted through, whatever record they fall into.
                rejected
                    .extend(parsed.rejected.into_iter().map(|row| RejectedRow { index: before + row.index, ..row }));
                facts.extend(parsed.facts);
                before += rows;
            }
        }
    }
    // A sender without ids of its own is told apart by the record, which this will never be.
    for (n, observed) in facts.iter_mut().enumerate().filter(|(_, o)| o.key.0.is_empty()) {
        observed.key.0 = format!("{IMAGINED}/{n}");
    }
    let mut shown = json!({ "verdict": "accepted", "proof": proof, "facts": facts, "effects": [] });
    if !rejected.is_empty() {
        shown["rejected_rows"] = json!(rejected);
    }
    shown
}

/// What the integration says of an answer to one of the methods it calls.
pub(super) fn answer(
    integration: &dyn Integration,
    word: &str,
    effect: Option<Effect>,
    answered: Answered,
    now: Instant,
) -> Result<Value, Failure> {
    let name = integration.name();
    let delivery = integration.delivery();
    let delivery =
        delivery.ok_or_else(|| Failure::usage(format!("nothing is called at {name}: it gives no answers")))?;
    let method = method(delivery, word).ok_or_else(|| {
        let known: Vec<String> = delivery.methods().iter().map(|m| format!("  answer:{}", m.name)).collect();
        Failure::usage(format!("{name} is not called by {word:?}; there are\n{}", known.join("\n")))
    })?;
    let effect = match effect {
        Some(effect) if delivery.kinds().contains(&effect.kind()) => effect,
        Some(effect) => return Err(Failure::usage(format!("{name} carries out no {}", effect.kind()))),
        None => Effect::example(method.kind).ok_or_else(|| Failure::usage("say with --effect what it answers"))?,
    };
    let asked = Asked { method: method.name, effect: &effect, key: &EffectKey(IMAGINED.to_owned()), at: now };
    let Answered { status, headers, body } = answered;
    Ok(match delivery.understand(&asked, &Answer { status, headers, body }) {
        Ok(facts) => json!({ "verdict": "receipt", "method": method.name, "facts": facts, "effects": [] }),
        Err(error) => failed(method, &error)?,
    })
}

/// The method of a word: the vendor's own, or the kind of effect, which stands for the method that brings its receipt.
fn method(delivery: &dyn Delivery, word: &str) -> Option<&'static Method> {
    let methods = delivery.methods();
    methods.iter().find(|m| m.name.eq_ignore_ascii_case(word)).or_else(|| methods.iter().rfind(|m| m.kind == word))
}

fn failed(method: &Method, error: &CallError) -> Result<Value, Failure> {
    let mut shown = json!({ "verdict": "error", "method": method.name, "facts": [], "effects": [] });
    let class = serde_json::to_value(error)?;
    shown["error"] = class["error"].clone();
    shown["reason"] = json!(error.to_string());
    if let CallError::Retry { after: Some(after), .. } = error {
        shown["after_s"] = json!(after.as_secs());
    }
    Ok(shown)
}

fn page(answer: &HttpAnswer) -> Value {
    match answer {
        HttpAnswer::Json { status, body } => json!({ "status": status, "body": body }),
        HttpAnswer::Raw { status, body, .. } => json!({ "status": status, "body": String::from_utf8_lossy(body) }),
        HttpAnswer::Page { status, .. } => json!({ "status": status, "page": "a page of its own" }),
        HttpAnswer::Rating { status, page } => json!({ "status": status, "page": format!("{page:?}") }),
        HttpAnswer::OpenCard { .. } | HttpAnswer::OpenNumber { .. } => json!({ "status": 303, "page": "call card" }),
        HttpAnswer::CardNotRecorded { .. } => json!({ "status": 503, "page": "call card" }),
    }
}

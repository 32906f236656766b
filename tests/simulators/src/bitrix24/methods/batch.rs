//! Batches: up to fifty commands in order, each with what the ones before it found.

use serde_json::Value;

use super::{batched, call};
use crate::{
    bitrix24::{
        answer::{Done, Refusal, Reply, map, time},
        params::{Params, integer, text},
        portal::{Portal, State},
    },
    service::php,
};

/// Most commands.
const LARGEST: usize = 50;

/// Runs the commands, in their order.
pub(in crate::bitrix24) fn run(
    portal: &Portal,
    state: &mut State,
    params: &Params,
    commands: &[(String, String)],
) -> Done {
    if commands.is_empty() {
        return Err(Refusal::parameter("cmd"));
    }
    let halt = integer(params.any("halt")).is_some_and(|halt| halt != 0) || params.any("halt") == &Value::Bool(true);
    let (mut results, mut errors, mut totals) = (Vec::new(), Vec::new(), Vec::new());
    let (mut nexts, mut times) = (Vec::new(), Vec::new());
    for (index, (key, command)) in commands.iter().enumerate() {
        let (name, query) = command.split_once('?').unwrap_or((command, ""));
        let name = name.trim_end_matches(".json").to_lowercase();
        let params = Params(php::tree(&filled(query, &results)));
        let (done, spent) = if index >= LARGEST {
            (Err(Refusal::bad("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")), None)
        } else if batched(&name) {
            call(portal, state, &name, &params)
        } else {
            (Err(Refusal::new(405, "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage")), None)
        };
        let (status, error) = match &done {
            Ok(_) => (200, None),
            Err(refusal) => (refusal.status, Some(refusal.error.clone())),
        };
        let shown = crate::bitrix24::serve::without_secrets(&params.0);
        portal.journal.put(&name, format!("batch {key}"), shown, Some(status), error);
        match done {
            Ok(reply) => {
                totals.extend(reply.total.map(|total| (key.clone(), total.into())));
                nexts.extend(reply.next.map(|next| (key.clone(), next.into())));
                times.push((key.clone(), time(portal.hands.now(), spent)));
                results.push((key.clone(), reply.result));
            }
            Err(refusal) => {
                errors.push((key.clone(), refusal.body()));
                if halt {
                    break;
                }
            }
        }
    }
    let mut result = serde_json::Map::new();
    for (name, pairs) in [
        ("result", results),
        ("result_error", errors),
        ("result_total", totals),
        ("result_next", nexts),
        ("result_time", times),
    ] {
        result.insert(name.to_owned(), map(pairs));
    }
    Ok(Reply::new(result.into()))
}

/// The pairs of a query with `$result[…]` replaced by what was found there; a list becomes several pairs.
fn filled(query: &str, results: &[(String, Value)]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (key, value) in php::pairs(query) {
        match value.strip_prefix("$result[").map(|path| found(path, results)) {
            None => pairs.push((key, value)),
            Some(Value::Array(row)) => {
                let each = row.iter().filter_map(text).enumerate();
                pairs.extend(each.map(|(index, text)| (format!("{key}[{index}]"), text)));
            }
            Some(other) => pairs.push((key, text(&other).unwrap_or_default())),
        }
    }
    pairs
}

fn found(path: &str, results: &[(String, Value)]) -> Value {
    let mut steps = path.trim_end_matches(']').split("][");
    let first = steps.next().unwrap_or_default();
    let result = results.iter().find(|(key, _)| key == first).map(|(_, result)| result);
    let step = |value: &Value, step: &str| match value {
        Value::Array(row) => step.parse::<usize>().ok().and_then(|index| row.get(index)).cloned(),
        other => other.get(step).cloned(),
    };
    steps.fold(result.cloned(), |value, next| step(&value?, next)).unwrap_or_default()
}

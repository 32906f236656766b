//! What an event means: a command `/rate <issue> good|normal|bad`, pressed or typed, is an answer; everything else is no news to us
//! (contracts/bitrix24, events).
//!
//! Pushed or fetched, old or new, an event of the same press has the same key. Whether that person was asked is the rules' question.
//! Deliberately not here: who may say it (`intake`), and fetching (`poll`).

use std::str::FromStr;

use pult_domain::{
    Fact, FactKey, Instant, IssueId, Observed,
    areas::ratings::{self, Rate, Voice},
};
use serde_json::Value;

use crate::{ParseError, Parsed, RejectedRow, StoredRequest, reason};

use super::{
    form, intake,
    loose::{entry, flag, items, number, text},
    message::COMMAND,
    poll,
};

/// A command as somebody gave it.
struct Given {
    /// The message it stands in, or whose button was pressed.
    message: Option<String>,
    /// The command's id; `None` for one that is only a text to the bot.
    command: Option<String>,
    /// Who gave it.
    user: Option<String>,
    /// What stands after the command's name.
    params: String,
}

/// What a record means, pushed or fetched.
pub(super) fn meaning(record: &StoredRequest, received_at: Instant) -> Result<Parsed, ParseError> {
    let (tree, name, at) = match record.route.as_str() {
        intake::EVENT => {
            let tree = form::tree(&record.body);
            let at = entry(&tree, "ts").and_then(number).and_then(|second| Instant::from_second(second).ok());
            (tree, "event", at)
        }
        poll::FETCH => {
            let tree: Value =
                serde_json::from_slice(&record.body).map_err(|_| ParseError::at("body", reason!("not JSON")))?;
            let at = entry(&tree, "date").and_then(Value::as_str).and_then(|date| date.parse::<Instant>().ok());
            (tree, "type", at)
        }
        _ => return Err(ParseError::at("route", reason!("neither an event nor a fetched one"))),
    };
    let kind = entry(&tree, name).and_then(text).ok_or_else(|| ParseError::at(name, reason!("no event is named")))?;
    let nothing = Value::Null;
    let given = commands(&kind, entry(&tree, "data").unwrap_or(&nothing));
    // Said by the portal's clock, which may be ahead of ours.
    let at = at.map_or(received_at, |at| at.min(received_at));
    let mut parsed = Parsed::default();
    for (index, given) in given.into_iter().enumerate() {
        match answered(&given, at) {
            Ok(observed) => parsed.facts.push(observed),
            Err(error) => parsed.rejected.push(RejectedRow { index, error: error.to_string() }),
        }
    }
    Ok(parsed)
}

/// The commands of ours in an event, none where its author is a program.
fn commands(kind: &str, data: &Value) -> Vec<Given> {
    let at = |path: &[&str]| path.iter().try_fold(data, |node, key| entry(node, key));
    let is = |path: &[&str]| at(path).is_some_and(flag);
    let named = |path: &[&str]| at(path).and_then(text);
    match kind.to_ascii_uppercase().as_str() {
        "ONIMCOMMANDADD" | "ONIMBOTMESSAGEADD" if is(&["USER", "IS_BOT"]) || is(&["PARAMS", "SYSTEM"]) => vec![],
        "ONIMBOTV2COMMANDADD" | "ONIMBOTV2MESSAGEADD" if is(&["user", "bot"]) || is(&["message", "isSystem"]) => vec![],
        "ONIMCOMMANDADD" => items(at(&["COMMAND"]).unwrap_or(&Value::Null))
            .into_iter()
            .filter(|command| entry(command, "COMMAND").and_then(text).is_some_and(|name| is_ours(&name)))
            .map(|command| {
                let of = |key: &str| entry(command, key).and_then(text);
                Given {
                    message: of("MESSAGE_ID").or_else(|| named(&["PARAMS", "MESSAGE_ID"])),
                    command: of("COMMAND_ID"),
                    user: named(&["USER", "ID"]).or_else(|| named(&["PARAMS", "FROM_USER_ID"])),
                    params: of("COMMAND_PARAMS").unwrap_or_default(),
                }
            })
            .collect(),
        "ONIMBOTV2COMMANDADD" => named(&["command", "command"])
            .filter(|name| is_ours(name))
            .map(|_| Given {
                message: named(&["message", "id"]),
                command: named(&["command", "id"]),
                user: named(&["user", "id"]).or_else(|| named(&["message", "authorId"])),
                params: named(&["command", "params"]).unwrap_or_default(),
            })
            .into_iter()
            .collect(),
        "ONIMBOTMESSAGEADD" => typed(named(&["PARAMS", "MESSAGE"]))
            .map(|params| Given {
                message: named(&["PARAMS", "MESSAGE_ID"]),
                command: None,
                user: named(&["USER", "ID"]).or_else(|| named(&["PARAMS", "FROM_USER_ID"])),
                params,
            })
            .into_iter()
            .collect(),
        "ONIMBOTV2MESSAGEADD" => typed(named(&["message", "text"]))
            .map(|params| Given {
                message: named(&["message", "id"]),
                command: None,
                user: named(&["user", "id"]).or_else(|| named(&["message", "authorId"])),
                params,
            })
            .into_iter()
            .collect(),
        _ => vec![],
    }
}

fn is_ours(name: &str) -> bool {
    name.trim_start_matches('/').eq_ignore_ascii_case(COMMAND)
}

/// What stands after our command in a text that begins with it.
fn typed(message: Option<String>) -> Option<String> {
    let message = message?;
    let (name, params) = message.split_once(char::is_whitespace)?;
    (name.starts_with('/') && is_ours(name)).then(|| params.to_owned())
}

fn answered(given: &Given, at: Instant) -> Result<Observed, ParseError> {
    let needed = |value: &Option<String>, field| {
        value.clone().ok_or_else(|| ParseError::at(field, reason!("must not be empty")))
    };
    let (message, user) = (needed(&given.message, "message")?, needed(&given.user, "user")?);
    let mut words = given.params.split_whitespace();
    let (issue, rate, rest) = (words.next(), words.next(), words.next());
    let issue = issue.and_then(|issue| issue.parse().ok()).filter(|issue: &i64| *issue > 0).map(IssueId);
    let issue =
        issue.ok_or_else(|| ParseError::at("params", reason!("the number of an issue, then good, normal or bad")))?;
    let rate = rate.filter(|_| rest.is_none()).and_then(|rate| Rate::from_str(&rate.to_ascii_lowercase()).ok());
    let rate = rate
        .ok_or_else(|| ParseError::at("params", reason!("one of good, normal, bad after the number of the issue")))?;
    // One message may hold the command twice, for two issues.
    let key = format!("{COMMAND}/{message}/{}/{user}/{issue}", given.command.as_deref().unwrap_or("text"));
    let fact = ratings::Fact::Answered { request: None, issue: Some(issue), rate, voice: Voice::Command { user } };
    Ok(Observed { key: FactKey(key), at, fact: Fact::Ratings(fact) })
}

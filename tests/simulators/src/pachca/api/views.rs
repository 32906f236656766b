//! Opening a form: the trigger first, then every block.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Asked, Done, Refused, refused::Problems};
use crate::{
    pachca::{space::State, world::views::View},
    service::wire::Answer,
};

/// Most blocks.
const BLOCKS: usize = 100;

pub(super) fn open(state: &mut State, asked: &Asked, now: Timestamp) -> Done {
    let body = asked.json()?;
    let mut problems = Problems::default();
    problems.text(&body, "trigger_id", 255);
    problems.none()?;
    let trigger = body["trigger_id"].as_str().unwrap_or_default().to_owned();
    let gone = |code: &str| Refused::one(410, "trigger_id", trigger.as_str(), code);
    let known = state.world.triggers.get(&trigger).ok_or_else(|| gone("trigger_not_found"))?;
    let age = now.duration_since(known.at).as_millis();
    if known.used || age > i128::from(state.switches.trigger_life_ms) {
        return Err(gone("trigger_expired"));
    }
    let (user, chat) = (known.user, known.chat);
    check(&body)?;
    if let Some(trigger) = state.world.triggers.get_mut(&trigger) {
        trigger.used = true;
    }
    let id = state.world.next_view();
    let of = |key: &str| body[key].as_str().map(str::to_owned);
    let view = View {
        id,
        trigger,
        user,
        chat,
        callback_id: of("callback_id"),
        private_metadata: of("private_metadata"),
        view: body["view"].clone(),
        open: true,
        errors: BTreeMap::new(),
        failure: None,
        sent: 0,
    };
    state.world.views.insert(id, view);
    Ok(Answer::empty(201))
}

fn check(body: &Value) -> Result<(), Refused> {
    let mut problems = Problems::default();
    match &body["type"] {
        Value::String(kind) if kind == "modal" => {}
        Value::Null => problems.add("type", &Value::Null, "blank"),
        other => problems.add("type", other, "inclusion"),
    }
    problems.optional(body, "callback_id", 255);
    problems.optional(body, "private_metadata", 3_000);
    let view = &body["view"];
    if !view.is_object() {
        problems.add("view", view, "blank");
        return problems.none();
    }
    problems.text(view, "title", 24);
    problems.optional(view, "close_text", 24);
    problems.optional(view, "submit_text", 24);
    match view["blocks"].as_array() {
        None => problems.add("blocks", &view["blocks"], "blank"),
        Some(blocks) => {
            if blocks.len() > BLOCKS {
                problems.add("blocks", &blocks.len().into(), "too_long");
            }
            let mut names = BTreeSet::new();
            for block in blocks {
                check_block(block, &mut names, &mut problems);
            }
        }
    }
    problems.none()
}

fn check_block<'a>(block: &'a Value, names: &mut BTreeSet<&'a str>, problems: &mut Problems) {
    let kind = block["type"].as_str().unwrap_or_default();
    match kind {
        "header" => problems.text(block, "text", 150),
        "plain_text" | "markdown" => problems.text(block, "text", 12_000),
        "divider" => {}
        "input" | "select" | "radio" | "checkbox" | "date" | "time" | "file_input" => {
            problems.text(block, "name", 255);
            problems.text(block, "label", 150);
            problems.optional(block, "hint", 2_000);
            if !matches!(block["required"], Value::Null | Value::Bool(_)) {
                problems.add("required", &block["required"], "invalid");
            }
            if !names.insert(block["name"].as_str().unwrap_or_default()) {
                problems.add("name", &block["name"], "taken");
            }
            check_field(kind, block, problems);
        }
        _ => problems.add("type", &block["type"], "inclusion"),
    }
}

fn check_field(kind: &str, block: &Value, problems: &mut Problems) {
    let mut number = |key: &str, least: u64, most: u64| {
        let given = &block[key];
        if !given.is_null() && !given.as_u64().is_some_and(|number| (least..=most).contains(&number)) {
            problems.add(key, given, "invalid");
        }
    };
    match kind {
        "input" => {
            number("min_length", 0, 3_000);
            number("max_length", 1, 3_000);
            problems.optional(block, "placeholder", 150);
            problems.optional(block, "initial_value", 3_000);
        }
        "file_input" => number("max_files", 1, 10),
        "select" => check_options(block, 100, problems),
        "radio" | "checkbox" => check_options(block, 10, problems),
        "date" if !block["initial_date"].is_null() => {
            let given = block["initial_date"].as_str().unwrap_or_default();
            if given.parse::<jiff::civil::Date>().is_err() {
                problems.add("initial_date", &block["initial_date"], "invalid");
            }
        }
        "time" if !block["initial_time"].is_null() => {
            let given = block["initial_time"].as_str().unwrap_or_default();
            if jiff::civil::Time::strptime("%H:%M", given).is_err() {
                problems.add("initial_time", &block["initial_time"], "invalid");
            }
        }
        _ => {}
    }
}

fn check_options(block: &Value, most: usize, problems: &mut Problems) {
    let Some(options) = block["options"].as_array() else {
        problems.add("options", &block["options"], "blank");
        return;
    };
    if options.len() > most {
        problems.add("options", &json!(options.len()), "too_long");
    }
    let mut values = BTreeSet::new();
    for option in options {
        problems.text(option, "text", 75);
        problems.text(option, "value", 150);
        problems.optional(option, "description", 75);
        if !values.insert(option["value"].as_str().unwrap_or_default()) {
            problems.add("value", &option["value"], "taken");
        }
    }
    if options.iter().filter(|option| option["selected"] == true).count() > 1 {
        problems.add("selected", &Value::Null, "invalid");
    }
}

//! The new family, `imbot.v2.*`. Under a webhook a bot belongs to the `botToken` that registered it.

use serde_json::{Value, json};
use url::Url;

use super::{
    Call, Method,
    messages::{Sent, change, send},
};
use crate::bitrix24::{
    answer::{Done, Refusal, Reply},
    params::{Params, flag, id, integer, text},
    world::bots::{Bot, Hears},
};

/// Most bots.
const MOST: usize = 100;
/// Most characters of a token, and of a message; the rest of a message is cut off.
const LONGEST_TOKEN: usize = 40;
const LONGEST_MESSAGE: usize = 20_000;
const SCOPE: &[&str] = &["imbot"];

pub(super) const METHODS: &[Method] = &[
    Method::new("imbot.v2.bot.register", SCOPE, register),
    Method::new("imbot.v2.command.register", SCOPE, command),
    Method::new("imbot.v2.command.answer", SCOPE, answer),
    Method::new("imbot.v2.chat.message.send", SCOPE, add),
    Method::new("imbot.v2.chat.message.update", SCOPE, update),
    Method::new("imbot.v2.event.get", SCOPE, events),
];

fn filled(value: &Value) -> Option<String> {
    text(value).filter(|text| !text.is_empty())
}

fn argument(name: &str) -> Refusal {
    Refusal::bad("ERROR_ARGUMENT", &format!("Argument '{name}' is null, empty or not correct"))
}

fn token(value: &Value) -> Result<String, Refusal> {
    let token = filled(value).ok_or_else(|| Refusal::bad("BOT_TOKEN_NOT_SPECIFIED", "Bot token is not specified"))?;
    if token.chars().count() > LONGEST_TOKEN {
        return Err(Refusal::bad("BOT_TOKEN_INVALID_LENGTH", "Bot token is too long"));
    }
    Ok(token)
}

fn register(call: &mut Call<'_>, params: &Params) -> Done {
    let fields = params.get("fields");
    if !fields.is_object() {
        return Err(argument("fields"));
    }
    let code = filled(&fields["code"]).ok_or_else(|| argument("code"))?;
    let token = token(&fields["botToken"])?;
    let name = filled(&fields["properties"]["name"]).ok_or_else(|| argument("properties"))?;
    let kinds = ["bot", "network", "openline", "supervisor", "personal"];
    let kind = filled(&fields["type"]).unwrap_or_else(|| "bot".to_owned());
    if !kinds.contains(&kind.as_str()) {
        return Err(argument("type"));
    }
    let hears = match filled(&fields["eventMode"]).as_deref() {
        None | Some("fetch") => Hears::Fetch,
        Some("webhook") => {
            let url = filled(&fields["webhookUrl"]).filter(|url| Url::parse(url).is_ok());
            Hears::Push(url.ok_or_else(|| argument("webhookUrl"))?)
        }
        Some(_) => return Err(argument("eventMode")),
    };
    let new = |bot: &&Bot| !matches!(bot.hears, Hears::Old(_));
    let known = call.world.bots.all.iter().filter(new).find(|bot| bot.code == code);
    let id = match known {
        Some(bot) if bot.owner != token => {
            return Err(Refusal::bad("BOT_OWNERSHIP_ERROR", "Bot is owned by another application"));
        }
        Some(bot) => bot.id,
        None if call.world.bots.all.iter().filter(new).count() >= MOST => {
            return Err(Refusal::bad("MAX_COUNT_ERROR", "Has reached the maximum number of bots"));
        }
        None => {
            let id = call.world.bots.add(&code, &name, hears, &token);
            call.world.staff.add_bot(id, &name);
            id
        }
    };
    let bot = call.world.bots.get(id).ok_or_else(|| argument("code"))?;
    let mode = if bot.hears == Hears::Fetch { "fetch" } else { "webhook" };
    Ok(Reply::new(json!({
        "bot": {
            "id": id, "code": bot.code, "type": kind, "isHidden": false, "isSupportOpenline": false,
            "isReactionsEnabled": true, "backgroundId": null, "language": "ru", "moduleId": "rest", "eventMode": mode,
            "countMessage": 0, "countCommand": bot.commands.len(), "countChat": 0, "countUser": 0,
        },
        "users": [{
            "id": id, "active": true, "name": bot.name, "firstName": bot.name, "lastName": "", "bot": true,
            "type": "bot", "departments": [1],
        }],
    })))
}

/// The bot that is meant, when it belongs to who asks.
fn own(call: &Call<'_>, params: &Params) -> Result<u64, Refusal> {
    let bot = id(params.get("botId")).and_then(|id| call.world.bots.get(id));
    let bot = bot.ok_or_else(|| Refusal::bad("BOT_NOT_FOUND", "Bot not found"))?;
    if token(params.get("botToken"))? != bot.owner || matches!(bot.hears, Hears::Old(_)) {
        return Err(Refusal::bad("BOT_OWNERSHIP_ERROR", "Bot is owned by another application"));
    }
    Ok(bot.id)
}

fn command(call: &mut Call<'_>, params: &Params) -> Done {
    let bot = own(call, params)?;
    let fields = params.get("fields");
    let word = filled(&fields["command"]).filter(|word| !word.starts_with('/') && !word.contains(char::is_whitespace));
    let word = word.ok_or_else(|| argument("command"))?;
    let title = fields["title"].as_object().is_some_and(|title| !title.is_empty());
    if !title && !flag(&fields["hidden"]) {
        return Err(argument("title"));
    }
    let id = call.world.bots.add_command(bot, &word, None);
    Ok(Reply::new(json!({
        "command": {
            "id": id, "botId": bot, "command": format!("/{word}"), "common": flag(&fields["common"]),
            "hidden": flag(&fields["hidden"]), "extranetSupport": flag(&fields["extranetSupport"]),
        },
    })))
}

fn sent(call: &mut Call<'_>, params: &Params, via: &'static str) -> Done {
    let bot = own(call, params)?;
    let fields = params.get("fields");
    let message = text(&fields["message"]).map(|text| text.chars().take(LONGEST_MESSAGE).collect::<String>());
    let sent = Sent {
        via,
        author: bot,
        dialog: params.get("dialogId"),
        message: &json!(message),
        keyboard: &fields["keyboard"],
        attach: &fields["attach"],
        preview: &fields["urlPreview"],
    };
    let id = send(call, &sent)?;
    Ok(Reply::new(json!({ "id": id, "uuidMap": {} })))
}

fn add(call: &mut Call<'_>, params: &Params) -> Done {
    sent(call, params, "imbot.v2")
}

fn answer(call: &mut Call<'_>, params: &Params) -> Done {
    let bot = own(call, params)?;
    let commands = call.world.bots.get(bot).map(|bot| bot.commands.clone()).unwrap_or_default();
    let command = id(params.get("commandId")).filter(|id| commands.iter().any(|command| command.id == *id));
    command.ok_or_else(|| Refusal::bad("COMMAND_NOT_FOUND", "Command not found"))?;
    let message = id(params.get("messageId")).and_then(|id| call.world.chat.message(id));
    message.ok_or_else(|| Refusal::bad("MESSAGE_NOT_FOUND", "Message not found"))?;
    sent(call, params, "answer")
}

fn update(call: &mut Call<'_>, params: &Params) -> Done {
    let bot = own(call, params)?;
    let fields = params.get("fields");
    if !fields.is_object() {
        return Err(argument("fields"));
    }
    change(call, bot, params.get("messageId"), &fields["message"], &fields["keyboard"])?;
    Ok(Reply::new(json!(true)))
}

fn events(call: &mut Call<'_>, params: &Params) -> Done {
    let bot = own(call, params)?;
    let limit = match params.get("limit") {
        Value::Null => 100,
        limit => integer(limit).filter(|limit| (1..=1000).contains(limit)).ok_or_else(|| argument("limit"))?,
    };
    let offset = match params.get("offset") {
        Value::Null => None,
        offset => Some(integer(offset).filter(|offset| *offset >= 0).ok_or_else(|| argument("offset"))?),
    };
    let last = call.world.bots.next_event();
    let Some(bot) = call.world.bots.get_mut(bot) else { return Err(argument("botId")) };
    if bot.hears != Hears::Fetch {
        return Err(Refusal::bad("BOT_EVENT_MODE_ERROR", "Bot does not fetch its events"));
    }
    let number = |event: &Value| event["eventId"].as_i64().unwrap_or_default();
    // What lies before the offset is confirmed and never told again.
    bot.queue.retain(|event| offset.is_none_or(|offset| number(event) >= offset));
    let count = usize::try_from(limit).unwrap_or(usize::MAX);
    let events: Vec<Value> = bot.queue.iter().take(count).cloned().collect();
    let idle = offset.unwrap_or_else(|| i64::try_from(last).unwrap_or_default());
    let next = events.last().map_or(idle, |event| number(event) + 1);
    let more = bot.queue.len() > events.len();
    Ok(Reply::new(json!({ "events": events, "nextOffset": next, "hasMore": more })))
}

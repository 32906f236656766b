//! Events: what a bot or the outgoing webhook is told, as trees that become forms. The old ones have everything as text in
//! capitals, the new ones are the same by push and by queue but for what a push adds. Sending is the portal's.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    answer::stamp,
    world::{World, bots::Hears, staff::User},
};

/// Something to be told by push.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) event: &'static str,
    /// Where; to the outgoing webhook without this.
    pub(super) url: Option<String>,
    pub(super) tree: Value,
}

/// What somebody did to a bot.
pub(super) struct Deed<'a> {
    pub(super) bot: u64,
    /// The command, its id, its parameters and where it came from, when it was one.
    pub(super) command: Option<Ordered<'a>>,
    /// The message: that with the button, or what was typed.
    pub(super) message: u64,
    pub(super) chat: u64,
    pub(super) text: &'a str,
    pub(super) user: u64,
}

/// A command that was given.
#[derive(Clone, Copy)]
pub(super) struct Ordered<'a> {
    pub(super) id: u64,
    pub(super) command: &'a str,
    pub(super) params: &'a str,
    /// `KEYBOARD` or `TEXTAREA`.
    pub(super) context: &'static str,
}

/// Tells a bot what was done, by push or by its queue. `copies` is how often a queue gets it; a push is doubled by the post.
/// Answers the name of the event.
pub(super) fn tell_bot(
    world: &mut World,
    deed: &Deed<'_>,
    token: &str,
    copies: u32,
    now: Timestamp,
    told: &mut Vec<Told>,
) -> Option<&'static str> {
    let user = world.staff.user(deed.user)?.clone();
    let bot = world.bots.get(deed.bot)?;
    let (code, hears) = (bot.code.clone(), bot.hears.clone());
    let event = match (&hears, deed.command.is_some()) {
        (Hears::Old(_), true) => "ONIMCOMMANDADD",
        (Hears::Old(_), false) => "ONIMBOTMESSAGEADD",
        (_, true) => "ONIMBOTV2COMMANDADD",
        (_, false) => "ONIMBOTV2MESSAGEADD",
    };
    match hears {
        Hears::Old(handler) => {
            let own = deed.command.and_then(|order| bot.commands.iter().find(|known| known.id == order.id));
            let url = own.and_then(|command| command.handler.clone()).unwrap_or(handler);
            told.push(Told { event, url: Some(url), tree: old(event, deed, &code, &user, token, now) });
        }
        Hears::Push(url) => {
            let mut data = new(deed, &code, &user);
            data["bot"]["auth"] = json!({ "access_token": "BOT_ACCESS", "application_token": token });
            data["message"]["isSystem"] = false.into();
            data["message"]["forward"] = Value::Null;
            data["message"]["viewedByOthers"] = true.into();
            data["user"]["absent"] = false.into();
            let auth = json!({ "domain": "portal.example" });
            let tree = json!({ "event": event, "data": data, "ts": now.as_second(), "auth": auth });
            told.push(Told { event, url: Some(url), tree });
        }
        Hears::Fetch => {
            let data = new(deed, &code, &user);
            for _ in 0..copies {
                world.bots.queue(deed.bot, event, &stamp(now), &data);
            }
        }
    }
    Some(event)
}

fn old(event: &str, deed: &Deed<'_>, code: &str, user: &User, token: &str, now: Timestamp) -> Value {
    let bot = deed.bot.to_string();
    let mut own = json!({
        "access_token": "BOT_ACCESS", "client_id": "CLIENT", "application_token": token, "user_id": bot,
        "domain": "portal.example", "member_id": "MEMBER", "BOT_ID": bot, "BOT_CODE": code,
        "AUTH": { "access_token": "BOT_ACCESS", "application_token": token },
    });
    let (part, key) = match deed.command {
        Some(order) => {
            own["COMMAND"] = order.command.into();
            own["COMMAND_ID"] = order.id.to_string().into();
            own["COMMAND_PARAMS"] = order.params.into();
            own["COMMAND_CONTEXT"] = order.context.into();
            own["MESSAGE_ID"] = deed.message.to_string().into();
            ("COMMAND", order.id.to_string())
        }
        None => ("BOT", bot.clone()),
    };
    let who = user.id.to_string();
    let outside = if user.kind.word() == "extranet" { "Y" } else { "N" };
    json!({
        "event": event, "event_handler_id": if deed.command.is_some() { "72" } else { "71" },
        "data": {
            part: { key: own },
            "PARAMS": {
                "MESSAGE": deed.text, "MESSAGE_TYPE": "P", "FROM_USER_ID": who, "DIALOG_ID": who,
                "TO_CHAT_ID": deed.chat, "AUTHOR_ID": who, "SYSTEM": "N", "TO_USER_ID": bot,
                "MESSAGE_ID": deed.message, "CHAT_TYPE": "P", "LANGUAGE": "ru",
            },
            "USER": {
                "ID": who, "NAME": user.full(), "FIRST_NAME": user.name, "LAST_NAME": user.last_name,
                "WORK_POSITION": user.position, "GENDER": "F", "IS_BOT": "N", "IS_CONNECTOR": "N",
                "IS_NETWORK": "N", "IS_EXTRANET": outside,
            },
        },
        "ts": now.as_second(),
        "auth": {
            "access_token": "ACCESS", "expires": now.as_second() + 3600, "expires_in": "3600", "scope": "imbot",
            "domain": "portal.example", "server_endpoint": "https://oauth.example/rest/", "status": "L",
            "client_endpoint": "https://portal.example/rest/", "member_id": "MEMBER", "user_id": who,
            "refresh_token": "REFRESH",
        },
    })
}

fn new(deed: &Deed<'_>, code: &str, user: &User) -> Value {
    let mut data = json!({
        "bot": { "id": deed.bot, "code": code },
        "message": { "id": deed.message, "chatId": deed.chat, "authorId": user.id, "text": deed.text },
        "chat": { "id": deed.chat, "dialogId": user.id.to_string(), "type": "private" },
        "user": { "id": user.id, "active": user.active, "name": user.full(), "bot": false }, "language": "ru",
    });
    if let Some(order) = deed.command {
        data["command"] = json!({
            "id": order.id, "command": format!("/{}", order.command), "params": order.params,
            "context": order.context.to_lowercase(),
        });
    }
    data
}

/// What the outgoing webhook is told about a task: its number.
pub(super) fn task(event: &'static str, id: u64, now: Timestamp) -> Told {
    let known = json!({ "ID": id.to_string() });
    let unknown = json!("undefined");
    let (before, after) = match event {
        "ONTASKADD" => (&unknown, &known),
        "ONTASKDELETE" => (&known, &unknown),
        _ => (&known, &known),
    };
    let tree = json!({
        "event": event, "event_handler_id": "80",
        "data": {
            "FIELDS_BEFORE": before, "FIELDS_AFTER": after, "IS_ACCESSIBLE_BEFORE": "undefined",
            "IS_ACCESSIBLE_AFTER": "undefined",
        },
        "ts": now.as_second(),
        "auth": {
            "domain": "portal.example", "client_endpoint": "https://portal.example/rest/",
            "server_endpoint": "https://oauth.example/rest/", "member_id": "MEMBER",
        },
    });
    Told { event, url: None, tree }
}

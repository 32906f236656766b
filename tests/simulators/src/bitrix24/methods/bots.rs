//! The old family, `imbot.*`: deprecated and working. A bot belongs to the `CLIENT_ID` that registered it.

use serde_json::json;

use super::{
    Call, Method,
    messages::{Sent, change, send},
};
use crate::bitrix24::{
    answer::{Done, Refusal, Reply},
    params::{Params, any, id, text},
    world::bots::Hears,
};

/// Most bots of one client.
const MOST: usize = 5;
const SCOPE: &[&str] = &["imbot"];

pub(super) const METHODS: &[Method] = &[
    Method::new("imbot.register", SCOPE, register),
    Method::new("imbot.message.add", SCOPE, add),
    Method::new("imbot.message.update", SCOPE, update),
    Method::new("imbot.command.register", SCOPE, command),
    Method::new("imbot.command.answer", SCOPE, answer),
];

fn client(params: &Params) -> Result<String, Refusal> {
    let client = text(params.any("CLIENT_ID")).filter(|client| !client.is_empty());
    client.ok_or_else(|| Refusal::new(403, "ACCESS_DENIED", "Access denied! Client ID not specified"))
}

fn filled(params: &Params, name: &str) -> Option<String> {
    text(params.any(name)).filter(|text| !text.is_empty())
}

fn register(call: &mut Call<'_>, params: &Params) -> Done {
    let client = client(params)?;
    let code = filled(params, "CODE").ok_or_else(|| Refusal::bad("CODE_ERROR", "Code isn't specified"))?;
    let events = ["EVENT_MESSAGE_ADD", "EVENT_WELCOME_MESSAGE", "EVENT_BOT_DELETE"];
    let handler = match filled(params, "EVENT_HANDLER") {
        Some(handler) => handler,
        None => {
            for event in events {
                if filled(params, event).is_none() {
                    return Err(Refusal::bad(&format!("{event}_ERROR"), "Handler for event isn't specified"));
                }
            }
            filled(params, "EVENT_MESSAGE_ADD").unwrap_or_default()
        }
    };
    if filled(params, "TYPE").is_some_and(|kind| !matches!(kind.as_str(), "B" | "O" | "H" | "S")) {
        return Err(Refusal::bad("TYPE_ERROR", "Type isn't correct"));
    }
    let properties = params.any("PROPERTIES");
    let name = text(any(properties, "NAME")).or_else(|| text(any(properties, "LAST_NAME")));
    let name = name.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Refusal::bad("NAME_ERROR", "Bot name isn't specified"))?;
    let mine = |bot: &&crate::bitrix24::world::bots::Bot| bot.owner == client && matches!(bot.hears, Hears::Old(_));
    if let Some(known) = call.world.bots.all.iter().filter(mine).find(|bot| bot.code == code) {
        return Ok(Reply::new(known.id.into()));
    }
    if call.world.bots.all.iter().filter(mine).count() >= MOST {
        return Err(Refusal::bad("MAX_COUNT_ERROR", "Has reached the maximum number of bots"));
    }
    let id = call.world.bots.add(&code, &name, Hears::Old(handler), &client);
    call.world.staff.add_bot(id, &name);
    Ok(Reply::new(id.into()))
}

/// The bot that is meant, when it belongs to who asks; the client's first one where none is named.
fn own(call: &Call<'_>, params: &Params) -> Result<u64, Refusal> {
    let client = client(params)?;
    let unknown = || Refusal::bad("BOT_ID_ERROR", "Bot not found");
    let bot = match id(params.any("BOT_ID")) {
        Some(id) => call.world.bots.get(id),
        None => call.world.bots.all.iter().find(|bot| bot.owner == client),
    };
    let bot = bot.ok_or_else(unknown)?;
    if bot.owner == client && matches!(bot.hears, Hears::Old(_)) {
        return Ok(bot.id);
    }
    Err(Refusal::bad("APP_ID_ERROR", "Bot was installed by another REST application"))
}

fn add(call: &mut Call<'_>, params: &Params) -> Done {
    let bot = own(call, params)?;
    let sent = Sent {
        via: "imbot",
        author: bot,
        dialog: params.any("DIALOG_ID"),
        message: params.any("MESSAGE"),
        keyboard: params.any("KEYBOARD"),
        attach: params.any("ATTACH"),
        preview: params.any("URL_PREVIEW"),
    };
    send(call, &sent).map(|id| Reply::new(id.into()))
}

fn update(call: &mut Call<'_>, params: &Params) -> Done {
    let bot = own(call, params)?;
    change(call, bot, params.any("MESSAGE_ID"), params.any("MESSAGE"), params.any("KEYBOARD"))?;
    Ok(Reply::new(json!(true)))
}

fn command(call: &mut Call<'_>, params: &Params) -> Done {
    let bot = own(call, params)?;
    let word = filled(params, "COMMAND").filter(|word| word.chars().all(|letter| letter.is_ascii_alphanumeric()));
    let word = word.ok_or_else(|| Refusal::bad("COMMAND_ERROR", "Command isn't specified"))?;
    let handler = filled(params, "EVENT_COMMAND_ADD");
    let handler = handler.ok_or_else(|| Refusal::bad("EVENT_COMMAND_ADD", "Handler for event isn't specified"))?;
    let titled = params.any("LANG").as_array().is_some_and(|all| {
        !all.is_empty()
            && all.iter().all(|one| text(any(one, "LANGUAGE_ID")).is_some() && text(any(one, "TITLE")).is_some())
    });
    if !titled {
        return Err(Refusal::bad("LANG_ERROR", "Lang set isn't specified"));
    }
    Ok(Reply::new(call.world.bots.add_command(bot, &word, Some(handler)).into()))
}

fn answer(call: &mut Call<'_>, params: &Params) -> Done {
    let client = client(params)?;
    let unknown = || Refusal::bad("COMMAND_ID_ERROR", "Command not found");
    let wanted = id(params.any("COMMAND_ID")).ok_or_else(unknown)?;
    let bots = call.world.bots.all.iter().filter(|bot| bot.owner == client);
    let bot = bots.into_iter().find(|bot| bot.commands.iter().any(|command| command.id == wanted));
    let bot = bot.ok_or_else(unknown)?.id;
    let number = id(params.any("MESSAGE_ID")).unwrap_or_default();
    let asked = call.world.chat.message(number);
    let asked = asked.ok_or_else(|| Refusal::bad("MESSAGE_ID_ERROR", "Message not found"))?;
    // The answer goes to whoever the message with the button went to, or who typed the command.
    let dialog = if asked.author == bot { asked.dialog.clone() } else { asked.author.to_string() };
    let sent = Sent {
        via: "answer",
        author: bot,
        dialog: &dialog.into(),
        message: params.any("MESSAGE"),
        keyboard: params.any("KEYBOARD"),
        attach: params.any("ATTACH"),
        preview: params.any("URL_PREVIEW"),
    };
    send(call, &sent).map(|id| Reply::new(id.into()))
}

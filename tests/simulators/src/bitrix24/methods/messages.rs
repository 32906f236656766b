//! `im.message.*` and `im.notify*`, and the sending and changing of messages that bots share.

use serde_json::{Value, json};

use super::{Call, Method};
use crate::bitrix24::{
    OWNER,
    answer::{Done, Refusal, Reply},
    keyboard::{self, Keys},
    params::{Params, flag, id, text},
    world::chat::Message,
};

pub(super) const METHODS: &[Method] = &[
    Method::new("im.message.add", &["im"], add),
    Method::new("im.message.update", &["im"], update),
    Method::new("im.notify", &["im"], notify),
    Method::new("im.notify.system.add", &["im"], notify),
    Method::new("im.notify.personal.add", &["im"], notify),
];

/// A message to be sent.
pub(super) struct Sent<'a> {
    pub(super) via: &'static str,
    pub(super) author: u64,
    pub(super) dialog: &'a Value,
    pub(super) message: &'a Value,
    pub(super) keyboard: &'a Value,
    pub(super) attach: &'a Value,
    pub(super) preview: &'a Value,
}

/// Sends a message; answers its id.
pub(super) fn send(call: &mut Call<'_>, sent: &Sent<'_>) -> Result<u64, Refusal> {
    let dialog = text(sent.dialog).filter(|dialog| !dialog.is_empty());
    let dialog = dialog.ok_or_else(|| Refusal::bad("DIALOG_ID_EMPTY", "Dialog ID can't be empty"))?;
    let message = text(sent.message).filter(|message| !message.trim().is_empty());
    if message.is_none() && sent.attach.is_null() {
        return Err(Refusal::bad("MESSAGE_EMPTY", "Message can't be empty"));
    }
    if sent.attach.to_string().len() > keyboard::LARGEST {
        return Err(Refusal::bad("ATTACH_OVERSIZE", "You have exceeded the maximum allowable size of attach"));
    }
    let (keyboard, bot) = match keyboard::read(sent.keyboard)? {
        Keys::Set(buttons, bot) => (buttons, bot),
        Keys::Absent | Keys::Remove => (Vec::new(), None),
    };
    let chat = room(call, sent.author, &dialog)?;
    let at = call.now;
    Ok(call.world.chat.put(Message {
        id: 0,
        via: sent.via,
        author: sent.author,
        dialog,
        chat,
        text: message.unwrap_or_default(),
        keyboard,
        bot,
        url_preview: sent.preview.is_null() || flag(sent.preview),
        at,
        updates: 0,
        blocked: false,
    }))
}

/// The chat of a dialogue: `41`, `chat55`, `sg34`.
fn room(call: &mut Call<'_>, author: u64, dialog: &str) -> Result<u64, Refusal> {
    let gone = || Refusal::bad("CHAT_ID", "Chat not found");
    if let Some(chat) = dialog.strip_prefix("chat") {
        let chat = chat.parse().map_err(|_| gone())?;
        return call.world.chat.rooms.contains(&chat).then_some(chat).ok_or_else(gone);
    }
    if let Some(group) = dialog.strip_prefix("sg") {
        let group = group.parse().map_err(|_| gone())?;
        return call.world.staff.group(group).map(|group| 1_000 + group.id).ok_or_else(gone);
    }
    let user = dialog.parse().ok().filter(|id| call.world.staff.user(*id).is_some());
    let user = user.ok_or_else(|| Refusal::bad("USER_NOT_FOUND", "User not found"))?;
    Ok(call.world.chat.private(author, user))
}

/// Changes a message of this author's; what is absent stays.
pub(super) fn change(
    call: &mut Call<'_>,
    author: u64,
    number: &Value,
    message: &Value,
    keyboard: &Value,
) -> Result<(), Refusal> {
    let number = id(number).ok_or_else(|| Refusal::bad("MESSAGE_ID_ERROR", "Message ID can't be empty"))?;
    let keys = keyboard::read(keyboard)?;
    let new = text(message);
    if new.as_deref().is_some_and(|new| new.trim().is_empty()) {
        return Err(Refusal::bad("MESSAGE_EMPTY", "Message can't be empty"));
    }
    let known = call.world.chat.message(number).filter(|known| known.author == author);
    let known = known.ok_or_else(|| Refusal::bad("CANT_EDIT_MESSAGE", "Time has expired for modification"))?;
    if let Some(new) = new {
        known.text = new;
    }
    match keys {
        Keys::Absent => {}
        Keys::Remove => known.keyboard.clear(),
        Keys::Set(buttons, bot) => (known.keyboard, known.bot) = (buttons, bot),
    }
    known.updates += 1;
    known.blocked = false;
    Ok(())
}

fn add(call: &mut Call<'_>, params: &Params) -> Done {
    let sent = Sent {
        via: "im",
        author: OWNER,
        dialog: params.any("DIALOG_ID"),
        message: params.any("MESSAGE"),
        keyboard: params.any("KEYBOARD"),
        attach: params.any("ATTACH"),
        preview: params.any("URL_PREVIEW"),
    };
    send(call, &sent).map(|id| Reply::new(id.into()))
}

fn update(call: &mut Call<'_>, params: &Params) -> Done {
    change(call, OWNER, params.any("MESSAGE_ID"), params.any("MESSAGE"), params.any("KEYBOARD"))?;
    Ok(Reply::new(json!(true)))
}

fn notify(call: &mut Call<'_>, params: &Params) -> Done {
    let user = id(params.any("USER_ID")).ok_or_else(|| Refusal::bad("USER_ID_EMPTY", "User ID can't be empty"))?;
    let message = text(params.any("MESSAGE")).filter(|message| !message.trim().is_empty());
    let message = message.ok_or_else(|| Refusal::bad("MESSAGE_EMPTY", "Message can't be empty"))?;
    if params.any("ATTACH").to_string().chars().count() > 60_000 {
        return Err(Refusal::bad("ATTACH_OVERSIZE", "You have exceeded the maximum allowable size of attach"));
    }
    if call.switches.no_notify || call.world.staff.user(user).is_none_or(|user| !user.active) {
        return Ok(Reply::new(json!(false)));
    }
    // Under a webhook a tag counts for nothing without the client's id.
    let tag = text(params.any("TAG")).filter(|_| text(params.any("CLIENT_ID")).is_some_and(|id| !id.is_empty()));
    Ok(Reply::new(call.world.chat.notify(user, &message, tag, call.now).into()))
}

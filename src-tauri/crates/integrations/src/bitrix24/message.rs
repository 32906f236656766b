//! The question as it stands in a chat, and the three families of methods that put it there and take its buttons away; each spells its
//! fields in its own way (contracts/bitrix24 6, behaviour/ratings 3).
//!
//! Deliberately not here: calling them (`delivery`), and finding the bot (`bot`).

use pult_domain::{IssueId, areas::ratings::Rate};
use serde_json::{Value, json};

use super::{
    bot::Bot,
    loose::{entry, flag, number},
};

/// The bot's command.
pub(super) const COMMAND: &str = "rate";
/// The most characters of a title in a message.
const MAX_TITLE: usize = 200;

/// The buttons in their order: the answer, its word, the button's colour and its text's.
pub(super) const BUTTONS: [(Rate, &str, &str, &str); 3] = [
    (Rate::Good, "Отлично", "#7CFC00", "#000"),
    (Rate::Normal, "Хорошо", "#FFD700", "#000"),
    (Rate::Bad, "Плохо", "#DC143C", "#fff"),
];

/// A family of methods. Its word is kept with the question, which is changed by the family it was sent by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::AsRefStr, strum::EnumString)]
pub(super) enum Way {
    /// As our bot.
    #[strum(serialize = "imbot.v2")]
    ImbotV2,
    /// By the older bot methods.
    #[strum(serialize = "imbot")]
    Imbot,
    /// In the name of the webhook's owner.
    #[strum(serialize = "im")]
    Im,
}

impl Way {
    /// The method that sends.
    pub(super) fn add(self) -> &'static str {
        match self {
            Self::ImbotV2 => "imbot.v2.Chat.Message.send",
            Self::Imbot => "imbot.message.add",
            Self::Im => "im.message.add",
        }
    }

    /// The method that changes what was sent.
    pub(super) fn update(self) -> &'static str {
        match self {
            Self::ImbotV2 => "imbot.v2.Chat.Message.update",
            Self::Imbot => "imbot.message.update",
            Self::Im => "im.message.update",
        }
    }

    /// What [`Self::add`] is called with.
    pub(super) fn question(self, bot: &Bot, user: &str, message: &str, keyboard: &Value) -> Value {
        match self {
            Self::ImbotV2 => json!({
                "botId": bot.id,
                "botToken": bot.token,
                "dialogId": user,
                "fields": {"message": message, "keyboard": keyboard, "urlPreview": false},
            }),
            Self::Imbot | Self::Im => {
                self.old(bot, json!({"DIALOG_ID": user, "MESSAGE": message, "KEYBOARD": keyboard, "URL_PREVIEW": "N"}))
            }
        }
    }

    /// What [`Self::update`] is called with to leave `message` and no buttons.
    pub(super) fn withdrawal(self, bot: &Bot, id: &str, message: &str) -> Value {
        let id = id.parse::<i64>().map_or_else(|_| json!(id), |id| json!(id));
        match self {
            Self::ImbotV2 => json!({
                "botId": bot.id,
                "botToken": bot.token,
                "messageId": id,
                "fields": {"message": message, "keyboard": "N"},
            }),
            Self::Imbot | Self::Im => self.old(bot, json!({"MESSAGE_ID": id, "MESSAGE": message, "KEYBOARD": "N"})),
        }
    }

    /// The fields of the older methods, which know a bot by its id and us by our own text.
    fn old(self, bot: &Bot, mut fields: Value) -> Value {
        if self == Self::Imbot {
            if let Some(id) = bot.id {
                fields["BOT_ID"] = json!(id);
            }
            if let Some(client) = &bot.client {
                fields["CLIENT_ID"] = json!(client);
            }
        }
        fields
    }

    /// The id of the message that was sent; `None` where the portal created none.
    pub(super) fn sent(self, result: &Value) -> Option<String> {
        let id = match self {
            Self::ImbotV2 => entry(result, "id")?,
            Self::Imbot | Self::Im => result,
        };
        number(id).filter(|id| *id > 0).map(|id| id.to_string())
    }

    /// Whether the message was changed.
    pub(super) fn changed(self, result: &Value) -> bool {
        match self {
            Self::ImbotV2 => entry(result, "result").is_some_and(flag),
            Self::Imbot | Self::Im => flag(result),
        }
    }
}

/// The words of the question.
pub(super) fn question(issue: IssueId, title: &str) -> String {
    let title = plain(title);
    let title = if title.is_empty() { title } else { format!(" «{title}»") };
    format!("Пожалуйста, оцените уровень обслуживания по заявке № {issue}{title}")
}

/// The words that remain when the buttons are gone.
pub(super) fn closed(issue: IssueId) -> String {
    format!("Вопрос об оценке заявки № {issue} закрыт")
}

/// A title in a line, which says nothing to the chat. Brackets begin the chat's own marks and cannot be escaped, so round ones stand
/// in their place.
fn plain(title: &str) -> String {
    let line: String = title.replace('[', "(").replace(']', ")").replace(char::is_control, " ");
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_TITLE) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// The three buttons, each doing what `action` says of it.
fn buttons(action: impl Fn(Rate) -> Value) -> Value {
    let buttons = BUTTONS.map(|(rate, text, background, colour)| {
        let mut button = json!({"TEXT": text, "BG_COLOR": background, "TEXT_COLOR": colour, "DISPLAY": "LINE"});
        if let (Some(button), Value::Object(action)) = (button.as_object_mut(), action(rate)) {
            button.extend(action);
        }
        button
    });
    json!(buttons)
}

/// Buttons that open the links, which stand in the order of [`BUTTONS`].
pub(super) fn link_keyboard(links: &[url::Url; 3]) -> Value {
    let place = |rate| BUTTONS.iter().position(|(of, ..)| *of == rate).unwrap_or_default();
    buttons(|rate| json!({"LINK": links[place(rate)]}))
}

/// Buttons that give the bot its command.
pub(super) fn command_keyboard(bot: &Bot, issue: IssueId) -> Value {
    let buttons = buttons(|rate| json!({"COMMAND": COMMAND, "COMMAND_PARAMS": format!("{issue} {}", rate.as_ref())}));
    match bot.id {
        Some(id) => json!({"BOT_ID": id, "BUTTONS": buttons}),
        None => buttons,
    }
}

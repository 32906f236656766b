//! Our bot: registered when it is first needed, so that nobody has to look for its id. Registering it again, or its command, changes
//! nothing at the portal, and the id is remembered until the next start.
//!
//! Deliberately not here: what it says and hears.

use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{CallError, Exchange};

use super::{
    APPLICATION_TOKEN, BOT_TOKEN, Bitrix24, MessageMethod,
    client::{Call, Key, Trouble},
    intake,
    loose::{entry, number},
    message::{COMMAND, Way},
};

/// The method that registers the bot.
pub(super) const REGISTER: &str = "imbot.v2.Bot.register";
/// The method that gives it its command.
pub(super) const REGISTER_COMMAND: &str = "imbot.v2.Command.register";
/// The older method that registers a bot.
pub(super) const REGISTER_OLD: &str = "imbot.register";

/// The name by which the portal knows that it is the same bot.
const CODE: &str = "pult_rating";
/// The bot's name in the chat.
const NAME: &str = "Оценка заявок";
/// The most characters of a bot's token.
const MAX_TOKEN: usize = 40;

/// The bot as a message is sent by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bot {
    /// Its id, where it is known.
    pub(super) id: Option<i64>,
    /// Its token; empty for the older methods.
    pub(super) token: String,
    /// The text the older methods know us by.
    pub(super) client: Option<String>,
}

/// The bot's id since it was registered. Held through a registration, so that two who come at once register one.
#[derive(Default)]
pub(super) struct Known(Mutex<Option<i64>>);

impl Bitrix24 {
    /// The bot that `way` needs.
    pub(super) async fn bot(&self, way: Way, exchanges: &mut Vec<Exchange>) -> Result<Bot, CallError> {
        let missing = |detail: &str| CallError::Unauthorized { detail: detail.to_owned() };
        match way {
            Way::Im => Ok(Bot { id: self.settings.bot_id, ..Bot::default() }),
            Way::ImbotV2 => {
                let token = self.secret(BOT_TOKEN);
                let token = token
                    .ok_or_else(|| missing("no bitrix24.bot_token has been set: any text of up to 40 characters"))?;
                if token.chars().count() > MAX_TOKEN {
                    return Err(missing("bitrix24.bot_token is longer than 40 characters"));
                }
                let mut known = self.known.0.lock().await;
                let id = match *known {
                    Some(id) => id,
                    None => self.register(&token, exchanges).await?,
                };
                *known = Some(id);
                Ok(Bot { id: Some(id), token, client: None })
            }
            Way::Imbot => {
                let client = self.settings.client_id.clone().filter(|client| !client.is_empty());
                let client = client.ok_or_else(|| {
                    missing("neither bitrix24.bot_token nor client_id has been set, and the older bot methods want the latter")
                })?;
                let mut known = self.known.0.lock().await;
                if known.is_none() {
                    *known = match self.settings.bot_id {
                        Some(id) => Some(id),
                        None => self.register_old(&client, exchanges).await?,
                    };
                }
                Ok(Bot { id: *known, token: String::new(), client: Some(client) })
            }
        }
    }

    /// The bot's id as far as it is known without asking.
    pub(super) async fn known_bot(&self) -> Option<i64> {
        (*self.known.0.lock().await).or(self.settings.bot_id)
    }

    /// The portal does not know the bot any more: it is registered anew when it is needed next. Whether that may help; an id that a
    /// person has set is not ours to change.
    pub(super) async fn forget_bot(&self, trouble: &Trouble) -> bool {
        let gone = matches!(trouble.code.as_str(), "BOT_NOT_FOUND" | "BOT_ID_ERROR") && self.settings.bot_id.is_none();
        if gone {
            *self.known.0.lock().await = None;
        }
        gone
    }

    async fn register(&self, token: &str, exchanges: &mut Vec<Exchange>) -> Result<i64, CallError> {
        let call = |method, params| Call::repeatable(Key::Messages, method, params).hiding([token.to_owned()]);
        let id = match self.settings.bot_id {
            Some(id) => id,
            None => {
                let fields = json!({
                    "code": CODE,
                    "botToken": token,
                    "properties": {"name": NAME},
                    "type": "bot",
                    "eventMode": "fetch",
                });
                let call = call(REGISTER, json!({"fields": fields}));
                registered(&self.client.call(&call, exchanges).await?.result)?
            }
        };
        let fields = json!({
            "command": COMMAND,
            "title": {"ru": "Оценить заявку", "en": "Rate an issue"},
            "params": {"ru": "номер good|normal|bad", "en": "number good|normal|bad"},
            "common": false,
            "hidden": false,
            "extranetSupport": true,
        });
        let call = call(REGISTER_COMMAND, json!({"botId": id, "botToken": token, "fields": fields}));
        self.client.call(&call, exchanges).await?;
        Ok(id)
    }

    /// Registers a bot by the older method, where a person chose that one and the portal can reach us with its events. Otherwise the
    /// messages go without a bot's id, and the portal takes the one that belongs to our `CLIENT_ID`.
    async fn register_old(&self, client: &str, exchanges: &mut Vec<Exchange>) -> Result<Option<i64>, CallError> {
        let Some(public) = self.settings.public_url.as_ref().filter(|_| {
            self.settings.message_method == MessageMethod::Imbot && self.secret(APPLICATION_TOKEN).is_some()
        }) else {
            return Ok(None);
        };
        let mut handler = public.clone();
        if let Ok(mut path) = handler.path_segments_mut() {
            path.pop_if_empty().extend(intake::PATH.split('/').skip(1));
        }
        let params = json!({
            "CODE": CODE,
            "TYPE": "B",
            "EVENT_HANDLER": handler,
            "PROPERTIES": {"NAME": NAME},
            "CLIENT_ID": client,
        });
        let success = self.client.call(&Call::repeatable(Key::Messages, REGISTER_OLD, params), exchanges).await?;
        registered_old(&success.result).map(Some)
    }
}

fn strange(method: &str) -> CallError {
    CallError::Unreachable { detail: format!("the answer to {method} names no bot") }
}

/// The id in the answer to [`REGISTER`].
pub(super) fn registered(result: &Value) -> Result<i64, CallError> {
    entry(result, "bot").and_then(|bot| number(entry(bot, "id")?)).ok_or_else(|| strange(REGISTER))
}

/// The id in the answer to [`REGISTER_OLD`].
pub(super) fn registered_old(result: &Value) -> Result<i64, CallError> {
    number(result).filter(|id| *id > 0).ok_or_else(|| strange(REGISTER_OLD))
}

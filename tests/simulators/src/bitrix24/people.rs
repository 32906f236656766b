//! What the portal's people do in their messenger: press a button, write to a bot.

use serde::{Deserialize, Serialize};

use super::{
    Portal,
    events::{Deed, Ordered, tell_bot},
    params::{any, flag, text},
    world::chat::Message,
};

/// A press of a button.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Press {
    /// Which one, from 0, line breaks counted too.
    pub button: Option<usize>,
    /// Which one, by its text.
    pub text: Option<String>,
    /// Who presses; whose dialogue it is without this.
    pub user: Option<u64>,
    /// Also when the buttons are blocked, as a second window would.
    pub force: bool,
}

/// What a press comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pressed {
    /// A browser opens this.
    Link(String),
    /// The bot is told this event.
    Event(String),
    /// The messenger does something by itself.
    Action(String),
}

/// Why a button is not pressed, or a word not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// There is no such message.
    #[error("there is no such message")]
    NoMessage,
    /// The message has no such button, or not any more.
    #[error("the message has no such button")]
    NoButton,
    /// The button cannot be pressed now.
    #[error("the button is blocked or disabled")]
    Blocked,
    /// The button's command is registered by nobody.
    #[error("no bot has registered this command")]
    NoCommand,
    /// There is no such user or bot.
    #[error("there is no such user or bot")]
    Nobody,
}

/// Something typed to a bot.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteOrder {
    /// Who types.
    pub from: u64,
    /// To which bot.
    pub bot: u64,
    /// What; a registered command when it begins with a slash.
    pub text: String,
}

impl Portal {
    /// Presses a button of a message, as its reader.
    ///
    /// # Errors
    /// The button is not there or does nothing.
    pub fn press(&self, message: u64, press: &Press) -> Result<Pressed, Impossible> {
        let now = self.hands.now();
        let mut guard = self.state();
        let state = &mut *guard;
        let shown = state.world.chat.message(message).ok_or(Impossible::NoMessage)?;
        let index = press.button.or_else(|| {
            let wanted = press.text.as_deref()?;
            shown.keyboard.iter().position(|button| text(any(button, "TEXT")).as_deref() == Some(wanted))
        });
        let button = index.and_then(|index| shown.keyboard.get(index)).cloned().ok_or(Impossible::NoButton)?;
        if flag(any(&button, "DISABLED")) || (shown.blocked && !press.force) {
            return Err(Impossible::Blocked);
        }
        let of = |name| text(any(&button, name)).filter(|text| !text.is_empty());
        if let Some(link) = of("LINK") {
            return Ok(Pressed::Link(link));
        }
        let Some(word) = of("COMMAND") else {
            return of("ACTION").map(Pressed::Action).ok_or(Impossible::NoButton);
        };
        shown.blocked |= flag(any(&button, "BLOCK"));
        let (chat, author, dialog, bot) = (shown.chat, shown.author, shown.dialog.clone(), shown.bot);
        let user = press.user.or_else(|| dialog.parse().ok()).ok_or(Impossible::Nobody)?;
        let bot = bot.unwrap_or(author);
        let params = of("COMMAND_PARAMS").unwrap_or_default();
        let known = state.world.bots.get(bot).ok_or(Impossible::NoCommand)?;
        let command = known.commands.iter().find(|command| command.command == word);
        let id = command.ok_or(Impossible::NoCommand)?.id;
        let line = format!("/{word} {params}");
        let deed = Deed {
            bot,
            command: Some(Ordered { id, command: &word, params: &params, context: "KEYBOARD" }),
            message,
            chat,
            text: line.trim_end(),
            user,
        };
        let (mut told, copies) = (Vec::new(), self.post.manner().duplicates + 1);
        let event =
            tell_bot(&mut state.world, &deed, self.token(), copies, now, &mut told).ok_or(Impossible::Nobody)?;
        self.tell(&guard, told);
        Ok(Pressed::Event(event.to_owned()))
    }

    /// Types something to a bot; answers the message's id.
    ///
    /// # Errors
    /// There is no such user or bot.
    pub fn write(&self, order: &WriteOrder) -> Result<u64, Impossible> {
        let now = self.hands.now();
        let mut guard = self.state();
        let state = &mut *guard;
        let bot = state.world.bots.get(order.bot).ok_or(Impossible::Nobody)?;
        let (word, params) = order.text.split_once(' ').unwrap_or((&order.text, ""));
        let command = word.strip_prefix('/').and_then(|word| {
            let known = bot.commands.iter().find(|command| command.command == word)?;
            Some(Ordered { id: known.id, command: word, params, context: "TEXTAREA" })
        });
        state.world.staff.user(order.from).ok_or(Impossible::Nobody)?;
        let chat = state.world.chat.private(order.from, order.bot);
        let message = state.world.chat.put(Message {
            id: 0,
            via: "typed",
            author: order.from,
            dialog: order.bot.to_string(),
            chat,
            text: order.text.clone(),
            keyboard: Vec::new(),
            bot: None,
            url_preview: true,
            at: now,
            updates: 0,
            blocked: false,
        });
        let deed = Deed { bot: order.bot, command, message, chat, text: &order.text, user: order.from };
        let (mut told, copies) = (Vec::new(), self.post.manner().duplicates + 1);
        tell_bot(&mut state.world, &deed, self.token(), copies, now, &mut told).ok_or(Impossible::Nobody)?;
        self.tell(&guard, told);
        Ok(message)
    }
}

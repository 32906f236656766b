//! Bots of both generations, their commands, and the events that wait to be fetched.

use serde::Serialize;
use serde_json::{Value, json};

/// The first bot of each generation, command and event.
const OLD: u64 = 612;
const NEW: u64 = 640;
const COMMANDS: u64 = 19;
const EVENTS: u64 = 2001;

/// How a bot hears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hears {
    /// The old events, at this address.
    Old(String),
    /// The new events, at this address.
    Push(String),
    /// The new events, when it asks for them.
    Fetch,
}

/// A bot.
#[derive(Clone, Debug, Serialize)]
pub struct Bot {
    /// Its id, and that of the user it is.
    pub id: u64,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How it hears.
    pub hears: Hears,
    /// `CLIENT_ID` or `botToken`: who it belongs to.
    #[serde(skip)]
    pub(in crate::bitrix24) owner: String,
    /// Its commands.
    pub commands: Vec<Command>,
    /// What waits to be fetched: number, type, date and data.
    #[serde(skip)]
    pub(in crate::bitrix24) queue: Vec<Value>,
}

/// A command of a bot.
#[derive(Clone, Debug, Serialize)]
pub struct Command {
    /// Its id.
    pub id: u64,
    /// The word, without a slash.
    pub command: String,
    /// Where the old events of this command go.
    pub handler: Option<String>,
}

/// All bots.
#[derive(Default)]
pub struct Bots {
    /// Every bot.
    pub all: Vec<Bot>,
    commands: u64,
    events: u64,
}

impl Bots {
    /// One there is already, of somebody else's application.
    pub(super) fn new() -> Self {
        let foreign = Bot {
            id: 3,
            code: "martha".to_owned(),
            name: "Марта".to_owned(),
            hears: Hears::Old("https://elsewhere.example/bot".to_owned()),
            owner: "another application".to_owned(),
            commands: Vec::new(),
            queue: Vec::new(),
        };
        Self { all: vec![foreign], commands: 0, events: 0 }
    }

    pub(in crate::bitrix24) fn get(&self, id: u64) -> Option<&Bot> {
        self.all.iter().find(|bot| bot.id == id)
    }

    pub(in crate::bitrix24) fn get_mut(&mut self, id: u64) -> Option<&mut Bot> {
        self.all.iter_mut().find(|bot| bot.id == id)
    }

    /// A new bot; answers its id.
    pub(in crate::bitrix24) fn add(&mut self, code: &str, name: &str, hears: Hears, owner: &str) -> u64 {
        let first = if matches!(hears, Hears::Old(_)) { OLD } else { NEW };
        let id = (first..).find(|id| self.get(*id).is_none()).unwrap_or(first);
        self.all.push(Bot {
            id,
            code: code.to_owned(),
            name: name.to_owned(),
            hears,
            owner: owner.to_owned(),
            commands: Vec::new(),
            queue: Vec::new(),
        });
        id
    }

    /// A command of a bot's, the known one when there is one; answers its id.
    pub(in crate::bitrix24) fn add_command(&mut self, bot: u64, command: &str, handler: Option<String>) -> u64 {
        let id = COMMANDS + self.commands;
        let Some(bot) = self.all.iter_mut().find(|known| known.id == bot) else { return id };
        if let Some(known) = bot.commands.iter().find(|known| known.command == command) {
            return known.id;
        }
        bot.commands.push(Command { id, command: command.to_owned(), handler });
        self.commands += 1;
        id
    }

    /// Lets an event wait until the bot asks for it.
    pub(in crate::bitrix24) fn queue(&mut self, bot: u64, kind: &str, date: &str, data: &Value) {
        let number = EVENTS + self.events;
        if let Some(bot) = self.get_mut(bot) {
            bot.queue.push(json!({ "eventId": number, "type": kind, "date": date, "data": data }));
            self.events += 1;
        }
    }

    /// The number the next event gets.
    pub(in crate::bitrix24) const fn next_event(&self) -> u64 {
        EVENTS + self.events
    }
}

//! The configuration: one TOML file, typed, with every unknown key refused and every setting described once.
//!
//! Deliberately not here: secrets (never in this file, see `secrets`), state, and anything learnt while running.
//! A new setting is a line in its section's `section!`; the file, the checks, the example and the Settings screen
//! follow from it.

mod areas;
mod check;
mod error;
mod example;
mod file;
mod host;
mod integrations;
mod listen;
mod place;
mod section;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod transfer;

use std::path::Path;
use std::sync::LazyLock;

pub use areas::{
    Areas, BusyMetric, Calls, Carousel, ChatEdits, ChatLink, DirectCreate, Erp, Floor, Messages, Network,
    QueueKeywords, Ratings, SilentRate, TicketOrder, Tickets, TurnStrategy, WrapupCodes,
};
pub use error::{ConfigError, Problem, ProblemCode};
pub use file::ConfigFile;
pub(crate) use file::{Mode, replace};
pub use host::{Backup, Lanes, Level, Log, Retention, Rotation, Storage};
pub use integrations::{
    Agencies, Bitrix24, CallFeed, DeskAuth, DeskProduct, Easy, Finesse, FinesseTransport, Integrations, Intradesk,
    MessageMethod, MessengerTls, Okdesk, Pachca, RateBody, Redmine, Staff, Telephony, Tracker, TrackerAuth, Xmpp,
    Yandex360,
};
pub use listen::{Console, Exposure, Hooks, Tls};
pub use place::{Place, quoted};
pub use section::{Field, Kind};

use section::{Entry, Section, section};

section! {
    /// The whole configuration.
    pub struct Config {}
    sections {
        /// The console: screens, their API, metrics and health.
        console: Console,
        /// Incoming hooks and the legacy routes.
        hooks: Hooks,
        /// The database, its blobs and their backups.
        storage: Storage,
        /// How long things are kept.
        retention: Retention,
        /// The program's own log.
        log: Log,
        /// Patience of the outgoing lanes.
        lanes: Lanes,
        /// House rules, one section per area.
        areas: Areas,
        /// The systems Pult talks with.
        integrations: Integrations,
    }
}

impl Config {
    /// Reads and checks a file. Blocking.
    ///
    /// # Errors
    /// [`ConfigError::Missing`] when there is no such file (a first start may then go on with [`Config::default`]),
    /// [`ConfigError::Read`] when it cannot be read, [`ConfigError::Invalid`] with every problem found in it.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = file::read(path)?;
        Self::parse(&text).map_err(|problems| ConfigError::Invalid { file: path.to_owned(), problems })
    }

    /// Checks a text.
    ///
    /// # Errors
    /// Every problem found, in file order; none of them repeats a value of the text.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        check::parse(text)
    }

    /// Every setting, in file order.
    #[must_use]
    pub fn describe() -> Vec<Field> {
        fields().cloned().collect()
    }

    /// A commented file with every setting at its default.
    #[must_use]
    pub fn example() -> String {
        example::example()
    }
}

/// The declared lines of the configuration, in file order.
fn entries() -> &'static [Entry] {
    static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
        let mut entries = Vec::new();
        Config::entries("", &mut entries);
        entries
    });
    &ENTRIES
}

/// The declared settings, in file order.
fn fields() -> impl Iterator<Item = &'static Field> {
    entries().iter().filter_map(|entry| match entry {
        Entry::Field(field) => Some(field),
        Entry::Section { .. } => None,
    })
}

/// The declared section paths, in file order; the root is not one.
fn sections() -> impl Iterator<Item = &'static str> {
    entries().iter().filter_map(|entry| match entry {
        Entry::Section { path, .. } if !path.is_empty() => Some(path.as_str()),
        _ => None,
    })
}

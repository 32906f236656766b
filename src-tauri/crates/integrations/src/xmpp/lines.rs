//! The way from those who owe a message to the session that can say it.
//!
//! Deliberately not here: the session ([`super::hold`]) and what its word means for the next attempt ([`super::delivery`]).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use pult_domain::areas::messages::Account;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_xmpp::Stanza;

use crate::SessionState;

use super::session::Look;

/// Words that wait for the session; more of them wait where they come from.
const WAITING: usize = 16;

/// How an account's session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// Messages can be said.
    Live,
    /// Not now; it is tried again by itself.
    Down(String),
    /// Nothing is tried before a person has acted.
    Stopped(SessionState, String),
}

/// What became of what was to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// The server has it.
    Taken,
    /// It never left.
    Unsaid(String),
    /// The server ended the stream over it.
    Refused(String),
    /// Nobody knows.
    Unknown(String),
}

/// What a session is asked to do.
pub(super) enum Ask {
    /// Say this; a message under its id, so that it is said once however often it is asked.
    Say { stanza: Box<Stanza>, uid: Option<String>, done: oneshot::Sender<Said> },
    /// Find out whether a message was said.
    Look { look: Look, done: oneshot::Sender<Result<bool, String>> },
}

/// The session's end of a line.
pub(super) struct Held {
    pub(super) asks: mpsc::Receiver<Ask>,
    pub(super) standing: watch::Sender<Standing>,
}

#[derive(Clone)]
struct Line {
    asks: mpsc::Sender<Ask>,
    standing: watch::Receiver<Standing>,
}

/// The sessions there are, by account.
#[derive(Clone, Default)]
pub(super) struct Lines {
    all: Arc<Mutex<BTreeMap<Account, Line>>>,
}

impl Lines {
    fn all(&self) -> MutexGuard<'_, BTreeMap<Account, Line>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A line to a session that begins.
    pub(super) fn begin(&self, account: Account) -> Held {
        let (say, asks) = mpsc::channel(WAITING);
        let (standing, shown) = watch::channel(Standing::Down("not signed in yet".to_owned()));
        self.all().insert(account, Line { asks: say, standing: shown });
        Held { asks, standing }
    }

    pub(super) fn end(&self, account: Account) {
        self.all().remove(&account);
    }

    /// How the account's session is; `None` where there is none.
    pub(super) fn standing(&self, account: Account) -> Option<Standing> {
        self.all().get(&account).map(|line| line.standing.borrow().clone())
    }

    /// Says something and waits for what becomes of it. Whoever waits has a limit of their own.
    pub(super) async fn say(&self, account: Account, stanza: impl Into<Stanza>, uid: Option<String>) -> Said {
        let Some(line) = self.all().get(&account).cloned() else {
            return Said::Unsaid("the account has no session".to_owned());
        };
        let (done, said) = oneshot::channel();
        if line.asks.send(Ask::Say { stanza: Box::new(stanza.into()), uid, done }).await.is_err() {
            return Said::Unsaid("the session has ended".to_owned());
        }
        said.await.unwrap_or_else(|_| Said::Unknown("the session has ended meanwhile".to_owned()))
    }

    /// Finds out whether a message was said.
    pub(super) async fn look(&self, account: Account, look: Look) -> Result<bool, String> {
        let ended = || "the account has no session".to_owned();
        let line = self.all().get(&account).cloned().ok_or_else(ended)?;
        let (done, found) = oneshot::channel();
        line.asks.send(Ask::Look { look, done }).await.map_err(|_| ended())?;
        found.await.map_err(|_| ended())?
    }
}

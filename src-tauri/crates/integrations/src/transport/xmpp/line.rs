//! A session that runs: what is to be said goes out, questions are matched with their answers, the server's own are answered.
//!
//! Deliberately not here: how long an answer may take, and when to end (the caller's).

use std::collections::BTreeMap;

use minidom::Element;
use tokio::sync::mpsc;

use super::{Frames, Lost, STREAMS, ended, stanza};
use crate::transport::xmpp::stanza::Build;

const PING: &str = "urn:xmpp:ping";
/// The most questions remembered; the caller gives up on the oldest long before.
const MAX_OPEN: usize = 1000;

/// What is to be said.
#[derive(Debug, Clone)]
pub enum Say {
    /// A stanza that expects no answer.
    Stanza(Element),
    /// A question.
    Ask {
        /// The caller's number for it, never used twice in a session.
        id: u64,
        /// Whom.
        to: String,
        /// It changes something there.
        set: bool,
        /// What is asked.
        payload: Element,
    },
    /// Good-bye.
    Close,
}

/// What is heard.
#[derive(Debug, Clone)]
pub enum Heard {
    /// A message or presence.
    Stanza(Element),
    /// The answer to a question: its payload, or the name of the error's condition.
    Answer {
        /// The question's number.
        id: u64,
        /// What came of it.
        outcome: Result<Option<Element>, String>,
    },
    /// The server asked something and was answered: it is alive.
    Sign,
}

/// A session that runs.
pub struct Line {
    frames: Box<dyn Frames>,
    /// Whom each open question went to.
    open: BTreeMap<u64, String>,
}

impl Line {
    /// A session on frames that have signed in.
    #[must_use]
    pub fn new(frames: Box<dyn Frames>) -> Self {
        Self { frames, open: BTreeMap::new() }
    }

    /// Runs until told to close, dropped by the caller, or lost; says which. `heard` is waited for, so that a caller that is behind
    /// slows the server down.
    pub async fn run(mut self, mut say: mpsc::Receiver<Say>, heard: mpsc::Sender<Heard>) -> Lost {
        loop {
            let step = tokio::select! {
                words = say.recv() => match words {
                    Some(Say::Close) | None => {
                        self.frames.close().await;
                        return Lost::Closed;
                    }
                    Some(words) => self.speak(words).await.map(|()| None),
                },
                stanza = self.frames.next() => match stanza {
                    Ok(stanza) => self.understand(stanza).await,
                    Err(lost) => Err(lost),
                },
            };
            match step {
                Ok(Some(news)) => {
                    if heard.send(news).await.is_err() {
                        return Lost::Closed;
                    }
                }
                Ok(None) => {}
                Err(lost) => return lost,
            }
        }
    }

    async fn speak(&mut self, words: Say) -> Result<(), Lost> {
        match words {
            Say::Stanza(stanza) => self.frames.send(&stanza).await,
            Say::Ask { id, to, set, payload } => {
                let kind = if set { "set" } else { "get" };
                let iq = stanza::iq(kind, &format!("q{id}"), Some(&to)).with_child(payload);
                self.open.insert(id, to);
                while self.open.len() > MAX_OPEN {
                    self.open.pop_first();
                }
                self.frames.send(&iq).await
            }
            Say::Close => Ok(()),
        }
    }

    async fn understand(&mut self, stanza: Element) -> Result<Option<Heard>, Lost> {
        if stanza.is("error", STREAMS) {
            return Err(ended(&stanza));
        }
        if stanza.name() != "iq" {
            return Ok(Some(Heard::Stanza(stanza)));
        }
        let id = stanza.attr("id").unwrap_or_default();
        match stanza.attr("type") {
            Some(kind @ ("result" | "error")) => {
                let outcome = match kind {
                    "result" => Ok(stanza.children().next().cloned()),
                    _ => Err(stanza::condition(&stanza)),
                };
                Ok(Some(match self.asked(id, stanza.attr("from")) {
                    Some(id) => Heard::Answer { id, outcome },
                    None => Heard::Sign,
                }))
            }
            Some("get" | "set") => {
                let pinged = stanza.has_child("ping", PING);
                let from = stanza.attr("from");
                let reply = if pinged { stanza::iq("result", id, from) } else { stanza::not_here(id, from) };
                self.frames.send(&reply).await?;
                Ok(Some(Heard::Sign))
            }
            _ => Ok(Some(Heard::Sign)),
        }
    }

    /// The question an answer belongs to: the right number, from whom it was asked. A server may leave its own name out.
    fn asked(&mut self, id: &str, from: Option<&str>) -> Option<u64> {
        let id: u64 = id.strip_prefix('q')?.parse().ok()?;
        let to = self.open.get(&id)?;
        if from.is_some_and(|from| !from.eq_ignore_ascii_case(to)) {
            return None;
        }
        self.open.remove(&id).map(|_| id)
    }
}

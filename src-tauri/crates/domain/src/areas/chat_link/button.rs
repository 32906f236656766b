//! Buttons under our messages, and what a press of one says (behaviour/chat_tracker 5.2, contracts/pachca 3).
//!
//! What a button carries is a short token, `v1:<action>:<base62 number>`, never a text for people. Read as well: the bare names of actions,
//! as older messages have them. Deliberately not here: rights (the rule's), drawing (the messenger's).

use serde::{Deserialize, Serialize};

use crate::ChatLinkId;

/// What a button does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Opens the form of a new request.
    Form,
    /// Asks which issues to show.
    Lists,
    /// Shows the person's open issues.
    Active,
    /// Shows the person's issues that are over.
    Closed,
    /// Shows the issues the person follows or may read.
    Watched,
    /// The person takes the issue.
    Take,
    /// Asks where the issue is to go.
    Status,
    /// Ends the issue.
    Close,
    /// Takes the issue up again.
    Reopen,
    /// Sends the issue one of the ways that were offered.
    Move {
        /// The tracker's id of the transition.
        transition: String,
    },
}

/// A press: the action, and the conversation whose button it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Press {
    /// What was pressed.
    pub action: Action,
    /// Under which conversation.
    pub link: Option<ChatLinkId>,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What stands on it; the messenger shows its first 255 characters.
    pub text: String,
    /// What a press of it says.
    pub press: Press,
}

/// Transitions are named behind this word.
const MOVE: &str = "move.";
const VERSION: &str = "v1";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Button {
    /// A button of no conversation.
    #[must_use]
    pub fn of(text: &str, action: Action) -> Self {
        Self { text: text.to_owned(), press: Press { action, link: None } }
    }
}

impl Press {
    /// The token a button carries; of 255 characters at most as long as the tracker's ids are of 200.
    #[must_use]
    pub fn token(&self) -> String {
        let word = match &self.action {
            Action::Form => "open_sd_form",
            Action::Lists => "my_tasks",
            Action::Active => "active_tasks",
            Action::Closed => "closed_tasks",
            Action::Watched => "watched_tasks",
            Action::Take => "take",
            Action::Status => "status",
            Action::Close => "close",
            Action::Reopen => "reopen",
            Action::Move { transition } => return format!("{VERSION}:{MOVE}{transition}:{}", base62(self.link)),
        };
        format!("{VERSION}:{word}:{}", base62(self.link))
    }

    /// What a token says. Whatever is no token of ours asks for the form, as every unknown button did (behaviour/chat_tracker 5.2).
    #[must_use]
    pub fn read(token: &str) -> Self {
        let mut parts =
            token.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix(':')).unwrap_or(token).rsplitn(2, ':');
        let (last, first) = (parts.next().unwrap_or_default(), parts.next());
        let (word, link) = match first {
            Some(word) => (word, of_base62(last)),
            None => (last, None),
        };
        let action = match word.trim() {
            "my_tasks" | "mytasks" | "my_tasks_show" => Action::Lists,
            "active_tasks" => Action::Active,
            "closed_tasks" => Action::Closed,
            "watched_tasks" => Action::Watched,
            "take" => Action::Take,
            "status" => Action::Status,
            "close" => Action::Close,
            "reopen" => Action::Reopen,
            word => match word.strip_prefix(MOVE) {
                Some(transition) => Action::Move { transition: transition.to_owned() },
                None => Action::Form,
            },
        };
        Self { action, link }
    }
}

fn base62(link: Option<ChatLinkId>) -> String {
    let Some(mut rest) = link.and_then(|link| u64::try_from(link.0).ok()) else { return String::new() };
    let mut digits = vec![];
    loop {
        let digit = usize::try_from(rest % 62).unwrap_or_default();
        digits.extend(DIGITS.get(digit).copied().map(char::from));
        rest /= 62;
        if rest == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

fn of_base62(text: &str) -> Option<ChatLinkId> {
    let mut number = 0_i64;
    for byte in text.bytes() {
        let digit = DIGITS.iter().position(|d| *d == byte)?;
        number = number.checked_mul(62)?.checked_add(i64::try_from(digit).ok()?)?;
    }
    (!text.is_empty()).then_some(ChatLinkId(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_button_says_the_same_when_it_is_read_again() {
        let moved = Action::Move { transition: "start_progress:2".to_owned() };
        for action in [Action::Form, Action::Lists, Action::Active, Action::Closed, Action::Watched, Action::Take]
            .into_iter()
            .chain([Action::Status, Action::Close, Action::Reopen, moved])
        {
            for link in
                [None, Some(ChatLinkId(0)), Some(ChatLinkId(61)), Some(ChatLinkId(62)), Some(ChatLinkId(i64::MAX))]
            {
                let press = Press { action: action.clone(), link };
                assert_eq!(Press::read(&press.token()), press, "{}", press.token());
            }
        }
    }

    #[test]
    fn buttons_of_older_messages_are_read_and_unknown_ones_ask_for_the_form() {
        for (token, action) in [
            ("my_tasks", Action::Lists),
            ("mytasks", Action::Lists),
            ("closed_tasks", Action::Closed),
            ("open_sd_form", Action::Form),
            ("whatever", Action::Form),
            ("", Action::Form),
            ("v1:take:!!", Action::Take),
        ] {
            assert_eq!(Press::read(token), Press { action, link: None }, "{token}");
        }
    }
}

//! Where in the console something beside the page leads, as addresses of the page.
//!
//! Deliberately not here: which screen shows a subject (the page knows its screens), and the window.

use std::sync::{Mutex, PoisonError};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::status;

/// What stays readable in a word of an address. A slash is written otherwise: it would begin the next word.
const WORD: &AsciiSet = &NON_ALPHANUMERIC.remove(b':').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The list of notices.
pub(crate) const INBOX: &str = "#/inbox";

/// Where the lines of the tray's menu lead, in their order.
const LINES: [&str; status::LINES] = [
    "#/now",
    "#/floor",
    INBOX,
    "#/network",
    "#/deliveries?tab=out&failed=1",
    "#/deliveries",
    "#/calls",
    "#/deliveries",
    "#/deliveries?state=waiting",
];

/// Where a line of the tray's menu leads: to the screen of what it tells.
pub(crate) fn of_line(at: usize) -> Option<&'static str> {
    LINES.get(at).copied()
}

/// The address that shows what a notice is about: the page opens it as its bell would.
pub(crate) fn of_subject(subject: &str) -> String {
    match subject {
        "" => INBOX.to_owned(),
        _ => format!("#/open/{}", utf8_percent_encode(subject, WORD)),
    }
}

/// Where the page is to go next, until it asks: it may not be there yet, or wait for somebody to sign in.
#[derive(Debug, Default)]
pub(crate) struct Wanted(Mutex<Option<String>>);

impl Wanted {
    /// The last wish counts.
    pub(crate) fn put(&self, address: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(address);
    }

    /// Each wish is followed once.
    pub(crate) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_word_of_the_address() {
        for (subject, address) in [
            ("ticket:4312", "#/open/ticket:4312"),
            ("delivery:call_feed/chat.send", "#/open/delivery:call_feed%2Fchat.send"),
            ("conversation:olga/иван@example.com", "#/open/conversation:olga%2F%D0%B8%D0%B2%D0%B0%D0%BD%40example.com"),
            ("a?open=b&c#d%2F", "#/open/a%3Fopen%3Db%26c%23d%252F"),
            ("floor", "#/open/floor"),
            ("", "#/inbox"),
        ] {
            assert_eq!(of_subject(subject), address);
        }
    }

    #[test]
    fn the_last_wish_is_followed_and_only_once() {
        let wanted = Wanted::default();
        assert_eq!(wanted.take(), None);
        wanted.put(of_subject("ticket:1"));
        wanted.put(INBOX.to_owned());
        assert_eq!((wanted.take().as_deref(), wanted.take()), (Some("#/inbox"), None));
    }
}

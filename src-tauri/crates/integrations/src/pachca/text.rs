//! What our messages say, in the messenger's Markdown: people's texts escaped, cut to what a message holds, names mentioned.
//!
//! Deliberately not here: finding out who is mentioned (`people`), and texts that come ready (menus, lists, notices).

use std::{collections::BTreeMap, ops::Range};

use pult_domain::areas::chat_link::{
    markdown::escape,
    owed::{Anchor, Reply},
};

/// The most characters of a message (contracts/pachca 3).
pub(super) const MAX_CONTENT: usize = 4_000;
/// The most characters of a subject within a message.
const MAX_SUBJECT: usize = 300;
/// The most characters of an author's name within a message.
const MAX_AUTHOR: usize = 200;
/// Kept free for the line that tells two equal messages apart.
const MARK: usize = 80;
/// Kept free for the names of files that are not copied.
const MAX_LEFT: usize = 500;
/// How that line begins.
const LEFT: &str = "Файлы не скопированы:";

/// Mentions in a text: where they stand, `@` included, and whom they name. A full stop behind one belongs to the sentence.
pub(super) fn mentions(text: &str) -> Vec<(Range<usize>, &str)> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    let mut found = vec![];
    for (at, _) in text.match_indices('@') {
        // An address of mail or of a page mentions nobody.
        if text[..at].chars().next_back().is_some_and(|c| is_name(c) || matches!(c, '/' | '@')) {
            continue;
        }
        let rest = &text[at + 1..];
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let name = rest[..end].trim_end_matches(['.', '-']);
        if !name.is_empty() {
            found.push((at..at + 1 + name.len(), name));
        }
    }
    found
}

/// The names a text mentions, each once, whatever their case; `most` at most.
pub(super) fn names(text: &str, most: usize) -> Vec<String> {
    let mut names: Vec<String> = vec![];
    for (_, name) in mentions(text) {
        if names.len() < most && !names.iter().any(|known| known.to_lowercase() == name.to_lowercase()) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Text with a bound: what does not fit is told by `…`.
struct Bounded {
    text: String,
    count: usize,
    most: usize,
    /// Where the text ends if it has to make room for `…`.
    room: usize,
    cut: bool,
}

impl Bounded {
    fn new(most: usize) -> Self {
        Self { text: String::new(), count: 0, most, room: 0, cut: false }
    }

    /// Adds a piece that is not cut in two.
    fn add(&mut self, piece: &str) {
        let length = piece.chars().count();
        if self.cut || self.count + length > self.most {
            self.cut = true;
            return;
        }
        self.text.push_str(piece);
        self.count += length;
        if self.count < self.most {
            self.room = self.text.len();
        }
    }

    fn end(mut self) -> (String, bool) {
        if self.cut {
            self.text.truncate(self.room);
            self.text.push('…');
        }
        (self.text, self.cut)
    }
}

/// A text in which nothing is a mark of Markdown, in `most` characters. `mentioned` says how those it names are called here, by the
/// small letters of the text's own names; a mention is never escaped, or nobody would be notified. Whether it was cut comes with it.
fn escaped(text: &str, most: usize, mentioned: &BTreeMap<String, String>) -> (String, bool) {
    let mut out = Bounded::new(most);
    let mut from = 0;
    for (at, name) in mentions(text) {
        escape(text, from..at.start, |piece| out.add(piece));
        let known = mentioned.get(&name.to_lowercase()).map_or(name, String::as_str);
        out.add(&format!("@{known}"));
        from = at.end;
    }
    escape(text, from..text.len(), |piece| out.add(piece));
    out.end()
}

/// A text in a line.
fn line(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    escaped(&line, most, &BTreeMap::new()).0
}

/// The first message of a conversation (behaviour/chat_tracker 5.3, step 7). The link stands whatever is cut.
pub(super) fn anchor(anchor: &Anchor) -> String {
    let head = format!("📩 Обращение в ServiceDesk\nТема: {}\nОписание: ", line(&anchor.summary, MAX_SUBJECT));
    let tail = format!("\nСсылка на задачу: {}", anchor.url);
    let room = MAX_CONTENT.saturating_sub(head.chars().count() + tail.chars().count());
    let (text, _) = escaped(anchor.text.trim(), room, &BTreeMap::new());
    format!("{head}{text}{tail}")
}

/// A comment as it stands in the conversation (behaviour/chat_tracker 6). Room for what may follow is kept free.
pub(super) fn comment(reply: &Reply, mentioned: &BTreeMap<String, String>) -> String {
    let head = format!("🔔 Добавлен комментарий:\nАвтор: {}", line(&reply.author, MAX_AUTHOR));
    let text = reply.text.trim();
    if text.is_empty() {
        return head;
    }
    let link = format!("\n{}", reply.url);
    let left = if reply.files.is_empty() { 0 } else { MAX_LEFT };
    let room = MAX_CONTENT.saturating_sub(head.chars().count() + 1 + left + MARK);
    let whole = escaped(text, room, mentioned);
    match whole {
        (whole, false) => format!("{head}\n{whole}"),
        (_, true) => {
            let (begun, _) = escaped(text, room.saturating_sub(link.chars().count()), mentioned);
            format!("{head}\n{begun}{link}")
        }
    }
}

/// The line of files that are not in the message.
pub(super) fn left(names: &[String], url: &str) -> String {
    let tail = format!(" — {url}");
    let room = MAX_LEFT.saturating_sub(LEFT.chars().count() + 2 + tail.chars().count());
    let names = names.iter().map(|name| line(name, 100)).collect::<Vec<_>>().join(", ");
    let mut bounded = Bounded::new(room);
    names.chars().for_each(|c| bounded.add(c.encode_utf8(&mut [0; 4])));
    format!("{LEFT} {}{tail}", bounded.end().0)
}

/// The line that tells a comment from an equal one.
pub(super) fn mark(reply: &Reply) -> String {
    format!("{} (№ {})", reply.issue.chars().take(MARK / 2).collect::<String>(), reply.item)
}

/// A message as it is bounded whoever made its text.
pub(super) fn bounded(text: &str) -> String {
    let mut bounded = Bounded::new(MAX_CONTENT);
    text.chars().for_each(|c| bounded.add(c.encode_utf8(&mut [0; 4])));
    bounded.end().0
}

/// What a message found there says beyond `words`: `None` where it says something else altogether.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beyond {
    /// Nothing that tells it from an equal one.
    Plain,
    /// The line that does.
    Marked,
}

/// Whether a message is `words`, with or without the lines that may follow them.
pub(super) fn is_said(content: &str, words: &str, mark: &str) -> Option<Beyond> {
    let rest = content.trim().strip_prefix(words.trim())?;
    if !(rest.is_empty() || rest.starts_with('\n')) {
        return None;
    }
    let mut beyond = Beyond::Plain;
    for line in rest.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line == mark {
            beyond = Beyond::Marked;
        } else if !line.starts_with(LEFT) {
            return None;
        }
    }
    Some(beyond)
}

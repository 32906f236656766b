//! What a message says, line by line, exactly as people know it (behaviour/helpdesk 5, contracts/xmpp 7).
//!
//! Deliberately not here: the stanza around it.

use pult_domain::{TicketId, areas::messages::Words, markup::without_tags};

/// The longest notice, characters.
const LONGEST_NOTICE: usize = 2_000;
/// The longest typed message, characters.
const LONGEST_TYPED: usize = 5_000;
/// The longest title of a ticket within a notice, characters.
const LONGEST_SUBJECT: usize = 300;
/// What stands where a text was cut.
const CUT: char = '…';

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// Words, perhaps of several lines of their own.
    Text(String),
    /// An address to follow.
    Link(String),
}

impl Line {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Link(text) => text,
        }
    }
}

/// The lines of a message.
pub(super) fn lines(words: &Words) -> Vec<Line> {
    match words {
        Words::Typed { text } => {
            cut(&clean(text), LONGEST_TYPED).lines().map(|line| Line::Text(line.to_owned())).collect()
        }
        Words::Status { ticket, old, new, comment, subject, url } => {
            let (old, new) = (one_line(old), one_line(new));
            let status = match old.is_empty() {
                // The letter before the old status is the Latin one, as it has always been.
                false => format!("В задаче #{ticket} изменился статус c {old} на {new}"),
                true => format!("В задаче #{ticket} изменился статус на {new}"),
            };
            // One entry of the history is one message, with both.
            let happened: Vec<String> =
                [status].into_iter().chain(comment.iter().map(|_| commented(*ticket))).collect();
            notice(&happened, &without_tags(comment.as_deref().unwrap_or_default()), subject, url.as_deref())
        }
        Words::Comment { ticket, text, subject, url } => {
            notice(&[commented(*ticket)], &without_tags(text), subject, url.as_deref())
        }
        Words::Told { line, subject, url } => notice(&[one_line(line)], "", subject, url.as_deref()),
    }
}

fn commented(ticket: TicketId) -> String {
    format!("В задачу #{ticket} добавлен новый комментарий")
}

/// The lines as one text.
pub(super) fn body(lines: &[Line]) -> String {
    lines.iter().map(Line::text).collect::<Vec<_>>().join("\n")
}

/// What happened, a line for each, what was said about it after an empty line, and where to look. Only what was said is cut, and the rest
/// where it is too long by itself.
fn notice(happened: &[String], said: &str, subject: &str, url: Option<&str>) -> Vec<Line> {
    let longest = LONGEST_NOTICE / 4 / happened.len().max(1);
    let mut lines: Vec<Line> = happened.iter().map(|line| Line::Text(cut(&clean(line), longest))).collect();
    let subject = cut(&one_line(subject), LONGEST_SUBJECT);
    let url = url.map(one_line).filter(|url| !url.is_empty() && url.chars().count() <= LONGEST_NOTICE / 4);
    let tail = [(!subject.is_empty()).then_some(Line::Text(subject)), url.map(Line::Link)];
    let tail: Vec<Line> = tail.into_iter().flatten().collect();
    let taken: usize = lines.iter().chain(&tail).map(|line| line.text().chars().count() + 1).sum();
    let said = clean(said);
    let said = cut(said.trim(), LONGEST_NOTICE.saturating_sub(taken + 1));
    if !said.is_empty() {
        lines.push(Line::Text(String::new()));
        lines.extend(said.lines().map(|line| Line::Text(line.to_owned())));
    }
    lines.extend(tail);
    lines
}

/// Without the characters that XML does not allow: one of them would end the stream.
fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| (*c >= ' ' || matches!(c, '\t' | '\n')) && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}

fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(longest.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push(CUT);
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://desk.example.com/issues/4312";

    fn said(words: Words) -> String {
        body(&lines(&words))
    }

    fn comment(text: &str) -> String {
        said(Words::Comment {
            ticket: TicketId(4312),
            text: text.into(),
            subject: "Printer off".into(),
            url: Some(URL.into()),
        })
    }

    fn status(old: &str) -> String {
        let (new, subject) = ("In Progress".into(), "Printer off".into());
        said(Words::Status {
            ticket: TicketId(4312),
            old: old.into(),
            new,
            comment: None,
            subject,
            url: Some(URL.into()),
        })
    }

    #[test]
    fn a_status_and_a_comment_of_one_entry_are_one_message_with_both() {
        let both = |comment: &str| {
            said(Words::Status {
                ticket: TicketId(4312),
                old: "New".into(),
                new: "In Progress".into(),
                comment: Some(comment.into()),
                subject: "Printer off".into(),
                url: Some(URL.into()),
            })
        };
        let (happened, tail) = (
            "В задаче #4312 изменился статус c New на In Progress\nВ задачу #4312 добавлен новый комментарий\n",
            format!("Printer off\n{URL}"),
        );
        assert_eq!(both("<p>Смотрю</p>"), format!("{happened}\nСмотрю\n{tail}"));
        assert_eq!(both(""), format!("{happened}{tail}"), "whose words the reader may not have");
        assert_eq!(both(&"й".repeat(5_000)).chars().count(), LONGEST_NOTICE);
    }

    #[test]
    fn a_notice_of_a_status_is_as_people_know_it_byte_for_byte() {
        let expected =
            "В задаче #4312 изменился статус c New на In Progress\nPrinter off\nhttps://desk.example.com/issues/4312";
        assert_eq!(status("New").as_bytes(), expected.as_bytes());
        assert!(status("").starts_with("В задаче #4312 изменился статус на In Progress\n"));
    }

    #[test]
    fn a_notice_of_a_comment_is_as_people_know_it_byte_for_byte() {
        let expected = "В задачу #4312 добавлен новый комментарий\n\nСмотрю\nеще раз\nPrinter off\nhttps://desk.example.com/issues/4312";
        assert_eq!(comment("<p>Смотрю</p>\n<b>еще</b> раз").as_bytes(), expected.as_bytes());
        let unread = "В задачу #4312 добавлен новый комментарий\nPrinter off\nhttps://desk.example.com/issues/4312";
        assert_eq!(comment(""), unread);
    }

    #[test]
    fn what_xml_does_not_allow_is_taken_out_and_the_rest_stays() {
        let text = "a\u{7}b\u{0}c\u{ffff} ]]> &lt; 😀\tz\r\nnext";
        assert_eq!(said(Words::Typed { text: text.into() }), "abc ]]> &lt; 😀\tz\nnext");
    }

    #[test]
    fn a_notice_is_cut_where_it_was_said_and_keeps_where_to_look() {
        let long = comment(&"й".repeat(5_000));
        assert_eq!(long.chars().count(), LONGEST_NOTICE);
        assert!(long.ends_with(&format!("…\nPrinter off\n{URL}")));
        assert_eq!(said(Words::Typed { text: "й".repeat(6_000) }).chars().count(), LONGEST_TYPED);
        let subject = "т".repeat(9_000);
        let told =
            said(Words::Told {
                line: "Срок\nвышел".into(), subject, url: Some("https://x.example/".repeat(200))
            });
        assert!(told.starts_with("Срок вышел\nт") && told.chars().count() <= LONGEST_NOTICE, "{}", told.len());
    }
}

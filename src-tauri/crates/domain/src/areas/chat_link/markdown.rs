//! People's words within a message of ours: nothing of them is a mark of Markdown.
//!
//! One set of rules for all that is said in the messenger, whoever words it. Deliberately not here: which words (the rules' and the
//! integrations'), and the tracker's own marks.

use std::ops::Range;

/// Adds a part of a text, piece by piece; a mark and its backslash are one piece.
pub fn escape(text: &str, part: Range<usize>, mut add: impl FnMut(&str)) {
    let mut url_until = 0;
    for (at, c) in text[part.clone()].char_indices().map(|(at, c)| (at + part.start, c)) {
        if at >= url_until && (text[at..].starts_with("https://") || text[at..].starts_with("http://")) {
            url_until = text[at..].find(char::is_whitespace).map_or(text.len(), |end| at + end);
        }
        let before = text[..at].chars().next_back();
        let after = text[at + c.len_utf8()..].chars().next();
        let within = |side: Option<char>| side.is_some_and(char::is_alphanumeric);
        let begins_line = || text[..at].rsplit('\n').next().is_none_or(|line| line.trim().is_empty());
        let is_mark = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' => true,
            // Within a word, and within an address, it is a letter like any other.
            '_' => at >= url_until && !(within(before) && within(after)),
            '~' => at >= url_until && (before == Some('~') || after == Some('~')),
            '#' | '>' => begins_line(),
            _ => false,
        };
        match is_mark {
            true => add(&format!("\\{c}")),
            false => add(c.encode_utf8(&mut [0; 4])),
        }
    }
}

/// A text in one line of a sentence.
#[must_use]
pub fn in_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut plain = String::with_capacity(line.len() + line.len() / 8);
    escape(&line, 0..line.len(), |piece| plain.push_str(piece));
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_a_sentence_stay_in_their_line_and_are_no_marks() {
        for (text, want) in [
            (
                "Печать *не* идёт\nу [Веры](https://x.example.com)",
                r"Печать \*не\* идёт у \[Веры\](https://x.example.com)",
            ),
            ("snake_case и _курсив_", r"snake_case и \_курсив\_"),
            ("# раз > два", r"\# раз > два"),
            (r"C:\dir <b> ~~нет~~ ~5", r"C:\\dir \<b> \~\~нет\~\~ ~5"),
        ] {
            assert_eq!(in_line(text), want);
        }
    }
}

//! What we write into issues, in Russian and in the tracker's marks (behaviour/chat_tracker 5.3 and 7.4).
//!
//! What people wrote says nothing to the tracker: its marks are escaped and nobody is summoned. Deliberately not here: which words.

use std::fmt::Write;

use data_encoding::HEXLOWER;
use pult_domain::{
    EffectKey,
    areas::chat_link::owed::{Event, NewIssue, PostComment},
};
use sha2::{Digest, Sha256};

use super::{files::Left, loose::cut};

/// The most characters of a message in a comment.
const MAX_MESSAGE: usize = 4_000;
/// The most characters of a description.
const MAX_DESCRIPTION: usize = 50_000;
/// The most characters of a title.
const MAX_TITLE: usize = 255;
/// The most characters of a name.
const MAX_NAME: usize = 200;
/// What a comment of ours ends with, before the characters of its effect.
const REFERENCE: &str = "· ref ";
/// Keeps `@` from summoning whoever's login follows it, and is not seen.
const GAP: char = '\u{200b}';

/// Words that say nothing to the tracker.
pub(super) fn plain(words: &str) -> String {
    let mut plain = String::with_capacity(words.len() + words.len() / 8);
    let (mut before, mut begins) = ('\n', true);
    let mut letters = words.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        // Marks of older texts are double; a single one is no mark, and would only look odd.
        let doubled = |letter| next == Some(letter) || before == letter;
        let escaped = match letter {
            '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '{' | '}' | '<' | '>' | '|' | '^' => true,
            '#' | '+' | '-' | '=' => begins || (letter != '#' && letter != '+' && doubled(letter)),
            '%' | '(' | ')' | '!' | '?' | '$' => doubled(letter),
            _ => false,
        };
        if escaped {
            plain.push('\\');
        }
        plain.push(letter);
        // The `@` of an address stands behind a letter.
        if letter == '@' && !before.is_alphanumeric() && next.is_some_and(|next| next.is_alphanumeric() || next == '_')
        {
            plain.push(GAP);
        }
        begins = letter == '\n' || (begins && letter.is_whitespace());
        before = letter;
    }
    plain
}

/// Words in one line, without anything that is not seen.
fn line(words: &str, most: usize) -> String {
    let words = words.replace(char::is_control, " ");
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > most { format!("{}…", cut(&line, most.saturating_sub(1))) } else { line }
}

/// The title of an issue.
pub(super) fn title(summary: &str) -> String {
    line(summary, MAX_TITLE)
}

/// What a person is called.
pub(super) fn person(name: &str) -> String {
    line(name, MAX_NAME)
}

/// Lines for files that could not be copied.
fn stayed(left: &[Left]) -> String {
    left.iter().fold(String::new(), |mut lines, Left { name, page }| {
        let page = page.as_ref().map(|page| format!(": {page}")).unwrap_or_default();
        let _ = write!(lines, "\nФайл «{}» остался в мессенджере{page}", plain(&line(name, MAX_NAME)));
        lines
    })
}

/// The description of an issue: of a form by its parts, of a message its words alone (behaviour/chat_tracker 5.3, 5.5).
pub(super) fn description(issue: &NewIssue, left: &[Left]) -> String {
    let subcategory =
        issue.subcategory.as_deref().map(|words| line(words, MAX_TITLE)).filter(|words| !words.is_empty());
    let first = subcategory.map(|words| format!("*Подкатегория:* {}\n", plain(&words))).unwrap_or_default();
    let text = plain(cut(&issue.text, MAX_DESCRIPTION).trim());
    let files = stayed(left);
    let gap = if files.is_empty() { "" } else { "\n" };
    let label = if issue.direct { "" } else { "*Описание проблемы:* " };
    format!("{first}{label}{text}{gap}{files}")
}

/// The line by which a comment of ours is known again.
pub(super) fn reference(key: &EffectKey) -> String {
    let digest = HEXLOWER.encode(&Sha256::digest(key.0.as_bytes()));
    format!("{REFERENCE}{}", cut(&digest, 6))
}

/// A comment.
pub(super) fn comment(post: &PostComment, left: &[Left], key: &EffectKey) -> String {
    let event = match post.event {
        Event::Written => "",
        Event::Edited => "Сообщение изменено:\n",
        Event::Deleted => "Сообщение удалено:\n",
    };
    let author = plain(&person(&post.author));
    let text = post.text.trim();
    let text = match text.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}\n…(обрезано)", plain(&text[..end])),
        None => plain(text),
    };
    let gap = if text.is_empty() { "" } else { "\n\n" };
    let files = stayed(left);
    let break_ = if files.is_empty() { "" } else { "\n" };
    format!(
        "{event}Комментарий из Пачки от {author} (id {}):{gap}{text}{break_}{files}\n\n{}",
        post.user,
        reference(key)
    )
}

/// Whether a comment is the one with this reference.
pub(super) fn has_reference(text: &str, reference: &str) -> bool {
    text.trim_end().lines().next_back().is_some_and(|last| last.trim() == reference)
}

/// A file's name as it may be given on: without a folder, and without what is not seen.
pub(super) fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let kept: String = last.chars().map(|c| if c.is_control() || "\"<>:|?*".contains(c) { '_' } else { c }).collect();
    let kept = kept.trim().trim_start_matches('.').to_owned();
    let length = kept.chars().count();
    match kept.is_empty() {
        true => "file".to_owned(),
        // The end says what it is.
        false => kept.chars().skip(length.saturating_sub(MAX_NAME)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_says_nothing_to_the_tracker() {
        for (words, want) in [
            ("обычный текст: 5-7 шт., 100% и (скобки)", "обычный текст: 5-7 шт., 100% и (скобки)"),
            ("**жирно** _так_ `код`", "\\*\\*жирно\\*\\* \\_так\\_ \\`код\\`"),
            ("[имя](http://a.example/b)", "\\[имя\\](http://a.example/b)"),
            ("<#<b>#>", "\\<#\\<b\\>#\\>"),
            ("# заголовок\n  - строка\n=====", "\\# заголовок\n  \\- строка\n\\=\\=\\=\\=\\="),
            ("%%код%% ((адрес имя)) !!(red)", "\\%\\%код\\%\\% \\(\\(адрес имя\\)\\) \\!\\!(red)"),
            ("--зачёркнуто-- {{include}}", "\\-\\-зачёркнуто\\-\\- \\{\\{include\\}\\}"),
            ("a\\b|c", "a\\\\b\\|c"),
        ] {
            assert_eq!(plain(words), want);
        }
    }

    #[test]
    fn nobody_is_summoned_and_addresses_stay() {
        assert_eq!(plain("@vera, (@petr) и a@example.com @ 5"), "@\u{200b}vera, (@\u{200b}petr) и a@example.com @ 5");
    }

    #[test]
    fn files_keep_their_names_and_nothing_else() {
        for (name, want) in [
            ("отчёт.pdf", "отчёт.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\tmp\\a.txt", "a.txt"),
            ("a\nb\".txt", "a_b_.txt"),
            (".htaccess", "htaccess"),
            ("", "file"),
            ("..", "file"),
        ] {
            assert_eq!(file_name(name), want);
        }
        assert!(file_name(&format!("{}.pdf", "я".repeat(500))).ends_with("я.pdf"));
    }
}

//! What we write into tickets beside people's own words, in Russian.
//!
//! Deliberately not here: people's own words, which stay as they are.

use std::fmt::Write;

use super::loose::{MAX_NAME, cut};

/// How the line begins by which a note of ours is found again.
const MARK_BEGINS: &str = "[pult ";
/// Signs that mean something to one or another of the tracker's markups.
const MARKS: &str = "{}[]<>|*@#`~\"!\\";

/// A name in one line, which says nothing to the tracker's markup.
fn plain(name: &str) -> String {
    let mute = name.replace(|c: char| c.is_control() || MARKS.contains(c), " ");
    cut(&mute.split_whitespace().collect::<Vec<_>>().join(" "), MAX_NAME)
}

/// A note: who wants it where the account does not tell, what is said, files that stayed behind, and a line by which it is found again. Nothing
/// where there is nobody to name and nothing to say.
pub(super) fn note(by: Option<&str>, said: Option<&str>, left: &[String], mark: &str) -> Option<String> {
    let by = by.map(plain).filter(|by| !by.is_empty());
    let said = said.map(str::trim).filter(|said| !said.is_empty());
    let mut note = match (by, said) {
        (Some(by), Some(said)) => format!("{by}: {said}"),
        (Some(by), None) => by,
        (None, Some(said)) => said.to_owned(),
        (None, None) => return None,
    };
    stayed(&mut note, left);
    let _ = write!(note, "\n\n{mark}");
    Some(note)
}

/// The words of a note, and what stands behind them: the line by which it is found again, where it has one.
pub(super) fn parted(note: &str) -> (&str, &str) {
    let whole = (note.trim_end(), "");
    let Some(start) = note.rfind(MARK_BEGINS) else { return whole };
    let line = note[start..].trim_end();
    let line = line.strip_suffix("</p>").map_or(line, str::trim_end);
    let name = line.strip_prefix(MARK_BEGINS).and_then(|line| line.strip_suffix(']')).unwrap_or_default();
    if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') {
        return whole;
    }
    let before = note[..start].trim_end();
    // Some trackers keep texts as HTML.
    let tags = ["<p>", "<br>", "<br/>", "<br />"].iter().find_map(|tag| before.strip_suffix(tag));
    let words = tags.unwrap_or(before).trim_end();
    (words, &note[words.len()..])
}

/// Whether two notes say the same to people, whatever their line ends.
pub(super) fn same(one: &str, other: &str) -> bool {
    let bare = |note: &str| parted(&note.replace("\r\n", "\n")).0.trim().to_owned();
    bare(one) == bare(other)
}

/// The description of a new ticket.
pub(super) fn description(said: &str, left: &[String], mark: &str) -> String {
    let mut text = said.trim().to_owned();
    stayed(&mut text, left);
    let gap = if text.is_empty() { "" } else { "\n\n" };
    format!("{text}{gap}{mark}")
}

fn stayed(text: &mut String, left: &[String]) {
    for (place, name) in left.iter().enumerate() {
        let gap = if place == 0 && !text.is_empty() { "\n\n" } else { "\n" };
        let _ = write!(text, "{gap}Файл «{}» не приложен.", plain(name));
    }
}

/// A file's name as the tracker keeps it.
pub(super) fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let mut kept = String::new();
    for letter in last.trim().chars() {
        match letter.is_control() || "?%*:|\"'<>".contains(letter) {
            // Several in a row are one there.
            true if kept.ends_with('_') => {}
            true => kept.push('_'),
            false => kept.push(letter),
        }
    }
    if kept.is_empty() { "file".to_owned() } else { cut(&kept, MAX_NAME) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: &str = "[pult 7f3a-12]";

    #[test]
    fn a_note_names_whoever_wants_it_and_ends_with_its_mark() {
        let left = ["план_2.pdf".to_owned(), "б\n[[x]].txt".to_owned()];
        for (by, said, left, want) in [
            (Some("Анна Смирнова"), Some(" Смотрю\n"), &[][..], Some("Анна Смирнова: Смотрю\n\n[pult 7f3a-12]")),
            (Some("Анна *[x]* @b"), None, &[], Some("Анна x b\n\n[pult 7f3a-12]")),
            (None, Some("Смотрю"), &[], Some("Смотрю\n\n[pult 7f3a-12]")),
            (None, None, &left, None),
            (
                None,
                Some("Вот"),
                &left,
                Some("Вот\n\nФайл «план_2.pdf» не приложен.\nФайл «б x .txt» не приложен.\n\n[pult 7f3a-12]"),
            ),
        ] {
            assert_eq!(note(by, said, left, MARK).as_deref(), want);
        }
        assert_eq!(description(" Второй этаж\n", &[], MARK), "Второй этаж\n\n[pult 7f3a-12]");
        assert_eq!(description("", &[], MARK), MARK);
    }

    #[test]
    fn the_words_of_a_note_are_told_from_the_line_behind_them() {
        for (note, words, tail) in [
            ("Смотрю\n\n[pult 7f3a-12]", "Смотрю", "\n\n[pult 7f3a-12]"),
            ("Смотрю\r\n\r\n[pult 7f3a-12]\r\n", "Смотрю", "\r\n\r\n[pult 7f3a-12]\r\n"),
            ("<p>Смотрю</p>\n<p>[pult 7f3a-12]</p>", "<p>Смотрю</p>", "\n<p>[pult 7f3a-12]</p>"),
            ("<p>Смотрю<br>[pult 7f3a-12]</p>", "<p>Смотрю", "<br>[pult 7f3a-12]</p>"),
            ("[pult 7f3a-12]", "", "[pult 7f3a-12]"),
            ("[pult 7f3a-12] и дальше \n", "[pult 7f3a-12] и дальше", ""),
            ("[pult ]", "[pult ]", ""),
            ("", "", ""),
        ] {
            assert_eq!(parted(note), (words, tail), "{note}");
        }
        assert!(same("а\r\nб\r\n\r\n[pult 7f3a-12]", " а\nб"));
        assert!(!same("а", "б") && !same("а [pult 7f3a-12] б", "а"));
    }

    #[test]
    fn a_file_is_named_as_the_tracker_names_it() {
        for (name, want) in [
            ("отчёт 1.pdf", "отчёт 1.pdf"),
            ("C:\\tmp\\a.txt", "a.txt"),
            ("../../etc/passwd", "passwd"),
            ("a:\"b\n?.txt", "a_b_.txt"),
            ("  ", "file"),
        ] {
            assert_eq!(file_name(name), want);
        }
    }
}

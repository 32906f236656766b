//! Files of a request: their names made harmless, their content decoded in pieces, so that no decoded file is ever held only to be
//! measured.
//!
//! Deliberately not here: keeping content (it stays in the record's body) and sending it on (the portal's integration).

use data_encoding::{BASE64_NOPAD, HEXLOWER};
use pult_domain::areas::erp::FileRef;
use sha2::{Digest, Sha256};

use crate::{ParseError, reason};

use super::{
    fields::{Key, Object},
    wire::{FILES, place_of},
};

/// Files of a document at most (behaviour/erp_tasks 3).
pub(super) const MOST_FILES: usize = 20;
/// All of them together, decoded, bytes.
pub(super) const MOST_BYTES: u64 = 30 * 1024 * 1024;
/// Letters of a file's name at most.
const LONGEST_NAME: usize = 200;
/// Letters of an ending that is kept when a name is shortened.
const LONGEST_ENDING: usize = 20;
/// Letters decoded at a time; whole groups of four.
const PIECE: usize = 4096;

pub(super) const NAME: Key = Key(&["name", "имя"]);
pub(super) const CONTENT: Key = Key(&["content", "содержимое"]);

/// The files of a document.
pub(super) fn read(document: &Object<'_>) -> Result<Vec<FileRef>, ParseError> {
    let (mut files, mut left) = (vec![], MOST_BYTES);
    for (n, raw) in document.list(&FILES, MOST_FILES)?.into_iter().enumerate() {
        let file = Object::read(raw, &place_of(&FILES, n))?;
        let name = safe_name(&file.required(&NAME, 4096)?);
        let (mut hash, mut size) = (Sha256::new(), 0_u64);
        decode(&file, |piece| {
            hash.update(piece);
            size += piece.len() as u64;
            size <= left
        })?;
        left -= size;
        files.push(FileRef { name, sha256: HEXLOWER.encode(&hash.finalize()), size });
    }
    Ok(files)
}

/// The content of the file at a place, from 0, among a document's files; nothing where there is none.
pub(super) fn content(document: &Object<'_>, place: usize) -> Option<Vec<u8>> {
    let raw = *document.list(&FILES, MOST_FILES).ok()?.get(place)?;
    let file = Object::read(raw, &place_of(&FILES, place)).ok()?;
    let mut content = Vec::with_capacity(file.get(&CONTENT)?.len().min(MOST_BYTES as usize) / 4 * 3);
    decode(&file, |piece| {
        content.extend_from_slice(piece);
        content.len() as u64 <= MOST_BYTES
    })
    .ok()?;
    Some(content)
}

/// Decodes a file's content piece by piece, until `take` has had enough.
fn decode(file: &Object<'_>, mut take: impl FnMut(&[u8]) -> bool) -> Result<(), ParseError> {
    let place = || file.place(&CONTENT);
    let bad = || ParseError::at(place(), reason!("is not Base64"));
    let raw = file.get(&CONTENT).ok_or_else(|| ParseError::at(place(), reason!("is missing")))?;
    if !raw.starts_with('"') {
        return Err(ParseError::at(place(), reason!("a text in Base64 is expected")));
    }
    let (mut piece, mut decoded) = ([0_u8; PIECE], [0_u8; PIECE / 4 * 3]);
    let (mut held, mut padding) = (0, 0);
    let mut hand_on = |letters: &[u8]| {
        let length = BASE64_NOPAD.decode_len(letters.len()).map_err(|_| bad())?;
        let decoded = decoded.get_mut(..length).ok_or_else(bad)?;
        BASE64_NOPAD.decode_mut(letters, decoded).map_err(|_| bad())?;
        let enough = || ParseError::at(FILES.name(), reason!("hold more than {} MiB together", MOST_BYTES >> 20));
        if take(decoded) { Ok(()) } else { Err(enough()) }
    };
    for letter in Letters::of(raw) {
        match letter {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'=' if padding < 2 => padding += 1,
            _ if padding > 0 => return Err(bad()),
            letter => {
                piece[held] = letter;
                held += 1;
                if held == PIECE {
                    hand_on(&piece)?;
                    held = 0;
                }
            }
        }
    }
    // Without padding it is understood as well; with it, it has to be right.
    if padding > 0 && (held + padding) % 4 != 0 {
        return Err(bad());
    }
    hand_on(piece.get(..held).unwrap_or_default())
}

/// The letters of a JSON text one by one. What is not ASCII is not Base64 either, and comes as a byte that is neither.
struct Letters<'a>(std::slice::Iter<'a, u8>);

impl<'a> Letters<'a> {
    /// `raw` is a text with its quotes that has been found to be valid JSON.
    fn of(raw: &'a str) -> Self {
        Self(raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or_default().as_bytes().iter())
    }
}

impl Iterator for Letters<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        const OTHER: u8 = u8::MAX;
        let letter = *self.0.next()?;
        if letter != b'\\' {
            return Some(letter);
        }
        Some(match *self.0.next()? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let digits = self.0.as_slice().get(..4).and_then(|digits| std::str::from_utf8(digits).ok());
                let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                self.0.nth(3);
                code.and_then(|code| u8::try_from(code).ok()).filter(u8::is_ascii).unwrap_or(OTHER)
            }
            escaped => escaped,
        })
    }
}

/// A name without a path, without what no file system takes, and not too long; its ending is kept.
fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let harmless: String = last.chars().filter(|c| !c.is_control() && !r#"<>:"|?*"#.contains(*c)).collect();
    let harmless = harmless.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if harmless.is_empty() {
        return "file".to_owned();
    }
    if harmless.chars().count() <= LONGEST_NAME {
        return harmless.to_owned();
    }
    let ending = harmless.rsplit_once('.').map(|(_, ending)| format!(".{ending}"));
    let ending = ending.filter(|ending| ending.chars().count() <= LONGEST_ENDING).unwrap_or_default();
    let start: String = harmless.chars().take(LONGEST_NAME - ending.chars().count()).collect();
    start + &ending
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_path_and_keeps_its_ending() {
        for (given, want) in [
            ("draft.pdf", "draft.pdf"),
            ("../../etc/passwd", "passwd"),
            (r"C:\Документы\Чертёж 1.dwg", "Чертёж 1.dwg"),
            ("..", "file"),
            ("dir/", "file"),
            ("a\u{0}b\n.txt", "ab.txt"),
            (" .hidden. ", "hidden"),
            ("what?:*.xls", "what.xls"),
        ] {
            assert_eq!(safe_name(given), want, "{given:?}");
        }
        let long = safe_name(&format!("{}.pdf", "я".repeat(300)));
        assert_eq!((long.chars().count(), long.ends_with("я.pdf")), (200, true));
        let without = safe_name(&format!("a.{}", "b".repeat(300)));
        assert_eq!(without.chars().count(), 200);
    }

    #[test]
    fn escapes_of_a_json_text_are_the_letters_they_stand_for() {
        let raw = r#""Ab\/\u002B\r\n\t\u00e9\\""#;
        let letters: Vec<u8> = Letters::of(raw).collect();
        assert_eq!(letters, [&b"Ab/+\r\n\t"[..], &[255, b'\\']].concat());
    }
}

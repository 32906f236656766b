//! What a text names of other things: telephone numbers, `#4312`, keys like `ABC-12`.
//!
//! Deliberately not here: whether there is such a thing (whoever asks), and names of people.

use std::collections::BTreeSet;

use crate::PhoneNumber;

/// Fewer digits in a row are no telephone number of anybody.
const LEAST_DIGITS: usize = 7;
/// More are no telephone number at all (ITU-T E.164).
const MOST_DIGITS: usize = 15;
/// Signs between two groups of a number.
const LONGEST_GAP: usize = 2;
/// Letters before the dash of a key.
const KEY_LETTERS: std::ops::RangeInclusive<usize> = 2..=10;
/// Digits after it.
const KEY_DIGITS: usize = 12;
/// Things one text names, at most; the rest is left.
const MOST: usize = 100;

/// Something a text names. Written as it is kept and looked up: `+37060011122`, `#4312`, `ABC-12`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mention {
    /// A telephone number, whole.
    Phone(PhoneNumber),
    /// A number with `#` before it.
    Number(i64),
    /// Letters, a dash and digits, in capitals.
    Key(String),
}

impl Mention {
    /// A key as it is compared.
    #[must_use]
    pub fn key(text: &str) -> Self {
        Self::Key(text.trim().to_uppercase())
    }
}

impl std::fmt::Display for Mention {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Phone(number) => write!(f, "+{number}"),
            Self::Number(number) => write!(f, "#{number}"),
            Self::Key(key) => f.write_str(key),
        }
    }
}

impl std::str::FromStr for Mention {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let phone = text.strip_prefix('+').and_then(PhoneNumber::digits_of).map(Self::Phone);
        let number = || text.strip_prefix('#').and_then(|digits| digits.parse().ok()).map(Self::Number);
        Ok(phone.or_else(number).unwrap_or_else(|| Self::key(text)))
    }
}

/// Everything a text names, at most a hundred things, the first ones.
#[must_use]
pub fn mentions(text: &str) -> BTreeSet<Mention> {
    let letters: Vec<char> = text.chars().collect();
    let mut found = BTreeSet::new();
    let mut at = 0;
    while at < letters.len() && found.len() < MOST {
        let (mention, next) = read(&letters, at);
        found.extend(mention);
        at = next.max(at + 1);
    }
    found
}

/// What begins at a place, and where to go on.
fn read(text: &[char], at: usize) -> (Vec<Mention>, usize) {
    let before = at.checked_sub(1).map(|place| text[place]);
    let letter = text[at];
    if letter == '#' {
        let end = digits_end(text, at + 1);
        let whole = end > at + 1 && !before.is_some_and(char::is_alphanumeric) && !goes_on(text, end);
        let number = || text[at + 1..end].iter().collect::<String>().parse().ok().map(Mention::Number);
        return (whole.then(number).flatten().into_iter().collect(), end);
    }
    if letter.is_alphabetic() {
        return key(text, at);
    }
    if letter.is_ascii_digit() {
        return phones(text, at);
    }
    (vec![], at + 1)
}

/// A key, or a word that is none.
fn key(text: &[char], at: usize) -> (Vec<Mention>, usize) {
    let end = (at..text.len()).find(|place| !text[*place].is_alphanumeric()).unwrap_or(text.len());
    let letters = text[at..end].iter().all(|letter| letter.is_alphabetic()) && KEY_LETTERS.contains(&(end - at));
    if !letters || text.get(end) != Some(&'-') {
        return (vec![], end);
    }
    let last = digits_end(text, end + 1);
    let digits = last - end - 1;
    if digits == 0 {
        return (vec![], end);
    }
    // `pult-4312-test` and `a.ABC-12` are names of something else.
    let joined = at.checked_sub(1).is_some_and(|place| matches!(text[place], '-' | '_' | '.' | '@' | '#'));
    let whole = digits <= KEY_DIGITS && !joined && !goes_on(text, last);
    (whole.then(|| Mention::key(&text[at..last].iter().collect::<String>())).into_iter().collect(), last)
}

/// The number that begins at a place, however it is grouped. Two numbers side by side are two.
fn phones(text: &[char], at: usize) -> (Vec<Mention>, usize) {
    let mut groups: Vec<(bool, String)> = vec![];
    let (mut place, mut end) = (at, at);
    loop {
        let group = digits_end(text, place);
        groups.push((text[end..place].iter().any(|sign| sign.is_whitespace()), text[place..group].iter().collect()));
        end = group;
        let gap = (end..text.len()).find(|place| !is_between(text[*place])).unwrap_or(text.len());
        if gap - end > LONGEST_GAP || !text.get(gap).is_some_and(char::is_ascii_digit) {
            break;
        }
        place = gap;
    }
    let before = at.checked_sub(1).map(|place| text[place]);
    if before.is_some_and(|sign| sign.is_alphabetic() || matches!(sign, '_' | '@' | '/')) || goes_on(text, end) {
        return (vec![], end);
    }
    let whole: String = groups.iter().map(|(_, digits)| digits.as_str()).collect();
    if whole.len() <= MOST_DIGITS {
        return (phone(&whole).into_iter().collect(), end);
    }
    // Too long for one: what stands between blanks are numbers of their own.
    let mut parts: Vec<String> = vec![];
    for (apart, digits) in groups {
        match parts.last_mut().filter(|_| !apart) {
            Some(last) => last.push_str(&digits),
            None => parts.push(digits),
        }
    }
    (parts.iter().filter_map(|part| phone(part)).collect(), end)
}

fn phone(digits: &str) -> Option<Mention> {
    let long = (LEAST_DIGITS..=MOST_DIGITS).contains(&digits.len());
    PhoneNumber::digits_of(digits).filter(|_| long).map(Mention::Phone)
}

fn is_between(sign: char) -> bool {
    matches!(sign, ' ' | '-' | '(' | ')' | '.' | '\u{a0}' | '\u{2011}' | '\u{2013}')
}

fn digits_end(text: &[char], from: usize) -> usize {
    (from..text.len()).find(|place| !text[*place].is_ascii_digit()).unwrap_or(text.len())
}

/// Whether what ended at a place goes on as part of a longer word.
fn goes_on(text: &[char], end: usize) -> bool {
    let next = text.get(end);
    let dash = matches!(next, Some('-' | '_' | '@')) && text.get(end + 1).is_some_and(|sign| sign.is_alphanumeric());
    dash || next.is_some_and(|sign| sign.is_alphanumeric())
}

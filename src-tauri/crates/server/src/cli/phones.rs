//! Telephone numbers in running text: finding one, and hiding all.
//!
//! Deliberately not here: what a number belongs to.

use pult_domain::PhoneNumber;

/// Fewer digits in a row are no telephone number of anybody.
const SHORTEST: usize = 7;
/// Digits of a hidden number that stay, so that two lines about the same call can be told to be so.
const KEPT: usize = 2;

/// Whether a text names the number, however it is grouped.
pub(super) fn names(text: &str, phone: &PhoneNumber) -> bool {
    let mut run = String::new();
    let mut gap = 0;
    for c in text.chars() {
        match c {
            '0'..='9' => {
                run.push(c);
                gap = 0;
            }
            ' ' | '-' | '(' | ')' | '.' | '\u{a0}' if gap < 2 => gap += 1,
            _ if run.contains(phone.as_str()) => return true,
            _ => run.clear(),
        }
    }
    run.contains(phone.as_str())
}

/// The text with every number hidden but for its last two digits.
pub(super) fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        // With a plus before it, blanks and dashes belong to it; without one they part dates and times.
        let grouped = before.ends_with('+');
        let end = from
            .find(|c: char| !(c.is_ascii_digit() || grouped && matches!(c, ' ' | '-' | '(' | ')')))
            .unwrap_or(from.len());
        let (number, after) = from.split_at(end);
        let digits = number.chars().filter(char::is_ascii_digit).count();
        if digits < SHORTEST {
            out.push_str(number);
        } else {
            let mut left = digits;
            out.extend(number.chars().map(|c| {
                let hide = c.is_ascii_digit() && left > KEPT;
                left -= usize::from(c.is_ascii_digit());
                if hide { '*' } else { c }
            }));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_however_it_is_grouped() {
        let phone = PhoneNumber::digits_of("37060011122").unwrap();
        for (text, want) in [
            (r#"{"ani":"+37060011122"}"#, true),
            ("ring +370 (600) 11-122 now", true),
            ("37060011123", false),
            ("370600\n11122", false),
            ("", false),
        ] {
            assert_eq!(names(text, &phone), want, "{text}");
        }
    }

    #[test]
    fn numbers_are_hidden_and_times_are_not() {
        for (text, want) in [
            ("2026-11-21T04:12:46.971926Z WARN ani=+37060011122", "2026-11-21T04:12:46.971926Z WARN ani=+*********22"),
            ("+370 600-11122, 112", "+*** ***-***22, 112"),
            ("record 123456", "record 123456"),
            ("Ирина 84951234567", "Ирина *********67"),
        ] {
            assert_eq!(masked(text), want);
        }
    }
}

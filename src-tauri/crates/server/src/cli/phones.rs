//! Telephone numbers in running text: hiding all.
//!
//! Deliberately not here: finding one (`PhoneNumber::is_named_in`), and what a number belongs to.

/// Fewer digits in a row are no telephone number of anybody.
const SHORTEST: usize = 7;
/// Digits of a hidden number that stay, so that two lines about the same call can be told to be so.
const KEPT: usize = 2;

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

//! A number as people write it in running text: in groups, with its country's code or as it is dialled at home.
//!
//! Deliberately not here: which of several people a number belongs to, and numbers of which nothing is known (`areas::cases::mention`).

use super::PhoneNumber;

/// Signs between two groups of one number, at most: `) - `.
const LONGEST_GAP: usize = 4;
/// Fewer digits without their country's code are found in too much that is no telephone number.
const LEAST_AT_HOME: usize = 7;
/// What is dialled before a number of one's own country, where anything is.
const TRUNKS: [&str; 3] = ["", "0", "8"];
/// Country codes of two digits; those of zones 1 and 7 have one, all others three (ITU-T E.164, list of assigned codes).
const TWO_DIGITS: [&str; 44] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51",
    "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90",
    "91", "92", "93", "94", "95", "98",
];

impl PhoneNumber {
    /// Whether a text names this number, however it is grouped: with its country's code wherever its digits stand in a row, and as it is
    /// dialled at home (`8 (600) 11-222`, `600 11 222`) where whole groups are it. Groups in two lines are two numbers. Whoever is
    /// forgotten is rather found once too often: another country's number may end in the same digits.
    #[must_use]
    pub fn is_named_in(&self, text: &str) -> bool {
        let home = self.at_home();
        rows(text).iter().any(|groups| {
            groups.concat().contains(&self.0)
                || (0..groups.len()).any(|from| home.iter().any(|wanted| begins_with(&groups[from..], wanted)))
        })
    }

    /// The ways it is dialled in its own country.
    fn at_home(&self) -> Vec<String> {
        let code = match self.0.as_bytes().first() {
            Some(b'1' | b'7') => 1,
            _ if TWO_DIGITS.iter().any(|code| self.0.starts_with(code)) => 2,
            _ => 3,
        };
        let rest = self.0.get(code..).filter(|rest| rest.len() >= LEAST_AT_HOME);
        rest.into_iter().flat_map(|rest| TRUNKS.map(|trunk| format!("{trunk}{rest}"))).collect()
    }
}

/// Groups of digits that stand beside each other, row by row.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = vec![];
    // Signs since the last digit; none has been in this row yet where absent.
    let mut gap: Option<usize> = None;
    for sign in text.chars() {
        match (gap, rows.last_mut().and_then(|row| row.last_mut())) {
            (Some(0), Some(group)) if sign.is_ascii_digit() => group.push(sign),
            (Some(_), Some(_)) if sign.is_ascii_digit() => {
                if let Some(row) = rows.last_mut() {
                    row.push(sign.to_string());
                }
                gap = Some(0);
            }
            _ if sign.is_ascii_digit() => {
                rows.push(vec![sign.to_string()]);
                gap = Some(0);
            }
            _ => gap = gap.map(|gap| gap + 1).filter(|gap| *gap <= LONGEST_GAP && is_between(sign)),
        }
    }
    rows
}

fn is_between(sign: char) -> bool {
    let dash = matches!(sign, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let blank = sign != '\n' && sign != '\r' && sign.is_whitespace();
    dash || blank || matches!(sign, '(' | ')' | '.' | '/' | '\u{200b}')
}

/// Whether some of these groups, from the first on, are these digits and no more.
fn begins_with(groups: &[String], digits: &str) -> bool {
    let mut rest = digits;
    for group in groups {
        match rest.strip_prefix(group.as_str()) {
            Some("") => return true,
            Some(after) => rest = after,
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(digits: &str) -> PhoneNumber {
        PhoneNumber::digits_of(digits).unwrap()
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        let phone = number("37060011222");
        for text in [
            r#"{"ani":"+37060011222"}"#,
            "+370 600 11 222",
            "звонить +370 (600) - 11-222 сегодня",
            "00 370 600\u{a0}11\u{202f}222",
            "8 (600) 11-222",
            "8-600-11222, Ирина",
            "тел. 860011222",
            "0 600 11 222",
            "600 11 222 после 12",
            "12.05 600 11 222",
            "+370\u{2013}600\u{2013}11\u{2013}222",
        ] {
            assert!(phone.is_named_in(text), "{text}");
        }
        for text in ["", "37060011223", "370600\n11222", "8 600 11 22", "860011222900", "1600 11 222", "нет"] {
            assert!(!phone.is_named_in(text), "{text}");
        }
        assert!(number("74951234567").is_named_in("8 (495) 123-45-67"));
        assert!(number("74951234567").is_named_in("(495) 123-45-67"));
        assert!(number("4915112345678").is_named_in("0151 12345678"));
        // Too short at home to be told from anything else.
        assert!(!number("370112").is_named_in("112") && number("370112").is_named_in("370-112"));
    }

    /// The digits of a number in groups, each gap of signs that may stand in one.
    fn written(digits: String) -> impl Strategy<Value = String> {
        let gap = prop_oneof![4 => Just(""), 1 => "[ ()./\u{a0}\u{2013}-]{1,4}".prop_map(|gap: String| &*gap.leak())];
        proptest::collection::vec(gap, digits.len().saturating_sub(1)).prop_map(move |gaps| {
            let gaps = gaps.into_iter().chain([""]);
            digits.chars().zip(gaps).map(|(digit, gap)| format!("{digit}{gap}")).collect()
        })
    }

    proptest! {
        #[test]
        fn whatever_stands_between_its_groups_a_number_is_found(
            (digits, text) in "[1-9][0-9]{6,14}".prop_flat_map(|digits| (Just(digits.clone()), written(digits))),
            before in "[а-я,:+ ]{0,8}",
            after in "([^0-9].{0,8})?",
        ) {
            let found = number(&digits).is_named_in(&format!("{before}{text}{after}"));
            prop_assert!(found);
        }

        #[test]
        fn dialled_at_home_it_is_found_as_well(
            (rest, text) in "[2-9][0-9]{7}".prop_flat_map(|rest| (Just(rest.clone()), written(rest))),
            trunk in "(0|8)? ?",
        ) {
            let found = number(&format!("370{rest}")).is_named_in(&format!("звонили с {trunk}{text}, ждут"));
            prop_assert!(found);
        }

        #[test]
        fn a_number_of_other_digits_is_another_number(
            (digits, other) in ("[1-9][0-9]{10}", "[1-9][0-9]{10}").prop_filter("they differ", |(digits, other)| digits != other),
        ) {
            // Neither is the other with its country's code taken off, since both are of one length.
            prop_assert!(!number(&digits).is_named_in(&other));
        }

        #[test]
        fn no_text_is_too_strange(text in any::<String>(), digits in "[0-9]{1,20}") {
            let _ = number(&digits).is_named_in(&text);
        }
    }
}

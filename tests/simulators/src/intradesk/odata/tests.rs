//! The language of filters against a second reading of it, and pages against the whole.

use jiff::Timestamp;
use proptest::prelude::*;

use super::{filter::parse, *};

/// A row of every kind of property.
#[derive(Clone, Debug)]
struct Row {
    number: Option<i64>,
    text: String,
    at: Timestamp,
    flag: bool,
}

static ROWS: Table<Row> = Table {
    properties: &[
        Property { name: "number", kind: Kind::Number, of: |row| row.number.map_or(Cell::Null, Cell::Number) },
        Property { name: "Text", kind: Kind::Text, of: |row| Cell::text(&row.text) },
        Property { name: "at", kind: Kind::Time, of: |row| Cell::Time(row.at) },
        Property { name: "flag", kind: Kind::Truth, of: |row| Cell::Truth(row.flag) },
    ],
    term: Some(|row, word| row.text.contains(word)),
};

fn row(number: Option<i64>, text: &str) -> Row {
    Row { number, text: text.to_owned(), at: Timestamp::UNIX_EPOCH, flag: true }
}

fn holds(filter: &str, row: &Row) -> bool {
    parse(&ROWS, filter).unwrap_or_else(|wrong| panic!("{filter}: {wrong:?}")).holds(row)
}

fn refused(filter: &str) -> String {
    parse(&ROWS, filter).err().unwrap_or_else(|| panic!("{filter} was taken")).0
}

#[test]
fn comparisons_know_their_order_and_nothing() {
    let (five, none) = (row(Some(5), "б"), row(None, ""));
    for (filter, of_five, of_none) in [
        ("number eq 5", true, false),
        ("number ne 5", false, true),
        ("number gt 4", true, false),
        ("number ge 5", true, false),
        ("number lt 6", true, false),
        ("number le -5", false, false),
        ("number eq null", false, true),
        ("number ne null", true, false),
        ("TEXT gt 'а'", true, false),
        ("flag eq true", true, true),
        ("at ge 1970-01-01T00:00:00Z", true, true),
        ("at lt 1970-01-01T03:00:00+03:00", false, false),
        ("contains('_isfilled','number')", true, false),
        ("contains('_isnotfilled', 'Number')", false, true),
        ("contains('_term','б')", true, false),
    ] {
        assert_eq!((holds(filter, &five), holds(filter, &none)), (of_five, of_none), "{filter}");
    }
}

#[test]
fn and_binds_tighter_than_or_and_brackets_tighter_than_both() {
    let one = row(Some(1), "");
    assert!(holds("number eq 1 or number eq 2 and number eq 3", &one));
    assert!(!holds("(number eq 1 or number eq 2) and number eq 3", &one));
    assert!(holds("((number eq 1))and(number lt 2)", &one));
}

#[test]
fn what_the_language_does_not_know_is_refused() {
    for filter in [
        "",
        "number",
        "number eq",
        "number eq 1 and",
        "number eq 1 number eq 2",
        "(number eq 1",
        "number eq 1)",
        "number == 1",
        "number EQ 1",
        "number eq 1 AND number eq 2",
        "not number eq 1",
        "5 eq number",
        "number in (1,2)",
        "number eq '1'",
        "number eq 1.5",
        "Text eq 5",
        "Text eq 'open",
        "flag gt true",
        "number gt null",
        "at eq 2026-10-28T08:00:00",
        "other eq 1",
        "contains(Text,'а')",
        "contains('_isnotfilled',number)",
        "contains('_isnotfilled','other')",
        "contains('_begins','а')",
        "contains('_term','а'",
        "startswith(Text,'а')",
        "number eq 1; flag eq true",
    ] {
        assert!(!refused(filter).is_empty(), "{filter}");
    }
    assert!(refused("other eq 1").contains("'other'"));
    let deep = |depth: usize| format!("{}number eq 1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(holds(&deep(50), &row(Some(1), "")));
    assert!(refused(&deep(100_000)).contains("deeply"));
}

#[test]
fn only_what_every_row_has_to_have_is_pinned() {
    let pinned = |filter: &str| parse(&ROWS, filter).unwrap_or_else(|wrong| panic!("{wrong:?}")).pinned("number");
    assert_eq!(pinned("number eq 54001 and contains('_isnotfilled','text')"), Some(54_001));
    assert_eq!(pinned("(flag eq true) and (number eq 7)"), Some(7));
    assert_eq!(pinned("number eq 7 or flag eq true"), None);
    assert_eq!(pinned("number gt 7"), None);
}

fn options(pairs: &[(&str, &str)]) -> Result<Options<Row>, Wrong> {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Options::read(&ROWS, &pairs)
}

#[test]
fn options_have_bounds_and_stand_once() {
    for pairs in [
        &[("$top", "101")][..],
        &[("$top", "0")],
        &[("$top", "-1")],
        &[("$top", "+5")],
        &[("$top", "many")],
        &[("$skip", "-1")],
        &[("$count", "yes")],
        &[("$orderby", "")],
        &[("$orderby", "number up")],
        &[("$orderby", "number,")],
        &[("$orderby", "other")],
        &[("$select", "number")],
        &[("$Top", "5")],
        &[("$top", "5"), ("$top", "6")],
    ] {
        assert!(options(pairs).is_err(), "{pairs:?}");
    }
    let plain = options(&[("ApiKey", "1"), ("other", "x")]).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    assert_eq!((plain.top, plain.skip, plain.count), (25, 0, false));
}

#[test]
fn several_keys_of_an_order_count_one_after_the_other() {
    let rows = [row(Some(1), "б"), row(None, "а"), row(Some(1), "а"), row(Some(2), "а")];
    let sorted = |order: &str| -> Vec<usize> {
        let options = options(&[("$orderby", order)]).unwrap_or_else(|wrong| panic!("{wrong:?}"));
        let place = |row: &&Row| rows.iter().position(|other| std::ptr::eq(other, *row));
        options.pick(rows.iter()).rows.iter().filter_map(place).collect()
    };
    assert_eq!(sorted("number asc,text"), [1, 2, 0, 3]);
    assert_eq!(sorted("number desc, text desc"), [3, 0, 2, 1]);
    assert_eq!(sorted("text"), [1, 2, 3, 0], "what is equal stays as it stood");
}

/// A filter as text, and what it means for a row.
fn filters() -> impl Strategy<Value = (String, Vec<bool>)> {
    // Each condition is told for the numbers from 0 to 3.
    let leaf = (0_i64..4, 0_usize..6).prop_map(|(value, op)| {
        let (name, holds): (_, fn(i64, i64) -> bool) = [
            ("eq", (|a, b| a == b) as fn(i64, i64) -> bool),
            ("ne", |a, b| a != b),
            ("gt", |a, b| a > b),
            ("ge", |a, b| a >= b),
            ("lt", |a, b| a < b),
            ("le", |a, b| a <= b),
        ][op];
        (format!("number {name} {value}"), (0..4).map(|number| holds(number, value)).collect::<Vec<bool>>())
    });
    leaf.prop_recursive(6, 40, 3, |inner| {
        (prop::collection::vec(inner, 2..4), any::<bool>()).prop_map(|(parts, all)| {
            let texts: Vec<String> = parts.iter().map(|(text, _)| format!("({text})")).collect();
            let meaning = (0..4).map(|number| {
                let mut each = parts.iter().map(|(_, meaning)| meaning[number]);
                if all { each.all(|holds| holds) } else { each.any(|holds| holds) }
            });
            (texts.join(if all { " and " } else { " or " }), meaning.collect())
        })
    })
}

proptest! {
    #[test]
    fn a_filter_means_what_it_says((text, meaning) in filters()) {
        for (number, expected) in (0_i64..).zip(meaning) {
            prop_assert_eq!(holds(&text, &row(Some(number), "")), expected, "{} of {}", text, number);
        }
    }

    #[test]
    fn any_text_is_found_by_itself_once_its_quotes_are_doubled(text in any::<String>(), other in any::<String>()) {
        let quoted = text.replace('\'', "''");
        let (equal, occurs) = (format!("Text eq '{quoted}'"), format!("contains('_term','{quoted}')"));
        let (own, others) = (row(None, &text), row(None, &other));
        prop_assert!(holds(&equal, &own) && holds(&occurs, &own));
        prop_assert_eq!(holds(&equal, &others), text == other);
        prop_assert_eq!(holds(&occurs, &others), other.contains(&text));
    }

    #[test]
    fn no_text_whatever_breaks_the_reader(text in "[a-z0-9'(), _.:$-]{0,40}") {
        let _ = parse(&ROWS, &text);
    }

    #[test]
    fn the_pages_of_a_list_are_the_list(count in 0_i64..80, top in 1_usize..=100) {
        let rows: Vec<Row> = (0..count).map(|number| row(Some(number % 7), "")).collect();
        let mut seen = 0;
        loop {
            let (top, skip) = (top.to_string(), seen.to_string());
            let options = options(&[("$top", &top), ("$skip", &skip), ("$orderby", "number")]);
            let options = options.unwrap_or_else(|wrong| panic!("{wrong:?}"));
            let picked = options.pick(rows.iter());
            prop_assert_eq!(picked.total, rows.len());
            for (place, row) in (seen..).zip(&picked.rows) {
                let mut sorted: Vec<_> = rows.iter().map(|row| row.number).collect();
                sorted.sort_unstable();
                prop_assert_eq!(row.number, sorted[place]);
            }
            seen += picked.rows.len();
            if !picked.more {
                break;
            }
            prop_assert!(!picked.rows.is_empty());
        }
        prop_assert_eq!(seen, rows.len());
    }
}

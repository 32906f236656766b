//! Pages of lists: cursors that name a row and not a place, so that new rows move nothing, and both forms of `meta`.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::api::Refused;

/// Most rows of a page, and how many without a word about it.
const LARGEST: usize = 50;

/// What a row is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Key {
    Number(u64),
    Text(String),
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Cursor {
    /// The row; none of an empty list.
    id: Option<Key>,
    /// `p`: what stands before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    d: Option<String>,
}

impl Cursor {
    fn text(id: Option<&Key>, back: bool) -> String {
        let cursor = Self { id: id.cloned(), d: back.then(|| "p".to_owned()) };
        BASE64URL_NOPAD.encode(json!(cursor).to_string().as_bytes())
    }

    fn read(text: &str) -> Option<Self> {
        serde_json::from_slice(&BASE64URL_NOPAD.decode(text.as_bytes()).ok()?).ok()
    }
}

/// The page that is asked for.
pub(super) struct Page {
    limit: usize,
    cursor: Option<Cursor>,
}

/// Rows of a page, and what `meta` says.
pub(super) struct Cut<T> {
    pub(super) rows: Vec<T>,
    next: String,
    prev: String,
    has_next: bool,
    has_prev: bool,
}

impl Page {
    pub(super) fn of(query: &[(String, String)]) -> Result<Self, Refused> {
        let of = |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let limit = match of("limit") {
            None => LARGEST,
            Some(text) => {
                let number = text.parse().ok().filter(|number| (1..=LARGEST).contains(number));
                number.ok_or_else(|| Refused::one(422, "limit", text, "invalid"))?
            }
        };
        let cursor = match of("cursor").filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => Some(Cursor::read(text).ok_or_else(|| Refused::one(422, "cursor", text, "invalid"))?),
        };
        Ok(Self { limit, cursor })
    }

    /// The page of `rows`, which stand in their order, the largest key first when it is `descending`.
    pub(super) fn cut<T>(&self, rows: Vec<(Key, T)>, descending: bool) -> Cut<T> {
        let id = self.cursor.as_ref().and_then(|cursor| cursor.id.as_ref());
        let back = self.cursor.as_ref().is_some_and(|cursor| cursor.d.is_some());
        let before = |key: &Key, id: &Key| if descending { key > id } else { key < id };
        let total = rows.len();
        let (start, end) = if back {
            let end = id.map_or(total, |id| rows.partition_point(|(key, _)| before(key, id)));
            (end.saturating_sub(self.limit), end)
        } else {
            let start = id.map_or(0, |id| rows.partition_point(|(key, _)| key == id || before(key, id)));
            (start, total.min(start + self.limit))
        };
        let empty = start == end;
        let key = |index: usize| if empty { id } else { rows.get(index).map(|(key, _)| key) };
        let (next, prev) = (Cursor::text(key(end.saturating_sub(1)), false), Cursor::text(key(start), true));
        let rows = rows.into_iter().skip(start).take(end - start).map(|(_, row)| row).collect();
        Cut { rows, next, prev, has_next: end < total, has_prev: start > 0 }
    }
}

impl<T> Cut<T> {
    /// The body of a list.
    pub(super) fn body(self, row: impl Fn(T) -> Value) -> Value {
        let paginate = json!({
            "next_page": self.next, "prev_page": self.prev, "has_next": self.has_next, "has_prev": self.has_prev,
        });
        json!({ "data": self.rows.into_iter().map(row).collect::<Value>(), "meta": { "paginate": paginate } })
    }

    /// The body of a search among so many: `meta` has no flags.
    pub(super) fn found(self, total: usize, row: impl Fn(T) -> Value) -> Value {
        let meta = json!({ "total": total, "paginate": { "next_page": self.next } });
        json!({ "data": self.rows.into_iter().map(row).collect::<Value>(), "meta": meta })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(limit: usize, cursor: Option<&str>) -> Page {
        Page { limit, cursor: cursor.map(|text| Cursor::read(text).unwrap()) }
    }

    fn newest_first(count: u64) -> Vec<(Key, u64)> {
        (1..=count).rev().map(|id| (Key::Number(id), id)).collect()
    }

    #[test]
    fn a_cursor_stays_with_its_row_when_rows_come() {
        let first = page(2, None).cut(newest_first(5), true);
        assert_eq!((first.rows, first.has_next, first.has_prev), (vec![5, 4], true, false));
        let second = page(2, Some(&first.next)).cut(newest_first(9), true);
        assert_eq!((second.rows, second.has_prev), (vec![3, 2], true));
        let last = page(2, Some(&second.next)).cut(newest_first(9), true);
        assert_eq!((last.rows, last.has_next), (vec![1], false));
        let none = page(2, Some(&last.next)).cut(newest_first(9), true);
        assert_eq!((none.rows.len(), none.has_next, none.next), (0, false, last.next));
    }

    #[test]
    fn new_rows_come_nearest_first() {
        let first = page(2, None).cut(newest_first(5), true);
        let newer = page(2, Some(&first.prev)).cut(newest_first(8), true);
        assert_eq!((newer.rows, newer.has_prev), (vec![7, 6], true));
        let newest = page(2, Some(&newer.prev)).cut(newest_first(8), true);
        assert_eq!((newest.rows, newest.has_prev), (vec![8], false));
        let nothing = page(2, None).cut(newest_first(0), true);
        assert_eq!(page(9, Some(&nothing.prev)).cut(newest_first(2), true).rows, [2, 1]);
    }

    #[test]
    fn cursors_look_like_the_samples() {
        assert_eq!(Cursor::text(Some(&Key::Number(811)), false), "eyJpZCI6ODExfQ");
        assert!(Cursor::read("eyJpZCI6ODExLCJkIjoicCJ9").unwrap().d.is_some());
        assert!(Cursor::read("811").is_none());
    }
}

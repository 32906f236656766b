//! The query options of lists: `$filter`, `$orderby`, `$top`, `$skip`, `$count`, and nothing else that begins with a dollar.
//! An option that is misspelt, doubled, out of its bounds or about an unknown property is refused.
//!
//! Not here: what the rows are and how they are shown.

mod filter;
mod table;
mod token;

#[cfg(test)]
mod tests;

pub(super) use self::{
    filter::Test,
    table::{Cell, Kind, Property, Table},
};

/// Rows of a page where nothing is asked for.
const PAGE: usize = 25;
/// Most rows of a page.
const LARGEST: usize = 100;

/// Why a query is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong(pub(super) String);

fn wrong<T>(text: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong(text.into()))
}

/// What is asked for.
pub(super) struct Options<T: 'static> {
    pub(super) filter: Option<Test<T>>,
    order: Vec<(&'static Property<T>, bool)>,
    pub(super) top: usize,
    pub(super) skip: usize,
    pub(super) count: bool,
}

/// The rows of a page, how many there are on all of them, and whether there are more behind it.
pub(super) struct Picked<'a, T> {
    pub(super) rows: Vec<&'a T>,
    pub(super) total: usize,
    pub(super) more: bool,
}

impl<T> Options<T> {
    /// Reads them out of decoded pairs; pairs that are not about the list are somebody else's.
    pub(super) fn read(table: &'static Table<T>, pairs: &[(String, String)]) -> Result<Self, Wrong> {
        let mut options = Self { filter: None, order: Vec::new(), top: PAGE, skip: 0, count: false };
        let mut seen = Vec::new();
        for (name, value) in pairs.iter().filter(|(name, _)| name.starts_with('$')) {
            if seen.contains(&name) {
                return wrong(format!("The option '{name}' stands twice."));
            }
            seen.push(name);
            match name.as_str() {
                "$filter" => options.filter = Some(filter::parse(table, value)?),
                "$orderby" => options.order = order(table, value)?,
                "$top" => match number(name, value)? {
                    top @ 1..=LARGEST => options.top = top,
                    top => return wrong(format!("$top is from 1 to {LARGEST}, not {top}.")),
                },
                "$skip" => options.skip = number(name, value)?,
                "$count" => match value.as_str() {
                    "true" => options.count = true,
                    "false" => {}
                    _ => return wrong("$count is true or false."),
                },
                _ => return wrong(format!("The option '{name}' is not supported.")),
            }
        }
        Ok(options)
    }

    /// Picks out of rows that stand as they stand where no order is asked for.
    pub(super) fn pick<'a>(&self, rows: impl Iterator<Item = &'a T>) -> Picked<'a, T> {
        let mut rows: Vec<&T> =
            rows.filter(|row| self.filter.as_ref().is_none_or(|filter| filter.holds(row))).collect();
        rows.sort_by(|a, b| {
            let compare = |(property, ascending): &(&Property<T>, bool)| {
                let order = (property.of)(a).order(&(property.of)(b));
                if *ascending { order } else { order.reverse() }
            };
            self.order.iter().map(compare).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        let total = rows.len();
        let rows: Vec<&T> = rows.into_iter().skip(self.skip).take(self.top).collect();
        Picked { more: self.skip.saturating_add(rows.len()) < total && !rows.is_empty(), rows, total }
    }

    /// The page by its number, from 1.
    pub(super) const fn page(&self) -> usize {
        self.skip / self.top + 1
    }
}

fn number(name: &str, value: &str) -> Result<usize, Wrong> {
    match value.parse() {
        Ok(number) if value.bytes().all(|byte| byte.is_ascii_digit()) => Ok(number),
        _ => wrong(format!("{name} is a whole number that is not negative.")),
    }
}

fn order<T>(table: &Table<T>, text: &str) -> Result<Vec<(&'static Property<T>, bool)>, Wrong> {
    let mut keys = Vec::new();
    for key in text.split(',') {
        let words: Vec<&str> = key.split_whitespace().collect();
        let (name, ascending) = match words.as_slice() {
            [name] | [name, "asc"] => (name, true),
            [name, "desc"] => (name, false),
            _ => return wrong(format!("'{key}' is no key of an order.")),
        };
        keys.push((table.property(name)?, ascending));
    }
    Ok(keys)
}

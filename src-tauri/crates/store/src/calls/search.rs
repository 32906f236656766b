//! What a reader looks for in the journal, and by which index it is found.
//!
//! Every search has two edges in the order of its index, so that a page deep in the past costs what the first one does.
//! Deliberately not here: running it (`page`, `read`).

use jiff::{ToSpan, civil::Date};
use pult_domain::{AgencyId, CallId, areas::calls::Centre};
use rusqlite::{Connection, OptionalExtension, Result, types::Value};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Cursor, Sight, Zones, backwards, centre_code, clip, day_number, limit, sql};

/// Up to this many days are searched for a part of a number call by call; beyond, the index of number parts is cheaper.
const FEW_DAYS: i32 = 10;
/// The index of number parts knows no shorter part.
const SHORTEST_PART: usize = 3;
/// So many digits tell one number from nearly all others.
const TELLING_DIGITS: usize = 7;
/// How many calls a search may pass over that its index cannot rule out, before it hands back what it has.
pub(super) const STRIDE: i64 = 50_000;
/// The same for number parts, whose index skips by itself: counted in call ids.
pub(super) const PARTS_STRIDE: i64 = 500_000;

/// Whole days, both included, each in the zone of the call's centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DayRange {
    /// The first.
    #[ts(type = "string")]
    pub from: Date,
    /// The last.
    #[ts(type = "string")]
    pub to: Date,
}

impl DayRange {
    /// One day.
    #[must_use]
    pub fn day(date: Date) -> Self {
        Self { from: date, to: date }
    }

    fn is_short(self) -> bool {
        self.from.until(self.to).is_ok_and(|span| span.get_days() < FEW_DAYS)
    }

    /// The instants between which all calls of these days began, for any of the centres asked for.
    pub(super) fn edges(self, centre: Option<Centre>, zones: &Zones) -> (i64, i64) {
        let after = self.to.checked_add(1.day()).unwrap_or(Date::MAX);
        let start = |date: Date, centre| {
            date.to_zoned(zones.of(centre).clone()).map_or(i64::MAX, |z| z.timestamp().as_millisecond())
        };
        let centres = centre.map_or_else(|| vec![Centre::Moscow, Centre::Vilnius], |c| vec![c]);
        let low = centres.iter().map(|c| start(self.from, *c)).min().unwrap_or(i64::MIN);
        let high = centres.iter().map(|c| start(after, *c)).max().unwrap_or(i64::MAX);
        (low, high)
    }
}

/// Where in the number the digits have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Anywhere.
    Anywhere,
    /// At its end.
    End,
    /// They are the number.
    Whole,
}

/// Digits of a telephone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PhonePart {
    /// At least one digit; anything else in it is ignored.
    pub digits: String,
    /// Where.
    pub place: Place,
}

impl PhonePart {
    /// What a person typed: `*1234` asks for numbers that end so, anything else for numbers that contain it.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let place = if text.trim_start().starts_with('*') { Place::End } else { Place::Anywhere };
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        (!digits.is_empty()).then_some(Self { digits, place })
    }
}

/// Which calls. Every part that is given has to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Filter {
    /// Of one centre.
    pub centre: Option<Centre>,
    /// Begun on these days.
    pub days: Option<DayRange>,
    /// From such a number.
    pub phone: Option<PhonePart>,
    /// Answered by this operator, by name.
    pub operator: Option<String>,
    /// With this result; any code outside 0 to 6 stands for "unknown".
    #[ts(type = "number | null")]
    pub result: Option<i64>,
    /// Of this type; any code outside 0 to 7 stands for "unknown".
    #[ts(type = "number | null")]
    pub type_call: Option<i64>,
    /// About this.
    pub theme: Option<String>,
    /// Of this agency of the agency service.
    pub agency: Option<AgencyId>,
    /// That go on.
    pub only_open: bool,
    /// As far as whoever looks may see; nobody asks for it, it is settled for them.
    #[serde(skip)]
    #[ts(skip)]
    pub sight: Sight,
}

/// A search ready to be run: where to read, what its index settles, what is left to check.
#[derive(Debug, Clone)]
pub(super) struct Search {
    from: &'static str,
    settled: Conditions,
    checked: Conditions,
    /// Ordered by id alone, for the index of number parts knows no times.
    pub(super) by_id: bool,
    /// Whether it could pass over rows without end, and so goes in strides.
    pub(super) strides: bool,
    /// Ids where it is ordered by them, else instants in ms.
    low: i64,
    high: i64,
}

/// Conditions with their values, in order.
#[derive(Debug, Clone, Default)]
struct Conditions {
    sql: Vec<&'static str>,
    values: Vec<Value>,
}

impl Conditions {
    fn add<const N: usize>(&mut self, sql: &'static str, values: [Value; N]) {
        self.sql.push(sql);
        self.values.extend(values);
    }
}

impl Search {
    /// Chooses the way, or the ways that lead to all together, that to the newest calls first. None when no call can fit.
    pub(super) fn of(conn: &Connection, filter: &Filter, zones: &Zones) -> Result<Vec<Self>> {
        let operator = match &filter.operator {
            None => None,
            Some(name) => {
                let name = clip(name.trim(), limit::NAME);
                match conn.prepare_cached(sql::OPERATOR_BY_NAME)?.query_row([name], |r| r.get(0)).optional()? {
                    Some(id) => Some(id),
                    None => return Ok(vec![]),
                }
            }
        };
        if filter.operator.as_deref().is_some_and(|name| !filter.sight.takes(clip(name.trim(), limit::NAME))) {
            return Ok(vec![]);
        }
        let Some(search) = Self::plan(filter, operator, zones) else { return Ok(vec![]) };
        if !search.by_id {
            return Ok(vec![search]);
        }
        let upto = conn.prepare_cached(sql::PHONES_UPTO)?.query_row([], |r| r.get(0))?;
        Ok(vec![search.beyond(upto), search])
    }

    /// The same search among the calls that are not in the index of number parts yet: few, and looked at one by one.
    pub(super) fn beyond(&self, upto: i64) -> Self {
        Self {
            from: sql::FROM_NEWEST,
            settled: Conditions::default(),
            strides: false,
            low: upto.saturating_add(1),
            ..self.clone()
        }
    }

    /// The same with the operator already looked up.
    pub(super) fn plan(filter: &Filter, operator: Option<i64>, zones: &Zones) -> Option<Self> {
        let centre = filter.sight.centre(filter.centre)?;
        let (low, high) = filter.days.map_or((i64::MIN, i64::MAX), |days| days.edges(centre, zones));
        let short = filter.days.is_some_and(DayRange::is_short);
        let (mut settled, mut checked) = (Conditions::default(), Conditions::default());
        let mut from = sql::FROM_STARTED;
        let mut operator = operator;
        let mut agency = filter.agency;
        let mut theme = filter.theme.as_deref().map(|t| clip(t.trim(), limit::THEME).to_owned());
        let mut by_id = false;
        if let Some(part) = &filter.phone {
            let digits: String = part.digits.chars().filter(char::is_ascii_digit).collect();
            if digits.is_empty() || digits.len() > limit::PHONE {
                return None;
            }
            let by_index = !short && digits.len() >= SHORTEST_PART;
            match part.place {
                Place::Whole => {
                    from = sql::FROM_PHONE;
                    settled.add("c.phone_rev = ?", [backwards(&digits).into()]);
                }
                Place::End => {
                    let start = backwards(&digits);
                    // The character after `9` bounds everything that begins with these digits.
                    let end = format!("{start}:");
                    let side = if by_index { &mut settled } else { &mut checked };
                    side.add("c.phone_rev >= ? AND c.phone_rev < ?", [start.into(), end.into()]);
                    if by_index {
                        from = sql::FROM_PHONE;
                    }
                }
                Place::Anywhere => {
                    if by_index {
                        (from, by_id) = (sql::FROM_PARTS, true);
                        settled.add("call_phones MATCH ?", [parts_of(&digits).into()]);
                    }
                    // Having all the threes of a part is not yet having the part.
                    checked.add("instr(c.phone, ?) > 0", [digits.into()]);
                }
            }
        }
        if from == sql::FROM_STARTED {
            if filter.only_open {
                from = sql::FROM_OPEN;
            } else if let Some(id) = operator.take() {
                from = sql::FROM_OPERATOR;
                settled.add("c.operator_id = ?", [id.into()]);
            } else if let Some(AgencyId(id)) = agency.filter(|a| a.0 > 0) {
                from = sql::FROM_AGENCY;
                agency = None;
                settled.add("c.agency_id = ? AND c.agency_id > 0", [id.into()]);
            } else if let Some(theme) = theme.take() {
                from = sql::FROM_THEME;
                settled.add("c.theme = ?", [theme.into()]);
            }
        }
        if filter.only_open {
            checked.add("c.state = 0", []);
        }
        if let Some(centre) = centre {
            checked.add("c.centre = ?", [centre_code(centre).into()]);
        }
        if let Some(id) = operator {
            checked.add("c.operator_id = ?", [id.into()]);
        }
        if let Some(AgencyId(id)) = agency {
            checked.add("c.agency_id = ?", [id.into()]);
        }
        if let Some(theme) = theme {
            checked.add("c.theme = ?", [theme.into()]);
        }
        // Whoever asks for one operator was told before whether they may.
        if let (Some(ids), None) = (filter.sight.ids(), &filter.operator) {
            checked.add(sql::TAKEN_BY, [ids.to_owned().into()]);
        }
        match filter.result {
            None => {}
            Some(code @ 0..=6) => checked.add("c.result = ?", [code.into()]),
            Some(_) => checked.add("coalesce(c.result, -1) NOT BETWEEN 0 AND 6", []),
        }
        match filter.type_call {
            None => {}
            Some(code @ 0..=7) => checked.add("c.type_call = ?", [code.into()]),
            Some(_) => checked.add("coalesce(c.type_call, -1) NOT BETWEEN 0 AND 7", []),
        }
        // The index of number parts hands over rows that mostly hold the part; anything more to check may rule out many.
        let harmless = usize::from(by_id);
        let mut strides = !short && from != sql::FROM_OPEN && checked.sql.len() > harmless;
        if let Some(days) = filter.days {
            // The edges bound the search; the day decides, for the days of two centres begin at different instants.
            checked.add("c.day BETWEEN ? AND ?", [day_number(days.from).into(), day_number(days.to).into()]);
            strides |= by_id;
        }
        let (low, high) = if by_id { (i64::MIN, i64::MAX) } else { (low, high) };
        Some(Self { from, settled, checked, by_id, strides, low, high })
    }

    /// The two edges of the whole search in its own order.
    pub(super) fn edges(&self) -> (Cursor, Cursor) {
        let edge = |started_at, id| Cursor { started_at, id: CallId(id) };
        match self.by_id {
            true => (edge(i64::MIN, self.low), edge(i64::MAX, self.high)),
            false => (edge(self.low, i64::MIN), edge(self.high, i64::MIN)),
        }
    }

    /// Where a cursor stands in this search's order.
    pub(super) fn place(&self, cursor: Cursor) -> (i64, i64) {
        if self.by_id { (cursor.id.0, 0) } else { (cursor.started_at, cursor.id.0) }
    }

    /// A statement over the rows from `low` (included) to `high` (excluded), with its values.
    pub(super) fn between(&self, columns: &str, low: Cursor, high: Cursor, tail: &str) -> (String, Vec<Value>) {
        self.statement(columns, &[&self.settled, &self.checked], low, high, tail)
    }

    /// The same over all rows the index hands over, checked or not.
    pub(super) fn unchecked_between(
        &self,
        columns: &str,
        low: Cursor,
        high: Cursor,
        tail: &str,
    ) -> (String, Vec<Value>) {
        self.statement(columns, &[&self.settled], low, high, tail)
    }

    fn statement(
        &self,
        columns: &str,
        parts: &[&Conditions],
        low: Cursor,
        high: Cursor,
        tail: &str,
    ) -> (String, Vec<Value>) {
        let mut sql = format!("SELECT {columns} FROM {} WHERE ", self.from);
        let mut values = vec![];
        for part in parts {
            for condition in &part.sql {
                sql.push_str(condition);
                sql.push_str(" AND ");
            }
            values.extend_from_slice(&part.values);
        }
        if self.by_id {
            sql.push_str(if self.in_parts() { "f.rowid >= ? AND f.rowid < ?" } else { "c.id >= ? AND c.id < ?" });
            values.extend([low.id.0.into(), high.id.0.into()]);
        } else {
            sql.push_str("(c.started_at, c.id) >= (?, ?) AND (c.started_at, c.id) < (?, ?)");
            values.extend([low.started_at.into(), low.id.0.into(), high.started_at.into(), high.id.0.into()]);
        }
        sql.push_str(tail);
        (sql, values)
    }

    /// The order of its rows.
    pub(super) fn order(&self, newest_first: bool) -> &'static str {
        match (self.by_id, self.in_parts(), newest_first) {
            (true, true, true) => " ORDER BY f.rowid DESC",
            (true, true, false) => " ORDER BY f.rowid",
            (true, false, true) => " ORDER BY c.id DESC",
            (true, false, false) => " ORDER BY c.id",
            (false, _, true) => " ORDER BY c.started_at DESC, c.id DESC",
            (false, _, false) => " ORDER BY c.started_at, c.id",
        }
    }

    /// Whether it reads the index of number parts.
    fn in_parts(&self) -> bool {
        self.from == sql::FROM_PARTS
    }
}

/// Threes of digits that cover a part; a number has to have them all before it is looked at. Each further three is one more long
/// list to walk along, and overlapping ones rule out little. Of a long part the last digits are enough: the first ones are those
/// of a country and a town, which millions of calls share.
fn parts_of(digits: &str) -> String {
    let digits = &digits[digits.len().saturating_sub(TELLING_DIGITS)..];
    let last = digits.len().saturating_sub(SHORTEST_PART);
    let threes = (0..last).step_by(2).chain([last]).map(|at| format!("\"{}\"", &digits[at..at + SHORTEST_PART]));
    threes.collect::<Vec<_>>().join(" AND ")
}

//! The language of filters: words to a tree, and whether the tree holds for a row. `and` binds tighter than `or`.
//!
//! Known are `eq ne gt ge lt le and or ( )` and `contains` of `'_isfilled'`, `'_isnotfilled'` and `'_term'`; what the vendor's
//! language may know beside them is refused.

use super::{
    Wrong,
    table::{Cell, Kind, Property, Table},
    token::{Token, tokens},
    wrong,
};

/// Deepest nesting of brackets.
const DEEPEST: usize = 50;

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Op {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

impl Op {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "eq" => Self::Eq,
            "ne" => Self::Ne,
            "gt" => Self::Gt,
            "ge" => Self::Ge,
            "lt" => Self::Lt,
            "le" => Self::Le,
            _ => return None,
        })
    }

    /// Nothing is equal to nothing alone, and neither more nor less than anything.
    fn holds(self, left: &Cell, right: &Cell) -> bool {
        let order = left.order(right);
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            _ if *left == Cell::Null => false,
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
        }
    }
}

/// A filter.
pub(in super::super) enum Test<T: 'static> {
    All(Vec<Self>),
    Any(Vec<Self>),
    Compare(&'static Property<T>, Op, Cell),
    Filled(&'static Property<T>, bool),
    Term(fn(&T, &str) -> bool, String),
}

impl<T> Test<T> {
    pub(in super::super) fn holds(&self, row: &T) -> bool {
        match self {
            Self::All(tests) => tests.iter().all(|test| test.holds(row)),
            Self::Any(tests) => tests.iter().any(|test| test.holds(row)),
            Self::Compare(property, op, value) => op.holds(&(property.of)(row), value),
            Self::Filled(property, filled) => ((property.of)(row) != Cell::Null) == *filled,
            Self::Term(occurs, word) => occurs(row, word),
        }
    }

    /// The id that every row has to have in this property.
    pub(in super::super) fn pinned(&self, name: &str) -> Option<u64> {
        match self {
            Self::All(tests) => tests.iter().find_map(|test| test.pinned(name)),
            Self::Compare(property, Op::Eq, Cell::Number(id)) if property.name == name => u64::try_from(*id).ok(),
            _ => None,
        }
    }
}

/// Reads a filter.
pub(super) fn parse<T>(table: &'static Table<T>, text: &str) -> Result<Test<T>, Wrong> {
    let tokens = tokens(text)?;
    let mut parser = Parser { table, rest: &tokens, depth: 0 };
    let test = parser.any()?;
    match parser.rest {
        [] => Ok(test),
        [next, ..] => wrong(format!("{next:?} stands where the filter ends.")),
    }
}

struct Parser<'a, T: 'static> {
    table: &'static Table<T>,
    rest: &'a [Token],
    depth: usize,
}

impl<'a, T> Parser<'a, T> {
    fn next(&mut self) -> Option<&'a Token> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// Takes this word if it comes next.
    fn takes(&mut self, token: &Token) -> bool {
        let comes = self.rest.first() == Some(token);
        if comes {
            self.next();
        }
        comes
    }

    fn expects(&mut self, token: &Token) -> Result<(), Wrong> {
        if self.takes(token) { Ok(()) } else { wrong(format!("{token:?} is missing before {:?}.", self.rest.first())) }
    }

    fn any(&mut self) -> Result<Test<T>, Wrong> {
        let mut tests = vec![self.all()?];
        while self.takes(&Token::Name("or".to_owned())) {
            tests.push(self.all()?);
        }
        Ok(one_or(tests, Test::Any))
    }

    fn all(&mut self) -> Result<Test<T>, Wrong> {
        let mut tests = vec![self.one()?];
        while self.takes(&Token::Name("and".to_owned())) {
            tests.push(self.one()?);
        }
        Ok(one_or(tests, Test::All))
    }

    fn one(&mut self) -> Result<Test<T>, Wrong> {
        match self.next() {
            Some(Token::Open) => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return wrong("The filter is nested too deeply.");
                }
                let inner = self.any()?;
                self.expects(&Token::Close)?;
                self.depth -= 1;
                Ok(inner)
            }
            Some(Token::Name(name)) if name == "contains" => self.contains(),
            Some(Token::Name(name)) => self.compare(self.table.property(name)?),
            other => wrong(format!("{other:?} stands where a condition begins.")),
        }
    }

    fn compare(&mut self, property: &'static Property<T>) -> Result<Test<T>, Wrong> {
        let op = match self.next() {
            Some(Token::Name(name)) => Op::named(name),
            _ => None,
        };
        let Some(op) = op else { return wrong(format!("No comparison follows '{}'.", property.name)) };
        let value = match self.next() {
            Some(Token::Number(number)) => Cell::Number(*number),
            Some(Token::Time(at)) => Cell::Time(*at),
            Some(Token::Text(text)) => Cell::Text(text.clone()),
            Some(Token::Name(name)) if name == "null" => Cell::Null,
            Some(Token::Name(name)) if name == "true" => Cell::Truth(true),
            Some(Token::Name(name)) if name == "false" => Cell::Truth(false),
            other => return wrong(format!("{other:?} is nothing to compare '{}' with.", property.name)),
        };
        let orders = !matches!(op, Op::Eq | Op::Ne);
        if !value.is(property.kind) || (orders && (value == Cell::Null || property.kind == Kind::Truth)) {
            return wrong(format!("'{}' cannot be compared like this.", property.name));
        }
        Ok(Test::Compare(property, op, value))
    }

    fn contains(&mut self) -> Result<Test<T>, Wrong> {
        self.expects(&Token::Open)?;
        let mode = self.text()?;
        self.expects(&Token::Comma)?;
        let argument = self.text()?;
        self.expects(&Token::Close)?;
        match (mode.as_str(), self.table.term) {
            (_, None) => wrong("This list knows no contains."),
            ("_isfilled", _) => Ok(Test::Filled(self.table.property(&argument)?, true)),
            ("_isnotfilled", _) => Ok(Test::Filled(self.table.property(&argument)?, false)),
            ("_term", Some(occurs)) => Ok(Test::Term(occurs, argument)),
            _ => wrong(format!("'{mode}' is no mode of contains.")),
        }
    }

    fn text(&mut self) -> Result<String, Wrong> {
        match self.next() {
            Some(Token::Text(text)) => Ok(text.clone()),
            other => wrong(format!("{other:?} stands where contains wants a text.")),
        }
    }
}

fn one_or<T>(mut tests: Vec<Test<T>>, many: impl Fn(Vec<Test<T>>) -> Test<T>) -> Test<T> {
    match (tests.pop(), tests.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            tests.extend(last);
            many(tests)
        }
    }
}

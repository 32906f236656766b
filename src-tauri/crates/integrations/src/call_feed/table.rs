//! Rows as the cells of a CSV table, and the objects they stand for.
//!
//! Deliberately not here: what the columns mean (`wire`).

use csv::StringRecord;
use serde_json::{Map, Value};

use crate::{ParseError, Reason, reason};

use super::wire::NOT_A_BATCH;

/// The most columns of a table; the contract has fewer than a hundred.
const MAX_COLUMNS: usize = 200;
/// The column of an errors file: a corrected file may still carry it.
const ERROR: &str = "error";

/// A table and its headers.
pub(super) struct Table {
    pub(super) headers: Vec<String>,
    pub(super) rows: Vec<StringRecord>,
}

fn fault(reason: Reason) -> ParseError {
    ParseError::at(NOT_A_BATCH, reason)
}

/// Reads a table: UTF-8, headers first, separated by commas, or by semicolons as office programs write it.
pub(super) fn read(body: &[u8]) -> Result<Table, ParseError> {
    let text = std::str::from_utf8(body).map_err(|_| fault(reason!("not UTF-8")))?.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains(';') && !first.contains(',') { b';' } else { b',' };
    // Flexible: a row of another length is that row's fault alone.
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let headers: Vec<String> =
        reader.headers().map_err(|_| fault(reason!("no headers")))?.iter().map(|name| name.trim().to_owned()).collect();
    if headers.len() > MAX_COLUMNS {
        return Err(fault(reason!("more than {MAX_COLUMNS} columns")));
    }
    let mut sorted: Vec<_> = headers.iter().collect();
    sorted.sort();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(fault(reason!("two columns of one name")));
    }
    if !headers.iter().any(|name| name == "source_id") {
        return Err(fault(reason!("no column source_id")));
    }
    let rows = reader
        .records()
        .collect::<Result<_, _>>()
        .map_err(|e| fault(reason!("not a table (line {})", e.position().map_or(0, csv::Position::line))))?;
    Ok(Table { headers, rows })
}

impl Table {
    /// The object a row stands for: `a.b` is field `b` of object `a`, a name without a dot but `source_id` one of `calls`.
    pub(super) fn object(&self, row: &StringRecord) -> Result<Value, ParseError> {
        if row.len() != self.headers.len() {
            return Err(ParseError::at("row", reason!("{} cells under {} headers", row.len(), self.headers.len())));
        }
        let mut object = Map::new();
        for (header, cell) in self.headers.iter().zip(row) {
            if header == ERROR || cell.trim().is_empty() {
                continue;
            }
            if header == "source_id" {
                object.insert(header.clone(), cell.into());
                continue;
            }
            let (table, column) = header.split_once('.').unwrap_or(("calls", header));
            let fields = object.entry(table).or_insert_with(|| Value::Object(Map::new()));
            let fields = fields.as_object_mut().ok_or_else(|| ParseError::at(header, reason!("unknown field")))?;
            if fields.insert(column.to_owned(), cell.into()).is_some() {
                return Err(ParseError::at(header, reason!("given twice")));
            }
        }
        Ok(Value::Object(object))
    }

    /// Some of the rows as a table of their own.
    pub(super) fn part(&self, rows: &[StringRecord]) -> Vec<u8> {
        write(std::iter::once(self.headers.clone()).chain(rows.iter().map(cells)))
    }

    /// The rejected rows as they were, each with what is wrong with it.
    pub(super) fn errors(&self, rejected: &[(usize, String)]) -> Vec<u8> {
        let keep: Vec<_> = self.headers.iter().enumerate().filter(|(_, name)| *name != ERROR).collect();
        let header = keep.iter().map(|(_, name)| (*name).clone()).chain([ERROR.to_owned()]).collect();
        let rows = rejected.iter().filter_map(|(index, error)| {
            let row = self.rows.get(*index)?;
            let cells = keep.iter().map(|(at, _)| row.get(*at).unwrap_or_default().to_owned());
            Some(cells.chain([error.clone()]).collect())
        });
        write(std::iter::once(header).chain(rows))
    }
}

fn cells(row: &StringRecord) -> Vec<String> {
    row.iter().map(str::to_owned).collect()
}

/// A CSV text of rows, which need not be of one length.
pub(super) fn write(rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(vec![]);
    for row in rows {
        // Writing into memory does not fail.
        let _ = writer.write_record(&row);
    }
    writer.into_inner().unwrap_or_default()
}

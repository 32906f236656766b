//! Rows of a file one by one, with where they stand.
//!
//! Deliberately not here: what their cells mean.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
    sync::Arc,
};

use csv::{ByteRecord, StringRecord};
use pult_store::imports::RejectedRow;
use serde_json::Value;

use super::{
    ImportError,
    cells::Cells,
    file::{Form, Header, Input, ROW, TOO_LONG},
};

/// Bytes read from the disk at once.
const BUFFER: usize = 64 << 10;

/// The rows of an open file.
pub(super) enum FileRows {
    Csv { reader: Box<csv::Reader<Input>>, header: Arc<Header>, separator: u8, row: u64 },
    Json { input: Box<BufReader<Input>>, row: u64, line: u64, begun: bool },
}

/// A row as it stands in its file.
pub(super) struct RawRow {
    /// Its number, the first under the header being 1.
    pub(super) row: u64,
    line: u64,
    content: Content,
}

enum Content {
    Csv { record: ByteRecord, header: Arc<Header>, separator: u8 },
    Json(Vec<u8>),
}

/// Opens a file of a known form.
pub(super) fn open(path: &Path, form: Form) -> Result<FileRows, ImportError> {
    Ok(FileRows::of(Input::new(File::open(path)?, false), form))
}

/// The same, hashed on the way.
pub(super) fn open_hashed(path: &Path, form: Form) -> Result<FileRows, ImportError> {
    Ok(FileRows::of(Input::new(File::open(path)?, true), form))
}

impl FileRows {
    fn of(input: Input, form: Form) -> Self {
        match form {
            Form::Csv { separator, header } => {
                let reader = csv::ReaderBuilder::new()
                    .delimiter(separator)
                    // A row of another length is that row's fault alone.
                    .flexible(true)
                    .buffer_capacity(BUFFER)
                    .from_reader(input);
                Self::Csv { reader: Box::new(reader), header, separator, row: 0 }
            }
            Form::Json => {
                let input = Box::new(BufReader::with_capacity(BUFFER, input));
                Self::Json { input, row: 0, line: 1, begun: false }
            }
        }
    }

    /// The next row; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<RawRow>, ImportError> {
        match self {
            Self::Csv { reader, header, separator, row } => {
                let mut record = ByteRecord::new();
                let line = reader.position().line();
                if !reader.read_byte_record(&mut record).map_err(|e| csv_error(e, line))? {
                    return Ok(None);
                }
                reader.get_mut().row_ended();
                *row += 1;
                let line = record.position().map_or(line, csv::Position::line);
                let content = Content::Csv { record, header: header.clone(), separator: *separator };
                Ok(Some(RawRow { row: *row, line, content }))
            }
            Self::Json { input, row, line, begun } => {
                let found = next_object(input.as_mut(), line, begun)?;
                input.get_mut().row_ended();
                Ok(found.map(|(at, text)| {
                    *row += 1;
                    RawRow { row: *row, line: at, content: Content::Json(text) }
                }))
            }
        }
    }

    /// The file behind, for what is left of it.
    pub(super) fn into_input(self) -> Input {
        match self {
            Self::Csv { reader, .. } => reader.into_inner(),
            Self::Json { input, .. } => input.into_inner(),
        }
    }
}

fn csv_error(error: csv::Error, line: u64) -> ImportError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => io_error(error, line),
        other => ImportError::Form { line, reason: format!("not a table: {other:?}") },
    }
}

fn io_error(error: io::Error, line: u64) -> ImportError {
    if error.kind() == io::ErrorKind::InvalidData {
        ImportError::Form { line, reason: TOO_LONG.to_owned() }
    } else {
        error.into()
    }
}

/// The next object of a list of objects, or of objects one after the other, with the line it begins on.
fn next_object(
    input: &mut impl BufRead,
    line: &mut u64,
    begun: &mut bool,
) -> Result<Option<(u64, Vec<u8>)>, ImportError> {
    let mut object = Vec::new();
    let (mut depth, mut quoted, mut escaped, mut at) = (0_usize, false, false, *line);
    loop {
        let buffer = input.fill_buf().map_err(|e| io_error(e, *line))?;
        if buffer.is_empty() {
            return match object.is_empty() {
                true => Ok(None),
                false => Err(ImportError::Form { line: at, reason: "the object does not end".to_owned() }),
            };
        }
        let mut used = 0;
        let mut ended = false;
        for &byte in buffer {
            used += 1;
            *line += u64::from(byte == b'\n');
            if depth == 0 {
                match byte {
                    b'{' => {
                        at = *line;
                        depth = 1;
                        object.push(byte);
                    }
                    // The mark of UTF-8, and what stands around and between objects.
                    0xef | 0xbb | 0xbf | b'[' if !*begun => {}
                    b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' => {}
                    _ => return Err(ImportError::Form { line: *line, reason: "expected an object".to_owned() }),
                }
                *begun |= byte == b'{' || byte == b'[';
                continue;
            }
            object.push(byte);
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                b'{' | b'[' if !quoted => depth += 1,
                b'}' | b']' if !quoted => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                ended = true;
                break;
            }
            if object.len() > ROW {
                return Err(ImportError::Form { line: at, reason: TOO_LONG.to_owned() });
            }
        }
        input.consume(used);
        if ended {
            return Ok(Some((at, object)));
        }
    }
}

impl RawRow {
    /// Its cells, or why it has none.
    pub(super) fn cells(&self) -> Result<Cells<'_>, String> {
        match &self.content {
            Content::Csv { record, header, .. } => {
                if record.len() != header.names.len() {
                    return Err(format!("{} cells under {} columns", record.len(), header.names.len()));
                }
                let record = StringRecord::from_byte_record(record.clone()).map_err(|_| "not UTF-8".to_owned())?;
                Ok(Cells::Csv { header, record })
            }
            Content::Json(text) => match serde_json::from_slice(text) {
                Ok(Value::Object(object)) => Ok(Cells::Json(object)),
                Ok(_) => Err("not an object".to_owned()),
                Err(error) => Err(format!("not JSON: {error}")),
            },
        }
    }

    /// The row as one that is not taken.
    pub(super) fn reject(&self, reason: String) -> RejectedRow {
        RejectedRow { row: self.row, line: self.line, reason, text: self.text() }
    }

    fn text(&self) -> String {
        match &self.content {
            Content::Csv { record, separator, .. } => {
                let mut writer = csv::WriterBuilder::new().delimiter(*separator).from_writer(Vec::new());
                // Writing into memory does not fail.
                let _ = writer.write_byte_record(record);
                let bytes = writer.into_inner().unwrap_or_default();
                String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned()
            }
            Content::Json(text) => String::from_utf8_lossy(text).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests;

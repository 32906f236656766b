//! Looking a file over before it is imported: what form it has, what columns, how many rows, and which file it is.
//!
//! Deliberately not here: what rows mean.

use std::{
    fs::File,
    io::{self, Read, Seek},
    path::Path,
    sync::Arc,
};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{ImportError, rows};

/// The longest row, bytes: a quote that is never closed must not swallow the file.
pub(super) const ROW: usize = 1 << 20;
/// The most columns.
const COLUMNS: usize = 200;
/// How much of a file's beginning is looked at to tell its form; the header is within it.
const BEGINNING: usize = 64 << 10;

/// The form of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// A table.
    Csv {
        /// What separates its cells.
        separator: u8,
        /// Its columns, in order.
        header: Arc<Header>,
    },
    /// Objects: a list of them, or one after the other.
    Json,
}

/// The columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// As they are spelt.
    pub(super) names: Vec<String>,
    folded: Vec<String>,
}

impl Header {
    fn of(names: Vec<String>) -> Self {
        let folded = names.iter().map(|n| n.to_lowercase()).collect();
        Self { names, folded }
    }

    /// Where a column is; capitals do not matter.
    pub(super) fn find(&self, column: &str) -> Option<usize> {
        let column = column.to_lowercase();
        self.folded.iter().position(|name| *name == column)
    }
}

/// A file looked over.
#[derive(Debug, Clone)]
pub(super) struct Inspected {
    pub(super) form: Form,
    /// Rows under the header.
    pub(super) total: u64,
    pub(super) sha256: String,
}

/// A file as it is read: bounded row by row, hashed when asked for.
pub(super) struct Input {
    file: File,
    hash: Option<Sha256>,
    /// Bytes read since a row ended.
    since: usize,
}

impl Input {
    pub(super) fn new(file: File, hashed: bool) -> Self {
        Self { file, hash: hashed.then(Sha256::new), since: 0 }
    }

    /// A row has ended.
    pub(super) fn row_ended(&mut self) {
        self.since = 0;
    }
}

/// The text of the error of a row without end, by which it is told from the disk's.
pub(super) const TOO_LONG: &str = "the row is longer than a mebibyte: is a quote left open?";

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since > ROW {
            return Err(io::Error::new(io::ErrorKind::InvalidData, TOO_LONG));
        }
        let read = self.file.read(buffer)?;
        self.since += read;
        if let Some(hash) = &mut self.hash {
            hash.update(&buffer[..read]);
        }
        Ok(read)
    }
}

/// Looks a file over: its header first, and only when that will do the rest of it. Blocking.
pub(super) fn inspect(path: &Path, needs: &'static [&'static str]) -> Result<Inspected, ImportError> {
    let form = form(path)?;
    if let Form::Csv { header, .. } = &form
        && let Some(missing) = needs.iter().find(|column| header.find(column).is_none())
    {
        return Err(ImportError::NoColumn(missing));
    }
    let mut rows = rows::open_hashed(path, form.clone())?;
    let mut total = 0;
    while rows.next()?.is_some() {
        total += 1;
    }
    let mut input = rows.into_input();
    // A list of objects may end before the file does.
    io::copy(&mut input.file_rest(), &mut io::sink())?;
    let sha256 = input.hash.map(|h| HEXLOWER.encode(&h.finalize())).unwrap_or_default();
    Ok(Inspected { form, total, sha256 })
}

impl Input {
    /// What has not been read yet, without the bound of a row.
    fn file_rest(&mut self) -> impl Read + '_ {
        struct Rest<'i>(&'i mut Input);
        impl Read for Rest<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0.row_ended();
                self.0.read(buffer)
            }
        }
        Rest(self)
    }
}

/// Tells the form of a file by its beginning.
pub(super) fn form(path: &Path) -> Result<Form, ImportError> {
    let mut file = File::open(path)?;
    let mut beginning = Vec::with_capacity(BEGINNING);
    file.by_ref().take(BEGINNING as u64).read_to_end(&mut beginning)?;
    let whole = beginning.len() < BEGINNING;
    file.rewind()?;
    let text = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&beginning);
    match text.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'{' | b'[') => return Ok(Form::Json),
        Some(_) => {}
        None => return Err(ImportError::Form { line: 1, reason: "the file is empty".to_owned() }),
    }
    let Some(end) = header_end(text).or(whole.then_some(text.len())) else {
        return Err(ImportError::Form { line: 1, reason: "the header does not end".to_owned() });
    };
    let separator = separator(&text[..end]);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(&text[..end]);
    let mut record = csv::ByteRecord::new();
    if !reader.read_byte_record(&mut record).map_err(|e| ImportError::Form { line: 1, reason: e.to_string() })? {
        return Err(ImportError::Form { line: 1, reason: "the file has no header".to_owned() });
    }
    Ok(Form::Csv { separator, header: Arc::new(header(&record)?) })
}

fn header(record: &csv::ByteRecord) -> Result<Header, ImportError> {
    let wrong = |reason: String| ImportError::Form { line: 1, reason };
    if record.len() > COLUMNS {
        return Err(wrong(format!("more than {COLUMNS} columns")));
    }
    let names: Vec<String> = record
        .iter()
        .map(|cell| std::str::from_utf8(cell).map(|name| name.trim().to_owned()))
        .collect::<Result<_, _>>()
        .map_err(|_| wrong("the header is not UTF-8: save the file as UTF-8".to_owned()))?;
    let header = Header::of(names);
    for (at, name) in header.folded.iter().enumerate() {
        if !name.is_empty() && header.folded[..at].contains(name) {
            return Err(wrong(format!("two columns {name}")));
        }
    }
    Ok(header)
}

/// Where the first line that holds anything ends, line breaks within quotes not counted.
fn header_end(text: &[u8]) -> Option<usize> {
    let (mut quoted, mut began) = (false, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted && began => return Some(at),
            b'\n' | b'\r' => {}
            _ => began = true,
        }
    }
    None
}

/// The separator of a header: of `;` and `,` the one there are more of outside quotes, and `,` where there are as many.
fn separator(header: &[u8]) -> u8 {
    let (mut quoted, mut semicolons, mut commas) = (false, 0, 0);
    for byte in header {
        match byte {
            b'"' => quoted = !quoted,
            b';' if !quoted => semicolons += 1,
            b',' if !quoted => commas += 1,
            _ => {}
        }
    }
    if semicolons > commas { b';' } else { b',' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_told_outside_quotes() {
        for (header, want) in [
            ("a;b;c", b';'),
            ("a,b,c", b','),
            ("a", b','),
            ("\"x,y,z\";b", b';'),
            ("\"x;y;z\",b", b','),
            ("a;b,c", b','),
            ("\"q\"\";\",b", b','),
        ] {
            assert_eq!(separator(header.as_bytes()), want, "{header}");
        }
    }

    #[test]
    fn a_header_ends_at_its_own_line() {
        for (text, want) in [("a,b\nc", Some(3)), ("a,\"b\nb\"\r\nc", Some(7)), ("\n\na\nb", Some(3)), ("a,b", None)] {
            assert_eq!(header_end(text.as_bytes()), want, "{text:?}");
        }
    }
}

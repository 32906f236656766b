//! Tables for people: CSV that Excel opens by a double click, and Excel workbooks.
//!
//! The separator is `;`: where decimals are written with a comma, as in Russian and Lithuanian settings, Excel takes `;` for
//! the separator of lists and would put a comma-separated line into one cell. Our own imports tell either from the header.
//! Deliberately not here: which rows go into a table, and the legacy reports.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use pult_domain::areas::calls::Centre;
use pult_store::{
    StoreError,
    calls::{CallRow, Zones},
};
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook, Worksheet, XlsxError};

use crate::api::calls::Format;

/// Rows of one sheet, the header among them: Excel's own bound. More go on on the next sheet.
const SHEET_ROWS: u32 = 1_048_576;
/// Characters of one cell of a sheet: Excel's own bound.
const CELL: usize = 32_767;
/// What sheets are called, with their number, whose table has no name of its own.
const UNNAMED: &str = "Данные";
/// Width of a column in a sheet, characters.
const WIDTH: f64 = 20.0;

/// Why a table could not be written: a defect, or a full disk.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The workbook could not be written.
    #[error("the workbook could not be written: {0}")]
    Workbook(#[from] XlsxError),
    /// The text could not be written.
    #[error("the table could not be written: {0}")]
    Text(#[from] csv::Error),
}

impl From<ExportError> for StoreError {
    fn from(error: ExportError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text, never a formula.
    Text(String),
    /// A text that stands above others: bold in a sheet.
    Heading(String),
    /// A whole number.
    Whole(i64),
    /// A number with a part after the comma; where it is no number, nothing.
    Decimal(f64),
    /// A date and time as clocks show it where it happened.
    Time(DateTime),
}

impl Cell {
    /// A text, or nothing.
    #[must_use]
    pub fn text(text: Option<&str>) -> Self {
        text.filter(|t| !t.is_empty()).map_or(Self::Empty, |t| Self::Text(t.to_owned()))
    }

    /// An instant in milliseconds UTC as a clock in a zone shows it, or nothing.
    #[must_use]
    pub fn time(ms: Option<i64>, zone: &TimeZone) -> Self {
        let at = ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
        at.map_or(Self::Empty, |at| Self::Time(at.to_zoned(zone.clone()).datetime()))
    }
}

/// A file being written, row by row: one table, or a workbook of several sheets. Rows of a workbook go to a temporary file at once, so
/// that its size costs no memory.
pub struct Table(Form);

enum Form {
    Csv(Box<Lines>),
    Xlsx(Box<Sheets>),
}

struct Lines {
    text: csv::Writer<Vec<u8>>,
    /// What comes now stands beside the table: a text holds one.
    aside: bool,
    failed: Option<ExportError>,
}

struct Sheets {
    workbook: Workbook,
    name: String,
    columns: Vec<String>,
    /// Which sheet of this name is written; the first bears the bare name.
    part: u32,
    /// The next row of the current sheet.
    row: u32,
    rows: u32,
    count: usize,
    times: CellFormat,
    header: CellFormat,
    failed: Option<ExportError>,
}

impl Table {
    /// A table with its header, on sheets nobody has a name for.
    ///
    /// # Errors
    /// When the header cannot be written.
    pub fn new(format: Format, columns: &[&str]) -> Result<Self, ExportError> {
        let mut table = Self::empty(format);
        table.sheet(UNNAMED, columns)?;
        Ok(table)
    }

    /// A file without anything. [`Self::sheet`] begins its table, [`Self::aside`] what stands beside it in a workbook.
    #[must_use]
    pub fn empty(format: Format) -> Self {
        Self::with_sheets_of(format, SHEET_ROWS)
    }

    fn with_sheets_of(format: Format, rows: u32) -> Self {
        Self(match format {
            Format::Csv => Form::Csv(Box::new(Lines {
                // Without the mark Excel takes UTF-8 for the system's old encoding.
                text: csv::WriterBuilder::new()
                    .delimiter(b';')
                    .terminator(csv::Terminator::CRLF)
                    .from_writer("\u{feff}".as_bytes().to_vec()),
                aside: false,
                failed: None,
            })),
            Format::Xlsx => Form::Xlsx(Box::new(Sheets {
                workbook: Workbook::new(),
                name: String::new(),
                columns: vec![],
                part: 0,
                row: 0,
                rows,
                count: 0,
                times: CellFormat::new().set_num_format("dd.mm.yyyy hh:mm:ss"),
                header: CellFormat::new().set_bold(),
                failed: None,
            })),
        })
    }

    /// Begins the file's table, in a workbook on a sheet of this name, with its header. What is pushed from here on is its rows.
    ///
    /// # Errors
    /// When the header cannot be written.
    pub fn sheet(&mut self, name: &str, columns: &[&str]) -> Result<(), ExportError> {
        match &mut self.0 {
            Form::Csv(lines) => {
                lines.aside = false;
                Ok(lines.text.write_record(columns.iter().map(|c| guarded(c).into_owned()))?)
            }
            Form::Xlsx(sheets) => Ok(sheets.begin(name, columns)?),
        }
    }

    /// Begins a sheet that stands beside the table. A text has no place for it: its rows are left out there.
    ///
    /// # Errors
    /// When the header cannot be written.
    pub fn aside(&mut self, name: &str, columns: &[&str]) -> Result<(), ExportError> {
        match &mut self.0 {
            Form::Csv(lines) => lines.aside = true,
            Form::Xlsx(sheets) => sheets.begin(name, columns)?,
        }
        Ok(())
    }

    /// Adds a row. What goes wrong is told by [`Self::finish`]; rows after that are not written.
    pub fn push(&mut self, row: Vec<Cell>) {
        match &mut self.0 {
            Form::Csv(lines) if lines.failed.is_none() && !lines.aside => {
                lines.failed = csv_row(&mut lines.text, &row).err();
            }
            Form::Xlsx(sheets) if sheets.failed.is_none() => sheets.failed = sheets.write(&row).err(),
            Form::Csv(_) | Form::Xlsx(_) => {}
        }
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// When it, or any row before, could not be written.
    pub fn finish(self) -> Result<Vec<u8>, ExportError> {
        match self.0 {
            Form::Csv(lines) => match lines.failed {
                Some(error) => Err(error),
                None => lines.text.into_inner().map_err(|e| ExportError::Text(csv::Error::from(e.into_error()))),
            },
            Form::Xlsx(mut sheets) => match sheets.failed.take() {
                Some(error) => Err(error),
                None => Ok(sheets.workbook.save_to_buffer()?),
            },
        }
    }
}

fn csv_row(text: &mut csv::Writer<Vec<u8>>, row: &[Cell]) -> Result<(), ExportError> {
    for cell in row {
        match cell {
            Cell::Empty => text.write_field("")?,
            Cell::Text(words) | Cell::Heading(words) => text.write_field(guarded(words).as_bytes())?,
            Cell::Whole(number) => text.write_field(number.to_string())?,
            // As it is written where `;` separates lists.
            Cell::Decimal(number) if number.is_finite() => text.write_field(number.to_string().replace('.', ","))?,
            Cell::Decimal(_) => text.write_field("")?,
            Cell::Time(at) => text.write_field(at.strftime("%d.%m.%Y %H:%M:%S").to_string())?,
        }
    }
    Ok(text.write_record(None::<&[u8]>)?)
}

/// A text that a spreadsheet will not run: one that begins like a formula gets an apostrophe in front. A plain number, a
/// telephone with its `+` among them, is no formula.
fn guarded(text: &str) -> std::borrow::Cow<'_, str> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    // Spreadsheets skip blanks and line breaks before they look, and take full-width signs for the plain ones.
    let begins = text.trim_start_matches([' ', '\u{a0}']).chars().next();
    let runs = begins.is_some_and(|c| {
        matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}')
    });
    if runs && !is_number { format!("'{text}").into() } else { text.into() }
}

impl Sheets {
    fn begin(&mut self, name: &str, columns: &[&str]) -> Result<(), XlsxError> {
        name.clone_into(&mut self.name);
        self.columns = columns.iter().map(|c| (*c).to_owned()).collect();
        self.part = 0;
        self.go_on()
    }

    fn go_on(&mut self) -> Result<(), XlsxError> {
        (self.count, self.part) = (self.count + 1, self.part + 1);
        let bare = self.part == 1 && self.name != UNNAMED;
        let name = if bare { self.name.clone() } else { format!("{} {}", self.name, self.part) };
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, name) in (0..).zip(&self.columns) {
            sheet.set_column_width(column, WIDTH)?;
            sheet.write_string_with_format(0, column, name, &self.header)?;
        }
        self.row = 1;
        Ok(())
    }

    fn write(&mut self, row: &[Cell]) -> Result<(), ExportError> {
        if self.row == self.rows {
            self.go_on()?;
        }
        let sheet = self.workbook.worksheet_from_index(self.count - 1)?;
        for (column, cell) in (0..).zip(row) {
            let format = if matches!(cell, Cell::Heading(_)) { &self.header } else { &self.times };
            write_cell(sheet, self.row, column, cell, format)?;
        }
        self.row += 1;
        Ok(())
    }
}

/// `format` is how a time is shown, or a heading.
fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, format: &CellFormat) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        // Written as a string a formula stays a text; only its length is a matter.
        Cell::Text(text) => {
            sheet.write_string(row, column, cut(text))?;
        }
        Cell::Heading(text) => {
            sheet.write_string_with_format(row, column, cut(text), format)?;
        }
        Cell::Decimal(number) if number.is_finite() => {
            sheet.write_number(row, column, *number)?;
        }
        Cell::Decimal(_) => {}
        // A spreadsheet's number is exact up to 2^53; a longer one is a name and not a quantity.
        Cell::Whole(number) if number.unsigned_abs() <= 1 << 53 => {
            sheet.write_number(row, column, *number as f64)?;
        }
        Cell::Whole(number) => {
            sheet.write_string(row, column, number.to_string())?;
        }
        Cell::Time(at) => {
            let date =
                ExcelDateTime::from_ymd(at.year().unsigned_abs(), at.month().unsigned_abs(), at.day().unsigned_abs());
            let time = date.and_then(|d| {
                d.and_hms(at.hour().unsigned_abs().into(), at.minute().unsigned_abs(), f64::from(at.second()))
            });
            match time {
                Ok(time) => {
                    sheet.write_datetime_with_format(row, column, &time, format)?;
                }
                // Before 1900 there are no dates for Excel.
                Err(_) => {
                    sheet.write_string(row, column, at.strftime("%d.%m.%Y %H:%M:%S").to_string())?;
                }
            }
        }
    }
    Ok(())
}

/// As much of a text as a cell holds.
fn cut(text: &str) -> &str {
    let end = text.char_indices().nth(CELL).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// The columns of exported calls.
pub const CALL_COLUMNS: &[&str] = &[
    "Номер",
    "Центр",
    "Начало",
    "Конец",
    "Длительность, с",
    "Телефон",
    "Оператор",
    "Результат",
    "Тип",
    "Тема",
    "Код агентства",
    "Агентство",
    "Менеджер агентства",
    "Перезвонил",
    "Перезвонили в",
];

/// A call under [`CALL_COLUMNS`], its times as the clock of its centre shows them. What is not known stays empty.
#[must_use]
pub fn call_line(row: &CallRow, zones: &Zones) -> Vec<Cell> {
    let zone = zones.of(row.centre);
    let centre = match row.centre {
        Centre::Moscow => "Москва",
        Centre::Vilnius => "Вильнюс",
    };
    vec![
        Cell::Whole(row.id.0),
        Cell::Text(centre.to_owned()),
        Cell::time(Some(row.started_at), zone),
        Cell::time(row.ended_at, zone),
        row.ended_at.map_or(Cell::Empty, |end| Cell::Whole((end - row.started_at) / 1000)),
        Cell::text(row.phone.as_deref().or(row.ani.as_deref())),
        Cell::text(row.operator.as_deref()),
        Cell::text(row.result.is_some().then_some(row.result_text.as_str())),
        Cell::text(row.type_call.is_some().then_some(row.type_text.as_str())),
        Cell::text(row.theme.as_deref()),
        row.agency_id.filter(|a| a.0 > 0).map_or(Cell::Empty, |a| Cell::Whole(a.0)),
        Cell::text(row.agency_name.as_deref()),
        Cell::text(row.agency_manager.as_deref()),
        Cell::text(row.called_back_by.as_deref()),
        Cell::time(row.called_back_at, zone),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(cell: &str) -> Cell {
        Cell::Text(cell.to_owned())
    }

    #[test]
    fn a_text_that_begins_like_a_formula_is_not_one() {
        for (given, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
            ("+37060000001", "+37060000001"),
            ("-5", "-5"),
            ("+", "'+"),
            ("+1 234", "'+1 234"),
            (" =1", "' =1"),
            ("\t=1", "'\t=1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(guarded(given), written, "{given:?}");
        }
    }

    #[test]
    fn csv_is_what_excel_expects() {
        let mut table = Table::new(Format::Csv, &["Кто", "Когда", "Сколько"]).unwrap();
        let at = jiff::civil::date(2026, 2, 28).at(9, 5, 7, 0);
        table.push(vec![text("a;\"b\"\nc"), Cell::Time(at), Cell::Whole(-3)]);
        table.push(vec![Cell::Empty, Cell::Empty, Cell::Empty]);
        table.push(vec![text("=x"), Cell::Empty, Cell::Empty]);
        let bytes = table.finish().unwrap();
        let want = "\u{feff}Кто;Когда;Сколько\r\n\"a;\"\"b\"\"\nc\";28.02.2026 09:05:07;-3\r\n;;\r\n'=x;;\r\n";
        assert_eq!(String::from_utf8(bytes).unwrap(), want);
    }

    #[test]
    fn a_workbook_goes_on_on_the_next_sheet_and_keeps_texts() {
        let mut table = Table::with_sheets_of(Format::Xlsx, 3);
        table.sheet(UNNAMED, &["Текст", "Время"]).unwrap();
        let old = jiff::civil::date(1812, 9, 7).at(6, 0, 0, 0);
        table.push(vec![text("=HYPERLINK(\"x\")"), Cell::Time(jiff::civil::date(2026, 1, 1).at(0, 0, 0, 0))]);
        table.push(vec![text(&"я".repeat(CELL + 5)), Cell::Time(old)]);
        table.push(vec![Cell::Whole(i64::MAX), Cell::Empty]);
        let bytes = table.finish().unwrap();
        assert!(bytes.starts_with(b"PK"));
        let names = String::from_utf8_lossy(&bytes).into_owned();
        assert!(names.contains("xl/worksheets/sheet2.xml") && !names.contains("sheet3.xml"));
    }

    #[test]
    fn a_text_holds_the_table_and_not_what_stands_beside_it() {
        let mut table = Table::empty(Format::Csv);
        table.aside("Отчёт", &["Параметр", "Значение"]).unwrap();
        table.push(vec![Cell::Heading("Период".to_owned()), Cell::Empty, Cell::Empty]);
        table.sheet("Issues", &["Доля", "Что"]).unwrap();
        table.push(vec![Cell::Decimal(12.5), Cell::Heading("=1".to_owned())]);
        table.push(vec![Cell::Decimal(f64::NAN), Cell::Empty]);
        let text = String::from_utf8(table.finish().unwrap()).unwrap();
        assert_eq!(text, "\u{feff}Доля;Что\r\n12,5;'=1\r\n;\r\n");
    }

    #[test]
    fn sheets_bear_their_names_and_a_long_one_goes_on_under_its_own() {
        let mut table = Table::with_sheets_of(Format::Xlsx, 2);
        table.aside("Отчёт", &["a"]).unwrap();
        table.push(vec![Cell::Heading("b".to_owned())]);
        table.sheet("Issues", &["a"]).unwrap();
        table.push(vec![Cell::Whole(1)]);
        table.push(vec![Cell::Decimal(0.5)]);
        assert_eq!(sheets(table), ["Отчёт", "Issues", "Issues 2"]);
        let mut plain = Table::with_sheets_of(Format::Xlsx, 2);
        plain.sheet(UNNAMED, &["a"]).unwrap();
        plain.push(vec![Cell::Whole(1)]);
        plain.push(vec![Cell::Whole(2)]);
        assert_eq!(sheets(plain), ["Данные 1", "Данные 2"]);
    }

    fn sheets(table: Table) -> Vec<String> {
        let Form::Xlsx(mut sheets) = table.0 else { panic!("a workbook") };
        sheets.workbook.worksheets_mut().iter().map(Worksheet::name).collect()
    }

    #[test]
    fn a_failed_row_fails_the_table() {
        let mut table = Table::new(Format::Csv, &["a", "b"]).unwrap();
        table.push(vec![text("one cell too few")]);
        table.push(vec![text("good"), text("good")]);
        assert!(table.finish().is_err());
    }
}

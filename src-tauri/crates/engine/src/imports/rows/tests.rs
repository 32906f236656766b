use std::{io::Write, path::PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::imports::file;

fn written(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rows");
    File::create(&path).unwrap().write_all(bytes).unwrap();
    (folder, path)
}

/// A row's number, its line, and a cell of it or what is wrong.
type Read = (u64, u64, Result<String, String>);

/// Every row of a file with its cell of one column.
fn read(bytes: &[u8], column: &str) -> Result<Vec<Read>, ImportError> {
    let (_folder, path) = written(bytes);
    let found = file::inspect(&path, &[])?;
    let mut rows = open(&path, found.form)?;
    let mut read = vec![];
    while let Some(row) = rows.next()? {
        let cell = row.cells().and_then(|c| c.cell(column)).map(Option::unwrap_or_default);
        read.push((row.row, row.line, cell));
    }
    assert_eq!(read.len() as u64, found.total, "what was counted is what is read");
    Ok(read)
}

fn cells(bytes: &[u8]) -> Vec<String> {
    read(bytes, "a").unwrap().into_iter().map(|(_, _, cell)| cell.unwrap()).collect()
}

#[test]
fn tables_of_every_maker_are_read() {
    for text in [
        "a,b\n1,2\n3,4\n",
        "a;b\r\n1;2\r\n3;4",
        "\u{feff}a;b\n1;2\n3;4\n",
        "A,b\n1,2\n\n3,4\n\n",
        "\"a\",\"b;x;y\"\n\"1\",2\n3,4\n",
        "b,a\n2, 1 \n4,3\n",
    ] {
        assert_eq!(cells(text.as_bytes()), ["1", "3"], "{text:?}");
    }
    let quoted = "a;b\n\"x\n\"\"y\"\";z\";2\n3;4\n";
    let rows = read(quoted.as_bytes(), "a").unwrap();
    assert_eq!(rows, [(1, 2, Ok("x\n\"y\";z".into())), (2, 4, Ok("3".into()))]);
}

#[test]
fn a_bad_row_is_its_own_fault_alone() {
    let rows = read(b"a,b\n1\n\xff\xfe,2\n3,4\n", "a").unwrap();
    let want = [Err("1 cells under 2 columns".to_owned()), Err("not UTF-8".to_owned()), Ok("3".to_owned())];
    assert_eq!(rows.into_iter().map(|(_, _, cell)| cell).collect::<Vec<_>>(), want);
}

#[test]
fn objects_are_read_from_a_list_and_one_by_one() {
    for text in [
        "[{\"a\":1},\n{\"a\":\"3\"}]",
        "{\"a\":1}\n{\"a\":3}\n",
        "\u{feff}{\"a\":1}{\"a\":3}",
        "[ {\"x\":{\"a\":[\"}\\\"{\"]},\"a\":1} , {\"A\":3} ]\n",
    ] {
        assert_eq!(cells(text.as_bytes()), ["1", "3"], "{text}");
    }
    let rows = read(b"{\"a\":1}\n{\"a\":}\n{\"a\":[1]}\n{\"a\":null}", "a").unwrap();
    assert_eq!(rows[0], (1, 1, Ok("1".into())));
    assert!(rows[1].2.as_ref().unwrap_err().starts_with("not JSON"), "{rows:?}");
    assert_eq!((rows[1].1, &rows[2].2), (2, &Err("a: not a single value".to_owned())));
    assert_eq!(rows[3].2, Ok(String::new()));
}

#[test]
fn a_file_of_no_form_says_where() {
    for (text, line) in [
        (&b""[..], 1),
        (b" \n", 1),
        (b"[{\"a\":1}\nx]", 2),
        (b"{\"a\":1}\n{\"a\":", 2),
        (b"a,a\n1,2", 1),
        (b"\xff,b\n1,2", 1),
    ] {
        match read(text, "a") {
            Err(ImportError::Form { line: at, .. }) => assert_eq!(at, line, "{text:?}"),
            other => panic!("{text:?}: {other:?}"),
        }
    }
}

#[test]
fn a_row_without_end_does_not_fill_the_memory() {
    let endless = [b"a,b\n1,2\n3,\"".as_slice(), &vec![b'x'; 3 * ROW]].concat();
    assert!(matches!(read(&endless, "a"), Err(ImportError::Form { line: 3, .. })));
    let endless = [b"{\"a\":1}\n{\"a\":\"".as_slice(), &vec![b'x'; 3 * ROW]].concat();
    assert!(matches!(read(&endless, "a"), Err(ImportError::Form { line: 2, .. })));
    let header = [b"a,\"".as_slice(), &vec![b'x'; 100_000]].concat();
    assert!(matches!(read(&header, "a"), Err(ImportError::Form { line: 1, .. })));
    // Long rows that do end are fine, however many.
    let long = format!("a,b\n{}", format!("{},2\n", "y".repeat(ROW / 2)).repeat(5));
    assert_eq!(cells(long.as_bytes()).len(), 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, "a");
    }

    #[test]
    fn nothing_like_a_table_or_objects_makes_the_reader_panic(text in "[a,;\"\n\r{}:1\\\\\\[\\]é]{0,200}") {
        let _ = read(text.as_bytes(), "a");
    }

    #[test]
    fn what_a_spreadsheet_writes_is_read_back(
        cells in prop::collection::vec(("[a-zа-я0-9,;\"\n ]{0,12}", "[^\u{0}]{0,12}"), 1..20),
        semicolons in any::<bool>(),
        mark in any::<bool>(),
    ) {
        let separator = if semicolons { b';' } else { b',' };
        let start = if mark { "\u{feff}".as_bytes().to_vec() } else { vec![] };
        let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(start);
        writer.write_record(["a", "b"]).unwrap();
        for (first, second) in &cells {
            writer.write_record([first.as_str(), second.as_str()]).unwrap();
        }
        let rows = read(&writer.into_inner().unwrap(), "a").unwrap();
        let want: Vec<_> = cells.iter().map(|(first, _)| first.trim().to_owned()).collect();
        prop_assert_eq!(rows.into_iter().map(|(_, _, cell)| cell.unwrap()).collect::<Vec<_>>(), want);
    }
}

use super::*;

fn at(second: i64) -> Instant {
    Instant::from_second(1_790_000_000 + second).unwrap()
}

fn look(modified_ns: i64, size: u64) -> Stamp {
    Stamp { modified_ns, size }
}

#[test]
fn a_file_is_ready_when_it_has_looked_the_same_for_two_seconds() {
    let mut seen = Seen::new();
    let mut names = |files: &[(&str, Stamp)], second| -> Vec<String> {
        let files = files.iter().map(|(name, stamp)| ((*name).to_owned(), *stamp)).collect();
        ready(&mut seen, &files, at(second)).into_iter().map(|(_, name)| name).collect()
    };
    let (a, grown, touched) = (("a.csv", look(9, 10)), ("a.csv", look(9, 11)), ("a.csv", look(10, 11)));
    let b = ("b.csv", look(5, 1));
    assert_eq!(names(&[a], 0), [""; 0]);
    assert_eq!(names(&[a], 1), [""; 0]);
    assert_eq!(names(&[grown], 2), [""; 0], "its size changed");
    assert_eq!(names(&[touched, b], 3), [""; 0], "its time changed");
    assert_eq!(names(&[touched, b], 5), ["b.csv", "a.csv"], "the older first");
    assert_eq!(names(&[b], 6), ["b.csv"]);
    assert_eq!(names(&[touched, b], 7), ["b.csv"], "gone and back is new");
    assert_eq!(names(&[touched, b], -60), [""; 0], "the clock was set back");
    assert_eq!(names(&[touched, b], -58), ["b.csv", "a.csv"]);
}

/// A folder, and the rounds of an engine that commits every page it gets.
struct Watched {
    dir: tempfile::TempDir,
    folder: Folder,
    cursor: Option<String>,
    second: i64,
}

impl Watched {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path().to_owned(), TimeZone::get("Europe/Moscow").unwrap());
        Self { dir, folder, cursor: None, second: 0 }
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.dir.path().join(name), content).unwrap();
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.dir.path().join(folder)) else { return vec![] };
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.dir.path().join(name)).unwrap()
    }

    /// One round whose page is not committed.
    async fn fetch(&mut self) -> Page {
        self.second += 2;
        self.folder.fetch(self.cursor.as_deref(), at(self.second)).await.unwrap()
    }

    /// One committed round.
    async fn commit(&mut self) -> Page {
        let page = self.fetch().await;
        self.cursor = page.next_cursor.clone().or(self.cursor.take());
        page
    }

    /// Rounds until nothing is left; what they brought.
    async fn drain(&mut self) -> Vec<StoredRequest> {
        let mut records = vec![];
        self.commit().await;
        loop {
            let page = self.commit().await;
            let more = page.more;
            records.extend(page.records);
            if !more {
                return records;
            }
        }
    }
}

fn facts(records: &[StoredRequest]) -> Vec<(usize, usize)> {
    let zone = TimeZone::get("Europe/Moscow").unwrap();
    let parse = |record: &StoredRequest| wire::batch(record, &zone).unwrap();
    records.iter().map(parse).map(|parsed| (parsed.facts.len(), parsed.rejected.len())).collect()
}

const ROW: &str = "7,2026-09-21 14:00:00\n";
const HEADER: &str = "source_id,calls.datetime\n";

#[tokio::test]
async fn a_file_is_put_away_only_after_its_page_is_committed() {
    let mut watched = Watched::new();
    watched.put("a.csv", [HEADER, ROW].concat());
    assert_eq!(watched.commit().await, Page::default(), "not quiet yet");
    let first = watched.fetch().await;
    let again = watched.fetch().await;
    assert_eq!((&first, first.records.len()), (&again, 1), "an uncommitted page comes again");
    assert_eq!(watched.names(""), ["a.csv"]);
    watched.commit().await;
    assert_eq!(watched.names(""), ["a.csv"]);
    assert_eq!(watched.commit().await, Page::default());
    assert_eq!((watched.names(""), watched.names("done")), (vec!["done".to_owned()], vec!["a.csv".to_owned()]));
    // After a restart with the same cursor nothing is read or moved again.
    watched.folder = Folder::new(watched.dir.path().to_owned(), TimeZone::UTC);
    assert_eq!(watched.drain().await, []);
}

#[tokio::test]
async fn a_long_file_is_read_in_pages_of_whole_chunks() {
    let mut watched = Watched::new();
    watched.put("long.csv", HEADER.to_owned() + &ROW.repeat(5_501));
    watched.commit().await;
    let first = watched.commit().await;
    assert_eq!((facts(&first.records), first.more), (vec![(500, 0); 10], true));
    let second = watched.commit().await;
    assert_eq!(facts(&second.records), [(500, 0), (1, 0)]);
    assert_eq!(second.records[1].query_value("from_row"), Some("5500"));
    watched.commit().await;
    assert_eq!(watched.names("done"), ["long.csv"]);
}

#[tokio::test]
async fn rejected_rows_are_written_beside_the_file_and_a_corrected_file_is_read() {
    let mut watched = Watched::new();
    watched.put("a.csv", [HEADER, ROW, "8,yesterday\n", "9\n"].concat());
    assert_eq!(facts(&watched.drain().await), [(1, 2)]);
    assert_eq!(watched.names(""), ["a.csv.errors.csv", "done"]);
    let errors = watched.text("a.csv.errors.csv");
    assert!(errors.starts_with("source_id,calls.datetime,error\n8,yesterday,"), "{errors}");
    assert_eq!(errors.lines().count(), 3);
    watched.put("a.csv", errors.replace("yesterday", "2026-09-21 15:00:00"));
    assert_eq!(facts(&watched.drain().await), [(1, 1)]);
    assert_eq!(watched.names("done"), ["a.csv", "a.csv.2"]);
}

#[tokio::test]
async fn json_files_have_the_form_of_a_batch_and_may_be_longer() {
    let mut watched = Watched::new();
    let row = r#"{"source_id":"7","calls":{"datetime":"2026-09-21T11:00:00Z"}}"#;
    let rows = format!("{},{{\"source_id\":\"8\"}}", vec![row; 501].join(","));
    watched.put("a.JSON", format!("\u{feff}{{\"calls\":[{rows}]}}"));
    assert_eq!(facts(&watched.drain().await), [(500, 0), (1, 1)]);
    let errors = watched.text("a.JSON.errors.csv");
    assert!(errors.contains("501,calls.datetime: required"), "{errors}");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_shown_told_and_put_away() {
    let mut watched = Watched::new();
    watched.put("bad.json", "{\"calls\":[");
    watched.put("cyrillic.csv", b"source_id\n\xcf\xf0\n");
    fs::File::create(watched.dir.path().join("huge.csv")).unwrap().set_len(MAX_FILE + 1).unwrap();
    let records = watched.drain().await;
    assert_eq!(records.len(), 3);
    for record in &records {
        assert_eq!(wire::batch(record, &TimeZone::UTC).unwrap_err().field, wire::NOT_A_BATCH);
    }
    assert_eq!(watched.names("done"), ["bad.json", "cyrillic.csv", "huge.csv"]);
    assert!(watched.text("huge.csv.errors.csv").contains("larger than"));
}

#[tokio::test]
async fn an_empty_table_is_put_away_without_a_record() {
    let mut watched = Watched::new();
    watched.put("a.csv", HEADER);
    assert_eq!((watched.drain().await, watched.names("done")), (vec![], vec!["a.csv".to_owned()]));
}

#[tokio::test]
async fn what_is_not_a_file_of_rows_is_left_alone() {
    let mut watched = Watched::new();
    watched.put("a.csv.errors.csv", [HEADER, ROW].concat());
    watched.put(".hidden.csv", [HEADER, ROW].concat());
    watched.put("notes.txt", ROW);
    fs::create_dir(watched.dir.path().join("folder.csv")).unwrap();
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    fs::write(elsewhere.path(), [HEADER, ROW].concat()).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(elsewhere.path(), watched.dir.path().join("link.csv")).unwrap();
    let before = watched.names("");
    assert_eq!(watched.drain().await, []);
    assert_eq!(watched.names(""), before);
    assert_eq!(watched.folder.look().await.unwrap(), 0);
}

#[tokio::test]
async fn a_file_replaced_in_the_middle_begins_anew() {
    let mut watched = Watched::new();
    watched.put("a.csv", HEADER.to_owned() + &ROW.repeat(5_001));
    watched.commit().await;
    watched.commit().await;
    watched.put("a.csv", [HEADER, ROW].concat());
    assert_eq!(watched.commit().await, Page::default(), "it has to be quiet again");
    assert_eq!(facts(&watched.commit().await.records), [(1, 0)]);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_unreachable() {
    let folder = Folder::new(PathBuf::from("/nonexistent/incoming"), TimeZone::UTC);
    assert!(matches!(folder.fetch(None, at(0)).await, Err(CallError::Unreachable { .. })));
}

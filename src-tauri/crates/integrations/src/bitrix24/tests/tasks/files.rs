//! Files on the portal's disk.

use data_encoding::HEXLOWER;
use pult_domain::{
    Failure,
    areas::erp::{Creation, Fact, FileRef, TaskUpdate, Update},
};
use sha2::{Digest, Sha256};

use super::*;

const RECORD: RecordId = RecordId(7);

fn reference(name: &str, content: &[u8]) -> FileRef {
    let sha256 = HEXLOWER.encode(&Sha256::digest(content));
    FileRef { name: name.to_owned(), sha256, size: content.len() as u64 }
}

fn upload(place: usize, file: &FileRef, folder: Option<i64>, number: &str) -> Effect {
    let (file, number) = (file.clone(), number.to_owned());
    Effect::UploadFile { document: DOCUMENT, record: RECORD, place, file, folder, number }
}

fn uploaded(fact: Fact) -> i64 {
    match fact {
        Fact::Uploaded { document: DOCUMENT, file, .. } => file,
        other => panic!("{other:?}"),
    }
}

fn why(outcome: Result<Fact, CallError>) -> Failure {
    match outcome {
        Err(CallError::Refused { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

impl House {
    /// Keeps files as a document's record, and names them.
    fn keep(&self, files: &[(&str, &[u8])]) -> Vec<FileRef> {
        let body: Vec<_> = files.iter().map(|(_, content)| BASE64.encode(content)).collect();
        self.records.0.lock().unwrap().insert(RECORD.0, serde_json::to_vec(&body).unwrap());
        files.iter().map(|(name, content)| reference(name, content)).collect()
    }

    /// What lies on the disk: the folder's name, the file's, its content.
    fn disk(&self) -> Vec<(String, String, Vec<u8>)> {
        self.world(|world| {
            let objects = &world.disk.objects;
            let files = objects.values().filter(|object| object.file.is_some());
            let folder = |id: Option<u64>| objects[&id.unwrap()].name.clone();
            files.map(|file| (folder(file.parent), file.name.clone(), file.content.clone())).collect()
        })
    }
}

#[tokio::test]
async fn files_come_into_the_documents_folder_with_one_request_each() {
    let house = House::open().await;
    let files = house.keep(&[("чертёж.pdf", b"first file of the document, long enough to be told"), ("б.txt", b"two")]);
    let attempt = house.bitrix.perform(&upload(0, &files[0], None, "00/123 "), &key()).await;
    let kept = serde_json::to_string(&attempt.exchanges).unwrap();
    assert!(!kept.contains(&BASE64.encode(b"first file of")) && kept.contains("*** (68 characters)"), "{kept}");
    let first = uploaded(fact(attempt).unwrap());
    assert_eq!(house.requests(), 4, "the common disk, its folders, a new one, the file");
    let second = uploaded(house.perform(&upload(1, &files[1], None, "00/123 ")).await.unwrap());
    assert_eq!((first, second, house.requests()), (7_752, 7_753, 1));
    let folder = "00_123".to_owned();
    let want = [
        (folder.clone(), "чертёж.pdf".to_owned(), b"first file of the document, long enough to be told".to_vec()),
        (folder, "б.txt".to_owned(), b"two".to_vec()),
    ];
    assert_eq!(house.disk(), want);
    // Another connection finds the folder that is there.
    let again = House { bitrix: connect_to(&house), ..house };
    let third = uploaded(again.perform(&upload(1, &files[1], None, "00/123")).await.unwrap());
    assert_eq!((third, again.requests()), (7_754, 3));
    assert_eq!(again.disk()[2].1, "б (1).txt");
}

/// A second connection to the same portal, which remembers nothing.
fn connect_to(house: &House) -> Bitrix24 {
    let webhook = format!("{}{KEY}", house.portal.base());
    let secrets = Secrets([("erp.bitrix_webhook".to_owned(), webhook)].into());
    let contents = Contents { records: house.records.clone(), file };
    let settings = Settings::new(house.portal.base().parse().unwrap());
    let second = Arc::clone(&house.second);
    let clock: Clock = Arc::new(move || Instant::from_second(second.load(Ordering::SeqCst)).unwrap());
    Bitrix24::new(settings, Arc::new(secrets), clock, contents).unwrap()
}

#[tokio::test]
async fn a_folder_of_the_settings_stands_in_the_place_of_the_common_disk() {
    let house = House::open().await;
    let files = house.keep(&[("a.pdf", b"one")]);
    uploaded(house.perform(&upload(0, &files[0], Some(4_410), "...")).await.unwrap());
    assert_eq!((house.disk()[0].0.as_str(), house.requests()), ("1c", 3));
    assert_eq!(why(house.perform(&upload(0, &files[0], Some(404), "1")).await), Failure::DoesNotExist);
}

#[tokio::test]
async fn only_the_very_content_is_put_there() {
    let house = House::open().await;
    let files = house.keep(&[("a.pdf", b"one"), ("b.pdf", b"two")]);
    for (record, place) in [(RECORD, 1), (RECORD, 2), (RecordId(8), 0)] {
        let effect = match upload(place, &files[0], None, "1") {
            Effect::UploadFile { document, place, file, folder, number, .. } => {
                Effect::UploadFile { document, record, place, file, folder, number }
            }
            other => other,
        };
        assert_eq!(why(house.perform(&effect).await), Failure::DoesNotExist);
    }
    assert_eq!(house.requests(), 0, "nothing was asked");
}

#[tokio::test]
async fn a_file_whose_upload_is_in_doubt_is_looked_for_by_name_and_size() {
    let house = House::open().await;
    let files = house.keep(&[("a.pdf", b"one"), ("a.pdf", b"two"), ("b.pdf", b"three")]);
    assert_eq!(house.settle(&upload(0, &files[0], None, "1")).await, Settled::NotDone, "there is no folder yet");
    let first = uploaded(house.perform(&upload(0, &files[0], None, "1")).await.unwrap());
    assert_eq!(house.settle(&upload(1, &files[1], None, "1")).await, Settled::NotDone, "the one there is another");
    for (place, fault) in [(1, Wrong::DropAfterCommit), (2, Wrong::HalfAnswer)] {
        let effect = upload(place, &files[place], None, "1");
        house.fault(fault, "disk.folder.uploadfile", 1);
        let error = house.perform(&effect).await.unwrap_err();
        assert!(matches!(error, CallError::OutcomeUnknown { .. }), "{error:?}");
        let found = uploaded(settled(house.settle(&effect).await));
        assert_eq!(found, first + place as i64);
    }
    assert_eq!(house.disk().len(), 3);
    house.fault(Wrong::Reset, "disk.folder.uploadfile", 1);
    let other = reference("c.pdf", b"two");
    assert_eq!(house.settle(&upload(1, &other, None, "1")).await, Settled::NotDone);
    house.fault(Wrong::Html { status: 502 }, "disk.folder.getchildren", 1);
    let settled = house.settle(&upload(1, &other, None, "1")).await;
    assert!(matches!(settled, Settled::Unknown(CallError::OutcomeUnknown { .. })), "{settled:?}");
}

#[tokio::test]
async fn a_folder_that_was_thrown_away_is_made_anew() {
    let house = House::open().await;
    let files = house.keep(&[("a.pdf", b"one")]);
    let effect = upload(0, &files[0], None, "1");
    house.perform(&effect).await.unwrap();
    house.world(|world| world.disk.objects.retain(|id, _| *id < 7_000));
    house.requests();
    house.perform(&effect).await.unwrap();
    assert_eq!((house.disk().len(), house.requests()), (1, 5));
}

#[tokio::test]
async fn what_could_not_be_saved_is_tried_once_more() {
    let house = House::open().await;
    let files = house.keep(&[("a.pdf", b"one")]);
    let effect = upload(0, &files[0], None, "1");
    house.refuse("disk.folder.uploadfile", (400, "ERROR_COULD_NOT_SAVE_FILE"), 0, 1);
    house.perform(&effect).await.unwrap();
    house.refuse("disk.folder.uploadfile", (400, "ERROR_COULD_NOT_SAVE_FILE"), 0, 2);
    assert_eq!(why(house.perform(&effect).await), Failure::Refused);
    assert_eq!(house.disk().len(), 1);
    house.refuse("disk.folder.uploadfile", (503, "QUERY_LIMIT_EXCEEDED"), 0, 1);
    assert!(matches!(house.perform(&effect).await, Err(CallError::Retry { .. })));
}

#[tokio::test]
async fn a_document_whose_task_was_in_doubt_has_one_task_with_its_file() {
    let house = House::open().await;
    let files = house.keep(&[("a.pdf", b"one")]);
    let tasks = vec![task("line-1", "Раскрой", 61)];
    let create = Effect::CreateTasks { document: DOCUMENT, since: house.now(), tasks };
    house.fault(Wrong::DropAfterCommit, "batch", 1);
    assert!(matches!(house.perform(&create).await, Err(CallError::OutcomeUnknown { .. })));
    let Fact::Created { tasks, .. } = settled(house.settle(&create).await) else { panic!() };
    let [(key, Creation::Created { task })] = &tasks[..] else { panic!("{tasks:?}") };
    let file = uploaded(house.perform(&upload(0, &files[0], None, "1")).await.unwrap());
    let update = TaskUpdate { key: key.clone(), task: *task, fields: None, files: vec![file] };
    let update = Effect::UpdateTasks { document: DOCUMENT, tasks: vec![update] };
    let Fact::Updated { tasks, .. } = house.perform(&update).await.unwrap() else { panic!() };
    assert_eq!(tasks, [(key.clone(), Update::Done)]);
    let sent = house.asked("tasks.task.update")["fields"]["UF_TASK_WEBDAV_FILES"].clone();
    assert_eq!(sent, json!([format!("n{file}")]));
    let ours = house.world(|world| {
        let ours = world.tasks.all.values().filter(|task| task.xml_id.as_deref() == Some("line-1"));
        ours.map(|task| task.files.iter().map(|(_, object)| *object as i64).collect::<Vec<_>>()).collect::<Vec<_>>()
    });
    assert_eq!(ours, [[file]]);
}

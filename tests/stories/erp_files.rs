//! Files of documents: as large as they may be and a byte larger, slow ones, and one beside a task whose answer was lost.
//!
//! Deliberately not here: names and forms of a file (its integration's tests), and that a file goes up once (`erp`).

use data_encoding::BASE64;
use pult_simulators::service::fault::{Fault, FaultOrder};
use serde_json::{Value, json};

use crate::erp_house::{UPDATE_FAILED, Works, document, is_ok, row, says};

/// What the files of a document hold at most, decoded.
const MOST: usize = 30 << 20;

fn file(name: &str, content: &[u8]) -> Value {
    json!({ "name": name, "content": BASE64.encode(content) })
}

/// Bytes that are not all the same.
fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|n| (n % 251) as u8).collect()
}

impl Works {
    /// What of a file stands in the portal, for each task that has it.
    fn content(&self, key: &str) -> Vec<Vec<u8>> {
        let files = self.task(key).files;
        self.portal.portal().world(|world| files.iter().map(|(_, id)| world.disk.objects[id].content.clone()).collect())
    }
}

#[tokio::test]
async fn files_of_thirty_mebibytes_are_taken_and_not_a_byte_more() {
    let works = Works::open().await;
    let house = works.house("", "sync_timeout_s = 120");
    let (_pultd, chief) = house.open().await;
    let mut sent = document("large", &[("l1", "Швейный цех")]);
    let largest = bytes(MOST);
    sent["files"] = json!([file("scan.tif", &largest)]);
    is_ok(&works.send(&sent).await);
    assert!(works.content("l1") == [largest.clone()], "every byte is there");
    drop(sent);

    // One byte more, whether in one file or in all of them together, is told by its place, and nothing of it is begun.
    for files in [json!([file("scan.tif", &bytes(MOST + 1))]), json!([file("a.tif", &largest), file("b.txt", b"1")])] {
        let mut sent = document("larger", &[("l2", "Литьё")]);
        sent["files"] = files;
        let answer = works.send(&sent).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
        let detail = &answer.json()["detail"][0];
        assert_eq!(detail["loc"], json!(["body", "files"]));
        assert!(detail["msg"].as_str().unwrap().contains("30 MiB"), "{detail}");
    }
    // A body beyond the listener's own bound is not even read.
    let mut sent = document("largest", &[("l3", "Литьё")]);
    sent["description"] = " ".repeat(51 << 20).into();
    let door = works.door();
    let request = door.request(reqwest::Method::POST, "/").json(&sent);
    assert_eq!(door.send(request).await.status, 413);
    let page = chief.must("erp.page", json!({ "filter": {}, "limit": 10 })).await;
    let known: Vec<&Value> = page["rows"].as_array().unwrap().iter().map(|row| &row["guid"]).collect();
    assert_eq!((known, works.tasks().len()), (vec![&json!("large")], 1));
}

#[tokio::test]
async fn files_that_are_still_going_when_the_sender_has_waited_long_enough_are_the_second_outcome() {
    let works = Works::open().await;
    let house = works.house("", "sync_timeout_s = 4");
    let (_pultd, chief) = house.open().await;
    is_ok(&works.send(&document("warm", &[("warm", "Швейный цех")])).await);
    works.fault(FaultOrder::new(Fault::Delay { ms: 10_000 }, "disk.folder.uploadfile", 1));
    let mut sent = document("d1", &[("l1", "Швейный цех")]);
    sent["files"] = json!([file("note.txt", b"note")]);
    says(&works.send(&sent).await, 200, UPDATE_FAILED);
    assert_eq!(works.task("l1").files, []);
    // The work goes on by itself; whoever asks once more hears its end.
    chief
        .until(async || {
            let page = chief.must("erp.page", json!({ "filter": { "state": "done" }, "limit": 10 })).await;
            (page["rows"].as_array().unwrap().len() == 2).then_some(())
        })
        .await;
    assert_eq!(works.content("l1"), [b"note".to_vec()]);
    is_ok(&works.send(&sent).await);
    assert_eq!((works.calls("disk.folder.uploadfile"), works.tasks().len()), (1, 2));
}

#[tokio::test]
async fn a_task_whose_answer_was_lost_is_found_and_has_its_file() {
    let works = Works::open().await;
    let house = works.house("", "");
    let (_pultd, chief) = house.open().await;
    is_ok(&works.send(&document("warm", &[("warm", "Швейный цех")])).await);
    // One batch looks at people and the next one creates.
    works.fault(FaultOrder { after: 1, ..FaultOrder::new(Fault::DropAfterCommit, "batch", 1) });
    let mut sent = document("d1", &[("l1", "Швейный цех")]);
    sent["files"] = json!([file("note.txt", b"note")]);
    is_ok(&works.send(&sent).await);
    row(&chief, "done").await;
    assert_eq!(works.calls("tasks.task.add"), 2, "looked for and found");
    assert_eq!(works.content("l1"), [b"note".to_vec()]);
}

//! Files of tickets are given out, and none but the tracker's own.

use pult_domain::areas::chat_link::FileLink;

use super::{
    server::{Line, Vendor, good, line},
    *,
};

fn link(source: &str, size: Option<u64>) -> FileLink {
    FileLink { name: "a.png".to_owned(), size, source: source.to_owned(), page: None }
}

fn shown(size: u64, url: &str) -> Line {
    good(json!({"attachment": {"id": 12, "filename": "ф.png", "filesize": size, "content_url": url}}))
}

async fn fetched(script: Vec<Line>, file: &FileLink) -> (Vendor, String) {
    let (vendor, tracker) = Vendor::with(script).await;
    let outcome = tracker.attachments().unwrap().fetch(file, 9).await;
    let word = outcome.map(|content| String::from_utf8_lossy(&content).into_owned());
    (vendor, word.unwrap_or_else(|error| wrong(&error)))
}

const URL: &str = "https://elsewhere.example.com/redmine/attachments/download/12/%D1%84.png";

#[tokio::test]
async fn a_file_is_had_from_our_own_address_with_our_key() {
    let (vendor, content) = fetched(vec![shown(4, URL), line(200, "data")], &link("12", None)).await;
    assert_eq!(content, "data");
    assert_eq!(vendor.lines(), ["GET /attachments/12.json", "GET /attachments/download/12/%D1%84.png"]);
    assert_eq!(vendor.asked(1).header("x-redmine-api-key"), SECRET);
    // A page that is somebody's file has a name.
    let page = line(200, "<html/>").with("content-disposition", "attachment; filename=\"a.html\"");
    assert_eq!(fetched(vec![shown(7, URL), page], &link("12", None)).await.1, "<html/>");
}

#[tokio::test]
async fn what_is_no_file_is_refused() {
    for (script, want) in [
        (vec![shown(10, URL)], "refused refused: the file is larger than 9 bytes"),
        (vec![shown(4, URL), line(200, "0123456789")], "refused refused: the answer is larger than 9 bytes"),
        (vec![shown(4, URL), line(200, "<html/>")], "refused refused: the answer is a page and no file"),
        (
            vec![shown(4, URL), line(302, "").with("location", "/login?back_url=x")],
            "unauthorized: HTTP 302: sent to the sign-in page",
        ),
        (vec![shown(4, URL), line(404, "<html/>")], "refused does_not_exist: HTTP 404"),
        (
            vec![shown(4, "https://h/users/current.json")],
            "refused refused: the tracker does not tell where the file is",
        ),
        (vec![line(404, " ")], "refused does_not_exist: HTTP 404"),
        (vec![shown(4, URL), line(502, "")], "unreachable"),
    ] {
        let (vendor, word) = fetched(script, &link("12", None)).await;
        assert_eq!(word, want);
        assert!(vendor.is_done());
    }
    for (source, size) in [("", None), ("12/../x", None), ("a", None), ("12", Some(10)), ("1234567890123456789", None)]
    {
        let (vendor, word) = fetched(vec![], &link(source, size)).await;
        assert!(word.starts_with("refused refused") && vendor.lines().is_empty(), "{source} {word}");
    }
}

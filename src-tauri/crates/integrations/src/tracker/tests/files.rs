//! Files of comments are given out, and none but the tracker's own.

use super::{
    server::{Vendor, good, line},
    *,
};

async fn fetched(script: server::Line, source: &str, at_most: u64) -> (Vendor, Result<Bytes, CallError>) {
    let (vendor, tracker) = Vendor::with([script]).await;
    let base = tracker.settings.base.clone().unwrap();
    let source = if source.starts_with('/') { base.join(source).unwrap().to_string() } else { source.to_owned() };
    let outcome = tracker.attachments().unwrap().fetch(&file("a", &source), at_most).await;
    (vendor, outcome)
}

#[tokio::test]
async fn a_file_is_had_with_the_token() {
    let (vendor, content) =
        fetched(line(200, "<html>a page</html>"), "/v2/issues/DESK-41/attachments/5/a%20b.html", 100).await;
    assert_eq!(content.unwrap(), "<html>a page</html>");
    assert_eq!(vendor.lines(), ["GET /v2/issues/DESK-41/attachments/5/a%20b.html"]);
    assert_eq!(vendor.asked(0).header("authorization"), format!("OAuth {SECRET_TOKEN}"));
}

#[tokio::test]
async fn a_file_that_is_not_the_trackers_is_not_asked_for() {
    for source in [
        "https://elsewhere.example.com/v3/issues/DESK-41/attachments/5/a",
        "/v3/issues/DESK-41",
        "/v3/users/1",
        "/v1/issues/DESK-41/attachments/5/a",
        "/v3/attachments/../myself",
        "v3/attachments/5/a",
        "",
    ] {
        let (vendor, content) = fetched(line(200, "x"), source, 100).await;
        assert!(matches!(content, Err(CallError::Refused { .. })), "{source}");
        assert!(vendor.lines().is_empty());
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_or_gone_is_refused() {
    let path = "/v3/issues/DESK-41/attachments/5/a";
    let word = |outcome: Result<Bytes, CallError>| word(&outcome.map(|_| vec![]));
    assert_eq!(
        word(fetched(line(200, "12345"), path, 4).await.1),
        "refused refused: the answer is larger than 4 bytes"
    );
    assert_eq!(word(fetched(line(404, "{}"), path, 4).await.1), "refused does_not_exist: HTTP 404");
    assert_eq!(word(fetched(line(401, ""), path, 4).await.1), "unauthorized: HTTP 401");
    assert_eq!(word(fetched(line(502, ""), path, 4).await.1), "unreachable");
    assert_eq!(word(fetched(line(302, "").with("location", "/x"), path, 4).await.1), "unreachable");
    let (vendor, tracker) = Vendor::with([]).await;
    let source = tracker.settings.base.clone().unwrap().join(path).unwrap().to_string();
    let large = FileLink { size: Some(5), ..file("a", &source) };
    assert!(tracker.attachments().unwrap().fetch(&large, 4).await.is_err() && vendor.lines().is_empty());
}

#[tokio::test]
async fn a_file_that_is_only_named_is_looked_up_first() {
    let path = "/v3/issues/DESK-41/attachments/5";
    for (size, content, want) in [
        (5, "attachments/5/a.txt", "step"),
        (6, "attachments/5/a.txt", "the file is larger than 5 bytes"),
        (5, "users/1", "that is no file of the tracker"),
    ] {
        let (vendor, tracker) = Vendor::with([]).await;
        let at = |path: &str| tracker.settings.base.clone().unwrap().join(path).unwrap().to_string();
        let content = at(&format!("/v3/issues/DESK-41/{content}"));
        vendor.go_on([good(json!({"id": "5", "size": size, "content": content})), line(200, "12345")]);
        let fetched = tracker.attachments().unwrap().fetch(&file("a", &at(path)), 5).await;
        assert!(word(&fetched.map(|_| vec![])).ends_with(want));
        assert_eq!(vendor.lines()[0], format!("GET {path}"));
        assert_eq!(vendor.is_done(), want == "step");
    }
}

//! The console's commands about ERP documents, in an engine that has no portal.
//!
//! Deliberately not here: making tasks, for which a portal is needed (the stories at the root).

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use pult_domain::{
    DocumentId, Instant, RecordId,
    areas::erp::{Change, Document, Line, Part, State, Trouble},
};
use pult_engine::{
    Engine, Parts,
    api::dispatch,
    auth::{Actor, Role, role::Rights},
    clock::Clock,
    config::{Config, ConfigFile},
    error::{ApiError, ErrorCode},
    secrets::SecretStore,
};
use pult_store::{Store, erp};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

fn document(guid: &str) -> Box<Document> {
    let line = Line {
        key: format!("{guid}:Раскрой"),
        name: "Раскрой".to_owned(),
        title: None,
        description: None,
        planned_minutes: None,
        deadline: None,
        items: vec![],
    };
    Box::new(Document {
        guid: guid.to_owned(),
        number: "00-000123".to_owned(),
        date: None,
        title: None,
        description: None,
        author: None,
        deadline: None,
        lines: vec![line],
        files: vec![],
    })
}

/// An engine that knows two documents, one of them done, and one department of the house.
async fn house(folder: &std::path::Path, stop: &CancellationToken) -> Engine {
    // Another test of this process may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let engine = Engine::start(Parts {
        config: Config::parse("").unwrap(),
        config_file: ConfigFile::new(folder.join("pult.toml")),
        store: Store::open(folder).unwrap(),
        secrets: SecretStore::with_file(folder, |_| None),
        clock: Clock::system(),
        stop: stop.clone(),
    });
    let at = Instant::from_second(1_790_000_000).unwrap();
    let (failed, done) = (DocumentId(1), DocumentId(2));
    let trouble = Some(Trouble::NoDepartment { name: "Раскрой".to_owned() });
    let departments = json!([{ "id": 1, "name": "Производство", "parent": null }]);
    let changes = [
        Change::Begin { id: failed, document: document("a"), record: RecordId(1), at },
        Change::Settle { id: failed, state: State::Error, trouble, at },
        Change::Begin { id: done, document: document("b"), record: RecordId(2), at },
        Change::Settle { id: done, state: State::Done, trouble: None, at },
        Change::Remember { part: Part::Departments, payload: departments, at },
    ];
    let apply =
        move |c: &pult_store::Connection| changes.iter().try_for_each(|change| erp::apply(c, change).map(|_| ()));
    engine.store().write(apply).await.unwrap();
    engine
}

async fn ask(engine: &Engine, name: &str, request: Value) -> Result<Value, ApiError> {
    dispatch(engine, &Actor::local_window(), name, request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_listed_counted_and_shown_with_what_was_decided() {
    let (folder, stop) = (tempfile::tempdir().unwrap(), CancellationToken::new());
    let engine = house(folder.path(), &stop).await;
    let page = ask(&engine, "erp.page", json!({ "filter": { "state": "error" }, "limit": 10 })).await.unwrap();
    assert_eq!(page["rows"][0]["id"], 1);
    assert_eq!((page["rows"].as_array().unwrap().len(), &page["next"]), (1, &Value::Null));
    assert_eq!(page["rows"][0]["trouble"], json!({ "trouble": "no_department", "name": "Раскрой" }));
    let rows = ask(&engine, "erp.rows", json!({ "ids": [2, 9] })).await.unwrap();
    assert_eq!((rows["rows"].as_array().unwrap().len(), &rows["rows"][0]["state"]), (1, &json!("done")));
    let counts = ask(&engine, "erp.counts", Value::Null).await.unwrap();
    assert_eq!(counts, json!({ "received": 0, "partial": 0, "done": 1, "update_failed": 0, "error": 1 }));
    let asked = json!({ "filter": { "state": "error" }, "format": "csv" });
    let file = ask(&engine, "erp.export", asked).await.unwrap();
    let file = data_encoding::BASE64.decode(file["content_base64"].as_str().unwrap().as_bytes()).unwrap();
    let file = String::from_utf8(file).unwrap();
    let lines: Vec<_> = file.lines().skip(1).collect();
    assert!(lines.len() == 1 && lines[0].contains("00-000123") && lines[0].contains("задач нет"), "{file}");
    ask(&engine, "erp.again", json!({ "id": 1 })).await.unwrap();
    let panel = ask(&engine, "erp.detail", json!({ "id": 1 })).await.unwrap();
    assert_eq!(panel["document"]["lines"][0]["name"], "Раскрой");
    assert_eq!(panel["decisions"][0]["kind"], "document_asked_again");
    assert_eq!(ask(&engine, "erp.detail", json!({ "id": 9 })).await.unwrap_err().code, ErrorCode::NotFound);
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_unfinished_is_begun_again_and_that_is_noted() {
    let (folder, stop) = (tempfile::tempdir().unwrap(), CancellationToken::new());
    let engine = house(folder.path(), &stop).await;
    let row = ask(&engine, "erp.again", json!({ "id": 1 })).await.unwrap();
    assert_eq!((&row["state"], &row["trouble"]["trouble"]), (&json!("error"), &json!("not_connected")));
    assert_eq!(ask(&engine, "erp.again", json!({ "id": 2 })).await.unwrap_err().code, ErrorCode::Conflict);
    assert_eq!(ask(&engine, "erp.again", json!({ "id": 9 })).await.unwrap_err().code, ErrorCode::NotFound);
    let trail = ask(&engine, "audit.page", json!({ "filter": {}, "limit": 10 })).await.unwrap();
    let acts: Vec<_> = trail["rows"].as_array().unwrap().iter().map(|row| row["action"].clone()).collect();
    assert_eq!(acts, [json!("erp.again")]);
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_the_house_is_shown_and_forgotten_by_a_supervisor_only() {
    let (folder, stop) = (tempfile::tempdir().unwrap(), CancellationToken::new());
    let engine = house(folder.path(), &stop).await;
    let at = 1_790_000_000_000_i64;
    let known = ask(&engine, "erp.directory", Value::Null).await.unwrap();
    assert_eq!(known["departments"], json!({ "count": 1, "read_at": at, "fresh_until": at + 3_600_000 }));
    assert_eq!((&known["people"], &known["reading_since"]), (&Value::Null, &Value::Null));
    let viewer = Actor { rights: Rights::of(Role::Viewer), ..Actor::local_window() };
    let refused = dispatch(&engine, &viewer, "erp.forget_directory", Value::Null).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    let known = ask(&engine, "erp.forget_directory", Value::Null).await.unwrap();
    assert_eq!(known["departments"], Value::Null);
    stop.cancel();
}

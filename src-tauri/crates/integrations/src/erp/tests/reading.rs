//! What a document is taken for: names, forms and limits, and that nothing upsets the reader.

use data_encoding::{BASE64, HEXLOWER};
use proptest::prelude::*;
use pult_domain::areas::erp::{Document, Fact as ErpFact, FileRef, Moment};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::*;

fn record(body: &[u8]) -> StoredRequest {
    StoredRequest {
        route: intake::DOCUMENT.to_owned(),
        method: "POST".to_owned(),
        path: "/".to_owned(),
        query: vec![],
        headers: vec![],
        body: Bytes::copy_from_slice(body),
    }
}

fn read(body: &[u8]) -> Result<Document, ParseError> {
    let mut parsed = local().parse(&record(body), now())?;
    assert_eq!((parsed.facts.len(), parsed.rejected.len()), (1, 0));
    let observed = parsed.facts.remove(0);
    assert_eq!((observed.key.0.as_str(), observed.at), ("", now()), "each resend is a record of its own");
    match observed.fact {
        Fact::Erp(ErpFact::Requested { document }) => Ok(*document),
        other => panic!("{other:?}"),
    }
}

fn of(body: &Value) -> Document {
    read(body.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// The least there is, with changes; `null` takes a field away.
fn with(changes: Value) -> Value {
    let mut body = json!({ "id": "d1", "number": "7", "calculations": "Цех" });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn place_of_error(body: &Value) -> String {
    read(body.to_string().as_bytes()).expect_err(&format!("{body}")).field
}

#[test]
fn both_shipped_samples_are_understood() {
    for name in ["full", "minimal"] {
        let document = read(docs::sample(name).as_bytes()).unwrap();
        insta::assert_json_snapshot!(format!("shipped_{name}"), document);
    }
}

#[test]
fn russian_names_in_any_case_say_the_same() {
    let english = json!({
        "id": "d1", "number": "7", "date": "2024-12-16T10:15:00", "title": "Заказ", "description": "Текст",
        "author": "anna@example.com", "deadline": "2024-12-20",
        "calculations": [{
            "id": "l1", "name": "Цех", "title": "Пошить", "description": "Срочно", "planned_minutes": 240,
            "deadline": "2024-12-19", "items": [{ "name": "Чехол", "quantity": 1, "unit": "шт" }],
        }],
        "files": [{ "name": "a.txt", "content": "YWJj" }],
    });
    for names in [
        ["Ссылка", "Номер", "Дата", "Наименование", "Описание", "Автор", "Срок", "Калькуляции", "ПрикрепленныеФайлы"],
        ["GUID", "номер", "ДАТА", "Тема", "Комментарий", "Ответственный", "срок", "Калькуляция", "Файлы"],
        ["Uid", "NUMBER", "Date", "TITLE", "Description", "AUTHOR", "DeadLine", "Calculations", "FILES"],
    ] {
        let [id, number, date, title, description, author, deadline, lines, files] = names;
        let russian = json!({
            id: "d1", number: "7", date: "2024-12-16T10:15:00", title: "Заказ", description: "Текст",
            author: "anna@example.com", deadline: "2024-12-20",
            lines: [{
                "Ссылка": "l1", "НАИМЕНОВАНИЕ": "Цех", "Тема": "Пошить", "Комментарий": "Срочно", "Трудозатраты": "240",
                "Срок": "19.12.2024", "Состав": { "Наименование": "Чехол", "Количество": "1", "Единица": "шт" },
            }],
            files: { "Имя": "a.txt", "Содержимое": "YWJj" },
        });
        assert_eq!(of(&russian), of(&english), "{names:?}");
    }
}

#[test]
fn a_calculation_is_a_name_an_object_or_a_list_of_either() {
    let names = |body: Value| of(&body).lines.into_iter().map(|line| (line.name, line.key)).collect::<Vec<_>>();
    let plain = [("Цех".to_owned(), "d1:Цех".to_owned())];
    for lines in [json!("Цех"), json!(["Цех"]), json!({ "name": "Цех" }), json!({ "Калькуляция": " Цех " })]
    {
        assert_eq!(names(with(json!({ "calculations": lines }))), plain, "{lines}");
        assert_eq!(names(with(json!({ "calculations": null, "Калькуляция": lines }))), plain, "{lines}");
    }
}

#[test]
fn lines_of_one_name_are_told_apart_the_same_way_each_time() {
    let body =
        with(json!({ "calculations": ["Цех", { "name": "Цех" }, { "id": "d1:Цех#2", "name": "Склад" }, "Цех"] }));
    let keys: Vec<String> = of(&body).lines.into_iter().map(|line| line.key).collect();
    assert_eq!(keys, ["d1:Цех", "d1:Цех#3", "d1:Цех#2", "d1:Цех#4"]);
    assert_eq!(of(&body), of(&body));
    let twice = with(json!({ "calculations": [{ "id": "l", "name": "А" }, { "id": "l", "name": "Б" }] }));
    assert_eq!(place_of_error(&twice), "calculations[1].id");
}

#[test]
fn numbers_may_be_given_as_text_and_texts_as_numbers() {
    let document = of(&with(json!({ "id": 17, "number": 7.50 })));
    assert_eq!((document.guid.as_str(), document.number.as_str()), ("17", "7.5"));
    for (given, want) in [
        (json!(240), Some(240)),
        (json!("240"), Some(240)),
        (json!("1\u{a0}200,5"), Some(1201)),
        (json!(0.25), Some(1)),
        (json!(0), None),
        (json!(""), None),
        (json!(null), None),
    ] {
        let body = with(json!({ "calculations": { "name": "Цех", "planned_minutes": given } }));
        assert_eq!(of(&body).lines[0].planned_minutes, want, "{given}");
    }
    for given in [json!(-1), json!("four"), json!(1e9), json!(true), json!("NaN"), json!("inf"), json!([4])] {
        let body = with(json!({ "calculations": [{ "name": "Цех", "planned_minutes": given }] }));
        assert_eq!(place_of_error(&body), "calculations[0].planned_minutes", "{given}");
    }
}

#[test]
fn a_moment_has_two_forms_each_with_a_zone_or_without() {
    let exact = |text: &str| Some(Moment::Exact(text.parse().unwrap()));
    let local = |text: &str| Some(Moment::Local(text.parse().unwrap()));
    let day = Some(Moment::Day("2024-12-20".parse().unwrap()));
    for (given, want) in [
        ("2024-12-20T18:00:00", local("2024-12-20T18:00:00")),
        ("2024-12-20 18:00", local("2024-12-20T18:00:00")),
        ("20.12.2024 18:00:00", local("2024-12-20T18:00:00")),
        ("20.12.2024 9:05:00", local("2024-12-20T09:05:00")),
        ("2024-12-20T18:00:00+03:00", exact("2024-12-20T15:00:00Z")),
        ("2024-12-20T15:00:00Z", exact("2024-12-20T15:00:00Z")),
        ("20.12.2024 18:00:00 +03:00", exact("2024-12-20T15:00:00Z")),
        ("20.12.2024 18:00:00+0300", exact("2024-12-20T15:00:00Z")),
        ("2024-12-20T18:00:00.250", local("2024-12-20T18:00:00.25")),
        ("2024-12-20", day),
        ("20.12.2024", day),
        // The sender has no day without a time.
        ("2024-12-20T00:00:00", day),
        ("20.12.2024 0:00:00", day),
        ("0001-01-01T00:00:00", None),
        ("01.01.0001 0:00:00", None),
        ("", None),
    ] {
        assert_eq!(of(&with(json!({ "deadline": given }))).deadline, want, "{given}");
    }
    for wrong in [
        "tomorrow",
        "2024-13-01",
        "31.02.2024",
        "20.12.24",
        "2024-12-20T25:00:00",
        "20/12/2024",
        "12.2024",
        "9999-12-31",
    ] {
        assert_eq!(place_of_error(&with(json!({ "deadline": wrong }))), "deadline", "{wrong}");
        assert_eq!(place_of_error(&with(json!({ "date": wrong }))), "date", "{wrong}");
    }
    let dated = |date: &str| of(&with(json!({ "date": date }))).date;
    assert_eq!(dated("16.12.2024 10:15:00").as_deref(), Some("16.12.2024 10:15:00"), "it stays as it was written");
    assert_eq!(dated("0001-01-01T00:00:00"), None);
}

#[test]
fn limits_are_kept_and_the_place_is_named() {
    let lines = |n: usize| json!({ "calculations": vec!["Цех"; n] });
    assert_eq!(of(&with(lines(50))).lines.len(), 50);
    let file = json!({ "name": "a", "content": "" });
    assert_eq!(of(&with(json!({ "files": vec![file.clone(); 20] }))).files.len(), 20);
    for (changes, place) in [
        (lines(51), "calculations"),
        (lines(0), "calculations"),
        (json!({ "calculations": null }), "calculations"),
        (json!({ "calculations": 7 }), "calculations[0]"),
        (json!({ "calculations": [[]] }), "calculations[0]"),
        (json!({ "calculations": ["Цех", " "] }), "calculations[1]"),
        (json!({ "calculations": [{}] }), "calculations[0].name"),
        (json!({ "calculations": [{ "name": "Цех", "items": [{}] }] }), "calculations[0].items[0].name"),
        (json!({ "id": null }), "id"),
        (json!({ "id": "  " }), "id"),
        (json!({ "id": {} }), "id"),
        (json!({ "id": "x".repeat(201) }), "id"),
        (json!({ "number": null }), "number"),
        (json!({ "files": vec![file; 21] }), "files"),
        (json!({ "files": ["a"] }), "files[0]"),
        (json!({ "files": [{ "content": "" }] }), "files[0].name"),
        (json!({ "files": [{ "name": "a" }] }), "files[0].content"),
        (json!({ "files": [{ "name": "a", "content": 7 }] }), "files[0].content"),
        (json!({ "files": [{ "name": "a", "content": "Y" }] }), "files[0].content"),
        (json!({ "files": [{ "name": "a", "content": "не то" }] }), "files[0].content"),
        (json!({ "files": [{ "name": "a", "content": "YWJj=" }] }), "files[0].content"),
        (json!({ "files": [{ "name": "a", "content": "YW=Jj" }] }), "files[0].content"),
    ] {
        assert_eq!(place_of_error(&with(changes.clone())), place, "{changes}");
    }
}

#[test]
fn files_together_hold_thirty_mebibytes_and_not_a_byte_more() {
    let half = 15 << 20;
    let body = |extra: usize| {
        let file = |bytes: usize| json!({ "name": "a.bin", "content": BASE64.encode(&vec![7; bytes]) });
        with(json!({ "files": [file(half), file(half + extra)] }))
    };
    assert_eq!(of(&body(0)).files.iter().map(|file| file.size).sum::<u64>(), 30 << 20);
    assert_eq!(place_of_error(&body(1)), "files");
}

#[test]
fn what_is_no_document_is_said_to_be_none() {
    let many: serde_json::Map<String, Value> = (0..201).map(|n| (format!("f{n}"), json!(n))).collect();
    for (body, place) in [
        (&b""[..], "body"),
        (b"[]", "body"),
        (b"null", "body"),
        (b"{", "body"),
        (b"{} {}", "body"),
        (b"{\"id\": \"\xff\"}", "body"),
        (Value::Object(many).to_string().as_bytes(), "body"),
        (b"{}", "id"),
    ] {
        assert_eq!(read(body).unwrap_err().field, place, "{body:?}");
    }
    let marked = ["\u{feff}".as_bytes(), with(json!({})).to_string().as_bytes()].concat();
    assert_eq!(read(&marked).unwrap().guid, "d1", "the mark of UTF-8 is no part of it");
}

#[test]
fn the_place_in_the_line_is_that_of_the_document() {
    let erp = local();
    assert_eq!(erp.order_of(&record(with(json!({})).to_string().as_bytes())).as_deref(), Some("erp:d1"));
    let wrong = with(json!({ "number": null, "id": null, "Ссылка": " d2 " }));
    assert_eq!(erp.order_of(&record(wrong.to_string().as_bytes())).as_deref(), Some("erp:d2"));
    assert_eq!(erp.order_of(&record(b"[]")), None);
}

/// A value of any shape, of words the reader knows.
fn anything() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "id",
        "Ссылка",
        "number",
        "calculations",
        "Калькуляция",
        "name",
        "items",
        "files",
        "content",
        "deadline",
        "planned_minutes",
        "2024-12-20",
        "YWJj",
        "\u{0}",
        "0001-01-01",
        "+",
        "\\u0041=",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..8)
                .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_upset_the_reader(body in prop::collection::vec(any::<u8>(), 0..400), place in 0_usize..30) {
        let _ = read(&body);
        let _ = file_content(&body, place);
        let _ = local().order_of(&record(&body));
    }

    #[test]
    fn no_values_upset_the_reader(value in anything(), lines in anything(), files in anything()) {
        let _ = read(value.to_string().as_bytes());
        if let Ok(document) = read(with(json!({ "calculations": lines, "files": files })).to_string().as_bytes()) {
            prop_assert!((1..=50).contains(&document.lines.len()) && document.files.len() <= 20);
            let keys: std::collections::HashSet<_> = document.lines.iter().map(|line| &line.key).collect();
            prop_assert_eq!(keys.len(), document.lines.len());
        }
    }

    #[test]
    fn a_moment_is_read_or_refused_whatever_it_is(text in "[0-9T:. +Zt-]{0,30}") {
        let _ = moment::read(&text);
    }

    #[test]
    fn content_comes_back_as_it_was_however_it_is_written(
        content in prop::collection::vec(any::<u8>(), 0..20_000),
        broken in 1_usize..200,
        padded in any::<bool>(),
    ) {
        let letters = BASE64.encode(&content);
        let letters = if padded { &letters } else { letters.trim_end_matches('=') };
        // As the sender's own function breaks it, and as other libraries escape it.
        let lines: Vec<String> = letters.as_bytes().chunks(broken).map(|l| String::from_utf8(l.to_vec()).unwrap()).collect();
        let text = json!(lines.join("\r\n")).to_string().replace('/', "\\/").replace('+', "\\u002B");
        let body = format!(r#"{{"id":"d","number":"1","calculations":"Цех","files":[{{"name":"x","content":""}},{{"name":"a.bin","content":{text}}}]}}"#);
        let sha256 = HEXLOWER.encode(&Sha256::digest(&content));
        let file = FileRef { name: "a.bin".to_owned(), sha256, size: content.len() as u64 };
        prop_assert_eq!(&read(body.as_bytes()).unwrap().files[1], &file);
        prop_assert_eq!(file_content(body.as_bytes(), 1), Some(content));
        prop_assert_eq!(file_content(body.as_bytes(), 2), None);
    }
}

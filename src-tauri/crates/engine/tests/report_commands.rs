//! The console's commands of reports, on a small database: groups, the tickets behind them, who may look, files.
//!
//! Deliberately not here: the grouping itself (`pult_domain::areas::tickets::report`), and the shapes of the old addresses (the server's).

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod house;

use std::io::Read;

use pult_domain::Instant;
use pult_engine::{
    auth::{Actor, Grant, Role, role::Rights},
    error::{ApiError, ErrorCode},
};
use pult_store::StoreError;
use serde_json::{Value, json};

use house::House;

const NOW: &str = "2026-03-20T09:00:00Z";
const DAY: i64 = 86_400_000;

fn ms(at: &str) -> i64 {
    at.parse::<Instant>().unwrap().as_millisecond()
}

/// A ticket of project 1: its number, status (5 is closed), executor (0 for nobody), days in February of its beginning and its end.
type Ticket = (i64, i64, i64, &'static str, Option<&'static str>);

const TICKETS: &[Ticket] = &[
    (101, 1, 7, "2026-01-31T20:59:59Z", None),
    // Already February in Moscow.
    (102, 5, 7, "2026-01-31T21:00:00Z", Some("2026-02-28T21:00:00Z")),
    (103, 5, 6, "2026-02-10T10:00:00Z", Some("2026-02-11T10:00:00Z")),
    (104, 2, 0, "2026-02-20T10:00:00Z", None),
];

fn insert(table: &[Ticket]) -> String {
    let row = |(id, status, executor, created, closed): &Ticket| {
        let (name, over) = [(1, "Новая", 0), (2, "В работе", 0), (5, "Закрыта", 1)]
            .into_iter()
            .find_map(|(known, name, over)| (known == *status).then_some((name, over)))
            .unwrap();
        let who = match executor {
            7 => "7, 'Жуков Пётр'",
            6 => "6, 'Белова Анна'",
            _ => "NULL, NULL",
        };
        let closed = closed.map_or("NULL".to_owned(), |at| ms(at).to_string());
        let created = ms(created);
        format!(
            "INSERT INTO ticket (id, project_id, project, tracker_id, tracker, status_id, status, closed, priority_id, priority,
                 assignee_id, assignee, subject, description, done_ratio, private, emails, custom, created_on, updated_on, closed_on,
                 followed, status_at, looked_at)
             VALUES ({id}, 1, 'Служба поддержки', 3, 'Обращение', {status}, '{name}', {over}, 4, 'Обычный', {who},
                 'Заявка № {id}', '', 0, 0, '[]', '[]', {created}, {created}, {closed}, 1, {created}, {created});"
        )
    };
    table.iter().map(row).collect()
}

async fn house(sql: String) -> House {
    let house = House::start(NOW.parse().unwrap());
    house.write(move |c| c.execute_batch(&sql).map_err(StoreError::from)).await;
    house
}

impl House {
    async fn window(&self, name: &str, request: Value) -> Result<Value, ApiError> {
        self.ask(&Actor::local_window(), name, request).await
    }

    async fn groups(&self, grouping: &str, more: Value) -> Vec<Value> {
        let mut report = json!({ "project": 1, "grouping": grouping });
        report.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let figures = self.window("reports.tickets", json!({ "report": report, "limit": 20 })).await.unwrap();
        assert_eq!(figures["cut"], json!(false));
        figures["groups"].as_array().unwrap().clone()
    }
}

/// A group as `id name count (child count, …)`.
fn told(groups: &[Value]) -> Vec<String> {
    let one = |group: &Value| {
        let children: Vec<_> = group["children"]
            .as_array()
            .unwrap()
            .iter()
            .map(|child| format!("{} {}", child["id"].as_str().unwrap(), child["count"]))
            .collect();
        let text = |name: &str| group[name].as_str().unwrap().to_owned();
        format!("{} {} {} ({})", text("id"), text("name"), group["count"], children.join(", "))
    };
    groups.iter().map(one).collect()
}

/// The texts of a workbook's sheets by their names, in their order.
fn sheets(file: &Value) -> Vec<(String, String)> {
    let bytes = data_encoding::BASE64.decode(file["content_base64"].as_str().unwrap().as_bytes()).unwrap();
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        book.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let list = part("xl/workbook.xml");
    let names = list.split("<sheet name=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    let mut text = |number: usize| {
        let sheet = part(&format!("xl/worksheets/sheet{number}.xml"));
        // Each cell's text or number, a row a line.
        let cells = |row: &str| {
            let cell = |cell: &str| {
                cell.split('>')
                    .find(|piece| !piece.is_empty() && !piece.starts_with('<'))?
                    .split('<')
                    .next()
                    .map(str::to_owned)
            };
            row.split("<c ").skip(1).filter_map(|c| cell(c.split_once('>')?.1)).collect::<Vec<_>>().join("|")
        };
        sheet.split("<row ").skip(1).map(cells).collect::<Vec<_>>().join("\n")
    };
    names.enumerate().map(|(place, name)| (name, text(place + 1))).collect()
}

fn text_of(file: &Value) -> String {
    let bytes = data_encoding::BASE64.decode(file["content_base64"].as_str().unwrap().as_bytes()).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_are_grouped_four_ways_and_every_figure_leads_to_its_tickets() {
    let house = house(insert(TICKETS)).await;
    let groups = house.groups("executor", json!({})).await;
    assert_eq!(told(&groups), ["6 Белова Анна 1 ()", "7 Жуков Пётр 2 ()", "unassigned  1 ()"]);
    let groups = house.groups("month", json!({})).await;
    assert_eq!(told(&groups), ["2026-01 2026-01 1 ()", "2026-02 2026-02 3 ()"]);
    let groups = house.groups("executor_month", json!({ "year": 2026, "months": [2] })).await;
    assert_eq!(
        told(&groups),
        ["6 Белова Анна 1 (2026-02 1)", "7 Жуков Пётр 1 (2026-02 1)", "unassigned  1 (2026-02 1)"]
    );
    let groups = house.groups("month_executor", json!({ "day": "closed" })).await;
    assert_eq!(told(&groups), ["2026-02 2026-02 1 (6 1)", "2026-03 2026-03 1 (7 1)"]);

    let details = |more: Value| {
        let mut request = json!({ "report": { "project": 1 }, "limit": 1 });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        house.window("reports.ticket_details", request)
    };
    let petr = details(json!({ "executor": 7 })).await.unwrap();
    assert_eq!((&petr["total"], &petr["rows"][0]["id"]), (&json!(2), &json!(102)), "the last first");
    let next = details(json!({ "executor": 7, "skip": 1 })).await.unwrap();
    assert_eq!((next["rows"].as_array().unwrap().len(), &next["rows"][0]["id"]), (1, &json!(101)));
    let nobody = details(json!({ "executor": 0, "month": "2026-02" })).await.unwrap();
    assert_eq!((&nobody["total"], &nobody["rows"][0]["status"]), (&json!(1), &json!("В работе")));
    assert_eq!(details(json!({ "executor": 0, "month": "2026-01" })).await.unwrap()["total"], json!(0));
    assert_eq!(details(json!({ "limit": 501 })).await.unwrap_err().field.as_deref(), Some("limit"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_needs_the_right_of_reports_for_tickets_and_not_for_other_figures() {
    let house = house(insert(TICKETS)).await;
    let viewer =
        |grants: Vec<Grant>| Actor { rights: Rights { grants, ..Rights::of(Role::Viewer) }, ..Actor::local_window() };
    let stale = json!({ "project": 1, "days": 7 });
    for (name, request) in [
        ("reports.tickets", json!({ "report": { "project": 1 }, "limit": 20 })),
        ("reports.ticket_details", json!({ "report": { "project": 1 }, "limit": 20 })),
        ("reports.ticket_export", json!({ "report": { "project": 1 }, "format": "csv" })),
        ("reports.stale", json!({ "stale": stale, "limit": 20 })),
        ("reports.stale_export", json!({ "stale": stale, "format": "csv" })),
    ] {
        let refused = house.ask(&viewer(vec![]), name, request.clone()).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Forbidden, "{name}");
        let other = house.ask(&viewer(vec![Grant::Quality]), name, request.clone()).await.unwrap_err();
        assert_eq!(other.code, ErrorCode::Forbidden, "{name}");
        house.ask(&viewer(vec![Grant::RedmineReport]), name, request.clone()).await.unwrap();
        let supervisor = Actor { rights: Rights::of(Role::Supervisor), ..Actor::local_window() };
        house.ask(&supervisor, name, request).await.unwrap();
    }
    let days = json!({ "from": "2026-03-01", "to": "2026-03-20" });
    for name in ["reports.calls", "reports.states", "reports.ratings", "reports.availability"] {
        house.ask(&viewer(vec![]), name, json!({ "days": days })).await.unwrap();
        let operator = Actor { rights: Rights::of(Role::Operator), ..Actor::local_window() };
        let refused = house.ask(&operator, name, json!({ "days": days })).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Forbidden, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_stale_at_the_last_instant_of_the_seventh_day_and_not_before() {
    let exactly = ms(NOW) - 7 * DAY;
    let sql = [
        insert(TICKETS),
        format!("UPDATE ticket SET status_at = {exactly} WHERE id = 101;"),
        format!("UPDATE ticket SET status_at = {} WHERE id = 104;", exactly + 1),
    ];
    let house = house(sql.concat()).await;
    let ids = |page: Value| page["rows"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect::<Vec<_>>();
    let stale = |stale: Value| house.window("reports.stale", json!({ "stale": stale, "limit": 20 }));
    let found = stale(json!({ "project": 1, "days": 7 })).await.unwrap();
    assert_eq!((&found["total"], ids(found.clone())), (&json!(1), vec![json!(101)]), "a closed one never stands still");
    assert_eq!(ids(stale(json!({ "project": 1, "days": 6 })).await.unwrap()), [101, 104], "the longest first");
    assert_eq!(ids(stale(json!({ "project": 1, "days": 6, "executor": 0 })).await.unwrap()), [104]);
    assert_eq!(ids(stale(json!({ "project": 1, "days": 6, "status": 1 })).await.unwrap()), [101]);
    assert!(ids(stale(json!({ "project": 2, "days": 6 })).await.unwrap()).is_empty());
    assert_eq!(stale(json!({ "project": 1, "days": 0 })).await.unwrap_err().field.as_deref(), Some("days"));

    let request = json!({ "stale": { "project": 1, "days": 7 }, "format": "xlsx" });
    let file = house.window("reports.stale_export", request).await.unwrap();
    assert_eq!(file["name"], json!("stale-tickets-2026-03-20.xlsx"));
    let [(name, text)] = &sheets(&file)[..] else { panic!("one sheet") };
    assert_eq!(name, "Зависшие задачи");
    assert!(text.contains("Заявка № 101|Новая") && text.contains("|7|47|Жуков Пётр"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_has_parameters_and_groups_and_then_the_tickets_and_a_csv_the_tickets() {
    let lists = r#"INSERT INTO ticket_list (kind, content, read_at) VALUES
        ('projects', '[{"id":1,"name":"Служба поддержки","trackers":[],"members":[]}]', 0);"#;
    let house = house([insert(TICKETS), lists.to_owned()].concat()).await;
    let report = json!({ "project": 1, "executor": 7, "from": "2026-01-01", "grouping": "executor_month" });
    let export = |format| house.window("reports.ticket_export", json!({ "report": report, "format": format }));
    let file = export("xlsx").await.unwrap();
    assert_eq!(file["name"], json!("tickets-2026-03-20.xlsx"));
    let [(first, summary), (second, issues)] = &sheets(&file)[..] else { panic!("two sheets") };
    assert_eq!((first.as_str(), second.as_str()), ("Отчёт", "Issues"));
    for line in [
        "Проект|Служба поддержки",
        "С|01.01.2026",
        "Исполнитель|Жуков Пётр",
        "Всего|2",
        "Группа|Внутри группы|Заявок",
        "Жуков Пётр|2",
        "Жуков Пётр|2026-01|1",
        "Жуков Пётр|2026-02|1",
    ] {
        assert!(summary.lines().any(|found| found == line), "{line} in\n{summary}");
    }
    assert!(issues.starts_with("ID|Тема|Статус|Создана|Закрыта|Исполнитель\n102|"), "{issues}");
    assert_eq!(issues.lines().count(), 3);
    let text = text_of(&export("csv").await.unwrap());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "\u{feff}ID;Тема;Статус;Создана;Закрыта;Исполнитель");
    assert_eq!(lines[1], "102;Заявка № 102;Закрыта;01.02.2026 00:00:00;01.03.2026 00:00:00;Жуков Пётр");
    assert_eq!((lines[2], lines.len()), ("101;Заявка № 101;Новая;31.01.2026 23:59:59;;Жуков Пётр", 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_million_tickets_are_counted_and_one_more_is_said_to_be_left_out() {
    let fill = |count: i64| {
        format!(
            "INSERT INTO ticket (id, project_id, project, tracker_id, tracker, status_id, status, closed, priority_id, priority, subject,
                 description, done_ratio, private, emails, custom, created_on, updated_on, followed, status_at, looked_at)
             WITH RECURSIVE n (id) AS (SELECT 1000 UNION ALL SELECT id + 1 FROM n WHERE id < 999 + {count})
             SELECT id, 1, '', 3, '', 1, '', 0, 4, '', '', '', 0, 0, '[]', '[]', id, id, 1, id, id FROM n;"
        )
    };
    let house = house(fill(500_000)).await;
    let request = json!({ "report": { "project": 1 }, "limit": 1 });
    let figures = house.window("reports.tickets", request.clone()).await.unwrap();
    assert_eq!((&figures["total"], &figures["cut"]), (&json!(500_000), &json!(false)));
    let one_more = insert(&TICKETS[..1]);
    house.write(move |c| c.execute_batch(&one_more).map_err(StoreError::from)).await;
    let figures = house.window("reports.tickets", request).await.unwrap();
    assert_eq!((&figures["total"], &figures["cut"]), (&json!(500_000), &json!(true)));
    assert_eq!(figures["groups"][0]["id"], json!("7"), "the oldest is left out, and not the newest");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_of_a_period_come_as_files_too_and_a_period_has_a_bound() {
    let at = ms("2026-03-10T08:00:00Z");
    let sql = format!(
        "INSERT INTO rating_request (issue_id, title, author_id, closed_at, deadline_at, state, rate, rated_by, created_at, ended_at)
             VALUES (1, '', 1, {at}, {at}, 'rated', 'good', 'user', {at}, {at}), (2, '', 1, {at}, {at}, 'rated', 'bad', 'user', {at}, {at}),
                    (3, '', 1, {at}, {at}, 'rated', 'good', 'auto', {at}, {at});
         INSERT INTO floor_team (id, team_id, name) VALUES (1, '61', 'Север');
         INSERT INTO floor_operator (id, login_id, name, state) VALUES (10, 'a', 'Анна', 'ready');
         INSERT INTO floor_member (team, operator) VALUES (1, 10);
         INSERT INTO floor_watch (team, began, upto, open) VALUES (1, {at}, {at} + 60000, 0);
         INSERT INTO floor_interval (operator, began, ended, state, approximate) VALUES (10, {at}, {at} + 60000, 'ready', 0);"
    );
    let house = house(sql).await;
    let days = json!({ "from": "2026-03-10", "to": "2026-03-10" });
    let ratings = house.window("reports.ratings", json!({ "days": days })).await.unwrap();
    let day = json!({ "day": "2026-03-10", "by_user": [1, 0, 1], "by_auto": [1, 0, 0], "by_supervisor": [0, 0, 0] });
    assert_eq!((&ratings["days"], &ratings["figures"]["satisfaction"]), (&json!([day]), &json!(0.5)));
    let states = house.window("reports.states", json!({ "days": days })).await.unwrap();
    assert_eq!(states["operators"][0]["times"]["by_group"], json!({ "ready": 60_000 }));
    assert_eq!((&states["teams"][0]["name"], &states["teams"][0]["people"]), (&json!("Север"), &json!(1)));
    let network = house.window("reports.availability", json!({ "days": days })).await.unwrap();
    assert_eq!(network["length_ms"], json!(DAY));
    for target in network["targets"].as_array().unwrap() {
        assert_eq!(
            (&target["availability"]["share"], &target["availability"]["watched_ms"]),
            (&Value::Null, &json!(0))
        );
    }
    let calls = house.window("reports.calls", json!({ "days": days })).await.unwrap();
    assert_eq!((&calls["calls"], &calls["days"]), (&json!(0), &json!([])));

    for (what, names) in [
        (json!({ "report": "own_tickets" }), vec!["Мои заявки"]),
        (json!({ "report": "calls", "days": days }), vec!["Операторы", "По дням", "По часам"]),
        (json!({ "report": "states", "days": days }), vec!["Операторы", "Команды"]),
        (json!({ "report": "fairness", "days": days }), vec!["Справедливость"]),
        (json!({ "report": "ratings", "days": days }), vec!["CSAT", "За период"]),
        (json!({ "report": "availability", "days": days }), vec!["Доступность"]),
    ] {
        let book = house.window("reports.export", json!({ "what": what, "format": "xlsx" })).await.unwrap();
        assert_eq!(sheets(&book).into_iter().map(|(name, _)| name).collect::<Vec<_>>(), names);
        let text = text_of(&house.window("reports.export", json!({ "what": what, "format": "csv" })).await.unwrap());
        assert!(text.starts_with('\u{feff}') && text.contains(';'), "{text}");
    }
    let csat = json!({ "what": { "report": "ratings", "days": days }, "format": "csv" });
    let file = house.window("reports.export", csat).await.unwrap();
    assert_eq!(file["name"], json!("csat-2026-03-10-2026-03-10.csv"));
    assert!(text_of(&file).ends_with("\r\n10.03.2026;50;1;0;1;1;0;0;0;0;0\r\n"), "{}", text_of(&file));

    let long = json!({ "days": { "from": "2026-01-01", "to": "2026-04-03" } });
    for (name, bounded) in [("reports.states", true), ("reports.availability", true), ("reports.ratings", false)] {
        let answer = house.window(name, long.clone()).await;
        assert_eq!(answer.err().and_then(|error| error.field).as_deref() == Some("days.to"), bounded, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_of_requests_are_counted_for_those_with_the_right_of_quality() {
    let told = |id: i64, custom: Value| format!("UPDATE ticket SET custom = '{custom}' WHERE id = {id};");
    let sql = [
        insert(TICKETS),
        told(102, json!([["Тип обращения", "Жалоба"], ["Заголовок", "Север"]])),
        told(103, json!([["Тип обращения", "Благодарность"], ["Заголовок", "Север"]])),
        "INSERT INTO ticket_list (kind, content, read_at)
             VALUES ('fields', '[[21, \"Тип обращения\"], [22, \"Заголовок\"], [30, \"Код\"]]', 0);"
            .to_owned(),
    ];
    let house = house(sql.concat()).await;
    // February in Moscow: 101 was written a second before it.
    let what = json!({ "project": 1, "days": { "from": "2026-02-01", "to": "2026-02-28" } });
    let report = house.window("reports.quality", what.clone()).await.unwrap();
    assert_eq!((&report["kind"], &report["by"]["name"]), (&json!("Тип обращения"), &json!("Заголовок")));
    assert_eq!(report["fields"], json!(["Заголовок", "Код", "Тип обращения"]));
    let tally = &report["tally"];
    assert_eq!(tally["kinds"], json!(["", "Благодарность", "Жалоба"]));
    assert_eq!(tally["rows"][0], json!({ "name": "Север", "counts": [0, 1, 1], "others": 0, "total": 2 }));
    assert_eq!((&tally["sum"]["total"], &tally["new"]), (&json!(3), &json!(0)));
    let csv = text_of(&house.window("reports.quality_export", json!({ "what": what, "format": "csv" })).await.unwrap());
    assert!(csv.contains("Заголовок;Не указано;Благодарность;Жалоба;Прочие;Всего"), "{csv}");
    assert!(csv.contains("Север;0;1;1;0;2"), "{csv}");

    let viewer =
        |grants: Vec<Grant>| Actor { rights: Rights { grants, ..Rights::of(Role::Viewer) }, ..Actor::local_window() };
    for (grants, may) in [(vec![], false), (vec![Grant::RedmineReport], false), (vec![Grant::Quality], true)] {
        let asked = house.ask(&viewer(grants), "reports.quality", what.clone()).await;
        assert_eq!(asked.map_err(|refused| refused.code).err(), (!may).then_some(ErrorCode::Forbidden));
    }
    let long = json!({ "project": 1, "days": { "from": "2025-01-01", "to": "2026-02-28" } });
    assert_eq!(house.window("reports.quality", long).await.unwrap_err().field.as_deref(), Some("days.to"));
}

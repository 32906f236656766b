use std::{fs, sync::Mutex};

use pult_store::{
    audit::{self, AuditFilter},
    imports::REJECTED,
    people::{self, PersonRow},
};
use tempfile::TempDir;

use super::*;

mod check;
mod desk_lists;

struct House {
    desk: Desk,
    folder: TempDir,
}

impl House {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let zone = |name| jiff::tz::TimeZone::get(name).unwrap();
        let desk = Desk {
            store: Store::open(&folder.path().join("data")).unwrap(),
            clock: Clock::hand("2026-03-01T08:00:00Z".parse().unwrap()),
            zones: Zones { moscow: zone("Europe/Moscow"), vilnius: zone("Europe/Vilnius") },
            desk_lists: true,
        };
        Self { desk, folder }
    }

    fn file(&self, text: &str) -> PathBuf {
        let path = self.folder.path().join("upload");
        fs::write(&path, text).unwrap();
        path
    }

    fn order(&self, kind: ImportKind, text: &str) -> Order {
        Order { kind, path: self.file(text), name: "file.csv".to_owned(), actor: Actor::command_line() }
    }

    async fn import(&self, kind: ImportKind, text: &str) -> Result<ImportRow, ImportError> {
        run(&self.desk, self.order(kind, text), &CancellationToken::new(), |_| ()).await
    }

    async fn count(&self, sql: &'static str) -> i64 {
        self.desk.store.read(move |c| Ok(c.query_row(sql, [], |r| r.get(0))?)).await.unwrap()
    }

    async fn reasons(&self, id: ImportId) -> Vec<(u64, String)> {
        let rows = self.desk.store.read(move |c| imports::rejected(c, id)).await.unwrap();
        rows.into_iter().map(|r| (r.line, r.reason)).collect()
    }

    async fn person(&self, login: &'static str) -> Option<PersonRow> {
        self.desk.store.read(move |c| people::find(c, login)).await.unwrap()
    }
}

fn counts(row: &ImportRow) -> [u64; 4] {
    [row.done, row.added, row.changed, row.rejected]
}

#[tokio::test]
async fn telephones_of_agencies_come_in_and_bad_rows_are_handed_back() {
    let house = House::new();
    let text = "\u{feff}AGENCY_ID;AGENCY_PHONE;OC_ROWID\n17;+370 600-11-22;AAA\n17,0;8(495)1;\nx;1;\n5;none;\n6\n";
    let row = house.import(ImportKind::AgencyPhones, text).await.unwrap();
    assert_eq!((row.state, counts(&row)), (ImportState::Done, [5, 2, 0, 3]));
    let reasons = house.reasons(row.id).await;
    let want =
        [(4, "AGENCY_ID: not a whole number"), (5, "AGENCY_PHONE: 1 to 20 digits"), (6, "1 cells under 3 columns")];
    assert_eq!(reasons.iter().map(|(line, r)| (*line, r.as_str())).collect::<Vec<_>>(), want);
    let csv = String::from_utf8(rejected_csv(&house.desk.store, row.id).await.unwrap()).unwrap();
    assert!(
        csv.starts_with("\u{feff}Строка файла;Причина;Содержимое\r\n4;AGENCY_ID: not a whole number;\"x;1;\"\r\n"),
        "{csv}"
    );
    let again = house.import(ImportKind::AgencyPhones, text).await.unwrap();
    assert_ne!(again.id, row.id);
    assert_eq!(counts(&again), [5, 0, 2, 3], "the same rows again are updates");

    let json = "[{\"AGENCY_ID\":9,\"AGENCY_PHONE\":\"123\"}]";
    assert_eq!(counts(&house.import(ImportKind::AgencyPhones, json).await.unwrap()), [1, 1, 0, 0]);
    assert_eq!(house.count("SELECT count(*) FROM agency_phone").await, 3);
    let actions = house.desk.store.read(|c| audit::page(c, &AuditFilter::default(), 10)).await.unwrap();
    assert_eq!(actions.iter().filter(|a| a.action == "import.start").count(), 3);
    assert_eq!(actions.iter().filter(|a| a.action == "import.end").count(), 3);
}

#[tokio::test]
async fn agencies_come_in_by_themselves_and_say_only_what_their_row_says() {
    let house = House::new();
    let text = "\u{feff}ID;NAME;ADRES;TEL_1_ID;CITY_ID;BANK_CARD;HIDDEN\n\
        701;Море и солнце;Тверская, 1;+7 495 123-45-67;Москва;1;0\n702;;;;;;\n;Без номера;;;;;\n\
        703;Горы;;;;может быть;\n0;Нулевое;;;;;\n704;Озеро;;;;;1\n";
    let row = house.import(ImportKind::Agencies, text).await.unwrap();
    assert_eq!((row.state, counts(&row)), (ImportState::Done, [6, 2, 0, 4]));
    let reasons = house.reasons(row.id).await;
    assert_eq!(reasons.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4, 5, 6]);
    assert_eq!((reasons[0].1.as_str(), reasons[1].1.as_str()), ("name: required", "id: required"));
    assert!(reasons[2].1.starts_with("bank_card"), "{reasons:?}");
    let shown = async || {
        let sight = "SELECT json_group_array(json_array(g.id, g.name, g.adres, t.digits, c.name, g.bank_card, g.hidden)) \
            FROM (SELECT * FROM cc_agentstvo ORDER BY id) g LEFT JOIN cc_telephone t ON t.id = g.tel_1_id \
            LEFT JOIN cc_city c ON c.id = g.city_id";
        let text: String = house.desk.store.read(move |c| Ok(c.query_row(sight, [], |r| r.get(0))?)).await.unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    let lake = json!([704, "Озеро", null, null, null, null, 1]);
    assert_eq!(shown().await, json!([[701, "Море и солнце", "Тверская, 1", "74951234567", "Москва", 1, 0], lake]));

    // What a later file does not say stays.
    let later = r#"[{"id": 701, "name": "Море", "hidden": true}]"#;
    assert_eq!(counts(&house.import(ImportKind::Agencies, later).await.unwrap()), [1, 0, 1, 0]);
    assert_eq!(shown().await, json!([[701, "Море", "Тверская, 1", "74951234567", "Москва", 1, 1], lake]));
    let unknown = house.import(ImportKind::Agencies, "id;name;colour\n705;Лес;green\n").await.unwrap();
    assert_eq!((counts(&unknown), house.reasons(unknown.id).await[0].1.contains("colour")), ([1, 0, 0, 1], true));
}

#[tokio::test]
async fn an_import_of_agencies_that_was_stopped_goes_on_where_it_was() {
    let house = House::new();
    let text: String = (1..=2_500).map(|n| format!("{n};Агентство {n}\n")).collect();
    let text = format!("id;name\n{text}");
    let stop = CancellationToken::new();
    let after_first = |_| stop.cancel();
    let first = run(&house.desk, house.order(ImportKind::Agencies, &text), &stop, after_first).await.unwrap();
    assert_eq!(first.state, ImportState::Cancelled);
    assert!((1..2_500).contains(&first.done), "{}", first.done);
    let rest = house.import(ImportKind::Agencies, &text).await.unwrap();
    assert_eq!((rest.id, rest.state, counts(&rest)), (first.id, ImportState::Done, [2_500, 2_500, 0, 0]));
    assert_eq!(house.count("SELECT count(*) FROM cc_agentstvo").await, 2_500);
}

#[tokio::test]
async fn the_old_vilnius_journal_keeps_its_times() {
    let house = House::new();
    let text = "CALL_INFO_ID,TIME_BEGIN,TIME_END,AGENCY_ID,PHONE_NUMBER,CURRATOR,THEME,REGION,AGENCY_MANAGER,AGENCY_NAME\n\
        1,01.02.2026 10:00:00,01.02.2026 10:05,17,37060011223,vera,Tour,lt,Anna,\"Sun, Ltd\"\n\
        2,2026-02-01T10:00:00,,,,,,,,\n\
        3,32.02.2026 10:00,,,,,,,,\n\
        4,01.02.2026 10:00:00,yesterday,,,,,,,\n";
    let row = house.import(ImportKind::VilniusCalls, text).await.unwrap();
    assert_eq!(counts(&row), [4, 2, 0, 2]);
    let began = house.count("SELECT started_at FROM calls WHERE source_key = 'call_info/1'").await;
    assert_eq!(began, "2026-02-01T08:00:00Z".parse::<Instant>().unwrap().as_millisecond());
    assert_eq!(house.count("SELECT ended_at - started_at FROM calls WHERE source_key = 'call_info/1'").await, 300_000);
    assert_eq!(house.reasons(row.id).await.iter().map(|r| r.0).collect::<Vec<_>>(), [4, 5]);
}

#[tokio::test]
async fn the_old_moscow_journal_is_read_as_the_feed_reads_it() {
    let house = House::new();
    let table = "source_id;datetime;result;telephone.number;operators.name\n\
        m-1;2026-02-01 10:00:00;1;84951234567;Вера\nm-2;never;1;;\n;2026-02-01 10:00:00;;;\n";
    let row = house.import(ImportKind::MoscowCalls, table).await.unwrap();
    assert_eq!(counts(&row), [3, 1, 0, 2]);
    let lines = "{\"source_id\":\"m-1\",\"calls\":{\"datetime\":\"2026-02-01 10:00:00\",\"result\":2}}\n\
        {\"source_id\":\"m-3\",\"calls\":{\"datetime\":\"2026-02-01 11:00:00\"}}\n";
    assert_eq!(counts(&house.import(ImportKind::MoscowCalls, lines).await.unwrap()), [2, 1, 1, 0]);
    assert_eq!(house.count("SELECT count(*) FROM calls WHERE centre = 0").await, 2);
}

/// Rows of telephones, `n` of them, `bad` of which are not taken.
fn telephones(n: usize, bad: usize) -> String {
    let rows = (1..=n).map(|i| if i <= bad { format!("{i},none\n") } else { format!("{i},+3706{i:07}\n") });
    std::iter::once("AGENCY_ID,AGENCY_PHONE\n".to_owned()).chain(rows).collect()
}

#[tokio::test]
async fn progress_is_told_after_every_transaction() {
    let house = House::new();
    let told = Mutex::new(vec![]);
    let clock = house.desk.clock.clone();
    let order = house.order(ImportKind::AgencyPhones, &telephones(2_500, 0));
    let tell = |p: Progress| {
        told.lock().unwrap().push((p.import.done, p.rows_per_s, p.left_s));
        clock.set(clock.after(std::time::Duration::from_secs(10)));
    };
    run(&house.desk, order, &CancellationToken::new(), tell).await.unwrap();
    let told = told.into_inner().unwrap();
    let want = [
        (1_000, None, None),
        (2_000, Some(200.0), Some(2.5)),
        (2_500, Some(125.0), Some(0.0)),
        (2_500, Some(2_500.0 / 30.0), Some(0.0)),
    ];
    assert_eq!(told, want);
}

#[tokio::test]
async fn a_stopped_import_goes_on_where_it_was_with_the_same_file_only() {
    let house = House::new();
    let text = telephones(3_000, 0);
    let stop = CancellationToken::new();
    let tell = |p: Progress| {
        if p.import.done == 1_000 {
            stop.cancel();
        }
    };
    let row = run(&house.desk, house.order(ImportKind::AgencyPhones, &text), &stop, tell).await.unwrap();
    assert_eq!((row.state, row.done), (ImportState::Cancelled, 1_000));
    assert_eq!(house.count("SELECT count(*) FROM agency_phone").await, 1_000);

    let other = house.import(ImportKind::AgencyPhones, &telephones(10, 0)).await.unwrap();
    assert_ne!(other.id, row.id);
    let again = house.import(ImportKind::AgencyPhones, &text).await.unwrap();
    assert_eq!((again.id, again.state, counts(&again)), (row.id, ImportState::Done, [3_000, 3_000, 0, 0]));
}

#[tokio::test]
async fn an_import_that_the_engine_left_goes_on_after_a_restart() {
    let house = House::new();
    let order = house.order(ImportKind::AgencyPhones, &telephones(10, 0));
    let inspected = inspect(order.path.clone(), &[]).await.unwrap();
    let begun = begin(&house.desk, &order, &inspected).await.unwrap();
    let id = begun.id;
    let advance = Advance { rows: 4, added: 4, ..Advance::default() };
    house.desk.store.write(move |c| imports::advance(c, id, &advance)).await.unwrap();
    let busy = house.import(ImportKind::AgencyPhones, &telephones(10, 0)).await;
    assert!(matches!(busy, Err(ImportError::Store(StoreError::Conflict(_)))));
    let now = house.desk.clock.now();
    house.desk.store.write(move |c| imports::interrupt_all(c, now)).await.unwrap();
    let row = house.import(ImportKind::AgencyPhones, &telephones(10, 0)).await.unwrap();
    assert_eq!((row.id, counts(&row)), (id, [10, 10, 0, 0]));
    assert_eq!(house.count("SELECT count(*) FROM agency_phone").await, 6, "the first four were not read again");
}

#[tokio::test]
async fn rejected_rows_are_kept_to_a_bound() {
    let house = House::new();
    let row = house.import(ImportKind::AgencyPhones, &telephones(12_000, 11_000)).await.unwrap();
    assert_eq!(counts(&row), [12_000, 1_000, 0, 11_000]);
    assert_eq!(house.reasons(row.id).await.len() as u64, REJECTED);
}

#[tokio::test]
async fn a_file_of_the_wrong_kind_is_refused_before_anything_is_noted() {
    let house = House::new();
    assert!(matches!(
        house.import(ImportKind::AgencyPhones, "A,B\n1,2\n").await,
        Err(ImportError::NoColumn("AGENCY_ID"))
    ));
    assert!(matches!(house.import(ImportKind::Staff, "[{\"login\":\"a\"}]").await, Err(ImportError::Form { .. })));
    let missing = Order { path: house.folder.path().join("nothing"), ..house.order(ImportKind::AgencyPhones, "") };
    let outcome = run(&house.desk, missing, &CancellationToken::new(), |_| ()).await;
    assert!(matches!(outcome, Err(ImportError::File(_))));
    assert_eq!(house.count("SELECT count(*) FROM import").await, 0);
}

#[tokio::test]
async fn a_file_that_breaks_in_the_middle_keeps_what_was_written_and_says_so() {
    let house = House::new();
    let mut text = telephones(1_500, 0);
    text.push_str("9,\"open");
    let good = house.file(&text);
    let order = Order { path: good, ..house.order(ImportKind::AgencyPhones, &text) };
    let inspected = inspect(order.path.clone(), &[]).await.unwrap();
    // Between the look and the import the file is replaced by one whose last quote never ends.
    fs::write(&order.path, format!("{text}{}", "x".repeat(3 << 20))).unwrap();
    let begun = begin(&house.desk, &order, &inspected).await.unwrap();
    let kind = Arc::new(agency_phones::AgencyPhones);
    let outcome = slices(&house.desk, &order, &begun, inspected, &kind, &CancellationToken::new(), &|_| ()).await;
    assert!(matches!(outcome, Err(ImportError::Form { .. })), "{outcome:?}");
    assert_eq!(house.count("SELECT line FROM import").await, 1_000);
}

const STAFF: &str = "\u{feff}login;full_name;email;office;auth_period_type;vpn;vpn_end_date\n\
    vera.s;Вера Синицына;vera@example.com;\"Этаж 1\nкомната 2\";Постоянный;1;31.01.2027\n\
    petr;Пётр;petr@example.com;;Заблокированный сотрудник;0;\n\
    ivan;Иван;VERA@example.com;;Постоянный;;\n\
    olga;Ольга;olga@example.com;;;2;\n\
    ;Никто;n@example.com;;Постоянный;;\n";

#[tokio::test]
async fn staff_is_previewed_with_the_counts_that_then_come_true() {
    let house = House::new();
    let path = house.file(STAFF);
    let said = preview_staff(&house.desk.store, path).await.unwrap();
    let reasons: Vec<_> = said.rejected.iter().map(|(row, why)| (*row, why.as_str())).collect();
    assert_eq!(reasons, [(3, "email: also in row 1"), (4, "vpn: 0 or 1"), (5, "login: required")]);
    assert_eq!((said.added, said.changed, said.blocked), (2, 0, 1));
    assert_eq!(house.count("SELECT count(*) FROM person").await, 0, "a preview writes nothing");

    let row = house.import(ImportKind::Staff, STAFF).await.unwrap();
    assert_eq!((row.state, counts(&row)), (ImportState::Done, [5, 2, 0, 3]));
    let vera = house.person("VERA.S").await.unwrap();
    assert_eq!(vera.profile.full_name, "ВЕРА СИНИЦЫНА");
    assert_eq!(vera.profile.office.as_deref(), Some("Этаж 1\nкомната 2"));
    assert_eq!((vera.profile.vpn, vera.profile.vpn_end_date.as_deref()), (Some(true), Some("2027-01-31")));
    assert_eq!(vera.blocked_by, None);
    assert_eq!(house.person("petr").await.unwrap().blocked_by, Some(people::BlockedBy::Staff));
    assert_eq!(house.reasons(row.id).await.iter().map(|r| r.0).collect::<Vec<_>>(), [5, 6, 7]);
    let blocks = AuditFilter { object: Some("person:2".to_owned()), ..AuditFilter::default() };
    let acts = house.desk.store.read(move |c| audit::page(c, &blocks, 10)).await.unwrap();
    assert_eq!(acts.iter().map(|a| a.action.as_str()).collect::<Vec<_>>(), ["person.block"]);
}

#[tokio::test]
async fn a_column_of_passwords_stops_everything() {
    let house = House::new();
    for column in ["password", "Пароль", "user_PASSWORD", "passwd"] {
        let text = format!("login,full_name,email,{column}\nvera,Вера,v@example.com,secret\n");
        assert!(matches!(preview_staff(&house.desk.store, house.file(&text)).await, Err(ImportError::Passwords(_))));
        assert!(matches!(house.import(ImportKind::Staff, &text).await, Err(ImportError::Passwords(_))), "{column}");
    }
    assert_eq!(house.count("SELECT count(*) FROM person").await, 0);
    assert_eq!(house.count("SELECT count(*) FROM import").await, 0);
}

#[tokio::test]
async fn a_staff_file_without_the_column_says_nothing_of_blocks() {
    let house = House::new();
    house.import(ImportKind::Staff, STAFF).await.unwrap();
    let row = house.import(ImportKind::Staff, "login,full_name,email\npetr,Пётр,petr@example.com\n").await.unwrap();
    assert_eq!(counts(&row), [1, 0, 0, 0]);
    assert!(house.person("petr").await.unwrap().blocked_by.is_some());
}

#[tokio::test]
async fn the_carousel_of_the_program_before_is_taken_over_with_its_switches_turns_and_days_away() {
    let house = House::new();
    let services = "ID;NAME;ENABLED;LAST_USER_ID\n54001;Почта;1;20\n54002;Печать;0;\nx;y;1;\n";
    let people = "ID;NAME;ENABLED;OFF_START_DATE;OFF_END_DATE\n10;Анна;1;2000-01-01;2000-01-01\n\
                  20;Борис;1;2026-05-10 08:00:00;2026-05-12\n30;Вера;0;;2026-05-12\n";
    let absences = "USER_ID;START;END;HALF;RRULE\n10;2026-11-20;2026-11-20;first;FREQ=WEEKLY\n99;2026-11-20;2026-11-20;;\n\
                    10;2026-11-21;2026-11-20;;\n";
    assert_eq!(counts(&house.import(ImportKind::CarouselServices, services).await.unwrap()), [3, 2, 0, 1]);
    assert_eq!(counts(&house.import(ImportKind::CarouselPeople, people).await.unwrap()), [3, 3, 0, 0]);
    assert_eq!(counts(&house.import(ImportKind::CarouselAbsences, absences).await.unwrap()), [3, 1, 0, 2]);
    // The pair of days is one row, however often the file comes.
    let again = people.replace("2026-05-12\n30", "2026-05-14\n30");
    assert_eq!(counts(&house.import(ImportKind::CarouselPeople, &again).await.unwrap()), [3, 0, 3, 0]);
    let known = house.desk.store.read(|c| pult_store::carousel::load_all(c, Instant::UNIX_EPOCH)).await.unwrap();
    assert_eq!(known.services[0].last, Some(pult_domain::EmployeeId(20)));
    assert!(known.services[0].enabled && !known.services[1].enabled);
    let days: Vec<(i64, String)> = known
        .people
        .values()
        .flat_map(|person| person.absences.iter().map(|a| (person.id.0, format!("{}..{}", a.start, a.end))))
        .collect();
    assert_eq!(days, [(10, "2026-11-20..2026-11-20".to_owned()), (20, "2026-05-10..2026-05-14".to_owned())]);
}

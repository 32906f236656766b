//! A check says what the import then does, and leaves everything as it was.

use super::{
    desk_lists::{BINDINGS, GROUPS, MEMBERS, PEOPLE, SERVICES},
    *,
};

impl House {
    /// Every row of every table, as text.
    async fn everything(&self) -> Vec<String> {
        let ask = |c: &Connection| {
            let texts = |sql: &str| -> Result<Vec<String>, StoreError> {
                let mut statement = c.prepare(sql)?;
                let rows = statement.query_map([], |r| r.get::<_, Option<String>>(0))?;
                Ok(rows.map(|row| row.map(Option::unwrap_or_default)).collect::<Result<_, _>>()?)
            };
            let tables =
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY 1";
            let mut all = vec![];
            for table in texts(tables)? {
                let columns = texts(&format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}')"))?;
                let rows = texts(&format!("SELECT {} FROM \"{table}\" ORDER BY 1", columns.join(" || ',' || ")))?;
                all.push(format!("{table}: {rows:?}"));
            }
            Ok(all)
        };
        self.desk.store.read(ask).await.unwrap()
    }

    async fn check(&self, kind: ImportKind, text: &str) -> Result<Checked, ImportError> {
        check(&self.desk, &self.order(kind, text), &CancellationToken::new()).await
    }

    /// Checks a file, then imports it, and holds one against the other.
    async fn check_and_import(&self, kind: ImportKind, text: &str) -> Checked {
        let before = self.everything().await;
        let checked = self.check(kind, text).await.unwrap();
        assert_eq!(self.everything().await, before, "{kind:?}: a check writes nothing");
        let row = self.import(kind, text).await.unwrap();
        let said = [checked.rows, checked.added, checked.changed, checked.rejected];
        assert_eq!(said, counts(&row), "{kind:?}");
        let reasons: Vec<_> = checked.rejections.iter().map(|row| (row.line, row.reason.clone())).collect();
        assert_eq!(reasons, self.reasons(row.id).await, "{kind:?}");
        checked
    }
}

#[tokio::test]
async fn a_check_of_every_streamed_kind_counts_as_the_import_does() {
    let house = House::new();
    let services = "ID;NAME;ENABLED;LAST_USER_ID\n54001;Почта;1;20\nx;y;1;\n54001;Почта;0;\n";
    let calls = "CALL_INFO_ID,TIME_BEGIN\n1,01.02.2026 10:00:00\n2,32.02.2026 10:00\n1,01.02.2026 10:00:00\n";
    let feed = "source_id;datetime;result\nm-1;2026-02-01 10:00:00;1\nm-2;never;1\nm-1;2026-02-01 10:00:00;2\n";
    let absences = "USER_ID;START;END;HALF;RRULE\n10;2026-11-20;2026-11-20;first;FREQ=WEEKLY\n99;2026-11-20;2026-11-20;;\n\
                    10;2026-11-20;2026-11-20;first;FREQ=WEEKLY\n";
    for (kind, text, want) in [
        (ImportKind::Staff, STAFF, [5, 2, 0, 3]),
        (ImportKind::Agencies, "id;name;hidden\n701;Море;0\nx;y;\n701;Море и солнце;1\n", [3, 1, 1, 1]),
        (ImportKind::AgencyPhones, "AGENCY_ID,AGENCY_PHONE\n1,+37061\n2,none\n1,+37061\n", [3, 1, 1, 1]),
        (ImportKind::VilniusCalls, calls, [3, 1, 1, 1]),
        (ImportKind::MoscowCalls, feed, [3, 1, 1, 1]),
        (ImportKind::CarouselServices, services, [3, 1, 1, 1]),
        (ImportKind::CarouselPeople, PEOPLE, [3, 3, 0, 0]),
        (ImportKind::CarouselAbsences, absences, [3, 1, 1, 1]),
    ] {
        let checked = house.check_and_import(kind, text).await;
        assert_eq!([checked.rows, checked.added, checked.changed, checked.rejected], want, "{kind:?}");
        assert_eq!(house.check_and_import(kind, text).await.added, 0, "{kind:?}: the same file again");
        assert_eq!(checked.removed, 0, "{kind:?}");
    }
}

#[tokio::test]
async fn a_row_given_again_slices_later_is_counted_as_known() {
    let house = House::new();
    let mut text = telephones(SLICE + 700, 600);
    text.push_str("601,+37060000601\n1700,+37060001700\n");
    let before = house.everything().await;
    let checked = house.check(ImportKind::AgencyPhones, &text).await.unwrap();
    assert_eq!(house.everything().await, before);
    assert_eq!((checked.rejected, checked.rejections.len()), (600, TOLD));
    let row = house.import(ImportKind::AgencyPhones, &text).await.unwrap();
    assert_eq!([checked.rows, checked.added, checked.changed, checked.rejected], counts(&row));
    assert_eq!((checked.added, checked.changed), (1_100, 2));
}

#[tokio::test]
async fn a_check_of_a_whole_list_names_what_would_be_gone() {
    let house = House::by_file();
    for (kind, text) in [
        (ImportKind::CarouselServices, SERVICES),
        (ImportKind::CarouselPeople, PEOPLE),
        (ImportKind::CarouselGroups, GROUPS),
        (ImportKind::CarouselMembers, MEMBERS),
        (ImportKind::CarouselBindings, BINDINGS),
    ] {
        let checked = house.check_and_import(kind, text).await;
        assert_eq!((checked.removed, checked.changed), (0, 0), "{kind:?}");
    }
    let bindings = house.check_and_import(ImportKind::CarouselBindings, "SERVICE_ID;USERGROUP_ID\n54001;61\n").await;
    assert_eq!((bindings.removed, bindings.removed_names), (1, vec!["Печать · Вторая".to_owned()]));
    let members = "USERGROUPID,USERID\n61,10\n61,20\n62,20\n";
    let members = house.check_and_import(ImportKind::CarouselMembers, members).await;
    assert_eq!(members.removed_names, ["Вторая · Вера"]);
    let wrong = house.check_and_import(ImportKind::CarouselPeople, "ID;NAME\n10;Анна\nx;y\n").await;
    assert_eq!((wrong.removed, wrong.rejected), (0, 1), "of a file with a row that is not taken nothing is gone");
    let people = house.check_and_import(ImportKind::CarouselPeople, "ID;NAME\n10;Анна\n").await;
    assert_eq!((people.removed, people.removed_names), (2, vec!["Борис".to_owned(), "Вера".to_owned()]));
    let many: String = (1..=30).map(|n| format!("{n};Группа {n}\n")).collect();
    house.import(ImportKind::CarouselGroups, &format!("ID;NAME\n{many}")).await.unwrap();
    let groups = house.check_and_import(ImportKind::CarouselGroups, "ID;NAME\n1;Группа 1\n").await;
    assert_eq!((groups.removed, groups.removed_names.len()), (29, NAMED));
}

#[tokio::test]
async fn a_file_that_would_not_be_taken_in_is_told_by_its_check() {
    let house = House::new();
    let told = house.check(ImportKind::AgencyPhones, "AGENCY_ID,NUMBER\n1,2\n").await;
    assert!(matches!(told, Err(ImportError::NoColumn("AGENCY_PHONE"))), "{told:?}");
    let told = house.check(ImportKind::CarouselGroups, GROUPS).await;
    assert!(matches!(told, Err(ImportError::ToldByDesk)), "{told:?}");
    let stop = CancellationToken::new();
    stop.cancel();
    let told = check(&house.desk, &house.order(ImportKind::AgencyPhones, &telephones(3, 0)), &stop).await;
    assert!(matches!(told, Err(ImportError::Stopped)), "{told:?}");
}

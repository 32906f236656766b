//! Lists of a service desk that names none itself.

use pult_domain::{EmployeeId, GroupId, ServiceId};
use pult_store::carousel;

use super::*;

pub(super) const SERVICES: &str = "ID;NAME;FULLNAME\n54001;Почта;ИТ / Почта\n54002;Печать;\n";
pub(super) const PEOPLE: &str = "[{\"ID\":10,\"NAME\":\"Анна\"},{\"id\":20,\"name\":\"Борис\",\"email\":\"b@example.com\"},{\"ID\":30,\"NAME\":\"Вера\"}]";
pub(super) const GROUPS: &str = "ID;NAME;DESCRIPTION\n61;Первая линия;\n62;Вторая;Печать\n";
pub(super) const MEMBERS: &str = "USERGROUPID,USERID\n61,10\n61,20\n62,20\n62,30\n";
pub(super) const BINDINGS: &str =
    "{\"SERVICE_ID\":54001,\"USERGROUP_ID\":61}\n{\"SERVICE_ID\":54002,\"USERGROUP_ID\":62}\n";

impl House {
    /// One whose service desk names nothing.
    pub(super) fn by_file() -> Self {
        let house = Self::new();
        Self { desk: Desk { desk_lists: false, ..house.desk }, ..house }
    }

    async fn with_lists() -> Self {
        let house = Self::by_file();
        for (kind, text, rows) in [
            (ImportKind::CarouselServices, SERVICES, 2),
            (ImportKind::CarouselPeople, PEOPLE, 3),
            (ImportKind::CarouselGroups, GROUPS, 2),
            (ImportKind::CarouselMembers, MEMBERS, 4),
            (ImportKind::CarouselBindings, BINDINGS, 2),
        ] {
            let row = house.import(kind, text).await.unwrap();
            assert_eq!((row.state, counts(&row)), (ImportState::Done, [rows, rows, 0, 0]), "{kind:?}");
        }
        house
    }

    async fn catalogue(&self) -> pult_domain::areas::carousel::Catalogue {
        self.desk.store.read(carousel::catalogue).await.unwrap()
    }

    async fn members_of(&self, service: i64) -> Vec<i64> {
        let known = self.desk.store.read(|c| carousel::load_all(c, Instant::UNIX_EPOCH)).await.unwrap();
        let found = known.services.iter().find(|s| s.id == ServiceId(service)).unwrap();
        found.members.iter().map(|id| id.0).collect()
    }

    /// Inserted, updated and removed by the last file, all kinds together.
    async fn last_counts(&self) -> [u32; 3] {
        let last = self.desk.store.read(carousel::imported).await.unwrap().unwrap();
        assert_eq!(last.trouble, None);
        let all = [last.services, last.people, last.groups, last.bindings];
        all.iter()
            .fold([0; 3], |sum, counts| [sum[0] + counts.inserted, sum[1] + counts.updated, sum[2] + counts.removed])
    }
}

#[tokio::test]
async fn five_files_are_a_catalogue_and_whatever_is_new_is_off() {
    let house = House::with_lists().await;
    assert_eq!((house.members_of(54001).await, house.members_of(54002).await), (vec![10, 20], vec![20, 30]));
    assert_eq!(house.count("SELECT count(*) FROM desk_services WHERE enabled").await, 0);
    assert_eq!(house.count("SELECT count(*) FROM desk_users WHERE enabled").await, 0);
    let known = house.catalogue().await;
    assert_eq!(known.services[&ServiceId(54001)].fullname.as_deref(), Some("ИТ / Почта"));
    assert_eq!(known.people[&EmployeeId(20)].email.as_deref(), Some("b@example.com"));
    assert_eq!(known.groups[&GroupId(62)].description.as_deref(), Some("Печать"));
    assert_eq!(house.last_counts().await, [2, 0, 0]);
}

#[tokio::test]
async fn what_a_whole_file_does_not_name_is_gone_and_what_people_set_stays() {
    let house = House::with_lists().await;
    let absences = "USER_ID;START;END\n20;2026-11-20;2026-11-21\n";
    house.import(ImportKind::CarouselAbsences, absences).await.unwrap();
    house
        .desk
        .store
        .write(|c| {
            c.execute("UPDATE desk_users SET enabled = 1", [])?;
            Ok(c.execute("UPDATE desk_services SET enabled = 1, last_user_id = 20", [])?)
        })
        .await
        .unwrap();
    let people = "ID,NAME,FIRSTNAME\n10,Анна,\n20,Борис Новый,Борис\n";
    let row = house.import(ImportKind::CarouselPeople, people).await.unwrap();
    assert_eq!((counts(&row), house.last_counts().await), ([2, 0, 2, 0], [0, 1, 1]));
    assert_eq!(house.count("SELECT id FROM desk_users WHERE removed_at IS NOT NULL").await, 30);
    assert_eq!(house.count("SELECT count(*) FROM desk_users WHERE enabled").await, 3);
    assert_eq!(house.count("SELECT count(*) FROM desk_absence WHERE user_id = 20").await, 1);
    // Whoever is there again is as before.
    let row = house.import(ImportKind::CarouselPeople, &format!("{people}30,Вера,\n")).await.unwrap();
    assert_eq!((counts(&row), house.last_counts().await), ([3, 1, 2, 0], [1, 0, 0]));
    assert_eq!(house.count("SELECT enabled FROM desk_users WHERE id = 30 AND removed_at IS NULL").await, 1);

    house.import(ImportKind::CarouselServices, "ID,NAME,ENABLED\n54001,Почта,0\n").await.unwrap();
    assert_eq!(house.count("SELECT id FROM desk_services WHERE removed_at IS NOT NULL").await, 54_002);
    assert_eq!(house.count("SELECT enabled + last_user_id FROM desk_services WHERE id = 54001").await, 20);
    house.import(ImportKind::CarouselGroups, "ID,NAME\n61,Первая\n").await.unwrap();
    assert_eq!(house.members_of(54002).await, Vec::<i64>::new(), "its group is gone");
    // Bindings are those of the file, even where it has none.
    house.import(ImportKind::CarouselMembers, "USERGROUPID,USERID\n61,30\n").await.unwrap();
    assert_eq!((house.members_of(54001).await, house.last_counts().await), (vec![30], [1, 0, 4]));
    house.import(ImportKind::CarouselBindings, "SERVICE_ID,USERGROUP_ID\n").await.unwrap();
    assert_eq!(house.members_of(54001).await, Vec::<i64>::new());
}

#[tokio::test]
async fn a_file_with_a_wrong_row_brings_the_others_and_removes_nothing() {
    let house = House::with_lists().await;
    let people =
        "ID;NAME;ENABLED;OFF_START_DATE\n10;Анна Новая;1;2026-01-01\nx;Никто;;\n40;;1;\n40;Глеб;2;\n10;Анна;1;\n";
    let row = house.import(ImportKind::CarouselPeople, people).await.unwrap();
    assert_eq!(counts(&row), [5, 0, 1, 4]);
    let reasons = house.reasons(row.id).await;
    let want = [(3, "ID: not a whole number"), (4, "NAME: required"), (5, "ENABLED: 0 or 1"), (6, "also in row 1")];
    assert_eq!(reasons.iter().map(|(line, why)| (*line, why.as_str())).collect::<Vec<_>>(), want);
    assert_eq!(house.catalogue().await.people.len(), 3);
    assert_eq!(house.count("SELECT enabled FROM desk_users WHERE id = 10").await, 1);
    assert_eq!(house.count("SELECT count(*) FROM desk_absence").await, 0, "a pair without an end is no absence");

    let members = "USERGROUPID,USERID\n61,30\n99,10\n61,99\n61\n";
    let row = house.import(ImportKind::CarouselMembers, members).await.unwrap();
    assert_eq!((counts(&row), house.members_of(54001).await), ([4, 1, 0, 3], vec![10, 20, 30]));
    let reasons: Vec<_> = house.reasons(row.id).await.into_iter().map(|(line, why)| format!("{line} {why}")).collect();
    assert_eq!(
        reasons,
        [
            "3 USERGROUPID: no group has this number; import the groups first",
            "4 USERID: no employee has this number; import the employees first",
            "5 1 cells under 2 columns"
        ]
    );
    let row = house.import(ImportKind::CarouselBindings, "SERVICE_ID,USERGROUP_ID\n1,61\n54001,1\n").await.unwrap();
    assert_eq!((counts(&row), house.members_of(54002).await), ([2, 0, 0, 2], vec![20, 30]));
    // What was imported too early goes in once what it names is there.
    let early = house.import(ImportKind::CarouselMembers, "USERGROUPID,USERID\n63,10\n").await.unwrap();
    house.import(ImportKind::CarouselGroups, &format!("{GROUPS}63;Ночная;\n")).await.unwrap();
    let again = house.import(ImportKind::CarouselMembers, "USERGROUPID,USERID\n63,10\n").await.unwrap();
    assert_eq!((counts(&early), counts(&again)), ([1, 0, 0, 1], [1, 1, 0, 0]));
}

#[tokio::test]
async fn a_file_that_names_nothing_wipes_nobody() {
    let house = House::with_lists().await;
    for (kind, text) in [
        (ImportKind::CarouselServices, "ID,NAME\n"),
        (ImportKind::CarouselPeople, "[]"),
        (ImportKind::CarouselGroups, "ID,NAME\n"),
    ] {
        assert!(matches!(house.import(kind, text).await, Err(ImportError::Form { .. })), "{kind:?}");
    }
    let missing = house.import(ImportKind::CarouselMembers, "USER_GROUP,USERID\n1,2\n").await;
    assert!(matches!(missing, Err(ImportError::NoColumn("USERGROUPID"))));
    let known = house.catalogue().await;
    assert_eq!((known.services.len(), known.people.len(), known.groups.len()), (2, 3, 2));
    assert_eq!(house.count("SELECT count(*) FROM import").await, 5);
}

#[tokio::test]
async fn where_the_service_desk_tells_its_lists_a_file_removes_nothing_and_binds_nobody() {
    let house = House::new();
    house.import(ImportKind::CarouselPeople, PEOPLE).await.unwrap();
    let row = house.import(ImportKind::CarouselPeople, "ID,NAME\n10,Анна\n").await.unwrap();
    assert_eq!((counts(&row), house.catalogue().await.people.len()), ([1, 0, 1, 0], 3));
    for (kind, text) in [
        (ImportKind::CarouselGroups, GROUPS),
        (ImportKind::CarouselMembers, MEMBERS),
        (ImportKind::CarouselBindings, BINDINGS),
    ] {
        assert!(matches!(house.import(kind, text).await, Err(ImportError::ToldByDesk)), "{kind:?}");
    }
    assert!(house.catalogue().await.groups.is_empty());
}

use super::*;
use crate::{migrations::in_memory, plan_of};

const NOW: Instant = Instant::UNIX_EPOCH;

fn add(db: &Connection, login: &str, role: Role) -> PersonId {
    insert(db, login, &Profile::default(), &Rights::of(role), NOW).unwrap()
}

#[test]
fn logins_and_addresses_are_one_persons_in_any_spelling() {
    let db = in_memory().unwrap();
    let profile =
        Profile { full_name: "Вера".into(), email: Some("Vera@Example.com".into()), ..Default::default() };
    let vera = insert(&db, " Вера.С ", &profile, &Rights::of(Role::Viewer), NOW).unwrap();
    assert_eq!(find(&db, "вера.с").unwrap().unwrap().id, vera);
    let same_login = insert(&db, "ВЕРА.с", &Profile::default(), &Rights::of(Role::Viewer), NOW);
    assert_eq!(same_login, Err(StoreError::Conflict("somebody has this login")));
    let mut other = Profile { email: Some("vera@example.COM".into()), ..Default::default() };
    let same_email = insert(&db, "petr", &other, &Rights::of(Role::Viewer), NOW);
    assert_eq!(same_email, Err(StoreError::Conflict("somebody has this e-mail address")));
    other.email = Some("  ".into());
    let petr = insert(&db, "petr", &other, &Rights::of(Role::Viewer), NOW).unwrap();
    insert(&db, "ivan", &other, &Rights::of(Role::Viewer), NOW).unwrap();
    assert_eq!(get(&db, petr).unwrap().profile.email, None, "no address is nobody's");
    assert_eq!(set_profile(&db, petr, &profile), Err(StoreError::Conflict("somebody has this e-mail address")));
}

#[test]
fn everything_set_is_read_back() {
    let db = in_memory().unwrap();
    let id = add(&db, "ann", Role::Operator);
    let some = |t: &str| Some(t.to_owned());
    let profile = Profile {
        full_name: "ANN".into(),
        email: some("a@example.com"),
        office: some("o"),
        department: some("d"),
        position: some("p"),
        phone: some("1"),
        vpn: Some(true),
        vpn_end_date: some("2027-01-31"),
    };
    let rights = Rights { role: Role::Supervisor, grants: vec![Grant::Quality], teams: vec!["Север".into()] };
    set_profile(&db, id, &profile).unwrap();
    set_rights(&db, id, &rights).unwrap();
    set_password(&db, id, Some("$argon2id$")).unwrap();
    let row = get(&db, id).unwrap();
    assert_eq!((row.profile, row.rights, row.has_password), (profile, rights, true));
    let known = credentials(&db, "ANN").unwrap().unwrap();
    assert_eq!((known.id, known.password_hash.as_deref()), (id, Some("$argon2id$")));
    assert_eq!(credentials(&db, "nobody").unwrap(), None);
}

#[test]
fn the_last_administrator_stays() {
    let db = in_memory().unwrap();
    let ann = add(&db, "ann", Role::Admin);
    let refused = Err(StoreError::Conflict("this is the last administrator: make somebody else one first"));
    assert_eq!(block(&db, ann, BlockedBy::Staff), refused);
    assert_eq!(set_rights(&db, ann, &Rights::of(Role::Supervisor)), refused);
    let bob = add(&db, "bob", Role::Admin);
    block(&db, bob, BlockedBy::Admin).unwrap();
    assert_eq!(block(&db, ann, BlockedBy::Admin), refused, "a blocked administrator administers nothing");
    unblock(&db, bob, BlockedBy::Admin).unwrap();
    block(&db, ann, BlockedBy::Admin).unwrap();
}

#[test]
fn the_register_cannot_lift_an_administrators_block() {
    let db = in_memory().unwrap();
    let id = add(&db, "ann", Role::Viewer);
    let blocked = || get(&db, id).unwrap().blocked_by;
    block(&db, id, BlockedBy::Staff).unwrap();
    assert!(unblock(&db, id, BlockedBy::Staff).unwrap());
    assert!(!unblock(&db, id, BlockedBy::Staff).unwrap(), "nothing to lift");
    block(&db, id, BlockedBy::Admin).unwrap();
    block(&db, id, BlockedBy::Staff).unwrap();
    assert_eq!(blocked(), Some(BlockedBy::Admin));
    assert!(!unblock(&db, id, BlockedBy::Staff).unwrap());
    block(&db, id, BlockedBy::Staff).unwrap();
    assert!(unblock(&db, id, BlockedBy::Admin).unwrap());
    block(&db, id, BlockedBy::Staff).unwrap();
    assert!(unblock(&db, id, BlockedBy::Admin).unwrap(), "an administrator lifts either");
    assert_eq!(blocked(), None);
}

#[test]
fn a_page_is_found_by_words_role_and_block() {
    let db = in_memory().unwrap();
    for (login, name, role) in
        [("c", "ПЕТРОВА ВЕРА", Role::Viewer), ("a", "Иванов", Role::Admin), ("B", "Сидоров", Role::Admin)]
    {
        let profile = Profile { full_name: name.into(), ..Default::default() };
        insert(&db, login, &profile, &Rights::of(role), NOW).unwrap();
    }
    block(&db, find(&db, "b").unwrap().unwrap().id, BlockedBy::Admin).unwrap();
    let logins = |f: PersonFilter| page(&db, &f, 10).unwrap().into_iter().map(|p| p.login).collect::<Vec<_>>();
    assert_eq!(logins(PersonFilter::default()), ["a", "B", "c"]);
    assert_eq!(logins(PersonFilter { search: Some("петров".into()), ..Default::default() }), ["c"]);
    assert_eq!(logins(PersonFilter { role: Some(Role::Admin), ..Default::default() }), ["a", "B"]);
    assert_eq!(logins(PersonFilter { blocked: Some(true), ..Default::default() }), ["B"]);
    assert_eq!(logins(PersonFilter { blocked: Some(false), after: Some("A".into()), ..Default::default() }), ["c"]);
    let plan = plan_of(&db, &format!("{ROW} WHERE p.login_key > ?1 ORDER BY p.login_key LIMIT ?2"));
    assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
}

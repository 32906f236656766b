use super::*;
use crate::{
    migrations::in_memory,
    sessions::{self, NewSession},
};

const NOW: Instant = Instant::UNIX_EPOCH;

fn row(row: u64, login: &str, email: &str) -> StaffRow {
    StaffRow {
        row,
        login: login.into(),
        full_name: login.to_uppercase(),
        email: email.into(),
        office: None,
        department: None,
        position: None,
        phone: None,
        vpn: None,
        vpn_end_date: None,
        duplicates: None,
        blocked: None,
    }
}

fn counts(outcome: &StaffOutcome) -> [u32; 5] {
    [outcome.added, outcome.changed, outcome.same, outcome.blocked, outcome.unblocked]
}

/// What a preview says and what then happens are the same.
fn run(db: &Connection, rows: &[StaffRow]) -> StaffOutcome {
    let said = preview(db, rows).unwrap();
    let (done, _) = apply(db, rows, NOW).unwrap();
    assert_eq!(said, done);
    done
}

fn person(db: &Connection, login: &str) -> PersonRow {
    people::find(db, login).unwrap().unwrap()
}

#[test]
fn a_file_adds_changes_and_leaves_alone() {
    let db = in_memory().unwrap();
    let some = |t: &str| Some(Some(t.to_owned()));
    let first = StaffRow { office: some("A"), phone: some("1"), ..row(1, "Вера", "v@example.com") };
    assert_eq!(counts(&run(&db, &[first.clone(), row(2, "petr", "p@example.com")])), [2, 0, 0, 0, 0]);
    assert_eq!(person(&db, "вера").rights, Rights::of(Role::Viewer));
    people::set_rights(&db, person(&db, "вера").id, &Rights::of(Role::Supervisor)).unwrap();

    // Other spelling of the login, one cell emptied, one column absent.
    let again = StaffRow { office: Some(None), ..row(1, "вера", "V@example.com") };
    let again = StaffRow { full_name: "ВЕРА".into(), ..again };
    assert_eq!(counts(&run(&db, std::slice::from_ref(&again))), [0, 1, 0, 0, 0]);
    let vera = person(&db, "вера");
    assert_eq!((vera.profile.office, vera.profile.phone.as_deref()), (None, Some("1")));
    assert_eq!((vera.login.as_str(), vera.rights.role), ("Вера", Role::Supervisor));
    assert_eq!(counts(&run(&db, &[again])), [0, 0, 1, 0, 0]);
    assert_eq!(person(&db, "petr").profile.full_name, "PETR", "people the file does not name stay");
}

#[test]
fn the_register_blocks_ends_sessions_and_lifts_only_its_own() {
    let db = in_memory().unwrap();
    run(&db, &[row(1, "vera", "v@example.com"), row(2, "petr", "p@example.com")]);
    let (vera, petr) = (person(&db, "vera").id, person(&db, "petr").id);
    let session = NewSession {
        token_hash: &[1; 32],
        person: vera,
        csrf: "c",
        expires_at: Instant::MAX,
        address: "",
        agent: "",
        checked_offline: false,
    };
    sessions::insert(&db, &session, NOW).unwrap();
    people::block(&db, petr, BlockedBy::Admin).unwrap();
    let said = |blocked| {
        [("vera", "v@example.com"), ("petr", "p@example.com"), ("new", "n@example.com")]
            .into_iter()
            .zip(1..)
            .map(|((login, email), n)| StaffRow { blocked, ..row(n, login, email) })
            .collect::<Vec<_>>()
    };
    assert_eq!(counts(&run(&db, &said(Some(true)))), [1, 1, 1, 2, 0]);
    assert!(sessions::of_person(&db, vera, NOW).unwrap().is_empty());
    assert_eq!(person(&db, "new").blocked_by, Some(BlockedBy::Staff));
    assert_eq!(counts(&run(&db, &said(None))), [0, 0, 3, 0, 0], "a file without the column says nothing of blocks");
    assert_eq!(counts(&run(&db, &said(Some(false)))), [0, 2, 1, 0, 2]);
    assert_eq!((person(&db, "vera").blocked_by, person(&db, "petr").blocked_by), (None, Some(BlockedBy::Admin)));
}

#[test]
fn two_of_one_login_or_address_are_told_apart() {
    let db = in_memory().unwrap();
    run(&db, &[row(1, "old", "old@example.com")]);
    let outcome = run(
        &db,
        &[
            row(1, "a", "a@example.com"),
            row(2, "A", "b@example.com"),
            row(3, "c", "A@example.com"),
            row(4, "d", "OLD@example.com"),
        ],
    );
    let reasons: Vec<_> = outcome.rejected.iter().map(|(n, r)| (*n, r.as_str())).collect();
    assert_eq!(reasons, [(2, "login: also in row 1"), (3, "email: also in row 1"), (4, "email: somebody else has it")]);
    assert_eq!(outcome.added, 1);
}

#[test]
fn people_may_swap_addresses_but_not_take_one_that_stays() {
    let db = in_memory().unwrap();
    run(&db, &[row(1, "a", "a@example.com"), row(2, "b", "b@example.com"), row(3, "c", "c@example.com")]);
    let outcome = run(&db, &[row(1, "a", "b@example.com"), row(2, "b", "a@example.com")]);
    assert_eq!(counts(&outcome), [0, 2, 0, 0, 0]);
    assert_eq!(person(&db, "a").profile.email.as_deref(), Some("b@example.com"));
    // b wants c's address, which stays with c; so b keeps its own, which a wants in turn.
    let outcome = run(&db, &[row(1, "a", "a@example.com"), row(2, "b", "c@example.com")]);
    assert_eq!(outcome.rejected.iter().map(|r| r.0).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_file_cannot_lock_everybody_out() {
    let db = in_memory().unwrap();
    run(&db, &[row(1, "a", "a@example.com"), row(2, "b", "b@example.com")]);
    for login in ["a", "b"] {
        people::set_rights(&db, person(&db, login).id, &Rights::of(Role::Admin)).unwrap();
    }
    let blocked = |n, login: &str, email: &str| StaffRow { blocked: Some(true), ..row(n, login, email) };
    let outcome = run(&db, &[blocked(1, "a", "a@example.com"), blocked(2, "b", "b@example.com")]);
    assert_eq!(outcome.rejected, [(2, "auth_period_type: would block the last administrator".to_owned())]);
    assert_eq!((person(&db, "a").blocked_by, person(&db, "b").blocked_by), (Some(BlockedBy::Staff), None));
}

#[test]
fn who_wants_news_of_tickets_in_their_messenger_gets_them_until_they_settle_otherwise() {
    let db = in_memory().unwrap();
    let wants =
        |login: &str| crate::notices::preferences(&db, login).unwrap().rule(pult_domain::NoticeClass::Ticket).messenger;
    let row = |duplicates| StaffRow { duplicates, ..row(1, "vera", "v@example.com") };
    for (said, then) in [(Some(false), false), (None, false), (Some(true), true), (Some(false), true)] {
        apply(&db, &[row(said)], Instant::UNIX_EPOCH).unwrap();
        assert_eq!(wants("vera"), then, "{said:?}");
    }
    let mut own = crate::notices::preferences(&db, "vera").unwrap();
    own.rules[0].messenger = false;
    crate::notices::set_preferences(&db, "vera", &own).unwrap();
    apply(&db, &[row(Some(true))], Instant::UNIX_EPOCH).unwrap();
    assert!(!wants("vera"), "what somebody settled is theirs");
}

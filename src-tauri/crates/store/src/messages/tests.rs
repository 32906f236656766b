//! Messages as the rule and the tables keep them together.

use proptest::prelude::*;
use pult_domain::{
    Instant, MessageId, NoticeId,
    areas::messages::{
        Account, Address, Contact, Fact, Incoming, MessageState, Policy, Presence, Subscription, Way, Words, decide,
        rule::duplicate,
    },
};

use super::*;
use crate::{
    Connection, from_millis,
    migrations::in_memory,
    notices,
    people::{self, Profile, Rights, Role},
};

const BEGAN: i64 = 1_763_649_142_000;

fn anna(db: &Connection) -> Account {
    let profile = Profile { full_name: "Анна Серова".to_owned(), ..Profile::default() };
    let id = people::insert(db, "anna", &profile, &Rights::of(Role::Operator), from_millis(BEGAN)).unwrap();
    connect(db, id.0, &address("anna@chat.example.com"), from_millis(BEGAN)).unwrap();
    Account::Person(id.0)
}

fn address(text: &str) -> Address {
    Address::read(text).unwrap()
}

fn policy() -> Policy {
    Policy { strangers: true, sender: true, staff: vec![] }
}

/// Decides and carries out, as the engine does.
fn tell(db: &Connection, fact: &Fact, at: Instant) {
    let known = load_known(db, fact).unwrap();
    let decision = decide(fact, at, &known, &policy());
    for change in &decision.changes {
        apply(db, change, at).unwrap();
    }
    for change in &decision.notices {
        notices::apply(db, change, None, at).unwrap();
    }
}

fn heard(account: Account, n: i64, ours: bool, at: i64, way: Way) -> Fact {
    Fact::Heard(Box::new(Incoming {
        account,
        peer: address("m.orlova@example.com"),
        ours,
        uid: Some(format!("u{n}")),
        archive: Some(format!("x{n}")),
        body: format!("Сообщение {n}"),
        at: from_millis(at),
        way,
    }))
}

fn rows(db: &Connection, account: Account) -> Vec<MessageRow> {
    page(db, account, &address("m.orlova@example.com"), None, LONGEST_PAGE).unwrap().rows
}

fn standing(db: &Connection) -> i64 {
    db.query_row("SELECT count(*) FROM notice WHERE cleared_at IS NULL", [], |r| r.get(0)).unwrap()
}

#[test]
fn a_conversation_goes_page_by_page_from_the_newest() {
    let db = in_memory().unwrap();
    let account = anna(&db);
    for n in 0..25 {
        tell(&db, &heard(account, n, false, BEGAN + n / 2, Way::Live), from_millis(BEGAN));
    }
    let (mut before, mut seen) = (None, vec![]);
    loop {
        let page = page(&db, account, &address("m.orlova@example.com"), before, 10).unwrap();
        seen.extend(page.rows.iter().map(|row| row.text.clone()));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..25).rev().map(|n| format!("Сообщение {n}")).collect::<Vec<_>>());
    let all = conversations(&db, account).unwrap();
    assert_eq!((all.len(), all[0].unread, all[0].last.text.as_str()), (1, 25, "Сообщение 24"));
}

#[test]
fn what_was_seen_is_read_and_its_notice_goes() {
    let db = in_memory().unwrap();
    let account = anna(&db);
    for n in 0..3 {
        tell(&db, &heard(account, n, false, BEGAN + n * 1_000, Way::Live), from_millis(BEGAN));
    }
    let seen = |upto| Fact::Seen { account, peer: address("m.orlova@example.com"), upto: MessageId(upto) };
    tell(&db, &seen(2), from_millis(BEGAN));
    assert_eq!((count_unread(&db, account).unwrap(), standing(&db)), (1, 1));
    tell(&db, &seen(3), from_millis(BEGAN));
    assert_eq!((count_unread(&db, account).unwrap(), standing(&db)), (0, 0));
    assert!(rows(&db, account).iter().all(|row| !row.unread));
}

#[test]
fn an_account_is_one_persons_and_another_archive_begins_anew() {
    let db = in_memory().unwrap();
    let account = anna(&db);
    let Account::Person(person) = account else { panic!("a person") };
    tell(&db, &heard(account, 1, false, BEGAN, Way::Archive), from_millis(BEGAN));
    assert_eq!(read_upto(&db, account).unwrap(), Some(("x1".to_owned(), from_millis(BEGAN))));
    let own = address("anna@chat.example.com");
    assert!(connect(&db, person + 1, &own, from_millis(BEGAN)).is_err());
    connect(&db, person, &own, from_millis(BEGAN)).unwrap();
    assert!(read_upto(&db, account).unwrap().is_some(), "the same archive goes on");
    connect(&db, person, &address("anna@other.example.com"), from_millis(BEGAN)).unwrap();
    assert_eq!(read_upto(&db, account).unwrap(), None);
    assert_eq!(mailboxes(&db).unwrap(), [(person, address("anna@other.example.com"))]);
    assert!(disconnect(&db, person).unwrap() && !disconnect(&db, person).unwrap());
    assert_eq!(rows(&db, account).len(), 1, "what was said stays");
}

#[test]
fn contacts_are_as_their_most_present_program() {
    let db = in_memory().unwrap();
    let account = anna(&db);
    let contact = |name: &str, subscription| Contact {
        address: address(&format!("{name}@example.com")),
        name: name.to_owned(),
        subscription,
        gone: false,
    };
    let list = vec![
        contact("boris", Subscription::Both),
        contact("clara", Subscription::To),
        contact("dora", Subscription::None),
    ];
    tell(&db, &Fact::ContactsRead { account, contacts: list }, from_millis(BEGAN));
    let seen = |from: &str, resource: &str, presence| Fact::PresenceSeen {
        account,
        from: address(from),
        resource: resource.to_owned(),
        presence,
        status: String::new(),
    };
    tell(&db, &seen("boris@example.com", "phone", Presence::Away), from_millis(BEGAN));
    tell(&db, &seen("boris@example.com", "desk", Presence::Online), from_millis(BEGAN));
    tell(&db, &seen("nobody@example.com", "desk", Presence::Online), from_millis(BEGAN));
    let shown = |heard| {
        let rows = contacts(&db, account, heard).unwrap();
        rows.iter().map(|row| row.presence.as_ref().map(|seen| seen.presence)).collect::<Vec<_>>()
    };
    assert_eq!(shown(true), [Some(Presence::Online), Some(Presence::Offline), None]);
    assert_eq!(shown(false), [None, None, None]);
    tell(&db, &Fact::SessionEnded { account }, from_millis(BEGAN));
    assert_eq!(shown(true)[0], Some(Presence::Offline));
    let asked = |from: &str| Fact::SubscriptionAsked { account, from: address(from) };
    for from in ["dora@example.com", "boris@example.com"] {
        tell(&db, &asked(from), from_millis(BEGAN));
    }
    assert_eq!(questions(&db, account).unwrap().len(), 2);
    let both = contact("boris", Subscription::Both);
    tell(&db, &Fact::ContactChanged { account, contact: both }, from_millis(BEGAN));
    assert_eq!(questions(&db, account).unwrap()[0].address, address("dora@example.com"), "answered elsewhere");
    let gone = Contact { gone: true, ..contact("clara", Subscription::None) };
    tell(&db, &Fact::ContactChanged { account, contact: gone }, from_millis(BEGAN));
    assert_eq!(contacts(&db, account, true).unwrap().len(), 2);
}

#[test]
fn old_messages_are_forgotten_and_those_on_their_way_are_not() {
    let db = in_memory().unwrap();
    let account = anna(&db);
    tell(&db, &heard(account, 1, false, BEGAN, Way::Live), from_millis(BEGAN));
    let to = address("boris@example.com");
    let written = Fact::Written {
        account,
        to: to.clone(),
        text: "Смотрю".to_owned(),
        uid: "w1".to_owned(),
        by: "anna".to_owned(),
    };
    tell(&db, &written, from_millis(BEGAN));
    assert_eq!(forget(&db, from_millis(BEGAN), 10).unwrap(), 0);
    assert_eq!(forget(&db, from_millis(BEGAN + 1), 10).unwrap(), 1);
    let left = conversations(&db, account).unwrap();
    assert_eq!((left.len(), left[0].last.state), (1, Some(MessageState::Queued)));
}

#[test]
fn whoever_is_forgotten_is_in_nobodys_conversations() {
    let db = in_memory().unwrap();
    let account = anna(&db);
    tell(&db, &heard(account, 1, false, BEGAN, Way::Live), from_millis(BEGAN));
    let erased = erase_author(&db, "M.Orlova@example.com").unwrap();
    assert_eq!((erased.messages, erased.conversations.len(), standing(&db)), (1, 1, 0));
    assert!(conversations(&db, account).unwrap().is_empty() && rows(&db, account).is_empty());
}

#[test]
fn what_the_engine_wrote_of_a_notice_is_known_in_the_persons_own_account() {
    let db = in_memory().unwrap();
    let account = anna(&db);
    let said = ("Касса".to_owned(), Words::Told { line: "Касса".to_owned(), subject: String::new(), url: None });
    let to = address("anna@chat.example.com");
    let id = next_message(&db).unwrap();
    let (change, _) = duplicate(id, NoticeId(4), &to, "u5", said, from_millis(BEGAN));
    apply(&db, &change, from_millis(BEGAN)).unwrap();
    tell(&db, &heard(account, 5, false, BEGAN, Way::Live), from_millis(BEGAN));
    assert!(rows(&db, account).is_empty() && standing(&db) == 0);
    assert_eq!(page(&db, Account::Bot, &to, None, 10).unwrap().rows[0].state, Some(MessageState::Queued));
    tell(&db, &heard(account, 6, false, BEGAN, Way::Live), from_millis(BEGAN));
    assert_eq!(rows(&db, account).len(), 1, "another message of theirs");
}

#[test]
fn duplicates_go_to_the_settled_address_or_the_persons_own() {
    let db = in_memory().unwrap();
    let profile = |email: Option<&str>| Profile { email: email.map(str::to_owned), ..Profile::default() };
    for (login, email) in [("anna", Some("Anna@Example.com")), ("boris", None), ("clara", Some("clara@example.com"))] {
        people::insert(&db, login, &profile(email), &Rights::of(Role::Viewer), from_millis(BEGAN)).unwrap();
    }
    let wants = |messenger: Option<&str>| notices::Preferences {
        messenger: messenger.map(address),
        rules: vec![notices::NoticeRule {
            messenger: true,
            ..notices::NoticeRule::usual(pult_domain::NoticeClass::Ticket)
        }],
        ..notices::Preferences::default()
    };
    for (login, to) in [("anna", None), ("boris", None), ("clara", Some("c@chat.example.com"))] {
        notices::set_preferences(&db, login, &wants(to)).unwrap();
    }
    let to: Vec<_> = receivers(&db).unwrap().into_iter().map(|one| (one.login, one.to.to_string())).collect();
    let pair = |login: &str, to: &str| (login.to_owned(), to.to_owned());
    assert_eq!(to, [pair("anna", "anna@example.com"), pair("clara", "c@chat.example.com")]);
    // By the same addresses they are known and written to.
    let owner = |of: &str| owner_of(&db, &address(of)).unwrap().map(|owner| owner.login);
    assert_eq!((owner("c@chat.example.com"), owner("d@chat.example.com")), (Some("clara".to_owned()), None));
    let listed = colleagues(&db).unwrap().into_iter().map(|row| (row.person.login, row.address.to_string()));
    assert_eq!(listed.collect::<Vec<_>>(), to);
    notices::set_preferences(&db, "anna", &notices::Preferences::default()).unwrap();
    assert_eq!(receivers(&db).unwrap().len(), 1);
}

/// A message of a run: which, whether ours, when, and in which ways it comes.
fn messages() -> impl Strategy<Value = Vec<(i64, bool, i64)>> {
    proptest::collection::vec((any::<bool>(), 0_i64..20), 1..12).prop_map(|all| {
        all.into_iter().enumerate().map(|(n, (ours, at))| (n as i64, ours, BEGAN + at * 100_000)).collect()
    })
}

fn ways() -> impl Strategy<Value = Way> {
    prop_oneof![Just(Way::Live), Just(Way::Delayed), Just(Way::Copy), Just(Way::Archive)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn in_whatever_order_and_however_often_messages_come_the_outcome_is_the_same(
        (all, order, by) in messages().prop_flat_map(|all| {
            let count = all.len();
            (
                Just(all),
                proptest::collection::vec((0..count, ways()), count..count * 4),
                Just((0..count).collect::<Vec<_>>()).prop_shuffle(),
            )
        })
    ) {
        let now = from_millis(BEGAN + 2_000_000);
        let outcome = |told: Vec<(usize, Way)>| {
            let db = in_memory().unwrap();
            let account = anna(&db);
            for (n, way) in told {
                let (id, ours, at) = all[n];
                // Told live, it is as old as it is: the same message must not be fresh once and old another time.
                let way = if way == Way::Live { Way::Copy } else { way };
                tell(&db, &heard(account, id, ours, at, way), now);
                assert!(standing(&db) <= 1, "one conversation, one notice");
            }
            let mut shown: Vec<_> =
                rows(&db, account).into_iter().map(|row| (row.at, row.text, row.ours, row.unread)).collect();
            shown.sort();
            (shown, standing(&db), count_unread(&db, account).unwrap())
        };
        let once = outcome((0..all.len()).map(|n| (n, Way::Archive)).collect());
        let mut shuffled = order;
        shuffled.extend(by.into_iter().map(|n| (n, Way::Delayed)));
        prop_assert_eq!(once, outcome(shuffled));
    }
}

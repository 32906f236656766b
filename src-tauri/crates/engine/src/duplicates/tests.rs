//! To whom a notice goes as a message, how often, and in which words.

use std::collections::HashMap;

use pult_domain::{
    Audience, Effect, Level, Notice, NoticeChange, Subject, Told,
    areas::messages::{Account, SendMessage},
};
use pult_store::{
    migrations,
    notices::{MuteKind, NoticeRule, Preferences},
    people::{self, Profile, Rights, Role},
};
use serde_json::json;

use super::*;
use crate::{
    config::Config,
    decide,
    terms::Pages,
    troubles::{self, Way},
};

fn now() -> Instant {
    "2026-11-20T14:32:22Z".parse().unwrap()
}

fn terms() -> Terms {
    let pages = Pages {
        ticket: Some("https://help.example.com/issues/{id}".to_owned()),
        task: None,
        console: Some("https://pult.example.com/".to_owned()),
    };
    let performers = HashMap::from([(SENDING, "messenger")]);
    Terms::of(&Config::parse("").unwrap(), performers, "0a1b2c3d", pages)
}

/// Anna wants everything, Boris nothing, Oleg as an operator sees nothing that is for everybody.
fn house() -> Connection {
    let db = migrations::in_memory().unwrap();
    for (login, role) in [("anna", Role::Viewer), ("boris", Role::Viewer), ("oleg", Role::Operator)] {
        let profile = Profile { email: Some(format!("{login}@example.com")), ..Profile::default() };
        people::insert(&db, login, &profile, &Rights::of(role), now()).unwrap();
    }
    for login in ["anna", "oleg"] {
        wants(&db, login, |_| ());
    }
    db
}

fn wants(db: &Connection, login: &str, but: impl FnOnce(&mut Preferences)) {
    let classes = [NoticeClass::Ticket, NoticeClass::NetworkIncident, NoticeClass::Message];
    let rules = classes.map(|class| NoticeRule { messenger: true, ..NoticeRule::usual(class) }).to_vec();
    let mut settled = Preferences { rules, ..Preferences::default() };
    but(&mut settled);
    notices::set_preferences(db, login, &settled).unwrap();
}

fn entry(values: Value) -> Notice {
    let told = |login: &str| Told { login: login.to_owned(), why: "assignee".to_owned() };
    Notice {
        key: "tickets:entry/9".to_owned(),
        class: NoticeClass::Ticket,
        level: Level::Info,
        subject: Subject::ticket(TicketId(4312)),
        code: "tickets.entry".to_owned(),
        values: values.as_object().cloned().unwrap(),
        to: Audience::People(vec![told("anna"), told("boris")]),
    }
}

fn status() -> Notice {
    entry(json!({ "ticket": 4312, "subject": "Printer off", "status": true, "old_status": "New",
        "new_status": "In Progress", "commented": true, "comment": "Смотрю" }))
}

fn lost(level: Level) -> Notice {
    let values = json!({ "title": "Филиал" });
    Notice {
        key: "network/lost/3".to_owned(),
        class: NoticeClass::NetworkIncident,
        level,
        subject: Subject("target:3".to_owned()),
        code: "network.lost".to_owned(),
        values: values.as_object().cloned().unwrap(),
        to: Audience::Everyone,
    }
}

/// Raises a notice, and says what is owed to messengers for it.
fn raise(db: &Connection, notice: &Notice) -> Vec<(EffectKey, EffectOrder)> {
    let raised = notices::apply(db, &NoticeChange::Raise(notice.clone()), None, now()).unwrap().unwrap();
    of(db, &raised, &terms(), now()).unwrap()
}

fn sends(owed: &[(EffectKey, EffectOrder)]) -> Vec<&SendMessage> {
    owed.iter()
        .map(|(_, order)| match &order.effect {
            Effect::SendMessage(send) => &**send,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_notice_goes_once_to_whoever_it_is_for_and_wants_it() {
    let db = house();
    let owed = raise(&db, &status());
    let [send] = sends(&owed)[..] else { panic!("{owed:?}") };
    assert_eq!((send.to.as_str(), send.from), ("anna@example.com", Account::Bot));
    assert_eq!(send.uid, "pult-0a1b2c3d-1-1-1");
    assert_eq!(
        send.words,
        Words::Status {
            ticket: TicketId(4312),
            old: "New".to_owned(),
            new: "In Progress".to_owned(),
            comment: Some("Смотрю".to_owned()),
            subject: "Printer off".to_owned(),
            url: Some("https://help.example.com/issues/4312".to_owned()),
        }
    );
    assert!(raise(&db, &status()).is_empty(), "it stands already");
    let kept = "SELECT group_concat(text) FROM message WHERE notice_id = 1";
    let kept: String = db.query_row(kept, [], |r| r.get(0)).unwrap();
    assert!(kept.matches("Смотрю").count() == 1 && kept.contains("'New'"), "one message with both: {kept}");
}

#[test]
fn somebody_who_is_added_later_is_told_and_the_others_are_not_again() {
    let db = house();
    wants(&db, "boris", |settled| {
        settled.messenger = pult_domain::areas::messages::Address::read("b@chat.example.com")
    });
    let told = |login: &str| Audience::People(vec![Told { login: login.to_owned(), why: "author".to_owned() }]);
    let of = |login: &str| Notice { to: told(login), ..status() };
    assert_eq!(sends(&raise(&db, &of("anna"))).len(), 1);
    let owed = raise(&db, &of("boris"));
    assert_eq!(sends(&owed).iter().map(|send| send.to.as_str()).collect::<Vec<_>>(), ["b@chat.example.com"]);
    assert!(raise(&db, &of("anna")).is_empty());
}

#[test]
fn what_grows_worse_is_told_again() {
    let db = house();
    let owed = raise(&db, &lost(Level::Warning));
    let [send] = sends(&owed)[..] else { panic!("only whoever sees what is for everybody: {owed:?}") };
    let Words::Told { line, url, .. } = &send.words else { panic!("{send:?}") };
    assert_eq!((line.as_str(), url.as_deref()), ("Филиал: нет ответа", Some("https://pult.example.com/ui/#/inbox")));
    assert!(raise(&db, &lost(Level::Warning)).is_empty());
    let worse = raise(&db, &lost(Level::Critical));
    assert_ne!(sends(&worse)[0].uid, send.uid);
    assert_ne!(worse[0].0, owed[0].0);
}

#[test]
fn whoever_wants_silence_is_told_nothing() {
    let db = house();
    wants(&db, "anna", |settled| settled.quiet_until = Some(now().as_millisecond() + 1));
    assert!(raise(&db, &status()).is_empty());
    let db = house();
    notices::mute(&db, "anna", MuteKind::Subject, "ticket:4312", None, now()).unwrap();
    assert!(raise(&db, &status()).is_empty());
}

#[test]
fn a_private_comment_is_told_without_its_words() {
    let db = house();
    let values = json!({ "ticket": 4312, "subject": "Printer off", "status": false, "commented": true,
        "comment": null, "private": true, "by": "Анна" });
    let owed = raise(&db, &entry(values));
    let Words::Comment { text, subject, .. } = &sends(&owed)[0].words else { panic!("{owed:?}") };
    assert_eq!((text.as_str(), subject.as_str()), ("", "Printer off"));
}

#[test]
fn what_somebody_wrote_is_in_their_messenger_already() {
    let db = house();
    let values = json!({ "peer": "m@example.com", "name": "Мария", "text": "Добрый день" });
    let heard = Notice {
        class: NoticeClass::Message,
        code: "messages.heard".to_owned(),
        values: values.as_object().cloned().unwrap(),
        ..entry(json!({}))
    };
    assert!(raise(&db, &heard).is_empty());
}

#[test]
fn nothing_is_owed_while_nobody_sends() {
    let db = house();
    let raised = notices::apply(&db, &NoticeChange::Raise(status()), None, now()).unwrap().unwrap();
    let off = Terms { performers: HashMap::new(), ..terms() };
    assert!(of(&db, &raised, &off, now()).unwrap().is_empty());
}

#[test]
fn a_system_out_of_reach_goes_to_messengers_as_any_notice_does_and_the_journal_says_why() {
    let db = house();
    wants(&db, "anna", |settled| {
        let classes = [NoticeClass::Source, NoticeClass::Delivery];
        settled.rules.extend(classes.map(|class| NoticeRule { messenger: true, ..NoticeRule::usual(class) }));
    });
    let tell = |change: NoticeChange, second: i64| {
        let at = now() + jiff::SignedDuration::from_secs(second);
        // One that is switched off is no more: its end is no good news.
        let hosts = [("desk".to_owned(), vec![])].into();
        decide::notices(&db, &[change], at, &Terms { hosts, ..terms() }).unwrap().owing
    };
    assert_eq!(tell(troubles::unreachable("desk", Way::Calls), 0), ["messenger"]);
    assert!(tell(troubles::unreachable("desk", Way::Calls), 1).is_empty(), "it stands already");
    assert_eq!(tell(troubles::works("desk", Way::Calls), 300), ["messenger"], "and that it is over");
    // What the messenger cannot say of itself.
    assert!(tell(troubles::unreachable("messenger", Way::Calls), 301).is_empty());
    let entries = "SELECT group_concat(kind || ' ' || subject || ' ' || ordered, '; ') FROM journal";
    let entries: String = db.query_row(entries, [], |r| r.get(0)).unwrap();
    let each = "notice_raised source:desk [\"send_message\"]";
    assert_eq!(entries, format!("{each}; {each}"));
    let owed = "SELECT count(*) FROM outbox WHERE kind = 'send_message' AND integration = 'messenger'";
    assert_eq!(db.query_row(owed, [], |r| r.get::<_, i64>(0)).unwrap(), 2);
}

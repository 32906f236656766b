//! The machine alone: its order, its patience, and what it makes of hostile stanzas.

use proptest::prelude::*;
use pult_domain::areas::messages::{Fact as Of, Incoming, Way};
use xmpp_parsers::{iq::Iq, message::Message, presence::Presence};

use super::*;
use crate::{SessionState, transport::obstacle::Obstacle};

const CLIENT: &str = "xmlns='jabber:client'";

fn at(ms: u64) -> Now {
    Now { ms, wall: Instant::from_millisecond(1_790_000_000_000 + i64::try_from(ms).unwrap()).unwrap() }
}

fn machine(account: Account) -> Machine {
    let plan = Plan { account, address: BareJid::new("sup1@chat.example").unwrap(), resource: "console-1".to_owned() };
    Machine::new(plan, 7)
}

fn broken() -> Lost {
    Lost::Broken(Obstacle::Refused, "refused".to_owned())
}

fn place() -> Place {
    Place { host: "chat.example".to_owned(), way: "starttls:5222".to_owned(), mechanism: "SCRAM-SHA-1" }
}

/// A stanza of ours; `None` where the library itself would leave it out.
fn stanza(xml: &str) -> Option<Stanza> {
    let element: minidom::Element = xml.parse().ok()?;
    match element.name() {
        "message" => Message::try_from(element).ok().map(Stanza::from),
        "presence" => Presence::try_from(element).ok().map(Stanza::from),
        _ => Iq::try_from(element).ok().map(Stanza::from),
    }
}

fn hear(machine: &mut Machine, ms: u64, xml: &str) -> Vec<Command> {
    stanza(xml).map(|stanza| machine.on(at(ms), Event::Heard(Box::new(stanza)))).unwrap_or_default()
}

/// Connected and asked for what it can do; the ids of its questions.
fn began(machine: &mut Machine) -> Vec<String> {
    assert!(matches!(machine.on(at(0), Event::Tick)[..], [Command::Dial { .. }, Command::Report(_)]));
    machine.on(at(1), Event::Dialed(Ok(place())));
    let address = Jid::new("sup1@chat.example/console-1").unwrap();
    ids(&machine.on(at(2), Event::Began { address, managed: true }))
}

fn ids(commands: &[Command]) -> Vec<String> {
    let ids = commands.iter().filter_map(|command| match command {
        Command::Say(stanza) => match &**stanza {
            Stanza::Iq(iq) => Some(iq.id().to_owned()),
            _ => None,
        },
        _ => None,
    });
    ids.collect()
}

fn said(commands: &[Command]) -> Vec<String> {
    let said = commands.iter().filter_map(|command| match command {
        Command::Say(stanza) => Some(match &**stanza {
            Stanza::Iq(iq) => String::from(&minidom::Element::from(iq.clone())),
            Stanza::Presence(presence) => String::from(&minidom::Element::from(presence.clone())),
            Stanza::Message(message) => String::from(&minidom::Element::from(message.clone())),
        }),
        _ => None,
    });
    said.collect()
}

fn facts(commands: &[Command]) -> Vec<Of> {
    let facts = commands.iter().filter_map(|command| match command {
        Command::Note(observed) => match &observed.fact {
            Fact::Messages(fact) => Some(fact.clone()),
            _ => None,
        },
        _ => None,
    });
    facts.collect()
}

fn info(id: &str, feature: &str) -> String {
    format!(
        "<iq {CLIENT} type='result' id='{id}' from='chat.example'><query xmlns='http://jabber.org/protocol/disco#info'>\
         <feature var='{feature}'/></query></iq>"
    )
}

fn result(id: &str) -> String {
    format!("<iq {CLIENT} type='result' id='{id}'/>")
}

fn message(id: &str, body: &str) -> String {
    format!(
        "<message {CLIENT} type='chat' id='{id}' from='guest@chat.example/x' to='sup1@chat.example'><body>{body}</body></message>"
    )
}

/// A person's session that is live.
fn live() -> Machine {
    let mut machine = machine(Account::Person(7));
    let [server, account, contacts] = &began(&mut machine)[..] else { panic!("three questions") };
    hear(&mut machine, 3, &info(server, "urn:example:nothing"));
    hear(&mut machine, 4, &info(account, "urn:example:nothing"));
    hear(&mut machine, 5, &result(contacts));
    assert!(machine.is_live());
    machine
}

#[test]
fn a_persons_session_begins_in_the_order_of_the_contract() {
    let mut machine = machine(Account::Person(7));
    let [server, account, contacts] = &began(&mut machine)[..] else { panic!("three questions") };
    assert!(facts(&hear(&mut machine, 3, &message("early", "рано"))).is_empty());
    hear(&mut machine, 3, &info(server, "urn:xmpp:carbons:2"));
    hear(&mut machine, 4, &info(account, "urn:xmpp:mam:2"));
    let copies = hear(&mut machine, 5, &result(contacts));
    assert!(said(&copies)[0].contains("urn:xmpp:carbons:2"), "{copies:?}");
    let mark = hear(&mut machine, 6, &result(&ids(&copies)[0]));
    assert!(matches!(mark[..], [Command::ReadMark]), "{mark:?}");
    let known = ArchiveMark { id: "a-5".to_owned(), at: at(0).wall };
    let page = machine.on(at(7), Event::Mark(Some(known)));
    assert!(said(&page)[0].contains("<after>a-5</after>") && said(&page)[0].contains("<max>50</max>"), "{page:?}");
    let query = &ids(&page)[0];
    let archived = format!(
        "<message {CLIENT} from='sup1@chat.example'><result xmlns='urn:xmpp:mam:2' id='a-6' queryid='{query}'>\
         <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-07-01T10:00:00Z'/>{}</forwarded></result></message>",
        message("kept", "в архиве")
    );
    let told = facts(&hear(&mut machine, 8, &archived));
    assert!(
        matches!(&told[..], [Of::Heard(incoming)] if incoming.way == Way::Archive && incoming.archive.as_deref() == Some("a-6"))
    );
    let fin = |id: &str, complete: bool, last: &str| {
        format!(
            "<iq {CLIENT} type='result' id='{id}' from='sup1@chat.example'><fin xmlns='urn:xmpp:mam:2' complete='{complete}'>\
             <set xmlns='http://jabber.org/protocol/rsm'><last>{last}</last></set></fin></iq>"
        )
    };
    let next = hear(&mut machine, 9, &fin(query, false, "a-6"));
    assert!(said(&next)[0].contains("<after>a-6</after>"), "{next:?}");
    let once_more = hear(&mut machine, 10, &fin(&ids(&next)[0], true, "a-7"));
    let there = said(&once_more);
    assert!(there[0].contains("<priority") && there[0].contains(">0<"), "{there:?}");
    // What came until the server knew of it is in the archive alone.
    assert!(there[1].contains("<after>a-7</after>") && !machine.is_live(), "{there:?}");
    let done = hear(&mut machine, 11, &fin(&ids(&once_more)[0], true, "a-7"));
    // What came before the archive was read is told after it.
    assert!(matches!(&facts(&done)[..], [Of::Heard(incoming)] if incoming.uid.as_deref() == Some("early")));
    assert!(machine.is_live());
}

#[test]
fn the_engines_session_asks_for_neither_contacts_nor_copies() {
    let mut machine = machine(Account::Bot);
    let [server, account] = &began(&mut machine)[..] else { panic!("two questions") };
    hear(&mut machine, 3, &info(server, "urn:xmpp:carbons:2"));
    let done = hear(&mut machine, 4, &info(account, "urn:xmpp:mam:2"));
    assert!(said(&done)[0].contains(">-1<") && said(&done).len() == 1, "{done:?}");
    assert!(machine.is_live());
}

#[test]
fn a_question_nobody_answers_does_not_hold_the_session_up() {
    let mut machine = machine(Account::Person(7));
    began(&mut machine);
    assert_eq!(machine.wake(), Some(20_002));
    machine.on(at(20_002), Event::Tick);
    assert!(machine.is_live());
}

#[test]
fn an_archive_that_has_forgotten_the_message_is_asked_by_time() {
    let mut machine = machine(Account::Person(7));
    let asked = began(&mut machine);
    hear(&mut machine, 3, &info(&asked[0], "urn:example:nothing"));
    hear(&mut machine, 4, &info(&asked[1], "urn:xmpp:mam:2"));
    hear(&mut machine, 5, &result(&asked[2]));
    let read: Instant = "2026-07-01T10:00:30Z".parse().unwrap();
    let page = machine.on(at(6), Event::Mark(Some(ArchiveMark { id: "old".to_owned(), at: read })));
    let gone = format!(
        "<iq {CLIENT} type='error' id='{}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        ids(&page)[0]
    );
    let again = said(&hear(&mut machine, 7, &gone));
    assert!(again[0].contains("2026-07-01T09:59:30Z") && !again[0].contains("<after>"), "{again:?}");
}

#[test]
fn the_pauses_grow_to_a_minute_and_are_never_quite_the_same() {
    let mut machine = machine(Account::Bot);
    let (mut now, mut pauses) = (0, vec![]);
    for _ in 0..12 {
        machine.on(at(now), Event::Tick);
        machine.on(at(now), Event::Dialed(Err(broken())));
        let wake = machine.wake().unwrap();
        pauses.push(wake - now);
        now = wake;
    }
    for (n, pause) in pauses.iter().enumerate() {
        let middle = (1_000_u64 << n.min(6)).min(60_000);
        assert!((middle - middle / 5..=middle + middle / 5).contains(pause), "{n}: {pause}");
    }
    assert_ne!(pauses[10], pauses[11]);
    // A person need not wait.
    assert!(matches!(machine.on(at(now - 1), Event::Connect)[..], [Command::Dial { .. }, Command::Report(_)]));
}

#[test]
fn a_busy_server_is_left_alone_for_a_minute() {
    for condition in ["policy-violation", "resource-constraint"] {
        let mut machine = live();
        machine.on(at(10), Event::Broke { lost: Lost::Ended(condition.to_owned()), held: true });
        assert!(machine.wake().unwrap() >= 60_010);
    }
}

#[test]
fn a_second_refusal_is_told_from_the_first_although_no_time_has_passed() {
    let mut machine = machine(Account::Bot);
    let mut told = vec![];
    for asked in [Event::Tick, Event::Connect] {
        machine.on(at(0), asked);
        let refused = Lost::Refused("not-authorized".to_owned());
        let said = machine.on(at(0), Event::Dialed(Err(refused)));
        told.extend(said.into_iter().filter_map(|command| match command {
            Command::Report(report) => Some((report.state, report.since)),
            _ => None,
        }));
    }
    let [(SessionState::AuthFailed, first), (SessionState::AuthFailed, second)] = told[..] else { panic!("{told:?}") };
    assert!(second > first, "{told:?}");
}

#[test]
fn what_waits_for_a_person_waits_for_ever() {
    for lost in [Lost::Refused("not-authorized".to_owned()), Lost::NoPassword, Lost::PlainOnly, Lost::NoTls] {
        let mut machine = machine(Account::Bot);
        machine.on(at(0), Event::Tick);
        let stopped = machine.on(at(1), Event::Dialed(Err(lost)));
        assert!(stopped.iter().any(|command| matches!(command, Command::Drop)));
        assert_eq!(machine.wake(), None);
        for event in [Event::Tick, Event::Woke] {
            assert!(machine.on(at(1_000_000), event).is_empty());
        }
        assert!(matches!(machine.on(at(1_000_001), Event::Connect)[..], [Command::Dial { .. }, Command::Report(_)]));
    }
}

#[test]
fn two_programs_do_not_push_one_another_out_for_ever() {
    let mut machine = live();
    let mut resources = vec![];
    let mut now = 10;
    for _ in 0..3 {
        let lost = Lost::Ended("conflict".to_owned());
        let commands = machine.on(at(now), Event::Broke { lost, held: true });
        assert!(matches!(commands[0], Command::Drop), "a session that was pushed out is not taken up again");
        now = machine.wake().unwrap();
        let Some(Command::Dial { resource }) = machine.on(at(now), Event::Tick).into_iter().next() else {
            panic!("a try")
        };
        resources.push(resource);
        machine.on(at(now), Event::Dialed(Ok(place())));
    }
    resources.dedup();
    assert_eq!(resources.len(), 3, "{resources:?}");
    let stopped = machine.on(at(now), Event::Broke { lost: Lost::NotBound("conflict".to_owned()), held: false });
    let reported =
        |command: &Command| matches!(command, Command::Report(report) if report.state == SessionState::Conflict);
    assert!(stopped.iter().any(reported), "{stopped:?}");
    assert_eq!(machine.wake(), None);
}

#[test]
fn a_session_is_taken_up_again_only_where_the_server_holds_it() {
    for (held, ended) in [(true, false), (false, true)] {
        let mut machine = live();
        let commands = machine.on(at(10), Event::Broke { lost: broken(), held });
        assert_eq!(facts(&commands).contains(&Of::SessionEnded { account: Account::Person(7) }), ended);
        assert_eq!(commands.iter().any(|command| matches!(command, Command::Drop)), ended);
        assert!(!machine.is_live());
        let now = machine.wake().unwrap();
        machine.on(at(now), Event::Tick);
        machine.on(at(now), Event::Dialed(Ok(place())));
        if held {
            machine.on(at(now), Event::Resumed);
            assert!(machine.is_live());
        }
    }
}

#[test]
fn a_connection_that_does_not_answer_after_a_sleep_is_cut() {
    let mut machine = live();
    let asked = machine.on(at(10), Event::Woke);
    assert!(said(&asked)[0].contains("urn:xmpp:ping"));
    assert!(matches!(machine.on(at(20_010), Event::Tick)[..], [Command::Cut]));
    let mut machine = live();
    let asked = machine.on(at(10), Event::Woke);
    hear(&mut machine, 11, &result(&ids(&asked)[0]));
    assert!(machine.on(at(20_010), Event::Tick).is_empty());
}

#[test]
fn a_server_that_gives_no_resource_is_left_and_tried_again() {
    let mut machine = machine(Account::Bot);
    machine.on(at(0), Event::Tick);
    machine.on(at(1), Event::Dialed(Ok(place())));
    assert_eq!(machine.wake(), Some(20_001));
    let commands = machine.on(at(20_001), Event::Tick);
    assert!(matches!(commands[0], Command::Drop));
    assert!(machine.wake().is_some());
}

#[test]
fn an_answer_counts_only_from_home() {
    let mut machine = machine(Account::Person(7));
    let asked = began(&mut machine);
    for from in ["guest@chat.example", "sup1@chat.example/other", "elsewhere.example", "chat.example/x"] {
        let forged = format!(
            "<iq {CLIENT} type='result' id='{}' from='{from}'><query xmlns='jabber:iq:roster'><item jid='m@e.example'/></query></iq>",
            asked[2]
        );
        assert!(hear(&mut machine, 3, &forged).is_empty(), "{from}");
    }
    let real = format!(
        "<iq {CLIENT} type='result' id='{}' from='SUP1@chat.example'><query xmlns='jabber:iq:roster'><item jid='M@e.example' name='Мария' subscription='to'/><item jid='no jid'/><item jid='e.example'/></query></iq>",
        asked[2]
    );
    let told = facts(&hear(&mut machine, 3, &real));
    let [Of::ContactsRead { contacts, .. }] = &told[..] else { panic!("{told:?}") };
    assert_eq!(contacts.len(), 1);
    assert_eq!((contacts[0].address.as_str(), contacts[0].name.as_str()), ("m@e.example", "Мария"));
}

#[test]
fn the_list_is_changed_by_our_own_account_alone() {
    let push = |from: &str| {
        format!(
            "<iq {CLIENT} type='set' id='p' {from}><query xmlns='jabber:iq:roster'><item jid='boss@e.example' subscription='remove'/></query></iq>"
        )
    };
    let mut machine = live();
    let forged = hear(&mut machine, 10, &push("from='guest@chat.example/x'"));
    assert!(facts(&forged).is_empty() && said(&forged)[0].contains("service-unavailable"), "{forged:?}");
    for from in ["", "from='sup1@chat.example'"] {
        let told = facts(&hear(&mut machine, 10, &push(from)));
        assert!(matches!(&told[..], [Of::ContactChanged { contact, .. }] if contact.gone), "{told:?}");
    }
}

fn only(commands: &[Command]) -> Option<Incoming> {
    match &facts(commands)[..] {
        [Of::Heard(incoming)] => Some((**incoming).clone()),
        [] => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn hostile_messages_are_cut_or_left_out() {
    let mut machine = live();
    let long = only(&hear(&mut machine, 10, &message(&"i".repeat(300), &"й".repeat(12_000)))).unwrap();
    assert_eq!((long.body.chars().count(), long.uid), (10_000, None));
    let own = "from='sup1@chat.example/phone'";
    for silent in [
        message("e1", ""),
        message("e2", " \n\t "),
        format!("<message {CLIENT} type='chat' id='e3'><body>от никого</body></message>"),
        format!("<message {CLIENT} type='chat' id='e4' from='chat.example'><body>от сервера</body></message>"),
        format!(
            "<message {CLIENT} type='groupchat' id='e5' from='room@chat.example/nick'><body>комната</body></message>"
        ),
        format!("<message {CLIENT} type='error' id='e6' from='guest@chat.example'><body>ошибка</body></message>"),
        format!(
            "<message {CLIENT} type='error' from='guest@chat.example'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        ),
        format!("<message {CLIENT} type='error' id='e7' from='guest@chat.example'><error type='cancel'/></message>"),
        format!(
            "<message {CLIENT} {own}><result xmlns='urn:xmpp:mam:2' id='1' queryid='x'><forwarded xmlns='urn:xmpp:forward:0'/></result></message>"
        ),
        format!("<message {CLIENT} from='sup1@chat.example'><received xmlns='urn:xmpp:carbons:2'/></message>"),
        format!(
            "<message {CLIENT} from='sup1@chat.example'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>{}</forwarded></received></message>",
            message("c1", "копия чужого").replace("to='sup1@chat.example'", "to='other@chat.example'")
        ),
        format!("<presence {CLIENT} from='sup1@chat.example/phone'/>"),
        format!("<presence {CLIENT} type='error' from='guest@chat.example'/>"),
        format!("<presence {CLIENT} type='subscribe'/>"),
    ] {
        assert!(hear(&mut machine, 11, &silent).is_empty(), "{silent}");
    }
    let twice = message("t1", "дважды");
    assert!(only(&hear(&mut machine, 12, &twice)).is_some());
    assert!(only(&hear(&mut machine, 13, &twice)).is_none());
    let shown = facts(&hear(
        &mut machine,
        14,
        &format!(
            "<presence {CLIENT} from='guest@chat.example/{}'><status>{}</status></presence>",
            "r".repeat(900),
            "s".repeat(5_000)
        ),
    ));
    assert!(
        matches!(&shown[..], [Of::PresenceSeen { resource, status, .. }] if resource.len() == 200 && status.len() == 200)
    );
}

#[test]
fn a_time_counts_only_from_our_own_server_and_never_lies_ahead() {
    let mut machine = live();
    let delayed = |id: &str, from: &str, stamp: &str| {
        message(id, "x")
            .replace("</message>", &format!("<delay xmlns='urn:xmpp:delay' from='{from}' stamp='{stamp}'/></message>"))
    };
    let kept = only(&hear(&mut machine, 10, &delayed("d1", "chat.example", "2026-07-01T10:00:00Z"))).unwrap();
    assert_eq!((kept.way, kept.at.to_string().as_str()), (Way::Delayed, "2026-07-01T10:00:00Z"));
    let forged = only(&hear(&mut machine, 11, &delayed("d2", "evil.example", "2026-07-01T10:00:00Z"))).unwrap();
    assert_eq!((forged.way, forged.at), (Way::Live, at(11).wall));
    let ahead = only(&hear(&mut machine, 12, &delayed("d3", "chat.example", "2999-07-01T10:00:00Z"))).unwrap();
    assert_eq!(ahead.at, at(12).wall);
}

#[test]
fn looking_for_a_message_ends_with_the_session() {
    let mut machine = live();
    let look =
        Look { id: 5, to: Address::read("guest@chat.example").unwrap(), uid: "pult-1".to_owned(), since: at(0).wall };
    assert_eq!(said(&machine.on(at(10), Event::Look(Box::new(look.clone())))).len(), 1);
    let commands = machine.on(at(11), Event::Broke { lost: broken(), held: false });
    assert!(commands.iter().any(|command| matches!(command, Command::Looked { id: 5, found: Err(_) })), "{commands:?}");
    let commands = machine.on(at(12), Event::Look(Box::new(look)));
    assert!(matches!(commands[..], [Command::Looked { id: 5, found: Err(_) }]));
}

proptest! {
    #[test]
    fn no_stanza_makes_it_panic(name in "message|presence|iq", kind in "chat|error|normal|result|set|get|subscribe|",
        from in "[a-z@./ ]{0,12}|sup1@chat.example|chat.example", id in "[a-z0-9]{0,4}",
        child in "body|result|received|sent|delay|query|error|request", ns in "urn:xmpp:(mam:2|carbons:2|delay|receipts)|jabber:(client|iq:roster)",
        text in "[^<>&]{0,40}") {
        let xml = format!("<{name} {CLIENT} type='{kind}' from='{from}' id='{id}'><{child} xmlns='{ns}' id='{id}' stamp='{id}'>\
            <forwarded xmlns='urn:xmpp:forward:0'><message {CLIENT} from='{from}'><body>{text}</body></message></forwarded></{child}></{name}>");
        let mut machine = live();
        hear(&mut machine, 10, &xml);
        machine.on(at(100_000), Event::Tick);
    }
}

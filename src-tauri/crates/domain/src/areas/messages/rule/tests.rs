//! One message, many ways; what is told, read, tried again and given up.

use jiff::{SignedDuration, ToSpan};

use super::{
    super::{Conversation, Incoming, MessageState, Newest, Peer, Way, Words},
    *,
};
use crate::{Failure, NoticeId, TimerChange};

const PERSON: Account = Account::Person(7);

fn now() -> Instant {
    "2026-11-20T14:32:22Z".parse().unwrap()
}

fn ago(minutes: i64) -> Instant {
    now() - minutes.minutes()
}

fn peer() -> Address {
    Address::read("m.orlova@example.com").unwrap()
}

fn known() -> Known {
    Known {
        next: MessageId(5),
        owner: Some("anna".to_owned()),
        message: None,
        duplicate: false,
        peer: Peer { name: "Мария Орлова".to_owned(), contact: true, ..Peer::default() },
        conversation: Conversation::default(),
        asked: false,
        admins: vec!["root".to_owned()],
    }
}

fn policy() -> Policy {
    Policy { strangers: false, sender: true, staff: vec!["example.com".to_owned()] }
}

fn incoming() -> Incoming {
    Incoming {
        account: PERSON,
        peer: peer(),
        ours: false,
        uid: Some("a1".to_owned()),
        archive: Some("x1".to_owned()),
        body: "Добрый день".to_owned(),
        at: now(),
        way: Way::Live,
    }
}

fn heard(incoming: Incoming, known: &Known, policy: &Policy) -> Decision<Change> {
    decide(&Fact::Heard(Box::new(incoming)), now(), known, policy)
}

fn kept(state: Option<MessageState>) -> Kept {
    Kept {
        id: MessageId(3),
        account: PERSON,
        peer: peer(),
        ours: state.is_some(),
        uid: Some("a1".to_owned()),
        archive: None,
        at: ago(1),
        state,
        returned: false,
        tries: 0,
        again_at: None,
        words: Some(Words::Typed { text: "Добрый день".to_owned() }),
    }
}

fn with(message: Kept) -> Known {
    Known { message: Some(message), ..known() }
}

fn raised(decision: &Decision<Change>) -> Vec<&crate::Notice> {
    let notices = decision.notices.iter();
    notices
        .filter_map(|change| match change {
            NoticeChange::Raise(notice) => Some(notice),
            NoticeChange::Clear { .. } | NoticeChange::Read { .. } => None,
        })
        .collect()
}

fn read(decision: &Decision<Change>) -> Vec<&str> {
    let notices = decision.notices.iter();
    notices
        .filter_map(|change| match change {
            NoticeChange::Read { key } => Some(key.as_str()),
            NoticeChange::Raise(_) | NoticeChange::Clear { .. } => None,
        })
        .collect()
}

#[test]
fn a_message_is_one_notice_to_its_owner() {
    let decision = heard(incoming(), &known(), &policy());
    assert!(matches!(&decision.changes[..], [Change::Archived { .. }, Change::Keep(new)] if new.id == MessageId(5)));
    let notice = raised(&decision)[0];
    assert_eq!(notice.key, "message:7/m.orlova@example.com");
    assert!(matches!(&notice.to, Audience::People(told) if told[0].login == "anna"));
    assert_eq!((&notice.values["name"], &notice.values["text"]), (&"Мария Орлова".into(), &"Добрый день".into()));
    assert_eq!(notice.values["times"], 1);
}

#[test]
fn what_people_wrote_stands_in_no_decision() {
    let decision = heard(incoming(), &known(), &policy());
    let written = decide(&typed("Добрый день"), now(), &known(), &policy());
    for decision in [decision, written] {
        let journal =
            serde_json::to_string(&decision.changes).unwrap() + &serde_json::to_string(&decision.explanation).unwrap();
        assert!(!journal.contains("Добрый"), "{journal}");
    }
    for fact in [Fact::Heard(Box::new(incoming())), typed("Добрый день")] {
        assert!(!serde_json::to_string(&fact.without_words()).unwrap().contains("Добрый"));
    }
}

#[test]
fn a_copy_adds_what_it_knows_and_nothing_else() {
    let again = heard(incoming(), &with(kept(None)), &policy());
    assert!(matches!(&again.changes[..], [
        Change::Archived { .. },
        Change::Complete { archive: Some(archive), at, .. },
    ] if archive == "x1" && *at == ago(1)));
    assert!(again.notices.is_empty());
    let whole = Kept { archive: Some("x1".to_owned()), ..kept(None) };
    let same = heard(Incoming { archive: None, ..incoming() }, &with(whole), &policy());
    assert!(same.changes.is_empty() && same.notices.is_empty());
}

#[test]
fn an_old_message_is_listed_and_told_to_nobody() {
    let old = |minutes, way| heard(Incoming { at: ago(minutes), way, ..incoming() }, &known(), &policy());
    assert!(raised(&old(15, Way::Archive)).is_empty());
    assert_eq!(old(15, Way::Archive).changes.len(), 2, "it is kept");
    assert_eq!(raised(&old(14, Way::Delayed)).len(), 1);
    assert_eq!(raised(&old(15, Way::Live)).len(), 1);
}

#[test]
fn a_stranger_is_not_kept_unless_that_is_allowed_or_they_were_written_to() {
    let stranger = Known { peer: Peer::default(), ..known() };
    let outside = Policy { staff: vec![], ..policy() };
    let dropped = heard(incoming(), &stranger, &outside);
    assert_eq!(dropped.explanation.rule, "messages.heard.stranger");
    assert!(matches!(&dropped.changes[..], [Change::Archived { .. }]) && dropped.notices.is_empty());
    assert_eq!(raised(&heard(incoming(), &stranger, &Policy { strangers: true, ..outside.clone() })).len(), 1);
    assert_eq!(raised(&heard(incoming(), &stranger, &policy())).len(), 1, "the house's own");
    let written = Known { peer: Peer { written: true, ..Peer::default() }, ..known() };
    assert_eq!(raised(&heard(incoming(), &written, &outside)).len(), 1);
    let person = Known { peer: Peer { person: true, ..Peer::default() }, ..known() };
    assert_eq!(raised(&heard(incoming(), &person, &outside)).len(), 1);
}

#[test]
fn what_one_writes_in_another_program_marks_the_conversation_read() {
    let ours = Incoming { ours: true, way: Way::Copy, ..incoming() };
    let decision = heard(ours.clone(), &known(), &policy());
    assert!(matches!(&decision.changes[..], [_, Change::Keep(_), Change::Read { at, .. }] if *at == now()));
    assert_eq!(read(&decision), ["message:7/m.orlova@example.com"]);
    // Something newer of theirs is left to read.
    let newest = Some(Newest { at: now() + SignedDuration::from_secs(1), text: String::new() });
    let later = Known { conversation: Conversation { newest, ..Conversation::default() }, ..known() };
    assert!(read(&heard(ours, &later, &policy())).is_empty());
    let read = Known { conversation: Conversation { read_at: Some(now()), ..Conversation::default() }, ..known() };
    assert_eq!(heard(incoming(), &read, &policy()).explanation.rule, "messages.heard.read_already");
}

#[test]
fn a_notice_that_was_put_aside_is_news_again() {
    let told = |told| Known { conversation: Conversation { told, ..Conversation::default() }, ..known() };
    let cleared = |change: &&NoticeChange| matches!(change, NoticeChange::Clear { .. });
    let keys = |known: &Known| heard(incoming(), known, &policy()).notices.iter().filter(cleared).count();
    assert_eq!([keys(&told(None)), keys(&told(Some(false))), keys(&told(Some(true)))], [0, 0, 1]);
}

#[test]
fn a_notice_shows_the_newest_message() {
    let newest = Some(Newest { at: now(), text: "Позже".to_owned() });
    let known = Known { conversation: Conversation { newest, unread: 1, ..Conversation::default() }, ..known() };
    let decision = heard(Incoming { at: ago(1), ..incoming() }, &known, &policy());
    assert_eq!(raised(&decision)[0].values["text"], "Позже");
    assert_eq!(raised(&decision)[0].values["times"], 2);
}

#[test]
fn what_the_engine_itself_wrote_of_a_notice_is_no_other_notice() {
    let decision = heard(incoming(), &Known { duplicate: true, ..known() }, &policy());
    assert!(decision.notices.is_empty());
    assert!(matches!(decision.changes[..], [Change::Archived { .. }]));
}

#[test]
fn what_is_written_to_the_engine_is_kept_and_told_to_nobody() {
    let known = Known { owner: None, ..known() };
    let decision = heard(Incoming { account: Account::Bot, ..incoming() }, &known, &policy());
    assert!(decision.notices.is_empty() && decision.changes.len() == 2);
    assert!(heard(incoming(), &known, &policy()).changes.is_empty(), "an account nobody has any more");
}

fn typed(text: &str) -> Fact {
    Fact::Written { account: PERSON, to: peer(), text: text.to_owned(), uid: "u1".to_owned(), by: "anna".to_owned() }
}

fn sending(decision: &Decision<Change>) -> Vec<&crate::areas::messages::SendMessage> {
    let effects = decision.effects.iter();
    effects
        .filter_map(|order| match &order.effect {
            Effect::SendMessage(send) => Some(&**send),
            _ => None,
        })
        .collect()
}

#[test]
fn what_is_written_is_owed_for_a_day_in_the_order_of_its_conversation() {
    let decision = decide(&typed("Смотрю"), now(), &known(), &policy());
    assert_eq!(decision.answer, Some(Answer::MessageTaken { message: MessageId(5) }));
    let order = &decision.effects[0];
    assert_eq!(order.subject, Subject::conversation(PERSON, &peer()));
    assert_eq!(order.not_after, Some(now() + SignedDuration::from_hours(24)));
    assert_eq!((sending(&decision)[0].uid.as_str(), sending(&decision)[0].since), ("u1", now()));
    assert_eq!(read(&decision).len(), 1, "whoever answers has read");
    for known in [Known { owner: None, ..known() }, with(kept(Some(MessageState::Sent)))] {
        assert!(decide(&typed("Смотрю"), now(), &known, &policy()).effects.is_empty());
    }
    let off = Policy { sender: false, ..policy() };
    assert_eq!(decide(&typed("Смотрю"), now(), &known(), &off).answer, Some(Answer::Unchanged));
}

fn state(decision: &Decision<Change>) -> Option<MessageState> {
    decision.changes.iter().find_map(|change| match change {
        Change::Became { state, .. } => Some(*state),
        _ => None,
    })
}

fn returned(again: bool) -> Fact {
    Fact::Returned {
        account: PERSON,
        from: peer(),
        uid: "a1".to_owned(),
        failure: Failure::Refused,
        again,
        detail: "recipient-unavailable".to_owned(),
    }
}

#[test]
fn a_message_only_goes_forward() {
    let after = |before, fact: &Fact| state(&decide(fact, now(), &with(kept(before)), &policy()));
    let sent = Fact::Sent { message: MessageId(3) };
    let delivered = Fact::Delivered { account: PERSON, from: peer(), uid: "a1".to_owned() };
    use MessageState::{Delivered, Failed, Queued, Sent};
    assert_eq!(after(Some(Queued), &sent), Some(Sent));
    for state in [Some(Delivered), Some(Sent), None] {
        assert_eq!(after(state, &sent), None, "{state:?}");
    }
    let failed = |returned| {
        let kept = Kept { returned, ..kept(Some(Failed)) };
        state(&decide(&sent, now(), &with(kept), &policy()))
    };
    assert_eq!((failed(true), failed(false)), (None, Some(Sent)), "it came back, or was sent after all");
    for state in [Queued, Sent, Failed] {
        assert_eq!(after(Some(state), &delivered), Some(Delivered), "{state:?}");
    }
    assert_eq!(after(Some(Sent), &returned(false)), Some(Failed));
    assert_eq!(after(Some(Delivered), &returned(false)), None, "one of several programs");
    let nobody = Known { message: None, ..known() };
    assert_eq!(decide(&delivered, now(), &nobody, &policy()).explanation.rule, "messages.no_message");
}

#[test]
fn what_came_back_is_tried_three_times_more() {
    let mut message = kept(Some(MessageState::Sent));
    let mut waits = vec![];
    loop {
        let decision = decide(&returned(true), now(), &with(message.clone()), &policy());
        let Some(TimerChange::Set { key, due }) = decision.timers.first() else {
            assert_eq!(state(&decision), Some(MessageState::Failed));
            break;
        };
        let [Change::Wait { until, tries, .. }] = decision.changes[..] else { panic!("{decision:?}") };
        assert_eq!((until, key.as_str()), (*due, "again/3"));
        waits.push(until.duration_since(now()).as_mins());
        let waiting = Kept { state: Some(MessageState::Queued), tries, again_at: Some(until), ..message.clone() };
        let again = fact_of_timer(key).unwrap();
        assert!(decide(&returned(true), now(), &with(waiting.clone()), &policy()).timers.is_empty(), "told twice");
        let decision = decide(&again, until, &with(waiting), &policy());
        assert_eq!((sending(&decision)[0].uid.as_str(), sending(&decision)[0].since), ("a1", until));
        message.tries = tries;
    }
    assert_eq!(waits, [1, 5, 15]);
}

#[test]
fn a_person_may_have_what_failed_sent_again() {
    let again = Fact::TryAgain { message: MessageId(3), by: Some("anna".to_owned()) };
    let failed = Kept { tries: 3, ..kept(Some(MessageState::Failed)) };
    let decision = decide(&again, now(), &with(failed.clone()), &policy());
    assert_eq!(sending(&decision).len(), 1);
    assert_eq!(decision.changes, [Change::Again { message: MessageId(3), tries: 0 }]);
    for state in [MessageState::Queued, MessageState::Sent, MessageState::Delivered] {
        assert!(decide(&again, now(), &with(kept(Some(state))), &policy()).effects.is_empty());
    }
    let erased = Kept { words: None, ..failed };
    assert!(decide(&again, now(), &with(erased), &policy()).effects.is_empty());
    let by_itself = Fact::TryAgain { message: MessageId(3), by: None };
    let failed = kept(Some(MessageState::Failed));
    assert!(decide(&by_itself, now(), &with(failed), &policy()).effects.is_empty());
}

#[test]
fn duplicates_that_reach_nobody_are_told_once_a_day() {
    let bot = Kept { account: Account::Bot, ..kept(Some(MessageState::Queued)) };
    let fact = Fact::NotSent { message: MessageId(3), failure: Failure::DoesNotExist, detail: String::new() };
    let decision = decide(&fact, now(), &with(bot), &policy());
    let notice = raised(&decision)[0];
    assert_eq!(notice.key, "message:undelivered/2026-11-20");
    assert!(matches!(&notice.to, Audience::People(told) if told[0].login == "root"));
    let own = decide(&fact, now(), &with(kept(Some(MessageState::Queued))), &policy());
    assert!(own.notices.is_empty() && state(&own) == Some(MessageState::Failed));
}

#[test]
fn only_the_house_may_see_without_being_asked_about() {
    let asked = |from: &str, known: &Known, policy: &Policy| {
        let from = Address::read(from).unwrap();
        decide(&Fact::SubscriptionAsked { account: PERSON, from }, now(), known, policy)
    };
    let allowed = asked("b.ivanov@example.com", &known(), &policy());
    assert!(matches!(allowed.effects[0].effect, Effect::AnswerSubscription { allow: true, .. }));
    let other = asked("b.ivanov@elsewhere.example", &known(), &policy());
    assert!(other.effects.is_empty() && matches!(other.changes[..], [Change::Question { .. }]));
    let colleague = Known { peer: Peer { person: true, ..Peer::default() }, ..known() };
    assert_eq!(asked("b.ivanov@elsewhere.example", &colleague, &policy()).effects.len(), 1, "of the console");
    let twice = Known { asked: true, ..known() };
    assert!(asked("b.ivanov@elsewhere.example", &twice, &policy()).changes.is_empty());
    let exact = Policy { staff: vec!["a@example.com".to_owned()], ..policy() };
    assert!(asked("b@example.com", &known(), &exact).effects.is_empty(), "an address is not its domain");
    let said = Fact::SubscriptionDecided { account: PERSON, from: peer(), allow: false, by: "anna".to_owned() };
    let decision = decide(&said, now(), &twice, &policy());
    assert!(matches!(decision.effects[0].effect, Effect::AnswerSubscription { allow: false, .. }));
    assert!(decide(&said, now(), &known(), &policy()).effects.is_empty(), "nobody asked");
}

#[test]
fn a_duplicate_is_one_message_of_the_engine() {
    let said = ("Касса".to_owned(), Words::Told { line: "Касса".to_owned(), subject: String::new(), url: None });
    let (change, order) = duplicate(MessageId(9), NoticeId(4), &peer(), "pult-x-4-1-7", said, now());
    let Change::Keep(new) = change else { panic!("a row") };
    assert_eq!((new.account, new.notice, new.state), (Account::Bot, Some(NoticeId(4)), Some(MessageState::Queued)));
    let Effect::SendMessage(send) = &order.effect else { panic!("an effect") };
    assert_eq!((send.message, send.uid.as_str(), send.from), (MessageId(9), "pult-x-4-1-7", Account::Bot));
    assert_eq!(order.subject, Subject::conversation(Account::Bot, &peer()));
}

//! What we say: sent once, delivered as far as the other side tells, tried again where that may help, given up where it does not.
//!
//! Deliberately not here: what others say (`heard`).

use jiff::SignedDuration;
use serde_json::json;

use super::{
    super::{Account, Address, Change, Kept, Known, MessageState, NewMessage, Policy, SendMessage, Words},
    admins, again_key, answered, change_only, cut, explain, named, was_read,
};
use crate::{
    Answer, Decision, Effect, EffectOrder, Explanation, Failure, Instant, Level, MessageId, Notice, NoticeChange,
    NoticeClass, NoticeId, Subject, TimerChange,
};

/// Nobody waits longer for a message (contracts/xmpp 9).
const LIFE: SignedDuration = SignedDuration::from_hours(24);
/// How long a message that came back waits for each further try.
const WAITS: [SignedDuration; 3] =
    [SignedDuration::from_mins(1), SignedDuration::from_mins(5), SignedDuration::from_mins(15)];
/// Characters kept of what was seen when a message failed.
const LONGEST_DETAIL: usize = 500;

/// What a person typed.
pub(super) struct Typed<'f> {
    pub(super) account: Account,
    pub(super) to: &'f Address,
    pub(super) text: &'f str,
    pub(super) uid: &'f str,
    pub(super) by: &'f str,
}

/// One effect, the same for every try but for when it was ordered.
fn order(kept: &Kept, words: Words, at: Instant, urgent: bool) -> EffectOrder {
    let effect = Effect::SendMessage(Box::new(SendMessage {
        message: kept.id,
        from: kept.account,
        to: kept.peer.clone(),
        uid: kept.uid.clone().unwrap_or_default(),
        words,
        since: at,
    }));
    let not_after = at.checked_add(LIFE).ok();
    EffectOrder { subject: Subject::conversation(kept.account, &kept.peer), not_after, urgent, effect }
}

fn queued(id: MessageId, account: Account, peer: &Address, uid: &str, at: Instant) -> Kept {
    Kept {
        id,
        account,
        peer: peer.clone(),
        ours: true,
        uid: Some(uid.to_owned()),
        archive: None,
        at,
        state: Some(MessageState::Queued),
        returned: false,
        tries: 0,
        again_at: None,
        words: None,
    }
}

/// The row and the effect of a notice that goes to somebody's messenger as well; `text` is what it says, for people.
#[must_use]
pub fn duplicate(
    id: MessageId,
    notice: NoticeId,
    to: &Address,
    uid: &str,
    (text, words): (String, Words),
    at: Instant,
) -> (Change, EffectOrder) {
    let kept = queued(id, Account::Bot, to, uid, at);
    let new = NewMessage { notice: Some(notice), words: Some(words.clone()), text, ..new_of(&kept) };
    (Change::Keep(Box::new(new)), order(&kept, words, at, false))
}

/// Why messages are owed for a notice that no decision raised.
#[must_use]
pub fn of_notice(notice: NoticeId, code: &str) -> Explanation {
    Explanation::of("messages.notice_raised", json!({ "notice": notice, "code": code }))
}

fn new_of(kept: &Kept) -> NewMessage {
    NewMessage {
        id: kept.id,
        account: kept.account,
        peer: kept.peer.clone(),
        ours: true,
        uid: kept.uid.clone(),
        archive: None,
        text: String::new(),
        words: None,
        at: kept.at,
        state: kept.state,
        by: None,
        notice: None,
    }
}

pub(super) fn written(said: &Typed<'_>, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    if known.owner.is_none() {
        return answered(Answer::Unchanged, explain("messages.written.nobodys", known));
    }
    if !policy.sender {
        return answered(Answer::Unchanged, explain("messages.written.not_connected", known));
    }
    if let Some(kept) = &known.message {
        return answered(Answer::MessageTaken { message: kept.id }, explain("messages.written.again", known));
    }
    let kept = queued(known.next, said.account, said.to, said.uid, at);
    let new = NewMessage { text: said.text.to_owned(), by: Some(said.by.to_owned()), ..new_of(&kept) };
    Decision {
        changes: vec![
            Change::Keep(Box::new(new)),
            // Whoever answers has read what they answer.
            Change::Read { account: said.account, peer: said.to.clone(), at },
        ],
        effects: vec![order(&kept, Words::Typed { text: said.text.to_owned() }, at, true)],
        notices: was_read(said.account, said.to),
        ..answered(
            Answer::MessageTaken { message: kept.id },
            explain("messages.written", known).with("to", said.to.as_str()).with("by", said.by),
        )
    }
}

fn became(message: MessageId, state: MessageState) -> Change {
    Change::Became { message, state, failure: None, detail: None, returned: false }
}

pub(super) fn sent(known: &Known) -> Decision<Change> {
    let kept = match named(known) {
        Ok(kept) => kept,
        Err(nothing) => return nothing,
    };
    // What came back, or arrived, before the server's own answer was told is further than that. What could not be handed over may have been
    // ordered again by a person among the deliveries.
    let open = match kept.state {
        Some(MessageState::Queued) => kept.again_at.is_none(),
        Some(MessageState::Failed) => !kept.returned,
        _ => false,
    };
    match open {
        true => change_only(became(kept.id, MessageState::Sent), explain("messages.sent", known)),
        false => answered(Answer::Unchanged, explain("messages.sent.late", known)),
    }
}

pub(super) fn delivered(known: &Known) -> Decision<Change> {
    let kept = match named(known) {
        Ok(kept) => kept,
        Err(nothing) => return nothing,
    };
    if matches!(kept.state, None | Some(MessageState::Delivered)) {
        return answered(Answer::Unchanged, explain("messages.delivered.again", known));
    }
    let timers = match kept.again_at {
        Some(_) => vec![TimerChange::Lift { key: again_key(kept.id) }],
        None => vec![],
    };
    Decision { timers, ..change_only(became(kept.id, MessageState::Delivered), explain("messages.delivered", known)) }
}

pub(super) fn returned(failure: Failure, again: bool, detail: &str, at: Instant, known: &Known) -> Decision<Change> {
    let kept = match named(known) {
        Ok(kept) => kept,
        Err(nothing) => return nothing,
    };
    let open = matches!(kept.state, Some(MessageState::Queued | MessageState::Sent)) && kept.again_at.is_none();
    if !open {
        return answered(Answer::Unchanged, explain("messages.returned.late", known));
    }
    let explanation = |rule: &str| explain(rule, known).with("failure", failure.as_ref()).with("detail", detail);
    let wait = usize::try_from(kept.tries).ok().and_then(|tries| WAITS.get(tries));
    match wait.filter(|_| again) {
        Some(wait) => {
            let until = at.checked_add(*wait).unwrap_or(at);
            let change = Change::Wait { message: kept.id, until, tries: kept.tries + 1 };
            Decision {
                timers: vec![TimerChange::Set { key: again_key(kept.id), due: until }],
                ..change_only(change, explanation("messages.returned.again_later").with("tries", kept.tries + 1))
            }
        }
        None => Decision {
            notices: alert(kept, failure, at, known),
            ..change_only(failed(kept.id, failure, detail, true), explanation("messages.returned"))
        },
    }
}

fn failed(message: MessageId, failure: Failure, detail: &str, returned: bool) -> Change {
    let detail = Some(cut(detail, LONGEST_DETAIL)).filter(|detail| !detail.is_empty());
    Change::Became { message, state: MessageState::Failed, failure: Some(failure), detail, returned }
}

pub(super) fn not_sent(failure: Failure, detail: &str, at: Instant, known: &Known) -> Decision<Change> {
    let kept = match named(known) {
        Ok(kept) => kept,
        Err(nothing) => return nothing,
    };
    if kept.state != Some(MessageState::Queued) || kept.again_at.is_some() {
        return answered(Answer::Unchanged, explain("messages.not_sent.late", known));
    }
    Decision {
        notices: alert(kept, failure, at, known),
        ..change_only(
            failed(kept.id, failure, detail, false),
            explain("messages.not_sent", known).with("failure", failure.as_ref()).with("detail", detail),
        )
    }
}

/// Duplicates that reach nobody are told once a day; a person sees with each message what became of it.
fn alert(kept: &Kept, failure: Failure, at: Instant, known: &Known) -> Vec<NoticeChange> {
    if kept.account != Account::Bot {
        return vec![];
    }
    let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let values = json!({ "peer": kept.peer, "name": known.peer.name, "failure": failure });
    vec![NoticeChange::Raise(Notice {
        key: format!("message:undelivered/{day}"),
        class: NoticeClass::Message,
        level: Level::Warning,
        subject: Subject::conversation(Account::Bot, &kept.peer),
        code: "messages.undelivered".to_owned(),
        values: values.as_object().cloned().unwrap_or_default(),
        to: admins(known),
    })]
}

pub(super) fn try_again(by: Option<&str>, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let kept = match named(known) {
        Ok(kept) => kept,
        Err(nothing) => return nothing,
    };
    let explanation = |rule: &str| explain(rule, known).with("by", by);
    let waits = kept.state == Some(MessageState::Queued) && kept.again_at.is_some();
    let may = waits || (by.is_some() && kept.state == Some(MessageState::Failed));
    let Some(words) = kept.words.clone().filter(|_| may) else {
        return answered(Answer::Unchanged, explanation("messages.try_again.not_possible"));
    };
    if !policy.sender {
        return match by {
            Some(_) => answered(Answer::Unchanged, explanation("messages.try_again.not_connected")),
            None => change_only(
                failed(kept.id, Failure::Unsupported, "", false),
                explanation("messages.try_again.not_connected"),
            ),
        };
    }
    let timers = match (waits, by) {
        (true, Some(_)) => vec![TimerChange::Lift { key: again_key(kept.id) }],
        _ => vec![],
    };
    // A person's wish begins the tries anew.
    let tries = if by.is_some() { 0 } else { kept.tries };
    Decision {
        effects: vec![order(kept, words, at, by.is_some())],
        timers,
        ..change_only(Change::Again { message: kept.id, tries }, explanation("messages.try_again"))
    }
}

//! What came: kept once whatever ways it comes, told of while it is fresh, and read by its person here or elsewhere.
//!
//! Deliberately not here: what becomes of what we say (`said`).

use jiff::SignedDuration;
use serde_json::json;

use super::{
    super::{Account, Address, Change, Incoming, Kept, Known, NewMessage, Newest, Policy, Way},
    answered, cut, explain, is_ours, named, notice_key, was_read,
};
use crate::{
    Answer, Audience, Decision, Explanation, Instant, Level, Notice, NoticeChange, NoticeClass, Subject, Told,
};

/// An older message is listed and told to nobody (contracts/xmpp 3).
const FRESH: SignedDuration = SignedDuration::from_mins(15);
/// Characters of a message that its notice has.
const SHOWN: usize = 200;

pub(super) fn heard(incoming: &Incoming, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    let Incoming { account, peer, ours, .. } = incoming;
    let explain = |rule: &str| explain(rule, known).with("peer", peer.as_str()).with("way", incoming.way.as_ref());
    if !is_ours(*account, known) {
        return Decision::nothing(explain("messages.heard.nobodys"));
    }
    let archived = incoming.archive.clone().map(|id| Change::Archived { account: *account, id, at: incoming.at });
    let mut changes: Vec<Change> = archived.into_iter().collect();
    if let Some(kept) = &known.message {
        return again(incoming, kept, changes, known, explain("messages.heard.again"));
    }
    if known.duplicate {
        // The notice it tells of stands in the console already.
        return Decision { changes, ..Decision::nothing(explain("messages.heard.duplicate")) };
    }
    let stranger = !ours && !known.peer.contact && !known.peer.person && !known.peer.written;
    if stranger && !policy.strangers && !policy.is_staff(peer) {
        // That it was looked at is remembered: the archive is not read again for its sake.
        return Decision { changes, ..Decision::nothing(explain("messages.heard.stranger")) };
    }
    changes.push(Change::Keep(Box::new(NewMessage {
        id: known.next,
        account: *account,
        peer: peer.clone(),
        ours: *ours,
        uid: incoming.uid.clone(),
        archive: incoming.archive.clone(),
        text: incoming.body.clone(),
        words: None,
        at: incoming.at,
        state: None,
        by: None,
        notice: None,
    })));
    let (rule, notices) = if *ours {
        changes.push(Change::Read { account: *account, peer: peer.clone(), at: incoming.at });
        ("messages.heard.ours", read_upto(*account, peer, incoming.at, known))
    } else if known.conversation.read_at.is_some_and(|read| incoming.at <= read) {
        ("messages.heard.read_already", vec![])
    } else if incoming.way != Way::Live && at.duration_since(incoming.at) >= FRESH {
        ("messages.heard.old", vec![])
    } else {
        ("messages.heard", told(incoming, known))
    };
    Decision { changes, notices, ..answered(Answer::Done, explain(rule)) }
}

/// Another copy of what is kept: it may know more of it.
fn again(
    incoming: &Incoming,
    kept: &Kept,
    mut changes: Vec<Change>,
    known: &Known,
    explanation: Explanation,
) -> Decision<Change> {
    let uid = kept.uid.clone().or_else(|| incoming.uid.clone());
    let archive = kept.archive.clone().or_else(|| incoming.archive.clone());
    // Of two clocks, the earlier: which copy came first must not matter.
    let at = kept.at.min(incoming.at);
    let mut notices = vec![];
    if (&uid, &archive, at) != (&kept.uid, &kept.archive, kept.at) {
        changes.push(Change::Complete { message: kept.id, uid, archive, at });
        let read_at = known.conversation.read_at;
        let read_now = !kept.ours && read_at.is_some_and(|read| kept.at > read && at <= read);
        if read_now && known.conversation.unread <= 1 {
            notices = was_read(kept.account, &kept.peer);
        }
    }
    Decision { changes, notices, ..answered(Answer::Unchanged, explanation) }
}

/// The notice of a conversation goes when nothing of it is left to read.
fn read_upto(account: Account, peer: &Address, at: Instant, known: &Known) -> Vec<NoticeChange> {
    match known.conversation.newest.as_ref().is_some_and(|newest| newest.at > at) {
        true => vec![],
        false => was_read(account, peer),
    }
}

/// One notice of a conversation, however much is written.
fn told(incoming: &Incoming, known: &Known) -> Vec<NoticeChange> {
    let (Some(key), Some(owner)) = (notice_key(incoming.account, &incoming.peer), &known.owner) else { return vec![] };
    let conversation = &known.conversation;
    let text = match &conversation.newest {
        Some(Newest { at, text }) if *at > incoming.at => text,
        _ => &incoming.body,
    };
    let name = if known.peer.name.is_empty() { incoming.peer.as_str() } else { &known.peer.name };
    let values = json!({
        "peer": incoming.peer,
        "name": name,
        "text": cut(text, SHOWN),
        "times": conversation.unread.saturating_add(1),
    });
    let notice = Notice {
        key: key.clone(),
        class: NoticeClass::Message,
        level: Level::Info,
        subject: Subject::conversation(incoming.account, &incoming.peer),
        code: "messages.heard".to_owned(),
        values: values.as_object().cloned().unwrap_or_default(),
        to: Audience::People(vec![Told { login: owner.clone(), why: "recipient".to_owned() }]),
    };
    // What was read and put aside is news again only as another notice.
    let aside = (conversation.told == Some(true)).then_some(NoticeChange::Clear { key });
    aside.into_iter().chain([NoticeChange::Raise(notice)]).collect()
}

pub(super) fn seen(account: Account, peer: &Address, known: &Known) -> Decision<Change> {
    let upto = match named(known) {
        Ok(kept) if kept.account == account && kept.peer == *peer => kept.at,
        Ok(_) => return answered(Answer::Unchanged, explain("messages.no_message", known)),
        Err(nothing) => return nothing,
    };
    if known.conversation.read_at.is_some_and(|read| upto <= read) {
        return answered(Answer::Unchanged, explain("messages.seen.again", known));
    }
    Decision {
        changes: vec![Change::Read { account, peer: peer.clone(), at: upto }],
        notices: read_upto(account, peer, upto, known),
        ..answered(Answer::Done, explain("messages.seen", known))
    }
}

//! Copies: what is said in a conversation goes to its issue, and what is said of the issue into its conversation, each once and in order
//! (behaviour/chat_tracker 6, 7).
//!
//! Deliberately not here: telling an echo (`radar`), what does not go through (`stuck`), and the words around a copy (the integrations').

use serde_json::json;

use super::{
    super::{
        ChatMessage, ChatUser, Comment, Edits, FileLink, IssueCard, Item, ItemState, Link, Mentions, Side, Trace,
        owed::{Event, PostComment, Reply},
    },
    access, radar,
    stuck::{CHAT_GONE, NOT_CONNECTED, UNPLACED, barred_key, fail, hold, item_key, pause, paused_key, skip, standing},
    work::Work,
};
use crate::{Answer, Effect, Instant, Level, Subject};

/// A message in a thread: its conversation is known, or is looked for at the tracker.
pub(super) fn written(work: &mut Work<'_>, message: &ChatMessage, parent: i64) -> &'static str {
    if work.known.item.is_some() {
        return "chat_link.written.again";
    }
    let item = Item {
        external: message.id.to_string(),
        message: Some(message.id),
        user: Some(message.user),
        text: message.text.clone(),
        ..blank(work, Side::Chat)
    };
    match work.known.link.clone() {
        Some(link) => {
            read(work, item, &link);
            "chat_link.written"
        }
        None => {
            find(work, Item { parent: Some(parent), ..item }, parent);
            "chat_link.written.unknown_thread"
        }
    }
}

fn blank(work: &mut Work<'_>, side: Side) -> Item {
    Item {
        id: work.new_item(),
        link: None,
        side,
        external: String::new(),
        event: Event::Written,
        message: None,
        parent: None,
        user: None,
        author: String::new(),
        text: String::new(),
        files: vec![],
        mentioned: Mentions::default(),
        hops: 0,
        origin: None,
        state: ItemState::Finding,
        reason: None,
        copy: None,
        at: work.at,
    }
}

/// The files of a message that became an issue: its words are in the issue already.
pub(super) fn files_of(work: &mut Work<'_>, message: i64, user: i64, link: &Link) {
    let item =
        Item { external: message.to_string(), message: Some(message), user: Some(user), ..blank(work, Side::Chat) };
    read(work, item, link);
}

fn read(work: &mut Work<'_>, item: Item, link: &Link) {
    let Some(message) = item.message else { return };
    let item = Item { link: Some(link.id), ..item };
    if !work.has(Side::Chat) {
        return fail(work, item, Some(link), NOT_CONNECTED);
    }
    work.order(Subject::issue(&link.issue), Effect::ReadMessage { item: item.id, message });
    work.keep_item(Item { state: ItemState::Reading, reason: None, ..item });
}

fn find(work: &mut Work<'_>, item: Item, parent: i64) {
    if !work.has(Side::Tracker) {
        return fail(work, item, None, NOT_CONNECTED);
    }
    let effect = Effect::FindIssueOfMessage { item: item.id, message: parent };
    work.order(Subject::chat_thread(parent), effect);
    work.keep_item(Item { reason: None, ..item });
}

/// The first message of a conversation stands, or will not: what waited for its thread to be known goes on.
pub(super) fn placed(work: &mut Work<'_>, link: Option<&Link>) {
    for item in work.known.finding.clone() {
        let Some(parent) = item.parent else { continue };
        let waits = item.reason.as_deref() == Some(NO_ANCHOR_YET);
        match link.filter(|link| link.message == Some(parent)) {
            Some(link) => read(work, item, link),
            None if waits && !work.known.anchoring => find(work, item, parent),
            None => {}
        }
    }
}

/// Why a message waits in a thread that may turn out to be of a conversation.
const NO_ANCHOR_YET: &str = "no_anchor_yet";

pub(super) fn issue_found(work: &mut Work<'_>, issue: Option<&IssueCard>) -> &'static str {
    let Some(item) = standing(work, ItemState::Finding) else { return "chat_link.late" };
    work.clear(UNPLACED.to_owned());
    // Found meanwhile by another message of the same thread.
    let link = work.known.link.clone().or_else(|| issue.and_then(|issue| work.adopt(issue)));
    match link {
        Some(link) => {
            read(work, item, &link);
            "chat_link.issue_found"
        }
        // Its thread may be that of a first message whose receipt is lost or late.
        None if work.known.anchoring && item.parent.is_some() => {
            work.keep_item(Item { reason: Some(NO_ANCHOR_YET.to_owned()), ..item });
            "chat_link.no_anchor_yet"
        }
        None => {
            skip(work, item, "no_issue");
            "chat_link.no_issue"
        }
    }
}

pub(super) fn message_read(
    work: &mut Work<'_>,
    author: &ChatUser,
    files: &[FileLink],
    mentioned: &[ChatUser],
) -> &'static str {
    work.keep_user(author);
    let Some(item) = standing(work, ItemState::Reading) else { return "chat_link.late" };
    let Some(link) = work.known.link.clone() else { return "chat_link.late" };
    work.clear(barred_key(&link, &item, ItemState::Reading));
    if author.own || author.bot || work.known.ours {
        skip(work, item, if author.bot && !author.own { "program" } else { "ours" });
        return "chat_link.message_read.program";
    }
    let mut logins: Vec<String> = mentioned.iter().filter_map(ChatUser::login).map(str::to_owned).collect();
    logins.sort();
    logins.dedup();
    let mentioned = Mentions { logins, by: author.login().map(str::to_owned) };
    let item = Item { author: author.name.clone(), files: files.to_vec(), mentioned, ..item };
    let mut link = link;
    dispatch(work, item, &mut link, &mut vec![])
}

/// Sends an item, or keeps it where its conversation is paused, or must be. `before` are those of the same decision, itself in the end.
fn dispatch(work: &mut Work<'_>, item: Item, link: &mut Link, before: &mut Vec<Trace>) -> &'static str {
    if says_nothing(&item) {
        skip(work, item, "empty");
        return "chat_link.empty";
    }
    let recent = || work.known.recent.iter().chain(before.iter());
    let (hops, origin) = radar::hops(&item, work.at, recent());
    let storm = radar::is_storm(&item, recent());
    let item = Item { hops, origin, ..item };
    before.push(Trace::of(&item));
    if link.paused_at.is_some() {
        hold(work, item, "paused");
        return "chat_link.held";
    }
    if hops >= radar::MOST_HOPS {
        pause(work, link, "echo");
        hold(work, item, "echo");
        return "chat_link.echo";
    }
    if storm {
        pause(work, link, "storm");
        hold(work, item, "storm");
        return "chat_link.storm";
    }
    send(work, item, link)
}

fn says_nothing(item: &Item) -> bool {
    item.text.trim().is_empty() && item.files.is_empty() && item.event == Event::Written
}

fn send(work: &mut Work<'_>, item: Item, link: &Link) -> &'static str {
    if says_nothing(&item) {
        skip(work, item, "empty");
        return "chat_link.empty";
    }
    let item = Item { link: Some(link.id), ..item };
    if !work.has(item.side.other()) {
        fail(work, item, Some(link), NOT_CONNECTED);
        return "chat_link.not_copied";
    }
    let (issue, since, text, files) = (link.issue.clone(), work.at, item.text.clone(), item.files.clone());
    let author = item.author.clone();
    let effect = match (item.side, link.chat, link.message) {
        (Side::Chat, ..) => Effect::PostComment(Box::new(PostComment {
            item: item.id,
            issue,
            author,
            user: item.user.unwrap_or_default(),
            event: item.event,
            text,
            files,
            since,
        })),
        (Side::Tracker, Some(chat), Some(anchor)) => Effect::PostReply(Box::new(Reply {
            item: item.id,
            issue,
            url: link.url.clone(),
            chat,
            anchor,
            author,
            text,
            files,
            since,
        })),
        (Side::Tracker, ..) => {
            hold(work, item, "no_conversation");
            return "chat_link.held";
        }
    };
    work.order(Subject::issue(&link.issue), effect);
    let named = !item.mentioned.logins.is_empty();
    let rule = match named && !access::let_in(work, &item, link) {
        true => "chat_link.copied.nobody_let_in",
        false => "chat_link.copied",
    };
    work.keep_item(Item { state: ItemState::Sending, reason: None, ..item });
    rule
}

/// Something happened to an issue. A conversation that has not begun is read once it has. One that is not known here begins with a
/// comment somebody told of, or with those that were found although nobody told of them: what was said before is not news.
pub(super) fn stirred(work: &mut Work<'_>, issue: &str, comment: Option<&str>, since: Option<Instant>) -> &'static str {
    let after = match &work.known.link {
        Some(link) if link.message.is_none() => return "chat_link.stirred.too_early",
        // Told late: those after it were handled first, and nobody has read this one.
        Some(link) if comment.is_some_and(|comment| is_missed(work, comment, link)) => None,
        Some(link) => link.last_comment.clone(),
        None => None,
    };
    if work.known.link.is_none() && comment.is_none() && since.is_none() {
        return "chat_link.stirred.not_linked";
    }
    let named = comment.map(str::to_owned);
    let since = since.filter(|_| after.is_none());
    work.order(Subject::issue(issue), Effect::ReadComments { issue: issue.to_owned(), after, named, since });
    "chat_link.stirred"
}

/// Whether a comment lies before the last one handled and was never seen.
fn is_missed(work: &Work<'_>, comment: &str, link: &Link) -> bool {
    !work.known.known_comments.contains(comment)
        && link.last_comment.as_deref().is_some_and(|last| number(comment) < number(last))
}

/// Comments are numbered in the order they were written; a name that is no number is younger than all.
fn number(comment: &str) -> u64 {
    comment.parse().unwrap_or(u64::MAX)
}

pub(super) fn comments_read(work: &mut Work<'_>, issue: &IssueCard, comments: &[Comment]) -> &'static str {
    if let Some(link) = work.known.link.clone().filter(|link| link.issue != issue.key) {
        return found_by_message(work, link, issue);
    }
    let Some(link) = work.known.link.clone().or_else(|| work.adopt(issue)) else { return "chat_link.not_linked" };
    if link.message.is_none() {
        return "chat_link.stirred.too_early";
    }
    work.clear(unread_key(&link));
    let mut link = link.seen(issue);
    let mut rule = "chat_link.comments_read";
    let mut before = vec![];
    for comment in comments {
        if link.last_comment.as_deref().is_none_or(|last| number(last) <= number(&comment.id)) {
            link.last_comment = Some(comment.id.clone());
        }
        if comment.own || work.known.known_comments.contains(&comment.id) {
            continue;
        }
        let item = Item {
            link: Some(link.id),
            external: comment.id.clone(),
            author: comment.author.clone(),
            text: comment.text.clone(),
            files: comment.files.clone(),
            at: comment.at.unwrap_or(work.at).min(work.at),
            ..blank(work, Side::Tracker)
        };
        rule = dispatch(work, item, &mut link, &mut before);
    }
    work.keep_link(&link);
    rule
}

/// The conversation an issue names belongs to another key: the issue was moved to another queue, where everything goes on, or it is a
/// copy of the one the conversation is about, which has none.
fn found_by_message(work: &mut Work<'_>, link: Link, issue: &IssueCard) -> &'static str {
    if link.issue_id != issue.id {
        return "chat_link.not_linked";
    }
    let link = Link { issue: issue.key.clone(), url: issue.url.clone(), ..link };
    work.keep_link(&link);
    let (issue, after) = (link.issue.clone(), link.last_comment.clone());
    work.order(Subject::issue(&link.issue), Effect::ReadComments { issue, after, named: None, since: None });
    "chat_link.issue_moved"
}

/// What was said of an issue is read with the next thing that happens to it; until then a person should know. Of an issue without a
/// conversation there is nothing to copy.
pub(super) fn comments_failed(work: &mut Work<'_>, issue: &str, detail: &str) -> &'static str {
    if let Some(link) = &work.known.link {
        let values = json!({ "issue": issue, "summary": link.summary, "detail": detail });
        let code = "chat_link.comments_not_read";
        work.raise(unread_key(link), Level::Warning, Subject::issue(issue), code, values);
    }
    "chat_link.comments_failed"
}

fn unread_key(link: &Link) -> String {
    format!("chat_link:unread/{}", link.id)
}

/// A comment stands in the chat. Where the conversation has no place of its own any more it was said in the main line, once: what comes
/// after it waits for a person.
pub(super) fn replied(work: &mut Work<'_>, message: i64, thread: Option<i64>, gone: bool) -> &'static str {
    work.echo(Side::Chat, message.to_string());
    if let Some(mut link) = work.known.link.clone() {
        if gone && link.paused_at.is_none() {
            pause(work, &mut link, CHAT_GONE);
        } else if !gone && thread.is_some() && link.thread != thread {
            work.keep_link(&Link { thread, ..link });
        }
    }
    copied(work, message.to_string())
}

pub(super) fn posted(work: &mut Work<'_>, comment: &str) -> &'static str {
    work.echo(Side::Tracker, comment.to_owned());
    copied(work, comment.to_owned())
}

fn copied(work: &mut Work<'_>, copy: String) -> &'static str {
    let Some(item) = work.known.item.clone() else { return "chat_link.late" };
    work.clear(item_key(item.id));
    if let Some(link) = &work.known.link {
        work.clear(barred_key(link, &item, ItemState::Sending));
    }
    work.keep_item(Item { state: ItemState::Done, copy: Some(copy), reason: None, ..item });
    "chat_link.copy_done"
}

/// A message is changed or gone. What was not copied yet is copied as it is now; what was is told of, where that is settled.
pub(super) fn edited(work: &mut Work<'_>, message: i64, text: Option<&str>) -> &'static str {
    let Some(item) = work.known.item.clone() else { return "chat_link.edited.unknown" };
    match item.state {
        ItemState::Finding | ItemState::Reading | ItemState::Held | ItemState::Failed => {
            match text {
                Some(text) => work.keep_item(Item { text: text.to_owned(), ..item }),
                None => {
                    work.clear(item_key(item.id));
                    skip(work, item, "deleted");
                }
            }
            return "chat_link.edited.before";
        }
        ItemState::Skipped => return "chat_link.edited.not_copied",
        ItemState::Sending | ItemState::Done => {}
    }
    let Some(mut link) = work.known.link.clone().filter(|_| work.policy.edits == Edits::Note) else {
        return "chat_link.edited.ignored";
    };
    let event = if text.is_some() { Event::Edited } else { Event::Deleted };
    let note = Item {
        link: Some(link.id),
        external: format!("{message}/{}", work.at),
        event,
        message: Some(message),
        user: item.user,
        author: item.author,
        text: text.unwrap_or_default().to_owned(),
        ..blank(work, Side::Chat)
    };
    dispatch(work, note, &mut link, &mut vec![])
}

pub(super) fn message_gone(work: &mut Work<'_>) -> &'static str {
    let Some(item) = standing(work, ItemState::Reading) else { return "chat_link.late" };
    skip(work, item, "deleted");
    "chat_link.message_gone"
}

fn unchanged(work: &mut Work<'_>, rule: &'static str) -> &'static str {
    work.answer = Some(Answer::Unchanged);
    rule
}

pub(super) fn pause_asked(work: &mut Work<'_>, by: &str) -> &'static str {
    let Some(link) = work.known.link.clone().filter(|link| link.paused_at.is_none()) else {
        return unchanged(work, "chat_link.pause.not_possible");
    };
    work.keep_link(&Link { paused_at: Some(work.at), paused_why: Some(by.to_owned()), ..link });
    "chat_link.pause"
}

/// Everything that waited goes out in its order.
pub(super) fn resume_asked(work: &mut Work<'_>) -> &'static str {
    let Some(link) = work.known.link.clone().filter(|link| link.paused_at.is_some()) else {
        return unchanged(work, "chat_link.resume.not_possible");
    };
    let link = Link { paused_at: None, paused_why: None, ..link };
    work.keep_link(&link);
    work.clear(paused_key(&link));
    for item in work.known.held.clone() {
        send(work, item, &link);
    }
    "chat_link.resume"
}

pub(super) fn dropped(work: &mut Work<'_>, by: &str) -> &'static str {
    let may = |item: &Item| matches!(item.state, ItemState::Held | ItemState::Failed);
    let Some(item) = work.known.item.clone().filter(may) else { return unchanged(work, "chat_link.drop.not_possible") };
    work.clear(item_key(item.id));
    skip(work, item, &format!("dropped: {by}"));
    "chat_link.drop"
}

pub(super) fn sent_again(work: &mut Work<'_>) -> &'static str {
    let may = |item: &Item| matches!(item.state, ItemState::Held | ItemState::Failed | ItemState::Skipped);
    let (Some(item), Some(link)) = (work.known.item.clone().filter(may), work.known.link.clone()) else {
        return unchanged(work, "chat_link.send.not_possible");
    };
    work.clear(item_key(item.id));
    for state in [ItemState::Reading, ItemState::Sending] {
        work.clear(barred_key(&link, &item, state));
    }
    if item.side == Side::Chat && item.author.is_empty() {
        // It could not even be read.
        read(work, item, &link);
    } else {
        send(work, item, &link);
    }
    "chat_link.send"
}

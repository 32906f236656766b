//! Requests: a form or a message becomes an issue with a conversation, by short steps (behaviour/chat_tracker 5.3, 5.5).
//!
//! Deliberately not here: what is asked in the form (`form`), and what is written about the issue afterwards (`copies`).

use serde_json::json;

use super::{
    super::{
        ChatMessage, ChatUser, IssueCard, Link, Request, RequestState, Side, Submission, Way,
        owed::{Addressee, Anchor, NewIssue},
        shown::Conversation,
    },
    copies, text,
    work::Work,
};
use crate::{Answer, ChatLinkId, Effect, Level, Subject};

/// The newest comment there can be of an issue that we have just created.
const NONE_YET: &str = "0";
/// Fields the queue does not have.
const FIELDS: &str = "chat_link:fields";
/// A summary made of a message is no longer (behaviour/chat_tracker 5.5).
const LONGEST_SUMMARY: usize = 100;

/// A request nobody has said anything in yet.
pub(super) fn blank(work: &mut Work<'_>, way: Way, user: i64, chat: Option<i64>) -> Request {
    Request {
        id: work.new_request(),
        way,
        state: RequestState::Opened,
        user,
        chat,
        message: None,
        summary: String::new(),
        subcategory: None,
        text: String::new(),
        files: vec![],
        name: String::new(),
        login: None,
        department: None,
        link: None,
        digest: None,
        trouble: None,
        at: work.at,
    }
}

pub(super) fn written(work: &mut Work<'_>, message: &ChatMessage) -> &'static str {
    let first = message.text.trim().lines().next().unwrap_or_default();
    let request = Request {
        message: Some(message.id),
        summary: first.chars().take(LONGEST_SUMMARY).collect(),
        text: message.text.trim().to_owned(),
        ..blank(work, Way::Message, message.user, Some(message.chat))
    };
    begin(work, request);
    "chat_link.written.request"
}

pub(super) fn submitted(work: &mut Work<'_>, given: &Submission) -> &'static str {
    if given.form.as_deref().is_some_and(|form| form != work.policy.form.callback) {
        return "chat_link.submitted.other_form";
    }
    let known = work.known.request.clone().filter(|request| request.user == given.user);
    if known.as_ref().is_some_and(|request| request.state != RequestState::Opened) {
        work.answer = Some(Answer::Unchanged);
        return "chat_link.submitted.again";
    }
    let filled = match work.policy.form.read(given) {
        Ok(filled) => filled,
        Err(faults) => {
            work.answer = Some(Answer::FormRefused { faults });
            return "chat_link.submitted.faulty";
        }
    };
    let request = known.unwrap_or_else(|| blank(work, Way::Form, given.user, given.chat));
    let request = Request {
        chat: request.chat.or(given.chat),
        summary: filled.summary,
        subcategory: filled.subcategory,
        text: filled.text,
        files: filled.files,
        digest: Some(given.digest.clone()),
        ..request
    };
    begin(work, request);
    "chat_link.submitted"
}

/// Who asks is read first, unless that was done lately.
fn begin(work: &mut Work<'_>, request: Request) {
    let request = Request { state: RequestState::Author, trouble: None, ..request };
    match work.person(request.user) {
        Some(person) => asked_by(work, request, person),
        None if !work.has(Side::Chat) => fail(work, request, text::NO_MESSENGER),
        None => {
            work.read_person(request.user);
            work.keep_request(request);
        }
    }
}

/// Whoever asks is known.
pub(super) fn asked_by(work: &mut Work<'_>, request: Request, person: &ChatUser) {
    if person.bot || person.own {
        return work.keep_request(Request { state: RequestState::Skipped, ..request });
    }
    let login = person.login().map(str::to_owned);
    let request = Request { name: person.name.clone(), login, ..request };
    match &person.email {
        Some(email) if work.policy.directory && request.department.is_none() => {
            let effect = Effect::ReadDepartment { request: request.id, email: email.clone() };
            work.order(Subject::chat_request(request.id), effect);
            work.keep_request(Request { state: RequestState::Department, ..request });
        }
        _ => create(work, request),
    }
}

pub(super) fn department(work: &mut Work<'_>, department: Option<&str>) -> &'static str {
    let Some(request) = work.known.request.clone().filter(|r| r.state == RequestState::Department) else {
        return "chat_link.late";
    };
    create(work, Request { department: department.map(str::to_owned), ..request });
    "chat_link.department"
}

pub(super) fn create(work: &mut Work<'_>, request: Request) {
    if !work.has(Side::Tracker) {
        return fail(work, request, text::NO_TRACKER);
    }
    let effect = Effect::CreateIssue(Box::new(NewIssue {
        request: request.id,
        // The same for every try at this request, and of no other installation.
        unique: format!("console:{}:{}", work.policy.instance, request.id),
        summary: request.summary.clone(),
        subcategory: request.subcategory.clone(),
        text: request.text.clone(),
        direct: request.way == Way::Message,
        login: request.login.clone(),
        name: request.name.clone(),
        department: request.department.clone(),
        files: request.files.clone(),
    }));
    work.order(Subject::chat_request(request.id), effect);
    work.keep_request(Request { state: RequestState::Creating, trouble: None, ..request });
}

pub(super) fn created(work: &mut Work<'_>, issue: &IssueCard) -> &'static str {
    let Some(request) = work.known.request.clone().filter(|r| r.link.is_none()) else { return "chat_link.late" };
    let link = Link {
        id: work.new_link(),
        issue: issue.key.clone(),
        issue_id: issue.id.clone(),
        url: issue.url.clone(),
        summary: issue.summary.clone(),
        status: issue.status_name.clone(),
        over: issue.over,
        chat: None,
        message: None,
        thread: None,
        user: Some(request.user),
        last_comment: Some(NONE_YET.to_owned()),
        paused_at: None,
        paused_why: None,
        created_at: work.at,
    };
    work.keep_link(&link);
    work.clear(failed_key(&request));
    anchor(work, request, &link);
    "chat_link.created"
}

fn anchor(work: &mut Work<'_>, request: Request, link: &Link) {
    if !work.has(Side::Chat) {
        return fail(work, Request { link: Some(link.id), ..request }, text::NO_MESSENGER);
    }
    let user = request.user;
    let effect = Effect::PostAnchor(Box::new(Anchor {
        request: request.id,
        to: request.chat.map_or(Addressee::User { user }, |chat| Addressee::Chat { chat }),
        summary: request.summary.clone(),
        text: request.text.clone(),
        issue: link.issue.clone(),
        url: link.url.clone(),
        buttons: work.anchor_buttons(link.id, link.over),
        since: work.at,
    }));
    work.order(Subject::issue(&link.issue), effect);
    let (state, link) = (RequestState::Anchoring, Some(link.id));
    work.keep_request(Request { state, link, trouble: None, ..request });
}

pub(super) fn anchored(work: &mut Work<'_>, message: i64, chat: i64) -> &'static str {
    let (Some(request), Some(link)) = (work.known.request.clone(), work.known.link.clone()) else {
        return "chat_link.late";
    };
    work.echo(Side::Chat, message.to_string());
    let link = Link { chat: Some(chat), message: Some(message), ..link };
    work.keep_link(&link);
    copies::placed(work, Some(&link));
    work.clear(failed_key(&request));
    let conversation = Conversation { user: Some(request.user), chat, message };
    if work.has(Side::Tracker) {
        let effect = Effect::LinkIssue { link: link.id, issue: link.issue.clone(), conversation };
        work.order(Subject::issue(&link.issue), effect);
    } else {
        not_linked(work, &link, text::NO_TRACKER);
    }
    // What was said of the issue before it had a conversation.
    let (issue, after) = (link.issue.clone(), link.last_comment.clone());
    work.order(Subject::issue(&link.issue), Effect::ReadComments { issue, after, named: None, since: None });
    if let Some(message) = request.message {
        copies::files_of(work, message, request.user, &link);
    }
    work.keep_request(Request { state: RequestState::Done, trouble: None, ..request });
    "chat_link.anchored"
}

pub(super) fn linked(work: &mut Work<'_>, skipped: &[String]) -> &'static str {
    if let Some(link) = &work.known.link {
        work.clear(unlinked_key(link.id));
    }
    if skipped.is_empty() {
        work.clear(FIELDS.to_owned());
        return "chat_link.linked";
    }
    let values = json!({ "fields": skipped.join(", ") });
    work.raise(FIELDS.to_owned(), Level::Info, Subject::from("chat_link"), "chat_link.fields", values);
    "chat_link.linked.without_fields"
}

/// The issue does not show its conversation. Both are kept here, so everything else works.
pub(super) fn not_linked(work: &mut Work<'_>, link: &Link, detail: &str) {
    let values = json!({ "issue": link.issue, "detail": detail });
    let key = unlinked_key(link.id);
    work.raise(key, Level::Warning, Subject::issue(&link.issue), "chat_link.not_linked", values);
}

/// A step towards the issue, or its first message, came to nothing.
pub(super) fn failed(work: &mut Work<'_>, detail: &str) -> &'static str {
    let Some(request) = work.known.request.clone().filter(|request| !request.state.is_over()) else {
        return "chat_link.late";
    };
    fail(work, request, detail);
    copies::placed(work, None);
    "chat_link.request_failed"
}

/// A request waits for a supervisor, and the person learns of it.
pub(super) fn fail(work: &mut Work<'_>, request: Request, detail: &str) {
    let values = json!({ "summary": request.summary, "name": request.name, "detail": detail });
    let about = work.known.link.as_ref().map_or(Subject::chat_request(request.id), |link| Subject::issue(&link.issue));
    work.raise(failed_key(&request), Level::Warning, about, "chat_link.request_failed", values);
    // The person is told once, by what they wait for: with an issue there already, they need not ask again.
    if request.link.is_none() {
        work.tell(request.user, request.chat, text::not_created(detail), vec![]);
    }
    let trouble = Some(detail.chars().take(500).collect());
    work.keep_request(Request { state: RequestState::Failed, trouble, ..request });
}

/// A supervisor has a failed request tried again, from where it failed.
pub(super) fn again(work: &mut Work<'_>) -> &'static str {
    let Some(request) = work.known.request.clone().filter(|r| r.state == RequestState::Failed) else {
        work.answer = Some(Answer::Unchanged);
        return "chat_link.request_again.not_possible";
    };
    match work.known.link.clone() {
        Some(link) if request.link == Some(link.id) => anchor(work, request, &link),
        _ => begin(work, request),
    }
    "chat_link.request_again"
}

pub(super) fn failed_key(request: &Request) -> String {
    format!("chat_link:request/{}", request.id)
}

fn unlinked_key(link: ChatLinkId) -> String {
    format!("chat_link:link/{link}")
}

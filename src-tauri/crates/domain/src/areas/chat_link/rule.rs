//! Rules between conversations and issues: what becomes a request, who may press what, and what is copied (behaviour/chat_tracker 5-9).
//!
//! Everything written is copied once, or kept with the reason why it was not. Deliberately not here: finding the snapshot (the store's), and
//! the words of copies (the integrations').

mod access;
mod copies;
mod failures;
mod otherwise;
mod people;
mod radar;
mod requests;
mod stuck;
mod text;
mod wishes;
mod work;

use serde_json::json;

use super::{Change, ChatMessage, Fact, Known, Place, Policy, RequestState};
use crate::{Answer, Decision, Explanation, Instant};
use work::Work;

/// Decides about one fact. `at` is its instant, which is also the only "now" a rule knows.
#[must_use]
pub fn decide(fact: &Fact, at: Instant, known: &Known, policy: &Policy) -> Decision<Change> {
    if !policy.enabled && begins_something(fact, known) {
        return Decision { answer: Some(Answer::Done), ..Decision::nothing(explain("chat_link.switched_off", known)) };
    }
    let mut work = Work::new(at, known, policy);
    let rule = match fact {
        Fact::Written(message) => written(&mut work, message),
        Fact::Edited { message, text } => copies::edited(&mut work, *message, Some(text)),
        Fact::Deleted { message } => copies::edited(&mut work, *message, None),
        Fact::Pressed { user, chat, trigger, press, .. } => {
            wishes::pressed(&mut work, *user, *chat, trigger.as_deref(), press)
        }
        Fact::Submitted(form) => requests::submitted(&mut work, form),
        Fact::ChatUserRead { user } => people::read(&mut work, user),
        Fact::ChatUserMissing { detail, .. } => people::missing(&mut work, detail),
        Fact::MessageRead { author, files, mentioned, .. } => copies::message_read(&mut work, author, files, mentioned),
        Fact::FormOpened { .. } => wishes::done(&mut work, "chat_link.form_opened"),
        Fact::AnchorPosted { message, chat, .. } => requests::anchored(&mut work, *message, *chat),
        Fact::AnchorRenewed { .. } => "chat_link.renewed",
        Fact::Told { message } => {
            work.echo(super::Side::Chat, message.to_string());
            "chat_link.told"
        }
        Fact::Replied { message, thread, gone, .. } => copies::replied(&mut work, *message, *thread, *gone),
        Fact::IssueStirred { issue, comment, since, late } => {
            match copies::stirred(&mut work, issue, comment.as_deref(), *since) {
                "chat_link.stirred" if *late => "chat_link.stirred.late",
                rule => rule,
            }
        }
        Fact::CommentsRead { issue, comments, .. } => copies::comments_read(&mut work, issue, comments),
        Fact::IssueCreated { issue, .. } => requests::created(&mut work, issue),
        Fact::IssueLinked { skipped, .. } => requests::linked(&mut work, skipped),
        Fact::IssueOfMessage { issue, .. } => copies::issue_found(&mut work, issue.as_deref()),
        Fact::CommentPosted { comment, .. } => copies::posted(&mut work, comment),
        Fact::AccessGranted { .. } => "chat_link.access_granted",
        Fact::AccessWithheld { issue, logins, named_by } => access::withheld(&mut work, issue, logins, *named_by),
        Fact::IssueRead { issue, .. } => wishes::issue_read(&mut work, issue),
        Fact::IssueChanged { issue, .. } => wishes::issue_changed(&mut work, issue),
        Fact::IssuesFound { rows, .. } => wishes::found(&mut work, rows),
        Fact::DepartmentRead { department, .. } => requests::department(&mut work, department.as_deref()),
        Fact::Failed { what, failure, detail } => failures::failed(&mut work, what, *failure, detail),
        Fact::PauseAsked { by, .. } => copies::pause_asked(&mut work, by),
        Fact::ResumeAsked { .. } => copies::resume_asked(&mut work),
        Fact::ItemDropped { by, .. } => copies::dropped(&mut work, by),
        Fact::ItemSentAgain { .. } => copies::sent_again(&mut work),
        Fact::RequestAgain { .. } => requests::again(&mut work),
    };
    work.into_decision(explain(rule, known))
}

/// What the two systems tell us by themselves. What was begun is ended even when the area is switched off meanwhile: so is the form that
/// somebody is still filling in.
fn begins_something(fact: &Fact, known: &Known) -> bool {
    match fact {
        Fact::Written(_)
        | Fact::Edited { .. }
        | Fact::Deleted { .. }
        | Fact::Pressed { .. }
        | Fact::IssueStirred { .. } => true,
        Fact::Submitted(form) => known.request.as_ref().is_none_or(|request| request.user != form.user),
        _ => false,
    }
}

fn explain(rule: &str, known: &Known) -> Explanation {
    let explanation = Explanation::of(rule, json!(known));
    let explanation = explanation.had(otherwise::of(rule).map(str::to_owned));
    match &known.link {
        Some(link) => explanation.with("issue", link.issue.as_str()),
        None => explanation,
    }
}

fn written(work: &mut Work<'_>, message: &ChatMessage) -> &'static str {
    if work.known.ours {
        return "chat_link.written.ours";
    }
    if let Some(user) = work.person(message.user)
        && (user.bot || user.own)
    {
        return "chat_link.written.program";
    }
    match message.place {
        Place::Thread { parent: None } => "chat_link.written.no_parent",
        Place::Thread { parent: Some(parent) } => copies::written(work, message, parent),
        _ if message.text.trim().is_empty() => "chat_link.written.empty",
        Place::Private | Place::Chat if work.makes_request(message) => requests::written(work, message),
        Place::Private | Place::Chat => wishes::menu(work, message.user, message.chat),
    }
}

impl RequestState {
    /// Whether nothing more happens to it by itself.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Skipped)
    }
}

#[cfg(test)]
mod tests;

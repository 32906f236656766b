//! What can happen between the messenger and the tracker.
//!
//! Deliberately not here: the vendors' names of it (their integrations') and consequences (the rule's).

use serde::{Deserialize, Serialize};

use super::{ChatMessage, ChatUser, Comment, FileLink, IssueCard, IssueRow, Press, Submission};
use crate::{ChatItemId, ChatLinkId, ChatRequestId, ChatWishId, Effect, Failure, Instant};

/// Something between a conversation and its issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// Somebody wrote in the messenger.
    Written(ChatMessage),
    /// A message has another text now.
    Edited {
        /// The messenger's id of it.
        message: i64,
        /// What it says now.
        text: String,
    },
    /// A message was deleted.
    Deleted {
        /// The messenger's id of it.
        message: i64,
    },
    /// Somebody pressed a button of ours.
    Pressed {
        /// The messenger's id of whoever it was.
        user: i64,
        /// The messenger's id of the chat, where it is told.
        chat: Option<i64>,
        /// The message the button is under, where it is told.
        message: Option<i64>,
        /// What a form is opened with; it lives for 3 s.
        trigger: Option<String>,
        /// Which button.
        press: Press,
    },
    /// Somebody sent a form.
    Submitted(Box<Submission>),
    /// Who somebody of the messenger is.
    ChatUserRead {
        /// Who.
        user: Box<ChatUser>,
    },
    /// Somebody of the messenger cannot be read.
    ChatUserMissing {
        /// The messenger's id.
        user: i64,
        /// Why.
        failure: Failure,
        /// The messenger's reason, without secrets.
        detail: String,
    },
    /// The message as the messenger keeps it, its author, and whom it names.
    MessageRead {
        /// For which item.
        item: ChatItemId,
        /// Who wrote it.
        author: Box<ChatUser>,
        /// What is attached.
        files: Vec<FileLink>,
        /// Those of its mentions who are known there, exactly and without doubt.
        mentioned: Vec<ChatUser>,
    },
    /// The form is open.
    FormOpened {
        /// For which wish.
        wish: ChatWishId,
    },
    /// The first message of an issue's conversation stands.
    AnchorPosted {
        /// For which request.
        request: ChatRequestId,
        /// The messenger's id of the message.
        message: i64,
        /// The chat it is in.
        chat: i64,
    },
    /// The buttons of the first message are those of the issue's present state.
    AnchorRenewed {
        /// Of which conversation.
        link: ChatLinkId,
    },
    /// A message of ours stands.
    Told {
        /// The messenger's id of it.
        message: i64,
    },
    /// A comment was copied into the conversation.
    Replied {
        /// Which.
        item: ChatItemId,
        /// The messenger's id of the message.
        message: i64,
        /// The thread it is in; none where the messenger gave none.
        thread: Option<i64>,
        /// The conversation's first message, or its thread, is there no more: it was said in the main line of the chat.
        #[serde(default)]
        gone: bool,
    },
    /// Something happened to an issue: its comments are to be read.
    IssueStirred {
        /// Its key.
        issue: String,
        /// The comment that is spoken of, where one is.
        comment: Option<String>,
        /// Found by looking, and the issue names a conversation: what was said since then has been told by nobody.
        #[serde(default)]
        since: Option<Instant>,
        /// Whoever told of it says that it was long ago. That is not signed, so nothing but words follows from it.
        #[serde(default)]
        late: bool,
    },
    /// The comments of an issue.
    CommentsRead {
        /// The issue.
        issue: Box<IssueCard>,
        /// The comment that was spoken of.
        named: Option<String>,
        /// All after the last one handled, oldest first.
        comments: Vec<Comment>,
    },
    /// The issue of a request exists.
    IssueCreated {
        /// For which request.
        request: ChatRequestId,
        /// The issue.
        issue: Box<IssueCard>,
    },
    /// The issue shows its conversation.
    IssueLinked {
        /// Of which conversation.
        link: ChatLinkId,
        /// Fields the queue does not have, which were left out.
        skipped: Vec<String>,
    },
    /// The issue a message belongs to, as the tracker knows it.
    IssueOfMessage {
        /// For which item.
        item: ChatItemId,
        /// The issue; `None` where no issue names the message.
        issue: Option<Box<IssueCard>>,
    },
    /// A message was copied to the issue.
    CommentPosted {
        /// Which.
        item: ChatItemId,
        /// The tracker's id of the comment.
        comment: String,
    },
    /// People may read the issue now.
    AccessGranted {
        /// Which issue.
        issue: String,
        /// Who was added, by logins.
        added: Vec<String>,
    },
    /// Nobody was let in: whoever named them has no right to that.
    AccessWithheld {
        /// Which issue.
        issue: String,
        /// Who was named, by logins.
        logins: Vec<String>,
        /// The messenger's id of who named them.
        named_by: Option<i64>,
    },
    /// The issue as it is when somebody wants something of it.
    IssueRead {
        /// For which wish.
        wish: ChatWishId,
        /// The issue.
        issue: Box<IssueCard>,
    },
    /// The issue after what somebody wanted of it was done.
    IssueChanged {
        /// For which wish.
        wish: ChatWishId,
        /// The issue.
        issue: Box<IssueCard>,
    },
    /// Issues somebody asked for, newest first.
    IssuesFound {
        /// For which wish.
        wish: ChatWishId,
        /// They.
        rows: Vec<IssueRow>,
    },
    /// Where in the house the author of a request works.
    DepartmentRead {
        /// For which request.
        request: ChatRequestId,
        /// The department's name, where it is known.
        department: Option<String>,
    },
    /// An effect of this area came to nothing.
    Failed {
        /// What was wanted.
        what: Aim,
        /// Why.
        failure: Failure,
        /// The other side's reason, without secrets.
        detail: String,
    },
    /// A supervisor stops the copying of one conversation.
    PauseAsked {
        /// Which.
        link: ChatLinkId,
        /// Who.
        by: String,
    },
    /// A supervisor lets it go on; what was held goes out in its order.
    ResumeAsked {
        /// Which.
        link: ChatLinkId,
        /// Who.
        by: String,
    },
    /// A supervisor says that an item is not to be copied.
    ItemDropped {
        /// Which.
        item: ChatItemId,
        /// Who.
        by: String,
    },
    /// A supervisor has an item copied that was not.
    ItemSentAgain {
        /// Which.
        item: ChatItemId,
        /// Who.
        by: String,
    },
    /// A supervisor has a request tried again whose issue could not be created.
    RequestAgain {
        /// Which.
        request: ChatRequestId,
        /// Who.
        by: String,
    },
}

/// What an effect was for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "aim", rename_all = "snake_case")]
pub enum Aim {
    /// To read a message for an item.
    ReadMessage {
        /// Which.
        item: ChatItemId,
    },
    /// To find the issue of a message.
    FindIssue {
        /// For which item.
        item: ChatItemId,
    },
    /// To copy an item.
    Copy {
        /// Which.
        item: ChatItemId,
    },
    /// To open a form.
    OpenForm {
        /// For which wish.
        wish: ChatWishId,
    },
    /// To do, or to look up, what somebody wants.
    Wish {
        /// Which.
        wish: ChatWishId,
    },
    /// To find the department of a request's author.
    Department {
        /// For which request.
        request: ChatRequestId,
    },
    /// To create the issue of a request.
    Create {
        /// For which request.
        request: ChatRequestId,
    },
    /// To post the first message of a conversation.
    Anchor {
        /// For which request.
        request: ChatRequestId,
    },
    /// To bring the buttons of the first message up to date.
    Renew {
        /// Of which conversation.
        link: ChatLinkId,
    },
    /// To write the conversation into its issue.
    Link {
        /// Of which conversation.
        link: ChatLinkId,
    },
    /// To read the comments of an issue.
    Comments {
        /// Its key.
        issue: String,
    },
    /// To let people read an issue.
    Access {
        /// Its key.
        issue: String,
        /// Their logins.
        #[serde(default)]
        logins: Vec<String>,
        /// The messenger's id of who named them.
        #[serde(default)]
        named_by: Option<i64>,
    },
    /// To tell somebody something.
    Tell,
}

impl Fact {
    /// A stable word for logs, counters and the journal.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Written(_) => "message_written",
            Self::Edited { .. } => "message_edited",
            Self::Deleted { .. } => "message_deleted",
            Self::Pressed { .. } => "button_pressed",
            Self::Submitted(_) => "form_submitted",
            Self::ChatUserRead { .. } => "chat_user_read",
            Self::ChatUserMissing { .. } => "chat_user_missing",
            Self::MessageRead { .. } => "message_read",
            Self::FormOpened { .. } => "form_opened",
            Self::AnchorPosted { .. } => "anchor_posted",
            Self::AnchorRenewed { .. } => "anchor_renewed",
            Self::Told { .. } => "person_told",
            Self::Replied { .. } => "comment_copied",
            Self::IssueStirred { .. } => "issue_stirred",
            Self::CommentsRead { .. } => "comments_read",
            Self::IssueCreated { .. } => "issue_created",
            Self::IssueLinked { .. } => "issue_linked",
            Self::IssueOfMessage { .. } => "issue_of_message",
            Self::CommentPosted { .. } => "message_copied",
            Self::AccessGranted { .. } => "access_granted",
            Self::AccessWithheld { .. } => "access_withheld",
            Self::IssueRead { .. } => "issue_read",
            Self::IssueChanged { .. } => "issue_changed",
            Self::IssuesFound { .. } => "issues_found",
            Self::DepartmentRead { .. } => "department_read",
            Self::Failed { .. } => "bridge_failed",
            Self::PauseAsked { .. } => "pause_asked",
            Self::ResumeAsked { .. } => "resume_asked",
            Self::ItemDropped { .. } => "item_dropped",
            Self::ItemSentAgain { .. } => "item_sent_again",
            Self::RequestAgain { .. } => "request_again",
        }
    }

    /// Whether it only says how things are.
    #[must_use]
    pub fn is_observation(&self) -> bool {
        matches!(self, Self::ChatUserRead { .. } | Self::Told { .. } | Self::AnchorRenewed { .. })
    }

    /// What this area hears when one of its effects came to nothing.
    #[must_use]
    pub fn of_failed_effect(effect: &Effect, failure: Failure, detail: &str) -> Self {
        let detail = detail.to_owned();
        let what = match effect {
            Effect::ReadChatUser { user } => return Self::ChatUserMissing { user: *user, failure, detail },
            Effect::ReadMessage { item, .. } => Aim::ReadMessage { item: *item },
            Effect::FindIssueOfMessage { item, .. } => Aim::FindIssue { item: *item },
            Effect::PostReply(reply) => Aim::Copy { item: reply.item },
            Effect::PostComment(comment) => Aim::Copy { item: comment.item },
            Effect::OpenForm(form) => Aim::OpenForm { wish: form.wish },
            Effect::ReadIssue { wish, .. } | Effect::ChangeIssue { wish, .. } | Effect::SearchIssues { wish, .. } => {
                Aim::Wish { wish: *wish }
            }
            Effect::ReadDepartment { request, .. } => Aim::Department { request: *request },
            Effect::CreateIssue(issue) => Aim::Create { request: issue.request },
            Effect::PostAnchor(anchor) => Aim::Anchor { request: anchor.request },
            Effect::RenewAnchor { link, .. } => Aim::Renew { link: *link },
            Effect::LinkIssue { link, .. } => Aim::Link { link: *link },
            Effect::ReadComments { issue, .. } => Aim::Comments { issue: issue.clone() },
            Effect::GrantAccess { issue, logins, named_by, .. } => {
                Aim::Access { issue: issue.clone(), logins: logins.clone(), named_by: *named_by }
            }
            _ => Aim::Tell,
        };
        Self::Failed { what, failure, detail }
    }
}

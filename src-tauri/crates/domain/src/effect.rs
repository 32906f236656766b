//! What Pult owes the outside world, in the field's words. Which vendor performs a kind is the engine's list, not ours.
//!
//! Deliberately not here: attempts, errors, limits (the outbox and its lane), and any address or credential; what is shown of an effect
//! (`shown`), and an invented one of each kind (`example`).

mod example;
mod shown;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    AgencyId, AssignmentId, CallId, ChatItemId, ChatLinkId, ChatRequestId, ChatWishId, CommandId, DocumentId,
    EmployeeId, Instant, IssueId, PhoneNumber, RatingId, RecordId, ServiceId, Subject, TicketId, TicketNumber,
    areas::{
        chat_link::{
            Button,
            owed::{Addressee, Anchor, IssueChange, List, NewIssue, OpenForm, PostComment, Reply},
            shown::Conversation,
        },
        erp::{FileRef, Metric, NewTask, Parts, Root, TaskUpdate},
        floor,
        messages::{Account, Address, SendMessage},
        ratings::Rate,
        tickets::{ChangeTicket, NewTicket, RewriteNote, WatchTicket},
    },
};

/// One outward act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// Read the card of an agency for a call that has just begun; the answer is an `AgencyFound` or `AgencyMissing` fact.
    LookUpAgency {
        /// The call the card is for.
        call: CallId,
        /// Whose card.
        agency: AgencyId,
        /// The caller: the card names the person who owns this number.
        phone: PhoneNumber,
    },
    /// Ask the telephony platform to change an operator's state. Lives 15 s and is never repeated; that it was taken is a
    /// `RequestTaken` fact, that it was done shows in the operator's state.
    ChangeOperatorState {
        /// The request it belongs to.
        command: CommandId,
        /// The platform's id of the operator.
        login_id: String,
        /// What the state should become.
        wanted: floor::Wanted,
        /// The account at the platform to act with; the engine's own when absent.
        account: Option<String>,
    },
    /// Look once at the operator whose request's outcome nobody saw: the team's answer, then `RequestUnsettled`.
    LookAtOperator {
        /// The request it belongs to.
        command: CommandId,
        /// The platform's id of the operator.
        login_id: String,
        /// The platform's ids of the operator's teams.
        teams: Vec<String>,
    },
    /// Read who wrote an issue, at the service desk: `ContactFound` or `ContactMissing`.
    LookUpContact {
        /// For which request.
        request: RatingId,
        /// The service desk's id of the person.
        contact: i64,
    },
    /// Find the one active employee with exactly this address in the messenger: `PersonFound` or `PersonMissing`.
    FindPerson {
        /// For which request.
        request: RatingId,
        /// The address as the service desk has it.
        email: String,
    },
    /// Ask a person for the rating of an issue, by a message with three buttons: `Asked`.
    AskForRating {
        /// For which request.
        request: RatingId,
        /// Which issue.
        issue: IssueId,
        /// Its title.
        title: String,
        /// The messenger's id of the person.
        user: String,
        /// Until when an answer counts: part of the links.
        deadline: Instant,
    },
    /// Take the buttons away from a question: `QuestionWithdrawn`.
    WithdrawQuestion {
        /// Of which request.
        request: RatingId,
        /// Which issue, for the words that remain.
        issue: IssueId,
        /// The messenger's id of the person.
        user: String,
        /// The messenger's id of the message.
        message: String,
        /// As in `Asked`.
        way: String,
    },
    /// Set the rating of an issue at the service desk, unless it has one: `RateKept` with what it shows then.
    SetRating {
        /// For which request.
        request: RatingId,
        /// Which issue.
        issue: IssueId,
        /// How.
        rate: Rate,
    },
    /// Read what is to be known of the house before tasks can be given out: `DirectoryRead`.
    ReadDirectory {
        /// Which parts.
        parts: Parts,
        /// The department at the top: only its people and those below it are read.
        root: Root,
        /// The name of the project wanted.
        project: String,
    },
    /// Find out how busy people are at this moment, and who the author is: `Surveyed`.
    SurveyStaff {
        /// For which document.
        document: DocumentId,
        /// Whom, by the portal's ids.
        people: Vec<i64>,
        /// What counts.
        metric: Metric,
        /// The author to find: an e-mail address or a full name.
        author: Option<String>,
    },
    /// Create tasks: `Created` with what became of each. One whose outcome is in doubt is looked for, never repeated blindly.
    CreateTasks {
        /// Of which document.
        document: DocumentId,
        /// When they were ordered: none of them is older.
        since: Instant,
        /// The tasks; 1 to 50.
        tasks: Vec<NewTask>,
    },
    /// Put a file of a document on the portal's disk: `Uploaded`.
    UploadFile {
        /// Of which document.
        document: DocumentId,
        /// The record that holds its content.
        record: RecordId,
        /// Its place among the document's files there, from 0.
        place: usize,
        /// Which.
        file: FileRef,
        /// The folder to put it in; the common disk where none is named.
        folder: Option<i64>,
        /// The document's number: the name of the folder within.
        number: String,
    },
    /// Bring tasks up to date, and add files to them: `Updated` with what became of each.
    UpdateTasks {
        /// Of which document.
        document: DocumentId,
        /// The tasks; 1 to 50.
        tasks: Vec<TaskUpdate>,
    },
    /// Read the tickets of a service that nobody has taken, all pages: `Listed`.
    ListUnassigned {
        /// Which service.
        service: ServiceId,
        /// Whether the oldest comes first.
        oldest_first: bool,
    },
    /// Give a ticket to somebody, unless somebody has taken it meanwhile: read it, write, and read it again. `Assigned`, `Taken`, `Gone` or
    /// `PersonRefused`. One whose outcome is in doubt is looked at, never repeated blindly.
    AssignTicket {
        /// The assignment it belongs to.
        assignment: AssignmentId,
        /// Of which service.
        service: ServiceId,
        /// Which ticket.
        ticket: TicketNumber,
        /// To whom.
        person: EmployeeId,
        /// Who has it and is to be replaced; nobody may have it where absent.
        instead_of: Option<EmployeeId>,
        /// When it was ordered.
        since: Instant,
    },
    /// Read all services, people and groups of the service desk, and how they belong together: `CatalogueRead`. A part that cannot be read
    /// makes it fail as a whole.
    ReadCatalogue {},
    /// Read who somebody of the messenger is: `ChatUserRead`.
    ReadChatUser {
        /// The messenger's id.
        user: i64,
    },
    /// Read a message of the messenger, its author, its files, and those it names: `MessageRead`.
    ReadMessage {
        /// For which item.
        item: ChatItemId,
        /// The messenger's id of the message.
        message: i64,
    },
    /// Open the form of a new request, within the seconds the messenger gives for it: `FormOpened`.
    OpenForm(Box<OpenForm>),
    /// Say something in the messenger: `Told`. What is said to a person in private may be said twice when the answer is lost.
    TellChat {
        /// To whom.
        to: Addressee,
        /// What: the messenger's Markdown, user's texts escaped.
        text: String,
        /// Rows of buttons.
        buttons: Vec<Vec<Button>>,
        /// When it was ordered: no message of it is older.
        since: Instant,
    },
    /// Post the first message of an issue's conversation: `AnchorPosted`.
    PostAnchor(Box<Anchor>),
    /// Bring the buttons of a first message up to date: `AnchorRenewed`.
    RenewAnchor {
        /// Of which conversation.
        link: ChatLinkId,
        /// The messenger's id of the message.
        message: i64,
        /// Rows of buttons.
        buttons: Vec<Vec<Button>>,
    },
    /// Copy a comment into the conversation of its issue: `Replied`.
    PostReply(Box<Reply>),
    /// Create an issue, once: `IssueCreated`.
    CreateIssue(Box<NewIssue>),
    /// Write into an issue where its conversation is: `IssueLinked`.
    LinkIssue {
        /// Which conversation.
        link: ChatLinkId,
        /// The issue's key.
        issue: String,
        /// Where it is.
        conversation: Conversation,
    },
    /// Find the issue that names a message as its conversation: `IssueOfMessage`.
    FindIssueOfMessage {
        /// For which item.
        item: ChatItemId,
        /// The messenger's id of the message.
        message: i64,
    },
    /// Read the comments of an issue after the last one handled: `CommentsRead`.
    ReadComments {
        /// The issue's key.
        issue: String,
        /// The last one handled; where none is, only the one named is read, and those since an instant.
        after: Option<String>,
        /// The comment spoken of.
        named: Option<String>,
        /// That instant.
        #[serde(default)]
        since: Option<Instant>,
    },
    /// Copy a message to the issue of its conversation: `CommentPosted`.
    PostComment(Box<PostComment>),
    /// Let people read an issue, besides those who may already: `AccessGranted`, or `AccessWithheld` where nobody was let in.
    GrantAccess {
        /// The issue's key.
        issue: String,
        /// Their logins.
        logins: Vec<String>,
        /// Only if this login is the issue's author, its assignee or one of its followers at that moment; in any case where absent.
        #[serde(default)]
        only_for: Option<String>,
        /// The messenger's id of who named them, and hears of it where it cannot be done.
        #[serde(default)]
        named_by: Option<i64>,
    },
    /// Read an issue with the ways it can go, for a wish: `IssueRead`.
    ReadIssue {
        /// Which wish.
        wish: ChatWishId,
        /// The issue's key.
        issue: String,
    },
    /// Do something to an issue, and read it again: `IssueChanged`.
    ChangeIssue {
        /// For which wish.
        wish: ChatWishId,
        /// The issue's key.
        issue: String,
        /// What.
        change: IssueChange,
    },
    /// Find the issues somebody wants to see: `IssuesFound`.
    SearchIssues {
        /// For which wish.
        wish: ChatWishId,
        /// Which issues.
        list: List,
    },
    /// Read in which department somebody works: `DepartmentRead`.
    ReadDepartment {
        /// For which request.
        request: ChatRequestId,
        /// Their e-mail address.
        email: String,
    },
    /// Read a ticket with its history: `TicketRead` with the engine's own account, `TicketSeen` with somebody's.
    ReadTicket {
        /// Which.
        ticket: TicketId,
        /// The tracker's number of the account to look with; the engine's own when absent.
        account: Option<i64>,
        /// As in the fact.
        from: Option<Instant>,
    },
    /// Look which of these tickets are still there, 100 at most: `TicketsLookedFor`.
    LookForTickets {
        /// Which.
        tickets: Vec<TicketId>,
    },
    /// Read the tracker's statuses, priorities, projects in scope and people: `TicketListsRead`.
    ReadTicketLists {},
    /// Change a ticket and read it again: `TicketChanged`, or `TicketConflict` where nothing was written.
    ChangeTicket(Box<ChangeTicket>),
    /// Rewrite a note of the account's own and read the ticket again: `TicketChanged`, or `TicketConflict` where nothing was written.
    RewriteTicketNote(Box<RewriteNote>),
    /// Let somebody watch a ticket, or no longer, and read it again: `TicketChanged`.
    WatchTicket(Box<WatchTicket>),
    /// Create a ticket, once: `TicketCreated`.
    CreateTicket(Box<NewTicket>),
    /// Say something to somebody by the messenger, once: `Sent` when the server has it.
    SendMessage(Box<SendMessage>),
    /// Tell somebody whether they may see how an account's person is: `SubscriptionAnswered`.
    AnswerSubscription {
        /// Whose account.
        account: Account,
        /// Who asked.
        to: Address,
        /// Whether they may; then we ask to see them, too.
        allow: bool,
    },
}

impl Effect {
    /// A stable word for keys, counters and the console, for instance `look_up_agency`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::LookUpAgency { .. } => "look_up_agency",
            Self::ChangeOperatorState { .. } => "change_operator_state",
            Self::LookAtOperator { .. } => "look_at_operator",
            Self::LookUpContact { .. } => "look_up_contact",
            Self::FindPerson { .. } => "find_person",
            Self::AskForRating { .. } => "ask_for_rating",
            Self::WithdrawQuestion { .. } => "withdraw_question",
            Self::SetRating { .. } => "set_rating",
            Self::ReadDirectory { .. } => "read_directory",
            Self::SurveyStaff { .. } => "survey_staff",
            Self::CreateTasks { .. } => "create_tasks",
            Self::UploadFile { .. } => "upload_file",
            Self::UpdateTasks { .. } => "update_tasks",
            Self::ListUnassigned { .. } => "list_unassigned",
            Self::AssignTicket { .. } => "assign_ticket",
            Self::ReadCatalogue {} => "read_catalogue",
            Self::ReadChatUser { .. } => "read_chat_user",
            Self::ReadMessage { .. } => "read_message",
            Self::OpenForm(_) => "open_form",
            Self::TellChat { .. } => "tell_chat",
            Self::PostAnchor(_) => "post_anchor",
            Self::RenewAnchor { .. } => "renew_anchor",
            Self::PostReply(_) => "post_reply",
            Self::CreateIssue(_) => "create_issue",
            Self::LinkIssue { .. } => "link_issue",
            Self::FindIssueOfMessage { .. } => "find_issue_of_message",
            Self::ReadComments { .. } => "read_comments",
            Self::PostComment(_) => "post_comment",
            Self::GrantAccess { .. } => "grant_access",
            Self::ReadIssue { .. } => "read_issue",
            Self::ChangeIssue { .. } => "change_issue",
            Self::SearchIssues { .. } => "search_issues",
            Self::ReadDepartment { .. } => "read_department",
            Self::ReadTicket { .. } => "read_ticket",
            Self::LookForTickets { .. } => "look_for_tickets",
            Self::ReadTicketLists {} => "read_ticket_lists",
            Self::ChangeTicket(_) => "change_ticket",
            Self::RewriteTicketNote(_) => "rewrite_ticket_note",
            Self::WatchTicket(_) => "watch_ticket",
            Self::CreateTicket(_) => "create_ticket",
            Self::SendMessage(_) => "send_message",
            Self::AnswerSubscription { .. } => "answer_subscription",
        }
    }
}

/// An effect with the terms under which it may be carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectOrder {
    /// Effects of one subject go out one at a time, in order.
    pub subject: Subject,
    /// Past this instant it is never sent; the rule is told that it expired.
    pub not_after: Option<Instant>,
    /// Ahead of its lane's queue: a person is waiting.
    pub urgent: bool,
    /// What to do.
    pub effect: Effect,
}

/// Why an effect came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, strum::AsRefStr, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Failure {
    /// What it speaks of does not exist there.
    DoesNotExist,
    /// What it speaks of is in a state that does not allow it now.
    State,
    /// The account lacks the right.
    Rights,
    /// The other side cannot do such a thing.
    Unsupported,
    /// The other side refused for another reason.
    Refused,
    /// It could not be done while it was worth doing.
    TooLate,
}

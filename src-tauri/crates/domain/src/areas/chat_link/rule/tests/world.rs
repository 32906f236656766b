//! The world outside the house: people, messages and issues, and what comes of what is done to them.
//!
//! Deliberately not here: anything decided, and refusals (the house has them when a story wants one).

use std::collections::BTreeMap;

use super::{
    super::super::{
        ChatUser, Comment, Fact, FileLink, IssueCard, IssueRow, Transition,
        owed::{Addressee, Anchor, IssueChange, List, NewIssue, OpenForm, PostComment, Reply},
        shown::Conversation,
    },
    Button, MARIA, OLEG, OURSELVES, PETR, ROBOT,
};
use crate::{Effect, Instant};

pub(super) struct World {
    pub(super) people: BTreeMap<i64, ChatUser>,
    /// Who wrote what, by message.
    messages: BTreeMap<i64, (i64, String)>,
    pub(super) files: Vec<FileLink>,
    pub(super) issues: BTreeMap<String, IssueCard>,
    comments: BTreeMap<String, Vec<Comment>>,
    pub(super) department: Option<String>,
    pub(super) rows: Vec<IssueRow>,
    /// What was done, in order.
    pub(super) told: Vec<(Addressee, String, Vec<Vec<Button>>)>,
    pub(super) opened: Vec<OpenForm>,
    pub(super) created: Vec<NewIssue>,
    pub(super) anchors: Vec<Anchor>,
    pub(super) renewed: Vec<Vec<Vec<Button>>>,
    pub(super) replies: Vec<Reply>,
    pub(super) posted: Vec<PostComment>,
    pub(super) granted: Vec<(String, Vec<String>)>,
    pub(super) changed: Vec<(String, IssueChange)>,
    pub(super) searched: Vec<List>,
    pub(super) asked: Vec<&'static str>,
    /// The first messages of conversations were deleted.
    pub(super) gone: bool,
    next: i64,
}

fn person(id: i64, name: &str, login: &str) -> (i64, ChatUser) {
    let (bot, own) = (id == ROBOT || id == OURSELVES, id == OURSELVES);
    let (name, nickname) = (name.to_owned(), login.replace('.', ""));
    let email = (!bot).then(|| format!("{login}@example.com"));
    (id, ChatUser { id, name, nickname, email, bot, suspended: false, own })
}

pub(super) fn transitions(over: bool) -> Vec<Transition> {
    let way = |id: &str, name: &str, ends| Transition { id: id.to_owned(), name: name.to_owned(), ends };
    if over {
        vec![way("reopen", "Переоткрыть", false)]
    } else {
        vec![way("start", "В работу", false), way("close", "Закрыть", true)]
    }
}

impl World {
    pub(super) fn new() -> Self {
        let people = [
            person(MARIA, "Орлова Мария", "m.orlova"),
            person(PETR, "Жуков Пётр", "p.zhukov"),
            person(OLEG, "Лисин Олег", "o.lisin"),
            person(ROBOT, "Погода", "weather"),
            person(OURSELVES, "Пульт", "desk"),
        ];
        Self {
            people: people.into(),
            messages: BTreeMap::new(),
            files: vec![],
            issues: BTreeMap::new(),
            comments: BTreeMap::new(),
            department: Some("Поддержка".to_owned()),
            rows: vec![],
            told: vec![],
            opened: vec![],
            created: vec![],
            anchors: vec![],
            renewed: vec![],
            replies: vec![],
            posted: vec![],
            granted: vec![],
            changed: vec![],
            searched: vec![],
            asked: vec![],
            gone: false,
            next: 10_000,
        }
    }

    fn number(&mut self) -> i64 {
        self.next += 1;
        self.next
    }

    pub(super) fn issue(&mut self, key: &str, conversation: Option<(i64, i64, i64)>) -> IssueCard {
        let of = |(chat, message, user)| Conversation { user: Some(user), chat, message };
        let card = IssueCard {
            key: key.to_owned(),
            id: format!("id of {key}"),
            url: format!("https://tracker.example.com/{key}"),
            summary: "Телефония".to_owned(),
            status: "open".to_owned(),
            status_name: "Открыт".to_owned(),
            over: false,
            assignee: None,
            followers: vec![],
            access: vec![],
            transitions: transitions(false),
            conversation: conversation.map(of),
        };
        self.issues.insert(card.key.clone(), card.clone());
        card
    }

    pub(super) fn writes(&mut self, user: i64, text: &str) -> i64 {
        let id = self.number();
        self.messages.insert(id, (user, text.to_owned()));
        id
    }

    pub(super) fn comments(&mut self, issue: &str, author: &str, text: &str, at: Instant) -> String {
        let id = self.number().to_string();
        let own = author == "Пульт";
        let (author, text, files) = (author.to_owned(), text.to_owned(), self.files.clone());
        let comment = Comment { id: id.clone(), author, own, text, at: Some(at), files };
        self.comments.entry(issue.to_owned()).or_default().push(comment);
        id
    }

    /// Does what is owed, and says what came of it.
    pub(super) fn does(&mut self, effect: &Effect, at: Instant) -> Fact {
        self.asked.push(effect.kind());
        match effect {
            Effect::ReadChatUser { user } => Fact::ChatUserRead { user: Box::new(self.people[user].clone()) },
            Effect::ReadMessage { item, message } => {
                let (author, text) = &self.messages[message];
                let named = |user: &&ChatUser| text.contains(&format!("@{}", user.nickname));
                let mentioned = self.people.values().filter(named).cloned().collect();
                let (author, files) = (Box::new(self.people[author].clone()), self.files.clone());
                Fact::MessageRead { item: *item, author, files, mentioned }
            }
            Effect::OpenForm(form) => {
                self.opened.push((**form).clone());
                Fact::FormOpened { wish: form.wish }
            }
            Effect::TellChat { to, text, buttons, .. } => {
                self.told.push((*to, text.clone(), buttons.clone()));
                Fact::Told { message: self.number() }
            }
            Effect::PostAnchor(anchor) => {
                self.anchors.push((**anchor).clone());
                let chat = if let Addressee::Chat { chat } = anchor.to { chat } else { 77 };
                let message = self.writes(OURSELVES, &anchor.text);
                Fact::AnchorPosted { request: anchor.request, message, chat }
            }
            Effect::RenewAnchor { link, buttons, .. } => {
                self.renewed.push(buttons.clone());
                Fact::AnchorRenewed { link: *link }
            }
            Effect::PostReply(reply) => {
                self.replies.push((**reply).clone());
                let message = self.writes(OURSELVES, &reply.text);
                Fact::Replied { item: reply.item, message, thread: (!self.gone).then_some(70), gone: self.gone }
            }
            Effect::CreateIssue(new) => {
                let before = self.created.iter().position(|other| other.unique == new.unique);
                let place = before.unwrap_or(self.created.len());
                if before.is_none() {
                    self.created.push((**new).clone());
                }
                let issue = Box::new(self.issue(&format!("DESK-{}", 100 + place), None));
                Fact::IssueCreated { request: new.request, issue }
            }
            Effect::LinkIssue { link, issue, conversation } => {
                self.issues.get_mut(issue).unwrap().conversation = Some(*conversation);
                Fact::IssueLinked { link: *link, skipped: vec![] }
            }
            Effect::FindIssueOfMessage { item, message } => {
                let of = |card: &&IssueCard| card.conversation.is_some_and(|c| c.message == *message);
                Fact::IssueOfMessage { item: *item, issue: self.issues.values().find(of).cloned().map(Box::new) }
            }
            Effect::ReadComments { issue, after, named, since } => {
                let all = self.comments.get(issue).cloned().unwrap_or_default();
                let number = |id: &str| id.parse::<i64>().unwrap();
                let wanted = |comment: &Comment| match after {
                    Some(after) => number(&comment.id) > number(after),
                    None => named.as_ref() == Some(&comment.id) || since.is_some_and(|since| comment.at >= Some(since)),
                };
                let comments = all.into_iter().filter(wanted).collect();
                let card = self.issues[issue].clone();
                Fact::CommentsRead { issue: Box::new(card), named: named.clone(), comments }
            }
            Effect::PostComment(comment) => {
                self.posted.push((**comment).clone());
                let id = self.comments(&comment.issue, "Пульт", &comment.text, at);
                Fact::CommentPosted { item: comment.item, comment: id }
            }
            Effect::GrantAccess { issue, logins, only_for: Some(login), named_by }
                if !self.issues[issue].followers.contains(login) =>
            {
                Fact::AccessWithheld { issue: issue.clone(), logins: logins.clone(), named_by: *named_by }
            }
            Effect::GrantAccess { issue, logins, .. } => {
                self.granted.push((issue.clone(), logins.clone()));
                Fact::AccessGranted { issue: issue.clone(), added: logins.clone() }
            }
            Effect::ReadIssue { wish, issue } => {
                Fact::IssueRead { wish: *wish, issue: Box::new(self.issues[issue].clone()) }
            }
            Effect::ChangeIssue { wish, issue, change } => {
                self.changed.push((issue.clone(), change.clone()));
                let card = self.issues.get_mut(issue).unwrap();
                match change {
                    IssueChange::Assign { login } => card.assignee = Some(login.clone()),
                    IssueChange::Move { transition } => {
                        card.over = transition == "close";
                        card.status_name = if card.over { "Закрыт" } else { "В работе" }.to_owned();
                        card.transitions = transitions(card.over);
                    }
                }
                Fact::IssueChanged { wish: *wish, issue: Box::new(card.clone()) }
            }
            Effect::SearchIssues { wish, list } => {
                self.searched.push(list.clone());
                Fact::IssuesFound { wish: *wish, rows: self.rows.clone() }
            }
            Effect::ReadDepartment { request, .. } => {
                Fact::DepartmentRead { request: *request, department: self.department.clone() }
            }
            other => panic!("no effect of this area: {other:?}"),
        }
    }

    /// The words of what was told.
    pub(super) fn words(&self) -> Vec<&str> {
        self.told.iter().map(|(_, text, _)| text.as_str()).collect()
    }
}

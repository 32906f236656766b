//! What a decision of this area gathers: rows as they are from now on, effects, and what a person is told.
//!
//! Deliberately not here: what a fact means (the modules beside).

use jiff::SignedDuration;
use serde_json::{Map, Value};

use super::super::{
    Action, Button, Change, ChatMessage, ChatUser, DirectCreate, IssueCard, Item, Known, Link, Place, Policy, Press,
    Request, Side, User, Wish, owed::Addressee,
};
use crate::{
    Answer, Audience, ChatItemId, ChatLinkId, ChatRequestId, ChatWishId, Decision, Effect, EffectOrder, Explanation,
    Instant, Level, Notice, NoticeChange, NoticeClass, Subject,
};

/// How long what is known of a person holds (behaviour/chat_tracker 8).
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(1);
/// How long after the press it makes sense to do what somebody pressed a button for.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

pub(super) struct Work<'a> {
    pub(super) at: Instant,
    pub(super) known: &'a Known,
    pub(super) policy: &'a Policy,
    pub(super) answer: Option<Answer>,
    next: super::super::state::Next,
    changes: Vec<Change>,
    effects: Vec<EffectOrder>,
    notices: Vec<NoticeChange>,
}

impl<'a> Work<'a> {
    pub(super) fn new(at: Instant, known: &'a Known, policy: &'a Policy) -> Self {
        Self {
            at,
            known,
            policy,
            answer: Some(Answer::Done),
            next: known.next,
            changes: vec![],
            effects: vec![],
            notices: vec![],
        }
    }

    pub(super) fn new_link(&mut self) -> ChatLinkId {
        let id = self.next.link;
        self.next.link.0 += 1;
        id
    }

    pub(super) fn new_request(&mut self) -> ChatRequestId {
        let id = self.next.request;
        self.next.request.0 += 1;
        id
    }

    pub(super) fn new_wish(&mut self) -> ChatWishId {
        let id = self.next.wish;
        self.next.wish.0 += 1;
        id
    }

    pub(super) fn new_item(&mut self) -> ChatItemId {
        let id = self.next.item;
        self.next.item.0 += 1;
        id
    }

    pub(super) fn keep_link(&mut self, link: &Link) {
        self.changes.push(Change::Link(Box::new(link.clone())));
    }

    pub(super) fn keep_request(&mut self, request: Request) {
        self.changes.push(Change::Request(Box::new(request)));
    }

    pub(super) fn keep_wish(&mut self, wish: Wish) {
        self.changes.push(Change::Wish(Box::new(wish)));
    }

    pub(super) fn keep_item(&mut self, item: Item) {
        self.changes.push(Change::Item(Box::new(item)));
    }

    pub(super) fn keep_user(&mut self, person: &ChatUser) {
        self.changes.push(Change::User(Box::new(User { person: person.clone(), fetched_at: self.at })));
    }

    pub(super) fn echo(&mut self, side: Side, external: String) {
        self.changes.push(Change::Echo { side, external, at: self.at });
    }

    /// Who somebody is, where that was read lately.
    pub(super) fn person(&self, user: i64) -> Option<&'a ChatUser> {
        let known = self.known.user.as_ref().filter(|known| known.person.id == user)?;
        (self.at.duration_since(known.fetched_at) < KNOWN_FOR).then_some(&known.person)
    }

    /// Whether a message outside threads is a request by itself (behaviour/chat_tracker 5.5).
    pub(super) fn makes_request(&self, message: &ChatMessage) -> bool {
        match self.policy.direct_create {
            DirectCreate::Off => false,
            DirectCreate::All => true,
            DirectCreate::Chats => message.place == Place::Chat && self.policy.desk_chats.contains(&message.chat),
        }
    }

    /// Whether one side can be asked at all as things are set up.
    pub(super) fn has(&self, side: Side) -> bool {
        match side {
            Side::Chat => self.policy.chat,
            Side::Tracker => self.policy.tracker,
        }
    }

    /// Owes what can be performed. Whatever waits for an effect asks [`Self::has`] first; the rest is done without.
    fn owe(&mut self, order: EffectOrder) {
        let possible = match &order.effect {
            Effect::ReadChatUser { .. }
            | Effect::ReadMessage { .. }
            | Effect::OpenForm(_)
            | Effect::TellChat { .. }
            | Effect::PostAnchor(_)
            | Effect::RenewAnchor { .. }
            | Effect::PostReply(_) => self.has(Side::Chat),
            Effect::ReadDepartment { .. } => self.policy.directory,
            _ => self.has(Side::Tracker),
        };
        if possible {
            self.effects.push(order);
        }
    }

    pub(super) fn order(&mut self, subject: Subject, effect: Effect) {
        self.owe(EffectOrder { subject, not_after: None, urgent: false, effect });
    }

    /// Owes what somebody waits for who has just pressed a button.
    pub(super) fn order_now(&mut self, wish: &Wish, effect: Effect) {
        self.owe(EffectOrder {
            subject: Subject::chat_user(wish.user),
            not_after: wish.at.checked_add(PATIENCE).ok(),
            urgent: true,
            effect,
        });
    }

    /// Owes a form, which can be opened for seconds only.
    pub(super) fn order_within(&mut self, subject: Subject, life: SignedDuration, effect: Effect) {
        let not_after = self.at.checked_add(life).ok();
        self.owe(EffectOrder { subject, not_after, urgent: true, effect });
    }

    pub(super) fn read_person(&mut self, user: i64) {
        self.order(Subject::chat_user(user), Effect::ReadChatUser { user });
    }

    /// Says something in the messenger.
    pub(super) fn tell(&mut self, user: i64, chat: Option<i64>, text: String, buttons: Vec<Vec<Button>>) {
        let to = chat.map_or(Addressee::User { user }, |chat| Addressee::Chat { chat });
        let since = self.at;
        self.owe(EffectOrder {
            subject: Subject::chat_user(user),
            not_after: None,
            urgent: true,
            effect: Effect::TellChat { to, text, buttons, since },
        });
    }

    pub(super) fn raise(&mut self, key: String, level: Level, subject: Subject, code: &str, values: Value) {
        let values = if let Value::Object(values) = values { values } else { Map::new() };
        let class = NoticeClass::ChatLink;
        let (code, to) = (code.to_owned(), Audience::Everyone);
        self.notices.push(NoticeChange::Raise(Notice { key, class, level, subject, code, values, to }));
    }

    pub(super) fn clear(&mut self, key: String) {
        self.notices.push(NoticeChange::Clear { key });
    }

    /// The buttons under the first message of a conversation (behaviour/chat_tracker 5.4).
    pub(super) fn anchor_buttons(&self, link: ChatLinkId, over: bool) -> Vec<Vec<Button>> {
        if !self.policy.anchor_buttons {
            return vec![];
        }
        let button = |text: &str, action| Button { text: text.to_owned(), press: Press { action, link: Some(link) } };
        let last = if over {
            button("Вернуть в работу", Action::Reopen)
        } else {
            button("Закрыть", Action::Close)
        };
        vec![
            vec![button("Взять в работу", Action::Take), button("Статус", Action::Status)],
            vec![last, button("Мои задачи", Action::Lists)],
        ]
    }

    /// A conversation that the tracker knows and we did not.
    pub(super) fn adopt(&mut self, issue: &IssueCard) -> Option<Link> {
        let conversation = issue.conversation?;
        let link = Link {
            id: self.new_link(),
            issue: issue.key.clone(),
            issue_id: issue.id.clone(),
            url: issue.url.clone(),
            summary: issue.summary.clone(),
            status: issue.status_name.clone(),
            over: issue.over,
            chat: Some(conversation.chat),
            message: Some(conversation.message),
            thread: None,
            user: conversation.user,
            last_comment: None,
            paused_at: None,
            paused_why: None,
            created_at: self.at,
        };
        self.keep_link(&link);
        Some(link)
    }

    pub(super) fn into_decision(self, explanation: Explanation) -> Decision<Change> {
        Decision {
            changes: self.changes,
            effects: self.effects,
            notices: self.notices,
            answer: self.answer,
            ..Decision::nothing(explanation)
        }
    }
}

impl Link {
    /// The same, with what the issue shows now.
    pub(super) fn seen(&self, issue: &IssueCard) -> Self {
        Self { summary: issue.summary.clone(), status: issue.status_name.clone(), over: issue.over, ..self.clone() }
    }
}

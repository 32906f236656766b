//! Stories of the rule, told on a house in memory: what is decided is carried out at once, and a world of people, messages and issues
//! answers what is owed.
//!
//! Deliberately not here: the stories (the modules beside), and what the snapshot is loaded from (the store's tests).

mod always;
mod copies;
mod desk;
mod form;
mod missing;
mod radar;
mod requests;
mod stuck;
mod wishes;
mod world;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::SignedDuration;

use super::{
    super::{
        Action, Block, Button, Change, ChatMessage, DirectCreate, Edits, Fact, Field, Form, Item, ItemState, Known,
        Link, Menu, MenuButton, Place, Policy, Press, Request, RequestState, Side, Submission, Trace, User, Wish,
        fact::Aim, owed::Event, state::Next,
    },
    decide,
};
use crate::{
    Answer, ChatItemId, ChatLinkId, ChatRequestId, ChatWishId, Decision, Effect, EffectOrder, Failure, Instant, Notice,
    NoticeChange,
};
use world::World;

/// Who asked for the first issue.
const MARIA: i64 = 811;
/// Works at the service desk.
const PETR: i64 = 812;
/// Has nothing to do with any of it.
const OLEG: i64 = 813;
/// A program.
const ROBOT: i64 = 900;
/// Ourselves.
const OURSELVES: i64 = 999;
/// The chat of the service desk.
const DESK: i64 = 500;
/// The first message of the first issue's conversation.
const ANCHOR: i64 = 9_000;
const ISSUE: &str = "DESK-1";
const LINK: ChatLinkId = ChatLinkId(1);

fn at(seconds: i64) -> Instant {
    "2026-11-20T10:00:00Z".parse::<Instant>().unwrap() + SignedDuration::from_secs(seconds)
}

fn policy() -> Policy {
    let radio = |name: &str, label: &str, options: &[&str]| Block::Radio {
        name: name.to_owned(),
        label: label.to_owned(),
        options: options.iter().map(|option| (*option).to_owned()).collect(),
    };
    let blocks = vec![
        Block::PlainText { text: "Выбери тему".to_owned() },
        Block::Divider {},
        radio("topic_yandex", "Проблемы с сервисами", &["Диск", "Почта"]),
        radio("topic_other", "", &["Другая проблема"]),
        Block::Input {
            name: "description".to_owned(),
            label: "Описание проблемы".to_owned(),
            placeholder: String::new(),
            multiline: true,
            required: true,
            min_length: Some(5),
            max_length: Some(3000),
        },
        Block::FileInput { name: "files".to_owned(), max_files: None },
    ];
    let form = Form {
        callback: "sd_form".to_owned(),
        title: "Обращение в ServiceDesk".to_owned(),
        submit: "Отправить".to_owned(),
        close: "Отменить".to_owned(),
        blocks,
    };
    Policy {
        enabled: true,
        chat: true,
        tracker: true,
        directory: true,
        direct_create: DirectCreate::Chats,
        desk_chats: vec![DESK],
        anchor_buttons: true,
        agents: vec!["P.Zhukov".to_owned()],
        menu: Menu {
            text: "Выберите действие:".to_owned(),
            rows: vec![vec![MenuButton {
                text: "Создать обращение в ServiceDesk".to_owned(),
                action: "open_sd_form".to_owned(),
            }]],
        },
        form,
        edits: Edits::Note,
        instance: "7f3a".to_owned(),
    }
}

/// Whether what is owed is owed of a side that is connected.
fn can_be_done(effect: &Effect, policy: &Policy) -> bool {
    match effect {
        Effect::ReadChatUser { .. }
        | Effect::ReadMessage { .. }
        | Effect::OpenForm(_)
        | Effect::TellChat { .. }
        | Effect::PostAnchor(_)
        | Effect::RenewAnchor { .. }
        | Effect::PostReply(_) => policy.chat,
        Effect::ReadDepartment { .. } => policy.directory,
        Effect::CreateIssue(_)
        | Effect::LinkIssue { .. }
        | Effect::ReadIssue { .. }
        | Effect::FindIssueOfMessage { .. }
        | Effect::ChangeIssue { .. }
        | Effect::SearchIssues { .. }
        | Effect::ReadComments { .. }
        | Effect::PostComment(_)
        | Effect::GrantAccess { .. } => policy.tracker,
        other => panic!("not of this area: {other:?}"),
    }
}

/// A house in memory.
struct House {
    policy: Policy,
    now: Instant,
    world: World,
    links: BTreeMap<ChatLinkId, Link>,
    requests: BTreeMap<ChatRequestId, Request>,
    wishes: BTreeMap<ChatWishId, Wish>,
    items: BTreeMap<ChatItemId, Item>,
    users: BTreeMap<i64, User>,
    echoes: BTreeSet<(Side, String)>,
    owed: VecDeque<EffectOrder>,
    raised: BTreeMap<String, Notice>,
    last: String,
}

impl House {
    /// Nothing is known of anybody.
    fn new() -> Self {
        Self {
            policy: policy(),
            now: at(0),
            world: World::new(),
            links: BTreeMap::new(),
            requests: BTreeMap::new(),
            wishes: BTreeMap::new(),
            items: BTreeMap::new(),
            users: BTreeMap::new(),
            echoes: BTreeSet::new(),
            owed: VecDeque::new(),
            raised: BTreeMap::new(),
            last: String::new(),
        }
    }

    /// Maria asked for the first issue, and its conversation stands.
    fn with_issue() -> Self {
        let mut house = Self::new();
        let card = house.world.issue(ISSUE, Some((DESK, ANCHOR, MARIA)));
        let link = Link {
            id: LINK,
            issue: card.key,
            issue_id: card.id,
            url: card.url,
            summary: card.summary,
            status: card.status_name,
            over: card.over,
            chat: Some(DESK),
            message: Some(ANCHOR),
            thread: None,
            user: Some(MARIA),
            last_comment: Some("0".to_owned()),
            paused_at: None,
            paused_why: None,
            created_at: at(-60),
        };
        house.links.insert(LINK, link);
        house
    }

    fn link(&self) -> &Link {
        &self.links[&LINK]
    }

    /// Somebody was read lately.
    fn knows(&mut self, user: i64) {
        let person = self.world.people[&user].clone();
        self.users.insert(user, User { person, fetched_at: self.now });
    }

    fn happens(&mut self, fact: &Fact) -> Decision<Change> {
        let known = self.known(fact);
        let decision = decide(fact, self.now, &known, &self.policy);
        for change in &decision.changes {
            self.apply(change);
        }
        for order in &decision.effects {
            assert!(can_be_done(&order.effect, &self.policy), "nobody performs it: {:?}", order.effect);
        }
        self.owed.extend(decision.effects.iter().cloned());
        for notice in &decision.notices {
            match notice {
                NoticeChange::Raise(notice) => self.raised.insert(notice.key.clone(), notice.clone()),
                NoticeChange::Clear { key } | NoticeChange::Read { key } => self.raised.remove(key),
            };
        }
        self.last.clone_from(&decision.explanation.rule);
        decision
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Link(link) => {
                let same =
                    |other: &Link| other.issue == link.issue || link.message.is_some_and(|m| other.message == Some(m));
                assert!(!self.links.values().any(|other| other.id != link.id && same(other)), "one link: {link:?}");
                self.links.insert(link.id, (**link).clone());
            }
            Change::Request(request) => drop(self.requests.insert(request.id, (**request).clone())),
            Change::Wish(wish) => drop(self.wishes.insert(wish.id, (**wish).clone())),
            Change::User(user) => drop(self.users.insert(user.person.id, (**user).clone())),
            Change::Echo { side, external, .. } => drop(self.echoes.insert((*side, external.clone()))),
            Change::Item(item) => {
                let same = |other: &Item| (other.side, &other.external) == (item.side, &item.external);
                let twins = self.items.values().filter(|other| other.id != item.id && same(other)).count();
                assert_eq!(twins, 0, "an item is kept once: {item:?}");
                self.items.insert(item.id, (**item).clone());
            }
        }
    }

    /// The snapshot, as the store loads it.
    fn known(&self, fact: &Fact) -> Known {
        let next = |last: Option<i64>| last.unwrap_or_default() + 1;
        let mut known = Known::nothing_but(Next {
            link: ChatLinkId(next(self.links.keys().last().map(|id| id.0))),
            request: ChatRequestId(next(self.requests.keys().last().map(|id| id.0))),
            wish: ChatWishId(next(self.wishes.keys().last().map(|id| id.0))),
            item: ChatItemId(next(self.items.keys().last().map(|id| id.0))),
        });
        self.fill(&mut known, fact);
        if let Some(link) = known.link.as_ref().map(|link| link.id) {
            let until = known.item.as_ref().map_or(known.next.item, |item| item.id);
            let since = self.now - SignedDuration::from_mins(15);
            let seen = |item: &&Item| matches!(item.state, ItemState::Sending | ItemState::Done | ItemState::Held);
            let before = |item: &&Item| item.link == Some(link) && item.id < until && item.at > since;
            known.recent = self.items.values().rev().filter(before).filter(seen).take(50).map(Trace::of).collect();
        }
        known
    }

    fn is_anchoring(&self, but: Option<ChatRequestId>) -> bool {
        self.requests.values().any(|request| request.state == RequestState::Anchoring && Some(request.id) != but)
    }

    fn fill(&self, known: &mut Known, fact: &Fact) {
        let of_issue = |key: &str| self.links.values().find(|link| link.issue == key).cloned();
        let link = |id: ChatLinkId| self.links.get(&id).cloned();
        match fact {
            Fact::Written(message) => {
                known.ours = self.echoes.contains(&(Side::Chat, message.id.to_string()));
                known.user = self.users.get(&message.user).cloned();
                known.item = self.item_of(message.id);
                if let Place::Thread { parent: Some(parent) } = message.place {
                    known.link = self.links.values().find(|link| link.message == Some(parent)).cloned();
                }
            }
            Fact::Edited { message, .. } | Fact::Deleted { message } => {
                self.of_item(known, self.item_of(*message));
            }
            Fact::Pressed { user, press, .. } => {
                known.user = self.users.get(user).cloned();
                known.link = press.link.and_then(link);
            }
            Fact::Submitted(form) => {
                let id = form.metadata.as_deref().and_then(|id| id.parse().ok()).map(ChatRequestId);
                let same = |r: &&Request| r.digest.as_ref() == Some(&form.digest) && r.at > self.now - TEN_MINUTES;
                known.request = id.and_then(|id| self.requests.get(&id)).cloned();
                known.request = known.request.take().or_else(|| self.requests.values().rev().find(same).cloned());
                known.user = self.users.get(&form.user).cloned();
            }
            Fact::ChatUserRead { user } => self.waiting_for(known, user.id),
            Fact::ChatUserMissing { user, .. } => self.waiting_for(known, *user),
            Fact::MessageRead { item, .. }
            | Fact::Replied { item, .. }
            | Fact::CommentPosted { item, .. }
            | Fact::ItemDropped { item, .. }
            | Fact::ItemSentAgain { item, .. }
            | Fact::Failed { what: Aim::ReadMessage { item } | Aim::FindIssue { item } | Aim::Copy { item }, .. } => {
                self.of_item(known, self.items.get(item).cloned());
            }
            Fact::IssueOfMessage { item, issue } => {
                self.of_item(known, self.items.get(item).cloned());
                let parent = known.item.as_ref().and_then(|item| item.parent);
                let of_thread = || self.links.values().find(|link| parent.is_some() && link.message == parent).cloned();
                known.link = issue.as_ref().map_or_else(of_thread, |issue| of_issue(&issue.key));
                known.anchoring = self.is_anchoring(None);
            }
            Fact::FormOpened { wish }
            | Fact::IssueRead { wish, .. }
            | Fact::IssueChanged { wish, .. }
            | Fact::IssuesFound { wish, .. }
            | Fact::Failed { what: Aim::OpenForm { wish } | Aim::Wish { wish }, .. } => {
                known.wish = self.wishes.get(wish).cloned();
                known.user = known.wish.as_ref().and_then(|wish| self.users.get(&wish.user)).cloned();
                known.link = known.wish.as_ref().and_then(|wish| wish.press.as_ref()?.link).and_then(link);
            }
            Fact::IssueCreated { request, .. }
            | Fact::AnchorPosted { request, .. }
            | Fact::DepartmentRead { request, .. }
            | Fact::RequestAgain { request, .. }
            | Fact::Failed {
                what: Aim::Department { request } | Aim::Create { request } | Aim::Anchor { request },
                ..
            } => {
                known.request = self.requests.get(request).cloned();
                known.user = known.request.as_ref().and_then(|request| self.users.get(&request.user)).cloned();
                known.link = known.request.as_ref().and_then(|request| request.link).and_then(link);
                if matches!(fact, Fact::AnchorPosted { .. } | Fact::Failed { what: Aim::Anchor { .. }, .. }) {
                    let finding = |item: &&Item| item.state == ItemState::Finding;
                    known.finding = self.items.values().filter(finding).cloned().collect();
                    known.anchoring = self.is_anchoring(Some(*request));
                }
            }
            Fact::AnchorRenewed { link: id }
            | Fact::IssueLinked { link: id, .. }
            | Fact::PauseAsked { link: id, .. }
            | Fact::Failed { what: Aim::Renew { link: id } | Aim::Link { link: id }, .. } => known.link = link(*id),
            Fact::ResumeAsked { link: id, .. } => {
                known.link = link(*id);
                let held = |item: &&Item| item.link == Some(*id) && item.state == ItemState::Held;
                known.held = self.items.values().filter(held).cloned().collect();
            }
            Fact::CommentsRead { issue, comments, .. } => {
                let of = |message: i64| self.links.values().find(|link| link.message == Some(message)).cloned();
                known.link = of_issue(&issue.key).or_else(|| of(issue.conversation?.message));
                known.known_comments = self.known_comments(comments.iter().map(|comment| &comment.id));
            }
            Fact::IssueStirred { issue, comment, .. } => {
                known.link = of_issue(issue);
                known.known_comments = self.known_comments(comment);
            }
            Fact::AccessGranted { issue, .. }
            | Fact::AccessWithheld { issue, .. }
            | Fact::Failed { what: Aim::Comments { issue } | Aim::Access { issue, .. }, .. } => {
                known.link = of_issue(issue);
            }
            Fact::Told { .. } | Fact::Failed { what: Aim::Tell, .. } => {}
        }
    }

    fn known_comments<'c>(&self, ids: impl IntoIterator<Item = &'c String>) -> BTreeSet<String> {
        let is_item = |id: &str| self.items.values().any(|i| i.side == Side::Tracker && i.external == id);
        let is_known = |id: &&String| is_item(id) || self.echoes.contains(&(Side::Tracker, (*id).clone()));
        ids.into_iter().filter(is_known).cloned().collect()
    }

    fn item_of(&self, message: i64) -> Option<Item> {
        let written = |item: &&Item| item.message == Some(message) && item.event == Event::Written;
        self.items.values().find(written).cloned()
    }

    fn of_item(&self, known: &mut Known, item: Option<Item>) {
        known.link = item.as_ref().and_then(|item| item.link).and_then(|id| self.links.get(&id)).cloned();
        let ours = |item: &Item| item.side == Side::Chat && self.echoes.contains(&(Side::Chat, item.external.clone()));
        known.ours = item.as_ref().is_some_and(ours);
        known.item = item;
    }

    fn waiting_for(&self, known: &mut Known, user: i64) {
        let author = |r: &&Request| r.user == user && r.state == RequestState::Author;
        let person = |w: &&Wish| w.user == user && w.state == super::super::WishState::Person;
        known.requests = self.requests.values().filter(author).cloned().collect();
        known.wishes = self.wishes.values().filter(person).cloned().collect();
        let of = |wish: &Wish| self.links.get(&wish.press.as_ref()?.link?).cloned();
        known.links = known.wishes.iter().filter_map(of).collect();
    }

    /// Everything owed is done, and what comes of it.
    fn settle(&mut self) {
        self.settle_but(|_| None);
    }

    /// The same, but for what is refused.
    fn settle_but(&mut self, mut refused: impl FnMut(&Effect) -> Option<Failure>) {
        while let Some(order) = self.owed.pop_front() {
            self.carry_out(&order, refused(&order.effect));
        }
    }

    fn carry_out(&mut self, order: &EffectOrder, refused: Option<Failure>) -> Decision<Change> {
        let late = order.not_after.is_some_and(|not_after| not_after < self.now);
        let fact = match refused.or(late.then_some(Failure::TooLate)) {
            Some(failure) => Fact::of_failed_effect(&order.effect, failure, "HTTP 422: так нельзя"),
            None => self.world.does(&order.effect, self.now),
        };
        self.happens(&fact)
    }

    /// Somebody writes, and nothing is answered yet.
    fn says(&mut self, user: i64, place: Place, text: &str) -> i64 {
        let id = self.world.writes(user, text);
        let chat = if place == Place::Private { 600 + user } else { DESK };
        self.happens(&Fact::Written(ChatMessage { id, chat, place, user, text: text.to_owned() }));
        id
    }

    /// Somebody writes in the conversation of the first issue, and everything that comes of it is done.
    fn replies(&mut self, user: i64, text: &str) -> ChatItemId {
        let message = self.says(user, IN_THREAD, text);
        self.settle();
        self.item_of(message).unwrap().id
    }

    /// Somebody comments on an issue, and everything that comes of it is done.
    fn comments(&mut self, issue: &str, author: &str, text: &str) {
        let comment = Some(self.world.comments(issue, author, text, self.now));
        self.happens(&Fact::IssueStirred { issue: issue.to_owned(), comment, since: None, late: false });
        self.settle();
    }

    fn presses(&mut self, user: i64, action: Action) {
        let link =
            matches!(action, Action::Take | Action::Status | Action::Close | Action::Reopen | Action::Move { .. });
        let press = Press { action, link: link.then_some(LINK) };
        let trigger = Some("792da6b1".to_owned());
        self.happens(&Fact::Pressed { user, chat: Some(DESK), message: None, trigger, press });
    }

    fn states(&self) -> Vec<(ItemState, Option<&str>)> {
        self.items.values().map(|item| (item.state, item.reason.as_deref())).collect()
    }
}

const TEN_MINUTES: SignedDuration = SignedDuration::from_mins(10);
const IN_THREAD: Place = Place::Thread { parent: Some(ANCHOR) };

fn submission(user: i64, metadata: Option<ChatRequestId>, fields: &[(&str, &str)]) -> Submission {
    let text = |text: &str| Field::Texts(vec![text.to_owned()]);
    Submission {
        form: Some("sd_form".to_owned()),
        metadata: metadata.map(|id| id.to_string()),
        chat: None,
        user,
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect(),
        digest: format!("{user}/{metadata:?}/{fields:?}"),
    }
}

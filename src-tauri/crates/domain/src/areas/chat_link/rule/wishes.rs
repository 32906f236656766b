//! Wishes: the menu, the lists, the form, and what is done to an issue by a button (behaviour/chat_tracker 5.1, 5.2, 5.4).
//!
//! Rights are judged by what the tracker shows at the press, never by the button. Deliberately not here: what a sent form becomes
//! (`requests`).

use jiff::SignedDuration;

use super::{
    super::{
        Action, Button, ChatUser, IssueCard, IssueRow, Link, Press, Request, Side, Way, Wish, WishState,
        owed::{IssueChange, List, OpenForm},
    },
    requests, text,
    work::Work,
};
use crate::{Effect, Failure, Subject};

/// How long the messenger lets a form be opened after the press (contracts/pachca 4).
const TRIGGER_LIFE: SignedDuration = SignedDuration::from_secs(3);

fn blank(work: &mut Work<'_>, user: i64, chat: Option<i64>, press: Option<&Press>) -> Wish {
    Wish {
        id: work.new_wish(),
        state: WishState::Person,
        user,
        chat,
        press: press.cloned(),
        trouble: None,
        at: work.at,
    }
}

/// A text outside threads is answered with the menu, unless a program wrote it.
pub(super) fn menu(work: &mut Work<'_>, user: i64, chat: i64) -> &'static str {
    let wish = blank(work, user, Some(chat), None);
    with_person(work, wish);
    "chat_link.written.menu"
}

pub(super) fn pressed(
    work: &mut Work<'_>,
    user: i64,
    chat: Option<i64>,
    trigger: Option<&str>,
    press: &Press,
) -> &'static str {
    let wish = blank(work, user, chat, Some(press));
    match &press.action {
        Action::Form => open_form(work, wish, trigger),
        Action::Lists => {
            let row = |text: &str, action| vec![Button::of(text, action)];
            let buttons = vec![
                row("Активные", Action::Active),
                row("Закрытые (последние 10)", Action::Closed),
                row("Наблюдаю", Action::Watched),
            ];
            work.tell(user, chat, text::WHICH.to_owned(), buttons);
            work.keep_wish(Wish { state: WishState::Done, ..wish });
        }
        Action::Active => search(work, wish, List::Own { user, over: false }),
        Action::Closed => search(work, wish, List::Own { user, over: true }),
        Action::Watched => with_person(work, wish),
        Action::Take | Action::Status | Action::Close | Action::Reopen | Action::Move { .. } => {
            if work.known.link.is_some() {
                with_person(work, wish);
            } else {
                refuse(work, wish, text::GONE.to_owned());
            }
        }
    }
    "chat_link.pressed"
}

fn with_person(work: &mut Work<'_>, wish: Wish) {
    match work.person(wish.user) {
        Some(person) => wanted_by(work, wish, person),
        None if !work.has(Side::Chat) => refuse(work, wish, text::NO_MESSENGER.to_owned()),
        None => {
            work.read_person(wish.user);
            work.keep_wish(wish);
        }
    }
}

/// A form is opened before anything else is done: its time is short.
fn open_form(work: &mut Work<'_>, wish: Wish, trigger: Option<&str>) {
    let Some(trigger) = trigger else { return form_failed(work, wish) };
    let request = Request { chat: wish.chat, ..requests::blank(work, Way::Form, wish.user, wish.chat) };
    let effect = Effect::OpenForm(Box::new(OpenForm {
        wish: wish.id,
        trigger: trigger.to_owned(),
        request: request.id,
        form: work.policy.form.clone(),
    }));
    work.order_within(Subject::chat_request(request.id), TRIGGER_LIFE, effect);
    work.keep_request(request);
    work.keep_wish(Wish { state: WishState::Doing, ..wish });
}

fn form_failed(work: &mut Work<'_>, wish: Wish) {
    let buttons = vec![vec![Button::of(text::OPEN_FORM, Action::Form)]];
    work.tell(wish.user, wish.chat, text::FORM_FAILED.to_owned(), buttons);
    work.keep_wish(Wish { state: WishState::Refused, ..wish });
}

pub(super) fn form_not_opened(work: &mut Work<'_>) -> &'static str {
    let Some(wish) = work.known.wish.clone() else { return "chat_link.late" };
    form_failed(work, wish);
    "chat_link.form_not_opened"
}

/// Whoever wants something is known.
pub(super) fn wanted_by(work: &mut Work<'_>, wish: Wish, person: &ChatUser) {
    if person.bot || person.own {
        return work.keep_wish(Wish { state: WishState::Done, ..wish });
    }
    match wish.press.as_ref().map(|press| &press.action) {
        None => {
            let menu = &work.policy.menu;
            work.tell(wish.user, wish.chat, menu.text.clone(), menu.buttons());
            work.keep_wish(Wish { state: WishState::Done, ..wish });
        }
        Some(Action::Watched) => match person.login() {
            Some(login) => search(work, wish, List::Watched { login: login.to_owned() }),
            None => refuse_aloud(work, wish, text::NO_PERSON.to_owned()),
        },
        Some(_) => match issue_of(work, &wish) {
            Some(_) if !work.has(Side::Tracker) => refuse(work, wish, text::refused(text::NO_TRACKER)),
            Some(issue) => {
                work.order_now(&wish, Effect::ReadIssue { wish: wish.id, issue });
                work.keep_wish(Wish { state: WishState::Issue, ..wish });
            }
            None => refuse(work, wish, text::GONE.to_owned()),
        },
    }
}

/// The issue of a wish: of its own conversation, or of one that waited for the same person.
fn issue_of(work: &Work<'_>, wish: &Wish) -> Option<String> {
    let link = wish.press.as_ref()?.link?;
    let known = work.known.link.iter().chain(&work.known.links).find(|known| known.id == link)?;
    Some(known.issue.clone())
}

fn search(work: &mut Work<'_>, wish: Wish, list: List) {
    if !work.has(Side::Tracker) {
        return refuse_aloud(work, wish, text::SEARCH_FAILED.to_owned());
    }
    work.order_now(&wish, Effect::SearchIssues { wish: wish.id, list });
    work.keep_wish(Wish { state: WishState::Issue, ..wish });
}

pub(super) fn found(work: &mut Work<'_>, rows: &[IssueRow]) -> &'static str {
    let Some(wish) = work.known.wish.clone().filter(|wish| wish.state == WishState::Issue) else {
        return "chat_link.late";
    };
    let action = wish.press.as_ref().map_or(Action::Active, |press| press.action.clone());
    for message in text::list(&action, rows) {
        work.tell(wish.user, wish.chat, message, vec![]);
    }
    work.keep_wish(Wish { state: WishState::Done, ..wish });
    "chat_link.issues_found"
}

pub(super) fn issue_read(work: &mut Work<'_>, issue: &IssueCard) -> &'static str {
    let (Some(wish), Some(link)) = (work.known.wish.clone(), work.known.link.clone()) else { return "chat_link.late" };
    let Some(press) = wish.press.clone().filter(|_| wish.state == WishState::Issue) else { return "chat_link.late" };
    let link = link.seen(issue);
    work.keep_link(&link);
    let login = work.known.user.as_ref().and_then(|known| known.person.login()).map(str::to_owned);
    if !may(work, &link, issue, &wish, login.as_deref(), &press.action) {
        refuse(work, wish, text::NO_RIGHT.to_owned());
        return "chat_link.no_right";
    }
    let way = |ends: bool| issue.transitions.iter().find(|way| way.ends == ends).map(|way| way.id.clone());
    let transition = match press.action {
        Action::Take => {
            match login {
                Some(login) => change(work, wish, &link, IssueChange::Assign { login }),
                None => refuse(work, wish, text::NO_PERSON.to_owned()),
            }
            return "chat_link.take";
        }
        Action::Status => {
            offer_ways(work, wish, &link, issue);
            return "chat_link.ways_offered";
        }
        // It is so already: only the buttons are behind.
        Action::Close if issue.over => return already(work, wish, &link, issue),
        Action::Reopen if !issue.over => return already(work, wish, &link, issue),
        Action::Close => way(true),
        Action::Reopen => way(false),
        Action::Move { transition } => Some(transition).filter(|id| issue.transitions.iter().any(|way| &way.id == id)),
        Action::Form | Action::Lists | Action::Active | Action::Closed | Action::Watched => None,
    };
    match transition {
        Some(transition) => change(work, wish, &link, IssueChange::Move { transition }),
        None => refuse(work, wish, text::no_way(issue)),
    }
    "chat_link.move"
}

/// Reporter: close and reopen. Followers and agents: everything (behaviour/chat_tracker 5.4).
fn may(work: &Work<'_>, link: &Link, issue: &IssueCard, wish: &Wish, login: Option<&str>, action: &Action) -> bool {
    let among = |logins: &[String]| {
        login.is_some_and(|login| logins.iter().any(|other| other.to_lowercase() == login.to_lowercase()))
    };
    let reporter = link.user == Some(wish.user) && matches!(action, Action::Close | Action::Reopen);
    reporter || among(&issue.followers) || among(&work.policy.agents)
}

fn change(work: &mut Work<'_>, wish: Wish, link: &Link, change: IssueChange) {
    if !work.has(Side::Tracker) {
        return refuse(work, wish, text::refused(text::NO_TRACKER));
    }
    work.order_now(&wish, Effect::ChangeIssue { wish: wish.id, issue: link.issue.clone(), change });
    work.keep_wish(Wish { state: WishState::Doing, ..wish });
}

fn offer_ways(work: &mut Work<'_>, wish: Wish, link: &Link, issue: &IssueCard) {
    if issue.transitions.is_empty() {
        return refuse(work, wish, text::no_way(issue));
    }
    let button = |way: &super::super::Transition| {
        let press = Press { action: Action::Move { transition: way.id.clone() }, link: Some(link.id) };
        vec![Button { text: way.name.clone(), press }]
    };
    let buttons = issue.transitions.iter().map(button).collect();
    work.tell(wish.user, None, text::which_way(issue), buttons);
    work.keep_wish(Wish { state: WishState::Done, ..wish });
}

fn already(work: &mut Work<'_>, wish: Wish, link: &Link, issue: &IssueCard) -> &'static str {
    finish(work, wish, link, issue);
    "chat_link.so_already"
}

pub(super) fn issue_changed(work: &mut Work<'_>, issue: &IssueCard) -> &'static str {
    let (Some(wish), Some(link)) = (work.known.wish.clone(), work.known.link.clone()) else { return "chat_link.late" };
    let link = link.seen(issue);
    work.keep_link(&link);
    finish(work, wish, &link, issue);
    "chat_link.issue_changed"
}

/// The first message shows the new state, and whoever pressed reads it.
fn finish(work: &mut Work<'_>, wish: Wish, link: &Link, issue: &IssueCard) {
    let buttons = work.anchor_buttons(link.id, link.over);
    if let Some(message) = link.message.filter(|_| !buttons.is_empty()) {
        work.order(Subject::issue(&link.issue), Effect::RenewAnchor { link: link.id, message, buttons });
    }
    work.tell(wish.user, None, text::changed(issue), vec![]);
    work.keep_wish(Wish { state: WishState::Done, ..wish });
}

/// What was wanted could not be done: whoever pressed reads the tracker's own words.
pub(super) fn failed(work: &mut Work<'_>, failure: Failure, detail: &str) -> &'static str {
    let Some(wish) = work.known.wish.clone() else { return "chat_link.late" };
    let searched =
        wish.press.as_ref().is_some_and(|p| matches!(p.action, Action::Active | Action::Closed | Action::Watched));
    if searched {
        refuse_aloud(work, wish, text::SEARCH_FAILED.to_owned());
    } else if failure == Failure::TooLate {
        refuse(work, wish, text::TOO_LATE.to_owned());
    } else {
        refuse(work, wish, text::refused(detail));
    }
    "chat_link.wish_failed"
}

pub(super) fn done(work: &mut Work<'_>, rule: &'static str) -> &'static str {
    if let Some(wish) = work.known.wish.clone() {
        work.keep_wish(Wish { state: WishState::Done, ..wish });
    }
    rule
}

/// Says no, in private.
fn refuse(work: &mut Work<'_>, wish: Wish, why: String) {
    work.tell(wish.user, None, why.clone(), vec![]);
    work.keep_wish(Wish { state: WishState::Refused, trouble: Some(why), ..wish });
}

/// Says no where it was asked.
fn refuse_aloud(work: &mut Work<'_>, wish: Wish, why: String) {
    work.tell(wish.user, wish.chat, why.clone(), vec![]);
    work.keep_wish(Wish { state: WishState::Refused, trouble: Some(why), ..wish });
}

//! Effects of this area with invented particulars, for the preview of answers.
//!
//! Deliberately not here: anything that is ever carried out.

use super::{
    Action, Button, Form,
    owed::{Addressee, Anchor, Event, IssueChange, List, NewIssue, OpenForm, PostComment, Reply},
    shown::Conversation,
};
use crate::{ChatItemId, ChatLinkId, ChatRequestId, ChatWishId, Effect, Instant};

const ISSUE: &str = "DESK-41";
const PAGE: &str = "https://tracker.example.com/DESK-41";

pub(crate) fn example(kind: &str) -> Option<Effect> {
    let (item, wish, link, request) = (ChatItemId(1), ChatWishId(1), ChatLinkId(1), ChatRequestId(1));
    let (issue, url, since) = (ISSUE.to_owned(), PAGE.to_owned(), Instant::UNIX_EPOCH);
    let (author, text) = ("Орлова Мария".to_owned(), "Нет гудка".to_owned());
    Some(match kind {
        "read_chat_user" => Effect::ReadChatUser { user: 811 },
        "read_message" => Effect::ReadMessage { item, message: 90_114 },
        "open_form" => Effect::OpenForm(Box::new(OpenForm {
            wish,
            trigger: "792da6b1".to_owned(),
            request,
            form: Form {
                callback: "sd_form".to_owned(),
                title: "Обращение".to_owned(),
                submit: "Отправить".to_owned(),
                close: "Отменить".to_owned(),
                blocks: vec![],
            },
        })),
        "tell_chat" => Effect::TellChat {
            to: Addressee::User { user: 811 },
            text,
            buttons: vec![vec![Button::of("Мои задачи", Action::Lists)]],
            since,
        },
        "post_anchor" => Effect::PostAnchor(Box::new(Anchor {
            request,
            to: Addressee::Chat { chat: 51_840 },
            summary: "Телефония".to_owned(),
            text,
            issue,
            url,
            buttons: vec![],
            since,
        })),
        "renew_anchor" => Effect::RenewAnchor { link, message: 90_114, buttons: vec![] },
        "post_reply" => Effect::PostReply(Box::new(Reply {
            item,
            issue,
            url,
            chat: 51_840,
            anchor: 90_114,
            author,
            text,
            files: vec![],
            since,
        })),
        "create_issue" => Effect::CreateIssue(Box::new(NewIssue {
            request,
            unique: "console:0:1".to_owned(),
            summary: "Телефония".to_owned(),
            subcategory: None,
            text,
            direct: false,
            login: Some("m.orlova".to_owned()),
            name: author,
            department: None,
            files: vec![],
        })),
        "link_issue" => {
            let conversation = Conversation { user: Some(811), chat: 51_840, message: 90_114 };
            Effect::LinkIssue { link, issue, conversation }
        }
        "find_issue_of_message" => Effect::FindIssueOfMessage { item, message: 90_114 },
        "read_comments" => Effect::ReadComments { issue, after: None, named: None, since: None },
        "post_comment" => Effect::PostComment(Box::new(PostComment {
            item,
            issue,
            author,
            user: 811,
            event: Event::Written,
            text,
            files: vec![],
            since,
        })),
        "grant_access" => {
            Effect::GrantAccess { issue, logins: vec!["m.orlova".to_owned()], only_for: None, named_by: Some(811) }
        }
        "read_issue" => Effect::ReadIssue { wish, issue },
        "change_issue" => {
            Effect::ChangeIssue { wish, issue, change: IssueChange::Assign { login: "m.orlova".to_owned() } }
        }
        "search_issues" => Effect::SearchIssues { wish, list: List::Own { user: 811, over: false } },
        "read_department" => Effect::ReadDepartment { request, email: "m.orlova@example.com".to_owned() },
        _ => return None,
    })
}

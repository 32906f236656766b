//! Letting people in: whom a message names may read the issue, where whoever named them may let them in.
//!
//! Deliberately not here: which logins a message names (`copies`), and what the issue shows (the tracker's).

use super::{
    super::{Item, Link},
    text,
    work::Work,
};
use crate::{Effect, Subject};

/// Lets in whom an item names, if whoever named them may: a thread is open to more people than its issue, and to name somebody must
/// not be a way around the tracker's rights (behaviour/chat_tracker 13.9). The reporter and the agents may; of others the issue must
/// show that they are its author, its assignee or a follower, as at a button (5.4). False where nobody at the tracker is known to ask.
pub(super) fn let_in(work: &mut Work<'_>, item: &Item, link: &Link) -> bool {
    let same = |login: &String, other: &String| login.to_lowercase() == other.to_lowercase();
    let is_agent = |login: &String| work.policy.agents.iter().any(|agent| same(agent, login));
    let reporter = item.user.is_some() && item.user == link.user;
    let only_for = match &item.mentioned.by {
        _ if reporter => None,
        Some(login) if is_agent(login) => None,
        Some(login) => Some(login.clone()),
        None => {
            not_allowed(work, &link.issue, &item.mentioned.logins, item.user);
            return false;
        }
    };
    let (issue, logins) = (link.issue.clone(), item.mentioned.logins.clone());
    work.order(Subject::issue(&link.issue), Effect::GrantAccess { issue, logins, only_for, named_by: item.user });
    true
}

/// The issue showed that whoever named people has no right to let them in.
pub(super) fn withheld(work: &mut Work<'_>, issue: &str, logins: &[String], named_by: Option<i64>) -> &'static str {
    not_allowed(work, issue, logins, named_by);
    "chat_link.access_withheld"
}

/// Whoever named them believes that they read along.
fn not_allowed(work: &mut Work<'_>, issue: &str, logins: &[String], named_by: Option<i64>) {
    if let Some(user) = named_by {
        work.tell(user, None, text::may_not_let_in(issue, logins), vec![]);
    }
}

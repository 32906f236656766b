//! The space's people: who they are, how REST shows them, and how a text finds them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::stamp;

/// Somebody of the space, a bot too.
#[derive(Clone, Debug, Serialize)]
pub struct User {
    /// Their id.
    pub id: u64,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// What they are mentioned by.
    pub nickname: String,
    /// Mail address.
    pub email: Option<String>,
    /// Where they work.
    pub department: String,
    /// What they do.
    pub title: Option<String>,
    /// `admin`, `user`, `multi_guest` or `guest`.
    pub role: String,
    /// Whether they may not come in any more.
    pub suspended: bool,
    /// Whether it is a program.
    pub bot: bool,
    /// When they came.
    pub created_at: Timestamp,
}

/// A change of somebody, or somebody new; absent is as it was.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UserOrder {
    /// Id of somebody new; the next free one without this.
    pub id: Option<u64>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// What they are mentioned by.
    pub nickname: Option<String>,
    /// Mail address; an empty one is none.
    pub email: Option<String>,
    /// Where they work.
    pub department: Option<String>,
    /// What they do.
    pub title: Option<String>,
    /// `admin`, `user`, `multi_guest` or `guest`.
    pub role: Option<String>,
    /// Whether they may not come in any more.
    pub suspended: Option<bool>,
    /// Whether it is a program.
    pub bot: Option<bool>,
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

impl User {
    pub(super) fn new(id: u64, name: [&str; 2], nickname: &str, email: &str, at: Timestamp) -> Self {
        Self {
            id,
            first_name: some(name[0]),
            last_name: some(name[1]),
            nickname: nickname.to_owned(),
            email: some(email),
            department: String::new(),
            title: None,
            role: "user".to_owned(),
            suspended: false,
            bot: false,
            created_at: at,
        }
    }

    pub(in crate::pachca) fn change(&mut self, order: &UserOrder) {
        for (field, new) in [
            (&mut self.first_name, &order.first_name),
            (&mut self.last_name, &order.last_name),
            (&mut self.email, &order.email),
            (&mut self.title, &order.title),
        ] {
            if let Some(new) = new {
                *field = some(new);
            }
        }
        for (field, new) in [
            (&mut self.nickname, &order.nickname),
            (&mut self.department, &order.department),
            (&mut self.role, &order.role),
        ] {
            if let Some(new) = new {
                field.clone_from(new);
            }
        }
        self.suspended = order.suspended.unwrap_or(self.suspended);
        self.bot = order.bot.unwrap_or(self.bot);
    }

    /// Whether the text occurs in a name, the nickname or the address, as the vendor's search has it: anywhere, in any case.
    pub(in crate::pachca) fn is_found_by(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let fields = [self.first_name.as_ref(), self.last_name.as_ref(), Some(&self.nickname), self.email.as_ref()];
        fields.into_iter().flatten().any(|field| field.to_lowercase().contains(&text))
    }

    pub(in crate::pachca) fn rest(&self, now: Timestamp) -> Value {
        json!({
            "id": self.id, "first_name": self.first_name, "last_name": self.last_name, "nickname": self.nickname,
            "email": self.email, "phone_number": null, "department": self.department, "title": self.title,
            "role": self.role, "suspended": self.suspended, "invite_status": "confirmed", "inviter_id": null,
            "list_tags": [], "custom_properties": [], "user_status": null, "bot": self.bot, "sso": false,
            "created_at": stamp(self.created_at), "last_activity_at": stamp(now), "time_zone": "Europe/Moscow",
            "image_url": null,
        })
    }
}

/// The nicknames that a text mentions.
pub(in crate::pachca) fn mentions(text: &str) -> Vec<String> {
    let word = |rest: &str| {
        let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || "._-".contains(letter)));
        rest[..end.unwrap_or(rest.len())].trim_end_matches('.').to_lowercase()
    };
    let words = text.split('@').skip(1).map(word).filter(|word| !word.is_empty());
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_ends_where_the_nickname_does() {
        assert_eq!(mentions("@vera, спросите @Ivan.bot. И a@b"), ["vera", "ivan.bot", "b"]);
        assert_eq!(mentions("ничего @ нет"), [""; 0]);
    }
}

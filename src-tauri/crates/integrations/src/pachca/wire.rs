//! The messenger's words in its answers: people, messages, threads, tokens. Ids are 64-bit throughout.
//!
//! Deliberately not here: refusals (`trouble`) and events (`events`).

use pult_domain::{
    Instant,
    areas::chat_link::{ChatUser, FileLink},
};
use serde_json::Value;

/// The most characters of a name, a nickname, an address.
const MAX_WORD: usize = 250;
/// The most files of a message.
const MAX_FILES: usize = 50;

/// What an answer is about; of a list, its rows.
pub(super) fn data(answer: &Value) -> &Value {
    at(answer, "data")
}

/// The rows of a list.
pub(super) fn rows(answer: &Value) -> &[Value] {
    data(answer).as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn at<'v>(value: &'v Value, key: &str) -> &'v Value {
    value.get(key).unwrap_or(&Value::Null)
}

/// An id: a number, or its digits as text.
pub(super) fn id(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|id| *id > 0)
}

/// A text that says something, cut to `most` characters.
pub(super) fn text(value: &Value, most: usize) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(|text| text.chars().take(most).collect())
}

pub(super) fn instant(value: &Value) -> Option<Instant> {
    value.as_str()?.trim().parse().ok()
}

/// Somebody; `own` is the id of ourselves.
pub(super) fn user(value: &Value, own: Option<i64>) -> Option<ChatUser> {
    let id = id(at(value, "id"))?;
    let word = |key: &str| text(at(value, key), MAX_WORD);
    let nickname = word("nickname").unwrap_or_default();
    let names = [word("first_name"), word("last_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let name = [Some(names), word("display_name"), Some(nickname.clone())].into_iter().flatten();
    let name = name.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| format!("user_{id}"));
    let flag = |key: &str| at(value, key).as_bool().unwrap_or_default();
    let email = word("email");
    Some(ChatUser { id, name, nickname, email, bot: flag("bot"), suspended: flag("suspended"), own: own == Some(id) })
}

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Message {
    pub(super) id: i64,
    /// The chat it is in: for one in a thread, the thread's own.
    pub(super) chat: i64,
    /// The thread it is in.
    pub(super) thread: Option<i64>,
    pub(super) user: Option<i64>,
    pub(super) content: String,
    pub(super) created_at: Option<Instant>,
    pub(super) files: Vec<File>,
    /// Where people read it.
    pub(super) page: Option<String>,
    pub(super) deleted: bool,
}

/// A file of a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct File {
    /// Its id, or its place where it has none.
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) size: Option<u64>,
    /// Where it is for about an hour.
    pub(super) url: String,
}

impl File {
    /// Its name in effects: the address does not live as long as they do.
    pub(super) fn link(&self, message: &Message) -> FileLink {
        let source = format!("message:{}/{}", message.id, self.id);
        FileLink { name: self.name.clone(), size: self.size, source, page: message.page.clone() }
    }
}

/// The message and the file that such a name speaks of.
pub(super) fn of_link(source: &str) -> Option<(i64, i64)> {
    let (message, file) = source.strip_prefix("message:")?.split_once('/')?;
    Some((message.parse().ok()?, file.parse().ok()?))
}

/// The id of a private chat with somebody, where the value is one.
pub(super) fn private_with(chat: &Value, user: i64) -> Option<i64> {
    let members = at(chat, "member_ids").as_array()?;
    let with = at(chat, "personal") == true && members.iter().any(|member| id(member) == Some(user));
    id(at(chat, "id")).filter(|_| with)
}

/// The id and the name of a chat of several people, where the value is one that is in use.
pub(super) fn named_chat(chat: &Value) -> Option<(i64, String)> {
    let number = id(at(chat, "id"))?;
    let off = at(chat, "personal") == true || at(chat, "archived") == true;
    (!off).then(|| (number, text(at(chat, "name"), MAX_WORD).unwrap_or_else(|| number.to_string())))
}

/// A message, where the value is one.
pub(super) fn message(value: &Value) -> Option<Message> {
    let number = |key: &str| id(at(value, key));
    let is_thread = at(value, "entity_type") == "thread";
    let files = at(value, "files").as_array().map_or(&[][..], Vec::as_slice).iter().take(MAX_FILES);
    let files = files.zip(1..).filter_map(|(file, place)| {
        Some(File {
            id: id(at(file, "id")).unwrap_or(place),
            name: text(at(file, "name"), MAX_WORD).unwrap_or_else(|| "file".to_owned()),
            size: at(file, "size").as_u64(),
            url: at(file, "url").as_str()?.to_owned(),
        })
    });
    Some(Message {
        id: number("id")?,
        chat: number("chat_id").or_else(|| number("entity_id").filter(|_| !is_thread))?,
        thread: number("entity_id").filter(|_| is_thread),
        user: number("user_id"),
        content: at(value, "content").as_str().unwrap_or_default().to_owned(),
        created_at: instant(at(value, "created_at")),
        files: files.collect(),
        page: text(at(value, "url"), MAX_WORD).filter(|page| page.starts_with("https://")),
        deleted: !at(value, "deleted_at").is_null(),
    })
}

/// A thread: its id, and the chat it is written in.
pub(super) fn thread(value: &Value) -> Option<(i64, i64)> {
    Some((id(at(value, "id"))?, id(at(value, "chat_id"))?))
}

/// Whose token it is, and its scopes; none where they are not told.
pub(super) fn token(answer: &Value) -> Option<(i64, Option<Vec<String>>)> {
    let data = data(answer);
    let scopes = at(data, "scopes").as_array();
    let scopes = scopes.map(|scopes| scopes.iter().filter_map(|scope| text(scope, MAX_WORD)).collect());
    Some((id(at(data, "user_id"))?, scopes))
}

/// Where a list goes on after a page; `None` at its end.
pub(super) fn next_page(answer: &Value, seen: usize) -> Option<String> {
    let meta = at(answer, "meta");
    let paginate = at(meta, "paginate");
    let is_over = match (at(paginate, "has_next").as_bool(), at(meta, "total").as_u64()) {
        (Some(has_next), _) => !has_next,
        // The short form ends with its last row, or with a page that has none.
        (None, Some(total)) => rows(answer).is_empty() || usize::try_from(total).is_ok_and(|total| seen >= total),
        (None, None) => rows(answer).is_empty(),
    };
    if is_over { None } else { text(at(paginate, "next_page"), 4096) }
}

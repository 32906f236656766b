//! The snapshot a rule decides upon.
//!
//! Deliberately not here: anything decided.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use pult_domain::{
    ChatItemId, ChatLinkId, ChatRequestId, ChatWishId, Instant,
    areas::chat_link::{
        ChatMessage, ChatUser, Fact, Item, ItemState, Known, Link, Place, Request, RequestState, Side, Trace, User,
        Way, Wish, WishState, fact::Aim, owed::Event, state::Next,
    },
};
use rusqlite::{Connection, Params, Row, params};

use super::sql;
use crate::{
    StoreError,
    column::{json, needed, word},
    from_millis, millis, query,
};

/// The same form sent again within this time is the same wish (behaviour/chat_tracker 8).
const SAME_FORM: SignedDuration = SignedDuration::from_mins(10);
/// The radar looks back so far.
const RADAR: SignedDuration = SignedDuration::from_mins(15);

/// Reads the parts of a snapshot.
pub(super) struct Reader<'a>(pub(super) &'a Connection);

/// Everything the rule may look at for one fact that happened at an instant.
///
/// # Errors
/// When it cannot be read.
pub fn load_known(connection: &Connection, fact: &Fact, at: Instant) -> Result<Known, StoreError> {
    let reader = Reader(connection);
    let next = |table: &str| -> Result<i64, StoreError> {
        Ok(connection.prepare_cached(sql::NEXT)?.query_row([table], |r| r.get(0))?)
    };
    let mut known = Known::nothing_but(Next {
        link: ChatLinkId(next("ct_link")?),
        request: ChatRequestId(next("ct_request")?),
        wish: ChatWishId(next("ct_wish")?),
        item: ChatItemId(next("ct_item")?),
    });
    reader.fill(&mut known, fact, at)?;
    if let Some(link) = &known.link {
        let until = known.item.as_ref().map_or(known.next.item, |item| item.id);
        known.recent = reader.recent(link.id, until, at)?;
    }
    Ok(known)
}

impl Reader<'_> {
    fn fill(&self, known: &mut Known, fact: &Fact, at: Instant) -> Result<(), StoreError> {
        match fact {
            Fact::Written(message) => self.of_message(known, message)?,
            Fact::Edited { message, .. } | Fact::Deleted { message } => {
                known.item = self.one(sql::ITEM_OF_MESSAGE, [message], item)?;
                self.of_item(known)?;
            }
            Fact::Pressed { user, press, .. } => {
                known.user = self.user(*user)?;
                known.link = press.link.map(|link| self.link(link)).transpose()?.flatten();
            }
            Fact::Submitted(form) => {
                let id = form.metadata.as_deref().and_then(|id| id.parse().ok());
                known.request = id.map(|id| self.request(ChatRequestId(id))).transpose()?.flatten();
                if known.request.is_none() {
                    let since = millis(at.checked_sub(SAME_FORM).unwrap_or(Instant::MIN));
                    known.request = self.one(sql::REQUEST_OF_DIGEST, params![form.digest, since], request)?;
                }
                known.user = self.user(form.user)?;
            }
            Fact::ChatUserRead { user } => self.waiting_for(known, user.id)?,
            Fact::ChatUserMissing { user, .. } => self.waiting_for(known, *user)?,
            Fact::MessageRead { item, .. }
            | Fact::Replied { item, .. }
            | Fact::CommentPosted { item, .. }
            | Fact::ItemDropped { item, .. }
            | Fact::ItemSentAgain { item, .. } => self.item(known, *item)?,
            Fact::IssueOfMessage { item, issue } => {
                self.item(known, *item)?;
                let parent = known.item.as_ref().and_then(|item| item.parent);
                known.link = match issue {
                    Some(issue) => self.one(sql::LINK_OF_ISSUE, [&issue.key], link)?,
                    None => self.one(sql::LINK_OF_MESSAGE, [parent], link)?,
                };
                known.anchoring = self.0.prepare_cached(sql::IS_ANCHORING)?.exists([0])?;
            }
            Fact::FormOpened { wish } => self.wish(known, *wish)?,
            Fact::IssueRead { wish, .. } | Fact::IssueChanged { wish, .. } | Fact::IssuesFound { wish, .. } => {
                self.wish(known, *wish)?;
            }
            Fact::IssueCreated { request, .. }
            | Fact::DepartmentRead { request, .. }
            | Fact::RequestAgain { request, .. } => self.of_request(known, *request)?,
            Fact::AnchorPosted { request, .. } => self.of_anchor(known, *request)?,
            Fact::AnchorRenewed { link } | Fact::IssueLinked { link, .. } | Fact::PauseAsked { link, .. } => {
                known.link = self.link(*link)?;
            }
            Fact::ResumeAsked { link, .. } => {
                known.link = self.link(*link)?;
                known.held = self.many(sql::HELD_OF_LINK, [link.0], item)?;
            }
            Fact::IssueStirred { issue, comment, .. } => {
                known.link = self.one(sql::LINK_OF_ISSUE, [issue], link)?;
                known.known_comments = self.known_comments(comment.as_deref())?;
            }
            Fact::CommentsRead { issue, comments, .. } => {
                known.link = self.one(sql::LINK_OF_ISSUE, [&issue.key], link)?;
                if known.link.is_none()
                    && let Some(conversation) = issue.conversation
                {
                    known.link = self.one(sql::LINK_OF_MESSAGE, [conversation.message], link)?;
                }
                known.known_comments = self.known_comments(comments.iter().map(|comment| comment.id.as_str()))?;
            }
            Fact::AccessGranted { issue, .. } | Fact::AccessWithheld { issue, .. } => {
                known.link = self.one(sql::LINK_OF_ISSUE, [issue], link)?
            }
            Fact::Told { .. } => {}
            Fact::Failed { what, .. } => self.aimed(known, what)?,
        }
        Ok(())
    }

    fn aimed(&self, known: &mut Known, what: &Aim) -> Result<(), StoreError> {
        match what {
            Aim::ReadMessage { item } | Aim::FindIssue { item } | Aim::Copy { item } => self.item(known, *item)?,
            Aim::OpenForm { wish } | Aim::Wish { wish } => self.wish(known, *wish)?,
            Aim::Department { request } | Aim::Create { request } => self.of_request(known, *request)?,
            Aim::Anchor { request } => self.of_anchor(known, *request)?,
            Aim::Renew { link } | Aim::Link { link } => known.link = self.link(*link)?,
            Aim::Comments { issue } | Aim::Access { issue, .. } => {
                known.link = self.one(sql::LINK_OF_ISSUE, [issue], link)?;
            }
            Aim::Tell => {}
        }
        Ok(())
    }

    fn of_message(&self, known: &mut Known, message: &ChatMessage) -> Result<(), StoreError> {
        let external = message.id.to_string();
        known.ours = self.is(sql::IS_ECHO, Side::Chat, &external)?;
        known.user = self.user(message.user)?;
        known.item = self.one(sql::ITEM_OF_MESSAGE, [message.id], item)?;
        if let Place::Thread { parent: Some(parent) } = message.place {
            known.link = self.one(sql::LINK_OF_MESSAGE, [parent], link)?;
        }
        Ok(())
    }

    fn waiting_for(&self, known: &mut Known, user: i64) -> Result<(), StoreError> {
        known.requests = self.many(sql::REQUESTS_OF_AUTHOR, [user], request)?;
        known.wishes = self.many(sql::WISHES_OF_PERSON, [user], wish)?;
        for wish in &known.wishes {
            if let Some(id) = wish.press.as_ref().and_then(|press| press.link) {
                known.links.extend(self.link(id)?);
            }
        }
        Ok(())
    }

    fn item(&self, known: &mut Known, id: ChatItemId) -> Result<(), StoreError> {
        known.item = self.one(sql::ITEM_OF_ID, [id.0], item)?;
        self.of_item(known)
    }

    fn of_item(&self, known: &mut Known) -> Result<(), StoreError> {
        if let Some(item) = &known.item {
            known.link = item.link.map(|link| self.link(link)).transpose()?.flatten();
            known.ours = item.side == Side::Chat && self.is(sql::IS_ECHO, Side::Chat, &item.external)?;
        }
        Ok(())
    }

    fn wish(&self, known: &mut Known, id: ChatWishId) -> Result<(), StoreError> {
        known.wish = self.one(sql::WISH_OF_ID, [id.0], wish)?;
        if let Some(wish) = &known.wish {
            known.user = self.user(wish.user)?;
            let link = wish.press.as_ref().and_then(|press| press.link);
            known.link = link.map(|link| self.link(link)).transpose()?.flatten();
        }
        Ok(())
    }

    fn of_request(&self, known: &mut Known, id: ChatRequestId) -> Result<(), StoreError> {
        known.request = self.request(id)?;
        if let Some(request) = &known.request {
            known.user = self.user(request.user)?;
            known.link = request.link.map(|link| self.link(link)).transpose()?.flatten();
        }
        Ok(())
    }

    /// A first message stands, or will not: what was written into threads nobody knew may belong to it.
    fn of_anchor(&self, known: &mut Known, id: ChatRequestId) -> Result<(), StoreError> {
        self.of_request(known, id)?;
        known.finding = self.many(sql::ITEMS_FINDING, [], item)?;
        known.anchoring = self.0.prepare_cached(sql::IS_ANCHORING)?.exists([id.0])?;
        Ok(())
    }

    fn known_comments<'c>(&self, ids: impl IntoIterator<Item = &'c str>) -> Result<BTreeSet<String>, StoreError> {
        let mut known = BTreeSet::new();
        for id in ids {
            if self.is(sql::IS_ITEM, Side::Tracker, id)? || self.is(sql::IS_ECHO, Side::Tracker, id)? {
                known.insert(id.to_owned());
            }
        }
        Ok(known)
    }

    pub(super) fn link(&self, id: ChatLinkId) -> Result<Option<Link>, StoreError> {
        self.one(sql::LINK_OF_ID, [id.0], link)
    }

    fn request(&self, id: ChatRequestId) -> Result<Option<Request>, StoreError> {
        self.one(sql::REQUEST_OF_ID, [id.0], request)
    }

    fn user(&self, id: i64) -> Result<Option<User>, StoreError> {
        self.one(sql::USER, [id], user)
    }

    fn recent(&self, link: ChatLinkId, until: ChatItemId, at: Instant) -> Result<Vec<Trace>, StoreError> {
        let since = millis(at.checked_sub(RADAR).unwrap_or(Instant::MIN));
        self.many(sql::RECENT_OF_LINK, [link.0, until.0, since], trace)
    }

    fn is(&self, statement: &str, side: Side, external: &str) -> Result<bool, StoreError> {
        Ok(self.0.prepare_cached(statement)?.exists([side.as_ref(), external])?)
    }

    pub(super) fn one<T>(
        &self,
        statement: &str,
        values: impl Params,
        of: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        query::one(self.0, statement, values, of)
    }

    pub(super) fn many<T>(
        &self,
        statement: &str,
        values: impl Params,
        of: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        query::many(self.0, statement, values, of)
    }
}

pub(super) fn link(r: &Row<'_>) -> rusqlite::Result<Link> {
    Ok(Link {
        id: ChatLinkId(r.get(0)?),
        issue: r.get(1)?,
        issue_id: r.get(2)?,
        url: r.get(3)?,
        summary: r.get(4)?,
        status: r.get(5)?,
        over: r.get(6)?,
        chat: r.get(7)?,
        message: r.get(8)?,
        thread: r.get(9)?,
        user: r.get(10)?,
        last_comment: r.get(11)?,
        paused_at: r.get::<_, Option<i64>>(12)?.map(from_millis),
        paused_why: r.get(13)?,
        created_at: from_millis(r.get(14)?),
    })
}

pub(super) fn request(r: &Row<'_>) -> rusqlite::Result<Request> {
    Ok(Request {
        id: ChatRequestId(r.get(0)?),
        way: word(r, 1)?.unwrap_or(Way::Message),
        // A word of another version: nothing more is done about such a row.
        state: word(r, 2)?.unwrap_or(RequestState::Skipped),
        user: r.get(3)?,
        chat: r.get(4)?,
        message: r.get(5)?,
        summary: r.get(6)?,
        subcategory: r.get(7)?,
        text: r.get(8)?,
        files: needed(r, 9)?,
        name: r.get(10)?,
        login: r.get(11)?,
        department: r.get(12)?,
        link: r.get::<_, Option<i64>>(13)?.map(ChatLinkId),
        digest: r.get(14)?,
        trouble: r.get(15)?,
        at: from_millis(r.get(16)?),
    })
}

fn wish(r: &Row<'_>) -> rusqlite::Result<Wish> {
    Ok(Wish {
        id: ChatWishId(r.get(0)?),
        state: word(r, 1)?.unwrap_or(WishState::Done),
        user: r.get(2)?,
        chat: r.get(3)?,
        press: json(r, 4)?,
        trouble: r.get(5)?,
        at: from_millis(r.get(6)?),
    })
}

pub(super) fn item(r: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        id: ChatItemId(r.get(0)?),
        link: r.get::<_, Option<i64>>(1)?.map(ChatLinkId),
        side: word(r, 2)?.unwrap_or(Side::Chat),
        external: r.get(3)?,
        event: word(r, 4)?.unwrap_or(Event::Written),
        message: r.get(5)?,
        parent: r.get(17)?,
        user: r.get(6)?,
        author: r.get(7)?,
        text: r.get(8)?,
        files: needed(r, 9)?,
        mentioned: needed(r, 10)?,
        hops: r.get(11)?,
        origin: r.get::<_, Option<i64>>(12)?.map(ChatItemId),
        state: word(r, 13)?.unwrap_or(ItemState::Skipped),
        reason: r.get(14)?,
        copy: r.get(15)?,
        at: from_millis(r.get(16)?),
    })
}

fn trace(r: &Row<'_>) -> rusqlite::Result<Trace> {
    Ok(Trace {
        id: ChatItemId(r.get(0)?),
        side: word(r, 1)?.unwrap_or(Side::Chat),
        author: r.get(2)?,
        text: r.get(3)?,
        hops: r.get(4)?,
        at: from_millis(r.get(5)?),
    })
}

fn user(r: &Row<'_>) -> rusqlite::Result<User> {
    let person = ChatUser {
        id: r.get(0)?,
        name: r.get(1)?,
        nickname: r.get(2)?,
        email: r.get(3)?,
        bot: r.get(4)?,
        suspended: r.get(5)?,
        own: r.get(6)?,
    };
    Ok(User { person, fetched_at: from_millis(r.get(7)?) })
}

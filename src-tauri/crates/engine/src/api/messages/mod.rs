//! Commands of messages: one's own conversations and contacts, and one's own account.
//!
//! Everybody has their own and nobody another's. Deliberately not here: duplicates of notices (`duplicates` of the engine; what became of
//! them stands among the deliveries), and sessions (the integration's).

mod account;
mod view;

use pult_domain::{
    Answer, Fact, MessageId, Subject,
    areas::messages::{Account, Address, Fact as MessageFact},
};
use pult_integrations::SessionState;
use pult_store::{
    StoreError,
    messages::{self, MessagePage, MessageRow},
};

pub(super) use account::{connect, disconnect, reach, try_again};
pub use view::{
    AnswerQuestion, Colleagues, ConnectMessenger, MessagesOverview, MessagesRequest, MessengerReach, OneMessage,
    OwnMessenger, SeenMessages, UnreadMessages, WriteMessage,
};

use super::Nothing;
use crate::{
    Engine,
    auth::Actor,
    error::{ApiError, ErrorCode},
};

/// Characters of a message (contracts/xmpp 3).
const LONGEST: usize = 5_000;

pub(super) async fn overview(engine: &Engine, actor: &Actor, _: Nothing) -> Result<MessagesOverview, ApiError> {
    let me = engine.messenger_number(actor).await?;
    let account = Account::Person(me);
    let own = engine.store().read(move |c| messages::own_account(c, me)).await?;
    let own = own.map(|own| engine.own_messenger(me, own));
    // What is shown of others is what the session sees now.
    let heard = own.as_ref().and_then(|own| own.session.as_ref()).is_some_and(|s| s.state == SessionState::Live);
    let read = move |c: &pult_store::Connection| {
        let contacts = messages::contacts(c, account, heard)?;
        Ok((contacts, messages::conversations(c, account)?, messages::questions(c, account)?))
    };
    let (contacts, conversations, questions) = engine.store().read(read).await?;
    Ok(MessagesOverview {
        connected: engine.messenger().is_some(),
        me,
        account: own,
        unread: conversations.iter().map(|conversation| conversation.unread).sum(),
        contacts,
        conversations,
        questions,
    })
}

pub(super) async fn colleagues(engine: &Engine, actor: &Actor, _: Nothing) -> Result<Colleagues, ApiError> {
    engine.messenger_number(actor).await?;
    let rows = engine.store().read(messages::colleagues).await?;
    Ok(Colleagues { rows: rows.into_iter().filter(|row| row.person.login != actor.login).collect() })
}

pub(super) async fn list(engine: &Engine, actor: &Actor, request: MessagesRequest) -> Result<MessagePage, ApiError> {
    if request.limit == 0 || request.limit > messages::LONGEST_PAGE {
        return Err(ApiError::field("limit", format!("1 to {}", messages::LONGEST_PAGE)));
    }
    let account = Account::Person(engine.messenger_number(actor).await?);
    let MessagesRequest { peer: with, before, limit } = request;
    let peer = peer(&with)?;
    Ok(engine.store().read(move |c| messages::page(c, account, &peer, before, limit)).await?)
}

pub(super) async fn write(engine: &Engine, actor: &Actor, request: WriteMessage) -> Result<MessageRow, ApiError> {
    let text = request.text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(ApiError::field("text", format!("1 to {LONGEST} characters")));
    }
    let account = engine.connected_account(actor).await?;
    let to = peer(&request.peer)?;
    let about = Subject::conversation(account, &to);
    let fact = MessageFact::Written {
        account,
        to,
        text: text.to_owned(),
        // Receivers know copies by it: nobody else's message has it.
        uid: format!("pult-{:032x}", rand::random::<u128>()),
        by: actor.login.clone(),
    };
    match engine.act(actor, "messages.write", &about, Fact::Messages(fact)).await? {
        Some(Answer::MessageTaken { message }) => one(engine, account, message).await,
        _ => Err(account::not_connected()),
    }
}

pub(super) async fn seen(engine: &Engine, actor: &Actor, request: SeenMessages) -> Result<UnreadMessages, ApiError> {
    let account = Account::Person(engine.messenger_number(actor).await?);
    let fact = MessageFact::Seen { account, peer: peer(&request.peer)?, upto: request.upto };
    engine.note_fact(actor, "messages.seen", Fact::Messages(fact)).await?;
    let unread = engine.store().read(move |c| messages::count_unread(c, account)).await?;
    Ok(UnreadMessages { unread })
}

pub(super) async fn send_again(engine: &Engine, actor: &Actor, request: OneMessage) -> Result<MessageRow, ApiError> {
    let account = engine.connected_account(actor).await?;
    // Another's message is not there.
    let row = one(engine, account, request.id).await?;
    let fact = MessageFact::TryAgain { message: row.id, by: Some(actor.login.clone()) };
    let about = Subject::conversation(account, &row.peer);
    match engine.act(actor, "messages.send_again", &about, Fact::Messages(fact)).await? {
        Some(Answer::Unchanged) => Err(ApiError::new(ErrorCode::Conflict, "not possible in the state it is in now")),
        _ => one(engine, account, row.id).await,
    }
}

pub(super) async fn answer_subscription(
    engine: &Engine,
    actor: &Actor,
    request: AnswerQuestion,
) -> Result<MessagesOverview, ApiError> {
    let account = engine.connected_account(actor).await?;
    let fact = MessageFact::SubscriptionDecided {
        account,
        from: peer(&request.peer)?,
        allow: request.allow,
        by: actor.login.clone(),
    };
    let about = Subject::contacts(account);
    match engine.act(actor, "messages.answer_subscription", &about, Fact::Messages(fact)).await? {
        Some(Answer::Unchanged) => Err(ApiError::new(ErrorCode::Conflict, "nobody of this address asks")),
        _ => overview(engine, actor, Nothing {}).await,
    }
}

async fn one(engine: &Engine, account: Account, id: MessageId) -> Result<MessageRow, ApiError> {
    let row = engine.store().read(move |c| messages::get(c, account, id)).await?;
    Ok(row.ok_or(StoreError::NotFound("message"))?)
}

fn peer(text: &str) -> Result<Address, ApiError> {
    Address::read(text).ok_or_else(|| ApiError::field("peer", "an address as name@domain"))
}

impl Engine {
    /// The account an actor has connected.
    async fn connected_account(&self, actor: &Actor) -> Result<Account, ApiError> {
        if self.messenger().is_none() {
            return Err(account::not_connected());
        }
        let me = self.messenger_number(actor).await?;
        match self.store().read(move |c| messages::own_account(c, me)).await? {
            Some(_) => Ok(Account::Person(me)),
            None => Err(ApiError::new(ErrorCode::Conflict, "connect an account of your own first")),
        }
    }
}

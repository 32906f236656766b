//! Effects of this area with invented particulars, for previews.

use super::{Account, Address, SendMessage, Words};
use crate::{Effect, Instant, MessageId};

pub(crate) fn example(kind: &str) -> Option<Effect> {
    let to = Address::read("m.orlova@example.com")?;
    Some(match kind {
        "send_message" => Effect::SendMessage(Box::new(SendMessage {
            message: MessageId(1),
            from: Account::Bot,
            to,
            uid: "pult-1".to_owned(),
            words: Words::Typed { text: "Добрый день".to_owned() },
            since: Instant::UNIX_EPOCH,
        })),
        "answer_subscription" => Effect::AnswerSubscription { account: Account::Person(1), to, allow: true },
        _ => return None,
    })
}

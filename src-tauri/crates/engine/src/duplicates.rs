//! Notices that go to people's messengers as well: to whom, where, and in which words (behaviour/helpdesk 5).
//!
//! A notice is duplicated in the transaction that raises it, once for each time it is news to somebody. Deliberately not here: whether
//! somebody wants to be told (`announce`), sending (the lanes'), and what becomes of it (the area of messages).

use pult_domain::{
    EffectKey, EffectOrder, Instant, NoticeClass, TicketId,
    areas::messages::{Words, rule::duplicate},
};
use pult_store::{
    Connection, StoreError,
    messages::{self, Receiver},
    notices::{self, Eyes, News, NoticeRow, Raised},
};
use serde_json::Value;

use crate::{
    announce,
    sentences::{self, Language},
    terms::Terms,
};

/// The kind of effect by which anything is said.
const SENDING: &str = "send_message";

/// What is owed to messengers for a notice that was raised; the rows of the messages are written.
///
/// # Errors
/// When it cannot be read or written.
pub fn of(
    connection: &Connection,
    raised: &Raised,
    terms: &Terms,
    now: Instant,
) -> Result<Vec<(EffectKey, EffectOrder)>, StoreError> {
    let Some(messenger) = terms.performers.get(SENDING) else { return Ok(vec![]) };
    let receivers = match &raised.news {
        News::Nobody => return Ok(vec![]),
        News::Everybody => messages::receivers(connection)?,
        News::These(logins) => {
            let found = logins.iter().filter_map(|login| messages::receiver(connection, login).transpose());
            found.collect::<Result<_, _>>()?
        }
    };
    let mut owed = Vec::new();
    for receiver in receivers {
        let Receiver { login, everyone, teams, .. } = receiver.clone();
        let eyes = Eyes { login, everyone, teams };
        // For people by name, and for everybody who may see its screen: others do not find it.
        let notice = match notices::get(connection, &eyes, raised.id, now) {
            Ok(notice) => notice,
            Err(StoreError::NotFound(_)) => continue,
            Err(error) => return Err(error),
        };
        // What somebody wrote to a person is in their messenger already.
        if notice.class == NoticeClass::Message && notice.code == "messages.heard" {
            continue;
        }
        // That the messenger itself is in trouble would reach nobody by it, or when it is over.
        let of_source = matches!(notice.class, NoticeClass::Source | NoticeClass::Delivery);
        if of_source && notice.values.get("source").and_then(Value::as_str) == Some(messenger) {
            continue;
        }
        let sight = notices::sight(connection, &eyes, now)?;
        if !announce::announce(&notice, &sight).messenger {
            continue;
        }
        let (event, person) = (notice.times, receiver.person);
        let uid = format!("pult-{}-{}-{event}-{person}", terms.tickets.instance, notice.id);
        if messages::is_duplicated(connection, &receiver.to, &uid)? {
            continue;
        }
        let said = (sentences::whole(&notice.code, &known(&notice), Language::Ru), words(&notice, terms));
        let id = messages::next_message(connection)?;
        let (change, order) = duplicate(id, notice.id, &receiver.to, &uid, said, now);
        messages::apply(connection, &change, now)?;
        owed.push((EffectKey(format!("notice/{}/{event}/{person}/{SENDING}", notice.id)), order));
    }
    Ok(owed)
}

fn known(notice: &NoticeRow) -> serde_json::Map<String, Value> {
    notice.values.as_object().cloned().unwrap_or_default()
}

/// What a notice says in a messenger. Nobody's language is known here: it is the house's.
fn words(notice: &NoticeRow, terms: &Terms) -> Words {
    let values = known(notice);
    let text = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let ticket = values.get("ticket").and_then(Value::as_i64).map(TicketId);
    let url = terms.pages.of(ticket);
    match ticket {
        Some(ticket) if sentences::tells_status(&notice.code, &values) => {
            let comment = sentences::tells_comment(&notice.code, &values).then(|| text("comment"));
            let (old, new, subject) = (text("old_status"), text("new_status"), text("subject"));
            Words::Status { ticket, old, new, comment, subject, url }
        }
        // What only some may read never comes into a notice: its text is empty here.
        Some(ticket) if sentences::tells_comment(&notice.code, &values) => {
            Words::Comment { ticket, text: text("comment"), subject: text("subject"), url }
        }
        _ => Words::Told { line: sentences::whole(&notice.code, &values, Language::Ru), subject: String::new(), url },
    }
}

#[cfg(test)]
mod tests;

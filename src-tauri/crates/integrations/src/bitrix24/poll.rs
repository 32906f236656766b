//! Fetches what people said to our bot. What was handed on is confirmed by the next fetch and no earlier: the cursor is the offset of
//! the events that are safely recorded (contracts/bitrix24 6).
//!
//! Deliberately not here: what an event means (`events`).

use std::time::Duration;

use async_trait::async_trait;
use pult_domain::Instant;
use serde_json::json;

use crate::{CallError, Page, Poll, StoredRequest};

use super::{
    Bitrix24,
    client::{Call, Key},
    form,
    loose::{entry, flag, items, number},
    message::Way,
};

/// The word of fetched events among the records.
pub(super) const FETCH: &str = "fetch";
/// The method that fetches.
const EVENTS: &str = "imbot.v2.Event.get";
/// Events of a page.
const LIMIT: usize = 100;
/// Between two fetches: a fifth of a request a second, and a pressed button is heard of soon enough.
const EVERY: Duration = Duration::from_secs(5);

#[async_trait]
impl Poll for Bitrix24 {
    fn every(&self) -> Duration {
        EVERY
    }

    async fn fetch(&self, cursor: Option<&str>, _now: Instant) -> Result<Page, CallError> {
        let mut said = vec![];
        let bot = self.bot(Way::ImbotV2, &mut said).await?;
        let mut params = json!({"botId": bot.id, "botToken": bot.token, "limit": LIMIT});
        let queue = self.queue(bot.id);
        let offset = cursor.and_then(|cursor| cursor.strip_prefix(&queue)?.parse::<i64>().ok());
        if let Some(offset) = offset {
            params["offset"] = json!(offset);
        }
        let call = Call::repeatable(Key::Messages, EVENTS, params).hiding([bot.token]);
        let result = match self.client.call(&call, &mut said).await {
            Ok(success) => success.result,
            Err(trouble) => {
                self.forget_bot(&trouble).await;
                return Err(trouble.into());
            }
        };
        let mask = self.mask();
        let (mut records, mut after) = (vec![], offset);
        for event in entry(&result, "events").map(items).unwrap_or_default() {
            let id = entry(event, "eventId").and_then(number);
            after = after.max(id.and_then(|id| id.checked_add(1)));
            let mut event = event.clone();
            form::redact(&mut event, &mask);
            records.push(StoredRequest {
                route: FETCH.to_owned(),
                method: "POST".to_owned(),
                path: EVENTS.to_owned(),
                query: vec![],
                headers: vec![],
                body: event.to_string().into(),
            });
        }
        // An offset behind what was read would confirm nothing and bring the same page for ever.
        let next = entry(&result, "nextOffset").and_then(number).max(after);
        let more = entry(&result, "hasMore").is_some_and(flag) && next > offset && !records.is_empty();
        Ok(Page { records, next_cursor: next.map(|next| format!("{queue}{next}")), more })
    }
}

impl Bitrix24 {
    /// What a cursor begins with. An offset of another portal, or of another bot, would confirm events nobody has seen.
    fn queue(&self, bot: Option<i64>) -> String {
        format!("{}/{}/", self.settings.base.host_str().unwrap_or_default(), bot.unwrap_or_default())
    }
}

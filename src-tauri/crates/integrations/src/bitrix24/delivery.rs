//! What is done at the portal: for a rating finding the person, asking, and taking the buttons away (behaviour/ratings 3 and 6); what
//! is done for documents is in `tasks`.
//!
//! A question goes out once. The portal takes no key of ours and shows no dialogue to a webhook, so nothing can tell whether a message
//! arrived whose sending broke off. Such a question is given up, not repeated: asked twice would be wrong for good, whereas a person
//! who did get it may answer all the same (an answer counts for a question that could not be put), and a supervisor sees who was not
//! asked and can ask again. Deliberately not here: the conversation (`client`) and the words (`message`).

use std::{str::FromStr, sync::LazyLock, time::Duration};

use async_trait::async_trait;
use pult_domain::{
    Effect, EffectKey, Fact, FactKey, Failure, Instant, IssueId, Observed, RatingId,
    areas::ratings::{self, Rate},
};
use serde_json::Value;

use crate::{
    Asked, Attempt, CallError, Delivery, Exchange, LaneTerms, Limit, Method, Settled, rating_links::RatingLink,
    transport::http::Answer,
};

use super::{
    Bitrix24, NAME,
    bot::{self, Bot},
    client::{self, Call, Intent, Key, Trouble},
    message::{self, Way},
    people, tasks,
};

/// Requests of one attempt at the worst: a bot is registered with its command, sent by, found gone, and all of it once more; or the
/// folder of a file is looked for and made, found gone, and all of it once more.
const REQUESTS: u32 = 6;
/// Requests of one attempt that carry a file, at the worst: not saved, and then the folder is found gone.
const UPLOADS: u32 = 3;
/// The effects of ratings.
const KINDS: [&str; 3] = ["find_person", "ask_for_rating", "withdraw_question"];
/// The methods they take.
const METHODS: [Method; 10] = {
    const FIND: &str = KINDS[0];
    const ASK: &str = KINDS[1];
    const WITHDRAW: &str = KINDS[2];
    [
        Method { name: people::SEARCH, kind: FIND },
        Method { name: bot::REGISTER, kind: ASK },
        Method { name: bot::REGISTER_COMMAND, kind: ASK },
        Method { name: bot::REGISTER_OLD, kind: ASK },
        Method { name: "im.message.add", kind: ASK },
        Method { name: "imbot.message.add", kind: ASK },
        Method { name: "imbot.v2.Chat.Message.send", kind: ASK },
        Method { name: "im.message.update", kind: WITHDRAW },
        Method { name: "imbot.message.update", kind: WITHDRAW },
        Method { name: "imbot.v2.Chat.Message.update", kind: WITHDRAW },
    ]
};

#[async_trait]
impl Delivery for Bitrix24 {
    fn kinds(&self) -> &'static [&'static str] {
        static ALL: LazyLock<Vec<&str>> = LazyLock::new(|| [&KINDS[..], &tasks::KINDS].concat());
        &ALL
    }

    fn terms(&self) -> LaneTerms {
        let requests = (client::TOTAL + client::QUEUE) * REQUESTS + (client::UPLOAD + client::QUEUE) * UPLOADS;
        LaneTerms { concurrency: 4, timeout: requests + Duration::from_secs(5) }
    }

    fn limits(&self, _effect: &Effect) -> Vec<Limit> {
        let rate = self.settings.rate_per_second.max(1);
        vec![Limit {
            key: NAME.to_owned(),
            per_second_milli: rate.saturating_mul(1000),
            burst: self.settings.burst.max(1),
        }]
    }

    fn methods(&self) -> &'static [Method] {
        static ALL: LazyLock<Vec<Method>> = LazyLock::new(|| [&METHODS[..], &tasks::METHODS].concat());
        &ALL
    }

    fn understand(&self, asked: &Asked<'_>, answer: &Answer) -> Result<Vec<Observed>, CallError> {
        if let Some(understood) = tasks::understood(asked, answer) {
            return understood
                .map(|fact| fact.map(|fact| observed(asked.key, asked.at, Fact::Erp(fact))).into_iter().collect());
        }
        let Some(method) = METHODS.iter().find(|method| method.name == asked.method) else {
            let reason = format!("{} is not called here", asked.method);
            return Err(CallError::Refused { reason, why: Failure::Unsupported });
        };
        let way = [Way::ImbotV2, Way::Imbot, Way::Im]
            .into_iter()
            .find(|way| [way.add(), way.update()].contains(&method.name));
        let intent = if way.is_some_and(|way| way.add() == method.name) { Intent::Once } else { Intent::Repeatable };
        let read = client::read(answer, method.name, intent);
        let receipt = |fact| vec![receipt(asked.key, asked.at, fact)];
        match (asked.effect, way, method.name) {
            (Effect::FindPerson { request, email }, ..) => {
                let rows = read?.result;
                self.person(*request, email, rows.as_array().map_or(&[], Vec::as_slice)).map(receipt)
            }
            (Effect::AskForRating { .. }, _, bot::REGISTER) => bot::registered(&read?.result).map(|_| vec![]),
            (Effect::AskForRating { .. }, _, bot::REGISTER_OLD) => bot::registered_old(&read?.result).map(|_| vec![]),
            (Effect::AskForRating { .. }, _, bot::REGISTER_COMMAND) => Ok(read.map(|_| vec![])?),
            (Effect::AskForRating { request, .. }, Some(way), _) => {
                was_asked(*request, way, &read?.result).map(receipt)
            }
            (Effect::WithdrawQuestion { request, .. }, Some(way), _) => {
                was_withdrawn(*request, way, read.map(|success| success.result)).map(receipt)
            }
            _ => Err(CallError::not_ours(asked.effect)),
        }
    }

    async fn perform(&self, effect: &Effect, key: &EffectKey) -> Attempt {
        let mut exchanges = vec![];
        if let Some(outcome) = self.work(effect, &mut exchanges).await {
            let receipt = |fact| vec![observed(key, (self.clock)(), Fact::Erp(fact))];
            return Attempt { exchanges, outcome: outcome.map(receipt) };
        }
        let outcome = match effect {
            Effect::FindPerson { request, email } => self.find(*request, email, &mut exchanges).await,
            Effect::AskForRating { request, issue, title, user, deadline } => {
                let question = Question { request: *request, issue: *issue, title, user, deadline: *deadline };
                self.ask(&question, &mut exchanges).await
            }
            Effect::WithdrawQuestion { request, issue, message, way, .. } => {
                self.withdraw(*request, *issue, message, way, &mut exchanges).await
            }
            _ => return Attempt::not_ours(effect),
        };
        Attempt { exchanges, outcome: outcome.map(|fact| vec![receipt(key, (self.clock)(), fact)]) }
    }

    async fn settle(&self, effect: &Effect, key: &EffectKey) -> Settled {
        let done = |fact| Settled::Done(vec![observed(key, (self.clock)(), Fact::Erp(fact))]);
        if let Some(settled) = self.settle_work(effect, done).await {
            return settled;
        }
        match effect {
            Effect::AskForRating { .. } => Settled::Unknown(CallError::Refused {
                reason: "nobody can tell whether the question arrived, and it is not asked twice by itself: ask again \
                         if the person has not got it"
                    .to_owned(),
                why: Failure::Refused,
            }),
            _ => Settled::NotDone,
        }
    }
}

/// What is asked, and whom.
struct Question<'q> {
    request: RatingId,
    issue: IssueId,
    title: &'q str,
    user: &'q str,
    deadline: Instant,
}

impl Bitrix24 {
    async fn find(
        &self,
        request: RatingId,
        email: &str,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<ratings::Fact, CallError> {
        let rows = self.client.list(people::search(email), people::LISTING, exchanges).await?;
        self.person(request, email, &rows)
    }

    fn person(&self, request: RatingId, email: &str, rows: &[Value]) -> Result<ratings::Fact, CallError> {
        Ok(match people::find(rows, email, &self.settings.user_types)? {
            Ok(user) => ratings::Fact::PersonFound { request, user },
            Err(lack) => ratings::Fact::PersonMissing { request, lack },
        })
    }

    async fn ask(&self, question: &Question<'_>, exchanges: &mut Vec<Exchange>) -> Result<ratings::Fact, CallError> {
        let way = self.way();
        let mut forgotten = false;
        loop {
            let bot = self.bot(way, exchanges).await?;
            let (keyboard, secrets) = self.keyboard(question, way, &bot)?;
            let words = message::question(question.issue, question.title);
            let params = way.question(&bot, question.user, &words, &keyboard);
            let call = Call::once(Key::Messages, way.add(), params).hiding(secrets).hiding([bot.token]);
            match self.client.call(&call, exchanges).await {
                Ok(success) => return was_asked(question.request, way, &success.result),
                // It was not sent: once more with a bot the portal knows.
                Err(trouble) if !forgotten && self.forget_bot(&trouble).await => forgotten = true,
                Err(trouble) => return Err(trouble.into()),
            }
        }
    }

    /// The buttons, and what among them nobody else may see.
    fn keyboard(&self, question: &Question<'_>, way: Way, bot: &Bot) -> Result<(Value, Vec<String>), CallError> {
        let missing = |detail: &str| CallError::Unauthorized { detail: detail.to_owned() };
        let Some(public) = &self.settings.public_url else {
            if way == Way::Im && bot.id.is_none() {
                return Err(missing("neither public_url nor a bot has been set: an answer could not reach us"));
            }
            return Ok((message::command_keyboard(bot, question.issue), vec![]));
        };
        let link = |rate: Rate| {
            let Question { request, issue, deadline, .. } = *question;
            self.links.seal(&RatingLink { request, issue, rate, deadline }, public)
        };
        let [good, normal, bad] = message::BUTTONS.map(|(rate, ..)| link(rate));
        let (Some(good), Some(normal), Some(bad)) = (good, normal, bad) else {
            return Err(missing("no ratings.link_key has been set, with which the links are signed"));
        };
        let links = [good, normal, bad];
        // Whoever has a link may answer: what is kept of the exchange holds none.
        let tokens = links.iter().flat_map(|link| link.query_pairs().filter(|(name, _)| name == "t"));
        let tokens = tokens.map(|(_, token)| token.into_owned()).collect();
        Ok((message::link_keyboard(&links), tokens))
    }

    async fn withdraw(
        &self,
        request: RatingId,
        issue: IssueId,
        id: &str,
        way: &str,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<ratings::Fact, CallError> {
        let Ok(way) = Way::from_str(way) else {
            let reason = format!("a question sent by {way:?} cannot be changed here");
            return Err(CallError::Refused { reason, why: Failure::Unsupported });
        };
        let bot = self.bot(way, exchanges).await?;
        let params = way.withdrawal(&bot, id, &message::closed(issue));
        let call = Call::repeatable(Key::Messages, way.update(), params).hiding([bot.token]);
        let outcome = self.client.call(&call, exchanges).await;
        was_withdrawn(request, way, outcome.map(|success| success.result))
    }
}

fn was_asked(request: RatingId, way: Way, result: &Value) -> Result<ratings::Fact, CallError> {
    let message = way.sent(result).ok_or_else(|| CallError::Refused {
        reason: format!("{} created no message", way.add()),
        why: Failure::Refused,
    })?;
    Ok(ratings::Fact::Asked { request, message, way: way.as_ref().to_owned() })
}

/// A message that is gone has no buttons either; it is said that we did not take them away.
fn was_withdrawn(request: RatingId, way: Way, outcome: Result<Value, Trouble>) -> Result<ratings::Fact, CallError> {
    let done = match outcome {
        Ok(result) => way.changed(&result),
        Err(Trouble { error: CallError::Refused { why: Failure::DoesNotExist, .. }, .. }) => false,
        Err(trouble) => return Err(trouble.into()),
    };
    Ok(ratings::Fact::QuestionWithdrawn { request, done })
}

fn receipt(key: &EffectKey, at: Instant, fact: ratings::Fact) -> Observed {
    observed(key, at, Fact::Ratings(fact))
}

fn observed(key: &EffectKey, at: Instant, fact: Fact) -> Observed {
    Observed { key: FactKey(key.0.clone()), at, fact }
}

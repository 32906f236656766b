//! What is done at the tracker, and what its answers mean (contracts/yandex_tracker 2, behaviour/chat_tracker).
//!
//! Deliberately not here: how each is done (the modules beside).

use std::time::Duration;

use async_trait::async_trait;
use pult_domain::{Effect, EffectKey, Fact, FactKey, Failure, Instant, Observed, areas::chat_link};
use serde_json::Value;

use crate::{
    Asked, Attempt, CallError, Delivery, Exchange, LaneTerms, Limit, Method, Settled, transport::http::Answer,
};

use super::{
    NAME, Tracker, change,
    client::{self, rows},
    comments, create,
    fields::Fields,
    files,
    loose::{cut, is_key},
    people,
    trouble::{Intent, judge},
};

const MYSELF: &str = "GET myself";
const USER: &str = "GET users/{id}";
const LOCAL_FIELDS: &str = "GET queues/{key}/localFields";
const ATTACH: &str = "POST attachments";
const CREATE: &str = "POST issues";
const ISSUE: &str = "GET issues/{key}";
const PATCH: &str = "PATCH issues/{key}";
const SEARCH: &str = "POST issues/_search";
const COMMENTS: &str = "GET issues/{key}/comments";
const COMMENT: &str = "POST issues/{key}/comments";
const TRANSITIONS: &str = "GET issues/{key}/transitions";
const EXECUTE: &str = "POST issues/{key}/transitions/{id}/_execute";

/// The kinds of effects.
const KINDS: [&str; 9] = [
    "create_issue",
    "link_issue",
    "find_issue_of_message",
    "read_comments",
    "post_comment",
    "grant_access",
    "read_issue",
    "change_issue",
    "search_issues",
];

/// The methods, those that bring the receipt behind the others of their kind.
const METHODS: [Method; 23] = {
    const fn of(name: &'static str, kind: usize) -> Method {
        Method { name, kind: KINDS[kind] }
    }
    [
        of(LOCAL_FIELDS, 0),
        of(ATTACH, 0),
        of(CREATE, 0),
        of(LOCAL_FIELDS, 1),
        of(ISSUE, 1),
        of(PATCH, 1),
        of(LOCAL_FIELDS, 2),
        of(SEARCH, 2),
        of(MYSELF, 3),
        of(COMMENTS, 3),
        of(ISSUE, 3),
        of(ATTACH, 4),
        of(COMMENT, 4),
        of(USER, 5),
        of(ISSUE, 5),
        of(PATCH, 5),
        of(USER, 6),
        of(TRANSITIONS, 6),
        of(ISSUE, 6),
        of(PATCH, 7),
        of(EXECUTE, 7),
        of(ISSUE, 7),
        of(SEARCH, 8),
    ]
};

/// Requests of one attempt beside files, at the worst that is worth waiting for.
const REQUESTS: u32 = 10;

#[async_trait]
impl Delivery for Tracker {
    fn kinds(&self) -> &'static [&'static str] {
        &KINDS
    }

    fn terms(&self) -> LaneTerms {
        let files = client::FILE * files::MANY;
        LaneTerms { concurrency: 4, timeout: files + client::SEARCH * REQUESTS + Duration::from_secs(5) }
    }

    fn limits(&self, _effect: &Effect) -> Vec<Limit> {
        let rate = self.settings.rate_per_second.max(1);
        vec![Limit { key: NAME.to_owned(), per_second_milli: rate.saturating_mul(1000), burst: rate }]
    }

    fn methods(&self) -> &'static [Method] {
        &METHODS
    }

    fn understand(&self, asked: &Asked<'_>, answer: &Answer) -> Result<Vec<Observed>, CallError> {
        let called = METHODS.iter().any(|method| method.name == asked.method && method.kind == asked.effect.kind());
        if !called {
            let reason = format!("{} is not called for {}", asked.method, asked.effect.kind());
            return Err(CallError::Refused { reason, why: Failure::Unsupported });
        }
        let intent = match asked.method {
            CREATE | COMMENT | EXECUTE => Intent::Once,
            PATCH | ATTACH => Intent::Repeatable,
            _ => Intent::Reading,
        };
        let fact = match (asked.method, judge(answer, intent, &self.client.mask())) {
            (CREATE, Err(trouble)) => return Err(create::refused(trouble)),
            (_, Err(trouble)) => return Err(trouble.error),
            (_, Ok(content)) => self.heard(asked, &content)?,
        };
        Ok(fact.map(|fact| observed(asked.key, asked.at, fact)).into_iter().collect())
    }

    async fn perform(&self, effect: &Effect, key: &EffectKey) -> Attempt {
        let mut exchanges = vec![];
        let outcome = match self.act(effect, key, &mut exchanges).await {
            Some(outcome) => outcome,
            None => return Attempt::not_ours(effect),
        };
        Attempt { exchanges, outcome: outcome.map(|fact| vec![observed(key, (self.clock)(), fact)]) }
    }

    async fn settle(&self, effect: &Effect, key: &EffectKey) -> Settled {
        match self.became(effect, key).await {
            Ok(Some(fact)) => Settled::Done(vec![observed(key, (self.clock)(), fact)]),
            Ok(None) if self.is_double(effect) => {
                Settled::NotYet { detail: "the issue exists, and the search does not know it yet".to_owned() }
            }
            Ok(None) => Settled::NotDone,
            Err(error) => Settled::Unknown(error),
        }
    }
}

fn observed(key: &EffectKey, at: Instant, fact: chat_link::Fact) -> Observed {
    Observed { key: FactKey(key.0.clone()), at, fact: Fact::ChatLink(fact) }
}

/// The issue an effect names.
fn named(effect: &Effect) -> Option<&str> {
    match effect {
        Effect::LinkIssue { issue, .. }
        | Effect::ReadComments { issue, .. }
        | Effect::GrantAccess { issue, .. }
        | Effect::ReadIssue { issue, .. }
        | Effect::ChangeIssue { issue, .. } => Some(issue),
        Effect::PostComment(post) => Some(&post.issue),
        _ => None,
    }
}

impl Tracker {
    /// Whether there can be such an issue at all; comments are read of our own queue's only.
    fn named(&self, effect: &Effect, key: &str) -> Result<(), CallError> {
        let queue = key.rsplit_once('-').map_or("", |(queue, _)| queue);
        let ours = queue == self.settings.queue_key.trim() || !matches!(effect, Effect::ReadComments { .. });
        if is_key(key) && ours {
            return Ok(());
        }
        let reason = format!("{} is no issue of the queue {}", cut(key, 64), self.settings.queue_key);
        Err(CallError::Refused { reason, why: Failure::DoesNotExist })
    }

    /// What a good answer says; nothing where it is a step on the way.
    fn heard(&self, asked: &Asked<'_>, content: &Value) -> Result<Option<chat_link::Fact>, CallError> {
        use chat_link::Fact as Said;
        let said = match (asked.method, asked.effect) {
            (LOCAL_FIELDS, _) => return Fields::of(&self.settings.queue_key, content, self.prefix()).map(|_| None),
            (MYSELF, _) => return people::own(content).map(|_| None),
            (ATTACH, _) => return files::id(content).map(|_| None),
            (COMMENTS, _) => return comments::page(content).map(|_| None),
            (EXECUTE, _) => return change::executed(content).map(|()| None),
            (CREATE, Effect::CreateIssue(new)) => {
                Said::IssueCreated { request: new.request, issue: Box::new(self.created(content)?) }
            }
            (PATCH, Effect::LinkIssue { link, .. }) => {
                let skipped = self.fields.known().map(|fields| self.left_out(&fields)).unwrap_or_default();
                Said::IssueLinked { link: *link, skipped }
            }
            (SEARCH, Effect::FindIssueOfMessage { item, message }) => {
                let issue = self.of_message(&rows(content)?, *message)?.map(Box::new);
                Said::IssueOfMessage { item: *item, issue }
            }
            (SEARCH, Effect::SearchIssues { wish, list }) => {
                Said::IssuesFound { wish: *wish, rows: self.listed(list, &rows(content)?) }
            }
            (ISSUE, Effect::ReadComments { named, .. }) => {
                let issue = Box::new(self.ours(content)?);
                Said::CommentsRead { issue, named: named.clone(), comments: vec![] }
            }
            (COMMENT, Effect::PostComment(post)) => {
                Said::CommentPosted { item: post.item, comment: comments::posted(content)? }
            }
            (PATCH, Effect::GrantAccess { issue, logins, .. }) => {
                Said::AccessGranted { issue: issue.clone(), added: logins.clone() }
            }
            (ISSUE, Effect::ReadIssue { wish, .. }) => {
                Said::IssueRead { wish: *wish, issue: Box::new(self.card(content)?) }
            }
            (ISSUE, Effect::ChangeIssue { wish, .. }) => {
                Said::IssueChanged { wish: *wish, issue: Box::new(self.card(content)?) }
            }
            _ => return Ok(None),
        };
        Ok(Some(said))
    }

    async fn act(
        &self,
        effect: &Effect,
        key: &EffectKey,
        said: &mut Vec<Exchange>,
    ) -> Option<Result<chat_link::Fact, CallError>> {
        use chat_link::Fact as Said;
        if let Some(Err(error)) = named(effect).map(|key| self.named(effect, key)) {
            return Some(Err(error));
        }
        Some(match effect {
            Effect::CreateIssue(new) => self
                .create(new, said)
                .await
                .map(|issue| Said::IssueCreated { request: new.request, issue: Box::new(issue) }),
            Effect::LinkIssue { link, issue, conversation } => {
                self.link(issue, *conversation, said).await.map(|skipped| Said::IssueLinked { link: *link, skipped })
            }
            Effect::FindIssueOfMessage { item, message } => self
                .find_issue(*message, said)
                .await
                .map(|issue| Said::IssueOfMessage { item: *item, issue: issue.map(Box::new) }),
            Effect::ReadComments { issue, after, named, since } => {
                self.comments(issue, after.as_deref(), named.as_deref(), *since, said).await.map(|read| {
                    Said::CommentsRead { issue: Box::new(read.issue), named: named.clone(), comments: read.comments }
                })
            }
            Effect::PostComment(post) => {
                self.post(post, key, said).await.map(|comment| Said::CommentPosted { item: post.item, comment })
            }
            Effect::GrantAccess { issue, logins, only_for, named_by } => {
                let let_in = self.grant(issue, logins, only_for.as_deref(), said).await;
                let issue = issue.clone();
                let_in.map(|added| match added {
                    Some(added) => Said::AccessGranted { issue, added },
                    None => Said::AccessWithheld { issue, logins: logins.clone(), named_by: *named_by },
                })
            }
            Effect::ReadIssue { wish, issue } => {
                self.whole(issue, said).await.map(|issue| Said::IssueRead { wish: *wish, issue: Box::new(issue) })
            }
            Effect::ChangeIssue { wish, issue, change } => self
                .change(issue, change, said)
                .await
                .map(|issue| Said::IssueChanged { wish: *wish, issue: Box::new(issue) }),
            Effect::SearchIssues { wish, list } => {
                self.list(list, said).await.map(|rows| Said::IssuesFound { wish: *wish, rows })
            }
            _ => return None,
        })
    }

    /// Whether the tracker has said that there is such an issue already.
    fn is_double(&self, effect: &Effect) -> bool {
        matches!(effect, Effect::CreateIssue(new) if self.doubles.has(&new.unique))
    }

    /// What became of an effect that nobody saw; `None` where it was not done, or may be done again without harm.
    async fn became(&self, effect: &Effect, key: &EffectKey) -> Result<Option<chat_link::Fact>, CallError> {
        use chat_link::Fact as Said;
        let said = &mut vec![];
        Ok(match effect {
            Effect::CreateIssue(new) => self
                .find_created(&new.unique, said)
                .await?
                .map(|issue| Said::IssueCreated { request: new.request, issue: Box::new(issue) }),
            Effect::PostComment(post) => self
                .find_posted(&post.issue, key, said)
                .await?
                .map(|comment| Said::CommentPosted { item: post.item, comment }),
            Effect::ChangeIssue { wish, issue, change } => self
                .settle_change(issue, change, said)
                .await?
                .map(|issue| Said::IssueChanged { wish: *wish, issue: Box::new(issue) }),
            _ => None,
        })
    }
}

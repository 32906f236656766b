//! Reads the comments of an issue, writes one, and finds out whether one was written (contracts/yandex_tracker 3, 6).
//!
//! Deliberately not here: which comment is news (the rule's), and the words of ours (`text`).

use pult_domain::{
    EffectKey, Failure, Instant,
    areas::chat_link::{Comment, IssueCard, owed::PostComment},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{CallError, Exchange};

use super::{
    Tracker,
    client::{Call, PAGE, TOTAL},
    loose::{at, single, text as word},
    text,
    trouble::{Intent, strange},
    wire,
};

/// Pages of one issue: a server that always answers a full page must not keep us for ever.
pub(super) const MAX_PAGES: usize = 50;
/// The last comment handled where none was: all of them are read.
const NONE: &str = "0";

/// An issue and those of its comments that were asked for.
pub(super) struct Read {
    pub(super) issue: IssueCard,
    pub(super) comments: Vec<Comment>,
}

/// Whether a comment comes after another. Where their ids are no numbers, the tracker is believed, which was asked for those after it.
fn is_after(id: &str, after: Option<&str>) -> bool {
    match (id.parse::<u64>(), after.map(str::parse::<u64>)) {
        (Ok(id), Some(Ok(after))) => id > after,
        _ => after != Some(id),
    }
}

/// A page of comments as it came.
pub(super) fn page(content: &Value) -> Result<&[Value], CallError> {
    content.as_array().map(Vec::as_slice).ok_or_else(|| strange("the answer is not a list of comments"))
}

/// The id of the comment an answer shows. It is there, whatever the answer looks like.
pub(super) fn posted(answer: &Value) -> Result<String, CallError> {
    let id = single(answer).and_then(|comment| word(at(comment, &["id"]), 200));
    id.ok_or_else(|| CallError::OutcomeUnknown { detail: "the answer is not a comment".to_owned() })
}

impl Tracker {
    /// An issue of our queue, whose comments count.
    pub(super) fn ours(&self, answer: &Value) -> Result<IssueCard, CallError> {
        match single(answer) {
            Some(issue) if !self.is_ours(issue) => Err(CallError::Refused {
                reason: format!("the issue is not of the queue {}", self.settings.queue_key),
                why: Failure::DoesNotExist,
            }),
            _ => self.card(answer),
        }
    }

    /// The comments of an issue after one; where nothing was handled yet, the one that is named and those since an instant.
    pub(super) async fn comments(
        &self,
        key: &str,
        after: Option<&str>,
        named: Option<&str>,
        since: Option<Instant>,
        said: &mut Vec<Exchange>,
    ) -> Result<Read, CallError> {
        let answer = self.client.get(&["issues", key], &[("expand", "attachments")], said).await?;
        let issue = self.ours(&answer)?;
        if after.is_none() && named.is_none() && since.is_none() {
            return Ok(Read { issue, comments: vec![] });
        }
        let own = self.own(said).await?;
        let addresses = single(&answer).map(wire::addresses).unwrap_or_default();
        let mut comments: Vec<Comment> = vec![];
        let is_new = |at: Option<Instant>| since.is_some_and(|since| at.is_some_and(|at| at >= since));
        let wanted = |comment: &Comment| match after {
            Some(_) => is_after(&comment.id, after),
            None => named == Some(comment.id.as_str()) || is_new(comment.at),
        };
        let from = after.filter(|after| *after != NONE).map(str::to_owned);
        self.walk(&issue.key, from, said, |row| {
            let comment = wire::comment(row, &own.uid, &addresses).filter(&wanted);
            comments.extend(comment);
            after.is_some() || since.is_some() || comments.is_empty()
        })
        .await?;
        Ok(Read { issue, comments })
    }

    /// Walks through comments after one, oldest first, for as long as `see` wants more of them.
    async fn walk(
        &self,
        key: &str,
        mut after: Option<String>,
        said: &mut Vec<Exchange>,
        mut see: impl FnMut(&Value) -> bool + Send,
    ) -> Result<(), CallError> {
        let size = PAGE.to_string();
        for _ in 0..MAX_PAGES {
            let mut query = vec![("perPage", size.as_str()), ("expand", "attachments")];
            query.extend(after.as_deref().map(|after| ("id", after)));
            let content = self.client.get(&["issues", key, "comments"], &query, said).await?;
            let rows = page(&content)?;
            for row in rows {
                if !see(row) {
                    return Ok(());
                }
            }
            let last = rows.last().and_then(|row| word(at(row, &["id"]), 200));
            match last.filter(|last| rows.len() >= PAGE && after.as_ref() != Some(last)) {
                Some(last) => after = Some(last),
                None => return Ok(()),
            }
        }
        Err(strange("the issue has more comments than are read"))
    }

    /// Writes the comment, once; its id.
    pub(super) async fn post(
        &self,
        post: &PostComment,
        key: &EffectKey,
        said: &mut Vec<Exchange>,
    ) -> Result<String, CallError> {
        let copied = self.copy_files(&post.files, said).await?;
        let mut body = json!({"text": text::comment(post, &copied.left, key)});
        if !copied.ids.is_empty() {
            body["attachmentIds"] = json!(copied.ids);
        }
        let call = Call {
            method: Method::POST,
            path: &["issues", &post.issue, "comments"],
            query: &[("isAddToFollowers", "false")],
            body: Some(&body),
            intent: Intent::Once,
            within: TOTAL,
        };
        posted(&self.client.call(&call, said).await?)
    }

    /// The comment that was written for an effect, where it was.
    pub(super) async fn find_posted(
        &self,
        issue: &str,
        key: &EffectKey,
        said: &mut Vec<Exchange>,
    ) -> Result<Option<String>, CallError> {
        let own = self.own(said).await?;
        let reference = text::reference(key);
        let mut found = None;
        self.walk(issue, None, said, |row| {
            let comment = wire::comment(row, &own.uid, &Default::default());
            let ours = comment.filter(|comment| comment.own && text::has_reference(&comment.text, &reference));
            found = ours.map(|comment| comment.id);
            found.is_none()
        })
        .await?;
        Ok(found)
    }
}

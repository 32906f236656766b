//! Files both ways: those of messages are put into issues and comments, those of comments are given out.
//!
//! A file that cannot be had, or that the tracker does not take, stays in the messenger and is named. Deliberately not here: the
//! messenger's own ways.

use async_trait::async_trait;
use bytes::Bytes;
use pult_domain::{Failure, areas::chat_link::FileLink};
use serde_json::Value;
use url::Url;

use crate::{Attachments, CallError, Exchange};

use super::{
    Tracker,
    loose::{at, number, single, text},
    text::file_name,
    trouble::strange,
};

/// The most files of one message.
pub(super) const MANY: u32 = 10;

/// What became of a message's files.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Copied {
    /// What the tracker calls those it has.
    pub(super) ids: Vec<String>,
    /// The others.
    pub(super) left: Vec<Left>,
}

/// A file that stays where it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Left {
    /// Its name.
    pub(super) name: String,
    /// The page on which people find it.
    pub(super) page: Option<String>,
}

/// What the tracker calls a file it was given.
pub(super) fn id(answer: &Value) -> Result<String, CallError> {
    let file = single(answer).ok_or_else(|| strange("the answer is not a file"))?;
    text(at(file, &["id"]), 200).ok_or_else(|| strange("the file has no id"))
}

impl Tracker {
    /// Puts a message's files there for the issue or the comment to come.
    pub(super) async fn copy_files(&self, files: &[FileLink], said: &mut Vec<Exchange>) -> Result<Copied, CallError> {
        let mut copied = Copied::default();
        let many = usize::try_from(MANY).unwrap_or(usize::MAX);
        for (place, file) in files.iter().enumerate() {
            let name = file_name(&file.name);
            let content = if place < many { self.content(file).await? } else { None };
            let page = file.page.clone();
            let Some(content) = content else {
                copied.left.push(Left { name, page });
                continue;
            };
            match self.client.upload(&name, content, said).await.and_then(|answer| id(&answer)) {
                Ok(id) => copied.ids.push(id),
                Err(CallError::Refused { why: Failure::Refused | Failure::DoesNotExist, .. }) => {
                    copied.left.push(Left { name, page });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(copied)
    }

    /// What is in a file of the messenger; nothing where it cannot be had.
    async fn content(&self, file: &FileLink) -> Result<Option<Bytes>, CallError> {
        let most = self.settings.max_file() as u64;
        if file.size.is_some_and(|size| size > most) {
            return Ok(None);
        }
        match self.files.fetch(file, most).await {
            Ok(content) => Ok(Some(content)),
            Err(CallError::Refused { .. }) => Ok(None),
            Err(CallError::Retry { after, detail }) => Err(CallError::Retry { after, detail }),
            Err(CallError::Locked { detail }) => Err(CallError::Locked { detail }),
            // It is the messenger that is in trouble, and not this connection.
            Err(error) => Err(CallError::Retry { after: None, detail: format!("a file of the message: {error}") }),
        }
    }
}

/// Whether an address is that of a file's description, which tells where its content is.
fn is_description(url: &Url) -> bool {
    url.path_segments().and_then(|mut segments| segments.nth_back(1)) == Some("attachments")
}

#[async_trait]
impl Attachments for Tracker {
    async fn fetch(&self, file: &FileLink, at_most: u64) -> Result<Bytes, CallError> {
        let refused = |reason: &str| CallError::Refused { reason: reason.to_owned(), why: Failure::Refused };
        let too_large = |size: u64| match size > at_most {
            true => Err(refused(&format!("the file is larger than {at_most} bytes"))),
            false => Ok(()),
        };
        let own = |source: &str| self.client.own_file(source).ok_or_else(|| refused("that is no file of the tracker"));
        let mut url = own(&file.source)?;
        too_large(file.size.unwrap_or_default())?;
        if is_description(&url) {
            let answer = self.client.description(url).await?;
            let shown = single(&answer).ok_or_else(|| strange("the answer is not a file"))?;
            too_large(number(at(shown, &["size"])).and_then(|size| size.try_into().ok()).unwrap_or_default())?;
            url = own(at(shown, &["content"]).as_str().unwrap_or_default())?;
        }
        self.client.download(url, at_most).await
    }
}

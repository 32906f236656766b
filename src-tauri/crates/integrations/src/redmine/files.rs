//! Files both ways: those that people attach are put into tickets, those of tickets are given out (contracts/redmine 2, 5).
//!
//! A file that is too large, or that the tracker does not take, is left out and named. Deliberately not here: keeping them.

use async_trait::async_trait;
use bytes::Bytes;
use pult_domain::{
    Failure,
    areas::{
        chat_link::FileLink,
        tickets::{Ticket, Upload},
    },
};
use serde_json::{Value, json};
use url::Url;

use crate::{Attachments, CallError, Exchange};

use super::{
    Redmine,
    client::As,
    loose::{MAX_NAME, at, number, text},
    text::file_name,
    trouble::{refused, strange},
};

/// The most files of one change.
pub(super) const MANY: u32 = 10;

/// Files on their way.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Sent {
    /// What the tracker calls those it has, each good for one change.
    pub(super) uploads: Vec<Value>,
    /// Their names there.
    pub(super) names: Vec<String>,
    /// Names of the others.
    pub(super) left: Vec<String>,
}

/// What the tracker calls a file it was given.
pub(super) fn token(answer: &Value) -> Result<String, CallError> {
    text(at(answer, &["upload", "token"]), MAX_NAME).ok_or_else(|| strange("the file has no token"))
}

/// Files that were given and are not there.
pub(super) fn missing(names: &[String], before: Option<&Ticket>, after: &Ticket) -> Vec<String> {
    let is_old = |id: i64| before.is_some_and(|before| before.attachments.iter().any(|file| file.id == id));
    let new: Vec<&str> =
        after.attachments.iter().filter(|file| !is_old(file.id)).map(|file| file.name.as_str()).collect();
    names.iter().filter(|name| !new.contains(&name.as_str())).cloned().collect()
}

impl Redmine {
    /// Puts files there for a change to come.
    pub(super) async fn send_files(
        &self,
        who: As<'_>,
        files: &[Upload],
        said: &mut Vec<Exchange>,
    ) -> Result<Sent, CallError> {
        let mut sent = Sent::default();
        let many = usize::try_from(MANY).unwrap_or(usize::MAX);
        for (place, file) in files.iter().enumerate() {
            let name = file_name(&file.name);
            let content = if place < many { self.content(file).await? } else { None };
            let Some(content) = content else {
                sent.left.push(name);
                continue;
            };
            match self.client.upload(who, &name, content, said).await {
                Ok(answer) => {
                    let token = token(&answer)?;
                    sent.uploads.push(json!({"token": token, "filename": name, "content_type": file.content_type}));
                    sent.names.push(name);
                }
                Err(trouble) if trouble.is_unwelcome() => sent.left.push(name),
                Err(trouble) => return Err(trouble.error),
            }
        }
        Ok(sent)
    }

    /// What is in a file; nothing where it is too large or kept no more.
    async fn content(&self, file: &Upload) -> Result<Option<Bytes>, CallError> {
        if file.size > self.settings.max_file() {
            return Ok(None);
        }
        match self.uploads.bytes(&file.sha256).await {
            Ok(content) => Ok(Some(content).filter(|content| content.len() as u64 <= self.settings.max_file())),
            Err(CallError::Refused { .. }) => Ok(None),
            Err(CallError::Retry { after, detail }) => Err(CallError::Retry { after, detail }),
            // It is our own store that is in trouble, and not this connection.
            Err(error) => Err(CallError::Retry { after: None, detail: format!("a file to be attached: {error}") }),
        }
    }
}

/// The path of a file's content below the tracker's address: whatever host the tracker takes itself to be.
fn below(content_url: &str, id: &str) -> Option<String> {
    // Folders are resolved first, so that none leads out again.
    let path = Url::parse("http://localhost/").ok()?.join(content_url).ok()?.path().to_owned();
    let place = path.rfind("/attachments/download/")?;
    let path = path.get(place + 1..)?;
    path.strip_prefix("attachments/download/")?.strip_prefix(id)?.starts_with('/').then(|| path.to_owned())
}

#[async_trait]
impl Attachments for Redmine {
    async fn fetch(&self, file: &FileLink, at_most: u64) -> Result<Bytes, CallError> {
        let no = |why: &str| refused(Failure::Refused, why);
        let too_large = |size: u64| match size > at_most {
            true => Err(no(&format!("the file is larger than {at_most} bytes"))),
            false => Ok(()),
        };
        let id = file.source.as_str();
        if id.is_empty() || id.len() > 18 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(no("that is no file of the tracker"));
        }
        too_large(file.size.unwrap_or_default())?;
        let answer =
            self.client.get(As::Engine, &["attachments", &format!("{id}.json")], &[], &mut vec![]).await?.content;
        let shown = at(&answer, &["attachment"]);
        too_large(number(at(shown, &["filesize"])).and_then(|size| size.try_into().ok()).unwrap_or_default())?;
        let path = below(at(shown, &["content_url"]).as_str().unwrap_or_default(), id);
        self.client.download(&path.ok_or_else(|| no("the tracker does not tell where the file is"))?, at_most).await
    }
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn a_file_is_looked_for_below_our_own_address() {
        for (url, want) in [
            ("https://elsewhere.example.com/attachments/download/12/a.png", Some("attachments/download/12/a.png")),
            ("http://h/redmine/attachments/download/12/%D1%84.png", Some("attachments/download/12/%D1%84.png")),
            ("/attachments/download/12/a.png", Some("attachments/download/12/a.png")),
            ("http://h/attachments/download/123/a.png", None),
            ("http://h/attachments/download/12/../../../users/current.json", None),
            ("http://h/users/current.json", None),
            ("", None),
        ] {
            assert_eq!(below(url, "12").as_deref(), want, "{url}");
        }
    }
}

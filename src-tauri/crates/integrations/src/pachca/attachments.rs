//! Files: those of the messenger, for the tracker, and those of the tracker, into a message (contracts/pachca 2, 9).
//!
//! A file is fetched only from hosts the messenger itself named, and never with the token. Deliberately not here: which files.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use pult_domain::{Failure, areas::chat_link::FileLink};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use url::Url;

use crate::{
    Attachments, CallError, Exchange,
    transport::{http as web, mask::Mask},
};

use super::{
    Pachca,
    client::{Call, LONGEST},
    is_safe,
    people::strange,
    trouble::{Intent, refused, unanswered},
    wire,
};

/// The most files of a message.
const MAX_FILES: usize = 10;
/// The most characters of a file's name.
const MAX_NAME: usize = 200;
/// The fields of an upload's form in the order the vendor names them; what it does not name follows.
const FIELDS: [&str; 8] = [
    "Content-Disposition",
    "acl",
    "policy",
    "x-amz-credential",
    "x-amz-algorithm",
    "x-amz-date",
    "x-amz-signature",
    "key",
];
/// The most fields of an upload's form.
const MAX_FIELDS: usize = 50;
/// The most of an answer of where files lie, bytes.
const MAX_RECEIPT: usize = 64 * 1024;
/// What stands for the name in an upload's key.
const FILENAME: &str = "${filename}";
/// The most hosts remembered.
const MAX_HOSTS: usize = 100;

/// Where files are had.
pub(super) struct Shelf {
    http: web::Client,
    /// Those of comments.
    theirs: Arc<dyn Attachments>,
    /// Hosts the messenger named.
    hosts: Mutex<BTreeSet<String>>,
}

impl Shelf {
    pub(super) fn new(http: web::Client, theirs: Arc<dyn Attachments>) -> Self {
        Self { http, theirs, hosts: Mutex::default() }
    }

    fn learn(&self, url: &Url) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = url.host_str().filter(|_| hosts.len() < MAX_HOSTS) {
            hosts.insert(host.to_lowercase());
        }
    }

    fn knows(&self, host: &str) -> bool {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner).contains(&host.to_lowercase())
    }
}

/// The form of an upload.
#[derive(Debug, PartialEq)]
pub(super) struct Upload {
    pub(super) to: Url,
    pub(super) fields: Vec<(String, String)>,
    pub(super) key: String,
}

/// The form an answer gives. Its fields go in the order they are documented in: names of JSON have none that could be relied on.
pub(super) fn upload(answer: &Value) -> Option<Upload> {
    let given = if answer.get("data").is_some() { wire::data(answer) } else { answer };
    let of = |name: &str| given.get(name)?.as_str();
    let (to, key) = (of("direct_url")?.parse().ok()?, of("key")?.to_owned());
    let texts = given.as_object()?.iter().filter(|(name, _)| *name != "direct_url").take(MAX_FIELDS);
    let texts = texts.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    let mut fields: Vec<(String, String)> = texts.collect();
    fields.sort_by_key(|(name, _)| FIELDS.iter().position(|known| known == name).unwrap_or(FIELDS.len()));
    Some(Upload { to, fields, key })
}

/// A name that means nothing to any machine it comes to.
pub(super) fn clean(name: &str) -> String {
    let allowed = |c: char| !c.is_control() && !r#"/\:*?"<>|"#.contains(c);
    let name: String = name.chars().map(|c| if allowed(c) { c } else { '_' }).collect();
    let name = name.trim_matches(|c: char| c.is_whitespace() || c == '.');
    // The end of a name says what the file is.
    let skipped = name.chars().count().saturating_sub(MAX_NAME);
    let name: String = name.chars().skip(skipped).collect();
    if name.is_empty() { "file".to_owned() } else { name }
}

fn kind(name: &str) -> &'static str {
    let end = name.rsplit_once('.').map(|(_, end)| end.to_lowercase()).unwrap_or_default();
    if ["png", "jpg", "jpeg", "gif", "webp", "bmp"].contains(&end.as_str()) { "image" } else { "file" }
}

impl Pachca {
    /// Carries files of a comment into the messenger: those a message can name, and the names of those it cannot.
    pub(super) async fn carry(
        &self,
        files: &[FileLink],
        said: &mut Vec<Exchange>,
    ) -> Result<(Vec<Value>, Vec<String>), CallError> {
        let most = u64::from(self.settings.max_file_mb) * 1024 * 1024;
        let (mut there, mut left) = (vec![], vec![]);
        let mut taken: HashMap<String, u32> = HashMap::new();
        for file in files {
            let name = numbered(clean(&file.name), &mut taken);
            if there.len() >= MAX_FILES || file.size.is_some_and(|size| size > most) {
                left.push(name);
                continue;
            }
            // The other system's trouble must not hold the comment back: the link leads to its files.
            let Ok(content) = self.shelf.theirs.fetch(file, most).await else {
                left.push(name);
                continue;
            };
            match self.put_file(&name, content, said).await {
                Ok(file) => there.push(file),
                Err(CallError::Refused { .. }) => left.push(name),
                Err(error) => return Err(error),
            }
        }
        Ok((there, left))
    }

    /// Puts a file there; it is nobody's until a message names it, so doing it again does no harm.
    async fn put_file(&self, name: &str, content: Bytes, said: &mut Vec<Exchange>) -> Result<Value, CallError> {
        let Upload { to, fields, key } = self.ask_upload(said).await?;
        let size = content.len();
        // The name as it is: what stands for it in the key is replaced by these very characters.
        let mut form = Form::new().percent_encode_noop();
        for (field, value) in fields {
            form = form.text(field, value);
        }
        // What is sent is counted, and neither kept nor shown.
        let length = u64::try_from(size).unwrap_or(u64::MAX);
        form = form.part("file", Part::stream_with_length(content, length).file_name(name.to_owned()));
        let request =
            self.shelf.http.of_at_most(MAX_RECEIPT).request(Method::POST, to).timeout(LONGEST).multipart(form);
        let request = request.build().map_err(|_| refused(Failure::Refused, "the file cannot be sent"))?;
        let spoken = self.shelf.http.send(request, &Mask::default()).await;
        let status = spoken.exchange.status;
        said.push(without_answer(spoken.exchange));
        match (status, spoken.outcome) {
            (Some(200..=299), _) => Ok(json!({
                "key": key.replace(FILENAME, name), "name": name, "file_type": kind(name), "size": size,
            })),
            (Some(status @ 400..=499), _) if status != 429 => {
                Err(refused(Failure::Refused, format!("HTTP {status}: the file was not taken")))
            }
            (_, Err(error)) => Err(unanswered(error, None, Intent::Repeatable)),
            (_, Ok(_)) => Err(strange("where a file lies")),
        }
    }

    /// Asks where to put a file, and learns where files lie.
    async fn ask_upload(&self, said: &mut Vec<Exchange>) -> Result<Upload, CallError> {
        let answer = self.client.call(&Call::make("uploads"), said).await?;
        let upload = upload(&answer).ok_or_else(|| strange("the form of an upload"))?;
        if !is_safe(&upload.to, &self.settings.base) {
            return Err(refused(Failure::Refused, "files are to be sent to an address that is not https"));
        }
        self.shelf.learn(&upload.to);
        Ok(upload)
    }

    /// Whether files are fetched from there: a host of the settings or of the API, with all below it, or one the messenger named.
    fn is_known(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let host = host.to_lowercase();
        let is_below = |known: &str| {
            let known = known.trim().trim_start_matches("*.").to_lowercase();
            !known.is_empty() && (host == known || host.strip_suffix(&known).is_some_and(|sub| sub.ends_with('.')))
        };
        self.settings.file_hosts.iter().any(|known| is_below(known))
            || self.settings.base.host_str().is_some_and(is_below)
            || self.shelf.knows(&host)
    }

    /// Where a file is now.
    async fn find_file(&self, file: &FileLink) -> Result<Url, CallError> {
        let unsafe_link = || refused(Failure::Rights, "the file's address is not https");
        let read =
            |link: &str| Url::parse(link).ok().filter(|url| is_safe(url, &self.settings.base)).ok_or_else(unsafe_link);
        if let Some((message, id)) = wire::of_link(&file.source) {
            let message = self.message(message, &mut vec![]).await?;
            let file = message.files.into_iter().find(|file| file.id == id);
            let file = file.ok_or_else(|| refused(Failure::DoesNotExist, "the message has no such file any more"))?;
            let url = read(&file.url)?;
            // The messenger itself says so, at this moment.
            self.shelf.learn(&url);
            return Ok(url);
        }
        let url = read(&file.source)?;
        if !self.is_known(&url) {
            // Not told yet since the start: it says where files lie when one is to be put there.
            match self.ask_upload(&mut vec![]).await {
                Ok(_) | Err(CallError::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        match self.is_known(&url) {
            true => Ok(url),
            false => {
                let host = url.host_str().unwrap_or_default();
                let reason = format!("files are not fetched from {host}: if they lie there, name it in file_hosts");
                Err(refused(Failure::Rights, reason))
            }
        }
    }
}

/// A name that no other file of the message has.
fn numbered(name: String, taken: &mut HashMap<String, u32>) -> String {
    let count = taken.entry(name.to_lowercase()).or_default();
    *count += 1;
    match (*count, name.rsplit_once('.')) {
        (1, _) => name,
        (count, Some((stem, end))) => format!("{stem} ({count}).{end}"),
        (count, None) => format!("{name} ({count})"),
    }
}

/// What is kept of an upload: not where the file lies.
fn without_answer(exchange: Exchange) -> Exchange {
    let first = exchange.response.lines().next().unwrap_or_default().to_owned();
    Exchange { response: first, ..exchange }
}

#[async_trait]
impl Attachments for Pachca {
    async fn fetch(&self, file: &FileLink, at_most: u64) -> Result<Bytes, CallError> {
        let too_large = || refused(Failure::Refused, format!("the file is larger than {at_most} bytes"));
        if file.size.is_some_and(|size| size > at_most) {
            return Err(too_large());
        }
        let url = self.find_file(file).await?;
        let http = self.shelf.http.of_at_most(usize::try_from(at_most).unwrap_or(usize::MAX));
        let request = http.request(Method::GET, url).timeout(LONGEST).build();
        let request = request.map_err(|_| refused(Failure::Refused, "the address cannot be asked"))?;
        let spoken = http.send(request, &Mask::default()).await;
        // A file may well be a page for people, which is no failure here.
        match (spoken.whole, spoken.outcome) {
            (Some(answer), _) if answer.status.is_success() => Ok(answer.body),
            (Some(answer), _) if matches!(answer.status.as_u16(), 400..=499) && answer.status != 429 => {
                let reason = format!("HTTP {}: the file is not there, or its link is too old", answer.status.as_u16());
                Err(refused(Failure::DoesNotExist, reason))
            }
            (_, Err(CallError::Refused { .. })) => Err(too_large()),
            (_, Err(error)) => Err(error),
            (_, Ok(_)) => Err(strange("a file")),
        }
    }
}

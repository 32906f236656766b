//! Requests to the tracker: with the account's token and its organization, at its pace, and told without secrets.
//!
//! Deliberately not here: another attempt (the lanes'), and what is asked for (the modules beside).

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use data_encoding::{BASE64, HEXLOWER};
use http::{HeaderValue, StatusCode, header};
use reqwest::{Method, RequestBuilder, multipart};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use crate::{
    CallError, Credentials, Exchange,
    transport::{
        http::{self as web, Answer},
        mask::Mask,
        pace::Pace,
    },
};

use super::{
    Auth, BASIC_PASS, BASIC_USER, Settings, TOKEN,
    loose::number,
    trouble::{Intent, Trouble, judge, refused, strange, without_answer},
};

/// The longest wait for a connection.
pub(super) const CONNECT: Duration = Duration::from_secs(5);
/// The longest a file may take.
pub(super) const FILE: Duration = Duration::from_secs(60);
/// The longest a creation may take.
pub(super) const CREATE: Duration = Duration::from_secs(15);
/// The longest a search may take.
pub(super) const SEARCH: Duration = Duration::from_secs(20);
/// The longest anything else may take.
pub(super) const TOTAL: Duration = Duration::from_secs(10);
/// Rows of a page.
pub(super) const PAGE: usize = 100;

/// The version of the API in its addresses.
const VERSION: &str = "v3";
const ORG: &str = "x-org-id";
const CLOUD_ORG: &str = "x-cloud-org-id";

/// The account behind its address.
pub(super) struct Client {
    http: web::Client,
    base: Url,
    auth: Auth,
    organization: Option<(&'static str, String)>,
    credentials: Arc<dyn Credentials>,
    pace: Pace,
}

/// Who we say we are.
struct Pass {
    header: HeaderValue,
    mask: Mask,
}

/// A request to be made.
pub(super) struct Call<'c> {
    pub(super) method: Method,
    pub(super) path: &'c [&'c str],
    pub(super) query: &'c [(&'c str, &'c str)],
    pub(super) body: Option<&'c Value>,
    pub(super) intent: Intent,
    pub(super) within: Duration,
}

/// A page of a search.
pub(super) struct Found {
    pub(super) rows: Vec<Value>,
    /// How many pages there are, where it is told.
    pub(super) pages: Option<u64>,
}

impl Client {
    pub(super) fn new(http: web::Client, base: &Url, settings: &Settings, credentials: Arc<dyn Credentials>) -> Self {
        let set = |name, id: &str| Some((name, id.trim().to_owned())).filter(|(_, id)| !id.is_empty());
        Self {
            http,
            base: api(base),
            auth: settings.auth,
            organization: set(ORG, &settings.org_id).or_else(|| set(CLOUD_ORG, &settings.cloud_org_id)),
            credentials,
            pace: Pace::new(settings.rate_per_second),
        }
    }

    /// Whether nobody on the way can read what is said.
    pub(super) fn is_secure(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// The organization, by its header.
    pub(super) fn organization(&self) -> Result<(&'static str, &str), CallError> {
        let set = self.organization.as_ref().map(|(name, id)| (*name, id.as_str()));
        set.ok_or_else(|| refused("No TRACKER_ORG_ID or TRACKER_CLOUD_ORG_ID configured"))
    }

    /// What must not be seen in anything kept.
    pub(super) fn mask(&self) -> Mask {
        let secrets = [TOKEN, BASIC_PASS].map(|name| self.credentials.secret(name));
        Mask::new(secrets.iter().flatten().map(String::as_str))
    }

    /// By which the account is told from another, were the secrets changed.
    pub(super) fn account(&self) -> String {
        let secret = |name| self.credentials.secret(name).filter(|secret| !secret.is_empty());
        let secret = secret(TOKEN).or_else(|| secret(BASIC_USER)).unwrap_or_default();
        HEXLOWER.encode(&Sha256::digest(secret.as_bytes()))
    }

    fn pass(&self) -> Result<Pass, CallError> {
        let secret = |name| self.credentials.secret(name).filter(|secret| !secret.is_empty());
        let missing = |detail: &str| CallError::Unauthorized { detail: detail.to_owned() };
        let said = match secret(TOKEN) {
            Some(token) => {
                let kind = if self.auth == Auth::Bearer { "Bearer" } else { "OAuth" };
                format!("{kind} {}", token.trim())
            }
            None => {
                let (user, pass) =
                    secret(BASIC_USER).zip(secret(BASIC_PASS)).ok_or_else(|| missing("no token has been set"))?;
                format!("Basic {}", BASE64.encode(format!("{user}:{pass}").as_bytes()))
            }
        };
        let mut header = HeaderValue::from_str(&said).map_err(|_| missing("the token holds what no token can hold"))?;
        header.set_sensitive(true);
        let mut mask = self.mask();
        mask.add(said.split_once(' ').map_or("", |(_, said)| said));
        Ok(Pass { header, mask })
    }

    fn address(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push(VERSION).extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// The address of a file of the tracker's own, where a text is one: the token follows nobody elsewhere.
    pub(super) fn own_file(&self, source: &str) -> Option<Url> {
        let url = Url::parse(source).ok()?;
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let below = url.path().strip_prefix(self.base.path())?.trim_start_matches('/');
        let is_file =
            ["v2/", "v3/"].iter().any(|version| below.starts_with(version)) && below.contains("/attachments/");
        (plain && is_file && url.origin() == self.base.origin()).then_some(url)
    }

    /// Reads something.
    pub(super) async fn get(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        said: &mut Vec<Exchange>,
    ) -> Result<Value, CallError> {
        let call = Call { method: Method::GET, path, query, body: None, intent: Intent::Reading, within: TOTAL };
        Ok(self.call(&call, said).await?)
    }

    /// A page of a search, from 1.
    pub(super) async fn search(&self, body: &Value, page: u32, said: &mut Vec<Exchange>) -> Result<Found, CallError> {
        let (size, page) = (PAGE.to_string(), page.to_string());
        let query = [("perPage", size.as_str()), ("page", &page)];
        let request = self.request(Method::POST, self.address(&["issues", "_search"], &query), SEARCH);
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        let (answer, mask) = self.send(request, Intent::Reading, said).await?;
        let rows = rows(&judge(&answer, Intent::Reading, &mask)?)?;
        let pages = answer.headers.get("x-total-pages").and_then(|pages| pages.to_str().ok()?.trim().parse().ok());
        Ok(Found { rows, pages })
    }

    /// Says something, and reads the answer.
    pub(super) async fn call(&self, call: &Call<'_>, said: &mut Vec<Exchange>) -> Result<Value, Trouble> {
        let mut request = self.request(call.method.clone(), self.address(call.path, call.query), call.within);
        if let Some(body) = call.body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let (answer, mask) = self.send(request, call.intent, said).await?;
        judge(&answer, call.intent, &mask)
    }

    /// Changes an issue. Where somebody else changed it meanwhile it is read, and changed once more as it is now.
    pub(super) async fn patch(&self, key: &str, body: &Value, said: &mut Vec<Exchange>) -> Result<Value, Trouble> {
        let path = ["issues", key];
        let call = |query| Call {
            method: Method::PATCH,
            path: &path,
            query,
            body: Some(body),
            intent: Intent::Repeatable,
            within: TOTAL,
        };
        match self.call(&call(&[]), said).await {
            Err(trouble) if trouble.is_conflict() => {
                let issue = self.get(&path, &[], said).await.map_err(Trouble::of)?;
                let version = number(&issue["version"]).ok_or(trouble)?.to_string();
                self.call(&call(&[("version", &version)]), said).await
            }
            outcome => outcome,
        }
    }

    /// Puts a file there for a comment or an issue to come.
    pub(super) async fn upload(
        &self,
        name: &str,
        content: Bytes,
        said: &mut Vec<Exchange>,
    ) -> Result<Value, CallError> {
        let length = content.len() as u64;
        let part = multipart::Part::stream_with_length(content, length).file_name(name.to_owned());
        let request = self.request(Method::POST, self.address(&["attachments", ""], &[]), FILE);
        let request = request.multipart(multipart::Form::new().part("file", part));
        // A file that nobody takes is thrown away there.
        let (answer, mask) = self.send(request, Intent::Repeatable, said).await?;
        Ok(judge(&answer, Intent::Repeatable, &mask)?)
    }

    /// What the tracker says of a file of its own.
    pub(super) async fn description(&self, url: Url) -> Result<Value, CallError> {
        let request = self.request(Method::GET, url, TOTAL);
        let (answer, mask) = self.send(request, Intent::Reading, &mut vec![]).await?;
        Ok(judge(&answer, Intent::Reading, &mask)?)
    }

    /// The content of a file of the tracker.
    pub(super) async fn download(&self, url: Url, at_most: u64) -> Result<Bytes, CallError> {
        let bound = usize::try_from(at_most).unwrap_or(usize::MAX);
        let pass = self.pass()?;
        let request = self.signed(self.request(Method::GET, url, FILE), &pass)?;
        self.pace.turn().await;
        let spoken = self.http.of_at_most(bound).send(request, &pass.mask).await;
        match spoken.whole {
            // A page for people is a file like any other.
            Some(answer) if answer.status.is_success() => Ok(answer.body),
            Some(answer) => match judge(&answer, Intent::Reading, &pass.mask) {
                Ok(_) => Err(strange("the answer is no file")),
                Err(trouble) => Err(trouble.error),
            },
            None => Err(spoken.outcome.err().unwrap_or_else(|| strange("the answer is no file"))),
        }
    }

    fn request(&self, method: Method, url: Url, within: Duration) -> RequestBuilder {
        self.http.request(method, url).timeout(within)
    }

    fn signed(&self, request: RequestBuilder, pass: &Pass) -> Result<reqwest::Request, CallError> {
        let (name, id) = self.organization()?;
        let request = request.header(header::AUTHORIZATION, pass.header.clone()).header(name, id);
        request.build().map_err(|_| refused("the address or the organization's id cannot be said in a request"))
    }

    async fn send(
        &self,
        request: RequestBuilder,
        intent: Intent,
        said: &mut Vec<Exchange>,
    ) -> Result<(Answer, Mask), Trouble> {
        let pass = self.pass().map_err(Trouble::of)?;
        let request = self.signed(request, &pass).map_err(Trouble::of)?;
        self.pace.turn().await;
        let spoken = self.http.send(request, &pass.mask).await;
        let status = spoken.exchange.status.and_then(|status| StatusCode::from_u16(status).ok());
        said.push(spoken.exchange);
        match (spoken.outcome, spoken.whole) {
            (Ok(answer), _) => Ok((answer, pass.mask)),
            // It is said by a page for people where it is said by what stands in between, and means the same.
            (Err(_), Some(answer)) if answer.status == StatusCode::PAYLOAD_TOO_LARGE => Ok((answer, pass.mask)),
            (Err(error), _) => {
                Err(Trouble { error: without_answer(error, status.is_some(), intent), status, fields: vec![] })
            }
        }
    }
}

/// The address that versions are appended to.
fn api(base: &Url) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    let path = path.strip_suffix("/v3").or_else(|| path.strip_suffix("/v2")).unwrap_or(&path);
    url.set_path(&format!("{path}/"));
    url
}

/// The rows of a search: an array, or an object that holds one.
pub(super) fn rows(content: &Value) -> Result<Vec<Value>, CallError> {
    let listed = content
        .as_array()
        .or_else(|| ["issues", "data", "items"].iter().find_map(|name| content.get(name).and_then(Value::as_array)));
    listed.cloned().ok_or_else(|| strange("the answer is not a list of issues"))
}

//! The one outbound HTTP client: bounded in time and size, following nowhere, and telling what it saw without secrets.
//!
//! Deliberately not here: a second attempt (the lanes'), and what 401, 403 or another 4xx means to a vendor (its client's).

use std::{borrow::Cow, fmt::Write, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use jiff::fmt::rfc2822;
use pult_domain::Failure;
use reqwest::{Certificate, Method, Request, Url, redirect};
use url::Host;

use crate::{CallError, Exchange};

use super::{
    mask::{HIDDEN, Mask},
    obstacle::{Obstacle, tls_error},
};

/// The most kept of one side of an exchange, bytes.
const KEPT: usize = 64 * 1024;
/// The longest pause a vendor may ask for; a longer one is cut to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);
/// Headers whose values are never kept.
const SECRET_HEADERS: [header::HeaderName; 4] =
    [header::AUTHORIZATION, header::PROXY_AUTHORIZATION, header::COOKIE, header::SET_COOKIE];

/// The bounds of a client.
#[derive(Debug, Clone)]
pub struct Options {
    /// The longest wait for a connection.
    pub connect: Duration,
    /// The longest a request may take in all, the last byte of its answer included.
    pub total: Duration,
    /// The largest answer, bytes.
    pub max_body: usize,
    /// Certificates trusted besides the system's, PEM.
    pub ca: Option<Vec<u8>>,
}

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The process has not chosen its cryptography, which is `main`'s first act.
    #[error("no cryptography provider has been installed")]
    NoProvider,
    /// The extra certificates cannot be read.
    #[error("the certificates of `ca` cannot be read: {0}")]
    Ca(String),
    /// The client cannot be made.
    #[error("{0}")]
    Client(String),
}

/// The client. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Client {
    inner: reqwest::Client,
    max_body: usize,
}

/// A whole answer. The ones a client hands on are [worth reading](Self::worth_reading).
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// Whether it is neither a limit, nor a failure of the server, nor a page for people. A redirect is not followed, so it is none.
    ///
    /// # Errors
    /// What its status and headers, or a page for people in its place, say to do next.
    pub fn worth_reading(&self) -> Result<(), CallError> {
        judge(self.status, &self.headers, &self.body).map_or(Ok(()), Err)
    }
}

/// One request as it went.
#[derive(Debug)]
pub struct Said {
    /// For the console.
    pub exchange: Exchange,
    /// The answer, or what to do next.
    pub outcome: Result<Answer, CallError>,
    /// What stood in the way, where the other side said nothing or not all.
    pub obstacle: Option<Obstacle>,
    /// The answer where all of it came, also one that `outcome` finds not worth reading: some vendors say in its body what its
    /// status means.
    pub whole: Option<Answer>,
}

impl Client {
    /// A client within `options`.
    ///
    /// # Errors
    /// When the process or the certificates are not ready for it.
    pub fn new(options: &Options) -> Result<Self, SetupError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(SetupError::NoProvider);
        }
        let mut builder = bounded(options);
        if let Some(pem) = &options.ca {
            let certificates = Certificate::from_pem_bundle(pem).map_err(|e| SetupError::Ca(chain(e)))?;
            if certificates.is_empty() {
                return Err(SetupError::Ca("no certificate in it".to_owned()));
            }
            builder = builder.tls_certs_merge(certificates);
        }
        Self::built(builder, options)
    }

    /// A client within `options` that recognises the other side as `tls` says, [`Options::ca`] being left to it.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub fn with_tls(options: &Options, tls: rustls::ClientConfig) -> Result<Self, SetupError> {
        Self::built(bounded(options).https_only(true).tls_backend_preconfigured(tls), options)
    }

    fn built(builder: reqwest::ClientBuilder, options: &Options) -> Result<Self, SetupError> {
        let inner = builder.build().map_err(|e| SetupError::Client(chain(e)))?;
        Ok(Self { inner, max_body: options.max_body })
    }

    /// The same client, its connections included, for answers of at most `max_body` bytes.
    #[must_use]
    pub fn of_at_most(&self, max_body: usize) -> Self {
        Self { inner: self.inner.clone(), max_body }
    }

    /// A request to be filled in and [sent](Self::send).
    pub fn request(&self, method: Method, url: Url) -> reqwest::RequestBuilder {
        self.inner.request(method, url)
    }

    /// Sends a request once. What `mask` knows is hidden in everything that comes back except the answer itself.
    pub async fn send(&self, request: Request, mask: &Mask) -> Said {
        let reading = matches!(*request.method(), Method::GET | Method::HEAD);
        let mut exchange = Exchange { request: show_request(&request, mask), ..Exchange::default() };
        let mut whole = None;
        match self.exchange(request, reading, mask, &mut exchange, &mut whole).await {
            Ok(answer) => Said { exchange, outcome: Ok(answer), obstacle: None, whole },
            Err((error, obstacle)) => Said { exchange, outcome: Err(error), obstacle, whole },
        }
    }

    async fn exchange(
        &self,
        request: Request,
        reading: bool,
        mask: &Mask,
        exchange: &mut Exchange,
        whole: &mut Option<Answer>,
    ) -> Result<Answer, (CallError, Option<Obstacle>)> {
        let broke = |e: reqwest::Error| {
            let obstacle = if e.is_timeout() { Obstacle::Timeout } else { Obstacle::of(&e) };
            (fault(e, reading, mask), Some(obstacle))
        };
        let mut response = self.inner.execute(request).await.map_err(broke)?;
        let (status, headers) = (response.status(), response.headers().clone());
        exchange.status = Some(status.as_u16());
        let mut body = BytesMut::new();
        let ended = loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > self.max_body => {
                    break Err((too_large(self.max_body, reading), None));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break Ok(()),
                Err(e) => break Err(broke(e)),
            }
        };
        let body = body.freeze();
        exchange.response = show(&format!("{status}"), &headers, &body, mask);
        let answer = Answer { status, headers, body };
        *whole = ended.is_ok().then(|| answer.clone());
        // A limit or a failure is told by the status, even where the rest of the answer did not arrive.
        answer.worth_reading().map_err(|error| (error, None))?;
        ended.map(|()| answer)
    }
}

/// Whether an address is on this machine, so that nothing said to it crosses a network.
#[must_use]
pub fn is_this_machine(base: &Url) -> bool {
    match base.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn bounded(options: &Options) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("Pult/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .connect_timeout(options.connect)
        .timeout(options.total)
}

fn too_large(max: usize, reading: bool) -> CallError {
    let reason = format!("the answer is larger than {max} bytes");
    if reading {
        CallError::Refused { reason, why: Failure::Refused }
    } else {
        CallError::OutcomeUnknown { detail: reason }
    }
}

/// What a transport error means: nothing was reached, or a reading failed, or nobody knows what a writing did.
fn fault(error: reqwest::Error, reading: bool, mask: &Mask) -> CallError {
    let (before, timeout) = (error.is_connect() || error.is_builder(), error.is_timeout());
    let seen = if timeout { "timed out".to_owned() } else { chain(error) };
    let detail: String = mask.hide(&seen).chars().take(300).collect();
    if reading || before { CallError::Unreachable { detail } } else { CallError::OutcomeUnknown { detail } }
}

/// The error and its causes in a line; never the address, which may hold secrets.
fn chain(error: reqwest::Error) -> String {
    let error = error.without_url();
    if let Some(refused) = certificate(&error) {
        return refused;
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

/// Why the other side's certificate is not accepted, in words for whoever mends it.
fn certificate(error: &reqwest::Error) -> Option<String> {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(rustls::Error::InvalidCertificate(fault)) = tls_error(error) {
            return Some(format!("the server's certificate is not accepted: {}", reason(fault)));
        }
        cause = error.source();
    }
    None
}

fn reason(fault: &rustls::CertificateError) -> String {
    use rustls::CertificateError as Fault;
    let why = match fault {
        Fault::UnknownIssuer => {
            "this machine does not know who issued it; where that is an authority of your own, name its certificate in `ca`"
        }
        Fault::NotValidForName | Fault::NotValidForNameContext { .. } => "it was issued for another name",
        Fault::Expired | Fault::ExpiredContext { .. } => "it has expired",
        Fault::NotValidYet | Fault::NotValidYetContext { .. } => "it is not valid yet; is this machine's clock right?",
        other => return other.to_string(),
    };
    why.to_owned()
}

fn judge(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<CallError> {
    let after = retry_after(headers);
    let detail = format!("HTTP {}", status.as_u16());
    match status.as_u16() {
        429 => Some(CallError::Retry { after, detail }),
        503 if after.is_some() => Some(CallError::Retry { after, detail }),
        300..=399 => {
            Some(CallError::Unreachable { detail: format!("{detail}: sent elsewhere, which is not followed") })
        }
        500.. => Some(CallError::Unreachable { detail }),
        401 | 403 => None,
        _ if is_html(body) => {
            Some(CallError::Unreachable { detail: format!("{detail} with a web page for an answer") })
        }
        _ => None,
    }
}

/// A page made for people: an error page of a server or proxy in between. Told by its beginning, because old servers call
/// everything `text/html`.
fn is_html(body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    let begins = |word: &[u8]| start.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    begins(b"<!doctype html") || begins(b"<html")
}

/// How long the server asks to wait: seconds, or a date counted from the server's own `Date`, whose clock it was written by.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let asked = text(header::RETRY_AFTER)?;
    let pause = match asked.bytes().all(|b| b.is_ascii_digit()) {
        true if asked.is_empty() => return None,
        true => Duration::from_secs(asked.parse().unwrap_or(u64::MAX)),
        false => {
            let parser = rfc2822::DateTimeParser::new();
            let until = parser.parse_timestamp(asked).ok()?;
            let now = parser.parse_timestamp(text(header::DATE)?).ok()?;
            Duration::try_from(until.duration_since(now)).unwrap_or_default()
        }
    };
    Some(pause.min(LONGEST_PAUSE))
}

fn show_request(request: &Request, mask: &Mask) -> String {
    let line = format!("{} {}", request.method(), request.url());
    show(&line, request.headers(), request.body().and_then(|body| body.as_bytes()).unwrap_or_default(), mask)
}

fn show(line: &str, headers: &HeaderMap, body: &[u8], mask: &Mask) -> String {
    let mut text = format!("{line}\n");
    for (name, value) in headers {
        let secret = value.is_sensitive() || SECRET_HEADERS.contains(name);
        let value = if secret { Cow::Borrowed(HIDDEN) } else { String::from_utf8_lossy(value.as_bytes()) };
        let _ = writeln!(text, "{name}: {value}");
    }
    text.push('\n');
    // Of a body with a whole file in it only the beginning is looked at; far more than is kept, so that no secret is cut into.
    text.push_str(&String::from_utf8_lossy(&body[..body.len().min(4 * KEPT)]));
    let mut text = mask.hide(&text).into_owned();
    text.truncate(text.floor_char_boundary(KEPT));
    text
}

#[cfg(test)]
#[path = "http/tests.rs"]
pub(crate) mod tests;

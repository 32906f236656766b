//! A server's engine behind the window: commands over HTTPS, the session kept in the keyring.
//!
//! Deliberately not here: the stream of changes (`attach_stream`), and anything a command means.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use data_encoding::HEXLOWER;
use pult_engine::{
    bus::Change,
    secrets::{Secret, SecretName, SecretStore},
};
use reqwest::{Method, Response, StatusCode, header, redirect};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};
use url::Url;

use crate::{
    desk::{FirstAdministrator, Reach},
    refusal::Refusal,
};

/// The cookie a server's session is in.
pub(crate) const COOKIE: &str = "pult_session";
/// The header that proves that a command comes from whoever has the session's answer.
const CSRF: &str = "x-pult-csrf";
/// How long a connection may take to open.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a command may take: an export of 200,000 rows is the longest.
const COMMAND: Duration = Duration::from_secs(120);
/// Changes kept for a slow listener.
const KEPT: usize = 1024;

/// A server.
pub(crate) struct Attached {
    base: Url,
    http: reqwest::Client,
    secrets: SecretStore,
    kept_as: SecretName,
    /// The session's token; `None` while nobody is signed in.
    token: watch::Sender<Option<String>>,
    csrf: Mutex<String>,
    pub(crate) reach: watch::Sender<Reach>,
    pub(crate) heard: broadcast::Sender<Change>,
}

impl Attached {
    /// A server at this address, with the session of the last time. Blocks until the keyring answers.
    ///
    /// # Errors
    /// When no client for HTTPS can be made, or the store of secrets does not answer.
    pub(crate) fn new(base: Url, secrets: SecretStore) -> anyhow::Result<Arc<Self>> {
        let kept_as = kept_as(&base)?;
        let token = secrets.get(&kept_as)?.map(|secret| secret.expose().to_owned());
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(COMMAND)
            // The session belongs to this address and is not carried to another.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("pult/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let first = if token.is_some() { Reach::Connecting } else { Reach::SignedOut };
        Ok(Arc::new(Self {
            base,
            http,
            secrets,
            kept_as,
            token: watch::Sender::new(token),
            csrf: Mutex::default(),
            reach: watch::Sender::new(first),
            heard: broadcast::Sender::new(KEPT),
        }))
    }

    /// The server's address.
    pub(crate) fn address(&self) -> &str {
        self.base.as_str()
    }

    /// An address of its console's API.
    pub(crate) fn api(&self, path: &str) -> Result<Url, url::ParseError> {
        self.base.join("api/console/")?.join(path)
    }

    /// Hears changes from now on.
    pub(crate) fn changes(&self) -> broadcast::Receiver<Change> {
        self.heard.subscribe()
    }

    /// Whether news comes.
    pub(crate) fn reach(&self) -> watch::Receiver<Reach> {
        self.reach.subscribe()
    }

    /// The session's token, now and whenever it changes.
    pub(crate) fn token(&self) -> watch::Receiver<Option<String>> {
        self.token.subscribe()
    }

    /// Who looks.
    pub(crate) async fn session(&self) -> Result<Value, Refusal> {
        let session = read(self.send(Method::GET, "session", None::<&Value>).await?).await?;
        let csrf = session.get("csrf").and_then(Value::as_str).unwrap_or_default();
        csrf.clone_into(&mut self.csrf.lock().unwrap_or_else(PoisonError::into_inner));
        if session.get("me").is_some_and(Value::is_null) {
            // The session of the last time is over.
            self.forget().await;
        }
        Ok(session)
    }

    /// Gives a command.
    pub(crate) async fn call(&self, name: &str, request: &Value) -> Result<Value, Refusal> {
        // A name is one part of the address and must not become two.
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_') {
            return Err(Refusal::new("not_found", "no such command"));
        }
        let path = format!("call/{name}");
        if self.csrf.lock().unwrap_or_else(PoisonError::into_inner).is_empty() && self.token.borrow().is_some() {
            self.session().await?;
        }
        read(self.send(Method::POST, &path, Some(request)).await?).await
    }

    /// Signs in and keeps the session.
    pub(crate) async fn sign_in(&self, login: &str, password: &str) -> Result<(), Refusal> {
        let request = json!({ "login": login, "password": password });
        let answer = self.send(Method::POST, "sign-in", Some(&request)).await?;
        let token = token_of(&answer);
        read(answer).await?;
        let Some(token) = token else { return Err(Refusal::new("bad_answer", "the server gave no session")) };
        self.keep(&token).await;
        self.token.send_replace(Some(token));
        Ok(())
    }

    /// Ends the session, at the server and here.
    pub(crate) async fn sign_out(&self) -> Result<(), Refusal> {
        let answer = read(self.send(Method::POST, "sign-out", Some(&json!({}))).await?).await;
        match answer {
            Err(refusal) if refusal.code != "sign_in_needed" => Err(refusal),
            _ => {
                self.forget().await;
                Ok(())
            }
        }
    }

    /// Makes the first administrator.
    pub(crate) async fn first_run(&self, person: &FirstAdministrator) -> Result<(), Refusal> {
        read(self.send(Method::POST, "first-run", Some(person)).await?).await?;
        Ok(())
    }

    /// Drops a session that the server no longer takes.
    pub(crate) async fn forget(&self) {
        self.csrf.lock().unwrap_or_else(PoisonError::into_inner).clear();
        if self.token.send_replace(None).is_none() {
            return;
        }
        let name = self.kept_as.clone();
        if let Err(error) = self.secrets.blocking(move |s| s.remove(&name)).await {
            tracing::warn!(%error, "an ended session stays in the keyring");
        }
    }

    async fn keep(&self, token: &str) {
        let (name, token) = (self.kept_as.clone(), token.to_owned());
        if let Err(error) = self.secrets.blocking(move |s| s.set(&name, &Secret::new(token)?)).await {
            tracing::warn!(%error, "the session is not kept: the next start asks for the password");
        }
    }

    async fn send<T: Serialize>(&self, method: Method, path: &str, body: Option<&T>) -> Result<Response, Refusal> {
        let url = self.api(path).map_err(|error| Refusal::new("internal", error.to_string()))?;
        let mut request = self.http.request(method, url).header(header::ACCEPT, "application/json");
        if let Some(cookie) = self.cookie() {
            request = request.header(header::COOKIE, cookie);
        }
        let csrf = self.csrf.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if !csrf.is_empty() {
            request = request.header(CSRF, csrf);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.map_err(|error| Refusal::new("unreachable", error.without_url().to_string()))
    }

    /// The cookie of the session, marked as the secret it is.
    pub(crate) fn cookie(&self) -> Option<header::HeaderValue> {
        let token = self.token.borrow().clone()?;
        let mut cookie = header::HeaderValue::try_from(format!("{COOKIE}={token}")).ok()?;
        cookie.set_sensitive(true);
        Some(cookie)
    }
}

/// The session's name in the keyring, one for each server.
fn kept_as(base: &Url) -> anyhow::Result<SecretName> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    // Only tells servers apart on one computer; a new hash would cost a sign-in and nothing more.
    let mut hasher = DefaultHasher::new();
    base.as_str().hash(&mut hasher);
    Ok(format!("window.session-{}", HEXLOWER.encode(&hasher.finish().to_be_bytes())).parse()?)
}

fn token_of(answer: &Response) -> Option<String> {
    let cookies = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.filter_map(|cookie| cookie.split(';').next());
    let token = pairs.filter_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('=')).find(|t| !t.is_empty());
    token.map(str::to_owned)
}

/// The answer's content, or what the server says against it. An answer of something in between is told by its status.
async fn read(answer: Response) -> Result<Value, Refusal> {
    let status = answer.status();
    let bytes = answer.bytes().await.map_err(|error| Refusal::new("unreachable", error.without_url().to_string()))?;
    read_body(status, &bytes)
}

fn read_body(status: StatusCode, bytes: &[u8]) -> Result<Value, Refusal> {
    if status.is_success() {
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        return serde_json::from_slice(bytes).map_err(|_| Refusal::new("bad_answer", "the answer is not JSON"));
    }
    #[derive(serde::Deserialize)]
    struct Told {
        error: Refusal,
    }
    let told: Option<Told> = serde_json::from_slice(bytes).ok();
    Err(told.map_or_else(|| Refusal::new(&format!("http_{}", status.as_u16()), status.to_string()), |t| t.error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_reaches_the_page_as_it_is() {
        let refused = br#"{"error":{"code":"locked","field":null,"message":"wait","retry_after_ms":9000}}"#;
        let refusal = read_body(StatusCode::TOO_MANY_REQUESTS, refused).unwrap_err();
        assert_eq!((refusal.code.as_str(), refusal.retry_after_ms), ("locked", Some(9000)));
    }

    #[test]
    fn what_a_proxy_says_is_told_by_its_status() {
        let code = |status, body: &[u8]| read_body(status, body).unwrap_err().code;
        assert_eq!(code(StatusCode::BAD_GATEWAY, b"<html>"), "http_502");
        assert_eq!(code(StatusCode::FOUND, b""), "http_302");
        assert_eq!(code(StatusCode::OK, b"<html>"), "bad_answer");
        assert_eq!(read_body(StatusCode::NO_CONTENT, b"").unwrap(), Value::Null);
    }

    #[test]
    fn sessions_of_two_servers_are_kept_apart() {
        let name = |url: &str| kept_as(&Url::parse(url).unwrap()).unwrap();
        assert_ne!(name("https://a.example.com"), name("https://b.example.com"));
        assert_eq!(name("https://a.example.com"), name("https://a.example.com/"));
    }
}

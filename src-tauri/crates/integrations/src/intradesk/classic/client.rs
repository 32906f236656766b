//! Requests to the classic product: with login and password in each, and the first of them alone, so that a wrong password is sent
//! once whatever is asked at the same time.
//!
//! Deliberately not here: another attempt (the lanes').

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use data_encoding::BASE64;
use http::{StatusCode, header};
use reqwest::Method;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use crate::{CallError, Exchange, transport::mask::Mask};

use super::super::{
    desk::Written,
    door::{Door, Heard, address},
    secret::Secret,
    trouble::{Intent, judge},
};

/// The product behind its address.
pub(super) struct Client {
    base: Url,
    login: String,
    password: Secret,
    door: Arc<Door>,
    /// Whether the password was accepted when it was last sent.
    proven: AtomicBool,
    /// Held through a request with a password that is not proven.
    first: Mutex<()>,
}

impl Client {
    pub(super) fn new(base: Url, login: String, password: Secret, door: Arc<Door>) -> Self {
        Self { base, login, password, door, proven: AtomicBool::new(false), first: Mutex::default() }
    }

    /// Whether nobody on the way can read what is said.
    pub(super) fn is_secure(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// What must not be seen in anything kept.
    pub(super) fn mask(&self) -> Mask {
        self.password.mask()
    }

    /// A person wants a refused password tried again.
    pub(super) fn forgive(&self) {
        self.password.forgive();
    }

    /// Reads something.
    pub(super) async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
        said: &mut Vec<Exchange>,
    ) -> Result<Value, CallError> {
        let (heard, mask) = self.ask(Method::GET, path, query, None, said).await?;
        judge(&heard.of_reading()?, Intent::Reading, &mask)
    }

    /// Changes something.
    pub(super) async fn put(&self, path: &str, body: String, said: &mut Vec<Exchange>) -> Result<Written, CallError> {
        let (heard, mask) = self.ask(Method::PUT, path, &[], Some(body), said).await?;
        match heard.answer {
            Ok(answer) => Written::of(judge(&answer, Intent::Writing, &mask)),
            Err(CallError::Unreachable { detail }) if heard.answered => Ok(Written::Failed(detail)),
            Err(error) => Err(error),
        }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<String>,
        said: &mut Vec<Exchange>,
    ) -> Result<(Heard, Mask), CallError> {
        let alone = if self.proven.load(Ordering::SeqCst) { None } else { Some(self.first.lock().await) };
        // Read after the wait: whoever went first may have found it wrong.
        let password = self.password.get()?;
        let pair = BASE64.encode(format!("{}:{password}", self.login).as_bytes());
        let mask = Mask::new([password.as_str(), pair.as_str()]);
        let url = address(&self.base, &path.split('/').collect::<Vec<_>>(), query);
        let mut request = self.door.request(method, url);
        request = request.header(header::ACCEPT, "application/json").basic_auth(&self.login, Some(&password));
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body);
        }
        let heard = self.door.send(request, &mask, said).await;
        if let Ok(answer) = &heard.answer {
            let accepted = answer.status != StatusCode::UNAUTHORIZED;
            self.proven.store(accepted, Ordering::SeqCst);
            if !accepted {
                self.password.refuse(&password);
            }
        }
        drop(alone);
        Ok((heard, mask))
    }
}

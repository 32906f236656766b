//! Requests to the gateway: with a token, or with the key in the address, and told without either.
//!
//! Deliberately not here: how a token is got (`token`), and another attempt (the lanes').

use std::sync::{Arc, LazyLock};

use http::{StatusCode, header};
use percent_encoding::percent_decode_str;
use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::{
    CallError, Exchange,
    transport::mask::{HIDDEN, Mask},
};

use super::{
    super::{
        desk::Written,
        door::{Door, Heard, address, pair},
        secret::Secret,
        trouble::{Intent, judge},
    },
    token::Tokens,
};

/// The parameter the key stands in.
const KEY: &str = "ApiKey";

/// What we are let in with.
pub(super) enum Pass {
    /// A token, got with the account's password.
    Token(Box<Tokens>),
    /// A key.
    Key(Secret),
}

/// The gateway behind its address.
pub(super) struct Client {
    door: Arc<Door>,
    base: Url,
    pub(super) pass: Pass,
}

impl Client {
    pub(super) fn new(door: Arc<Door>, base: Url, pass: Pass) -> Self {
        Self { door, base, pass }
    }

    /// Whether nobody on the way can read what is said.
    pub(super) fn is_secure(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// What must not be seen in anything kept.
    pub(super) fn mask(&self) -> Mask {
        match &self.pass {
            Pass::Token(tokens) => tokens.mask(),
            Pass::Key(secret) => secret.mask(),
        }
    }

    /// The address of a method.
    pub(super) fn address(&self, path: &str, query: &[(&str, &str)]) -> Url {
        address(&self.base, &path.split('/').collect::<Vec<_>>(), query)
    }

    /// The address that an answer names as the next, where it is one of the gateway's own: a token follows nobody elsewhere.
    pub(super) fn own(&self, link: &str) -> Option<Url> {
        let mut url = without_key(&self.base.join(link).ok()?);
        url.set_fragment(None);
        let plain = url.username().is_empty() && url.password().is_none();
        (plain && url.origin() == self.base.origin()).then_some(url)
    }

    /// Reads something.
    pub(super) async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
        said: &mut Vec<Exchange>,
    ) -> Result<Value, CallError> {
        self.read(Method::GET, self.address(path, query), None, said).await
    }

    /// Reads what stands at one of the gateway's own addresses.
    pub(super) async fn get_at(&self, url: Url, said: &mut Vec<Exchange>) -> Result<Value, CallError> {
        self.read(Method::GET, url, None, said).await
    }

    /// Reads something that is asked for by a body.
    pub(super) async fn post(&self, path: &str, body: String, said: &mut Vec<Exchange>) -> Result<Value, CallError> {
        self.read(Method::POST, self.address(path, &[]), Some(body), said).await
    }

    /// Changes something.
    pub(super) async fn put(&self, path: &str, body: String, said: &mut Vec<Exchange>) -> Result<Written, CallError> {
        let (heard, mask) = self.ask(Method::PUT, self.address(path, &[]), Some(body), said).await?;
        match heard.answer {
            Ok(answer) => Written::of(judge(&answer, Intent::Writing, &mask)),
            Err(CallError::Unreachable { detail }) if heard.answered => Ok(Written::Failed(detail)),
            Err(error) => Err(error),
        }
    }

    async fn read(
        &self,
        method: Method,
        url: Url,
        body: Option<String>,
        said: &mut Vec<Exchange>,
    ) -> Result<Value, CallError> {
        let (heard, mask) = self.ask(method, url, body, said).await?;
        judge(&heard.of_reading()?, Intent::Reading, &mask)
    }

    /// Asks, and once more with another token where the gateway does not know this one. What hides the secrets of the request comes
    /// with the answer.
    async fn ask(
        &self,
        method: Method,
        url: Url,
        body: Option<String>,
        said: &mut Vec<Exchange>,
    ) -> Result<(Heard, Mask), CallError> {
        let mut refused: Option<String> = None;
        loop {
            let (token, mask, url) = match &self.pass {
                Pass::Token(tokens) => {
                    let token = tokens.token(refused.as_deref(), said).await?;
                    let mask = Mask::new(refused.as_deref().into_iter().chain([token.as_str()]));
                    (Some(token), mask, url.clone())
                }
                Pass::Key(secret) => {
                    let key = secret.get()?;
                    (None, Mask::new([key.as_str()]), with_key(&url, &key))
                }
            };
            let mut request = self.door.request(method.clone(), url).header(header::CONTENT_TYPE, "application/json");
            if let Some(token) = &token {
                request = request.bearer_auth(token);
            }
            if let Some(body) = &body {
                request = request.body(body.clone());
            }
            let heard = self.door.send(request, &mask, said).await;
            if let Some(exchange) = said.last_mut() {
                exchange.response = without_keys(std::mem::take(&mut exchange.response));
            }
            let unknown = heard.answer.as_ref().is_ok_and(|answer| answer.status == StatusCode::UNAUTHORIZED);
            if unknown && refused.is_none() && token.is_some() {
                refused = token;
                continue;
            }
            return Ok((heard, mask));
        }
    }
}

/// An address without any key: a link the gateway gives may hold one, in a spelling of its own.
fn without_key(url: &Url) -> Url {
    let is_key = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        percent_decode_str(name).decode_utf8_lossy().eq_ignore_ascii_case(KEY)
    };
    let mut url = url.clone();
    let kept: Vec<_> = url.query().unwrap_or_default().split('&').filter(|pair| !is_key(pair)).collect();
    let kept = Some(kept.join("&")).filter(|query| !query.is_empty());
    url.set_query(kept.as_deref());
    url
}

fn with_key(url: &Url, key: &str) -> Url {
    let pairs: Vec<_> = [pair(KEY, key)].into_iter().chain(url.query().map(str::to_owned)).collect();
    let mut url = url.clone();
    url.set_query(Some(&pairs.join("&")));
    url
}

/// An answer as it is kept: a key in a link is hidden whatever its spelling, up to where its value ends.
fn without_keys(response: String) -> String {
    static NAME: LazyLock<String> = LazyLock::new(|| format!("{}=", KEY.to_ascii_lowercase()));
    let lower = response.to_ascii_lowercase();
    let mut kept = String::new();
    let mut from = 0;
    while let Some(found) = lower.get(from..).and_then(|rest| rest.find(NAME.as_str())) {
        let value = from + found + NAME.len();
        let rest = response.get(value..).unwrap_or_default();
        let end = rest.find(|c: char| matches!(c, '&' | '"' | '\\' | '\'' | '<' | '>') || c.is_whitespace());
        kept.push_str(response.get(from..value).unwrap_or_default());
        kept.push_str(HIDDEN);
        from = value + end.unwrap_or(rest.len());
    }
    kept.push_str(response.get(from..).unwrap_or_default());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_a_link_is_hidden_in_any_spelling() {
        for (told, kept) in [
            (r#"{"n":"https://x/y?ApiKey=h%2bush&$skip=1"}"#, r#"{"n":"https://x/y?ApiKey=***&$skip=1"}"#),
            (r#"{"n":"?apikey=hush"}"#, r#"{"n":"?apikey=***"}"#),
            ("ApiKey=hush\u{0026}APIKEY=hush", "ApiKey=***&APIKEY=***"),
            ("ApiKey=", "ApiKey=***"),
            ("ключ ApiKey=хуш вот", "ключ ApiKey=*** вот"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(without_keys(told.to_owned()), kept);
        }
    }

    #[test]
    fn an_address_holds_our_key_and_no_other() {
        let url = "https://gw.example.com/a?apikey=of-the-server&$top=1&Api%4bey=again".parse().unwrap();
        let own = without_key(&url);
        assert_eq!(own.as_str(), "https://gw.example.com/a?$top=1");
        assert_eq!(with_key(&own, "k&1").as_str(), "https://gw.example.com/a?ApiKey=k%261&$top=1");
        let bare = "https://gw.example.com/a?ApiKey=x".parse().unwrap();
        assert_eq!(without_key(&bare).as_str(), "https://gw.example.com/a");
        assert_eq!(with_key(&without_key(&bare), "k").as_str(), "https://gw.example.com/a?ApiKey=k");
    }
}

//! Requests to the service desk: with the token of the account, at its pace, and told without either secret it knows.
//!
//! Deliberately not here: another attempt (the lanes'), and what is asked for (`delivery`, `poll`, `check`).

use std::sync::Arc;

use http::StatusCode;
use pult_domain::Failure;
use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::{
    CallError, Credentials, Exchange,
    transport::{
        http::{self as web, Answer},
        mask::{HIDDEN, Mask},
        pace::Pace,
    },
};

use super::{
    TOKEN,
    trouble::{Asked, judge},
};

/// A contact's password-less sign-in, which the service desk may tell with the contact.
const CODE: &str = "authentication_code";

/// The account behind its address.
pub(super) struct Client {
    http: web::Client,
    base: Url,
    credentials: Arc<dyn Credentials>,
    pace: Pace,
}

/// What became of a change.
#[derive(Debug, PartialEq)]
pub(super) enum Posted {
    /// The service desk took it.
    Taken,
    /// It clashed with another (409).
    Conflict(CallError),
}

impl Client {
    pub(super) fn new(http: web::Client, base: Url, credentials: Arc<dyn Credentials>, per_second: u32) -> Self {
        Self { http, base, credentials, pace: Pace::new(per_second) }
    }

    /// Whether nobody on the way can read what is said.
    pub(super) fn is_secure(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// What must not be seen in anything kept.
    pub(super) fn mask(&self) -> Mask {
        Mask::new(self.credentials.secret(TOKEN).as_deref())
    }

    /// Reads something.
    pub(super) async fn get(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        said: &mut Vec<Exchange>,
    ) -> Result<Value, CallError> {
        let answer = self.ask(Method::GET, path, query, None, said).await?;
        judge(&answer, Asked::Reading, &self.mask())
    }

    /// Changes something.
    pub(super) async fn post(
        &self,
        path: &[&str],
        body: &Value,
        said: &mut Vec<Exchange>,
    ) -> Result<Posted, CallError> {
        let answer = match self.ask(Method::POST, path, &[], Some(body), said).await {
            // The server failed, or somebody in between answered for it: it may have been done all the same.
            Err(CallError::Unreachable { detail }) if said.last().is_some_and(|said| said.status.is_some()) => {
                return Err(CallError::OutcomeUnknown { detail });
            }
            other => other?,
        };
        match judge(&answer, Asked::Writing, &self.mask()) {
            Ok(_) => Ok(Posted::Taken),
            Err(error) if answer.status == StatusCode::CONFLICT => Ok(Posted::Conflict(error)),
            Err(error) => Err(error),
        }
    }

    async fn ask(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&Value>,
        said: &mut Vec<Exchange>,
    ) -> Result<Answer, CallError> {
        self.pace.turn().await;
        let token = self.credentials.secret(TOKEN).filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| CallError::Unauthorized { detail: "no token has been set".to_owned() })?;
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url.query_pairs_mut().append_pair("api_token", &token).extend_pairs(query);
        let mut request = self.http.request(method, url);
        if let Some(body) = body {
            request = request.header(reqwest::header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let request = request.build().map_err(|_| CallError::Refused {
            reason: "the address cannot be asked".to_owned(),
            why: Failure::Refused,
        })?;
        let mut spoken = self.http.send(request, &Mask::new([token.as_str()])).await;
        spoken.exchange.response = without_codes(spoken.exchange.response);
        said.push(spoken.exchange);
        spoken.outcome
    }
}

/// An answer as it is kept: without what a contact signs in with. The head ends at the first empty line.
pub(super) fn without_codes(response: String) -> String {
    let Some((head, body)) = response.split_once("\n\n") else { return response };
    let kept = match serde_json::from_str::<Value>(body) {
        Ok(mut content) => match hide_codes(&mut content) {
            true => content.to_string(),
            false => return response,
        },
        // Cut off somewhere: what follows the name cannot be told from the rest.
        Err(_) if body.contains(CODE) => HIDDEN.to_owned(),
        Err(_) => return response,
    };
    format!("{head}\n\n{kept}")
}

fn hide_codes(content: &mut Value) -> bool {
    match content {
        Value::Array(rows) => rows.iter_mut().fold(false, |found, row| hide_codes(row) | found),
        Value::Object(fields) => fields.iter_mut().fold(false, |found, (name, value)| {
            if name == CODE {
                *value = HIDDEN.into();
                return true;
            }
            hide_codes(value) | found
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_contact_signs_in_with_is_not_kept() {
        for body in [
            r#"{"id":1,"authentication_code":"hush"}"#,
            r#"{"id":1,"\u0061uthentication_code":"hush"}"#,
            r#"[{"a":{"authentication_code":["hush"]}}]"#,
            r#"{"id":1,"authentication_code":"hush","em"#,
        ] {
            let kept = without_codes(format!("200 OK\na: b\n\n{body}"));
            assert!(kept.starts_with("200 OK\na: b\n\n") && kept.contains("***") && !kept.contains("hush"), "{kept}");
        }
    }

    #[test]
    fn anything_else_is_kept_as_it_came() {
        for response in ["", "200 OK\n\n", "200 OK\n\n{\"b\": 1, \"a\":2}", "502 Bad Gateway\n\n<html>no</html>"] {
            assert_eq!(without_codes(response.to_owned()), response);
        }
    }
}

//! What an answer of the service desk means for the call it answers (contracts/okdesk 7).
//!
//! Deliberately not here: what a limit, a failure of the server and a page for people look like (the transport's).

use std::fmt::Write;

use http::StatusCode;
use pult_domain::Failure;
use serde_json::Value;

use crate::{
    CallError,
    transport::{http::Answer, mask::Mask},
};

/// The most kept of the vendor's words, characters.
const MAX_WORDS: usize = 1000;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Something that only looks.
    Reading,
    /// A change.
    Writing,
}

/// The answer's content, or what to do next. The words of a refusal are shown without what `mask` knows.
pub(super) fn judge(answer: &Answer, asked: Asked, mask: &Mask) -> Result<Value, CallError> {
    answer.worth_reading().map_err(|error| match (asked, error) {
        // The server failed, or somebody in between answered for it: it may have been done all the same.
        (Asked::Writing, CallError::Unreachable { detail }) => CallError::OutcomeUnknown { detail },
        (_, error) => error,
    })?;
    let status = answer.status;
    let content = serde_json::from_slice::<Value>(&answer.body);
    let words = content.as_ref().ok().and_then(|content| complaint(content, status));
    let refused = |why: Failure| {
        let reason = words.clone().unwrap_or_else(|| format!("HTTP {}", status.as_u16()));
        CallError::Refused { reason: mask.hide(&reason).into_owned(), why }
    };
    match (status, content) {
        (StatusCode::UNAUTHORIZED, _) => {
            let detail = words.unwrap_or_else(|| "HTTP 401".to_owned());
            Err(CallError::Unauthorized { detail: mask.hide(&detail).into_owned() })
        }
        (StatusCode::FORBIDDEN, _) => Err(refused(Failure::Rights)),
        (StatusCode::NOT_FOUND, _) => Err(refused(Failure::DoesNotExist)),
        (StatusCode::CONFLICT, _) => Err(refused(Failure::State)),
        (status, _) if !status.is_success() => Err(refused(Failure::Refused)),
        (_, Ok(_)) if words.is_some() => Err(refused(Failure::Refused)),
        (_, Ok(content)) => Ok(content),
        // What the success of a change looks like is not documented: the issue is read again in any case.
        (_, Err(_)) if asked == Asked::Writing => Ok(Value::Null),
        (status, Err(_)) => Err(strange(&format!("HTTP {}, and the answer is not JSON", status.as_u16()))),
    }
}

/// An answer to a reading that makes no sense: a page of something in between, so it may pass.
pub(super) fn strange(detail: &str) -> CallError {
    CallError::Unreachable { detail: detail.to_owned() }
}

/// The vendor's complaint in a line of `path: text`; a good status with an empty list of errors is none.
fn complaint(content: &Value, status: StatusCode) -> Option<String> {
    let errors = content.get("errors").or_else(|| content.get("error").filter(|_| !status.is_success()))?;
    let mut words = String::new();
    flatten("", errors, &mut words);
    (!words.is_empty()).then(|| words.chars().take(MAX_WORDS).collect())
}

/// Writes every text below `errors` with the path it stands at. Texts in a list share the list's path.
fn flatten(path: &str, errors: &Value, words: &mut String) {
    // Enough is enough: the rest would be cut off.
    if words.len() > 4 * MAX_WORDS {
        return;
    }
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match errors {
        Value::Null => {}
        Value::Array(list) => {
            for (index, error) in list.iter().enumerate() {
                match error {
                    Value::Array(_) | Value::Object(_) => flatten(&below(&index.to_string()), error, words),
                    _ => flatten(path, error, words),
                }
            }
        }
        Value::Object(fields) => fields.iter().for_each(|(name, error)| flatten(&below(name), error, words)),
        Value::String(text) if text.is_empty() => {}
        value => {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let separator = if words.is_empty() { "" } else { "; " };
            let path = if path.is_empty() { String::new() } else { format!("{path}: ") };
            let _ = write!(words, "{separator}{path}{text}");
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        let status = StatusCode::from_u16(status).unwrap();
        Answer { status, headers: HeaderMap::new(), body: body.to_owned().into() }
    }

    #[test]
    fn errors_of_any_shape_become_a_line() {
        for (errors, line) in [
            (json!(["Заявка не найдена"]), "Заявка не найдена"),
            (json!("нет"), "нет"),
            (json!({"page": {"size": ["мало", "много"]}}), "page.size: мало; page.size: много"),
            (json!({"observer_ids": {"1": ["нет такого"]}}), "observer_ids.1: нет такого"),
            (json!({"observer_ids": [{"id": "нет"}, ["и нет"]]}), "observer_ids.0.id: нет; observer_ids.1: и нет"),
            (json!({"rate": 5, "code": null, "b": ""}), "rate: 5"),
        ] {
            let body = json!({ "errors": errors }).to_string();
            let Err(CallError::Refused { reason, why: Failure::Refused }) =
                judge(&answer(422, &body), Asked::Writing, &Mask::default())
            else {
                panic!("{body}")
            };
            assert_eq!(reason, line);
        }
    }

    #[test]
    fn many_errors_are_cut_and_deep_ones_are_no_danger() {
        let many: Vec<String> = (0..5000).map(|n| format!("ошибка {n}")).collect();
        let body = json!({ "errors": many }).to_string();
        let Err(CallError::Refused { reason, .. }) = judge(&answer(422, &body), Asked::Writing, &Mask::default())
        else {
            panic!()
        };
        assert_eq!(reason.chars().count(), MAX_WORDS);
        let deep = format!("{{\"errors\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(judge(&answer(422, &deep), Asked::Writing, &Mask::default()).is_err());
    }

    #[test]
    fn every_status_says_what_to_do_next() {
        let refused = |why| Err(CallError::Refused { reason: String::new(), why });
        let unauthorized = Err(CallError::Unauthorized { detail: String::new() });
        let unreachable = Err(CallError::Unreachable { detail: String::new() });
        let good = |content: Value| Ok(content);
        for (status, body, asked, want) in [
            (400, "{}", Asked::Reading, refused(Failure::Refused)),
            (401, r#"{"errors":["no"]}"#, Asked::Reading, unauthorized.clone()),
            (401, "<html>", Asked::Writing, unauthorized),
            (403, r#"{"errors":["no"]}"#, Asked::Reading, refused(Failure::Rights)),
            (404, r#"{"errors":["no"]}"#, Asked::Reading, refused(Failure::DoesNotExist)),
            (409, "", Asked::Writing, refused(Failure::State)),
            (422, r#"{"errors":{"rate":["no"]}}"#, Asked::Writing, refused(Failure::Refused)),
            (200, r#"{"errors":["no"]}"#, Asked::Writing, refused(Failure::Refused)),
            (200, r#"{"errors":["no"]}"#, Asked::Reading, refused(Failure::Refused)),
            (200, r#"{"errors":[]}"#, Asked::Writing, good(json!({"errors": []}))),
            (200, "[]", Asked::Reading, good(json!([]))),
            (201, "", Asked::Writing, good(Value::Null)),
            (204, "ok", Asked::Writing, good(Value::Null)),
            (200, "", Asked::Reading, unreachable.clone()),
            (200, "busy", Asked::Reading, unreachable.clone()),
            (500, r#"{"errors":["no"]}"#, Asked::Reading, unreachable.clone()),
            (502, "<html>", Asked::Reading, unreachable),
            (502, "<html>", Asked::Writing, Err(CallError::OutcomeUnknown { detail: String::new() })),
            (429, r#"{"errors":["no"]}"#, Asked::Writing, Err(CallError::Retry { after: None, detail: String::new() })),
        ] {
            let got = judge(&answer(status, body), asked, &Mask::default()).map_err(|error| match error {
                CallError::Refused { why, .. } => CallError::Refused { reason: String::new(), why },
                CallError::Unauthorized { .. } => CallError::Unauthorized { detail: String::new() },
                CallError::Unreachable { .. } => CallError::Unreachable { detail: String::new() },
                CallError::OutcomeUnknown { .. } => CallError::OutcomeUnknown { detail: String::new() },
                CallError::Retry { after, .. } => CallError::Retry { after, detail: String::new() },
                CallError::Locked { .. } => CallError::Locked { detail: String::new() },
            });
            assert_eq!(got, want, "{status} {body} {asked:?}");
        }
    }

    #[test]
    fn a_refusal_that_repeats_the_token_is_kept_without_it() {
        for status in [401, 403, 422] {
            let error = judge(&answer(status, r#"{"errors":["bad hush-1"]}"#), Asked::Reading, &Mask::new(["hush-1"]));
            assert_eq!(error.unwrap_err().to_string().rsplit(": ").next(), Some("bad ***"));
        }
    }
}

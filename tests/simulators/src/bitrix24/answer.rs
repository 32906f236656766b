//! What a method says: a result with its page, or a refusal with the portal's code; and the envelope around it.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::operating::Spent;
use crate::service::local;

/// A result.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reply {
    pub(super) result: Value,
    pub(super) total: Option<usize>,
    pub(super) next: Option<usize>,
}

impl Reply {
    pub(super) const fn new(result: Value) -> Self {
        Self { result, total: None, next: None }
    }

    /// `result`, `total` and `next` side by side.
    pub(super) fn envelope(self) -> Value {
        let mut body = json!({ "result": self.result });
        if let Some(total) = self.total {
            body["total"] = total.into();
        }
        if let Some(next) = self.next {
            body["next"] = next.into();
        }
        body
    }
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) error: String,
    pub(super) description: String,
}

impl Refusal {
    pub(super) fn new(status: u16, error: &str, description: &str) -> Self {
        Self { status, error: error.to_owned(), description: description.to_owned() }
    }

    /// 400.
    pub(super) fn bad(error: &str, description: &str) -> Self {
        Self::new(400, error, description)
    }

    /// 400 `ERROR_CORE`, as tasks say it.
    pub(super) fn core(description: &str) -> Self {
        Self::bad("ERROR_CORE", &format!("{description}<br>"))
    }

    /// 400 `0`, as tasks say what they did not expect.
    pub(super) fn zero(description: &str) -> Self {
        Self::bad("0", &format!("{description} (internal error)"))
    }

    /// 400 `100`: a parameter of the method's is not there.
    pub(super) fn parameter(name: &str) -> Self {
        Self::bad("100", &format!("Could not find value for parameter {{{name}}} (internal error)"))
    }

    pub(super) fn insufficient_scope() -> Self {
        Self::new(
            403,
            "insufficient_scope",
            "The request requires higher privileges than provided by the webhook token",
        )
    }

    pub(super) fn body(&self) -> Value {
        json!({ "error": self.error, "error_description": self.description })
    }
}

/// What a method comes to.
pub(super) type Done = Result<Reply, Refusal>;

/// An instant as Bitrix24 writes it.
pub(super) fn stamp(at: Timestamp) -> String {
    local(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The `time` block.
pub(super) fn time(now: Timestamp, spent: Option<Spent>) -> Value {
    let start = now.as_millisecond() as f64 / 1000.0;
    let duration = 0.061;
    let mut time = json!({
        "start": start, "finish": start + duration, "duration": duration, "processing": duration / 2.0,
        "date_start": stamp(now), "date_finish": stamp(now),
    });
    if let Some(spent) = spent {
        time["operating_reset_at"] = spent.reset_at.into();
        time["operating"] = spent.operating.into();
    }
    time
}

/// A map as PHP writes it: `[]` when it is empty, a list when its keys are 0, 1, ….
pub(super) fn map(pairs: Vec<(String, Value)>) -> Value {
    let row = pairs.iter().enumerate().all(|(index, (key, _))| *key == index.to_string());
    if row {
        return pairs.into_iter().map(|(_, value)| value).collect();
    }
    Value::Object(pairs.into_iter().collect::<Map<_, _>>())
}

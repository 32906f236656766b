//! What can be wrong with notifications and with REST answers, and the switchboard that makes it so.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::Deserialize;

use super::NodeName;

/// Share of orders whose notification names the request it came from.
const ECHO: f64 = 0.95;

/// What is to be wrong at a node, or at both without `on`, each counting for itself; absent is as it was. `{"heal":true}`
/// makes everything right before the rest is looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct FaultOrder {
    /// Everything is right again first.
    pub heal: bool,
    /// Share of notifications that are lost, 0 to 1.
    pub drop_events: Option<f64>,
    /// Share of notifications that come twice, 0 to 1.
    pub duplicate: Option<f64>,
    /// Notifications come in batches of so many, each batch backwards; 0 or 1 for none.
    pub reorder: Option<usize>,
    /// Every notification is late by so much.
    pub delay_ms: Option<u64>,
    /// The next notifications on `node` are not well-formed: `"next"` or how many. On any team's node without `node`.
    pub malformed: Option<Times>,
    /// Published once, as it is, as the text of a notification.
    pub raw_notification: Option<String>,
    /// The notification node for `malformed` and `rawNotification`; a raw one goes to the first team's without this.
    pub node: Option<String>,
    /// Sent once, as it is, to every session of the built-in stream; `{to}` stands for its address.
    pub raw_stanza: Option<String>,
    /// Notification nodes that are not there, in place of those said before (built-in stream only).
    pub missing: Option<Vec<String>>,
    /// At which node of the cluster; both without this.
    pub on: Option<NodeName>,
    /// Share of orders whose notification names its request.
    pub echo: Option<f64>,
    /// The next orders fail after they were accepted.
    pub async_error: Option<Times>,
    /// Orders to be NOT_READY are refused, as old releases do.
    pub no_not_ready: Option<bool>,
    /// REST answers are replaced by this.
    pub rest: Option<RestFault>,
}

/// How often.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Times {
    /// So often.
    Count(u32),
    /// Once.
    Word(Next),
}

/// The word for once.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Next {
    /// `next`.
    Next,
}

impl Times {
    const fn count(&self) -> u32 {
        match self {
            Self::Count(count) => *count,
            Self::Word(Next::Next) => 1,
        }
    }
}

/// A REST answer that takes the place of the right one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RestFault {
    /// The status.
    pub status: u16,
    /// `Retry-After`, seconds.
    pub retry_after: Option<u32>,
    /// An HTML page for a body and not an error document.
    #[serde(default)]
    pub html: bool,
    /// How often; until healed without this.
    pub times: Option<u32>,
    /// Beginning of the paths it is for; all of them without this.
    #[serde(default)]
    pub path: String,
    /// `ErrorType` of the document.
    #[serde(default)]
    pub error_type: String,
}

/// The faults in force.
pub struct Switchboard {
    inner: Mutex<Inner>,
}

struct Inner {
    drop_events: f64,
    duplicate: f64,
    reorder: usize,
    delay: Duration,
    malformed: u32,
    malformed_on: Option<String>,
    echo: f64,
    async_error: u32,
    no_not_ready: bool,
    rest: Option<RestFault>,
    random: StdRng,
}

impl Switchboard {
    /// Nothing is wrong; `seed` decides which events a share takes.
    pub fn new(seed: u64) -> Self {
        Self { inner: Mutex::new(Inner::well(StdRng::seed_from_u64(seed))) }
    }

    /// Makes things wrong, or right. Raw notifications and stanzas, and nodes that are
    /// not there, are the caller's affair.
    pub fn set(&self, order: &FaultOrder) {
        let mut inner = self.inner();
        if order.heal {
            let random = inner.random.clone();
            *inner = Inner::well(random);
        }
        inner.drop_events = order.drop_events.unwrap_or(inner.drop_events);
        inner.duplicate = order.duplicate.unwrap_or(inner.duplicate);
        inner.reorder = order.reorder.unwrap_or(inner.reorder);
        inner.delay = order.delay_ms.map_or(inner.delay, Duration::from_millis);
        if let Some(times) = &order.malformed {
            inner.malformed = times.count();
            inner.malformed_on.clone_from(&order.node);
        }
        inner.echo = order.echo.unwrap_or(inner.echo);
        inner.async_error = order.async_error.as_ref().map_or(inner.async_error, Times::count);
        inner.no_not_ready = order.no_not_ready.unwrap_or(inner.no_not_ready);
        if order.rest.is_some() {
            inner.rest.clone_from(&order.rest);
        }
    }

    /// What becomes of a notification on `node`: copies, text, delay, size of the batch it is in.
    pub(super) fn meet(&self, node: &str, update: String) -> (usize, String, Duration, usize) {
        let mut inner = self.inner();
        let lost = inner.random.random::<f64>() < inner.drop_events;
        let twice = inner.random.random::<f64>() < inner.duplicate;
        let copies = if lost { 0 } else { 1 + usize::from(twice) };
        let meant = inner.malformed_on.as_deref().map_or_else(|| node.ends_with("/Users"), |meant| meant == node);
        let update = if inner.malformed > 0 && copies > 0 && meant {
            inner.malformed -= 1;
            // The last end tag is what is missing.
            update.rfind("</").map_or(String::new(), |end| update[..end].to_owned())
        } else {
            update
        };
        (copies, update, inner.delay, inner.reorder)
    }

    /// The answer that a request for `path` gets instead of the right one.
    pub(super) fn rest(&self, path: &str) -> Option<RestFault> {
        let mut inner = self.inner();
        let fault = inner.rest.as_mut().filter(|fault| path.starts_with(&fault.path))?;
        match &mut fault.times {
            Some(0) => return None,
            Some(times) => *times -= 1,
            None => {}
        }
        Some(fault.clone())
    }

    /// Whether the next accepted order fails.
    pub(super) fn fails(&self) -> bool {
        let mut inner = self.inner();
        let fails = inner.async_error > 0;
        inner.async_error = inner.async_error.saturating_sub(1);
        fails
    }

    /// Whether nobody can be made NOT_READY by somebody else.
    pub(super) fn no_not_ready(&self) -> bool {
        self.inner().no_not_ready
    }

    /// Whether an order's notification names its request, and how long it takes to come.
    pub(super) fn luck(&self) -> (bool, Duration) {
        let mut inner = self.inner();
        let echo = inner.random.random::<f64>() < inner.echo;
        (echo, Duration::from_millis(inner.random.random_range(50..=300)))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn well(random: StdRng) -> Self {
        Self {
            drop_events: 0.0,
            duplicate: 0.0,
            reorder: 0,
            delay: Duration::ZERO,
            malformed: 0,
            malformed_on: None,
            echo: ECHO,
            async_error: 0,
            no_not_ready: false,
            rest: None,
            random,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(json: &str) -> FaultOrder {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_next_notification_is_broken_and_the_one_after_it_is_not() {
        let faults = Switchboard::new(1);
        faults.set(&order(r#"{"malformed":"next"}"#));
        assert_eq!(faults.meet("u", "<a></a>".to_owned()).1, "<a></a>", "not on a team's node");
        assert_eq!(faults.meet("t/Users", "<a><b></b></a>".to_owned()).1, "<a><b></b>");
        assert_eq!(faults.meet("t/Users", "<a></a>".to_owned()).1, "<a></a>");
    }

    #[test]
    fn a_rest_fault_runs_out_on_its_own_paths_only() {
        let faults = Switchboard::new(1);
        faults.set(&order(r#"{"rest":{"status":503,"times":1,"path":"/finesse/api/Team"}}"#));
        assert!(faults.rest("/finesse/api/User/1").is_none());
        assert!(faults.rest("/finesse/api/Team/61").is_some());
        assert!(faults.rest("/finesse/api/Team/61").is_none());
    }

    #[test]
    fn healing_ends_everything() {
        let faults = Switchboard::new(1);
        faults.set(&order(r#"{"dropEvents":1.0}"#));
        assert_eq!(faults.meet("t/Users", String::new()).0, 0);
        faults.set(&order(r#"{"heal":true}"#));
        assert!((0..100).all(|_| faults.meet("t/Users", String::new()).0 == 1));
    }
}

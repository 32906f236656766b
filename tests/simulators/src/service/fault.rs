//! What can be wrong with an answer, and the switchboard that makes it so. How a fault looks on the wire is in `wire`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A way to fail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// It is done, and the connection is reset instead of an answer.
    DropAfterCommit,
    /// Nothing is done, and the connection is reset.
    Reset,
    /// Nothing is done; a page for people, as a server in front of the vendor puts in its place.
    Html {
        /// The status.
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    /// It is done; the answer is whole by its headers and breaks off in the middle of its JSON.
    TruncatedJson,
    /// It is done; the answer is announced whole, its first half sent, the connection cut.
    HalfAnswer,
    /// It is done; the answer comes late.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// Nothing is done, and nothing is ever answered.
    Stall,
    /// It is done, and nothing is ever answered.
    StallAfterCommit,
    /// Nothing is done; the vendor says no.
    Refuse {
        /// The status.
        status: u16,
        /// The body; none where it is null.
        #[serde(default)]
        body: Value,
        /// `Retry-After`, seconds.
        #[serde(default)]
        retry_after: Option<u32>,
    },
}

const fn bad_gateway() -> u16 {
    502
}

impl Fault {
    /// What it is called in orders.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::DropAfterCommit => "drop_after_commit",
            Self::Reset => "reset",
            Self::Html { .. } => "html",
            Self::TruncatedJson => "truncated_json",
            Self::HalfAnswer => "half_answer",
            Self::Delay { .. } => "delay",
            Self::Stall => "stall",
            Self::StallAfterCommit => "stall_after_commit",
            Self::Refuse { .. } => "refuse",
        }
    }

    /// Whether the vendor itself says no, and not the network.
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Refuse { .. })
    }
}

/// What is to be wrong; faults add up, the oldest that fits is met first.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaultOrder {
    /// Everything is right again first.
    pub heal: bool,
    /// What goes wrong.
    pub fault: Option<Fault>,
    /// Name of the calls it is for, with `*` at the end for a beginning; all without this.
    pub on: Option<String>,
    /// How often; until healed without this.
    pub times: Option<u32>,
    /// How many fitting calls go well before.
    pub after: u32,
}

impl FaultOrder {
    /// A fault of the calls of this name, so often.
    pub fn new(fault: Fault, on: &str, times: u32) -> Self {
        Self { fault: Some(fault), on: Some(on.to_owned()), times: Some(times), ..Self::default() }
    }
}

/// The faults in force.
#[derive(Debug, Default)]
pub struct Switchboard {
    active: Mutex<Vec<FaultOrder>>,
}

impl Switchboard {
    /// Makes things wrong, or right.
    pub fn set(&self, order: FaultOrder) {
        let mut active = self.active();
        if order.heal {
            active.clear();
        }
        if order.fault.is_some() {
            active.push(order);
        }
    }

    /// The fault that a call of this name meets among those `wanted`; a counted one is used up by it.
    pub fn next(&self, name: &str, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
        self.next_of(&[name.to_owned()], wanted)
    }

    /// The same for a call that goes by several names.
    pub fn next_of(&self, names: &[String], wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
        for order in self.active().iter_mut() {
            let fits = order.on.as_deref().is_none_or(|on| names.iter().any(|name| matches(on, name)));
            let Some(fault) = order.fault.as_ref().filter(|fault| fits && wanted(fault)) else { continue };
            if order.after > 0 {
                order.after -= 1;
                continue;
            }
            match &mut order.times {
                Some(0) => continue,
                Some(times) => *times -= 1,
                None => {}
            }
            return Some(fault.clone());
        }
        None
    }

    fn active(&self) -> MutexGuard<'_, Vec<FaultOrder>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
    pattern.strip_suffix('*').map_or(pattern == name, |beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(json: &str) -> FaultOrder {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_counted_fault_runs_out_on_its_own_calls_only() {
        let faults = Switchboard::default();
        faults.set(order(r#"{"fault":{"kind":"reset"},"on":"tasks.task.*","times":1,"after":1}"#));
        assert_eq!(faults.next("user.get", |_| true), None);
        assert_eq!(faults.next("Tasks.task.add", |_| true), None, "the first goes well");
        assert_eq!(faults.next("tasks.task.list", |_| true), Some(Fault::Reset));
        assert_eq!(faults.next("tasks.task.list", |_| true), None);
    }

    #[test]
    fn a_call_of_several_names_is_counted_once() {
        let faults = Switchboard::default();
        faults.set(order(r#"{"fault":{"kind":"reset"},"times":1,"after":1}"#));
        let names = ["change".to_owned(), "change/170900".to_owned()];
        assert_eq!(faults.next_of(&names, |_| true), None, "the first goes well");
        assert_eq!(faults.next_of(&names, |_| true), Some(Fault::Reset));
        faults.set(order(r#"{"fault":{"kind":"stall"},"on":"change/170900"}"#));
        assert_eq!(faults.next_of(&names, |_| true), Some(Fault::Stall));
        assert_eq!(faults.next("change/170901", |_| true), None);
    }

    #[test]
    fn a_fault_is_called_the_same_in_orders_and_in_the_journal() {
        for fault in [Fault::DropAfterCommit, Fault::Html { status: 503 }, Fault::Delay { ms: 1 }, Fault::Stall] {
            assert_eq!(serde_json::to_value(&fault).unwrap()["kind"], fault.kind());
        }
    }

    #[test]
    fn healing_ends_everything() {
        let faults = Switchboard::default();
        faults.set(order(r#"{"fault":{"kind":"html"}}"#));
        assert_eq!(faults.next("a", |_| true), Some(Fault::Html { status: 502 }));
        faults.set(order(r#"{"heal":true}"#));
        assert_eq!(faults.next("a", |_| true), None);
    }
}

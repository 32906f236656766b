//! What can be wrong with the gate, and the switch that makes it so. How a fault looks on the wire is in `routes`.

use serde::{Deserialize, Serialize};

/// A page of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// `auth_data.jsp`.
    Login,
    /// `agency/view`.
    View,
    /// Either of them.
    Any,
}

/// A way to fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The right answer, late.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The request is read and never answered.
    Stall,
    /// The connection is reset instead of an answer.
    Reset,
    /// HTTP 500 with the HTML page of a servlet container.
    ServerError,
    /// The right answer announced whole, its first half sent, the connection cut.
    HalfAnswer,
    /// A document whose DTD expands to gigabytes.
    EntityBomb,
    /// A well-formed, right answer of more than 1 MiB.
    Oversized,
    /// The right answer, a byte at a time.
    Drip {
        /// Milliseconds between bytes.
        ms: u64,
    },
    /// Every session is refused, also a fresh one; logging in works.
    SessionRefused,
    /// Every agency is unknown.
    AgencyUnknown,
    /// HTTP 200 with something that is not XML.
    NotXml,
    /// HTTP 200 with a page for people, as a proxy in front of the gate puts in its place.
    WebPage,
    /// HTTP 429 of a server in front of the gate, with the pause it asks for.
    Busy {
        /// Seconds, the value of `Retry-After`.
        after_s: u32,
    },
}

/// The fault in force, if any.
#[derive(Clone, Debug, Default)]
pub struct Switch {
    active: Option<Active>,
}

#[derive(Clone, Debug)]
struct Active {
    fault: Fault,
    page: Page,
    left: Option<u32>,
}

impl Switch {
    /// Replaces the fault in force.
    pub fn set(&mut self, fault: Fault, page: Page, times: Option<u32>) {
        self.active = Some(Active { fault, page, left: times });
    }

    /// No fault from here on.
    pub fn heal(&mut self) {
        self.active = None;
    }

    /// The fault this call of `page` meets; a counted fault is used up by it.
    pub fn next(&mut self, page: Page) -> Option<Fault> {
        let active = self.active.as_mut()?;
        if active.page != Page::Any && active.page != page {
            return None;
        }
        match &mut active.left {
            Some(0) => None,
            Some(left) => {
                *left -= 1;
                Some(active.fault.clone())
            }
            None => Some(active.fault.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_fault_runs_out_on_its_own_page_only() {
        let mut switch = Switch::default();
        switch.set(Fault::Reset, Page::View, Some(2));
        assert_eq!(switch.next(Page::Login), None);
        assert_eq!(switch.next(Page::View), Some(Fault::Reset));
        assert_eq!(switch.next(Page::View), Some(Fault::Reset));
        assert_eq!(switch.next(Page::View), None);
    }

    #[test]
    fn an_uncounted_fault_stays_until_healed() {
        let mut switch = Switch::default();
        switch.set(Fault::NotXml, Page::Any, None);
        assert!((0..100).all(|_| switch.next(Page::Login).is_some()));
        switch.heal();
        assert_eq!(switch.next(Page::Login), None);
    }
}

//! The network: addresses that are watched, how well each answers, and whose side is broken when one does not.
//!
//! Deliberately not here: sending a packet (the probes of `pult-integrations`), and when it is due (the engine's).

pub mod change;
pub mod cycle;
pub mod fact;
pub mod grade;
pub mod maintenance;
pub mod rule;
pub mod side;
pub mod state;
pub mod target;

pub use change::Change;
pub use cycle::{Certificate, Cycle, Rtt, Trouble};
pub use fact::Fact;
pub use grade::{Grade, Run, Steadiness};
pub use maintenance::{Maintenance, Schedule, Window};
pub use rule::decide;
pub use side::{Around, Evidence, Side, Verdict};
pub use state::{Child, Known, OpenIncident, Parent, Policy, TargetState};
pub use target::{Definition, ProbeKind};

//! Telephone calls of both contact centres: the journal a supervisor reads and the card an operator sees.
//!
//! Deliberately not here: tickets or ratings that speak of a call (areas of their own).

pub mod change;
pub mod codes;
pub mod fact;
pub mod rule;
pub mod state;
pub mod watched;

pub use change::{Change, NewCall};
pub use fact::{
    AgencyCard, CallResultRow, Fact, Lack, Reference, ReportedAgency, ReportedCall, ReportedPhone, ReportedProcessing,
};
pub use rule::decide;
pub use state::{CallState, Centre, Known, OpenCall, Policy};

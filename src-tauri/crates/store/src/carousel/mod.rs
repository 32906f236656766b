//! The carousel: the service desk's catalogue, days away, tickets that wait, and who was given which.
//!
//! Deliberately not here: deciding anything (`pult_domain::areas::carousel`).

mod import;
mod known;
#[cfg(test)]
mod planner_tests;
mod read;
mod sql;
#[cfg(test)]
mod tests;
mod write;

pub use import::{
    EmployeeImport, ServiceImport, import_absence, import_employee, import_service, settle_employee, settle_service,
};
pub use known::{catalogue, load_all, load_known, load_service};
pub use read::{
    AssignmentRow, EmployeeRow, GroupRow, LONGEST_PAGE, LogFilter, LogPage, Oldest, ServiceRow, TicketRow, employees,
    given, groups, imported, log, log_of_ids, oldest, services, waiting,
};
pub use write::{Touched, apply, forget};

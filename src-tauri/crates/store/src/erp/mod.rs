//! Documents of the accounting system: where each stands, its tasks and files, and what is known of the house.
//!
//! Deliberately not here: deciding anything (`pult_domain::areas::erp`).

mod erase;
#[cfg(test)]
mod flow_tests;
mod known;
#[cfg(test)]
mod planner_tests;
mod read;
mod sql;
#[cfg(test)]
mod tests;
mod write;

pub use erase::erase;
pub use known::{directory, kept, load_known};
pub use read::{
    Counts, DocumentDetail, DocumentFile, DocumentLine, DocumentRow, DocumentTask, Filter, LONGEST_PAGE, Page, by_ids,
    counts, detail, page,
};
pub use write::{apply, forget};

//! Ratings: who was asked for one, where each asking stands, and the figures of a period.
//!
//! Deliberately not here: deciding anything (`pult_domain::areas::ratings`).

mod known;
#[cfg(test)]
mod planner_tests;
mod read;
mod sql;
#[cfg(test)]
mod tests;
mod write;

pub use known::load_known;
pub use read::{Counts, Filter, LONGEST_PAGE, Page, PageKey, RatingRow, Which, by_ids, counts, course, of_issue, page};
pub use write::{apply, erase_author, forget, recovered};

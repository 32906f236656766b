//! Conversations and their issues: links, requests, items that are copied, and what stands behind each.
//!
//! Deliberately not here: deciding anything (`pult_domain::areas::chat_link`).

mod known;
#[cfg(test)]
mod planner_tests;
mod read;
mod sql;
#[cfg(test)]
mod tests;
mod write;

pub use known::load_known;
pub use read::{
    ChatItemRow, ChatRequestRow, Counts, Filter, LONGEST_PAGE, Lineage, Page, PageKey, PairRow, Which, counts, lineage,
    page, requests,
};
pub use write::{apply, erase_author, forget, has_item, recovered};

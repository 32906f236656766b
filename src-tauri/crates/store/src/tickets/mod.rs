//! Tickets of the tracker that people work with by hand: what is kept of them, what each account may see, and changes on their way.
//!
//! Deliberately not here: deciding anything (`pult_domain::areas::tickets`).

mod activity;
mod known;
mod lists;
mod page;
#[cfg(test)]
mod planner_tests;
mod read;
mod report;
mod sql;
#[cfg(test)]
mod tests;
mod uploads;
mod write;

pub use activity::{ActiveTicket, MOST_ACTIVE, TicketSaid, active};
pub use known::load_known;
pub use lists::{KeptFilter, filters, keep_filter, lists, own_number, remove_filter};
pub use page::{
    LONGEST_PAGE, StatusCount, TicketCounts, TicketFilter, TicketPage, TicketPageKey, TicketRow, TicketWhose, Viewer,
    by_ids, counts, page,
};
pub use read::{
    TicketAct, TicketChangeRow, TicketDetailRow, TicketEntryRow, TicketPartRow, asked_by, attachment, changes_of,
    detail, unmade,
};
pub use report::{MOST_LINES, Stale, StalePage, lines, sorted, stale};
pub use uploads::{UPLOAD_LIFE, forget_uploads, keep_upload, upload};
pub use write::{apply, erase_author, forget, put_aside};

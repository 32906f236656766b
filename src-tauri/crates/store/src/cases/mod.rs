//! What a case is put together of: what people joined and split, what texts name, and a look at each area's rows around a thing.
//!
//! Everything is read through a [`Sight`]: what somebody may not see is not there, and leads to nothing. Deliberately not here: which
//! things belong together (`pult_domain::areas::cases`), and the rows of each area (its own module).

mod beside;
mod card;
mod find;
mod hand;
mod load;
mod mentions;
#[cfg(test)]
mod planner_tests;
mod sql;
mod story;
#[cfg(test)]
mod tests;
mod trouble;

pub use beside::{Beside, beside};
pub use card::{AgencyCard, CaseCard, Found, Sight, StretchCard, TaskCard};
pub use find::find;
pub use hand::{erase_phone, forget, hand_of, keep_hand, take_back};
pub use load::load;
pub(crate) use mentions::note;
pub use story::story;
pub use trouble::{CaseTrouble, subject_of, troubles};

/// Things that one thing leads to by one way, at most; the newest where the way has an order.
pub const MOST_BESIDE: usize = 60;

//! Cases: everything the house knows that belongs to one caller or one ticket, and why it does.
//!
//! Nothing of a case is stored but what people joined and split by hand: it is put together from what each area knows when somebody
//! looks. Deliberately not here: finding things and who may see them (the engine's, over the store), and words (the console's).

mod assemble;
mod join;
mod mention;
mod piece;
mod rule;
#[cfg(test)]
mod tests;
mod thing;

pub use assemble::{Bounds, Case, Cut, Excess, Member, assemble, reach};
pub use join::{Hand, Join, Reason, Strength, Verdict, ordered};
pub use mention::{Mention, mentions};
pub use piece::{Moment, Piece, Spell, Written};
pub use rule::{NEAR, joins};
pub use thing::Thing;

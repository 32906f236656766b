//! A telephony that calls like a working day: what it does is decided by pure, seeded generators and performed by a
//! driver over real HTTP.
//!
//! * [`arrivals`]: when calls come and how long they last. [`vilnius`], [`moscow`]: who calls and what becomes of it.
//! * [`sign`]: the signature of the modern hook. [`driver`]: the performance and the back-fill.
//!   [`mischief`]: the misbehaviour.
//!
//! Every day is generated from the seed and its date alone, so a back-fill repeated after a restart sends the same rows
//! under the same ids. No clock is read here but the one passed in.

pub mod arrivals;
pub mod driver;
pub mod mischief;
pub mod moscow;
pub mod pace;
mod send;
pub mod sign;
pub mod tally;
pub mod vilnius;

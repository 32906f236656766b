//! The IntraDesk tenant and the classic product over their own wires. Expectations come from the contract, never from a client.

#![allow(clippy::panic, clippy::unwrap_used)]

mod classic;
mod control;
mod faults;
mod house;
#[path = "../kit/mod.rs"]
mod kit;
mod lists;
mod rivals;
mod samples;
mod token;
mod writes;

//! The Pachca space over its own wires. Expectations come from the contract, never from a client.

#![allow(clippy::panic, clippy::unwrap_used)]

mod control;
mod faults;
mod files;
mod forms;
mod hooks;
mod house;
#[path = "../kit/mod.rs"]
mod kit;
mod lists;
mod messages;
#[path = "../kit/receiver.rs"]
mod receiver;
mod samples;
mod threads;

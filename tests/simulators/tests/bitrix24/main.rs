//! The Bitrix24 portal over its own wires. Expectations come from the contract, never from a client.

#![allow(clippy::panic, clippy::unwrap_used)]

mod batches;
mod bots;
mod disk;
mod house;
#[path = "../kit/mod.rs"]
mod kit;
mod limits;
mod messages;
#[path = "../kit/receiver.rs"]
mod receiver;
mod samples;
mod staff;
mod tasks;

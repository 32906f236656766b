//! Tracker and the directory over their own wires. Expectations come from the contract, never from a client.

#![allow(clippy::panic, clippy::unwrap_used)]

mod directory;
mod doors;
mod files;
mod hooks;
mod house;
mod issues;
#[path = "../kit/mod.rs"]
mod kit;
mod people;
#[path = "../kit/receiver.rs"]
mod receiver;
mod samples;
mod search;
mod talk;

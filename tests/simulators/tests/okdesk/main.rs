//! The Okdesk account over its own wires. Expectations come from the contract, never from a client.

#![allow(clippy::panic, clippy::unwrap_used)]

mod faults;
mod hooks;
mod house;
#[path = "../kit/mod.rs"]
mod kit;
#[path = "../kit/receiver.rs"]
mod receiver;
mod rest;
mod samples;

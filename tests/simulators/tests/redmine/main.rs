//! Redmine over its own wire. Expectations come from the contract and from a real 5.0.4, never from a client.

#![allow(clippy::panic, clippy::unwrap_used)]

mod control;
mod doors;
mod easy;
mod faults;
mod files;
mod hooks;
mod house;
mod issues;
mod journals;
#[path = "../kit/mod.rs"]
mod kit;
mod lists;
mod people;
#[path = "../kit/receiver.rs"]
mod receiver;
mod rights;
mod samples;

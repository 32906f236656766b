//! One folder for each area: its facts, its state as rules see it, its rules, its changes.
//!
//! Deliberately not here: anything shared by areas (that is a level up) and anything stored (that is `pult-store`).

pub mod calls;
pub mod carousel;
pub mod cases;
pub mod chat_link;
pub mod erp;
pub mod floor;
pub mod messages;
pub mod network;
pub mod ratings;
pub mod tickets;

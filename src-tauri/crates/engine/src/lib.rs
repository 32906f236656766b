//! The engine behind the console: pump, lanes, timers, workers, settings, secrets and the list of console commands.
//!
//! Deliberately not here: sockets that listen (the server's), windows (the desktop's), SQL (the store's).

pub mod config;
pub mod secrets;

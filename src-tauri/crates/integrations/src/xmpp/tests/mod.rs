//! Against a real server: everything the contract's scenarios ask of a client.

mod broken_links;
mod doors;
mod hearing;
mod house;
mod sending;
mod server;

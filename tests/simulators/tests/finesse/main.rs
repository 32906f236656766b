//! The Finesse cluster over its own wires: raw HTTP, raw WebSocket, raw XMPP over TLS, on the built-in stream and on a real
//! Prosody where there is one. Expectations come from the contract, never from a client.

#![allow(clippy::panic, clippy::unwrap_used)]

mod control;
mod house;
mod rest;
mod stream;
mod talk;
mod world;

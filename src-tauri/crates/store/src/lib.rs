//! Everything Pult remembers, in one SQLite file: all SQL of the project lives in this crate.
//!
//! Deliberately not here: decisions (see `pult-domain`) and anything that talks to the network.

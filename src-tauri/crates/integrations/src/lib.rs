//! One folder for each outside system, and the transports they share.
//!
//! Deliberately not here: loops, retries, transactions, policy (the engine's) and SQL (the store's).

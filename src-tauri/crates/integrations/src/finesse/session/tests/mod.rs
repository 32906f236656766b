//! The session against a cluster that exists only here, by a clock moved by hand.

mod bench;
mod failover;
mod live;
mod orders;
mod starts;

//! The samples, the requests against a small server of ours, and sessions against the same.

mod requests;
mod samples;
mod server;
mod sessions;
mod variants;

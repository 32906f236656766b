//! In progress.

/// The integration's name.
pub const NAME: &str = "call_feed";

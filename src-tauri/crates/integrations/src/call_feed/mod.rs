//! call_feed

//! What several integrations need on the wire and no vendor owns: an outbound client, proofs of identity, and the hiding of
//! secrets in what is kept.
//!
//! Deliberately not here: any vendor's word, and retries, pauses or breakers (the engine's lanes).

pub mod http;
pub mod mask;
pub mod proof;

use std::sync::Arc;

use pult_domain::Instant;

/// Tells the time; passed in, so that a test moves it by hand.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

//! What several integrations need on the wire and no vendor owns: outbound clients, whom they trust, proofs of identity,
//! and the hiding of secrets in what is kept.
//!
//! Deliberately not here: any vendor's word, and retries, pauses or breakers (the engine's lanes).

pub mod http;
pub mod mask;
pub mod obstacle;
pub mod pace;
pub mod proof;
pub mod tls;
pub mod xmpp;
pub mod xmpp_tls;
pub mod xmpp_ws;

use std::sync::Arc;

use pult_domain::Instant;

/// Tells the time; passed in, so that a test moves it by hand.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

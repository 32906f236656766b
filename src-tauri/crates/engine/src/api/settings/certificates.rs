//! Accepting the certificate of one node, which a person has looked at.
//!
//! Deliberately not here: looking at it (`check`), and when one is trusted (`integrations/transport/tls`).

use pult_integrations::transport::tls::Pin;
use serde::Deserialize;
use serde_json::json;
use ts_rs::TS;

use super::{Settings, settings, write};
use crate::{
    Engine,
    auth::Actor,
    error::{ApiError, ErrorCode},
    registry::platform::{accepted, is_fingerprint, pins},
};

/// Accepts the certificate a node showed. It takes the place of the one accepted for that node before.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AcceptCertificate {
    /// Whose node it is; only that of a source whose nodes have certificates of their own.
    pub integration: String,
    /// The node's host, as the check told it.
    pub node: String,
    /// SHA-256 of the certificate, 64 hexadecimal digits.
    pub sha256: String,
    /// The person accepts that it is out of date.
    pub expired: bool,
    /// The person accepts that it is for another host.
    pub other_name: bool,
}

pub(in crate::api) async fn accept(
    engine: &Engine,
    actor: &Actor,
    request: AcceptCertificate,
) -> Result<Settings, ApiError> {
    let AcceptCertificate { integration, node, sha256, expired, other_name } = request;
    let config = engine.config();
    let Some(known) = pins(&config, &integration) else {
        return Err(ApiError::field("integration", "its certificates are not accepted node by node"));
    };
    if node.is_empty() || node.contains(char::is_whitespace) {
        return Err(ApiError::field("node", "not the host of a node"));
    }
    if !is_fingerprint(&sha256) {
        return Err(ApiError::field("sha256", "not a SHA-256 fingerprint"));
    }
    let Some(first) = known.first else {
        return Err(ApiError::new(ErrorCode::Conflict, "it is switched off, or its settings are not complete"));
    };
    let sha256 = sha256.chars().filter(char::is_ascii_hexdigit).map(|c| c.to_ascii_lowercase()).collect();
    let pin = Pin { sha256, expired, other_name };
    let after = accepted(known.pins, first, &node, &pin);
    let fresh = after.last().cloned().unwrap_or_default();
    write(engine, [(known.path.to_owned(), json!(after))].into_iter().collect()).await?;
    engine.note(actor, "settings.accept_certificate", &fresh).await?;
    Ok(settings(engine))
}

//! How long this machine takes to resolve the target's own name, the way every program on it does.
//!
//! Deliberately not here: asking one chosen name server.

use std::time::Instant;

use pult_domain::areas::network::Cycle;

use super::{Answered, connect, several};
use crate::probe::ProbeOrder;

/// Addresses named in what was seen.
const SHOWN: usize = 3;

pub(super) async fn cycle(order: &ProbeOrder) -> Cycle {
    several(order, || async {
        let began = Instant::now();
        let addresses = connect::resolve(&order.host, order.port).await?;
        let shown: Vec<String> = addresses.iter().take(SHOWN).map(|a| a.ip().to_string()).collect();
        Ok(Answered { us: super::micros(began), detail: shown.join(", "), ..Answered::default() })
    })
    .await
}

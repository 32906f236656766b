//! Opening TCP connections, and closing them without a word.
//!
//! Deliberately not here: anything said over them.

use std::time::Instant;

use pult_domain::areas::network::{Cycle, Trouble};

use super::{Answered, connect, several};
use crate::probe::ProbeOrder;

/// What a closed port says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The service is not there.
    Fails,
    /// The host is there, and that was the question.
    Answers,
}

pub(super) async fn cycle(order: &ProbeOrder, refusal: Refusal) -> Cycle {
    let addresses = match tokio::time::timeout(order.limit, connect::resolve(&order.host, order.port)).await {
        Ok(Ok(addresses)) => addresses,
        Ok(Err(fault)) => return Cycle::lost(order.packets, fault.trouble, fault.detail),
        Err(_) => return Cycle::lost(order.packets, Trouble::Name, "the name was not resolved in time"),
    };
    several(order, || async {
        let began = Instant::now();
        let answered =
            |detail: &str| Answered { us: super::micros(began), detail: detail.to_owned(), ..Answered::default() };
        match connect::open_any(&addresses).await {
            Ok(_) => Ok(answered("")),
            Err(fault) if fault.trouble == Trouble::Refused && refusal == Refusal::Answers => {
                Ok(answered("the port is closed, the host answers"))
            }
            Err(fault) => Err(fault),
        }
    })
    .await
}

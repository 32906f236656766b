//! Echo requests over one socket a protocol: unprivileged where the system allows it, raw otherwise.
//!
//! Deliberately not here: what is done instead where neither is allowed.

use std::{
    io,
    net::IpAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU16, Ordering},
    },
};

use pult_domain::areas::network::{Cycle, Trouble};
use surge_ping::{Client, Config, ICMP, IcmpPacket, PingIdentifier, PingSequence, SurgeError};

use super::{Answered, Fault, connect, several};
use crate::probe::ProbeOrder;

/// What an echo request carries.
const PAYLOAD: [u8; 32] = *b"0123456789abcdefghijklmnopqrstuv";
/// The type of an echo reply, by protocol.
const REPLY_V4: u8 = 0;
const REPLY_V6: u8 = 129;

/// This machine does not let us send echo requests.
#[derive(Debug)]
pub(super) struct NotAllowed;

/// The sockets, opened when first needed.
#[derive(Default)]
pub(super) struct Echo {
    v4: Mutex<Option<Client>>,
    v6: Mutex<Option<Client>>,
    // Replies to an unprivileged socket are told apart by host and number alone, so no two requests may share one.
    sequence: AtomicU16,
}

impl Echo {
    pub(super) async fn cycle(&self, order: &ProbeOrder) -> Result<Cycle, NotAllowed> {
        let resolved = tokio::time::timeout(order.limit, connect::resolve(&order.host, order.port)).await;
        let address = match resolved {
            Ok(Ok(addresses)) => match addresses.first() {
                Some(address) => address.ip(),
                None => return Ok(Cycle::lost(order.packets, Trouble::Name, "the name has no address")),
            },
            Ok(Err(fault)) => return Ok(Cycle::lost(order.packets, fault.trouble, fault.detail)),
            Err(_) => return Ok(Cycle::lost(order.packets, Trouble::Name, "the name was not resolved in time")),
        };
        let client = match self.client(address) {
            Ok(client) => client,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(NotAllowed),
            Err(error) => {
                let fault = Fault::of_io(&error);
                return Ok(Cycle::lost(order.packets, fault.trouble, fault.detail));
            }
        };
        Ok(several(order, || self.echo(&client, address, order)).await)
    }

    fn client(&self, address: IpAddr) -> io::Result<Client> {
        let (place, kind) = match address {
            IpAddr::V4(_) => (&self.v4, ICMP::V4),
            IpAddr::V6(_) => (&self.v6, ICMP::V6),
        };
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = place.as_ref() {
            return Ok(client.clone());
        }
        let client = Client::new(&Config::builder().kind(kind).build())?;
        *place = Some(client.clone());
        Ok(client)
    }

    async fn echo(&self, client: &Client, address: IpAddr, order: &ProbeOrder) -> Result<Answered, Fault> {
        let number = self.sequence.fetch_add(1, Ordering::Relaxed);
        // Only a raw socket shows this: it tells our replies from those to other programs of this machine.
        let us = PingIdentifier(std::process::id() as u16);
        let mut pinger = client.pinger(address, us).await;
        pinger.timeout(order.limit);
        let (packet, took) = pinger.ping(PingSequence(number), &PAYLOAD).await.map_err(|e| fault(e, order))?;
        let replied = match &packet {
            IcmpPacket::V4(packet) => packet.get_icmp_type().0 == REPLY_V4,
            IcmpPacket::V6(packet) => packet.get_icmpv6_type().0 == REPLY_V6,
        };
        match replied {
            true => Ok(Answered { us: u32::try_from(took.as_micros()).unwrap_or(u32::MAX), ..Answered::default() }),
            false => Err(Fault::new(Trouble::Unreachable, "a router on the way says that the host cannot be reached")),
        }
    }
}

fn fault(error: SurgeError, order: &ProbeOrder) -> Fault {
    match error {
        SurgeError::Timeout { .. } => Fault::timeout(order.limit),
        SurgeError::IOError(error) => Fault::of_io(&error),
        other => Fault::new(Trouble::Strange, other.to_string()),
    }
}

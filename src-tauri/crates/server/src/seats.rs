//! How much one source may hold at a time: connections of a listener, or requests that a proxy brings for it.
//!
//! Deliberately not here: how often a source may ask (`guard`) and how many seats a listener has in all (`listen`).

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

/// Whom an address belongs to, for limits: itself, or of IPv6 the network of 64 bits, of which one sender has all addresses.
pub(crate) fn source(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// What every source holds now. Clones share it. It is no larger than what is held.
#[derive(Clone)]
pub(crate) struct Seats {
    held: Arc<Mutex<HashMap<IpAddr, u32>>>,
    most: u32,
}

impl Seats {
    /// At most so many for one source.
    pub(crate) fn new(most: u32) -> Self {
        Self { held: Arc::default(), most }
    }

    /// A seat for this address, unless its source has all it may have.
    pub(crate) fn take(&self, address: IpAddr) -> Option<Seat> {
        let source = source(address);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(source).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Seat { held: self.held.clone(), source })
    }
}

/// A seat, given up when it is dropped.
pub(crate) struct Seat {
    held: Arc<Mutex<HashMap<IpAddr, u32>>>,
    source: IpAddr,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_source_of_ipv6_is_its_network() {
        for (given, of) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:3::1", "2001:db8:1:3::"),
            ("::1", "::"),
        ] {
            assert_eq!(source(address(given)), address(of));
        }
    }

    #[test]
    fn each_source_has_its_own_bound_and_gets_back_what_it_gives_up() {
        let seats = Seats::new(2);
        let first = seats.take(address("2001:db8::1"));
        let second = seats.take(address("2001:db8::2"));
        assert!(first.is_some() && second.is_some());
        assert!(seats.take(address("2001:db8::3")).is_none());
        assert!(seats.take(address("192.0.2.7")).is_some());
        drop(first);
        assert!(seats.take(address("2001:db8::3")).is_some());
        drop(second);
        assert!(seats.held.lock().unwrap().is_empty(), "sources that hold nothing are forgotten");
    }
}

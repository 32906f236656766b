//! Who is at the other end: the connection's address, or what a trusted proxy says of it.
//!
//! Deliberately not here: what an address may do (rate limits, allow-lists, sessions).

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::http::HeaderMap;
use ipnet::IpNet;
use pult_engine::config::Exposure;

/// Proxies whose word about the sender counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proxies(Vec<IpNet>);

impl Proxies {
    pub(crate) fn new(networks: &[IpNet]) -> Self {
        Self(networks.to_vec())
    }

    pub(crate) fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }

    /// The sender's address: the last hop before our own proxies, read from the right, because anything further left is what
    /// the sender wrote himself.
    pub(crate) fn sender(&self, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
        let mut sender = peer.ip().to_canonical();
        let hops: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(','))
            .map(str::trim)
            .collect();
        for hop in hops.iter().rev() {
            if !self.trust(sender) {
                break;
            }
            match hop.parse::<IpAddr>() {
                Ok(address) => sender = address.to_canonical(),
                Err(_) => break,
            }
        }
        sender
    }
}

/// The only networks a listener answers, where its exposure demands that; `None` answers all.
pub(crate) fn only_from(exposure: Exposure, proxies: &[IpNet]) -> Option<Arc<[IpNet]>> {
    matches!(exposure, Exposure::Proxied).then(|| proxies.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(proxies: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let proxies = Proxies::new(&proxies.iter().map(|p| p.parse().unwrap()).collect::<Vec<_>>());
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        proxies.sender(format!("{peer}:1").parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_for_its_own_hop() {
        let proxy = ["10.0.0.0/8"];
        assert_eq!(sender(&[], "192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
        assert_eq!(sender(&proxy, "192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
        assert_eq!(sender(&proxy, "10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(sender(&proxy, "10.0.0.1", &["6.6.6.6, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(sender(&proxy, "10.0.0.1", &["6.6.6.6, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(sender(&proxy, "10.0.0.1", &["nonsense"]), "10.0.0.1");
    }
}

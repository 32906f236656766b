//! From a name to an open connection.
//!
//! Deliberately not here: what is said over it.

use std::net::{IpAddr, SocketAddr};

use pult_domain::areas::network::Trouble;
use tokio::net::{TcpStream, lookup_host};

use super::Fault;

/// The addresses of a host, IPv4 first: what most of these targets are reached by.
pub(super) async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, Fault> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let name = ascii(host)?;
    let found = lookup_host((name.as_str(), port)).await.map_err(|e| Fault::new(Trouble::Name, e.to_string()))?;
    let mut addresses: Vec<SocketAddr> = found.collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    match addresses.is_empty() {
        true => Err(Fault::new(Trouble::Name, "the name has no address")),
        false => Ok(addresses),
    }
}

/// A host name as the wire has it.
pub(super) fn ascii(host: &str) -> Result<String, Fault> {
    url::Host::parse(host).map(|host| host.to_string()).map_err(|e| Fault::new(Trouble::Name, e.to_string()))
}

/// A connection to the first address that takes it.
pub(super) async fn open(host: &str, port: u16) -> Result<TcpStream, Fault> {
    open_any(&resolve(host, port).await?).await
}

/// As [`open`], the name being resolved already.
pub(super) async fn open_any(addresses: &[SocketAddr]) -> Result<TcpStream, Fault> {
    TcpStream::connect(addresses).await.map_err(|e| Fault::of_io(&e))
}

//! Counts and limits a listener's open connections.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Places beyond the total for connections of this machine, so that a full listener still answers its own health probes.
const RESERVED_FOR_THIS_MACHINE: usize = 16;

/// Limits of a listener's open connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Maximum in all.
    pub total: usize,
    /// Maximum of one IPv4 address, or of one IPv6 network of 64 bits, which a single host can have to itself.
    pub per_address: usize,
}

/// Why a connection is refused, with the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("{0} connections are open, the limit (--max-connections and the limit of open files)")]
    Total(usize),
    #[error("{0} connections of its address are open, the limit (--max-connections-per-address)")]
    Address(usize),
}

/// Counts of a listener's connections since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConnectionCounts {
    /// Open now.
    pub open: usize,
    /// Refused because too many were open in all.
    pub refused_total: u64,
    /// Refused because too many of their address were open.
    pub refused_address: u64,
    /// Closed because the TLS handshake failed or took too long.
    pub failed_handshakes: u64,
    /// Times that the listener had to wait because the process or machine had no more files or memory.
    pub out_of_resources: u64,
}

/// A listener's open connections. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct OpenConnections {
    limits: ConnectionLimits,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    open: Mutex<Open>,
    refused_total: AtomicU64,
    refused_address: AtomicU64,
    failed_handshakes: AtomicU64,
    out_of_resources: AtomicU64,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

impl OpenConnections {
    pub(crate) fn new(limits: ConnectionLimits) -> Self {
        Self { limits, shared: Arc::default() }
    }

    /// Counts a new connection.
    ///
    /// # Errors
    /// [`Refusal`] if a limit is reached.
    pub(super) fn admit(&self, address: IpAddr) -> Result<Place, Refusal> {
        let network = network(address);
        let reserved = if address.to_canonical().is_loopback() { RESERVED_FOR_THIS_MACHINE } else { 0 };
        let mut open = self.open();
        if open.total >= self.limits.total.saturating_add(reserved) {
            self.shared.refused_total.fetch_add(1, Ordering::Relaxed);
            return Err(Refusal::Total(self.limits.total));
        }
        let of_address = open.by_address.entry(network).or_default();
        if *of_address >= self.limits.per_address {
            self.shared.refused_address.fetch_add(1, Ordering::Relaxed);
            return Err(Refusal::Address(self.limits.per_address));
        }
        *of_address += 1;
        open.total += 1;
        Ok(Place { connections: self.clone(), network })
    }

    pub(super) fn count_failed_handshake(&self) {
        self.shared.failed_handshakes.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_out_of_resources(&self) {
        self.shared.out_of_resources.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the counts.
    pub(crate) fn counts(&self) -> ConnectionCounts {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ConnectionCounts {
            open: self.open().total,
            refused_total: count(&self.shared.refused_total),
            refused_address: count(&self.shared.refused_address),
            failed_handshakes: count(&self.shared.failed_handshakes),
            out_of_resources: count(&self.shared.out_of_resources),
        }
    }

    fn open(&self) -> std::sync::MutexGuard<'_, Open> {
        self.shared.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection's place among the open ones, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    connections: OpenConnections,
    network: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        open.total -= 1;
        if let Some(count) = open.by_address.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.by_address.remove(&self.network);
            }
        }
    }
}

/// Returns what counts as one address: an IPv4 address, or an IPv6 network of 64 bits.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::{ConnectionLimits, OpenConnections, RESERVED_FOR_THIS_MACHINE, Refusal};

    #[test]
    fn places_are_limited_in_all_and_by_address_and_come_back() {
        let connections = OpenConnections::new(ConnectionLimits { total: 3, per_address: 2 });
        let admit = |address: &str| connections.admit(address.parse().unwrap());
        let first = admit("192.0.2.1").unwrap();
        let _second = admit("::ffff:192.0.2.1").unwrap();
        assert_eq!(admit("192.0.2.1").unwrap_err(), Refusal::Address(2));
        let _third = admit("192.0.2.2").unwrap();
        assert_eq!(admit("192.0.2.3").unwrap_err(), Refusal::Total(3));
        let counts = connections.counts();
        assert_eq!((counts.open, counts.refused_total, counts.refused_address), (3, 1, 1));
        drop(first);
        assert_eq!(connections.counts().open, 2);
        assert!(admit("192.0.2.1").is_ok());
    }

    #[test]
    fn this_machine_has_places_beyond_the_total() {
        let connections = OpenConnections::new(ConnectionLimits { total: 1, per_address: 99 });
        let admit = |address: &str| connections.admit(address.parse().unwrap());
        let _first = admit("192.0.2.1").unwrap();
        let probes: Vec<_> = (0..RESERVED_FOR_THIS_MACHINE).map(|_| admit("127.0.0.1").unwrap()).collect();
        assert!(admit("127.0.0.1").is_err() && admit("::1").is_err() && admit("192.0.2.2").is_err());
        drop(probes);
        assert!(admit("::1").is_ok());
    }

    #[test]
    fn a_network_of_64_bits_is_one_address() {
        let connections = OpenConnections::new(ConnectionLimits { total: 9, per_address: 1 });
        let _first = connections.admit("2001:db8::1".parse().unwrap()).unwrap();
        assert!(connections.admit("2001:db8::ffff:1".parse().unwrap()).is_err());
        assert!(connections.admit("2001:db8:0:1::1".parse().unwrap()).is_ok());
    }
}

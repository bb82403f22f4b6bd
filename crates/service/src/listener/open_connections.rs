//! Counts and limits a listener's open connections.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use super::falling_count::FallingCount;

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
    /// Closed because a limit was reached and they had shown no valid token.
    pub replaced: u64,
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
    replaced: AtomicU64,
    refused_total: AtomicU64,
    refused_address: AtomicU64,
    failed_handshakes: AtomicU64,
    out_of_resources: AtomicU64,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_address: HashMap<IpAddr, OfAddress>,
    /// Connections that have made no call with a valid token yet, by their number: the oldest first.
    unproven: BTreeMap<u64, Unproven>,
    next: u64,
}

/// The open connections of an address.
#[derive(Debug, Default)]
struct OfAddress {
    count: usize,
    unproven: BTreeSet<u64>,
}

#[derive(Debug)]
struct Unproven {
    network: IpAddr,
    /// Closes the connection.
    close: oneshot::Sender<()>,
}

impl OpenConnections {
    pub(crate) fn new(limits: ConnectionLimits) -> Self {
        Self { limits, shared: Arc::default() }
    }

    /// Counts a new connection. Where a limit is reached, it takes the place of the oldest connection that has made no call
    /// with a valid token, so that callers without tokens cannot hold the places.
    ///
    /// # Errors
    /// [`Refusal`] if a limit is reached and all connections have shown a valid token.
    pub(super) fn admit(&self, address: IpAddr) -> Result<AdmittedConnection, Refusal> {
        let network = network(address);
        let mut open = self.open();
        let mut replaced = None;
        if open.by_address.get(&network).is_some_and(|of_address| of_address.count >= self.limits.per_address)
        {
            let oldest = open.by_address.get(&network).and_then(|of| of.unproven.first().copied());
            replaced = oldest.and_then(|number| open.close(number));
            if replaced.is_none() {
                self.shared.refused_address.fetch_add(1, Ordering::Relaxed);
                return Err(Refusal::Address(self.limits.per_address));
            }
        } else if open.total >= self.limits.total {
            let oldest = open.unproven.first_key_value().map(|(number, _)| *number);
            replaced = oldest.and_then(|number| open.close(number));
            let reserved = if address.to_canonical().is_loopback() { RESERVED_FOR_THIS_MACHINE } else { 0 };
            if replaced.is_none() && open.total >= self.limits.total.saturating_add(reserved) {
                self.shared.refused_total.fetch_add(1, Ordering::Relaxed);
                return Err(Refusal::Total(self.limits.total));
            }
        }
        if replaced.is_some() {
            self.shared.replaced.fetch_add(1, Ordering::Relaxed);
        }
        let (number, closed) = open.add(network);
        drop(open);
        let standing = Standing {
            connections: self.clone(),
            network,
            number,
            is_proven: AtomicBool::new(false),
            refused_calls: CallCount::default(),
        };
        Ok(AdmittedConnection {
            place: Place { standing: Arc::new(standing), closed: Some(closed) },
            replaced,
        })
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
            replaced: count(&self.shared.replaced),
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

impl Open {
    fn add(&mut self, network: IpAddr) -> (u64, oneshot::Receiver<()>) {
        let (close, closed) = oneshot::channel();
        let number = self.next;
        self.next += 1;
        self.total += 1;
        self.unproven.insert(number, Unproven { network, close });
        let of_address = self.by_address.entry(network).or_default();
        of_address.count += 1;
        of_address.unproven.insert(number);
        (number, closed)
    }

    /// Closes an unproven connection. Its place is free now, though it is closed only when its task next runs.
    fn close(&mut self, number: u64) -> Option<IpAddr> {
        let unproven = self.forget(number)?;
        self.free(unproven.network);
        let _ = unproven.close.send(());
        Some(unproven.network)
    }

    /// Counts a connection no longer as unproven.
    fn forget(&mut self, number: u64) -> Option<Unproven> {
        let unproven = self.unproven.remove(&number)?;
        if let Some(of_address) = self.by_address.get_mut(&unproven.network) {
            of_address.unproven.remove(&number);
        }
        Some(unproven)
    }

    fn free(&mut self, network: IpAddr) {
        self.total -= 1;
        if let Some(of_address) = self.by_address.get_mut(&network) {
            of_address.count -= 1;
            if of_address.count == 0 {
                self.by_address.remove(&network);
            }
        }
    }
}

/// A connection that may stay open.
#[derive(Debug)]
pub(super) struct AdmittedConnection {
    pub(super) place: Place,
    /// The address of the connection that was closed for it.
    pub(super) replaced: Option<IpAddr>,
}

/// A connection's place among the open ones, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    standing: Arc<Standing>,
    /// Says that another connection has taken the place. `None` once that can no longer happen.
    closed: Option<oneshot::Receiver<()>>,
}

impl Place {
    /// Returns what the connection's calls know of it.
    pub(super) fn standing(&self) -> Arc<Standing> {
        Arc::clone(&self.standing)
    }

    /// Waits until another connection has taken the place; forever if none can.
    pub(super) async fn taken(&mut self) {
        std::future::poll_fn(|context| self.poll_taken(context)).await;
    }

    /// As [`Place::taken`].
    pub(super) fn poll_taken(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(closed) = &mut self.closed else { return Poll::Pending };
        match Pin::new(closed).poll(context) {
            Poll::Ready(Ok(())) => Poll::Ready(()),
            Poll::Ready(Err(_)) => {
                self.closed = None;
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Standing { connections, network, number, is_proven, .. } = &*self.standing;
        let mut open = connections.open();
        // One that is neither has lost its place.
        if open.forget(*number).is_some() || is_proven.load(Ordering::Relaxed) {
            open.free(*network);
        }
    }
}

/// The history of a connection's calls: whether one had a valid token, and how many were refused lately.
#[derive(Debug)]
pub(crate) struct Standing {
    connections: OpenConnections,
    network: IpAddr,
    number: u64,
    is_proven: AtomicBool,
    /// Calls that were refused.
    pub(crate) refused_calls: CallCount,
}

/// How many of a connection's calls were refused lately.
#[derive(Debug, Default)]
pub(crate) struct CallCount(Mutex<FallingCount>);

impl CallCount {
    /// Counts a call; `per_second` of them are normal.
    pub(crate) fn add(&self, per_second: u32) {
        self.count().add(per_second);
    }

    /// Returns whether there were many more than normal.
    pub(crate) fn is_full(&self, per_second: u32) -> bool {
        self.count().is_full(per_second)
    }

    fn count(&self) -> std::sync::MutexGuard<'_, FallingCount> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Standing {
    /// Records that a call with a valid token came over the connection.
    pub(crate) fn prove(&self) {
        if self.is_proven.load(Ordering::Relaxed) {
            return;
        }
        let mut open = self.connections.open();
        if open.forget(self.number).is_some() {
            self.is_proven.store(true, Ordering::Relaxed);
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
    use std::time::Duration;

    use tokio::time::timeout;

    use super::{ConnectionLimits, OpenConnections, Place, RESERVED_FOR_THIS_MACHINE, Refusal};

    /// Admits a connection that shows a valid token.
    fn prove(connections: &OpenConnections, address: &str) -> Result<Place, Refusal> {
        let place = admit(connections, address)?;
        place.standing().prove();
        Ok(place)
    }

    fn admit(connections: &OpenConnections, address: &str) -> Result<Place, Refusal> {
        connections.admit(address.parse().unwrap()).map(|admitted| admitted.place)
    }

    #[test]
    fn places_are_limited_in_all_and_by_address_and_come_back() {
        let connections = OpenConnections::new(ConnectionLimits { total: 3, per_address: 2 });
        let prove = |address| prove(&connections, address);
        let first = prove("192.0.2.1").unwrap();
        let _second = prove("::ffff:192.0.2.1").unwrap();
        assert_eq!(prove("192.0.2.1").unwrap_err(), Refusal::Address(2));
        let _third = prove("192.0.2.2").unwrap();
        assert_eq!(prove("192.0.2.3").unwrap_err(), Refusal::Total(3));
        let counts = connections.counts();
        assert_eq!((counts.open, counts.refused_total, counts.refused_address), (3, 1, 1));
        drop(first);
        assert_eq!(connections.counts().open, 2);
        assert!(prove("192.0.2.1").is_ok());
    }

    #[tokio::test]
    async fn the_oldest_connection_without_a_valid_token_makes_room() {
        let connections = OpenConnections::new(ConnectionLimits { total: 4, per_address: 3 });
        let admit = |address| admit(&connections, address).unwrap();
        let proven = prove(&connections, "192.0.2.1").unwrap();
        let mut oldest = admit("192.0.2.2");
        let mut other = admit("192.0.2.1");
        let mut third = admit("192.0.2.1");
        // Of its own address, because that is full.
        let _fourth = admit("192.0.2.1");
        other.taken().await;
        // Of any address, because all is full.
        let _fifth = admit("192.0.2.3");
        oldest.taken().await;
        assert!(timeout(Duration::from_millis(10), third.taken()).await.is_err());
        assert_eq!((connections.counts().open, connections.counts().replaced), (4, 2));
        // A connection without a place frees none, and proves nothing.
        oldest.standing().prove();
        drop((oldest, other));
        assert_eq!(connections.counts().open, 4);
        drop((proven, third));
        assert_eq!(connections.counts().open, 2);
    }

    #[test]
    fn this_machine_has_places_beyond_the_total() {
        let connections = OpenConnections::new(ConnectionLimits { total: 1, per_address: 99 });
        let prove = |address| prove(&connections, address);
        let _first = prove("192.0.2.1").unwrap();
        let probes: Vec<_> = (0..RESERVED_FOR_THIS_MACHINE).map(|_| prove("127.0.0.1").unwrap()).collect();
        assert!(prove("127.0.0.1").is_err() && prove("::1").is_err() && prove("192.0.2.2").is_err());
        drop(probes);
        assert!(prove("::1").is_ok());
    }

    #[test]
    fn a_network_of_64_bits_is_one_address() {
        let connections = OpenConnections::new(ConnectionLimits { total: 9, per_address: 1 });
        let _first = prove(&connections, "2001:db8::1").unwrap();
        assert!(prove(&connections, "2001:db8::ffff:1").is_err());
        assert!(prove(&connections, "2001:db8:0:1::1").is_ok());
    }
}

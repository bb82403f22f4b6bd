//! Accepts connections.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chancery_tls::ServerTls;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::connection::{Connection, Transport};
use super::error::ListenerError;
use super::measured::MeasuredListener;
use super::open_connections::{AdmittedConnection, ConnectionLimits, OpenConnections, Place};
use super::security::Security;
use crate::observability::rare_event::RareEvent;

/// Time for the TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Wait after a failure that concerns all connections: no more files or memory.
const RESOURCE_WAIT: Duration = Duration::from_millis(200);

/// Connections that wait to be served. Accepting pauses when it is full.
const WAITING: usize = 64;

/// A bound listener.
pub(crate) struct Listener {
    socket: TcpListener,
    /// The bound address.
    pub(crate) address: SocketAddr,
    tls: Option<Arc<ServerTls>>,
    connections: OpenConnections,
}

impl Listener {
    /// Reads the certificates and binds an address.
    pub(crate) async fn bind(
        address: SocketAddr,
        security: &Security,
        limits: ConnectionLimits,
    ) -> Result<Self, ListenerError> {
        let failed = |source| ListenerError::Address { address, source };
        let tls = security.tls(address)?;
        let socket = TcpListener::bind(address).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, address, tls, connections: OpenConnections::new(limits) })
    }

    /// Returns the open connections, to count them.
    pub(crate) fn connections(&self) -> OpenConnections {
        self.connections.clone()
    }

    /// Returns what the metrics show of it, under a name.
    pub(crate) fn measured(&self, name: &'static str) -> MeasuredListener {
        MeasuredListener { name, connections: self.connections.clone(), tls: self.tls.clone() }
    }

    /// Accepts connections until the stream is dropped, and follows the files of the certificate.
    pub(crate) fn accept(self) -> ReceiverStream<io::Result<Connection>> {
        let (sender, accepted) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            tokio::select! {
                () = accept_all(&self, &sender) => {}
                () = follow(self.tls.as_deref()) => {}
                () = sender.closed() => {}
            }
        });
        ReceiverStream::new(accepted)
    }
}

/// Follows the certificate's files; does not return.
async fn follow(tls: Option<&ServerTls>) {
    match tls {
        Some(tls) => tls.follow().await,
        None => std::future::pending().await,
    }
}

/// Accepts connections; does not return. Each does its handshake by itself, so that a slow one delays no other.
async fn accept_all(listener: &Listener, accepted: &mpsc::Sender<io::Result<Connection>>) {
    let Listener { tls, connections, address, .. } = listener;
    let (shortages, refusals, replacements) =
        (RareEvent::default(), RareEvent::default(), RareEvent::default());
    let handshake = Arc::new(Handshake {
        listener: *address,
        tls: tls.clone(),
        connections: connections.clone(),
        failures: RareEvent::default(),
    });
    loop {
        match listener.socket.accept().await {
            Ok((stream, peer)) => {
                // Dropping a connection closes it.
                let AdmittedConnection { place, replaced } = match connections.admit(peer.ip()) {
                    Ok(place) => place,
                    Err(reason) => {
                        refusals.log(|before| {
                            tracing::warn!(listener = %address, %peer, %reason, before, "connections are refused");
                        });
                        continue;
                    }
                };
                if let Some(replaced) = replaced {
                    replacements.log(|before| {
                        tracing::warn!(
                            listener = %address, %replaced, before,
                            "connections without a valid token are closed to make room for others"
                        );
                    });
                }
                let (handshake, accepted) = (Arc::clone(&handshake), accepted.clone());
                tokio::spawn(async move {
                    if let Some(connection) = handshake.establish(stream, peer, place).await {
                        let _ = accepted.send(Ok(connection)).await;
                    }
                });
            }
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                connections.count_out_of_resources();
                shortages.log(|before| {
                    tracing::error!(
                        listener = %address, %error, before,
                        "cannot accept connections; raise the limit of open files, or lower --max-connections"
                    );
                });
                tokio::time::sleep(RESOURCE_WAIT).await;
            }
        }
    }
}

/// The parts of a listener that the handshakes of its connections need.
struct Handshake {
    listener: SocketAddr,
    tls: Option<Arc<ServerTls>>,
    connections: OpenConnections,
    failures: RareEvent,
}

impl Handshake {
    /// Does the handshake, if the listener encrypts.
    async fn establish(&self, stream: TcpStream, peer: SocketAddr, mut place: Place) -> Option<Connection> {
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else {
            return Some(Connection::new(Transport::Plain(stream), peer, place));
        };
        let handshake = tokio::select! {
            handshake = tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)) => handshake,
            () = place.taken() => return None,
        };
        match handshake.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "took too long"))) {
            Ok(stream) => Some(Connection::new(Transport::Tls(Box::new(stream)), peer, place)),
            Err(error) => {
                self.connections.count_failed_handshake();
                tracing::debug!(%peer, %error, "TLS handshake failed");
                self.failures.log(|before| {
                    tracing::warn!(listener = %self.listener, %peer, %error, before, "TLS handshakes fail");
                });
                None
            }
        }
    }
}

/// Returns whether an error of accepting concerns only the connection that was to be accepted.
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

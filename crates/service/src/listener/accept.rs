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
use super::open_connections::{ConnectionLimits, OpenConnections, Place};
use super::security::Security;

/// Time for the TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Wait after a failure that concerns all connections: no more files or memory.
const RESOURCE_WAIT: Duration = Duration::from_millis(200);

/// Time between two log lines about such failures.
const WARNING_INTERVAL: Duration = Duration::from_secs(30);

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
    let Listener { tls, connections, .. } = listener;
    let mut warning = Warning::default();
    loop {
        match listener.socket.accept().await {
            Ok((stream, peer)) => {
                // Dropping a connection closes it.
                let Some(place) = connections.admit(peer.ip()) else { continue };
                let (tls, connections) = (tls.clone(), connections.clone());
                let accepted = accepted.clone();
                tokio::spawn(async move {
                    if let Some(connection) = establish(stream, peer, place, tls, &connections).await {
                        let _ = accepted.send(Ok(connection)).await;
                    }
                });
            }
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                connections.count_out_of_resources();
                warning.log(listener.address, &error);
                tokio::time::sleep(RESOURCE_WAIT).await;
            }
        }
    }
}

/// Does the handshake, if the listener encrypts.
async fn establish(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    tls: Option<Arc<ServerTls>>,
    connections: &OpenConnections,
) -> Option<Connection> {
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else { return Some(Connection::new(Transport::Plain(stream), peer, place)) };
    match tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await {
        Ok(Ok(stream)) => Some(Connection::new(Transport::Tls(Box::new(stream)), peer, place)),
        Ok(Err(error)) => {
            connections.count_failed_handshake();
            tracing::debug!(%peer, %error, "TLS handshake failed");
            None
        }
        Err(_) => {
            connections.count_failed_handshake();
            tracing::debug!(%peer, "TLS handshake took too long");
            None
        }
    }
}

/// Returns whether an error of accepting concerns only the connection that was to be accepted.
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Logs that connections cannot be accepted, at most once in a while.
#[derive(Default)]
struct Warning {
    last: Option<tokio::time::Instant>,
}

impl Warning {
    fn log(&mut self, listener: SocketAddr, error: &io::Error) {
        if self.last.is_none_or(|last| last.elapsed() >= WARNING_INTERVAL) {
            self.last = Some(tokio::time::Instant::now());
            tracing::error!(
                %listener, %error,
                "cannot accept connections; raise the limit of open files, or lower --max-connections"
            );
        }
    }
}

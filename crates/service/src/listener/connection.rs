//! An accepted connection.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use chancery_brief::digest::Digest;
use chancery_tls::{AcceptedTls, client_key};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;
use tonic::transport::server::Connected;

use super::open_connections::{Place, Standing};

/// Time for the first bytes of HTTP.
const PREFACE_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes after which a connection speaks HTTP: the length of HTTP/2's preface, shorter than any request of HTTP/1.1.
const PREFACE_BYTES: usize = 24;

/// The bytes of a connection, decrypted.
pub(super) enum Transport {
    Plain(TcpStream),
    Tls(Box<AcceptedTls>),
}

/// The other end of a connection.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    /// Its address.
    pub(crate) address: SocketAddr,
    /// SHA-256 of the public key of its certificate, if it presented one.
    pub(crate) certificate_key: Option<Digest>,
    /// Its connection's claim to stay open.
    pub(crate) standing: Arc<Standing>,
}

/// An accepted connection. It is closed if it stays silent, or if another takes its place.
pub(crate) struct Connection {
    transport: Transport,
    peer: Peer,
    preface: Option<Preface>,
    /// Free again when the connection is closed.
    place: Place,
}

/// The bytes that a connection must still send, and their deadline.
struct Preface {
    missing: usize,
    deadline: Pin<Box<Sleep>>,
}

impl Connection {
    pub(super) fn new(transport: Transport, address: SocketAddr, place: Place) -> Self {
        let deadline = Box::pin(tokio::time::sleep(PREFACE_TIMEOUT));
        let preface = Some(Preface { missing: PREFACE_BYTES, deadline });
        let certificate_key = match &transport {
            Transport::Plain(_) => None,
            Transport::Tls(stream) => client_key(stream).map(Digest),
        };
        let peer = Peer { address, certificate_key, standing: place.standing() };
        Self { transport, peer, preface, place }
    }

    /// Checks the deadline of the preface.
    fn check_preface(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let deadline = self.preface.as_mut().map(|preface| preface.deadline.as_mut().poll(context));
        match deadline {
            Some(Poll::Ready(())) => Err(io::Error::new(io::ErrorKind::TimedOut, "no request in time")),
            Some(Poll::Pending) | None => Ok(()),
        }
    }

    /// Checks that no other connection has taken its place.
    fn check_place(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.place.poll_taken(context) {
            Poll::Ready(()) => Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                "too many connections, and no valid token came over this one",
            )),
            Poll::Pending => Ok(()),
        }
    }

    fn count_read(&mut self, bytes: usize) {
        self.preface = self
            .preface
            .take()
            .filter(|preface| preface.missing > bytes)
            .map(|preface| Preface { missing: preface.missing - bytes, ..preface });
    }

    fn stream(&mut self) -> Pin<&mut dyn ReadWrite> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream as &mut dyn ReadWrite),
            Transport::Tls(stream) => Pin::new(stream.as_mut() as &mut dyn ReadWrite),
        }
    }
}

/// A stream of bytes in both directions.
trait ReadWrite: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> ReadWrite for S {}

impl Connected for Connection {
    type ConnectInfo = Peer;

    fn connect_info(&self) -> Peer {
        self.peer.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check_preface(context)?;
        self.check_place(context)?;
        let before = buffer.filled().len();
        let polled = self.stream().poll_read(context, buffer);
        self.count_read(buffer.filled().len() - before);
        polled
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check_place(context)?;
        self.stream().poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check_place(context)?;
        self.stream().poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        match &self.transport {
            Transport::Plain(stream) => stream.is_write_vectored(),
            Transport::Tls(stream) => stream.is_write_vectored(),
        }
    }

    // The place is checked here, too: while the peer does not read, HTTP/2 does not either.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check_place(context)?;
        self.stream().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(context)
    }
}

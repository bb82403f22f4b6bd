//! Opens the connections of gRPC channels.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::Service;

use crate::client::ClientTls;

/// A connection, encrypted or not.
pub type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Where connections may be unencrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlainText {
    /// To this machine only: nothing leaves it that others could read.
    #[default]
    ThisMachine,
    /// To every host.
    Anywhere,
}

/// A connection that would carry credentials unencrypted to another machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is another machine, and http:// would send the token and all content to it unencrypted")]
pub struct UnencryptedConnection(pub SocketAddr);

/// Opens connections: with TLS for `https`, without for `http`. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Connector {
    tcp: HttpConnector,
    tls: Option<Arc<ClientTls>>,
    plain_text: PlainText,
}

impl Connector {
    /// A connector with a timeout for the TCP connection. `tls` may be `None` if no URL is `https`.
    pub fn new(tls: Option<Arc<ClientTls>>, plain_text: PlainText, timeout: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(timeout));
        Self { tcp, tls, plain_text }
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        match &self.tls {
            Some(tls) if server.scheme() == Some(&Scheme::HTTPS) => {
                HttpsConnector::from((self.tcp.clone(), tls.configuration())).call(server)
            }
            _ => Box::pin(connect_unencrypted(self.tcp.call(server), self.plain_text)),
        }
    }
}

/// Connects without TLS. What counts is the address that the host's name led to: a name says nothing about the way that
/// the bytes take.
async fn connect_unencrypted<E: Into<BoxError>>(
    connecting: impl Future<Output = Result<TokioIo<TcpStream>, E>>,
    plain_text: PlainText,
) -> Result<Stream, BoxError> {
    let connection = connecting.await.map_err(Into::into)?;
    let peer = connection.inner().peer_addr()?;
    if plain_text == PlainText::ThisMachine && !peer.ip().to_canonical().is_loopback() {
        return Err(UnencryptedConnection(peer).into());
    }
    Ok(MaybeHttpsStream::Http(connection))
}

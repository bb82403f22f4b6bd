//! Encrypted connections of a peer, by the same code as the service's.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use chancery_tls::{AcceptedTls, ServerTls};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::Connected;

/// Connections that wait to be served.
const WAITING: usize = 64;

/// Accepts encrypted connections until the stream is dropped.
pub(crate) fn encrypted(
    listener: TcpListener,
    tls: ServerTls,
) -> ReceiverStream<io::Result<EncryptedConnection>> {
    let (sender, accepted) = mpsc::channel(WAITING);
    let tls = Arc::new(tls);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, sender) = (Arc::clone(&tls), sender.clone());
            tokio::spawn(async move {
                let connection = async {
                    stream.set_nodelay(true)?;
                    tls.accept(stream).await.map(EncryptedConnection)
                };
                let _ = sender.send(connection.await).await;
            });
        }
    });
    ReceiverStream::new(accepted)
}

/// An accepted connection.
pub(crate) struct EncryptedConnection(AcceptedTls);

impl Connected for EncryptedConnection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for EncryptedConnection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for EncryptedConnection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

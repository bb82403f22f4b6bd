//! Minimal servers: they return bytes from memory, or one row of the database.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use chancery_bench::wire::PeerCodec;
use chancery_proto::brief::v1::GetBriefRequest;
use chancery_store::{DatabaseSettings, Store};
use chancery_tls::{IdentityFiles, Protocols, ServerFiles, ServerTls};
use prost::bytes::Bytes;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Context, Poll, Service, http};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::encrypted::encrypted;

#[derive(clap::Args)]
pub(crate) struct Settings {
    /// The file with the response's bytes.
    #[arg(long)]
    file: Option<PathBuf>,
    /// The certificate and the file of its key, to encrypt.
    #[arg(long, requires = "key_file")]
    certificate: Option<PathBuf>,
    #[arg(long)]
    key_file: Option<PathBuf>,
    /// The database with the response's row.
    #[arg(long, requires = "key")]
    database_url: Option<String>,
    /// The key of the row.
    #[arg(long)]
    key: Option<i64>,
}

/// The source of the response.
#[derive(Clone)]
enum Peer {
    Memory(Bytes),
    Row(Arc<Store>, i64),
}

/// Serves until killed; prints its URL on standard output.
pub(crate) async fn serve(settings: &Settings) -> anyhow::Result<()> {
    let peer = match (&settings.file, &settings.database_url) {
        (Some(file), _) => Peer::Memory(std::fs::read(file)?.into()),
        (None, Some(url)) => {
            let store = DatabaseSettings::of_url(url).connect("chancery-bench-peer").await?;
            Peer::Row(Arc::new(store), settings.key.context("--key is required with --database-url")?)
        }
        (None, None) => anyhow::bail!("--file or --database-url is required"),
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let (Some(certificate), Some(key)) = (&settings.certificate, &settings.key_file) else {
        let incoming = TcpIncoming::bind(address)?.with_nodelay(Some(true));
        println!("http://{}", incoming.local_addr()?);
        return Ok(Server::builder().add_service(peer).serve_with_incoming(incoming).await?);
    };
    let identity = IdentityFiles { certificate: certificate.clone(), key: key.clone() };
    let tls = ServerTls::read(&ServerFiles { identity, client_authorities: None }, Protocols::Http2)?;
    let listener = TcpListener::bind(address).await?;
    println!("https://{}", listener.local_addr()?);
    Ok(Server::builder().add_service(peer).serve_with_incoming(encrypted(listener, tls)).await?)
}

impl NamedService for Peer {
    const NAME: &'static str = "chancery.brief.v1.BriefService";
}

impl Service<http::Request<Body>> for Peer {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let method = Answer(self.clone());
        Box::pin(async move {
            let mut grpc = Grpc::new(PeerCodec::<GetBriefRequest>::default());
            Ok(grpc.unary(method, request).await)
        })
    }
}

struct Answer(Peer);

impl UnaryService<GetBriefRequest> for Answer {
    type Response = Bytes;
    type Future = BoxFuture<Response<Bytes>, Status>;

    fn call(&mut self, _request: Request<GetBriefRequest>) -> Self::Future {
        let peer = self.0.clone();
        Box::pin(async move {
            match peer {
                Peer::Memory(bytes) => Ok(Response::new(bytes)),
                Peer::Row(store, key) => {
                    let row = store.bare_row(key).await;
                    row.map(|bytes| Response::new(bytes.into()))
                        .map_err(|error| Status::unavailable(error.to_string()))
                }
            }
        })
    }
}

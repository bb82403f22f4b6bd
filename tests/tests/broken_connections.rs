//! Broken connections: a client resumes its download.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chancery_client::{Client, ClientConfig};
use chancery_testkit::{Stack, files, pdf};
use chancery_tests::{RUSSIA_IRAN, print, render_of};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A proxy between client and service that cuts each of the first connections after this number of response bytes.
struct Cutter {
    address: String,
    connections: Arc<AtomicUsize>,
}

impl Cutter {
    async fn start(service: String, cuts: usize, after: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                let limit = if number < cuts { after } else { usize::MAX };
                tokio::spawn(pass(client, TcpStream::connect(service.clone()).await.unwrap(), limit));
            }
        });
        Self { address, connections }
    }
}

/// Forwards bytes both ways until the responses have reached the limit, then drops both ends.
async fn pass(client: TcpStream, service: TcpStream, limit: usize) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_service, mut to_service) = service.into_split();
    let upwards = tokio::io::copy(&mut from_client, &mut to_service);
    let downwards = async {
        let (mut passed, mut buffer) = (0, [0; 4096]);
        while passed < limit {
            match from_service.read(&mut buffer).await {
                Ok(length) if length > 0 => {
                    if to_client.write_all(&buffer[..length]).await.is_err() {
                        return;
                    }
                    passed += length;
                }
                _ => return,
            }
        }
    };
    tokio::select! {
        _ = upwards => {}
        () = downwards => {}
    }
}

#[tokio::test]
async fn a_download_that_is_interrupted_repeatedly_arrives_whole() {
    let stack = Stack::start().await;
    stack.import(files::revisions("russia-iran")).await;
    let (render, whole, _) = print(&stack.admin().await, RUSSIA_IRAN).await;
    let service = stack.url().trim_start_matches("http://").to_owned();
    let cutter = Cutter::start(service, 3, 50_000).await;
    let token = std::fs::read_to_string(stack.token_file("admin")).unwrap();
    let config = ClientConfig::new(format!("http://{}", cutter.address)).with_token(token.trim());
    let client = Client::connect(config).await.unwrap();

    let mut pdf = Vec::new();
    let printed = client.render_to(render_of(RUSSIA_IRAN), &mut pdf, |_| ()).await.unwrap();
    assert_eq!(printed.artifact, render.artifact);
    assert_eq!(pdf::sha256(&pdf), pdf::sha256(&whole));
    assert!(cutter.connections.load(Ordering::SeqCst) > 1, "no connection was cut");
}

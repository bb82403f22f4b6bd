//! A proxy that can break a connection: cut, refuse, hold, delay.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// The target of a link.
#[derive(Debug, Clone)]
pub enum Target {
    /// A port.
    Tcp(SocketAddr),
    /// A socket.
    Unix(PathBuf),
}

/// How a link treats data and connections.
#[derive(Debug, Clone, Copy, Default)]
struct Mode {
    /// Incremented to cut all connections.
    cuts: u64,
    refuses: bool,
    holds: bool,
    delay: Duration,
}

/// A proxy in front of one target. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// An address to connect to instead of the target.
    pub address: SocketAddr,
    mode: Arc<watch::Sender<Mode>>,
    target: Arc<Mutex<Target>>,
}

impl Proxy {
    /// Starts a link to a target on a free port.
    pub async fn start(target: Target) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (mode, _) = watch::channel(Mode::default());
        let proxy = Self { address, mode: Arc::new(mode), target: Arc::new(Mutex::new(target)) };
        let accepting = proxy.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                // Dropping the connection refuses it.
                if !accepting.mode.borrow().refuses {
                    tokio::spawn(accepting.clone().carry(near));
                }
            }
        });
        Ok(proxy)
    }

    /// Cuts all connections.
    pub fn cut(&self) {
        self.mode.send_modify(|mode| mode.cuts += 1);
    }

    /// Cuts all connections and refuses new ones, or accepts them again.
    pub fn refuse(&self, refuses: bool) {
        self.mode.send_modify(|mode| {
            mode.refuses = refuses;
            mode.cuts += 1;
        });
    }

    /// Holds all data, or forwards what is held.
    pub fn hold(&self, holds: bool) {
        self.mode.send_modify(|mode| mode.holds = holds);
    }

    /// Delays every piece by this duration.
    pub fn delay(&self, delay: Duration) {
        self.mode.send_modify(|mode| mode.delay = delay);
    }

    async fn carry(self, near: TcpStream) {
        let target = self.target.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // Small messages must not be delayed to be coalesced.
        let _ = near.set_nodelay(true);
        match target {
            Target::Tcp(address) => {
                let Ok(far) = TcpStream::connect(address).await else { return };
                let _ = far.set_nodelay(true);
                self.pass(near, far.into_split()).await;
            }
            Target::Unix(path) => {
                let Ok(far) = UnixStream::connect(path).await else { return };
                self.pass(near, far.into_split()).await;
            }
        }
    }

    /// Forwards both ways until one side ends or the link is cut; then drops both sides.
    async fn pass<R: AsyncRead + Unpin, W: AsyncWrite + Unpin>(&self, near: TcpStream, far: (R, W)) {
        let mut mode = self.mode.subscribe();
        let cuts = mode.borrow().cuts;
        let (from_near, to_near) = near.into_split();
        tokio::select! {
            () = one_way(from_near, far.1, self.mode.subscribe()) => {}
            () = one_way(far.0, to_near, self.mode.subscribe()) => {}
            _ = mode.wait_for(|mode| mode.cuts != cuts) => {}
        }
    }
}

async fn one_way(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut mode: watch::Receiver<Mode>,
) {
    let mut piece = vec![0; 16 * 1024];
    loop {
        let Ok(length @ 1..) = from.read(&mut piece).await else { return };
        let delay = mode.borrow().delay;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if mode.wait_for(|mode| !mode.holds).await.is_err() || to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}

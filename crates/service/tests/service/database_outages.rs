//! Health and calls while Postgres is stopped, hangs, or is cut off.

use std::fs::{self, Permissions};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use chancery_postgres::{DataDir, Halt, Options, PrivatePostgres, TestServer};
use chancery_proto::brief::v1::GetBriefRequest;
use chancery_proto::errors::v1::Reason;
use chancery_testkit::status_refusals::refused;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tonic::{Code, Streaming};
use tonic_health::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_types::StatusExt as _;

use crate::scene::{Scene, channel, content};

/// Maximum delay of health behind the database.
const SOON: Duration = Duration::from_secs(2);

/// A service on a separate Postgres server.
struct Outage {
    scene: Scene,
    _folder: TempDir,
}

impl Outage {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let data = DataDir::Exactly(folder.path().join("postgres"));
        let options = Options { lingers: false, ..Options::disposable(data) };
        let server = TestServer::on(PrivatePostgres::start(options).unwrap());
        Self { scene: Scene::on(server).await, _folder: folder }
    }

    fn postgres(&self) -> &PrivatePostgres {
        self.scene.server.private().unwrap()
    }

    /// Sends SIGSTOP or SIGCONT to every process of the server.
    fn signal(&self, signal: &str) {
        let pid_file = self.postgres().folder().join("data/postmaster.pid");
        let postmaster = fs::read_to_string(pid_file).unwrap().lines().next().unwrap().to_owned();
        let children = Command::new("pgrep").args(["-P", &postmaster]).output().unwrap().stdout;
        let children = String::from_utf8(children).unwrap();
        for pid in children.lines().chain([postmaster.as_str()]) {
            // A child process may have ended since.
            let _ = Command::new("kill").args([signal, pid]).status();
        }
    }
}

/// A health watch of a service.
struct HealthWatch(Streaming<HealthCheckResponse>);

impl HealthWatch {
    async fn of(address: SocketAddr, service: &str) -> Self {
        let request = HealthCheckRequest { service: service.into() };
        Self(HealthClient::new(channel(address)).watch(request).await.unwrap().into_inner())
    }

    /// Waits for the next state.
    async fn next(&mut self) -> ServingStatus {
        let next = tokio::time::timeout(Duration::from_secs(10), self.0.message()).await;
        match next.expect("the health changes before the timeout").unwrap().unwrap().status {
            1 => ServingStatus::Serving,
            2 => ServingStatus::NotServing,
            _ => ServingStatus::Unknown,
        }
    }

    async fn becomes(&mut self, state: ServingStatus, since: Instant) {
        assert_eq!(self.next().await, state);
        let took = since.elapsed();
        assert!(took <= SOON, "{state:?} after {took:?}");
    }
}

async fn check(address: SocketAddr, service: &str) -> i32 {
    let request = HealthCheckRequest { service: service.into() };
    HealthClient::new(channel(address)).check(request).await.unwrap().into_inner().status
}

/// The health of both listeners goes down and comes back; calls fail at once meanwhile, and work afterwards.
async fn follows(
    running: (SocketAddr, SocketAddr),
    token: &str,
    lose: impl FnOnce(),
    restore: impl FnOnce(),
) {
    let (listen, worker_listen) = running;
    let mut public = HealthWatch::of(listen, "").await;
    let mut briefs = HealthWatch::of(listen, "chancery.brief.v1.BriefService").await;
    let mut workers = HealthWatch::of(worker_listen, "chancery.worker.v1.RenderWorkerService").await;
    for watch in [&mut public, &mut briefs, &mut workers] {
        assert_eq!(watch.next().await, ServingStatus::Serving);
    }
    let get = || {
        let mut briefs = Scene::briefs_at(listen, token);
        let request = GetBriefRequest { name: "workspaces/default/briefs/b1".into(), ..Default::default() };
        async move { briefs.get_brief(request).await.map(|_| ()) }
    };
    get().await.unwrap();

    let since = Instant::now();
    lose();
    // A call made before the loss is detected fails at its detection instead of hanging.
    let early = tokio::spawn({
        let get = get();
        async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            get.await
        }
    });
    for watch in [&mut public, &mut briefs, &mut workers] {
        watch.becomes(ServingStatus::NotServing, since).await;
    }
    // The cache may serve calls for one more second.
    let _ = early.await.unwrap();
    assert!(since.elapsed() < Duration::from_secs(3), "{:?}", since.elapsed());
    tokio::time::sleep(Duration::from_secs(1).saturating_sub(since.elapsed())).await;
    let begun = Instant::now();
    let status = refused(get().await, Code::Unavailable, Reason::Unavailable);
    assert!(begun.elapsed() < Duration::from_millis(500), "a call took {:?} to fail", begun.elapsed());
    assert!(status.get_details_retry_info().is_some(), "{status:?}");
    for address in [listen, worker_listen] {
        assert_eq!(check(address, "").await, 2);
        assert_eq!(check(address, "liveness").await, 1);
    }

    let since = Instant::now();
    restore();
    // The server may start slowly; health has two seconds from its first response.
    let since = since.max(Instant::now());
    for watch in [&mut public, &mut briefs, &mut workers] {
        watch.becomes(ServingStatus::Serving, since).await;
    }
    get().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_calls_follow_a_server_that_stops_and_starts() {
    let outage = Outage::new().await;
    outage.scene.published("b1", content("Title")).await;
    let running = (outage.scene.running.listen, outage.scene.running.worker_listen);
    let lose = || outage.postgres().halt(Halt::Fast).unwrap();
    follows(running, &outage.scene.admin, lose, || outage.postgres().resume().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_calls_follow_a_server_that_hangs() {
    let outage = Outage::new().await;
    outage.scene.published("b1", content("Title")).await;
    let running = (outage.scene.running.listen, outage.scene.running.worker_listen);
    follows(running, &outage.scene.admin, || outage.signal("-STOP"), || outage.signal("-CONT")).await;
}

/// A proxy between a service and Postgres that forwards nothing while it is cut.
struct Cable {
    address: SocketAddr,
    is_cut: watch::Sender<bool>,
}

impl Cable {
    async fn to(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let is_cut = watch::Sender::new(false);
        let cut = is_cut.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, socket.clone(), cut.subscribe()));
            }
        });
        Self { address, is_cut }
    }
}

/// A connection that was cut stays silent forever, as after a lost route.
async fn pass(mut client: TcpStream, socket: PathBuf, mut is_cut: watch::Receiver<bool>) {
    if !*is_cut.borrow()
        && let Ok(mut server) = UnixStream::connect(socket).await
    {
        tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut client, &mut server) => return,
            _ = is_cut.wait_for(|is_cut| *is_cut) => {}
        }
    }
    std::future::pending::<()>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_calls_follow_a_network_that_is_cut() {
    let outage = Outage::new().await;
    outage.scene.published("b1", content("Title")).await;
    let cable = Cable::to(outage.postgres().socket()).await;
    let database = outage.scene.rows("select current_database()").remove(0);
    let url = format!("postgres://chancery@{}/{database}?sslmode=disable", cable.address);
    let running = crate::scene::start_at(&url).await;
    let addresses = (running.listen, running.worker_listen);
    let cut = |is_cut| {
        cable.is_cut.send_replace(is_cut);
    };
    follows(addresses, &outage.scene.admin, || cut(true), || cut(false)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_broken_connection_does_not_report_postgres_as_lost() {
    let scene = Scene::new().await;
    let mut health = HealthWatch::of(scene.running.listen, "").await;
    assert_eq!(health.next().await, ServingStatus::Serving);
    for _ in 0..3 {
        scene.rows(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid()",
        );
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    assert!(tokio::time::timeout(Duration::from_millis(100), health.next()).await.is_err());
    assert_eq!(check(scene.running.listen, "").await, 1);
}

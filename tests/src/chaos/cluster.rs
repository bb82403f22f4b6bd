//! The processes of a run: one Postgres, several services and workers, and a link in the middle of each
//! connection.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use chancery_cli::processes::{Process, Service, ServiceSettings, WorkerSettings, start_worker};
use chancery_postgres::{DataDir, Options, PrivatePostgres, Psql};
use chancery_testkit::command::Command;
use chancery_testkit::programs::own_binary;
use rustix::process::Signal;
use tokio::sync::Mutex;
use tokio::task::block_in_place;
use tokio::time::{Instant, sleep};

use super::plan::{CALLERS, LEASE, SERVICES, WORKERS};
use super::proxy::{Proxy, Target};

const DATABASE: &str = "chancery";

/// How long a service may take to start while Postgres restarts.
const RETURNS_WITHIN: Duration = Duration::from_mins(1);

/// Simulates the disk of uploads: full while the row says so.
const DISK: &str = "
    create table chaos_disk (is_full boolean not null);
    insert into chaos_disk values (false);
    create function chaos_write() returns trigger language plpgsql as $$
    begin
        if (select is_full from chaos_disk) then
            raise exception 'could not extend file: No space left on device' using errcode = '53100';
        end if;
        return new;
    end $$;
    create trigger chaos_write before insert on artifact_chunks for each row execute function chaos_write();";

/// The settings of the processes.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The folder for all files of the run.
    pub folder: PathBuf,
    /// The `chancery-service` binary.
    pub service: PathBuf,
    /// How often workers renew their leases, in milliseconds.
    pub renew: u64,
}

impl Setup {
    /// The default settings, in a folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), service: own_binary("chancery-service"), renew: LEASE / 3 }
    }
}

/// The links, one kind for each kind of connection.
#[derive(Debug)]
pub struct Links {
    /// From each service to Postgres.
    pub postgres: Vec<Proxy>,
    /// From each caller to their service.
    pub callers: Vec<Proxy>,
    /// From each worker to its service.
    pub workers: Vec<Proxy>,
}

impl Links {
    /// All of them.
    pub fn all(&self) -> Vec<&Proxy> {
        self.postgres.iter().chain(&self.callers).chain(&self.workers).collect()
    }
}

/// A worker and its replacements.
#[derive(Debug)]
pub struct Worker {
    /// The running process.
    pub process: Process,
    number: usize,
    starts: usize,
}

/// All processes of a run.
#[derive(Debug)]
pub struct Cluster {
    // Fields are dropped in order: users of a resource precede it.
    /// The workers.
    pub workers: Vec<Mutex<Worker>>,
    /// The services.
    pub services: Vec<Mutex<Service>>,
    /// The links.
    pub links: Links,
    /// The database, reached directly.
    pub psql: Psql,
    setup: Setup,
    /// Locked by any fault that stops it and by queries.
    pub postgres: Mutex<PrivatePostgres>,
}

impl Cluster {
    /// Starts all processes.
    pub async fn start(setup: Setup) -> Result<Self> {
        let folder = &setup.folder;
        std::fs::create_dir_all(folder)?;
        let data = DataDir::Preferred(folder.join("postgres"));
        let postgres = block_in_place(|| PrivatePostgres::start(Options::durable(data).fresh(true)))?;
        postgres.create_database(DATABASE)?;
        let psql = postgres.psql().on_database(DATABASE);
        let migrate = Command::new(["migrate".into(), "--init".into(), tokens(folder)]);
        let migrated = migrate.env("DATABASE_URL", postgres.url_of(DATABASE)).run().await;
        ensure!(migrated.code == 0, "migrating: {}", migrated.stderr);
        psql.rows(DISK)?;

        let mut links = Links { postgres: Vec::new(), callers: Vec::new(), workers: Vec::new() };
        let mut services = Vec::new();
        for number in 0..SERVICES {
            let link = Proxy::start(Target::Unix(postgres.socket())).await?;
            let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let settings = service_settings(&setup, number, &link, (anywhere, anywhere));
            services.push(Service::start(&settings).await?);
            links.postgres.push(link);
        }
        for number in 0..CALLERS {
            links.callers.push(Proxy::start(Target::Tcp(services[number % SERVICES].listen)).await?);
        }
        let mut workers = Vec::new();
        for number in 0..WORKERS {
            let link = Proxy::start(Target::Tcp(services[number % SERVICES].worker_listen)).await?;
            let process = start_worker(&worker_settings(&setup, number, 0, &link))?;
            workers.push(Mutex::new(Worker { process, number, starts: 1 }));
            links.workers.push(link);
        }
        let services = services.into_iter().map(Mutex::new).collect();
        let postgres = Mutex::new(postgres);
        Ok(Self { workers, services, links, psql, setup, postgres })
    }

    /// The URL of a service without a link in between.
    pub async fn url(&self) -> String {
        self.services[0].lock().await.url()
    }

    /// The secret of an initial token: `admin`, `operator`, `worker`.
    pub fn token(&self, role: &str) -> Result<String> {
        let file = tokens(&self.setup.folder).join(format!("{role}.token"));
        Ok(std::fs::read_to_string(&file).with_context(|| file.display().to_string())?.trim().to_owned())
    }

    /// Starts a worker to replace one that has ended.
    pub fn start_worker_again(&self, worker: &mut Worker) -> Result<()> {
        let link = &self.links.workers[worker.number];
        let settings = worker_settings(&self.setup, worker.number, worker.starts, link);
        worker.process = start_worker(&settings)?;
        worker.starts += 1;
        Ok(())
    }

    /// Starts a service to replace one that has ended, on the same addresses. Postgres may be down too.
    pub async fn start_service_again(&self, number: usize, service: &mut Service) -> Result<()> {
        let link = &self.links.postgres[number];
        let settings = service_settings(&self.setup, number, link, (service.listen, service.worker_listen));
        let deadline = Instant::now() + RETURNS_WITHIN;
        loop {
            match Service::start(&settings).await {
                Ok(started) => {
                    *service = started;
                    return Ok(());
                }
                Err(error) if Instant::now() >= deadline => return Err(error.into()),
                Err(_) => sleep(Duration::from_millis(200)).await,
            }
        }
    }

    /// Ends all processes but Postgres, in order; returns the names of those that had exited unexpectedly.
    pub async fn stop_processes(&self) -> Result<Vec<String>> {
        let mut died = Vec::new();
        for worker in &self.workers {
            stop(&mut worker.lock().await.process, &mut died).await?;
        }
        for service in &self.services {
            stop(&mut service.lock().await.process, &mut died).await?;
        }
        Ok(died)
    }
}

/// Returns whether a process exited normally on SIGTERM. One that received it before installing its handler is killed
/// by the signal and logs nothing.
pub(super) fn ended_in_order(process: &Process, status: ExitStatus) -> bool {
    let was_not_begun = status.signal() == Some(Signal::TERM.as_raw()) && process.log_tail().is_empty();
    status.success() || was_not_begun
}

async fn stop(process: &mut Process, died: &mut Vec<String>) -> Result<()> {
    if let Some(status) = process.try_wait()? {
        died.push(format!("{} ({status}):\n{}", process.name, process.log_tail()));
    }
    let status = process.stop().await?;
    if !ended_in_order(process, status) {
        died.push(format!("{} ended on SIGTERM with {status}:\n{}", process.name, process.log_tail()));
    }
    Ok(())
}

fn tokens(folder: &Path) -> PathBuf {
    folder.join("tokens")
}

fn service_settings(
    setup: &Setup,
    number: usize,
    link: &Proxy,
    (listen, worker_listen): (SocketAddr, SocketAddr),
) -> ServiceSettings {
    ServiceSettings {
        binary: setup.service.clone(),
        database_url: format!("postgres://chancery@{}/{DATABASE}?sslmode=disable", link.address),
        database_password_file: None,
        listen,
        worker_listen,
        folder: setup.folder.join(format!("service-{number}")),
        environment: environment(&[
            ("CHANCERY_TEST_LEASE_MILLIS", LEASE),
            ("CHANCERY_TEST_DEADLINE_MILLIS", 20_000),
            ("CHANCERY_DRAIN_TIMEOUT", 3),
        ]),
    }
}

fn worker_settings(setup: &Setup, number: usize, starts: usize, link: &Proxy) -> WorkerSettings {
    let mut environment = environment(&[
        ("CHANCERY_TEST_RENEW_MILLIS", setup.renew),
        ("CHANCERY_WORKER_DRAIN_SECONDS", 2),
        ("CHANCERY_WORKER_SLOTS", 2),
    ]);
    environment.push(("CHANCERY_WORKER_NAME".to_owned(), format!("worker-{number}")));
    WorkerSettings {
        binary: own_binary("chancery-worker"),
        server: format!("http://{}", link.address),
        token_file: tokens(&setup.folder).join("worker.token"),
        folder: setup.folder.join(format!("worker-{number}-{starts}")),
        number: number + 1,
        environment,
    }
}

fn environment(settings: &[(&str, u64)]) -> Vec<(String, String)> {
    settings.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect()
}

//! A closed loop of calls, in a separate process, alternating between the service and a peer.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chancery_bench::content;
use chancery_bench::installation::{Certificates, Installation, Postgres};
use chancery_bench::process::{Running, cpu_microseconds, start};
use chancery_bench::statistics::median;
use chancery_proto::brief::v1::GetBriefRequest;
use chancery_tls::{ClientFiles, ClientTls, Connector, PlainText};
use prost::Message as _;
use prost::bytes::Bytes;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Endpoint;

use crate::Amounts;
use chancery_bench::wire::get_brief;

/// How long calls are made before measuring.
const WARM_UP: Duration = Duration::from_millis(500);

/// Time limit of a TCP connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The size of the brief's content, in bytes.
const CONTENT: usize = 20_000;

/// The number of reads that the store runs at once, each in a query of its own (docs/adr/0007). With no more calls in
/// flight, no read waits for a batch.
const MAX_UNBATCHED_CALLS: usize = 4;

#[derive(clap::Args)]
pub(crate) struct Settings {
    #[arg(long)]
    server: String,
    #[arg(long)]
    name: String,
    #[arg(long)]
    token: String,
    #[arg(long)]
    connections: usize,
    #[arg(long)]
    calls: usize,
    #[arg(long)]
    seconds: u64,
    /// The authority to trust, if the server encrypts.
    #[arg(long)]
    authority: Option<PathBuf>,
}

/// Makes calls for some time; prints the number of responses and the seconds.
pub(crate) async fn run(settings: &Settings) -> anyhow::Result<()> {
    let request = GetBriefRequest { name: settings.name.clone(), ..GetBriefRequest::default() };
    let request = Bytes::from(request.encode_to_vec());
    let token: MetadataValue<Ascii> = format!("Bearer {}", settings.token).parse()?;
    let authorities = settings.authority.clone();
    let tls = authorities.map(|file| ClientFiles { authorities: Some(file), identity: None });
    let tls = tls.map(|files| ClientTls::read(&files)).transpose()?.map(Arc::new);
    let (answers, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..settings.connections {
        let connector = Connector::new(tls.clone(), PlainText::ThisMachine, CONNECT_TIMEOUT);
        let endpoint = Endpoint::from_shared(settings.server.clone())?;
        let channel = endpoint.connect_with_connector(connector).await?;
        for _ in 0..settings.calls {
            let (channel, request, token) = (channel.clone(), request.clone(), token.clone());
            let (answers, stop) = (Arc::clone(&answers), Arc::clone(&stop));
            callers.spawn(async move {
                let mut grpc = tonic::client::Grpc::new(channel);
                while !stop.load(Ordering::Relaxed) {
                    get_brief(&mut grpc, &request, &token).await?;
                    answers.fetch_add(1, Ordering::Relaxed);
                }
                anyhow::Ok(())
            });
        }
    }
    tokio::time::sleep(WARM_UP).await;
    let (before, began) = (answers.load(Ordering::Relaxed), Instant::now());
    println!("began");
    tokio::time::sleep(Duration::from_secs(settings.seconds)).await;
    let (after, took) = (answers.load(Ordering::Relaxed), began.elapsed());
    println!("{} {}", after - before, took.as_secs_f64());
    stop.store(true, Ordering::Relaxed);
    while let Some(ended) = callers.join_next().await {
        ended??;
    }
    Ok(())
}

/// The names of a comparison's figures.
#[derive(Clone, Copy)]
struct Figures {
    comparison: &'static str,
    suffix: &'static str,
}

impl Figures {
    const fn plain(comparison: &'static str) -> Self {
        Self { comparison, suffix: "" }
    }

    const fn encrypted(comparison: &'static str) -> Self {
        Self { comparison, suffix: "_tls" }
    }

    fn name(self, figure: &str) -> String {
        format!("serve.{}_{figure}{}", self.comparison, self.suffix)
    }
}

/// The two servers that are compared.
struct Side {
    url: String,
    process: u32,
    rates: Vec<f64>,
    cpu: Vec<f64>,
}

/// Compares `GetBrief` from the cache with a server that holds the response's bytes.
pub(crate) async fn warm(postgres: &Postgres, amounts: &Amounts) -> anyhow::Result<()> {
    let installation = Installation::start(postgres, "warm", &[]).await?;
    compare_with_bytes(postgres, &installation, amounts, Figures::plain("warm"), None).await
}

/// The same with TLS 1.3 on both sides.
pub(crate) async fn warm_tls(postgres: &Postgres, amounts: &Amounts) -> anyhow::Result<()> {
    let certificates = Certificates::issue(&postgres.folder.join("certificates")).await?;
    let installation = Installation::start_encrypted(postgres, "warm_tls", &certificates).await?;
    compare_with_bytes(postgres, &installation, amounts, Figures::encrypted("warm"), Some(&certificates))
        .await
}

async fn compare_with_bytes(
    postgres: &Postgres,
    installation: &Installation,
    amounts: &Amounts,
    figures: Figures,
    certificates: Option<&Certificates>,
) -> anyhow::Result<()> {
    let name = installation.import(content::of_size("bench-brief", CONTENT)).await?;
    let client = installation.client().await?;
    let answer =
        client.get_brief(GetBriefRequest { name: name.clone(), ..GetBriefRequest::default() }).await?;
    let file = postgres.folder.join("answer.bin");
    std::fs::write(&file, answer.encode_to_vec())?;
    let mut flags = vec!["peer".into(), "--file".into(), file.display().to_string()];
    if let Some(Certificates { certificate, key, .. }) = certificates {
        flags.extend(["--certificate".into(), certificate.display().to_string()]);
        flags.extend(["--key-file".into(), key.display().to_string()]);
    }
    let peer = start(&flags).await?;
    compare(installation, &peer, &name, amounts, figures).await
}

/// Compares `GetBrief` from the database with a server that reads one row.
pub(crate) async fn cold(postgres: &Postgres, amounts: &Amounts) -> anyhow::Result<()> {
    let installation = uncached(postgres, "cold").await?;
    compare_with_row(&installation, amounts, Figures::plain("cold")).await
}

/// Like [`cold`], with so few calls in flight that the service batches none of them. The peer gets the same load.
pub(crate) async fn cold_unbatched(postgres: &Postgres, amounts: &Amounts) -> anyhow::Result<()> {
    let installation = uncached(postgres, "cold_unbatched").await?;
    let amounts = Amounts { connections: MAX_UNBATCHED_CALLS, calls: 1, ..amounts.clone() };
    compare_with_row(&installation, &amounts, Figures::plain("cold_unbatched")).await?;
    let batches = installation.psql.rows(
        "select query from pg_stat_activity
        where datname = current_database() and query like '-- briefs::batched_reads::read_batch%'",
    )?;
    anyhow::ensure!(
        batches.is_empty(),
        "the service batched reads, so serve.cold_unbatched_ratio is not valid"
    );
    Ok(())
}

/// Starts a service that reads every brief from the database.
async fn uncached(postgres: &Postgres, database: &str) -> anyhow::Result<Installation> {
    Installation::start(postgres, database, &[("CHANCERY_BENCH_NO_BRIEF_CACHE", "true")]).await
}

async fn compare_with_row(
    installation: &Installation,
    amounts: &Amounts,
    figures: Figures,
) -> anyhow::Result<()> {
    let name = installation.import(content::of_size("bench-brief", CONTENT)).await?;
    let key = installation.psql.rows("select brief_key from briefs")?.concat();
    let flags = ["peer", "--database-url", &installation.database_url, "--key", &key];
    let peer = start(&flags.map(str::to_owned)).await?;
    compare(installation, &peer, &name, amounts, figures).await
}

/// Compares the two in alternating turns, so that other load on the machine affects both. The ratio is that of adjacent
/// turns: the machine's speed changes more from minute to minute than the two servers differ.
async fn compare(
    installation: &Installation,
    peer: &Running,
    name: &str,
    amounts: &Amounts,
    figures: Figures,
) -> anyhow::Result<()> {
    let process = installation.service.process.id().context("the service has exited")?;
    let peer_process = peer.process.id().context("the peer has exited")?;
    let side = |url, process| Side { url, process, rates: Vec::new(), cpu: Vec::new() };
    let mut service = side(installation.url(), process);
    let mut bare = side(peer.first_line.clone(), peer_process);
    for round in 0..amounts.rounds {
        let mut sides = [&mut service, &mut bare];
        sides.rotate_left(round % 2);
        for side in sides {
            turn(side, installation, name, amounts).await?;
        }
    }
    let mut ratios: Vec<f64> =
        service.rates.iter().zip(&bare.rates).map(|(service, bare)| service / bare).collect();
    let (rate, bare_rate) = (median(&mut service.rates), median(&mut bare.rates));
    println!("{} {:.3}", figures.name("ratio"), median(&mut ratios));
    println!("{} {rate:.0}", figures.name("requests_s"));
    println!("{} {bare_rate:.0}", figures.name("peer_requests_s"));
    println!("{} {:.1}", figures.name("cpu_us"), median(&mut service.cpu));
    println!("{} {:.1}", figures.name("peer_cpu_us"), median(&mut bare.cpu));
    let quarters = [ratios.len() / 4, ratios.len() * 3 / 4].map(|place| ratios[place.min(ratios.len() - 1)]);
    let ratio = figures.name("ratio");
    println!("# {ratio}: half of the rounds are in {:.3} to {:.3}", quarters[0], quarters[1]);
    Ok(())
}

async fn turn(
    side: &mut Side,
    installation: &Installation,
    name: &str,
    amounts: &Amounts,
) -> anyhow::Result<()> {
    let flags = [
        ("--server", side.url.clone()),
        ("--name", name.to_owned()),
        ("--token", installation.token.clone()),
        ("--connections", amounts.connections.to_string()),
        ("--calls", amounts.calls.to_string()),
        ("--seconds", amounts.seconds.to_string()),
    ];
    let authority = installation.authority().map(|file| ("--authority", file.display().to_string()));
    let flags = flags.into_iter().chain(authority).flat_map(|(flag, value)| [flag.to_owned(), value]);
    let arguments: Vec<String> = std::iter::once("load".to_owned()).chain(flags).collect();
    let mut load = start(&arguments).await?;
    let before = cpu_microseconds(side.process)?;
    let counted = load.next_line().await?;
    let cpu = cpu_microseconds(side.process)? - before;
    let (answers, seconds) = counted.split_once(' ').context("malformed output of the load process")?;
    let (answers, seconds): (f64, f64) = (answers.parse()?, seconds.parse()?);
    anyhow::ensure!(load.process.wait().await?.success(), "calls failed");
    side.rates.push(answers / seconds);
    side.cpu.push(cpu / answers);
    Ok(())
}

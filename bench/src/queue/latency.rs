//! Measures the time to the first byte of a PDF on an idle installation, and of a PDF that was printed before.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chancery_cli::processes::{WorkerSettings, start_worker};
use chancery_client::Client;
use chancery_proto::render::v1::render_brief_response::Event;
use chancery_proto::render::v1::{CreateRenderRequest, RenderBriefRequest};
use chancery_proto::worker::v1::AcquireLeasesRequest;
use chancery_testkit::programs::own_binary;
use chancery_worker::{ChanceryPrinter, Config, Printer as _, Queue as _};
use clap::Parser as _;

use super::installation::Installation;
use super::{median, milliseconds};

/// Renders of each kind, after some for warming up.
const RENDERS: usize = 40;
const WARM: usize = 5;

/// Prints `queue.first_byte_ms` and `queue.cached_ms`.
pub(crate) async fn measure(installation: &Installation) -> anyhow::Result<()> {
    let client = installation.client().await?;
    let mut alone = print_alone(installation, &client).await?;
    let _worker = start_worker(&WorkerSettings {
        binary: own_binary("chancery-worker"),
        server: installation.service().worker_url(),
        token_file: installation.worker_token_file(),
        folder: installation.folder(),
        number: 1,
        environment: Vec::new(),
    })?;
    let (mut first, mut cached) = (Vec::new(), Vec::new());
    for number in 0..RENDERS + WARM {
        let request = installation.request();
        let to_first = one_call(&client, request.clone()).await?.0;
        let to_last = one_call(&client, request).await?.1;
        if number >= WARM {
            first.push(milliseconds(to_first));
            cached.push(milliseconds(to_last));
        }
    }
    let (first, alone) = (median(&mut first), median(&mut alone));
    println!("# request to first byte {first:.1} ms, of which the print alone takes {alone:.1} ms");
    println!("queue.first_byte_ms {:.1}", first - alone);
    println!("queue.cached_ms {:.1}", median(&mut cached));
    Ok(())
}

/// Prints as a worker would, in this process, with a worker's input.
async fn print_alone(installation: &Installation, client: &Client) -> anyhow::Result<Vec<f64>> {
    let server = installation.service().worker_url();
    let token_file = installation.worker_token_file().display().to_string();
    let flags = ["chancery-worker", "--server", &server, "--token-file", &token_file];
    let queue = Config::try_parse_from(flags)?.queue()?;
    client.create_render(installation.request()).await?;
    let printer = ChanceryPrinter::default();
    let request = AcquireLeasesRequest {
        worker: "bench".to_owned(),
        environment: Some(printer.environment()),
        max_leases: 1,
        wait: None,
    };
    let acquired = queue.acquire(request).await?;
    let lease =
        acquired.into_iter().next().and_then(|acquired| acquired.lease).context("no task was leased")?;
    let input = queue.input(&lease).await?;
    let mut took = Vec::new();
    for number in 0..RENDERS + WARM {
        let started = Instant::now();
        let done = printer.print(&input, &mut |_| ControlFlow::Continue(()));
        if number >= WARM {
            took.push(milliseconds(started.elapsed()));
        }
        done.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    }
    queue.release(vec![lease]).await?;
    Ok(took)
}

/// Returns the time to the first byte and to the last.
async fn one_call(client: &Client, request: CreateRenderRequest) -> anyhow::Result<(Duration, Duration)> {
    let CreateRenderRequest { parent, source, options, .. } = request;
    let started = Instant::now();
    let request = RenderBriefRequest { parent, source, options, ..RenderBriefRequest::default() };
    let mut answers = client.renders().render_brief(request).await?.into_inner();
    let mut first = None;
    while let Some(answer) = answers.message().await? {
        if let Some(Event::Chunk(_)) = answer.event {
            first.get_or_insert_with(|| started.elapsed());
        }
    }
    Ok((first.context("no byte arrived")?, started.elapsed()))
}

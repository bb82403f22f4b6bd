//! Renders through gRPC: callers that create and wait, the service process, and workers with a printer that does
//! nothing.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use chancery_proto::render::v1::{RenderState, WaitRenderRequest};
use chancery_proto::worker::v1::PrintEnvironment;
use chancery_worker::{
    ChanceryPrinter, Config, HealthState, PrintFailure, PrintInput, Printed, Printer, Progress, RunError,
};
use clap::Parser as _;
use prost::Message as _;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::installation::Installation;

/// The output of the printer that does nothing.
pub(crate) const PDF: &[u8] = b"%PDF-1.7 nothing is printed here ";

/// Callers per worker: enough that no worker ever waits for one.
const CALLERS: usize = 3;

/// A printer that does nothing, with the real one's environment.
struct NoPrinter;

impl Printer for NoPrinter {
    fn environment(&self) -> PrintEnvironment {
        ChanceryPrinter::default().environment()
    }

    fn print(
        &self,
        input: &PrintInput,
        _observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Printed, PrintFailure> {
        // Each input has a separate PDF, like real prints.
        let bytes = [PDF, &input.manifest.encode_to_vec()].concat().into();
        Ok(Printed { bytes, pages: 1, warnings: Vec::new() })
    }
}

/// Workers that run until dropped.
pub(crate) struct Workers {
    stops: Vec<oneshot::Sender<()>>,
    running: JoinSet<Result<(), RunError>>,
}

impl Workers {
    /// Starts this number of workers, with one slot each.
    pub(crate) fn start(installation: &Installation, workers: usize) -> anyhow::Result<Self> {
        let token_file = installation.worker_token_file().display().to_string();
        let server = installation.service().worker_url();
        let (mut stops, mut running) = (Vec::new(), JoinSet::new());
        for _ in 0..workers {
            let flags = ["chancery-worker", "--server", &server, "--token-file", &token_file, "--slots", "1"];
            let config = Config::try_parse_from(flags)?;
            let (stop, stopped) = oneshot::channel::<()>();
            let queue = config.queue()?;
            running.spawn(async move {
                let until_stopped = async {
                    let _ = stopped.await;
                };
                let health = HealthState::new(&NoPrinter.environment());
                chancery_worker::run(queue, NoPrinter, config.settings(), health, until_stopped).await
            });
            stops.push(stop);
        }
        Ok(Self { stops, running })
    }

    /// Stops all workers and waits for them.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.stops.clear();
        while let Some(done) = self.running.join_next().await {
            done??;
        }
        Ok(())
    }
}

/// Measures the time of this number of renders.
pub(crate) async fn run(
    installation: &Installation,
    workers: usize,
    renders: usize,
) -> anyhow::Result<Duration> {
    let running = Workers::start(installation, workers)?;
    let left = Arc::new(AtomicUsize::new(renders));
    let requests: Vec<_> = (0..renders).map(|_| installation.request()).collect();
    let requests = Arc::new(requests);
    let mut callers = JoinSet::new();
    let client = installation.client().await?;
    let started = Instant::now();
    for _ in 0..workers * CALLERS {
        let (client, left, requests) = (client.clone(), Arc::clone(&left), Arc::clone(&requests));
        callers.spawn(async move {
            while let Ok(number) =
                left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            {
                let render = client.create_render(requests[number - 1].clone()).await?;
                let request = WaitRenderRequest { name: render.name, timeout: None };
                let ended = client.wait_render(request).await?;
                ensure!(ended.state() == RenderState::Succeeded, "a render ended as {:?}", ended.state());
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = callers.join_next().await {
        done??;
    }
    let took = started.elapsed();
    running.stop().await?;
    Ok(took)
}

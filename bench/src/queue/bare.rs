//! The statements of a render, in their transactions and in sequence, without a service: on as many connections at
//! once as there are workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chancery_brief::digest::body_digest;
use chancery_proto::names::BriefOrRevisionName;
use chancery_store::{LeaseHolder, Principal, PrintEnvironment, StagedArtifact, Store};
use tokio::task::JoinSet;

use super::end_to_end::PDF;
use super::installation::Installation;

/// Measures how long so many renders take.
pub(crate) async fn run(
    installation: &Installation,
    loops: usize,
    renders: usize,
) -> anyhow::Result<Duration> {
    let store = installation.store.clone();
    let environment = store.renders().active_print_environment().await?.context("an environment")?;
    let left = Arc::new(AtomicUsize::new(renders));
    let requests: Vec<_> = (0..renders).map(|_| installation.request()).collect();
    let requests = Arc::new(requests);
    let started = Instant::now();
    let mut in_flight = JoinSet::new();
    for _ in 0..loops {
        let (store, left, requests) = (store.clone(), Arc::clone(&left), Arc::clone(&requests));
        let (principal, worker) = (installation.principal.clone(), installation.worker.clone());
        in_flight.spawn(async move {
            while let Ok(number) =
                left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            {
                let request = &requests[number - 1];
                let source = request.source.parse().context("a name")?;
                let options = request.options.clone().unwrap_or_default();
                one(&store, environment, &principal, &worker, &source, &options).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = in_flight.join_next().await {
        done??;
    }
    Ok(started.elapsed())
}

/// Runs one render from its request to its end; the task may be another loop's.
async fn one(
    store: &Store,
    environment: PrintEnvironment,
    principal: &Principal,
    worker: &LeaseHolder,
    source: &BriefOrRevisionName,
    options: &chancery_proto::render::v1::RenderOptions,
) -> anyhow::Result<()> {
    let requested = store.renders().create(principal, source, options).await?;
    store.renders().get(principal, &requested.render.name).await?;
    let lease = loop {
        let acquired = store.queue().acquire_leases(environment, worker, 1).await?;
        if let Some(acquired) = acquired.leases.into_iter().next() {
            break acquired.lease;
        }
    };
    store.queue().render_input(&lease).await?;
    // Each lease has a PDF of its own, as real prints have.
    let pdf = [PDF, lease.task.as_bytes()].concat();
    let digest = body_digest(&pdf);
    store.queue().earlier_outcome(&lease, digest).await?;
    let blob = store.artifacts().stage(&lease, environment).await?;
    let size_bytes = pdf.len() as u64;
    let mut upload = store.artifacts().begin_upload(&blob).await?;
    upload.write(pdf.into()).await?;
    upload.finish().await?;
    let artifact =
        StagedArtifact { blob, digest, size_bytes, pages: 1, warnings: Vec::new(), is_proven: false };
    store.queue().finish_task(&lease, &artifact).await?;
    store.renders().get(principal, &requested.render.name).await?;
    Ok(())
}

//! The Prometheus metrics of the service: its calls, connections, certificates and proofs.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chancery_proto::descriptors;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::TypedMetric;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::admission::Slowed;
use crate::listener::MeasuredListener;
use crate::workers::proofs::Proofs;

/// Buckets from a cached read to the longest poll.
const CALL_SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0, 60.0];

/// The label of methods that the service does not have: callers choose paths, and metrics must not grow with them.
const UNKNOWN_METHOD: &str = "unknown";

/// The methods that calls are counted by.
static METHODS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let own = descriptors::methods().map(|(path, _)| path);
    let others = ["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"].map(str::to_owned);
    own.chain(others).collect()
});

type Labels<const N: usize> = [(&'static str, &'static str); N];

/// Counts of calls. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct CallMetrics {
    shared: Arc<CallFamilies>,
}

#[derive(Debug)]
struct CallFamilies {
    calls: Family<Labels<3>, Counter>,
    seconds: Family<Labels<1>, Histogram>,
    slowed: Counter,
}

impl CallMetrics {
    pub(crate) fn new() -> Self {
        // Now, so that the first call need not wait for it.
        LazyLock::force(&METHODS);
        Self {
            shared: Arc::new(CallFamilies {
                calls: Family::default(),
                seconds: Family::new_with_constructor(|| Histogram::new(CALL_SECONDS)),
                slowed: Counter::default(),
            }),
        }
    }

    /// Counts a call that has ended.
    pub(crate) fn record(&self, path: &str, code: &'static str, reason: &'static str, duration: Duration) {
        let CallFamilies { calls, seconds, .. } = &*self.shared;
        let method = METHODS.get(path).map_or(UNKNOWN_METHOD, |method| method.trim_start_matches('/'));
        calls.get_or_create(&[("method", method), ("code", code), ("reason", reason)]).inc();
        seconds.get_or_create(&[("method", method)]).observe(duration.as_secs_f64());
    }

    /// Returns what counts calls that have to wait.
    pub(crate) fn slowed(&self) -> Slowed {
        Slowed::new(self.shared.slowed.clone())
    }
}

/// All metrics.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
}

impl Metrics {
    pub(crate) fn new(calls: &CallMetrics, listeners: [MeasuredListener; 2], proofs: Proofs) -> Self {
        let mut registry = Registry::with_prefix("chancery_service");
        let CallFamilies { calls, seconds, slowed } = &*calls.shared;
        registry.register("calls", "Calls that ended, by method, gRPC status and reason", calls.clone());
        let help = "Duration of calls, up to the end of their response";
        registry.register_with_unit("call_duration", help, Unit::Seconds, seconds.clone());
        registry.register(
            "calls_slowed",
            "Calls that waited because many of their caller came to nothing",
            slowed.clone(),
        );
        registry.register_collector(Box::new(Collected { listeners, proofs }));
        Self { registry }
    }

    /// Encodes all metrics in the `OpenMetrics` text format.
    pub(crate) fn encode(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// Counts that other parts keep, read at each scrape.
#[derive(Debug)]
struct Collected {
    listeners: [MeasuredListener; 2],
    proofs: Proofs,
}

impl Collector for Collected {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let each = |value: fn(&MeasuredListener) -> Option<u64>| {
            let values = self.listeners.iter().map(move |listener| (listener.name, value(listener)));
            values.filter_map(|(name, value)| Some((name, value?))).collect::<Vec<_>>()
        };
        encode_family(
            &mut encoder,
            ("connections", "Open connections"),
            ConstGauge::<u64>::new,
            "listener",
            &each(|listener| u64::try_from(listener.connections.counts().open).ok()),
        )?;
        for (name, help, value) in [
            (
                "connections_replaced",
                "Connections without a valid token that were closed because too many were open",
                (|listener| Some(listener.connections.counts().replaced)) as fn(&MeasuredListener) -> _,
            ),
            (
                "connections_refused_total_limit",
                "Connections that were refused because too many were open",
                |listener| Some(listener.connections.counts().refused_total),
            ),
            (
                "connections_refused_address_limit",
                "Connections that were refused because too many of their address were open",
                |listener| Some(listener.connections.counts().refused_address),
            ),
            ("failed_handshakes", "Connections whose TLS handshake failed", |listener| {
                Some(listener.connections.counts().failed_handshakes)
            }),
            (
                "accept_failures",
                "Times that no connection could be accepted because files or memory were used up",
                |listener| Some(listener.connections.counts().out_of_resources),
            ),
            ("certificate_reloads", "Times that a certificate was replaced", |listener| {
                listener.tls.as_ref().map(|tls| tls.reloads().used)
            }),
            (
                "certificate_reload_failures",
                "Times that a replacement of a certificate could not be used",
                |listener| listener.tls.as_ref().map(|tls| tls.reloads().refused),
            ),
        ] {
            encode_family(&mut encoder, (name, help), ConstCounter::<u64>::new, "listener", &each(value))?;
        }
        let help = "Time at which the certificate in use expires, in seconds of Unix time";
        encode_family(
            &mut encoder,
            ("certificate_expiry_timestamp_seconds", help),
            ConstGauge::<u64>::new,
            "listener",
            &each(|listener| listener.tls.as_ref().and_then(|tls| u64::try_from(tls.expiry()).ok())),
        )?;
        let proofs = self.proofs.counts();
        let results = [
            ("proven", proofs.proven),
            ("reprinted", proofs.reprinted),
            ("refused", proofs.refused),
            ("not_covered", proofs.not_covered),
        ];
        let help = "Uploaded PDFs, by the result of their proof";
        encode_family(&mut encoder, ("proofs", help), ConstCounter::<u64>::new, "result", &results)
    }
}

/// Encodes one metric for each value of a label.
fn encode_family<M: EncodeMetric + TypedMetric>(
    encoder: &mut DescriptorEncoder<'_>,
    (name, help): (&str, &str),
    metric: fn(u64) -> M,
    label: &'static str,
    values: &[(&'static str, u64)],
) -> Result<(), fmt::Error> {
    let mut family = encoder.encode_descriptor(name, help, None, M::TYPE)?;
    for (value, number) in values {
        metric(*number).encode(family.encode_family(&[(label, *value)])?)?;
    }
    Ok(())
}

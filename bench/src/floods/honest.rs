//! A caller that reads one brief again and again, at its leisure.

use std::time::{Duration, Instant};

use chancery_bench::wire::get_brief;
use chancery_proto::brief::v1::GetBriefRequest;
use prost::Message as _;
use prost::bytes::Bytes;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};

/// Time between the end of a call and the next one.
const PAUSE: Duration = Duration::from_millis(2);

/// Every so many calls, a new connection is opened: new callers must be served, too.
const CALLS_OF_CONNECTION: usize = 500;

/// Timeout of a connection and of a call.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A reader of one brief.
pub(crate) struct Reader {
    pub(crate) url: String,
    pub(crate) brief: String,
    pub(crate) token: String,
}

/// The times of calls, those of failed calls and connections included.
#[derive(Default)]
pub(crate) struct Latencies {
    pub(crate) milliseconds: Vec<f64>,
    pub(crate) failed: usize,
}

impl Reader {
    /// Reads for some time.
    pub(crate) async fn read(&self, duration: Duration) -> anyhow::Result<Latencies> {
        let request = GetBriefRequest { name: self.brief.clone(), ..GetBriefRequest::default() };
        let request = Bytes::from(request.encode_to_vec());
        let token: MetadataValue<Ascii> = format!("Bearer {}", self.token).parse()?;
        let mut latencies = Latencies::default();
        let began = Instant::now();
        while began.elapsed() < duration {
            let connecting = Instant::now();
            let Ok(channel) = self.connect().await else {
                latencies.failed += 1;
                latencies.milliseconds.push(milliseconds(connecting));
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let mut grpc = tonic::client::Grpc::new(channel);
            for _ in 0..CALLS_OF_CONNECTION {
                let calling = Instant::now();
                let is_read = get_brief(&mut grpc, &request, &token).await.is_ok();
                latencies.milliseconds.push(milliseconds(calling));
                if !is_read {
                    latencies.failed += 1;
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(latencies)
    }

    async fn connect(&self) -> anyhow::Result<Channel> {
        let endpoint = Endpoint::from_shared(self.url.clone())?;
        Ok(endpoint.connect_timeout(TIMEOUT).timeout(TIMEOUT).connect().await?)
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

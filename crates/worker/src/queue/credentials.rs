//! The worker's credentials: a token of its own, for which it exchanges the enrolment token that all workers of an
//! installation share.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chancery_proto::worker::v1::EnrollWorkerRequest;
use chancery_proto::worker::v1::render_worker_service_client::RenderWorkerServiceClient;
use tokio::sync::Mutex;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

use crate::queue::error::{QueueError, queue_error};

/// Deadline of an enrolment.
const ENROLMENT_TIMEOUT: Duration = Duration::from_secs(15);

/// Maximum size of a token file in bytes.
const MAX_TOKEN_BYTES: u64 = 64 << 10;

/// The source of the token that the worker was given.
#[derive(Clone)]
pub(crate) enum TokenSource {
    /// The token itself.
    Given(String),
    /// A file, read when the worker enrols, so that the token can be replaced while the worker runs.
    File(PathBuf),
}

/// The credentials of one worker process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Credentials {
    source: TokenSource,
    /// The name for the token.
    worker: String,
    state: Arc<Mutex<State>>,
}

enum State {
    /// No call was made yet, or the service has refused the token.
    Unknown,
    /// The worker has a token of its own.
    Enrolled(MetadataValue<Ascii>),
    /// The given token has the role worker itself: it is read for each call.
    Given,
}

impl Credentials {
    pub(crate) fn new(source: TokenSource, worker: String) -> Self {
        Self { source, worker, state: Arc::new(Mutex::new(State::Unknown)) }
    }

    /// Returns the value of the header `authorization` of a call; enrols the worker first if it has no token.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] when the token cannot be read, or the service does not enrol the worker.
    pub(crate) async fn authorization(
        &self,
        client: &RenderWorkerServiceClient<Channel>,
    ) -> Result<MetadataValue<Ascii>, QueueError> {
        // Held during the enrolment, so that concurrent calls wait for it and enrol no second time.
        let mut state = self.state.lock().await;
        match &*state {
            State::Enrolled(own) => return Ok(own.clone()),
            State::Given => return self.given(),
            State::Unknown => {}
        }
        let given = self.given()?;
        let mut request = Request::new(EnrollWorkerRequest { worker: self.worker.clone() });
        request.metadata_mut().insert("authorization", given.clone());
        request.set_timeout(ENROLMENT_TIMEOUT);
        match client.clone().enroll_worker(request).await {
            Ok(enrolled) => {
                let enrolled = enrolled.into_inner();
                tracing::info!(api_token = enrolled.api_token, "enrolled");
                let own = bearer(&enrolled.secret)?;
                *state = State::Enrolled(own.clone());
                Ok(own)
            }
            // A token of the role worker, or a service that is older than enrolment.
            Err(status) if matches!(status.code(), Code::PermissionDenied | Code::Unimplemented) => {
                *state = State::Given;
                Ok(given)
            }
            Err(status) => Err(queue_error(status)),
        }
    }

    /// Takes note of a failed call: a worker whose token was refused enrols again with its next call.
    pub(crate) async fn note(&self, status: &Status) {
        if matches!(status.code(), Code::Unauthenticated | Code::PermissionDenied) {
            *self.state.lock().await = State::Unknown;
        }
    }

    fn given(&self) -> Result<MetadataValue<Ascii>, QueueError> {
        match &self.source {
            TokenSource::Given(token) => bearer(token),
            TokenSource::File(path) => {
                let token = read_token(path).map_err(|error| {
                    QueueError::Unavailable(format!("reading the token file {}: {error}", path.display()))
                })?;
                bearer(&token)
            }
        }
    }
}

fn bearer(token: &str) -> Result<MetadataValue<Ascii>, QueueError> {
    let mut value: MetadataValue<Ascii> = format!("Bearer {}", token.trim()).parse().map_err(|_| {
        QueueError::Unavailable("the token contains characters that are not allowed in a header".to_owned())
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Reads a token file. Others than regular files are refused: a pipe without a writer would block the worker and even
/// its reaction to signals.
fn read_token(path: &Path) -> io::Result<String> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut token = String::new();
    File::open(path)?.take(MAX_TOKEN_BYTES).read_to_string(&mut token)?;
    if token.trim().is_empty() { Err(io::Error::other("the file is empty")) } else { Ok(token) }
}

#[cfg(test)]
mod tests {
    use super::read_token;

    #[test]
    fn a_token_is_read_from_a_regular_file_only() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("token"), folder.path().join("link"));
        std::os::unix::fs::symlink(&file, &link).unwrap();
        std::fs::write(&file, "chy_a\n").unwrap();
        assert_eq!(read_token(&link).unwrap(), "chy_a\n");
        std::fs::write(&file, "\n").unwrap();
        assert!(read_token(&file).unwrap_err().to_string().contains("empty"));
        for path in [folder.path(), std::path::Path::new("/dev/null")] {
            assert!(read_token(path).unwrap_err().to_string().contains("not a regular file"));
        }
    }
}

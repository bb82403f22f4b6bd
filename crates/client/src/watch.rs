//! A watch that resumes from its last cursor after broken connections and restarts, on any replica.

use std::ops::ControlFlow;

use chancery_proto::brief::v1::watch_briefs_response::Event;
use chancery_proto::brief::v1::{WatchBriefsRequest, WatchBriefsResponse};
use tonic::Status;

use crate::channel::Client;
use crate::error::Error;

impl Client {
    /// Watches the briefs of a workspace until `on_event` breaks. Delivers each change once and in order, whatever happens
    /// to the connection. The current state has no cursor before its end: if the connection breaks before, it starts over,
    /// so that `current` briefs may be delivered twice, always before the first checkpoint.
    ///
    /// # Errors
    /// A permanent error, such as `CURSOR_EXPIRED`, or the failure of the last attempt.
    pub async fn watch_briefs<T>(
        &self,
        mut request: WatchBriefsRequest,
        mut on_event: impl FnMut(WatchBriefsResponse) -> ControlFlow<T>,
    ) -> Result<T, Error> {
        let mut failed = 0;
        loop {
            let mut has_events = false;
            let result = self
                .watch_briefs_once(&mut request, |response| {
                    has_events = true;
                    on_event(response)
                })
                .await;
            let status = match result {
                Ok(ControlFlow::Break(done)) => return Ok(done),
                Ok(ControlFlow::Continue(())) => Status::unavailable("the watch ended"),
                Err(status) => status,
            };
            failed = if has_events { 1 } else { failed + 1 };
            self.wait_before_retry(failed, &status).await?;
        }
    }

    async fn watch_briefs_once<T>(
        &self,
        request: &mut WatchBriefsRequest,
        mut on_event: impl FnMut(WatchBriefsResponse) -> ControlFlow<T>,
    ) -> Result<ControlFlow<T>, Status> {
        let mut responses = self.briefs().watch_briefs(request.clone()).await?.into_inner();
        while let Some(response) = responses.message().await? {
            if !response.cursor.is_empty() {
                request.cursor.clone_from(&response.cursor);
                request.skip_current_state = false;
            }
            if matches!(response.event, Some(Event::KeepAlive(_))) {
                continue;
            }
            if let ControlFlow::Break(done) = on_event(response) {
                return Ok(ControlFlow::Break(done));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

//! A watch that goes on over broken connections, restarts and other replicas: from the last cursor that it was told.

use std::ops::ControlFlow;

use chancery_proto::brief::v1::watch_briefs_response::Event;
use chancery_proto::brief::v1::{WatchBriefsRequest, WatchBriefsResponse};
use tonic::Status;

use crate::channel::Client;
use crate::error::Error;

impl Client {
    /// Watches a workspace's briefs until `on_answer` breaks off. Each change comes once and in order, whatever happens to
    /// the connection. Only while the current state is told there is no cursor yet: where that part breaks off it is told
    /// again from its beginning, so `current` briefs may come twice, always before the first checkpoint.
    ///
    /// # Errors
    /// A refusal that another try does not cure, such as `CURSOR_EXPIRED`, or the last of too many failed tries.
    pub async fn watch_briefs<T>(
        &self,
        mut request: WatchBriefsRequest,
        mut on_answer: impl FnMut(WatchBriefsResponse) -> ControlFlow<T>,
    ) -> Result<T, Error> {
        let mut failed = 0;
        loop {
            let mut heard = false;
            let ended = self
                .watch_briefs_once(&mut request, |answer| {
                    heard = true;
                    on_answer(answer)
                })
                .await;
            let status = match ended {
                Ok(ControlFlow::Break(done)) => return Ok(done),
                Ok(ControlFlow::Continue(())) => Status::unavailable("the watch ended"),
                Err(status) => status,
            };
            failed = if heard { 1 } else { failed + 1 };
            self.pause_or_fail(failed, &status).await?;
        }
    }

    async fn watch_briefs_once<T>(
        &self,
        request: &mut WatchBriefsRequest,
        mut on_answer: impl FnMut(WatchBriefsResponse) -> ControlFlow<T>,
    ) -> Result<ControlFlow<T>, Status> {
        let mut answers = self.briefs().watch_briefs(request.clone()).await?.into_inner();
        while let Some(answer) = answers.message().await? {
            if !answer.cursor.is_empty() {
                request.cursor.clone_from(&answer.cursor);
                request.skip_current_state = false;
            }
            if matches!(answer.event, Some(Event::KeepAlive(_))) {
                continue;
            }
            if let ControlFlow::Break(done) = on_answer(answer) {
                return Ok(ControlFlow::Break(done));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

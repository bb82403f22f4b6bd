//! The callers: one task for each request of the plan, which records every response.

use std::time::Duration;

use chancery_client::{Client, Error, RenderEvent};
use chancery_proto::render::v1::render_brief_response::Event as Answer;
use chancery_proto::render::v1::{
    CancelRenderRequest, CreateRenderRequest, GetRenderRequest, RenderBriefRequest, RenderOptions,
    WaitRenderRequest, WatchRenderRequest,
};
use chancery_testkit::WORKSPACE;
use tokio::time::{Instant, sleep, timeout};
use tonic::{Response, Status};

use super::download::Download;
use super::history::{Call, Event, Recorder, Seen, State, refused};
use super::plan::{Behaviour, PlannedRequest};
use super::scene::{brief_name, recipient};

/// The deadline of a call, and the longest silence of a stream.
const PATIENCE: Duration = Duration::from_secs(8);

/// The timeout in `WaitRender` requests.
const WAIT: prost_types::Duration = prost_types::Duration { seconds: 3, nanos: 0 };

/// The pause before a retry.
const PAUSE: Duration = Duration::from_millis(150);

/// A request of the plan in flight.
pub(crate) struct Caller {
    pub(crate) client: Client,
    pub(crate) recorder: Recorder,
    pub(crate) number: usize,
    pub(crate) planned: PlannedRequest,
    /// The time after which nothing is retried.
    pub(crate) until: Instant,
}

impl Caller {
    /// Plays the request to its end or to the deadline; the checker reports what is missing.
    pub(crate) async fn play(self) {
        match self.planned.behaviour {
            Behaviour::Client => self.leave_it_to_the_client().await,
            Behaviour::OneCall => self.ask_in_one_call().await,
            Behaviour::Leave => {
                self.create().await;
            }
            Behaviour::Cancel => {
                let Some(seen) = self.create().await else { return };
                // From no delay to about the duration of a print.
                sleep(Duration::from_millis(self.number as u64 * 37 % 400)).await;
                self.cancel(&seen.name).await;
            }
            Behaviour::Watch | Behaviour::WatchSlowly | Behaviour::Wait | Behaviour::Poll => {
                let Some(mut seen) = self.create().await else { return };
                while !seen.state.has_ended() && self.has_time() {
                    seen = self.follow(seen).await;
                }
                if seen.state == State::Succeeded {
                    self.download(&seen.name).await;
                }
            }
        }
    }

    fn has_time(&self) -> bool {
        Instant::now() < self.until
    }

    fn request(&self) -> CreateRenderRequest {
        CreateRenderRequest {
            parent: WORKSPACE.to_owned(),
            source: brief_name(self.planned.brief),
            options: Some(RenderOptions {
                recipient: recipient(self.planned.recipient),
                ..RenderOptions::default()
            }),
            ..CreateRenderRequest::default()
        }
    }

    /// Retries until the request is acknowledged. A response that was lost on its way promises nothing.
    async fn create(&self) -> Option<Seen> {
        while self.has_time() {
            let call = self.recorder.called(self.number, Call::Create);
            let mut renders = self.client.renders();
            match self.answer(call, renders.create_render(self.request())).await {
                Ok(render) => return Some(self.saw(call, &render)),
                Err(true) => sleep(PAUSE).await,
                Err(false) => return None,
            }
        }
        None
    }

    /// Reads the render in the caller's way, once; returns the last state seen.
    async fn follow(&self, seen: Seen) -> Seen {
        let mut renders = self.client.renders();
        let name = seen.name.clone();
        let seen = match self.planned.behaviour {
            Behaviour::Watch | Behaviour::WatchSlowly => self.watch(seen).await,
            Behaviour::Wait => {
                let call = self.recorder.called(self.number, Call::Wait);
                let request = WaitRenderRequest { name, timeout: Some(WAIT) };
                match self.answer(call, renders.wait_render(request)).await {
                    Ok(render) => self.saw(call, &render),
                    Err(_) => seen,
                }
            }
            _ => {
                let call = self.recorder.called(self.number, Call::Get);
                match self.answer(call, renders.get_render(GetRenderRequest { name })).await {
                    Ok(render) => self.saw(call, &render),
                    Err(_) => seen,
                }
            }
        };
        sleep(PAUSE).await;
        seen
    }

    /// Cancels the render; retries until that is acknowledged or fails because the render has ended.
    async fn cancel(&self, name: &str) {
        while self.has_time() {
            let call = self.recorder.called(self.number, Call::Cancel);
            let mut renders = self.client.renders();
            let request = CancelRenderRequest { name: name.to_owned(), ..Default::default() };
            match self.answer(call, renders.cancel_render(request)).await {
                Ok(render) => return drop(self.saw(call, &render)),
                Err(true) => sleep(PAUSE).await,
                Err(false) => return,
            }
        }
    }

    async fn watch(&self, mut seen: Seen) -> Seen {
        let call = self.recorder.called(self.number, Call::Watch);
        let mut renders = self.client.renders();
        let request = WatchRenderRequest { name: seen.name.clone() };
        let Ok(mut states) = self.answer(call, renders.watch_render(request)).await else { return seen };
        loop {
            match within(states.message()).await {
                Ok(Some(render)) => seen = self.saw(call, &render),
                Ok(None) => {
                    self.recorder.record(Some(self.number), call, Event::Ended);
                    return seen;
                }
                Err(broken) => {
                    self.recorder.record(Some(self.number), call, refused(&broken));
                    return seen;
                }
            }
        }
    }

    /// Downloads, resuming after each interruption.
    async fn download(&self, name: &str) {
        let call = self.recorder.called(self.number, Call::Download);
        let is_slow = self.planned.behaviour == Behaviour::WatchSlowly;
        let mut download = Download::new(name, is_slow);
        while self.has_time() {
            match download.go_on(&self.client, PATIENCE).await {
                Ok(()) if download.is_whole() => {
                    return self.recorder.record(Some(self.number), call, download.event());
                }
                Ok(()) => {}
                Err(status) => self.recorder.record(Some(self.number), call, refused(&status)),
            }
            sleep(PAUSE).await;
        }
    }

    /// `RenderBrief` cannot be resumed: when it breaks, it is called again.
    async fn ask_in_one_call(&self) {
        while self.has_time() {
            let call = self.recorder.called(self.number, Call::OneCall);
            let CreateRenderRequest { parent, source, options, .. } = self.request();
            let request = RenderBriefRequest { parent, source, options, ..Default::default() };
            let mut renders = self.client.renders();
            let status = match self.answer(call, renders.render_brief(request)).await {
                Ok(mut answers) => {
                    let mut download = Download::new("", false);
                    loop {
                        match within(answers.message()).await {
                            Ok(Some(answer)) => match answer.event {
                                Some(Answer::Render(render)) => drop(self.saw(call, &render)),
                                Some(Answer::Chunk(piece)) => download.take(&piece),
                                None => {}
                            },
                            Ok(None) => {
                                if download.is_begun() {
                                    self.recorder.record(Some(self.number), call, download.event());
                                }
                                return self.recorder.record(Some(self.number), call, Event::Ended);
                            }
                            Err(status) => break Some(status),
                        }
                    }
                }
                Err(true) => None,
                Err(false) => return,
            };
            if let Some(status) = status {
                let event = refused(&status);
                self.recorder.record(Some(self.number), call, event.clone());
                if matches!(event, Event::Refused { passing: false, .. }) {
                    return;
                }
            }
            sleep(PAUSE).await;
        }
    }

    /// The typed client retries on its own; when it fails where a person would retry, this retries too.
    async fn leave_it_to_the_client(&self) {
        while self.has_time() {
            let call = self.recorder.called(self.number, Call::Client);
            let mut pdf = Vec::new();
            let printed = self.client.render_to(self.request(), &mut pdf, |event| {
                if let RenderEvent::State(render) = event {
                    self.saw(call, render);
                }
            });
            match printed.await {
                Ok(render) => {
                    let mut download = Download::new(&render.name, false);
                    download.take_whole(&render.artifact.unwrap_or_default(), &pdf);
                    self.recorder.record(Some(self.number), call, download.event());
                    return self.recorder.record(Some(self.number), call, Event::Ended);
                }
                Err(Error::RenderFailed { .. }) => {
                    return self.recorder.record(Some(self.number), call, Event::Ended);
                }
                Err(error) => {
                    let event = given_up(&error);
                    self.recorder.record(Some(self.number), call, event.clone());
                    if matches!(event, Event::Refused { passing: false, .. }) {
                        return;
                    }
                }
            }
            sleep(PAUSE).await;
        }
    }

    fn saw(&self, call: u64, render: &chancery_proto::render::v1::Render) -> Seen {
        let seen = Seen::from(render);
        self.recorder.record(Some(self.number), call, Event::Saw(seen.clone()));
        seen
    }

    /// Returns the response, or records the failure and returns whether it is transient.
    async fn answer<T>(
        &self,
        call: u64,
        answer: impl Future<Output = Result<Response<T>, Status>>,
    ) -> Result<T, bool> {
        match within(answer).await {
            Ok(answer) => Ok(answer.into_inner()),
            Err(status) => {
                let event = refused(&status);
                self.recorder.record(Some(self.number), call, event.clone());
                Err(matches!(event, Event::Refused { passing: true, .. }))
            }
        }
    }
}

async fn within<T>(answer: impl Future<Output = Result<T, Status>>) -> Result<T, Status> {
    timeout(PATIENCE, answer)
        .await
        .unwrap_or_else(|_| Err(Status::deadline_exceeded("the caller's deadline passed")))
}

/// Returns the typed client's final result as an event.
fn given_up(error: &Error) -> Event {
    let (code, reason, passing) = match error {
        Error::Unreachable { .. } | Error::TimedOut { .. } => ("UNAVAILABLE", String::new(), true),
        Error::Refused(refusal) => {
            let passing = refusal.retry_after.is_some() || refusal.code == tonic::Code::DeadlineExceeded;
            (refusal.code_name(), refusal.reason_name().to_owned(), passing)
        }
        _ => ("DATA_LOSS", error.to_string(), false),
    };
    Event::Refused { code: code.to_owned(), reason, passing }
}

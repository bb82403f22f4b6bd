//! Watching a render's state.

use chancery_proto::names::RenderName;
use chancery_store::{Principal, Render, Store};
use tokio::sync::mpsc;
use tonic::Status;

use crate::background::wakeups::{TaskWatch, Wakeups};
use crate::rpc::errors::status;

/// Watches a render for changes of its state.
pub(crate) struct RenderWatch {
    store: Store,
    principal: Principal,
    pub(crate) render: Render,
    task: TaskWatch,
}

impl RenderWatch {
    /// Reads a render, and watches it.
    pub(crate) async fn open(
        store: &Store,
        wakeups: &Wakeups,
        principal: Principal,
        name: &RenderName,
    ) -> Result<Self, Status> {
        let render = store.renders().get(&principal, name).await.map_err(status)?;
        Ok(Self::of(store, wakeups, principal, render))
    }

    /// Watches a render that was just read.
    pub(crate) fn of(store: &Store, wakeups: &Wakeups, principal: Principal, render: Render) -> Self {
        let task = wakeups.watch_task(&render.task);
        Self { store: store.clone(), principal, render, task }
    }

    /// Waits until the render differs from its last known state. Each read checks the principal's access again.
    async fn changed(&mut self) -> Result<(), Status> {
        loop {
            let current =
                self.store.renders().get(&self.principal, &self.render.name).await.map_err(status)?;
            if current != self.render {
                self.render = current;
                return Ok(());
            }
            self.task.changed().await;
        }
    }

    pub(crate) async fn ended(&mut self) -> Result<(), Status> {
        while !self.render.has_ended() {
            self.changed().await?;
        }
        Ok(())
    }

    /// Sends each state of the render until it has ended or the caller disconnects.
    pub(crate) async fn send_states<T>(
        &mut self,
        messages: &mpsc::Sender<Result<T, Status>>,
        encode: impl Fn(&Render) -> T,
    ) -> Result<(), Status> {
        loop {
            if messages.send(Ok(encode(&self.render))).await.is_err() || self.render.has_ended() {
                return Ok(());
            }
            self.changed().await?;
        }
    }
}

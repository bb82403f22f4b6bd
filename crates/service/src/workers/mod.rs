//! `RenderWorkerService`: leases, input and uploads of the workers.

pub(crate) mod artifact_upload;
pub(crate) mod heartbeats;
pub(crate) mod service;

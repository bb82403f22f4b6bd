//! `RenderWorkerService`: leases, render input, uploads and heartbeats of the workers.

pub(crate) mod artifact_upload;
pub(crate) mod heartbeats;
pub(crate) mod messages;
pub(crate) mod proofs;
pub(crate) mod render_input;
pub(crate) mod service;
pub(crate) mod untrusted_text;

//! The knowledge service: lists across briefs, and the impact of a part.

mod actors;
mod events_and_sources;
mod impact;
mod moments;
mod refusals;
mod relationships;
pub(crate) mod scene;
mod statements;
mod visibility;

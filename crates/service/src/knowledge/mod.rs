//! `KnowledgeService`: lists of the parts of briefs, and what rests on them.

pub(crate) mod lists;
pub(crate) mod messages;
pub(crate) mod service;

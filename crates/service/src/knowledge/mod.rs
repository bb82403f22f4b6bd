//! `KnowledgeService`: lists of the parts of briefs, and the impact of a part on others.

pub(crate) mod list_query;
pub(crate) mod messages;
pub(crate) mod service;

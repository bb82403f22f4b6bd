//! The part whose impact is traced, and the briefs that hold it.

/// What is doubted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImpactTarget<'a> {
    /// A source, with those of other briefs that have the same id or URL.
    Source(&'a str),
    /// A tie: on it rest the statements that state it, and what rests on them.
    Relationship(&'a str),
    /// A statement.
    Statement(&'a str),
}

impl ImpactTarget<'_> {
    /// What it is, as the statements here know it, and its id.
    pub(super) const fn kind_and_id(&self) -> (&'static str, &str) {
        match self {
            Self::Source(id) => ("source", id),
            Self::Relationship(id) => ("relationship", id),
            Self::Statement(id) => ("statement", id),
        }
    }
}

/// A brief that holds the part, in the revision that the principal reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    pub(super) brief_id: String,
    pub(super) brief_key: i64,
    pub(super) revision: i32,
    /// What the part is called there.
    pub(super) id: String,
}

/// The briefs that hold the part, and the URL of a source.
pub(super) struct Holders {
    pub(super) briefs: Vec<Holder>,
    pub(super) url: String,
}

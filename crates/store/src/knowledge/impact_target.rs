//! The part whose impact is traced, and the briefs that hold it.

/// The part whose impact is traced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImpactTarget<'a> {
    /// A source, including sources of other briefs with the same id or URL.
    Source(&'a str),
    /// A relationship. The statements that state it rest on it.
    Relationship(&'a str),
    /// A statement.
    Statement(&'a str),
}

impl ImpactTarget<'_> {
    /// Returns the kind, as the statements use it, and the id.
    pub(super) const fn kind_and_id(&self) -> (&'static str, &str) {
        match self {
            Self::Source(id) => ("source", id),
            Self::Relationship(id) => ("relationship", id),
            Self::Statement(id) => ("statement", id),
        }
    }
}

/// A brief that holds the part, in the revision visible to the principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    pub(super) brief_id: String,
    pub(super) brief_key: i64,
    pub(super) revision: i32,
    /// The part's id in this brief.
    pub(super) id: String,
}

/// The briefs that hold the part and, for a source, its URL.
pub(super) struct Holders {
    pub(super) briefs: Vec<Holder>,
    pub(super) url: String,
}

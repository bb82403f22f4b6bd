//! Content in canonical form.

use chancery_proto::brief::v1::BriefContent;
use prost::Message;

use crate::marking::{Rank, Scheme};

/// Validated full content in canonical form: texts in NFC, every effective marking written out, labels, tags
/// and topics sorted, the banner computed, other output-only fields cleared. Equal content has equal bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Canonical {
    content: BriefContent,
    scheme: Scheme,
    floor: Rank,
    highest: Rank,
}

/// Stored bytes are no canonical content of the scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoredContentError {
    /// The bytes are no `BriefContent`: the store is damaged.
    #[error("the stored bytes are no content: {0}")]
    Decode(#[from] prost::DecodeError),
    /// The floor or the banner is no label of the scheme: the workspace's scheme is not what it was.
    #[error("the stored content's marking {0:?} is no label of its scheme")]
    UnknownMarking(String),
}

impl Canonical {
    /// Content that `canonicalize` has brought into form.
    pub(crate) fn new(content: BriefContent, scheme: Scheme, floor: Rank, highest: Rank) -> Self {
        Self { content, scheme, floor, highest }
    }

    /// From bytes of canonical `BriefContent` that this crate made and the store kept. Not validated again.
    pub fn from_trusted_bytes(bytes: &[u8], scheme: Scheme) -> Result<Self, StoredContentError> {
        Self::of_trusted(BriefContent::decode(bytes)?, scheme)
    }

    /// From an edition that this crate made, or from what [`Self::from_trusted_bytes`] takes, decoded.
    pub fn of_trusted(content: BriefContent, scheme: Scheme) -> Result<Self, StoredContentError> {
        let rank = |label: &str| {
            scheme.rank(label).ok_or_else(|| StoredContentError::UnknownMarking(label.to_owned()))
        };
        let (floor, highest) = (rank(&content.default_marking)?, rank(&content.marking)?);
        Ok(Self { content, scheme, floor, highest })
    }

    /// The content.
    pub fn content(&self) -> &BriefContent {
        &self.content
    }

    /// The content, owned.
    pub fn into_content(self) -> BriefContent {
        self.content
    }

    /// The bytes that the store keeps and digests are taken of.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.content.encode_to_vec()
    }

    /// The scheme of its markings.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The floor: a caller below it has no edition.
    pub fn floor(&self) -> Rank {
        self.floor
    }

    /// The highest effective marking in it.
    pub fn highest(&self) -> Rank {
        self.highest
    }
}

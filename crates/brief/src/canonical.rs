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

/// Stored bytes are not canonical content of the scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoredContentError {
    /// The bytes do not decode: the store is damaged.
    #[error("the stored bytes do not decode as content: {0}")]
    Decode(#[from] prost::DecodeError),
    /// The floor or the banner is not a label of the scheme: the scheme of the workspace has changed.
    #[error("the marking {0:?} of the stored content is not a label of its scheme")]
    UnknownMarking(String),
}

impl Canonical {
    /// Wraps content that `canonicalize` has canonicalised.
    pub(crate) fn new(content: BriefContent, scheme: Scheme, floor: Rank, highest: Rank) -> Self {
        Self { content, scheme, floor, highest }
    }

    /// Decodes stored bytes of canonical content, without validating them again.
    pub fn from_trusted_bytes(bytes: &[u8], scheme: Scheme) -> Result<Self, StoredContentError> {
        Self::of_trusted(BriefContent::decode(bytes)?, scheme)
    }

    /// Wraps an edition or other content that is known to be canonical, without validating it again.
    pub fn of_trusted(content: BriefContent, scheme: Scheme) -> Result<Self, StoredContentError> {
        let rank = |label: &str| {
            scheme.rank(label).ok_or_else(|| StoredContentError::UnknownMarking(label.to_owned()))
        };
        let (floor, highest) = (rank(&content.default_marking)?, rank(&content.marking)?);
        Ok(Self { content, scheme, floor, highest })
    }

    /// Returns the content.
    pub fn content(&self) -> &BriefContent {
        &self.content
    }

    /// Unwraps the content.
    pub fn into_content(self) -> BriefContent {
        self.content
    }

    /// Encodes the bytes that are stored and digested.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.content.encode_to_vec()
    }

    /// Returns the scheme of the markings.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Returns the floor: callers with a lower clearance have no edition.
    pub fn floor(&self) -> Rank {
        self.floor
    }

    /// Returns the highest effective marking.
    pub fn highest(&self) -> Rank {
        self.highest
    }
}

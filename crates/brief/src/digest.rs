//! Canonical bytes and their SHA-256 digests.

use std::fmt;
use std::str::FromStr;

use chancery_proto::brief::v1::{BriefContent, RevisionBody};
use prost::Message;
use sha2::{Digest as _, Sha256};

/// Version of the content schema that this build writes. Bytes of a newer version are never re-encoded, because a build
/// that does not know a field would lose it. Version 2 added short titles, access dates, polarities, highlights and
/// changes of any part.
pub const CONTENT_SCHEMA_VERSION: u32 = 2;
/// Version of the redaction rules of this build. `chancery migrate` encodes stored editions of an older version again.
/// Version 2 removes figures, lists and tables without data from editions.
pub const REDACTION_VERSION: u32 = 2;

/// A SHA-256 digest, displayed as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// The text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 digest: expected 64 lower-case hexadecimal digits")]
pub struct DigestError;

/// Returns the digest of content alone, by which revisions compare as equal.
pub fn content_digest(content: &BriefContent) -> Digest {
    body_digest(&content.encode_to_vec())
}

/// Encodes the canonical `RevisionBody` of a revision or of one of its editions.
pub fn body_bytes(brief_id: &str, revision: u32, content: &BriefContent) -> Vec<u8> {
    RevisionBody { brief_id: brief_id.to_owned(), revision, content: Some(content.clone()) }.encode_to_vec()
}

/// Returns the digest of bytes, such as those of [`body_bytes`].
pub fn body_digest(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

impl Digest {
    /// Returns the 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without an allocation and in one write, because every response contains digests.
        let mut digits = [0; 64];
        hex::encode_to_slice(self.0, &mut digits).map_err(|_| fmt::Error)?;
        f.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        // `hex` also decodes upper case, which would give a digest several names.
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(DigestError);
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| DigestError)?;
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{Change, Figure, Relationship, Source};
    use prost::Message as _;

    use super::{BriefContent, Digest, body_bytes, body_digest, content_digest};
    use crate::marking::Scheme;
    use crate::validate::canonicalize;

    #[test]
    fn the_digest_is_sha_256_in_lower_case() {
        let printed = body_digest(b"").to_string();
        assert_eq!(printed, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(printed.parse(), Ok(body_digest(b"")));
        assert!(printed.to_uppercase().parse::<Digest>().is_err());
        assert!(printed[1..].parse::<Digest>().is_err());
    }

    /// Bytes written by builds of content schema 1 decode, and encode to the same bytes.
    #[test]
    fn content_without_the_fields_of_schema_2_keeps_its_bytes_and_digest() {
        let source = b"\x0a\x01s\x12\x01t\x4a\x09TLP:CLEAR".as_slice();
        let relationship = b"\x0a\x01r\x12\x01a\x1a\x01b\x22\x04ally\x6a\x09TLP:CLEAR".as_slice();
        let figure = b"\x08\x01\x12\x01t".as_slice();
        let change = b"\x0a\x02s1\x10\x02\x22\x09TLP:CLEAR\x5a\x09TLP:CLEAR".as_slice();
        assert_eq!(Source::decode(source).unwrap().encode_to_vec(), source);
        assert_eq!(Relationship::decode(relationship).unwrap().encode_to_vec(), relationship);
        assert_eq!(Figure::decode(figure).unwrap().encode_to_vec(), figure);
        assert_eq!(Change::decode(change).unwrap().encode_to_vec(), change);
        let field =
            |tag: &[u8], message: &[u8]| [tag, &[u8::try_from(message.len()).unwrap()], message].concat();
        let sections = b"\x0a\x03sec\x12\x01h\x22\x09TLP:CLEAR\x2a\x23\x12\x09TLP:CLEAR\x1a\x16\x0a\x14\x0a\x02s1\x12\x01x\x20\x01\x42\x09TLP:CLEAR";
        let bytes = [
            b"\x08\x04\x12\x05Title\x2a\x02en\x42\x09TLP:CLEAR\x4a\x09TLP:CLEAR\x50\x01".to_vec(),
            field(b"\x6a", sections),
            field(b"\xa2\x01", source),
            field(b"\xd2\x01", change),
        ]
        .concat();
        let content = BriefContent::decode(bytes.as_slice()).unwrap();
        let canonical = canonicalize(&content, Scheme::Tlp).unwrap();
        assert_eq!(canonical.to_bytes(), bytes);
        assert_eq!(content_digest(canonical.content()), body_digest(&bytes));
    }

    #[test]
    fn the_body_binds_content_to_brief_and_number() {
        let content = BriefContent { title: "A".into(), ..Default::default() };
        let digest = |id, number| body_digest(&body_bytes(id, number, &content));
        assert_ne!(digest("b1", 1), digest("b1", 2));
        assert_ne!(digest("b1", 1), digest("b2", 1));
        assert_ne!(digest("b1", 1), content_digest(&content));
    }
}

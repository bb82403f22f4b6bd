//! Canonical bytes and their SHA-256 digests.

use std::fmt;
use std::str::FromStr;

use chancery_proto::brief::v1::{BriefContent, RevisionBody};
use prost::Message;
use sha2::{Digest as _, Sha256};

/// The version of the content's schema that this build writes. Bytes of a newer one are never re-encoded: a build that
/// does not know a field would lose it. Version 2 added short titles, access dates, polarities, highlights and changes
/// of any part.
pub const CONTENT_SCHEMA_VERSION: u32 = 2;
/// The version of the redaction rules that this build's editions follow. Stored editions of an older one are encoded
/// again by `chancery migrate`. Version 2 has no figures, lists and tables without data in editions.
pub const REDACTION_VERSION: u32 = 2;

/// A SHA-256; prints as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// A text is no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 lower-case hexadecimal digits")]
pub struct DigestError;

/// The digest of content alone: every "equals" between revisions is by it.
pub fn content_digest(content: &BriefContent) -> Digest {
    body_digest(&content.encode_to_vec())
}

/// The canonical `RevisionBody` of a revision, or of an edition of it.
pub fn body_bytes(brief_id: &str, revision: u32, content: &BriefContent) -> Vec<u8> {
    RevisionBody { brief_id: brief_id.to_owned(), revision, content: Some(content.clone()) }.encode_to_vec()
}

/// The digest of bytes, such as those of [`body_bytes`].
pub fn body_digest(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

impl Digest {
    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In one piece: it is in every answer.
        let digits = b"0123456789abcdef";
        let mut text = [0; 64];
        for (two, byte) in text.chunks_exact_mut(2).zip(self.0) {
            two.copy_from_slice(&[digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]);
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 64 || !text.bytes().all(digit) {
            return Err(DigestError);
        }
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).map_err(|_| DigestError)?;
        }
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
    fn the_digest_of_nothing_is_sha_256s() {
        let printed = body_digest(b"").to_string();
        assert_eq!(printed, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(printed.parse(), Ok(body_digest(b"")));
        assert!(printed.to_uppercase().parse::<Digest>().is_err());
        assert!(printed[1..].parse::<Digest>().is_err());
    }

    /// Bytes as builds of content schema 1 wrote them: they decode, and encode to the same bytes.
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

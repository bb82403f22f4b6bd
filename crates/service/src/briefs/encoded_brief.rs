//! An encoded `Brief`, framed for the wire.

use prost::bytes::Bytes;
use prost::encoding::{WireType, encode_key, encode_varint};

use crate::rpc::wire::MESSAGE_PREFIX;

/// Field number of `Brief.content`.
const CONTENT_FIELD: u32 = 15;

/// A gRPC frame with an encoded `Brief`: the prefix, then the message.
///
/// Protobuf messages concatenate. The message is the stored envelope, followed by the stored content as field
/// `content`: the very bytes that were digested when the revision was published, never decoded on the way.
#[derive(Debug, Clone)]
pub(crate) struct EncodedBrief(Bytes);

impl EncodedBrief {
    /// Frames an encoded envelope without content, and encoded content.
    pub(crate) fn new(envelope: &[u8], content: &[u8]) -> Self {
        let mut frame = Vec::with_capacity(MESSAGE_PREFIX + envelope.len() + content.len() + 8);
        frame.extend_from_slice(&[0; MESSAGE_PREFIX]);
        frame.extend_from_slice(envelope);
        encode_key(CONTENT_FIELD, WireType::LengthDelimited, &mut frame);
        encode_varint(content.len() as u64, &mut frame);
        frame.extend_from_slice(content);
        Self::with_prefix(frame)
    }

    /// Frames an encoded `Brief`.
    pub(crate) fn of_message(message: &[u8]) -> Self {
        Self::with_prefix([&[0; MESSAGE_PREFIX], message].concat())
    }

    /// Returns the encoded `Brief`.
    pub(crate) fn message(&self) -> &[u8] {
        &self.0[MESSAGE_PREFIX..]
    }

    /// Returns the whole frame.
    pub(crate) fn into_frame(self) -> Bytes {
        self.0
    }

    /// Returns the length of the frame.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Writes the message's length into the prefix, whose compression flag stays 0. The store limits messages to far below
    /// 4 GiB.
    fn with_prefix(mut frame: Vec<u8>) -> Self {
        let length = u32::try_from(frame.len() - MESSAGE_PREFIX).unwrap_or(u32::MAX);
        frame[1..MESSAGE_PREFIX].copy_from_slice(&length.to_be_bytes());
        Self(frame.into())
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{Brief, BriefContent};
    use prost::Message;

    use super::EncodedBrief;

    #[test]
    fn envelope_and_content_concatenate_to_the_whole_message() {
        let content = BriefContent { title: "T".repeat(200), ..BriefContent::default() };
        let envelope = Brief { name: "workspaces/w1/briefs/b1".into(), ..Brief::default() };
        let encoded = EncodedBrief::new(&envelope.encode_to_vec(), &content.encode_to_vec());
        let whole = Brief { content: Some(content), ..envelope }.encode_to_vec();
        assert_eq!(encoded.message(), whole);
        assert_eq!(encoded.into_frame()[..5], [0, 0, 0, 0, u8::try_from(whole.len()).unwrap_or(0)]);
    }
}

//! The codec of all of Chancery's RPCs: prost's, but requests with a field that this build does not know are
//! rejected. prost drops unknown fields silently; a caller with a newer schema would lose content.

use std::marker::PhantomData;

use prost::bytes::{Buf, Bytes};
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use prost::{Message, Name};
use prost_reflect::{Kind, MessageDescriptor};
use tonic::codec::{BufferSettings, Codec, DecodeBuf, Decoder};
use tonic::{Code, Status};
use tonic_prost::{ProstCodec, ProstEncoder};
use tonic_types::ErrorDetails;

use crate::descriptors;
use crate::errors::v1::Reason;
use crate::status::refusal;

/// Maximum nesting depth of messages: prost's own limit.
const DEPTH_LIMIT: usize = 100;

/// prost's codec that rejects unknown fields in requests, which are messages whose names end in "Request".
#[derive(Debug, Clone)]
pub struct StrictCodec<T, U> {
    direction: PhantomData<(T, U)>,
}

impl<T, U> Default for StrictCodec<T, U> {
    fn default() -> Self {
        Self { direction: PhantomData }
    }
}

impl<T, U> Codec for StrictCodec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Name + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = StrictDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<T, U>::raw_encoder(BufferSettings::default())
    }

    fn decoder(&mut self) -> Self::Decoder {
        StrictDecoder { message: PhantomData }
    }
}

/// Checks a message for unknown fields, then decodes it.
#[derive(Debug, Clone)]
pub struct StrictDecoder<U> {
    message: PhantomData<U>,
}

impl<U: Message + Name + Default> Decoder for StrictDecoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        if U::NAME.ends_with("Request") {
            refuse_unknown_fields(&bytes, &U::full_name())?;
        }
        U::decode(bytes).map(Some).map_err(|error| malformed(U::NAME, &error))
    }
}

/// Checks encoded bytes for a field that the message's descriptor does not have.
///
/// # Errors
/// `INVALID_ARGUMENT` with reason `UNKNOWN_FIELD` and the field's path, or `MALFORMED_MESSAGE`.
pub fn refuse_unknown_fields(bytes: &Bytes, full_name: &str) -> Result<(), Status> {
    let descriptor = descriptors::message(full_name)
        .ok_or_else(|| Status::internal(format!("{full_name} is not in the descriptor set")))?;
    let mut parts = Parts::of_message(bytes.len());
    let limit = parts.left;
    match unknown_field(bytes.clone(), &descriptor, DEPTH_LIMIT, &mut parts) {
        Ok(_) if parts.is_exhausted => Err(too_many_parts(full_name, bytes.len(), limit)),
        Ok(None) => Ok(()),
        Ok(Some(path)) => {
            let mut details = ErrorDetails::new();
            details.add_bad_request_violation(&path, "unknown field; remove it, or upgrade the server");
            let message = format!("{full_name} has an unknown field at {path}");
            Err(refusal(Code::InvalidArgument, Reason::UnknownField, message, details))
        }
        Err(error) => Err(malformed(full_name, &error)),
    }
}

/// The number of parts that a message may still have: nested messages and entries of lists. A part of two bytes can take
/// hundreds once it is decoded, so that their number is limited before anything is.
struct Parts {
    left: usize,
    is_exhausted: bool,
}

/// Maximum number of parts of a message.
const MAX_PARTS: usize = 200_000;

/// Number of parts that messages of any size may have.
const PARTS_OF_SMALL_MESSAGES: usize = 20_000;

/// Average number of bytes of the parts beyond those. Those of real briefs have several times as many.
const BYTES_OF_PART: usize = 16;

impl Parts {
    const fn of_message(bytes: usize) -> Self {
        let allowed = PARTS_OF_SMALL_MESSAGES + bytes / BYTES_OF_PART;
        Self { left: if allowed < MAX_PARTS { allowed } else { MAX_PARTS }, is_exhausted: false }
    }

    /// Counts a part; returns false if it is one too many.
    const fn count(&mut self) -> bool {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => self.is_exhausted = true,
        }
        !self.is_exhausted
    }
}

fn too_many_parts(full_name: &str, bytes: usize, limit: usize) -> Status {
    let message = format!(
        "{full_name} has more than {limit} parts (messages and entries of lists) in its {bytes} bytes: split it into \
         several requests"
    );
    refusal(Code::ResourceExhausted, Reason::LimitExceeded, message, ErrorDetails::new())
}

fn malformed(name: &str, error: &prost::DecodeError) -> Status {
    let message = format!("the bytes are not a valid {name}: {error}");
    refusal(Code::InvalidArgument, Reason::MalformedMessage, message, ErrorDetails::new())
}

/// Returns the path of the first unknown field, with its number in the last place: `content.sections[2].#99`. Stops with
/// `None` when the message has too many parts.
fn unknown_field(
    mut bytes: Bytes,
    descriptor: &MessageDescriptor,
    depth: usize,
    parts: &mut Parts,
) -> Result<Option<String>, prost::DecodeError> {
    let mut counts = std::collections::BTreeMap::<u32, usize>::new();
    while bytes.has_remaining() {
        let (number, wire_type) = decode_key(&mut bytes)?;
        let Some(field) = descriptor.get_field(number) else {
            return Ok(Some(format!("#{number}")));
        };
        let is_part = field.is_list() || matches!(field.kind(), Kind::Message(_));
        if is_part && !parts.count() {
            return Ok(None);
        }
        let index = counts.entry(number).or_default();
        if let (Kind::Message(inner), WireType::LengthDelimited) = (field.kind(), wire_type) {
            let length = usize::try_from(decode_varint(&mut bytes)?).unwrap_or(usize::MAX);
            if length > bytes.remaining() || depth == 0 {
                // prost's own decoder reports the problem.
                return Ok(None);
            }
            if let Some(rest) = unknown_field(bytes.split_to(length), &inner, depth - 1, parts)? {
                let place = if field.is_list() { format!("[{index}]") } else { String::new() };
                return Ok(Some(format!("{}{place}.{rest}", field.name())));
            }
            if parts.is_exhausted {
                return Ok(None);
            }
        } else {
            skip_field(wire_type, number, &mut bytes, DecodeContext::default())?;
        }
        *index += 1;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use prost::bytes::{BufMut, Bytes, BytesMut};

    use super::refuse_unknown_fields;
    use crate::brief::v1::{BriefContent, CreateBriefRequest, Section};
    use crate::errors::v1::Reason;
    use crate::status::reason_of;

    const REQUEST: &str = "chancery.brief.v1.CreateBriefRequest";

    #[test]
    fn known_fields_pass() {
        let content =
            BriefContent { title: "T".into(), sections: vec![Section::default()], ..Default::default() };
        let request = CreateBriefRequest { content: Some(content), ..Default::default() };
        refuse_unknown_fields(&Bytes::from(request.encode_to_vec()), REQUEST).unwrap();
    }

    #[test]
    fn a_deeply_nested_unknown_field_is_reported_with_its_path() {
        let mut section = BytesMut::from(Section::default().encode_to_vec().as_slice());
        section.put_slice(&[0xf8, 0x06, 0x01]); // field 111, varint 1
        let mut content = BytesMut::new();
        content.put_slice(&[0x6a, u8::try_from(section.len()).unwrap()]); // field 13, sections
        content.put_slice(&section);
        let mut request = BytesMut::new();
        request.put_slice(&[0x1a, u8::try_from(content.len()).unwrap()]); // field 3, content
        request.put_slice(&content);
        let status = refuse_unknown_fields(&request.freeze(), REQUEST).unwrap_err();
        assert_eq!(reason_of(&status), Some(Reason::UnknownField));
        assert!(status.message().ends_with("content.sections[0].#111"), "{}", status.message());
    }

    /// A request with so many empty sections, of two bytes each, and a title of so many bytes.
    fn request(sections: usize, title: usize) -> Bytes {
        let mut content = BriefContent { title: "x".repeat(title), ..Default::default() }.encode_to_vec();
        content.extend([0x6a, 0].repeat(sections)); // field 13, sections
        let mut request = BytesMut::new();
        request.put_u8(0x1a); // field 3, content
        prost::encoding::encode_varint(content.len() as u64, &mut request);
        request.put_slice(&content);
        request.freeze()
    }

    #[test]
    fn messages_of_many_small_parts_are_refused_before_they_are_decoded() {
        // The content itself is a part, too.
        for (sections, title, fits) in [
            (20_000, 0, true),
            (195_000, 0, false),
            (60_000, 600_000, true),
            (199_999, 3_500_000, true),
            (200_000, 15_000_000, false),
        ] {
            let checked = refuse_unknown_fields(&request(sections, title), REQUEST);
            assert_eq!(checked.is_ok(), fits, "{sections} {title}");
            if let Err(status) = checked {
                assert_eq!(reason_of(&status), Some(Reason::LimitExceeded));
                assert!(status.message().contains("split it"), "{}", status.message());
            }
        }
    }

    #[test]
    fn malformed_messages_are_rejected_as_malformed() {
        let status = refuse_unknown_fields(&Bytes::from_static(&[0xff; 12]), REQUEST).unwrap_err();
        assert_eq!(reason_of(&status), Some(Reason::MalformedMessage));
    }
}

//! Cursors: opaque positions in a workspace's change log. Each is sealed with the workspace's key and a random nonce, so
//! that comparing two cursors does not reveal whether changes came between them that the caller cannot see.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chancery_proto::names::{GeneratedId, ResourceId};
use chancery_store::Position;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use tonic::Status;

use crate::rpc::errors::{cursor_expired, internal, invalid_cursor};

/// Length of an encoded epoch, and of an encoded position: the epoch, then the number.
const EPOCH_BYTES: usize = 16;
const POSITION_BYTES: usize = EPOCH_BYTES + 8;

/// Maximum length of a text that is decoded: twice the length of a cursor.
const MAX_TEXT: usize = 160;

/// Seals a position into a cursor.
///
/// # Errors
/// `INTERNAL` if the operating system provides no random bytes.
pub(crate) fn seal(workspace: &ResourceId, position: &Position) -> Result<String, Status> {
    let mut nonce = [0; NONCE_LEN];
    getrandom::fill(&mut nonce).map_err(|error| internal(&error))?;
    let mut sealed = Vec::with_capacity(POSITION_BYTES + CHACHA20_POLY1305.tag_len());
    sealed.extend_from_slice(&epoch_bytes(&position.epoch));
    sealed.extend_from_slice(&position.number.to_be_bytes());
    let sealing = key(position)?.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(workspace.as_str().as_bytes()),
        &mut sealed,
    );
    sealing.map_err(|error| internal(&error))?;
    Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
}

/// Opens a cursor of this workspace and epoch, and returns its number. The number can be ahead of `position`; the caller
/// checks that.
///
/// # Errors
/// `INVALID_CURSOR` if the text was not sealed for this workspace; `CURSOR_EXPIRED` if it is from before a restore of
/// the database.
pub(crate) fn open(
    field: &str,
    workspace: &ResourceId,
    text: &str,
    position: &Position,
) -> Result<i64, Status> {
    let invalid = || invalid_cursor(field, "not a cursor of this workspace");
    if text.len() > MAX_TEXT {
        return Err(invalid());
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or_else(invalid)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| invalid())?;
    let mut sealed = sealed.to_vec();
    let aad = Aad::from(workspace.as_str().as_bytes());
    let opened = key(position)?.open_in_place(nonce, aad, &mut sealed).map_err(|_| invalid())?;
    let (epoch, number) = opened.split_at_checked(EPOCH_BYTES).ok_or_else(invalid)?;
    if epoch != epoch_bytes(&position.epoch) {
        return Err(cursor_expired(field));
    }
    number.try_into().map(i64::from_be_bytes).map_err(|_| invalid())
}

fn key(position: &Position) -> Result<LessSafeKey, Status> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, &position.key).map_err(|error| internal(&error))?;
    Ok(LessSafeKey::new(key))
}

/// Decodes an epoch's 32 hexadecimal digits.
fn epoch_bytes(epoch: &GeneratedId) -> [u8; EPOCH_BYTES] {
    let number = u128::from_str_radix(epoch.as_str(), 16).unwrap_or_default();
    number.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use chancery_proto::errors::v1::Reason;
    use chancery_proto::names::ResourceId;
    use chancery_proto::status::reason_of;
    use chancery_store::Position;

    use super::{open, seal};

    fn position(epoch: char, number: i64, key: u8) -> Position {
        Position { epoch: epoch.to_string().repeat(32).parse().unwrap(), number, key: [key; 32] }
    }

    fn workspace(id: &str) -> ResourceId {
        id.parse().unwrap()
    }

    fn refusal_reason(workspace_id: &str, text: &str, position: &Position) -> Option<Reason> {
        reason_of(&open("cursor", &workspace(workspace_id), text, position).unwrap_err())
    }

    #[test]
    fn a_cursor_opens_to_its_number_and_no_two_cursors_are_equal() {
        let sealed_at = position('a', 42, 1);
        let (one, other) =
            (seal(&workspace("w1"), &sealed_at).unwrap(), seal(&workspace("w1"), &sealed_at).unwrap());
        assert_ne!(one, other);
        assert_eq!(open("cursor", &workspace("w1"), &one, &position('a', 50, 1)).unwrap(), 42);
        assert_eq!(open("cursor", &workspace("w1"), &other, &sealed_at).unwrap(), 42);
    }

    #[test]
    fn cursors_of_another_workspace_or_from_before_a_restore_are_rejected() {
        let sealed_at = position('a', 42, 1);
        let cursor = seal(&workspace("w1"), &sealed_at).unwrap();
        assert_eq!(refusal_reason("w2", &cursor, &sealed_at), Some(Reason::InvalidCursor));
        assert_eq!(refusal_reason("w1", &cursor, &position('a', 42, 2)), Some(Reason::InvalidCursor));
        assert_eq!(refusal_reason("w1", &cursor, &position('b', 42, 1)), Some(Reason::CursorExpired));
    }

    #[test]
    fn a_cursor_with_any_altered_character_is_rejected() {
        let sealed_at = position('a', 42, 1);
        let cursor = seal(&workspace("w1"), &sealed_at).unwrap();
        for index in 0..cursor.len() {
            let mut text = cursor.clone().into_bytes();
            text[index] = if text[index] == b'A' { b'Q' } else { b'A' };
            let text = String::from_utf8(text).unwrap();
            assert_eq!(refusal_reason("w1", &text, &sealed_at), Some(Reason::InvalidCursor), "{index}");
        }
        for text in ["x", "***", &"A".repeat(10_000), &cursor[1..]] {
            assert_eq!(refusal_reason("w1", text, &sealed_at), Some(Reason::InvalidCursor));
        }
    }
}

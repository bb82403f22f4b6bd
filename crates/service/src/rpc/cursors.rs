//! Cursors: places in a workspace's change log, as callers hold them. They are sealed with the workspace's own key and a
//! nonce of their own each: whoever holds two cannot even tell whether something happened in between that he does not
//! hear of.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chancery_proto::names::{GeneratedId, ResourceId};
use chancery_store::Position;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use tonic::Status;

use crate::rpc::errors::{cursor_expired, internal, invalid_cursor};

/// The bytes of an epoch, and with the number behind it.
const EPOCH: usize = 16;
const PLACE: usize = EPOCH + 8;

/// The longest text that is looked at: twice what a cursor has.
const LONGEST: usize = 160;

/// A cursor for a place in a workspace's log.
///
/// # Errors
/// `INTERNAL` when the machine gives no random bytes.
pub(crate) fn seal(workspace: &ResourceId, position: &Position) -> Result<String, Status> {
    let mut nonce = [0; NONCE_LEN];
    getrandom::fill(&mut nonce).map_err(|error| internal(&error))?;
    let mut sealed = Vec::with_capacity(PLACE + CHACHA20_POLY1305.tag_len());
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

/// The number that a cursor of this workspace and of this life of its log stands for. Whether the log has come so far is
/// for the caller to see.
///
/// # Errors
/// `INVALID_CURSOR` for what was not sealed for this workspace, `CURSOR_EXPIRED` for one of before a restore.
pub(crate) fn open(
    field: &str,
    workspace: &ResourceId,
    text: &str,
    position: &Position,
) -> Result<i64, Status> {
    let refuse = || invalid_cursor(field, "no cursor of this workspace");
    if text.len() > LONGEST {
        return Err(refuse());
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refuse())?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or_else(refuse)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refuse())?;
    let mut sealed = sealed.to_vec();
    let aad = Aad::from(workspace.as_str().as_bytes());
    let place = key(position)?.open_in_place(nonce, aad, &mut sealed).map_err(|_| refuse())?;
    let (epoch, number) = place.split_at_checked(EPOCH).ok_or_else(refuse)?;
    if epoch != epoch_bytes(&position.epoch) {
        return Err(cursor_expired(field));
    }
    number.try_into().map(i64::from_be_bytes).map_err(|_| refuse())
}

fn key(position: &Position) -> Result<LessSafeKey, Status> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, &position.key).map_err(|error| internal(&error))?;
    Ok(LessSafeKey::new(key))
}

/// An epoch's 32 hexadecimal digits as bytes.
fn epoch_bytes(epoch: &GeneratedId) -> [u8; EPOCH] {
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

    fn refused(workspace_id: &str, text: &str, at: &Position) -> Option<Reason> {
        reason_of(&open("cursor", &workspace(workspace_id), text, at).unwrap_err())
    }

    #[test]
    fn a_cursor_opens_to_its_number_and_no_two_are_alike() {
        let at = position('a', 42, 1);
        let (one, other) = (seal(&workspace("w1"), &at).unwrap(), seal(&workspace("w1"), &at).unwrap());
        assert_ne!(one, other);
        assert_eq!(open("cursor", &workspace("w1"), &one, &position('a', 50, 1)).unwrap(), 42);
        assert_eq!(open("cursor", &workspace("w1"), &other, &at).unwrap(), 42);
    }

    #[test]
    fn cursors_of_others_and_of_before_a_restore_are_refused() {
        let at = position('a', 42, 1);
        let cursor = seal(&workspace("w1"), &at).unwrap();
        assert_eq!(refused("w2", &cursor, &at), Some(Reason::InvalidCursor));
        assert_eq!(refused("w1", &cursor, &position('a', 42, 2)), Some(Reason::InvalidCursor));
        assert_eq!(refused("w1", &cursor, &position('b', 42, 1)), Some(Reason::CursorExpired));
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let at = position('a', 42, 1);
        let cursor = seal(&workspace("w1"), &at).unwrap();
        for place in 0..cursor.len() {
            let mut text = cursor.clone().into_bytes();
            text[place] = if text[place] == b'A' { b'Q' } else { b'A' };
            let text = String::from_utf8(text).unwrap();
            assert_eq!(refused("w1", &text, &at), Some(Reason::InvalidCursor), "{place}");
        }
        for text in ["x", "***", &"A".repeat(10_000), &cursor[1..]] {
            assert_eq!(refused("w1", text, &at), Some(Reason::InvalidCursor));
        }
    }
}

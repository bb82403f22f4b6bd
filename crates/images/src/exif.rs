//! The orientation in EXIF metadata (Exif 2.32, 4.6; TIFF 6.0, section 2).

use crate::Orientation;

const ORIENTATION_TAG: u16 = 274;
const SHORT: u16 = 3;
/// Maximum number of directory entries; a damaged count must not cost time.
const MAX_ENTRIES: u16 = 1000;

/// Returns the orientation that a TIFF header's first directory states. Metadata that cannot be read counts as upright,
/// as in viewers: it does not affect the pixels.
pub(crate) fn orientation(tiff: &[u8]) -> Orientation {
    orientation_value(tiff).map_or(Orientation::Upright, Orientation::from_exif)
}

fn orientation_value(tiff: &[u8]) -> Option<u16> {
    let is_big_endian = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let bytes = |at: usize, count: usize| tiff.get(at..at.checked_add(count)?);
    let u16_at = |at| {
        let bytes = bytes(at, 2)?.try_into().ok()?;
        Some(if is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let u32_at = |at| {
        let bytes = bytes(at, 4)?.try_into().ok()?;
        Some(if is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    };
    let directory = usize::try_from(u32_at(4)?).ok()?;
    let count = u16_at(directory)?.min(MAX_ENTRIES);
    let entries = (0..usize::from(count)).map(|index| directory.saturating_add(2 + index * 12));
    let entry =
        entries.take_while(|&at| bytes(at, 12).is_some()).find(|&at| u16_at(at) == Some(ORIENTATION_TAG))?;
    (u16_at(entry + 2)? == SHORT && u32_at(entry + 4)? == 1).then(|| u16_at(entry + 8))?
}

#[cfg(test)]
mod tests {
    use super::{Orientation, orientation};

    fn tiff(is_big_endian: bool, value: u16) -> Vec<u8> {
        let short = |value: u16| if is_big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let long = |value: u32| if is_big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let head: &[u8] = if is_big_endian { b"MM" } else { b"II" };
        let other = [&short(271)[..], &short(2), &long(1), &[0; 4]].concat();
        let entry = [&short(274)[..], &short(3), &long(1), &short(value), &[0; 2]].concat();
        [head, &short(42), &long(8), &short(2), &other, &entry].concat()
    }

    #[test]
    fn the_tag_is_read_in_both_byte_orders() {
        for is_big_endian in [true, false] {
            assert_eq!(orientation(&tiff(is_big_endian, 6)), Orientation::Rotate90);
            assert_eq!(orientation(&tiff(is_big_endian, 9)), Orientation::Upright);
            assert_eq!(orientation(&tiff(is_big_endian, 0)), Orientation::Upright);
        }
    }

    #[test]
    fn metadata_that_is_cut_anywhere_counts_as_upright() {
        let whole = tiff(true, 6);
        for end in 0..whole.len() - 2 {
            assert_eq!(orientation(&whole[..end]), Orientation::Upright, "{end}");
        }
    }
}

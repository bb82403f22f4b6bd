//! PNG (ISO/IEC 15948): a signature, then chunks of length, type, data and check sum, `IHDR` first, `IEND` last.

use super::{ImageError, MediaType, number};

pub(super) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Width and height in pixels, once the file is seen to have all of its chunks.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), ImageError> {
    let damaged = |what| ImageError::Damaged(MediaType::Png, what);
    let mut at = SIGNATURE.len();
    let (mut size, mut has_data) = (None, false);
    loop {
        let length = number(bytes, at).map(u32::from_be_bytes).ok_or(damaged("it ends early"))?;
        let kind = number::<4>(bytes, at + 4).ok_or(damaged("it ends early"))?;
        let data = at + 8;
        // Four bytes of check sum follow the data.
        let next = usize::try_from(length).ok().and_then(|length| data.checked_add(length)?.checked_add(4));
        let next = next.filter(|next| *next <= bytes.len()).ok_or(damaged("it ends early"))?;
        match (&kind, size) {
            (b"IHDR", None) if length == 13 => size = Some(header(&bytes[data..data + 13])?),
            (_, None) => return Err(damaged("it does not begin with its header")),
            (b"IDAT", _) => has_data = true,
            (b"IEND", Some(size)) if has_data => return Ok(size),
            (b"IEND", _) => return Err(damaged("it has no pixels")),
            _ => {}
        }
        at = next;
    }
}

/// ISO/IEC 15948, 11.2.2.
fn header(header: &[u8]) -> Result<(u32, u32), ImageError> {
    let side = |at| number(header, at).map_or(0, u32::from_be_bytes);
    let (width, height) = (side(0), side(4));
    let in_range = |side: u32| side > 0 && i32::try_from(side).is_ok();
    let (depth, color) = (header[8], header[9]);
    let is_known = match color {
        0 => matches!(depth, 1 | 2 | 4 | 8 | 16),
        2 | 4 | 6 => matches!(depth, 8 | 16),
        3 => matches!(depth, 1 | 2 | 4 | 8),
        _ => false,
    };
    if in_range(width) && in_range(height) && is_known && header[10] == 0 && header[11] == 0 && header[12] < 2
    {
        Ok((width, height))
    } else {
        Err(ImageError::Damaged(MediaType::Png, "its header makes no sense"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ImageError, ImageHeader, MediaType, read};

    fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], &kind, data, &[0; 4]].concat()
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
        let chunks = [chunk(*b"IHDR", &header), chunk(*b"IDAT", &[1, 2, 3]), chunk(*b"IEND", &[])];
        [&super::SIGNATURE[..], &chunks.concat()].concat()
    }

    #[test]
    fn a_png_says_its_size() {
        let found = read(&png(640, 480)).unwrap();
        assert_eq!(found, ImageHeader { media_type: MediaType::Png, width: 640, height: 480 });
    }

    #[test]
    fn a_png_that_was_cut_anywhere_is_damaged() {
        let whole = png(640, 480);
        for end in 8..whole.len() {
            assert!(matches!(read(&whole[..end]), Err(ImageError::Damaged(MediaType::Png, _))), "{end}");
        }
    }

    #[test]
    fn a_png_of_too_many_or_no_pixels_is_refused() {
        let huge = read(&png(100_000, 100_000));
        assert_eq!(huge, Err(ImageError::TooManyPixels { width: 100_000, height: 100_000 }));
        assert!(matches!(read(&png(0, 5)), Err(ImageError::Damaged(..))));
        assert!(matches!(read(&png(u32::MAX, 1)), Err(ImageError::Damaged(..))));
    }
}

//! JPEG (ISO/IEC 10918-1): segments, each with a marker and most with a length, up to the entropy-coded data.

use super::{ImageError, MediaType, number};

/// Start of image, and the marker that follows it always.
pub(super) const SIGNATURE: [u8; 3] = [0xff, 0xd8, 0xff];

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: [u8; 2] = [0xff, 0xd9];

/// Width and height in pixels, once the file is seen to have a frame, a scan and an end.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), ImageError> {
    let damaged = |what| ImageError::Damaged(MediaType::Jpeg, what);
    let (mut at, mut size) = (2, None);
    loop {
        let (marker, start) = segment(bytes, at).ok_or(damaged("it ends early"))?;
        let length = number(bytes, start).map(u16::from_be_bytes).map(usize::from);
        let length = length.filter(|length| *length >= 2).ok_or(damaged("it ends early"))?;
        let data = bytes.get(start + 2..start + length).ok_or(damaged("it ends early"))?;
        match marker {
            // Baseline, extended and progressive, all with Huffman codes.
            0xc0..=0xc2 => size = Some(frame(data)?),
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let what = "it is lossless, hierarchical or arithmetically coded";
                return Err(ImageError::Unsupported(MediaType::Jpeg, what));
            }
            START_OF_SCAN => {
                let size = size.ok_or(damaged("it has no frame before its scan"))?;
                let is_whole = bytes[start + length..].windows(2).any(|pair| pair == END_OF_IMAGE);
                return if is_whole { Ok(size) } else { Err(damaged("it ends early")) };
            }
            _ => {}
        }
        at = start + length;
    }
}

/// The marker at a place, fill bytes before it left out, and where its length stands.
fn segment(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    if *bytes.get(at)? != 0xff {
        return None;
    }
    let fill = bytes.get(at..)?.iter().take_while(|byte| **byte == 0xff).count();
    let marker = *bytes.get(at + fill)?;
    // Those without a length stand inside scans only, and 0x00 is no marker.
    (!matches!(marker, 0x00 | 0x01 | 0xd0..=0xd9)).then_some((marker, at + fill + 1))
}

/// ISO/IEC 10918-1, B.2.2.
fn frame(data: &[u8]) -> Result<(u32, u32), ImageError> {
    let side = |at| number(data, at).map_or(0, u16::from_be_bytes);
    let (height, width) = (side(1), side(3));
    match data.first() {
        // Four components: refused here, where the author is, and not when somebody prints it.
        Some(8) if data.get(5) == Some(&4) => {
            Err(ImageError::Unsupported(MediaType::Jpeg, "its colours are CMYK; convert it to sRGB"))
        }
        Some(8) if width > 0 && height > 0 => Ok((width.into(), height.into())),
        Some(8) | None => Err(ImageError::Damaged(MediaType::Jpeg, "its frame makes no sense")),
        Some(_) => Err(ImageError::Unsupported(MediaType::Jpeg, "it has not 8 bits a sample")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ImageError, ImageHeader, MediaType, read};

    fn jpeg(frame: u8, width: u16, height: u16) -> Vec<u8> {
        let [h1, h2] = height.to_be_bytes();
        let [w1, w2] = width.to_be_bytes();
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff];
        bytes.extend([frame, 0, 11, 8, h1, h2, w1, w2, 1, 1, 0x11, 0]);
        bytes.extend([0xff, 0xda, 0, 4, 0, 0, 0x12, 0x34, 0xff, 0xd9]);
        bytes
    }

    #[test]
    fn a_jpeg_says_its_size() {
        for frame in [0xc0, 0xc1, 0xc2] {
            let found = read(&jpeg(frame, 640, 480)).unwrap();
            assert_eq!(found, ImageHeader { media_type: MediaType::Jpeg, width: 640, height: 480 });
        }
    }

    #[test]
    fn a_jpeg_that_was_cut_anywhere_is_damaged() {
        let whole = jpeg(0xc0, 640, 480);
        for end in 3..whole.len() {
            assert!(matches!(read(&whole[..end]), Err(ImageError::Damaged(MediaType::Jpeg, _))), "{end}");
        }
    }

    #[test]
    fn a_cmyk_jpeg_is_refused_with_what_to_do() {
        let mut four = jpeg(0xc0, 640, 480);
        four[18] = 4;
        let refused = read(&four).unwrap_err();
        assert_eq!(refused.to_string(), "the JPEG cannot be shown: its colours are CMYK; convert it to sRGB");
    }

    #[test]
    fn a_jpeg_that_readers_do_not_show_is_refused() {
        assert!(matches!(read(&jpeg(0xc3, 5, 5)), Err(ImageError::Unsupported(..))));
        assert!(matches!(read(&jpeg(0xc0, 5, 0)), Err(ImageError::Damaged(..))));
    }
}

//! JPEG files (ITU-T T.81): never decoded. The markers are followed to the end, the header is checked, and what only
//! describes the picture is left out: a camera's position and serial number are no part of a brief.

use super::{Colors, ImageError, Raster, Samples, check_size};
use crate::job::Limits;

const SOI: [u8; 2] = [0xFF, 0xD8];
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const DHT: u8 = 0xC4;
const DQT: u8 = 0xDB;
const DRI: u8 = 0xDD;
/// Adobe's segment says whether three components are YCbCr or RGB (ISO 32000-1, table 13).
const APP14: u8 = 0xEE;
/// A scan's end is looked for in so many scans only: each refines the whole picture, and an encoder makes ten.
const MAX_SCANS: usize = 200;

/// What the frame header says (B.2.2).
struct Frame {
    width: u32,
    height: u32,
    colors: Colors,
}

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Raster, ImageError> {
    let mut reader = Reader { rest: &bytes[SOI.len()..] };
    let mut kept = SOI.to_vec();
    let mut frame: Option<Frame> = None;
    let mut tables = false;
    let mut scans = 0;
    loop {
        let marker = reader.marker()?;
        if marker == EOI {
            break;
        }
        let segment = reader.segment()?;
        match marker {
            DHT | DRI => {}
            DQT => tables = true,
            APP14 if is_adobe(segment) => {}
            SOS => {
                scans += 1;
                if frame.is_none() || !tables || scans > MAX_SCANS {
                    return Err(ImageError::Jpeg("a scan without its frame, or too many"));
                }
            }
            0xC0..=0xCF => {
                if frame.is_some() {
                    return Err(ImageError::Jpeg("two frames"));
                }
                frame = Some(self::frame(marker, segment, limits)?);
            }
            // Metadata, thumbnails, comments.
            0xE0..=0xEF | 0xFE => continue,
            _ => return Err(ImageError::Jpeg("a marker that no picture needs")),
        }
        keep(&mut kept, marker, segment);
        if marker == SOS {
            kept.extend_from_slice(reader.scan()?);
        }
    }
    let Some(frame) = frame.filter(|_| scans > 0) else {
        return Err(ImageError::Jpeg("no picture in it"));
    };
    kept.extend_from_slice(&[0xFF, EOI]);
    let Frame { width, height, colors } = frame;
    Ok(Raster { width, height, colors, samples: Samples::Jpeg(kept), alpha: None })
}

fn keep(kept: &mut Vec<u8>, marker: u8, segment: &[u8]) {
    // The segment was as long when it was read.
    let length = u16::try_from(segment.len() + 2).unwrap_or(u16::MAX);
    kept.extend_from_slice(&[0xFF, marker]);
    kept.extend_from_slice(&length.to_be_bytes());
    kept.extend_from_slice(segment);
}

fn is_adobe(segment: &[u8]) -> bool {
    segment.starts_with(b"Adobe") && segment.len() == 12
}

/// Baseline, extended sequential and progressive, with eight bits a sample: what PDF takes (ISO 32000-1, 7.4.8).
fn frame(marker: u8, segment: &[u8], limits: &Limits) -> Result<Frame, ImageError> {
    if !(0xC0..=0xC2).contains(&marker) {
        return Err(ImageError::Jpeg("lossless or arithmetic coding"));
    }
    let &[precision, y1, y2, x1, x2, count, ref components @ ..] = segment else {
        return Err(ImageError::Jpeg("a frame header that is too short"));
    };
    if precision != 8 {
        return Err(ImageError::Jpeg("more than eight bits a sample"));
    }
    let (width, height) = (u16::from_be_bytes([x1, x2]), u16::from_be_bytes([y1, y2]));
    check_size(width.into(), height.into(), limits)?;
    let colors = match count {
        1 => Colors::Gray,
        3 => Colors::Rgb,
        4 => return Err(ImageError::Cmyk),
        _ => return Err(ImageError::Jpeg("neither one nor three components")),
    };
    let sampled = components.chunks(3).all(|component| {
        matches!(component, [_, factors, table] if (1..=4).contains(&(factors >> 4)) && (1..=4).contains(&(factors & 15)) && *table < 4)
    });
    if components.len() != colors.count() * 3 || !sampled {
        return Err(ImageError::Jpeg("components that contradict each other"));
    }
    Ok(Frame { width: width.into(), height: height.into(), colors })
}

struct Reader<'a> {
    rest: &'a [u8],
}

const CUT: ImageError = ImageError::Jpeg("it ends too early");

impl<'a> Reader<'a> {
    /// The next marker; any number of `FF` may stand before it (B.1.1.2).
    fn marker(&mut self) -> Result<u8, ImageError> {
        let [0xFF, rest @ ..] = self.rest else {
            return Err(if self.rest.is_empty() {
                CUT
            } else {
                ImageError::Jpeg("bytes between its segments")
            });
        };
        let fill = rest.iter().position(|&byte| byte != 0xFF).ok_or(CUT)?;
        self.rest = &rest[fill + 1..];
        Ok(rest[fill])
    }

    fn segment(&mut self) -> Result<&'a [u8], ImageError> {
        let [high, low, ..] = *self.rest else { return Err(CUT) };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if length < 2 {
            return Err(ImageError::Jpeg("a segment shorter than its length"));
        }
        let segment = self.rest.get(2..length).ok_or(CUT)?;
        self.rest = &self.rest[length..];
        Ok(segment)
    }

    /// Entropy-coded data: up to the next marker that is neither a stuffed zero nor a restart.
    fn scan(&mut self) -> Result<&'a [u8], ImageError> {
        let ends = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7 | 0xFF);
        let end = self.rest.windows(2).position(ends).ok_or(CUT)?;
        // Fill bytes before the marker are no data.
        let data = self.rest[..end].iter().rposition(|&byte| byte != 0xFF).map_or(0, |last| last + 1);
        let scan = &self.rest[..data];
        self.rest = &self.rest[end..];
        if scan.is_empty() { Err(ImageError::Jpeg("a scan without data")) } else { Ok(scan) }
    }
}

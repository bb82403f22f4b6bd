//! JPEG files (ITU-T T.81). Scan data is copied unchanged, and decoded to its end to prove that it is complete.
//! Metadata is removed: a camera's position and serial number are not part of a brief.

mod bits;
mod coverage;
mod frame;
mod huffman;
mod problem;
mod scan;

use std::collections::BTreeMap;

use self::frame::Frame;
use self::huffman::HuffmanTable;
use self::problem::{Problem, damaged, unsupported};
use self::scan::ScanDecoder;
use crate::{
    Colors, ImageError, ImageReport, ImageWarning, Limits, MediaType, Orientation, Raster, Samples,
    color_profile, exif,
};

/// Start of image, and the first byte of the marker that always follows.
pub(crate) const SIGNATURE: [u8; 3] = [0xFF, 0xD8, 0xFF];

const SOI: [u8; 2] = [0xFF, 0xD8];
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const DHT: u8 = 0xC4;
const DQT: u8 = 0xDB;
const DNL: u8 = 0xDC;
const DRI: u8 = 0xDD;
/// Adobe's segment states whether three components are YCbCr or RGB (ISO 32000-1, table 13).
const APP14: u8 = 0xEE;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
/// Maximum number of scans. Encoders write about ten, each refining the whole image.
const MAX_SCANS: usize = 200;

/// A file's printable form, and the report on it.
pub(crate) struct Jpeg {
    pub(crate) raster: Raster,
    pub(crate) report: ImageReport,
}

/// Tables and settings for the following scans.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) quantization: [bool; 4],
    pub(crate) dc: [Option<HuffmanTable>; 4],
    pub(crate) ac: [Option<HuffmanTable>; 4],
    pub(crate) restart_interval: u16,
}

/// Metadata that decides how the pixels are displayed.
#[derive(Default)]
struct Metadata {
    orientation: Option<Orientation>,
    /// Parts of an ICC profile by their number, and how many there should be (ICC.1:2022, B.4).
    profile: BTreeMap<u8, Vec<u8>>,
    profile_parts: Option<u8>,
}

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Jpeg, ImageError> {
    let mut reader = Segments { rest: &bytes[SOI.len()..] };
    let mut kept = SOI.to_vec();
    let mut decoder: Option<ScanDecoder> = None;
    let (mut tables, mut metadata, mut scans) = (Tables::default(), Metadata::default(), 0);
    loop {
        let marker = reader.marker()?;
        if marker == EOI {
            break;
        }
        let segment = reader.segment()?;
        match marker {
            DHT => huffman::read(segment, &mut tables).map_err(damaged)?,
            DQT => quantization(segment, &mut tables).map_err(damaged)?,
            DRI => {
                let interval =
                    segment.try_into().map_err(|_| damaged("a restart interval of the wrong length"))?;
                tables.restart_interval = u16::from_be_bytes(interval);
            }
            APP14 if is_adobe(segment) => {}
            SOS => {
                scans += 1;
                if scans > MAX_SCANS {
                    return Err(damaged("it has too many scans"));
                }
            }
            0xC0..=0xCF => {
                if decoder.is_some() {
                    return Err(damaged("it has two frames"));
                }
                decoder = Some(ScanDecoder::new(frame::read(marker, segment, limits)?));
            }
            // Metadata, thumbnails, comments.
            0xE0..=0xEF | 0xFE => {
                metadata.note(marker, segment);
                continue;
            }
            DNL => return Err(unsupported("its height is defined after its first scan")),
            _ => return Err(unsupported("it has a segment that viewers do not support")),
        }
        keep(&mut kept, marker, segment);
        if marker == SOS {
            let decoder = decoder.as_mut().ok_or_else(|| damaged("it has a scan before its frame"))?;
            let scan = reader.scan()?;
            decoder.decode(segment, scan, &tables).map_err(damaged)?;
            kept.extend_from_slice(scan);
        }
    }
    let decoder = decoder.filter(|_| scans > 0).ok_or_else(|| damaged("it has no pixels"))?;
    let frame = decoder.finish().map_err(damaged)?;
    kept.extend_from_slice(&[0xFF, EOI]);
    Ok(finished(&frame, kept, &metadata))
}

fn finished(frame: &Frame, kept: Vec<u8>, metadata: &Metadata) -> Jpeg {
    let orientation = metadata.orientation.unwrap_or_default();
    let size = (u32::from(frame.width), u32::from(frame.height));
    let (width, height) = orientation.displayed(size);
    let warnings = metadata.color_warning(frame.colors).into_iter().collect();
    let samples = Samples::Jpeg(kept);
    Jpeg {
        raster: Raster {
            width: size.0,
            height: size.1,
            orientation,
            colors: frame.colors,
            samples,
            alpha: None,
        },
        report: ImageReport { media_type: MediaType::Jpeg, width, height, warnings },
    }
}

impl Metadata {
    /// Stores the first EXIF segment, and the parts of a colour profile.
    fn note(&mut self, marker: u8, segment: &[u8]) {
        if marker == APP1
            && let Some(tiff) = segment.strip_prefix(b"Exif\0\0")
        {
            self.orientation.get_or_insert_with(|| exif::orientation(tiff));
        }
        if marker == APP2
            && let Some([number, count, part @ ..]) = segment.strip_prefix(b"ICC_PROFILE\0")
        {
            self.profile_parts.get_or_insert(*count);
            self.profile.entry(*number).or_insert_with(|| part.to_vec());
        }
    }

    fn color_warning(&self, colors: Colors) -> Option<ImageWarning> {
        let count = self.profile_parts?;
        if !self.profile.keys().copied().eq(1..=count) {
            let profile = "a colour profile that is not complete".to_owned();
            return Some(ImageWarning::ColorProfileIgnored { profile });
        }
        let profile: Vec<u8> = self.profile.values().flatten().copied().collect();
        color_profile::warning(&profile, colors)
    }
}

fn keep(kept: &mut Vec<u8>, marker: u8, segment: &[u8]) {
    // The segment's length was checked when it was read.
    let length = u16::try_from(segment.len() + 2).unwrap_or(u16::MAX);
    kept.extend_from_slice(&[0xFF, marker]);
    kept.extend_from_slice(&length.to_be_bytes());
    kept.extend_from_slice(segment);
}

fn is_adobe(segment: &[u8]) -> bool {
    segment.starts_with(b"Adobe") && segment.len() == 12
}

/// Notes which quantization tables a segment defines (B.2.4.1).
fn quantization(mut segment: &[u8], tables: &mut Tables) -> Result<(), Problem> {
    while let [head, rest @ ..] = segment {
        let (precision, index) = (head >> 4, usize::from(head & 15));
        let length = match precision {
            0 => 64,
            1 => 128,
            _ => return Err("a quantization table of unknown precision"),
        };
        let values = rest.get(..length).ok_or("a quantization table that ends too early")?;
        let is_zero = |value: &[u8]| value.iter().all(|&byte| byte == 0);
        if values.chunks(length / 64).any(is_zero) {
            return Err("a quantization table with a step of zero");
        }
        *tables.quantization.get_mut(index).ok_or("a quantization table with a number above 3")? = true;
        segment = &rest[length..];
    }
    Ok(())
}

/// The marker segments of a file (B.1.1).
struct Segments<'a> {
    rest: &'a [u8],
}

const CUT: Problem = "it ends too early";

impl<'a> Segments<'a> {
    /// Returns the next marker; any number of `FF` may precede it (B.1.1.2).
    fn marker(&mut self) -> Result<u8, ImageError> {
        let [0xFF, rest @ ..] = self.rest else {
            return Err(damaged(if self.rest.is_empty() {
                CUT
            } else {
                "there are bytes between its segments"
            }));
        };
        let fill = rest.iter().position(|&byte| byte != 0xFF).ok_or_else(|| damaged(CUT))?;
        self.rest = &rest[fill + 1..];
        Ok(rest[fill])
    }

    fn segment(&mut self) -> Result<&'a [u8], ImageError> {
        let [high, low, ..] = *self.rest else { return Err(damaged(CUT)) };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if length < 2 {
            return Err(damaged("a segment states a length below 2"));
        }
        let segment = self.rest.get(2..length).ok_or_else(|| damaged(CUT))?;
        self.rest = &self.rest[length..];
        Ok(segment)
    }

    /// Returns the entropy-coded data up to the next marker that is neither a stuffed zero nor a restart.
    fn scan(&mut self) -> Result<&'a [u8], ImageError> {
        let ends = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7 | 0xFF);
        let end = self.rest.windows(2).position(ends).ok_or_else(|| damaged(CUT))?;
        // Fill bytes before the marker are not data.
        let data = self.rest[..end].iter().rposition(|&byte| byte != 0xFF).map_or(0, |last| last + 1);
        let scan = &self.rest[..data];
        self.rest = &self.rest[end..];
        if scan.is_empty() { Err(damaged("it has a scan without data")) } else { Ok(scan) }
    }
}

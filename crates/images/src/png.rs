//! PNG files (ISO/IEC 15948): decoded to eight bits per component, and encoded again as rows of samples with alpha
//! separated.

use std::io::Cursor;

use png::{
    BitDepth, ColorType, DecodeOptions, Decoder, DecodingError, Info, Reader, ScaledFloat, Transformations,
};

use crate::filtered_rows::FilteredRows;
use crate::limits::check_size;
use crate::{
    Colors, ImageError, ImageReport, ImageWarning, Limits, MediaType, Orientation, Raster, Samples,
    color_profile, exif,
};

pub(crate) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Memory of the decoder besides the pixels' rows: palettes and profiles.
const SPARE_BYTES: usize = 1 << 20;

type Input<'a> = Reader<Cursor<&'a [u8]>>;

/// Decodes the whole file and reports on it, without keeping pixels.
pub(crate) fn check(bytes: &[u8], limits: &Limits) -> Result<ImageReport, ImageError> {
    let (mut reader, _) = open(bytes, limits, false)?;
    let colors = colors(&reader)?.0;
    // Interlaced rows are read pass by pass, so that checking a large file needs no memory for it.
    while reader.next_interlaced_row().map_err(damaged)?.is_some() {}
    reader.finish().map_err(damaged)?;
    let info = reader.info();
    let (width, height) = orientation(info).displayed((info.width, info.height));
    Ok(ImageReport {
        media_type: MediaType::Png,
        width,
        height,
        warnings: color_warning(info, colors).into_iter().collect(),
    })
}

/// Decodes the whole file to its printable form.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Raster, ImageError> {
    let (mut reader, interlaced) = open(bytes, limits, true)?;
    let (width, height) = (reader.info().width, reader.info().height);
    let mut planes = Planes::new(width as usize, colors(&reader)?);
    if interlaced {
        whole_frame(&mut reader, &mut planes)?;
    } else {
        for _ in 0..height {
            let row = reader.next_row().map_err(damaged)?.ok_or_else(cut)?;
            planes.push(row.data());
        }
    }
    // Reads the chunks after the last row too: they can be damaged, and one of them can state the orientation.
    reader.finish().map_err(damaged)?;
    Ok(planes.finish(width, height, orientation(reader.info())))
}

/// Reads all chunks up to the pixels; returns whether the file is interlaced.
fn open<'a>(bytes: &'a [u8], limits: &Limits, holds_frame: bool) -> Result<(Input<'a>, bool), ImageError> {
    let mut options = DecodeOptions::default();
    options.set_ignore_adler32(false);
    options.set_skip_ancillary_crc_failures(false);
    options.set_ignore_text_chunk(true);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let header = decoder.read_header_info().map_err(damaged)?;
    let (width, height, interlaced) = (header.width, header.height, header.interlaced);
    check_size(MediaType::Png, width, height, limits)?;
    // A row has at most eight bytes per pixel before it is reduced to eight bits per component.
    let rows = if interlaced && holds_frame { height as usize } else { 4 };
    let memory = (width as usize).saturating_mul(8).saturating_mul(rows).saturating_add(SPARE_BYTES);
    decoder.set_limits(png::Limits { bytes: memory });
    Ok((decoder.read_info().map_err(damaged)?, interlaced))
}

/// Decodes an interlaced image, whose rows are complete only at its end.
fn whole_frame(reader: &mut Input, planes: &mut Planes) -> Result<(), ImageError> {
    let mut frame = vec![0; reader.output_buffer_size().ok_or_else(cut)?];
    let info = reader.next_frame(&mut frame).map_err(damaged)?;
    for row in frame.chunks_exact(info.line_size.max(1)) {
        planes.push(row);
    }
    Ok(())
}

/// Returns the decoded components, and whether alpha follows them.
fn colors(reader: &Input) -> Result<(Colors, bool), ImageError> {
    let has_palette = reader.info().color_type != ColorType::Indexed || reader.info().palette.is_some();
    match reader.output_color_type() {
        _ if !has_palette => Err(ImageError::damaged(MediaType::Png, "its palette is missing")),
        (ColorType::Grayscale, BitDepth::Eight) => Ok((Colors::Gray, false)),
        (ColorType::GrayscaleAlpha, BitDepth::Eight) => Ok((Colors::Gray, true)),
        (ColorType::Rgb, BitDepth::Eight) => Ok((Colors::Rgb, false)),
        (ColorType::Rgba, BitDepth::Eight) => Ok((Colors::Rgb, true)),
        (color, depth) => {
            let problem = format!("its pixels do not decode to eight bits: {color:?}, {depth:?}");
            Err(ImageError::damaged(MediaType::Png, problem))
        }
    }
}

fn orientation(info: &Info) -> Orientation {
    info.exif_metadata.as_deref().map(exif::orientation).unwrap_or_default()
}

/// Returns a warning when the file describes its colours as others than sRGB. The chunks are ranked as in the
/// standard's third edition (4.3): cICP, iCCP, sRGB, then gAMA with cHRM.
fn color_warning(info: &Info, colors: Colors) -> Option<ImageWarning> {
    let ignored = |profile: String| Some(ImageWarning::ColorProfileIgnored { profile });
    if let Some(code_points) = &info.coding_independent_code_points {
        let (primaries, transfer) = (code_points.color_primaries, code_points.transfer_function);
        let is_srgb = primaries == 1 && transfer == 13;
        return if is_srgb {
            None
        } else {
            ignored(format!("a cICP colour space ({primaries}, {transfer})"))
        };
    }
    if let Some(profile) = &info.icc_profile {
        return color_profile::warning(profile, colors);
    }
    if info.srgb.is_some() {
        return None;
    }
    let near = |value: ScaledFloat, expected: u32| value.into_scaled().abs_diff(expected) <= 1000;
    if let Some(gamma) = info.gama_chunk.filter(|gamma| !near(*gamma, 45_455)) {
        return ignored(format!("a gamma of {:.3}", gamma.into_value()));
    }
    let chromaticities = info.chrm_chunk.filter(|_| colors == Colors::Rgb)?;
    let is_near =
        |(x, y): (ScaledFloat, ScaledFloat), expected: (u32, u32)| near(x, expected.0) && near(y, expected.1);
    let is_srgb = is_near(chromaticities.white, (31_270, 32_900))
        && is_near(chromaticities.red, (64_000, 33_000))
        && is_near(chromaticities.green, (30_000, 60_000))
        && is_near(chromaticities.blue, (15_000, 6_000));
    if is_srgb { None } else { ignored("primaries of a cHRM chunk other than sRGB's".to_owned()) }
}

/// Separate rows of colours and alpha.
struct Planes {
    colors: Colors,
    has_alpha: bool,
    /// Whether any pixel is translucent.
    see_through: bool,
    rows: FilteredRows,
    alpha: FilteredRows,
    row: Vec<u8>,
    alpha_row: Vec<u8>,
}

impl Planes {
    fn new(width: usize, (colors, has_alpha): (Colors, bool)) -> Self {
        let count = colors.count();
        let row_bytes = width * count;
        Self {
            colors,
            has_alpha,
            see_through: false,
            rows: FilteredRows::new(row_bytes, count),
            alpha: FilteredRows::new(if has_alpha { width } else { 0 }, 1),
            row: Vec::with_capacity(row_bytes),
            alpha_row: Vec::new(),
        }
    }

    fn push(&mut self, row: &[u8]) {
        if !self.has_alpha {
            return self.rows.push(row);
        }
        self.row.clear();
        self.alpha_row.clear();
        let count = self.colors.count();
        for pixel in row.chunks_exact(count + 1) {
            self.row.extend_from_slice(&pixel[..count]);
            self.alpha_row.push(pixel[count]);
        }
        self.see_through |= self.alpha_row.iter().any(|&alpha| alpha < u8::MAX);
        self.rows.push(&self.row);
        self.alpha.push(&self.alpha_row);
    }

    fn finish(self, width: u32, height: u32, orientation: Orientation) -> Raster {
        let alpha = self.see_through.then(|| self.alpha.finish());
        let samples = Samples::Filtered(self.rows.finish());
        Raster { width, height, orientation, colors: self.colors, samples, alpha }
    }
}

fn cut() -> ImageError {
    ImageError::damaged(MediaType::Png, "it ends too early")
}

fn damaged(error: DecodingError) -> ImageError {
    match error {
        DecodingError::IoError(_) => cut(),
        DecodingError::LimitsExceeded => {
            ImageError::damaged(MediaType::Png, "it needs more memory than its size explains")
        }
        DecodingError::Format(error) => {
            ImageError::damaged(MediaType::Png, error.to_string().trim_end_matches('.'))
        }
        DecodingError::Parameter(error) => {
            ImageError::damaged(MediaType::Png, error.to_string().trim_end_matches('.'))
        }
    }
}

//! PNG files: decoded to eight bits a component, and written again as rows of samples with alpha apart from them.

use std::io::Cursor;

use png::{BitDepth, ColorType, DecodeOptions, Decoder, DecodingError, Reader, Transformations};

use super::filter::FilteredRows;
use super::{Colors, ImageError, Raster, Samples, check_size};
use crate::job::Limits;

/// What the decoder may take beside the picture's own rows: palettes and profiles.
const SPARE_BYTES: usize = 1 << 20;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Raster, ImageError> {
    let mut options = DecodeOptions::default();
    options.set_skip_ancillary_crc_failures(false);
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let header = decoder.read_header_info().map_err(damaged)?;
    let (width, height, interlaced) = (header.width, header.height, header.interlaced);
    check_size(width, height, limits)?;
    // Eight bytes a pixel is the most that a row holds before it is brought to eight bits a component.
    let whole = if interlaced { height as usize } else { 4 };
    let memory = (width as usize).saturating_mul(8).saturating_mul(whole).saturating_add(SPARE_BYTES);
    decoder.set_limits(png::Limits { bytes: memory });
    let mut reader = decoder.read_info().map_err(damaged)?;
    let mut planes = Planes::new(width as usize, &reader)?;
    if interlaced {
        whole_frame(&mut reader, &mut planes)?;
    } else {
        for _ in 0..height {
            let row = reader.next_row().map_err(damaged)?.ok_or_else(cut)?;
            planes.push(row.data());
        }
    }
    // The end is read too: a file that was cut behind its last row was not meant to be printed.
    reader.finish().map_err(damaged)?;
    Ok(planes.finish(width, height))
}

/// An interlaced picture's rows are whole only at its end.
fn whole_frame(reader: &mut Reader<Cursor<&[u8]>>, planes: &mut Planes) -> Result<(), ImageError> {
    let mut frame = vec![0; reader.output_buffer_size().ok_or_else(cut)?];
    let info = reader.next_frame(&mut frame).map_err(damaged)?;
    for row in frame.chunks_exact(info.line_size.max(1)) {
        planes.push(row);
    }
    Ok(())
}

/// Colours and alpha, each on its own.
struct Planes {
    colors: Colors,
    has_alpha: bool,
    /// Whether any pixel lets something through.
    see_through: bool,
    rows: FilteredRows,
    alpha: FilteredRows,
    row: Vec<u8>,
    alpha_row: Vec<u8>,
}

impl Planes {
    fn new(width: usize, reader: &Reader<Cursor<&[u8]>>) -> Result<Self, ImageError> {
        let (colors, has_alpha) = match reader.output_color_type() {
            (ColorType::Grayscale, BitDepth::Eight) => (Colors::Gray, false),
            (ColorType::GrayscaleAlpha, BitDepth::Eight) => (Colors::Gray, true),
            (ColorType::Rgb, BitDepth::Eight) => (Colors::Rgb, false),
            (ColorType::Rgba, BitDepth::Eight) => (Colors::Rgb, true),
            _ => return Err(ImageError::Png("a palette without colours".to_owned())),
        };
        let count = colors.count();
        let row_bytes = width * count;
        Ok(Self {
            colors,
            has_alpha,
            see_through: false,
            rows: FilteredRows::new(row_bytes, count),
            alpha: FilteredRows::new(if has_alpha { width } else { 0 }, 1),
            row: Vec::with_capacity(row_bytes),
            alpha_row: Vec::new(),
        })
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

    fn finish(self, width: u32, height: u32) -> Raster {
        let alpha = self.see_through.then(|| self.alpha.finish());
        let samples = Samples::Filtered(self.rows.finish());
        Raster { width, height, colors: self.colors, samples, alpha }
    }
}

fn cut() -> ImageError {
    ImageError::Png("it ends too early".to_owned())
}

fn damaged(error: DecodingError) -> ImageError {
    match error {
        DecodingError::IoError(_) => cut(),
        DecodingError::LimitsExceeded => {
            ImageError::Png("it needs more memory than its size explains".to_owned())
        }
        DecodingError::Format(error) => ImageError::Png(error.to_string()),
        DecodingError::Parameter(error) => ImageError::Png(error.to_string()),
    }
}

//! Frame headers (ITU-T T.81, B.2.2).

use super::problem::{damaged, unsupported};
use crate::limits::check_size;
use crate::{Colors, ImageError, Limits, MediaType};

/// Baseline, extended sequential and progressive DCT with Huffman codes.
const SEQUENTIAL: [u8; 2] = [0xC0, 0xC1];
const PROGRESSIVE: u8 = 0xC2;

/// A frame header.
pub(crate) struct Frame {
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) colors: Colors,
    pub(crate) is_progressive: bool,
    pub(crate) components: Vec<Component>,
}

/// A component's parameters.
#[derive(Clone, Copy)]
pub(crate) struct Component {
    pub(crate) id: u8,
    /// Blocks across and down in an interleaved MCU.
    pub(crate) sampling: (usize, usize),
    pub(crate) quantization_table: usize,
    /// Blocks across and down that hold pixels (A.2.4).
    pub(crate) blocks: (usize, usize),
    /// The same, filled up to whole MCUs.
    pub(crate) padded_blocks: (usize, usize),
}

impl Frame {
    /// Returns the MCUs across and down of scans with several components (A.2.3).
    pub(crate) fn mcus(&self) -> (usize, usize) {
        let most = most_sampled(&self.components);
        (usize::from(self.width).div_ceil(8 * most.0), usize::from(self.height).div_ceil(8 * most.1))
    }
}

fn most_sampled(components: &[Component]) -> (usize, usize) {
    let most = |side: fn(&Component) -> usize| components.iter().map(side).max().unwrap_or(1).max(1);
    (most(|component| component.sampling.0), most(|component| component.sampling.1))
}

pub(crate) fn read(marker: u8, segment: &[u8], limits: &Limits) -> Result<Frame, ImageError> {
    let is_progressive = marker == PROGRESSIVE;
    if !is_progressive && !SEQUENTIAL.contains(&marker) {
        return Err(unsupported("it uses lossless, hierarchical or arithmetic coding"));
    }
    let &[precision, y1, y2, x1, x2, count, ref parameters @ ..] = segment else {
        return Err(damaged("its frame header is too short"));
    };
    if precision != 8 {
        return Err(unsupported("it does not have 8 bits per sample"));
    }
    let (width, height) = (u16::from_be_bytes([x1, x2]), u16::from_be_bytes([y1, y2]));
    check_size(MediaType::Jpeg, width.into(), height.into(), limits)?;
    let colors = match count {
        1 => Colors::Gray,
        3 => Colors::Rgb,
        4 => return Err(unsupported("its colours are CMYK")),
        _ => return Err(unsupported("it has neither one nor three components")),
    };
    if parameters.len() != colors.count() * 3 {
        return Err(damaged("its frame header has the wrong length"));
    }
    let mut components = Vec::with_capacity(colors.count());
    for parameters in parameters.chunks_exact(3) {
        components.push(component(parameters, &components)?);
    }
    let mut frame = Frame { width, height, colors, is_progressive, components };
    place_blocks(&mut frame)?;
    Ok(frame)
}

fn component(parameters: &[u8], before: &[Component]) -> Result<Component, ImageError> {
    let (id, factors, table) = (parameters[0], parameters[1], parameters[2]);
    let sampling = (usize::from(factors >> 4), usize::from(factors & 15));
    if !(1..=4).contains(&sampling.0) || !(1..=4).contains(&sampling.1) {
        return Err(damaged("its frame header states a sampling factor outside 1 to 4"));
    }
    if table > 3 {
        return Err(damaged("its frame header names a quantization table above 3"));
    }
    if before.iter().any(|other| other.id == id) {
        return Err(damaged("its frame header gives two components the same number"));
    }
    let quantization_table = usize::from(table);
    Ok(Component { id, sampling, quantization_table, blocks: (0, 0), padded_blocks: (0, 0) })
}

fn place_blocks(frame: &mut Frame) -> Result<(), ImageError> {
    let most = most_sampled(&frame.components);
    let mcus = frame.mcus();
    let (width, height) = (usize::from(frame.width), usize::from(frame.height));
    for component in &mut frame.components {
        let (across, down) = component.sampling;
        if !most.0.is_multiple_of(across) || !most.1.is_multiple_of(down) {
            return Err(unsupported("its components are sampled at ratios that are not whole numbers"));
        }
        let blocks = |side: usize, factor: usize, most: usize| (side * factor).div_ceil(most).div_ceil(8);
        component.blocks = (blocks(width, across, most.0), blocks(height, down, most.1));
        component.padded_blocks = (mcus.0 * across, mcus.1 * down);
    }
    Ok(())
}

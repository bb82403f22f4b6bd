//! PNG-filtered and deflated rows of samples, as for `/Predictor 15` (ISO 32000-1, 7.4.4.4).

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};

/// Filters and deflates rows from the top.
pub(crate) struct FilteredRows {
    /// Bytes of a pixel.
    step: usize,
    above: Vec<u8>,
    /// The row after each filter, preceded by the filter's number.
    tried: [Vec<u8>; FILTERS.len()],
    deflated: ZlibEncoder<Vec<u8>>,
}

/// Returns the prediction of a byte from the bytes to the left, above, and above left.
type Predict = fn(u8, u8, u8) -> u8;

/// PNG's filters except `Average`, which rarely wins, with their numbers.
const FILTERS: [(u8, Predict); 4] =
    [(0, |_, _, _| 0), (1, |left, _, _| left), (2, |_, above, _| above), (4, paeth)];

impl FilteredRows {
    pub(crate) fn new(row_bytes: usize, step: usize) -> Self {
        let deflated = ZlibEncoder::new(Vec::new(), Compression::new(6));
        Self { step, above: vec![0; row_bytes], tried: Default::default(), deflated }
    }

    /// Adds a row with the filter that leaves the smallest differences, the first one on a tie.
    pub(crate) fn push(&mut self, row: &[u8]) {
        let mut best = (u64::MAX, 0);
        for (index, ((number, predict), tried)) in FILTERS.iter().zip(&mut self.tried).enumerate() {
            tried.clear();
            tried.push(*number);
            let mut sum = 0;
            for (at, &byte) in row.iter().enumerate() {
                let before = at.checked_sub(self.step);
                let left = before.map_or(0, |before| row[before]);
                let corner = before.map_or(0, |before| self.above[before]);
                let difference = byte.wrapping_sub(predict(left, self.above[at], corner));
                sum += u64::from(difference.cast_signed().unsigned_abs());
                tried.push(difference);
            }
            if sum < best.0 {
                best = (sum, index);
            }
        }
        // Writing to memory does not fail.
        let _ = self.deflated.write_all(&self.tried[best.1]);
        self.above.copy_from_slice(row);
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.deflated.finish().unwrap_or_default()
    }
}

/// Returns the neighbour nearest to left + above - corner (the Paeth predictor).
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(above), i16::from(corner));
    let (to_left, to_above, to_corner) = ((b - c).abs(), (a - c).abs(), (a + b - c - c).abs());
    if to_left <= to_above && to_left <= to_corner {
        left
    } else if to_above <= to_corner {
        above
    } else {
        corner
    }
}

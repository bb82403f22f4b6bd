//! Nonzero coefficients of a progressive image, on which refining scans depend (ITU-T T.81, G.1.2.3).

/// One bit per coefficient, one word per block.
pub(crate) struct NonZero {
    words: Vec<u64>,
    across: usize,
}

impl NonZero {
    pub(crate) fn new((across, down): (usize, usize)) -> Self {
        Self { words: vec![0; across * down], across }
    }

    /// Returns a block's word. Blocks of a scan are always within the padded picture.
    pub(crate) fn block(&mut self, column: usize, row: usize) -> &mut u64 {
        &mut self.words[row * self.across + column]
    }
}

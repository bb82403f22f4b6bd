//! The state that every stage of reading shares: the scheme, the diagnostics and the limits.

use chancery_brief::marking::Scheme;

use crate::code;
use crate::diagnostics::{Diagnostics, DiagnosticsMark};
use crate::range::TextRange;

/// Maximum number of citations, annotations, cells and the like in a text; a sentence counts [`SENTENCE_COST`] times.
/// Content of this size is far above the limit of a brief and still takes less than 200 MiB of memory.
const PART_LIMIT: usize = 1_000_000;

/// Number of parts that a sentence counts for.
pub(crate) const SENTENCE_COST: usize = 10;

/// Maximum size of a sentence as written, and of a paragraph that is to be split: 1 MiB. A sentence of a brief has at most
/// 4,000 code points.
pub(crate) const SENTENCE_LIMIT: usize = 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Cursor<'d> {
    pub(crate) scheme: Scheme,
    pub(crate) diagnostics: &'d mut Diagnostics,
    remaining: usize,
}

impl<'d> Cursor<'d> {
    pub(crate) fn new(scheme: Scheme, diagnostics: &'d mut Diagnostics) -> Self {
        Self { scheme, diagnostics, remaining: PART_LIMIT }
    }

    /// Counts parts; returns false, and reports it once, when there are too many to read.
    pub(crate) fn spend(&mut self, parts: usize, range: TextRange) -> bool {
        if parts <= self.remaining {
            self.remaining -= parts;
            return true;
        }
        if self.remaining > 0 {
            self.remaining = 0;
            let message = "the text has too many sentences, citations and annotations to be a brief: the rest is not read";
            self.diagnostics.error(code::TOO_LARGE, range, message);
        }
        false
    }

    /// Returns whether a sentence or paragraph of a size is read; reports one that is too large.
    pub(crate) fn admits(&mut self, size: usize, range: TextRange) -> bool {
        if size > SENTENCE_LIMIT {
            let message =
                format!("the line or paragraph is larger than {SENTENCE_LIMIT} bytes and is not read");
            self.diagnostics.error(code::TOO_LARGE, range, message);
        }
        size <= SENTENCE_LIMIT
    }

    /// Returns the state before a part that may have to be read in another way.
    pub(crate) fn mark(&self) -> (DiagnosticsMark, usize) {
        (self.diagnostics.mark(), self.remaining)
    }

    /// Forgets the diagnostics and the parts since a mark.
    pub(crate) fn return_to(&mut self, (mark, remaining): (DiagnosticsMark, usize)) {
        self.diagnostics.return_to(mark);
        self.remaining = remaining;
    }

    pub(crate) fn is_exhausted(&self) -> bool {
        self.remaining == 0
    }
}

//! The sequences of a file as they belong to the expected text.

use std::collections::BTreeMap;

use crate::check_form::Read;
use crate::content::{Mark, Sequence};

/// The findings of comparing the elements of a file.
#[derive(Default)]
pub(crate) struct Matched {
    /// Logical position of each sequence, by page and MCID.
    pub(super) seqs: Vec<Vec<u32>>,
    /// Page and baseline of the first character at a logical position, by element and position.
    pub(super) positions: BTreeMap<(usize, u32), (usize, i64)>,
}

/// Returns a sequence of a page. The form check found all of them.
pub(super) fn sequence<'r>(read: &'r Read, page: usize, mcid: usize) -> &'r Sequence {
    let sequences = &read.pages[page].sequences;
    let index = read.tagged[page][mcid];
    debug_assert!(matches!(sequences[index].mark, Mark::Tagged { .. }));
    &sequences[index]
}

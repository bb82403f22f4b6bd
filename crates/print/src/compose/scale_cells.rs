//! The cells of a likelihood scale.

use chancery_brief::likelihood::{bounds, row, scale, scale_terms};
use chancery_proto::brief::v1::{LikelihoodScale, LikelihoodTerm};

/// Returns the bounds of the scale's cells in percent, in ascending order.
pub(crate) fn cells(term: LikelihoodTerm) -> Vec<(u32, u32)> {
    let terms = scale_terms(scale(term).unwrap_or(LikelihoodScale::Icd203));
    let terms = terms.iter().filter(|other| row(**other) == row(term));
    terms
        .map(|term| {
            let (low, high) = bounds(*term);
            (low, to_edge(high))
        })
        .collect()
}

/// Extends "below 50" to 50.
pub(crate) const fn to_edge(percent: u32) -> u32 {
    if percent == 49 { 50 } else { percent }
}

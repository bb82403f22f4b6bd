//! Warnings and their codes.

/// A sentence contains both a likelihood and a confidence, which readers confuse (ICD 203, D.6.e(2)(a)).
pub const LIKELIHOOD_WITH_CONFIDENCE: &str = "LIKELIHOOD_WITH_CONFIDENCE";
/// The brief mixes likelihood terms of two rows or scales.
pub const MIXED_LIKELIHOOD_ROWS: &str = "MIXED_LIKELIHOOD_ROWS";
/// An assessment or forecast in a section cites no source.
pub const JUDGMENT_WITHOUT_SOURCE: &str = "JUDGMENT_WITHOUT_SOURCE";
/// A forecast has no date by which it can be judged.
pub const FORECAST_WITHOUT_HORIZON: &str = "FORECAST_WITHOUT_HORIZON";
/// A forecast does not say what would settle it.
pub const FORECAST_WITHOUT_CRITERIA: &str = "FORECAST_WITHOUT_CRITERIA";
/// A key judgment and everything that it rests on cite a single source.
pub const SINGLE_SOURCE: &str = "SINGLE_SOURCE";
/// A sentence hedges without a likelihood.
pub const HEDGE_WITHOUT_LIKELIHOOD: &str = "HEDGE_WITHOUT_LIKELIHOOD";
/// A key judgment rests on a statement that was superseded or withdrawn.
pub const SUPERSEDED_SUPPORT: &str = "SUPERSEDED_SUPPORT";
/// The percentages of a set of scenarios do not sum to 100.
pub const SCENARIOS_NOT_100: &str = "SCENARIOS_NOT_100";
/// A cited source is newer than the as-of date of the content.
pub const AS_OF_BEFORE_SOURCE: &str = "AS_OF_BEFORE_SOURCE";

/// A figure, list or table has no data, so that no edition contains it.
pub const BLOCK_WITHOUT_DATA: &str = "BLOCK_WITHOUT_DATA";
/// No font of the active print environment has a glyph for a character. Prints warn with the same code.
pub const MISSING_GLYPH: &str = "MISSING_GLYPH";

/// A warning about tradecraft, or about a text that a print cannot show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Stable code: a constant of this module.
    pub code: &'static str,
    /// Id of the statement or other part; empty for the brief as a whole.
    pub part_id: String,
    /// Message for the author.
    pub message: String,
}

impl Warning {
    pub(super) fn new(code: &'static str, part_id: &str, message: impl Into<String>) -> Self {
        Self { code, part_id: part_id.to_owned(), message: message.into() }
    }
}

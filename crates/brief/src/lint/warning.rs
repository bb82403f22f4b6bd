//! Warnings and their codes.

macro_rules! codes {
    ($(#[doc = $meaning:literal] $name:ident;)+) => {
        $(#[doc = $meaning] pub const $name: &str = stringify!($name);)+

        /// All codes of [`lint`](super::lint), each with its meaning.
        pub const CODES: &[(&str, &str)] = &[$(($name, $meaning)),+];
    };
}

codes! {
    /// A sentence contains both a likelihood and a confidence, which readers confuse (ICD 203, D.6.e(2)(a)).
    LIKELIHOOD_WITH_CONFIDENCE;
    /// The brief mixes likelihood terms of two rows or scales.
    MIXED_LIKELIHOOD_ROWS;
    /// A likelihood, or a term in the words of a sentence, is of another scale than the brief's.
    TERM_OF_OTHER_SCALE;
    /// The words of a judgment contain a term of the scale, but it has no likelihood.
    TERM_WITHOUT_LIKELIHOOD;
    /// The likelihood of a statement differs from the term in its words.
    LIKELIHOOD_CONTRADICTS_TEXT;
    /// The bottom line, a key judgment or the outlook makes the same claim as another part with another likelihood.
    LIKELIHOODS_DISAGREE;
    /// A sentence hedges without a likelihood.
    HEDGE_WITHOUT_LIKELIHOOD;
    /// A key judgment is likelier or less likely than every judgment that it rests on.
    LIKELIHOOD_BEYOND_SUPPORT;
    /// A key judgment has a likelihood and no confidence (ICD 203, D.6.e(2)).
    JUDGMENT_WITHOUT_CONFIDENCE;
    /// A judgment of high confidence cites only sources and information of the lowest grades.
    HIGH_CONFIDENCE_ON_WEAK_SOURCES;
    /// A statement of fact in a section cites no source.
    FACT_WITHOUT_SOURCE;
    /// An assessment or forecast in a section cites no source.
    JUDGMENT_WITHOUT_SOURCE;
    /// A forecast has no date by which it can be judged.
    FORECAST_WITHOUT_HORIZON;
    /// A sentence says what will happen, without a likelihood.
    FORECAST_WITHOUT_LIKELIHOOD;
    /// The date by which a forecast can be judged is before the as-of date of the content.
    HORIZON_BEFORE_AS_OF;
    /// A forecast does not say what would settle it.
    FORECAST_WITHOUT_CRITERIA;
    /// A statement contains more than one sentence.
    SEVERAL_SENTENCES;
    /// A key judgment and everything that it rests on cite a single source.
    SINGLE_SOURCE;
    /// A key judgment rests on a statement that was superseded or withdrawn.
    SUPERSEDED_SUPPORT;
    /// A statement or key judgment is marked lower than everything that it rests on.
    MARKING_BELOW_SUPPORT;
    /// A key judgment of the earlier revision is neither kept, nor revised, nor named by a change.
    JUDGMENT_DROPPED;
    /// The percentages of a set of scenarios do not sum to 100.
    SCENARIOS_NOT_100;
    /// A cited source is newer than the as-of date of the content.
    AS_OF_BEFORE_SOURCE;
    /// The year of a date is probably one of another calendar than the Gregorian one.
    YEAR_OF_OTHER_CALENDAR;
    /// A source in use has neither a date of publication nor a date of retrieval.
    SOURCE_WITHOUT_DATE;
    /// A source in use has no reliability.
    SOURCE_WITHOUT_RELIABILITY;
    /// Nothing cites a source.
    UNUSED_SOURCE;
    /// Nothing refers to an actor.
    UNUSED_ACTOR;
    /// Nothing refers to a place.
    UNUSED_PLACE;
    /// An event rests on nothing, and nothing refers to it.
    UNUSED_EVENT;
    /// A relationship rests on nothing, and nothing refers to it.
    UNUSED_RELATIONSHIP;
    /// A relationship in a brief that is not in English has no label, so that readers see its type in English.
    RELATIONSHIP_WITHOUT_LABEL;
    /// A figure, list or table has no data, so that no edition contains it.
    BLOCK_WITHOUT_DATA;
    /// No font of the active print environment has a glyph for a character. Prints warn with the same code.
    MISSING_GLYPH;
}

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

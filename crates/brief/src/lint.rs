//! Lint: warnings on valid content, about its tradecraft and about characters that no font has. The lints of wording read
//! English only; all others read any language.

mod blocks;
mod dates;
mod glyphs;
mod judgments;
mod likelihoods;
mod markings;
mod prose;
mod sources;
mod statements;
#[cfg(test)]
mod tests;
mod warning;
mod wording;

use std::collections::BTreeMap;

use chancery_proto::brief::v1::{BriefContent, LikelihoodScale};

pub use self::prose::judges;
pub use self::warning::*;
pub use self::wording::{TermFault, term_fault, wording_is_read};
use crate::glyph_coverage::GlyphCoverage;

/// Returns the warnings of content that has no earlier revision, or that is not compared with it: see [`lint_revision`].
pub fn lint(content: &BriefContent, coverage: Option<&GlyphCoverage>) -> Vec<Warning> {
    lint_revision(content, None, coverage)
}

/// Returns the warnings of statements in document order, then of key judgments, markings, blocks, scenarios, likelihoods,
/// dates, sources and other parts, then of characters that the fonts lack. Without coverage there are no warnings of the
/// last kind, without an earlier revision none of what it had.
pub fn lint_revision(
    content: &BriefContent,
    earlier: Option<&BriefContent>,
    coverage: Option<&GlyphCoverage>,
) -> Vec<Warning> {
    let scale = match content.likelihood_scale() {
        LikelihoodScale::Unspecified => LikelihoodScale::Icd203,
        scale => scale,
    };
    let mut warnings = Vec::new();
    statements::lint(content, scale, &mut warnings);
    judgments::lint(content, scale, &mut warnings);
    if let Some(earlier) = earlier {
        judgments::lint_dropped(content, earlier, &mut warnings);
    }
    markings::lint(content, &mut warnings);
    blocks::lint(content, &mut warnings);
    lint_scenarios(content, &mut warnings);
    likelihoods::lint_rows(content, &mut warnings);
    likelihoods::lint_agreement(content, scale, &mut warnings);
    dates::lint(content, &mut warnings);
    sources::lint(content, &mut warnings);
    if let Some(coverage) = coverage {
        glyphs::lint(content, coverage, &mut warnings);
    }
    warnings
}

fn lint_scenarios(content: &BriefContent, warnings: &mut Vec<Warning>) {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for scenario in &content.scenarios {
        *sums.entry(&scenario.set).or_default() += u64::from(scenario.percent);
    }
    // Warns once for each set, at its first scenario.
    for scenario in &content.scenarios {
        if let Some(sum) = sums.remove(scenario.set.as_str()).filter(|sum| *sum != 100) {
            let set = match scenario.set.as_str() {
                "" => "the scenarios".to_owned(),
                set => format!("the set {set:?}"),
            };
            let message = format!(
                "the percentages of {set} sum to {sum}, not to 100: correct them, or add the missing scenario"
            );
            warnings.push(Warning::new(SCENARIOS_NOT_100, &scenario.id, message));
        }
    }
}

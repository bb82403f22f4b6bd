//! Tradecraft lint: warnings on content that is valid. The word lints read English only.

mod blocks;
mod prose;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::{
    BriefContent, KeyJudgment, LikelihoodScale, Statement, StatementStatus, StatementType,
};

use crate::{edtf, likelihood};
use prose::Sentence;

/// A sentence names a likelihood and a confidence: readers take one for the other (ICD 203, D.6.e(2)(a)).
pub const LIKELIHOOD_WITH_CONFIDENCE: &str = "LIKELIHOOD_WITH_CONFIDENCE";
/// Terms of two rows or scales are mixed in the brief.
pub const MIXED_LIKELIHOOD_ROWS: &str = "MIXED_LIKELIHOOD_ROWS";
/// An assessment or forecast of the body cites no source.
pub const JUDGMENT_WITHOUT_SOURCE: &str = "JUDGMENT_WITHOUT_SOURCE";
/// A forecast has no date by which it can be judged.
pub const FORECAST_WITHOUT_HORIZON: &str = "FORECAST_WITHOUT_HORIZON";
/// A forecast does not say what would settle it.
pub const FORECAST_WITHOUT_CRITERIA: &str = "FORECAST_WITHOUT_CRITERIA";
/// A key judgment and what it rests on cite one source only.
pub const SINGLE_SOURCE: &str = "SINGLE_SOURCE";
/// A sentence hedges and has no likelihood.
pub const HEDGE_WITHOUT_LIKELIHOOD: &str = "HEDGE_WITHOUT_LIKELIHOOD";
/// A key judgment rests on a statement that was superseded or withdrawn.
pub const SUPERSEDED_SUPPORT: &str = "SUPERSEDED_SUPPORT";
/// The percentages of a set of scenarios do not sum to 100.
pub const SCENARIOS_NOT_100: &str = "SCENARIOS_NOT_100";
/// A cited source is newer than the date up to which the content holds.
pub const AS_OF_BEFORE_SOURCE: &str = "AS_OF_BEFORE_SOURCE";

/// A figure, list or table has no data, so no edition shows it.
pub const BLOCK_WITHOUT_DATA: &str = "BLOCK_WITHOUT_DATA";

/// A remark on tradecraft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// A stable code: a constant of this module.
    pub code: &'static str,
    /// The id of the statement or other part; empty for the brief as a whole.
    pub part_id: String,
    /// What is to be considered, for the author.
    pub message: String,
}

/// Warnings: those of sentences in document order, then of key judgments, blocks, scenarios and the brief as a whole.
pub fn lint(content: &BriefContent) -> Vec<Warning> {
    let sentences = prose::sentences(content);
    let mut warnings = Vec::new();
    let is_english = content.language == "en" || content.language.starts_with("en-");
    for sentence in sentences.iter().filter(|sentence| stands(sentence.statement)) {
        lint_sentence(sentence, is_english, &mut warnings);
    }
    let by_id: BTreeMap<&str, &Statement> =
        sentences.iter().map(|sentence| (sentence.statement.id.as_str(), sentence.statement)).collect();
    for judgment in &content.key_judgments {
        lint_judgment(judgment, &by_id, &mut warnings);
    }
    blocks::lint(content, &mut warnings);
    lint_scenarios(content, &mut warnings);
    lint_rows(content, &sentences, &mut warnings);
    lint_as_of(content, &sentences, &mut warnings);
    warnings
}

fn warn(warnings: &mut Vec<Warning>, code: &'static str, part_id: &str, message: impl Into<String>) {
    warnings.push(Warning { code, part_id: part_id.to_owned(), message: message.into() });
}

fn stands(statement: &Statement) -> bool {
    matches!(statement.status(), StatementStatus::Unspecified | StatementStatus::Active)
}

fn lint_sentence(sentence: &Sentence<'_>, is_english: bool, warnings: &mut Vec<Warning>) {
    let statement = sentence.statement;
    let id = statement.id.as_str();
    let is_forecast = statement.r#type() == StatementType::Forecast;
    let is_judgment = is_forecast || statement.r#type() == StatementType::Assessment;
    if is_judgment && sentence.is_body && statement.citations.is_empty() {
        warn(warnings, JUDGMENT_WITHOUT_SOURCE, id, "the judgment cites no source");
    }
    if is_forecast && statement.horizon.is_empty() {
        warn(warnings, FORECAST_WITHOUT_HORIZON, id, "the forecast has no date by which it can be judged");
    }
    if is_forecast && statement.resolution_criteria.is_empty() {
        warn(warnings, FORECAST_WITHOUT_CRITERIA, id, "the forecast does not say what would settle it");
    }
    if is_english && prose::names_likelihood(&statement.text) && prose::names_confidence(&statement.text) {
        let message = "likelihood and confidence stand in one sentence; readers take one for the other";
        warn(warnings, LIKELIHOOD_WITH_CONFIDENCE, id, message);
    }
    if is_english
        && is_judgment
        && !sentence.has_likelihood
        && let Some(hedge) = prose::hedge(&statement.text)
    {
        warn(warnings, HEDGE_WITHOUT_LIKELIHOOD, id, format!("\"{hedge}\" hedges; no likelihood is given"));
    }
}

fn lint_judgment(judgment: &KeyJudgment, by_id: &BTreeMap<&str, &Statement>, warnings: &mut Vec<Warning>) {
    let supports: Vec<&Statement> =
        judgment.rests_on.iter().filter_map(|id| by_id.get(id.as_str()).copied()).collect();
    let all = judgment.statements.iter().chain(supports.iter().copied());
    let sources: BTreeSet<&str> =
        all.flat_map(|statement| &statement.citations).map(|citation| citation.source_id.as_str()).collect();
    if let (Some(source), 1) = (sources.first(), sources.len()) {
        warn(
            warnings,
            SINGLE_SOURCE,
            &judgment.id,
            format!("all that it rests on cites one source, {source}"),
        );
    }
    for support in supports.iter().filter(|statement| !stands(statement)) {
        let message = format!("it rests on {}, which was superseded or withdrawn", support.id);
        warn(warnings, SUPERSEDED_SUPPORT, &judgment.id, message);
    }
}

fn lint_scenarios(content: &BriefContent, warnings: &mut Vec<Warning>) {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for scenario in &content.scenarios {
        *sums.entry(&scenario.set).or_default() += u64::from(scenario.percent);
    }
    // Told at the first scenario of the set.
    for scenario in &content.scenarios {
        if let Some(sum) = sums.remove(scenario.set.as_str()).filter(|sum| *sum != 100) {
            let message = format!("the percentages of the set {:?} sum to {sum}, not to 100", scenario.set);
            warn(warnings, SCENARIOS_NOT_100, &scenario.id, message);
        }
    }
}

/// Warns at the first term that is of another row or scale than the first of all.
fn lint_rows(content: &BriefContent, sentences: &[Sentence<'_>], warnings: &mut Vec<Warning>) {
    let of_judgments =
        content.key_judgments.iter().map(|judgment| (&judgment.id, judgment.likelihood.as_ref()));
    let of_sentences =
        sentences.iter().map(|sentence| (&sentence.statement.id, sentence.statement.likelihood.as_ref()));
    let mut first: Option<(LikelihoodScale, u8)> = None;
    for (id, likelihood) in of_judgments.chain(of_sentences) {
        let Some(term) = likelihood.map(chancery_proto::brief::v1::Likelihood::term) else { continue };
        let Some(scale) = likelihood::scale(term) else { continue };
        let row = (scale, likelihood::row(term));
        if *first.get_or_insert(row) != row {
            let message =
                format!("\"{}\" is of another row of terms than those before it", likelihood::words(term));
            return warn(warnings, MIXED_LIKELIHOOD_ROWS, id, message);
        }
    }
}

fn lint_as_of(content: &BriefContent, sentences: &[Sentence<'_>], warnings: &mut Vec<Warning>) {
    let as_of = content.as_of.as_ref().and_then(|as_of| edtf::parse(&as_of.date).ok()?.latest());
    let Some(as_of) = as_of else { return };
    let citations = sentences.iter().flat_map(|sentence| &sentence.statement.citations);
    let cited: BTreeSet<&str> = citations.map(|citation| citation.source_id.as_str()).collect();
    for source in content.sources.iter().filter(|source| cited.contains(source.id.as_str())) {
        let date = edtf::parse(&source.date).ok().and_then(|date| date.earliest());
        if date.is_some_and(|date| date > as_of) {
            let message = format!("it is of {}, after the date up to which the content holds", source.date);
            warn(warnings, AS_OF_BEFORE_SOURCE, &source.id, message);
        }
    }
}

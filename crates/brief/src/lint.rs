//! Lint: warnings on valid content, about its tradecraft and about characters that no font has. The lints of wording read
//! English only.

mod blocks;
mod glyphs;
mod prose;
#[cfg(test)]
mod tests;
mod warning;

use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::{
    BriefContent, KeyJudgment, Likelihood, LikelihoodScale, Statement, StatementType,
};

pub use self::warning::*;
use crate::glyph_coverage::GlyphCoverage;
use crate::reading_order::{LocatedStatement, StatementLocation, located_statements, still_holds};
use crate::{edtf, likelihood};

/// Returns the warnings of statements in document order, then of key judgments, blocks, scenarios and the brief as a
/// whole, then of characters that the fonts lack. Without coverage there are no warnings of the last kind.
pub fn lint(content: &BriefContent, coverage: Option<&GlyphCoverage>) -> Vec<Warning> {
    let statements = located_statements(content);
    let mut warnings = Vec::new();
    let is_english = content.language == "en" || content.language.starts_with("en-");
    for located in statements.iter().filter(|located| still_holds(located.statement)) {
        lint_statement(*located, is_english, &mut warnings);
    }
    let by_id: BTreeMap<&str, &Statement> =
        statements.iter().map(|located| (located.statement.id.as_str(), located.statement)).collect();
    for judgment in &content.key_judgments {
        lint_judgment(judgment, &by_id, &mut warnings);
    }
    blocks::lint(content, &mut warnings);
    lint_scenarios(content, &mut warnings);
    lint_rows(content, &statements, &mut warnings);
    lint_as_of(content, &statements, &mut warnings);
    if let Some(coverage) = coverage {
        glyphs::lint(content, coverage, &mut warnings);
    }
    warnings
}

/// Returns whether the statement, or the key judgment that contains it, has a likelihood.
fn has_likelihood(located: LocatedStatement<'_>) -> bool {
    let of_judgment = match located.location {
        StatementLocation::KeyJudgment(judgment) => judgment.likelihood.is_some(),
        StatementLocation::BottomLine | StatementLocation::Section(_) => false,
    };
    of_judgment || located.statement.likelihood.is_some()
}

fn lint_statement(located: LocatedStatement<'_>, is_english: bool, warnings: &mut Vec<Warning>) {
    let statement = located.statement;
    let is_forecast = statement.r#type() == StatementType::Forecast;
    let is_judgment = is_forecast || statement.r#type() == StatementType::Assessment;
    // The bottom line and key judgments rest on statements of sections, which cite the sources.
    let is_in_section = matches!(located.location, StatementLocation::Section(_));
    let mut warn = |code, message: String| warnings.push(Warning::new(code, &statement.id, message));
    if is_judgment && is_in_section && statement.citations.is_empty() {
        warn(JUDGMENT_WITHOUT_SOURCE, "the judgment cites no source: add a citation".to_owned());
    }
    if is_forecast && statement.horizon.is_empty() {
        warn(
            FORECAST_WITHOUT_HORIZON,
            "the forecast has no date by which it can be judged: set horizon".to_owned(),
        );
    }
    if is_forecast && statement.resolution_criteria.is_empty() {
        warn(
            FORECAST_WITHOUT_CRITERIA,
            "the forecast does not say what would settle it: set resolution_criteria".to_owned(),
        );
    }
    if is_english && prose::names_likelihood(&statement.text) && prose::names_confidence(&statement.text) {
        let message = "the sentence contains both a likelihood and a confidence, which readers confuse: use two sentences";
        warn(LIKELIHOOD_WITH_CONFIDENCE, message.to_owned());
    }
    if is_english
        && is_judgment
        && !has_likelihood(located)
        && let Some(hedge) = prose::hedge(&statement.text)
    {
        warn(
            HEDGE_WITHOUT_LIKELIHOOD,
            format!(
                "\"{hedge}\" hedges, but the statement has no likelihood: set one, or reword the sentence"
            ),
        );
    }
}

fn lint_judgment(judgment: &KeyJudgment, by_id: &BTreeMap<&str, &Statement>, warnings: &mut Vec<Warning>) {
    let supports: Vec<&Statement> =
        judgment.rests_on.iter().filter_map(|id| by_id.get(id.as_str()).copied()).collect();
    let all = judgment.statements.iter().chain(supports.iter().copied());
    let sources: BTreeSet<&str> =
        all.flat_map(|statement| &statement.citations).map(|citation| citation.source_id.as_str()).collect();
    if let (Some(source), 1) = (sources.first(), sources.len()) {
        let message = format!("everything that the judgment rests on cites a single source, {source}");
        warnings.push(Warning::new(SINGLE_SOURCE, &judgment.id, message));
    }
    for support in supports.iter().filter(|statement| !still_holds(statement)) {
        let message = format!("the judgment rests on {}, which was superseded or withdrawn", support.id);
        warnings.push(Warning::new(SUPERSEDED_SUPPORT, &judgment.id, message));
    }
}

fn lint_scenarios(content: &BriefContent, warnings: &mut Vec<Warning>) {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for scenario in &content.scenarios {
        *sums.entry(&scenario.set).or_default() += u64::from(scenario.percent);
    }
    // Warns once for each set, at its first scenario.
    for scenario in &content.scenarios {
        if let Some(sum) = sums.remove(scenario.set.as_str()).filter(|sum| *sum != 100) {
            let message = format!("the percentages of the set {:?} sum to {sum}, not to 100", scenario.set);
            warnings.push(Warning::new(SCENARIOS_NOT_100, &scenario.id, message));
        }
    }
}

/// Warns at the first term of another row or scale than the first term of the brief.
fn lint_rows(content: &BriefContent, statements: &[LocatedStatement<'_>], warnings: &mut Vec<Warning>) {
    let of_judgments =
        content.key_judgments.iter().map(|judgment| (&judgment.id, judgment.likelihood.as_ref()));
    let of_statements =
        statements.iter().map(|located| (&located.statement.id, located.statement.likelihood.as_ref()));
    let mut first_row: Option<(LikelihoodScale, u8)> = None;
    for (id, likelihood) in of_judgments.chain(of_statements) {
        let Some(term) = likelihood.map(Likelihood::term) else { continue };
        let Some(scale) = likelihood::scale(term) else { continue };
        let row = (scale, likelihood::row(term));
        if *first_row.get_or_insert(row) != row {
            let words = likelihood::words(term);
            let message = format!(
                "\"{words}\" belongs to another row or scale than the terms before it: use one row of one scale"
            );
            return warnings.push(Warning::new(MIXED_LIKELIHOOD_ROWS, id, message));
        }
    }
}

fn lint_as_of(content: &BriefContent, statements: &[LocatedStatement<'_>], warnings: &mut Vec<Warning>) {
    let as_of = content.as_of.as_ref().and_then(|as_of| edtf::parse(&as_of.date).ok()?.latest());
    let Some(as_of) = as_of else { return };
    let citations = statements.iter().flat_map(|located| &located.statement.citations);
    let cited: BTreeSet<&str> = citations.map(|citation| citation.source_id.as_str()).collect();
    for source in content.sources.iter().filter(|source| cited.contains(source.id.as_str())) {
        let date = edtf::parse(&source.date).ok().and_then(|date| date.earliest());
        if date.is_some_and(|date| date > as_of) {
            let message = format!("the source is dated {}, after the as-of date of the content", source.date);
            warnings.push(Warning::new(AS_OF_BEFORE_SOURCE, &source.id, message));
        }
    }
}

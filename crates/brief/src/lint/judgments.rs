//! Lints key judgments against what they rest on, and against the earlier revision.

use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::{
    BriefContent, Citation, CitationRole, Confidence, ConfidenceLevel, KeyJudgment, Likelihood,
    LikelihoodScale, Source, SourceReliability, Statement, StatementType,
};

use super::statements::scale_fault;
use super::warning::{
    HIGH_CONFIDENCE_ON_WEAK_SOURCES, JUDGMENT_DROPPED, JUDGMENT_WITHOUT_CONFIDENCE,
    LIKELIHOOD_BEYOND_SUPPORT, LIKELIHOODS_DISAGREE, SINGLE_SOURCE, SUPERSEDED_SUPPORT, Warning,
};
use crate::likelihood;
use crate::part::change_subject;
use crate::reading_order::{statements, still_holds};

/// Warns of each key judgment, then of other judgments of high confidence.
pub(super) fn lint(content: &BriefContent, scale: LikelihoodScale, warnings: &mut Vec<Warning>) {
    let all = statements(content);
    let by_id: BTreeMap<&str, &Statement> =
        all.iter().map(|statement| (statement.id.as_str(), *statement)).collect();
    let sources: BTreeMap<&str, &Source> =
        content.sources.iter().map(|source| (source.id.as_str(), source)).collect();
    for judgment in &content.key_judgments {
        let supports: Vec<&Statement> =
            judgment.rests_on.iter().filter_map(|id| by_id.get(id.as_str()).copied()).collect();
        // In content that breaks rules, an unknown one may be what is missing.
        let is_support_known = supports.len() == judgment.rests_on.len();
        lint_superseded(judgment, &supports, warnings);
        if let Some(likelihood) = &judgment.likelihood {
            scale_fault(&judgment.id, likelihood, scale, warnings);
        }
        lint_missing_confidence(judgment, warnings);
        lint_own_likelihoods(judgment, warnings);
        if !is_support_known {
            continue;
        }
        lint_sources(judgment, &supports, &sources, warnings);
        lint_likelihood(judgment, &supports, warnings);
        let confidence = judgment.confidence.as_ref().map(Confidence::level);
        let resting = judgment.statements.iter().chain(supports.iter().copied());
        lint_confidence(&judgment.id, confidence, resting, &sources, warnings);
    }
    let is_judgment = |statement: &&Statement| {
        still_holds(statement)
            && matches!(statement.r#type(), StatementType::Assessment | StatementType::Forecast)
    };
    for statement in all.into_iter().filter(is_judgment) {
        let confidence = statement.confidence.as_ref().map(Confidence::level);
        lint_confidence(&statement.id, confidence, std::iter::once(statement), &sources, warnings);
    }
}

fn lint_sources(
    judgment: &KeyJudgment,
    supports: &[&Statement],
    known: &BTreeMap<&str, &Source>,
    warnings: &mut Vec<Warning>,
) {
    let all = judgment.statements.iter().chain(supports.iter().copied());
    let sources: BTreeSet<&str> =
        all.flat_map(|statement| &statement.citations).map(|citation| citation.source_id.as_str()).collect();
    if let (Some(source), 1) = (sources.first(), sources.len())
        && !is_source_named(judgment, source, known.get(source).copied())
    {
        let message = format!(
            "everything that the judgment rests on cites a single source, {source}: cite another one, or name the source in \
             the reason for the confidence, by its id, title or publisher"
        );
        warnings.push(Warning::new(SINGLE_SOURCE, &judgment.id, message));
    }
}

fn lint_superseded(judgment: &KeyJudgment, supports: &[&Statement], warnings: &mut Vec<Warning>) {
    for support in supports.iter().filter(|statement| !still_holds(statement)) {
        let message = format!(
            "the judgment rests on {}, which was superseded or withdrawn: rest it on what replaced that statement",
            support.id
        );
        warnings.push(Warning::new(SUPERSEDED_SUPPORT, &judgment.id, message));
    }
}

/// Returns whether the reason for the confidence names the source, so that readers know that there is no other one.
fn is_source_named(judgment: &KeyJudgment, id: &str, source: Option<&Source>) -> bool {
    let why =
        judgment.confidence.as_ref().map(|confidence| confidence.why.to_lowercase()).unwrap_or_default();
    let names = source.iter().flat_map(|source| [&source.title, &source.short_title, &source.publisher]);
    let mut names = names.map(String::as_str).chain([id]).filter(|name| !name.is_empty());
    names.any(|name| why.contains(&name.to_lowercase()))
}

/// Warns if the judgment is likelier, or less likely, than every judgment that it rests on. One that rests on a fact, or on
/// a judgment without a likelihood, is not compared: these may make the difference.
fn lint_likelihood(judgment: &KeyJudgment, supports: &[&Statement], warnings: &mut Vec<Warning>) {
    let Some(own) = &judgment.likelihood else { return };
    let holding: Vec<&&Statement> = supports
        .iter()
        .filter(|statement| still_holds(statement) && statement.r#type() != StatementType::Narrative)
        .collect();
    let likelihoods: Vec<_> = holding.iter().filter_map(|statement| statement.likelihood.as_ref()).collect();
    if likelihoods.is_empty() || likelihoods.len() < holding.len() {
        return;
    }
    let is_likelier = likelihoods.iter().all(|support| own.low_percent > support.high_percent);
    let is_less_likely = likelihoods.iter().all(|support| own.high_percent < support.low_percent);
    let comparison = match (is_likelier, is_less_likely) {
        (true, _) => "likelier",
        (_, true) => "less likely",
        (false, false) => return,
    };
    let terms: BTreeSet<&str> = likelihoods.iter().map(|support| likelihood::words(support.term())).collect();
    let message = format!(
        "the judgment is \"{}\", {comparison} than every statement that it rests on ({}): revise one of the likelihoods, or \
         add what makes the difference to rests_on",
        likelihood::words(own.term()),
        terms.into_iter().collect::<Vec<_>>().join(", ")
    );
    warnings.push(Warning::new(LIKELIHOOD_BEYOND_SUPPORT, &judgment.id, message));
}

/// Warns of a sentence of a judgment whose likelihood is not the judgment's.
fn lint_own_likelihoods(judgment: &KeyJudgment, warnings: &mut Vec<Warning>) {
    let Some(own) = &judgment.likelihood else { return };
    for statement in &judgment.statements {
        let differs = |of: &&Likelihood| likelihood::stated_bounds(of) != likelihood::stated_bounds(own);
        let Some(of_sentence) = statement.likelihood.as_ref().filter(differs) else { continue };
        let shown = |of: &Likelihood| {
            let (low, high) = likelihood::stated_bounds(of);
            format!("\"{}\", {low}-{high}%", likelihood::words(of.term()))
        };
        let message = format!(
            "the sentence {} is {}, but its key judgment is {}: give both the same likelihood, or leave that of the sentence out",
            statement.id,
            shown(of_sentence),
            shown(own)
        );
        warnings.push(Warning::new(LIKELIHOODS_DISAGREE, &judgment.id, message));
    }
}

/// Warns of a judgment that does not say how well it is founded. Likelihood and confidence may be those of a sentence.
fn lint_missing_confidence(judgment: &KeyJudgment, warnings: &mut Vec<Warning>) {
    let own = &judgment.statements;
    let has_likelihood = judgment.likelihood.is_some() || own.iter().any(|own| own.likelihood.is_some());
    let has_confidence = judgment.confidence.is_some() || own.iter().any(|own| own.confidence.is_some());
    if has_confidence || own.iter().all(|own| own.withheld.is_some()) {
        return;
    }
    let message = if has_likelihood {
        "the key judgment has a likelihood but no confidence: set the confidence in its basis, with the reason"
    } else {
        "the key judgment has neither a likelihood nor a confidence: set the confidence in its basis, with the reason, and the \
         likelihood of what it expects"
    };
    warnings.push(Warning::new(JUDGMENT_WITHOUT_CONFIDENCE, &judgment.id, message));
}

/// Warns of high confidence if every citation is graded E or F, or 4 to 6. Citations without a grade count as good ones.
fn lint_confidence<'a>(
    id: &str,
    confidence: Option<ConfidenceLevel>,
    statements: impl Iterator<Item = &'a Statement>,
    sources: &BTreeMap<&str, &Source>,
    warnings: &mut Vec<Warning>,
) {
    if confidence != Some(ConfidenceLevel::High) {
        return;
    }
    let supporting = |citation: &&Citation| citation.role() != CitationRole::Contradicts;
    let citations: Vec<&Citation> =
        statements.flat_map(|statement| &statement.citations).filter(supporting).collect();
    let is_weak = |citation: &&Citation| {
        let reliability = sources.get(citation.source_id.as_str()).map(|source| source.reliability());
        (4..=6).contains(&citation.credibility)
            || matches!(reliability, Some(SourceReliability::E | SourceReliability::F))
    };
    if !citations.is_empty() && citations.iter().all(is_weak) {
        let message = "the confidence is high, but every citation is graded E or F, or 4 to 6: lower the confidence, or cite a \
                       better source";
        warnings.push(Warning::new(HIGH_CONFIDENCE_ON_WEAK_SOURCES, id, message));
    }
}

/// Warns of each key judgment of the earlier revision that this one neither keeps, nor revises, nor names in a change.
pub(super) fn lint_dropped(content: &BriefContent, earlier: &BriefContent, warnings: &mut Vec<Warning>) {
    let judgments = content.key_judgments.iter();
    let mut known: BTreeSet<&str> =
        judgments.flat_map(|judgment| [judgment.id.as_str(), judgment.revises_id.as_str()]).collect();
    known.extend(content.changes.iter().map(change_subject));
    let is_named = |judgment: &KeyJudgment| {
        let sentences = judgment.statements.iter().map(|statement| statement.id.as_str());
        std::iter::once(judgment.id.as_str()).chain(sentences).any(|id| known.contains(id))
    };
    for judgment in earlier.key_judgments.iter().filter(|judgment| !is_named(judgment)) {
        let message = format!(
            "the earlier revision had the key judgment {0}, which this one neither keeps nor revises: keep it, set revises_id \
             of the judgment that revises it to {0}, or declare a change with the part_id {0}",
            judgment.id
        );
        warnings.push(Warning::new(JUDGMENT_DROPPED, &judgment.id, message));
    }
}

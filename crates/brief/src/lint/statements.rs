//! Lints each statement by itself.

use chancery_proto::brief::v1::block::Kind;
use chancery_proto::brief::v1::{BriefContent, Likelihood, LikelihoodScale, StatementType};

use super::warning::{
    FACT_WITHOUT_SOURCE, FORECAST_WITHOUT_CRITERIA, FORECAST_WITHOUT_HORIZON, FORECAST_WITHOUT_LIKELIHOOD,
    HEDGE_WITHOUT_LIKELIHOOD, JUDGMENT_WITHOUT_SOURCE, LIKELIHOOD_WITH_CONFIDENCE, SEVERAL_SENTENCES,
    TERM_OF_OTHER_SCALE, Warning,
};
use super::{prose, wording};
use crate::content_tree::{Node, visit};
use crate::reading_order::{LocatedStatement, StatementLocation, still_holds};
use crate::{likelihood, sentences};

/// Warns of the statements that still hold, in reading order.
pub(super) fn lint(content: &BriefContent, scale: LikelihoodScale, warnings: &mut Vec<Warning>) {
    let is_english = wording::wording_is_read(&content.language);
    // The words of a quote are those of the source that it names.
    let mut is_quote = false;
    visit(content, &mut |node| match node {
        Node::Block(located) => {
            is_quote =
                matches!(&located.block.kind, Some(Kind::Quote(quote)) if !quote.attribution.is_empty());
        }
        Node::Statement(statement, location) if statement.withheld.is_none() && still_holds(statement) => {
            let located = LocatedStatement { statement, location };
            let is_quoted = is_quote && matches!(location, StatementLocation::Section(_));
            lint_form(located, is_quoted, warnings);
            lint_scale(located, scale, warnings);
            if is_english {
                lint_words(located, scale, warnings);
            }
        }
        Node::KeyJudgment(_) | Node::Section(_) | Node::Statement(..) => {}
    });
}

/// Lints the type, the support and the number of sentences, in any language.
fn lint_form(located: LocatedStatement<'_>, is_quoted: bool, warnings: &mut Vec<Warning>) {
    let statement = located.statement;
    let kind = statement.r#type();
    // The bottom line and key judgments rest on statements of sections, which cite the sources.
    let cites_nothing =
        matches!(located.location, StatementLocation::Section(_)) && statement.citations.is_empty();
    let mut warn = |code, message: &str| warnings.push(Warning::new(code, &statement.id, message));
    match kind {
        StatementType::Fact if cites_nothing && !is_quoted => warn(
            FACT_WITHOUT_SOURCE,
            "the statement of fact cites no source: add a citation, or make it a narrative if it makes no claim",
        ),
        StatementType::Assessment | StatementType::Forecast if cites_nothing => {
            warn(JUDGMENT_WITHOUT_SOURCE, "the judgment cites no source: add a citation");
        }
        _ => {}
    }
    if kind == StatementType::Forecast && statement.horizon.is_empty() {
        let message = "the forecast has no date by which it can be judged: set horizon";
        warn(FORECAST_WITHOUT_HORIZON, message);
    }
    if kind == StatementType::Forecast && statement.resolution_criteria.is_empty() {
        let message = "the forecast does not say what would settle it: set resolution_criteria";
        warn(FORECAST_WITHOUT_CRITERIA, message);
    }
    // A quote keeps the sentences of its source together.
    let count = if is_quoted { 1 } else { sentences::count(statement) };
    if count > 1 {
        let message = format!(
            "the statement has {count} sentences, which share one type, likelihood, marking and list of sources: \
             make each sentence a statement"
        );
        warn(SEVERAL_SENTENCES, &message);
    }
}

/// Warns of a likelihood of another scale than the brief's.
fn lint_scale(located: LocatedStatement<'_>, scale: LikelihoodScale, warnings: &mut Vec<Warning>) {
    if let Some(likelihood) = &located.statement.likelihood {
        scale_fault(&located.statement.id, likelihood, scale, warnings);
    }
}

/// Warns if the likelihood of a part is of another scale than the brief's.
pub(super) fn scale_fault(
    id: &str,
    likelihood: &Likelihood,
    scale: LikelihoodScale,
    warnings: &mut Vec<Warning>,
) {
    let term = likelihood.term();
    if likelihood::scale(term).is_some_and(|of_term| of_term != scale) {
        let words = likelihood::words(term);
        let message = format!(
            "the likelihood \"{words}\" is of another scale than the brief's: use a term of that scale, or set likelihood_scale"
        );
        warnings.push(Warning::new(TERM_OF_OTHER_SCALE, id, message));
    }
}

/// Lints the words of an English sentence.
fn lint_words(located: LocatedStatement<'_>, scale: LikelihoodScale, warnings: &mut Vec<Warning>) {
    let statement = located.statement;
    let of_judgment = match located.location {
        StatementLocation::KeyJudgment(judgment) => judgment.likelihood.as_ref(),
        StatementLocation::BottomLine | StatementLocation::Section(_) => None,
    };
    let mut warn = |code, message: String| warnings.push(Warning::new(code, &statement.id, message));
    if prose::names_likelihood(&statement.text) && prose::names_confidence(&statement.text) {
        let message = "the sentence contains both a likelihood and a confidence, which readers confuse: use two sentences";
        warn(LIKELIHOOD_WITH_CONFIDENCE, message.to_owned());
    }
    if let Some(fault) = wording::term_fault(statement, of_judgment, scale) {
        return warn(fault.code, fault.message);
    }
    let is_judgment = matches!(statement.r#type(), StatementType::Assessment | StatementType::Forecast);
    if !is_judgment || statement.likelihood.is_some() || of_judgment.is_some() {
        return;
    }
    let report = if statement.citations.is_empty() {
        ""
    } else {
        ", or make it a fact if it only reports what its source says"
    };
    if let Some(hedge) = prose::hedge(&statement.text) {
        let message = format!(
            "\"{hedge}\" hedges, but the statement has no likelihood: set one, or reword the sentence{report}"
        );
        warn(HEDGE_WITHOUT_LIKELIHOOD, message);
    } else if let Some(word) = prose::main_forecast(&statement.text) {
        let message = format!(
            "\"{word}\" says what happens next, but the statement has no likelihood: set one{report}"
        );
        warn(FORECAST_WITHOUT_LIKELIHOOD, message);
    }
}

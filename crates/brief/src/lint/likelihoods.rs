//! Lints the likelihoods of a brief against each other.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::{
    BriefContent, FactorKind, KeyJudgment, Likelihood, LikelihoodScale, Statement,
};

use super::warning::{LIKELIHOODS_DISAGREE, MIXED_LIKELIHOOD_ROWS, Warning};
use super::wording;
use crate::likelihood::{self, words};
use crate::reading_order::{statements, still_holds};

/// Warns at the first term of another row or scale than the first term of the brief.
pub(super) fn lint_rows(content: &BriefContent, warnings: &mut Vec<Warning>) {
    let statements = statements(content);
    let of_judgments =
        content.key_judgments.iter().map(|judgment| (&judgment.id, judgment.likelihood.as_ref()));
    let of_statements = statements.iter().map(|statement| (&statement.id, statement.likelihood.as_ref()));
    let mut first_row: Option<(LikelihoodScale, u8)> = None;
    for (id, likelihood) in of_judgments.chain(of_statements) {
        let Some(term) = likelihood.map(Likelihood::term) else { continue };
        let Some(scale) = likelihood::scale(term) else { continue };
        let row = (scale, likelihood::row(term));
        if *first_row.get_or_insert(row) != row {
            let words = words(term);
            let message = format!(
                "\"{words}\" belongs to another row or scale than the terms before it: use one row of one scale"
            );
            return warnings.push(Warning::new(MIXED_LIKELIHOOD_ROWS, id, message));
        }
    }
}

/// A claim of the bottom line, a key judgment or the outlook, with its likelihood.
struct Claim<'a> {
    id: &'a str,
    /// The part, for a message.
    name: String,
    /// The sentences without the term.
    text: String,
    /// Ids of the part itself and of its sentences.
    own: BTreeSet<&'a str>,
    /// Ids of parts that make the same claim: targets of links in the words, or statements behind an item of the outlook.
    same: BTreeSet<&'a str>,
    rests_on: BTreeSet<&'a str>,
    term: &'static str,
    bounds: (u32, u32),
}

/// Warns of claims of the bottom line, the key judgments and the outlook that other ones of these make with another
/// likelihood. Two claims are the same if their words are, except the term; if one links to the other; if an item of the
/// outlook rests on the other; or if both rest on the same statements.
pub(super) fn lint_agreement(content: &BriefContent, scale: LikelihoodScale, warnings: &mut Vec<Warning>) {
    let term = |text: &str| {
        let term = wording::wording_is_read(&content.language).then(|| wording::only_term(text, scale))??;
        Some((words(term), likelihood::bounds(term)))
    };
    let mut claims: Vec<Claim> = Vec::new();
    claims.extend(content.bluf.iter().filter(|statement| still_holds(statement)).filter_map(|statement| {
        let (term, bounds) = of(statement.likelihood.as_ref()).or_else(|| term(&statement.text))?;
        Some(claim(&statement.id, "the bottom line", [statement], (term, bounds)))
    }));
    claims.extend(content.key_judgments.iter().filter_map(|judgment| of_judgment(judgment, &term)));
    let outlook = content.factors.iter().filter(|factor| factor.kind() == FactorKind::Outlook);
    claims.extend(outlook.filter_map(|factor| {
        let (term, bounds) = term(&factor.text)?;
        let same: BTreeSet<&str> = factor.statement_ids.iter().map(String::as_str).collect();
        let name = format!("the outlook {}", factor.id);
        let text = without(&factor.text, term);
        Some(Claim {
            id: &factor.id,
            name,
            text,
            own: BTreeSet::new(),
            rests_on: same.clone(),
            same,
            term,
            bounds,
        })
    }));
    for (index, later) in claims.iter().enumerate() {
        let disagrees = |earlier: &&Claim| {
            is_same(earlier, later)
                && (earlier.bounds.1 <= later.bounds.0 || later.bounds.1 <= earlier.bounds.0)
        };
        if let Some(earlier) = claims[..index].iter().find(disagrees) {
            let message = format!(
                "{} says \"{}\" of what is \"{}\" in {}: give both the same likelihood",
                later.name, later.term, earlier.term, earlier.name
            );
            warnings.push(Warning::new(LIKELIHOODS_DISAGREE, later.id, message));
        }
    }
}

fn of(likelihood: Option<&Likelihood>) -> Option<(&'static str, (u32, u32))> {
    let likelihood = likelihood.filter(|likelihood| likelihood::scale(likelihood.term()).is_some())?;
    let bounds = match (likelihood.low_percent, likelihood.high_percent) {
        (0, 0) => likelihood::bounds(likelihood.term()),
        bounds => bounds,
    };
    Some((words(likelihood.term()), bounds))
}

fn of_judgment<'a>(
    judgment: &'a KeyJudgment,
    term: &impl Fn(&str) -> Option<(&'static str, (u32, u32))>,
) -> Option<Claim<'a>> {
    let statements = &judgment.statements;
    let of_statements = || statements.iter().find_map(|statement| of(statement.likelihood.as_ref()));
    let of_words = || statements.iter().find_map(|statement| term(&statement.text));
    let likelihood = of(judgment.likelihood.as_ref()).or_else(of_statements).or_else(of_words)?;
    let mut claim = claim(&judgment.id, &format!("key judgment {}", judgment.id), statements, likelihood);
    claim.own.insert(&judgment.id);
    claim.rests_on = judgment.rests_on.iter().map(String::as_str).collect();
    Some(claim)
}

fn claim<'a>(
    id: &'a str,
    name: &str,
    statements: impl IntoIterator<Item = &'a Statement>,
    (term, bounds): (&'static str, (u32, u32)),
) -> Claim<'a> {
    let (mut text, mut own, mut same) = (String::new(), BTreeSet::new(), BTreeSet::new());
    for statement in statements {
        text += &without(&statement.text, term);
        own.insert(statement.id.as_str());
        same.extend(statement.spans.iter().filter_map(|span| span.target.strip_prefix('#')));
    }
    Claim { id, name: name.to_owned(), text, own, same, rests_on: BTreeSet::new(), term, bounds }
}

/// Returns a text in lower case without a term, for comparison.
fn without(text: &str, term: &str) -> String {
    text.to_lowercase().replacen(term, "", 1)
}

fn is_same(one: &Claim, other: &Claim) -> bool {
    let names = |one: &Claim, other: &Claim| {
        one.same.iter().any(|id| other.own.contains(id))
            || one.rests_on.iter().any(|id| other.own.contains(id))
    };
    one.text == other.text
        || names(one, other)
        || names(other, one)
        || (!one.rests_on.is_empty()
            && one.rests_on == other.rests_on
            && one.own.is_empty() != other.own.is_empty())
}

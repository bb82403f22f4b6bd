//! Lints the likelihoods of a brief against each other.

use std::collections::{BTreeMap, BTreeSet};

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
    let mut earlier_claims = EarlierClaims::default();
    for (index, later) in claims.iter().enumerate() {
        if let Some(earlier) = earlier_claims.first_that_disagrees(later).map(|index| &claims[index]) {
            let message = format!(
                "{} says \"{}\" of what is \"{}\" in {}: give both the same likelihood",
                later.name, later.term, earlier.term, earlier.name
            );
            warnings.push(Warning::new(LIKELIHOODS_DISAGREE, later.id, message));
        }
        earlier_claims.add(index, later);
    }
}

/// Earlier claims by what makes a later one the same, so that a brief of many claims is not compared pair by pair.
#[derive(Default)]
struct EarlierClaims<'c> {
    texts: BTreeMap<&'c str, FirstOfBounds>,
    /// By the ids of the part and its sentences.
    own_ids: BTreeMap<&'c str, FirstOfBounds>,
    /// By the ids that the claim refers to.
    references: BTreeMap<&'c str, FirstOfBounds>,
    /// By whether the claim is of a part with ids of its own, and by everything that it rests on.
    supports: BTreeMap<(bool, &'c BTreeSet<&'c str>), FirstOfBounds>,
}

/// The index of the first claim with each pair of bounds.
#[derive(Default)]
struct FirstOfBounds(BTreeMap<(u32, u32), usize>);

impl FirstOfBounds {
    fn add(&mut self, index: usize, bounds: (u32, u32)) {
        self.0.entry(bounds).or_insert(index);
    }

    /// Returns the first claim whose bounds are apart from others.
    fn apart_from(&self, (low, high): (u32, u32)) -> Option<usize> {
        let apart =
            self.0.iter().filter(|((other_low, other_high), _)| *other_high <= low || high <= *other_low);
        apart.map(|(_, index)| *index).min()
    }
}

impl<'c> EarlierClaims<'c> {
    fn add(&mut self, index: usize, claim: &'c Claim<'c>) {
        let mut groups = vec![self.texts.entry(&claim.text).or_default()];
        if !claim.rests_on.is_empty() {
            groups.push(self.supports.entry((claim.own.is_empty(), &claim.rests_on)).or_default());
        }
        for group in groups {
            group.add(index, claim.bounds);
        }
        for id in &claim.own {
            self.own_ids.entry(id).or_default().add(index, claim.bounds);
        }
        for id in claim.same.union(&claim.rests_on) {
            self.references.entry(id).or_default().add(index, claim.bounds);
        }
    }

    /// Returns the index of the first claim that is the same as a later one, with a likelihood apart from its own.
    fn first_that_disagrees(&self, later: &'c Claim<'c>) -> Option<usize> {
        let of_text = self.texts.get(later.text.as_str());
        let of_support = self.supports.get(&(!later.own.is_empty(), &later.rests_on));
        let named = later.same.union(&later.rests_on).filter_map(|id| self.own_ids.get(id));
        let naming = later.own.iter().filter_map(|id| self.references.get(id));
        let same = of_text.into_iter().chain(of_support).chain(named).chain(naming);
        same.filter_map(|group| group.apart_from(later.bounds)).min()
    }
}

fn of(likelihood: Option<&Likelihood>) -> Option<(&'static str, (u32, u32))> {
    let likelihood = likelihood.filter(|likelihood| likelihood::scale(likelihood.term()).is_some())?;
    Some((words(likelihood.term()), likelihood::stated_bounds(likelihood)))
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

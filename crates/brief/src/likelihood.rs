//! Likelihood terms of published scales: the exact words and percentages, never paraphrased.
//!
//! ICD 203 (2015, section D.6.e(2)(a)) has two rows of terms over the same bands, which must not be mixed in a
//! brief. The gaps between the bands of the PHIA yardstick are deliberate: a value in a gap has no term.

use chancery_proto::brief::v1::{Likelihood, LikelihoodScale, LikelihoodTerm, Statement};

use crate::reading_order::still_holds;

use LikelihoodTerm as Term;

/// The terms of ICD 203's first row or of the PHIA yardstick, then of ICD 203's second row, each in ascending order.
const ICD203_TERMS: [Term; 14] = [
    Term::Icd203AlmostNoChance,
    Term::Icd203VeryUnlikely,
    Term::Icd203Unlikely,
    Term::Icd203RoughlyEvenChance,
    Term::Icd203Likely,
    Term::Icd203VeryLikely,
    Term::Icd203AlmostCertain,
    Term::Icd203Remote,
    Term::Icd203HighlyImprobable,
    Term::Icd203Improbable,
    Term::Icd203RoughlyEvenOdds,
    Term::Icd203Probable,
    Term::Icd203HighlyProbable,
    Term::Icd203NearlyCertain,
];
const PHIA_TERMS: [Term; 7] = [
    Term::PhiaRemoteChance,
    Term::PhiaHighlyUnlikely,
    Term::PhiaUnlikely,
    Term::PhiaRealisticPossibility,
    Term::PhiaLikelyOrProbable,
    Term::PhiaHighlyLikely,
    Term::PhiaAlmostCertain,
];

/// Returns the likelihood that a figure of likelihoods shows for a statement. A superseded or withdrawn statement has none.
pub fn shown(statement: &Statement) -> Option<&Likelihood> {
    statement.likelihood.as_ref().filter(|_| still_holds(statement))
}

/// Returns the printed words of a term; empty for the unspecified one.
pub fn words(term: LikelihoodTerm) -> &'static str {
    match term {
        Term::Unspecified => "",
        Term::Icd203AlmostNoChance => "almost no chance",
        Term::Icd203VeryUnlikely => "very unlikely",
        Term::Icd203Unlikely | Term::PhiaUnlikely => "unlikely",
        Term::Icd203RoughlyEvenChance => "roughly even chance",
        Term::Icd203Likely => "likely",
        Term::Icd203VeryLikely => "very likely",
        Term::Icd203AlmostCertain | Term::PhiaAlmostCertain => "almost certain",
        Term::Icd203Remote => "remote",
        Term::Icd203HighlyImprobable => "highly improbable",
        Term::Icd203Improbable => "improbable",
        Term::Icd203RoughlyEvenOdds => "roughly even odds",
        Term::Icd203Probable => "probable",
        Term::Icd203HighlyProbable => "highly probable",
        Term::Icd203NearlyCertain => "nearly certain",
        Term::PhiaRemoteChance => "remote chance",
        Term::PhiaHighlyUnlikely => "highly unlikely",
        Term::PhiaRealisticPossibility => "realistic possibility",
        Term::PhiaLikelyOrProbable => "likely or probable",
        Term::PhiaHighlyLikely => "highly likely",
    }
}

/// Returns the lowest and highest percent of a likelihood: those of its term where it states none.
pub fn stated_bounds(likelihood: &Likelihood) -> (u32, u32) {
    match (likelihood.low_percent, likelihood.high_percent) {
        (0, 0) => bounds(likelihood.term()),
        stated => stated,
    }
}

/// Returns the lowest and highest whole percent of a term. "Realistic possibility" extends to below 50, so its highest
/// whole percent is 49; [`range`] prints it as published.
pub fn bounds(term: LikelihoodTerm) -> (u32, u32) {
    match term {
        Term::Unspecified => (0, 0),
        Term::Icd203AlmostNoChance | Term::Icd203Remote => (1, 5),
        Term::Icd203VeryUnlikely | Term::Icd203HighlyImprobable => (5, 20),
        Term::Icd203Unlikely | Term::Icd203Improbable => (20, 45),
        Term::Icd203RoughlyEvenChance | Term::Icd203RoughlyEvenOdds => (45, 55),
        Term::Icd203Likely | Term::Icd203Probable => (55, 80),
        Term::Icd203VeryLikely | Term::Icd203HighlyProbable => (80, 95),
        Term::Icd203AlmostCertain | Term::Icd203NearlyCertain => (95, 99),
        Term::PhiaRemoteChance => (0, 5),
        Term::PhiaHighlyUnlikely => (10, 20),
        Term::PhiaUnlikely => (25, 35),
        Term::PhiaRealisticPossibility => (40, 49),
        Term::PhiaLikelyOrProbable => (55, 75),
        Term::PhiaHighlyLikely => (80, 90),
        Term::PhiaAlmostCertain => (95, 100),
    }
}

/// Returns the percentages of a term as published, without the percent sign: `55-80`, `40-<50`.
pub fn range(term: LikelihoodTerm) -> String {
    let (low, high) = bounds(term);
    match term {
        Term::Unspecified => String::new(),
        Term::PhiaRealisticPossibility => "40-<50".to_owned(),
        _ => format!("{low}-{high}"),
    }
}

/// Returns the term of a scale that overlaps most with a range of percentages; of two with equal overlap, the less likely
/// one; none if the range lies in a gap of the scale. For ICD 203, returns terms of the first row.
pub fn equivalent((low, high): (u32, u32), scale: LikelihoodScale) -> Option<LikelihoodTerm> {
    let shared = |term: &LikelihoodTerm| {
        let (from, to) = bounds(*term);
        // Bounds are inclusive whole percents, so that a single point overlaps with its term.
        (high.min(to) + 1).saturating_sub(low.max(from))
    };
    let terms = scale_terms(scale).iter().filter(|term| row(**term) == 1 && shared(term) > 0);
    terms.rev().max_by_key(|term| shared(term)).copied()
}

/// Returns the row of a term in its scale, from 1.
pub fn row(term: LikelihoodTerm) -> u8 {
    if ICD203_TERMS[7..].contains(&term) { 2 } else { 1 }
}

/// Returns the scale of a term; none for the unspecified one.
pub fn scale(term: LikelihoodTerm) -> Option<LikelihoodScale> {
    [LikelihoodScale::Icd203, LikelihoodScale::Phia]
        .into_iter()
        .find(|scale| scale_terms(*scale).contains(&term))
}

/// Lists the terms of a scale in ascending order, ICD 203's first row before its second; none for the unspecified scale.
pub fn scale_terms(scale: LikelihoodScale) -> &'static [LikelihoodTerm] {
    match scale {
        LikelihoodScale::Unspecified => &[],
        LikelihoodScale::Icd203 => &ICD203_TERMS,
        LikelihoodScale::Phia => &PHIA_TERMS,
    }
}

#[cfg(test)]
mod tests {
    use super::{LikelihoodScale, LikelihoodTerm, bounds, equivalent, range, row, scale, scale_terms, words};

    #[test]
    fn the_terms_are_those_published() {
        let print = |scale| {
            let term = |term: &LikelihoodTerm| format!("{} {} {}", row(*term), words(*term), range(*term));
            scale_terms(scale).iter().map(term).collect::<Vec<_>>().join(" · ")
        };
        assert_eq!(
            print(LikelihoodScale::Icd203),
            "1 almost no chance 1-5 · 1 very unlikely 5-20 · 1 unlikely 20-45 · 1 roughly even chance 45-55 · \
             1 likely 55-80 · 1 very likely 80-95 · 1 almost certain 95-99 · 2 remote 1-5 · \
             2 highly improbable 5-20 · 2 improbable 20-45 · 2 roughly even odds 45-55 · 2 probable 55-80 · \
             2 highly probable 80-95 · 2 nearly certain 95-99"
        );
        assert_eq!(
            print(LikelihoodScale::Phia),
            "1 remote chance 0-5 · 1 highly unlikely 10-20 · 1 unlikely 25-35 · 1 realistic possibility 40-<50 · \
             1 likely or probable 55-75 · 1 highly likely 80-90 · 1 almost certain 95-100"
        );
    }

    #[test]
    fn a_range_has_the_term_with_the_largest_overlap() {
        let phia = |low, high| equivalent((low, high), LikelihoodScale::Phia);
        assert_eq!(phia(55, 80), Some(LikelihoodTerm::PhiaLikelyOrProbable));
        assert_eq!(phia(20, 45), Some(LikelihoodTerm::PhiaUnlikely));
        assert_eq!(phia(21, 24), None);
        assert_eq!(equivalent((40, 49), LikelihoodScale::Icd203), Some(LikelihoodTerm::Icd203Unlikely));
        assert_eq!(equivalent((95, 100), LikelihoodScale::Icd203), Some(LikelihoodTerm::Icd203AlmostCertain));
        assert_eq!(equivalent((5, 5), LikelihoodScale::Icd203), Some(LikelihoodTerm::Icd203AlmostNoChance));
    }

    #[test]
    fn each_term_except_unspecified_is_on_one_scale() {
        let numbers = (0..30).filter_map(|number| LikelihoodTerm::try_from(number).ok());
        for term in numbers.filter(|term| *term != LikelihoodTerm::Unspecified) {
            let scale = scale(term).unwrap();
            assert!(term.as_str_name().contains(scale.as_str_name().trim_start_matches("LIKELIHOOD_SCALE_")));
            assert!(bounds(term).0 < bounds(term).1);
        }
        assert_eq!(scale(LikelihoodTerm::Unspecified), None);
    }
}

//! Likelihood and confidence of a key judgment: its own, or those of the only one of its sentences that has them, as authors
//! write them behind the sentence.

use chancery_proto::brief::v1::{Confidence, ConfidenceLevel, KeyJudgment, Likelihood, Statement};

/// Returns the likelihood of a judgment.
pub(crate) fn likelihood(judgment: &KeyJudgment) -> Option<&Likelihood> {
    judgment.likelihood.as_ref().or_else(|| of_only(&judgment.statements, |of| of.likelihood.as_ref()))
}

/// Returns the confidence in a judgment.
pub(crate) fn confidence(judgment: &KeyJudgment) -> Option<&Confidence> {
    judgment.confidence.as_ref().or_else(|| of_only(&judgment.statements, |of| of.confidence.as_ref()))
}

/// Returns the level of the confidence in a judgment.
pub(crate) fn level(judgment: &KeyJudgment) -> ConfidenceLevel {
    confidence(judgment).map_or(ConfidenceLevel::Unspecified, Confidence::level)
}

/// Returns the value that exactly one of the sentences has.
fn of_only<'s, T>(
    statements: &'s [Statement],
    value: impl Fn(&'s Statement) -> Option<&'s T>,
) -> Option<&'s T> {
    let mut values = statements.iter().filter_map(value);
    values.next().filter(|_| values.next().is_none())
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{Confidence, ConfidenceLevel, KeyJudgment, Statement};

    use super::level;

    fn stated(level: ConfidenceLevel) -> Confidence {
        Confidence { level: level.into(), ..Confidence::default() }
    }

    #[test]
    fn a_judgments_own_confidence_comes_before_that_of_its_only_sentence_with_one() {
        let of = |confidence| Statement { confidence, ..Statement::default() };
        let judgment =
            |confidence, statements| KeyJudgment { confidence, statements, ..KeyJudgment::default() };
        let (low, high) = (Some(stated(ConfidenceLevel::Low)), Some(stated(ConfidenceLevel::High)));
        let one = vec![of(None), of(low.clone())];
        assert_eq!(level(&judgment(high.clone(), one.clone())), ConfidenceLevel::High);
        assert_eq!(level(&judgment(None, one)), ConfidenceLevel::Low);
        assert_eq!(level(&judgment(None, vec![of(low), of(high)])), ConfidenceLevel::Unspecified);
    }
}

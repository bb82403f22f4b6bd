//! How key judgments differ from those of the earlier revision.

use chancery_proto::brief::v1::{ChangeKind, ConfidenceLevel, KeyJudgment, Likelihood};

use crate::compose::change_ledger::ChangeLedger;
use crate::compose::judgment_basis::{level, likelihood};
use crate::compose::lexicon::has_term;
use crate::compose::prior_revision::RevisionStatements;
use crate::compose::signs::Sign;

/// A difference of a key judgment from the one that it revises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JudgmentChange<'a> {
    /// No earlier judgment.
    New,
    /// A higher likelihood, with the earlier one.
    Likelier(&'a Likelihood),
    /// A lower likelihood, with the earlier one.
    LessLikely(&'a Likelihood),
    /// A higher confidence, with the earlier one.
    Surer(ConfidenceLevel),
    /// A lower confidence, with the earlier one.
    LessSure(ConfidenceLevel),
    /// It has no earlier judgment, but its note names a part that no longer holds; without a note, it rests on a
    /// statement that replaced a superseded one.
    Reversed,
    /// Another text, with the same likelihood and confidence.
    Reworded,
    /// The same in text, likelihood and confidence.
    Unchanged,
}

impl JudgmentChange<'_> {
    /// Returns its sign.
    pub(crate) const fn sign(self) -> Sign {
        match self {
            Self::New => Sign::New,
            Self::Likelier(_) => Sign::Likelier,
            Self::LessLikely(_) => Sign::LessLikely,
            Self::Surer(_) => Sign::Surer,
            Self::LessSure(_) => Sign::LessSure,
            Self::Reversed => Sign::Reversed,
            Self::Reworded => Sign::Reworded,
            Self::Unchanged => Sign::Unchanged,
        }
    }
}

/// Compares a judgment with the earlier revision. A likelihood goes before a confidence; both are named when they move
/// apart.
pub(crate) fn judgment_changes<'a>(
    judgment: &KeyJudgment,
    prior: &RevisionStatements<'a>,
    ledger: &ChangeLedger,
) -> Vec<JudgmentChange<'a>> {
    let Some(earlier) = prior.judgment(judgment) else {
        return vec![if is_reversal(judgment, ledger) {
            JudgmentChange::Reversed
        } else {
            JudgmentChange::New
        }];
    };
    let likelihood = moved_likelihood(likelihood(earlier), likelihood(judgment));
    let confidence = moved_confidence(level(earlier), level(judgment));
    match (likelihood, confidence) {
        (Some(likelihood), Some(confidence)) if rises(likelihood) != rises(confidence) => {
            vec![likelihood, confidence]
        }
        (Some(one), _) | (None, Some(one)) => vec![one],
        (None, None) => {
            vec![if says_the_same(earlier, judgment) {
                JudgmentChange::Unchanged
            } else {
                JudgmentChange::Reworded
            }]
        }
    }
}

/// Returns whether a judgment that revises none reverses what an earlier revision said. Its note decides, by naming a
/// reversed part; without a note, a superseded statement under the judgment does.
fn is_reversal(judgment: &KeyJudgment, ledger: &ChangeLedger) -> bool {
    if judgment.revision_note.is_empty() {
        let replaced = judgment.rests_on.iter().filter_map(|id| ledger.reversal_of(id));
        return replaced.into_iter().any(|reversal| reversal.kind == ChangeKind::Superseded);
    }
    let of_id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let words = judgment.revision_note.split(|c| !of_id(c)).map(|word| word.trim_matches('.'));
    words.filter(|word| !word.is_empty()).any(|word| ledger.is_reversed(word))
}

/// Returns the judgments of the earlier revision that no judgment of this one revises.
pub(crate) fn not_carried_over<'a>(earlier: &'a [KeyJudgment], now: &[KeyJudgment]) -> Vec<&'a KeyJudgment> {
    let carried = |judgment: &&KeyJudgment| {
        now.iter().any(|other| other.id == judgment.id || other.revises_id == judgment.id)
    };
    earlier.iter().filter(|judgment| !carried(judgment)).collect()
}

fn moved_likelihood<'a>(
    before: Option<&'a Likelihood>,
    now: Option<&Likelihood>,
) -> Option<JudgmentChange<'a>> {
    let (before, now) = (before.filter(|of| has_term(of))?, now.filter(|of| has_term(of))?);
    match middle(now).cmp(&middle(before)) {
        std::cmp::Ordering::Greater => Some(JudgmentChange::Likelier(before)),
        std::cmp::Ordering::Less => Some(JudgmentChange::LessLikely(before)),
        std::cmp::Ordering::Equal => None,
    }
}

/// Returns twice the middle of a likelihood's range.
const fn middle(likelihood: &Likelihood) -> u32 {
    likelihood.low_percent + likelihood.high_percent
}

fn moved_confidence(before: ConfidenceLevel, now: ConfidenceLevel) -> Option<JudgmentChange<'static>> {
    let rank = |level| match level {
        ConfidenceLevel::Unspecified => None,
        ConfidenceLevel::Low => Some(1),
        ConfidenceLevel::Moderate => Some(2),
        ConfidenceLevel::High => Some(3),
    };
    match rank(now)?.cmp(&rank(before)?) {
        std::cmp::Ordering::Greater => Some(JudgmentChange::Surer(before)),
        std::cmp::Ordering::Less => Some(JudgmentChange::LessSure(before)),
        std::cmp::Ordering::Equal => None,
    }
}

const fn rises(change: JudgmentChange) -> bool {
    matches!(change, JudgmentChange::Likelier(_) | JudgmentChange::Surer(_))
}

/// Returns whether two judgments have the same text.
pub(crate) fn says_the_same(one: &KeyJudgment, other: &KeyJudgment) -> bool {
    let text =
        |of: &KeyJudgment| of.statements.iter().map(|statement| statement.text.clone()).collect::<Vec<_>>();
    text(one) == text(other)
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{
        BriefContent, Change, ChangeKind, Confidence, ConfidenceLevel, KeyJudgment, Likelihood,
        LikelihoodTerm, Statement,
    };

    use super::{JudgmentChange, judgment_changes, not_carried_over};
    use crate::compose::change_ledger::ChangeLedger;
    use crate::compose::prior_revision::RevisionStatements;

    fn judgment(id: &str, range: Option<(u32, u32)>, level: ConfidenceLevel, text: &str) -> KeyJudgment {
        let likelihood = |(low_percent, high_percent)| Likelihood {
            term: LikelihoodTerm::Icd203Likely as i32,
            low_percent,
            high_percent,
            ..Likelihood::default()
        };
        KeyJudgment {
            id: id.into(),
            statements: vec![Statement { text: text.into(), ..Statement::default() }],
            likelihood: range.map(likelihood),
            confidence: Some(Confidence { level: level as i32, ..Confidence::default() }),
            ..KeyJudgment::default()
        }
    }

    fn compared(earlier: KeyJudgment, now: &KeyJudgment) -> Vec<String> {
        let earlier = BriefContent { key_judgments: vec![earlier], ..BriefContent::default() };
        let prior = RevisionStatements::new(Some(&earlier));
        let changes = judgment_changes(now, &prior, &ChangeLedger::default());
        let name = |change: &JudgmentChange| format!("{change:?}").split('(').next().unwrap().to_owned();
        changes.iter().map(name).collect()
    }

    #[test]
    fn a_likelihood_goes_before_a_confidence_and_both_are_named_when_they_move_apart() {
        use ConfidenceLevel::{High, Low, Moderate};
        let cases: [(_, _, &[&str]); 6] = [
            ((Some((55, 80)), Low), (Some((80, 95)), Low), &["Likelier"]),
            ((Some((55, 80)), Low), (Some((80, 95)), High), &["Likelier"]),
            ((Some((55, 80)), High), (Some((80, 95)), Low), &["Likelier", "LessSure"]),
            ((Some((55, 80)), Low), (Some((20, 45)), Moderate), &["LessLikely", "Surer"]),
            ((None, Low), (Some((20, 45)), Moderate), &["Surer"]),
            ((Some((55, 80)), Low), (Some((55, 80)), Low), &["Unchanged"]),
        ];
        for ((before, sure), (now, surer), expected) in cases {
            let result =
                compared(judgment("j", before, sure, "It is."), &judgment("j", now, surer, "It is."));
            assert_eq!(result, expected, "{before:?} {sure:?} {now:?} {surer:?}");
        }
        let reworded = judgment("j", None, Low, "It is so.");
        assert_eq!(compared(judgment("j", None, Low, "It is."), &reworded), ["Reworded"]);
    }

    #[test]
    fn a_judgment_without_an_earlier_one_is_new_or_reversed() {
        let changes = [Change {
            statement_id: "old".into(),
            kind: ChangeKind::Superseded as i32,
            replaced_by: vec!["now".into()],
            ..Change::default()
        }];
        let none = RevisionStatements::default();
        let ledger = ChangeLedger::new(&changes, &BriefContent::default(), &none, &none);
        let mut own = judgment("j", None, ConfidenceLevel::High, "It is.");
        assert_eq!(judgment_changes(&own, &none, &ledger), [JudgmentChange::New]);
        own.rests_on = vec!["now".into()];
        assert_eq!(judgment_changes(&own, &none, &ledger), [JudgmentChange::Reversed]);
    }

    #[test]
    fn judgments_that_none_revises_are_not_carried_over() {
        let earlier = ["a", "b", "c"].map(|id| judgment(id, None, ConfidenceLevel::Low, id));
        let mut now = ["a", "x"].map(|id| judgment(id, None, ConfidenceLevel::Low, id));
        now[1].revises_id = "b".into();
        let left: Vec<&str> = not_carried_over(&earlier, &now).iter().map(|of| of.id.as_str()).collect();
        assert_eq!(left, ["c"]);
    }
}

//! Lints of likelihoods, in annotations and in words.

use chancery_proto::brief::v1::{
    BriefContent, Confidence, Factor, FactorKind, KeyJudgment, Likelihood, LikelihoodScale, LikelihoodTerm,
    Span, SpanKind, Statement, StatementType,
};

use super::{brief, codes, judgment, one};
use crate::lint::{
    LIKELIHOOD_BEYOND_SUPPORT, LIKELIHOOD_CONTRADICTS_TEXT, LIKELIHOODS_DISAGREE, TERM_OF_OTHER_SCALE,
    TERM_WITHOUT_LIKELIHOOD, lint,
};

fn likelihood(term: LikelihoodTerm) -> Likelihood {
    let (low_percent, high_percent) = crate::likelihood::bounds(term);
    let mut likelihood = Likelihood { low_percent, high_percent, ..Likelihood::default() };
    likelihood.set_term(term);
    likelihood
}

fn likely(id: &str, text: &str, term: LikelihoodTerm) -> Statement {
    Statement { likelihood: Some(likelihood(term)), ..judgment(id, text) }
}

#[test]
fn a_term_in_the_words_needs_a_likelihood() {
    let content = brief(vec![judgment("s1", "It is very likely to hold.")]);
    assert_eq!(codes(&content), one(TERM_WITHOUT_LIKELIHOOD, "s1"));
    let message = "\"very likely\" is a term of the scale, but the sentence has no likelihood: set it, or use another word";
    assert_eq!(lint(&content, None)[0].message, message);
    let annotated = likely("s1", "It is very likely to hold.", LikelihoodTerm::Icd203VeryLikely);
    assert_eq!(codes(&brief(vec![annotated])), []);
    let mut fact = judgment("s1", "It likely held, the report says.");
    fact.set_type(StatementType::Fact);
    assert_eq!(codes(&brief(vec![fact])), []);
}

#[test]
fn the_words_and_the_likelihood_agree() {
    let adverb = brief(vec![likely("s1", "They almost certainly hold it.", LikelihoodTerm::Icd203Unlikely)]);
    assert_eq!(codes(&adverb), one(LIKELIHOOD_CONTRADICTS_TEXT, "s1"));
    let content = brief(vec![likely("s1", "It is almost certain to hold.", LikelihoodTerm::Icd203Unlikely)]);
    assert_eq!(codes(&content), one(LIKELIHOOD_CONTRADICTS_TEXT, "s1"));
    let message =
        "the sentence says \"almost certain\", but its likelihood is \"unlikely\": make them the same";
    assert_eq!(lint(&content, None)[0].message, message);
    // The second row of ICD 203 has other words for the same percentages.
    for text in
        ["It is probable.", "It is likely, not unlikely.", "The report calls it “unlikely”.", "It holds."]
    {
        assert_eq!(codes(&brief(vec![likely("s1", text, LikelihoodTerm::Icd203Likely)])), [], "{text}");
    }
    let german = BriefContent { language: "de".into(), ..content };
    assert_eq!(codes(&german), []);
}

#[test]
fn the_opposite_of_a_likelihood_is_found() {
    let cases = [
        ("It is not likely to hold.", LikelihoodTerm::Icd203VeryLikely, "not likely"),
        ("It isn't likely to hold.", LikelihoodTerm::Icd203Likely, "not likely"),
        ("It will probably hold.", LikelihoodTerm::Icd203Unlikely, "probably"),
        ("It is almost\u{a0}certain to hold.", LikelihoodTerm::Icd203Unlikely, "almost certain"),
    ];
    for (text, term, said) in cases {
        let content = brief(vec![likely("s1", text, term)]);
        assert_eq!(codes(&content), one(LIKELIHOOD_CONTRADICTS_TEXT, "s1"), "{text}");
        assert!(lint(&content, None)[0].message.contains(&format!("says \"{said}\"")), "{text}");
    }
    for (text, term) in [
        ("It isn't likely to hold.", LikelihoodTerm::Icd203Unlikely),
        ("It will probably hold.", LikelihoodTerm::Icd203Likely),
        ("It will probably not hold.", LikelihoodTerm::Icd203Likely),
        ("It is likely, if not very likely, to hold.", LikelihoodTerm::Icd203Likely),
        ("The report calls it “not likely”.", LikelihoodTerm::Icd203Likely),
    ] {
        assert_eq!(codes(&brief(vec![likely("s1", text, term)])), [], "{text}");
    }
}

#[test]
fn terms_are_of_the_scale_of_the_brief() {
    let content = brief(vec![likely("s1", "It is highly likely.", LikelihoodTerm::Icd203VeryLikely)]);
    assert_eq!(codes(&content), one(TERM_OF_OTHER_SCALE, "s1"));
    let message = "\"highly likely\" is a term of another scale than the brief's: write \"very likely\", or change the scale of the brief";
    assert_eq!(lint(&content, None)[0].message, message);
    let mut phia = brief(vec![likely("s1", "It is highly likely.", LikelihoodTerm::PhiaHighlyLikely)]);
    phia.set_likelihood_scale(LikelihoodScale::Phia);
    assert_eq!(codes(&phia), []);
    phia.set_likelihood_scale(LikelihoodScale::Icd203);
    assert_eq!(codes(&phia)[0], one(TERM_OF_OTHER_SCALE, "s1")[0]);
}

fn resting(term: LikelihoodTerm, supports: Vec<Statement>) -> BriefContent {
    let rests_on = supports.iter().map(|support| support.id.clone()).collect();
    let mut content = brief(supports);
    for (index, statement) in super::statements(&mut content).iter_mut().enumerate() {
        statement.citations[0].source_id = format!("src{index}");
    }
    content.key_judgments = vec![KeyJudgment {
        id: "kj1".into(),
        rests_on,
        likelihood: Some(likelihood(term)),
        confidence: Some(Confidence::default()),
        ..KeyJudgment::default()
    }];
    content
}

#[test]
fn a_key_judgment_is_as_likely_as_what_it_rests_on() {
    let support = |id: &str, term| likely(id, "It holds.", term);
    let supports = || {
        vec![support("s1", LikelihoodTerm::Icd203Unlikely), support("s2", LikelihoodTerm::Icd203VeryUnlikely)]
    };
    let content = resting(LikelihoodTerm::Icd203VeryLikely, supports());
    assert_eq!(codes(&content), one(LIKELIHOOD_BEYOND_SUPPORT, "kj1"));
    let message = "the judgment is \"very likely\", likelier than every statement that it rests on (unlikely, very unlikely): \
                   revise one of the likelihoods, or add what makes the difference to rests_on";
    assert_eq!(lint(&content, None)[0].message, message);
    assert_eq!(codes(&resting(LikelihoodTerm::Icd203Unlikely, supports())), []);
    let less = resting(
        LikelihoodTerm::Icd203AlmostNoChance,
        vec![support("s1", LikelihoodTerm::Icd203Likely), support("s2", LikelihoodTerm::Icd203Unlikely)],
    );
    assert_eq!(codes(&less), one(LIKELIHOOD_BEYOND_SUPPORT, "kj1"));
    // A fact or a judgment without a likelihood may make the difference.
    let with_other = [supports(), vec![judgment("s3", "It held.")]].concat();
    assert_eq!(codes(&resting(LikelihoodTerm::Icd203VeryLikely, with_other)), []);
}

#[test]
fn the_bottom_line_the_judgments_and_the_outlook_agree() {
    let with = |bluf: Statement, term| {
        let sentence = likely("kj1-s1", "Trade is unlikely to fall.", term);
        let statements = vec![Statement { citations: Vec::new(), ..sentence }];
        BriefContent {
            language: "en".into(),
            bluf: vec![bluf],
            key_judgments: vec![KeyJudgment {
                id: "kj1".into(),
                statements,
                confidence: Some(Confidence::default()),
                ..KeyJudgment::default()
            }],
            ..BriefContent::default()
        }
    };
    let unlikely = LikelihoodTerm::Icd203Unlikely;
    // The same words but for the term.
    let bluf = likely("s1", "Trade is likely to fall.", LikelihoodTerm::Icd203Likely);
    assert_eq!(codes(&with(bluf.clone(), unlikely)), one(LIKELIHOODS_DISAGREE, "kj1"));
    let message = "key judgment kj1 says \"unlikely\" of what is \"likely\" in the bottom line: give both the same likelihood";
    assert_eq!(lint(&with(bluf, unlikely), None)[0].message, message);
    // Other words without a link, and with one.
    let mut other = likely("s1", "Ports are likely to close.", LikelihoodTerm::Icd203Likely);
    assert_eq!(codes(&with(other.clone(), unlikely)), []);
    let mut link = Span { start: 0, end: 5, target: "#kj1".into(), ..Span::default() };
    link.set_kind(SpanKind::Link);
    other.spans = vec![link];
    assert_eq!(codes(&with(other, unlikely)), one(LIKELIHOODS_DISAGREE, "kj1"));
    // An item of the outlook that rests on the judgment's sentence.
    let outlook = |text: &str| {
        let mut factor = Factor { id: "f1".into(), text: text.into(), ..Factor::default() };
        factor.set_kind(FactorKind::Outlook);
        factor.statement_ids = vec!["kj1-s1".into()];
        let same = likely("s1", "Trade is unlikely to fall.", unlikely);
        BriefContent { factors: vec![factor], ..with(same, unlikely) }
    };
    assert_eq!(codes(&outlook("A fall is very likely.")), one(LIKELIHOODS_DISAGREE, "f1"));
    assert_eq!(codes(&outlook("A fall is unlikely.")), []);
    assert_eq!(codes(&outlook("A fall.")), []);
}

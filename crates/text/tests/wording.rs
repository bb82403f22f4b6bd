//! Warnings about likelihood terms in the words of a sentence.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_brief::reading_order::statements;
use chancery_proto::brief::v1::{Statement, StatementType};
use chancery_text::{Context, TextRange, check, read};

/// Returns the codes of the warnings with the words that they mark, and the body with all fixes.
fn warnings(body: &str) -> (Vec<(&'static str, String)>, String) {
    let mut text = format!("---\ntitle: T\nsources:\n  a: {{title: A}}\n---\n\n{body}");
    let warnings = read(&text, &Context::default()).wording;
    let marked = |range: TextRange| range.of(&text).to_owned();
    let listed = warnings.iter().map(|warning| (warning.code, marked(warning.range))).collect();
    for fix in warnings.iter().rev().filter_map(|warning| warning.fix.as_ref()) {
        text.replace_range(fix.range.start..fix.range.end, &fix.replacement);
    }
    (listed, text.split_once("---\n\n").unwrap().1.to_owned())
}

#[test]
fn a_term_without_a_likelihood_is_reported_with_its_annotation() {
    let (listed, fixed) = warnings(
        "It is very likely to fall. [@a; also @a] {assessment} ^s-1\nIt will likely rise. ^s-2\nIt is *likely*. [@a] {by 2027} ^s-3\n",
    );
    let code = "TERM_WITHOUT_LIKELIHOOD";
    assert_eq!(
        listed,
        [(code, "very likely".to_owned()), (code, "likely".to_owned()), (code, "It is *likely*.".to_owned())]
    );
    assert_eq!(
        fixed,
        "It is very likely to fall. [@a; also @a] {assessment; very likely} ^s-1\nIt will likely rise. {likely} ^s-2\nIt is *likely*. [@a] {by 2027; likely} ^s-3\n"
    );
    assert_eq!(warnings(&fixed).0, []);
}

#[test]
fn a_likelihood_that_contradicts_the_words_is_reported() {
    let (listed, _) = warnings("It is likely. {unlikely} ^s-1\n1. It is unlikely. ^s-2\n   {likely} ^kj-1\n");
    let code = "LIKELIHOOD_CONTRADICTS_TEXT";
    assert_eq!(listed, [(code, "likely".to_owned()), (code, "unlikely".to_owned())]);
}

#[test]
fn other_sentences_are_not_reported() {
    let body = "It is not likely to fall. ^s-1\nIt is likely. {likely 60-70%} ^s-2\nIt likely fell, the source says. [@a] {fact} ^s-3\n\n1. It will likely rise. ^s-4\n   {likely} ^kj-1\n";
    assert_eq!(warnings(body).0, []);
    let russian = "---\ntitle: T\nlanguage: ru\n---\n\nlikely ^s-1\n";
    assert_eq!(read(russian, &Context::default()).wording, []);
}

/// Returns the types of the sentences of a body, in a language.
fn types(language: &str, body: &str) -> Vec<StatementType> {
    let text =
        format!("---\ntitle: T\nlanguage: {language}\nsources:\n  a: {{title: A}}\n---\n\n# H ^h\n\n{body}");
    let content = read(&text, &Context::default()).content;
    statements(&content).into_iter().map(Statement::r#type).collect()
}

#[test]
fn a_citation_makes_a_sentence_a_fact_unless_its_words_judge() {
    use StatementType::{Assessment, Fact};
    for sentence in [
        "It fell.",
        "It fell in May.",
        "The political will is weak.",
        "The minister said: “We will pay.”",
        "It will fall. {fact}",
    ] {
        let (text, annotation) =
            sentence.split_once('{').map_or((sentence, ""), |(text, _)| (text, " {fact}"));
        assert_eq!(types("en", &format!("{} [@a]{annotation} ^s-1\n", text.trim())), [Fact], "{sentence}");
    }
    for sentence in [
        "It will fall.",
        "It is going to fall.",
        "It may have fallen.",
        "Perhaps it fell.",
        "It is highly likely to fall.",
        "There is a realistic possibility of a fall.",
    ] {
        assert_eq!(types("en-GB", &format!("{sentence} [@a] ^s-1\n")), [Assessment], "{sentence}");
    }
    assert_eq!(
        types("ru", "Порт, вероятно, закрыт. [@a] ^s-1\nПорт закрыт. [@a] ^s-2\n"),
        [Assessment, Fact]
    );
    assert_eq!(types("fa", "بندر بسته خواهد شد. [@a] ^s-1\nبندر بسته شد. [@a] ^s-2\n"), [Assessment, Fact]);
    // The words of a quote are those of its source.
    assert_eq!(types("en", "> It will fall. [@a] ^s-1\n> -- by: The minister\n"), [Fact]);
}

#[test]
fn a_cited_sentence_that_judges_is_warned_of_as_any_other() {
    let codes = |sentence: &str| -> Vec<&str> {
        let source = "{title: A, date: 2026, reliability: B}";
        let text = format!("---\ntitle: T\nsources:\n  a: {source}\n---\n\n# H ^h\n\n{sentence} ^s-1\n");
        check(&text, &Context::default(), None).findings.iter().map(|found| found.code).collect()
    };
    assert_eq!(codes("It will fall. [@a]"), ["FORECAST_WITHOUT_LIKELIHOOD"]);
    assert_eq!(codes("It might fall. [@a]"), ["HEDGE_WITHOUT_LIKELIHOOD"]);
    assert_eq!(codes("It is likely to fall. [@a]"), ["TERM_WITHOUT_LIKELIHOOD"]);
    assert_eq!(codes("It is highly likely to fall. [@a]"), ["TERM_OF_OTHER_SCALE"]);
    for settled in ["It will fall. [@a] {fact}", "It will fall. [@a] {likely}", "It fell. [@a]"] {
        assert_eq!(codes(settled), Vec::<&str>::new(), "{settled}");
    }
}

#[test]
fn a_percentage_in_the_words_is_compared_with_the_likelihood() {
    let (without, contradicts) = ("TERM_WITHOUT_LIKELIHOOD", "LIKELIHOOD_CONTRADICTS_TEXT");
    for (sentence, code, said) in [
        ("There is a 70% chance of a fall. ^s-1", without, "70% chance"),
        ("There is a 70 % chance of a fall. [@a] ^s-1", without, "70 % chance"),
        ("The probability is 70 per cent. ^s-1", without, "70 per cent"),
        ("A 30% likelihood remains. {likely} ^s-1", contradicts, "30% likelihood"),
        ("A 60% chance remains. {likely 65-75%} ^s-1", contradicts, "60% chance"),
    ] {
        let (listed, fixed) = warnings(&format!("{sentence}\n"));
        assert_eq!(listed, [(code, said.to_owned())], "{sentence}");
        assert_eq!(fixed.contains("{likely at 70%}"), code == without, "{fixed}");
    }
    for sentence in [
        "There is a 70% chance of a fall. {likely} ^s-1",
        "It fell by 70%. {likely} ^s-1",
        "\"A 70% chance\", the paper says. ^s-1",
        "The 70% share of tankers has a chance of growth. {unlikely} ^s-1",
        "A 7.5% chance remains. {very unlikely} ^s-1",
    ] {
        assert_eq!(warnings(&format!("{sentence}\n")).0, [], "{sentence}");
    }
    // An annotation that seems to be the likelihood gets one fix only.
    assert_eq!(warnings("It is likely to fall. {quite likely} ^s-1\n").0, []);
}

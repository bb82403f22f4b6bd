//! Warnings about likelihood terms in the words of a sentence.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use chancery_text::{Context, TextRange, read};

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
    let body = "It is not likely to fall. ^s-1\nIt is likely. {likely 60-70%} ^s-2\nIt likely fell, the source says. [@a] ^s-3\n\n1. It will likely rise. ^s-4\n   {likely} ^kj-1\n";
    assert_eq!(warnings(body).0, []);
    let russian = "---\ntitle: T\nlanguage: ru\n---\n\nlikely ^s-1\n";
    assert_eq!(read(russian, &Context::default()).wording, []);
}

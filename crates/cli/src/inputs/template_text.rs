//! Finds text of the template of `new` that an author has not replaced.

use chancery_text::{Diagnostic, Severity, TextRange};

/// The texts that authors replace.
pub const PLACEHOLDERS: [&str; 15] = [
    "Say in one or two sentences what readers must know.",
    "State what you judge.",
    "Say why you are this sure",
    "State a fact and cite its source, with a grade and a place in it.",
    "State what another source adds.",
    "State a fact about the economy.",
    "State a consequence.",
    "State what limits it.",
    "Say what is to come, by when, and what would settle it.",
    "Title of a source",
    "Title of another source",
    "Name what would show that the judgment holds or fails",
    "Name what is not known and matters",
    "Say in the title what",
    LABEL,
];

/// The label of a relationship in another language, to be replaced.
pub const LABEL: &str = "Name the type in the language of the brief";

/// Returns the findings of a text, with a hint at what is left of its template, in the order of the text.
pub fn with_template_hint(text: &str, mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    findings.extend(template_text(text));
    findings.sort_by_key(|found| (found.range.start, found.range.end, found.severity));
    findings
}

/// Returns a hint at the first text of the template of `new` that is still there.
fn template_text(text: &str) -> Option<Diagnostic> {
    let found = PLACEHOLDERS.iter().flat_map(|words| text.match_indices(words));
    let mut places: Vec<TextRange> = found.map(|(at, words)| TextRange::new(at, at + words.len())).collect();
    places.sort();
    let first = *places.first()?;
    let message = format!(
        "the text of the template is still in {} place(s), the first one here: write your own",
        places.len()
    );
    Some(Diagnostic { severity: Severity::Hint, code: "TEMPLATE_TEXT", range: first, message, fix: None })
}

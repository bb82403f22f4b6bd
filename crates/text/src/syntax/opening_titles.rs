//! Titles by which authors of other forms introduce the bottom line and the key judgments, which have none in a brief.

use chancery_brief::translations::{self, Translation};

/// English titles of the bottom line, in lower case.
const BOTTOM_LINE: [&str; 4] = ["bottom line", "bottom line up front", "the bottom line", "bluf"];

/// English titles of the key judgments, in lower case.
const KEY_JUDGMENTS: [&str; 4] = ["key judgments", "key judgements", "key judgment", "key judgement"];

/// Returns whether a title is one of either.
pub(crate) fn is_opening_title(title: &str) -> bool {
    names_bottom_line(title) || names_key_judgments(title)
}

/// Returns whether a title is that of the bottom line, in a language of the printer.
pub(crate) fn names_bottom_line(title: &str) -> bool {
    names(title, &BOTTOM_LINE, |language| language.bottom_line)
}

/// Returns whether a title is that of the key judgments, in a language of the printer.
pub(crate) fn names_key_judgments(title: &str) -> bool {
    names(title, &KEY_JUDGMENTS, |language| language.key_judgments)
}

fn names(title: &str, english: &[&str], translated: fn(&Translation) -> &'static str) -> bool {
    let title = title.trim().trim_end_matches(':').to_lowercase();
    english.contains(&title.as_str())
        || translations::ALL.iter().any(|language| translated(language).to_lowercase() == title)
}

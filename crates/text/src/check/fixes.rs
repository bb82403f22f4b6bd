//! Applies the fixes that cannot change the meaning of a text.

use crate::code;
use crate::diagnostics::{Diagnostic, Fix};
use crate::range::TextRange;
use crate::reader::leading_term;
use crate::vocabulary::is_confidence;

/// A text with its safe fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The text.
    pub text: String,
    /// Number of fixes.
    pub applied: usize,
}

impl Diagnostic {
    /// Returns the fix if it cannot change what the text says: it corrects the form, or the spelling of a key. A fix that
    /// names a source, a marking, a grade, a part or a likelihood is a suggestion, unless only case and hyphens change.
    pub fn safe_fix(&self, text: &str) -> Option<&Fix> {
        let fix = self.fix.as_ref()?;
        let is_safe = match self.code {
            code::BYTE_ORDER_MARK
            | code::CONTROL_CHARACTER
            | code::CURLY_QUOTE
            | code::QUOTE_IN_VALUE
            | code::INVALID_SPAN
            | code::DOUBTFUL_ESCAPE
            | code::WRONG_SEPARATOR
            | code::DOUBTFUL_LANGUAGE
            | code::WRONG_ORDER
            | code::UNCLOSED
            | code::INVALID_COMMENT
            | code::INVALID_VALUE
            | code::INVALID_YAML
            | code::NOT_A_BRIEF => true,
            // Only what precedes the front matter is removed.
            code::FRONT_MATTER => fix.replacement.is_empty(),
            code::UNKNOWN_KEY => {
                !is_claim(&fix.replacement) && keeps_words(fix.range.of(text), &fix.replacement)
            }
            // Not a title line before rows that may belong to another table.
            code::INVALID_TABLE => fix.range.start < fix.range.end,
            _ => is_same_word(fix.range.of(text), &fix.replacement),
        };
        is_safe.then_some(fix)
    }
}

/// Returns the safe fixes of findings in the order of the text. Of those that overlap, returns the first one.
pub fn safe_fixes<'f>(text: &str, findings: &'f [Diagnostic]) -> Vec<&'f Fix> {
    let mut fixes: Vec<&Fix> = findings.iter().filter_map(|found| found.safe_fix(text)).collect();
    fixes.sort_by_key(|fix| (fix.range.start, fix.range.end));
    let mut last: Option<TextRange> = None;
    fixes.retain(|fix| {
        let follows = last.is_none_or(|last| last.end <= fix.range.start && last != fix.range);
        if follows {
            last = Some(fix.range);
        }
        follows
    });
    fixes
}

/// Applies the safe fixes of findings to their text, once. Where two overlap, applies the first one.
pub fn apply_safe_fixes(text: &str, findings: &[Diagnostic]) -> Fixed {
    let mut result = Fixed { text: String::with_capacity(text.len()), applied: 0 };
    let mut at = 0;
    for fix in safe_fixes(text, findings) {
        result.text.push_str(&text[at..fix.range.start]);
        result.text.push_str(&fix.replacement);
        result.applied += 1;
        at = fix.range.end;
    }
    result.text.push_str(&text[at..]);
    result
}

/// Returns whether an annotation is a likelihood, with or without percentages, or a confidence.
fn is_claim(annotation: &str) -> bool {
    leading_term(annotation).is_some() || is_confidence(annotation)
}

/// Returns whether a replacement drops no word.
fn keeps_words(given: &str, replacement: &str) -> bool {
    let words =
        |text: &str| text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count();
    words(given) <= words(replacement)
}

/// Returns whether two words differ in case and hyphens only.
fn is_same_word(one: &str, other: &str) -> bool {
    let letters = |word: &str| -> String {
        word.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
    };
    !one.is_empty() && letters(one) == letters(other)
}

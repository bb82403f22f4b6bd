//! The marks that a merge leaves around the versions of lines that it could not join.

use crate::code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::range::TextRange;
use crate::syntax::lines::lines;

/// Reports the marks of conflicts and returns their lines, which the reader skips.
pub(crate) fn conflict_marks(text: &str, diagnostics: &mut Diagnostics) -> Vec<TextRange> {
    let mut marks = Vec::new();
    let mut is_open = false;
    for line in lines(text, 0) {
        let mark = if is_conflict_mark(line.text) {
            is_open = line.text.starts_with('<');
            true
        } else {
            // A row of signs means this only between the other marks.
            is_open && (line.text == "=======" || is_mark_of(line.text, "|||||||"))
        };
        if !mark {
            continue;
        }
        diagnostics.push_error_with(|| {
            let message = format!(
                "\"{}\" marks a conflict that a merge left: keep one version of the lines, and remove all such marks",
                &line.text[..7]
            );
            Diagnostic::error(code::MERGE_CONFLICT, line.range, message)
        });
        marks.push(line.range);
    }
    marks
}

/// Returns whether a line opens or closes a conflict.
pub(crate) fn is_conflict_mark(line: &str) -> bool {
    is_mark_of(line, "<<<<<<<") || is_mark_of(line, ">>>>>>>")
}

fn is_mark_of(line: &str, signs: &str) -> bool {
    line.strip_prefix(signs).is_some_and(|behind| behind.is_empty() || behind.starts_with(' '))
}

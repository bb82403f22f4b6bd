//! The rules that the content breaks, at their places in the text.

use chancery_brief::validate::{Violation, code};
use chancery_proto::nearest::nearest;

use super::keys::rule_message;
use super::unread::{Unread, first_line, whole_lines};
use crate::diagnostics::Diagnostic;
use crate::ids::is_same_series;
use crate::range::TextRange;
use crate::reader::Reading;

/// Maximum number of comparisons between unknown ids and those of the text.
const MAX_COMPARISONS: usize = 1_000_000;

/// Returns the findings of violations, without those that follow from an error of the reader.
pub(super) fn findings(
    text: &str,
    reading: &Reading,
    unread: &Unread<'_>,
    violations: &[Violation],
) -> Vec<Diagnostic> {
    let parts = reading.paths.parts();
    let ids: Vec<&str> = parts.keys().copied().collect();
    let mut findings = Vec::new();
    let mut comparisons = MAX_COMPARISONS;
    for violation in violations {
        let range = first_line(text, range(reading, &violation.path));
        if !unread.is_empty() && follows(violation, text, range, unread) {
            continue;
        }
        // Past the budget, ids are not compared with their misspellings.
        let is_compared = comparisons >= ids.len();
        comparisons -= if is_compared { ids.len() } else { 0 };
        findings.push(finding(violation, text, range, if is_compared { &ids } else { &[] }));
    }
    findings
}

/// Returns the range of a path. A part that is not written, such as a missing title line, has its container's range.
fn range(reading: &Reading, path: &str) -> TextRange {
    let range = reading.paths.find(path);
    match path.rsplit_once('.') {
        Some((container, _)) if range == TextRange::default() => reading.paths.find(container),
        _ => range,
    }
}

/// Returns whether a rule is broken because of what the reader could not read.
fn follows(violation: &Violation, text: &str, range: TextRange, unread: &Unread<'_>) -> bool {
    match violation.code {
        code::UNKNOWN_REFERENCE => {
            unread.is_front_matter_incomplete || unread.touches(range) || unread.has_id(range.of(text))
        }
        code::REQUIRED if range.start > 0 => unread.touches(whole_lines(text, range)),
        // The value may be in front matter that was not read.
        _ if range.start == 0 => unread.is_front_matter_incomplete,
        _ => unread.touches(range),
    }
}

fn finding(violation: &Violation, text: &str, range: TextRange, ids: &[&str]) -> Diagnostic {
    let message = rule_message(&violation.path, &violation.message);
    let error = Diagnostic::error(violation.code, range, message);
    let given = range.of(text);
    if violation.code != code::UNKNOWN_REFERENCE {
        return error;
    }
    // Another number of the same series, such as s-12 for s-13, is no misspelling.
    let misspelt: Vec<&str> = ids.iter().copied().filter(|id| !is_same_series(id, given)).collect();
    match nearest(given, &misspelt) {
        Some(nearest) => {
            let message = format!("{}; did you mean {nearest:?}?", error.message);
            Diagnostic { message, ..error }.with_fix(range, nearest)
        }
        None => error,
    }
}

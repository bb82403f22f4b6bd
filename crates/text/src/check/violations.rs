//! The rules that the content breaks, at their places in the text.

use std::collections::BTreeSet;

use chancery_brief::likelihood::{self, bounds, equivalent, range as range_of, words};
use chancery_brief::validate::{Violation, code};
use chancery_proto::lookalikes::{described, in_ascii};

use super::dates::{proposed, readings};
use super::keys::rule_message;
use super::unread::{Unread, first_line, whole_lines};
use crate::code::MISSING_ID;
use crate::diagnostics::Diagnostic;
use crate::ids::NearestId;
use crate::positions::Positions;
use crate::range::TextRange;
use crate::reader::{Percentages, Reading, leading_term, percentages};
use crate::vocabulary::{SCALES, term};

/// Returns the findings of violations, without those that follow from an error of the reader.
pub(super) fn findings(
    text: &str,
    reading: &Reading,
    unread: &Unread<'_>,
    violations: &[Violation],
) -> Vec<Diagnostic> {
    let parts = reading.paths.parts();
    let mut ids = NearestId::new(parts.keys().copied());
    let mut findings = Vec::new();
    let ambiguous = violations.iter().filter(|violation| violation.code == code::DUPLICATE_ID);
    let ambiguous: BTreeSet<&str> =
        ambiguous.map(|violation| range(reading, &violation.path).of(text)).collect();
    for violation in violations {
        let range = first_line(text, range(reading, &violation.path));
        // An id of two parts may name the other one.
        if violation.code == code::WRONG_REFERENCE && ambiguous.contains(range.of(text)) {
            continue;
        }
        if !unread.is_empty() && follows(violation, text, range, unread) {
            continue;
        }
        findings.push(finding(violation, text, range, reading, &mut ids));
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

fn finding(
    violation: &Violation,
    text: &str,
    range: TextRange,
    reading: &Reading,
    ids: &mut NearestId<'_>,
) -> Diagnostic {
    let message = rule_message(&violation.path, &violation.message);
    let error = Diagnostic::error(violation.code, range, message);
    let given = range.of(text);
    match violation.code {
        code::INVALID_DATE => return with_remedy(error, given, ids),
        code::UNBALANCED_BIDI => return with_mark(error, text),
        code::DUPLICATE_ID => return with_other_part(error, text, reading),
        code::OUT_OF_RANGE => return with_range(error, given),
        code::WRONG_REFERENCE => return with_statements(error, text, reading),
        code::UNKNOWN_REFERENCE => {}
        _ => {
            let range = span_part(violation, text, range).unwrap_or(range);
            return Diagnostic { range, ..error };
        }
    }
    if let Some((range, id)) = link_in_ascii(text, range, &error.message) {
        let message =
            format!("{}: \"{}\" contains {}", error.message, range.of(text), described(range.of(text)));
        return Diagnostic { range, message, ..error }.with_fix(range, id);
    }
    let range = span_part(violation, text, range).unwrap_or(range);
    let given = range.of(text);
    let error = with_remedy(Diagnostic { range, ..error }, given, ids);
    if error.fix.is_none() && given.contains(|c: char| c.is_ascii_digit()) && lacks_ids(reading) {
        let message = format!("{}; `chancery fmt` gives parts without an id theirs", error.message);
        return Diagnostic { message, ..error };
    }
    error
}

/// Adds to the error of a broken rule what the given date or reference, at its range, most likely means.
pub fn with_remedy(error: Diagnostic, given: &str, ids: &mut NearestId<'_>) -> Diagnostic {
    match error.code {
        code::INVALID_DATE => with_date(error, given),
        code::UNKNOWN_REFERENCE => match ids.of(given) {
            Some(nearest) => {
                let message = format!("{}; did you mean {nearest:?}?", error.message);
                let range = error.range;
                Diagnostic { message, ..error }.with_fix(range, nearest)
            }
            None => error,
        },
        _ => error,
    }
}

/// Returns whether parts of a text have no id yet.
fn lacks_ids(reading: &Reading) -> bool {
    reading.diagnostics.iter().any(|found| found.code == MISSING_ID)
}

/// Says what the percentages of a likelihood can be, in place of one error for each of its bounds.
fn with_range(error: Diagnostic, given: &str) -> Diagnostic {
    let written = given.split_once(':').map_or(given, |(_, likelihood)| likelihood).trim();
    let found = leading_term(written).and_then(|(name, rest)| {
        let mut terms = SCALES.iter().filter_map(|(_, scale)| term(name, *scale));
        Some((terms.next()?, percentages(rest)?))
    });
    let Some((term, Percentages { bounds: Some((low, high)), .. })) = found else { return error };
    let name = words(term);
    let (lowest, highest) = bounds(term);
    let (inner_low, inner_high) = (low.max(lowest), high.min(highest));
    let scale = likelihood::scale(term).unwrap_or_default();
    let remedy = if inner_low < inner_high {
        format!("write `{name} {inner_low}-{inner_high}%`, or `{name}` for all of its range")
    } else {
        match equivalent((low, high), scale).filter(|other| *other != term && low <= high) {
            Some(other) => {
                format!("write `{} {low}-{high}%`, or a range within that of \"{name}\"", words(other))
            }
            None => format!(
                "write a range within it, the lower percentage first, such as `{name} {lowest}-{highest}%`"
            ),
        }
    };
    let message = format!("{low}-{high}% is not within \"{name}\", which is {}%: {remedy}", range_of(term));
    Diagnostic { message, ..error }
}

/// Proposes the date that a text can only mean, or names both that it may mean.
fn with_date(error: Diagnostic, given: &str) -> Diagnostic {
    let range = error.range;
    if let Some(date) = proposed(given) {
        let message = format!("{}: write {date}", error.message);
        return Diagnostic { message, ..error }.with_fix(range, date);
    }
    let Some([day_first, month_first]) = readings(given) else { return error };
    let message = format!(
        "{}: {given:?} means {day_first} to some readers and {month_first} to others, so that a date starts with its year: \
         write {day_first} or {month_first}",
        error.message
    );
    Diagnostic { message, ..error }
}

/// Marks the direction control itself, where it occurs once, and proposes to remove it.
fn with_mark(error: Diagnostic, text: &str) -> Diagnostic {
    let is_control = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let found: Vec<(usize, &str)> = error.range.of(text).match_indices(is_control).take(2).collect();
    let &[(at, mark)] = found.as_slice() else { return error };
    let start = error.range.start + at;
    let range = TextRange::new(start, start + mark.len());
    Diagnostic { range, ..error }.with_fix(range, "")
}

/// Names the other part of the front matter that has an id, with its line.
fn with_other_part(error: Diagnostic, text: &str, reading: &Reading) -> Diagnostic {
    let id = error.range.of(text);
    let content = &reading.content;
    let mut parts = Vec::new();
    parts.extend(
        content
            .sources
            .iter()
            .enumerate()
            .map(|(at, part)| ("source", format!("sources[{at}].id"), &part.id)),
    );
    parts.extend(
        content.actors.iter().enumerate().map(|(at, part)| ("actor", format!("actors[{at}].id"), &part.id)),
    );
    parts.extend(
        content.places.iter().enumerate().map(|(at, part)| ("place", format!("places[{at}].id"), &part.id)),
    );
    parts.extend(
        content
            .domains
            .iter()
            .enumerate()
            .map(|(at, part)| ("domain", format!("domains[{at}].id"), &part.id)),
    );
    let same = parts.into_iter().filter(|(_, _, other)| other.as_str() == id);
    let mut places = same.map(|(kind, path, _)| (kind, reading.paths.find(&path)));
    let Some((kind, other)) = places.find(|(_, other)| *other != error.range) else { return error };
    let line = Positions::new(text).of(other.start).line;
    let message = format!(
        "the {kind} in line {line} has the id {id:?} too: rename one of the two, and what refers to it"
    );
    Diagnostic { message, ..error }
}

/// Names the sentences of a key judgment, where one of them is expected in its place.
fn with_statements(error: Diagnostic, text: &str, reading: &Reading) -> Diagnostic {
    let given = error.range.of(text);
    let judgment = reading.content.key_judgments.iter().find(|judgment| judgment.id == given);
    let Some(judgment) = judgment.filter(|_| error.message.ends_with("the id of a statement")) else {
        return error;
    };
    let ids = judgment.statements.iter().map(|statement| statement.id.as_str());
    let ends_line = |id: &&str| text.lines().any(|line| line.trim_end().ends_with(&format!(" ^{id}")));
    let written: Vec<&str> = ids.filter(ends_line).collect();
    let remedy = if written.is_empty() {
        "`chancery fmt` gives the judgment's sentences ids".to_owned()
    } else {
        format!("the judgment's sentences are {}", written.join(", "))
    };
    let message = format!("{}; {remedy}", error.message);
    Diagnostic { message, ..error }
}

/// Finds the target of a link, or the empty attribute of a language, that a violation in a sentence is about.
fn span_part(violation: &Violation, text: &str, range: TextRange) -> Option<TextRange> {
    if !violation.path.contains(".spans[") {
        return None;
    }
    let sentence = range.of(text);
    let id = violation.message.split_once("the id \"").and_then(|(_, quoted)| quoted.split_once('"'));
    let (at, length) = match id {
        Some((id, _)) => (sentence.find(&format!("](#{id})"))? + 3, id.len()),
        None => (sentence.find("{lang=}")? + 1, "lang=".len()),
    };
    Some(TextRange::new(range.start + at, range.start + at + length))
}

/// Finds the id of a link in a sentence that is not ASCII, and returns its range and the id in ASCII.
fn link_in_ascii(text: &str, range: TextRange, message: &str) -> Option<(TextRange, String)> {
    let (_, quoted) = message.split_once("the id \"")?;
    let (id, _) = quoted.split_once('"')?;
    let ascii = in_ascii(id)?;
    let at = range.start + range.of(text).find(&format!("(#{id})"))? + 2;
    Some((TextRange::new(at, at + id.len()), ascii))
}

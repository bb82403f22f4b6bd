//! Checks JSON files: the rules that their content breaks and the warnings of lint, at their places in the text.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_brief::lint::lint;
use chancery_brief::marking::Scheme;
use chancery_brief::validate;
use chancery_text::{Diagnostic, Severity, TextRange};
use serde_json::Value;

use super::draft_file::DraftFile;
use super::source_text::SourceText;
use crate::ui::failure::{Failure, Violation};
use crate::ui::text_position::TextPosition;

/// Code of a JSON text that does not fit its message.
const INVALID_JSON: &str = "INVALID_JSON";

/// Returns the findings of a JSON text of a revision, a draft or content, and the number of those that are not listed.
pub fn check(
    file: &Path,
    text: &Arc<str>,
    scheme: Scheme,
    coverage: Option<&GlyphCoverage>,
) -> (Vec<Diagnostic>, usize) {
    let draft = match DraftFile::of_json(file, Arc::clone(text)) {
        Ok(draft) => draft,
        Err(failure) => return (of_failure(text, &failure), 0),
    };
    let source = SourceText::json(Arc::clone(text));
    let find = |path: &str| {
        let offset = source.find(path).map_or(0, TextPosition::offset);
        TextRange::new(offset, offset + token_length(&text[offset..]))
    };
    let prefix = draft.prefix();
    match validate::violations(&draft.content, scheme) {
        Err(invalid) => {
            let error = |violation: &validate::Violation| {
                let path = join(prefix, &violation.path);
                let message = format!("{path}: {}", violation.message);
                finding(Severity::Error, violation.code, find(&path), message)
            };
            let omitted = invalid.total - invalid.violations.len();
            (invalid.violations.iter().map(error).collect(), omitted)
        }
        Ok(canonical) => {
            let paths = part_paths(text, prefix);
            let warning = |warning: chancery_brief::lint::Warning| {
                let path = paths.get(&warning.part_id).map_or(prefix, String::as_str);
                finding(Severity::Warning, warning.code, find(path), warning.message)
            };
            (lint(canonical.content(), coverage).into_iter().map(warning).collect(), 0)
        }
    }
}

fn finding(severity: Severity, code: &'static str, range: TextRange, message: String) -> Diagnostic {
    Diagnostic { severity, code, range, message, fix: None }
}

fn of_failure(text: &str, failure: &Failure) -> Vec<Diagnostic> {
    let error = |violation: &Violation| {
        let offset = violation.position.as_ref().map_or(0, |position| position.at.offset());
        let offset = offset.min(text.len());
        let length = text[offset..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
        let is_top = matches!(violation.path.as_str(), "" | ".");
        let path = if is_top { String::new() } else { format!("{}: ", violation.path) };
        let message = format!("{path}{}", violation.description);
        finding(Severity::Error, INVALID_JSON, TextRange::new(offset, offset + length), message)
    };
    failure.violations.iter().map(error).collect()
}

/// Returns the length of the token at the start of a JSON text: a bracket, or a string, number or word.
fn token_length(json: &str) -> usize {
    let bytes = json.as_bytes();
    match bytes.first() {
        None => 0,
        Some(b'"') => {
            let mut escaped = false;
            let end = bytes.iter().skip(1).position(|byte| {
                let is_end = *byte == b'"' && !escaped;
                escaped = *byte == b'\\' && !escaped;
                is_end
            });
            end.map_or(1, |end| end + 2)
        }
        Some(b'{' | b'[') => 1,
        Some(_) => json.find([',', '}', ']', '\n', '\r', ' ']).unwrap_or(json.len()),
    }
}

fn join(prefix: &str, path: &str) -> String {
    let dot = if prefix.is_empty() || path.is_empty() { "" } else { "." };
    format!("{prefix}{dot}{path}")
}

/// Returns the paths of the parts with an id.
fn part_paths(text: &str, prefix: &str) -> BTreeMap<String, String> {
    let mut paths = BTreeMap::new();
    let root: Value = serde_json::from_str(text).unwrap_or_default();
    let content = if prefix.is_empty() { &root } else { &root[prefix] };
    collect(content, prefix.to_owned(), &mut paths);
    paths
}

/// Visits a value, whose nesting the JSON reader has limited.
fn collect(value: &Value, path: String, paths: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                collect(inner, join(&path, name), paths);
            }
            if let Some(Value::String(id)) = fields.get("id") {
                paths.insert(id.clone(), path);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                collect(inner, format!("{path}[{index}]"), paths);
            }
        }
        _ => {}
    }
}

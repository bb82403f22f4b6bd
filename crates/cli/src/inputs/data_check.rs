//! Checks JSON and YAML files: the rules that their content breaks and the warnings of lint, at their places in the text.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use chancery_brief::glyph_coverage::GlyphCoverage;
use chancery_brief::lint::lint;
use chancery_brief::marking::Scheme;
use chancery_brief::validate;
use chancery_proto::document::{Node, Value};
use chancery_proto::message_reader::Problem;
use chancery_text::{Diagnostic, NearestId, Severity, TextRange, with_remedy};

use super::data_text::{DataForm, DataText, unquoted};
use super::draft_file::DraftFile;
use super::valid_draft::ValidDraft;

/// Returns the findings of a JSON or YAML text of a revision, a draft or content, the number of those that are not listed, and the
/// content if no finding is an error.
pub fn check(
    file: &Path,
    text: &Arc<str>,
    scheme: Scheme,
    coverage: Option<&GlyphCoverage>,
) -> (Vec<Diagnostic>, usize, Option<ValidDraft>) {
    let read = DataText::parse(DataForm::of(file), Arc::clone(text))
        .and_then(|data| DraftFile::decode(file, &data).map(|draft| (data, draft)));
    let (data, draft) = match read {
        Ok(read) => read,
        Err(invalid) => return (invalid.problems.iter().map(of_problem).collect(), invalid.omitted, None),
    };
    let find = |path: &str| marked_range(data.document.find(path));
    let prefix = draft.prefix();
    match validate::violations(&draft.content, scheme) {
        Err(invalid) => {
            let paths = part_paths(&data, prefix);
            let mut ids = NearestId::new(paths.keys().map(String::as_str));
            let error = |violation: &validate::Violation| {
                let path = join(prefix, &violation.path);
                let message = format!("{path}: {}", violation.message);
                let error = finding(Severity::Error, violation.code, find(&path), message);
                remedied(error, text, &mut ids)
            };
            let omitted = invalid.total - invalid.violations.len();
            (invalid.violations.iter().map(error).collect(), omitted, None)
        }
        Ok(canonical) => {
            let paths = part_paths(&data, prefix);
            let warning = |warning: chancery_brief::lint::Warning| {
                let path = paths.get(&warning.part_id).map_or(prefix, String::as_str);
                finding(Severity::Warning, warning.code, find(path), warning.message)
            };
            let findings = lint(canonical.content(), coverage).into_iter().map(warning).collect();
            let DraftFile { brief_id, revision, images, .. } = draft;
            (findings, 0, Some(ValidDraft { brief_id, revision, canonical, images }))
        }
    }
}

fn finding(severity: Severity, code: &'static str, range: TextRange, message: String) -> Diagnostic {
    Diagnostic { severity, code, range, message, fix: None }
}

/// Adds what the value of an error most likely means, with the edit inside its quotation marks.
fn remedied(error: Diagnostic, text: &str, ids: &mut NearestId<'_>) -> Diagnostic {
    let range = error.range;
    let mut value = unquoted(text, range.start..range.end);
    // The target of a link.
    value.start += usize::from(text[value.clone()].starts_with('#'));
    let value = TextRange::new(value.start, value.end);
    let remedied = with_remedy(Diagnostic { range: value, ..error }, value.of(text), ids);
    Diagnostic { range, ..remedied }
}

fn of_problem(problem: &Problem) -> Diagnostic {
    let path = if problem.path.is_empty() { String::new() } else { format!("{}: ", problem.path) };
    let range = TextRange::new(problem.range.start, problem.range.end);
    let error = finding(Severity::Error, problem.code, range, format!("{path}{}", problem.message));
    match &problem.fix {
        Some((range, replacement)) => error.with_fix(TextRange::new(range.start, range.end), replacement),
        None => error,
    }
}

/// Returns the range to mark: a scalar as a whole, of a list or an object the first character.
fn marked_range(node: &Node) -> TextRange {
    let Range { start, end } = node.range;
    match node.value {
        Value::List(_) | Value::Map(_) => TextRange::new(start, end.min(start + 1)),
        _ => TextRange::new(start, end),
    }
}

fn join(prefix: &str, path: &str) -> String {
    let dot = if prefix.is_empty() || path.is_empty() { "" } else { "." };
    format!("{prefix}{dot}{path}")
}

/// Returns the paths of the parts with an id.
fn part_paths(data: &DataText, prefix: &str) -> BTreeMap<String, String> {
    let mut paths = BTreeMap::new();
    let content = if prefix.is_empty() { Some(&*data.document) } else { data.document.get(prefix) };
    if let Some(content) = content {
        collect(content, prefix.to_owned(), &mut paths);
    }
    paths
}

/// Visits a value, whose nesting its reader has limited.
fn collect(node: &Node, path: String, paths: &mut BTreeMap<String, String>) {
    match &node.value {
        Value::Map(entries) => {
            for (key, inner) in entries {
                collect(inner, join(&path, &key.name), paths);
            }
            if let Some(Value::Text(id) | Value::Plain(id)) = node.get("id").map(|id| &id.value) {
                paths.insert(id.clone(), path);
            }
        }
        Value::List(items) => {
            for (index, inner) in items.iter().enumerate() {
                collect(inner, format!("{path}[{index}]"), paths);
            }
        }
        _ => {}
    }
}

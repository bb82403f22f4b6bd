//! Findings of `check`: on a terminal with the lines around them, elsewhere a line each with an excerpt, or as JSON.

use std::fmt;
use std::io::{self, IsTerminal};
use std::sync::Arc;

use chancery_text::{Diagnostic, Fix, Severity, TextRange};
use miette::{GraphicalReportHandler, LabeledSpan, NamedSource, SourceCode};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::failure::shown;
use super::text_position::TextPosition;
use crate::inputs::source_text::line_starts;

/// Number of findings of a file shown with the lines around them; each of the rest gets its own line only, because
/// finding the lines takes time that grows with the file.
const MAX_SNIPPETS: usize = 100;

/// Longest excerpt, in columns of the terminal.
const EXCERPT_WIDTH: usize = 100;

/// The findings of a file.
pub struct CheckedFile {
    /// Name of the file, as given.
    pub name: String,
    pub text: Arc<str>,
    /// In the order of the text.
    pub findings: Vec<Diagnostic>,
    /// Number of findings that are not listed.
    pub omitted: usize,
}

/// Formats the findings for standard output: with the lines around them if that is a terminal.
pub fn text(file: &CheckedFile) -> String {
    if io::stdout().is_terminal() { pretty(file) } else { plain(file) }
}

/// Returns the word of a severity.
pub const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    }
}

/// Formats each finding in the format of compilers: `file:line:column: severity[CODE]: message`, then an excerpt and the fix.
pub fn plain(file: &CheckedFile) -> String {
    let line_starts = line_starts(&file.text);
    let mut lines = String::new();
    for found in &file.findings {
        lines.push_str(&plain_finding(file, &line_starts, found));
    }
    lines + &unlisted(file)
}

fn plain_finding(file: &CheckedFile, line_starts: &[usize], found: &Diagnostic) -> String {
    let at = TextPosition::in_lines(&file.text, line_starts, found.range.start);
    let (severity, code) = (word(found.severity), found.code);
    let headline = format!(
        "{}:{}:{}: {severity}[{code}]: {}\n",
        shown(&file.name),
        at.line,
        at.column,
        shown(&found.message)
    );
    let fix = found.fix.as_ref().map(|fix| format!("  = fix: {}\n", described(&file.text, fix)));
    headline + &excerpt(&file.text, line_starts[at.line - 1], found.range) + &fix.unwrap_or_default()
}

fn unlisted(file: &CheckedFile) -> String {
    if file.omitted == 0 {
        return String::new();
    }
    format!("{}: {} more findings are not listed: fix these first\n", shown(&file.name), file.omitted)
}

fn described(text: &str, fix: &Fix) -> String {
    let old = fix.range.of(text);
    let (old, new) = (shortened(old), shortened(&fix.replacement));
    match (old.is_empty(), new.is_empty()) {
        (true, _) => format!("insert {new:?}"),
        (_, true) => format!("remove {old:?}"),
        _ => format!("replace {old:?} by {new:?}"),
    }
}

fn shortened(text: &str) -> String {
    let mut characters = text.chars();
    let start: String = characters.by_ref().take(60).collect();
    if characters.next().is_some() { start + "…" } else { start }
}

/// Returns the line of a range with carets below it. A caret would be misplaced below a line that is displayed from right
/// to left, so that such a line is followed by the text of the range instead.
fn excerpt(text: &str, line_start: usize, range: TextRange) -> String {
    let line = text[line_start..].split('\n').next().unwrap_or_default().trim_end_matches('\r');
    let (start, end) = (range.start - line_start, (range.end - line_start).min(line.len()));
    let start = start.min(line.len());
    let end = end.max(start);
    let (line, start, end) = window(line, start, end);
    let marked = &line[start..end];
    if line.trim().is_empty() {
        return String::new();
    }
    if line.chars().any(is_right_to_left) {
        let here =
            if marked.is_empty() { String::new() } else { format!("  | here: {}\n", displayed(marked)) };
        return format!("  | {}\n{here}", displayed(&line));
    }
    let padding = " ".repeat(displayed(&line[..start]).width());
    let carets = "^".repeat(displayed(marked).width().max(1));
    format!("  | {}\n  | {padding}{carets}\n", displayed(&line))
}

/// Cuts a long line around the marked part; returns it with the part's offsets.
fn window(line: &str, start: usize, end: usize) -> (String, usize, usize) {
    // A character has at most four bytes, so that most long lines need no measuring.
    if line.len() <= 4 * EXCERPT_WIDTH && line.width() <= EXCERPT_WIDTH {
        return (line.to_owned(), start, end);
    }
    let before = line[..start].char_indices().rev().nth(EXCERPT_WIDTH / 4).map_or(0, |(offset, _)| offset);
    let behind =
        line[start..].char_indices().nth(EXCERPT_WIDTH / 2).map_or(line.len(), |(offset, _)| start + offset);
    let lead = if before > 0 { "…" } else { "" };
    let trail = if behind < line.len() { "…" } else { "" };
    let moved = |offset: usize| offset.clamp(before, behind) - before + lead.len();
    (format!("{lead}{}{trail}", &line[before..behind]), moved(start), moved(end))
}

/// Replaces characters that a terminal does not display in one place: controls and direction marks.
fn displayed(text: &str) -> String {
    let replaced = |c: char| match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        '\u{200e}' | '\u{200f}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            '\u{fffd}'
        }
        c => c,
    };
    text.chars().map(replaced).collect()
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Shows the first findings with the lines around them.
fn pretty(file: &CheckedFile) -> String {
    let handler = GraphicalReportHandler::new();
    let line_starts = line_starts(&file.text);
    let source = NamedSource::new(shown(&file.name), Arc::clone(&file.text));
    let mut shown = String::new();
    for (index, found) in file.findings.iter().enumerate() {
        let at = TextPosition::in_lines(&file.text, &line_starts, found.range.start);
        let line = file.text[line_starts[at.line - 1]..].split('\n').next().unwrap_or_default();
        // miette counts columns in bytes.
        let is_ascii = line.get(..at.column - 1).is_some_and(str::is_ascii);
        if index >= MAX_SNIPPETS || !is_ascii || line.chars().any(is_right_to_left) {
            shown.push_str(&plain_finding(file, &line_starts, found));
            continue;
        }
        let report = Report { found, text: &file.text, source: &source };
        // Writing to a String does not fail.
        let _ = handler.render_report(&mut shown, &report);
    }
    shown + &unlisted(file)
}

/// A finding as a miette diagnostic.
#[derive(Debug)]
struct Report<'r> {
    found: &'r Diagnostic,
    text: &'r str,
    source: &'r NamedSource<Arc<str>>,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.found.message)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.found.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.found.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Hint => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let fix = self.found.fix.as_ref()?;
        Some(Box::new(described(self.text, fix)))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let TextRange { start, end } = self.found.range;
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(None, start..end))))
    }
}

/// Converts the findings of files to the JSON text of `check`.
pub fn to_json(files: &[CheckedFile]) -> String {
    format!("{:#}\n", to_value(files))
}

/// Converts the findings of files to the JSON form of `check`.
pub fn to_value(files: &[CheckedFile]) -> Value {
    let findings: Vec<Value> = files.iter().flat_map(json_of_file).collect();
    let count = |severity: Severity| -> usize {
        let of_severity = |found: &&Diagnostic| found.severity == severity;
        files.iter().map(|file| file.findings.iter().filter(of_severity).count()).sum()
    };
    let omitted: usize = files.iter().map(|file| file.omitted).sum();
    json!({
        "files": files.len(),
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
        "hints": count(Severity::Hint),
        "omitted": omitted,
        "findings": findings,
    })
}

fn json_of_file(file: &CheckedFile) -> Vec<Value> {
    let line_starts = line_starts(&file.text);
    let range = |range: TextRange| {
        let at = |offset| TextPosition::in_lines(&file.text, &line_starts, offset);
        (at(range.start), at(range.end))
    };
    let finding = |found: &Diagnostic| {
        let (start, end) = range(found.range);
        let mut finding = json!({
            "file": file.name,
            "line": start.line,
            "column": start.column,
            "endLine": end.line,
            "endColumn": end.column,
            "severity": word(found.severity),
            "code": found.code,
            "message": found.message,
        });
        if let Some(fix) = &found.fix {
            let (start, end) = range(fix.range);
            finding["fix"] = json!({
                "line": start.line,
                "column": start.column,
                "endLine": end.line,
                "endColumn": end.column,
                "replacement": fix.replacement,
                "safe": found.safe_fix(&file.text).is_some(),
            });
        }
        finding
    };
    file.findings.iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use chancery_text::{Diagnostic, Severity, TextRange};

    use super::{CheckedFile, excerpt, plain};

    fn excerpt_of(line: &str, part: &str) -> String {
        let start = line.find(part).unwrap();
        excerpt(line, 0, TextRange::new(start, start + part.len()))
    }

    #[test]
    fn carets_are_below_wide_characters_and_behind_tabs() {
        assert_eq!(excerpt_of("交通\tfell", "fell"), "  | 交通 fell\n  |      ^^^^\n");
        assert_eq!(excerpt_of("a 港 b", "港"), "  | a 港 b\n  |   ^^\n");
        assert_eq!(excerpt_of("abc", ""), "  | abc\n  | ^\n");
    }

    #[test]
    fn a_line_from_right_to_left_is_followed_by_the_marked_text() {
        assert_eq!(excerpt_of("ترافیک {actor: x}", "actor"), "  | ترافیک {actor: x}\n  | here: actor\n");
    }

    #[test]
    fn a_long_line_is_cut_around_the_marked_text() {
        let line = format!("{} here {}", "word ".repeat(60), "word ".repeat(60));
        let excerpt = excerpt_of(&line, "here");
        let (first, second) = excerpt.split_once('\n').unwrap();
        assert!(first.starts_with("  | …") && first.ends_with('…') && first.chars().count() < 100, "{first}");
        let column = second.find('^').unwrap();
        assert_eq!(first.chars().skip(column).take(4).collect::<String>(), "here");
    }

    #[test]
    fn a_finding_is_a_line_as_of_compilers_with_its_fix() {
        let text = "one\ntwo thre\n";
        let found = Diagnostic {
            severity: Severity::Error,
            code: "CODE",
            range: TextRange::new(8, 12),
            message: "no".into(),
            fix: Some(chancery_text::Fix { range: TextRange::new(8, 12), replacement: "three".into() }),
        };
        let file =
            CheckedFile { name: "a.brief.md".into(), text: text.into(), findings: vec![found], omitted: 2 };
        let expected = "a.brief.md:2:5: error[CODE]: no\n  | two thre\n  |     ^^^^\n  = fix: replace \"thre\" by \"three\"\n\
            a.brief.md: 2 more findings are not listed: fix these first\n";
        assert_eq!(plain(&file), expected);
    }
}

//! The front matter: YAML between two lines of three hyphens at the start of the text.

use crate::code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::range::{Spanned, TextRange};
use crate::syntax::yaml::{FRONT_MATTER, YamlNode, read_map};

/// Maximum size of front matter: 2 MiB, thousands of sources.
const SIZE_LIMIT: usize = 2 * 1024 * 1024;

/// The line before and after the front matter.
const FENCE: &str = "---";

/// The entries of the front matter, and where the body starts.
#[derive(Debug, Default)]
pub(crate) struct FrontMatter {
    pub(crate) entries: Vec<(Spanned, YamlNode)>,
    pub(crate) body_start: usize,
    /// Whether every entry was read.
    pub(crate) is_complete: bool,
}

/// Reads the front matter from an offset, which lies behind a byte order mark.
pub(crate) fn read_front_matter(text: &str, start: usize, diagnostics: &mut Diagnostics) -> FrontMatter {
    let start = skip_blank_lines(text, start, diagnostics);
    let Some(fences) = fences(text, start) else {
        let message =
            "the text starts with front matter: `---`, then `title: …` and other fields, then `---`";
        let error = Diagnostic::error(code::FRONT_MATTER, TextRange::at(start), message);
        diagnostics.push(error.with_fix(TextRange::at(start), "---\ntitle: \n---\n\n"));
        return FrontMatter { body_start: start, ..FrontMatter::default() };
    };
    if !fences.is_closed {
        let message = "the front matter does not end: add a line `---` behind its last field";
        let opening = TextRange::new(start, start + FENCE.len());
        let error = Diagnostic::error(code::FRONT_MATTER, opening, message);
        diagnostics.push(error.with_fix(TextRange::at(fences.inside.end), "---\n"));
    }
    let (entries, is_complete) = if fences.inside.end - fences.inside.start > SIZE_LIMIT {
        let message = format!("the front matter is larger than {SIZE_LIMIT} bytes");
        diagnostics.error(code::TOO_LARGE, TextRange::new(start, start + FENCE.len()), message);
        (Vec::new(), false)
    } else {
        read_map(text, fences.inside, FRONT_MATTER, diagnostics)
    };
    FrontMatter { entries, body_start: fences.body_start, is_complete }
}

/// Reports blank lines before the front matter, and returns where it starts.
fn skip_blank_lines(text: &str, start: usize, diagnostics: &mut Diagnostics) -> usize {
    let lines = text[start..].split_inclusive('\n');
    let blank: usize = lines.take_while(|line| line.trim().is_empty()).map(str::len).sum();
    let first = start + blank;
    let opens = text[first..].lines().next().is_some_and(|line| line.trim_end() == FENCE);
    if blank == 0 || !opens {
        return start;
    }
    let range = TextRange::new(start, first);
    let message = "the front matter starts in the first line: remove the blank lines before it";
    diagnostics.push(Diagnostic::error(code::FRONT_MATTER, range, message).with_fix(range, ""));
    first
}

/// The ranges that the fences separate.
pub(crate) struct Fences {
    pub(crate) inside: TextRange,
    pub(crate) body_start: usize,
    pub(crate) is_closed: bool,
}

/// Finds the fences of front matter that starts at an offset.
pub(crate) fn fences(text: &str, start: usize) -> Option<Fences> {
    let mut at = start;
    let mut lines = text[start..].split_inclusive('\n');
    let first = lines.next()?;
    if first.trim_end() != FENCE {
        return None;
    }
    at += first.len();
    let inside_start = at;
    // Without a closing line, the first heading or blank line ends the front matter.
    let mut fallback = None;
    for line in lines {
        if line.trim_end() == FENCE {
            let inside = TextRange::new(inside_start, at);
            return Some(Fences { inside, body_start: at + line.len(), is_closed: true });
        }
        if fallback.is_none() && (line.trim().is_empty() || line.starts_with("# ")) {
            fallback = Some(at);
        }
        at += line.len();
    }
    let end = fallback.unwrap_or(at);
    Some(Fences { inside: TextRange::new(inside_start, end), body_start: end, is_closed: false })
}

//! The text with its tree: what the reader and the formatter start from.

use chancery_brief::marking::Scheme;
use chancery_proto::nearest::expected;

use crate::code;
use crate::context::Context;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::ids::assign_ids;
use crate::range::{Spanned, TextRange};
use crate::reattach::reattach;
use crate::syntax::body::read_body;
use crate::syntax::conflicts::conflict_marks;
use crate::syntax::cursor::Cursor;
use crate::syntax::front_matter::{FrontMatter, read_front_matter};
use crate::syntax::line_reader::LineReader;
use crate::syntax::markings::markings_in;
use crate::syntax::parts::marking_in_text;
use crate::syntax::tree::Element;
use crate::syntax::yaml::{YamlNode, YamlValue};

/// Maximum size of a text: 16 MiB, more than the largest content takes.
pub const TEXT_LIMIT: usize = 16 * 1024 * 1024;

/// A text that has been read as far as its tree.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) front_matter: FrontMatter,
    pub(crate) scheme: Scheme,
    pub(crate) elements: Vec<Element>,
    pub(crate) diagnostics: Diagnostics,
    /// Ranges of the errors, except those in ids that occur twice.
    pub(crate) errors: Vec<TextRange>,
}

/// Reads the tree of a text, in which every part that needs an id has one, written or assigned.
pub(crate) fn parse(text: &str, context: &Context<'_>) -> Parsed {
    let mut diagnostics = Diagnostics::default();
    if let Some(refusal) = refusal(text) {
        diagnostics.push(refusal);
        return Parsed {
            front_matter: FrontMatter::default(),
            scheme: Scheme::Tlp,
            elements: Vec::new(),
            diagnostics,
            errors: vec![TextRange::new(0, text.len())],
        };
    }
    let start = read_start(text, &mut diagnostics);
    let conflicts = conflict_marks(text, &mut diagnostics);
    let front_matter = read_front_matter(text, start, &mut diagnostics);
    let scheme = scheme(&front_matter, &mut diagnostics);
    let mut cursor = Cursor::new(scheme, &mut diagnostics);
    refuse_markings(&front_matter.entries, &mut cursor);
    let mut elements =
        read_body(&mut LineReader::new(text, front_matter.body_start, &conflicts, &mut cursor));
    let errors = diagnostics.error_ranges().collect();
    if let Some(earlier) = context.earlier {
        reattach(&mut elements, earlier);
    }
    assign_ids(text, &front_matter, &mut elements, context, &mut diagnostics);
    Parsed { front_matter, scheme, elements, diagnostics, errors }
}

/// Returns why a text is not read at all.
pub(crate) fn refusal(text: &str) -> Option<Diagnostic> {
    if text.len() > TEXT_LIMIT {
        let message = format!("the text is larger than {TEXT_LIMIT} bytes");
        return Some(Diagnostic::error(code::TOO_LARGE, TextRange::at(0), message));
    }
    if let Some(at) = text.find(['\r', '\n'])
        && !text[at..].trim_start_matches('\r').starts_with('\n')
    {
        let message =
            "lines end with CR alone, which no line of a brief does: save the text with LF, or with CRLF";
        return Some(Diagnostic::error(code::CONTROL_CHARACTER, TextRange::new(at, at + 1), message));
    }
    let nul = text.find('\0')?;
    let range = TextRange::new(nul, nul + 1);
    let message =
        "the text contains U+0000, so it is no text: save it as UTF-8, or remove each such character";
    Some(Diagnostic::error(code::NUL, range, message))
}

/// Reports a byte order mark and CRLF, and returns where the front matter starts.
fn read_start(text: &str, diagnostics: &mut Diagnostics) -> usize {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    if start > 0 {
        let range = TextRange::new(0, start);
        let message = "the text starts with a byte order mark: the formatter removes it";
        diagnostics.push(Diagnostic::hint(code::BYTE_ORDER_MARK, range, message).with_fix(range, ""));
    }
    if let Some(carriage_return) = text.find("\r\n") {
        let range = TextRange::new(carriage_return, carriage_return + 2);
        let message = "lines end with CRLF, which is accepted: the formatter writes LF";
        diagnostics.push(Diagnostic::hint(code::CRLF, range, message));
    }
    start
}

/// Reports markings in the values of front matter, unless these are in quotation marks.
fn refuse_markings(entries: &[(Spanned, YamlNode)], cursor: &mut Cursor<'_>) {
    let values = entries.iter().filter(|(key, _)| key.text != "marking").map(|(_, node)| node);
    values.for_each(|node| refuse_markings_in_value(node, cursor));
}

fn refuse_markings_in_value(node: &YamlNode, cursor: &mut Cursor<'_>) {
    match &node.value {
        YamlValue::Map(entries) => refuse_markings(entries, cursor),
        YamlValue::List(values) => values.iter().for_each(|value| refuse_markings_in_value(value, cursor)),
        YamlValue::Text(text) if node.is_plain => {
            let Some(marking) = markings_in(text, cursor.scheme).next() else { return };
            let place =
                "an entry is marked by its field `marking`; put the value in quotation marks for text";
            cursor.diagnostics.push(marking_in_text(marking.of(text), node.range, place));
        }
        YamlValue::Text(_) => {}
    }
}

/// Returns the scheme of the markings, which decides how the body is read.
fn scheme(front_matter: &FrontMatter, diagnostics: &mut Diagnostics) -> Scheme {
    let entry = front_matter.entries.iter().find(|(key, _)| key.text == "scheme");
    let Some((_, node)) = entry else { return Scheme::Tlp };
    let written = match &node.value {
        YamlValue::Text(text) => text.as_str(),
        YamlValue::List(_) | YamlValue::Map(_) => "",
    };
    written.parse().unwrap_or_else(|_| {
        let suggestion = expected(written, &Scheme::ALL.map(Scheme::as_str));
        let message = format!("{written:?} is no scheme of markings: {suggestion}");
        diagnostics.error(code::UNKNOWN_VALUE, node.range, message);
        Scheme::Tlp
    })
}

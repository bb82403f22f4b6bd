//! YAML as strings with positions: no aliases, anchors, tags or duplicate keys, and no types.

use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

use crate::code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::range::{Spanned, TextRange};
use crate::syntax::gaps::is_gap;
use crate::syntax::separators::{self, is_foreign_comma, is_foreign_semicolon};
use crate::syntax::values::quoted;

/// Maximum nesting of lists and maps.
const MAX_DEPTH: usize = 8;

/// A value with its range in the file.
#[derive(Debug, Clone)]
pub(crate) struct YamlNode {
    pub(crate) range: TextRange,
    pub(crate) value: YamlValue,
}

#[derive(Debug, Clone)]
pub(crate) enum YamlValue {
    Text(String),
    List(Vec<YamlNode>),
    Map(Vec<(Spanned, YamlNode)>),
}

impl YamlValue {
    /// Returns the name of the form, for messages.
    pub(crate) fn form(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

/// Reads a map from keys to values. If the text is not YAML as a whole, reads each top-level entry by itself, so that an
/// error in one entry hides no other. Returns the entries, and whether these are all.
pub(crate) fn read_map(
    text: &str,
    range: TextRange,
    diagnostics: &mut Diagnostics,
) -> (Vec<(Spanned, YamlNode)>, bool) {
    let mut whole = Diagnostics::default();
    match Builder::new(text, range).read(&mut whole) {
        Ok(entries) => {
            diagnostics.append(whole);
            (entries, true)
        }
        Err(error) => {
            let mut entries = Vec::new();
            let mut is_reported = false;
            for entry in top_level_entries(text, range) {
                match Builder::new(text, entry).read(diagnostics) {
                    Ok(read) => entries.extend(read),
                    Err(error) => {
                        report(text, entry, &error, diagnostics);
                        is_reported = true;
                    }
                }
            }
            if !is_reported {
                report(text, range, &error, diagnostics);
            }
            refuse_duplicates(&entries, diagnostics);
            (entries, false)
        }
    }
}

/// A syntax error at an offset.
struct SyntaxError {
    at: usize,
    message: String,
}

/// Reports a syntax error in an entry, with its most likely cause in words of the text form.
fn report(text: &str, entry: TextRange, error: &SyntaxError, diagnostics: &mut Diagnostics) {
    if let Some((at, comma)) = foreign_comma(entry.of(text)) {
        let start = entry.start + at;
        return separators::report(
            diagnostics,
            TextRange::new(start, start + comma.len_utf8()),
            comma,
            ",",
            "the fields of the front matter",
        );
    }
    let (line_start, line) = line_of(text, error.at);
    if error.message.contains("mapping values")
        && let Some(value) = bare_value(line)
    {
        let range = TextRange::new(line_start + value, line_start + line.len());
        let message = "a value that contains a colon and a space is quoted: write \" on both sides";
        let fault = Diagnostic::error(code::INVALID_YAML, range, message);
        let value = range.of(text);
        let inside = value.strip_prefix(['“', '„', '”']).and_then(|value| value.strip_suffix(['”', '“']));
        return diagnostics.push(fault.with_fix(range, quoted(inside.unwrap_or(value))));
    }
    let hint = match error.message.as_str() {
        message
            if message.contains("mapping values") || message.contains("did not find expected ',' or '}'") =>
        {
            ": quote a value that contains a colon, a comma or a brace, as in `title: \"One: two\"`"
        }
        message if message.contains("quoted scalar") => {
            ": the quotation mark does not close, or closes too early"
        }
        _ => "",
    };
    let message = format!("the front matter is not YAML here: {}{hint}", error.message);
    diagnostics.error(code::INVALID_YAML, TextRange::at(error.at), message);
}

/// Finds the comma or semicolon of another script in an entry behind which another field starts.
fn foreign_comma(entry: &str) -> Option<(usize, char)> {
    /// Longest key that is looked for, in characters.
    const LONGEST_KEY: usize = 40;
    let separators = entry.char_indices().filter(|(_, c)| is_foreign_comma(*c) || is_foreign_semicolon(*c));
    separators.into_iter().find(|(at, c)| {
        let behind =
            entry[at + c.len_utf8()..].chars().skip_while(|c| is_gap(*c) && *c != '\n').take(LONGEST_KEY);
        let mut behind = behind.skip_while(|c| c.is_ascii_lowercase() || *c == '-').peekable();
        behind.peek() == Some(&':')
    })
}

/// Returns the line of an offset without its end, and the offset of its start.
fn line_of(text: &str, at: usize) -> (usize, &str) {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let line = text[start..].split('\n').next().unwrap_or_default();
    (start, line.trim_end())
}

/// Returns the offset of the value of a line `key: value`, unless it is in quotation marks, a list or a map.
fn bare_value(line: &str) -> Option<usize> {
    let (key, value) = line.split_once(": ")?;
    let is_key = key.trim().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let written = value.trim_start();
    let is_bare =
        !written.is_empty() && !written.starts_with(['"', '\'', '[', '{', '#', '&', '*', '!', '|', '>']);
    // A comment behind the value would be quoted with it.
    (is_key && is_bare && !written.contains(" #")).then(|| line.len() - written.len())
}

/// Returns the ranges of the entries that start at the first column.
fn top_level_entries(text: &str, range: TextRange) -> Vec<TextRange> {
    let mut entries: Vec<TextRange> = Vec::new();
    let mut start = range.start;
    for line in range.of(text).split_inclusive('\n') {
        let end = start + line.len();
        let continues = line.starts_with([' ', '\t', '#', '}', ']']) || line.trim().is_empty();
        match entries.last_mut() {
            Some(last) if continues => last.end = end,
            _ => entries.push(TextRange::new(start, end)),
        }
        start = end;
    }
    entries
}

fn refuse_duplicates(entries: &[(Spanned, YamlNode)], diagnostics: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    for (key, _) in entries {
        if !seen.insert(key.text.as_str()) {
            let message = format!("the key {:?} occurs twice: remove one", key.text);
            diagnostics.error(code::DUPLICATE_KEY, key.range, message);
        }
    }
}

/// A list or map whose end is not read yet.
enum Open {
    List { start: usize, items: Vec<YamlNode> },
    Map { start: usize, entries: Vec<(Spanned, YamlNode)>, key: Option<Spanned> },
}

/// Builds values from the parser's events.
struct Builder<'t> {
    input: &'t str,
    base: usize,
    /// Byte offsets of the characters, unless all are ASCII: the parser counts characters.
    offsets: Option<Vec<u32>>,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, range: TextRange) -> Self {
        let input = range.of(text);
        let offsets = (!input.is_ascii())
            .then(|| input.char_indices().map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)).collect());
        Self { input, base: range.start, offsets }
    }

    fn offset(&self, character: usize) -> usize {
        let at = match &self.offsets {
            Some(offsets) => offsets.get(character).map_or(self.input.len(), |at| *at as usize),
            None => character.min(self.input.len()),
        };
        self.base + at
    }

    fn error(&self, error: &ScanError) -> SyntaxError {
        SyntaxError { at: self.offset(error.marker().index()), message: error.info().to_owned() }
    }

    fn read(&self, diagnostics: &mut Diagnostics) -> Result<Vec<(Spanned, YamlNode)>, SyntaxError> {
        let mut open: Vec<Open> = Vec::new();
        let mut root = None;
        for event in Parser::new_from_str(self.input) {
            let (event, span) = event.map_err(|error| self.error(&error))?;
            let range = TextRange::new(self.offset(span.start.index()), self.offset(span.end.index()));
            let node = match event {
                Event::SequenceStart(anchor, tag) => {
                    refuse_features(anchor, tag.is_some(), range, diagnostics);
                    open.push(Open::List { start: range.start, items: Vec::new() });
                    refuse_depth(open.len(), range)?;
                    continue;
                }
                Event::MappingStart(anchor, tag) => {
                    refuse_features(anchor, tag.is_some(), range, diagnostics);
                    open.push(Open::Map { start: range.start, entries: Vec::new(), key: None });
                    refuse_depth(open.len(), range)?;
                    continue;
                }
                Event::Scalar(text, style, anchor, tag) => {
                    refuse_features(anchor, tag.is_some(), range, diagnostics);
                    YamlNode { range, value: YamlValue::Text(self.scalar(&text, style, range)) }
                }
                Event::Alias(_) => {
                    let message = "the front matter has no aliases: write the value";
                    diagnostics.error(code::YAML_FEATURE, range, message);
                    YamlNode { range, value: YamlValue::Text(String::new()) }
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let Some(closed) = open.pop() else { continue };
                    close(closed, range.end, diagnostics)
                }
                Event::DocumentStart(true) if root.is_some() => {
                    let message = "a second YAML document starts here".to_owned();
                    return Err(SyntaxError { at: range.start, message });
                }
                _ => continue,
            };
            add(node, &mut open, &mut root, diagnostics);
        }
        match root {
            None => Ok(Vec::new()),
            Some(YamlNode { value: YamlValue::Map(entries), .. }) => Ok(entries),
            Some(YamlNode { value: YamlValue::Text(text), .. }) if text.is_empty() => Ok(Vec::new()),
            Some(other) => {
                let message = format!("expected `key: value`, not {}", other.value.form());
                Err(SyntaxError { at: other.range.start, message })
            }
        }
    }

    /// Returns the text of a scalar; the parser returns `~` for one that is missing.
    fn scalar(&self, text: &str, style: ScalarStyle, range: TextRange) -> String {
        let written = self.input.get(range.start - self.base..range.end - self.base).unwrap_or_default();
        let is_missing = text == "~" && style == ScalarStyle::Plain && written.trim() != "~";
        if is_missing { String::new() } else { text.to_owned() }
    }
}

fn refuse_features(anchor: usize, has_tag: bool, range: TextRange, diagnostics: &mut Diagnostics) {
    if anchor != 0 || has_tag {
        let message = "the front matter has no anchors and no tags: every value is a text, a list or a map";
        diagnostics.error(code::YAML_FEATURE, range, message);
    }
}

fn refuse_depth(depth: usize, range: TextRange) -> Result<(), SyntaxError> {
    if depth <= MAX_DEPTH {
        return Ok(());
    }
    let message = format!("lists and maps nest at most {MAX_DEPTH} levels deep");
    Err(SyntaxError { at: range.start, message })
}

fn close(open: Open, end: usize, diagnostics: &mut Diagnostics) -> YamlNode {
    match open {
        Open::List { start, items } => {
            YamlNode { range: TextRange::new(start, end), value: YamlValue::List(items) }
        }
        Open::Map { start, entries, .. } => {
            refuse_duplicates(&entries, diagnostics);
            YamlNode { range: TextRange::new(start, end), value: YamlValue::Map(entries) }
        }
    }
}

fn add(node: YamlNode, open: &mut [Open], root: &mut Option<YamlNode>, diagnostics: &mut Diagnostics) {
    match open.last_mut() {
        None => *root = Some(node),
        Some(Open::List { items, .. }) => items.push(node),
        Some(Open::Map { entries, key, .. }) => {
            if let Some(key) = key.take() {
                entries.push((key, node));
            } else {
                *key = Some(key_of(node, diagnostics));
            }
        }
    }
}

fn key_of(node: YamlNode, diagnostics: &mut Diagnostics) -> Spanned {
    let text = match node.value {
        YamlValue::Text(text) => text,
        YamlValue::List(_) | YamlValue::Map(_) => {
            let message = "a key is a text: quote a value that starts with { or [";
            diagnostics.error(code::INVALID_YAML, node.range, message);
            String::new()
        }
    };
    Spanned::new(text, node.range)
}

//! YAML as strings with positions: no aliases, anchors, tags or duplicate keys, and no types.

use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

use crate::code;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::range::{Spanned, TextRange};
use crate::syntax::gaps::is_gap;
use crate::syntax::separators::{self, is_foreign_comma, is_foreign_semicolon};
use crate::syntax::values::quoted;

/// The YAML that is read, which differs in its size and in the reader that follows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct YamlForm {
    /// Name of the YAML in messages.
    subject: &'static str,
    /// Name of its fields in messages.
    fields: &'static str,
    /// Maximum nesting of lists and maps.
    max_depth: usize,
    /// Whether duplicate keys are reported here, and not by the reader of the values.
    refuses_duplicates: bool,
    /// Whether the line break at the end of a block scalar is dropped.
    trims_blocks: bool,
}

/// The front matter of a text.
pub(crate) const FRONT_MATTER: YamlForm = YamlForm {
    subject: "the front matter",
    fields: "the fields of the front matter",
    max_depth: 8,
    refuses_duplicates: true,
    trims_blocks: false,
};

/// A file with the content of a brief, whose fields nest like the messages.
pub(crate) const DOCUMENT: YamlForm = YamlForm {
    subject: "the file",
    fields: "the fields of the file",
    max_depth: 100,
    refuses_duplicates: false,
    trims_blocks: true,
};

/// A value with its range in the file.
#[derive(Debug, Clone)]
pub(crate) struct YamlNode {
    pub(crate) range: TextRange,
    /// Whether the value is a scalar without quotation marks in one line.
    pub(crate) is_plain: bool,
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
    form: YamlForm,
    diagnostics: &mut Diagnostics,
) -> (Vec<(Spanned, YamlNode)>, bool) {
    let mut whole = Diagnostics::default();
    match Builder::new(text, range, form).read(&mut whole) {
        Ok(entries) => {
            diagnostics.append(whole);
            (entries, true)
        }
        Err(error) => {
            let mut entries = Vec::new();
            let mut is_reported = false;
            for entry in top_level_entries(text, range) {
                match Builder::new(text, entry, form).read(diagnostics) {
                    Ok(read) => entries.extend(read),
                    Err(error) => {
                        report(text, entry, form, &error, diagnostics);
                        is_reported = true;
                    }
                }
            }
            if !is_reported {
                report(text, range, form, &error, diagnostics);
            }
            if form.refuses_duplicates {
                refuse_duplicates(&entries, diagnostics);
            }
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
fn report(text: &str, entry: TextRange, form: YamlForm, error: &SyntaxError, diagnostics: &mut Diagnostics) {
    if let Some((at, comma)) = foreign_comma(entry.of(text)) {
        let start = entry.start + at;
        return separators::report(
            diagnostics,
            TextRange::new(start, start + comma.len_utf8()),
            comma,
            ",",
            form.fields,
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
    let message = format!("{} is not YAML here: {}{hint}", form.subject, error.message);
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
        let continues =
            line.starts_with([' ', '\t', '#', '}', ']']) || line.starts_with("- ") || line.trim().is_empty();
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
    form: YamlForm,
    /// Byte offsets of the characters, unless all are ASCII: the parser counts characters.
    offsets: Option<Vec<u32>>,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, range: TextRange, form: YamlForm) -> Self {
        let input = range.of(text);
        let offsets = (!input.is_ascii())
            .then(|| input.char_indices().map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)).collect());
        Self { input, base: range.start, form, offsets }
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
                    self.refuse_features(anchor, tag.is_some(), range, diagnostics);
                    open.push(Open::List { start: range.start, items: Vec::new() });
                    self.refuse_depth(open.len(), range)?;
                    continue;
                }
                Event::MappingStart(anchor, tag) => {
                    self.refuse_features(anchor, tag.is_some(), range, diagnostics);
                    open.push(Open::Map { start: range.start, entries: Vec::new(), key: None });
                    self.refuse_depth(open.len(), range)?;
                    continue;
                }
                Event::Scalar(text, style, anchor, tag) => {
                    self.refuse_features(anchor, tag.is_some(), range, diagnostics);
                    let value = YamlValue::Text(self.scalar(&text, style, range));
                    let range = self.without_comment(range, style);
                    YamlNode { range, is_plain: style == ScalarStyle::Plain, value }
                }
                Event::Alias(_) => {
                    let message = format!("{} has no aliases: write the value", self.form.subject);
                    diagnostics.error(code::YAML_FEATURE, range, message);
                    YamlNode { range, is_plain: true, value: YamlValue::Text(String::new()) }
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let Some(closed) = open.pop() else { continue };
                    self.close(closed, range.end, diagnostics)
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

    /// Returns the range of a scalar without the comment behind it, which the parser includes.
    fn without_comment(&self, range: TextRange, style: ScalarStyle) -> TextRange {
        let written = self.input.get(range.start - self.base..range.end - self.base).unwrap_or_default();
        let length = match style {
            ScalarStyle::Plain => written.find(" #").unwrap_or(written.len()),
            ScalarStyle::DoubleQuoted | ScalarStyle::SingleQuoted => quoted_length(written),
            _ => return range,
        };
        TextRange::new(range.start, range.start + written[..length].trim_end().len())
    }

    /// Returns the text of a scalar; the parser returns `~` for one that is missing.
    fn scalar(&self, text: &str, style: ScalarStyle, range: TextRange) -> String {
        let written = self.input.get(range.start - self.base..range.end - self.base).unwrap_or_default();
        let is_missing = text == "~" && style == ScalarStyle::Plain && written.trim() != "~";
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        match text.strip_suffix('\n') {
            _ if is_missing => String::new(),
            Some(trimmed) if is_block && self.form.trims_blocks => trimmed.to_owned(),
            _ => text.to_owned(),
        }
    }

    fn refuse_features(&self, anchor: usize, has_tag: bool, range: TextRange, diagnostics: &mut Diagnostics) {
        if anchor != 0 || has_tag {
            let subject = self.form.subject;
            let message =
                format!("{subject} has no anchors and no tags: every value is a text, a list or a map");
            diagnostics.error(code::YAML_FEATURE, range, message);
        }
    }

    fn refuse_depth(&self, depth: usize, range: TextRange) -> Result<(), SyntaxError> {
        let max_depth = self.form.max_depth;
        if depth <= max_depth {
            return Ok(());
        }
        let message = format!("lists and maps nest at most {max_depth} levels deep");
        Err(SyntaxError { at: range.start, message })
    }

    fn close(&self, open: Open, end: usize, diagnostics: &mut Diagnostics) -> YamlNode {
        let (start, value) = match open {
            Open::List { start, items } => (start, YamlValue::List(items)),
            Open::Map { start, entries, .. } => {
                if self.form.refuses_duplicates {
                    refuse_duplicates(&entries, diagnostics);
                }
                (start, YamlValue::Map(entries))
            }
        };
        YamlNode { range: TextRange::new(start, end), is_plain: false, value }
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

/// Returns the length of the scalar in quotation marks that a text starts with.
fn quoted_length(written: &str) -> usize {
    let mut characters = written.char_indices().peekable();
    let Some((_, mark)) = characters.next() else { return 0 };
    while let Some((at, character)) = characters.next() {
        let is_doubled = mark == '\'' && characters.peek().is_some_and(|(_, next)| *next == mark);
        if (mark == '"' && character == '\\') || (character == mark && is_doubled) {
            characters.next();
        } else if character == mark {
            return at + 1;
        }
    }
    written.len()
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

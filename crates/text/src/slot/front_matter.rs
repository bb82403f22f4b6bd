//! Slots in the front matter.

use super::words::{trimmed, value_slot};
use super::{Slot, SlotKind};
use crate::dictionary::{FrontMatterMap, Key, Values, front_matter_keys};
use crate::range::TextRange;

/// Maximum nesting of maps and lists; deeper ones, which no key of the front matter has, have no slots.
const MAX_DEPTH: usize = 16;

/// Returns the slot at an offset between the fences.
pub(super) fn slot(text: &str, inside: TextRange, offset: usize) -> Option<Slot> {
    let mut scan = Scan { text, levels: Vec::new(), token: None };
    let mut at = entry_start(text, inside, offset);
    while at < offset {
        at = scan.line(at, offset)?;
    }
    let line_start = text[..offset].rfind('\n').map_or(0, |end| end + 1);
    if !scan.is_in_flow() && text[line_start..offset].trim().is_empty() {
        scan.open_line(offset - line_start);
    }
    scan.slot(offset)
}

/// Returns the start of the top-level entry around an offset: the last line that is not indented.
fn entry_start(text: &str, inside: TextRange, offset: usize) -> usize {
    let (mut start, mut at) = (inside.start, inside.start);
    for line in text[inside.start..offset].split_inclusive('\n') {
        if !line.starts_with([' ', '\t', '\r', '\n', '#', '-', '}', ']']) {
            start = at;
        }
        at += line.len();
    }
    start
}

/// A map or list around an offset.
struct Level {
    /// Columns before the keys of a block; none for a map or list in braces or brackets.
    indentation: Option<usize>,
    is_list: bool,
    key: Option<TextRange>,
}

/// A scan of YAML up to an offset, which accepts what is unfinished.
struct Scan<'t> {
    text: &'t str,
    levels: Vec<Level>,
    /// Start of the word that is not complete.
    token: Option<usize>,
}

impl Scan<'_> {
    fn is_in_flow(&self) -> bool {
        self.levels.last().is_some_and(|level| level.indentation.is_none())
    }

    /// Leaves the blocks that end before a line with this indentation, and opens its map.
    fn open_line(&mut self, indentation: usize) {
        self.token = None;
        while self.levels.last().is_some_and(|level| level.indentation.is_none_or(|own| own >= indentation)) {
            self.levels.pop();
        }
        self.levels.push(Level { indentation: Some(indentation), is_list: false, key: None });
    }

    /// Reads a line up to the offset and returns the start of the next one; none if the offset is in a comment.
    fn line(&mut self, start: usize, offset: usize) -> Option<usize> {
        let rest = &self.text[start..];
        let end = start + rest.find('\n').map_or(rest.len(), |end| end + 1);
        let indentation = rest.len() - rest.trim_start_matches(' ').len();
        let mut at = start + indentation;
        let written = self.text[at..end].trim();
        if !self.is_in_flow() && !written.is_empty() && !written.starts_with('#') {
            self.open_line(indentation);
            if written.starts_with("- ") {
                // An item of a list is a value of the key above.
                self.levels.pop();
                at += 2;
            }
        }
        while at < end.min(offset) {
            if self.levels.len() > MAX_DEPTH {
                return None;
            }
            let c = self.text[at..].chars().next()?;
            if c == '#' && self.token.is_none() && self.text[..at].ends_with([' ', '\n']) {
                return (offset >= end).then_some(end);
            }
            at = self.character(at, c);
        }
        Some(end)
    }

    /// Reads a character and returns the offset behind it, or behind the quoted text that it opens.
    fn character(&mut self, at: usize, c: char) -> usize {
        let next = at + c.len_utf8();
        let is_flow = self.is_in_flow();
        let opens =
            self.token.is_none() && (is_flow || self.levels.last().is_some_and(|level| level.key.is_some()));
        match c {
            '{' | '[' if opens => {
                self.levels.push(Level { indentation: None, is_list: c == '[', key: None });
                self.token = None;
            }
            '}' | ']' if is_flow => {
                self.levels.pop();
                self.token = None;
            }
            ',' if is_flow => {
                if let Some(level) = self.levels.last_mut() {
                    level.key = None;
                }
                self.token = None;
            }
            ':' if self.text[next..]
                .chars()
                .next()
                .is_none_or(|after| after.is_whitespace() || is_flow && after == '{') =>
            {
                self.key(at);
            }
            '"' | '\'' if self.token.is_none() => {
                self.token = Some(at);
                return quoted_end(self.text, at, c);
            }
            c if c.is_whitespace() => {}
            _ => self.token = self.token.or(Some(at)),
        }
        next
    }

    /// Makes the word before a colon the key of its map.
    fn key(&mut self, colon: usize) {
        let Some(level) = self.levels.last_mut() else { return };
        if level.key.is_none() && !level.is_list {
            level.key = Some(TextRange::new(self.token.unwrap_or(colon), colon));
            self.token = None;
        }
    }

    fn slot(&self, offset: usize) -> Option<Slot> {
        // The keys around the offset. A list is the value of the key around it.
        let mut path: Vec<&str> = Vec::new();
        for level in &self.levels {
            if let Some(key) = level.key {
                path.push(key.of(self.text).trim().trim_matches(['"', '\'']));
            }
        }
        let last = self.levels.last()?;
        let start = self.token.unwrap_or(offset).min(offset);
        let behind = &self.text[offset..];
        let stops: &[char] = if self.is_in_flow() { &['\n', ',', '}', ']', ':'] } else { &['\n', ':', '#'] };
        let range = TextRange::new(start, offset + behind.find(stops).unwrap_or(behind.len()));
        if last.key.is_none() && !last.is_list {
            let map = FrontMatterMap::of_path(&path)?;
            return Some(Slot {
                kind: SlotKind::FrontMatterKey(map),
                word: trimmed(self.text, range, offset),
            });
        }
        let (key, path) = path.split_last()?;
        let map = FrontMatterMap::of_path(path)?;
        let key: &'static Key = front_matter_keys(map).iter().find(|own| own.name == *key)?;
        // The values of ids are read by their word, others as a whole, without quotation marks.
        let is_quoted = range.of(self.text).starts_with(['"', '\''])
            && !matches!(key.values, Values::Id(_) | Values::Ids(_));
        if is_quoted { None } else { value_slot(self.text, key, range, offset) }
    }
}

/// Returns the end of a quoted text, or of its line if it does not close.
fn quoted_end(text: &str, open: usize, mark: char) -> usize {
    let line = text[open + 1..].split('\n').next().unwrap_or_default();
    let mut escaped = false;
    let length = line.bytes().position(|byte| {
        let closes = byte == mark as u8 && !escaped;
        escaped = mark == '"' && byte == b'\\' && !escaped;
        closes
    });
    open + 1 + length.map_or(line.len(), |length| length + 1)
}

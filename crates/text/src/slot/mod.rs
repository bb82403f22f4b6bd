//! The kind of word at an offset, such as a citation key or a value of an annotation: for completion and hovers.
//!
//! It is found by the characters around the offset and needs no tree, so that a half-typed line has slots too.

mod front_matter;
mod line;
mod segments;
mod words;

use chancery_brief::PartKind;
use chancery_proto::brief::v1::LikelihoodScale;

use crate::dictionary::{Annotated, FrontMatterMap, Key};
use crate::parse::TEXT_LIMIT;
use crate::range::TextRange;
use crate::syntax::front_matter::fences;
use crate::syntax::markers::{Marker, marker};

/// A place for a word.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// The words that fit.
    pub kind: SlotKind,
    /// The present word, which may be empty or unfinished.
    pub word: TextRange,
}

/// The words that fit a slot.
#[derive(Debug, Clone, Copy)]
pub enum SlotKind {
    /// An annotation of a part, or the key of one: also likelihoods, confidences and changes.
    Annotation(Annotated),
    /// A key of the front matter or of a map in it.
    FrontMatterKey(FrontMatterMap),
    /// One of the words of a key.
    Value(&'static Key),
    /// A likelihood of a scale.
    Likelihood(LikelihoodScale),
    /// The id of a part of these kinds; empty for any kind.
    Id(&'static [PartKind]),
    /// A label of the scheme of markings.
    Marking,
    /// The kind of a fenced block.
    BlockKind,
}

/// Returns the slot at an offset; none in running text, between words, and in texts beyond [`TEXT_LIMIT`].
pub fn slot_at(text: &str, offset: usize) -> Option<Slot> {
    if text.len() > TEXT_LIMIT || !text.is_char_boundary(offset) {
        return None;
    }
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let body_start = match fences(text, start) {
        Some(fences) if offset < fences.inside.start => return None,
        Some(fences) if offset < fences.inside.end => {
            return on_line(text, front_matter::slot(text, fences.inside, offset), offset);
        }
        Some(fences) if offset < fences.body_start => return None,
        // Unclosed front matter ends where its text does.
        Some(fences) if !fences.is_closed && offset == fences.inside.end => {
            return on_line(text, front_matter::slot(text, fences.inside, offset), offset);
        }
        Some(fences) => fences.body_start,
        None => start,
    };
    let line_start = text[..offset].rfind('\n').map_or(0, |end| end + 1).max(body_start);
    let line_end = text[offset..].find('\n').map_or(text.len(), |length| offset + length);
    let line =
        TextRange::new(line_start, line_start + text[line_start..line_end].trim_end_matches('\r').len());
    if offset > line.end {
        return None;
    }
    line::slot(text, line, offset, &surroundings(&text[body_start..line_start]))
}

/// Returns a slot with the part of its word that is on the line of the offset: a quoted value may have several lines.
fn on_line(text: &str, slot: Option<Slot>, offset: usize) -> Option<Slot> {
    let mut slot = slot?;
    let line_start = text[..offset].rfind('\n').map_or(0, |end| end + 1);
    let line_end = text[offset..].find('\n').map_or(text.len(), |length| offset + length);
    slot.word = TextRange::new(slot.word.start.max(line_start), slot.word.end.min(line_end));
    Some(slot)
}

/// The blocks around a line.
struct Surroundings<'t> {
    /// Kind of the fenced block that the line is an entry of.
    fenced: Option<&'t str>,
    is_below_heading: bool,
}

/// Reads the lines before a line.
fn surroundings(before: &str) -> Surroundings<'_> {
    let mut found = Surroundings { fenced: None, is_below_heading: false };
    for line in before.lines() {
        let line = line.trim_start_matches(' ');
        // Only the leading characters matter, which no scheme changes.
        match line.as_bytes().first().and_then(|_| marker(line, chancery_brief::marking::Scheme::Tlp)) {
            Some(Marker::Fence) => {
                found.fenced = match found.fenced {
                    Some(_) => None,
                    None => Some(line.trim_start_matches('`').trim()),
                };
            }
            Some(Marker::Heading { .. }) => found = Surroundings { fenced: None, is_below_heading: true },
            _ => {}
        }
    }
    found
}

//! Setting of one line: parts in visual order, justified, as glyph runs in logical order.

use std::ops::Range;
use std::rc::Rc;

use unicode_bidi::{BidiInfo, Level};

use crate::pages::{Glyph, GlyphRun};
use crate::text::broken_words::BrokenWords;
use crate::text::hyphenation::hyphen_for;
use crate::text::inline::Inline;
use crate::text::itemise::{FragmentKind, Itemised};
use crate::text::justification::justify_line;
use crate::text::line_breaking::Breakpoint;
use crate::text::line_part::{LinePart, PartText};
use crate::text::paragraph_setup::{Align, ParagraphSetup};
use crate::text::shaping::scale;
use crate::text::{Typesetter, hanging_punctuation};
use crate::units::Length;

/// A line of a paragraph. Its marks are in logical order, positioned from the measure's left edge.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its marks.
    pub marks: Vec<Marked>,
    /// The byte range of the paragraph's text, trailing spaces included.
    pub range: Range<usize>,
    /// Visible width, without hanging punctuation.
    pub width: Length,
    /// Distance from the measure's left edge to the visible start.
    pub left: Length,
    /// Whether it is wider than the measure.
    pub overfull: bool,
    /// Whether it ends in a hyphen.
    pub hyphen: bool,
}

/// A mark and its piece.
#[derive(Clone, Debug)]
pub struct Marked {
    /// The piece's index.
    pub piece: usize,
    /// Its left edge.
    pub x: Length,
    /// Its advance, without trailing spaces.
    pub width: Length,
    /// The mark.
    pub mark: Mark,
}

/// Content of a line.
#[derive(Clone, Debug)]
pub enum Mark {
    /// Glyphs; `x` is from the measure's left edge, `y` the rise above the baseline.
    Run(GlyphRun),
    /// A drawing instead of text; its kind is in the piece.
    Drawn,
}

/// Position of a line in its paragraph.
#[derive(Clone, Copy)]
pub(crate) struct LinePosition {
    pub(crate) first: bool,
    pub(crate) last: bool,
    pub(crate) overfull: bool,
}

pub(crate) fn set_line(
    (inline, broken_words): (&Inline, &BrokenWords),
    setup: &ParagraphSetup,
    itemised: &Itemised,
    (from, to): (&Breakpoint, &Breakpoint),
    place: LinePosition,
    typesetter: &mut Typesetter,
) -> Line {
    let mut parts = parts(inline, itemised, from, to, typesetter);
    mark_trailing(&mut parts, itemised.base);
    let indent = if place.first { setup.indent } else { Length::ZERO };
    let (before, after) = if setup.hangs() { hanging(inline, &parts) } else { (Length::ZERO, Length::ZERO) };
    let seen = |parts: &[LinePart]| -> Length {
        let all: Length = parts.iter().filter(|part| !part.trailing).map(|part| part.width(inline)).sum();
        all - before - after
    };
    let left_over = setup.measure - indent - seen(&parts);
    if setup.align == Align::Justified && (!place.last || left_over < Length::ZERO) {
        justify_line(inline, &mut parts, left_over);
    }
    let width = seen(&parts);
    let left = left_edge(setup, indent, width);
    let range = from.at..to.at;
    let marks = marks((inline, broken_words), &parts, itemised.base, left - before);
    Line { marks, range, width, left, overfull: place.overfull, hyphen: to.hyphen }
}

/// Returns the overhang of a line's first and last parts.
fn hanging(inline: &Inline, parts: &[LinePart]) -> (Length, Length) {
    let size = |part: &LinePart| inline.pieces[part.piece].style.size;
    let even = |part: &&LinePart| part.level.number() == 0;
    let before = parts.first().filter(even).map(|part| {
        hanging_punctuation::hang_at_start(part.shown(inline), &part.word, part.setting, size(part))
    });
    let after = parts.iter().rfind(|part| !part.trailing).filter(even).map(|part| {
        hanging_punctuation::hang_at_end(part.shown(inline), &part.word, part.setting, size(part))
    });
    (before.unwrap_or_default(), after.unwrap_or_default())
}

fn parts(
    inline: &Inline,
    itemised: &Itemised,
    from: &Breakpoint,
    to: &Breakpoint,
    typesetter: &mut Typesetter,
) -> Vec<LinePart> {
    let mut parts = Vec::new();
    for fragment in itemised.fragments[from.fragment..].iter().take_while(|f| f.range.start < to.at) {
        let range = fragment.range.start.max(from.at)..fragment.range.end.min(to.at);
        if range.is_empty() {
            continue;
        }
        let word = if range == fragment.range {
            Rc::clone(&fragment.word)
        } else {
            typesetter.word(&inline.text[range.clone()], fragment.setting)
        };
        parts.push(LinePart::new(fragment, word, PartText::Range(range)));
    }
    // A hyphen belongs to the fragment in which the line ends, or to the one before.
    let last = itemised.fragments.get(to.fragment).filter(|fragment| fragment.range.start < to.at);
    let last = last.or_else(|| itemised.fragments.get(to.fragment.checked_sub(1)?));
    if to.adds_hyphen
        && let Some(last) = last
    {
        let word = typesetter.word(hyphen_for(last, &typesetter.fonts), last.setting);
        parts.push(LinePart::new(last, word, PartText::Hyphen));
    }
    parts
}

/// Marks trailing spaces: they take no width and have the paragraph's direction (UAX #9, rule L1).
fn mark_trailing(parts: &mut [LinePart], base: Level) {
    for part in parts.iter_mut().rev().take_while(|part| part.kind == FragmentKind::Space) {
        part.trailing = true;
        part.level = base;
    }
}

fn left_edge(setup: &ParagraphSetup, indent: Length, width: Length) -> Length {
    let free = setup.measure - width;
    match (setup.align, setup.right_to_left) {
        (Align::Centered, _) => free / 2,
        (Align::Justified | Align::Start, false) => indent,
        (Align::Justified | Align::Start, true) => free - indent,
        (Align::End, false) => free,
        (Align::End, true) => Length::ZERO,
    }
}

/// Positions the parts from left to right; returns their marks in logical order.
fn marks(
    (inline, broken_words): (&Inline, &BrokenWords),
    parts: &[LinePart],
    base: Level,
    left: Length,
) -> Vec<Marked> {
    let levels: Vec<Level> = parts.iter().map(|part| part.level).collect();
    let order = BidiInfo::reorder_visual(&levels);
    let hidden: Length =
        parts.iter().filter(|part| part.trailing && base.is_rtl()).map(|part| part.width(inline)).sum();
    let mut x = left - hidden;
    let mut marks: Vec<(usize, Marked)> = Vec::new();
    let mut next = 0;
    while next < order.len() {
        let group = group(parts, &order[next..]);
        next += group.len();
        let (first, marked) = mark((inline, broken_words), parts, group, x);
        let width: Length = group.iter().map(|index| parts[*index].width(inline)).sum();
        x += width;
        marks.push((first, marked));
    }
    marks.sort_by_key(|(first, _)| *first);
    marks.into_iter().map(|(_, marked)| marked).collect()
}

/// Returns the leading parts that form one run: adjacent visually and logically, with one piece, face and level.
fn group<'a>(parts: &[LinePart], order: &'a [usize]) -> &'a [usize] {
    let alike = |a: usize, b: usize| {
        let (left, right) = (&parts[a], &parts[b]);
        let adjacent = if left.level.is_rtl() { b + 1 == a } else { a + 1 == b };
        adjacent
            && left.piece == right.piece
            && left.setting.face == right.setting.face
            && left.level == right.level
            && left.kind != FragmentKind::Drawn
            && right.kind != FragmentKind::Drawn
    };
    let length = 1 + order.windows(2).take_while(|pair| alike(pair[0], pair[1])).count();
    &order[..length]
}

fn mark(
    (inline, broken_words): (&Inline, &BrokenWords),
    parts: &[LinePart],
    group: &[usize],
    x: Length,
) -> (usize, Marked) {
    let first = group.iter().copied().min().unwrap_or(0);
    let piece = parts[first].piece;
    let seen = group.iter().filter(|index| !parts[**index].trailing);
    let width = seen.map(|index| parts[*index].width(inline)).sum();
    let mark = if parts[first].kind == FragmentKind::Drawn {
        Mark::Drawn
    } else {
        let mut run = run(inline, parts, group, x);
        run.actual_texts = broken_words.actual_texts(inline, group.iter().map(|index| &parts[*index]));
        Mark::Run(run)
    };
    (first, Marked { piece, x, width, mark })
}

fn run(inline: &Inline, parts: &[LinePart], group: &[usize], x: Length) -> GlyphRun {
    let mut logical: Vec<usize> = group.to_vec();
    logical.sort_unstable();
    let mut text = String::new();
    let mut offsets = vec![0; logical.len()];
    for (place, index) in logical.iter().enumerate() {
        offsets[place] = u32::try_from(text.len()).unwrap_or(u32::MAX);
        text.push_str(parts[*index].shown(inline));
    }
    let first = &parts[logical[0]];
    let style = &inline.pieces[first.piece].style;
    let face = first.setting.face;
    let mut glyphs = Vec::new();
    for index in group {
        let place = logical.binary_search(index).unwrap_or(0);
        part_glyphs(&parts[*index], style.size, offsets[place], &mut glyphs);
    }
    GlyphRun {
        face,
        size: style.size,
        x,
        y: style.rise,
        color: style.color,
        expansion: first.expansion,
        letterspace: first.letterspace,
        text: text.into(),
        glyphs,
        actual_texts: Vec::new(),
    }
}

fn part_glyphs(part: &LinePart, size: Length, offset: u32, glyphs: &mut Vec<Glyph>) {
    let face = part.setting.face;
    let of = |units: i32| scale(face, size, units);
    for (index, glyph) in part.word.glyphs.iter().enumerate() {
        let added = part.added.get(index).copied().unwrap_or(Length::ZERO);
        let cluster = match part.text {
            PartText::Range(_) => offset + glyph.start..offset + glyph.end,
            PartText::Hyphen => offset..offset + 2,
        };
        glyphs.push(Glyph {
            id: glyph.id,
            natural: of(glyph.natural),
            advance: of(glyph.advance) + added,
            offset: (of(glyph.offset.0), of(glyph.offset.1)),
            cluster,
        });
    }
}

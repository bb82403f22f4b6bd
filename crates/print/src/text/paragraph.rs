//! A paragraph to lines: where its lines may end, at what price, and the lines that the chosen breaks make.

use std::ops::Range;

use crate::text::Typesetter;
use crate::text::breaks::{Break, Chosen, Fill, Sums, choose};
use crate::text::fit::{flex, is_flexible};
use crate::text::inline::Inline;
use crate::text::itemise::{ARABIC, Fragment, FragmentKind, Itemised, itemise};
use crate::text::line::set_line;
pub use crate::text::line::{Line, Mark, Marked};
use crate::units::Length;

/// Where the lines of a paragraph stand in the measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Flush on both sides, the last line at the start.
    Justified,
    /// At the start: left, or right in a right-to-left paragraph.
    #[default]
    Start,
    /// In the middle.
    Centered,
    /// At the end.
    End,
}

/// How a paragraph is set.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// The measure.
    pub measure: Length,
    /// How far the first line is indented.
    pub indent: Length,
    /// Where lines stand.
    pub align: Align,
    /// Whether words may be divided.
    pub hyphenate: bool,
    /// The paragraph's direction.
    pub right_to_left: bool,
}

/// The narrowest justified word space, in thousandths of an em, before glyphs narrow and letters close up: with all
/// of that it stays above 0.14 em, below which poppler merges words (0.1396 em was seen to).
const NARROWEST_SPACE: i64 = 162;
/// The price of dividing a word.
const HYPHEN: i64 = 300;
/// The price of dividing a word that begins with a capital: often a name.
const HYPHEN_IN_NAME: i64 = 500;
/// The price of ending a line after a hyphen that the text has.
const AFTER_HYPHEN: i64 = 60;
/// The price of breaking a word that is wider than the measure.
const ANYWHERE: i64 = 5_000;

impl Typesetter {
    /// Sets a paragraph.
    pub fn set(&mut self, inline: &Inline, setup: &Setup) -> Vec<Line> {
        if inline.is_empty() {
            return Vec::new();
        }
        let itemised = itemise(inline, setup.right_to_left, self);
        let breaks = Breaks::collect(inline, setup, &itemised, self);
        let rag = (setup.align != Align::Justified).then(|| play(inline));
        let chosen = choose(&breaks, Fill { measure: setup.measure.units(), rag });
        let mut from = 0;
        let mut lines = Vec::with_capacity(chosen.len());
        for Chosen { index, overfull } in chosen {
            let ends = (&breaks[from], &breaks[index]);
            let place = LinePlace { first: from == 0, last: index == breaks.len() - 1, overfull };
            lines.push(set_line(inline, setup, &itemised, ends, place, self));
            from = index;
        }
        lines
    }

    /// The width of a text that is set on one line, however long.
    pub fn width(&mut self, inline: &Inline) -> Length {
        itemise(inline, false, self).fragments.iter().map(|fragment| fragment.width).sum()
    }

    /// The widest stretch of a text that has no line-break opportunity inside.
    pub fn widest_word(&mut self, inline: &Inline) -> Length {
        let itemised = itemise(inline, false, self);
        let chunks = chunks(&itemised).map(|range| visible_width(&itemised.fragments[range]));
        chunks.fold(Length::ZERO, Length::max)
    }
}

/// Where a line stands in its paragraph.
#[derive(Clone, Copy)]
pub(crate) struct LinePlace {
    pub(crate) first: bool,
    pub(crate) last: bool,
    pub(crate) overfull: bool,
}

/// How far lines of ragged text may fall short before it counts: four ems.
fn play(inline: &Inline) -> i64 {
    inline.pieces.first().map_or(0, |piece| piece.style.size.units() * 4)
}

/// Fragments between line-break opportunities.
fn chunks(itemised: &Itemised) -> impl Iterator<Item = Range<usize>> {
    let fragments = &itemised.fragments;
    let mut next = 0;
    itemised.opportunities.iter().filter_map(move |offset| {
        let start = next;
        while next < fragments.len() && fragments[next].range.end <= *offset {
            next += 1;
        }
        (next > start).then_some(start..next)
    })
}

fn visible_width(fragments: &[Fragment]) -> Length {
    let trailing = fragments.iter().rev().take_while(|f| f.kind == FragmentKind::Space).count();
    fragments[..fragments.len() - trailing].iter().map(|fragment| fragment.width).sum()
}

/// Collects the places where lines may end.
struct Breaks<'a> {
    inline: &'a Inline,
    setup: &'a Setup,
    typesetter: &'a mut Typesetter,
    found: Vec<Break>,
    sums: Sums,
    /// `sums` without spaces at the end.
    visible: Sums,
}

impl<'a> Breaks<'a> {
    fn collect(
        inline: &'a Inline,
        setup: &'a Setup,
        itemised: &Itemised,
        typesetter: &'a mut Typesetter,
    ) -> Vec<Break> {
        let start = Sums { width: -setup.indent.units(), ..Sums::default() };
        let found = vec![Break { start, ..Break::default() }];
        let (sums, visible) = (Sums::default(), Sums::default());
        let mut breaks = Self { inline, setup, typesetter, found, sums, visible };
        for chunk in chunks(itemised) {
            breaks.chunk(chunk, &itemised.fragments);
        }
        breaks.found
    }

    fn chunk(&mut self, chunk: Range<usize>, fragments: &[Fragment]) {
        let room = self.setup.measure - self.setup.indent;
        let anywhere = visible_width(&fragments[chunk.clone()]) > room;
        for index in chunk.clone() {
            let fragment = &fragments[index];
            if fragment.kind == FragmentKind::Word {
                self.divisions(index, fragment, anywhere);
            }
            self.add(fragment);
            if anywhere && index + 1 < chunk.end && fragment.kind != FragmentKind::Space {
                self.push(index + 1, fragment.range.end, ANYWHERE);
            }
        }
        let end = fragments[chunk.end - 1].range.end;
        if end == self.inline.text.len() || !self.starts_raised(fragments.get(chunk.end)) {
            self.opportunity(chunk.end, end, &fragments[chunk.end - 1]);
        }
    }

    /// A raised piece, such as a citation's number, never begins a line.
    fn starts_raised(&self, next: Option<&Fragment>) -> bool {
        next.is_some_and(|next| {
            let piece = &self.inline.pieces[next.piece];
            piece.style.rise > Length::ZERO && piece.range.start == next.range.start
        })
    }

    fn add(&mut self, fragment: &Fragment) {
        self.sums.width += fragment.width.units();
        let size = self.inline.pieces[fragment.piece].style.size;
        if self.setup.align == Align::Justified && is_flexible(fragment) {
            self.sums.flex += flex(fragment.width, fragment.word.glyphs.len(), size);
        }
        if fragment.kind == FragmentKind::Space {
            let em = self.inline.pieces[fragment.piece].style.size.units();
            for glyph in &fragment.word.glyphs {
                let natural =
                    crate::text::shape::scale(fragment.setting.face, Length::from_units(em), glyph.advance)
                        .units();
                self.sums.spaces += 1;
                self.sums.stretch += natural / 2;
                self.sums.shrink += (natural / 3).min(natural - em * NARROWEST_SPACE / 1000).max(0);
            }
        } else {
            self.visible = self.sums;
        }
    }

    /// The opportunity at the end of a chunk.
    fn opportunity(&mut self, fragment: usize, at: usize, last: &Fragment) {
        match self.inline.text[..at].chars().next_back() {
            Some('\u{ad}') => {
                let hyphen = self.hyphen_width(last);
                let (end, start) = (self.visible, self.sums);
                self.found.push(Break {
                    at,
                    fragment,
                    end,
                    start,
                    end_extra: hyphen,
                    penalty: HYPHEN,
                    hyphen: true,
                    adds_hyphen: true,
                    ..Break::default()
                });
            }
            Some('-' | '\u{2010}') => {
                self.push(fragment, at, AFTER_HYPHEN);
                if let Some(found) = self.found.last_mut() {
                    found.hyphen = true;
                }
            }
            _ => self.push(fragment, at, 0),
        }
    }

    fn push(&mut self, fragment: usize, at: usize, penalty: i64) {
        let (end, start) = (self.visible, self.sums);
        self.found.push(Break { at, fragment, end, start, penalty, ..Break::default() });
    }

    /// The places inside a word.
    fn divisions(&mut self, index: usize, fragment: &Fragment, anywhere: bool) {
        let text = &self.inline.text[fragment.range.clone()];
        let language = self.inline.pieces[fragment.piece].language;
        if self.setup.hyphenate && fragment.level.is_ltr() && fragment.setting.script != ARABIC {
            let divisions = self.typesetter.divisions(text, language);
            if !divisions.is_empty() {
                let name = text.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
                let penalty = if name { HYPHEN_IN_NAME } else { HYPHEN };
                for at in divisions.iter() {
                    self.divide(index, fragment, *at, penalty, true);
                }
                return;
            }
        }
        if anywhere {
            let mut starts: Vec<usize> =
                fragment.word.glyphs.iter().map(|glyph| glyph.start as usize).collect();
            starts.sort_unstable();
            starts.dedup();
            for at in starts.into_iter().filter(|at| *at > 0) {
                self.divide(index, fragment, at, ANYWHERE, false);
            }
        }
    }

    fn divide(&mut self, index: usize, fragment: &Fragment, at: usize, penalty: i64, hyphen: bool) {
        let size = self.inline.pieces[fragment.piece].style.size;
        let face = fragment.setting.face;
        let glyphs = &fragment.word.glyphs;
        let before = glyphs.iter().filter(|glyph| (glyph.start as usize) < at);
        let cut: Length = before.map(|g| crate::text::shape::scale(face, size, g.advance)).sum();
        let clean = glyphs.iter().any(|glyph| glyph.start as usize == at && !glyph.unsafe_to_break);
        let (mut end_extra, mut start_extra) = (Length::ZERO, Length::ZERO);
        if !clean {
            let text = &self.inline.text[fragment.range.clone()];
            let (first, second) = text.split_at(at);
            end_extra = self.typesetter.word(first, fragment.setting).width(face, size) - cut;
            let rest = fragment.width - cut;
            start_extra = self.typesetter.word(second, fragment.setting).width(face, size) - rest;
        }
        let mut sums = self.sums;
        sums.width += cut.units();
        if self.setup.align == Align::Justified && is_flexible(fragment) {
            let count = glyphs.iter().filter(|glyph| (glyph.start as usize) < at).count();
            sums.flex += flex(cut, count, size);
        }
        let hyphen_width = if hyphen { self.hyphen_width(fragment) } else { 0 };
        self.found.push(Break {
            at: fragment.range.start + at,
            fragment: index,
            end: sums,
            start: sums,
            end_extra: end_extra.units() + hyphen_width,
            start_extra: start_extra.units(),
            penalty,
            hyphen,
            adds_hyphen: hyphen,
        });
    }

    fn hyphen_width(&mut self, fragment: &Fragment) -> i64 {
        let size = self.inline.pieces[fragment.piece].style.size;
        let hyphen = hyphen_for(fragment);
        self.typesetter.word(hyphen, fragment.setting).width(fragment.setting.face, size).units()
    }
}

/// What is drawn at the end of a divided word.
pub(crate) fn hyphen_for(fragment: &Fragment) -> &'static str {
    if fragment.setting.face.covers('\u{2010}') { "\u{2010}" } else { "-" }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Align, Line, Mark, Setup};
    use crate::pages::{ArtifactKind, Color, Owner};
    use crate::text::Typesetter;
    use crate::text::inline::{Inline, PieceKind, PieceStyle};
    use crate::text::style::{Family, Figures, TextStyle, Weight};
    use crate::units::Length;

    const ENGLISH: &str = "Moscow under Putin and Tehran carry more joint weight in world affairs than they did \
        some years ago, and the partnership has become closer in defence, commerce and diplomacy; it remains, \
        however, an arrangement of convenience between governments whose interests differ in the Caucasus, in \
        Syria and on the oil market, and which distrust each other for reasons of history.";

    fn style() -> TextStyle {
        TextStyle {
            family: Family::Serif,
            weight: Weight::Regular,
            italic: false,
            size: Length::pt(10),
            color: Color(0, 0, 0),
            rise: Length::ZERO,
            figures: Figures::Proportional,
        }
    }

    fn inline(typesetter: &mut Typesetter, text: &str, language: &str) -> Inline {
        let mut inline = Inline::default();
        let language = typesetter.languages.id(language);
        let owner = Owner::Artifact(ArtifactKind::Layout);
        inline.push(text, PieceStyle { style: style(), owner, link: None, language, kind: PieceKind::Text });
        inline
    }

    fn setup(measure: Length) -> Setup {
        Setup {
            measure,
            indent: Length::ZERO,
            align: Align::Justified,
            hyphenate: true,
            right_to_left: false,
        }
    }

    fn set(text: &str, language: &str, measure: Length) -> (Inline, Vec<Line>) {
        let mut typesetter = Typesetter::default();
        let inline = inline(&mut typesetter, text, language);
        let lines = typesetter.set(&inline, &setup(measure));
        (inline, lines)
    }

    /// What the lines' runs say, in logical order.
    fn said(lines: &[Line]) -> String {
        let marks = lines.iter().flat_map(|line| &line.marks);
        marks
            .filter_map(|marked| match &marked.mark {
                Mark::Run(run) => Some(&*run.text),
                Mark::Drawn => None,
            })
            .collect()
    }

    #[test]
    fn justified_lines_are_as_wide_as_the_measure_and_say_the_text() {
        let measure = Length::mm(122);
        let (inline, lines) = set(ENGLISH, "en", measure);
        assert!(lines.len() > 3);
        for line in &lines[..lines.len() - 1] {
            // Rounding leaves less than a thousandth of a point.
            assert!((line.width - measure).units().abs() < 65, "{:?}", line.width - measure);
            assert!(!line.overfull);
        }
        assert_eq!(said(&lines).replace('\u{ad}', ""), inline.text);
    }

    #[test]
    fn no_justified_gap_is_under_140_thousandths_of_an_em() {
        for measure in (20..130).step_by(3).map(Length::mm) {
            let (_, lines) = set(ENGLISH, "en", measure);
            for line in lines.iter().filter(|line| !line.overfull) {
                for marked in &line.marks {
                    let Mark::Run(run) = &marked.mark else { continue };
                    for glyph in &run.glyphs {
                        let cluster = &run.text[glyph.cluster.start as usize..glyph.cluster.end as usize];
                        let gap = (glyph.advance + run.letterspace) * i64::from(run.expansion) / 100_000;
                        assert!(cluster != " " || gap >= Length::milli_pt(1_399), "{gap:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_word_wider_than_the_measure_is_broken_and_not_run_off_the_page() {
        let long = "x".repeat(500);
        let (_, lines) = set(&format!("Before {long} after."), "en", Length::mm(122));
        assert!(lines.iter().all(|line| line.width.to_milli_pt() <= Length::mm(122).to_milli_pt() + 1));
        assert_eq!(said(&lines), format!("Before {long} after."));
    }

    #[test]
    fn a_divided_word_ends_in_a_soft_hyphen_that_looks_like_a_hyphen() {
        let (_, lines) = set("incomprehensibilities incomprehensibilities", "en", Length::mm(24));
        let first = said(&lines[..1]);
        assert!(first.ends_with('\u{ad}'), "{first:?}");
    }

    #[test]
    fn persian_inside_english_runs_from_right_to_left_in_joined_forms() {
        let (inline, lines) = set("The title روسیه و ایران is Persian.", "en", Length::mm(122));
        let runs: Vec<_> = lines[0].marks.iter().collect();
        assert_eq!(runs.len(), 3);
        assert_eq!(said(&lines), inline.text);
        let Mark::Run(persian) = &runs[1].mark else { panic!("a run") };
        assert!(persian.face.is_arabic());
        let clusters: Vec<u32> = persian.glyphs.iter().map(|glyph| glyph.cluster.start).collect();
        assert!(clusters.is_sorted_by(|a, b| a >= b), "{clusters:?}");
        assert!(runs[0].x < runs[1].x && runs[1].x < runs[2].x);
    }

    #[test]
    fn a_right_to_left_paragraph_stands_at_the_right_and_keeps_the_space_at_a_lines_end() {
        let mut typesetter = Typesetter::default();
        let text = "روسیه و ایران شراکت و محدودیت‌های آن در سال‌های اخیر";
        let inline = inline(&mut typesetter, text, "fa");
        let measure = Length::mm(40);
        let setup = Setup { align: Align::Start, right_to_left: true, hyphenate: false, ..setup(measure) };
        let lines = typesetter.set(&inline, &setup);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| line.left + line.width == measure));
        assert_eq!(said(&lines), text);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_set_whole_and_in_order(text in "\\PC{1,80}", millimetres in 3_i64..130) {
            let (inline, lines) = set(&text, "en", Length::mm(millimetres));
            let mut at = 0;
            for line in &lines {
                prop_assert_eq!(line.range.start, at);
                at = line.range.end;
                let excess = (line.width - Length::mm(millimetres)).to_milli_pt();
                prop_assert!(line.overfull || excess <= 1, "{excess}");
            }
            prop_assert_eq!(at, inline.text.len());
            let plain = |text: &str| text.replace('\u{ad}', "");
            prop_assert_eq!(plain(&said(&lines)), plain(&inline.text));
        }
    }
}

//! Breakpoints of a paragraph: line-break opportunities (UAX #14), hyphenation points, and emergency breaks inside
//! words that are wider than the measure, each with its penalty.

use crate::text::hyphenation::{has_hyphen, hyphen_for};
use std::ops::Range;

use crate::text::address_ranges::is_inside;
use crate::text::elasticity::{flex, glue_between, is_flexible};
use crate::text::inline::Inline;
use crate::text::itemise::{ARABIC, Fragment, FragmentKind, Itemised};
use crate::text::line_breaking::{Breakpoint, Totals};
use crate::text::paragraph_setup::{Align, ParagraphSetup};
use crate::text::shaping::scale;
use crate::text::soft_hyphens::SoftHyphens;
use crate::text::word_splits::WordSplits;
use crate::text::{Typesetter, hanging_punctuation};
use crate::units::Length;

/// Minimum width of a justified word space in thousandths of an em, before glyphs and letterspace shrink. With both at
/// their minimum it stays above 0.14 em; poppler merges words at 0.1396 em.
const NARROWEST_SPACE: i64 = 162;
/// Divisor of the em for the stretch of the glue after a character of a script without word spaces.
const GLUE: i64 = 8;
/// Penalty for hyphenating a word.
const HYPHEN_PENALTY: i64 = 300;
/// Penalty for hyphenating a capitalised word inside a sentence, which is often a name.
const HYPHEN_IN_NAME_PENALTY: i64 = 500;
/// Penalty for breaking after an explicit hyphen.
const AFTER_HYPHEN_PENALTY: i64 = 60;
/// Penalty for breaking an address after a slash.
const ADDRESS_PENALTY: i64 = 60;
/// Penalty for breaking an address after another separator, which reads like a part of what follows.
const INSIDE_ADDRESS_PENALTY: i64 = 120;
/// Penalty for breaking a number that is wider than the measure between its parts.
const INSIDE_NUMBER_PENALTY: i64 = 1_000;
/// Penalty for breaking a word that is wider than the measure.
const ANYWHERE_PENALTY: i64 = 5_000;

/// Yields the ranges of fragments between line-break opportunities.
pub(crate) fn chunks(itemised: &Itemised) -> impl Iterator<Item = Range<usize>> {
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

pub(crate) fn visible_width(fragments: &[Fragment]) -> Length {
    let trailing = fragments.iter().rev().take_while(|f| f.kind == FragmentKind::Space).count();
    fragments[..fragments.len() - trailing].iter().map(|fragment| fragment.width).sum()
}

/// Collects the breakpoints of a paragraph in one pass over its fragments, with running totals.
pub(crate) struct BreakpointCollector<'a> {
    inline: &'a Inline,
    setup: &'a ParagraphSetup,
    itemised: &'a Itemised,
    soft_hyphens: &'a SoftHyphens,
    fragments: &'a [Fragment],
    typesetter: &'a mut Typesetter,
    /// Whether the whole text fits on one line, so that no word needs hyphenation.
    fits: bool,
    found: Vec<Breakpoint>,
    sums: Totals,
    /// `sums` without spaces at the end.
    visible: Totals,
    /// Overhang of the last visible fragment, if a line ended after it.
    hanging: Length,
    /// The clusters of the word that is being divided.
    splits: WordSplits,
}

impl<'a> BreakpointCollector<'a> {
    pub(crate) fn collect(
        inline: &'a Inline,
        setup: &'a ParagraphSetup,
        (itemised, soft_hyphens): (&'a Itemised, &'a SoftHyphens),
        typesetter: &'a mut Typesetter,
    ) -> Vec<Breakpoint> {
        let start = Totals { width: -setup.indent.units(), ..Totals::default() };
        let found = Vec::with_capacity(itemised.opportunities.len() * 2);
        let (sums, visible) = (Totals::default(), Totals::default());
        let fragments = itemised.fragments.as_slice();
        let fits = visible_width(fragments) <= setup.measure - setup.indent;
        let hanging = Length::ZERO;
        let splits = WordSplits::default();
        let mut breaks = Self {
            inline,
            setup,
            itemised,
            soft_hyphens,
            fragments,
            typesetter,
            fits,
            found,
            sums,
            visible,
            hanging,
            splits,
        };
        let start_extra = -breaks.hanging_start(0);
        breaks.found.push(Breakpoint { start, start_extra, ..Breakpoint::default() });
        for chunk in chunks(itemised) {
            breaks.chunk(chunk);
        }
        breaks.found
    }

    fn chunk(&mut self, chunk: Range<usize>) {
        let fragments = self.fragments;
        let room = self.setup.narrowest();
        let anywhere = visible_width(&fragments[chunk.clone()]) > room;
        for index in chunk.clone() {
            let fragment = &fragments[index];
            if fragment.kind == FragmentKind::Word && !self.fits {
                self.divisions(index, fragment, anywhere);
            }
            self.add(fragment);
            if index + 1 < chunk.end {
                self.between_fragments(index, anywhere);
            }
        }
        let end = fragments[chunk.end - 1].range.end;
        if end == self.inline.text.len() || !self.starts_raised(fragments.get(chunk.end)) {
            self.opportunity(chunk.end, end);
        }
    }

    /// Adds the breakpoint between two fragments without an opportunity between them: at a soft hyphen, inside a number, or
    /// anywhere.
    fn between_fragments(&mut self, index: usize, anywhere: bool) {
        let (fragment, next) = (&self.fragments[index], &self.fragments[index + 1]);
        let at = fragment.range.end;
        let is_word = fragment.kind == FragmentKind::Word && next.kind == FragmentKind::Word;
        if is_word && self.soft_hyphens.is_at(at) && self.may_hyphenate(fragment) {
            let end_extra = self.hyphen_width(fragment);
            let found = self.after_fragments(index + 1, at, HYPHEN_PENALTY);
            self.push(Breakpoint { hyphen: true, adds_hyphen: true, end_extra, ..found });
        } else if anywhere && self.itemised.inside_numbers.binary_search(&at).is_ok() {
            self.push(self.after_fragments(index + 1, at, INSIDE_NUMBER_PENALTY));
        } else if anywhere && fragment.kind != FragmentKind::Space && self.itemised.clusters.is_boundary(at) {
            self.push(self.after_fragments(index + 1, at, ANYWHERE_PENALTY));
        }
    }

    /// Returns whether the next fragment begins a raised piece, such as a citation's number, which must not begin a line
    /// except after a zero-width space.
    fn starts_raised(&self, next: Option<&Fragment>) -> bool {
        next.is_some_and(|next| {
            let piece = &self.inline.pieces[next.piece];
            let starts_piece = piece.style.rise > Length::ZERO && piece.range.start == next.range.start;
            starts_piece && !self.inline.text[..next.range.start].ends_with('\u{200b}')
        })
    }

    /// Returns whether a hyphen may be added in a fragment: not where lines run from right to left, nor in a face without
    /// one.
    fn may_hyphenate(&self, fragment: &Fragment) -> bool {
        fragment.level.is_ltr()
            && fragment.setting.script != ARABIC
            && has_hyphen(fragment, &self.typesetter.fonts)
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
                let natural = scale(fragment.setting.face, Length::from_units(em), glyph.advance).units();
                self.sums.spaces += 1;
                self.sums.stretch += natural / 2;
                self.sums.shrink += (natural / 3).min(natural - em * NARROWEST_SPACE / 1000).max(0);
            }
        } else {
            // Only glue between characters of one line counts. The glue after the last character is added once the line
            // continues.
            let between = if self.setup.align == Align::Justified { glue_between(fragment) } else { 0 };
            self.glue(between - 1, size);
            self.visible = self.sums;
            self.glue(between.min(1), size);
            self.hanging = Length::ZERO;
            if self.setup.hangs() {
                self.hanging = hanging_punctuation::fragment_hang_at_end(&self.inline.text, fragment, size);
            }
        }
    }

    /// Adds the glue after `count` characters that are set without word spaces.
    fn glue(&mut self, count: i64, size: Length) {
        if count > 0 {
            self.sums.spaces += count;
            self.sums.stretch += count * (size / GLUE).units();
        }
    }

    /// Returns the overhang at the start of a line that begins with a fragment.
    fn hanging_start(&self, fragment: usize) -> i64 {
        let Some(fragment) = self.fragments.get(fragment).filter(|_| self.setup.hangs()) else { return 0 };
        let size = self.inline.pieces[fragment.piece].style.size;
        hanging_punctuation::fragment_hang_at_start(&self.inline.text, fragment, size).units()
    }

    /// Adds the opportunity at the end of a chunk.
    fn opportunity(&mut self, fragment: usize, at: usize) {
        let before = self.inline.text[..at].chars().next_back();
        let ends_in_hyphen = matches!(before, Some('-' | '\u{2010}'));
        let penalty = match before {
            Some('/') if self.is_inside_address(at) => ADDRESS_PENALTY,
            _ if self.is_inside_address(at) => INSIDE_ADDRESS_PENALTY,
            _ if ends_in_hyphen => AFTER_HYPHEN_PENALTY,
            _ => 0,
        };
        let found = self.after_fragments(fragment, at, penalty);
        self.push(Breakpoint { hyphen: ends_in_hyphen, ..found });
    }

    fn is_inside_address(&self, at: usize) -> bool {
        is_inside(&self.itemised.addresses, at)
    }

    /// Returns the break after all fragments so far.
    fn after_fragments(&self, fragment: usize, at: usize, penalty: i64) -> Breakpoint {
        let (end, start) = (self.visible, self.sums);
        let (end_extra, start_extra) = (-self.hanging.units(), -self.hanging_start(fragment));
        Breakpoint { at, fragment, end, start, end_extra, start_extra, penalty, ..Breakpoint::default() }
    }

    /// Adds a breakpoint. A breakpoint with the same cost as its predecessor and nothing visible between them is
    /// dropped: the earlier one would always win, and a run of invisible characters would otherwise add one candidate
    /// each.
    fn push(&mut self, found: Breakpoint) {
        let is_last = found.at == self.inline.text.len();
        match self.found.as_mut_slice() {
            [_, .., before] if before.costs_the_same_as(&found) && is_last => *before = found,
            [_, .., before] if before.costs_the_same_as(&found) => {}
            _ => self.found.push(found),
        }
    }

    /// Adds the breakpoints inside a word: at the author's soft hyphens, else where the language hyphenates it. Parts
    /// that are wider than the measure break between any two clusters.
    fn divisions(&mut self, index: usize, fragment: &Fragment, anywhere: bool) {
        let (divisions, penalty) = self.hyphenation(fragment, anywhere);
        if divisions.is_empty() && !anywhere {
            return;
        }
        self.read_splits(fragment);
        let length = fragment.range.len();
        let mut start = 0;
        for end in divisions.iter().copied().chain([length]) {
            if anywhere {
                self.divide_anywhere(index, fragment, start..end);
            }
            if end < length {
                self.divide(index, fragment, end, penalty, true);
            }
            start = end;
        }
    }

    /// Returns where a word may be hyphenated, from its start, and the penalty. A word that is wider than the measure is
    /// hyphenated even where others are not.
    fn hyphenation(&mut self, fragment: &Fragment, anywhere: bool) -> (Vec<usize>, i64) {
        if !self.may_hyphenate(fragment) || self.is_inside_address(fragment.range.start + 1) {
            return (Vec::new(), 0);
        }
        let by_author = self.soft_hyphens.inside(&fragment.range);
        let (mut divisions, penalty) = if !by_author.is_empty() {
            (by_author, HYPHEN_PENALTY)
        } else if self.setup.hyphenate || anywhere {
            let text = &self.inline.text[fragment.range.clone()];
            let language = self.inline.pieces[fragment.piece].language;
            let penalty = if self.may_be_name(fragment) { HYPHEN_IN_NAME_PENALTY } else { HYPHEN_PENALTY };
            (self.typesetter.divisions(text, language).to_vec(), penalty)
        } else {
            (Vec::new(), 0)
        };
        divisions.retain(|at| self.itemised.clusters.is_boundary(fragment.range.start + at));
        (divisions, penalty)
    }

    /// Adds breakpoints between all clusters of a word, or of a part between hyphenation points that is wider than the
    /// measure.
    fn divide_anywhere(&mut self, index: usize, fragment: &Fragment, part: Range<usize>) {
        let width = self.splits.before(part.end).0 - self.splits.before(part.start).0;
        let hyphen = Length::from_units(self.hyphen_width(fragment));
        if part.len() < fragment.range.len() && width + hyphen <= self.setup.narrowest() {
            return;
        }
        let clusters = &self.itemised.clusters;
        let starts = self.splits.starts().filter(|at| part.start < *at && *at < part.end);
        let starts: Vec<usize> =
            starts.filter(|at| clusters.is_boundary(fragment.range.start + at)).collect();
        for at in starts {
            self.divide(index, fragment, at, ANYWHERE_PENALTY, false);
        }
    }

    /// Returns whether a word begins with a capital inside a sentence.
    fn may_be_name(&self, fragment: &Fragment) -> bool {
        let (before, from) = self.inline.text.split_at(fragment.range.start);
        let capital = from.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
        let before = before.trim_end().trim_end_matches(|c: char| c.is_ascii_digit()).chars().next_back();
        capital && before.is_some_and(|c| !matches!(c, '.' | '!' | '?' | '…' | ':'))
    }

    fn read_splits(&mut self, fragment: &Fragment) {
        let size = self.inline.pieces[fragment.piece].style.size;
        self.splits.read(&fragment.word, fragment.setting, size);
    }

    /// Adds a breakpoint inside the word whose splits were read last.
    fn divide(&mut self, index: usize, fragment: &Fragment, at: usize, penalty: i64, hyphen: bool) {
        let size = self.inline.pieces[fragment.piece].style.size;
        let text = &self.inline.text[fragment.range.clone()];
        let (cut, count) = self.splits.before(at);
        let (end_extra, start_extra) =
            self.splits.extra_widths(text, at, fragment.setting, size, self.typesetter);
        let mut sums = self.sums;
        sums.width += cut.units();
        if self.setup.align == Align::Justified && is_flexible(fragment) {
            sums.flex += flex(cut, count, size);
        }
        let hyphen_width = if hyphen { self.hyphen_width(fragment) } else { 0 };
        self.push(Breakpoint {
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

    /// Returns the width of an added hyphen, without its overhang.
    fn hyphen_width(&mut self, fragment: &Fragment) -> i64 {
        let size = self.inline.pieces[fragment.piece].style.size;
        let hyphen = hyphen_for(fragment, &self.typesetter.fonts);
        let word = self.typesetter.word(hyphen, fragment.setting);
        let width = word.width(fragment.setting.face, size);
        if !self.setup.hangs() || fragment.level.number() > 0 {
            return width.units();
        }
        (width - hanging_punctuation::hang_at_end(hyphen, &word, fragment.setting, size)).units()
    }
}

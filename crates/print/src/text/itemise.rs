//! Itemisation: cuts a paragraph into fragments with one piece, direction, script and face, none of which crosses a
//! line-break opportunity.

use crate::text::is_default_ignorable;
use std::ops::Range;
use std::rc::Rc;

use harfrust::Script;
use unicode_bidi::{BidiClass, BidiDataSource, HardcodedBidiData, Level, ParagraphBidiInfo};

use crate::fonts::FaceId;
use crate::text::Typesetter;
use crate::text::address_ranges::{addresses, is_inside};
use crate::text::grapheme_clusters::GraphemeClusters;
use crate::text::inline::Inline;
use crate::text::line_opportunities::line_opportunities;
use crate::text::number_ranges::divides_number;
use crate::text::shaping::{Setting, Word};
use crate::text::text_style::Figures;
use crate::units::Length;

/// A part of a paragraph that is shaped as a unit.
#[derive(Clone, Debug)]
pub(crate) struct Fragment {
    pub(crate) range: Range<usize>,
    pub(crate) piece: usize,
    pub(crate) level: Level,
    pub(crate) setting: Setting,
    pub(crate) kind: FragmentKind,
    pub(crate) width: Length,
    pub(crate) word: Rc<Word>,
}

/// Kinds of fragments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FragmentKind {
    /// Text.
    Word,
    /// Word space that justification may stretch: U+0020 and U+00A0.
    Space,
    /// A drawing: a sign, the box of a missing character, or the bar of withheld text.
    Drawn,
}

/// A paragraph ready for line breaking.
pub(crate) struct Itemised {
    pub(crate) fragments: Vec<Fragment>,
    /// Line-break opportunities as byte offsets, the text's end last.
    pub(crate) opportunities: Vec<usize>,
    /// Further ones inside of numbers, for columns that are too narrow otherwise.
    pub(crate) inside_numbers: Vec<usize>,
    pub(crate) base: Level,
    /// The text's grapheme clusters.
    pub(crate) clusters: GraphemeClusters,
    /// Ranges of the text that are addresses.
    pub(crate) addresses: Vec<Range<usize>>,
}

/// The properties that all characters of a fragment share.
#[derive(Clone, Copy, PartialEq)]
struct Traits {
    piece: usize,
    level: Level,
    script: Script,
    face: FaceId,
    kind: FragmentKind,
}

pub(crate) fn itemise(inline: &Inline, right_to_left: bool, typesetter: &mut Typesetter) -> Itemised {
    let base = if right_to_left { Level::rtl() } else { Level::ltr() };
    let levels = levels(&inline.text, base);
    let (clusters, addresses) = (GraphemeClusters::for_lines(&inline.text), addresses(&inline.text));
    let opportunities = line_opportunities(&inline.text, &clusters, &addresses);
    let mut cutter = Cutter { inline, typesetter, opportunities: &opportunities, fragments: Vec::new() };
    cutter.cut(base, levels.as_deref());
    let fragments = cutter.fragments;
    let divides = |at: &usize| !is_inside(&addresses, *at) && divides_number(&inline.text, *at);
    let (inside_numbers, opportunities) = opportunities.into_iter().partition(divides);
    Itemised { fragments, opportunities, inside_numbers, base, clusters, addresses }
}

/// Returns the bidi level of each byte, or `None` if all text is left-to-right.
fn levels(text: &str, base: Level) -> Option<Vec<Level>> {
    // Characters below U+0590 have no right-to-left class.
    if base.is_ltr() && text.chars().all(|c| c < '\u{590}') {
        return None;
    }
    if base.is_ltr() {
        return Some(ParagraphBidiInfo::new(text, Some(base)).levels);
    }
    Some(ParagraphBidiInfo::new_with_data_source(&ArabicNumbers, text, Some(base)).levels)
}

/// Bidi classes of paragraphs that run from right to left: Persian digits are Arabic numbers (UAX #9, HL2). By default
/// they are so only after an Arabic letter, so that a percent sign would be on the left of a number in a sentence and on
/// the right of the same number in a cell.
struct ArabicNumbers;

impl BidiDataSource for ArabicNumbers {
    fn bidi_class(&self, c: char) -> BidiClass {
        match c {
            '\u{6f0}'..='\u{6f9}' => BidiClass::AN,
            _ => HardcodedBidiData.bidi_class(c),
        }
    }
}

struct Cutter<'a> {
    inline: &'a Inline,
    typesetter: &'a mut Typesetter,
    opportunities: &'a [usize],
    fragments: Vec<Fragment>,
}

impl Cutter<'_> {
    fn cut(&mut self, base: Level, levels: Option<&[Level]>) {
        let text = &self.inline.text;
        let mut piece = 0;
        let mut opportunity = 0;
        let mut start = 0;
        let mut current: Option<Traits> = None;
        for (at, c) in text.char_indices() {
            while piece + 1 < self.inline.pieces.len() && at >= self.inline.pieces[piece].range.end {
                piece += 1;
            }
            while opportunity < self.opportunities.len() && self.opportunities[opportunity] < at {
                opportunity += 1;
            }
            let may_break = self.opportunities.get(opportunity) == Some(&at);
            let level = levels.map_or(base, |levels| levels[at]);
            let traits = self.traits(c, piece, level, current);
            if let Some(before) = current
                && (before != traits || may_break)
            {
                self.finish(start..at, before);
                start = at;
            }
            current = Some(traits);
        }
        if let Some(last) = current {
            self.finish(start..text.len(), last);
        }
    }

    fn traits(&self, c: char, piece: usize, level: Level, before: Option<Traits>) -> Traits {
        let style = &self.inline.pieces[piece].style;
        let before = before.filter(|before| before.piece == piece);
        if self.inline.drawn_width(&self.inline.pieces[piece]).is_some() {
            return Traits { piece, level, script: LATIN, face: style.face(), kind: FragmentKind::Drawn };
        }
        let fonts = &self.typesetter.fonts;
        let own = script_of(c);
        let ignorable = is_default_ignorable(c);
        let marks = |before: &Traits| {
            own == Script::INHERITED && before.kind == FragmentKind::Word && fonts.covers(before.face, c)
        };
        if let Some(before) = before.filter(|before| ignorable || marks(before)) {
            return before;
        }
        let borrowed = |face: FaceId, c: char| c.is_ascii() && matches!(face, FaceId::Added(_));
        let shared = own == Script::COMMON || own == Script::INHERITED;
        let before = before.filter(|before| before.level == level);
        let script = if shared { before.map_or(LATIN, |before| before.script) } else { own };
        let kind = if matches!(c, ' ' | '\u{a0}') { FragmentKind::Space } else { FragmentKind::Word };
        let face = match before {
            // Digits and spaces take the face of the letters before them, except an added face's.
            Some(before) if shared && !borrowed(before.face, c) && fonts.covers(before.face, c) => {
                before.face
            }
            _ => fonts.face_for(style, script == ARABIC, c).unwrap_or(style.face()),
        };
        Traits { piece, level, script, face, kind }
    }

    fn finish(&mut self, range: Range<usize>, traits: Traits) {
        let piece = &self.inline.pieces[traits.piece];
        let setting = Setting {
            face: traits.face,
            script: traits.script,
            right_to_left: traits.level.is_rtl(),
            language: piece.language,
            figures: figures_of(traits.face, piece.style.figures),
        };
        let drawn = self.inline.drawn_width(piece);
        let shown = if drawn.is_some() { "" } else { &self.inline.text[range.clone()] };
        let word = self.typesetter.word(shown, setting);
        let width = drawn.unwrap_or_else(|| word.width(traits.face, piece.style.size));
        let (piece, level, kind) = (traits.piece, traits.level, traits.kind);
        self.fragments.push(Fragment { range, piece, level, setting, kind, width, word });
    }
}

/// Returns the spacing of digits: the faces for Arabic script set tabular digits too far apart.
const fn figures_of(face: FaceId, figures: Figures) -> Figures {
    match face {
        FaceId::Naskh | FaceId::NaskhBold | FaceId::Vazirmatn | FaceId::VazirmatnBold => {
            Figures::Proportional
        }
        _ => figures,
    }
}

const LATIN: Script = Script::LATIN;
pub(crate) const ARABIC: Script = Script::ARABIC;

fn script_of(c: char) -> Script {
    if c.is_ascii_alphabetic() {
        return LATIN;
    }
    if c.is_ascii() {
        return Script::COMMON;
    }
    harfrust::unicode::script(u32::from(c))
}

#[cfg(test)]
mod tests {
    use unicode_bidi::Level;

    use super::levels;

    #[test]
    fn the_percent_sign_of_a_persian_number_is_on_its_left_whatever_is_before_it() {
        for before in ["", "نرخ ", "Iran ", "12 "] {
            let text = format!("{before}\u{6f6}\u{6f0}\u{66a}");
            let levels = levels(&text, Level::rtl()).unwrap();
            let (number, sign) = (levels[before.len()], levels[text.len() - 1]);
            assert!(number.is_ltr() && sign.is_rtl(), "{before:?}: {number:?} {sign:?}");
        }
    }
}

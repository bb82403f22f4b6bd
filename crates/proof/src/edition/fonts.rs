//! Embedded fonts: which glyph of its face each code shows.

use std::collections::BTreeMap;

use chancery_print::expected_content::ExpectedContent;
use chancery_print::fonts::{EmbeddedFont, FaceGlyphs};

use crate::edition::shown_glyphs::{self, Showing, plain};
use crate::form::{Document, Font};
use crate::refusal::{Place, Refusal};

/// The codes of a font.
pub(super) struct IdentifiedFont {
    pub(super) face: usize,
    /// By code from 1: the glyph in the face, and how it shows the code's text.
    pub(super) codes: Vec<(u16, Showing)>,
}

/// Finds the glyphs of all codes. A code whose text no glyph of its outline can show is refused.
pub(super) fn identify(
    document: &Document,
    expected: &ExpectedContent,
) -> Result<Vec<IdentifiedFont>, Refusal> {
    document.fonts.iter().map(|font| identify_font(font, document, expected)).collect()
}

fn identify_font(
    font: &Font,
    document: &Document,
    expected: &ExpectedContent,
) -> Result<IdentifiedFont, Refusal> {
    let wrong = |what: String| Refusal::new("GLYPH", Place::Object(font.id), what);
    let face = expected.fonts().glyphs(font.face).ok_or_else(|| wrong("the font has no face".to_owned()))?;
    let program = document.inflated.get(&font.program).and_then(|program| EmbeddedFont::read(program));
    let program = program.ok_or_else(|| wrong("the font program is none".to_owned()))?;
    // A glyph of the program is one glyph of the face, whichever of its codes shows it.
    let mut by_glyph: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
    for (index, code) in font.codes.iter().enumerate() {
        by_glyph.entry(code.glyph).or_default().push(index);
    }
    let mut codes: Vec<Option<(u16, Showing)>> = vec![None; font.codes.len()];
    for (glyph, indices) in by_glyph {
        let texts: Vec<&str> = indices.iter().map(|index| &*font.codes[*index].text).collect();
        let candidates = face.like(&program, glyph);
        let found = best(face, candidates, &texts).or_else(|| {
            let is_reordered = font.face >= VENDORED_FACES && texts.iter().all(|text| reorders(text));
            let any = candidates.first().filter(|_| is_reordered)?;
            Some((*any, vec![Showing::Whole; texts.len()]))
        });
        let (original, showing) = found.ok_or_else(|| wrong(format!("a glyph cannot show {texts:?}")))?;
        for (index, showing) in indices.into_iter().zip(showing) {
            codes[index] = Some((original, showing));
        }
    }
    Ok(IdentifiedFont { face: font.face, codes: codes.into_iter().flatten().collect() })
}

/// Number of vendored faces; they have no script whose glyphs change places.
const VENDORED_FACES: usize = 12;

/// Returns whether a text is of a script whose shapers reorder the glyphs of a syllable, so that the printer's code for a
/// glyph may have the text of another of the same syllable: the scripts of India and South-East Asia (by Unicode blocks).
fn reorders(text: &str) -> bool {
    text.chars().all(|character| {
        matches!(character, '\u{900}'..='\u{DFF}' | '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}'
            | '\u{1700}'..='\u{17FF}' | '\u{1900}'..='\u{1CFF}' | '\u{A800}'..='\u{AAFF}' | '\u{200C}' | '\u{200D}')
    })
}

/// Returns the glyph that shows some texts best among those of one outline, and how it shows each of them.
fn best(face: &FaceGlyphs, candidates: &[u16], texts: &[&str]) -> Option<(u16, Vec<Showing>)> {
    let mut best: Option<(u32, u16, Vec<Showing>)> = None;
    for glyph in candidates {
        let own = face.texts(*glyph);
        let showing: Option<Vec<Showing>> =
            texts.iter().map(|text| shown_glyphs::showing(own, text)).collect();
        let Some(showing) = showing else { continue };
        let ranks = texts.iter().zip(&showing).map(|(text, showing)| rank(own, text, showing));
        let rank = ranks.sum::<u32>();
        if best.as_ref().is_none_or(|(lowest, ..)| rank < *lowest) {
            best = Some((rank, *glyph, showing));
        }
        // None is better than the one that the shaper takes.
        if rank == 0 {
            break;
        }
    }
    let (_, glyph, mut showing) = best?;
    for showing in &mut showing {
        if let Showing::Further { texts } = showing {
            *texts = further_texts(face, candidates);
        }
    }
    Some((glyph, showing))
}

/// Returns the texts of all glyphs of one outline: the text of a further glyph does not say which of them it is.
fn further_texts(face: &FaceGlyphs, candidates: &[u16]) -> Vec<Vec<char>> {
    let mut texts: Vec<Vec<char>> =
        candidates.iter().flat_map(|glyph| face.texts(*glyph)).map(|text| plain(text)).collect();
    texts.sort();
    texts.dedup();
    texts
}

/// Returns how far a glyph is from being the one that the shaper takes for a text: faces have glyphs of the same outline
/// for a space and a no-break space, or for a letter and its presentation form.
fn rank(own: &[Box<str>], text: &str, showing: &Showing) -> u32 {
    let shows = |wanted: &str| own.iter().any(|own| **own == *wanted);
    match showing {
        Showing::Whole if shows(text) => 0,
        Showing::Whole if shows(" ") => 1,
        Showing::Whole => 2,
        Showing::Part { .. } => 3,
        Showing::Further { .. } => 4,
    }
}

//! Shaping of words to glyphs in font units, cached per word, face, script, direction, language and digit style.

use std::collections::HashMap;
use std::rc::Rc;

use harfrust::{Buffer, BufferFlags, ClusterLevel, Direction, Feature, Script, ShapeOptions, ShapePlan};
use harfrust::{ShaperFont, Tag};

use crate::activity;
use crate::fonts::{FaceId, Fonts};
use crate::text::default_ignorable::is_default_ignorable;
use crate::text::languages::{LanguageId, Languages};
use crate::text::text_style::Figures;
use crate::units::Length;

/// Parameters that a shaped word depends on besides its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) face: FaceId,
    pub(crate) script: Script,
    pub(crate) right_to_left: bool,
    pub(crate) language: LanguageId,
    pub(crate) figures: Figures,
}

/// A shaped word, glyphs from left to right, in font units.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) glyphs: Vec<WordGlyph>,
}

#[derive(Clone, Debug)]
pub(crate) struct WordGlyph {
    pub(crate) id: u16,
    pub(crate) advance: i32,
    pub(crate) natural: i32,
    pub(crate) offset: (i32, i32),
    /// The byte range of its cluster in the word.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Whether a line break before this cluster changes the glyphs around it.
    pub(crate) unsafe_to_break: bool,
}

impl Word {
    pub(crate) fn width(&self, face: FaceId, size: Length) -> Length {
        self.glyphs.iter().map(|glyph| scale(face, size, glyph.advance)).sum()
    }
}

/// Converts font units to a length at a type size, rounded to the nearest unit of [`Length`].
pub(crate) fn scale(face: FaceId, size: Length, font_units: i32) -> Length {
    let em = face.units_per_em();
    Length::from_units((i64::from(font_units) * size.units() + em / 2).div_euclid(em))
}

/// Shape plans, fonts and shaped words of one print.
#[derive(Default)]
pub(crate) struct Shaper {
    /// The vendored faces by index.
    fonts: [Option<ShaperFont<'static, 'static>>; FaceId::ALL.len()],
    plans: Vec<Plan>,
    buffer: Option<Buffer>,
    /// Number of bytes shaped so far.
    #[cfg(test)]
    pub(crate) shaped_bytes: usize,
}

struct Plan {
    setting: Setting,
    features: ShapePlan,
    words: HashMap<Box<str>, Rc<Word>>,
}

impl Shaper {
    /// Returns the glyphs of a word, from the cache if possible.
    pub(crate) fn word(
        &mut self,
        text: &str,
        setting: Setting,
        languages: &Languages,
        fonts: &Fonts,
    ) -> Rc<Word> {
        let index = self.plan(setting, languages, fonts);
        if let Some(word) = self.plans[index].words.get(text) {
            return Rc::clone(word);
        }
        let word = Rc::new(self.shape(text, index, fonts));
        self.plans[index].words.insert(text.into(), Rc::clone(&word));
        word
    }

    /// Shapes a text without caching it.
    pub(crate) fn unshared_word(
        &mut self,
        text: &str,
        setting: Setting,
        languages: &Languages,
        fonts: &Fonts,
    ) -> Word {
        let index = self.plan(setting, languages, fonts);
        self.shape(text, index, fonts)
    }

    fn plan(&mut self, setting: Setting, languages: &Languages, fonts: &Fonts) -> usize {
        // A brief has a handful of plans, so a linear search is enough.
        if let Some(index) = self.plans.iter().position(|plan| plan.setting == setting) {
            return index;
        }
        let features = ShapePlan::new(
            fonts.font(setting.face),
            direction(setting),
            Some(setting.script),
            languages.shaping(setting.language),
            &[figures(setting.figures)],
        );
        self.plans.push(Plan { setting, features, words: HashMap::new() });
        self.plans.len() - 1
    }

    fn shape(&mut self, text: &str, index: usize, fonts: &Fonts) -> Word {
        #[cfg(test)]
        {
            self.shaped_bytes += text.len();
        }
        activity::record();
        let plan = &self.plans[index];
        let mut buffer = self.buffer.take().unwrap_or_default();
        let face = plan.setting.face;
        let glyphs = if let FaceId::Added(_) = face {
            glyphs(&ShaperFont::new(fonts.font(face)), &mut buffer, text, plan)
        } else {
            let font = self.fonts[face.index()].get_or_insert_with(|| ShaperFont::new(face.font()));
            glyphs(font, &mut buffer, text, plan)
        };
        self.buffer = Some(buffer);
        Word { glyphs }
    }
}

fn glyphs(font: &ShaperFont, buffer: &mut Buffer, text: &str, plan: &Plan) -> Vec<WordGlyph> {
    let Plan { setting, features: plan, .. } = plan;
    buffer.reset();
    buffer.push_str(text);
    buffer.set_direction(direction(*setting));
    buffer.set_script(Some(setting.script));
    buffer.set_language(plan.language().cloned());
    buffer.set_cluster_level(ClusterLevel::MonotoneCharacters);
    buffer.set_flags(BufferFlags::REMOVE_DEFAULT_IGNORABLES | BufferFlags::DO_NOT_INSERT_DOTTED_CIRCLE);
    let features = [figures(setting.figures)];
    let options = ShapeOptions::new().plan(Some(plan)).features(&features);
    let shaped = harfrust::shape(font, buffer, options).is_ok();
    let mut glyphs = if shaped { read_out(font, buffer, text.len()) } else { Vec::new() };
    hide_ignorables(font, text, &mut glyphs);
    if glyphs.is_empty() && !text.is_empty() {
        glyphs.extend(invisible(font, text.len()));
    }
    glyphs
}

fn direction(setting: Setting) -> Direction {
    if setting.right_to_left { Direction::RightToLeft } else { Direction::LeftToRight }
}

fn figures(figures: Figures) -> Feature {
    let tag = match figures {
        Figures::Proportional => Tag::new(b"pnum"),
        Figures::Tabular => Tag::new(b"tnum"),
    };
    Feature::new(tag, 1, ..)
}

/// Hides default-ignorable characters without a glyph: the shaper keeps a few of them (Hangul fillers).
fn hide_ignorables(font: &ShaperFont, text: &str, glyphs: &mut [WordGlyph]) {
    for glyph in glyphs.iter_mut().filter(|glyph| glyph.id == 0) {
        let cluster = text.get(glyph.start as usize..glyph.end as usize).unwrap_or("");
        if cluster.chars().all(is_default_ignorable)
            && let Some(invisible) = invisible(font, text.len())
        {
            *glyph = WordGlyph { start: glyph.start, end: glyph.end, ..invisible };
        }
    }
}

/// Returns a space glyph without advance, so that invisible text can be read back.
fn invisible(font: &ShaperFont, length: usize) -> Option<WordGlyph> {
    let space = font.nominal_glyph(u32::from(' '))?;
    Some(WordGlyph {
        id: u16::try_from(space.to_u32()).ok()?,
        advance: 0,
        natural: font.glyph_h_advance(space),
        offset: (0, 0),
        start: 0,
        end: u32::try_from(length).unwrap_or(u32::MAX),
        unsafe_to_break: false,
    })
}

/// Reads the buffer. A cluster's text extends to the next cluster, so that characters without a glyph (joiners,
/// variation selectors) stay with the character before them.
fn read_out(font: &ShaperFont, buffer: &Buffer, length: usize) -> Vec<WordGlyph> {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    let mut starts: Vec<u32> = buffer.glyph_infos().iter().map(|info| info.cluster).collect();
    starts.sort_unstable();
    starts.dedup();
    let range = |cluster: u32| {
        let at = starts.partition_point(|start| *start < cluster);
        let start = if at == 0 { 0 } else { cluster };
        (start, starts.get(at + 1).copied().unwrap_or(length))
    };
    let infos = buffer.glyph_infos().iter().zip(buffer.glyph_positions());
    infos
        .map(|(info, position)| {
            let (start, end) = range(info.cluster);
            let id = u16::try_from(info.glyph_id).unwrap_or(0);
            WordGlyph {
                id,
                advance: position.x_advance,
                natural: font.glyph_h_advance(harfrust::GlyphId::new(u32::from(id))),
                offset: (position.x_offset, position.y_offset),
                start,
                end,
                unsafe_to_break: info.unsafe_to_break(),
            }
        })
        .collect()
}

//! Outlines of glyphs as path data.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider as _};

use crate::fonts::{FaceId, Fonts};
use crate::hexadecimal;
use crate::pages::{Item, Page};
use crate::write::WriteError;

/// Number of digest bytes in an id.
const ID_BYTES: usize = 6;

/// The outlines of a page's glyphs, in font units with y upwards.
#[derive(Default)]
pub(super) struct Outlines {
    /// Ids of the outlines; glyphs without one, such as spaces, have none.
    ids: BTreeMap<(FaceId, u16), Option<String>>,
    /// Path data by id.
    paths: BTreeMap<String, String>,
}

impl Outlines {
    /// Reads the outlines of all glyphs of a page.
    pub(super) fn of(page: &Page, fonts: &Fonts) -> Result<Self, WriteError> {
        let mut glyphs = BTreeMap::new();
        page.items.iter().for_each(|placed| collect_glyphs(&placed.item, &mut glyphs));
        let mut outlines = Self::default();
        for (face, ids) in glyphs {
            outlines.add(face, &ids, fonts).map_err(|what| WriteError::Font { face, what })?;
        }
        Ok(outlines)
    }

    fn add(&mut self, face: FaceId, glyphs: &BTreeSet<u16>, fonts: &Fonts) -> Result<(), String> {
        let font = FontRef::new(fonts.bytes(face)).map_err(|error| error.to_string())?;
        let outlines = font.outline_glyphs();
        for &glyph in glyphs {
            let outline = outlines.get(GlyphId::from(glyph)).ok_or_else(|| format!("no glyph {glyph}"))?;
            let mut pen = PathData::default();
            let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
            outline.draw(settings, &mut pen).map_err(|error| format!("glyph {glyph}: {error}"))?;
            let id = (!pen.0.is_empty()).then(|| id_of(&pen.0));
            if let Some(id) = &id {
                self.paths.insert(id.clone(), pen.0);
            }
            self.ids.insert((face, glyph), id);
        }
        Ok(())
    }

    /// Returns the id of a glyph's outline, or `None` if it has none.
    pub(super) fn id(&self, face: FaceId, glyph: u16) -> Option<&str> {
        self.ids.get(&(face, glyph))?.as_deref()
    }

    /// Returns ids with their path data, in order of the ids.
    pub(super) fn paths(&self) -> impl Iterator<Item = (&str, &str)> {
        self.paths.iter().map(|(id, path)| (id.as_str(), path.as_str()))
    }
}

/// Returns an id for path data. A page may contain several drawings, whose ids must not mean different outlines.
fn id_of(path: &str) -> String {
    format!("g{}", hexadecimal::lower(&Sha256::digest(path)[..ID_BYTES]))
}

fn collect_glyphs(item: &Item, glyphs: &mut BTreeMap<FaceId, BTreeSet<u16>>) {
    match item {
        Item::Run(run) => glyphs.entry(run.face).or_default().extend(run.glyphs.iter().map(|glyph| glyph.id)),
        Item::Repeated(items) => items.iter().for_each(|item| collect_glyphs(item, glyphs)),
        Item::Path(_) | Item::Image { .. } | Item::LinkArea { .. } => {}
    }
}

/// Path data (SVG 2, 9.3). Coordinates of unscaled outlines are multiples of half a font unit; floats are written in
/// their shortest decimal form, which is the same on every machine.
#[derive(Default)]
struct PathData(String);

impl PathData {
    fn add(&mut self, command: char, coordinates: &[f32]) {
        self.0.push(command);
        for (index, coordinate) in coordinates.iter().enumerate() {
            let separator = if index > 0 { " " } else { "" };
            // Writing to a String does not fail.
            let _ = write!(self.0, "{separator}{coordinate}");
        }
    }
}

impl OutlinePen for PathData {
    fn move_to(&mut self, x: f32, y: f32) {
        self.add('M', &[x, y]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.add('L', &[x, y]);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        self.add('Q', &[cx0, cy0, x, y]);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.add('C', &[cx0, cy0, cx1, cy1, x, y]);
    }

    fn close(&mut self) {
        self.add('Z', &[]);
    }
}

//! The fonts of a print: vendored faces, and fonts that an operator adds for other scripts. The caller reads the files;
//! this module checks them. Either all added fonts can be embedded in a PDF, or none is accepted.

use std::fmt;
use std::sync::{Arc, OnceLock};

use harfrust::Font;
use read_fonts::tables::os2::Os2;
use read_fonts::types::GlyphId;
use read_fonts::{FontRef, TableProvider as _};
use sha2::{Digest as _, Sha256};

use crate::environment::environment;
use crate::fonts::subset::embedded_subset;
use crate::fonts::{AddedFace, FaceGlyphs, FaceId};
use crate::hexadecimal;
use crate::text::text_style::{TextStyle, Weight};

/// Maximum number of added fonts.
const MAX_FONTS: usize = 64;
/// Maximum total size of added fonts; fonts for Chinese have about ten million bytes each.
const MAX_BYTES: usize = 512 << 20;

/// One letter of each script whose letters join (Arabic, Syriac, N'Ko, Mongolian, Devanagari, Bengali, Gurmukhi).
/// Letterspace would tear the letters apart.
const JOINED: [char; 7] = ['\u{628}', '\u{712}', '\u{7CA}', '\u{182E}', '\u{915}', '\u{995}', '\u{A15}'];

/// The faces of a print: the vendored ones, followed by added ones in the order of their names. Cheap to clone.
#[derive(Clone, Default)]
pub struct Fonts {
    added: Arc<[Added]>,
    /// Digest of all fonts; empty without added fonts.
    digest: String,
}

/// An added font.
struct Added {
    name: String,
    postscript_name: String,
    bytes: Arc<Vec<u8>>,
    font: Font,
    units_per_em: u16,
    is_bold: bool,
    is_italic: bool,
    joins: bool,
    glyphs: OnceLock<FaceGlyphs>,
}

/// Reasons why fonts cannot be added. Each names the font: leave it out, or use another format of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FontError {
    /// More fonts than allowed.
    #[error("more than {MAX_FONTS} fonts")]
    TooMany,
    /// The fonts exceed the total size.
    #[error("the fonts have more than {MAX_BYTES} bytes in total")]
    TooLarge,
    /// Two fonts have the same name.
    #[error("{0}: two fonts have this name")]
    Twice(String),
    /// The file is a collection of several faces.
    #[error("{0}: is a font collection; extract its faces into separate files")]
    Collection(String),
    /// The font is variable.
    #[error("{0}: is a variable font; use a static instance")]
    Variable(String),
    /// The outlines are not TrueType outlines.
    #[error("{0}: has no TrueType outlines; use the .ttf file instead of the .otf file")]
    Outlines(String),
    /// The licence bits do not allow embedding a subset (OS/2 `fsType`).
    #[error("{0}: the licence bits do not allow embedding a subset (OS/2 fsType {1:#06x})")]
    NotEmbeddable(String, u16),
    /// The file is damaged or not a font.
    #[error("{0}: cannot be read: {1}")]
    Broken(String, String),
}

impl Fonts {
    /// Adds fonts, each with its name and its file's bytes, to the vendored faces. Their order does not matter.
    ///
    /// # Errors
    /// If one of them cannot be embedded; it is named.
    pub fn new(mut files: Vec<(String, Vec<u8>)>) -> Result<Self, FontError> {
        if files.len() > MAX_FONTS {
            return Err(FontError::TooMany);
        }
        if files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > MAX_BYTES {
            return Err(FontError::TooLarge);
        }
        files.sort();
        if let Some(pair) = files.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(FontError::Twice(pair[0].0.clone()));
        }
        let digest = if files.is_empty() { String::new() } else { digest(&files) };
        let added: Result<Vec<Added>, FontError> =
            files.into_iter().map(|(name, bytes)| Added::new(name, bytes)).collect();
        Ok(Self { added: added?.into(), digest })
    }

    /// Returns the SHA-256 over all fonts in lower-case hexadecimal. Together with the printer version it determines a
    /// print's bytes.
    pub fn digest(&self) -> &str {
        if self.added.is_empty() { environment().fonts_digest } else { &self.digest }
    }

    /// Returns the names of the added fonts, in order.
    pub fn added(&self) -> impl Iterator<Item = &str> {
        self.added.iter().map(|added| added.name.as_str())
    }

    /// Returns the code points that the faces map to a glyph, in no order and with repetitions.
    pub(crate) fn mapped_code_points(&self) -> impl Iterator<Item = u32> {
        let vendored = FaceId::ALL.iter().map(|face| face.font());
        let fonts = vendored.chain(self.added.iter().map(|added| &added.font));
        fonts.flat_map(|font| font.charmap().unicodes()).map(|(code_point, _)| code_point)
    }

    /// Returns the face for a character: the first of the style's faces that has a glyph for it, otherwise the first
    /// such added font, preferring the style's weight and slant. `None` if no face has a glyph.
    pub(crate) fn face_for(&self, style: &TextStyle, arabic: bool, c: char) -> Option<FaceId> {
        let vendored = style.candidates(arabic).into_iter().find(|face| face.covers(c));
        vendored.or_else(|| {
            let bold = style.weight != Weight::Regular;
            let unlike = |added: &Added| (added.is_bold != bold, added.is_italic != style.italic);
            let having = (0..).zip(self.added.iter()).filter(|(_, added)| added.covers(c));
            let (index, added) = having.min_by_key(|(_, added)| unlike(added))?;
            let Added { units_per_em, joins, .. } = *added;
            Some(FaceId::Added(AddedFace { index, units_per_em, joins }))
        })
    }

    /// Returns whether a face has a glyph for a character, or for its substitute in the shaper.
    pub(crate) fn covers(&self, face: FaceId, c: char) -> bool {
        match self.get(face) {
            Some(added) => added.covers(c),
            None => face.covers(c),
        }
    }

    /// Returns the face of an index among all faces.
    pub(crate) fn face_at(&self, index: usize) -> Option<FaceId> {
        if let Some(face) = FaceId::ALL.get(index) {
            return Some(*face);
        }
        let index = index - FaceId::ALL.len();
        let Added { units_per_em, joins, .. } = *self.added.get(index)?;
        Some(FaceId::Added(AddedFace { index: u16::try_from(index).ok()?, units_per_em, joins }))
    }

    /// Returns the glyphs of the face of an index among all faces: vendored ones first, then added ones. They are read
    /// once in a process.
    pub fn glyphs(&self, index: usize) -> Option<&FaceGlyphs> {
        match self.face_at(index)? {
            FaceId::Added(face) => {
                let added = self.added.get(usize::from(face.index))?;
                Some(added.glyphs.get_or_init(|| FaceGlyphs::of(&added.bytes)))
            }
            face => Some(face.glyphs()),
        }
    }

    /// Returns the parsed face.
    pub(crate) fn font(&self, face: FaceId) -> &Font {
        self.get(face).map_or_else(|| face.font(), |added| &added.font)
    }

    /// Returns the face's OpenType bytes.
    pub(crate) fn bytes(&self, face: FaceId) -> &[u8] {
        self.get(face).map_or_else(|| face.bytes(), |added| added.bytes.as_slice())
    }

    /// Returns the face's PostScript name, without a subset's prefix.
    pub(crate) fn postscript_name(&self, face: FaceId) -> &str {
        self.get(face).map_or_else(|| face.postscript_name(), |added| &added.postscript_name)
    }

    fn get(&self, face: FaceId) -> Option<&Added> {
        match face {
            FaceId::Added(face) => self.added.get(usize::from(face.index)),
            _ => None,
        }
    }
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_list().entries(self.added()).finish()
    }
}

impl Added {
    fn new(name: String, bytes: Vec<u8>) -> Result<Self, FontError> {
        if bytes.starts_with(b"ttcf") {
            return Err(FontError::Collection(name));
        }
        let broken = |name: &str, what: &str| FontError::Broken(name.to_owned(), what.to_owned());
        let bytes = Arc::new(bytes);
        let read = FontRef::new(&bytes).map_err(|error| broken(&name, &error.to_string()))?;
        if read.fvar().is_ok() {
            return Err(FontError::Variable(name));
        }
        if read.glyf().is_err() || read.loca(None).is_err() {
            return Err(FontError::Outlines(name));
        }
        // A file without an OS/2 table does not restrict embedding.
        let os2 = read.os2().ok();
        let rights = os2.as_ref().map_or(0, Os2::fs_type);
        if !may_be_embedded(rights) {
            return Err(FontError::NotEmbeddable(name, rights));
        }
        let tables = check_tables(&read).map_err(|error| broken(&name, &error.to_string()))?;
        let unreadable = || broken(&name, "its tables are inconsistent");
        let all: Vec<u16> = (0..tables.glyphs).collect();
        embedded_subset(&bytes, &all).map_err(|what| broken(&name, &what))?;
        let shared: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::<Vec<u8>>::clone(&bytes);
        let font = Font::new(shared, 0).ok_or_else(unreadable)?;
        let style = read.head().map(|head| head.mac_style().bits()).unwrap_or_default();
        let postscript_name = postscript_name(&read, &name);
        let (is_bold, is_italic) = (style & 1 != 0, style & 2 != 0);
        let units_per_em = tables.units_per_em;
        let charmap = font.charmap();
        let joins = JOINED.iter().any(|&c| charmap.map_unicode(c).is_some());
        Ok(Self {
            name,
            postscript_name,
            bytes,
            font,
            units_per_em,
            is_bold,
            is_italic,
            joins,
            glyphs: OnceLock::new(),
        })
    }

    fn covers(&self, c: char) -> bool {
        let charmap = self.font.charmap();
        charmap.map_unicode(c).is_some_and(|glyph| glyph.to_u32() != 0)
    }
}

struct Tables {
    units_per_em: u16,
    glyphs: u16,
}

/// Reads the tables that a print needs.
fn check_tables(font: &FontRef) -> Result<Tables, read_fonts::ReadError> {
    font.cmap()?;
    font.hhea()?;
    let glyphs = font.maxp()?.num_glyphs();
    let last = GlyphId::new(u32::from(glyphs.saturating_sub(1)));
    font.hmtx()?.advance(last).ok_or(read_fonts::ReadError::OutOfBounds)?;
    let units_per_em = font.head()?.units_per_em();
    // "head" in the OpenType specification: 16 to 16384.
    if !(16..=16_384).contains(&units_per_em) {
        return Err(read_fonts::ReadError::MalformedData("units per em"));
    }
    Ok(Tables { units_per_em, glyphs })
}

/// Returns whether OS/2 `fsType` allows embedding a subset. The low four bits are usage permissions, of which the least
/// restrictive counts; the others are "no subsetting" and "bitmap embedding only".
const fn may_be_embedded(rights: u16) -> bool {
    let restricted = rights & 0x000E == 0x0002;
    !restricted && rights & 0x0300 == 0
}

/// Returns the font's PostScript name, or a name derived from its file name, without characters that a PDF name must
/// escape.
fn postscript_name(font: &FontRef, file: &str) -> String {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(63).collect()
    };
    let own = font.name().ok().and_then(|names| {
        let record = names.name_record().iter().find(|record| record.name_id().to_u16() == 6)?;
        Some(record.string(names.string_data()).ok()?.chars().collect::<String>())
    });
    let names = [own.unwrap_or_default(), file.split('.').next().unwrap_or_default().to_owned()];
    let found = names.iter().map(|name| plain(name)).find(|name| !name.is_empty());
    found.unwrap_or_else(|| "Added".to_owned())
}

/// Returns the digest over the vendored fonts' digest and the added fonts' names and contents, each prefixed with its
/// length.
fn digest(files: &[(String, Vec<u8>)]) -> String {
    let mut hash = Sha256::new();
    hash.update(environment().fonts_digest);
    for (name, bytes) in files {
        for part in [name.as_bytes(), bytes.as_slice()] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part);
        }
    }
    hexadecimal::lower(&hash.finalize())
}

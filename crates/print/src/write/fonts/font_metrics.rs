//! Metrics of embedded faces in PDF units, and font programs with their code-to-glyph tables.

use std::sync::{Arc, OnceLock};

use crate::fonts::subset::subset;
use read_fonts::{FontRef, TableProvider as _, tables::os2::Os2, types::GlyphId};
use sha2::{Digest as _, Sha256};

use crate::fonts::{FaceId, Fonts};
use crate::write::WriteError;
use crate::write::fonts::character_codes::{Code, FaceCodes};

/// Metrics for placing a face's glyphs and for its font descriptor.
pub(crate) struct FaceMetrics {
    units_per_em: i64,
    /// Advances by glyph in 1/1,000,000 em, the precision of `/W`.
    advances: Vec<i64>,
    /// The descriptor's entries (ISO 32000-1, table 122), in 1/1000 em.
    pub(crate) ascent: i64,
    pub(crate) descent: i64,
    pub(crate) cap_height: i64,
    pub(crate) bbox: [i64; 4],
    pub(crate) stem_v: i64,
    /// In degrees, negative for a slant to the right.
    pub(crate) italic_angle: i64,
    pub(crate) flags: i64,
    /// The font's own numbers, for printpdf.
    pub(crate) raw: RawMetrics,
}

/// The numbers of `head`, `hhea` and `OS/2`, unscaled.
pub(crate) struct RawMetrics {
    pub(crate) units_per_em: u16,
    pub(crate) ascender: i16,
    pub(crate) descender: i16,
    pub(crate) bbox: [i16; 4],
    pub(crate) caret_slope: (i16, i16),
    pub(crate) weight: u16,
}

impl FaceMetrics {
    /// Returns the metrics of a face; those of a vendored face are read once in a process.
    pub(crate) fn of(face: FaceId, fonts: &Fonts) -> Result<Arc<Self>, WriteError> {
        static VENDORED: [OnceLock<Arc<FaceMetrics>>; FaceId::ALL.len()] =
            [const { OnceLock::new() }; FaceId::ALL.len()];
        let shared = VENDORED.get(face.index());
        if let Some(known) = shared.and_then(OnceLock::get) {
            return Ok(Arc::clone(known));
        }
        let read = Self::read(face, fonts.bytes(face));
        let read = Arc::new(read.map_err(|error| WriteError::Font { face, what: error.to_string() })?);
        Ok(shared
            .map_or_else(|| Arc::clone(&read), |shared| Arc::clone(shared.get_or_init(|| Arc::clone(&read)))))
    }

    fn read(face: FaceId, bytes: &[u8]) -> Result<Self, read_fonts::ReadError> {
        let font = FontRef::new(bytes)?;
        let (head, hhea) = (font.head()?, font.hhea()?);
        let os2 = font.os2().ok();
        let units_per_em = i64::from(head.units_per_em().max(1));
        let scaled = |value: i16| rounded(i64::from(value) * 1000, units_per_em);
        let bbox = [head.x_min(), head.y_min(), head.x_max(), head.y_max()];
        let weight = os2.as_ref().map_or(400, Os2::us_weight_class);
        let ascender = hhea.ascender().to_i16();
        let descender = hhea.descender().to_i16();
        // `post` has a 16.16 number; whole degrees are enough to choose a substitute font.
        let italic_angle = font.post().map_or(0, |post| i64::from(post.italic_angle().to_bits()));
        let italic_angle = rounded(italic_angle, 1 << 16);
        Ok(Self {
            units_per_em,
            advances: advances(&font, units_per_em)?,
            ascent: scaled(ascender),
            descent: scaled(descender),
            cap_height: scaled(
                os2.as_ref().and_then(Os2::s_cap_height).filter(|&height| height > 0).unwrap_or(ascender),
            ),
            bbox: bbox.map(scaled),
            // No table has the stem width: the usual estimate from the weight.
            stem_v: 50 + rounded(i64::from(weight) * i64::from(weight), 65 * 65),
            italic_angle,
            flags: flags(face, italic_angle),
            raw: RawMetrics {
                units_per_em: head.units_per_em().max(1),
                ascender,
                descender,
                bbox,
                caret_slope: (hhea.caret_slope_rise(), hhea.caret_slope_run()),
                weight,
            },
        })
    }

    /// Returns the advance of a glyph in 1/1,000,000 em, as in `/W`, or `None` if the face does not have the glyph.
    pub(crate) fn advance(&self, glyph: u16) -> Option<i64> {
        self.advances.get(usize::from(glyph)).copied()
    }

    /// Returns the advance in font units.
    pub(crate) fn raw_advance(&self, glyph: u16) -> u16 {
        let micro = self.advance(glyph).unwrap_or(0);
        u16::try_from(rounded(micro * self.units_per_em, 1_000_000)).unwrap_or(u16::MAX)
    }
}

fn advances(font: &FontRef, units_per_em: i64) -> Result<Vec<i64>, read_fonts::ReadError> {
    let hmtx = font.hmtx()?;
    let glyphs = u32::from(font.maxp()?.num_glyphs());
    Ok((0..glyphs)
        .map(|glyph| {
            let advance = hmtx.advance(GlyphId::new(glyph)).unwrap_or(0);
            // `/W` is in 1/1000 em with three decimals.
            rounded(i64::from(advance) * 1_000_000, units_per_em)
        })
        .collect())
}

/// Returns the descriptor flags (ISO 32000-1, table 123): 2 serif, 3 symbolic (more than the standard Latin set), 6
/// non-symbolic, 7 italic.
fn flags(face: FaceId, italic_angle: i64) -> i64 {
    use FaceId as F;
    let serif = matches!(face, F::Serif | F::SerifItalic | F::SerifSemibold | F::SerifSemiboldItalic);
    let other = face.is_arabic() || matches!(face, F::Added(_));
    let script = if other { 1 << 2 } else { 1 << 5 };
    script | (i64::from(serif) << 1) | (i64::from(italic_angle != 0) << 6)
}

/// Divides and rounds to the nearest, halves away from zero. `divisor` must be positive.
pub(crate) const fn rounded(value: i64, divisor: i64) -> i64 {
    let half = if value < 0 { -divisor / 2 } else { divisor / 2 };
    value.saturating_add(half) / divisor
}

/// An embedded font.
pub(crate) struct FontProgram {
    pub(crate) face: FaceId,
    /// PostScript name with its subset prefix.
    pub(crate) name: String,
    /// The subset's bytes.
    pub(crate) program: Vec<u8>,
    /// `/CIDToGIDMap`: the subset's glyph for each code from 0, in two bytes (ISO 32000-1, table 117).
    pub(crate) glyphs: Vec<u8>,
}

impl FontProgram {
    /// Subsets a face to the glyphs of its codes.
    pub(crate) fn subset(face: FaceId, fonts: &Fonts, codes: &FaceCodes) -> Result<Self, WriteError> {
        let used: Vec<u16> = codes.codes().iter().map(|code| code.glyph).collect();
        let (program, remapper) =
            subset(fonts.bytes(face), &used).map_err(|what| WriteError::Font { face, what })?;
        let glyph = |code: &Code| remapper.get(code.glyph).unwrap_or(0).to_be_bytes();
        let glyphs = [0, 0].into_iter().chain(codes.codes().iter().flat_map(glyph)).collect();
        let name = format!("{}+{}", prefix(&program), fonts.postscript_name(face));
        Ok(Self { face, name, program, glyphs })
    }
}

/// Returns the subset prefix, six capitals derived from the subset's digest (ISO 32000-1, 9.6.4).
fn prefix(program: &[u8]) -> String {
    Sha256::digest(program).iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}

/// Returns the name of a face's font resource.
pub(crate) fn resource_name(face: FaceId) -> String {
    format!("T{}", face.index())
}

#[cfg(test)]
mod tests {
    use super::FaceMetrics;
    use crate::fonts::{FaceId, Fonts};

    #[test]
    fn every_vendored_face_can_be_described() {
        for face in FaceId::ALL {
            let metrics = FaceMetrics::of(face, &Fonts::default()).unwrap();
            assert!(metrics.ascent > 0 && metrics.descent < 0 && metrics.cap_height > 0, "{face:?}");
        }
        assert!(FaceMetrics::of(FaceId::SerifItalic, &Fonts::default()).unwrap().italic_angle < 0);
        assert_eq!(FaceMetrics::of(FaceId::Serif, &Fonts::default()).unwrap().italic_angle, 0);
    }
}

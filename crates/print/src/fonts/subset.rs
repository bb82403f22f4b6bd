//! Font subsets for embedding.

use subsetter::GlyphRemapper;

use crate::fonts::sfnt;

pub(crate) fn subset(font: &[u8], glyphs: &[u16]) -> Result<(Vec<u8>, GlyphRemapper), String> {
    let remapper = GlyphRemapper::new_from_glyphs_sorted(glyphs);
    let program = subsetter::subset(font, 0, &remapper).map_err(|error| error.to_string())?;
    let program = sfnt::embedded(&program).ok_or("its subset is malformed")?;
    Ok((program, remapper))
}

/// Returns a font's subset for embedding.
pub(crate) fn embedded_subset(font: &[u8], glyphs: &[u16]) -> Result<Vec<u8>, String> {
    subset(font, glyphs).map(|(program, _)| program)
}

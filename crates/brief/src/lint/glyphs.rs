//! Lints characters that a print cannot show.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::BriefContent;

use super::warning::{MISSING_GLYPH, Warning};
use crate::glyph_coverage::{GlyphCoverage, missing_glyph_message};
use crate::printed_texts::for_each_printed_text;

/// Maximum number of warnings. If there are more, the last one states how many are left out.
const MAX_MISSING_GLYPHS: usize = 200;

/// Warns of each character that is not covered, at the first part that has it.
pub(super) fn lint(content: &BriefContent, coverage: &GlyphCoverage, warnings: &mut Vec<Warning>) {
    let mut seen = BTreeSet::new();
    let mut missing = Vec::new();
    for_each_printed_text(content, &mut |id, text| {
        for character in text.chars().filter(|c| !coverage.contains(*c)) {
            if seen.insert(character) {
                missing.push((character, id));
            }
        }
    });
    let listed = if missing.len() > MAX_MISSING_GLYPHS { MAX_MISSING_GLYPHS - 1 } else { missing.len() };
    let (listed, rest) = missing.split_at(listed);
    let warning =
        |(character, id): &(char, &str)| Warning::new(MISSING_GLYPH, id, missing_glyph_message(*character));
    warnings.extend(listed.iter().map(warning));
    if !rest.is_empty() {
        let message = format!("{} more characters that no font has are not listed", rest.len());
        warnings.push(Warning::new(MISSING_GLYPH, "", message));
    }
}

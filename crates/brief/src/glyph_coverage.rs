//! The characters that the fonts of a print environment can show, and their stored form.
//!
//! The printer decides which characters these are; the store keeps them with the print environment, so that lint knows
//! them without a font.

use prost::encoding::{decode_varint, encode_varint};

/// A set of characters. A print shows a box in place of any other character.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GlyphCoverage {
    /// First and last code points, in order, with at least one code point between two ranges.
    ranges: Vec<(u32, u32)>,
}

/// Stored coverage is damaged: `chancery migrate` stores it again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GlyphCoverageError {
    /// The bytes are not a sequence of varints.
    #[error("the glyph coverage is cut off or not a sequence of varints, in range {0}")]
    Varint(usize),
    /// A range touches the one before it, and should be part of it.
    #[error("range {0} of the glyph coverage touches the range before it")]
    Touching(usize),
    /// A range ends above U+10FFFF.
    #[error("range {0} of the glyph coverage ends above U+10FFFF")]
    AboveUnicode(usize),
}

impl GlyphCoverage {
    /// Returns whether a print shows the character.
    pub fn contains(&self, character: char) -> bool {
        let code_point = u32::from(character);
        let after = self.ranges.partition_point(|(first, _)| *first <= code_point);
        after.checked_sub(1).is_some_and(|at| code_point <= self.ranges[at].1)
    }

    /// Encodes the ranges in order, each as two varints (LEB128): the number of code points between the previous range and
    /// this one, and the number of its code points minus 1. The gap of the first range counts from U+0000.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut next = 0;
        for &(first, last) in &self.ranges {
            encode_varint(u64::from(first - next), &mut bytes);
            encode_varint(u64::from(last - first), &mut bytes);
            next = last + 1;
        }
        bytes
    }

    /// Decodes the result of [`Self::to_bytes`].
    ///
    /// # Errors
    /// [`GlyphCoverageError`] for bytes that `to_bytes` does not return.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, GlyphCoverageError> {
        let mut ranges = Vec::new();
        let mut next = 0;
        while !bytes.is_empty() {
            let index = ranges.len();
            let mut varint = || decode_varint(&mut bytes).map_err(|_| GlyphCoverageError::Varint(index));
            let (gap, extent) = (varint()?, varint()?);
            if gap == 0 && index > 0 {
                return Err(GlyphCoverageError::Touching(index));
            }
            let above = || GlyphCoverageError::AboveUnicode(index);
            let code_point = |number: u64| {
                u32::try_from(number).ok().filter(|last| *last <= u32::from(char::MAX)).ok_or_else(above)
            };
            let first = code_point(gap.saturating_add(next))?;
            let last = code_point(extent.saturating_add(u64::from(first)))?;
            ranges.push((first, last));
            next = u64::from(last) + 1;
        }
        Ok(Self { ranges })
    }
}

impl FromIterator<char> for GlyphCoverage {
    /// Collects characters in any order; repeated ones count once.
    fn from_iter<I: IntoIterator<Item = char>>(characters: I) -> Self {
        let mut code_points: Vec<u32> = characters.into_iter().map(u32::from).collect();
        code_points.sort_unstable();
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for code_point in code_points {
            match ranges.last_mut() {
                Some((_, last)) if code_point <= *last + 1 => *last = code_point,
                _ => ranges.push((code_point, code_point)),
            }
        }
        Self { ranges }
    }
}

/// Describes a character without a glyph, for authors: in the warnings of prints and of lint.
pub fn missing_glyph_message(character: char) -> String {
    format!(
        "no font has U+{:04X} ({character}), so a box is printed in its place; add a font that has it",
        u32::from(character)
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{GlyphCoverage, GlyphCoverageError};

    #[test]
    fn it_contains_the_collected_characters_and_no_others() {
        let characters = ['z', 'd', 'a', 'b', 'b', '\u{d7ff}', '\u{e000}', '\u{10ffff}', '\0'];
        let coverage: GlyphCoverage = characters.into_iter().collect();
        let contained: Vec<char> = ('\0'..=char::MAX).filter(|c| coverage.contains(*c)).collect();
        assert_eq!(contained, ['\0', 'a', 'b', 'd', 'z', '\u{d7ff}', '\u{e000}', '\u{10ffff}']);
        assert!(!GlyphCoverage::default().contains('a'));
    }

    #[test]
    fn neighbours_are_stored_as_one_range() {
        let coverage: GlyphCoverage = ('\u{20}'..='\u{7e}').chain(['\u{4e00}']).collect();
        // A gap of 0x20 and 0x5f characters; a gap of 0x4d81 and one character.
        assert_eq!(coverage.to_bytes(), [0x20, 0x5e, 0x81, 0x9b, 0x01, 0x00]);
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let refused = |bytes: &[u8]| GlyphCoverage::from_bytes(bytes).unwrap_err();
        assert_eq!(refused(&[0x20]), GlyphCoverageError::Varint(0));
        assert_eq!(refused(&[0x20, 0x5e, 0x81]), GlyphCoverageError::Varint(1));
        assert_eq!(refused(&[0xff; 20]), GlyphCoverageError::Varint(0));
        assert_eq!(refused(&[0x20, 0x01, 0x00, 0x00]), GlyphCoverageError::Touching(1));
        assert_eq!(refused(&[0x80, 0x80, 0x44, 0x00]), GlyphCoverageError::AboveUnicode(0));
        assert_eq!(refused(&[0x00, 0x80, 0x80, 0x44]), GlyphCoverageError::AboveUnicode(0));
        let largest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(
            refused(&[&[0x00, 0x00][..], &largest, &largest].concat()),
            GlyphCoverageError::AboveUnicode(1)
        );
    }

    proptest! {
        #[test]
        fn any_coverage_survives_its_stored_form(characters: Vec<char>) {
            let coverage: GlyphCoverage = characters.into_iter().collect();
            prop_assert_eq!(GlyphCoverage::from_bytes(&coverage.to_bytes()), Ok(coverage));
        }

        #[test]
        fn any_accepted_bytes_are_in_the_stored_form(bytes: Vec<u8>) {
            // Varints with needless zeros are accepted, so the bytes may become shorter.
            if let Ok(coverage) = GlyphCoverage::from_bytes(&bytes) {
                prop_assert!(coverage.to_bytes().len() <= bytes.len());
                prop_assert_eq!(GlyphCoverage::from_bytes(&coverage.to_bytes()), Ok(coverage));
            }
        }
    }
}

//! The sfnt container (OpenType, "Organization of an OpenType font"): a directory of tables.

/// Tables that a PDF reader uses of an embedded font (ISO 32000-1, 9.9). Names, licence texts and glyph names are a
/// tenth of a small subset.
const EMBEDDED: [&[u8; 4]; 9] =
    [b"cvt ", b"fpgm", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"prep"];
const HEADER: usize = 12;
const RECORD: usize = 16;
/// Checksum of a whole font.
const WHOLE_SUM: u32 = 0xB1B0_AFBA;
/// Position of `checksumAdjustment` in `head`.
const ADJUSTMENT: std::ops::Range<usize> = 8..12;

/// Returns the font reduced to the embedded tables, or `None` if it is malformed.
pub(crate) fn embedded(font: &[u8]) -> Option<Vec<u8>> {
    let count = usize::from(u16::from_be_bytes(font.get(4..6)?.try_into().ok()?));
    let directory = font.get(HEADER..HEADER + count * RECORD)?;
    let kept: Vec<&[u8]> = directory
        .chunks(RECORD)
        .filter(|record| EMBEDDED.iter().any(|tag| record.starts_with(*tag)))
        .collect();
    let mut out = Vec::with_capacity(font.len());
    out.extend_from_slice(&font[..4]);
    let tables = u16::try_from(kept.len()).ok()?;
    let log = tables.checked_ilog2()?;
    let range = 16_u16 << log;
    for number in [tables, range, u16::try_from(log).ok()?, tables * 16 - range] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    let mut offset = HEADER + kept.len() * RECORD;
    let mut contents = Vec::with_capacity(kept.len());
    let mut head = None;
    for record in kept {
        let content = table(font, record)?;
        out.extend_from_slice(&record[..8]);
        out.extend_from_slice(&u32::try_from(offset).ok()?.to_be_bytes());
        out.extend_from_slice(&record[12..]);
        if record.starts_with(b"head") {
            head = Some(offset);
        }
        offset += content.len().next_multiple_of(4);
        contents.push(content);
    }
    for content in contents {
        out.extend_from_slice(content);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    let adjustment = out.get_mut(head? + ADJUSTMENT.start..head? + ADJUSTMENT.end)?;
    adjustment.fill(0);
    let missing = WHOLE_SUM.wrapping_sub(sum(&out)).to_be_bytes();
    out[head? + ADJUSTMENT.start..head? + ADJUSTMENT.end].copy_from_slice(&missing);
    Some(out)
}

fn table<'a>(font: &'a [u8], record: &[u8]) -> Option<&'a [u8]> {
    let number = |at: usize| Some(u32::from_be_bytes(record.get(at..at + 4)?.try_into().ok()?) as usize);
    let (start, length) = (number(8)?, number(12)?);
    font.get(start..start.checked_add(length)?)
}

/// Returns the sum of a font's four-byte words.
fn sum(bytes: &[u8]) -> u32 {
    let words = bytes.chunks_exact(4).map(|word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]));
    words.fold(0, u32::wrapping_add)
}

#[cfg(test)]
mod tests {
    use read_fonts::{FontRef, TableProvider as _};

    use super::{WHOLE_SUM, embedded, sum};
    use crate::fonts::FaceId;

    #[test]
    fn an_embedded_font_has_its_outlines_and_no_names() {
        for face in FaceId::ALL {
            let whole = FontRef::new(face.bytes()).unwrap();
            let bytes = embedded(face.bytes()).unwrap();
            assert_eq!(sum(&bytes), WHOLE_SUM, "{face:?}");
            let font = FontRef::new(&bytes).unwrap();
            assert!(font.name().is_err() && font.post().is_err());
            assert_eq!(font.head().unwrap().units_per_em(), whole.head().unwrap().units_per_em());
            let glyf = |font: &FontRef| font.glyf().unwrap().offset_data().as_bytes().to_vec();
            assert_eq!(glyf(&font), glyf(&whole));
            let directory = font.table_directory();
            assert!(directory.table_records().is_sorted_by_key(read_fonts::TableRecord::tag));
            assert_eq!(directory.num_tables() * 16, directory.search_range() + directory.range_shift());
        }
    }

    #[test]
    fn input_that_is_not_a_font_is_refused() {
        for bytes in [&b""[..], b"true", &[0; 12], &[0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0]] {
            assert!(embedded(bytes).is_none());
        }
    }
}

//! `ToUnicode` maps (ISO 32000-1, 9.10.3) in the one form that printpdf writes.

use crate::syntax::cursor::Cursor;

/// Maximum number of entries of a block.
const BLOCK: usize = 100;
const END: &[u8] = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";

fn beginning(face: usize) -> String {
    format!(
        "/CIDInit /ProcSet findresource begin\n\n12 dict begin\n\nbegincmap\n\n%!PS-Adobe-3.0 Resource-CMap\n\
         %%DocumentNeededResources: procset CIDInit\n%%IncludeResource: procset CIDInit\n\n\
         /CIDSystemInfo 3 dict dup begin\n/Registry (FontSpecific) def\n/Ordering (T{face}) def\n\
         /Supplement 0 def\nend def\n\n/CMapName /FontSpecific-T{face} def\n/CMapVersion 1 def\n\
         /CMapType 2 def\n/WMode 0 def\n\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
    )
}

/// Reads a map; returns the texts of the codes from 1. `None` if it is not what the printer writes for a face.
pub(crate) fn read(content: &[u8], face: usize) -> Option<Vec<Box<str>>> {
    let mut cursor = Cursor::new(content);
    cursor.skip(beginning(face).as_bytes()).then_some(())?;
    let mut texts: Vec<Box<str>> = Vec::new();
    while !cursor.skip(END) {
        let count = cursor.count().ok().filter(|count| (1..=BLOCK).contains(count))?;
        cursor.skip(b" beginbfchar\n").then_some(())?;
        let first = texts.len() + 1;
        // A block ends where the code's high byte changes, or with its hundredth entry.
        let is_full = count == BLOCK;
        for _ in 0..count {
            let code = texts.len() + 1;
            texts.push(entry(&mut cursor, code)?);
        }
        cursor.skip(b"endbfchar\n").then_some(())?;
        let last = texts.len();
        let ends_here = is_full || (last + 1).is_multiple_of(256) || cursor.starts_with(END);
        (first / 256 == last / 256 && ends_here).then_some(())?;
    }
    cursor.is_at_end().then_some(texts)
}

/// Reads `<0001> <00660069>`.
fn entry(cursor: &mut Cursor, code: usize) -> Option<Box<str>> {
    cursor.skip(format!("<{code:04X}> <").as_bytes()).then_some(())?;
    let mut units = Vec::new();
    while !cursor.skip(b">\n") {
        let digits = cursor.take(4)?;
        let is_digit = |digit: &u8| digit.is_ascii_digit() || (b'A'..=b'F').contains(digit);
        digits.iter().all(is_digit).then_some(())?;
        units.push(u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
    }
    let text = String::from_utf16(&units).ok().filter(|text| !text.is_empty())?;
    Some(text.into())
}

#[cfg(test)]
mod tests {
    use super::{END, beginning, read};

    fn map(face: usize, blocks: &str) -> Option<Vec<Box<str>>> {
        let content = [beginning(face).as_bytes(), blocks.as_bytes(), END].concat();
        read(&content, face)
    }

    #[test]
    fn ligatures_and_characters_beyond_the_first_plane_are_read() {
        let texts = map(3, "2 beginbfchar\n<0001> <00660069>\n<0002> <D83DDE00>\nendbfchar\n").unwrap();
        assert_eq!(texts, ["fi".into(), "\u{1F600}".into()]);
    }

    #[test]
    fn other_forms_are_refused() {
        for blocks in [
            "1 beginbfchar\n<0002> <0066>\nendbfchar\n",
            "1 beginbfchar\n<0001> <>\nendbfchar\n",
            "1 beginbfchar\n<0001> <D83D>\nendbfchar\n",
            "1 beginbfchar\n<0001> <006g>\nendbfchar\n",
            "1 beginbfchar\n<0001> <0066>\nendbfchar\n1 beginbfchar\n<0002> <0066>\nendbfchar\n",
            "1 beginbfrange\n<0001> <0002> <0066>\nendbfrange\n",
        ] {
            assert_eq!(map(0, blocks), None, "{blocks}");
        }
    }
}

//! Generates a minimal TrueType font: each character is a box with a distinct width in the em square.

use std::collections::BTreeSet;

/// Units per em.
const EM: u16 = 1000;

/// Parameters of a generated font.
#[derive(Clone, Copy)]
pub(crate) struct Tiny<'a> {
    /// The PostScript name.
    pub(crate) name: &'a str,
    /// Characters with a glyph.
    pub(crate) characters: &'a str,
    /// OS/2 `fsType`.
    pub(crate) rights: u16,
    /// Tag of an additional table.
    pub(crate) extra: Option<&'a [u8; 4]>,
}

impl Tiny<'_> {
    /// Returns the font file.
    pub(crate) fn file(self) -> Vec<u8> {
        let (glyf, loca) = self.outlines();
        let mut tables: Vec<([u8; 4], Vec<u8>)> = vec![
            (*b"OS/2", self.os2()),
            (*b"cmap", self.cmap()),
            (*b"glyf", glyf),
            (*b"head", head()),
            (*b"hhea", self.hhea()),
            (*b"hmtx", words(&[EM, 0].repeat(usize::from(self.glyphs())))),
            (*b"loca", loca),
            (*b"maxp", self.maxp()),
            (*b"name", self.names()),
        ];
        tables.extend(self.extra.map(|tag| (*tag, vec![0; 16])));
        tables.sort();
        framed(&tables)
    }

    /// Sorted, as `cmap` requires.
    fn sorted(self) -> BTreeSet<char> {
        self.characters.chars().collect()
    }

    fn glyphs(self) -> u16 {
        u16::try_from(self.sorted().len() + 1).expect("the generated font is small")
    }

    /// Returns a box for each glyph, the n-th one n units higher, and the offset of each.
    fn outlines(self) -> (Vec<u8>, Vec<u8>) {
        let (mut glyf, mut loca) = (Vec::new(), vec![0; 4]);
        for glyph in 0..self.glyphs() {
            let (left, bottom, right, top) = (60, glyph, 940, 850);
            glyf.extend(words(&[1, left, bottom, right, top, 3, 0]));
            // Four points on the curve: from the bottom to the right, up, to the left.
            glyf.extend([1; 4]);
            glyf.extend(words(&[left, right - left, 0, (right - left).wrapping_neg()]));
            glyf.extend(words(&[bottom, 0, top - bottom, 0]));
            glyf.resize(glyf.len().next_multiple_of(4), 0);
            loca.extend(u32::try_from(glyf.len()).expect("the generated font is small").to_be_bytes());
        }
        (glyf, loca)
    }

    /// Format 12: one group per character.
    fn cmap(self) -> Vec<u8> {
        let mut table = words(&[0, 1, 3, 10, 0, 12, 12, 0]);
        let count = u32::from(self.glyphs()) - 1;
        table.extend(longs(&[16 + 12 * count, 0, count]));
        for (character, glyph) in self.sorted().into_iter().zip(1..) {
            table.extend(longs(&[character.into(), character.into(), glyph]));
        }
        table
    }

    fn hhea(self) -> Vec<u8> {
        let mut table = words(&[1, 0, 880, 120_u16.wrapping_neg(), 0, EM, 0, 0, EM, 1]);
        table.extend(words(&[0; 7]));
        table.extend(words(&[self.glyphs()]));
        table
    }

    fn maxp(self) -> Vec<u8> {
        let mut table = words(&[1, 0, self.glyphs(), 4, 1, 0, 0, 2]);
        table.extend(words(&[0; 8]));
        table
    }

    fn os2(self) -> Vec<u8> {
        let mut table = words(&[0, EM, 400, 5, self.rights]);
        table.resize(78, 0);
        table
    }

    fn names(self) -> Vec<u8> {
        let text: Vec<u8> = self.name.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mut table = words(&[
            0,
            1,
            18,
            3,
            1,
            0x409,
            6,
            u16::try_from(text.len()).expect("the generated font is small"),
            0,
        ]);
        table.extend(text);
        table
    }
}

fn head() -> Vec<u8> {
    let mut table = longs(&[0x0001_0000, 0, 0, 0x5F0F_3CF5]);
    table.extend(words(&[0, EM]));
    table.extend([0; 16]);
    table.extend(words(&[60, 0, 940, 850, 0, 8, 2, 1, 0]));
    table
}

fn framed(tables: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let count = u16::try_from(tables.len()).expect("the generated font is small");
    let mut file = longs(&[0x0001_0000]);
    file.extend(words(&[count, 128, 3, count * 16 - 128]));
    let mut offset = 12 + 16 * tables.len();
    for (tag, content) in tables {
        file.extend(tag);
        let numbers = [0, offset, content.len()]
            .map(|number| u32::try_from(number).expect("the generated font is small"));
        file.extend(longs(&numbers));
        offset += content.len().next_multiple_of(4);
    }
    for (_, content) in tables {
        file.extend(content);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    file
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn longs(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

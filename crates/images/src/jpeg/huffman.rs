//! Huffman tables (ITU-T T.81, B.2.4.2, C.2, F.2.2.3).

use super::Tables;
use super::bits::Bits;
use super::problem::Problem;

const BAD_CODE: Problem = "its pixel data has a code that its tables do not define";

pub(crate) struct HuffmanTable {
    /// By the next eight bits: the code's length and its value; length 0 for longer codes.
    short: [(u8, u8); 256],
    /// By length: the first code above those of that length, moved to the top of 16 bits.
    limits: [usize; 17],
    /// By length: what is added to a code to give its place in `values`.
    offsets: [isize; 17],
    values: Vec<u8>,
}

impl HuffmanTable {
    fn new(counts: &[u8; 16], values: &[u8]) -> Result<Self, Problem> {
        let mut table =
            Self { short: [(0, 0); 256], limits: [0; 17], offsets: [0; 17], values: values.to_vec() };
        let (mut code, mut place) = (0_usize, 0_usize);
        for (length, &count) in (1..=16_usize).zip(counts) {
            let count = usize::from(count);
            table.offsets[length] = place.cast_signed() - code.cast_signed();
            for index in 0..count {
                if length <= 8 {
                    let first = (code + index) << (8 - length);
                    let entries = table.short.get_mut(first..first + (1 << (8 - length)));
                    let length = u8::try_from(length).unwrap_or_default();
                    entries.ok_or(OVERFULL)?.fill((length, values[place + index]));
                }
            }
            code += count;
            place += count;
            // No code may consist of ones alone.
            if code >= 1 << length && count > 0 {
                return Err(OVERFULL);
            }
            table.limits[length] = code << (16 - length);
            code <<= 1;
        }
        Ok(table)
    }

    /// Takes a code and returns its value.
    pub(crate) fn decode(&self, bits: &mut Bits) -> Result<u8, Problem> {
        let next = bits.peek16();
        let (length, value) = self.short[next >> 8];
        if length > 0 {
            bits.skip(length.into())?;
            return Ok(value);
        }
        let length = (9..=16).find(|&length| next < self.limits[length]).ok_or(BAD_CODE)?;
        let code = next >> (16 - length);
        let place = code.checked_add_signed(self.offsets[length]).ok_or(BAD_CODE)?;
        bits.skip(u32::try_from(length).unwrap_or_default())?;
        self.values.get(place).copied().ok_or(BAD_CODE)
    }
}

const OVERFULL: Problem = "a Huffman table has more codes than fit their lengths";

/// Reads the tables of a segment.
pub(crate) fn read(mut segment: &[u8], tables: &mut Tables) -> Result<(), Problem> {
    while let [head, rest @ ..] = segment {
        let counts: &[u8; 16] = rest.first_chunk().ok_or("a Huffman table that ends too early")?;
        let total: usize = counts.iter().copied().map(usize::from).sum();
        let values = rest.get(16..16 + total).ok_or("a Huffman table that ends too early")?;
        let table = HuffmanTable::new(counts, values)?;
        let group = match head >> 4 {
            0 => &mut tables.dc,
            1 => &mut tables.ac,
            _ => return Err("a Huffman table of unknown class"),
        };
        let slot = group.get_mut(usize::from(head & 15)).ok_or("a Huffman table with a number above 3")?;
        *slot = Some(table);
        segment = &rest[16 + total..];
    }
    Ok(())
}

//! Decodes entropy-coded scans (ITU-T T.81, F.2 and G.2) without computing pixels: every code is decoded and every
//! coefficient's position is checked. A file that passes has all of its pixels.

use super::Tables;
use super::bits::Bits;
use super::coverage::NonZero;
use super::frame::{Component, Frame};
use super::huffman::HuffmanTable;
use super::problem::Problem;

/// Maximum number of block visits of all scans. An image at the pixel limit needs 15 million; more is an attack on
/// viewers.
const MAX_BLOCK_VISITS: usize = 64_000_000;
const NO_TABLE: Problem = "a scan uses a table that is not defined";
const TOO_FAR: Problem = "its pixel data runs past the end of a block";

pub(crate) struct ScanDecoder {
    frame: Frame,
    /// Whether each component's DC coefficients were read.
    seen: Vec<bool>,
    /// By component, for progressive pictures.
    nonzero: Vec<NonZero>,
    visits: usize,
}

/// A scan header (B.2.3).
struct Scan<'a> {
    parts: Vec<ScanPart<'a>>,
    first: u32,
    last: u32,
    /// Whether the scan adds a bit to what an earlier scan gave.
    refines: bool,
}

struct ScanPart<'a> {
    index: usize,
    component: Component,
    dc: Option<&'a HuffmanTable>,
    ac: Option<&'a HuffmanTable>,
}

impl ScanDecoder {
    pub(crate) fn new(frame: Frame) -> Self {
        let seen = vec![false; frame.components.len()];
        Self { frame, seen, nonzero: Vec::new(), visits: 0 }
    }

    /// Decodes one scan to its end.
    pub(crate) fn decode(&mut self, header: &[u8], data: &[u8], tables: &Tables) -> Result<(), Problem> {
        let scan = self.header(header, tables)?;
        if self.frame.is_progressive && self.nonzero.is_empty() {
            self.nonzero =
                self.frame.components.iter().map(|component| NonZero::new(component.padded_blocks)).collect();
        }
        // A scan of one component has no padding blocks (A.2.2).
        let (across, down) = match scan.parts.as_slice() {
            [alone] => alone.component.blocks,
            _ => self.frame.mcus(),
        };
        let per_mcu: usize = match scan.parts.as_slice() {
            [_] => 1,
            parts => parts.iter().map(|part| part.component.sampling.0 * part.component.sampling.1).sum(),
        };
        if per_mcu > 10 {
            return Err("a scan has more than ten blocks in a unit");
        }
        self.visits += across * down * per_mcu;
        if self.visits > MAX_BLOCK_VISITS {
            return Err("its scans visit its pixels too often");
        }
        let (mut bits, mut run, mut number) = (Bits::new(data), 0, 0);
        let interval = usize::from(tables.restart_interval);
        for mcu in 0..across * down {
            if interval > 0 && mcu > 0 && mcu % interval == 0 {
                bits.restart(number)?;
                number = (number + 1) % 8;
                run = 0;
            }
            let (column, row) = (mcu % across, mcu / across);
            for part in &scan.parts {
                let (wide, high) = if scan.parts.len() == 1 { (1, 1) } else { part.component.sampling };
                for block in 0..wide * high {
                    let place = (column * wide + block % wide, row * high + block / wide);
                    self.block(&scan, part, place, &mut bits, &mut run)?;
                }
            }
        }
        if run > 0 {
            return Err(TOO_FAR);
        }
        bits.finish()
    }

    /// Returns the frame when the scans covered all of it.
    pub(crate) fn finish(self) -> Result<Frame, Problem> {
        if self.seen.iter().all(|&seen| seen) {
            Ok(self.frame)
        } else {
            Err("its scans leave out a component")
        }
    }

    fn header<'a>(&mut self, header: &[u8], tables: &'a Tables) -> Result<Scan<'a>, Problem> {
        const WRONG: Problem = "a scan header contradicts its frame";
        let [count, rest @ ..] = header else { return Err(WRONG) };
        let count = usize::from(*count);
        let Some((selectors, &[first, last, approximation])) = rest.split_at_checked(count * 2) else {
            return Err(WRONG);
        };
        let mut parts: Vec<ScanPart> = Vec::with_capacity(count);
        for selector in selectors.chunks_exact(2) {
            let index = self.frame.components.iter().position(|component| component.id == selector[0]);
            let index = index.filter(|index| parts.iter().all(|part| part.index != *index)).ok_or(WRONG)?;
            let component = self.frame.components[index];
            if !tables.quantization[component.quantization_table] {
                return Err(NO_TABLE);
            }
            let table =
                |group: &'a [Option<HuffmanTable>; 4], index: u8| group.get(usize::from(index))?.as_ref();
            let (dc, ac) = (table(&tables.dc, selector[1] >> 4), table(&tables.ac, selector[1] & 15));
            parts.push(ScanPart { index, component, dc, ac });
        }
        let refines = approximation >> 4 > 0;
        let scan = Scan { parts, first: first.into(), last: last.into(), refines };
        if self.is_allowed(&scan, approximation) { self.mark(&scan).map(|()| scan) } else { Err(WRONG) }
    }

    /// Returns whether a header is one of its frame's process (G.1.1.1).
    fn is_allowed(&self, scan: &Scan, approximation: u8) -> bool {
        let (high, low) = (approximation >> 4, approximation & 15);
        let is_band = match (scan.first, scan.last) {
            (0, last) => last == if self.frame.is_progressive { 0 } else { 63 },
            (first, last) => self.frame.is_progressive && first <= last && last < 64 && scan.parts.len() == 1,
        };
        let is_approximation = if self.frame.is_progressive {
            low <= 13 && (high == 0 || high == low + 1)
        } else {
            approximation == 0
        };
        !scan.parts.is_empty() && is_band && is_approximation
    }

    /// Records the components whose DC coefficients a scan has; AC coefficients without them are out of order.
    fn mark(&mut self, scan: &Scan) -> Result<(), Problem> {
        let is_first = scan.first == 0 && !scan.refines;
        for part in &scan.parts {
            let seen = &mut self.seen[part.index];
            if *seen == is_first {
                return Err("its scans are out of order");
            }
            *seen = true;
        }
        Ok(())
    }

    fn block(
        &mut self,
        scan: &Scan,
        part: &ScanPart,
        (column, row): (usize, usize),
        bits: &mut Bits,
        run: &mut u32,
    ) -> Result<(), Problem> {
        if !self.frame.is_progressive {
            mean(part, bits)?;
            return sequential_details(part.ac.ok_or(NO_TABLE)?, bits);
        }
        match (scan.first, scan.refines) {
            (0, false) => mean(part, bits),
            (0, true) => bits.take(1).map(|_| ()),
            (_, refines) => {
                let table = part.ac.ok_or(NO_TABLE)?;
                let nonzero = self.nonzero[part.index].block(column, row);
                let band = Band { first: scan.first, last: scan.last, table };
                if refines { band.refine(bits, nonzero, run) } else { band.read(bits, nonzero, run) }
            }
        }
    }
}

/// Reads the difference of a block's DC coefficient to the previous block's (F.2.2.1).
fn mean(part: &ScanPart, bits: &mut Bits) -> Result<(), Problem> {
    let size = part.dc.ok_or(NO_TABLE)?.decode(bits)?;
    if size > 11 {
        return Err("its pixel data has a value that is too large");
    }
    bits.take(size.into()).map(|_| ())
}

/// Reads the AC coefficients of a sequential block (F.2.2.2).
fn sequential_details(table: &HuffmanTable, bits: &mut Bits) -> Result<(), Problem> {
    let mut index = 1;
    while index < 64 {
        let code = table.decode(bits)?;
        let (zeros, size) = (u32::from(code >> 4), u32::from(code & 15));
        if size == 0 {
            if zeros < 15 {
                return Ok(());
            }
            index += 16;
        } else {
            index += zeros + 1;
            bits.take(size)?;
        }
        if index > 64 {
            return Err(TOO_FAR);
        }
    }
    Ok(())
}

/// A band of coefficients of a progressive scan.
struct Band<'a> {
    first: u32,
    last: u32,
    table: &'a HuffmanTable,
}

impl Band<'_> {
    /// Reads the first bits of the band's coefficients (G.1.2.2). `run` is the number of blocks without any left.
    fn read(&self, bits: &mut Bits, nonzero: &mut u64, run: &mut u32) -> Result<(), Problem> {
        if *run > 0 {
            *run -= 1;
            return Ok(());
        }
        let mut index = self.first;
        while index <= self.last {
            let code = self.table.decode(bits)?;
            let (zeros, size) = (u32::from(code >> 4), u32::from(code & 15));
            if size == 0 && zeros < 15 {
                *run = (1 << zeros) - 1 + bits.take(zeros)?;
                return Ok(());
            }
            index += zeros;
            if index > self.last {
                return Err(TOO_FAR);
            }
            if size > 0 {
                bits.take(size)?;
                *nonzero |= 1 << index;
            }
            index += 1;
        }
        Ok(())
    }

    /// Reads one more bit of the band's coefficients (G.1.2.3).
    fn refine(&self, bits: &mut Bits, nonzero: &mut u64, run: &mut u32) -> Result<(), Problem> {
        let mut index = self.first;
        while *run == 0 && index <= self.last {
            let code = self.table.decode(bits)?;
            let (mut zeros, size) = (u32::from(code >> 4), u32::from(code & 15));
            match size {
                0 if zeros < 15 => {
                    *run = (1 << zeros) + bits.take(zeros)?;
                    break;
                }
                // Sixteen zeros.
                0 => {}
                1 => {
                    bits.take(1)?;
                }
                _ => return Err("its pixel data refines a value by more than one bit"),
            }
            // Counts coefficients that were zero before; nonzero ones in between get their bit.
            while index <= self.last {
                if *nonzero >> index & 1 == 1 {
                    bits.take(1)?;
                } else if zeros == 0 {
                    break;
                } else {
                    zeros -= 1;
                }
                index += 1;
            }
            if size == 1 {
                if index > self.last {
                    return Err(TOO_FAR);
                }
                *nonzero |= 1 << index;
            }
            index += 1;
        }
        if *run > 0 {
            for index in index..=self.last {
                if *nonzero >> index & 1 == 1 {
                    bits.take(1)?;
                }
            }
            *run -= 1;
        }
        Ok(())
    }
}

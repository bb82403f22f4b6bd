//! Operands of content streams.

use crate::syntax::cursor::{Cursor, Mismatch};

/// Numbers before an operator, in thousandths, each with a space after it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbers {
    values: [i64; 6],
    count: usize,
}

impl Numbers {
    /// Reads numbers up to the operator.
    pub(super) fn read(cursor: &mut Cursor) -> Result<Self, Mismatch> {
        let mut numbers = Self::default();
        while matches!(cursor.peek(), Some(b'-' | b'0'..=b'9')) {
            let value = cursor.milli()?;
            cursor.expect(b" ", "a space does not follow a number")?;
            let full = cursor.mismatch("an operator has more numbers than any of the printer");
            *numbers.values.get_mut(numbers.count).ok_or(full)? = value;
            numbers.count += 1;
        }
        Ok(numbers)
    }

    pub(super) fn as_slice(&self) -> &[i64] {
        &self.values[..self.count]
    }

    /// Returns exactly this many numbers.
    pub(super) fn exactly<const N: usize>(&self) -> Option<[i64; N]> {
        self.as_slice().try_into().ok()
    }
}

/// Reads a dash pattern after its `[`: at most eight lengths that are not negative.
pub(super) fn dashes(cursor: &mut Cursor) -> Result<Vec<i64>, Mismatch> {
    let mut dashes = Vec::new();
    while !cursor.skip(b"]") {
        if !dashes.is_empty() {
            cursor.expect(b" ", "no space separates the lengths of a dash pattern")?;
        }
        let length = cursor.milli()?;
        if length < 0 || dashes.len() == 32 {
            return Err(cursor.mismatch("a dash pattern is negative or too long"));
        }
        dashes.push(length);
    }
    Ok(dashes)
}

//! Bits of entropy-coded data (ITU-T T.81, F.2.2.5), with stuffed zeros removed. Reading stops at restart markers.

use super::problem::Problem;

const OUT_OF_DATA: Problem = "its pixel data ends too early";

pub(crate) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    window: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(crate) const fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, window: 0, count: 0 }
    }

    /// Fills the window as far as there is data before the next marker.
    fn refill(&mut self) {
        while self.count <= 48 {
            let Some(&byte) = self.data.get(self.at) else { return };
            if byte == 0xFF {
                if self.data.get(self.at + 1) != Some(&0) {
                    return;
                }
                self.at += 1;
            }
            self.at += 1;
            self.window = self.window << 8 | u64::from(byte);
            self.count += 8;
        }
    }

    /// Returns the next 16 bits without taking them; missing ones are zero.
    pub(crate) fn peek16(&mut self) -> usize {
        if self.count < 16 {
            self.refill();
        }
        let bits = if self.count >= 16 {
            self.window >> (self.count - 16)
        } else {
            self.window << (16 - self.count)
        };
        usize::try_from(bits & 0xFFFF).unwrap_or_default()
    }

    pub(crate) fn skip(&mut self, count: u32) -> Result<(), Problem> {
        if self.count < count {
            return Err(OUT_OF_DATA);
        }
        self.count -= count;
        Ok(())
    }

    /// Takes up to 16 bits.
    pub(crate) fn take(&mut self, count: u32) -> Result<u32, Problem> {
        if self.count < count {
            self.refill();
        }
        self.skip(count)?;
        Ok(u32::try_from(self.window >> self.count & ((1 << count) - 1)).unwrap_or_default())
    }

    /// Moves past a restart marker, whose number is given (F.2.1.3.1): at most an incomplete byte precedes it.
    pub(crate) fn restart(&mut self, number: u8) -> Result<(), Problem> {
        self.refill();
        let fill = self.data[self.at..].iter().take_while(|&&byte| byte == 0xFF).count();
        let is_here = fill > 0 && self.data.get(self.at + fill) == Some(&(0xD0 | number));
        if self.count >= 8 || !is_here {
            return Err("a restart marker is not where it should be");
        }
        self.at += fill + 1;
        (self.window, self.count) = (0, 0);
        Ok(())
    }

    /// Checks that nothing but padding is left: encoders fill up with zeros or ones, a few of them by whole bytes.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        self.refill();
        let bytes = self.count / 8;
        let left = self.window & ((1 << (bytes * 8)) - 1);
        let is_padding = left == 0 || left == (1 << (bytes * 8)) - 1;
        let rest = &self.data[self.at..];
        if is_padding && (rest.iter().all(|&byte| byte == 0) || rest.iter().all(|&byte| byte == 0xFF)) {
            Ok(())
        } else {
            Err("it has more pixel data than pixels")
        }
    }
}

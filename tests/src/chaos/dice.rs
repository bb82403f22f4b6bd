//! Seeded pseudo-random numbers: the same seed gives the same sequence.

/// Steele, Lea and Flood's `SplitMix64`: small, and good enough to choose faults.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Starts from a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns any number.
    pub const fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number from `low` up to, not including, `high`.
    pub const fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.any() % (high - low)
    }

    /// Returns an index of a list of this length.
    pub fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.between(0, length as u64)).unwrap_or_default()
    }

    /// Returns true in this percentage of cases.
    pub const fn percent(&mut self, share: u64) -> bool {
        self.between(0, 100) < share
    }

    /// Shuffles a list.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.place(last + 1));
        }
    }
}

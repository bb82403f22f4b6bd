//! Hexadecimal digits.

const UPPER: &[u8; 16] = b"0123456789ABCDEF";

/// Returns the two upper-case digits of a byte.
pub(crate) const fn upper(byte: u8) -> [u8; 2] {
    [UPPER[(byte >> 4) as usize], UPPER[(byte & 15) as usize]]
}

/// Returns the lower-case digits of bytes.
pub(crate) fn lower(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|&byte| upper(byte)).map(|digit| char::from(digit.to_ascii_lowercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::{lower, upper};

    #[test]
    fn bytes_are_written_with_two_digits_each() {
        assert_eq!((upper(0x0A), lower(&[0, 0x5F, 0xFF]).as_str()), (*b"0A", "005fff"));
    }
}

//! White space between the parts of a line: any Unicode space, and bidi marks.

pub(crate) use chancery_brief::sentences::is_gap;

/// Returns the offset of the first character at or after an offset that is no gap.
pub(crate) fn skip_gaps(text: &str, from: usize) -> usize {
    text.len() - text[from..].trim_start_matches(is_gap).len()
}

/// Returns the end of a text without the gaps at its end. A gap after an odd number of backslashes is escaped.
pub(crate) fn trimmed_end(text: &str, start: usize, end: usize) -> usize {
    let trimmed = start + text[start..end].trim_end_matches(is_gap).len();
    let backslashes = text[start..trimmed].bytes().rev().take_while(|byte| *byte == b'\\').count();
    match text[trimmed..end].chars().next() {
        Some(escaped) if backslashes % 2 == 1 => trimmed + escaped.len_utf8(),
        _ => trimmed,
    }
}

#[cfg(test)]
mod tests {
    use super::{skip_gaps, trimmed_end};

    #[test]
    fn gaps_are_spaces_and_bidi_marks() {
        assert_eq!(skip_gaps(" \u{200f}\u{a0}a", 0), 6);
        assert_eq!(trimmed_end("a \u{3000}", 0, 5), 1);
        assert_eq!(trimmed_end("", 0, 0), 0);
    }

    #[test]
    fn an_escaped_space_stays() {
        assert_eq!(trimmed_end(r"a\  ", 0, 4), 3);
        assert_eq!(trimmed_end(r"a\\  ", 0, 5), 3);
    }
}

//! Ends of sentences.

/// Returns a text that ends with a full stop or other punctuation.
pub(crate) fn as_sentence(text: &str) -> String {
    let text = text.trim_end();
    let ends = text.ends_with(['.', '!', '?', '\u{2026}', ':', '\u{61f}', '\u{6d4}']);
    if ends { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::as_sentence;

    #[test]
    fn a_title_ends_like_a_sentence() {
        let read = ["Drift", "Drift.", "Drift? ", "\u{686}\u{631}\u{627}\u{61f}"].map(as_sentence);
        assert_eq!(read, ["Drift.", "Drift.", "Drift?", "\u{686}\u{631}\u{627}\u{61f}"]);
    }
}

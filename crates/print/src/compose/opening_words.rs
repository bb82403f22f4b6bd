//! The words by which a text is quoted.

/// Returns the first words of a text that is longer than a number of characters, without punctuation at their end.
pub(crate) fn opening_words(text: &str, longest: usize) -> Option<&str> {
    let (end, _) = text.char_indices().nth(longest)?;
    let cut = &text[..end];
    let cut = cut.rfind(char::is_whitespace).map_or(cut, |space| &cut[..space]);
    Some(cut.trim_end_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation()))
}

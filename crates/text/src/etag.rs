//! The etag of a draft in the front matter of its text.

use crate::diagnostics::Diagnostics;
use crate::range::TextRange;
use crate::syntax::front_matter::read_front_matter;
use crate::writer::yaml::scalar;

/// Replaces the etag in the front matter, and changes nothing else. Returns none for a text without an etag.
pub fn with_etag(text: &str, etag: &str) -> Option<String> {
    let range = range(text)?;
    Some(format!("{}{}{}", &text[..range.start], scalar(etag), &text[range.end..]))
}

fn range(text: &str) -> Option<TextRange> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let front_matter = read_front_matter(text, start, &mut Diagnostics::default());
    let (_, node) = front_matter.entries.iter().find(|(key, _)| key.text == "etag")?;
    Some(node.range)
}

#[cfg(test)]
mod tests {
    use super::with_etag;

    #[test]
    fn only_the_value_of_the_etag_changes() {
        let text = "---\ntitle: T\netag: \"a: b\" # of the draft\r\nkind: event\n---\n\netag: x\n";
        let expected = "---\ntitle: T\netag: 7f-2 # of the draft\r\nkind: event\n---\n\netag: x\n";
        assert_eq!(with_etag(text, "7f-2").as_deref(), Some(expected));
        assert_eq!(with_etag("---\ntitle: T\n---\n\netag: x\n", "a"), None);
    }
}

//! Formatting, by the formatter of `chancery fmt`.

use chancery_text::{Severity, TextRange, format_valid};
use tower_lsp_server::ls_types::TextEdit;

use crate::Settings;
use crate::document::{Analysis, Document, context};
use crate::error::Refusal;

/// Returns the edit that formats a text: one that replaces the text between the first and the last difference.
pub(crate) fn formatting(
    document: &Document,
    analysis: &Analysis,
    settings: &Settings,
) -> Result<Vec<TextEdit>, Refusal> {
    let images = document.images(settings);
    let formatted = format_valid(&analysis.text, &context(&*images)).map_err(|reading| {
        let error = reading.diagnostics.iter().find(|found| found.severity == Severity::Error);
        let (at, message) =
            error.map_or((0, String::new()), |error| (error.range.start, error.message.clone()));
        Refusal::InvalidText { line: analysis.line(at), message }
    })?;
    Ok(difference(&analysis.text, &formatted.text)
        .map(|(range, new)| document.edit(range, new))
        .into_iter()
        .collect())
}

/// Returns the range in which two texts differ, with the text of the second one; none for equal texts.
fn difference<'t>(before: &str, after: &'t str) -> Option<(TextRange, &'t str)> {
    if before == after {
        return None;
    }
    let same = |one: &mut dyn Iterator<Item = char>, other: &mut dyn Iterator<Item = char>| -> usize {
        one.zip(other).take_while(|(one, other)| one == other).map(|(c, _)| c.len_utf8()).sum()
    };
    let mut start = same(&mut before.chars(), &mut after.chars());
    // Not between CR and LF, where no position lies.
    if before[..start].ends_with('\r') {
        start -= 1;
    }
    let end = same(&mut before[start..].chars().rev(), &mut after[start..].chars().rev());
    let end = if before[..before.len() - end].ends_with('\r') && end > 0 { end - 1 } else { end };
    Some((TextRange::new(start, before.len() - end), &after[start..after.len() - end]))
}

#[cfg(test)]
mod tests {
    use chancery_text::TextRange;

    use super::difference;

    #[test]
    fn only_what_differs_is_replaced() {
        assert_eq!(difference("abc\n", "abc\n"), None);
        assert_eq!(difference("a b  c", "a b c"), Some((TextRange::new(4, 5), "")));
        assert_eq!(difference("aa", "aaa"), Some((TextRange::new(2, 2), "a")));
        assert_eq!(difference("é", "è"), Some((TextRange::new(0, 2), "è")));
        assert_eq!(difference("a\r\nb", "a\nb"), Some((TextRange::new(1, 3), "\n")));
    }
}

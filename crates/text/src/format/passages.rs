//! Passages as one sentence a line.

use chancery_brief::marking::Scheme;

use super::lines::sentence;
use crate::range::TextRange;
use crate::syntax::sentences::Passage;

/// How the lines of a passage start.
pub(super) struct Layout<'l> {
    /// The text before the first sentence; none keeps the present one.
    pub(super) first: Option<&'l str>,
    /// The text before the other ones.
    pub(super) others: &'l str,
    pub(super) is_in_quote: bool,
}

/// Returns the range of a passage and its canonical text. Comments between its lines stay where they are, or behind the
/// sentence that they interrupt.
pub(super) fn formatted(
    text: &str,
    passage: &Passage,
    scheme: Scheme,
    layout: &Layout<'_>,
) -> Option<(TextRange, String)> {
    let mut range = passage.range()?;
    if layout.first.is_some() {
        range.start = text[..range.start].rfind('\n').map_or(0, |end| end + 1);
    }
    let mut comments = comments(text, passage).into_iter().peekable();
    let mut lines = Vec::with_capacity(passage.sentences.len());
    for (index, parts) in passage.sentences.iter().enumerate() {
        while let Some((_, comment)) = comments.next_if(|(at, _)| *at <= parts.range.start) {
            lines.push(comment.to_owned());
        }
        let prefix = if index == 0 { layout.first.unwrap_or_default() } else { layout.others };
        lines.push(format!("{prefix}{}", sentence(parts, scheme, layout.is_in_quote)));
    }
    lines.extend(comments.map(|(_, comment)| comment.to_owned()));
    Some((range, lines.join("\n")))
}

/// Returns the lines between the lines of a passage, with their offsets.
fn comments<'t>(text: &'t str, passage: &Passage) -> Vec<(usize, &'t str)> {
    let mut comments = Vec::new();
    for pair in passage.lines.windows(2) {
        let between = text.get(pair[0].end..pair[1].start).unwrap_or_default();
        // The first piece ends the line above; the last one is the indentation of the line below.
        let mut pieces: Vec<&str> = between.split('\n').collect();
        pieces.pop();
        comments.extend(pieces.into_iter().skip(1).map(|piece| (pair[1].start, piece)));
    }
    comments
}

//! Figures: `![ALT](KIND-or-FILE "TITLE") {annotations} ^id`.

use crate::code;
use crate::range::Spanned;
use crate::syntax::fragment::Fragment;
use crate::syntax::gaps::{skip_gaps, trimmed_end};
use crate::syntax::line_reader::LineReader;
use crate::syntax::markings::in_parentheses;
use crate::syntax::parts::{Parts, TextForm, read_parts, refuse_controls};
use crate::syntax::spans::plain;
use crate::syntax::tokens::tokens_from;
use crate::syntax::tree::Figure;

/// Reads the figure on the next line.
pub(crate) fn read_figure(reader: &mut LineReader<'_, '_, '_>) -> Figure {
    let mut figure =
        Figure { parts: Parts::default(), alt: Spanned::default(), image: None, title: Spanned::default() };
    let Some(line) = reader.peek() else { return figure };
    let range = reader.content_range(&line);
    reader.advance();
    figure.parts.range = range;
    if !reader.cursor.admits(range.end - range.start, range) {
        return figure;
    }
    let fragment = Fragment::line(reader.text, range);
    let text = fragment.text();
    let start = in_parentheses(text).map_or(0, |(_, end)| end);
    let bang = start + text[start..].find("![").unwrap_or_default();
    let marking = in_parentheses(text).map(|(label, end)| Spanned::new(label, fragment.range(1, end - 1)));
    let Some(image) = image(text, bang + 2) else {
        let message = "expected a figure: `![ALT](KIND \"TITLE\")`, where KIND is timeline, actor-network, \
                       domain-trends, likelihoods, a file or sha256:…; write \\! for text";
        reader.cursor.diagnostics.error(code::INVALID_FIGURE, range, message);
        return figure;
    };
    let mut part = |(start, end): (usize, usize)| {
        refuse_controls(&fragment, (start, end), reader.cursor);
        Spanned::new(plain(&fragment, (start, end), reader.cursor), fragment.range(start, end))
    };
    figure.alt = part((bang + 2, image.alt_end));
    figure.image = Some(part(image.name));
    if let Some(title) = image.title {
        figure.title = part(title);
    }
    let tokens = tokens_from(&fragment, image.end, reader.cursor);
    let mut parts = read_parts(&fragment, (image.end, text.len()), tokens, TextForm::Plain, reader.cursor);
    if !parts.text.text.is_empty() {
        let message = "text behind a figure: its title is in quotation marks inside the parentheses";
        reader.cursor.diagnostics.error(code::INVALID_FIGURE, parts.text.range, message);
    }
    parts.marking = marking;
    parts.range = range;
    figure.parts = parts;
    figure
}

/// Offsets of the parts of an image.
struct Image {
    alt_end: usize,
    name: (usize, usize),
    title: Option<(usize, usize)>,
    /// Behind the closing parenthesis.
    end: usize,
}

fn image(text: &str, alt: usize) -> Option<Image> {
    let alt_end = find_unescaped(text, alt, ']')?;
    let open = alt_end + 1;
    text[open..].starts_with('(').then_some(())?;
    let start = skip_gaps(text, open + 1);
    let quote = find_unescaped(text, start, '"');
    let close = find_unescaped(text, start, ')')?;
    let (name_end, title, close) = match quote.filter(|quote| *quote < close) {
        Some(quote) => {
            let title_end = find_unescaped(text, quote + 1, '"')?;
            let close = skip_gaps(text, title_end + 1);
            text[close..].starts_with(')').then_some(())?;
            (quote, Some((quote + 1, title_end)), close)
        }
        None => (close, None, close),
    };
    let name = (start, trimmed_end(text, start, name_end.max(start)));
    Some(Image { alt_end, name, title, end: close + 1 })
}

fn find_unescaped(text: &str, from: usize, wanted: char) -> Option<usize> {
    let mut escaped = false;
    let found = text[from..].char_indices().find(|(_, c)| {
        let is_found = *c == wanted && !escaped;
        escaped = *c == '\\' && !escaped;
        is_found
    });
    found.map(|(offset, _)| from + offset)
}

//! Page numbers that are known only after pagination, set into their reserved width.

use std::collections::BTreeSet;

use crate::flow::{Block, PageNumberStyle, PageReference};
use crate::layout::pagination::ClosedPage;
use crate::pages::{Anchors, ArtifactKind, GlyphRun, Item, Owner};
use crate::text::Typesetter;
use crate::text::inline::{Deferred, Inline, PageList, PieceKind, PieceStyle};
use crate::text::paragraph::Mark;
use crate::text::paragraph_setup::{Align, ParagraphSetup};
use crate::text::text_style::TextStyle;
use crate::units::Length;

/// Returns whether all page numbers on the page are known.
pub(crate) fn is_known(page: &ClosedPage, anchors: &Anchors) -> bool {
    page.deferred.iter().all(|(_, anchor)| anchors.contains_key(anchor))
}

/// Replaces the placeholder zeros by page numbers.
pub(crate) fn fill(
    page: &mut ClosedPage,
    anchors: &Anchors,
    style: PageNumberStyle,
    typesetter: &mut Typesetter,
) {
    for (item, anchor) in &page.deferred {
        let number = anchors.get(anchor).map_or(0, |(page, _)| page + 1);
        let Item::Run(run) = &mut page.items[*item].item else { continue };
        set_digits(run, &(style.digits)(&number.to_string()), typesetter);
    }
}

fn set_digits(run: &mut GlyphRun, digits: &str, typesetter: &mut Typesetter) {
    let room: Length = run.glyphs.iter().map(|glyph| glyph.advance).sum();
    let Some(style) = TextStyle::of_run(run) else { return };
    let mut inline = Inline::default();
    let owner = Owner::Artifact(ArtifactKind::Layout);
    let language = typesetter.languages.id("und");
    inline.push(digits, PieceStyle { style, owner, link: None, language, kind: PieceKind::Text });
    let setup = ParagraphSetup {
        measure: room.max(typesetter.width(&inline)),
        indent: Length::ZERO,
        align: Align::End,
        hyphenate: false,
        right_to_left: false,
    };
    let line = typesetter.set(&inline, &setup).into_iter().next();
    let Some(Mark::Run(digits)) = line.and_then(|line| line.marks.into_iter().next()).map(|m| m.mark) else {
        return;
    };
    // Numbers with more digits than reserved extend to the start, into empty space.
    *run = GlyphRun { x: run.x + digits.x - (setup.measure - room), y: run.y, ..digits };
}

/// Returns the text of a page reference, such as "pp. 3, 5": numbers in ascending order without duplicates, three or
/// more in a row as a range, at most `most` numbers or ranges. Empty if none of its anchors is on a page.
pub(crate) fn pages_of(
    reference: &PageReference,
    anchors: &Anchors,
    style: PageNumberStyle,
    most: usize,
) -> String {
    let pages: BTreeSet<usize> =
        reference.anchors.iter().filter_map(|anchor| anchors.get(anchor)).map(|(page, _)| page + 1).collect();
    let pages: Vec<usize> = pages.into_iter().collect();
    let runs = pages.chunk_by(|a, b| a + 1 == *b).flat_map(|run| match run {
        [from, _, .., to] => vec![format!("{from}\u{2013}{to}")],
        few => few.iter().map(usize::to_string).collect(),
    });
    let mut runs: Vec<String> = runs.collect();
    if runs.len() > most {
        runs.truncate(most);
        runs.push("\u{2026}".to_owned());
    }
    let numbers = (style.digits)(&runs.join(style.comma));
    match pages.len() {
        0 => String::new(),
        1 => reference.one.replace("{0}", &numbers),
        _ => reference.several.replace("{0}", &numbers),
    }
}

/// Returns a page reference of the usual length, before its pages are known.
pub(crate) fn placeholder_pages(reference: &PageReference, style: PageNumberStyle, most: usize) -> String {
    let numbers = vec!["00"; reference.anchors.len().min(most)].join(style.comma);
    let template = if reference.anchors.len() == 1 { reference.one } else { reference.several };
    template.replace("{0}", &(style.digits)(&numbers))
}

/// Returns a block with the text of its page references, or `None` if it has none.
pub(crate) fn with_references(block: &Block, text_of: &dyn Fn(PageList) -> String) -> Option<Block> {
    let has_references = |inline: &Inline| {
        inline.pieces.iter().any(|piece| matches!(piece.kind, PieceKind::Deferred(Deferred::Pages(_))))
    };
    let resolve = |inline: &mut Inline| {
        if has_references(inline) {
            *inline = with_page_numbers(inline, text_of);
        }
    };
    match block {
        Block::Text(text) if text.inlines().into_iter().any(has_references) => {
            let mut text = text.clone();
            text.inlines_mut().for_each(resolve);
            Some(Block::Text(text))
        }
        Block::Table(table) if table.inlines().into_iter().any(has_references) => {
            let mut table = table.clone();
            table.inlines_mut().for_each(resolve);
            Some(Block::Table(table))
        }
        Block::Text(_)
        | Block::Table(_)
        | Block::Figure(_)
        | Block::Columns(_)
        | Block::PageBreak
        | Block::PageBreakUnlessFresh
        | Block::CommitPages
        | Block::FloatPoint
        | Block::FloatBarrier => None,
    }
}

/// Returns the text with its page references.
fn with_page_numbers(inline: &Inline, text_of: &dyn Fn(PageList) -> String) -> Inline {
    let mut filled = Inline { drawings: inline.drawings.clone(), ..Inline::default() };
    let mut waiting = inline.anchors.iter().peekable();
    for piece in &inline.pieces {
        while let Some((_, anchor)) = waiting.next_if(|(at, _)| *at <= piece.range.start) {
            filled.anchor(*anchor);
        }
        let (style, owner, link, language) = (piece.style, piece.owner.clone(), piece.link, piece.language);
        let (kind, text) = match piece.kind {
            PieceKind::Deferred(Deferred::Pages(list)) => (PieceKind::Text, text_of(list)),
            kind => (kind, inline.text[piece.range.clone()].to_owned()),
        };
        filled.push(&text, PieceStyle { style, owner, link, language, kind });
    }
    waiting.for_each(|(_, anchor)| filled.anchor(*anchor));
    filled
}

#[cfg(test)]
mod tests {
    use super::pages_of;
    use crate::flow::{PageNumberStyle, PageReference};
    use crate::pages::Anchors;
    use crate::tags::AnchorId;
    use crate::units::Length;

    #[test]
    fn page_numbers_are_sorted_and_consecutive_ones_form_a_range() {
        let pages = [2, 2, 0, 4, 5, 6, 9, 10];
        let anchors: Anchors =
            (0..).zip(pages).map(|(index, page)| (AnchorId(index), (page, Length::ZERO))).collect();
        let list: Vec<AnchorId> = anchors.keys().rev().copied().collect();
        let text = |list: &[AnchorId], most: usize| {
            let reference = PageReference { anchors: list.to_vec(), one: "p. {0}", several: "pp. {0}" };
            pages_of(&reference, &anchors, PageNumberStyle::default(), most)
        };
        assert_eq!(text(&list, 9), "pp. 1, 3, 5\u{2013}7, 10, 11");
        assert_eq!(text(&list, 3), "pp. 1, 3, 5\u{2013}7, \u{2026}");
        assert_eq!(text(&[AnchorId(2)], 9), "p. 1");
        assert_eq!(text(&[], 9), "");
    }
}

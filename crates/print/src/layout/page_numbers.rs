//! Page numbers that are known only after pagination, set into their reserved width.

use std::collections::BTreeSet;

use crate::layout::pagination::ClosedPage;
use crate::pages::{Anchors, ArtifactKind, GlyphRun, Item, Owner};
use crate::tags::AnchorId;
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
pub(crate) fn fill(page: &mut ClosedPage, anchors: &Anchors, typesetter: &mut Typesetter) {
    for (item, anchor) in &page.deferred {
        let number = anchors.get(anchor).map_or(0, |(page, _)| page + 1);
        let Item::Run(run) = &mut page.items[*item].item else { continue };
        set_digits(run, &number.to_string(), typesetter);
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

/// Returns the page numbers of anchors in ascending order without duplicates; three or more in a row form a range.
pub(crate) fn pages_of(list: &[AnchorId], anchors: &Anchors) -> String {
    let pages: BTreeSet<usize> =
        list.iter().filter_map(|anchor| anchors.get(anchor)).map(|(page, _)| page + 1).collect();
    let pages: Vec<usize> = pages.into_iter().collect();
    let runs = pages.chunk_by(|a, b| a + 1 == *b).flat_map(|run| match run {
        [from, _, .., to] => vec![format!("{from}\u{2013}{to}")],
        few => few.iter().map(usize::to_string).collect(),
    });
    runs.collect::<Vec<_>>().join(", ")
}

/// Returns the text with its page lists filled in, or `None` if it has none.
pub(crate) fn with_page_numbers(
    inline: &Inline,
    lists: &[Vec<AnchorId>],
    anchors: &Anchors,
) -> Option<Inline> {
    let is_list = |kind| matches!(kind, PieceKind::Deferred(Deferred::Pages(_)));
    if !inline.pieces.iter().any(|piece| is_list(piece.kind)) {
        return None;
    }
    let mut filled = Inline { drawings: inline.drawings.clone(), ..Inline::default() };
    let mut waiting = inline.anchors.iter().peekable();
    for piece in &inline.pieces {
        while let Some((_, anchor)) = waiting.next_if(|(at, _)| *at <= piece.range.start) {
            filled.anchor(*anchor);
        }
        let (style, owner, link, language) = (piece.style, piece.owner.clone(), piece.link, piece.language);
        let (kind, text) = match piece.kind {
            PieceKind::Deferred(Deferred::Pages(PageList(list))) => {
                (PieceKind::Text, pages_of(&lists[list], anchors))
            }
            kind => (kind, inline.text[piece.range.clone()].to_owned()),
        };
        filled.push(&text, PieceStyle { style, owner, link, language, kind });
    }
    waiting.for_each(|(_, anchor)| filled.anchor(*anchor));
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::pages_of;
    use crate::pages::Anchors;
    use crate::tags::AnchorId;
    use crate::units::Length;

    #[test]
    fn page_numbers_are_sorted_and_consecutive_ones_form_a_range() {
        let pages = [2, 2, 0, 4, 5, 6, 9, 10];
        let anchors: Anchors =
            (0..).zip(pages).map(|(index, page)| (AnchorId(index), (page, Length::ZERO))).collect();
        let list: Vec<AnchorId> = anchors.keys().rev().copied().collect();
        assert_eq!(pages_of(&list, &anchors), "1, 3, 5\u{2013}7, 10, 11");
        assert_eq!(pages_of(&[], &anchors), "");
    }
}

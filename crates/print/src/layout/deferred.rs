//! Numbers that only pagination knows, set into the room that was kept for them.

use crate::layout::paginate::ClosedPage;
use crate::pages::{Anchors, ArtifactKind, GlyphRun, Item, Owner};
use crate::text::Typesetter;
use crate::text::inline::{Deferred, Flush, Inline, PieceKind, PieceStyle};
use crate::text::paragraph::{Align, Mark, Setup};
use crate::text::style::TextStyle;
use crate::units::Length;

/// Whether the page's numbers can be filled in.
pub(crate) fn is_known(page: &ClosedPage, anchors: &Anchors) -> bool {
    page.deferred.iter().all(|(_, Deferred::PageOf(anchor, _))| anchors.contains_key(anchor))
}

/// Replaces each placeholder's zeros by its digits.
pub(crate) fn fill(page: &mut ClosedPage, anchors: &Anchors, typesetter: &mut Typesetter) {
    for (item, Deferred::PageOf(anchor, flush)) in &page.deferred {
        let number = anchors.get(anchor).map_or(0, |(page, _)| page + 1);
        let Item::Run(run) = &mut page.items[*item].item else { continue };
        set_digits(run, &number.to_string(), *flush, typesetter);
    }
}

fn set_digits(run: &mut GlyphRun, digits: &str, flush: Flush, typesetter: &mut Typesetter) {
    let room: Length = run.glyphs.iter().map(|glyph| glyph.advance).sum();
    let Some(style) = TextStyle::of_run(run) else { return };
    let mut inline = Inline::default();
    let owner = Owner::Artifact(ArtifactKind::Layout);
    let language = typesetter.languages.id("und");
    inline.push(digits, PieceStyle { style, owner, link: None, language, kind: PieceKind::Text });
    let setup = Setup {
        measure: room.max(typesetter.width(&inline)),
        indent: Length::ZERO,
        align: if flush == Flush::End { Align::End } else { Align::Start },
        hyphenate: false,
        right_to_left: false,
    };
    let line = typesetter.set(&inline, &setup).into_iter().next();
    let Some(Mark::Run(digits)) = line.and_then(|line| line.marks.into_iter().next()).map(|m| m.mark) else {
        return;
    };
    // More digits than there is room for stand out at the start, where nothing is.
    let overhang = if flush == Flush::End { setup.measure - room } else { Length::ZERO };
    *run = GlyphRun { x: run.x + digits.x - overhang, y: run.y, ..digits };
}

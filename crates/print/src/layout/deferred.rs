//! Numbers that only pagination knows, set into the room that was kept for them.

use crate::layout::paginate::LaidOut;
use crate::pages::{ArtifactKind, GlyphRun, Item, Owner};
use crate::text::Typesetter;
use crate::text::inline::{Deferred, Flush, Inline, PieceKind, PieceStyle};
use crate::text::paragraph::{Align, Mark, Setup};
use crate::text::style::TextStyle;
use crate::units::Length;

/// Replaces each placeholder's zeros by its digits.
pub(crate) fn fill(laid_out: &mut LaidOut, typesetter: &mut Typesetter) {
    for (page, item, what) in &laid_out.deferred {
        let Deferred::PageOf(anchor, flush) = what;
        let number = laid_out.pages.anchors.get(anchor).map_or(0, |(page, _)| page + 1);
        let Item::Run(run) = &mut laid_out.pages.pages[*page].items[*item].item else { continue };
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

//! What stands on every page: marking bands and the footer line, all artifacts.

use crate::flow::Furniture;
use crate::layout::drawing::filled;
use crate::layout::geometry::Geometry;
use crate::layout::text_block::{baseline, single_line};
use crate::pages::{ArtifactKind, Color, GlyphRun, Item, Owner, Pages, Placed, Rect};
use crate::text::Typesetter;
use crate::text::inline::{Inline, PieceStyle};
use crate::text::paragraph::{Align, Mark};
use crate::units::Length;

/// The bands' distance from the paper's edge, and their height.
const BAND_EDGE: Length = Length::mm(5);
const BAND_HEIGHT: Length = Length::mm(7);
const BLACK: Color = Color(0, 0, 0);
/// The footer's baseline above the lower band.
const FOOTER_RISE: Length = Length::mm(4);

/// Adds the furniture beneath each page's content.
pub(crate) fn add(
    pages: &mut Pages,
    furniture: &Furniture,
    geometry: &Geometry,
    typesetter: &mut Typesetter,
) {
    let count = pages.pages.len();
    let top = geometry.size.1 - BAND_EDGE - BAND_HEIGHT;
    let mut repeated = band(furniture, geometry, top, ArtifactKind::Header, typesetter);
    repeated.extend(band(furniture, geometry, BAND_EDGE, ArtifactKind::Footer, typesetter));
    repeated.extend(footer(&furniture.footer, geometry, Align::Start, typesetter));
    for (index, page) in pages.pages.iter_mut().enumerate() {
        let number = page_number(&furniture.footer, index + 1, count);
        let mut items = repeated.clone();
        items.extend(footer(&number, geometry, Align::End, typesetter));
        items.append(&mut page.items);
        page.items = items;
    }
}

fn band(
    furniture: &Furniture,
    geometry: &Geometry,
    y: Length,
    kind: ArtifactKind,
    typesetter: &mut Typesetter,
) -> Vec<Placed> {
    if furniture.marking.is_empty() {
        return Vec::new();
    }
    let width = geometry.size.0 - geometry.side * 2;
    let rect = Rect { x: geometry.side, y, width, height: BAND_HEIGHT };
    let owner = Owner::Artifact(kind);
    let mut items = vec![Placed { owner: owner.clone(), item: Item::Path(filled(rect, BLACK)) }];
    let size = furniture.marking.pieces.first().map_or(Length::ZERO, |piece| piece.style.size);
    let baseline = y + BAND_HEIGHT - baseline(BAND_HEIGHT, size);
    items.extend(runs(&furniture.marking, Align::Centered, width, typesetter).map(|mut run| {
        (run.x, run.y) = (run.x + geometry.side, baseline);
        Placed { owner: owner.clone(), item: Item::Run(run) }
    }));
    items
}

fn footer(text: &Inline, geometry: &Geometry, align: Align, typesetter: &mut Typesetter) -> Vec<Placed> {
    let width = geometry.size.0 - geometry.side * 2;
    let y = BAND_EDGE + BAND_HEIGHT + FOOTER_RISE;
    runs(text, align, width, typesetter)
        .map(|mut run| {
            (run.x, run.y) = (run.x + geometry.side, y);
            Placed { owner: Owner::Artifact(ArtifactKind::Footer), item: Item::Run(run) }
        })
        .collect()
}

fn runs(
    text: &Inline,
    align: Align,
    width: Length,
    typesetter: &mut Typesetter,
) -> impl Iterator<Item = GlyphRun> + use<> {
    let lines = single_line(text, align, width, false, typesetter);
    lines.into_iter().take(1).flat_map(|line| line.marks).filter_map(|marked| match marked.mark {
        Mark::Run(run) => Some(run),
        Mark::Drawn => None,
    })
}

/// "page n/N" in the footer's style.
fn page_number(footer: &Inline, number: usize, count: usize) -> Inline {
    let mut inline = Inline::default();
    if let Some(piece) = footer.pieces.first() {
        let (style, owner, language) = (piece.style, piece.owner.clone(), piece.language);
        let kind = piece.kind;
        inline.push(&format!("{number}/{count}"), PieceStyle { style, owner, link: None, language, kind });
    }
    inline
}

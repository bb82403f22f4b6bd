//! Running elements of every page, all artifacts: watermark, marking bands and the footer.

use std::sync::Arc;

use crate::flow::{RunningElements, Span};
use crate::graphics::{Color, Rect};
use crate::layout::geometry::Geometry;
use crate::layout::shapes::filled;
use crate::layout::text_block::{baseline, single_line};
use crate::pages::{ArtifactKind, GlyphRun, Item, Owner, PlacedItem};
use crate::text::Typesetter;
use crate::text::inline::{Inline, PieceStyle};
use crate::text::paragraph::Mark;
use crate::text::paragraph_setup::Align;
use crate::units::Length;

/// Distance of the marking bands from the paper's edge, and their height.
const BAND_EDGE: Length = Length::mm(5);
const BAND_HEIGHT: Length = Length::mm(7);
const BLACK: Color = Color(0, 0, 0);
/// Height of the footer's baseline above the lower band.
const FOOTER_RISE: Length = Length::mm(4);

/// Width reserved for the page number.
const NUMBER: Length = Length::mm(22);

/// Running elements of one brief; the parts that all pages share are set once.
pub(crate) struct PlacedRunningElements<'a> {
    running_elements: &'a RunningElements,
    geometry: &'a Geometry,
    repeated: Vec<PlacedItem>,
}

impl<'a> PlacedRunningElements<'a> {
    pub(crate) fn new(
        running_elements: &'a RunningElements,
        geometry: &'a Geometry,
        typesetter: &mut Typesetter,
    ) -> Self {
        let top = geometry.size.1 - BAND_EDGE - BAND_HEIGHT;
        let header = band(running_elements, geometry, top, typesetter);
        let mut footer = band(running_elements, geometry, BAND_EDGE, typesetter);
        footer.extend(footer_line(&running_elements.footer, geometry, Align::Start, typesetter));
        footer.extend(
            footer_line(&running_elements.imprint, geometry, Align::Start, typesetter)
                .into_iter()
                .map(raised),
        );
        let watermark = watermark(&running_elements.watermark, geometry, typesetter);
        let kinds = [
            (ArtifactKind::Watermark, watermark),
            (ArtifactKind::Header, header),
            (ArtifactKind::Footer, footer),
        ];
        let present = kinds.into_iter().filter(|(_, items)| !items.is_empty());
        let repeated = present
            .map(|(kind, items)| PlacedItem {
                owner: Owner::Artifact(kind),
                item: Item::Repeated(Arc::from(items)),
            })
            .collect();
        Self { running_elements, geometry, repeated }
    }

    /// Returns the paper's width and height.
    pub(crate) const fn size(&self) -> (Length, Length) {
        self.geometry.size
    }

    /// Running elements of every page, all artifacts: watermark, marking bands and the footer.
    pub(crate) fn repeated(&self) -> Vec<PlacedItem> {
        self.repeated.clone()
    }

    /// Sets a page's number, from 1, and the number of pages.
    pub(crate) fn page_number(
        &self,
        number: usize,
        count: usize,
        typesetter: &mut Typesetter,
    ) -> Vec<PlacedItem> {
        let text = page_number(&self.running_elements.footer, number, count);
        let items = footer_line(&text, self.geometry, Align::End, typesetter);
        items
            .into_iter()
            .map(|item| PlacedItem { owner: Owner::Artifact(ArtifactKind::Footer), item })
            .collect()
    }
}

fn band(
    running_elements: &RunningElements,
    geometry: &Geometry,
    y: Length,
    typesetter: &mut Typesetter,
) -> Vec<Item> {
    if running_elements.marking.is_empty() {
        return Vec::new();
    }
    let width = geometry.size.0 - geometry.side * 2;
    let rect = Rect { x: geometry.side, y, width, height: BAND_HEIGHT };
    let mut items = vec![Item::Path(filled(rect, BLACK))];
    let size = running_elements.marking.pieces.first().map_or(Length::ZERO, |piece| piece.style.size);
    let baseline = y + BAND_HEIGHT - baseline(BAND_HEIGHT, size);
    items.extend(runs(&running_elements.marking, Align::Centered, width, typesetter).map(|mut run| {
        (run.x, run.y) = (run.x + geometry.side, baseline);
        Item::Run(run)
    }));
    items
}

/// Sets the watermark across the middle of the page, as large as its style and the page allow.
fn watermark(text: &Inline, geometry: &Geometry, typesetter: &mut Typesetter) -> Vec<Item> {
    if text.is_empty() {
        return Vec::new();
    }
    let (width, room) = (typesetter.width(text), geometry.width(Span::Full));
    let mut text = text.clone();
    if width > room {
        for piece in &mut text.pieces {
            piece.style.size = piece.style.size * (room.units() / 1024) / (width.units() / 1024 + 1);
        }
    }
    let size = text.pieces.first().map_or(Length::ZERO, |piece| piece.style.size);
    let baseline = (geometry.size.1 - size * 7 / 10) / 2;
    runs(&text, Align::Centered, room, typesetter)
        .map(|mut run| {
            (run.x, run.y) = (run.x + geometry.side, baseline);
            Item::Run(run)
        })
        .collect()
}

fn footer_line(text: &Inline, geometry: &Geometry, align: Align, typesetter: &mut Typesetter) -> Vec<Item> {
    let width =
        geometry.size.0 - geometry.side * 2 - if align == Align::Start { NUMBER } else { Length::ZERO };
    let y = BAND_EDGE + BAND_HEIGHT + FOOTER_RISE;
    runs(text, align, width, typesetter)
        .map(|mut run| {
            (run.x, run.y) = (run.x + geometry.side, y);
            Item::Run(run)
        })
        .collect()
}

/// Returns a footer line moved up, above another one.
fn raised(item: Item) -> Item {
    match item {
        Item::Run(mut run) => {
            run.y += run.size * 5 / 4;
            Item::Run(run)
        }
        other => other,
    }
}

fn runs(
    text: &Inline,
    align: Align,
    width: Length,
    typesetter: &mut Typesetter,
) -> impl Iterator<Item = GlyphRun> + use<> {
    let text = cut(text, width, typesetter);
    let lines = single_line(&text, align, width, false, typesetter);
    lines.into_iter().take(1).flat_map(|line| line.marks).filter_map(|marked| match marked.mark {
        Mark::Run(run) => Some(run),
        Mark::Drawn => None,
    })
}

/// Shortens a text to a width; the title block has the full text.
fn cut(text: &Inline, width: Length, typesetter: &mut Typesetter) -> Inline {
    let mut shown = text.clone();
    while typesetter.width(&shown) > width {
        let most = shown.text.chars().count() * 9 / 10;
        let kept: String = shown.text.chars().take(most).collect();
        let Some(piece) = shown.pieces.into_iter().next() else { return Inline::default() };
        let (style, owner, link, language) = (piece.style, piece.owner, piece.link, piece.language);
        shown = Inline::default();
        if !kept.is_empty() {
            let kept = format!("{}\u{2026}", kept.trim_end_matches('\u{2026}'));
            shown.push(&kept, PieceStyle { style, owner, link, language, kind: piece.kind });
        }
    }
    shown
}

/// Returns "n/N" in the footer's style.
fn page_number(footer: &Inline, number: usize, count: usize) -> Inline {
    let mut inline = Inline::default();
    if let Some(piece) = footer.pieces.first() {
        let (style, owner, language) = (piece.style, piece.owner.clone(), piece.language);
        let kind = piece.kind;
        inline.push(&format!("{number}/{count}"), PieceStyle { style, owner, link: None, language, kind });
    }
    inline
}

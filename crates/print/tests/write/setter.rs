//! A minimal typesetter for tests, independent of the printer's layout: shapes text with `HarfBuzz`'s rules and places
//! runs at given positions.

use std::sync::Arc;

use chancery_print::fonts::FaceId;
use chancery_print::graphics::{Color, Paint, Path, Rect, Segment};
use chancery_print::pages::{ArtifactKind, Glyph, GlyphRun, Item, Owner, Page, PlacedItem};
use chancery_print::tags::TagId;
use chancery_print::units::Length;
use harfrust::{Buffer, ClusterLevel, Font, ShapeOptions, ShaperFont};

pub(crate) const INK: Color = Color(0x11, 0x11, 0x11);

/// Shapes `text` as one run; direction and script are derived from the text.
pub(crate) fn run(face: FaceId, points: i64, x: i64, y: i64, text: &str) -> GlyphRun {
    let font = Font::new(face.bytes(), 0).expect("a vendored face parses");
    let shaper = ShaperFont::new(&font);
    let mut buffer = Buffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    buffer.set_cluster_level(ClusterLevel::MonotoneCharacters);
    harfrust::shape(&shaper, &mut buffer, ShapeOptions::new()).expect("the buffer is set up");
    let mut starts: Vec<u32> = buffer.glyph_infos().iter().map(|info| info.cluster).collect();
    starts.sort_unstable();
    starts.dedup();
    let end = |start: u32| starts.iter().copied().find(|&next| next > start).unwrap_or(text.len() as u32);
    let size = Length::pt(points);
    let scaled = |units: i32| size * i64::from(units) / face.units_per_em();
    let glyphs = buffer
        .glyph_infos()
        .iter()
        .zip(buffer.glyph_positions())
        .map(|(info, position)| Glyph {
            id: u16::try_from(info.glyph_id).expect("OpenType glyphs have 16 bits"),
            natural: scaled(shaper.glyph_h_advance(harfrust::GlyphId::new(info.glyph_id))),
            advance: scaled(position.x_advance),
            offset: (scaled(position.x_offset), scaled(position.y_offset)),
            cluster: info.cluster..end(info.cluster),
        })
        .collect();
    GlyphRun {
        face,
        size,
        x: Length::pt(x),
        y: Length::pt(y),
        color: INK,
        expansion: 100_000,
        letterspace: Length::ZERO,
        text: Arc::from(text),
        glyphs,
        actual_texts: Vec::new(),
    }
}

pub(crate) fn tagged(node: TagId, seq: u32, item: Item) -> PlacedItem {
    PlacedItem { owner: Owner::Tagged { node, seq }, item }
}

pub(crate) fn artifact(kind: ArtifactKind, item: Item) -> PlacedItem {
    PlacedItem { owner: Owner::Artifact(kind), item }
}

pub(crate) fn rect(x: i64, y: i64, width: i64, height: i64) -> Rect {
    Rect { x: Length::pt(x), y: Length::pt(y), width: Length::pt(width), height: Length::pt(height) }
}

pub(crate) fn filled(rect: Rect, color: Color) -> Item {
    Item::Path(Path { segments: vec![Segment::Rect(rect)], paint: Paint::Fill(color) })
}

pub(crate) fn stroked(from: (i64, i64), to: (i64, i64), dash: Option<(Length, Length)>) -> Item {
    Item::Path(Path {
        segments: vec![
            Segment::Move(Length::pt(from.0), Length::pt(from.1)),
            Segment::Line(Length::pt(to.0), Length::pt(to.1)),
        ],
        paint: Paint::Stroke { color: INK, width: Length::milli_pt(400), dash },
    })
}

pub(crate) fn a4(items: Vec<PlacedItem>) -> Page {
    Page { size: (Length::mm(210), Length::mm(297)), items }
}

//! Output of `layout` and input of `write`: pages of placed items with final positions. Coordinates are PDF's: origin
//! at the lower left corner, y upwards, in [`Length`]s.

use crate::fonts::FaceId;
use crate::graphics::{Color, Path, Rect};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use chancery_images::PreparedImage;

use crate::tags::{AnchorId, TagId};
use crate::units::Length;

/// Position of each anchor: page index from 0, and the y of its line's top.
pub type Anchors = BTreeMap<AnchorId, (usize, Length)>;

/// One page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Width and height.
    pub size: (Length, Length),
    /// Items in painting order; [`Owner::Tagged`]'s `seq` gives the logical order.
    pub items: Vec<PlacedItem>,
}

/// An item and its owner.
#[derive(Clone, Debug)]
pub struct PlacedItem {
    /// The owning structure element or artifact.
    pub owner: Owner,
    /// The item.
    pub item: Item,
}

/// Owner of content, which is either tagged or an artifact (ISO 14289-1, 7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Content of a structure element, at the logical position `seq` among that element's kids.
    Tagged {
        /// The element.
        node: TagId,
        /// The position, on the scale of `TagTree::next_seq`.
        seq: u32,
    },
    /// Running elements and decoration.
    Artifact(ArtifactKind),
}

/// Kinds of artifacts (ISO 32000-1, 14.8.2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArtifactKind {
    /// Pagination, Header: the marking band at the top.
    Header,
    /// Pagination, Footer: the band at the bottom and the footer line.
    Footer,
    /// Pagination, Watermark.
    Watermark,
    /// Layout: rules, leaders, backgrounds, repeated table headers.
    Layout,
}

/// The item.
#[derive(Clone, Debug)]
pub enum Item {
    /// Glyphs on one baseline.
    Run(GlyphRun),
    /// A filled or stroked path.
    Path(Path),
    /// An image, scaled to a rectangle. It is written once, however often it is placed.
    Image {
        /// The image.
        image: PreparedImage,
        /// The rectangle.
        rect: Rect,
    },
    /// An artifact shared by many pages: written once and painted on each.
    Repeated(Arc<[Item]>),
    /// The active area of a link. It paints nothing.
    LinkArea {
        /// The `Link` element.
        link: TagId,
        /// Its rectangle.
        rect: Rect,
    },
}

/// Glyphs of one face and size on one baseline, in visual order from left to right.
#[derive(Clone, Debug)]
pub struct GlyphRun {
    /// The face.
    pub face: FaceId,
    /// The type size.
    pub size: Length,
    /// The first glyph's origin.
    pub x: Length,
    /// The baseline.
    pub y: Length,
    /// The fill colour.
    pub color: Color,
    /// Horizontal scaling in 1/100,000 (PDF's `Tz`); 100,000 is as designed. It also scales advances.
    pub expansion: u32,
    /// Space after every glyph (PDF's `Tc`), before scaling.
    pub letterspace: Length,
    /// The text of the glyphs.
    pub text: Arc<str>,
    /// The glyphs.
    pub glyphs: Vec<Glyph>,
    /// Texts that replace those of some glyphs, in order. A right-to-left run has none.
    pub actual_texts: Vec<ActualText>,
}

/// A text that replaces the text of adjacent glyphs (ISO 32000-1, 14.9.4): the whole of a word that a line break divides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActualText {
    /// The glyphs, whole clusters.
    pub glyphs: Range<usize>,
    /// Their text.
    pub text: Arc<str>,
}

/// A placed glyph.
#[derive(Clone, Debug)]
pub struct Glyph {
    /// The glyph's number in the original face.
    pub id: u16,
    /// The face's own advance (`hmtx`), by which PDF readers move the pen, as a [`Length`] at the run's size.
    pub natural: Length,
    /// Distance to the next glyph's origin, without `letterspace`, including kerning and justified space.
    pub advance: Length,
    /// Offset of the outline from the origin, to the right and upwards.
    pub offset: (Length, Length),
    /// Byte range of `GlyphRun.text` of this glyph's cluster. Glyphs of one cluster are adjacent and have the same
    /// range; the writer assigns the text to one of them or uses `ActualText`.
    pub cluster: Range<u32>,
}

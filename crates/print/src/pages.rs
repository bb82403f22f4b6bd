//! What `layout` hands to `write`: pages of placed items, every position final. Coordinates are PDF's:
//! origin at the page's lower left corner, y upwards, in [`Length`]s.

use crate::graphics::{Color, Path, Rect};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use chancery_images::PreparedImage;

use crate::tags::{AnchorId, TagId};
use crate::units::Length;

/// Where each anchor came to stand: page index from 0, and the y of the top of its line.
pub type Anchors = BTreeMap<AnchorId, (usize, Length)>;

/// A laid-out brief, all pages at once.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    /// In order.
    pub pages: Vec<Page>,
    /// Where its anchors stand.
    pub anchors: Anchors,
}

/// One page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Width and height.
    pub size: (Length, Length),
    /// In painting order. Logical order is in [`Owner::Tagged`]'s `seq`.
    pub items: Vec<PlacedItem>,
}

/// An item with its owner.
#[derive(Clone, Debug)]
pub struct PlacedItem {
    /// Which structure element it belongs to, or that it belongs to none.
    pub owner: Owner,
    /// What is painted.
    pub item: Item,
}

/// Content is either tagged or an artifact (ISO 14289-1, 7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Content of a structure element, at the logical position `seq` among that element's kids.
    Tagged {
        /// The element.
        node: TagId,
        /// The position, on the scale of `TagTree::next_seq`.
        seq: u32,
    },
    /// Page running_elements and decoration.
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

/// What is painted.
#[derive(Clone, Debug)]
pub enum Item {
    /// Glyphs on one baseline.
    Run(GlyphRun),
    /// A filled or stroked path.
    Path(Path),
    /// A picture, scaled to a rectangle. It is written once, however often it is placed.
    Image {
        /// The picture.
        image: PreparedImage,
        /// Where it stands.
        rect: Rect,
    },
    /// What stands alike on many pages, an artifact always: it is written once, and painted on each.
    Repeated(Arc<[Item]>),
    /// The active area of a link; paints nothing.
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
    pub face: crate::fonts::FaceId,
    /// The type size.
    pub size: Length,
    /// The first glyph's origin.
    pub x: Length,
    /// The baseline.
    pub y: Length,
    /// The fill colour.
    pub color: Color,
    /// Horizontal scaling in units of 1/100,000 (PDF's `Tz`); 100,000 is as designed. Advances are before it.
    pub expansion: u32,
    /// Added after every glyph (PDF's `Tc`), before scaling.
    pub letterspace: Length,
    /// The text that the glyphs stand for.
    pub text: Arc<str>,
    /// The glyphs.
    pub glyphs: Vec<Glyph>,
}

/// A placed glyph.
#[derive(Clone, Debug)]
pub struct Glyph {
    /// The glyph's number in the original face.
    pub id: u16,
    /// The face's own advance, by which PDF moves on (`hmtx`), in [`Length`] at the run's size.
    pub natural: Length,
    /// How far the next glyph's origin stands from this one's, without `letterspace`: kerning and justified
    /// space included.
    pub advance: Length,
    /// The drawing's shift from its origin: to the right and upwards.
    pub offset: (Length, Length),
    /// The bytes of `GlyphRun.text` that this glyph's cluster stands for. Glyphs of one cluster follow each
    /// other and carry the same range; the writer gives the text to one of them or uses `ActualText`.
    pub cluster: Range<u32>,
}

//! Fonts: the vendored faces, fonts added at run time, and the subsets that a file embeds.

mod face_glyphs;
mod faces;
mod font_set;
mod sfnt;
pub(crate) mod subset;

pub use crate::fonts::face_glyphs::{EmbeddedFont, FaceGlyphs};
pub use crate::fonts::faces::{AddedFace, FaceId};
pub use crate::fonts::font_set::{FontError, Fonts};

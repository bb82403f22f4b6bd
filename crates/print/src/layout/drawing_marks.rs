//! The marks of a drawing's paths.

use crate::flow::Drawing as Content;
use crate::layout::geometry::Slot;
use crate::layout::strip::{Drawing, StripMark};

/// Returns the marks of a drawing's paths, mirrored in right-to-left documents.
pub(crate) fn path_marks(
    drawing: &Content,
    slot: Slot,
    right_to_left: bool,
) -> impl Iterator<Item = StripMark> {
    drawing.paths.iter().map(move |path| {
        let path = if right_to_left { path.mirrored(drawing.width) } else { path.clone() };
        StripMark { owner: drawing.owner.clone(), slot, drawing: Drawing::Path(path) }
    })
}

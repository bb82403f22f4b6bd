//! Fields that parts of several kinds have: id and marking.

use super::annotations::Annotations;
use super::lowering::Lowering;
use crate::code;
use crate::paths::PathNode;
use crate::range::{Spanned, TextRange};
use crate::syntax::parts::Parts;

/// Returns the id of a part, and sets its range: where the id is, or will be.
pub(super) fn own_id(parts: &Parts, node: &mut PathNode) -> String {
    let range = parts.id.as_ref().map_or(TextRange::at(parts.range.end), |id| id.range);
    node.set_id(parts.id(), range);
    parts.id().to_owned()
}

impl Lowering<'_> {
    /// Returns the marking of a part: its leading label, or its annotation.
    pub(super) fn part_marking(
        &mut self,
        parts: &Parts,
        annotations: &mut Annotations,
        node: &mut PathNode,
    ) -> String {
        let written = annotations.take("marking", self.diagnostics);
        let annotated = written.map(|value| Spanned::new(value.text, value.range));
        if let (Some(_), Some(second)) = (&parts.marking, &annotated) {
            let message = "the part is marked twice: remove the annotation";
            self.diagnostics.error(code::DUPLICATE_KEY, second.range, message);
        }
        let Some(label) = parts.marking.clone().or(annotated) else { return String::new() };
        node.set("marking", label.range);
        self.label(&label)
    }

    /// Reports citations on a part that cites nothing.
    pub(super) fn refuse_citations(&mut self, parts: &Parts, remedy: &str) {
        if let Some(range) = parts.citations_range {
            let message = format!("only sentences and tables cite sources: {remedy}");
            self.diagnostics.error(code::INVALID_CITATION, range, message);
        }
    }
}

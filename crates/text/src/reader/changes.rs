//! Declared changes: on the line of the part that changed, or in a block `changes`.

use chancery_proto::brief::v1::{Change, ChangeKind, ConfidenceLevel};

use super::annotations::{Annotations, word};
use super::lowering::Lowering;
use crate::code;
use crate::paths::PathNode;
use crate::range::{Spanned, TextRange};

/// The part that changed.
#[derive(Clone, Copy)]
pub(super) enum ChangedPart<'p> {
    Statement(&'p str),
    Other(&'p str),
}

impl Lowering<'_> {
    /// Takes the change from the annotations of the part that changed.
    pub(super) fn own_change(
        &mut self,
        part: ChangedPart<'_>,
        annotations: &mut Annotations,
        node: &PathNode,
    ) {
        let Some((change, path)) = self.change(part, annotations, node, false) else { return };
        match part {
            ChangedPart::Statement(_) => self.statement_changes.push((change, path)),
            ChangedPart::Other(_) => self.part_changes.push((change, path)),
        }
    }

    /// Takes a change; reports annotations of one without its kind.
    pub(super) fn change(
        &mut self,
        part: ChangedPart<'_>,
        annotations: &mut Annotations,
        part_node: &PathNode,
        is_required: bool,
    ) -> Option<(Change, PathNode)> {
        let kind = annotations.take_where(|item| item.head.text.starts_with('!'));
        let range = kind.as_ref().map_or(part_node.range(), |kind| kind.range);
        let mut node = PathNode::new(range);
        let mut change = Change::default();
        match part {
            ChangedPart::Statement(id) => id.clone_into(&mut change.statement_id),
            ChangedPart::Other(id) => id.clone_into(&mut change.part_id),
        }
        let diagnostics = &mut *self.diagnostics;
        change.was = annotations.take_text("was", "was", &mut node, diagnostics);
        change.now = annotations.take_text("now", "now", &mut node, diagnostics);
        change.replaced_by = annotations.take_ids("replaced-by", "replaced_by", &mut node, diagnostics);
        change.evidence_ids = annotations.take_ids("evidence", "evidence_ids", &mut node, diagnostics);
        let before = "confidence-was";
        let before =
            annotations.take_word::<ConfidenceLevel>(before, "confidence_before", &mut node, diagnostics);
        let after = "confidence-now";
        let after =
            annotations.take_word::<ConfidenceLevel>(after, "confidence_after", &mut node, diagnostics);
        change.confidence_before = before.unwrap_or_default();
        change.confidence_after = after.unwrap_or_default();
        for (key, field) in [("was-marking", "was_marking"), ("change-marking", "marking")] {
            let Some(value) = annotations.take(key, self.diagnostics) else { continue };
            node.set(field, value.range);
            let label = self.label(&Spanned::new(value.text, value.range));
            if field == "marking" { change.marking = label } else { change.was_marking = label }
        }
        let Some(kind) = kind else {
            let mut subject = Change::default();
            subject.statement_id.clone_from(&change.statement_id);
            subject.part_id.clone_from(&change.part_id);
            if is_required || change != subject {
                let message = "a change has a kind: add it, such as `!updated: why`";
                self.diagnostics.error(code::MISSING_VALUE, part_node.range(), message);
            }
            return None;
        };
        let name = Spanned::new(
            &kind.head.text[1..],
            TextRange::new(kind.head.range.start + 1, kind.head.range.end),
        );
        change.kind = word::<ChangeKind>("kind of change", &name, self.diagnostics).map_or(0, Into::into);
        node.set("kind", kind.head.range);
        if let Some(why) = kind.value {
            node.set("why", why.range);
            change.why = why.text;
        }
        Some((change, node))
    }
}

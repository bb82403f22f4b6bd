//! The body: bottom line, key judgments and the tree of sections.

use chancery_proto::brief::v1::{BriefContent, KeyJudgment, Section};

use super::annotations::Annotations;
use super::changes::ChangedPart;
use super::likelihoods::confidence;
use super::lowering::Lowering;
use super::part_fields::own_id;
use super::statements::Holder;
use crate::code;
use crate::diagnostics::Diagnostic;
use crate::paths::PathNode;
use crate::range::TextRange;
use crate::syntax::opening_titles::{names_bottom_line, names_key_judgments};
use crate::syntax::parts::Parts;
use crate::syntax::tree::{Element, ElementKind, List, ListItem};

/// A section whose end is not reached yet.
struct OpenSection {
    level: usize,
    section: Section,
    node: PathNode,
}

/// The sections that are open, outermost first, and those that are complete.
struct SectionTree {
    open: Vec<OpenSection>,
    sections: Vec<Section>,
    node: PathNode,
}

impl SectionTree {
    /// Closes the sections at and below a level.
    fn close(&mut self, level: usize) {
        while self.open.last().is_some_and(|open| open.level >= level) {
            let Some(closed) = self.open.pop() else { return };
            if let Some(parent) = self.open.last_mut() {
                let range = closed.node.range();
                parent.section.sections.push(closed.section);
                parent.node.field("sections", range).push(closed.node);
            } else {
                self.sections.push(closed.section);
                self.node.push(closed.node);
            }
        }
    }
}

impl Lowering<'_> {
    pub(super) fn body(&mut self, elements: &[Element], content: &mut BriefContent, root: &mut PathNode) {
        let end = TextRange::at(root.range().end);
        let mut tree = SectionTree { open: Vec::new(), sections: Vec::new(), node: PathNode::new(end) };
        for element in elements {
            if let ElementKind::Heading { level, title } = &element.kind {
                tree.close(*level);
                let parent = tree.open.last().map_or(0, |open| open.level);
                if *level > parent + 1 {
                    let message = format!(
                        "the heading skips a level: write {} for a section in the one above it",
                        "#".repeat(parent + 1)
                    );
                    self.diagnostics.error(code::WRONG_DEPTH, element.range, message);
                }
                self.warn_of_opening(title, content);
                let (section, node) = self.section(title, element.range);
                tree.open.push(OpenSection { level: *level, section, node });
            } else if let Some(open) = tree.open.last_mut() {
                if let Some((block, node)) = self.block(element) {
                    open.section.blocks.push(block);
                    open.node.field("blocks", element.range).push(node);
                }
            } else {
                self.opening(element, content, root);
            }
        }
        tree.close(0);
        content.sections = tree.sections;
        root.add("sections", tree.node);
    }

    /// Warns of a heading of the bottom line or the key judgments, if the brief has none: below a heading they are sections
    /// like any other, which neither the first page nor the summary shows.
    fn warn_of_opening(&mut self, title: &Parts, content: &BriefContent) {
        let heading = title.text.text.as_str();
        let (is_bottom_line, are_judgments) = (names_bottom_line(heading), names_key_judgments(heading));
        let message = if is_bottom_line && content.bluf.is_empty() {
            "the bottom line is the paragraphs above the first heading: move it there, without a heading, or the print has none"
        } else if are_judgments && content.key_judgments.is_empty() {
            "the key judgments are the numbered items above the first heading: move them there, without a heading, or the print \
             has none"
        } else {
            return;
        };
        let range = title.text.range;
        self.diagnostics.push(Diagnostic::warning(code::OPENING_BELOW_HEADING, range, message));
    }

    fn section(&mut self, title: &Parts, range: TextRange) -> (Section, PathNode) {
        let mut node = PathNode::new(range);
        let mut annotations = Annotations::new(title.items.clone(), "a section", self.diagnostics);
        let mut section = Section { id: own_id(title, &mut node), ..Section::default() };
        section.heading.clone_from(&title.text.text);
        node.set("heading", title.text.range);
        section.marking = self.part_marking(title, &mut annotations, &mut node);
        section.domain = annotations.take_text("domain", "domain", &mut node, self.diagnostics);
        self.refuse_citations(title, "move the citation to a sentence");
        self.own_change(ChangedPart::Other(&section.id), &mut annotations, &node);
        annotations.finish(self.diagnostics);
        (section, node)
    }

    /// Reads an element above the first heading.
    fn opening(&mut self, element: &Element, content: &mut BriefContent, root: &mut PathNode) {
        match &element.kind {
            ElementKind::Paragraph(passage) => {
                let (statements, path) = self.statements(passage, element.range, Holder::OTHER);
                content.bluf.extend(statements);
                root.field("bluf", element.range).extend(path);
            }
            ElementKind::List(list) if list.ordered => self.judgments(list, content, root),
            ElementKind::Fenced { .. } => {}
            _ => {
                let message = "above the first heading, paragraphs are the bottom line and numbered items the key judgments: \
                               put other blocks below a heading";
                self.diagnostics.error(code::MISPLACED, element.range, message);
            }
        }
        if let (Some(own), false) = (&element.own, matches!(element.kind, ElementKind::Empty(_))) {
            let message = "the bottom line and the key judgments are no blocks: indent the line below the key judgment that it \
                           belongs to, or put its annotations at the end of a sentence";
            self.diagnostics.error(code::NOT_APPLICABLE, own.range, message);
        }
    }

    fn judgments(&mut self, list: &List, content: &mut BriefContent, root: &mut PathNode) {
        for item in &list.items {
            let (judgment, node) = self.judgment(item);
            content.key_judgments.push(judgment);
            root.field("key_judgments", list.range).push(node);
            if let Some(inner) = &item.list {
                let message = "a key judgment contains no list: put it below a heading";
                self.diagnostics.error(code::MISPLACED, inner.range, message);
            }
        }
    }

    fn judgment(&mut self, item: &ListItem) -> (KeyJudgment, PathNode) {
        let mut node = PathNode::new(item.range);
        let (statements, path) = self.statements(&item.passage, item.range, Holder::Judgment);
        node.add("statements", path);
        let mut judgment = KeyJudgment { statements, ..KeyJudgment::default() };
        let Some(own) = &item.own else {
            self.compare_wording(&item.passage, &judgment.statements, None);
            judgment.id = item.assigned_id.clone().unwrap_or_default();
            node.set_id(&judgment.id, TextRange::at(item.range.end));
            return (judgment, node);
        };
        judgment.id = own_id(own, &mut node);
        let mut annotations = Annotations::new(own.items.clone(), "a key judgment", self.diagnostics);
        judgment.marking = self.part_marking(own, &mut annotations, &mut node);
        judgment.likelihood = self.likelihood(&mut annotations, &mut node);
        self.compare_wording(&item.passage, &judgment.statements, judgment.likelihood.as_ref());
        judgment.confidence = confidence(&mut annotations, &mut node, self.diagnostics);
        let diagnostics = &mut *self.diagnostics;
        judgment.rests_on = annotations.take_ids("rests-on", "rests_on", &mut node, diagnostics);
        judgment.revises_id = annotations.take_text("revises", "revises_id", &mut node, diagnostics);
        judgment.revision_note =
            annotations.take_text("revision-note", "revision_note", &mut node, diagnostics);
        self.own_change(ChangedPart::Other(&judgment.id), &mut annotations, &node);
        annotations.finish(self.diagnostics);
        (judgment, node)
    }
}

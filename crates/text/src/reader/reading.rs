//! Reads a text to its content.

use std::collections::BTreeSet;

use chancery_proto::brief::v1::{BriefContent, LikelihoodScale};

use super::lowering::{LocatedChange, Lowering};
use crate::context::{Context, Exchange};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::parse::parse;
use crate::paths::{PathNode, Paths};
use crate::range::TextRange;
use crate::syntax::tree::{Element, ElementKind};
use crate::vocabulary::MAX_COMPARISONS;

/// A text as content.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The content. Parts without an id have the id that the formatter will write. Where a diagnostic is an error, the
    /// content is incomplete.
    pub content: BriefContent,
    /// The fields of front matter that are not content.
    pub exchange: Exchange,
    /// From paths of the content to ranges of the text.
    pub paths: Paths,
    /// Problems in the order of the text, at most [`crate::DIAGNOSTIC_LIMIT`].
    pub diagnostics: Vec<Diagnostic>,
    /// Number of further problems, which are not listed.
    pub omitted: usize,
    /// Warnings about English sentences: a likelihood term without a likelihood, or with another one.
    pub wording: Vec<Diagnostic>,
    /// Whether all of the front matter was read.
    pub(crate) has_front_matter: bool,
}

impl Reading {
    /// Returns whether the content is incomplete: a diagnostic is an error, or some are not listed.
    pub fn has_errors(&self) -> bool {
        let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
        self.omitted > 0 || self.diagnostics.iter().any(is_error)
    }
}

/// Reads a text. Reports all problems at once, and reads on behind each.
pub fn read(text: &str, context: &Context<'_>) -> Reading {
    let parsed = parse(text, context);
    let mut diagnostics = parsed.diagnostics;
    let mut brief = BriefContent::default();
    let mut root = PathNode::new(TextRange::new(0, text.len()));
    let mut lowering = Lowering {
        context,
        scheme: parsed.scheme,
        scale: LikelihoodScale::Icd203,
        language: String::new(),
        has_front_matter: parsed.front_matter.is_complete,
        misrated_sources: BTreeSet::new(),
        sources: std::collections::BTreeMap::new(),
        comparisons: MAX_COMPARISONS,
        diagnostics: &mut diagnostics,
        wording: Diagnostics::default(),
        statement_changes: Vec::new(),
        part_changes: Vec::new(),
    };
    let has_front_matter = lowering.has_front_matter;
    let exchange = lowering.front_matter(parsed.front_matter, &mut brief, &mut root);
    lowering.body(&parsed.elements, &mut brief, &mut root);
    lowering.fenced(&parsed.elements, &mut brief, &mut root);
    let other_parts = other_part_ids(&parsed.elements, &brief);
    let listed = lowering.listed_changes(&parsed.elements, |id| other_parts.contains(id));
    let mut part_changes = std::mem::take(&mut lowering.part_changes);
    part_changes.sort_by(|(one, _), (other, _)| one.part_id.cmp(&other.part_id));
    let statement_changes = std::mem::take(&mut lowering.statement_changes);
    add_changes(statement_changes.into_iter().chain(part_changes).chain(listed), &mut brief, &mut root);
    let (wording, _) = std::mem::take(&mut lowering.wording).finish();
    let (diagnostics, omitted) = diagnostics.finish();
    Reading {
        content: brief,
        exchange,
        paths: Paths::new(root),
        diagnostics,
        omitted,
        wording,
        has_front_matter,
    }
}

fn add_changes(
    changes: impl Iterator<Item = LocatedChange>,
    content: &mut BriefContent,
    root: &mut PathNode,
) {
    for (change, node) in changes {
        content.changes.push(change);
        let range = node.range();
        root.field("changes", range).push(node);
    }
}

/// Returns the ids of the parts that are no statements.
fn other_part_ids(elements: &[Element], content: &BriefContent) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for element in elements {
        let own = element.own.as_ref();
        let title = match &element.kind {
            ElementKind::Heading { title, .. } | ElementKind::Callout { title, .. } => Some(title),
            ElementKind::Table(table) => Some(&table.title),
            ElementKind::Figure(figure) => Some(&figure.parts),
            _ => None,
        };
        ids.extend([own, title].into_iter().flatten().map(|parts| parts.id().to_owned()));
        if let ElementKind::Fenced { entries, .. } = &element.kind {
            ids.extend(entries.iter().map(|entry| entry.id().to_owned()));
        }
    }
    ids.extend(content.key_judgments.iter().map(|judgment| judgment.id.clone()));
    ids.extend(content.sources.iter().map(|part| part.id.clone()));
    ids.extend(content.actors.iter().map(|part| part.id.clone()));
    ids.extend(content.places.iter().map(|part| part.id.clone()));
    ids.extend(content.domains.iter().map(|part| part.id.clone()));
    ids.remove("");
    ids
}

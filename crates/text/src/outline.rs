//! The parts of a text and the references between them, each with its range: for editors that jump, list and rename.

use std::collections::BTreeMap;

use chancery_brief::PartKind;

use crate::paths::{PathNode, Paths};
use crate::range::TextRange;
use crate::reader::Reading;

/// A part with an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlinePart {
    /// The id, written or to be written by the formatter.
    pub id: String,
    /// Kind of the part.
    pub kind: PartKind,
    /// The id as written; empty at the place where the formatter will write it.
    pub name: TextRange,
    /// All of the part. A section has the range of its heading.
    pub whole: TextRange,
    /// The words of a statement or the heading of a section; the whole of any other part.
    pub title: TextRange,
    /// Number of sections around a section; 0 for other parts.
    pub depth: usize,
}

impl OutlinePart {
    /// Returns whether the text contains the id.
    pub fn is_named(&self) -> bool {
        !self.name.is_empty()
    }
}

/// A place where the text names the id of a part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutlineReference {
    /// The id as written.
    pub range: TextRange,
    /// The id, which may name no part.
    pub id: String,
}

/// The parts and references of a text, in its order. Those in lines that the reader could not read are missing.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    parts: Vec<OutlinePart>,
    references: Vec<OutlineReference>,
    by_id: BTreeMap<String, usize>,
}

impl Outline {
    /// Lists the parts and references of a text that was read.
    pub fn new(text: &str, reading: &Reading) -> Self {
        let mut outline = Self::default();
        outline.walk(text, &reading.paths);
        outline.parts.sort_by_key(|part| (part.whole.start, part.name.start));
        outline.references.sort();
        outline.references.dedup();
        for (index, part) in outline.parts.iter().enumerate() {
            outline.by_id.entry(part.id.clone()).or_insert(index);
        }
        outline
    }

    /// Returns the parts.
    pub fn parts(&self) -> &[OutlinePart] {
        &self.parts
    }

    /// Returns the part with an id; of several, the first one.
    pub fn part(&self, id: &str) -> Option<&OutlinePart> {
        self.by_id.get(id).map(|index| &self.parts[*index])
    }

    /// Returns the references to an id.
    pub fn references<'o>(&'o self, id: &'o str) -> impl Iterator<Item = &'o OutlineReference> {
        self.references.iter().filter(move |reference| reference.id == id)
    }

    /// Returns the id that is written at an offset, of a part or a reference, with its range.
    pub fn id_at(&self, offset: usize) -> Option<(&str, TextRange)> {
        let covers = |range: TextRange| range.start <= offset && offset <= range.end && !range.is_empty();
        let last = self.references.partition_point(|reference| reference.range.start <= offset);
        let reference = self.references[..last].last().filter(|reference| covers(reference.range));
        let named =
            || self.parts.iter().find(|part| covers(part.name)).map(|part| (part.id.as_str(), part.name));
        reference.map(|reference| (reference.id.as_str(), reference.range)).or_else(named)
    }

    fn walk(&mut self, text: &str, paths: &Paths) {
        let mut open = vec![Visit { node: paths.root(), field: "", depth: 0 }];
        while let Some(Visit { node, field, depth }) = open.pop() {
            self.add_part(text, node, field, depth);
            for (name, inner) in node.fields() {
                if is_reference(field, name) {
                    self.add_references(text, inner);
                }
                let inner_depth = if name == "sections" && field == "sections" { depth + 1 } else { depth };
                open.push(Visit { node: inner, field: name, depth: inner_depth });
            }
            // The items of a list belong to its field.
            open.extend(node.items().iter().map(|item| Visit { node: item, field, depth }));
        }
    }

    fn add_part(&mut self, text: &str, node: &PathNode, field: &str, depth: usize) {
        let (Some(kind), false) = (kind(field), node.part_id().is_empty()) else { return };
        let range_of = |names: &[&str]| {
            node.fields().find(|(name, _)| names.contains(name)).map(|(_, inner)| inner.range())
        };
        let name = range_of(&["id"]).unwrap_or(TextRange::at(node.range().end));
        let title = range_of(&["text", "heading"]).unwrap_or(node.range());
        if kind == PartKind::Statement {
            self.add_links(text, title);
        }
        let depth = if kind == PartKind::Section { depth } else { 0 };
        let (name, whole) = (unquoted(text, name), node.range());
        self.parts.push(OutlinePart { id: node.part_id().to_owned(), kind, name, whole, title, depth });
    }

    fn add_references(&mut self, text: &str, node: &PathNode) {
        let single = std::slice::from_ref(node);
        for node in if node.items().is_empty() { single } else { node.items() } {
            let range = unquoted(text, node.range());
            // The column of a change may name the kind of the part before its id.
            let id = range.of(text).rsplit(char::is_whitespace).next().unwrap_or_default();
            if is_id(id) {
                let range = TextRange::new(range.end - id.len(), range.end);
                self.references.push(OutlineReference { range, id: id.to_owned() });
            }
        }
    }

    /// Adds the links `[…](#id)` in the words of a statement.
    fn add_links(&mut self, text: &str, words: TextRange) {
        for (at, mark) in words.of(text).match_indices("](#") {
            let start = words.start + at + mark.len();
            let rest = TextRange::new(start, words.end).of(text);
            let length = rest.bytes().take(LONGEST_ID + 1).position(|byte| byte == b')').unwrap_or(0);
            let id = &rest[..length];
            if is_id(id) {
                let range = TextRange::new(start, start + id.len());
                self.references.push(OutlineReference { range, id: id.to_owned() });
            }
        }
    }
}

/// Maximum length of an id in bytes.
const LONGEST_ID: usize = 63;

/// A value that is not visited yet, with the field that contains it.
struct Visit<'p> {
    node: &'p PathNode,
    field: &'static str,
    depth: usize,
}

/// Returns whether a text has the form of an id: a letter, then letters, digits and hyphens, at most 63 in all.
pub fn is_id(text: &str) -> bool {
    text.parse::<chancery_proto::names::PartId>().is_ok()
}

/// Returns the inside of a range whose text is quoted.
fn unquoted(text: &str, range: TextRange) -> TextRange {
    let written = range.of(text);
    let is_quoted = |mark: char| written.len() >= 2 && written.starts_with(mark) && written.ends_with(mark);
    if is_quoted('"') || is_quoted('\'') { TextRange::new(range.start + 1, range.end - 1) } else { range }
}

/// Returns the kind of the parts in a list of the content.
fn kind(field: &str) -> Option<PartKind> {
    Some(match field {
        "bluf" | "statements" => PartKind::Statement,
        "key_judgments" => PartKind::KeyJudgment,
        "sections" => PartKind::Section,
        "blocks" => PartKind::Block,
        "domains" => PartKind::Domain,
        "factors" => PartKind::Factor,
        "actors" => PartKind::Actor,
        "places" => PartKind::Place,
        "relationships" => PartKind::Relationship,
        "events" => PartKind::Event,
        "sources" => PartKind::Source,
        "scenarios" => PartKind::Scenario,
        "indicators" => PartKind::Indicator,
        "assumptions" => PartKind::Assumption,
        "information_gaps" => PartKind::InformationGap,
        "dissents" => PartKind::Dissent,
        _ => return None,
    })
}

/// Returns whether a field contains ids of other parts. `holder` is the field that contains the part of the field.
fn is_reference(holder: &str, field: &str) -> bool {
    match field {
        "section" => holder == "domains",
        "statement_id" | "part_id" => holder == "changes",
        _ => matches!(
            field,
            "source_id"
                | "source_ids"
                | "actor_ids"
                | "place_ids"
                | "place_id"
                | "statement_ids"
                | "rests_on"
                | "replaced_by"
                | "evidence_ids"
                | "highlight_ids"
                | "indicator_ids"
                | "revises_id"
                | "member_of"
                | "successor_id"
                | "domain"
                | "subject"
                | "regions"
                | "from_id"
                | "to_id"
        ),
    }
}

//! From paths of the content, as validation reports them, to ranges of the text.

use std::collections::BTreeMap;

use crate::range::TextRange;

/// The ranges of the values of the content, by their paths.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    root: PathNode,
}

/// A value of the content: its range and those of its fields or items.
#[derive(Debug, Clone, Default)]
pub(crate) struct PathNode {
    range: TextRange,
    /// Id of the part that the value is; empty for other values.
    part_id: String,
    fields: Vec<(&'static str, PathNode)>,
    items: Vec<PathNode>,
}

impl Paths {
    pub(crate) fn new(root: PathNode) -> Self {
        Self { root }
    }

    /// Returns the range of a path such as `sections[0].blocks[2].paragraph.statements[1].text`. For a value that the
    /// text leaves to its default, returns the range of the part that would contain it.
    pub fn find(&self, path: &str) -> TextRange {
        let mut node = &self.root;
        for step in steps(path) {
            let next = match step {
                Step::Field(name) => {
                    node.fields.iter().find(|(field, _)| *field == name).map(|(_, inner)| inner)
                }
                Step::Index(index) => node.items.get(index),
            };
            match next {
                Some(inner) => node = inner,
                None => break,
            }
        }
        node.range
    }

    /// Returns the value of the whole content.
    pub(crate) fn root(&self) -> &PathNode {
        &self.root
    }

    /// Returns the parts with an id: statements, key judgments, sections, blocks, entries and the parts of front matter.
    pub(crate) fn parts(&self) -> BTreeMap<&str, PartRange> {
        let mut parts = BTreeMap::new();
        let mut nodes = vec![&self.root];
        while let Some(node) = nodes.pop() {
            if !node.part_id.is_empty() {
                let title = node.fields.iter().find(|(field, _)| ["text", "heading"].contains(field));
                let title = title.map_or(node.range, |(_, title)| title.range);
                parts.insert(node.part_id.as_str(), PartRange { whole: node.range, title });
            }
            nodes.extend(node.fields.iter().map(|(_, inner)| inner).chain(&node.items));
        }
        parts
    }
}

/// The ranges of a part with an id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PartRange {
    pub(crate) whole: TextRange,
    /// The words of a statement or the heading of a section; the whole of any other part.
    pub(crate) title: TextRange,
}

impl PathNode {
    pub(crate) fn new(range: TextRange) -> Self {
        Self { range, ..Self::default() }
    }

    /// Returns a list whose items lie at the ranges.
    pub(crate) fn of_items(range: TextRange, items: impl IntoIterator<Item = TextRange>) -> Self {
        Self { range, items: items.into_iter().map(Self::new).collect(), ..Self::default() }
    }

    pub(crate) fn range(&self) -> TextRange {
        self.range
    }

    pub(crate) fn set(&mut self, field: &'static str, range: TextRange) {
        self.add(field, Self::new(range));
    }

    pub(crate) fn add(&mut self, field: &'static str, node: Self) {
        self.fields.push((field, node));
    }

    /// Returns the id of the part that the value is; empty for other values.
    pub(crate) fn part_id(&self) -> &str {
        &self.part_id
    }

    /// Returns the fields with their names.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'static str, &Self)> {
        self.fields.iter().map(|(name, inner)| (*name, inner))
    }

    pub(crate) fn items(&self) -> &[Self] {
        &self.items
    }

    /// Sets the id of the part and its range.
    pub(crate) fn set_id(&mut self, id: &str, range: TextRange) {
        id.clone_into(&mut self.part_id);
        self.set("id", range);
    }

    /// Returns the range of a field; that of the value itself if it has no such field.
    pub(crate) fn range_of(&self, field: &str) -> TextRange {
        self.fields.iter().find(|(name, _)| *name == field).map_or(self.range, |(_, node)| node.range)
    }

    /// Adds the items of another list.
    pub(crate) fn extend(&mut self, other: Self) {
        self.range = self.range.cover(other.range);
        self.items.extend(other.items);
    }

    pub(crate) fn push(&mut self, item: Self) {
        self.items.push(item);
    }

    /// Returns the field, which is added if it is missing.
    pub(crate) fn field(&mut self, field: &'static str, range: TextRange) -> &mut Self {
        let index = self.fields.iter().position(|(name, _)| *name == field).unwrap_or_else(|| {
            self.set(field, range);
            self.fields.len() - 1
        });
        &mut self.fields[index].1
    }
}

enum Step<'p> {
    Field(&'p str),
    Index(usize),
}

fn steps(path: &str) -> impl Iterator<Item = Step<'_>> {
    path.split(['.', '[']).filter(|step| !step.is_empty()).map(|step| {
        let index = step.strip_suffix(']').and_then(|index| index.parse().ok());
        index.map_or(Step::Field(step), Step::Index)
    })
}

#[cfg(test)]
mod tests {
    use super::{PathNode, Paths, TextRange};

    #[test]
    fn a_path_leads_to_the_deepest_known_value() {
        let mut statement = PathNode::new(TextRange::new(10, 30));
        statement.set("text", TextRange::new(10, 20));
        let mut list = PathNode::new(TextRange::new(5, 40));
        list.push(statement);
        let mut root = PathNode::new(TextRange::new(0, 50));
        root.add("bluf", list);
        let paths = Paths::new(root);
        let start = |path| paths.find(path);
        assert_eq!(start("bluf[0].text"), TextRange::new(10, 20));
        assert_eq!(start("bluf[0].spans[3].end"), TextRange::new(10, 30));
        assert_eq!(start("bluf[7]"), TextRange::new(5, 40));
        assert_eq!(start(""), TextRange::new(0, 50));
        assert_eq!(start("bluf[0"), TextRange::new(5, 40));
    }
}

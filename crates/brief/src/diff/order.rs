//! The order of parts in editions, and which parts moved.

use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::BriefContent;

use crate::content_tree::{Node, visit};

/// The statements and key judgments of an edition in reading order, with the section or key judgment that contains each.
pub(super) struct PartOrder<'a> {
    pub(super) ids: Vec<&'a str>,
    holders: BTreeMap<&'a str, &'a str>,
}

impl<'a> PartOrder<'a> {
    pub(super) fn of(content: &'a BriefContent) -> Self {
        let mut order = Self { ids: Vec::new(), holders: BTreeMap::new() };
        visit(content, &mut |node| match node {
            Node::KeyJudgment(judgment) => order.add(&judgment.id, ""),
            Node::Statement(statement, location) => order.add(&statement.id, location.holder_id()),
            Node::Section(_) | Node::Block(_) => {}
        });
        order
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.holders.contains_key(id)
    }

    fn add(&mut self, id: &'a str, holder: &'a str) {
        // Marks of withheld statements have no id and cannot be compared.
        if !id.is_empty() && self.holders.insert(id, holder).is_none() {
            self.ids.push(id);
        }
    }
}

/// Returns the parts of both editions that moved: those in another section, and those outside a longest subsequence of
/// parts that kept their relative order.
pub(super) fn moved<'a>(old: &PartOrder<'a>, new: &PartOrder<'_>) -> BTreeSet<&'a str> {
    let new_positions: BTreeMap<&str, usize> =
        new.ids.iter().enumerate().map(|(position, id)| (*id, position)).collect();
    let common: Vec<(&'a str, usize)> =
        old.ids.iter().filter_map(|id| Some((*id, *new_positions.get(id)?))).collect();
    let positions: Vec<usize> = common.iter().map(|(_, position)| *position).collect();
    let in_order: BTreeSet<usize> = longest_increasing(&positions).into_iter().collect();
    let has_new_holder = |id: &str| old.holders.get(id) != new.holders.get(id);
    let moved =
        common.into_iter().filter(|(id, position)| !in_order.contains(position) || has_new_holder(id));
    moved.map(|(id, _)| id).collect()
}

/// Returns a longest increasing subsequence of distinct numbers in O(n log n) by patience sorting: of several, the one
/// with the lowest ends.
fn longest_increasing(numbers: &[usize]) -> Vec<usize> {
    // For each length, the index of the lowest number that ends an increasing subsequence of that length.
    let mut ends: Vec<usize> = Vec::new();
    let mut predecessors: Vec<Option<usize>> = Vec::with_capacity(numbers.len());
    for (index, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|end| numbers[*end] < *number);
        predecessors.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let mut subsequence = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(index) = next {
        subsequence.push(numbers[index]);
        next = predecessors[index];
    }
    subsequence.reverse();
    subsequence
}

#[cfg(test)]
mod tests {
    use super::longest_increasing;

    #[test]
    fn a_longest_increasing_subsequence_is_found() {
        assert!(longest_increasing(&[]).is_empty());
        assert_eq!(longest_increasing(&[0, 1, 2]), [0, 1, 2]);
        assert_eq!(longest_increasing(&[3, 0, 1, 2]), [0, 1, 2]);
        assert_eq!(longest_increasing(&[0, 2, 3, 1]), [0, 2, 3]);
        assert_eq!(longest_increasing(&[3, 2, 1, 0]).len(), 1);
    }
}

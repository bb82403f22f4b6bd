//! Which parts moved between editions.

use std::collections::{BTreeMap, BTreeSet};

use super::parts::{Body, Key, Part};

/// Returns the parts of both editions that moved: those in another part, and in each part those outside a longest
/// subsequence that kept its relative order.
pub(super) fn moved<'a>(old: &[Part<'a>], new: &[Part<'_>]) -> BTreeSet<Key<'a>> {
    let places: BTreeMap<Key, (usize, Key)> =
        new.iter().enumerate().map(|(position, part)| (part.key, (position, part.holder))).collect();
    let mut moved = BTreeSet::new();
    let mut groups: BTreeMap<_, Vec<(Key<'a>, usize)>> = BTreeMap::new();
    for part in old {
        let Some((position, holder)) = places.get(&part.key) else { continue };
        if *holder == part.holder {
            groups.entry((part.holder, sequence(part.body))).or_default().push((part.key, *position));
        } else {
            moved.insert(part.key);
        }
    }
    for group in groups.into_values() {
        let positions: Vec<usize> = group.iter().map(|(_, position)| *position).collect();
        let in_order: BTreeSet<usize> = longest_increasing(&positions).into_iter().collect();
        moved.extend(
            group.into_iter().filter(|(_, position)| !in_order.contains(position)).map(|(key, _)| key),
        );
    }
    moved
}

/// Returns a number for the field that lists a part in the part that contains it.
fn sequence(body: Body) -> usize {
    match body {
        Body::FrontMatter(_) | Body::Statement(_) => 0,
        Body::KeyJudgment(_) => 1,
        Body::Section(_) => 2,
        Body::Block(_) => 3,
        other => 4 + other.list_rank(),
    }
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

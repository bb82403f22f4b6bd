//! Where parts stand, and which of them stand elsewhere than before.

use std::collections::{BTreeMap, BTreeSet};

use chancery_proto::brief::v1::{BriefContent, Section};

use crate::reading_order;

/// The parts of an edition in reading order, each with the section that it stands in.
pub(super) struct Places<'a> {
    pub(super) order: Vec<&'a str>,
    section: BTreeMap<&'a str, &'a str>,
}

impl<'a> Places<'a> {
    pub(super) fn of(content: &'a BriefContent) -> Self {
        let mut places = Self { order: Vec::new(), section: BTreeMap::new() };
        for statement in &content.bluf {
            places.add(&statement.id, "");
        }
        for judgment in &content.key_judgments {
            places.add(&judgment.id, "");
            for statement in &judgment.statements {
                places.add(&statement.id, &judgment.id);
            }
        }
        content.sections.iter().for_each(|section| places.section(section));
        places
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.section.contains_key(id)
    }

    fn section(&mut self, section: &'a Section) {
        for statement in reading_order::of_blocks(section) {
            self.add(&statement.id, &section.id);
        }
        section.sections.iter().for_each(|section| self.section(section));
    }

    fn add(&mut self, id: &'a str, section: &'a str) {
        // Marks of withheld statements have no id, and stand for nothing that could be compared.
        if !id.is_empty() && self.section.insert(id, section).is_none() {
            self.order.push(id);
        }
    }
}

/// Parts of both editions that are in another section, or that left their order among those of both: all but one
/// longest row of parts that kept it.
pub(super) fn moved<'a>(old: &Places<'a>, new: &Places<'_>) -> BTreeSet<&'a str> {
    let later: BTreeMap<&str, usize> = new.order.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let common: Vec<(&'a str, usize)> =
        old.order.iter().filter_map(|id| Some((*id, *later.get(id)?))).collect();
    let places: Vec<usize> = common.iter().map(|(_, place)| *place).collect();
    let kept: BTreeSet<usize> = longest_rising(&places).into_iter().collect();
    let elsewhere = |id: &str| old.section.get(id) != new.section.get(id);
    let left = common.into_iter().filter(|(id, place)| !kept.contains(place) || elsewhere(id));
    left.map(|(id, _)| id).collect()
}

/// A longest rising subsequence of distinct numbers, in n log n: of several, the one whose ends are lowest.
fn longest_rising(numbers: &[usize]) -> Vec<usize> {
    // For each length, the index of the lowest number that a rising row of it ends with.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(numbers.len());
    for (index, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|end| numbers[*end] < *number);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let mut row = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(index) = at {
        row.push(numbers[index]);
        at = before[index];
    }
    row.reverse();
    row
}

#[cfg(test)]
mod tests {
    use super::longest_rising;

    #[test]
    fn the_longest_rising_row_is_found() {
        assert!(longest_rising(&[]).is_empty());
        assert_eq!(longest_rising(&[0, 1, 2]), [0, 1, 2]);
        assert_eq!(longest_rising(&[3, 0, 1, 2]), [0, 1, 2]);
        assert_eq!(longest_rising(&[0, 2, 3, 1]), [0, 2, 3]);
        assert_eq!(longest_rising(&[3, 2, 1, 0]).len(), 1);
    }
}

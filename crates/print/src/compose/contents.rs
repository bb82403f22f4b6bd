//! The contents, in columns below the opening.

use crate::compose::composer::{Composer, TextContext};
use crate::compose::opening::ABOVE_HEADING;
use crate::compose::plan::{Part, PartKind};
use crate::compose::stylesheet::{CONTENTS, PART_HEADING, TypeSpec};
use crate::flow::{Block, ColumnsBlock, Grid, Span, TextBlock};
use crate::layout::Geometry;
use crate::tags::{LinkTarget, Role, TagId};
use crate::text::inline::Inline;
use crate::units::Length;

/// Levels of headings in the contents, and its columns.
const LEVELS: u8 = 2;
const COLUMNS: usize = 3;
const COLUMN_GAP: Length = Length::mm(8);
/// Number of entries above which contents that do not fit below the opening omit subsections.
const MOST_ENTRIES_WITH_SUBSECTIONS: usize = 15;

/// A part at the first level and the subsections listed below it, which stay with it.
struct Group {
    entries: Vec<TextBlock>,
    height: Length,
}

impl Composer<'_> {
    /// Adds the contents.
    pub(crate) fn contents(&mut self, sect: TagId, parts: &[Part]) {
        let (levels, heights) = self.contents_levels(parts);
        let heading = self.heading_line(sect, self.labels().contents);
        self.push(heading);
        let mut lists = vec![self.tag(sect, Role::Toc)];
        let mut groups: Vec<Vec<TextBlock>> = Vec::new();
        for part in listed_parts(parts, levels) {
            let level = usize::from(part.level).min(lists.len() + 1);
            if level > lists.len() {
                // A nested list is inside the entry above it.
                let above = lists[lists.len() - 1];
                let nested = self.tag(above, Role::Toc);
                lists.push(nested);
            }
            lists.truncate(level);
            let entry = self.contents_entry(lists[level - 1], part, level);
            match groups.last_mut() {
                Some(group) if level > 1 => group.push(entry),
                _ => groups.push(vec![entry]),
            }
        }
        let groups = groups.into_iter().zip(heights);
        let groups = groups.map(|(entries, height)| Group { entries, height }).collect();
        let columns = in_columns(groups, self.contents_columns()).into_iter();
        let columns = columns.map(|groups| groups.into_iter().flat_map(|group| group.entries).collect());
        self.flow.blocks.push(Block::Columns(ColumnsBlock {
            columns: columns.collect(),
            gap: COLUMN_GAP,
            after: Length::ZERO,
            keep_with_next: false,
        }));
    }

    const fn contents_columns(&self) -> usize {
        if self.sheet.is_large() { 1 } else { COLUMNS }
    }

    /// Returns the levels of headings in the contents, and the heights of their groups: as many levels as fit below the
    /// opening, or else, on the next page, both unless they are long. The outline has all levels.
    fn contents_levels(&mut self, parts: &[Part]) -> (u8, Vec<Length>) {
        let geometry = self.geometry();
        let heading = ABOVE_HEADING + self.sheet.fit(PART_HEADING).leading + Length::pt(3);
        let room = self.room_on_page(&geometry) - heading;
        let all = self.contents_heights(parts, LEVELS, &geometry);
        let sections = self.contents_heights(parts, 1, &geometry);
        let count = self.contents_columns();
        let fits = |heights: &[Length]| tallest_column(heights, count) <= room;
        let is_short = listed_parts(parts, LEVELS).count() <= MOST_ENTRIES_WITH_SUBSECTIONS;
        if fits(&all) || (is_short && !fits(&sections)) { (LEVELS, all) } else { (1, sections) }
    }

    /// Measures the groups of the contents.
    fn contents_heights(&mut self, parts: &[Part], levels: u8, geometry: &Geometry) -> Vec<Length> {
        let columns = i64::try_from(self.contents_columns()).unwrap_or(1);
        let width = (geometry.width(Span::Full) - COLUMN_GAP * (columns - 1)) / columns;
        let digits = i64::try_from(self.page_digits).unwrap_or(2);
        let mut heights: Vec<Length> = Vec::new();
        for part in listed_parts(parts, levels) {
            let level = usize::from(part.level);
            let kind = self.sheet.fit(type_of(level));
            // The row of dots before the page, and the page.
            let tail = kind.leading * 3 / 2 + kind.style.size * 6 / 10 * digits;
            let height = self.text_height(&[(type_of(level), &part.title)], width - inset(level) - tail);
            match heights.last_mut() {
                Some(group) if level > 1 => *group += height,
                _ => heights.push(height),
            }
        }
        heights
    }

    fn contents_entry(&mut self, list: TagId, part: &Part, level: usize) -> TextBlock {
        let item = self.tag(list, Role::Toci);
        let reference = self.tag(item, Role::Reference);
        self.begin_part(part.section_id());
        let contents = self.link_contents(&part.title);
        let role = Role::Link { target: LinkTarget::Anchor(part.anchor), contents };
        let link = if part.is_own() { self.label_tag(reference, role) } else { self.tag(reference, role) };
        let text_context = TextContext { link: Some(link), ..self.text_context(link, type_of(level)) };
        let mut block = TextBlock { grid: Grid::Free, ..self.block(type_of(level)) };
        self.push_text(&mut block.inline, text_context, &part.title);
        self.push_text(&mut block.inline, text_context, " ");
        let mut tail = Inline::default();
        self.page_of(&mut tail, text_context, part.anchor);
        block.tail = Some(tail);
        block.inset = (inset(level), Length::ZERO);
        block
    }
}

/// Returns the parts in the contents, up to a level of headings. The opening itself is not listed.
fn listed_parts<'p, 'e>(parts: &'p [Part<'e>], levels: u8) -> impl Iterator<Item = &'p Part<'e>> {
    parts.iter().filter(move |part| {
        let in_opening = matches!(part.kind, PartKind::BottomLine | PartKind::KeyJudgments);
        part.level <= levels && !in_opening && (part.level == 1 || !part.is_own())
    })
}

/// Returns the indent of entries at a level.
fn inset(level: usize) -> Length {
    Length::pt(9) * i64::try_from(level.saturating_sub(1)).unwrap_or(0)
}

/// Returns the type of entries at a level.
fn type_of(level: usize) -> TypeSpec {
    CONTENTS[level.min(CONTENTS.len()) - 1]
}

/// Distributes groups over columns in their order, so that the tallest column is as low as possible.
fn in_columns(groups: Vec<Group>, count: usize) -> Vec<Vec<Group>> {
    let heights: Vec<Length> = groups.iter().map(|group| group.height).collect();
    let most = tallest_column(&heights, count);
    let mut columns: Vec<Vec<Group>> = vec![Vec::new()];
    let mut filled = Length::ZERO;
    for group in groups {
        let last = columns.len() - 1;
        if !columns[last].is_empty() && filled + group.height > most {
            filled = group.height;
            columns.push(vec![group]);
        } else {
            filled += group.height;
            columns[last].push(group);
        }
    }
    columns.resize_with(count.max(1), Vec::new);
    columns
}

/// Returns the least height of `count` columns that hold groups with these heights in their order.
fn tallest_column(heights: &[Length], count: usize) -> Length {
    let columns_within = |most: Length| {
        let (mut columns, mut filled) = (1, Length::ZERO);
        for height in heights {
            if filled > Length::ZERO && filled + *height > most {
                columns += 1;
                filled = Length::ZERO;
            }
            filled += *height;
        }
        columns
    };
    // The height is one of the lengths from the tallest group to all groups in one column.
    let mut least = heights.iter().copied().fold(Length::ZERO, Length::max).units();
    let mut enough = heights.iter().copied().sum::<Length>().units();
    while least < enough {
        let middle = least + (enough - least) / 2;
        if columns_within(Length::from_units(middle)) <= count.max(1) {
            enough = middle;
        } else {
            least = middle + 1;
        }
    }
    Length::from_units(least)
}

#[cfg(test)]
mod tests {
    use super::{Group, in_columns};
    use crate::flow::TextBlock;
    use crate::units::Length;

    /// The numbers of entries in the columns, for groups of entries with these numbers of lines.
    fn columns(groups: &[&[u32]]) -> Vec<usize> {
        let groups = groups.iter().map(|lines| Group {
            entries: vec![TextBlock::default(); lines.len()],
            height: Length::pt(10) * i64::from(lines.iter().sum::<u32>()),
        });
        let entries = |column: Vec<Group>| column.iter().map(|group| group.entries.len()).sum();
        in_columns(groups.collect(), 3).into_iter().map(entries).collect()
    }

    #[test]
    fn entries_stay_with_their_parent_and_columns_are_even() {
        assert_eq!(columns(&[&[1], &[1], &[1], &[1], &[1, 1, 1, 1], &[1], &[1], &[1], &[1]]), [4, 4, 4]);
        assert_eq!(columns(&[&[1, 1, 1, 1, 1], &[1]]), [5, 1, 0]);
        assert_eq!(columns(&[]), [0, 0, 0]);
    }

    #[test]
    fn an_entry_of_two_lines_counts_twice() {
        assert_eq!(columns(&[&[1], &[1], &[1], &[1], &[2], &[1], &[1], &[1]]), [3, 2, 3]);
    }
}

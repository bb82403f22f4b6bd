//! Fits the columns of a table to the page: as wide as their content, then in a narrower type, then in several parts.

use crate::column_widths::{COLUMN_GAP, PartLimits, distribute, distribute_alike};
use crate::compose::stylesheet::{SMALLEST_TABLE, TABLE};
use crate::units::Length;

/// Distance of the type sizes to choose from.
const SIZE_STEP: Length = Length::milli_pt(250);

/// Excess of widths in another type size than the measured one, whose glyphs are rounded separately.
const ROUNDING: Length = Length::milli_pt(10);

/// Width of a column's cells at the usual type size.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ColumnNeed {
    /// The least that it can do with: its numbers, and about twelve letters of text.
    pub(super) least: Length,
    /// The width of its longest word, unless that takes more than a quarter of the page.
    pub(super) words: Length,
    /// The width at which no cell needs a second line.
    pub(super) most: Length,
}

/// The parts of a table and their type size.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TableFit {
    pub(super) size: Length,
    pub(super) parts: Vec<TablePart>,
}

/// Adjacent columns of a table. Further parts repeat the first column.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TablePart {
    /// Indices of the columns.
    pub(super) columns: Vec<usize>,
    /// Their widths.
    pub(super) widths: Vec<Length>,
}

/// Fits a table into `room`. In large print its type is not narrowed.
pub(super) fn fit(needs: &[ColumnNeed], room: Length, is_large: bool) -> TableFit {
    let all: Vec<usize> = (0..needs.len()).collect();
    let sizes = || sizes(is_large);
    if let Some(size) = sizes().find(|size| width(&all_scaled(needs, *size), |need| need.words) <= room) {
        return TableFit { size, parts: vec![part(all, &all_scaled(needs, size), room, |need| need.words)] };
    }
    let smallest = sizes().last().unwrap_or(TABLE.style.size);
    let narrowed = all_scaled(needs, smallest);
    if width(&narrowed, |need| need.least) <= room || needs.len() < 2 {
        return TableFit { size: smallest, parts: vec![part(all, &narrowed, room, |need| need.least)] };
    }
    split(needs, room, sizes())
}

/// Yields the type sizes to try, the usual one first.
fn sizes(is_large: bool) -> impl Iterator<Item = Length> {
    let smallest = if is_large { TABLE.style.size } else { SMALLEST_TABLE };
    let smaller = move |size: &Length| Some(*size - SIZE_STEP).filter(|size| *size >= smallest);
    std::iter::successors(Some(TABLE.style.size), smaller)
}

/// Returns a width in another type size than the usual one.
pub(super) fn scaled(width: Length, size: Length) -> Length {
    let usual = TABLE.style.size;
    if size == usual {
        return width;
    }
    let units = i128::from(width.units()) * i128::from(size.units()) / i128::from(usual.units());
    Length::from_units(i64::try_from(units).unwrap_or(i64::MAX)) + ROUNDING
}

fn all_scaled(needs: &[ColumnNeed], size: Length) -> Vec<ColumnNeed> {
    let need = |need: &ColumnNeed| ColumnNeed {
        least: scaled(need.least, size),
        words: scaled(need.words, size),
        most: scaled(need.most, size),
    };
    needs.iter().map(need).collect()
}

/// Returns the width of columns and the space between them.
fn width(needs: &[ColumnNeed], of: impl Fn(&ColumnNeed) -> Length) -> Length {
    needs.iter().map(of).sum::<Length>() + gaps(needs.len())
}

fn gaps(columns: usize) -> Length {
    COLUMN_GAP * i64::try_from(columns.saturating_sub(1)).unwrap_or(i64::MAX)
}

/// Returns a part of these columns, each at least as wide as `least` says.
fn part(
    columns: Vec<usize>,
    needs: &[ColumnNeed],
    room: Length,
    least: impl Fn(&ColumnNeed) -> Length,
) -> TablePart {
    let least: Vec<i64> = columns.iter().map(|column| least(&needs[*column]).units()).collect();
    let most: Vec<i64> = columns.iter().map(|column| needs[*column].most.units()).collect();
    let widths = distribute((room - gaps(columns.len())).units(), &least, &most);
    TablePart { columns, widths: widths.into_iter().map(Length::from_units).collect() }
}

/// Splits a table by columns into as few parts as possible, of about the same width. Each has the first column, unless
/// that takes half of the page.
fn split(needs: &[ColumnNeed], room: Length, mut sizes: impl Iterator<Item = Length>) -> TableFit {
    let label_room = |needs: &[ColumnNeed]| needs[0].most.min((room / 4).max(needs[0].words));
    let widest =
        |needs: &[ColumnNeed]| needs[1..].iter().map(|need| need.least).fold(Length::ZERO, Length::max);
    let fits = |needs: &[ColumnNeed]| label_room(needs) + COLUMN_GAP + widest(needs) <= room;
    let mut size = TABLE.style.size;
    let found = sizes.find(|smaller| {
        size = *smaller;
        fits(&all_scaled(needs, size))
    });
    let needs = all_scaled(needs, size);
    let repeated = (found.is_some() && label_room(&needs) * 2 <= room).then(|| label_room(&needs));
    let taken = repeated.map_or(Length::ZERO, |label| label + COLUMN_GAP);
    let first = usize::from(repeated.is_some());
    let groups = balanced(&needs[first..], room - taken);
    let parts = groups.into_iter().map(|group| group.map(|column| column + first).collect()).collect();
    let mut parts = alike(parts, &needs, room - taken);
    if let Some(label) = repeated {
        for part in &mut parts {
            part.columns.insert(0, 0);
            part.widths.insert(0, label);
        }
    }
    TableFit { size, parts }
}

/// Returns parts of these columns, in which columns with the same needs are equally wide.
fn alike(parts: Vec<Vec<usize>>, needs: &[ColumnNeed], room: Length) -> Vec<TablePart> {
    let limits = |columns: &Vec<usize>| {
        let of =
            |need: fn(&ColumnNeed) -> Length| columns.iter().map(move |column| need(&needs[*column]).units());
        PartLimits {
            room: (room - gaps(columns.len())).units(),
            least: of(|need| need.words).collect(),
            most: of(|need| need.most).collect(),
        }
    };
    let limits: Vec<PartLimits> = parts.iter().map(limits).collect();
    let widths = distribute_alike(&limits);
    let part = |(columns, widths): (Vec<usize>, Vec<i64>)| TablePart {
        columns,
        widths: widths.into_iter().map(Length::from_units).collect(),
    };
    parts.into_iter().zip(widths).map(part).collect()
}

/// Groups columns into as few parts as fit: with equally many columns, or else in the narrowest room in which the number
/// of parts stays the same.
fn balanced(needs: &[ColumnNeed], room: Length) -> Vec<std::ops::Range<usize>> {
    let fewest = groups(needs, room).len();
    let even = even_groups(needs.len(), fewest);
    if even.iter().all(|group| width(&needs[group.clone()], |need| need.words) <= room) {
        return even;
    }
    let (mut narrow, mut enough) = (0, room.units());
    while enough - narrow > Length::PER_POINT {
        let middle = narrow + (enough - narrow) / 2;
        if groups(needs, Length::from_units(middle)).len() > fewest {
            narrow = middle;
        } else {
            enough = middle;
        }
    }
    groups(needs, Length::from_units(enough))
}

/// Divides columns into a number of groups, of which the first ones may have one column more.
fn even_groups(columns: usize, count: usize) -> Vec<std::ops::Range<usize>> {
    let start = |group: usize| columns / count * group + group.min(columns % count);
    (0..count).map(|group| start(group)..start(group + 1)).collect()
}

/// Fills one part after the other; a part has at least one column.
fn groups(needs: &[ColumnNeed], room: Length) -> Vec<std::ops::Range<usize>> {
    let mut groups = Vec::new();
    let (mut start, mut used) = (0, Length::ZERO);
    for (column, need) in needs.iter().enumerate() {
        let more = need.words + if column > start { COLUMN_GAP } else { Length::ZERO };
        if column > start && used + more > room {
            groups.push(start..column);
            (start, used) = (column, need.words);
        } else {
            used += more;
        }
    }
    groups.push(start..needs.len());
    groups
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{COLUMN_GAP, ColumnNeed, TableFit, fit};
    use crate::compose::stylesheet::{SMALLEST_TABLE, TABLE};
    use crate::units::Length;

    const ROOM: Length = Length::pt(470);

    fn need(least: i64, words: i64, most: i64) -> ColumnNeed {
        let [least, words, most] = [least, words, most].map(Length::pt);
        ColumnNeed { least, words, most }
    }

    fn columns(fit: &TableFit) -> Vec<&[usize]> {
        fit.parts.iter().map(|part| part.columns.as_slice()).collect()
    }

    #[test]
    fn a_narrow_table_is_as_wide_as_its_content() {
        let fit = fit(&[need(20, 20, 30), need(25, 25, 40)], ROOM, false);
        assert_eq!(fit.size, TABLE.style.size);
        assert_eq!(fit.parts[0].widths, [Length::pt(30), Length::pt(40)]);
    }

    #[test]
    fn type_is_narrowed_before_a_table_is_split() {
        let few = [vec![need(50, 60, 200)], vec![need(45, 45, 45); 8]].concat();
        let narrowed = fit(&few, ROOM, false);
        assert_eq!(columns(&narrowed).len(), 1);
        assert!(narrowed.size < TABLE.style.size && narrowed.size >= SMALLEST_TABLE, "{narrowed:?}");
        assert_eq!(columns(&fit(&few, ROOM, true)).len(), 2, "large print stays large");
        let many = [vec![need(50, 60, 200)], vec![need(45, 45, 45); 29]].concat();
        let split = fit(&many, ROOM, false);
        assert_eq!(split.size, TABLE.style.size);
        let counts: Vec<usize> = columns(&split).iter().map(|columns| columns.len()).collect();
        assert_eq!(counts, [7, 7, 7, 7, 6], "the parts are even, with the first column in each");
    }

    #[test]
    fn parts_have_equally_many_columns_where_they_fit() {
        let counts = |others: &[ColumnNeed]| {
            let fit = fit(&[&[need(30, 30, 30)], others].concat(), ROOM, false);
            fit.parts.iter().map(|part| part.columns.len() - 1).collect::<Vec<_>>()
        };
        assert_eq!(counts(&[need(100, 100, 100); 10]), [4, 3, 3]);
        let wide_first = [vec![need(200, 200, 200); 2], vec![need(100, 100, 100); 4]].concat();
        assert_eq!(counts(&wide_first), [2, 4]);
        // Otherwise the widest part is as narrow as possible: three columns would fit into the first one.
        let narrow_last = [vec![need(190, 190, 190); 2], vec![need(20, 20, 20); 6]].concat();
        assert_eq!(counts(&narrow_last), [1, 7]);
    }

    #[test]
    fn a_first_column_that_takes_half_of_the_page_is_not_repeated() {
        let fit = fit(&[vec![need(300, 300, 300)], vec![need(100, 100, 100); 6]].concat(), ROOM, false);
        let first: Vec<usize> = fit.parts.iter().map(|part| part.columns[0]).collect();
        assert!(first.len() > 1 && first[1..].iter().all(|column| *column > 0), "{fit:?}");
    }

    #[test]
    fn columns_with_the_same_needs_are_equally_wide_in_all_parts() {
        let split = fit(&[vec![need(50, 60, 200)], vec![need(45, 45, 90); 29]].concat(), ROOM, false);
        assert!(split.parts.len() > 2, "{split:?}");
        let widths: Vec<Length> = split.parts.iter().flat_map(|part| &part.widths[1..]).copied().collect();
        assert!(widths.iter().all(|width| *width == widths[0]) && widths[0] > Length::pt(45), "{widths:?}");
    }

    proptest! {
        #[test]
        fn parts_fit_and_have_every_column_once_after_the_repeated_one(
            columns in prop::collection::vec((1_i64..120, 0_i64..60, 0_i64..2_000), 1..31),
            is_large in any::<bool>(),
        ) {
            let needs: Vec<ColumnNeed> = columns
                .iter()
                .map(|(least, words, most)| need(*least, least + words, least + words + most))
                .collect();
            let fitted = fit(&needs, ROOM, is_large);
            let repeats = fitted.parts.iter().all(|part| part.columns[0] == 0);
            let mut seen = Vec::new();
            for (index, part) in fitted.parts.iter().enumerate() {
                seen.extend(part.columns.iter().skip(usize::from(repeats && index > 0)).copied());
                let gaps = COLUMN_GAP * i64::try_from(part.columns.len() - 1).unwrap();
                let width = part.widths.iter().copied().sum::<Length>() + gaps;
                prop_assert!(width <= ROOM, "{width:?}");
                for (column, width) in part.columns.iter().zip(&part.widths) {
                    let scaled = needs[*column].least.units() * fitted.size.units() / TABLE.style.size.units();
                    prop_assert!(width.units() >= scaled, "column {column} is narrower than its numbers");
                }
            }
            prop_assert_eq!(seen, (0..needs.len()).collect::<Vec<_>>());
        }
    }
}

//! Distributes the width of a table over its columns.

use crate::units::Length;

/// Space between columns.
pub(crate) const COLUMN_GAP: Length = Length::pt(8);

/// Steps between two factors of [`distribute`], so that rounding leaves less than a unit of length per column.
const FACTOR_STEPS: i64 = 1 << 20;

/// Distributes `room` over columns of which each needs at least its widest word and at most its longest text, both in
/// the units of [`Length`].
///
/// Columns that fit as they are keep their longest text on one line, and so do the shortest ones that take half of the
/// room together. The others get widths in proportion to the square roots of their longest texts, within their limits:
/// in proportion to the texts themselves one of sentences would squeeze one of names, and in equal parts it would be many
/// times as high. Columns without enough room for their widest words are narrowed to a common width.
pub(crate) fn distribute(room: i64, least: &[i64], most: &[i64]) -> Vec<i64> {
    if least.iter().sum::<i64>() >= room {
        return narrowed(room, least);
    }
    if most.iter().sum::<i64>() <= room {
        return most.to_vec();
    }
    let least = with_short_columns_whole(room, least, most);
    let columns = columns(&least, most);
    at_factor(&columns, largest_factor(room, &columns))
}

/// A part of a divided table: the room for its columns, and their least and greatest widths.
pub(crate) struct PartLimits {
    pub(crate) room: i64,
    pub(crate) least: Vec<i64>,
    pub(crate) most: Vec<i64>,
}

/// Distributes the room of each part of a divided table over its columns. Columns with the same limits are equally wide
/// in all parts, so that the parts look like one table; a part with fewer columns may be narrower than its room.
pub(crate) fn distribute_alike(parts: &[PartLimits]) -> Vec<Vec<i64>> {
    let fits = |part: &&PartLimits| part.least.iter().sum::<i64>() < part.room;
    let factor = |part: &PartLimits| largest_factor(part.room, &columns(&part.least, &part.most));
    let common = parts.iter().filter(fits).map(factor).min().unwrap_or(0);
    let widths = |part: &PartLimits| {
        if fits(&part) {
            at_factor(&columns(&part.least, &part.most), common)
        } else {
            narrowed(part.room, &part.least)
        }
    };
    parts.iter().map(widths).collect()
}

fn columns(least: &[i64], most: &[i64]) -> Vec<Column> {
    least.iter().zip(most).map(|(least, most)| Column::new(*least, *most)).collect()
}

fn at_factor(columns: &[Column], factor: i64) -> Vec<i64> {
    columns.iter().map(|column| column.width(factor)).collect()
}

/// Returns the largest factor at which the columns fit.
fn largest_factor(room: i64, columns: &[Column]) -> i64 {
    let (mut enough, mut excessive) = (0, FACTOR_STEPS * room.max(1));
    while excessive - enough > 1 {
        let factor = enough + (excessive - enough) / 2;
        if at_factor(columns, factor).iter().sum::<i64>() <= room {
            enough = factor;
        } else {
            excessive = factor;
        }
    }
    enough
}

/// Returns the least widths, with those of the shortest columns raised to their longest texts. Columns with texts of about
/// the same length are raised together or not at all: one line in some and several in the others would look arbitrary.
fn with_short_columns_whole(room: i64, least: &[i64], most: &[i64]) -> Vec<i64> {
    let mut raised = least.to_vec();
    let mut rising: Vec<usize> = (0..most.len()).collect();
    rising.sort_by_key(|column| most[*column]);
    let (mut whole, mut needed): (i64, i64) = (0, least.iter().sum());
    for alike in rising.chunk_by(|shorter, longer| are_alike(most[*shorter], most[*longer])) {
        let longest = |column: usize| most[column].max(least[column]);
        whole += alike.iter().map(|column| longest(*column)).sum::<i64>();
        needed += alike.iter().map(|column| longest(*column) - least[*column]).sum::<i64>();
        if whole > room / 2 || needed > room {
            break;
        }
        for column in alike {
            raised[*column] = longest(*column);
        }
    }
    raised
}

/// Returns whether the longer of two texts exceeds the shorter by less than a sixteenth.
const fn are_alike(shorter: i64, longer: i64) -> bool {
    longer - shorter < shorter / 16
}

struct Column {
    least: i64,
    most: i64,
    root: i64,
}

impl Column {
    fn new(least: i64, most: i64) -> Self {
        let most = most.max(least);
        Self { least, most, root: most.isqrt() }
    }

    fn width(&self, factor: i64) -> i64 {
        let width = i128::from(factor) * i128::from(self.root) / i128::from(FACTOR_STEPS);
        i64::try_from(width).unwrap_or(i64::MAX).clamp(self.least, self.most)
    }
}

/// Narrows the widest columns to a common width so that all fit.
fn narrowed(room: i64, least: &[i64]) -> Vec<i64> {
    let mut rising = least.to_vec();
    rising.sort_unstable();
    let (mut left, mut limit) = (room, 0);
    for (index, width) in rising.iter().enumerate() {
        limit = left / i64::try_from(rising.len() - index).unwrap_or(1);
        if *width > limit {
            break;
        }
        left -= width;
    }
    least.iter().map(|width| (*width).min(limit)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{PartLimits, distribute, distribute_alike};

    #[test]
    fn only_columns_that_need_too_much_width_are_narrowed() {
        assert_eq!(distribute(400, &[30, 5_000, 90], &[30, 5_000, 900]), [30, 280, 90]);
    }

    #[test]
    fn a_column_of_names_keeps_them_on_one_line_beside_a_column_of_sentences() {
        assert_eq!(distribute(340_000, &[40_000, 50_000], &[120_000, 900_000])[0], 120_000);
    }

    #[test]
    fn columns_are_no_wider_than_their_texts() {
        assert_eq!(distribute(400, &[20, 10], &[40, 60]), [40, 60]);
    }

    #[test]
    fn columns_of_about_the_same_text_are_about_equally_wide() {
        // Ten headings of which one is shorter by a rounding.
        let most: Vec<i64> = (0..10).map(|column| 100_000 - i64::from(column == 4)).collect();
        let widths = distribute(600_000, &[30_000; 10], &most);
        assert!(widths.iter().max().unwrap() - widths.iter().min().unwrap() < 10, "{widths:?}");
    }

    #[test]
    fn a_text_that_takes_more_than_half_of_the_room_is_not_kept_on_one_line() {
        let widths = distribute(400, &[10, 10], &[300, 5_000]);
        assert!(widths[0] < 150, "{widths:?}");
    }

    #[test]
    fn columns_of_short_texts_are_no_wider_than_these_beside_a_longer_one() {
        let widths = distribute(400, &[10; 5], &[60, 60, 60, 60, 170]);
        assert_eq!(widths[..4], [60; 4]);
        assert!((158..=160).contains(&widths[4]), "{widths:?}");
    }

    #[test]
    fn a_part_with_fewer_columns_has_the_widths_of_the_others() {
        let part = |columns: usize| PartLimits {
            room: 400_000,
            least: vec![30_000; columns],
            most: vec![100_000; columns],
        };
        let widths = distribute_alike(&[part(7), part(7), part(5)]);
        assert!(widths.iter().flatten().all(|width| *width == widths[0][0]), "{widths:?}");
        assert!(widths[0].iter().sum::<i64>() > 399_000, "{widths:?}");
    }

    proptest! {
        #[test]
        fn parts_fit_and_their_columns_keep_their_limits(
            columns in prop::collection::vec((1_i64..9_000_000, 0_i64..99_000_000_000), 1..31),
            size in 1_usize..9,
            room in 20_000_000_i64..50_000_000,
        ) {
            let limits = |part: &[(i64, i64)]| {
                let (least, most) = part.iter().map(|(least, more)| (*least, least + more)).unzip();
                PartLimits { room, least, most }
            };
            let parts: Vec<PartLimits> = columns.chunks(size).map(limits).collect();
            for (part, widths) in parts.iter().zip(distribute_alike(&parts)) {
                prop_assert!(widths.iter().sum::<i64>() <= room);
                if part.least.iter().sum::<i64>() < room {
                    prop_assert!(widths.iter().zip(&part.least).all(|(width, least)| width >= least));
                    prop_assert!(widths.iter().zip(&part.most).all(|(width, most)| width <= most));
                }
            }
        }

        #[test]
        fn columns_fill_the_room_within_their_limits(
            columns in prop::collection::vec((1_i64..9_000_000, 0_i64..99_000_000_000), 1..31),
            room in 20_000_000_i64..50_000_000,
        ) {
            let (least, most): (Vec<i64>, Vec<i64>) =
                columns.iter().map(|(least, more)| (*least, least + more)).unzip();
            let widths = distribute(room, &least, &most);
            let all: i64 = widths.iter().sum();
            prop_assert!(all <= room);
            if least.iter().sum::<i64>() < room {
                prop_assert!(widths.iter().zip(&least).all(|(width, least)| width >= least));
                prop_assert!(widths.iter().zip(&most).all(|(width, most)| width <= most));
                let wanted: i64 = most.iter().sum();
                prop_assert!(all >= room.min(wanted) - 1_000, "{all} of {room}");
            }
        }
    }
}

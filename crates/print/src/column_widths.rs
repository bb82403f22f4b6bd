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
    let columns: Vec<Column> =
        least.iter().zip(most).map(|(least, most)| Column::new(*least, *most)).collect();
    let widths = |factor: i64| columns.iter().map(move |column| column.width(factor));
    let (mut enough, mut excessive) = (0, FACTOR_STEPS * room.max(1));
    while excessive - enough > 1 {
        let factor = enough + (excessive - enough) / 2;
        if widths(factor).sum::<i64>() <= room {
            enough = factor;
        } else {
            excessive = factor;
        }
    }
    widths(enough).collect()
}

/// Returns the least widths, with those of the shortest columns raised to their longest texts.
fn with_short_columns_whole(room: i64, least: &[i64], most: &[i64]) -> Vec<i64> {
    let mut raised = least.to_vec();
    let mut rising: Vec<usize> = (0..most.len()).collect();
    rising.sort_by_key(|column| most[*column]);
    let (mut whole, mut needed): (i64, i64) = (0, least.iter().sum());
    for column in rising {
        let longest = most[column].max(least[column]);
        whole += longest;
        needed += longest - least[column];
        if whole > room / 2 || needed > room {
            break;
        }
        raised[column] = longest;
    }
    raised
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

    use super::distribute;

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

    proptest! {
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

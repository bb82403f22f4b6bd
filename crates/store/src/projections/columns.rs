//! Helpers to turn projected rows into arrays of columns.

use chancery_brief::edtf;
use chancery_brief::marking::Scheme;

use crate::convert::damaged;
use crate::error::Result;

/// A projected row of an edition.
pub(super) trait Row: PartialEq {
    /// The row's identity within its edition.
    type Key: Ord + Clone;

    fn key(&self) -> Self::Key;
}

/// A row, and the range of clearances whose editions contain it.
pub(super) struct Ranged<R> {
    pub(super) from: i16,
    /// Exclusive.
    pub(super) until: i16,
    /// Its position in the highest edition, which contains every row.
    pub(super) position: i32,
    pub(super) row: R,
}

/// Collects one column.
pub(super) fn column<'a, R, C>(rows: &'a [Ranged<R>], of: impl Fn(&'a R) -> C) -> Vec<C> {
    rows.iter().map(|ranged| of(&ranged.row)).collect()
}

/// Collects the first ranks.
pub(super) fn froms<R>(rows: &[Ranged<R>]) -> Vec<i16> {
    rows.iter().map(|ranged| ranged.from).collect()
}

/// Collects the exclusive last ranks.
pub(super) fn untils<R>(rows: &[Ranged<R>]) -> Vec<i16> {
    rows.iter().map(|ranged| ranged.until).collect()
}

/// Collects the positions.
pub(super) fn positions<R>(rows: &[Ranged<R>]) -> Vec<i32> {
    rows.iter().map(|ranged| ranged.position).collect()
}

/// Converts an enum's number or a percentage, which the protos keep far below the limit.
pub(super) fn small(number: impl TryInto<i16>) -> Result<i16> {
    number.try_into().map_err(|_| damaged("a number in the content is out of range"))
}

/// Returns the rank of an effective marking.
pub(super) fn rank(scheme: Scheme, label: &str) -> Result<i16> {
    let rank =
        scheme.rank(label).ok_or_else(|| damaged(format!("{label:?} is not a marking of the scheme")))?;
    Ok(i16::from(rank))
}

/// Returns the numbers of the first and last day of a date or period; `None` for a bound that is open, unknown or
/// absent.
pub(super) fn days(text: &str) -> Result<(Option<i64>, Option<i64>)> {
    if text.is_empty() {
        return Ok((None, None));
    }
    let date = edtf::parse(text).map_err(damaged)?;
    Ok((date.earliest().map(edtf::Day::number), date.latest().map(edtf::Day::number)))
}

/// Collects a column of lists, each encoded as a JSON array. `unnest` flattens nested arrays completely, so an array of
/// arrays cannot be passed as one bind.
pub(super) fn lists<'a, R>(rows: &'a [Ranged<R>], of: impl Fn(&'a R) -> &'a [String]) -> Vec<String> {
    rows.iter().map(|ranged| serde_json::json!(of(&ranged.row)).to_string()).collect()
}

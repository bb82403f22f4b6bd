//! The columns of projected rows.

use chancery_brief::edtf;
use chancery_brief::marking::Scheme;

use crate::convert::damaged;
use crate::error::Result;

/// A row of an edition.
pub(super) trait Row: PartialEq {
    /// What it is known by within its edition.
    type Key: Ord + Clone;

    fn key(&self) -> Self::Key;
}

/// A row and the clearances whose editions hold it.
pub(super) struct Ranged<R> {
    pub(super) from: i16,
    /// Excluded.
    pub(super) until: i16,
    /// Its place in the highest edition, which holds everything.
    pub(super) position: i32,
    pub(super) row: R,
}

/// One column of rows.
pub(super) fn column<'a, R, C>(rows: &'a [Ranged<R>], of: impl Fn(&'a R) -> C) -> Vec<C> {
    rows.iter().map(|ranged| of(&ranged.row)).collect()
}

/// The first ranks of rows.
pub(super) fn froms<R>(rows: &[Ranged<R>]) -> Vec<i16> {
    rows.iter().map(|ranged| ranged.from).collect()
}

/// The ends of rows' ranks.
pub(super) fn untils<R>(rows: &[Ranged<R>]) -> Vec<i16> {
    rows.iter().map(|ranged| ranged.until).collect()
}

/// The places of rows.
pub(super) fn positions<R>(rows: &[Ranged<R>]) -> Vec<i32> {
    rows.iter().map(|ranged| ranged.position).collect()
}

/// An enum's number or a percentage: the protos keep both far below the limit.
pub(super) fn small(number: impl TryInto<i16>) -> Result<i16> {
    number.try_into().map_err(|_| damaged("a number in the content is out of range"))
}

/// The rank of an effective marking.
pub(super) fn rank(scheme: Scheme, label: &str) -> Result<i16> {
    let rank = scheme.rank(label).ok_or_else(|| damaged(format!("{label:?} is no marking of the scheme")))?;
    Ok(i16::from(rank))
}

/// The first and the last day of a date or period, by their numbers; none where it is open, unknown or not there.
pub(super) fn days(text: &str) -> Result<(Option<i64>, Option<i64>)> {
    if text.is_empty() {
        return Ok((None, None));
    }
    let date = edtf::parse(text).map_err(damaged)?;
    Ok((date.earliest().map(edtf::Day::number), date.latest().map(edtf::Day::number)))
}

/// Between the items of a list in one column: no text of a brief holds a control character. `unnest` takes arrays apart
/// to the last level, so that an array of arrays cannot be handed over as one.
pub(super) const SEPARATOR: &str = "\u{1f}";

/// A list as one text.
pub(super) fn joined(items: &[String]) -> String {
    items.join(SEPARATOR)
}

//! The fields that a list can be filtered by, and the meaning of comparisons with them.

use chancery_brief::edtf::{self, Edtf, Precision};
use chancery_brief::marking::Scheme;
use chancery_proto::descriptors::{enum_number, enum_values};
use time::{Duration, OffsetDateTime};

use crate::filter::error::FilterError;
use crate::filter::parse::Comparison;
use crate::filter::scan::{Comparator, Value};

/// The fields of a list.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// In the order in which errors list them.
    pub fields: &'static [Field],
}

/// A field of a list's items.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in filters, such as `likelihood.term`.
    pub name: &'static str,
    /// Its type.
    pub field_type: FieldType,
    /// The SQL expression of its value; for [`FieldType::Period`], that of the first day's number.
    pub column: &'static str,
}

/// A field's type, which decides the comparisons that it supports.
#[derive(Debug, Clone, Copy)]
pub enum FieldType {
    /// Text: `=`, `!=`; `:` matches a substring, ignoring case.
    Text,
    /// One id: `=`, `!=`, and `:` as a synonym of `=`.
    Id,
    /// An array of ids: `:` matches arrays that contain the value.
    Ids,
    /// A value of the proto enum with this short name, such as `StatementType`, stored as a number: `=`, `!=`.
    Enum(&'static str),
    /// An integer: all but `:`.
    Integer,
    /// An integer from 0 to 100: all but `:`.
    Percent,
    /// `true` or `false`: `=`, `!=`.
    Bool,
    /// A time, compared with a time or with a whole UTC day: all but `:`.
    Timestamp,
    /// A range of days, compared with an EDTF value: all but `!=`. A null bound is open or unknown. A range without
    /// bounds matches no comparison.
    Period {
        /// The SQL expression of the last day's number.
        latest: &'static str,
    },
    /// The rank of a marking in the workspace's scheme, compared in the scheme's order: all but `:`.
    Marking,
}

/// A comparison whose field, operator and value have been checked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Predicate {
    /// The SQL expression.
    pub(super) column: &'static str,
    pub(super) kind: PredicateKind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum PredicateKind {
    Text {
        is_equal: bool,
        value: String,
    },
    /// Ignores case.
    Contains(String),
    Holds(String),
    Number(Comparator, i64),
    Bool {
        is_equal: bool,
        value: bool,
    },
    /// The range `from..until`; `until` is `None` for a single moment.
    Time {
        comparator: Comparator,
        from: OffsetDateTime,
        until: Option<OffsetDateTime>,
    },
    Period {
        latest: &'static str,
        comparator: Comparator,
        first: Option<i64>,
        last: Option<i64>,
    },
}

type Checked<T> = Result<T, FilterError>;

impl Schema {
    pub(super) fn check(&self, comparison: &Comparison<'_>, scheme: Scheme) -> Checked<Predicate> {
        let name = comparison.field.text;
        let Some(field) = self.fields.iter().find(|field| field.name == name) else {
            let known: Vec<&str> = self.fields.iter().map(|field| field.name).collect();
            let known = known.join(", ");
            return Err(comparison.field.refused(format!("unknown field; expected one of {known}")));
        };
        field.check_comparator(comparison)?;
        Ok(Predicate {
            column: field.column,
            kind: field.test(comparison.comparator, &comparison.value, scheme)?,
        })
    }
}

impl Field {
    fn check_comparator(&self, comparison: &Comparison<'_>) -> Checked<()> {
        use Comparator::{Equal, Greater, GreaterOrEqual, Has, Less, LessOrEqual, NotEqual};
        let allowed: &[Comparator] = match self.field_type {
            FieldType::Text | FieldType::Id => &[Equal, NotEqual, Has],
            FieldType::Ids => &[Has],
            FieldType::Enum(_) | FieldType::Bool => &[Equal, NotEqual],
            FieldType::Integer | FieldType::Percent | FieldType::Timestamp | FieldType::Marking => {
                &[Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual]
            }
            FieldType::Period { .. } => &[Equal, Less, LessOrEqual, Greater, GreaterOrEqual, Has],
        };
        if allowed.contains(&comparison.comparator) {
            return Ok(());
        }
        let signs: Vec<&str> = allowed.iter().map(|comparator| comparator.as_str()).collect();
        Err(comparison
            .field
            .refused(format!("unsupported operator for this field; expected one of {}", signs.join(" "))))
    }

    fn test(&self, comparator: Comparator, value: &Value<'_>, scheme: Scheme) -> Checked<PredicateKind> {
        let is_equal = comparator == Comparator::Equal;
        let number = |number| PredicateKind::Number(comparator, number);
        match self.field_type {
            FieldType::Text if comparator == Comparator::Has => contained(value),
            FieldType::Text => Ok(PredicateKind::Text { is_equal, value: value.text.clone() }),
            FieldType::Id => {
                let is_equal = comparator != Comparator::NotEqual;
                Ok(PredicateKind::Text { is_equal, value: value.text.clone() })
            }
            FieldType::Ids => Ok(PredicateKind::Holds(value.text.clone())),
            FieldType::Enum(name) => enum_value(value, name).map(number),
            FieldType::Integer => integer(value).map(number),
            FieldType::Percent => percent(value).map(number),
            FieldType::Bool => Ok(PredicateKind::Bool { is_equal, value: boolean(value)? }),
            FieldType::Timestamp => {
                let (from, until) = moment_or_day(value)?;
                Ok(PredicateKind::Time { comparator, from, until })
            }
            FieldType::Period { latest } => {
                let (first, last) = days(value)?;
                Ok(PredicateKind::Period { latest, comparator, first, last })
            }
            FieldType::Marking => rank(value, scheme).map(number),
        }
    }
}

fn contained(value: &Value<'_>) -> Checked<PredicateKind> {
    match value.text.as_str() {
        "" => Err(value.piece.refused("the text is empty, which would match everything; expected a text")),
        text => Ok(PredicateKind::Contains(text.to_owned())),
    }
}

fn enum_value(value: &Value<'_>, enum_name: &str) -> Checked<i64> {
    enum_number(enum_name, &value.text).map(i64::from).ok_or_else(|| {
        let names = enum_values(enum_name).join(", ");
        value.piece.refused(format!("expected one of {names}"))
    })
}

/// Accepts digits with an optional minus, nothing else.
fn integer(value: &Value<'_>) -> Checked<i64> {
    let parsed =
        (!value.is_quoted && !value.text.starts_with('+')).then(|| value.text.parse().ok()).flatten();
    parsed.ok_or_else(|| value.piece.refused("expected a whole number"))
}

fn percent(value: &Value<'_>) -> Checked<i64> {
    let in_range = integer(value).ok().filter(|percent| (0..=100).contains(percent));
    in_range.ok_or_else(|| value.piece.refused("expected a whole number from 0 to 100"))
}

fn boolean(value: &Value<'_>) -> Checked<bool> {
    match value.text.as_str() {
        "true" if !value.is_quoted => Ok(true),
        "false" if !value.is_quoted => Ok(false),
        _ => Err(value.piece.refused("expected true or false")),
    }
}

fn rank(value: &Value<'_>, scheme: Scheme) -> Checked<i64> {
    let rank = scheme.rank(&value.text).map(|rank| i64::from(i16::from(rank)));
    rank.ok_or_else(|| {
        value
            .piece
            .refused(format!("expected one of the workspace's markings: {}", scheme.labels().join(", ")))
    })
}

fn days(value: &Value<'_>) -> Checked<(Option<i64>, Option<i64>)> {
    let period = edtf::parse(&value.text).map_err(|error| value.piece.refused(error.to_string()))?;
    Ok((period.earliest().map(edtf::Day::number), period.latest().map(edtf::Day::number)))
}

fn moment_or_day(value: &Value<'_>) -> Checked<(OffsetDateTime, Option<OffsetDateTime>)> {
    let found = day(&value.text).or_else(|| moment(&value.text).map(|moment| (moment, None)));
    found.ok_or_else(|| {
        let description = "expected a time such as 2025-06-01T12:00:00Z or a day such as 2025-06-01";
        value.piece.refused(description)
    })
}

/// Parses `YYYY-MM-DD` into the range from midnight to midnight.
fn day(text: &str) -> Option<(OffsetDateTime, Option<OffsetDateTime>)> {
    let Ok(Edtf::Date(date)) = edtf::parse(text) else { return None };
    let is_plain = matches!(date.precision, Precision::Day(..)) && !date.uncertain && !date.approximate;
    if !is_plain || date.time.is_some() || date.year < 1 {
        return None;
    }
    let seconds = date.earliest().number().checked_mul(86_400)?;
    let from = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    Some((from, Some(from.checked_add(Duration::DAY)?)))
}

/// Parses RFC 3339 with its mandatory offset, for the years 1 to 9999.
fn moment(text: &str) -> Option<OffsetDateTime> {
    let (date, clock) = text.split_once(['T', 't'])?;
    let (from, _) = day(date)?;
    let (clock, minutes_east) = clock_and_offset(clock)?;
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut fields = whole.split(':').map(|field| digits(field, 2));
    let mut field = |limit: i64| fields.next().flatten().filter(|number| *number < limit);
    let (hours, minutes, seconds) = (field(24)?, field(60)?, field(60)?);
    if fields.next().is_some() {
        return None;
    }
    let time = Duration::seconds(hours * 3600 + (minutes - minutes_east) * 60 + seconds);
    let moment = from.checked_add(time)?.checked_add(microseconds(fraction)?)?;
    (1..=9999).contains(&moment.year()).then_some(moment)
}

/// Splits off `Z` or `±hh:mm`, as minutes.
fn clock_and_offset(text: &str) -> Option<(&str, i64)> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let (clock, offset) = text.split_at_checked(text.len().checked_sub(6)?)?;
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let hours = digits(hours, 2).filter(|hours| *hours < 24)?;
    let minutes = digits(minutes, 2).filter(|minutes| *minutes < 60)?;
    match offset.as_bytes()[0] {
        b'+' => Some((clock, hours * 60 + minutes)),
        b'-' => Some((clock, -hours * 60 - minutes)),
        _ => None,
    }
}

/// Parses a fraction of a second with at most microseconds, the database's precision.
fn microseconds(fraction: &str) -> Option<Duration> {
    let number = digits(fraction, fraction.len()).filter(|_| fraction.len() <= 6)?;
    let missing = u32::try_from(6 - fraction.len()).ok()?;
    Some(Duration::microseconds(number * 10_i64.pow(missing)))
}

fn digits(text: &str, length: usize) -> Option<i64> {
    let is_number = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

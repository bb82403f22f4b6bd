//! What callers order lists by (AIP-132): `published_at desc, brief`. Every order is a total one: a tie is decided by
//! what no two items share.

use crate::filter::{FilterError, bounded};

/// The orders of a list.
#[derive(Debug, Clone, Copy)]
pub struct Sorting {
    /// What callers may order by.
    pub columns: &'static [SortColumn],
    /// The order when the caller names none.
    pub default: &'static [(SortColumn, Direction)],
    /// Together they tell any two items apart. Those that the order has already are not added again.
    pub tie_breakers: &'static [SortColumn],
}

/// Something to order by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortColumn {
    /// Its name in orders; unique in the list.
    pub name: &'static str,
    /// The SQL expression of its value.
    pub column: &'static str,
    /// What it is.
    pub kind: KeyKind,
    /// Whether it may be null: then it comes last, and first in a descending order.
    pub is_nullable: bool,
}

/// What keys of an order are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Text, in the order of the expression's collation.
    Text,
    /// A smallint, an integer or a bigint.
    Integer,
    /// A timestamptz.
    Timestamp,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The lowest first.
    Ascending,
    /// The highest first.
    Descending,
}

/// A total order of a list's items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub(super) keys: Vec<(SortColumn, Direction)>,
}

impl Order {
    /// Parses an order. An empty text is the list's default.
    pub fn parse(text: &str, sorting: &Sorting) -> Result<Self, FilterError> {
        bounded(text)?;
        let mut keys: Vec<(SortColumn, Direction)> = Vec::new();
        if text.trim().is_empty() {
            keys.extend(sorting.default);
        } else {
            let mut position = 0;
            for item in text.split(',') {
                let key = key(item, position, sorting)?;
                if keys.iter().any(|(column, _)| column.name == key.0.name) {
                    return Err(FilterError::new(position, item.trim(), "it was named before"));
                }
                keys.push(key);
                position += item.len() + 1;
            }
        }
        // A tie goes the way of the last key, so that one index may hold the whole order.
        let direction = keys.last().map_or(Direction::Ascending, |(_, direction)| *direction);
        for column in sorting.tie_breakers {
            if keys.iter().all(|(key, _)| key.name != column.name) {
                keys.push((*column, direction));
            }
        }
        Ok(Self { keys })
    }
}

/// `name`, `name asc` or `name desc`.
fn key(item: &str, position: usize, sorting: &Sorting) -> Result<(SortColumn, Direction), FilterError> {
    let refused = |description: String| FilterError::new(position, item.trim(), description);
    let mut words = item.split_whitespace();
    let name = words.next().ok_or_else(|| refused("a name is missing between commas".to_owned()))?;
    let direction = match (words.next(), words.next()) {
        (None | Some("asc"), None) => Direction::Ascending,
        (Some("desc"), None) => Direction::Descending,
        _ => return Err(refused("a name is followed by desc, asc or nothing".to_owned())),
    };
    let Some(column) = sorting.columns.iter().find(|column| column.name == name) else {
        let names: Vec<&str> = sorting.columns.iter().map(|column| column.name).collect();
        return Err(refused(format!("this list is ordered by {}", names.join(", "))));
    };
    Ok((*column, direction))
}

#[cfg(test)]
mod tests {
    use super::{Direction, KeyKind, Order, SortColumn, Sorting};

    const fn column(name: &'static str) -> SortColumn {
        SortColumn { name, column: name, kind: KeyKind::Text, is_nullable: false }
    }

    const SORTING: Sorting = Sorting {
        columns: &[column("name"), column("published_at")],
        default: &[(column("published_at"), Direction::Descending)],
        tie_breakers: &[column("name"), column("id")],
    };

    fn names(text: &str) -> Vec<(&'static str, bool)> {
        let order = Order::parse(text, &SORTING).unwrap();
        order.keys.iter().map(|(key, direction)| (key.name, *direction == Direction::Descending)).collect()
    }

    #[test]
    fn orders_are_read_and_completed_by_what_tells_items_apart() {
        assert_eq!(names(""), [("published_at", true), ("name", true), ("id", true)]);
        assert_eq!(names("name"), [("name", false), ("id", false)]);
        assert_eq!(
            names(" name  desc , published_at asc"),
            [("name", true), ("published_at", false), ("id", false)]
        );
    }

    #[test]
    fn other_orders_are_refused_where_they_are_wrong() {
        for (text, position, description) in [
            ("id", 0, "this list is ordered by name, published_at"),
            ("name,", 5, "a name is missing between commas"),
            ("name, name desc", 5, "it was named before"),
            ("name DESC", 0, "a name is followed by desc, asc or nothing"),
            ("name desc desc", 0, "a name is followed by desc, asc or nothing"),
            ("name; drop table briefs", 0, "a name is followed by desc, asc or nothing"),
            ("name\0", 4, "NUL is no character of any value"),
        ] {
            let error = Order::parse(text, &SORTING).unwrap_err();
            assert_eq!((error.position, error.description.as_str()), (position, description), "{text}");
        }
        assert!(Order::parse(&"name,".repeat(10_000), &SORTING).is_err());
    }
}

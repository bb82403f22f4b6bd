//! Orders of lists (AIP-132), such as `published_at desc, brief`. Every order is total: the tie breakers distinguish
//! any two items.

use crate::filter::error::{FilterError, check_text};

/// The orders that a list supports.
#[derive(Debug, Clone, Copy)]
pub struct Sorting {
    /// The columns that callers may order by.
    pub columns: &'static [SortColumn],
    /// The default order, in the callers' syntax.
    pub default: &'static str,
    /// Keys that together distinguish any two items. Those already in an order are not appended again.
    pub tie_breakers: &'static [SortKey],
}

/// A column to order by.
#[derive(Debug, Clone, Copy)]
pub struct SortColumn {
    /// Its name in orders, unique in the list.
    pub name: &'static str,
    /// Its sort keys, the most significant first.
    pub keys: &'static [SortKey],
}

/// A sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortKey {
    /// The SQL expression of the value.
    pub column: &'static str,
    /// The key's type.
    pub kind: KeyKind,
    /// Whether the value may be null. Nulls sort last in either direction.
    pub is_nullable: bool,
}

/// The type of a sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Text, in the order of the expression's collation.
    Text,
    /// A smallint, an integer or a bigint.
    Integer,
    /// A timestamptz.
    Timestamp,
}

/// A sort direction.
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
    pub(super) keys: Vec<(SortKey, Direction)>,
}

impl Order {
    /// Parses an order. An empty text is the list's default.
    pub fn parse(text: &str, sorting: &Sorting) -> Result<Self, FilterError> {
        check_text(text)?;
        let text = if text.trim().is_empty() { sorting.default } else { text };
        let (mut order, mut names, mut position) = (Self { keys: Vec::new() }, Vec::new(), 0);
        for item in text.split(',') {
            let (column, direction) = named(item, position, sorting)?;
            if names.contains(&column.name) {
                return Err(FilterError::new(position, item.trim(), "the field appears more than once"));
            }
            names.push(column.name);
            order.add(column.keys, direction);
            position += item.len() + 1;
        }
        // Ties follow the direction of the last key, so that one index can serve the whole order.
        let direction = order.keys.last().map_or(Direction::Ascending, |(_, direction)| *direction);
        order.add(sorting.tie_breakers, direction);
        Ok(order)
    }

    fn add(&mut self, keys: &[SortKey], direction: Direction) {
        for key in keys {
            if self.keys.iter().all(|(known, _)| known.column != key.column) {
                self.keys.push((*key, direction));
            }
        }
    }
}

/// Parses `name`, `name asc` or `name desc`.
fn named(item: &str, position: usize, sorting: &Sorting) -> Result<(SortColumn, Direction), FilterError> {
    let refused = |description: String| FilterError::new(position, item.trim(), description);
    let mut words = item.split_whitespace();
    let name = words.next().ok_or_else(|| refused("a field name is missing between commas".to_owned()))?;
    let direction = match (words.next(), words.next()) {
        (None | Some("asc"), None) => Direction::Ascending,
        (Some("desc"), None) => Direction::Descending,
        _ => return Err(refused("expected desc, asc or nothing after the name".to_owned())),
    };
    let Some(column) = sorting.columns.iter().find(|column| column.name == name) else {
        let names: Vec<&str> = sorting.columns.iter().map(|column| column.name).collect();
        return Err(refused(format!("expected one of {}", names.join(", "))));
    };
    Ok((*column, direction))
}

#[cfg(test)]
mod tests {
    use super::{Direction, KeyKind, Order, SortColumn, SortKey, Sorting};

    const fn key(column: &'static str) -> SortKey {
        SortKey { column, kind: KeyKind::Text, is_nullable: false }
    }

    const SORTING: Sorting = Sorting {
        columns: &[
            SortColumn { name: "name", keys: &[key("name")] },
            SortColumn { name: "published_at", keys: &[key("published_at"), key("recorded_at")] },
        ],
        default: "published_at desc",
        tie_breakers: &[key("name"), key("id")],
    };

    fn names(text: &str) -> Vec<(&'static str, bool)> {
        let order = Order::parse(text, &SORTING).unwrap();
        order.keys.iter().map(|(key, direction)| (key.column, *direction == Direction::Descending)).collect()
    }

    #[test]
    fn orders_are_completed_by_the_tie_breakers() {
        let default = [("published_at", true), ("recorded_at", true), ("name", true), ("id", true)];
        assert_eq!(names(""), default);
        assert_eq!(names("name"), [("name", false), ("id", false)]);
        assert_eq!(
            names(" name  desc , published_at asc"),
            [("name", true), ("published_at", false), ("recorded_at", false), ("id", false)]
        );
    }

    #[test]
    fn invalid_orders_are_rejected_with_their_position() {
        for (text, position, description) in [
            ("id", 0, "expected one of name, published_at"),
            ("name,", 5, "a field name is missing between commas"),
            ("name, name desc", 5, "the field appears more than once"),
            ("name DESC", 0, "expected desc, asc or nothing after the name"),
            ("name desc desc", 0, "expected desc, asc or nothing after the name"),
            ("name; drop table briefs", 0, "expected desc, asc or nothing after the name"),
            ("name\0", 4, "NUL is not allowed"),
        ] {
            let error = Order::parse(text, &SORTING).unwrap_err();
            assert_eq!((error.position, error.description.as_str()), (position, description), "{text}");
        }
        assert!(Order::parse(&"name,".repeat(10_000), &SORTING).is_err());
    }
}

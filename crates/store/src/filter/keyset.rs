//! Keyset pagination: a page starts after a page key, which holds the sort keys of the last item of the previous page
//! (AIP-158). Every page costs the same, and concurrent writes do not shift pages.

use sqlx::{Postgres, QueryBuilder};
use time::OffsetDateTime;

use crate::filter::order::{Direction, KeyKind, Order, SortKey};

/// An item's position in an order: one key per sort column, as text; `None` for null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageKey(Vec<Option<String>>);

/// The text is not a page key of this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a page key of this order")]
pub struct InvalidPageKey;

impl PageKey {
    /// Creates a page key from the keys that [`Order::push_key`] selects.
    pub const fn new(keys: Vec<Option<String>>) -> Self {
        Self(keys)
    }

    /// Encodes the key for a page token: each part as its length in bytes, a colon and the text; null as `~`.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        for key in &self.0 {
            match key {
                None => text.push('~'),
                Some(key) => {
                    text.push_str(&key.len().to_string());
                    text.push(':');
                    text.push_str(key);
                }
            }
        }
        text
    }

    fn decode(mut text: &str) -> Option<Self> {
        let mut keys = Vec::new();
        while !text.is_empty() {
            if let Some(rest) = text.strip_prefix('~') {
                keys.push(None);
                text = rest;
                continue;
            }
            let (length, rest) = text.split_once(':')?;
            let (key, rest) = rest.split_at_checked(length.parse().ok()?)?;
            keys.push(Some(key.to_owned()));
            text = rest;
        }
        Some(Self(keys))
    }
}

/// The end of a `to_char` that formats a bigint with its sign and 19 digits, so that all have the same length.
const ONE_LENGTH: &str = "'SG0000000000000000000')";

/// A sort key as a bind.
enum Key {
    Null,
    Text(String),
    Integer(i64),
    Timestamp(OffsetDateTime),
}

/// The start of a page: keys that match the order's columns in number and type.
pub struct Start<'a>(Vec<(&'a SortKey, Direction, Key)>);

impl Order {
    /// Decodes the page key of a token. Rejects keys of another order or type, which a caller may have forged.
    pub fn start(&self, text: &str) -> Result<Start<'_>, InvalidPageKey> {
        let PageKey(given) = PageKey::decode(text).ok_or(InvalidPageKey)?;
        if given.len() != self.keys.len() {
            return Err(InvalidPageKey);
        }
        let pairs = self.keys.iter().zip(given);
        let typed = pairs.map(|((column, direction), key)| Some((column, *direction, typed(column, key)?)));
        typed.collect::<Option<Vec<_>>>().map(Start).ok_or(InvalidPageKey)
    }

    /// Pushes a `text[]` of an item's sort keys, the argument of [`PageKey::new`]. Numbers have a fixed length, so that
    /// the length of a sealed token reveals nothing about them.
    pub fn push_key(&self, query: &mut QueryBuilder<Postgres>) {
        query.push("array[");
        for (index, (column, _)) in self.keys.iter().enumerate() {
            query.push(if index > 0 { ", " } else { "" });
            match column.kind {
                KeyKind::Text => query.push("(").push(column.column).push(")::text"),
                KeyKind::Integer => {
                    query.push("to_char((").push(column.column).push(")::bigint, ").push(ONE_LENGTH)
                }
                KeyKind::Timestamp => query
                    .push("to_char((extract(epoch from ")
                    .push(column.column)
                    .push(") * 1000000)::bigint, ")
                    .push(ONE_LENGTH),
            };
        }
        query.push("]::text[]");
    }

    /// Pushes the expressions after `order by`.
    pub fn push(&self, query: &mut QueryBuilder<Postgres>) {
        for (index, (column, direction)) in self.keys.iter().enumerate() {
            query.push(if index > 0 { ", " } else { "" }).push(column.column);
            if *direction == Direction::Descending {
                query.push(if column.is_nullable { " desc nulls last" } else { " desc" });
            }
        }
    }
}

fn typed(column: &SortKey, key: Option<String>) -> Option<Key> {
    let Some(key) = key else { return column.is_nullable.then_some(Key::Null) };
    match column.kind {
        KeyKind::Text => (!key.contains('\0')).then_some(Key::Text(key)),
        KeyKind::Integer => key.parse().ok().map(Key::Integer),
        KeyKind::Timestamp => {
            let microseconds: i64 = key.parse().ok()?;
            let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(microseconds) * 1000);
            moment.ok().filter(|moment| moment.year() > 0).map(Key::Timestamp)
        }
    }
}

impl Start<'_> {
    /// Pushes a condition that is true exactly for the items after the key.
    pub fn push(&self, query: &mut QueryBuilder<Postgres>) {
        if self.is_one_way() {
            self.push_row(query);
        } else {
            push_after(&self.0, query);
        }
    }

    /// Returns whether a row comparison suffices, which lets an index on the order's columns find the start.
    fn is_one_way(&self) -> bool {
        let first = self.0.first().map(|(_, direction, _)| *direction);
        self.0.iter().all(|(column, direction, _)| !column.is_nullable && Some(*direction) == first)
    }

    fn push_row(&self, query: &mut QueryBuilder<Postgres>) {
        query.push("(");
        for (index, (column, ..)) in self.0.iter().enumerate() {
            query.push(if index > 0 { ", " } else { "" }).push(column.column);
        }
        let is_ascending = self.0.iter().all(|(_, direction, _)| *direction == Direction::Ascending);
        query.push(if is_ascending { ") > (" } else { ") < (" });
        for (index, (.., key)) in self.0.iter().enumerate() {
            query.push(if index > 0 { ", " } else { "" });
            push_key(key, query);
        }
        query.push(")");
    }
}

/// Pushes `at or after the first key, and (after the first key, or after the rest)`, whose first half an index can use.
/// Nulls sort last.
fn push_after(keys: &[(&SortKey, Direction, Key)], query: &mut QueryBuilder<Postgres>) {
    let Some(((column, direction, key), rest)) = keys.split_first() else {
        query.push("false");
        return;
    };
    query.push("(").push(column.column);
    if let Key::Null = key {
        query.push(" is null and ");
        push_after(rest, query);
        query.push(")");
        return;
    }
    let (at_or_after, after) =
        if *direction == Direction::Ascending { (" >= ", " > ") } else { (" <= ", " < ") };
    query.push(at_or_after);
    push_key(key, query);
    query.push(" and (").push(column.column).push(after);
    push_key(key, query);
    query.push(" or ");
    push_after(rest, query);
    query.push(")");
    if column.is_nullable {
        query.push(" or ").push(column.column).push(" is null");
    }
    query.push(")");
}

fn push_key(key: &Key, query: &mut QueryBuilder<Postgres>) {
    match key {
        Key::Null => query.push("null"),
        Key::Text(text) => query.push_bind(text.clone()).push("::text"),
        Key::Integer(number) => query.push_bind(*number).push("::bigint"),
        Key::Timestamp(moment) => query.push_bind(*moment).push("::timestamptz"),
    };
}

#[cfg(test)]
mod tests {
    use super::{InvalidPageKey, PageKey};
    use crate::filter::order::{Direction, KeyKind, Order, SortKey};

    fn column(column: &'static str, kind: KeyKind, is_nullable: bool) -> (SortKey, Direction) {
        (SortKey { column, kind, is_nullable }, Direction::Ascending)
    }

    #[test]
    fn page_keys_round_trip_through_tokens() {
        for keys in [
            vec![],
            vec![None],
            vec![Some(String::new()), None, Some("a:1~".to_owned())],
            vec![Some("1:".to_owned()), Some("naïve".to_owned())],
        ] {
            assert_eq!(PageKey::decode(&PageKey::new(keys.clone()).encode()), Some(PageKey(keys)));
        }
    }

    #[test]
    fn keys_of_another_order_are_rejected() {
        let order = Order {
            keys: vec![
                column("name", KeyKind::Text, false),
                column("day", KeyKind::Integer, true),
                column("at", KeyKind::Timestamp, false),
            ],
        };
        assert!(order.start("1:a~1:5").is_ok() && order.start("0:2:-71:5").is_ok());
        for text in [
            "",
            "~~~",
            "1:a",
            "1:a~",
            "1:a~1:5~",
            "1:\0~1:5",
            "1:a1:x1:5",
            "1:a~~",
            "9:a",
            "1:a~20:99999999999999999999",
            "1:a~19:9223372036854775807",
            "1:a~19:-200000000000000000",
            "x",
            "-1:a",
            "2:ü",
            "1:ü~1:5",
        ] {
            assert_eq!(order.start(text).err(), Some(InvalidPageKey), "{text:?}");
        }
    }
}

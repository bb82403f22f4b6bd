//! Filters and orders of lists: a strict subset of AIP-160 and AIP-132, compiled to SQL that contains no byte of the
//! caller's text. A text is parsed, checked against the list's [`Schema`], and pushed onto a query as static SQL and binds.
//!
//! ```text
//! filter     = expression
//! expression = factor { "AND" factor }           AND binds weaker than OR, as AIP-160 says
//! factor     = term { "OR" term }
//! term       = [ "NOT" | "-" ] ( comparison | "(" expression ")" )
//! comparison = field ( "=" | "!=" | "<" | "<=" | ">" | ">=" | ":" ) value
//! value      = word | '"' { character | '\"' | '\\' } '"'
//! ```
//!
//! Adjacent terms without an operator, bare literals, functions and wildcards are rejected.

mod compile;
mod error;
mod keyset;
mod order;
mod parse;
mod scan;
mod schema;
#[cfg(test)]
mod tests;

use chancery_brief::marking::Scheme;

use crate::filter::schema::Predicate;

pub use error::{FilterError, MAX_TEXT_BYTES};
pub use keyset::{InvalidPageKey, PageKey, Start};
pub use order::{Direction, KeyKind, Order, SortColumn, SortKey, Sorting};
pub use parse::{MAX_COMPARISONS, MAX_NESTING};
pub use schema::{Field, FieldType, Schema};

/// A checked filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// `None` matches every item.
    root: Option<Node<Predicate>>,
}

impl Filter {
    /// Parses a filter and checks it against the list's fields. An empty text matches every item.
    pub fn parse(text: &str, fields: &Schema, scheme: Scheme) -> Result<Self, FilterError> {
        let Some(root) = parse::parse(text)? else { return Ok(Self { root: None }) };
        let root = root.try_map(&mut |comparison| fields.check(&comparison, scheme))?;
        Ok(Self { root: Some(root) })
    }

    /// Returns whether the filter matches every item.
    pub const fn is_empty(&self) -> bool {
        self.root.is_none()
    }
}

/// A tree of comparisons. Its depth is at most [`MAX_NESTING`], so recursion over it is bounded.
#[derive(Debug, Clone, PartialEq)]
enum Node<T> {
    All(Vec<Node<T>>),
    Any(Vec<Node<T>>),
    Not(Box<Node<T>>),
    Leaf(T),
}

impl<T> Node<T> {
    fn try_map<U, E>(self, map: &mut impl FnMut(T) -> Result<U, E>) -> Result<Node<U>, E> {
        let mut each = |nodes: Vec<Self>| -> Result<Vec<Node<U>>, E> {
            nodes.into_iter().map(|node| node.try_map(map)).collect()
        };
        match self {
            Self::All(nodes) => Ok(Node::All(each(nodes)?)),
            Self::Any(nodes) => Ok(Node::Any(each(nodes)?)),
            Self::Not(node) => Ok(Node::Not(Box::new(node.try_map(map)?))),
            Self::Leaf(leaf) => map(leaf).map(Node::Leaf),
        }
    }
}

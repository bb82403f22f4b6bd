//! What callers filter and order lists by: a strict subset of AIP-160 and AIP-132, compiled to SQL of which no byte is
//! the caller's. A text is parsed, checked against the list's [`Schema`], and pushed onto a query as static SQL and binds.
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
//! Two terms that nothing joins, bare literals, functions and wildcards are refused.

mod compile;
mod keyset;
mod order;
mod parse;
mod scan;
mod schema;
#[cfg(test)]
mod tests;

use std::fmt;

use chancery_brief::marking::Scheme;

use crate::filter::schema::Test;

pub use keyset::{InvalidPlace, Place, Start};
pub use order::{Direction, KeyKind, Order, SortColumn, SortKey, Sorting};
pub use schema::{Field, FieldType, Schema};

/// The longest text, in bytes.
pub const LONGEST_TEXT: usize = 8192;
/// The most comparisons in a text.
pub const MOST_COMPARISONS: usize = 64;
/// The deepest nesting of parentheses.
pub const DEEPEST_NESTING: usize = 16;

/// How much of a caller's text an error repeats, in characters.
const LONGEST_QUOTE: usize = 40;

/// Which items of a list are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// None for all of them.
    root: Option<Node<Test>>,
}

impl Filter {
    /// Parses a filter and checks it against what the list can be filtered by. An empty text lets everything through.
    pub fn parse(text: &str, fields: &Schema, scheme: Scheme) -> Result<Self, FilterError> {
        let Some(root) = parse::parse(text)? else { return Ok(Self { root: None }) };
        let root = root.try_map(&mut |comparison| fields.check(&comparison, scheme))?;
        Ok(Self { root: Some(root) })
    }

    /// Whether it lets everything through.
    pub const fn is_empty(&self) -> bool {
        self.root.is_none()
    }
}

/// Why a filter, or an order, is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct FilterError {
    /// Where in the text, in bytes.
    pub position: usize,
    /// What stands there, at most 40 characters of it.
    pub text: String,
    /// What is wrong with it.
    pub description: String,
}

impl FilterError {
    fn new(position: usize, text: &str, description: impl Into<String>) -> Self {
        let mut quote: String = text.chars().take(LONGEST_QUOTE).collect();
        if quote.len() < text.len() {
            quote.push('…');
        }
        Self { position, text: quote, description: description.into() }
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text.as_str() {
            "" => write!(f, "at byte {}: {}", self.position, self.description),
            text => write!(f, "at byte {}, {text:?}: {}", self.position, self.description),
        }
    }
}

/// How comparisons are joined. No deeper than [`DEEPEST_NESTING`] allows, so that walking it needs no bounds.
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

/// Refuses what costs more than looking at it once, or what Postgres takes in no text.
fn bounded(text: &str) -> Result<(), FilterError> {
    if text.len() > LONGEST_TEXT {
        let description = format!("the text has {} bytes, and at most {LONGEST_TEXT} are read", text.len());
        return Err(FilterError::new(LONGEST_TEXT, "", description));
    }
    match text.find('\0') {
        Some(position) => Err(FilterError::new(position, "\0", "NUL is no character of any value")),
        None => Ok(()),
    }
}

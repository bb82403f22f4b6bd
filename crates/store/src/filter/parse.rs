//! Parses a filter into a tree of comparisons, without checking their fields. One pass, with nesting bounded by
//! [`MAX_NESTING`].

use crate::filter::Node;
use crate::filter::error::{FilterError, check_text};
use crate::filter::scan::{Comparator, Piece, Scanner, Value};

/// Maximum number of comparisons in a filter.
pub const MAX_COMPARISONS: usize = 64;
/// Maximum nesting of parentheses.
pub const MAX_NESTING: usize = 16;

/// `field operator value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comparison<'a> {
    pub(super) field: Piece<'a>,
    pub(super) comparator: Comparator,
    pub(super) value: Value<'a>,
}

type Parsed<'a> = Result<Node<Comparison<'a>>, FilterError>;

/// Parses a filter; `None` for a blank text.
pub(super) fn parse(text: &str) -> Result<Option<Node<Comparison<'_>>>, FilterError> {
    check_text(text)?;
    let mut parser = Parser { scanner: Scanner::new(text), comparisons: 0 };
    parser.scanner.skip_blanks();
    if parser.scanner.at_end() {
        return Ok(None);
    }
    let root = parser.expression(0)?;
    match parser.scanner.sign(')') {
        Some(sign) => Err(sign.refused("unmatched closing parenthesis")),
        None => Ok(Some(root)),
    }
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    comparisons: usize,
}

impl<'a> Parser<'a> {
    /// Parses up to a closing parenthesis or the end of the text.
    fn expression(&mut self, nesting: usize) -> Parsed<'a> {
        let mut factors = vec![self.factor(nesting)?];
        while self.scanner.keyword("AND")? {
            factors.push(self.factor(nesting)?);
        }
        if self.scanner.at_end() || self.scanner.here().text.starts_with(')') {
            return Ok(joined(factors, Node::All));
        }
        Err(self.unjoined())
    }

    fn factor(&mut self, nesting: usize) -> Parsed<'a> {
        let mut terms = vec![self.term(nesting)?];
        while self.scanner.keyword("OR")? {
            terms.push(self.term(nesting)?);
        }
        Ok(joined(terms, Node::Any))
    }

    /// Parses a term and the blanks after it.
    fn term(&mut self, nesting: usize) -> Parsed<'a> {
        self.scanner.skip_blanks();
        let is_negated = self.scanner.sign('-').is_some() || self.not()?;
        let node = match self.scanner.sign('(') {
            Some(open) => self.nested(open, nesting + 1)?,
            None => Node::Leaf(self.comparison()?),
        };
        self.scanner.skip_blanks();
        Ok(if is_negated { Node::Not(Box::new(node)) } else { node })
    }

    /// Parses NOT and the blanks after it. (A minus is followed by none.)
    fn not(&mut self) -> Result<bool, FilterError> {
        let found = self.scanner.keyword("NOT")?;
        self.scanner.skip_blanks();
        Ok(found)
    }

    fn nested(&mut self, open: Piece<'a>, nesting: usize) -> Parsed<'a> {
        if nesting > MAX_NESTING {
            return Err(open.refused(format!("parentheses nest deeper than {MAX_NESTING} levels")));
        }
        let inner = self.expression(nesting)?;
        match self.scanner.sign(')') {
            Some(_) => Ok(inner),
            None => Err(open.refused("this parenthesis is not closed")),
        }
    }

    fn comparison(&mut self) -> Result<Comparison<'a>, FilterError> {
        let here = self.scanner.here();
        self.comparisons += 1;
        if self.comparisons > MAX_COMPARISONS {
            return Err(here.refused(format!("the filter has more than {MAX_COMPARISONS} comparisons")));
        }
        let field = self.scanner.name();
        match field.text {
            "" if self.scanner.at_end() => {
                return Err(here.refused("expected a comparison, found the end of the text"));
            }
            "" => return Err(here.refused("expected a field name")),
            "AND" | "OR" | "NOT" => return Err(field.refused("expected a comparison before this operator")),
            _ => {}
        }
        if self.scanner.here().text.starts_with('(') {
            return Err(field.refused("functions are not supported"));
        }
        self.scanner.skip_blanks();
        let Some(comparator) = self.scanner.comparator() else {
            let description = "expected an operator after the field: one of = != < <= > >= :";
            return Err(field.refused(description));
        };
        self.scanner.skip_blanks();
        Ok(Comparison { field, comparator, value: self.scanner.value()? })
    }

    /// Returns the error for text after a complete term.
    fn unjoined(&self) -> FilterError {
        let here = self.scanner.here();
        let is_small = ["and", "or", "not"].contains(&here.text.to_ascii_lowercase().as_str());
        here.refused(if is_small {
            "write AND, OR and NOT in capitals, with spaces around them"
        } else {
            "expected AND or OR between comparisons"
        })
    }
}

fn joined<'a>(
    mut nodes: Vec<Node<Comparison<'a>>>,
    join: impl Fn(Vec<Node<Comparison<'a>>>) -> Node<Comparison<'a>>,
) -> Node<Comparison<'a>> {
    match nodes.pop() {
        Some(only) if nodes.is_empty() => only,
        last => {
            nodes.extend(last);
            join(nodes)
        }
    }
}
